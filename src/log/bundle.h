/* log/bundle.h -- entry bundles: u16 length, entry, up to 256 times (C2SP tlog-tiles). */
#ifndef CM_LOG_BUNDLE_H
#define CM_LOG_BUNDLE_H

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

#define CM_LOG_ENTRY_MAX 65535u
#define CM_LOG_BUNDLE_MAX (256u * (2u + CM_LOG_ENTRY_MAX))

/* Appends one entry.  CM_E_LIMIT. */
CM_RESULT cm_bundle_add(struct cm_span entry, struct cm_buf *out);

/* The entries of a bundle of ${n}, exactly.  ${out} has room for ${n}.  CM_E_MALFORMED with the offset. */
CM_RESULT cm_bundle_read(struct cm_span bundle, size_t n, struct cm_span *out, struct cm_err *err);

#endif
