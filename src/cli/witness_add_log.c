/* `comity witness add-log`: from now on this log's checkpoints are cosigned. */
#include <string.h>

#include "cli/commands.h"
#include "cli/keys.h"
#include "cli/witness.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print JSON: the logs that were added" },
	{ 0 },
};

/* A verifier key, with or without `log' before and a URL behind it. */
static struct cm_span
vkey_in(const char *operand)
{
	if (strncmp(operand, "log ", 4) == 0)
		operand += 4;
	return cm_span_of(operand, strcspn(operand, " \n"));
}

/* A key that signs a log must not be one that cosigns. */
static enum cm_result
add(struct cm_cli_witness *w, const char *operand, struct cm_vkey *key)
{
	const struct cm_vkey *own = cm_witness_files_key(w->files);
	enum cm_result r = cm_vkey_parse(vkey_in(operand), key, &w->err);

	if (r == CM_OK && key->type != CM_NOTE_ED25519)
		r = cm_err_set(&w->err, CM_E_USAGE, "%s: not the key of a log", key->name);
	if (r == CM_OK && memcmp(own->key, key->key, 32) == 0)
		r = cm_err_set(&w->err, CM_E_REFUSED, "%s: the witness's own key; each role needs a key of its own", key->name);
	return r == CM_OK ? cm_witness_files_add_log(w->files, key, &w->err) : r;
}

static void
print(const struct cm_cli_witness *w, const struct cm_vkey *key, bool json, struct cm_jsonw *out)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];

	cm_cli_fingerprint(key->key, fingerprint);
	if (json) {
		cm_jsonw_object(out);
		cm_jsonw_kstr(out, "origin", key->name);
		cm_jsonw_kstr(out, "fingerprint", fingerprint);
		cm_jsonw_object_end(out);
		return;
	}
	fprintf(w->ctx->out, "%s  ", fingerprint);
	cm_cli_text(w->ctx->out, cm_span_str(key->name));
	fputc('\n', w->ctx->out);
}

static enum cm_exit
add_all(struct cm_cli_witness *w, const struct cm_args *a, bool json)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw out = cm_jsonw_of(&b, 0);
	struct cm_vkey key;
	int i;

	cm_jsonw_array(&out);
	for (i = 0; i < a->n; i++) {
		if (add(w, a->operand[i], &key) != CM_OK) {
			cm_buf_release(&b);
			return cm_cli_error(w->ctx, NULL, &w->err, "it was not added");
		}
		print(w, &key, json, &out);
	}
	cm_jsonw_array_end(&out);
	if (json)
		return cm_cli_json(w->ctx, &b);
	cm_buf_release(&b);
	return CM_EXIT_OK;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_witness_add_log, argc, argv, ctx);
	struct cm_cli_witness w = { .ctx = ctx };
	enum cm_exit code;
	bool json;

	if (!cm_args_json(&a, OPT_JSON, &json))
		return CM_EXIT_USAGE;
	if (a.n == 0)
		return cm_cli_usage(ctx, a.command, "which log: its verifier key, or its line in quotes?");
	code = cm_cli_witness_open(&w);
	if (code == CM_EXIT_OK)
		code = add_all(&w, &a, json);
	cm_cli_witness_close(&w);
	return code;
}

const struct cm_command cm_command_witness_add_log = {
	.name = "witness add-log",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Takes another party's log: its checkpoints are cosigned from now on",
	.operands = "VKEY...",
	.options = options,
	.more = "VKEY is the log's verifier key, or its line `log VKEY [URL]' in quotes, as\n"
		"`comity init' printed it for its owner.  A witness that serves takes note when it is\n"
		"started again.\n",
};
