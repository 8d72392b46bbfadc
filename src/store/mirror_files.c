#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/log_files_state.h"
#include "store/mirror_files.h"

#define LOCK_MS 2000u

/* A log's files without its key: nothing is ever signed here. */
struct cm_mirror_files {
	struct cm_log_files l;
	struct cm_buf claim;
	bool unknown; /* which checkpoint is on disk: so nothing is written or removed any more */
};

const struct cm_checkpoint *
cm_mirror_files_head(const struct cm_mirror_files *m)
{
	return &m->l.head;
}

struct cm_span
cm_mirror_files_note(const struct cm_mirror_files *m)
{
	return cm_buf_span(&m->l.published);
}

struct cm_tile_source
cm_mirror_files_source(struct cm_mirror_files *m)
{
	return cm_log_files_tiles(&m->l.f);
}

/* ---- opening ---- */

static enum cm_result
make_folder(const struct cm_disk *d, const char *folder, struct cm_err *err)
{
	int e = d->ops->mkdir(d->arg, folder, 0755);

	return e == EEXIST ? CM_OK : cm_disk_failed(e, folder, err);
}

/* Nothing is kept yet, so nothing binds this folder to a key. */
static enum cm_result
begin(struct cm_log_files *l, const struct cm_vkey *key, struct cm_err *err)
{
	struct cm_buf line = { 0 };
	enum cm_result r = CM_E_NOMEM;

	l->f.vkey = *key;
	memcpy(l->head.origin, key->name, sizeof(l->head.origin));
	cm_sha256("", 0, l->head.root);
	cm_vkey_write(key, &line);
	cm_buf_add_u8(&line, '\n');
	if (cm_buf_ok(&line))
		r = cm_key_folder_replace(&l->f, "vkey", cm_buf_span(&line), err);
	cm_buf_release(&line);
	return r;
}

static enum cm_result
check_key(const struct cm_key_folder *f, const struct cm_vkey *key, struct cm_err *err)
{
	struct cm_key_folder was = { 0 };
	enum cm_result r =
	    cm_key_folder_read(f->disk, f->what, (const char *)f->path.ptr, &was, err);

	if (r == CM_OK && memcmp(was.vkey.key, key->key, sizeof(key->key)) != 0)
		r = cm_err_set(err, CM_E_REFUSED,
		    "%s mirrors this log under another key; if the log has a new key indeed, move "
		    "the folder away, and keep it",
		    (const char *)f->path.ptr);
	if (r == CM_OK || r == CM_E_REFUSED)
		cm_key_folder_close(&was);
	return r;
}

static enum cm_result
take_up(struct cm_log_files *l, const struct cm_vkey *key, struct cm_err *err)
{
	struct cm_buf room = { 0 };
	struct cm_disk_stat st;
	const char *path = cm_key_folder_file(&l->f, "checkpoint", &room);
	int e = path == NULL ? ENOMEM : l->f.disk->ops->stat(l->f.disk->arg, path, &st);
	enum cm_result r;

	cm_buf_release(&room);
	if (e == ENOENT)
		return begin(l, key, err);
	if (e != 0)
		return cm_disk_failed(e, "checkpoint", err);
	r = check_key(&l->f, key, err);
	l->f.vkey = *key;
	if (r == CM_OK)
		r = cm_log_files_note(&l->f, "checkpoint", &l->published, &l->head, err);
	/* The process that wrote it may have been ended before its sync. */
	if (r == CM_OK)
		r = cm_key_folder_replace(&l->f, "checkpoint", cm_buf_span(&l->published), err);
	return r;
}

static enum cm_result
load_claim(struct cm_mirror_files *m, struct cm_err *err)
{
	struct cm_err why = { 0 };
	enum cm_result r = cm_key_folder_load(&m->l.f, "claim", CM_NOTE_BYTES, &m->claim, &why);

	return r == CM_OK || r == CM_E_NOTFOUND ? CM_OK : cm_err_set(err, r, "%s", why.text);
}

enum cm_result
cm_mirror_files_open(const struct cm_disk *disk, const char *folder, const struct cm_vkey *key,
    struct cm_mirror_files **out, struct cm_err *err)
{
	struct cm_mirror_files *m = calloc(1, sizeof(*m));
	enum cm_result r;

	if (m == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	m->l.how = CM_LOG_APPEND;
	m->l.f = (struct cm_key_folder) { .disk = disk, .what = "mirror", .lock = -1 };
	cm_buf_add_str(&m->l.f.path, folder);
	r = cm_buf_cstr(&m->l.f.path) == NULL ? cm_err_set(err, CM_E_NOMEM, "out of memory")
					      : make_folder(disk, folder, err);
	if (r == CM_OK)
		r = cm_key_folder_lock(&m->l.f, CM_DISK_FRESH, LOCK_MS, err);
	if (r == CM_OK)
		r = take_up(&m->l, key, err);
	if (r == CM_OK)
		r = load_claim(m, err);
	if (r != CM_OK) {
		cm_mirror_files_close(m);
		return r;
	}
	*out = m;
	return CM_OK;
}

void
cm_mirror_files_close(struct cm_mirror_files *m)
{
	if (m == NULL)
		return;
	cm_growth_free(m->l.growth);
	cm_buf_release(&m->l.published);
	cm_buf_release(&m->l.room);
	cm_buf_release(&m->claim);
	cm_key_folder_close(&m->l.f);
	free(m);
}

/* ---- growing ---- */

/* The right edge of what is kept, checked. */
static enum cm_result
begin_growth(struct cm_log_files *l, struct cm_err *err)
{
	struct cm_tile_source source = cm_log_files_tiles(&l->f);
	struct cm_err why = { 0 };
	enum cm_result r;

	if (l->growth != NULL)
		return CM_OK;
	r = cm_growth_new(&source, l->head.size, l->head.root, &l->growth, &why);
	if (r != CM_OK)
		return cm_err_set(err, r,
		    "the mirror in %s is damaged: %s.  Move the folder away, keep its `checkpoint' "
		    "(the log's signed word), and follow again",
		    (const char *)l->f.path.ptr, why.text);
	return cm_log_files_sweep(&l->f, l->head.size, err);
}

static enum cm_result
check_open(const struct cm_mirror_files *m, struct cm_err *err)
{
	if (!m->unknown)
		return CM_OK;
	return cm_err_set(
	    err, CM_E_USAGE, "the mirror could not be written: close it and open it again");
}

enum cm_result
cm_mirror_files_add(
    struct cm_mirror_files *m, const struct cm_span *entries, size_t n, struct cm_err *err)
{
	uint64_t first;
	enum cm_result r = check_open(m, err);

	if (r == CM_OK)
		r = begin_growth(&m->l, err);
	if (r == CM_OK)
		r = cm_log_files_add(&m->l, entries, n, &first, err);
	if (r != CM_OK)
		cm_mirror_files_drop(m);
	return r;
}

static enum cm_result
settle(struct cm_log_files *l, const struct cm_checkpoint *c, struct cm_err *err)
{
	struct cm_tile_sink sink = { cm_log_files_put, l };
	uint8_t root[CM_SHA256_LEN];
	uint64_t size = 0;
	enum cm_result r = begin_growth(l, err);

	if (r == CM_OK)
		r = cm_growth_settle(l->growth, &sink, &size, root, err);
	if (r == CM_OK && (size != c->size || memcmp(root, c->root, sizeof(root)) != 0))
		r = cm_err_set(
		    err, CM_E_REFUSED, "the entries do not make the root that was signed");
	return r;
}

/* From where on it is shown what was added; and it lasts. */
static enum cm_result
show(struct cm_mirror_files *m, struct cm_span note, struct cm_err *err)
{
	struct cm_log_files *l = &m->l;
	const struct cm_disk *d = l->f.disk;
	const char *path = cm_key_folder_path(&l->f);
	enum cm_result r = cm_disk_failed(d->ops->sync_all(d->arg, path), path, err);

	if (r == CM_OK)
		r = cm_key_folder_replace(&l->f, "checkpoint", note, err);
	m->unknown = r != CM_OK;
	return r;
}

enum cm_result
cm_mirror_files_keep(struct cm_mirror_files *m, const struct cm_checkpoint *c, struct cm_span note,
    struct cm_err *err)
{
	struct cm_log_files *l = &m->l;
	struct cm_buf kept = { 0 };
	uint64_t before = l->head.size;
	enum cm_result r = check_open(m, err);

	cm_buf_add_span(&kept, note);
	if (r == CM_OK)
		r = cm_buf_ok(&kept) ? settle(l, c, err)
				     : cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (r == CM_OK)
		r = show(m, note, err);
	if (r != CM_OK) {
		cm_buf_release(&kept);
		cm_mirror_files_drop(m);
		return r;
	}
	cm_buf_release(&l->published);
	l->published = kept;
	l->head = *c;
	l->head.extensions = cm_span_of(NULL, 0); /* they would point into the caller's bytes */
	l->added = 0;
	cm_log_files_drop_partials(l, before);
	return CM_OK;
}

/* ---- dropping ---- */

static void
remove_tile(struct cm_log_files *l, const struct cm_log_tile *t)
{
	const struct cm_disk *d = l->f.disk;
	const char *path = cm_log_files_tile(&l->f, t, "", &l->room);

	if (path != NULL)
		(void)d->ops->remove(d->arg, path);
	path = cm_log_files_tile(&l->f, t, ".p", &l->room);
	/* What can not be removed is written over when the log grows. */
	if (path != NULL && cm_disk_clear(d, path, 1, NULL) != CM_OK)
		return;
}

/* Of a log that came to ${reached}, the tiles that are not kept. */
static void
remove_beyond(struct cm_log_files *l, uint64_t reached)
{
	for (unsigned i = 0; i <= CM_LOG_LEVELS; i++) {
		struct cm_log_tile t = cm_log_kind(i);
		struct cm_log_level kept = cm_log_level_of(l->head.size, t.level);
		struct cm_log_level last = cm_log_level_of(reached, t.level);

		/* The unfinished tile: of it only what is wider than what is kept goes. */
		t.n = kept.full;
		if (kept.partial > 0 && last.full > kept.full) {
			const char *path = cm_log_files_tile(&l->f, &t, "", &l->room);

			if (path != NULL)
				(void)l->f.disk->ops->remove(l->f.disk->arg, path);
		}
		for (t.n += kept.partial > 0; t.n <= last.full; t.n++)
			remove_tile(l, &t);
	}
}

void
cm_mirror_files_drop(struct cm_mirror_files *m)
{
	struct cm_log_files *l = &m->l;

	if (l->growth == NULL || m->unknown)
		return;
	cm_growth_free(l->growth);
	l->growth = NULL;
	remove_beyond(l, l->head.size + l->added);
	l->added = 0;
	l->broken = false;
	/* It is done again before the mirror grows. */
	if (cm_log_files_sweep(&l->f, l->head.size, NULL) != CM_OK)
		return;
}

/* ---- what was claimed ---- */

struct cm_span
cm_mirror_files_claim(const struct cm_mirror_files *m)
{
	return cm_buf_span(&m->claim);
}

enum cm_result
cm_mirror_files_set_claim(struct cm_mirror_files *m, struct cm_span note, struct cm_err *err)
{
	struct cm_buf kept = { 0 };
	enum cm_result r = check_open(m, err);

	/* An empty file is no claim; one that comes back is looked at again. */
	if (r == CM_OK)
		r = cm_key_folder_replace(&m->l.f, "claim", note, err);
	if (r != CM_OK)
		return r;
	cm_buf_add_span(&kept, note);
	if (!cm_buf_ok(&kept))
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	cm_buf_release(&m->claim);
	m->claim = kept;
	return CM_OK;
}
