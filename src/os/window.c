#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/window.h"

/* Half of a small second-level cache: the tables that the reader feeds want the rest. */
#define STEP ((size_t)256 << 10)

static enum cm_result
add_pane(struct cm_window *w)
{
	struct cm_pane *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return CM_E_NOMEM;
	p->buf = malloc(CM_SOURCE_WANT_MAX);
	if (p->buf == NULL) {
		free(p);
		return CM_E_NOMEM;
	}
	p->next = w->panes;
	w->panes = w->now = p;
	return CM_OK;
}

enum cm_result
cm_window_init(struct cm_window *w, int fd)
{
	*w = (struct cm_window) { .fd = fd };
	return add_pane(w);
}

void
cm_window_fini(struct cm_window *w)
{
	struct cm_pane *p = w->panes, *next;

	for (; p != NULL; p = next) {
		next = p->next;
		free(p->buf);
		free(p);
	}
	*w = (struct cm_window) { .fd = -1 };
}

/* A pane that nobody holds; a new one if there is none. */
static enum cm_result
free_pane(struct cm_window *w)
{
	struct cm_pane *p = w->now;

	if (p->held > 0)
		for (p = w->panes; p != NULL && p->held > 0; p = p->next)
			;
	if (p == NULL)
		return add_pane(w);
	w->now = p;
	return CM_OK;
}

static enum cm_result
read_more(struct cm_window *w, uint64_t offset, size_t want, struct cm_err *err)
{
	size_t most = want < STEP ? STEP : want;

	w->at = offset;
	w->len = 0;
	w->ended = false;
	if (free_pane(w) != CM_OK)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	do {
		ssize_t got = pread(w->fd, w->now->buf + w->len, most - w->len, (off_t)(offset + w->len));

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

	if (want > CM_SOURCE_WANT_MAX)
		return cm_err_set(err, CM_E_LIMIT, "a file was asked for too much at once");
	if (offset < w->at || skip > w->len || (want > w->len - skip && !w->ended)) {
		rc = read_more(w, offset, want, err);
		skip = 0;
	}
	*out = cm_span_of(w->now->buf + skip, w->len - (size_t)skip);
	return rc;
}

struct cm_source
cm_window_source(struct cm_window *w)
{
	return (struct cm_source) { w, fill, false, NULL };
}
