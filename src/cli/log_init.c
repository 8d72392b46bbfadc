/* `comity log init`: a log for a case that has none. */
#include "cli/commands.h"
#include "cli/keys.h"
#include "cli/log.h"

enum { OPT_ORIGIN = CM_OPT, OPT_JSON };

static const struct cm_option options[] = {
	{ OPT_ORIGIN, "origin", "NAME", "the log's name, for ever; %h in it is its key's SHA-256" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_log_init, argc, argv, ctx);
	struct cm_cli_roles roles = { .log_only = true };
	struct cm_cli_log l = { .ctx = ctx };
	enum cm_exit code;
	bool json = false;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == OPT_ORIGIN)
			roles.origin = a.value;
		else if (id == OPT_JSON)
			json = true;
		else
			return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, a.command, "it takes no operand");
	code = cm_cli_log_case(&l);
	if (code == CM_EXIT_OK && cm_cli_roles_make(l.c, &roles, &l.err) != CM_OK)
		code = cm_cli_error(ctx, NULL, &l.err, "no log was made");
	if (code == CM_EXIT_OK)
		code = cm_cli_print_role(ctx, l.c, "log", json);
	cm_cli_log_close(&l);
	return code;
}

const struct cm_command cm_command_log_init = {
	.name = "log init",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Makes a log for a case that has none (`comity init' makes one)",
	.options = options,
	.more = "The origin is public to every witness: by default it is random.  A name that others\n"
		"know is a URL without scheme, such as example.org/log.\n",
};
