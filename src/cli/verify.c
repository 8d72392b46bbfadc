/* `comity verify`: what holds of a dossier.  Reads it, and the list of signers, in a
 * confined child: both come from outside. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/acknowledge.h"
#include "cli/case.h"
#include "cli/commands.h"
#include "cli/encrypted.h"
#include "cli/verify.h"
#include "cli/verify_own.h"
#include "cli/verify_seen.h"
#include "dossier/load.h"
#include "os/file.h"
#include "os/kept.h"
#include "os/pool.h"
#include "os/private.h"

enum { OPT_JSON = CM_OPT, OPT_SIGNERS, OPT_TRUST, OPT_TSA_CA, OPT_IDENTITY, OPT_REPORT, OPT_RECEIPT, OPT_ACCEPT,
	OPT_NO_CONFINE };

/* More than this no dossier has (docs/formats.md 3). */
#define DOSSIER_MAX ((uint64_t)UINT32_MAX)

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ OPT_SIGNERS, "signers", "FILE", "whose keys count: an OpenSSH allowed_signers file (default: `signers' in the case folder)" },
	{ OPT_TRUST, "trust", "FILE", "whose logs and witnesses count (default: `trust' in the case folder)" },
	{ OPT_TSA_CA, "tsa-ca", "FILE", "whose time stamps count: certificates, PEM" },
	{ OPT_IDENTITY, "identity", "FILE", "a key for a dossier that is encrypted with age (default: those of the case)" },
	{ OPT_REPORT, "report", "FILE", "write your own report of what was checked to FILE" },
	{ OPT_RECEIPT, "receipt", "FILE", "sign a receipt that says what came out: FILE and FILE.sig, for the sender" },
	{ OPT_ACCEPT, "accept", NULL, "the receipt accepts the obligations, too" },
	{ OPT_NO_CONFINE, "no-confine", NULL, "read without confining the reader (for debugging)" },
	{ 0 },
};

struct verify {
	bool json, no_confine, accept;
	const char *dossier, *signers, *trust, *tsa_ca, *identity, *report, *receipt;
	struct cm_kept bytes; /* the dossier's: what was checked is what is looked at later */
	struct cm_encrypted encrypted; /* these bytes are */
	struct cm_span plain;	       /* in the child: what came out of them, or they themselves */
	struct cm_buf signers_text, trust_text, tsa_text;
	struct cm_verify_own own;
	struct cm_verify_seen seen; /* in the child */
	struct cm_buf received; /* in the child: what a receipt has to say */
	struct cm_case *c;	/* for the receipt; or NULL */
	struct cm_buf answer;
	FILE *report_file;
};

static const char no_signers[] =
    "no --signers given, so every signer is unknown.  Get the sender's public key by another way than\n"
    "this dossier, and put one line into a file for each:\n"
    "\tNAME namespaces=\"statement@comity\" ssh-ed25519 AAAA...\n";

/* Malformed bytes are 4, a proof that says no is 1. */
static enum cm_exit
refuse(const struct cm_context *ctx, const struct verify *in, const struct cm_err *err)
{
	bool no = err->code == CM_E_REFUSED;
	struct cm_buf line = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&line, 0);

	if (err->code != CM_E_REFUSED && err->code != CM_E_MALFORMED && err->code != CM_E_LIMIT &&
	    err->code != CM_E_UNSUPPORTED)
		return cm_cli_error(ctx, in->dossier, err, NULL);
	cm_buf_printf(&line, "%s: ", no ? "REFUSED" : "MALFORMED");
	if (err->has_offset)
		cm_buf_printf(&line, "offset %llu: ", (unsigned long long)err->offset);
	cm_buf_add_str(&line, err->text);
	if (in->json) {
		struct cm_buf text = { 0 };

		w = cm_jsonw_of(&text, 0);
		cm_jsonw_object(&w);
		cm_jsonw_kstr(&w, "verdict", no ? "refused" : "malformed");
		cm_jsonw_kbuf(&w, "line", &line);
		cm_jsonw_object_end(&w);
		fwrite(text.ptr, 1, text.len, ctx->out);
		cm_buf_release(&text);
	} else {
		cm_cli_text(ctx->out, cm_buf_span(&line));
	}
	fputc('\n', ctx->out);
	cm_buf_release(&line);
	return no ? CM_EXIT_REFUSED : CM_EXIT_MALFORMED;
}

static enum cm_exit
write_report(const struct verify *in, const struct cm_context *ctx, const struct cm_verified *v)
{
	struct cm_buf html = { 0 };
	bool ok;

	if (in->report_file == NULL)
		return CM_EXIT_OK;
	ok = cm_verify_report(v, &html) == CM_OK && fwrite(html.ptr, 1, html.len, in->report_file) == html.len &&
	    fflush(in->report_file) == 0;
	cm_buf_release(&html);
	if (ok)
		return CM_EXIT_OK;
	cm_cli_say(ctx, "%s: cannot be written", in->report);
	return CM_EXIT_CANNOT;
}

static enum cm_exit
show(const struct verify *in, const struct cm_context *ctx, const struct cm_verified *v)
{
	enum cm_exit code = write_report(in, ctx, v);

	if (in->signers == NULL)
		fputs(no_signers, ctx->err);
	if (!(in->json ? cm_verify_json : cm_verify_text)(ctx, v)) {
		cm_cli_say(ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	return code != CM_EXIT_OK ? code : cm_verify_exit(v);
}

static CM_RESULT
read_signers(const struct verify *in, struct cm_arena *arena, struct cm_signers *out, struct cm_err *err)
{
	struct cm_err why = { 0 };
	enum cm_result rc;

	*out = (struct cm_signers) { 0 };
	if (in->signers == NULL)
		return CM_OK;
	rc = cm_signers_parse(cm_buf_span(&in->signers_text), arena, out, &why);
	if (rc == CM_OK || rc == CM_E_NOMEM)
		return rc;
	/* not the dossier's fault: exit 3, whatever is wrong with it */
	return cm_err_set(err, CM_E_IO, "%s: %s", in->signers, why.text);
}

/* The receiver's files on logs and on time stamps. */
static CM_RESULT
read_trust(const struct verify *in, struct cm_arena *arena, struct cm_policy *policy,
    struct cm_timestamp_ca **tsa, struct cm_err *err)
{
	struct cm_err why = { 0 };
	const char *file = in->trust;
	enum cm_result rc = CM_OK;

	if (in->trust != NULL)
		rc = cm_policy_parse(cm_buf_span(&in->trust_text), arena, policy, &why);
	if (rc == CM_OK && in->tsa_ca != NULL) {
		file = in->tsa_ca;
		rc = cm_timestamp_ca_new(cm_buf_span(&in->tsa_text), tsa, &why);
	}
	if (rc == CM_OK || rc == CM_E_NOMEM)
		return rc;
	return cm_err_set(err, CM_E_IO, "%s: %s", file, why.text);
}

static bool
is_fork(const struct verify *in, const struct cm_context *ctx, const struct cm_policy *policy, enum cm_exit *code)
{
	struct cm_verify_fork f = { ctx, in->plain, policy, in->json };

	return cm_verify_fork(&f, code);
}

static enum cm_exit
check_dossier(struct verify *in, const struct cm_context *ctx)
{
	struct cm_arena arena;
	struct cm_loaded held = { .arena = &arena };
	struct cm_pool *pool = NULL;
	struct cm_together together;
	struct cm_verify_in v = { .dossier = in->plain, .together = &together };
	struct cm_verified out = { 0 };
	struct cm_signers signers;
	struct cm_policy policy = { 0 };
	struct cm_err err = { 0 };
	enum cm_exit code;
	enum cm_result rc;

	cm_arena_init(&arena, 0);
	rc = cm_cli_source(v.source);
	if (rc == CM_OK)
		rc = read_signers(in, &arena, &signers, &err);
	if (rc == CM_OK)
		rc = cm_pool_new(0, &pool);
	together = cm_pool_together(pool);
	v.signers = in->signers != NULL ? &signers : NULL;
	v.receiver = in->own.receiver;
	if (rc == CM_OK)
		rc = read_trust(in, &arena, &policy, &v.tsa, &err);
	v.policy = in->trust != NULL ? &policy : NULL;
	if (rc == CM_OK && is_fork(in, ctx, v.policy, &code)) {
		cm_timestamp_ca_free(v.tsa);
		cm_arena_fini(&arena);
		return code;
	}
	if (rc == CM_OK)
		rc = cm_verify(&v, &held, &out, &err);
	cm_pool_free(pool);
	if (rc == CM_OK && in->own.there)
		rc = cm_verify_seen_collect(&out, &v, &in->seen);
	if (rc == CM_OK && in->seen.fork)
		rc = cm_err_set(&err, CM_E_REFUSED, "%s", in->seen.line);
	(void)cm_err_set(&err, rc, "%s", cm_result_word(rc));
	if (in->receipt != NULL && (rc == CM_OK || rc == CM_E_REFUSED || rc == CM_E_MALFORMED))
		cm_acknowledge_collect(&held, rc == CM_OK ? &out : NULL, in->plain, &in->received);
	code = rc == CM_OK ? show(in, ctx, &out) : refuse(ctx, in, &err);
	cm_verify_release(&held);
	cm_timestamp_ca_free(v.tsa);
	cm_arena_fini(&arena);
	return code;
}

/* In the child. */
static enum cm_exit
check(void *arg, const struct cm_context *ctx)
{
	struct verify *in = arg;
	struct cm_err err = { 0 };
	enum cm_result rc = cm_encrypted_open(ctx, &in->encrypted, &in->plain, &err);

	if (rc == CM_OK)
		return check_dossier(in, ctx);
	return rc == CM_E_UNSUPPORTED ? cm_cli_error(ctx, in->dossier, &err, NULL) : refuse(ctx, in, &err);
}

/* For messages. */
static const char *
own_file(struct verify *in, const char *name)
{
	const char *path = cm_arena_printf(&in->own.arena, "%s/%s", in->own.folder, name);

	return path != NULL ? path : name;
}

/* What was not given comes from the case folder, where there is one. */
static enum cm_exit
take_own(struct verify *in, const struct cm_context *ctx)
{
	if (in->signers != NULL && in->trust != NULL && in->tsa_ca != NULL)
		return CM_EXIT_OK;
	if (!cm_verify_own_read(ctx, &in->own)) {
		cm_cli_say(ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	if (!in->own.there)
		return CM_EXIT_OK;
	cm_cli_say(ctx, "whose statements, logs and witnesses count is taken from %s", in->own.folder);
	if (in->signers == NULL) {
		cm_buf_add_span(&in->signers_text, cm_buf_span(&in->own.signers));
		in->signers = own_file(in, "signers");
	}
	if (in->trust == NULL && in->own.trust.len > 0) {
		cm_buf_add_span(&in->trust_text, cm_buf_span(&in->own.trust));
		in->trust = own_file(in, "trust");
	}
	if (in->tsa_ca == NULL && in->own.tsa.len > 0) {
		cm_buf_add_span(&in->tsa_text, cm_buf_span(&in->own.tsa));
		in->tsa_ca = own_file(in, "tsa.pem");
	}
	if (cm_buf_ok(&in->signers_text) && cm_buf_ok(&in->trust_text) && cm_buf_ok(&in->tsa_text))
		return CM_EXIT_OK;
	cm_cli_say(ctx, "out of memory");
	return CM_EXIT_CANNOT;
}

static CM_RESULT
take_bytes(struct verify *in, const struct cm_context *ctx, struct cm_err *err)
{
	const char *folder = ctx->tmp != NULL ? ctx->tmp : "/var/tmp";
	struct cm_file *file;
	enum cm_result rc = cm_file_open(in->dossier, &file, err);

	if (rc != CM_OK)
		return rc;
	rc = cm_kept_take(&in->bytes, cm_file_fd(file), cm_encrypted_max(DOSSIER_MAX), folder, err);
	cm_file_close(file);
	return rc;
}

static enum cm_exit
take_encrypted(struct verify *in, const struct cm_context *ctx)
{
	struct cm_encrypted_in e = { ctx, cm_kept_bytes(&in->bytes), in->identity, DOSSIER_MAX };
	struct cm_err err = { 0 };
	enum cm_exit code = cm_encrypted_prepare(&e, &in->encrypted);

	if (code != CM_EXIT_OK || in->encrypted.is || e.file.len <= DOSSIER_MAX)
		return code;
	(void)cm_err_set(&err, CM_E_LIMIT, "longer than it can be");
	(void)cm_cli_error(ctx, in->dossier, &err, NULL);
	return CM_EXIT_MALFORMED;
}

static enum cm_exit
prepare(struct verify *in, const struct cm_context *ctx)
{
	struct cm_err err = { 0 };
	enum cm_exit code;

	if (in->signers != NULL &&
	    cm_whole_read(in->signers, CM_SIGNERS_BYTES, &in->signers_text, &err) != CM_OK)
		return cm_cli_error(ctx, in->signers, &err, NULL);
	if (in->trust != NULL && cm_whole_read(in->trust, CM_POLICY_BYTES, &in->trust_text, &err) != CM_OK)
		return cm_cli_error(ctx, in->trust, &err, NULL);
	if (in->tsa_ca != NULL && cm_whole_read(in->tsa_ca, CM_TIMESTAMP_CA_BYTES, &in->tsa_text, &err) != CM_OK)
		return cm_cli_error(ctx, in->tsa_ca, &err, NULL);
	if (take_own(in, ctx) != CM_EXIT_OK)
		return CM_EXIT_CANNOT;
	if (take_bytes(in, ctx, &err) != CM_OK) {
		(void)cm_cli_error(ctx, in->dossier, &err, NULL);
		return err.code == CM_E_LIMIT ? CM_EXIT_MALFORMED : CM_EXIT_CANNOT;
	}
	code = take_encrypted(in, ctx);
	if (code != CM_EXIT_OK || in->report == NULL)
		return code;
	in->report_file = cm_cli_create(ctx, in->report);
	return in->report_file != NULL ? CM_EXIT_OK : CM_EXIT_CANNOT;
}

static bool
take_option(struct verify *in, const struct cm_args *a, int id)
{
	switch (id) {
	case OPT_JSON:
		in->json = true;
		return true;
	case OPT_SIGNERS:
		in->signers = a->value;
		return true;
	case OPT_TRUST:
		in->trust = a->value;
		return true;
	case OPT_TSA_CA:
		in->tsa_ca = a->value;
		return true;
	case OPT_IDENTITY:
		in->identity = a->value;
		return true;
	case OPT_REPORT:
		in->report = a->value;
		return true;
	case OPT_RECEIPT:
		in->receipt = a->value;
		return true;
	case OPT_ACCEPT:
		in->accept = true;
		return true;
	case OPT_NO_CONFINE:
		in->no_confine = true;
		return true;
	default:
		return false;
	}
}

/* In the child, behind its run. */
static struct cm_span
answer(void *arg)
{
	struct verify *in = arg;
	struct cm_buf *b = &in->answer;

	cm_buf_add_u32(b, (uint32_t)in->received.len);
	cm_buf_add_span(b, cm_buf_span(&in->received));
	cm_buf_add_span(b, cm_buf_span(&in->seen.records));
	return in->received.failed || b->failed ? cm_span_of(NULL, 0) : cm_buf_span(b);
}

static enum cm_exit
acknowledge(const struct verify *in, const struct cm_context *ctx, struct cm_span record)
{
	struct cm_acknowledge a = { ctx, in->c, record, in->receipt, in->accept };

	return in->receipt == NULL ? CM_EXIT_OK : cm_acknowledge_state(&a);
}

/* What the child answered: for a receipt, and for what is remembered of logs. */
static enum cm_exit
take_answer(const struct verify *in, const struct cm_context *ctx, enum cm_exit code)
{
	struct cm_cursor c = cm_cursor_of(cm_buf_span(&in->answer));
	struct cm_span record = cm_cursor_take(&c, cm_cursor_u32(&c));
	enum cm_exit kept, given;

	if (c.bad && code == CM_EXIT_CANNOT)
		return code; /* it has said why */
	if (c.bad) {
		cm_cli_say(ctx, "the confined reader's answer did not arrive");
		return CM_EXIT_CANNOT;
	}
	kept = cm_verify_seen_keep(ctx, cm_cursor_take(&c, cm_cursor_left(&c)));
	given = acknowledge(in, ctx, record);
	return kept != CM_EXIT_OK ? kept : given != CM_EXIT_OK ? given : code;
}

static enum cm_exit
run_confined(struct verify *in, const struct cm_context *ctx)
{
	struct cm_confined job = { .file = in->dossier, .run = check, .arg = in,
		.unconfined = in->no_confine, .result = &in->answer, .answer = answer };
	enum cm_exit code;
	int fds[2];

	if (cm_encrypted_fd(&in->encrypted) >= 0)
		fds[job.n_fds++] = cm_encrypted_fd(&in->encrypted);
	if (in->report_file != NULL)
		fds[job.n_fds++] = fileno(in->report_file);
	job.fds = fds;
	code = cm_cli_confined(ctx, &job);
	return take_answer(in, ctx, code);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_verify, argc, argv, ctx);
	struct verify in = { 0 };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(&in, &a, id))
			return CM_EXIT_USAGE;
	if (a.n != 1)
		return cm_cli_usage(ctx, &cm_command_verify, "which dossier?");
	if (in.accept && in.receipt == NULL)
		return cm_cli_usage(ctx, &cm_command_verify, "--accept is said in a --receipt");
	in.dossier = a.operand[0];
	if (in.receipt != NULL && (!cm_cli_case(ctx, &in.c, &code) || !cm_acknowledge_ready(ctx, in.receipt))) {
		cm_case_close(in.c);
		return CM_EXIT_CANNOT;
	}
	code = prepare(&in, ctx);
	if (code == CM_EXIT_OK)
		code = run_confined(&in, ctx);
	cm_encrypted_release(&in.encrypted);
	cm_kept_fini(&in.bytes);
	cm_buf_release(&in.signers_text);
	cm_buf_release(&in.trust_text);
	cm_buf_release(&in.tsa_text);
	cm_verify_own_release(&in.own);
	cm_buf_release(&in.answer);
	cm_buf_release(&in.received);
	cm_case_close(in.c);
	if (in.report_file != NULL)
		fclose(in.report_file);
	return code;
}

const struct cm_command cm_command_verify = {
	.name = "verify",
	.run = run,
	.line = "Checks a dossier without trusting who sent it",
	.operands = "DOSSIER",
	.options = options,
	.more = "Needs neither a case folder nor a key; what is not given is taken from the case here, if\n"
		"there is one.  A key found only inside the dossier is never trusted.  Every finding is\n"
		"made again from the rows that are open.  Receipts of logs and time stamps say since\n"
		"when a statement existed at the latest; a log or witness counts if --trust names it, a\n"
		"time stamp if --tsa-ca has its root.\n"
		"\n"
		"A dossier that is encrypted with age is decrypted with the key that `comity key age' made,\n"
		"with the statement key, or with --identity.\n"
		"\n"
		"Exits 0 if all holds and all was redone, 5 if signatures and openings hold but some\n"
		"findings could not be redone from what is open, or statements are not shown to be\n"
		"logged as the quorum of --trust asks, 1 if it is refused, contradicted, or by an\n"
		"unknown signer, 2 for wrong use, 3 if it could not do its work, 4 if it is\n"
		"malformed.  The last line is the verdict.\n"
		"\n"
		"With --receipt a statement of this case says what came out; `comity ledger --owed' lists\n"
		"what is owed since.\n",
};
