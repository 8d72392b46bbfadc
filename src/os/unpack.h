/* os/unpack.h -- a source over what a gzip or zstd file holds.
 *
 * Recognised by the first bytes, never by the name.  Several members or frames
 * in one file are read as one.  Memory is bounded (zstd windows up to 128 MiB);
 * not stable.  A truncated or damaged file is no error while it is read: it ends
 * where the last good byte was, and `damage` of the source says where and why. */
#ifndef CM_OS_UNPACK_H
#define CM_OS_UNPACK_H

#include "base/source.h"

enum cm_packing { CM_PACKING_NONE, CM_PACKING_GZIP, CM_PACKING_ZSTD };

/* How a file that begins with ${head} is packed; 4 bytes are enough to say. */
enum cm_packing cm_packing_of(struct cm_span head);
const char *cm_packing_word(enum cm_packing p); /* "gzip", "zstd"; "none" */

struct cm_unpack;

/* Unpacks ${packed}, which must outlive it.  CM_E_NOMEM. */
CM_RESULT cm_unpack_new(struct cm_source packed, enum cm_packing how, struct cm_unpack **out,
    struct cm_err *err);
void cm_unpack_free(struct cm_unpack *u); /* NULL is fine */

struct cm_source cm_unpack_source(struct cm_unpack *u);

#endif
