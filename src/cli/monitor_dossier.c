/* The statements and receipts of dossiers.  They come from others: a confined child reads them, and
 * hands out no more than names, digests, keys and numbers, which are read here as any other bytes. */
#include <string.h>
#include <unistd.h>

#include "cli/encrypted.h"
#include "cli/monitor.h"
#include "codec/zip.h"
#include "dossier/load.h"
#include "log/receipt.h"
#include "os/confine.h"
#include "os/file.h"
#include "os/kept.h"

#define DOSSIER_MAX ((uint64_t)UINT32_MAX)
#define ANSWER_MAX ((size_t)64 << 20)

/* ---- in the child ---- */

struct reading {
	const struct cm_context *ctx;
	const char *file;
	struct cm_encrypted *encrypted;
	struct cm_arena arena;
	struct cm_buf out;
	struct cm_err err;
};

static void
put_name(struct reading *g, char kind, struct cm_span name)
{
	cm_buf_add_u8(&g->out, (uint8_t)kind);
	cm_buf_add_u8(&g->out, (uint8_t)name.len);
	cm_buf_add_span(&g->out, name);
}

static enum cm_result
put_statement(struct reading *g, struct cm_span name, struct cm_span json, struct cm_span armour)
{
	struct cm_statement_doc doc = { 0 };
	struct cm_entry e = { 0 };
	struct cm_sshsig sig;
	enum cm_result r = cm_sshsig_parse(armour, &sig, &g->err);

	if (r == CM_OK)
		r = cm_sshsig_verify(&sig, json, &g->err);
	if (r == CM_OK)
		r = cm_statement_read(json, &g->arena, &doc, &g->err);
	if (r == CM_OK) {
		cm_entry_digest(json, armour, e.digest);
		cm_ssh_fingerprint(&sig.key, e.key);
		put_name(g, 'S', name);
		cm_buf_add(&g->out, e.digest, sizeof(e.digest));
		cm_buf_add(&g->out, e.key, CM_ENTRY_KEY);
		cm_buf_add_u64(&g->out, doc.head.number);
		cm_buf_add_u8(&g->out, (uint8_t)doc.head.type);
	}
	cm_statement_release(&doc);
	return r;
}

static enum cm_result
put_receipt(struct reading *g, struct cm_span name, struct cm_span bytes)
{
	struct cm_receipt receipt;
	enum cm_result r = cm_receipt_parse(bytes, &g->arena, &receipt, &g->err);

	if (r != CM_OK)
		return r;
	put_name(g, 'R', name);
	cm_buf_add_u32(&g->out, (uint32_t)receipt.checkpoint.len);
	cm_buf_add_span(&g->out, receipt.checkpoint);
	return CM_OK;
}

static bool
ends_with(struct cm_span name, const char *ending)
{
	size_t len = strlen(ending);

	return name.len > len && memcmp(name.ptr + name.len - len, ending, len) == 0;
}

/* Names stand in order: NAME.json.sig is right behind NAME.json. */
static enum cm_result
read_entries(struct reading *g, const struct cm_zip *zip)
{
	enum cm_result r = CM_OK;
	size_t i;

	for (i = 0; r == CM_OK && i < zip->n; i++) {
		const struct cm_zip_entry *e = &zip->entry[i];

		if (ends_with(e->name, CM_RECEIPT_ENDING))
			r = put_receipt(g, e->name, e->data);
		else if (i + 1 < zip->n && ends_with(e->name, ".json") &&
		    ends_with(zip->entry[i + 1].name, ".json.sig"))
			r = put_statement(g, e->name, e->data, zip->entry[i + 1].data);
		if (r != CM_OK)
			cm_cli_say(g->ctx, "%s: %.*s: %s", g->file, (int)e->name.len, (const char *)e->name.ptr,
			    g->err.text[0] != '\0' ? g->err.text : cm_result_word(r));
	}
	return r;
}

static bool
write_all(int fd, struct cm_span s)
{
	while (s.len > 0) {
		ssize_t n = write(fd, s.ptr, s.len);

		if (n <= 0)
			return false;
		s = cm_span_part(s, (size_t)n, s.len);
	}
	return true;
}

static int
read_run(void *arg, int answer)
{
	struct reading *g = arg;
	struct cm_zip zip;
	struct cm_span bytes;
	enum cm_exit code = CM_EXIT_OK;
	enum cm_result r = cm_encrypted_open(g->ctx, g->encrypted, &bytes, &g->err);

	cm_arena_init(&g->arena, 0);
	if (r == CM_OK)
		r = cm_zip_read(bytes, &g->arena, &zip, &g->err);
	if (r != CM_OK) {
		code = cm_cli_error(g->ctx, g->file, &g->err, NULL);
	} else if ((r = read_entries(g, &zip)) != CM_OK) {
		code = cm_exit_of(r);
	} else if (!cm_buf_ok(&g->out) || !write_all(answer, cm_buf_span(&g->out))) {
		cm_cli_say(g->ctx, "%s: out of memory", g->file);
		code = CM_EXIT_CANNOT;
	}
	cm_buf_release(&g->out);
	cm_arena_fini(&g->arena);
	return (int)cm_cli_finish(g->ctx, code);
}

/* ---- what it hands out ---- */

static enum cm_result
no_memory(struct cm_monitor *m)
{
	return cm_err_set(&m->err, CM_E_NOMEM, "out of memory");
}

/* Room for one more, doubled whenever the number is a power of two. */
static enum cm_result
make_room(struct cm_monitor *m, void **list, size_t n, size_t size)
{
	void *more;

	if (n != 0 && (n & (n - 1)) != 0)
		return CM_OK;
	more = cm_arena_array(&m->arena, n == 0 ? 1 : 2 * n, size);
	if (more == NULL)
		return no_memory(m);
	if (n > 0)
		memcpy(more, *list, n * size);
	*list = more;
	return CM_OK;
}

static enum cm_result
take_statement(struct cm_monitor *m, const char *file, const char *name, struct cm_cursor *c)
{
	struct cm_shown_statement s = { .dossier = file, .name = name };
	struct cm_span digest = cm_cursor_take(c, 32), key = cm_cursor_take(c, CM_ENTRY_KEY);
	void *list = m->shown;
	uint8_t type;

	s.number = cm_cursor_u64(c);
	type = cm_cursor_u8(c);
	if (c->bad || type >= CM_PREDICATES)
		return CM_E_MALFORMED;
	s.type = (enum cm_predicate)type;
	memcpy(s.entry.digest, digest.ptr, 32);
	memcpy(s.entry.key, key.ptr, CM_ENTRY_KEY);
	if (!cm_ssh_fingerprint_ok(s.entry.key))
		return CM_E_MALFORMED;
	if (make_room(m, &list, m->n_shown, sizeof(s)) != CM_OK)
		return CM_E_NOMEM;
	m->shown = list;
	m->shown[m->n_shown++] = s;
	return CM_OK;
}

static enum cm_result
take_receipt(struct cm_monitor *m, const char *file, const char *name, struct cm_cursor *c)
{
	struct cm_shown_receipt r = { .dossier = file, .name = name };
	uint64_t high = cm_cursor_u16(c);
	struct cm_span note = cm_cursor_take(c, (size_t)(high << 16 | cm_cursor_u16(c)));
	void *list = m->receipt, *kept;

	if (c->bad)
		return CM_E_MALFORMED;
	kept = cm_arena_copy(&m->arena, note.ptr, note.len);
	if (kept == NULL || make_room(m, &list, m->n_receipts, sizeof(r)) != CM_OK)
		return no_memory(m);
	r.note = cm_span_of(kept, note.len);
	m->receipt = list;
	m->receipt[m->n_receipts++] = r;
	return CM_OK;
}

static enum cm_result
take_answer(struct cm_monitor *m, const char *file, struct cm_span answer)
{
	struct cm_cursor c = cm_cursor_of(answer);
	enum cm_result r = CM_OK;

	while (r == CM_OK && cm_cursor_left(&c) > 0) {
		uint8_t kind = cm_cursor_u8(&c);
		struct cm_span name = cm_cursor_take(&c, cm_cursor_u8(&c));
		const char *text;

		if (c.bad || !cm_zip_name_ok(name))
			return CM_E_MALFORMED;
		text = cm_arena_printf(&m->arena, "%.*s", (int)name.len, (const char *)name.ptr);
		if (text == NULL)
			return no_memory(m);
		r = kind == 'S'	    ? take_statement(m, file, text, &c)
		    : kind == 'R' ? take_receipt(m, file, text, &c)
				    : CM_E_MALFORMED;
	}
	return r;
}

/* ---- one dossier ---- */

static enum cm_exit
read_confined(struct cm_monitor *m, const char *file, struct cm_encrypted *e)
{
	struct reading g = { .ctx = m->ctx, .file = file, .encrypted = e };
	struct cm_buf answer = { .max = ANSWER_MAX };
	struct cm_confine_job job = { .run = read_run, .arg = &g, .what = file, .result = &answer,
		.unconfined = m->no_confine };
	int status = CM_EXIT_CANNOT, fd = cm_encrypted_fd(e);
	enum cm_exit code;

	job.keep = &fd;
	job.n_keep = fd >= 0 ? 1 : 0;
	fflush(m->ctx->out);
	fflush(m->ctx->err);
	if (cm_confine_run(&job, &status, &m->err) != CM_OK)
		code = cm_cli_error(m->ctx, NULL, &m->err, NULL);
	else
		code = (enum cm_exit)status;
	if (code == CM_EXIT_OK && take_answer(m, file, cm_buf_span(&answer)) != CM_OK) {
		cm_cli_say(m->ctx, "%s: what was read of it makes no sense", file);
		code = CM_EXIT_CANNOT;
	}
	cm_buf_release(&answer);
	return code;
}

static enum cm_exit
read_kept(struct cm_monitor *m, const char *name, const struct cm_kept *kept)
{
	struct cm_encrypted_in in = { m->ctx, cm_kept_bytes(kept), NULL, DOSSIER_MAX };
	struct cm_encrypted e = { 0 };
	enum cm_exit code = cm_encrypted_prepare(&in, &e);

	if (code == CM_EXIT_OK)
		code = read_confined(m, name, &e);
	cm_encrypted_release(&e);
	return code;
}

static enum cm_exit
read_one(struct cm_monitor *m, const char *name)
{
	const char *folder = m->ctx->tmp != NULL ? m->ctx->tmp : "/var/tmp";
	struct cm_kept kept = { 0 };
	struct cm_file *file = NULL;
	enum cm_exit code = CM_EXIT_OK;
	enum cm_result r = cm_file_open(name, &file, &m->err);

	if (r == CM_OK)
		r = cm_kept_take(&kept, cm_file_fd(file), cm_encrypted_max(DOSSIER_MAX), folder, &m->err);
	cm_file_close(file);
	if (r != CM_OK)
		code = cm_cli_error(m->ctx, name, &m->err, NULL);
	else
		code = read_kept(m, name, &kept);
	cm_kept_fini(&kept);
	return code;
}

enum cm_exit
cm_monitor_read_dossiers(struct cm_monitor *m, char **file, int n)
{
	enum cm_exit code = CM_EXIT_OK;
	int i;

	for (i = 0; code == CM_EXIT_OK && i < n; i++)
		code = read_one(m, file[i]);
	return code;
}

/* ---- receipts against the mirror ---- */

static enum cm_result
compare_one(struct cm_monitor *m, struct cm_shown_receipt *r, struct cm_followed *out)
{
	struct cm_checkpoint c;
	struct cm_err why = { 0 };
	enum cm_result rc = cm_checkpoint_read(r->note, 0, &m->round, &c, NULL, &why);

	/* The child has read it once, and whoever has taken the child's place gains nothing. */
	r->is_here = rc == CM_OK && strcmp(c.origin, m->key.name) == 0;
	if (!r->is_here)
		return rc == CM_E_NOMEM ? no_memory(m) : CM_OK;
	rc = cm_follow_compare(m->mirror, &m->key, r->note, &m->round, out, &m->err);
	r->how = out->how;
	r->size = c.size;
	return rc;
}

enum cm_result
cm_monitor_compare(struct cm_monitor *m, struct cm_followed *fork, bool *found)
{
	enum cm_result r = CM_OK;
	struct cm_followed f;
	size_t i;

	*found = false;
	for (i = 0; r == CM_OK && i < m->n_receipts; i++) {
		r = compare_one(m, &m->receipt[i], &f);
		if (r == CM_OK && m->receipt[i].is_here && f.how == CM_FOLLOW_FORK && !*found) {
			*found = true;
			*fork = f;
		}
	}
	return r;
}
