/* `comity log evidence`: packs two checkpoints that do not agree as a dossier of its own. */
#include <string.h>

#include "cli/case.h"
#include "cli/commands.h"
#include "cli/keys.h"
#include "dossier/fork.h"
#include "os/private.h"

enum { OPT_OUT = 'o', OPT_KEY = CM_OPT, OPT_PROOF };

static const struct cm_option options[] = {
	{ OPT_OUT, "out", "FILE", "the dossier (default: fork.dossier)" },
	{ OPT_KEY, "key", "VKEY", "the log's verifier key (default: from the trust file of the case)" },
	{ OPT_PROOF, "proof", "FILE", "what the larger one begins with, as `comity log follow' kept it" },
	{ 0 },
};

struct evidence {
	const struct cm_context *ctx;
	const char *out, *key, *proof;
	struct cm_buf one, two, text;
	struct cm_arena arena;
	struct cm_fork fork;
	struct cm_err err;
};

/* The key under which the first note's origin is trusted. */
static enum cm_result
trusted_key(struct evidence *e, struct cm_vkey *out)
{
	const struct cm_policy_log *log;
	struct cm_buf folder = { 0 };
	struct cm_checkpoint c;
	struct cm_trust trust;
	struct cm_note note;
	enum cm_result r = cm_note_parse(cm_buf_span(&e->one), &e->arena, &note, &e->err);

	if (r == CM_OK)
		r = cm_checkpoint_parse(note.text, &c, &e->err);
	if (r == CM_OK)
		r = cm_case_find(e->ctx->case_folder, ".", &folder, &e->err);
	if (r == CM_OK)
		r = cm_buf_cstr(&folder) != NULL ? cm_trust_read(cm_buf_cstr(&folder), &e->arena, &trust, &e->err) : CM_E_NOMEM;
	cm_buf_release(&folder);
	if (r != CM_OK)
		return r;
	log = cm_policy_find_log(&trust.policy, c.origin);
	if (log == NULL)
		return cm_err_set(&e->err, CM_E_NOTFOUND, "the trust file has no log %s: give its key with --key", c.origin);
	*out = log->key;
	return CM_OK;
}

static enum cm_result
read_proof(struct evidence *e)
{
	struct cm_buf text = { 0 };
	enum cm_result r;

	if (e->proof == NULL)
		return CM_OK;
	r = cm_whole_read(e->proof, CM_FORK_TEXT_BYTES, &text, &e->err);
	if (r == CM_OK)
		r = cm_fork_parse(cm_buf_span(&text), &e->fork, &e->err);
	cm_buf_release(&text);
	return r;
}

static enum cm_result
read_all(struct evidence *e, const struct cm_args *a)
{
	enum cm_result r = cm_whole_read(a->operand[0], CM_NOTE_BYTES, &e->one, &e->err);

	if (r == CM_OK)
		r = cm_whole_read(a->operand[1], CM_NOTE_BYTES, &e->two, &e->err);
	if (r == CM_OK)
		r = read_proof(e);
	if (r == CM_OK && e->key != NULL)
		r = cm_vkey_parse(cm_span_str(e->key), &e->fork.key, &e->err);
	else if (r == CM_OK && e->proof == NULL)
		r = trusted_key(e, &e->fork.key);
	e->fork.one = cm_buf_span(&e->one);
	e->fork.two = cm_buf_span(&e->two);
	return r;
}

static enum cm_exit
make(struct evidence *e, const struct cm_args *a)
{
	struct cm_write_mode mode = { CM_WRITE_NEW, 0644 };
	struct cm_forked k;
	enum cm_result r = read_all(e, a);

	if (r == CM_OK)
		r = cm_fork_check(&e->fork, &e->arena, &k, &e->err);
	if (r == CM_OK)
		r = cm_fork_pack(&e->fork, &e->text, &e->err);
	if (r == CM_OK)
		r = cm_whole_write(e->out, cm_buf_span(&e->text), mode, &e->err);
	if (r != CM_OK)
		return cm_cli_error(e->ctx, NULL, &e->err, "no dossier was made");
	fprintf(e->ctx->out, "It is proven that ");
	cm_cli_text(e->ctx->out, cm_span_str(k.small.origin));
	fprintf(e->ctx->out, " signed two histories.  `comity verify' checks it, without a case.\n%s\n", e->out);
	return CM_EXIT_OK;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_log_evidence, argc, argv, ctx);
	struct evidence e = { .ctx = ctx, .out = "fork.dossier" };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == OPT_OUT)
			e.out = a.value;
		else if (id == OPT_KEY)
			e.key = a.value;
		else if (id == OPT_PROOF)
			e.proof = a.value;
		else
			return CM_EXIT_USAGE;
	if (a.n != 2)
		return cm_cli_usage(ctx, a.command, "two checkpoints are wanted");
	cm_arena_init(&e.arena, 0);
	code = make(&e, &a);
	cm_arena_fini(&e.arena);
	cm_buf_release(&e.one);
	cm_buf_release(&e.two);
	cm_buf_release(&e.text);
	return code;
}

const struct cm_command cm_command_log_evidence = {
	.name = "log evidence",
	.run = run,
	.line = "Packs two checkpoints that do not agree: proof of a fork",
	.operands = "CHECKPOINT CHECKPOINT",
	.options = options,
	.more = "Of one size, two signed checkpoints with different roots are proof.  Of two sizes, the\n"
		"larger one's tree must begin otherwise than the smaller one says: `comity log follow'\n"
		"keeps that proof when it meets such a pair.  Exits 1 if the two may well agree.\n",
};
