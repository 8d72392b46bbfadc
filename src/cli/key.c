/* `comity key`: the statement key ends, and another one may follow. */
#include "cli/commands.h"

static const struct cm_command *const parts[] = { &cm_command_key_rotate, &cm_command_key_revoke, NULL };

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	return cm_cli_group(&cm_command_key, argc, argv, ctx);
}

const struct cm_command cm_command_key = {
	.name = "key",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Ends the key of a role, with or without one that follows",
	.operands = "PART",
	.more = "What the key stated and logged before stands.  What it states later counts no more for\n"
		"those who know of its end: give them the files that are written, for `comity trust\n"
		"add'.  The line is drawn by places in the log, not by anybody's clock.\n",
	.parts = parts,
};
