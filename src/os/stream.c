#include <stdlib.h>
#include <string.h>

#include "os/stream.h"

enum cm_result
cm_stream_init(struct cm_stream *s, cm_stream_more *more, void *arg)
{
	*s = (struct cm_stream) { .more = more, .arg = arg };
	s->buf = malloc(CM_STREAM_BYTES);
	return s->buf == NULL ? CM_E_NOMEM : CM_OK;
}

void
cm_stream_fini(struct cm_stream *s)
{
	free(s->buf);
	*s = (struct cm_stream) { 0 };
}

/* Forgets what lies before ${offset}, as far as it is here. */
static void
forget(struct cm_stream *s, uint64_t offset)
{
	uint64_t skip = offset - s->from_at;

	if (skip > s->to - s->from)
		skip = s->to - s->from;
	s->from += (size_t)skip;
	s->from_at += skip;
}

static enum cm_result
pull(struct cm_stream *s, struct cm_err *err)
{
	size_t got = 0;
	enum cm_result rc = s->more(s->arg, s->buf + s->to, CM_STREAM_BYTES - s->to, &got, err);

	if (rc != CM_OK)
		return rc;
	s->to += got;
	s->ended = got == 0;
	return CM_OK;
}

static enum cm_result
fill(void *arg, uint64_t offset, size_t want, struct cm_span *out, struct cm_err *err)
{
	struct cm_stream *s = arg;

	if (want > CM_SOURCE_WANT_MAX || offset < s->from_at)
		return cm_err_set(err, CM_E_LIMIT, "a stream was asked for what it does not hold");
	forget(s, offset);
	while (!s->ended && (s->from_at < offset || s->to - s->from < want)) {
		enum cm_result rc;

		if (CM_STREAM_BYTES - s->from < want || s->from == s->to) {
			memmove(s->buf, s->buf + s->from, s->to - s->from);
			s->to -= s->from;
			s->from = 0;
		}
		rc = pull(s, err);
		if (rc != CM_OK)
			return rc;
		forget(s, offset);
	}
	*out = cm_span_of(s->buf + s->from, s->to - s->from);
	return CM_OK;
}

struct cm_source
cm_stream_source(struct cm_stream *s)
{
	return (struct cm_source) { s, fill, false, NULL };
}
