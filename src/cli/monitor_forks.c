/* Forks of logs, kept in CASE/forks/<16 hex digits of SHA-256(origin)>-<size>-<n>/:
 * one.note, two.note, fork.txt, and fork.dossier, which is the three as `comity verify' takes them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/monitor.h"
#include "dossier/fork.h"
#include "os/private.h"

#define FORKS_MAX 1000u /* that are looked at */

static enum cm_result
no_memory(struct cm_monitor *m)
{
	return cm_err_set(&m->err, CM_E_NOMEM, "out of memory");
}

/* ---- those that are there ---- */

static void
keep_name(void *to, const char *name)
{
	cm_buf_add(to, name, strlen(name) + 1);
}

/* "HASH-SIZE-N", and no remnant of a crash. */
static bool
is_ours(const struct cm_monitor *m, const char *name)
{
	return strncmp(name, m->hash, 16) == 0 && name[16] == '-' && strchr(name, '.') == NULL;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum cm_result
list_forks(struct cm_monitor *m, const struct cm_buf *names)
{
	const char **fork = cm_arena_array(&m->round, FORKS_MAX, sizeof(*fork));
	size_t at;

	if (fork == NULL)
		return no_memory(m);
	m->n_forks = 0;
	for (at = 0; at < names->len; at += strlen((const char *)names->ptr + at) + 1) {
		const char *name = (const char *)names->ptr + at;

		if (!is_ours(m, name) || m->n_forks == FORKS_MAX)
			continue;
		fork[m->n_forks] = cm_arena_printf(&m->round, "%s/forks/%s", cm_case_folder(m->c), name);
		if (fork[m->n_forks++] == NULL)
			return no_memory(m);
	}
	qsort(fork, m->n_forks, sizeof(*fork), by_name);
	m->fork = fork;
	return CM_OK;
}

enum cm_result
cm_monitor_find_forks(struct cm_monitor *m)
{
	const struct cm_disk *d = cm_disk_here();
	const char *folder = cm_arena_printf(&m->round, "%s/forks", cm_case_folder(m->c));
	struct cm_buf names = { 0 };
	enum cm_result r = CM_OK;

	m->n_forks = 0;
	if (folder == NULL)
		return no_memory(m);
	if (cm_path_exists(folder))
		r = cm_disk_failed(d->ops->list(d->arg, folder, keep_name, &names), folder, &m->err);
	if (r == CM_OK)
		r = cm_buf_ok(&names) ? list_forks(m, &names) : no_memory(m);
	cm_buf_release(&names);
	return r;
}

/* ---- is it one of them? ---- */

/* What a note in a folder says, without its signatures; empty: it can not be read. */
static struct cm_span
said_in(struct cm_monitor *m, const char *folder, const char *name)
{
	struct cm_buf path = { 0 }, bytes = { 0 };
	struct cm_note note = { 0 };
	void *kept = NULL;

	if (cm_disk_join(folder, name, &path) != NULL &&
	    cm_whole_read(cm_buf_cstr(&path), CM_NOTE_BYTES, &bytes, NULL) == CM_OK)
		kept = cm_arena_copy(&m->round, bytes.ptr, bytes.len);
	if (kept == NULL || cm_note_parse(cm_span_of(kept, bytes.len), &m->round, &note, NULL) != CM_OK)
		note.text = cm_span_of(NULL, 0);
	cm_buf_release(&path);
	cm_buf_release(&bytes);
	return note.text;
}

static bool
is_kept(struct cm_monitor *m, const char *folder, const struct cm_span said[2])
{
	struct cm_span one = said_in(m, folder, "one.note"), two = said_in(m, folder, "two.note");

	return (cm_span_eq(one, said[0]) && cm_span_eq(two, said[1])) ||
	    (cm_span_eq(one, said[1]) && cm_span_eq(two, said[0]));
}

/* ---- keeping ---- */

static enum cm_result
put(struct cm_monitor *m, const char *folder, const char *name, struct cm_span bytes)
{
	struct cm_write_mode mode = { CM_WRITE_NEW, 0644 };
	struct cm_buf path = { 0 };
	const char *file = cm_disk_join(folder, name, &path);
	enum cm_result r = file == NULL ? no_memory(m) : cm_whole_write(file, bytes, mode, &m->err);

	cm_buf_release(&path);
	return r;
}

static enum cm_result
put_all(struct cm_monitor *m, const struct cm_fork *f, const char *folder)
{
	struct cm_buf text = { 0 }, dossier = { 0 };
	enum cm_result r;

	cm_fork_write(f, &text);
	r = cm_buf_ok(&text) ? cm_fork_pack(f, &dossier, &m->err) : no_memory(m);
	if (r == CM_OK)
		r = put(m, folder, "one.note", f->one);
	if (r == CM_OK)
		r = put(m, folder, "two.note", f->two);
	if (r == CM_OK)
		r = put(m, folder, "fork.txt", cm_buf_span(&text));
	if (r == CM_OK)
		r = put(m, folder, "fork.dossier", cm_buf_span(&dossier));
	cm_buf_release(&text);
	cm_buf_release(&dossier);
	return r;
}

/* "CASE/forks/HASH-SIZE-N", the first N that is free. */
static const char *
free_name(struct cm_monitor *m, uint64_t size)
{
	const char *path;
	unsigned n = 1;

	do
		path = cm_arena_printf(&m->round, "%s/forks/%s-%" PRIu64 "-%u", cm_case_folder(m->c), m->hash, size,
		    n++);
	while (path != NULL && cm_path_exists(path));
	return path;
}

/* All of it, or nothing, under its name. */
static enum cm_result
put_folder(struct cm_monitor *m, const struct cm_fork *f, const char *path)
{
	const char *forks = cm_arena_printf(&m->round, "%s/forks", cm_case_folder(m->c));
	const char *tmp = cm_arena_printf(&m->round, "%s.tmp", path);
	enum cm_result r = CM_OK;

	if (forks == NULL || tmp == NULL)
		return no_memory(m);
	if (!cm_path_exists(forks))
		r = cm_private_mkdir(forks, &m->err);
	if (r == CM_OK)
		r = cm_disk_clear(cm_disk_here(), tmp, 1, &m->err);
	if (r == CM_OK)
		r = cm_private_mkdir(tmp, &m->err);
	if (r == CM_OK)
		r = put_all(m, f, tmp);
	/* The folder of all forks may be new, too. */
	if (r == CM_OK)
		r = cm_whole_settle(tmp, &m->err);
	return r == CM_OK ? cm_private_place(tmp, path, &m->err) : r;
}

enum cm_result
cm_monitor_keep_fork(struct cm_monitor *m, const struct cm_fork *f, const char **path, bool *again)
{
	struct cm_span said[2];
	struct cm_forked k;
	struct cm_note note = { 0 };
	enum cm_result r = cm_fork_check(f, &m->round, &k, &m->err);
	size_t i;

	if (r == CM_OK)
		r = cm_note_parse(f->one, &m->round, &note, &m->err);
	said[0] = note.text;
	if (r == CM_OK)
		r = cm_note_parse(f->two, &m->round, &note, &m->err);
	said[1] = note.text;
	if (r == CM_OK)
		r = cm_monitor_find_forks(m);
	*again = false;
	for (i = 0; r == CM_OK && i < m->n_forks && !*again; i++) {
		*path = m->fork[i];
		*again = is_kept(m, *path, said);
	}
	if (r != CM_OK || *again)
		return r;
	*path = free_name(m, k.small.size);
	return *path == NULL ? no_memory(m) : put_folder(m, f, *path);
}
