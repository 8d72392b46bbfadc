/* `comity log`: the party's own log of what it stated. */
#include "cli/commands.h"

static const struct cm_command *const parts[] = { &cm_command_log_init, &cm_command_log_show,
	&cm_command_log_checkpoint, &cm_command_log_prove, &cm_command_log_verify,
	&cm_command_log_fsck, &cm_command_log_serve, &cm_command_log_follow,
	&cm_command_log_evidence, NULL };

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	return cm_cli_group(&cm_command_log, argc, argv, ctx);
}

const struct cm_command cm_command_log = {
	.name = "log",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "The log of what was stated: nobody can backdate, fork or forget",
	.operands = "PART",
	.more = "What is stated goes into an append-only log by itself, other parties' witnesses cosign\n"
		"it, and a receipt travels with each statement.  Files and formats are those of C2SP\n"
		"(tlog-tiles, tlog-checkpoint, tlog-proof).\n",
	.parts = parts,
};
