#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "store/log_files_state.h"

#define LOCK_MS 5000u

/* ---- making one ---- */

static enum cm_result
put_first(struct cm_key_folder *f, struct cm_err *err)
{
	struct cm_checkpoint c = { 0 };
	struct cm_buf note = { 0 };
	enum cm_result r;

	memcpy(c.origin, f->vkey.name, sizeof(c.origin));
	cm_sha256("", 0, c.root);
	r = cm_log_files_sign(f, &c, &note, err);
	if (r == CM_OK)
		r = cm_key_folder_put(f, "head", cm_buf_span(&note), err);
	if (r == CM_OK)
		r = cm_key_folder_put(f, "checkpoint", cm_buf_span(&note), err);
	cm_buf_release(&note);
	return r;
}

enum cm_result
cm_log_files_create(const struct cm_disk *disk, const struct cm_log_new *in, struct cm_err *err)
{
	struct cm_key_folder_new n = { "log", in->folder, in->origin, CM_NOTE_ED25519, in->seed,
		in->check };
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

/* ---- reading one ---- */

/* The checkpoint that is published.  A loss of power may leave rubbish in its place, until the
 * next writer comes; then the head is on disk, and shows nothing that could be taken back. */
static enum cm_result
read_published(const struct cm_key_folder *f, struct cm_buf *bytes, struct cm_checkpoint *out,
    struct cm_err *err)
{
	enum cm_result r = cm_log_files_note(f, "checkpoint", bytes, out, NULL);

	if (r != CM_E_MALFORMED && r != CM_E_NOTFOUND)
		return r == CM_OK ? r
				  : cm_err_set(err, r, "%s/checkpoint can not be read",
					(const char *)f->path.ptr);
	return cm_log_files_note(f, "head", bytes, out, err);
}

enum cm_result
cm_log_files_published(struct cm_log_files *l, struct cm_buf *note, struct cm_err *err)
{
	struct cm_buf bytes = { 0 };
	struct cm_checkpoint c;
	enum cm_result r = CM_OK;

	if (l->how == CM_LOG_READ) {
		r = read_published(&l->f, &bytes, &c, err);
		if (r == CM_OK) {
			cm_buf_release(&l->published);
			l->published = bytes;
			l->head = c;
		} else {
			cm_buf_release(&bytes);
		}
	}
	if (r == CM_OK)
		cm_buf_add_span(note, cm_buf_span(&l->published));
	return r == CM_OK && !cm_buf_ok(note) ? cm_err_set(err, CM_E_NOMEM, "out of memory") : r;
}

/* ---- going on with one ---- */

static enum cm_result
two_states(const struct cm_log_files *l, const struct cm_checkpoint *shown, struct cm_err *err)
{
	return cm_err_set(err, CM_E_REFUSED,
	    "%s was put together from two states: checkpoint shows %" PRIu64
	    " entries that head, with %" PRIu64
	    ", does not know.  Bring back the newest state of the whole folder, or make a new log",
	    (const char *)l->f.path.ptr, shown->size, l->head.size);
}

static enum cm_result
behind_head(
    const struct cm_log_files *l, const struct cm_err *why, enum cm_result r, struct cm_err *err)
{
	if (r != CM_E_REFUSED && r != CM_E_NOTFOUND && r != CM_E_MALFORMED)
		return cm_err_set(err, r, "%s", why->text);
	return cm_err_set(err, CM_E_REFUSED,
	    "the tiles in %s do not bear out its head of %" PRIu64
	    " entries (%s).  Bring back the newest state of "
	    "the whole folder, or make a new log",
	    (const char *)l->f.path.ptr, l->head.size, why->text);
}

/* Is what is published the beginning of the log? */
static enum cm_result
check_shown(const struct cm_log_files *l, const struct cm_checkpoint *shown, struct cm_err *err)
{
	struct cm_err why = { 0 };
	enum cm_result r;

	if (shown->size >= l->head.size)
		return two_states(l, shown, err);
	r = cm_log_files_begins(&l->f, shown, &l->head, &why);
	if (r == CM_E_REFUSED && why.code == CM_OK)
		return two_states(l, shown, err);
	return r == CM_OK ? r : behind_head(l, &why, r, err);
}

/* What was signed and perhaps not yet published is published, unless it is. */
static enum cm_result
catch_up(struct cm_log_files *l, struct cm_span head, struct cm_err *err)
{
	struct cm_checkpoint shown = { 0 };
	enum cm_result r = cm_log_files_note(&l->f, "checkpoint", &l->published, &shown, NULL);

	if (r == CM_OK && shown.size == l->head.size &&
	    memcmp(shown.root, l->head.root, sizeof(shown.root)) == 0)
		return CM_OK;
	if (r == CM_OK)
		r = check_shown(l, &shown, err);
	else if (r == CM_E_NOTFOUND || r == CM_E_MALFORMED)
		r = CM_OK;
	else
		cm_err_set(err, r, "%s/checkpoint can not be read", (const char *)l->f.path.ptr);
	if (r != CM_OK)
		return r;
	cm_buf_clear(&l->published);
	cm_buf_add_span(&l->published, head);
	if (!cm_buf_ok(&l->published))
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	return cm_key_folder_replace(&l->f, "checkpoint", head, err);
}

/* The head is written anew before anything is built on it: the process that wrote it may have
 * been ended before its sync, and of a sync that failed no later one tells. */
static enum cm_result
take_up(struct cm_log_files *l, struct cm_err *err)
{
	struct cm_tile_source source = cm_log_files_tiles(&l->f);
	struct cm_buf head = { 0 };
	struct cm_err why = { 0 };
	enum cm_result r = cm_log_files_note(&l->f, "head", &head, &l->head, err);

	if (r == CM_OK) {
		r = cm_growth_new(&source, l->head.size, l->head.root, &l->growth, &why);
		if (r != CM_OK)
			r = behind_head(l, &why, r, err);
	}
	if (r == CM_OK)
		r = cm_key_folder_replace(&l->f, "head", cm_buf_span(&head), err);
	if (r == CM_OK)
		r = catch_up(l, cm_buf_span(&head), err);
	if (r == CM_OK)
		r = cm_log_files_sweep(&l->f, l->head.size, err);
	cm_buf_release(&head);
	return r;
}

static enum cm_result
open_to_append(struct cm_log_files *l, struct cm_err *err)
{
	struct cm_err why = { 0 };
	enum cm_result r = cm_key_folder_write(&l->f, LOCK_MS, err);

	if (r == CM_OK && l->how == CM_LOG_APPEND) {
		r = cm_key_folder_seated(&l->f, &why);
		if (r == CM_E_REFUSED)
			cm_err_set(err, r,
			    "%s.  If it was, ask the witnesses first: comity log checkpoint --resume",
			    why.text);
		else if (r != CM_OK)
			cm_err_set(err, r, "%s", why.text);
	}
	if (r == CM_OK)
		r = take_up(l, err);
	return r == CM_OK && l->how == CM_LOG_RESEAT ? cm_key_folder_reseat(&l->f, err) : r;
}

enum cm_result
cm_log_files_open(const struct cm_disk *disk, const char *folder, enum cm_log_open how,
    struct cm_log_files **out, struct cm_err *err)
{
	struct cm_log_files *l = calloc(1, sizeof(*l));
	enum cm_result r;

	if (l == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	l->how = how;
	r = cm_key_folder_read(disk, "log", folder, &l->f, err);
	if (r == CM_OK && how == CM_LOG_READ)
		r = read_published(&l->f, &l->published, &l->head, err);
	else if (r == CM_OK)
		r = open_to_append(l, err);
	if (r != CM_OK) {
		cm_log_files_close(l);
		return r;
	}
	*out = l;
	return CM_OK;
}
