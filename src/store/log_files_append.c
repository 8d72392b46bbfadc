#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/log_files_state.h"

/* Makes the folders on the way to ${path}, which begins with ${base} bytes that are there. */
static int
make_way(const struct cm_disk *d, char *path, size_t base)
{
	int e = 0;

	for (char *p = path + base + 1; e == 0 && (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		e = d->ops->mkdir(d->arg, path, 0755);
		*p = '/';
		if (e == EEXIST)
			e = 0;
	}
	return e;
}

/* Is this the first of a tile?  Then any partial ones of it are what a crash left: they would
 * later pass for the log's own. */
static bool
is_fresh(const struct cm_log_files *l, const struct cm_log_tile *t)
{
	struct cm_log_level at = cm_log_level_of(l->head.size, t->level);

	return t->n > at.full || (t->n == at.full && at.partial == 0);
}

static enum cm_result
clear_partials(struct cm_log_files *l, const struct cm_log_tile *t, struct cm_err *err)
{
	struct cm_log_tile whole = *t;
	const char *path;

	whole.width = CM_LOG_TILE_WIDTH;
	path = cm_log_files_tile(&l->f, &whole, ".p", &l->room);
	return path == NULL ? cm_err_set(err, CM_E_NOMEM, "out of memory")
			    : cm_disk_clear(l->f.disk, path, 1, err);
}

/* What lies beyond head nobody was told of, so it is written in place. */
enum cm_result
cm_log_files_put(void *arg, const struct cm_log_tile *t, struct cm_span bytes, struct cm_err *err)
{
	struct cm_log_files *l = arg;
	struct cm_disk_put p = { NULL, CM_DISK_FRESH, 0644 };
	enum cm_result r;

	if (cm_log_tile_is_of(t, l->head.size))
		return cm_err_set(
		    err, CM_E_REFUSED, "a tile that was published is never written again");
	if (is_fresh(l, t)) {
		r = clear_partials(l, t, err);
		if (r != CM_OK)
			return r;
	}
	p.path = cm_log_files_tile(&l->f, t, "", &l->room);
	if (p.path == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	r = cm_disk_put(l->f.disk, &p, bytes, NULL);
	if (r == CM_E_NOTFOUND) {
		int e = make_way(l->f.disk, (char *)l->room.ptr, l->f.path.len);

		if (e != 0)
			return cm_disk_failed(e, p.path, err);
	}
	return r == CM_OK ? r : cm_disk_put(l->f.disk, &p, bytes, err);
}

/* ---- adding ---- */

static enum cm_result
fail(struct cm_log_files *l, enum cm_result r)
{
	l->broken = true;
	return r;
}

static enum cm_result
check_open(const struct cm_log_files *l, struct cm_err *err)
{
	if (l->how == CM_LOG_READ)
		return cm_err_set(err, CM_E_USAGE, "the log is open for reading only");
	if (l->broken)
		return cm_err_set(
		    err, CM_E_USAGE, "an append failed: close the log and open it again");
	return CM_OK;
}

enum cm_result
cm_log_files_add(struct cm_log_files *l, const struct cm_span *entries, size_t n, uint64_t *first,
    struct cm_err *err)
{
	struct cm_tile_sink sink = { cm_log_files_put, l };
	enum cm_result r = check_open(l, err);

	if (r != CM_OK)
		return r;
	*first = l->head.size + l->added;
	r = cm_growth_add(l->growth, entries, n, &sink, err);
	if (r == CM_E_LIMIT)
		return r;
	if (r != CM_OK)
		return fail(l, r);
	l->added += n;
	return CM_OK;
}

/* ---- committing ---- */

/* Partial tiles of which there is a full one now.  What can not be removed harms nobody. */
void
cm_log_files_drop_partials(struct cm_log_files *l, uint64_t before)
{
	enum cm_result r = CM_OK;

	for (unsigned i = 0; i <= CM_LOG_LEVELS; i++) {
		struct cm_log_tile t = cm_log_kind(i);
		struct cm_log_level was = cm_log_level_of(before, t.level);

		t.n = was.full;
		if (was.partial > 0 && cm_log_level_of(l->head.size, t.level).full > was.full)
			r = clear_partials(l, &t, NULL);
	}
	(void)r;
}

/* Syncs what was written; asked by their own folder, for somebody may have put it on a larger disk. */
static enum cm_result
sync_tiles(struct cm_log_files *l, struct cm_err *err)
{
	const struct cm_disk *d = l->f.disk;
	const char *path = cm_key_folder_file(&l->f, "tile", &l->room);

	return path == NULL ? cm_err_set(err, CM_E_NOMEM, "out of memory")
			    : cm_disk_failed(d->ops->sync_all(d->arg, path), path, err);
}

/* Each step begins when the one before it lasts; so whatever is cut short, others have seen
 * nothing that the next opening could contradict. */
static enum cm_result
commit(struct cm_log_files *l, struct cm_err *err)
{
	const struct cm_disk *d = l->f.disk;
	struct cm_tile_sink sink = { cm_log_files_put, l };
	struct cm_checkpoint next = l->head;
	struct cm_buf note = { 0 };
	const char *path = cm_key_folder_path(&l->f);
	enum cm_result r = cm_growth_settle(l->growth, &sink, &next.size, next.root, err);

	if (r == CM_OK)
		r = sync_tiles(l, err);
	if (r == CM_OK)
		r = cm_log_files_sign(&l->f, &next, &note, err);
	if (r == CM_OK)
		r = cm_key_folder_replace(&l->f, "head", cm_buf_span(&note), err);
	/* If this does not last, opening the log makes up for it. */
	if (r == CM_OK)
		r = cm_disk_show(d, path, "checkpoint", cm_buf_span(&note), err);
	if (r == CM_OK) {
		cm_buf_release(&l->published);
		l->published = note;
		l->head = next;
		l->added = 0;
	} else {
		cm_buf_release(&note);
	}
	return r;
}

enum cm_result
cm_log_files_commit(struct cm_log_files *l, struct cm_err *err)
{
	uint64_t before = l->head.size;
	enum cm_result r = check_open(l, err);

	if (r != CM_OK || l->added == 0)
		return r;
	r = commit(l, err);
	if (r != CM_OK)
		return fail(l, r);
	cm_log_files_drop_partials(l, before);
	return CM_OK;
}

enum cm_result
cm_log_files_append(struct cm_log_files *l, const struct cm_span *entries, size_t n,
    uint64_t *first, struct cm_err *err)
{
	enum cm_result r = cm_log_files_add(l, entries, n, first, err);

	return r == CM_OK ? cm_log_files_commit(l, err) : r;
}

/* ---- what a crash left ---- */

struct sweep {
	struct cm_buf *room; /* the path of the folder, with a slash */
	const struct cm_disk *disk;
	unsigned partial; /* widths up to this stay */
	struct cm_buf names;
};

static void
keep_wider(void *arg, const char *name)
{
	struct sweep *s = arg;
	unsigned long width;
	char *end;

	width = strtoul(name, &end, 10);
	if (end != name && *end == '\0' && width > s->partial)
		cm_buf_add(&s->names, name, strlen(name) + 1);
}

static int
remove_names(struct sweep *s)
{
	size_t len = s->room->len;
	int e = cm_buf_ok(&s->names) ? 0 : ENOMEM;

	for (size_t at = 0; e == 0 && at < s->names.len;) {
		const char *name = (const char *)s->names.ptr + at;

		s->room->len = len;
		cm_buf_add_u8(s->room, '/');
		cm_buf_add_str(s->room, name);
		e = cm_buf_cstr(s->room) == NULL
			? ENOMEM
			: s->disk->ops->remove(s->disk->arg, (const char *)s->room->ptr);
		at += strlen(name) + 1;
	}
	return e;
}

/* Of one tile: the partial ones wider than the log's own. */
static enum cm_result
sweep_tile(
    const struct cm_key_folder *f, struct cm_log_tile t, unsigned partial, struct cm_err *err)
{
	struct cm_buf room = { 0 };
	struct sweep s = { &room, f->disk, partial, { 0 } };
	const char *path = cm_log_files_tile(f, &t, ".p", &room);
	int e = path == NULL ? ENOMEM : f->disk->ops->list(f->disk->arg, path, keep_wider, &s);

	if (e == 0)
		e = remove_names(&s);
	if (e == ENOENT)
		e = 0;
	if (e != 0)
		(void)cm_disk_failed(e, (const char *)f->path.ptr, err);
	cm_buf_release(&s.names);
	cm_buf_release(&room);
	return cm_disk_failed(e, "", NULL);
}

enum cm_result
cm_log_files_sweep(const struct cm_key_folder *f, uint64_t size, struct cm_err *err)
{
	enum cm_result r = CM_OK;

	for (unsigned i = 0; r == CM_OK && i <= CM_LOG_LEVELS; i++) {
		struct cm_log_tile t = cm_log_kind(i);
		struct cm_log_level at = cm_log_level_of(size, t.level);

		t.n = at.full;
		if (at.partial > 0)
			r = sweep_tile(f, t, at.partial, err);
	}
	return r;
}
