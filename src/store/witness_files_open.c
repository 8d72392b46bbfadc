#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/witness_files_state.h"
#include "store/witness_journal.h"

#define LOCK_MS 1000u
#define LOGS_BYTES ((size_t)16 << 20)
#define JOURNAL_BYTES ((size_t)1 << 30)

/* ---- making one ---- */

static enum cm_result
put_first(const struct cm_key_folder *f, struct cm_err *err)
{
	struct cm_buf journal = { 0 }, room = { 0 };
	const char *forks = cm_key_folder_file(f, "forks", &room);
	enum cm_result r;

	cm_journal_begin(1, CM_JOURNAL_HEAD, &journal);
	if (forks == NULL || !cm_buf_ok(&journal))
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	else
		r = cm_disk_failed(f->disk->ops->mkdir(f->disk->arg, forks, 0755), forks, err);
	if (r == CM_OK)
		r = cm_key_folder_put(f, "logs", cm_span_of(NULL, 0), err);
	if (r == CM_OK)
		r = cm_key_folder_put(f, "journal", cm_buf_span(&journal), err);
	cm_buf_release(&journal);
	cm_buf_release(&room);
	return r;
}

enum cm_result
cm_witness_files_create(
    const struct cm_disk *disk, const struct cm_witness_new *in, struct cm_err *err)
{
	struct cm_key_folder_new n = { "witness", in->folder, in->name, CM_NOTE_COSIGNATURE,
		in->seed, in->check };
	struct cm_key_folder f;
	enum cm_result r = cm_key_folder_begin(disk, &n, &f, err);

	if (r != CM_OK)
		return r;
	r = put_first(&f, err);
	if (r == CM_OK)
		r = cm_key_folder_settle(&f, in->folder, err);
	if (r != CM_OK)
		cm_key_folder_abandon(&f);
	cm_key_folder_close(&f);
	return r;
}

/* ---- reading it ---- */

static enum cm_result
take_log(struct cm_witness_files *w, struct cm_span line, size_t number, struct cm_err *err)
{
	struct cm_err why = { 0 };
	struct cm_vkey key;
	enum cm_result r = cm_vkey_parse(line, &key, &why);

	if (r == CM_OK && cm_witness_find_origin(w, key.name) != NULL)
		return cm_err_set(err, CM_E_MALFORMED, "%s/logs, line %zu: %s is there twice",
		    (const char *)w->f.path.ptr, number, key.name);
	if (r != CM_OK)
		return cm_err_set(
		    err, r, "%s/logs, line %zu: %s", (const char *)w->f.path.ptr, number, why.text);
	r = cm_witness_insert(w, &key);
	return r == CM_OK ? r : cm_err_set(err, r, "out of memory");
}

static enum cm_result
read_logs(struct cm_witness_files *w, struct cm_err *err)
{
	struct cm_buf b = { 0 };
	struct cm_span rest;
	size_t number = 0;
	enum cm_result r = cm_key_folder_load(&w->f, "logs", LOGS_BYTES, &b, err);

	rest = cm_buf_span(&b);
	while (r == CM_OK && rest.len > 0) {
		const uint8_t *end = memchr(rest.ptr, '\n', rest.len);
		size_t n = end == NULL ? rest.len : (size_t)(end - rest.ptr);

		r = take_log(w, cm_span_part(rest, 0, n), ++number, err);
		rest = cm_span_part(rest, n + 1, rest.len);
	}
	cm_buf_release(&b);
	return r;
}

/* A record of the journal.  Each is of a log in `logs`, which was written before. */
static enum cm_result
take_state(void *arg, struct cm_span bytes, struct cm_err *err)
{
	struct cm_witness_files *w = arg;
	struct cm_witnessed_log *l;
	struct cm_checkpoint c;
	struct cm_note note;
	struct cm_arena arena;
	struct cm_buf copy = { 0 };
	uint64_t time;
	enum cm_result r = CM_E_MALFORMED;

	if (bytes.len < sizeof(uint64_t))
		return bytes.len == 0 ? CM_OK : cm_err_set(err, r, "a record without a time");
	time = cm_get64(bytes.ptr);
	bytes = cm_span_part(bytes, sizeof(uint64_t), bytes.len);
	cm_arena_init(&arena, 0);
	r = cm_note_parse(bytes, &arena, &note, err);
	if (r == CM_OK)
		r = cm_checkpoint_parse(note.text, &c, err);
	l = r == CM_OK ? cm_witness_find_origin(w, c.origin) : NULL;
	if (r == CM_OK && l == NULL)
		r = cm_err_set(err, CM_E_REFUSED,
		    "it holds what was cosigned of %s, which is not in %s/logs: bring that line "
		    "back",
		    c.origin, (const char *)w->f.path.ptr);
	cm_buf_add_span(&copy, bytes);
	if (r == CM_OK && !cm_buf_ok(&copy))
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (r == CM_OK && time > w->time)
		w->time = time;
	if (r == CM_OK)
		cm_witness_hold(l, &c, time, &copy, note.text.len);
	cm_buf_release(&copy);
	cm_arena_fini(&arena);
	return r;
}

/* Is what is held signed by the logs as `logs` has them?  Nobody changes a key there unseen. */
static enum cm_result
check_held(const struct cm_witness_files *w, struct cm_err *err)
{
	struct cm_arena arena;
	struct cm_note note;
	enum cm_result r = CM_OK;

	cm_arena_init(&arena, 0);
	for (size_t i = 0; r == CM_OK && i < w->n_logs; i++) {
		if (w->log[i]->time == 0)
			continue;
		r = cm_note_parse(cm_buf_span(&w->log[i]->note), &arena, &note, err);
		if (r == CM_OK)
			r = cm_note_verify(&note, &w->log[i]->key, NULL);
		if (r == CM_E_NOTFOUND || r == CM_E_REFUSED)
			r = cm_err_set(err, CM_E_REFUSED,
			    "%s/logs: %s was witnessed with another key",
			    (const char *)w->f.path.ptr, w->log[i]->key.name);
		cm_arena_reset(&arena);
	}
	cm_arena_fini(&arena);
	return r;
}

static enum cm_result
read_journal(struct cm_witness_files *w, struct cm_err *err)
{
	struct cm_journal_read was = { 0 };
	struct cm_buf b = { 0 };
	struct cm_err why = { 0 };
	enum cm_result r = cm_key_folder_load(&w->f, "journal", JOURNAL_BYTES, &b, &why);

	if (r == CM_OK)
		r = cm_journal_read(cm_buf_span(&b), take_state, w, &was, &why);
	cm_buf_release(&b);
	w->id = was.id;
	if (r == CM_OK)
		return check_held(w, err);
	if (r == CM_E_MALFORMED || r == CM_E_NOTFOUND)
		return cm_err_set(err, CM_E_REFUSED,
		    "%s/journal: %s (at byte %llu).  The witness may have forgotten what it "
		    "cosigned, so its key "
		    "must not be used again: make a new one",
		    (const char *)w->f.path.ptr, why.text, (unsigned long long)why.offset);
	return cm_err_set(err, r, "%s", why.text);
}

/* Does it lie where it was made?  Whoever knows that it forgot nothing removes the seat. */
static enum cm_result
check_seat(struct cm_witness_files *w, struct cm_err *err)
{
	struct cm_disk_stat st;
	struct cm_err why = { 0 };
	struct cm_buf room = { 0 };
	const char *path = cm_key_folder_file(&w->f, "seat", &room);
	int e = path == NULL ? ENOMEM : w->f.disk->ops->stat(w->f.disk->arg, path, &st);
	enum cm_result r;

	if (e == ENOENT)
		r = cm_key_folder_reseat(&w->f, &why);
	else
		r = e != 0 ? cm_disk_failed(e, "seat", &why) : cm_key_folder_seated(&w->f, &why);
	if (r == CM_E_REFUSED)
		cm_err_set(err, r,
		    "%s.  If it is complete and the old one is used no more, remove %s and start "
		    "again; else make a "
		    "new witness",
		    why.text, path);
	else if (r != CM_OK)
		cm_err_set(err, r, "%s", why.text);
	cm_buf_release(&room);
	return r;
}

/* What was read is written anew before anything is built on it: the process that wrote it may
 * have been ended before its sync, and of a sync that failed no later one tells. */
static enum cm_result
take_up(struct cm_witness_files *w, struct cm_err *err)
{
	enum cm_result r = cm_key_folder_write(&w->f, LOCK_MS, err);

	if (r == CM_OK)
		r = check_seat(w, err);
	if (r == CM_OK)
		r = read_logs(w, err);
	if (r == CM_OK)
		r = read_journal(w, err);
	if (r != CM_OK)
		return r;
	pthread_mutex_lock(&w->mutex);
	r = cm_witness_compact(w, err);
	pthread_mutex_unlock(&w->mutex);
	return r;
}

/* Reads while another process may write: a torn end of the journal is not yet anybody's. */
static enum cm_result
look(struct cm_witness_files *w, struct cm_err *err)
{
	enum cm_result r = read_logs(w, err);

	if (r == CM_OK)
		r = read_journal(w, err);
	w->broken = CM_E_USAGE; /* it is not ours to cosign with */
	return r;
}

static enum cm_result
open_by(const struct cm_disk *disk, const char *folder,
    enum cm_result (*begin)(struct cm_witness_files *w, struct cm_err *err),
    struct cm_witness_files **out, struct cm_err *err)
{
	struct cm_witness_files *w = calloc(1, sizeof(*w));
	enum cm_result r;

	if (w == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	w->fd = -1;
	w->compact_at = CM_WITNESS_COMPACT;
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->moved, NULL);
	r = cm_key_folder_read(disk, "witness", folder, &w->f, err);
	if (r == CM_OK)
		r = begin(w, err);
	if (r != CM_OK) {
		cm_witness_files_close(w);
		return r;
	}
	*out = w;
	return CM_OK;
}

enum cm_result
cm_witness_files_open(const struct cm_disk *disk, const char *folder, struct cm_witness_files **out,
    struct cm_err *err)
{
	return open_by(disk, folder, take_up, out, err);
}

enum cm_result
cm_witness_files_look(const struct cm_disk *disk, const char *folder, struct cm_witness_files **out,
    struct cm_err *err)
{
	enum cm_result r = open_by(disk, folder, look, out, NULL);

	/* A log that was added between the reading of two files is there the next time. */
	return r == CM_OK ? r : open_by(disk, folder, look, out, err);
}

/* The last group has none behind it that would say it was on disk; an empty record does. */
static void
mark_end(struct cm_witness_files *w)
{
	const struct cm_disk *d = w->f.disk;

	if (w->fd < 0 || w->broken != CM_OK || w->end == CM_JOURNAL_HEAD)
		return;
	cm_buf_clear(&w->out);
	cm_journal_put(w->id, w->end, w->end, cm_span_of(NULL, 0), &w->out);
	if (cm_buf_ok(&w->out) && d->ops->write(d->arg, w->fd, w->end, cm_buf_span(&w->out)) == 0)
		(void)d->ops->sync(d->arg, w->fd);
}

void
cm_witness_files_close(struct cm_witness_files *w)
{
	if (w == NULL)
		return;
	mark_end(w);
	if (w->fd >= 0)
		w->f.disk->ops->close(w->f.disk->arg, w->fd);
	for (size_t i = 0; i < w->n_logs; i++)
		cm_witness_log_free(w->log[i]);
	free(w->log);
	cm_buf_release(&w->waiting);
	cm_buf_release(&w->out);
	cm_key_folder_close(&w->f);
	pthread_cond_destroy(&w->moved);
	pthread_mutex_destroy(&w->mutex);
	free(w);
}
