/* `comity trust quorum`: how many cosignatures are enough. */
#include "cli/case.h"
#include "cli/commands.h"
#include "cli/keys.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

/* One process at a time, so that no line is lost; nothing of the database changes. */
static enum cm_result
change(struct cm_case *c, const char *many, struct cm_err *err)
{
	enum cm_result r = cm_case_begin(c, err);

	if (r == CM_OK)
		r = cm_trust_quorum(cm_case_folder(c), many, err);
	cm_case_rollback(c);
	return r;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_trust_quorum, argc, argv, ctx);
	enum cm_exit code = CM_EXIT_OK;
	struct cm_case *c = NULL;
	struct cm_err err = { 0 };
	bool json;

	if (!cm_args_json(&a, OPT_JSON, &json))
		return CM_EXIT_USAGE;
	if (a.n != 1)
		return cm_cli_usage(ctx, a.command, "how many: a number, all, or none?");
	if (!cm_cli_case(ctx, &c, &code))
		return code;
	if (change(c, a.operand[0], &err) == CM_OK)
		code = cm_cli_settled(ctx, "quorum", a.operand[0], json);
	else
		code = cm_cli_error(ctx, NULL, &err, "nothing was changed");
	cm_case_close(c);
	return code;
}

const struct cm_command cm_command_trust_quorum = {
	.name = "trust quorum",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Sets how many of the witnesses must have cosigned",
	.operands = "N|all|none",
	.options = options,
	.more = "With a quorum `comity verify' says not later than when a statement existed: the\n"
		"earliest time by which so many witnesses had cosigned.  One witness that lies about\n"
		"its clock then is not enough to be believed if N is 2.\n",
};
