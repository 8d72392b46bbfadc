/* `comity witness init`: a witness for a case that has none. */
#include "cli/commands.h"
#include "cli/keys.h"
#include "cli/log.h"

enum { OPT_NAME = CM_OPT, OPT_JSON };

static const struct cm_option options[] = {
	{ OPT_NAME, "name", "NAME", "the witness's name, for ever; %h in it is its key's SHA-256" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

static enum cm_exit
print(const struct cm_context *ctx, struct cm_case *c, bool json)
{
	struct cm_buf vkey = { 0 }, b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_err err = { 0 };
	struct cm_vkey key;

	if (cm_cli_vkey(cm_case_folder(c), "witness", &key, &err) != CM_OK)
		return cm_cli_error(ctx, NULL, &err, NULL);
	cm_cli_fingerprint(key.key, fingerprint);
	cm_vkey_write(&key, &vkey);
	if (!json) {
		fprintf(ctx->out, "name           ");
		cm_cli_text(ctx->out, cm_span_str(key.name));
		fprintf(ctx->out, "\nfingerprint    %s\n\nGive this line to the other parties, with a word for whose it is:\n\nwitness NAME ", fingerprint);
		cm_cli_text(ctx->out, cm_buf_span(&vkey));
		fputc('\n', ctx->out);
		cm_buf_release(&vkey);
		return CM_EXIT_OK;
	}
	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "name", key.name);
	cm_jsonw_kstr(&w, "fingerprint", fingerprint);
	cm_jsonw_kstr(&w, "vkey", cm_buf_cstr(&vkey));
	cm_jsonw_object_end(&w);
	cm_buf_release(&vkey);
	return cm_cli_json(ctx, &b);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_witness_init, argc, argv, ctx);
	struct cm_cli_roles roles = { .witness_only = true };
	enum cm_exit code = CM_EXIT_OK;
	struct cm_case *c = NULL;
	struct cm_err err = { 0 };
	bool json = false;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == OPT_NAME)
			roles.witness = a.value;
		else if (id == OPT_JSON)
			json = true;
		else
			return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, a.command, "it takes no operand");
	if (!cm_cli_case(ctx, &c, &code))
		return code;
	if (cm_cli_roles_make(c, &roles, &err) != CM_OK)
		code = cm_cli_error(ctx, NULL, &err, "no witness was made");
	else
		code = print(ctx, c, json);
	cm_case_close(c);
	return code;
}

const struct cm_command cm_command_witness_init = {
	.name = "witness init",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Makes a witness for a case that has none (`comity init' makes one)",
	.options = options,
};
