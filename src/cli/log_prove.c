/* `comity log prove`: a receipt for one statement, or that the log only grew. */
#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "cli/commands.h"
#include "cli/log.h"
#include "cli/receipts.h"
#include "codec/base64.h"

enum { OPT_FROM = CM_OPT, OPT_OUT = 'o' };

static const struct cm_option options[] = {
	{ OPT_OUT, "out", "FILE", "write the receipt to FILE (default: standard output)" },
	{ OPT_FROM, "from", "SIZE", "prove that the log only grew since it had this size" },
	{ 0 },
};

struct proving {
	struct cm_cli_log log;
	const char *out;
	bool grew;
	uint64_t from;
	struct cm_receipts receipts;
};

/* A place in the log, the digest of a statement, or the statement's file. */
static enum cm_result
find_place(struct proving *p, const char *what, uint64_t *place)
{
	struct cm_cli_log *l = &p->log;
	uint8_t digest[32];
	struct cm_buf text = { 0 };
	enum cm_result r = CM_OK;

	if (strspn(what, "0123456789") == strlen(what) && strlen(what) < 20) {
		*place = 0;
		for (; *what != '\0'; what++)
			*place = *place * 10 + (uint64_t)(*what - '0');
		return CM_OK;
	}
	if (cm_hex_decode(cm_span_str(what), digest, sizeof(digest)) != CM_OK) {
		r = cm_whole_read(what, CM_RECEIPT_STATEMENT_MAX, &text, &l->err);
		if (r == CM_OK)
			cm_sha256(text.ptr, text.len, digest);
		cm_buf_release(&text);
	}
	return r == CM_OK ? cm_case_logged_at(l->c, digest, place, &l->err) : r;
}

static enum cm_exit
write_out(struct proving *p, struct cm_buf *text)
{
	struct cm_cli_log *l = &p->log;
	FILE *f = l->ctx->out;

	if (!cm_buf_ok(text)) {
		cm_cli_say(l->ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	if (p->out != NULL)
		f = cm_cli_create(l->ctx, p->out);
	if (f == NULL)
		return CM_EXIT_CANNOT;
	fwrite(text->ptr, 1, text->len, f);
	if (p->out == NULL || fclose(f) == 0)
		return CM_EXIT_OK;
	cm_cli_say(l->ctx, "%s: cannot be written", p->out);
	return CM_EXIT_CANNOT;
}

/* A hash a line, as a witness is sent it. */
static enum cm_result
prove_growth(struct proving *p, struct cm_buf *out)
{
	struct cm_proof proof;
	size_t i;
	enum cm_result r = cm_receipts_growth(&p->receipts, p->from, &proof, &p->log.err);

	if (r != CM_OK)
		return r;
	cm_buf_printf(out, "old %" PRIu64 "\n", p->from);
	for (i = 0; i < proof.n; i++) {
		cm_base64_encode(cm_span_of(proof.hash[i], 32), out);
		cm_buf_add_str(out, "\n");
	}
	cm_buf_add_str(out, "\n");
	cm_buf_add_span(out, cm_receipts_checkpoint(&p->receipts));
	return CM_OK;
}

static enum cm_exit
prove(struct proving *p, const struct cm_args *a)
{
	struct cm_buf text = { 0 };
	uint64_t place = 0;
	enum cm_exit code;
	enum cm_result r = cm_receipts_begin(&p->receipts, p->log.files, &p->log.err);

	if (r == CM_OK && p->grew)
		r = prove_growth(p, &text);
	if (r == CM_OK && !p->grew)
		r = find_place(p, a->operand[0], &place);
	if (r == CM_OK && !p->grew)
		r = cm_receipts_make(&p->receipts, place, &text, &p->log.err);
	code = r == CM_OK ? write_out(p, &text) : cm_cli_error(p->log.ctx, NULL, &p->log.err, NULL);
	cm_buf_release(&text);
	return code;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_log_prove, argc, argv, ctx);
	struct proving p = { .log = { .ctx = ctx } };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == OPT_OUT)
			p.out = a.value;
		else if (id == OPT_FROM && cm_args_number(&a, "from", INT64_MAX, &p.from))
			p.grew = true;
		else
			return CM_EXIT_USAGE;
	if (a.n != (p.grew ? 0 : 1))
		return cm_cli_usage(ctx, a.command, "which statement: its file, digest, or place in the log?");
	code = cm_cli_log_open(&p.log, CM_LOG_READ);
	if (code == CM_EXIT_OK)
		code = prove(&p, &a);
	cm_receipts_end(&p.receipts);
	cm_cli_log_close(&p.log);
	return code;
}

const struct cm_command cm_command_log_prove = {
	.name = "log prove",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Writes the receipt of a statement, for use without a network",
	.operands = "STATEMENT",
	.options = options,
	.more = "STATEMENT is its file, its SHA-256, or its place in the log.  The receipt is a C2SP\n"
		"tlog-proof; `comity log verify' and other tools check it.  With --from what is written\n"
		"is the body of a witness's add-checkpoint: the proof that the log of that size only\n"
		"grew, and the checkpoint.\n",
};
