/* `comity charter`: the rules that the members of a case sign. */
#include "cli/commands.h"

static const struct cm_command *const parts[] = { &cm_command_charter_member, &cm_command_charter_new,
	&cm_command_charter_check, &cm_command_charter_ask, &cm_command_charter_diff, &cm_command_charter_fmt,
	&cm_command_charter_propose, &cm_command_charter_sign, &cm_command_charter_show, &cm_command_charter_withdraw,
	&cm_command_charter_close, NULL };

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	return cm_cli_group(&cm_command_charter, argc, argv, ctx);
}

const struct cm_command cm_command_charter = {
	.name = "charter",
	.run = run,
	.line = "Rules over what members of a case show each other",
	.operands = "PART",
	.more = "A charter is a text that all members sign.  Its section `## Rules' says who may show what\n"
		"to whom, and what that obliges to; docs/charters.md has the language.\n",
	.parts = parts,
};
