#include <string.h>

#include "log/bundle.h"
#include "node/log_fetch.h"

/* URL of the log with ${path} behind it, one slash between; NULL: no memory. */
static const char *
url_of(const struct cm_log_fetch *f, const char *path, struct cm_buf *room)
{
	size_t len = strlen(f->url);

	while (len > 0 && f->url[len - 1] == '/')
		len--;
	cm_buf_clear(room);
	cm_buf_add(room, f->url, len);
	cm_buf_add_u8(room, '/');
	cm_buf_add_str(room, path);
	return cm_buf_cstr(room);
}

static CM_RESULT
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "out of memory");
}

/* What it means unless it is the file. */
static CM_RESULT
judge(const struct cm_log_fetch *f, const struct cm_http_reply *r, const char *path,
    struct cm_err *err)
{
	switch (r->end) {
	case CM_HTTP_ANSWERED:
		break;
	case CM_HTTP_LATE:
		return cm_err_set(err, CM_E_IO, "%s did not come within %u.%u s", path,
		    f->limit_ms / 1000, f->limit_ms % 1000 / 100);
	case CM_HTTP_UNREACHABLE:
		return cm_err_set(err, CM_E_IO, "%s can not be fetched: %s", path, r->why);
	case CM_HTTP_TOO_LONG:
		return cm_err_set(
		    err, CM_E_MALFORMED, "%s is longer than such a file can be", path);
	}
	if (r->status == 200)
		return CM_OK;
	return cm_err_set(err, r->status == 404 ? CM_E_NOTFOUND : CM_E_IO,
	    "%s: the server answers %d", path, r->status);
}

static CM_RESULT
fetch_one(const struct cm_log_fetch *f, const char *path, size_t max, struct cm_buf *out,
    struct cm_err *err)
{
	struct cm_http_reply r = { 0 };
	struct cm_buf room = { 0 };
	struct cm_http_ask ask = {
		.url = url_of(f, path, &room), .answer_max = max, .total_ms = f->limit_ms
	};
	enum cm_result rc =
	    ask.url == NULL ? no_memory(err) : cm_http_client_all(f->http, &ask, 1, &r, err);

	cm_buf_release(&room);
	if (rc != CM_OK)
		return rc;
	rc = judge(f, &r, path, err);
	if (rc == CM_OK)
		cm_buf_add_span(out, cm_buf_span(&r.body));
	cm_buf_release(&r.body);
	/* Beyond its `max' the buffer says so itself. */
	return rc == CM_OK && out->failed && !out->over ? no_memory(err) : rc;
}

CM_RESULT
cm_log_fetch_checkpoint(const struct cm_log_fetch *f, struct cm_buf *out, struct cm_err *err)
{
	return fetch_one(f, "checkpoint", CM_NOTE_BYTES, out, err);
}

static enum cm_result
fetch_tile(void *arg, const struct cm_log_tile *t, struct cm_buf *out, struct cm_err *err)
{
	const struct cm_log_fetch *f = arg;
	struct cm_buf path = { 0 };
	enum cm_result r = CM_E_NOMEM;

	cm_log_tile_path(t, &path);
	if (cm_buf_cstr(&path) != NULL)
		r = fetch_one(
		    f, cm_buf_cstr(&path), out->max != 0 ? out->max : CM_LOG_BUNDLE_MAX, out, err);
	cm_buf_release(&path);
	return r;
}

struct cm_tile_source
cm_log_fetch_tiles(struct cm_log_fetch *f)
{
	return (struct cm_tile_source) { fetch_tile, f };
}

/* ---- bundles, several at a time ---- */

/* One that was asked for. */
struct slot {
	struct cm_log_tile t;
	bool is_there;
	struct cm_buf body;
};

struct fetching {
	const struct cm_log_fetch *f;
	uint64_t from, to;
	uint64_t asked, taken; /* bundles below these numbers were */
	struct slot slot[CM_LOG_FETCH_BUNDLES];
	const struct cm_entry_sink *sink;
};

static struct slot *
slot_of(struct fetching *g, uint64_t n)
{
	return &g->slot[n % CM_LOG_FETCH_BUNDLES];
}

static CM_RESULT
ask(struct fetching *g, const struct slot *s, struct cm_err *err)
{
	struct cm_buf path = { 0 }, room = { 0 };
	struct cm_http_ask q = { .answer_max = CM_LOG_BUNDLE_MAX,
		.total_ms = g->f->limit_ms,
		.tag = (size_t)(s - g->slot) };
	enum cm_result r = CM_E_NOMEM;

	cm_log_tile_path(&s->t, &path);
	if (cm_buf_cstr(&path) != NULL)
		q.url = url_of(g->f, cm_buf_cstr(&path), &room);
	r = q.url == NULL ? no_memory(err) : cm_http_client_begin(g->f->http, &q, err);
	cm_buf_release(&path);
	cm_buf_release(&room);
	return r;
}

/* As many as there may be on their way. */
static CM_RESULT
ask_more(struct fetching *g, struct cm_err *err)
{
	uint64_t end = (g->to + CM_LOG_TILE_WIDTH - 1) / CM_LOG_TILE_WIDTH;
	enum cm_result r = CM_OK;

	while (r == CM_OK && g->asked < end && g->asked - g->taken < CM_LOG_FETCH_BUNDLES) {
		struct slot *s = slot_of(g, g->asked);
		uint64_t left = g->to - g->asked * CM_LOG_TILE_WIDTH;

		s->is_there = false;
		s->t = (struct cm_log_tile) { .entries = true,
			.n = g->asked++,
			.width = left < CM_LOG_TILE_WIDTH ? (unsigned)left : CM_LOG_TILE_WIDTH };
		r = ask(g, s, err);
	}
	return r;
}

/* A partial one that is not there may have been dropped for the full one. */
static CM_RESULT
take_reply(struct fetching *g, struct cm_http_reply *reply, struct cm_err *err)
{
	struct slot *s = &g->slot[reply->tag];
	struct cm_buf path = { 0 };
	enum cm_result r;

	if (reply->end == CM_HTTP_ANSWERED && reply->status == 404 &&
	    s->t.width < CM_LOG_TILE_WIDTH) {
		cm_buf_release(&reply->body);
		s->t.width = CM_LOG_TILE_WIDTH;
		return ask(g, s, err);
	}
	cm_log_tile_path(&s->t, &path);
	r = cm_buf_cstr(&path) == NULL ? no_memory(err)
				       : judge(g->f, reply, cm_buf_cstr(&path), err);
	cm_buf_release(&path);
	s->is_there = r == CM_OK;
	s->body = reply->body;
	return r;
}

/* Those of the bundle that are wanted. */
static CM_RESULT
hand_out(struct fetching *g, struct slot *s, struct cm_err *err)
{
	uint64_t first = s->t.n * CM_LOG_TILE_WIDTH;
	size_t from = g->from > first ? (size_t)(g->from - first) : 0;
	size_t to = g->to - first < s->t.width ? (size_t)(g->to - first) : s->t.width;
	struct cm_span entry[CM_LOG_TILE_WIDTH];
	struct cm_buf path = { 0 };
	struct cm_err why = { 0 };
	enum cm_result r = cm_bundle_read(cm_buf_span(&s->body), s->t.width, entry, &why);

	if (r == CM_OK)
		return g->sink->put(g->sink->arg, entry + from, to - from, err);
	cm_log_tile_path(&s->t, &path);
	r = cm_buf_cstr(&path) == NULL
		? no_memory(err)
		: cm_err_at(err, r, why.offset, "%s: %s", (const char *)path.ptr, why.text);
	cm_buf_release(&path);
	return r;
}

static CM_RESULT
take_next(struct fetching *g, struct cm_err *err)
{
	struct cm_http_reply reply = { 0 };
	enum cm_result r = cm_http_client_next(g->f->http, &reply, err);

	if (r == CM_OK)
		r = take_reply(g, &reply, err);
	while (r == CM_OK && g->taken < g->asked && slot_of(g, g->taken)->is_there) {
		struct slot *s = slot_of(g, g->taken++);

		r = hand_out(g, s, err);
		cm_buf_release(&s->body);
		s->is_there = false;
	}
	return r;
}

CM_RESULT
cm_log_fetch_entries(const struct cm_log_fetch *f, uint64_t from, uint64_t to,
    const struct cm_entry_sink *sink, struct cm_err *err)
{
	struct fetching g = { .f = f, .from = from, .to = to, .sink = sink };
	enum cm_result r;

	g.asked = g.taken = from / CM_LOG_TILE_WIDTH;
	do {
		r = ask_more(&g, err);
		if (r == CM_OK)
			r = take_next(&g, err);
	} while (r == CM_OK && g.taken * CM_LOG_TILE_WIDTH < to);
	cm_http_client_break_off(f->http);
	for (size_t i = 0; i < CM_LOG_FETCH_BUNDLES; i++)
		cm_buf_release(&g.slot[i].body);
	return r;
}
