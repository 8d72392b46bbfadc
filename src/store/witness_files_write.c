#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/witness_files_state.h"
#include "store/witness_journal.h"

/* The states in line, as records that will stand at the end of the journal. */
static enum cm_result
spell(struct cm_witness_files *w, const struct cm_buf *states, struct cm_err *err)
{
	struct cm_cursor c = cm_cursor_of(cm_buf_span(states));

	cm_buf_clear(&w->out);
	while (cm_cursor_left(&c) > 0) {
		uint32_t n = cm_cursor_u32(&c);

		cm_journal_put(w->id, w->end + w->out.len, w->end, cm_cursor_take(&c, n), &w->out);
	}
	return cm_buf_ok(&w->out) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

/* Writes behind the end, and syncs. */
static enum cm_result
append(struct cm_witness_files *w, const struct cm_buf *states, struct cm_err *err)
{
	const struct cm_disk *d = w->f.disk;
	enum cm_result r = spell(w, states, err);
	int e;

	if (r != CM_OK)
		return r;
	e = d->ops->write(d->arg, w->fd, w->end, cm_buf_span(&w->out));
	if (e == 0)
		e = d->ops->sync(d->arg, w->fd);
	if (e == 0)
		w->end += w->out.len;
	return cm_disk_failed(e, "the journal of the witness", err);
}

/* ---- compaction ---- */

static bool
is_held(const struct cm_witnessed_log *l)
{
	return l->time != 0;
}

static uint64_t
whole_of(const struct cm_witness_files *w)
{
	uint64_t n = CM_JOURNAL_HEAD;

	for (size_t i = 0; i < w->n_logs; i++)
		if (is_held(w->log[i]))
			n += CM_JOURNAL_OVER + sizeof(uint64_t) + w->log[i]->note.len;
	return n;
}

static enum cm_result
spell_all(struct cm_witness_files *w, struct cm_err *err)
{
	struct cm_buf state = { 0 };
	uint64_t id = w->id + 1, whole = whole_of(w);
	bool ok = true;

	cm_buf_clear(&w->out);
	cm_journal_begin(id, whole, &w->out);
	for (size_t i = 0; i < w->n_logs; i++) {
		if (!is_held(w->log[i]))
			continue;
		cm_buf_clear(&state);
		cm_witness_state(w->log[i], &state);
		ok = ok && cm_buf_ok(&state);
		cm_journal_put(id, w->out.len, whole, cm_buf_span(&state), &w->out);
	}
	ok = ok && cm_buf_ok(&w->out);
	cm_buf_release(&state);
	return ok ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

static enum cm_result
reopen(struct cm_witness_files *w, struct cm_err *err)
{
	const struct cm_disk *d = w->f.disk;
	struct cm_buf room = { 0 };
	const char *path = cm_key_folder_file(&w->f, "journal", &room);
	int e;

	if (w->fd >= 0)
		d->ops->close(d->arg, w->fd);
	w->fd = -1;
	e = path == NULL ? ENOMEM : d->ops->open(d->arg, path, CM_DISK_WRITE, 0, &w->fd);
	if (e != 0)
		w->fd = -1;
	cm_buf_release(&room);
	return cm_disk_failed(e, "the journal of the witness", err);
}

/* The time that was given last lasts too, for the log it was given to is among them. */
enum cm_result
cm_witness_compact(struct cm_witness_files *w, struct cm_err *err)
{
	uint64_t upto = w->ruled;
	enum cm_result r = spell_all(w, err);

	if (r != CM_OK)
		return r;
	cm_buf_clear(&w->waiting);
	pthread_mutex_unlock(&w->mutex);
	r = cm_key_folder_replace(&w->f, "journal", cm_buf_span(&w->out), err);
	if (r == CM_OK)
		r = reopen(w, err);
	pthread_mutex_lock(&w->mutex);
	if (r != CM_OK)
		return r;
	w->id++;
	w->end = w->out.len;
	w->lasting = upto;
	if (w->compact_at < 4 * w->end)
		w->compact_at = 4 * w->end;
	return CM_OK;
}

/* ---- groups ---- */

/* All that is in line now goes to disk together, while others get in line. */
static enum cm_result
write_group(struct cm_witness_files *w, struct cm_err *err)
{
	struct cm_buf states = w->waiting;
	uint64_t upto = w->ruled;
	enum cm_result r;

	w->waiting = (struct cm_buf) { 0 };
	pthread_mutex_unlock(&w->mutex);
	r = append(w, &states, err);
	cm_buf_release(&states);
	pthread_mutex_lock(&w->mutex);
	if (r == CM_OK)
		w->lasting = upto;
	return r;
}

static void
write_some(struct cm_witness_files *w, struct cm_err *err)
{
	enum cm_result r;

	w->busy = true;
	r = w->end + w->waiting.len > w->compact_at ? cm_witness_compact(w, err)
						    : write_group(w, err);
	/* What is in memory now is not what is on disk: nothing of it may be told. */
	if (r != CM_OK)
		w->broken = r;
	w->busy = false;
	pthread_cond_broadcast(&w->moved);
}

enum cm_result
cm_witness_wait(struct cm_witness_files *w, uint64_t n, struct cm_err *err)
{
	while (w->lasting < n && w->broken == CM_OK) {
		if (w->busy)
			pthread_cond_wait(&w->moved, &w->mutex);
		else
			write_some(w, err);
	}
	if (w->lasting >= n)
		return CM_OK;
	return cm_err_set(err, w->broken,
	    "what was cosigned could not be written to %s/journal; the witness must be started "
	    "again",
	    (const char *)w->f.path.ptr);
}

/* ---- forks ---- */

struct count {
	const char *prefix;
	unsigned n;
};

static void
count_name(void *arg, const char *name)
{
	struct count *c = arg;

	c->n += strncmp(name, c->prefix, strlen(c->prefix)) == 0;
}

static enum cm_result
keep(struct cm_witness_files *w, const char *folder, const char *name, struct cm_span held,
    struct cm_span other, struct cm_err *err)
{
	char file[80];
	enum cm_result r;

	snprintf(file, sizeof(file), "%s.held", name);
	r = cm_disk_replace(w->f.disk, folder, file, held, err);
	snprintf(file, sizeof(file), "%s.other", name);
	return r == CM_OK ? cm_disk_replace(w->f.disk, folder, file, other, err) : r;
}

/* Unless there are enough of this log. */
static enum cm_result
keep_some(struct cm_witness_files *w, const struct cm_witnessed_log *l, uint64_t pair,
    struct cm_span held, struct cm_span other, struct cm_err *err)
{
	const struct cm_disk *d = w->f.disk;
	struct cm_buf room = { 0 };
	const char *folder = cm_key_folder_file(&w->f, "forks", &room);
	char prefix[20], name[60];
	struct count c = { prefix, 0 };
	enum cm_result r;

	if (folder == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	snprintf(prefix, sizeof(prefix), "%016" PRIx64 "-", cm_get64(l->origin_hash));
	snprintf(name, sizeof(name), "%s%016" PRIx64, prefix, pair);
	r = cm_disk_failed(d->ops->list(d->arg, folder, count_name, &c), folder, err);
	if (r == CM_OK && c.n < 2 * CM_WITNESS_FORKS)
		r = keep(w, folder, name, held, other, err);
	cm_buf_release(&room);
	return r;
}

static bool
was_kept(const struct cm_witnessed_log *l, uint64_t pair)
{
	for (unsigned i = 0; i < l->n_forks; i++)
		if (l->fork[i] == pair)
			return true;
	return l->n_forks == CM_WITNESS_FORKS;
}

enum cm_result
cm_witness_keep_fork(struct cm_witness_files *w, const char *origin, struct cm_span held,
    struct cm_span other, struct cm_err *err)
{
	struct cm_witnessed_log *l;
	struct cm_sha256 h;
	uint8_t hash[32];
	uint64_t pair;
	enum cm_result r = CM_OK;

	cm_sha256_init(&h);
	cm_sha256_add(&h, held.ptr, held.len);
	cm_sha256_add(&h, other.ptr, other.len);
	cm_sha256_end(&h, hash);
	pair = cm_get64(hash);
	pthread_mutex_lock(&w->mutex);
	l = cm_witness_find_origin(w, origin);
	if (l != NULL && !was_kept(l, pair)) {
		r = keep_some(w, l, pair, held, other, err);
		if (r == CM_OK)
			l->fork[l->n_forks++] = pair;
	}
	pthread_mutex_unlock(&w->mutex);
	return r;
}
