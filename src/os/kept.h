/* os/kept.h -- the bytes of a file, copied so that nobody changes them while they are looked at.
 *
 * Who checks bytes first and uses them later must see the same ones both times.  A
 * mapped file shows whatever others write to it, and a file system that belongs to
 * somebody else may give other bytes each time.  So each byte is read once, into
 * memory that is ours alone; what is longer than CM_KEPT_MEMORY goes into a file
 * without a name in a folder of temporary files, which is mapped and costs page cache
 * only (if there is no room for it there, into memory all the same). */
#ifndef CM_OS_KEPT_H
#define CM_OS_KEPT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/sink.h"
#include "base/span.h"

#define CM_KEPT_MEMORY ((size_t)32 << 20)

/* Zero-initialise; ends with cm_kept_fini. */
struct cm_kept {
	struct cm_buf memory;
	int fd; /* of the file without a name; only while it is written */
	void *map;
	uint64_t len;
	uint64_t max; /* of what comes in pieces */
};

/* Takes all bytes of ${fd}, at most ${max}: of a regular file from its front, of a pipe from
 * where it is.  ${folder} is for the long ones.  CM_E_IO, CM_E_NOMEM; CM_E_LIMIT: longer. */
CM_RESULT cm_kept_take(
    struct cm_kept *k, int fd, uint64_t max, const char *folder, struct cm_err *err);

/* The same of bytes that come later and in pieces, to a confined child, which could open nothing: begin opens what
 * ${max} of them need, the child keeps cm_kept_fd open (-1: there is none), writes to the sink (CM_E_IO: no room),
 * and ends. */
CM_RESULT cm_kept_begin(struct cm_kept *k, uint64_t max, const char *folder, struct cm_err *err);
int cm_kept_fd(const struct cm_kept *k);
struct cm_sink cm_kept_sink(struct cm_kept *k);
CM_RESULT cm_kept_end(struct cm_kept *k, struct cm_err *err);

struct cm_span cm_kept_bytes(const struct cm_kept *k);
void cm_kept_fini(struct cm_kept *k);

#endif
