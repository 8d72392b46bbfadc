#include <string.h>

#include "cli/ended.h"
#include "base/sink.h"
#include "codec/json_read.h"
#include "codec/json_write.h"
#include "crypto/sha256.h"
#include "log/entry.h"
#include "log/receipt.h"
#include "os/confine.h"
#include "os/private.h"
#include "statement/key_v1.h"
#include "statement/sshsig.h"
#include "worker/seal_exhibit.h"

#define STATEMENT_MAX ((size_t)1 << 20)
#define SIGNATURE_MAX ((size_t)64 << 10)
#define ANSWER_MAX ((size_t)8 << 10)
#define JSON ".json"

struct taking {
	const struct cm_context *ctx;
	struct cm_case *c;
	const struct cm_trust *trust;
	const char *path;
	bool quiet;
	struct cm_case_ended_list ended;
	struct cm_buf json, sig, receipt, answer;
	struct cm_arena arena;
	struct cm_err err;
	/* read in the child */
	struct cm_key_v1 key;
	const struct cm_signer_line *line; /* of the key that ends, or of who ends a log or witness */
	struct cm_vkey old, next;	   /* of these */
	struct cm_checkpoint checkpoint;
	uint64_t place;
	bool logged;
};

static const struct cm_signer_line *
line_of(const struct cm_signers *s, const struct cm_ssh_public *key)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (cm_ssh_public_same(&s->line[i].key, key))
			return &s->line[i];
	return NULL;
}

/* Whoever stole a key that has ended would like to name his own as its successor. */
static enum cm_result
check_not_ended(struct taking *t, const struct cm_ssh_public *by)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	uint8_t digest[32];
	size_t i;

	cm_ssh_fingerprint(by, fingerprint);
	cm_sha256(t->json.ptr, t->json.len, digest);
	for (i = 0; i < t->ended.n; i++)
		if (strcmp(t->ended.item[i].fingerprint, fingerprint) == 0 &&
		    memcmp(t->ended.item[i].statement, digest, 32) != 0)
			return cm_err_set(&t->err, CM_E_REFUSED,
			    "signed by %s, which had ended before, by another statement: ask %s for the new key in person",
			    fingerprint, t->line->principals);
	return CM_OK;
}

/* The key itself, or another one under the same name. */
static enum cm_result
check_signer(struct taking *t, const struct cm_ssh_public *by)
{
	const struct cm_signer_line *signer = line_of(&t->trust->signers, by);

	t->line = line_of(&t->trust->signers, &t->key.key);
	if (t->line == NULL)
		return cm_err_set(&t->err, CM_E_REFUSED, "the key that it ends is not one of your signers");
	if (signer == NULL || strcmp(signer->principals, t->line->principals) != 0)
		return cm_err_set(&t->err, CM_E_REFUSED, "signed by another key than one of %s", t->line->principals);
	return check_not_ended(t, by);
}

static bool
is_trusted(const struct cm_policy *p, const struct cm_vkey *v)
{
	const struct cm_vkey *k;
	size_t i;

	for (i = 0; i < p->n_logs + p->n_members; i++) {
		k = i < p->n_logs ? &p->log[i].key : &p->member[i - p->n_logs].key;
		if (i >= p->n_logs && p->member[i - p->n_logs].is_group)
			continue;
		if (k->type == v->type && memcmp(k->key, v->key, 32) == 0 && strcmp(k->name, v->name) == 0)
			return true;
	}
	return false;
}

/* One end: who has the ended key could else name a key of his own later. */
static enum cm_result
check_first(struct taking *t)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	uint8_t digest[32];
	size_t i;

	cm_ssh_fingerprint(&t->key.key, fingerprint);
	cm_sha256(t->json.ptr, t->json.len, digest);
	for (i = 0; i < t->ended.n; i++)
		if (strcmp(t->ended.item[i].fingerprint, fingerprint) == 0 &&
		    memcmp(t->ended.item[i].statement, digest, 32) != 0)
			return cm_err_set(&t->err, CM_E_REFUSED, "%s had ended before, by another statement", t->old.name);
	return CM_OK;
}

/* A log or witness of the trust file, ended by one of the signers; that it is his shows its key. */
static enum cm_result
check_role(struct taking *t, const struct cm_ssh_public *by)
{
	enum cm_result r = cm_key_v1_vkey(&t->key, false, &t->old, &t->err);

	if (r == CM_OK && t->key.has_successor)
		r = cm_key_v1_vkey(&t->key, true, &t->next, &t->err);
	if (r != CM_OK)
		return r;
	if (!is_trusted(&t->trust->policy, &t->old))
		return cm_err_set(&t->err, CM_E_REFUSED, "%s, which it ends, is none of your trust file", t->old.name);
	t->line = line_of(&t->trust->signers, by);
	if (t->line == NULL)
		return cm_err_set(&t->err, CM_E_REFUSED, "signed by none of your signers");
	r = check_first(t);
	return r == CM_OK ? check_not_ended(t, by) : r;
}

static enum cm_result
check_statement(struct taking *t)
{
	struct cm_statement_doc doc = { 0 };
	char by[CM_FINGERPRINT_LEN + 1];
	struct cm_sshsig sig;
	enum cm_result r = cm_sshsig_parse(cm_buf_span(&t->sig), &sig, &t->err);

	if (r == CM_OK)
		r = cm_sshsig_verify(&sig, cm_buf_span(&t->json), &t->err);
	if (r == CM_OK)
		r = cm_statement_read(cm_buf_span(&t->json), &t->arena, &doc, &t->err);
	if (r == CM_OK)
		r = cm_key_v1_read(&doc, &t->arena, &t->key, &t->err);
	if (r == CM_OK) {
		cm_ssh_fingerprint(&sig.key, by);
		if (strcmp(by, doc.head.by) != 0)
			r = cm_err_set(&t->err, CM_E_REFUSED, "signed by another key than it says");
	}
	if (r == CM_OK)
		r = t->key.role == CM_KEY_STATEMENT ? check_signer(t, &sig.key) : check_role(t, &sig.key);
	cm_statement_release(&doc);
	return r;
}

/* Of a log or witness an end without a place would draw no line; and a log ends in itself, or somebody
 * else ends it. */
static enum cm_result
check_place(struct taking *t, const struct cm_policy_log *log)
{
	if (t->key.role == CM_KEY_STATEMENT)
		return CM_OK;
	if (log == NULL)
		return cm_err_set(&t->err, CM_E_REFUSED,
		    "the end of a log or witness has to be logged: its .tlog-proof is needed, of a log that your trust "
		    "file names");
	if (t->key.role == CM_KEY_LOG && memcmp(log->key.key, t->old.key, 32) != 0)
		return cm_err_set(&t->err, CM_E_REFUSED,
		    "it is not logged in %s, the log that it ends: only who has that log's key can end it", t->old.name);
	return CM_OK;
}

static enum cm_result
check_receipt(struct taking *t)
{
	const struct cm_policy_log *log;
	struct cm_checkpoint said;
	struct cm_buf entry = { 0 };
	struct cm_receipt receipt;
	struct cm_sshsig sig;
	struct cm_note note;
	struct cm_entry e;
	enum cm_result r;

	if (t->receipt.len == 0)
		return check_place(t, NULL);
	r = cm_sshsig_parse(cm_buf_span(&t->sig), &sig, &t->err);
	if (r == CM_OK)
		r = cm_receipt_parse(cm_buf_span(&t->receipt), &t->arena, &receipt, &t->err);
	if (r == CM_OK)
		r = cm_note_parse(receipt.checkpoint, &t->arena, &note, &t->err);
	if (r == CM_OK)
		r = cm_checkpoint_parse(note.text, &said, &t->err);
	if (r != CM_OK)
		return r;
	log = cm_policy_find_log(&t->trust->policy, said.origin);
	r = check_place(t, log);
	if (r != CM_OK || log == NULL)
		return r; /* a log nobody knows draws no line */
	cm_entry_digest(cm_buf_span(&t->json), cm_buf_span(&t->sig), e.digest);
	cm_ssh_fingerprint(&sig.key, e.key);
	cm_entry_write(&e, &entry);
	r = cm_buf_ok(&entry) ? cm_receipt_check(&receipt, cm_buf_span(&entry), &log->key, &t->arena,
				    &t->checkpoint, NULL, &t->err)
			      : CM_E_NOMEM;
	cm_buf_release(&entry);
	t->logged = r == CM_OK;
	t->place = receipt.index;
	return r;
}

/* "": none. */
static void
put_vkey(struct cm_jsonw *w, const char *name, const struct cm_vkey *v)
{
	struct cm_buf text = { 0 };

	if (v != NULL)
		cm_vkey_write(v, &text);
	cm_jsonw_kstr(w, name, v != NULL && cm_buf_cstr(&text) != NULL ? cm_buf_cstr(&text) : "");
	cm_buf_release(&text);
}

static void
put_answer(const struct taking *t, struct cm_buf *out)
{
	struct cm_jsonw w = cm_jsonw_of(out, 0);
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_buf line = { 0 };
	bool role = t->key.role != CM_KEY_STATEMENT;

	cm_ssh_fingerprint(&t->key.key, fingerprint);
	if (t->key.has_successor && !role)
		cm_signers_line(t->line->principals, &t->key.successor, &line);
	if (line.len > 0)
		line.len--; /* without its newline */
	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "fingerprint", fingerprint);
	cm_jsonw_kstr(&w, "line", cm_buf_cstr(&line) != NULL ? cm_buf_cstr(&line) : "");
	put_vkey(&w, "old", role ? &t->old : NULL);
	put_vkey(&w, "next", role && t->key.has_successor ? &t->next : NULL);
	cm_jsonw_kbool(&w, "logged", t->logged);
	cm_jsonw_kstr(&w, "origin", t->checkpoint.origin);
	cm_jsonw_kuint(&w, "place", t->place);
	cm_jsonw_object_end(&w);
	cm_buf_release(&line);
}

/* In the child. */
static int
check(void *arg, int fd)
{
	struct taking *t = arg;
	struct cm_fd_sink to = { fd, 0 };
	struct cm_sink sink = cm_sink_of_fd(&to);
	struct cm_buf answer = { 0 };
	enum cm_result r = check_statement(t);

	if (r == CM_OK)
		r = check_receipt(t);
	if (r == CM_OK) {
		put_answer(t, &answer);
		r = cm_buf_ok(&answer) ? cm_sink_write(&sink, answer.ptr, answer.len) : CM_E_NOMEM;
	}
	cm_buf_release(&answer);
	if (r == CM_OK)
		return CM_EXIT_OK;
	(void)cm_err_set(&t->err, r, "%s", cm_result_word(r));
	return (int)cm_cli_error(t->ctx, t->path, &t->err, "nothing was taken");
}

static enum cm_result
read_beside(struct taking *t, const char *tail, size_t max, bool must, struct cm_buf *out)
{
	const char *path = cm_arena_printf(&t->arena, "%.*s%s", (int)(strlen(t->path) - strlen(JSON)), t->path, tail);

	if (path == NULL)
		return cm_err_set(&t->err, CM_E_NOMEM, "out of memory");
	if (!must && !cm_path_exists(path))
		return CM_OK;
	return cm_whole_read(path, max, out, &t->err);
}

/* What the child found. */
struct answer {
	struct cm_case_ended e;
	const char *line, *old, *next; /* a signer's line; verifier keys; each may be "" */
};

static enum cm_result
succeed(struct taking *t, const struct answer *a)
{
	struct cm_vkey old, next;
	enum cm_result r = cm_vkey_parse(cm_span_str(a->old), &old, &t->err);

	if (r == CM_OK)
		r = cm_vkey_parse(cm_span_str(a->next), &next, &t->err);
	return r == CM_OK ? cm_trust_succeed(cm_case_folder(t->c), &old, &next, &t->err) : r;
}

/* The end and the successor; one process at a time, so that no line of the file is lost. */
static enum cm_result
keep_both(struct taking *t, const struct answer *a)
{
	struct cm_case_ended_texts texts = { cm_buf_span(&t->json), cm_buf_span(&t->sig), cm_buf_span(&t->receipt) };
	enum cm_result r = cm_case_begin(t->c, &t->err);

	if (r == CM_OK)
		r = cm_case_ended_add(t->c, &a->e, &texts, &t->err);
	if (r == CM_OK && a->line[0] != '\0')
		r = cm_trust_add(cm_case_folder(t->c), cm_span_str(a->line), NULL, 0, &t->err);
	if (r == CM_OK && a->next[0] != '\0')
		r = succeed(t, a);
	if (r == CM_OK)
		return cm_case_commit(t->c, &t->err);
	cm_case_rollback(t->c);
	return r;
}

static enum cm_result
read_answer(struct cm_json v, struct answer *a, struct cm_err *err)
{
	enum cm_result r = cm_json_get_str(v, "fingerprint", &a->e.fingerprint, err);

	if (r == CM_OK)
		r = cm_json_get_str(v, "line", &a->line, err);
	if (r == CM_OK)
		r = cm_json_get_str(v, "old", &a->old, err);
	if (r == CM_OK)
		r = cm_json_get_str(v, "next", &a->next, err);
	if (r == CM_OK)
		r = cm_json_get_bool(v, "logged", &a->e.logged, err);
	if (r == CM_OK)
		r = cm_json_get_str(v, "origin", &a->e.origin, err);
	return r == CM_OK ? cm_json_get_u64(v, "place", CM_JSON_INT_MAX, &a->e.place, err) : r;
}

static void
say_taken(const struct taking *t, const struct answer *a)
{
	unsigned long long place = a->e.place;
	FILE *f = t->ctx->out;
	struct cm_vkey old;
	bool role = a->old[0] != '\0' && cm_vkey_parse(cm_span_str(a->old), &old, NULL) == CM_OK;

	fprintf(f, "ended          %s", a->e.fingerprint);
	if (role && old.type == CM_NOTE_COSIGNATURE)
		fprintf(f, ": of its cosignatures those count that are of at most %llu entries of the log %s\n", place,
		    a->e.origin);
	else if (role)
		fprintf(f, ": what the log has before entry %llu counts\n", place);
	else if (a->e.logged)
		fprintf(f, ": what it had logged before entry %llu counts\n", place);
	else
		fprintf(f, ": nothing of it counts until its end is shown to be logged: take it again with its\n"
			   "               .tlog-proof beside it, of a log that you know\n");
}

static enum cm_result
keep(struct taking *t)
{
	struct cm_json_doc doc = { 0 };
	struct answer a = { 0 };
	enum cm_result r = cm_json_parse(cm_buf_span(&t->answer), &doc, &t->err);

	if (r == CM_OK)
		r = read_answer(cm_json_root(&doc), &a, &t->err);
	if (r == CM_OK)
		r = keep_both(t, &a);
	if (r == CM_OK && !t->quiet)
		say_taken(t, &a);
	cm_json_release(&doc);
	return r;
}

static enum cm_exit
take(struct taking *t)
{
	struct cm_confine_job job = { .run = check, .arg = t, .what = t->path, .result = &t->answer, .quiet = true };
	int status = CM_EXIT_CANNOT;
	enum cm_result r = cm_whole_read(t->path, STATEMENT_MAX, &t->json, &t->err);

	if (r == CM_OK)
		r = cm_case_ended(t->c, &t->arena, &t->ended, &t->err);
	if (r == CM_OK)
		r = read_beside(t, JSON ".sig", SIGNATURE_MAX, true, &t->sig);
	if (r == CM_OK)
		r = read_beside(t, ".tlog-proof", CM_RECEIPT_BYTES, false, &t->receipt);
	fflush(t->ctx->out);
	if (r == CM_OK)
		r = cm_confine_run(&job, &status, &t->err);
	if (r == CM_OK && status == CM_EXIT_OK)
		r = keep(t);
	else if (r == CM_OK)
		return (enum cm_exit)status;
	return r == CM_OK ? CM_EXIT_OK : cm_cli_error(t->ctx, NULL, &t->err, "nothing was taken");
}

enum cm_exit
cm_cli_take_ended(const struct cm_context *ctx, struct cm_case *c, const struct cm_trust *trust,
    const char *path, bool quiet)
{
	struct taking t = { .ctx = ctx, .c = c, .trust = trust, .path = path, .quiet = quiet, .answer = { .max = ANSWER_MAX } };
	enum cm_exit code;

	cm_arena_init(&t.arena, 0);
	code = take(&t);
	cm_buf_release(&t.json);
	cm_buf_release(&t.sig);
	cm_buf_release(&t.receipt);
	cm_buf_release(&t.answer);
	cm_arena_fini(&t.arena);
	return code;
}
