/* `comity key`: what others encrypt to; keys that end, and may be followed by others. */
#include "cli/commands.h"

static const struct cm_command *const parts[] = { &cm_command_key_age, &cm_command_key_rotate, &cm_command_key_revoke, NULL };

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	return cm_cli_group(&cm_command_key, argc, argv, ctx);
}

const struct cm_command cm_command_key = {
	.name = "key",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Keys of the case: what others encrypt to; ends the key of a role",
	.operands = "PART",
	.more = "What a key stated and logged before it ended stands.  What it states later counts no\n"
		"more for those who know of its end: give them the files that are written, for `comity\n"
		"trust add'.  The line is drawn by places in the log, not by anybody's clock.\n",
	.parts = parts,
};
