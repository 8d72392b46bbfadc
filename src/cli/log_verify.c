/* `comity log verify`: does this receipt prove that this statement was logged?  Needs no
 * network and no case.  What came from others is read in a confined child. */
#include <inttypes.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/log.h"
#include "cli/receipts.h"
#include "cli/verify_own.h"
#include "codec/rfc3339.h"

enum { OPT_TRUST = CM_OPT, OPT_ENTRY, OPT_JSON, OPT_NO_CONFINE };

static const struct cm_option options[] = {
	{ OPT_TRUST, "trust", "FILE", "whose logs and witnesses count (default: that of the case)" },
	{ OPT_ENTRY, "entry", NULL, "STATEMENT is the log's entry itself, of whatever log" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ OPT_NO_CONFINE, "no-confine", NULL, "read without confining the reader (for debugging)" },
	{ 0 },
};

struct checking {
	const struct cm_context *ctx;
	bool json, entry_given, no_confine;
	const char *trust_name, *receipt_name;
	struct cm_buf trust, receipt, statement, sig;
	struct cm_verify_own own; /* keys that ended, if there is a case */
	/* in the child */
	struct cm_arena arena;
	struct cm_policy policy;
	struct cm_buf entry;
	struct cm_receipt r;
	struct cm_checkpoint checkpoint;
	struct cm_note note;
	struct cm_witnessed witnessed;
	struct cm_err err;
};

static enum cm_result
read_entry(struct checking *c)
{
	if (!c->entry_given)
		return cm_cli_entry(cm_buf_span(&c->statement), cm_buf_span(&c->sig), &c->entry, &c->err);
	cm_buf_add_span(&c->entry, cm_buf_span(&c->statement));
	return cm_buf_ok(&c->entry) ? CM_OK : CM_E_NOMEM;
}

/* The log is known by the origin that its checkpoint gives; only then its key is. */
static enum cm_result
find_log(struct checking *c, const struct cm_policy_log **out)
{
	struct cm_note note;
	struct cm_checkpoint said;
	enum cm_result r = cm_note_parse(c->r.checkpoint, &c->arena, &note, &c->err);

	if (r == CM_OK)
		r = cm_checkpoint_parse(note.text, &said, &c->err);
	if (r != CM_OK)
		return r;
	*out = cm_policy_find_log(&c->policy, said.origin);
	if (*out == NULL)
		return cm_err_set(&c->err, CM_E_REFUSED,
		    "the log %s is not one that %s names: `comity trust add' its line", said.origin,
		    c->trust_name != NULL ? c->trust_name : "the trust file");
	return CM_OK;
}

/* What log and witnesses say, as far as their keys had not ended. */
static enum cm_result
judge_keys(struct checking *c, const struct cm_policy_log *log)
{
	const struct cm_ended_keys *keys = &c->own.receiver.ended;
	bool *ended = cm_arena_array(&c->arena, c->policy.n_members + 1, sizeof(*ended));

	if (ended == NULL)
		return cm_err_set(&c->err, CM_E_NOMEM, "out of memory");
	if (cm_ended_log(keys, &log->key, c->r.index))
		return cm_err_set(&c->err, CM_E_REFUSED,
		    "entry %" PRIu64 " of the log %s, whose key had ended before", c->r.index, c->checkpoint.origin);
	cm_ended_witnesses(keys, &c->policy, &c->checkpoint, ended);
	return cm_policy_judge_without(&c->policy, &c->note, ended, &c->arena, &c->witnessed, &c->err);
}

static enum cm_result
check(struct checking *c)
{
	const struct cm_policy_log *log = NULL;
	struct cm_err why = { 0 };
	enum cm_result r = cm_policy_parse(cm_buf_span(&c->trust), &c->arena, &c->policy, &why);

	/* not the receipt's fault */
	if (r != CM_OK)
		return cm_err_set(&c->err, CM_E_IO, "%s: %s", c->trust_name, why.text);
	r = cm_receipt_parse(cm_buf_span(&c->receipt), &c->arena, &c->r, &c->err);
	if (r == CM_OK)
		r = read_entry(c);
	if (r == CM_OK)
		r = find_log(c, &log);
	if (r == CM_OK)
		r = cm_receipt_check(
		    &c->r, cm_buf_span(&c->entry), &log->key, &c->arena, &c->checkpoint, &c->note, &c->err);
	if (r == CM_OK)
		r = judge_keys(c, log);
	return r;
}

static void
print_text(const struct checking *c)
{
	FILE *f = c->ctx->out;
	char when[CM_RFC3339_LEN + 1];
	size_t i;

	fprintf(f, "logged         entry %" PRIu64 " of %" PRIu64 " in ", c->r.index, c->checkpoint.size);
	cm_cli_text(f, cm_span_str(c->checkpoint.origin));
	fputc('\n', f);
	for (i = 0; i < c->witnessed.n; i++) {
		cm_rfc3339_format((int64_t)c->witnessed.at[i], when);
		fprintf(f, "cosigned       %s  ", when);
		cm_cli_text(f, cm_span_str(c->policy.member[c->witnessed.witness[i]].name));
		fputc('\n', f);
	}
	cm_rfc3339_format((int64_t)c->witnessed.time, when);
	if (!c->policy.has_quorum)
		fprintf(f, "HOLDS: it is in the log.  No quorum is asked for, so nothing is said of when.\n");
	else if (c->witnessed.enough)
		fprintf(f, "HOLDS: existed not later than %s (the quorum's word)\n", when);
	else
		fprintf(f, "REFUSED: it is in the log, but not enough witnesses have cosigned it\n");
}

static enum cm_exit
print_json(const struct checking *c)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	size_t i;

	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "verdict", c->witnessed.enough ? "holds" : "refused");
	cm_jsonw_kstr(&w, "origin", c->checkpoint.origin);
	cm_jsonw_kuint(&w, "place", c->r.index);
	cm_jsonw_kuint(&w, "size", c->checkpoint.size);
	cm_jsonw_key(&w, "cosigned");
	cm_jsonw_array(&w);
	for (i = 0; i < c->witnessed.n; i++) {
		cm_jsonw_object(&w);
		cm_jsonw_kstr(&w, "witness", c->policy.member[c->witnessed.witness[i]].name);
		cm_jsonw_kuint(&w, "time", c->witnessed.at[i]);
		cm_jsonw_object_end(&w);
	}
	cm_jsonw_array_end(&w);
	cm_jsonw_kbool(&w, "quorum_asked", c->policy.has_quorum);
	if (c->policy.has_quorum && c->witnessed.enough)
		cm_jsonw_kuint(&w, "not_later_than", c->witnessed.time);
	cm_jsonw_object_end(&w);
	return cm_cli_json(c->ctx, &b);
}

static enum cm_exit
refuse(const struct checking *c)
{
	bool no = c->err.code == CM_E_REFUSED || c->err.code == CM_E_NOTFOUND;
	bool bad = c->err.code == CM_E_MALFORMED || c->err.code == CM_E_LIMIT || c->err.code == CM_E_UNSUPPORTED;
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	if (!no && !bad)
		return cm_cli_error(c->ctx, NULL, &c->err, NULL);
	if (c->json) {
		cm_jsonw_object(&w);
		cm_jsonw_kstr(&w, "verdict", no ? "refused" : "malformed");
		cm_jsonw_kstr(&w, "line", c->err.text);
		cm_jsonw_object_end(&w);
		if (cm_cli_json(c->ctx, &b) != CM_EXIT_OK)
			return CM_EXIT_CANNOT;
	} else {
		fprintf(c->ctx->out, "%s: ", no ? "REFUSED" : "MALFORMED");
		if (c->err.has_offset)
			fprintf(c->ctx->out, "offset %" PRIu64 ": ", c->err.offset);
		cm_cli_text(c->ctx->out, cm_span_str(c->err.text));
		fputc('\n', c->ctx->out);
	}
	return no ? CM_EXIT_REFUSED : CM_EXIT_MALFORMED;
}

/* In the child. */
static enum cm_exit
judge(void *arg, const struct cm_context *ctx)
{
	struct checking *c = arg;
	enum cm_exit code = CM_EXIT_OK;

	c->ctx = ctx;
	cm_arena_init(&c->arena, 0);
	if (check(c) != CM_OK)
		code = refuse(c);
	else if (c->json)
		code = print_json(c);
	else
		print_text(c);
	if (code == CM_EXIT_OK && !c->witnessed.enough && c->err.code == CM_OK)
		code = CM_EXIT_REFUSED;
	cm_buf_release(&c->entry);
	cm_arena_fini(&c->arena);
	return cm_cli_finish(ctx, code);
}

/* The case's own trust file. */
static enum cm_result
read_own_trust(struct checking *c)
{
	struct cm_buf folder = { 0 };
	enum cm_result r = cm_case_find(c->ctx->case_folder, ".", &folder, &c->err);

	c->trust_name = "the trust file of the case";
	if (r == CM_OK)
		cm_buf_add_str(&folder, "/" CM_TRUST_FILE);
	if (r == CM_OK && cm_buf_cstr(&folder) == NULL)
		r = cm_err_set(&c->err, CM_E_NOMEM, "out of memory");
	if (r == CM_OK)
		r = cm_whole_read(cm_buf_cstr(&folder), CM_POLICY_BYTES, &c->trust, &c->err);
	cm_buf_release(&folder);
	return r;
}

static enum cm_result
read_files(struct checking *c, const char *statement)
{
	struct cm_buf sig = { 0 };
	enum cm_result r = cm_whole_read(c->receipt_name, CM_RECEIPT_BYTES, &c->receipt, &c->err);

	if (r == CM_OK)
		r = cm_whole_read(statement, CM_RECEIPT_STATEMENT_MAX, &c->statement, &c->err);
	if (r == CM_OK && !c->entry_given) {
		cm_buf_printf(&sig, "%s.sig", statement);
		r = cm_buf_cstr(&sig) == NULL ? cm_err_set(&c->err, CM_E_NOMEM, "out of memory")
					      : cm_whole_read(cm_buf_cstr(&sig), 65536, &c->sig, &c->err);
	}
	cm_buf_release(&sig);
	if (r == CM_OK)
		r = c->trust_name == NULL ? read_own_trust(c)
					  : cm_whole_read(c->trust_name, CM_POLICY_BYTES, &c->trust, &c->err);
	return r;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_log_verify, argc, argv, ctx);
	struct checking c = { .ctx = ctx };
	struct cm_confined job = { .run = judge, .arg = &c };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == OPT_TRUST)
			c.trust_name = a.value;
		else if (id == OPT_ENTRY)
			c.entry_given = true;
		else if (id == OPT_JSON)
			c.json = true;
		else if (id == OPT_NO_CONFINE)
			job.unconfined = true;
		else
			return CM_EXIT_USAGE;
	if (a.n != 2)
		return cm_cli_usage(ctx, a.command, "a receipt and a statement are wanted");
	c.receipt_name = job.file = a.operand[0];
	if (read_files(&c, a.operand[1]) == CM_OK && !cm_verify_own_read(ctx, &c.own))
		(void)cm_err_set(&c.err, CM_E_NOMEM, "out of memory");
	if (c.err.code == CM_OK)
		code = cm_cli_confined(ctx, &job);
	else
		code = cm_cli_error(ctx, NULL, &c.err, NULL);
	cm_verify_own_release(&c.own);
	cm_buf_release(&c.trust);
	cm_buf_release(&c.receipt);
	cm_buf_release(&c.statement);
	cm_buf_release(&c.sig);
	return code;
}

const struct cm_command cm_command_log_verify = {
	.name = "log verify",
	.run = run,
	.line = "Checks a receipt: was this statement logged, and not later than when?",
	.operands = "RECEIPT STATEMENT",
	.options = options,
	.more = "STATEMENT is a statement's file, with its signature beside it (STATEMENT.sig).  Exits\n"
		"0 if the receipt holds and the quorum of the trust file has cosigned, 1 if not, 4 if\n"
		"it is malformed.\n",
};
