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
read_more(struct cm_window *w, uint64_t offset, size_t want, struct cm_err *err)
{
	size_t most = want < STEP ? STEP : want;

	w->at = offset;
	w->len = 0;
	w->ended = false;
	do {
		ssize_t got = pread(w->fd, w->buf + w->len, most - w->len, (off_t)(offset + w->len));

		w->ended = got == 0;
		if (got > 0)
			w->len += (size_t)got;
		else if (got < 0 && errno != EINTR)
			return cm_err_at(err, CM_E_IO, offset + w->len, "%s", strerror(errno));
	} while (w->len < want && !w->ended);
	return CM_OK;
}

/* What is in the buffer is not read again: lines are asked for one by one. */
static enum cm_result
fill(void *arg, uint64_t offset, size_t want, struct cm_span *out, struct cm_err *err)
{
	struct cm_window *w = arg;
	uint64_t skip = offset - w->at;
	enum cm_result rc = CM_OK;

	if (want > w->room)
		return cm_err_set(err, CM_E_LIMIT, "a file was asked for too much at once");
	if (offset < w->at || skip > w->len || (want > w->len - skip && !w->ended)) {
		rc = read_more(w, offset, want, err);
		skip = 0;
	}
	*out = cm_span_of(w->buf + skip, w->len - (size_t)skip);
	return rc;
}

struct cm_source
cm_window_source(struct cm_window *w)
{
	return (struct cm_source) { w, fill, false, NULL };
}
