/* `comity assess`: who may have done it, computed so that the other side gets the same. */
#include "cli/commands.h"

static const struct cm_command *const parts[] = { &cm_command_assess_new, &cm_command_assess_check,
	&cm_command_assess_show, &cm_command_assess_csv, &cm_command_assess_sign,
	&cm_command_assess_compare, &cm_command_assess_brief, NULL };

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	return cm_cli_group(&cm_command_assess, argc, argv, ctx);
}

const struct cm_command cm_command_assess = {
	.name = "assess",
	.run = run,
	.line = "Holds hypotheses on who did it against each other",
	.operands = "PART",
	.more = "An assessment is a text: hypotheses, items of evidence, and how likely each item is if a\n"
		"hypothesis is true.  What is computed is arithmetic on what people entered;\n"
		"docs/assessments.md has the text, the arithmetic, and what is printed.\n",
	.parts = parts,
};
