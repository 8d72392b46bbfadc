/* `comity warning`: values that nobody should be accused by, or that should not be named. */
#include "cli/commands.h"

static const struct cm_command *const parts[] = { &cm_command_warning_check, &cm_command_warning_lists, NULL };

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	return cm_cli_group(&cm_command_warning, argc, argv, ctx);
}

const struct cm_command cm_command_warning = {
	.name = "warning",
	.run = run,
	.flags = CM_COMMAND_MORE,
	.line = "Values that nobody should be accused by: private addresses, resolvers, empty files",
	.operands = "PART",
	.more = "Lists are built in; more of them, in the JSON of MISP's warning lists, are taken from the\n"
		"folder `warninglists' of the case, and from where --lists says.\n",
	.parts = parts,
};
