/* os/window.h -- a source over a regular file, read from front to back through small buffers.
 *
 * What is read once only comes quicker this way than through a mapping: the bytes lie in
 * the processor's cache when they are looked at, and no page is mapped, touched and given
 * back for them.  Not stable: what is given stays until it is called again, or longer if
 * its pane is held.
 *
 * For one thread.  Others may read the bytes of panes that it holds. */
#ifndef CM_OS_WINDOW_H
#define CM_OS_WINDOW_H

#include "base/source.h"

/* A buffer.  Whoever wants its bytes to stay holds it, as often as he likes. */
struct cm_pane {
	uint8_t *buf; /* CM_SOURCE_WANT_MAX bytes of room */
	unsigned held;
	struct cm_pane *next;
};

struct cm_window {
	int fd; /* borrowed */
	struct cm_pane *panes;
	struct cm_pane *now; /* where the bytes given last lie */
	uint64_t at;         /* of its first byte in the file */
	size_t len;
	bool ended; /* the file ends where they do */
};

/* Over ${fd}, which stays the caller's, open till the end.  CM_E_NOMEM. */
CM_RESULT cm_window_init(struct cm_window *w, int fd);
void cm_window_fini(struct cm_window *w); /* nobody holds a pane any more */

struct cm_source cm_window_source(struct cm_window *w);

#endif
