/* script/inflate.h -- gzip and deflate as web servers use them, bounded. */
#ifndef CM_SCRIPT_INFLATE_H
#define CM_SCRIPT_INFLATE_H

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

/* Appends what ${packed} holds, up to out->max: gzip (members read as one), zlib, or deflate
 * alone, told apart by their first bytes.  What is damaged or cut is given as far as it goes, and
 * ${whole} says whether that is all.  CM_E_NOMEM. */
CM_RESULT cm_inflate(struct cm_span packed, struct cm_buf *out, bool *whole);

#endif
