/* `comity key rotate' and `comity key revoke': of the statement key, the log's, or the witness's. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/case.h"
#include "cli/commands.h"
#include "cli/key_ending.h"
#include "cli/keys.h"
#include "cli/log.h"
#include "cli/publish.h"
#include "cli/receipts.h"
#include "os/clock.h"
#include "os/private.h"
#include "os/random.h"

enum { OPT_OUT = 'o', OPT_REASON = CM_OPT, OPT_ROLE, OPT_JSON };

static const struct cm_option options[] = {
	{ OPT_OUT, "out", "NAME", "write NAME.json, NAME.json.sig, NAME.tlog-proof (default: key-ended)" },
	{ OPT_ROLE, "role", "ROLE", "log or witness: the key of that (default: the statement key)" },
	{ OPT_REASON, "reason", "TEXT", "why, for others to read" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

static void
write_body(void *arg, struct cm_jsonw *w)
{
	const struct ending *e = arg;

	cm_key_v1_write(w, &e->key);
}

static enum cm_result
make_next(struct ending *e)
{
	uint8_t seed[32];
	uint32_t check;
	enum cm_result r;

	if (cm_random(seed, sizeof(seed)) != CM_OK || cm_random(&check, sizeof(check)) != CM_OK)
		return cm_err_set(&e->err, CM_E_IO, "the system gives no randomness");
	r = cm_case_key_next(e->c, seed, check, &e->key.successor, &e->err);
	explicit_bzero(seed, sizeof(seed));
	e->key.has_successor = r == CM_OK;
	return r;
}

/* That it has ended is known here from the same moment on; its place is, when it is logged. */
static enum cm_result
take_note(struct ending *e)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_case_ended ended = { .fingerprint = fingerprint };
	struct cm_case_ended_texts texts = { { 0 }, { 0 }, { 0 } };
	enum cm_result r = cm_case_statement_text(e->c, e->stated.digest, &e->statement, &e->sig, &e->err);

	cm_ssh_fingerprint(&e->key.key, fingerprint);
	texts.json = cm_buf_span(&e->statement);
	texts.sig = cm_buf_span(&e->sig);
	return r == CM_OK ? cm_case_ended_add(e->c, &ended, &texts, &e->err) : r;
}

/* The old key's last statement, and the new key in its place: both or neither. */
static enum cm_result
state(struct ending *e)
{
	struct cm_subject subject = cm_key_v1_subject(&e->key.key);
	struct cm_case_draft d = { .type = CM_PREDICATE_KEY, .subject = &subject, .n_subject = 1,
		.made = cm_clock_now(), .body = write_body, .arg = e };
	enum cm_result r;

	if (cm_random(d.nonce, sizeof(d.nonce)) != CM_OK)
		return cm_err_set(&e->err, CM_E_IO, "the system gives no randomness");
	r = cm_case_begin(e->c, &e->err);
	if (r == CM_OK && e->rotate && e->key.role == CM_KEY_STATEMENT)
		r = make_next(e);
	if (r == CM_OK)
		r = cm_case_state(e->c, &e->keyring.signer, &d, &e->stated, &e->err);
	if (r == CM_OK)
		r = take_note(e);
	if (r == CM_OK && e->rotate && e->key.role == CM_KEY_STATEMENT)
		r = cm_case_key_take(e->c, &e->key.successor, &e->err);
	if (r == CM_OK)
		r = cm_case_commit(e->c, &e->err);
	if (r != CM_OK)
		cm_case_rollback(e->c);
	return r;
}

/* Its receipt, if it could be logged. */
static enum cm_result
prove(struct ending *e)
{
	struct cm_cli_log l = { .ctx = e->ctx };
	struct cm_receipts receipts = { 0 };
	uint64_t place = 0;
	enum cm_result r = cm_case_logged_at(e->c, e->stated.digest, &place, &e->err);

	if (r == CM_E_NOTFOUND) {
		e->err = (struct cm_err) { 0 };
		return CM_OK;
	}
	if (r != CM_OK)
		return r;
	if (cm_cli_log_open(&l, CM_LOG_READ) == CM_EXIT_OK)
		r = cm_receipts_begin(&receipts, l.files, &e->err);
	else
		r = cm_err_set(&e->err, CM_E_IO, "the log could not be read");
	if (r == CM_OK)
		r = cm_receipts_make(&receipts, place, &e->receipt, &e->err);
	cm_receipts_end(&receipts);
	cm_cli_log_close(&l);
	return r;
}

/* None of it: one of an earlier end must not lie beside this one. */
static enum cm_result
write_one(struct ending *e, const char *tail, const struct cm_buf *text)
{
	struct cm_write_mode mode = { CM_WRITE_REPLACE, 0644 };
	const char *path = cm_arena_printf(&e->arena, "%s%s", e->out, tail);

	if (path == NULL)
		return cm_err_set(&e->err, CM_E_NOMEM, "out of memory");
	if (text->len > 0)
		return cm_whole_write(path, cm_buf_span(text), mode, &e->err);
	if (unlink(path) != 0 && errno != ENOENT)
		return cm_err_set(&e->err, CM_E_IO, "%s: %s", path, strerror(errno));
	return CM_OK;
}

static enum cm_result
write_files(struct ending *e)
{
	enum cm_result r = write_one(e, ".json", &e->statement);

	if (r == CM_OK)
		r = write_one(e, ".json.sig", &e->sig);
	return r == CM_OK ? write_one(e, ".tlog-proof", &e->receipt) : r;
}

/* What follows: the files' names, the log, the files for others. */
static enum cm_result
tell(struct ending *e, enum cm_exit *logged)
{
	bool own = e->key.role == CM_KEY_STATEMENT;
	enum cm_result r = e->rotate && own ? cm_case_key_done(e->c, &e->err) : CM_OK;

	if (r != CM_OK)
		return r;
	cm_witness_files_close(e->witness);
	e->witness = NULL;
	*logged = cm_cli_publish_usual(e->ctx, e->c, true);
	r = e->key.role == CM_KEY_LOG ? cm_key_end_prove_log(e) : prove(e);
	return r == CM_OK ? write_files(e) : r;
}

/* The new log's line, for who witnesses it; others get it with the statement. */
static void
print_log(struct ending *e)
{
	struct cm_buf line = { 0 };

	if (e->key.role != CM_KEY_LOG || !e->rotate)
		return;
	cm_buf_add_str(&line, "log ");
	cm_vkey_write(&e->next, &line);
	fprintf(e->ctx->out, "\nFor those who witness it, for `comity witness add-log':\n\n");
	cm_cli_text(e->ctx->out, cm_buf_span(&line));
	fputc('\n', e->ctx->out);
	cm_buf_release(&line);
}

static enum cm_exit
print(struct ending *e)
{
	char old[CM_FINGERPRINT_LEN + 1], next[CM_FINGERPRINT_LEN + 1];
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	cm_ssh_fingerprint(&e->key.key, old);
	if (e->rotate)
		cm_ssh_fingerprint(&e->key.successor, next);
	if (e->json) {
		cm_jsonw_object(&w);
		cm_jsonw_kstr(&w, "ended", old);
		cm_jsonw_kstr(&w, "successor", e->rotate ? next : NULL);
		cm_jsonw_khex(&w, "statement", cm_span_of(e->stated.digest, 32));
		cm_jsonw_kbool(&w, "logged", e->receipt.len > 0);
		cm_jsonw_kstr(&w, "file", e->out);
		cm_jsonw_object_end(&w);
		return cm_cli_json(e->ctx, &b);
	}
	fprintf(e->ctx->out, "ended          %s\n", old);
	if (e->rotate)
		fprintf(e->ctx->out, "now            %s\n", next);
	fprintf(e->ctx->out, "\nGive %s.json%s to the other parties, for `comity trust add %s.json'.\n", e->out,
	    e->receipt.len > 0 ? ", .json.sig and .tlog-proof" : " and .json.sig", e->out);
	print_log(e);
	return CM_EXIT_OK;
}

/* Before anything is stated: will the files find a place? */
static enum cm_result
check_out(struct ending *e)
{
	const char *slash = strrchr(e->out, '/');
	const char *folder = slash == NULL ? "." : cm_arena_printf(&e->arena, "%.*s/", (int)(slash - e->out), e->out);

	if (folder == NULL)
		return cm_err_set(&e->err, CM_E_NOMEM, "out of memory");
	if (access(folder, W_OK | X_OK) == 0)
		return CM_OK;
	return cm_err_set(&e->err, CM_E_IO, "%s: %s; --out says where the files go", folder, strerror(errno));
}

static enum cm_exit
end_key(struct ending *e)
{
	enum cm_exit logged = CM_EXIT_OK, code;
	enum cm_result r = check_out(e);

	if (r == CM_OK)
		r = cm_case_keyring(e->c, e->ctx->agent, &e->keyring, &e->err);
	if (r == CM_OK && e->key.role == CM_KEY_STATEMENT)
		e->key.key = e->keyring.signer.key;
	else if (r == CM_OK)
		r = cm_key_end_take_role(e);
	if (r == CM_OK)
		r = state(e);
	if (r != CM_OK) {
		(void)cm_cli_error(e->ctx, NULL, &e->err, "the key is what it was");
		return CM_EXIT_CANNOT; /* nobody else's word was refused */
	}
	if (tell(e, &logged) != CM_OK)
		return cm_cli_error(e->ctx, NULL, &e->err,
		    "the key has ended all the same: its statement is in .comity/statements, and `comity log prove' "
		    "makes the receipt for it");
	code = print(e);
	return code == CM_EXIT_OK ? logged : code;
}

static bool
read_role(const char *word, enum cm_key_role *out)
{
	*out = strcmp(word, "log") == 0 ? CM_KEY_LOG : CM_KEY_WITNESS;
	return *out == CM_KEY_LOG || strcmp(word, "witness") == 0;
}

static enum cm_exit
run_end(const struct cm_command *command, int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(command, argc, argv, ctx);
	struct ending e = { .ctx = ctx, .out = "key-ended", .rotate = command == &cm_command_key_rotate };
	enum cm_exit code = CM_EXIT_OK;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == OPT_OUT)
			e.out = a.value;
		else if (id == OPT_REASON)
			e.key.reason.text = a.value;
		else if (id == OPT_JSON)
			e.json = true;
		else if (id != OPT_ROLE)
			return CM_EXIT_USAGE;
		else if (!read_role(a.value, &e.key.role))
			return cm_cli_usage(ctx, command, "--role is log or witness");
	if (a.n != 0)
		return cm_cli_usage(ctx, command, "it takes no operand");
	if (!cm_cli_case(ctx, &e.c, &code))
		return code;
	cm_arena_init(&e.arena, 0);
	code = end_key(&e);
	cm_witness_files_close(e.witness);
	cm_keyring_close(&e.keyring);
	cm_buf_release(&e.statement);
	cm_buf_release(&e.sig);
	cm_buf_release(&e.receipt);
	cm_arena_fini(&e.arena);
	cm_case_close(e.c);
	return code;
}

static enum cm_exit
run_rotate(int argc, char **argv, const struct cm_context *ctx)
{
	return run_end(&cm_command_key_rotate, argc, argv, ctx);
}

static enum cm_exit
run_revoke(int argc, char **argv, const struct cm_context *ctx)
{
	return run_end(&cm_command_key_revoke, argc, argv, ctx);
}

const struct cm_command cm_command_key_rotate = {
	.name = "key rotate",
	.run = run_rotate,
	.flags = CM_COMMAND_CASE,
	.line = "Makes a new key, which a last statement of or about the old one names",
	.options = options,
	.more = "The old key's files stay in the case as key.ended-N: destroy the secret one when you\n"
		"need it no more.  With --role the log's or witness's folder becomes log.ended-N or\n"
		"witness.ended-N, and a new one is made.\n",
};

const struct cm_command cm_command_key_revoke = {
	.name = "key revoke",
	.run = run_revoke,
	.flags = CM_COMMAND_CASE,
	.line = "Ends a key for good: with the statement key the case can state nothing more",
	.options = options,
	.more = "If another key is to follow, `comity key rotate' instead: a successor that the old key\n"
		"names needs no new introduction.\n",
};
