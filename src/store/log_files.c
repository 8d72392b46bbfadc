#include <stdlib.h>
#include <string.h>

#include "log/bundle.h"
#include "store/log_files_state.h"

const struct cm_vkey *
cm_log_files_key(const struct cm_log_files *l)
{
	return &l->f.vkey;
}

const struct cm_checkpoint *
cm_log_files_head(const struct cm_log_files *l)
{
	return &l->head;
}

struct cm_tile_source
cm_log_files_source(struct cm_log_files *l)
{
	return cm_log_files_tiles(&l->f);
}

enum cm_result
cm_log_files_note(const struct cm_key_folder *f, const char *name, struct cm_buf *bytes,
    struct cm_checkpoint *out, struct cm_err *err)
{
	struct cm_arena arena;
	struct cm_err why = { 0 };
	enum cm_result r;

	cm_buf_clear(bytes);
	r = cm_key_folder_load(f, name, CM_NOTE_BYTES, bytes, err);
	if (r != CM_OK)
		return r;
	cm_arena_init(&arena, 0);
	r = cm_checkpoint_open(cm_buf_span(bytes), &f->vkey, &arena, out, NULL, &why);
	cm_arena_fini(&arena);
	/* Ours has none, and they would point into ${bytes}. */
	out->extensions = cm_span_of(NULL, 0);
	if (r == CM_OK || r == CM_E_NOMEM)
		return r;
	return cm_err_set(
	    err, CM_E_MALFORMED, "%s/%s is damaged: %s", (const char *)f->path.ptr, name, why.text);
}

enum cm_result
cm_log_files_sign(const struct cm_key_folder *f, const struct cm_checkpoint *c, struct cm_buf *note,
    struct cm_err *err)
{
	struct cm_buf text = { 0 };
	enum cm_result r;

	cm_checkpoint_write(c, &text);
	cm_buf_add_span(note, cm_buf_span(&text));
	cm_buf_add_u8(note, '\n');
	r = cm_buf_ok(&text) ? cm_note_sign(cm_buf_span(&text), &f->vkey, f->seed, note, err)
			     : CM_E_NOMEM;
	if (r == CM_OK && !cm_buf_ok(note))
		r = CM_E_NOMEM;
	cm_buf_release(&text);
	return r == CM_E_NOMEM ? cm_err_set(err, r, "out of memory") : r;
}

/* ---- tiles ---- */

const char *
cm_log_files_tile(const struct cm_key_folder *f, const struct cm_log_tile *t, const char *tail,
    struct cm_buf *room)
{
	cm_buf_clear(room);
	cm_buf_add_span(room, cm_buf_span(&f->path));
	cm_buf_add_u8(room, '/');
	cm_log_tile_path(t, room);
	cm_buf_add_str(room, tail);
	return cm_buf_cstr(room);
}

static enum cm_result
fetch(void *arg, const struct cm_log_tile *t, struct cm_buf *out, struct cm_err *err)
{
	const struct cm_key_folder *f = arg;
	struct cm_buf room = { 0 };
	const char *path = cm_log_files_tile(f, t, "", &room);
	enum cm_result r = CM_E_NOMEM;

	if (path != NULL)
		r = cm_disk_load(
		    f->disk, path, out->max != 0 ? out->max : CM_LOG_BUNDLE_MAX, out, err);
	cm_buf_release(&room);
	return r;
}

struct cm_tile_source
cm_log_files_tiles(const struct cm_key_folder *f)
{
	/* It is only read there. */
	return (struct cm_tile_source) { fetch, (void *)(uintptr_t)f };
}

enum cm_result
cm_log_files_begins(const struct cm_key_folder *f, const struct cm_checkpoint *small,
    const struct cm_checkpoint *big, struct cm_err *err)
{
	struct cm_tile_source source = cm_log_files_tiles(f);
	struct cm_tiles *tiles = NULL;
	struct cm_hashes hashes;
	uint8_t root[CM_SHA256_LEN];
	enum cm_result r = cm_tiles_new(&source, big->size, big->root, &tiles);

	if (r == CM_OK) {
		hashes = cm_tiles_hashes(tiles);
		r = cm_merkle_root(&hashes, small->size, root, err);
	}
	cm_tiles_free(tiles);
	if (r == CM_OK && memcmp(root, small->root, sizeof(root)) != 0)
		return CM_E_REFUSED;
	return r;
}

/* ---- what is published ---- */

static enum cm_result
add_line(const struct cm_log_files *l, const struct cm_note *shown,
    const struct cm_note_signature *s, struct cm_buf *note, struct cm_err *err)
{
	if (cm_note_is_of(s, &l->f.vkey))
		return cm_err_set(err, CM_E_REFUSED, "a cosignature by the log itself");
	for (size_t i = 0; i < shown->n; i++)
		if (shown->signature[i].id == s->id &&
		    cm_span_eq(shown->signature[i].name, s->name))
			return CM_OK;
	cm_buf_add_span(note, s->line);
	return CM_OK;
}

/* The note ${shown} with those lines of ${more} whose keys it does not name. */
static enum cm_result
join_lines(const struct cm_log_files *l, const struct cm_note *shown, const struct cm_note *more,
    struct cm_buf *note, struct cm_err *err)
{
	enum cm_result r = CM_OK;
	size_t before;

	cm_buf_add_span(note, cm_buf_span(&l->published));
	before = note->len;
	for (size_t i = 0; r == CM_OK && i < more->n; i++)
		r = add_line(l, shown, &more->signature[i], note, err);
	if (r == CM_OK && !cm_buf_ok(note))
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (r == CM_OK && note->len == before)
		cm_buf_clear(note);
	return r;
}

/* Replaces what is published by ${note}, after reading it as others will. */
static enum cm_result
publish(struct cm_log_files *l, struct cm_buf *note, struct cm_arena *arena, struct cm_err *err)
{
	struct cm_checkpoint c;
	struct cm_buf old = l->published;
	enum cm_result r = cm_checkpoint_open(cm_buf_span(note), &l->f.vkey, arena, &c, NULL, err);

	if (r == CM_OK)
		r = cm_key_folder_replace(&l->f, "checkpoint", cm_buf_span(note), err);
	if (r == CM_OK) {
		l->published = *note;
		*note = old;
	}
	return r;
}

static enum cm_result
cosigned(struct cm_log_files *l, struct cm_span lines, struct cm_arena *arena, struct cm_err *err)
{
	struct cm_note shown, more;
	struct cm_buf alone = { 0 }, note = { 0 };
	enum cm_result r = cm_note_parse(cm_buf_span(&l->published), arena, &shown, err);

	if (r != CM_OK)
		return r;
	cm_buf_add_span(&alone, shown.text);
	cm_buf_add_u8(&alone, '\n');
	cm_buf_add_span(&alone, lines);
	r = cm_buf_ok(&alone) ? cm_note_parse(cm_buf_span(&alone), arena, &more, err) : CM_E_NOMEM;
	if (r == CM_OK)
		r = join_lines(l, &shown, &more, &note, err);
	if (r == CM_OK && note.len > 0)
		r = publish(l, &note, arena, err);
	cm_buf_release(&alone);
	cm_buf_release(&note);
	return r;
}

enum cm_result
cm_log_files_cosigned(struct cm_log_files *l, const struct cm_checkpoint *of, struct cm_span lines,
    struct cm_err *err)
{
	struct cm_arena arena;
	enum cm_result r;

	if (l->how == CM_LOG_READ || l->broken)
		return cm_err_set(err, CM_E_USAGE, "the log is not open for writing");
	if (of->size != l->head.size || memcmp(of->root, l->head.root, sizeof(of->root)) != 0)
		return cm_err_set(err, CM_E_USAGE, "the log has moved on from what was cosigned");
	if (lines.len == 0)
		return CM_OK;
	cm_arena_init(&arena, 0);
	r = cosigned(l, lines, &arena, err);
	cm_arena_fini(&arena);
	return r;
}

void
cm_log_files_close(struct cm_log_files *l)
{
	if (l == NULL)
		return;
	cm_growth_free(l->growth);
	cm_buf_release(&l->published);
	cm_buf_release(&l->room);
	cm_key_folder_close(&l->f);
	free(l);
}
