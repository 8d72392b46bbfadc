#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "log/bundle.h"
#include "log/checkpoint.h"
#include "log/tile_path.h"
#include "node/log_site.h"

struct cm_log_site {
	const struct cm_disk *disk;
	struct cm_trouble trouble;
	char *folder;
	atomic_uint_fast64_t size; /* published so far, at least */
};

/* Appends the file ${name} of the folder. */
static CM_RESULT
load(const struct cm_log_site *s, const char *name, size_t max, struct cm_buf *out,
    struct cm_err *err)
{
	struct cm_buf room = { 0 };
	const char *path = cm_disk_join(s->folder, name, &room);
	enum cm_result r = CM_E_NOMEM;

	if (path != NULL)
		r = cm_disk_load(s->disk, path, max, out, err);
	cm_buf_release(&room);
	return r;
}

static CM_RESULT
size_of(struct cm_span note_bytes, uint64_t *size, struct cm_err *err)
{
	struct cm_checkpoint checkpoint;
	struct cm_note note;
	struct cm_arena arena;
	enum cm_result r;

	cm_arena_init(&arena, 0);
	r = cm_note_parse(note_bytes, &arena, &note, err);
	if (r == CM_OK)
		r = cm_checkpoint_parse(note.text, &checkpoint, err);
	if (r == CM_OK)
		*size = checkpoint.size;
	cm_arena_fini(&arena);
	return r;
}

/* What is published now; remembers how far it goes. */
static CM_RESULT
read_checkpoint(struct cm_log_site *s, struct cm_buf *out, struct cm_err *err)
{
	uint64_t size = 0;
	uint_fast64_t known;
	enum cm_result r = load(s, "checkpoint", CM_NOTE_BYTES, out, err);

	if (r == CM_OK)
		r = size_of(cm_buf_span(out), &size, err);
	if (r != CM_OK)
		return r;
	known = atomic_load(&s->size);
	while (size > known && !atomic_compare_exchange_weak(&s->size, &known, size))
		;
	return CM_OK;
}

static bool
is_published(struct cm_log_site *s, const struct cm_log_tile *t)
{
	struct cm_buf checkpoint = { 0 };
	bool yes = cm_log_tile_is_of(t, atomic_load(&s->size));

	if (!yes) {
		yes = read_checkpoint(s, &checkpoint, NULL) == CM_OK &&
		      cm_log_tile_is_of(t, atomic_load(&s->size));
		cm_buf_release(&checkpoint);
	}
	return yes;
}

CM_RESULT
cm_log_site_new(const struct cm_log_site_new *in, struct cm_log_site **out, struct cm_err *err)
{
	struct cm_log_site *s = calloc(1, sizeof(*s));
	struct cm_buf checkpoint = { 0 };
	enum cm_result r = CM_E_NOMEM;

	if (s != NULL)
		s->folder = strdup(in->folder);
	if (s != NULL && s->folder != NULL) {
		s->disk = in->disk;
		s->trouble = in->trouble;
		r = read_checkpoint(s, &checkpoint, err);
	}
	cm_buf_release(&checkpoint);
	if (r == CM_OK)
		*out = s;
	else
		cm_log_site_free(s);
	return r == CM_E_NOMEM ? cm_err_set(err, r, "out of memory") : r;
}

void
cm_log_site_free(struct cm_log_site *s)
{
	if (s == NULL)
		return;
	free(s->folder);
	free(s);
}

static void
no_such(struct cm_http_answer *out, int status, const char *text)
{
	cm_http_say(out, status, text);
	out->cache = "no-store"; /* it may come yet */
}

/* The file is read; or it is not. */
static void
answer(const struct cm_log_site *s, enum cm_result r, const struct cm_err *err,
    struct cm_http_answer *out)
{
	if (r == CM_OK) {
		out->status = 200;
	} else if (r == CM_E_NOTFOUND) {
		no_such(out, 404, "the log has no such file");
	} else {
		no_such(out, 500, "the file of the log can not be read");
		cm_trouble_say(&s->trouble, err);
	}
}

static void
answer_tile(struct cm_log_site *s, const struct cm_log_tile *t, struct cm_http_answer *out)
{
	struct cm_buf name = { 0 };
	struct cm_err err = { 0 };
	enum cm_result r = CM_E_NOMEM;

	if (!is_published(s, t)) {
		no_such(out, 404, "the log has no such tile");
		return;
	}
	cm_log_tile_path(t, &name);
	out->type = "application/octet-stream";
	out->cache = "public, max-age=31536000, immutable";
	if (cm_buf_cstr(&name) != NULL)
		r = load(s, cm_buf_cstr(&name), CM_LOG_BUNDLE_MAX, &out->body, &err);
	answer(s, r, &err, out);
	cm_buf_release(&name);
}

void
cm_log_site_handle(void *arg, const struct cm_http_request *request, struct cm_http_answer *out)
{
	struct cm_log_site *s = arg;
	struct cm_log_tile tile;
	struct cm_err err = { 0 };

	if (request->post) {
		cm_http_say(out, 405, "a log is only read here");
		out->allow = "GET, HEAD";
	} else if (strcmp(request->path, "checkpoint") == 0) {
		out->type = "text/plain; charset=utf-8";
		out->cache = "max-age=1, must-revalidate";
		answer(s, read_checkpoint(s, &out->body, &err), &err, out);
	} else if (cm_log_tile_parse(cm_span_str(request->path), &tile) == CM_OK) {
		answer_tile(s, &tile, out);
	} else {
		no_such(out, 404, "not the name of a file of a log");
	}
}
