#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/window.h"

/* Half of a small second-level cache: the tables that the reader feeds want the rest. */
#define STEP ((size_t)256 << 10)

enum cm_result
cm_window_init(struct cm_window *w, int fd)
{
	*w = (struct cm_window) { .fd = fd, .room = CM_SOURCE_WANT_MAX };
	w->buf = malloc(w->room);
	return w->buf == NULL ? CM_E_NOMEM : CM_OK;
}

void
cm_window_fini(struct cm_window *w)
{
	free(w->buf);
	*w = (struct cm_window) { .fd = -1 };
}

static enum cm_result
fill(void *arg, uint64_t offset, size_t want, struct cm_span *out, struct cm_err *err)
{
	struct cm_window *w = arg;
	size_t n = 0, most = want < STEP ? STEP : want;

	if (want > w->room)
		return cm_err_set(err, CM_E_LIMIT, "a file was asked for too much at once");
	do {
		ssize_t got = pread(w->fd, w->buf + n, most - n, (off_t)(offset + n));

		if (got == 0)
			break;
		if (got > 0)
			n += (size_t)got;
		else if (errno != EINTR)
			return cm_err_at(err, CM_E_IO, offset + n, "%s", strerror(errno));
	} while (n < want);
	*out = cm_span_of(w->buf, n);
	return CM_OK;
}

struct cm_source
cm_window_source(struct cm_window *w)
{
	return (struct cm_source) { w, fill, false, NULL };
}
