/* os/window.h -- a source over a regular file, read from front to back through a small buffer.
 *
 * What is read once only comes quicker this way than through a mapping: the bytes lie in
 * the processor's cache when they are looked at, and no page is mapped, touched and given
 * back for them.  Not stable. */
#ifndef CM_OS_WINDOW_H
#define CM_OS_WINDOW_H

#include "base/source.h"

struct cm_window {
	int fd; /* borrowed */
	uint8_t *buf;
	size_t room;
	uint64_t at; /* of buf[0] in the file */
	size_t len;
	bool ended; /* the file ends where the buffer does */
};

/* Over ${fd}, which stays the caller's, open till the end.  CM_E_NOMEM. */
CM_RESULT cm_window_init(struct cm_window *w, int fd);
void cm_window_fini(struct cm_window *w);

struct cm_source cm_window_source(struct cm_window *w);

#endif
