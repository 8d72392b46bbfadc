#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"

/* In the order a person meets them. */
const struct cm_command *const cm_commands[] = {
	&cm_command_init,
	&cm_command_inspect,
	&cm_command_compare,
	&cm_command_investigate,
	&cm_command_seal,
	&cm_command_mark,
	&cm_command_show,
	&cm_command_handover,
	&cm_command_disclose,
	&cm_command_charter,
	&cm_command_take,
	&cm_command_consent,
	&cm_command_approve,
	&cm_command_verify,
	&cm_command_assess,
	&cm_command_ledger,
	&cm_command_trust,
	&cm_command_key,
	&cm_command_log,
	&cm_command_witness,
	&cm_command_types,
	&cm_command_warning,
	&cm_command_version,
	&cm_command_help,
	NULL,
};

const struct cm_command *
cm_command_find(const char *name)
{
	const struct cm_command *const *c;

	for (c = cm_commands; *c != NULL; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

const struct cm_command *
cm_command_part(const struct cm_command *group, const char *word)
{
	const struct cm_command *const *c;
	size_t len = strlen(group->name);

	for (c = group->parts; c != NULL && *c != NULL; c++)
		if (strncmp((*c)->name, group->name, len) == 0 && strcmp((*c)->name + len + 1, word) == 0)
			return *c;
	return NULL;
}

enum cm_exit
cm_cli_group(const struct cm_command *group, int argc, char **argv, const struct cm_context *ctx)
{
	const struct cm_command *part;

	if (argc < 2)
		return cm_cli_usage(ctx, group, "which part of it?");
	part = cm_command_part(group, argv[1]);
	if (part == NULL)
		return cm_cli_usage(ctx, group, "it has no part %s", argv[1]);
	return part->run(argc - 1, argv + 1, ctx);
}
