/* The end of a log's or a witness's key. */
#include <string.h>

#include "cli/key_ending.h"
#include "cli/keys.h"
#include "cli/log.h"
#include "cli/receipts.h"
#include "os/private.h"
#include "statement/key.h"

static const char *
part_of(const struct ending *e)
{
	return e->key.role == CM_KEY_LOG ? "log" : "witness";
}

/* "FOLDER/log", or with something behind it. */
static const char *
path_in_case(struct ending *e, const char *part, const char *tail)
{
	const char *path = cm_arena_printf(&e->arena, "%s/%s%s", cm_case_folder(e->c), part, tail);

	if (path == NULL)
		(void)cm_err_set(&e->err, CM_E_NOMEM, "out of memory");
	return path;
}

/* The witness key's own word; nobody may cosign with it meanwhile. */
static enum cm_result
agree(struct ending *e)
{
	char by[CM_FINGERPRINT_LEN + 1];
	const char *folder = path_in_case(e, "witness", ""), *path = path_in_case(e, "witness", "/key");
	struct cm_buf file = { 0 }, message = { 0 };
	struct cm_key key = { 0 };
	enum cm_result r = folder == NULL || path == NULL ? CM_E_NOMEM :
							    cm_witness_files_open(cm_disk_here(), folder, &e->witness, &e->err);

	cm_ssh_fingerprint(&e->keyring.signer.key, by);
	cm_key_v1_consent(&e->key.key, by, &message);
	if (r == CM_OK)
		r = cm_whole_read(path, CM_KEY_FILE_MAX, &file, &e->err);
	if (r == CM_OK)
		r = cm_key_parse(cm_buf_span(&file), &key, &e->err);
	if (r == CM_OK && !cm_buf_ok(&message))
		r = cm_err_set(&e->err, CM_E_NOMEM, "out of memory");
	if (r == CM_OK && cm_ed25519_sign(key.seed, cm_buf_span(&message), e->key.agreed) != CM_OK)
		r = cm_err_set(&e->err, CM_E_NOMEM, "out of memory");
	cm_key_wipe(&key);
	if (file.ptr != NULL)
		explicit_bzero(file.ptr, file.len);
	cm_buf_release(&file);
	cm_buf_release(&message);
	return r;
}

/* Without the log that its end is to stand in, or with another one half made, it does not begin. */
static enum cm_result
check_parts(struct ending *e)
{
	const char *log = path_in_case(e, "log", ""), *next = path_in_case(e, part_of(e), ".next");

	if (log == NULL || next == NULL)
		return CM_E_NOMEM;
	if (!cm_path_exists(log))
		return cm_err_set(&e->err, CM_E_REFUSED,
		    "the end of a log's or witness's key has to be logged, and this case has no log");
	if (!e->rotate && cm_path_exists(next))
		return cm_err_set(&e->err, CM_E_REFUSED,
		    "%s is there, of a rotation that was not finished: remove it first", next);
	return CM_OK;
}

/* One end only: what an interrupted command left is made good, not stated again. */
static enum cm_result
check_first(struct ending *e)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_case_ended_list list = { 0 };
	enum cm_result r = cm_case_ended(e->c, &e->arena, &list, &e->err);
	size_t i;

	cm_ssh_fingerprint(&e->key.key, fingerprint);
	for (i = 0; r == CM_OK && i < list.n; i++)
		if (strcmp(list.item[i].fingerprint, fingerprint) == 0)
			r = cm_err_set(&e->err, CM_E_REFUSED,
			    "the end of this %s's key is stated already: `comity log checkpoint' logs that and makes way for "
			    "the next one", part_of(e));
	return r;
}

CM_RESULT
cm_key_end_take_role(struct ending *e)
{
	bool another;
	enum cm_result r = cm_cli_roles_settle(e->c, &another, &e->err);

	if (r == CM_OK)
		r = check_parts(e);
	if (r == CM_OK)
		r = cm_cli_vkey(cm_case_folder(e->c), part_of(e), &e->old, &e->err);
	if (r != CM_OK)
		return r;
	e->key.key = cm_ssh_public_of(e->old.key);
	e->key.name = e->old.name;
	r = check_first(e);
	if (r != CM_OK)
		return r;
	if (e->key.role == CM_KEY_WITNESS)
		r = agree(e);
	if (r != CM_OK || !e->rotate)
		return r;
	r = cm_cli_roles_next(e->c, part_of(e), &e->next, &e->err);
	e->key.successor = cm_ssh_public_of(e->next.key);
	e->key.successor_name = e->next.name;
	e->key.has_successor = r == CM_OK;
	return r;
}

/* Where its end stands; CM_E_NOTFOUND: it is not logged yet. */
static enum cm_result
place_of_end(struct ending *e, uint64_t *place)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_case_ended_list list = { 0 };
	enum cm_result r = cm_case_ended(e->c, &e->arena, &list, &e->err);
	size_t i;

	cm_ssh_fingerprint(&e->key.key, fingerprint);
	for (i = 0; r == CM_OK && i < list.n; i++) {
		if (!list.item[i].logged || strcmp(list.item[i].fingerprint, fingerprint) != 0)
			continue;
		*place = list.item[i].place;
		return CM_OK;
	}
	return r == CM_OK ? CM_E_NOTFOUND : r;
}

CM_RESULT
cm_key_end_prove_log(struct ending *e)
{
	struct cm_log_files *files = NULL;
	struct cm_receipts receipts = { 0 };
	struct cm_buf folder = { 0 };
	uint64_t place = 0;
	enum cm_result r = place_of_end(e, &place);

	if (r != CM_OK)
		return r == CM_E_NOTFOUND ? CM_OK : r;
	r = cm_cli_roles_ended(e->c, "log", &e->old, &folder, &e->err);
	if (r == CM_OK)
		r = cm_log_files_open(cm_disk_here(), cm_buf_cstr(&folder), CM_LOG_READ, &files, &e->err);
	if (r == CM_OK)
		r = cm_receipts_begin(&receipts, files, &e->err);
	if (r == CM_OK)
		r = cm_receipts_make(&receipts, place, &e->receipt, &e->err);
	cm_receipts_end(&receipts);
	cm_log_files_close(files);
	cm_buf_release(&folder);
	return r;
}
