/* `comity trust add`: takes the lines that another party's `comity init' printed. */
#include <string.h>

#include "cli/case.h"
#include "cli/commands.h"
#include "cli/ended.h"
#include "cli/keys.h"
#include "os/private.h"

#define LINES_MAX ((size_t)64 << 10)

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print JSON: the keys that were added, with their fingerprints" },
	{ 0 },
};

struct adding {
	const struct cm_context *ctx;
	struct cm_case *c;
	bool json;
	struct cm_arena arena;
	struct cm_trust_key own[CM_CLI_OWN_KEYS];
	size_t n_own;
	struct cm_err err;
};

/* One process at a time, so that no line is lost; nothing of the database changes. */
static enum cm_result
add_lines(struct adding *a, struct cm_span lines)
{
	enum cm_result r = cm_case_begin(a->c, &a->err);

	if (r == CM_OK)
		r = cm_trust_add(cm_case_folder(a->c), lines, a->own, a->n_own, &a->err);
	cm_case_rollback(a->c);
	return r;
}

static bool
is_statement(const char *operand)
{
	size_t len = strlen(operand), end = strlen(".json");

	return len > end && strcmp(operand + len - end, ".json") == 0;
}

/* A statement that a key has ended. */
static enum cm_exit
take_statement(struct adding *a, const char *operand)
{
	struct cm_trust t;

	if (cm_trust_read(cm_case_folder(a->c), &a->arena, &t, &a->err) != CM_OK)
		return cm_cli_error(a->ctx, NULL, &a->err, "nothing was taken");
	return cm_cli_take_ended(a->ctx, a->c, &t, operand, a->json);
}

/* An operand is a file that is there, or a line itself.  All of its lines are added, or none. */
static enum cm_result
add_operand(struct adding *a, const char *operand)
{
	struct cm_buf text = { 0 };
	enum cm_result r = CM_OK;

	if (!cm_path_exists(operand) && strchr(operand, ' ') == NULL)
		return cm_err_set(&a->err, CM_E_NOTFOUND,
		    "%s: no such file, and no line: `log VKEY [URL]', `witness NAME VKEY [URL]', or one of "
		    "allowed signers (quote it)", operand);
	if (cm_path_exists(operand))
		r = cm_whole_read(operand, LINES_MAX, &text, &a->err);
	else
		cm_buf_add_str(&text, operand);
	if (r == CM_OK && !cm_buf_ok(&text))
		r = cm_err_set(&a->err, CM_E_NOMEM, "out of memory");
	if (r == CM_OK)
		r = add_lines(a, cm_buf_span(&text));
	cm_buf_release(&text);
	return r;
}

static bool
was_there(const struct cm_trust_keys *before, const struct cm_trust_key *k)
{
	size_t i;

	for (i = 0; i < before->n; i++)
		if (before->key[i].role == k->role && memcmp(before->key[i].point, k->point, 32) == 0)
			return true;
	return false;
}

static void
print_text(struct adding *a, const struct cm_trust_keys *before, const struct cm_trust_keys *now)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	size_t n = 0, i;

	for (i = 0; i < now->n; i++) {
		if (was_there(before, &now->key[i]))
			continue;
		cm_cli_fingerprint(now->key[i].point, fingerprint);
		fprintf(a->ctx->out, "%-14s %s  ", cm_trust_role_word(now->key[i].role), fingerprint);
		cm_cli_text(a->ctx->out, cm_span_str(now->key[i].name));
		fputc('\n', a->ctx->out);
		n++;
	}
	if (n == 0)
		fprintf(a->ctx->out, "No key is new: all of them were there already.\n");
	else
		fprintf(a->ctx->out,
		    "\nHave %s read out to you over another channel (by telephone, in person) and\n"
		    "compare: whoever could change the file on its way could have changed the key%s.\n",
		    n == 1 ? "this fingerprint" : "these fingerprints", n == 1 ? "" : "s");
}

static enum cm_exit
print_json(struct adding *a, const struct cm_trust_keys *before, const struct cm_trust_keys *now)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	size_t i;

	cm_jsonw_array(&w);
	for (i = 0; i < now->n; i++) {
		if (was_there(before, &now->key[i]))
			continue;
		cm_cli_fingerprint(now->key[i].point, fingerprint);
		cm_jsonw_object(&w);
		cm_jsonw_kstr(&w, "role", cm_trust_role_word(now->key[i].role));
		cm_jsonw_kstr(&w, "name", now->key[i].name);
		cm_jsonw_kstr(&w, "fingerprint", fingerprint);
		cm_jsonw_object_end(&w);
	}
	cm_jsonw_array_end(&w);
	return cm_cli_json(a->ctx, &b);
}

/* All keys that are trusted now. */
static enum cm_result
keys_now(struct adding *a, struct cm_trust_keys *out)
{
	struct cm_trust t;
	enum cm_result r = cm_trust_read(cm_case_folder(a->c), &a->arena, &t, &a->err);

	return r == CM_OK ? cm_trust_keys(&t, NULL, 0, &a->arena, out, &a->err) : r;
}

static enum cm_exit
add_all(struct adding *a, const struct cm_args *args)
{
	struct cm_trust_keys before, now;
	enum cm_exit code = CM_EXIT_OK;
	enum cm_result r = cm_cli_own_keys(a->c, &a->arena, a->own, &a->n_own, &a->err);
	int i;

	if (r == CM_OK)
		r = keys_now(a, &before);
	for (i = 0; r == CM_OK && i < args->n; i++) {
		if (is_statement(args->operand[i]))
			code = take_statement(a, args->operand[i]);
		else
			r = add_operand(a, args->operand[i]);
		if (code != CM_EXIT_OK)
			return code;
	}
	if (r == CM_OK)
		r = keys_now(a, &now);
	if (r != CM_OK)
		return cm_cli_error(a->ctx, NULL, &a->err, "it was not added");
	if (a->json)
		return print_json(a, &before, &now);
	print_text(a, &before, &now);
	return CM_EXIT_OK;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args args = cm_args_of(&cm_command_trust_add, argc, argv, ctx);
	struct adding a = { .ctx = ctx };
	enum cm_exit code = CM_EXIT_OK;

	if (!cm_args_json(&args, OPT_JSON, &a.json))
		return CM_EXIT_USAGE;
	if (args.n == 0)
		return cm_cli_usage(ctx, args.command, "which lines?  A file, or a quoted line");
	if (!cm_cli_case(ctx, &a.c, &code))
		return code;
	cm_arena_init(&a.arena, 0);
	code = add_all(&a, &args);
	cm_arena_fini(&a.arena);
	cm_case_close(a.c);
	return code;
}

const struct cm_command cm_command_trust_add = {
	.name = "trust add",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Takes another party's lines (statement key, log, witness), or a key's end",
	.operands = "FILE|LINE|STATEMENT.json...",
	.options = options,
	.more = "A line is `log VKEY [URL]', `witness NAME VKEY [URL]' or one of OpenSSH's allowed\n"
		"signers, as `comity init' prints them.  With one other witness its\n"
		"cosignature is needed, with more those of two; `comity trust quorum' says otherwise.  One key in two roles or under two names is\n"
		"refused.  STATEMENT.json is what `comity key' wrote: a key has ended, and another one may\n"
		"follow.  Exits 0, 1 if a key is refused, 2, 3, or 4 if a line is malformed.\n",
};
