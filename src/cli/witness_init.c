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
		code = cm_cli_print_role(ctx, c, "witness", json);
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
