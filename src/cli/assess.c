/* `comity assess`: who may have done it, as a table that anybody can compute again. */
#include "cli/commands.h"

static const struct cm_command *const parts[] = { &cm_command_assess_sign, NULL };

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	return cm_cli_group(&cm_command_assess, argc, argv, ctx);
}

const struct cm_command cm_command_assess = {
	.name = "assess",
	.run = run,
	.line = "Competing hypotheses, what speaks for which, and sums that both sides get the same",
	.operands = "PART",
	.more = "An assessment is a text that people edit; docs/assessments.md says how.\n",
	.parts = parts,
};
