/* `comity trust`: whose statements, logs and witnesses count. */
#include "cli/commands.h"

static const struct cm_command *const parts[] = { &cm_command_trust_add, &cm_command_trust_show,
	&cm_command_trust_check, &cm_command_trust_quorum, &cm_command_trust_tsa, NULL };

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	return cm_cli_group(&cm_command_trust, argc, argv, ctx);
}

const struct cm_command cm_command_trust = {
	.name = "trust",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Says whose statements, logs and witnesses count",
	.operands = "PART",
	.more = "Two files in the case folder hold it, and can be written by hand: `trust' (C2SP\n"
		"tlog-policy: logs, witnesses, how many are enough) and `signers' (OpenSSH allowed\n"
		"signers).  `comity verify' uses them unless it is given others.\n",
	.parts = parts,
};
