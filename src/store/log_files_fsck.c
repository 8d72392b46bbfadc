#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "log/bundle.h"
#include "store/log_files_state.h"

#define FOUND_MAX 1000u /* lines that are kept */

struct fsck {
	struct cm_key_folder f;
	struct cm_arena *arena;
	struct cm_log_fsck *out;
	const char **found;
	size_t room;
	struct cm_checkpoint head;
	void (*step)(void *arg, uint64_t done, uint64_t all);
	void *arg;
	struct cm_buf bytes, path; /* of the file at hand */
};

static enum cm_result
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "out of memory");
}

static enum cm_result
find(struct fsck *k, bool bad, const char *what, struct cm_err *err)
{
	const char *line = cm_arena_printf(k->arena, "%s: %s", (const char *)k->path.ptr, what);

	k->out->bad += bad;
	if (line == NULL)
		return no_memory(err);
	if (k->out->n_found == FOUND_MAX)
		return CM_OK;
	if (k->found == NULL)
		k->found = cm_arena_array(k->arena, FOUND_MAX, sizeof(*k->found));
	if (k->found == NULL)
		return no_memory(err);
	k->found[k->out->n_found++] = line;
	k->out->found = k->found;
	return CM_OK;
}

/* Says it of a file by its name below the folder. */
static enum cm_result
find_in(struct fsck *k, const char *name, bool bad, const char *what, struct cm_err *err)
{
	cm_buf_clear(&k->path);
	cm_buf_add_str(&k->path, name);
	return cm_buf_cstr(&k->path) == NULL ? no_memory(err) : find(k, bad, what, err);
}

static enum cm_result
find_tile(
    struct fsck *k, const struct cm_log_tile *t, bool bad, const char *what, struct cm_err *err)
{
	cm_buf_clear(&k->path);
	cm_log_tile_path(t, &k->path);
	return cm_buf_cstr(&k->path) == NULL ? no_memory(err) : find(k, bad, what, err);
}

/* ---- the tree ---- */

/* What the entries make of this tile, against what lies there. */
static enum cm_result
compare(void *arg, const struct cm_log_tile *t, struct cm_span bytes, struct cm_err *err)
{
	struct fsck *k = arg;
	struct cm_tile_source source = cm_log_files_tiles(&k->f);
	enum cm_result r;

	k->out->tiles += !t->entries;
	if (t->entries)
		return CM_OK;
	cm_buf_clear(&k->bytes);
	r = source.fetch(source.arg, t, &k->bytes, NULL);
	if (r == CM_E_NOTFOUND)
		return find_tile(k, t, true, "is not there", err);
	if (r == CM_E_NOMEM)
		return no_memory(err);
	if (r != CM_OK)
		return find_tile(k, t, true, "can not be read", err);
	return cm_span_eq(cm_buf_span(&k->bytes), bytes)
		   ? CM_OK
		   : find_tile(k, t, true, "is not what the entries below it make", err);
}

/* ${*whole}: they could be read. */
static enum cm_result
add_bundle(struct fsck *k, struct cm_growth *g, const struct cm_log_tile *t, bool *whole,
    struct cm_err *err)
{
	struct cm_tile_source source = cm_log_files_tiles(&k->f);
	struct cm_tile_sink sink = { compare, k };
	struct cm_span entry[CM_LOG_TILE_WIDTH];
	struct cm_buf bundle = { 0 };
	struct cm_err why = { 0 };
	enum cm_result r = source.fetch(source.arg, t, &bundle, &why);

	if (r == CM_OK)
		r = cm_bundle_read(cm_buf_span(&bundle), t->width, entry, &why);
	*whole = r == CM_OK;
	if (r == CM_OK)
		r = cm_growth_add(g, entry, t->width, &sink, err);
	else if (r != CM_E_NOMEM)
		r = find_tile(k, t, true, r == CM_E_NOTFOUND ? "is not there" : why.text, err);
	cm_buf_release(&bundle);
	return r;
}

static enum cm_result
check_root(struct fsck *k, struct cm_growth *g, struct cm_err *err)
{
	struct cm_tile_sink sink = { compare, k };
	uint8_t root[CM_SHA256_LEN];
	uint64_t size;
	enum cm_result r = cm_growth_settle(g, &sink, &size, root, err);

	if (r == CM_OK && memcmp(root, k->head.root, sizeof(root)) != 0)
		r = find_in(k, "head", true, "has another root than the entries make", err);
	return r;
}

/* The log is grown anew from its entries, and must come out the same. */
static enum cm_result
check_tree(struct fsck *k, struct cm_err *err)
{
	struct cm_log_level at = cm_log_level_of(k->head.size, 0);
	struct cm_log_tile t = { .entries = true, .width = CM_LOG_TILE_WIDTH };
	struct cm_checkpoint none = { 0 };
	struct cm_growth *g = NULL;
	bool whole = true;
	enum cm_result r;

	cm_sha256("", 0, none.root);
	r = cm_growth_new(NULL, 0, none.root, &g, err);
	for (; r == CM_OK && whole && t.n < at.full + (at.partial > 0); t.n++) {
		if (t.n == at.full)
			t.width = at.partial;
		r = add_bundle(k, g, &t, &whole, err);
		k->out->entries += whole ? t.width : 0;
		if (k->step != NULL)
			k->step(k->arg, k->out->entries, k->head.size);
	}
	if (r == CM_OK && whole)
		r = check_root(k, g, err);
	cm_growth_free(g);
	return r;
}

/* ---- files ---- */

/* A partial tile of when the log was smaller is the beginning of what is there now. */
static enum cm_result
check_old_partial(struct fsck *k, const struct cm_log_tile *t, struct cm_err *err)
{
	struct cm_tile_source source = cm_log_files_tiles(&k->f);
	struct cm_log_level at = cm_log_level_of(k->head.size, t->level);
	struct cm_log_tile now = *t;
	struct cm_buf whole = { 0 };
	enum cm_result r;

	now.width = t->n < at.full ? CM_LOG_TILE_WIDTH : at.partial;
	if (now.width == t->width)
		return CM_OK;
	cm_buf_clear(&k->bytes);
	r = source.fetch(source.arg, t, &k->bytes, NULL);
	if (r == CM_OK)
		r = source.fetch(source.arg, &now, &whole, NULL);
	if (r == CM_OK &&
	    !cm_span_eq(cm_buf_span(&k->bytes), cm_span_part(cm_buf_span(&whole), 0, k->bytes.len)))
		r = find_tile(k, t, true, "is not the beginning of the tile as it is now", err);
	else if (r != CM_OK && r != CM_E_NOMEM && r != CM_E_NOTFOUND)
		r = find_tile(k, t, true, "can not be read", err);
	else if (r == CM_E_NOTFOUND)
		r = CM_OK; /* gone meanwhile, or its tile is not there, which was said */
	cm_buf_release(&whole);
	return r;
}

static enum cm_result
check_file(struct fsck *k, const char *name, struct cm_err *err)
{
	struct cm_log_tile t;

	if (cm_log_tile_parse(cm_span_str(name), &t) != CM_OK)
		return find_in(k, name, false, "is no file of a log", err);
	if (!cm_log_tile_is_of(&t, k->head.size))
		return find_in(k, name, false,
		    "lies beyond the head; an append was cut short, which harms nothing", err);
	return t.width == CM_LOG_TILE_WIDTH ? CM_OK : check_old_partial(k, &t, err);
}

static void
keep_name(void *to, const char *name)
{
	cm_buf_add(to, name, strlen(name) + 1);
}

#define DEPTH_MAX 8u

static enum cm_result check_folder(
    struct fsck *k, const char *name, unsigned depth, struct cm_err *err);

static enum cm_result
check_name(struct fsck *k, const char *name, unsigned depth, struct cm_err *err)
{
	struct cm_buf room = { 0 };
	struct cm_disk_stat st = { 0 };
	const char *path = cm_key_folder_file(&k->f, name, &room);
	int e = path == NULL ? 0 : k->f.disk->ops->stat(k->f.disk->arg, path, &st);

	cm_buf_release(&room);
	if (path == NULL)
		return no_memory(err);
	if (e != 0)
		return CM_OK; /* gone meanwhile */
	if (!st.folder)
		return check_file(k, name, err);
	return depth == 0 ? find_in(k, name, false, "is no folder of a log", err)
			  : check_folder(k, name, depth - 1, err);
}

static enum cm_result
check_folder(struct fsck *k, const char *name, unsigned depth, struct cm_err *err)
{
	struct cm_buf names = { 0 }, room = { 0 };
	const char *path = cm_key_folder_file(&k->f, name, &room);
	int e = path == NULL ? 0 : k->f.disk->ops->list(k->f.disk->arg, path, keep_name, &names);
	enum cm_result r = path == NULL || !cm_buf_ok(&names) ? no_memory(err) : CM_OK;

	if (e != 0 && r == CM_OK && k->head.size > 0)
		r = find_in(k, name, true, "can not be listed", err);
	for (size_t at = 0; r == CM_OK && at < names.len;) {
		const char *one = (const char *)names.ptr + at;

		path = cm_disk_join(name, one, &room);
		r = path == NULL ? no_memory(err) : check_name(k, path, depth, err);
		at += strlen(one) + 1;
	}
	cm_buf_release(&names);
	cm_buf_release(&room);
	return r;
}

/* ---- head and checkpoint ---- */

static enum cm_result
check_shown(struct fsck *k, const struct cm_checkpoint *shown, struct cm_err *err)
{
	enum cm_result r;

	if (shown->size > k->head.size ||
	    (shown->size == k->head.size && memcmp(shown->root, k->head.root, 32) != 0))
		return find_in(k, "checkpoint", true, "shows what head does not know", err);
	if (shown->size == k->head.size)
		return CM_OK;
	r = cm_log_files_begins(&k->f, shown, &k->head, NULL);
	if (r == CM_E_NOMEM)
		return no_memory(err);
	return r == CM_OK ? find_in(k, "checkpoint", false,
				"is behind head; the next append mends that", err)
			  : find_in(k, "checkpoint", true, "is not the beginning of the log", err);
}

/* The checkpoint is read first: a writer may be at work, and head is never behind it. */
static enum cm_result
check_notes(struct fsck *k, struct cm_err *err)
{
	struct cm_checkpoint shown = { 0 };
	struct cm_err why = { 0 };
	enum cm_result r = cm_log_files_note(&k->f, "checkpoint", &k->bytes, &shown, &why), r2;

	r2 = cm_log_files_note(&k->f, "head", &k->bytes, &k->head, err);
	if (r2 != CM_OK)
		return r2;
	if (r == CM_E_NOMEM)
		return no_memory(err);
	if (r != CM_OK)
		return find_in(
		    k, "checkpoint", false, "can not be read; the next append mends that", err);
	return check_shown(k, &shown, err);
}

enum cm_result
cm_log_files_fsck(const struct cm_disk *disk, const char *folder, struct cm_arena *arena,
    void (*step)(void *arg, uint64_t done, uint64_t all), void *arg, struct cm_log_fsck *out,
    struct cm_err *err)
{
	struct fsck k = { .arena = arena, .out = out, .step = step, .arg = arg };
	enum cm_result r = cm_key_folder_read(disk, "log", folder, &k.f, err);

	if (r != CM_OK)
		return r;
	*out = (struct cm_log_fsck) { 0 };
	r = check_notes(&k, err);
	out->size = k.head.size;
	if (r == CM_OK)
		r = check_tree(&k, err);
	if (r == CM_OK)
		r = check_folder(&k, "tile", DEPTH_MAX, err);
	cm_buf_release(&k.bytes);
	cm_buf_release(&k.path);
	cm_key_folder_close(&k.f);
	return r;
}
