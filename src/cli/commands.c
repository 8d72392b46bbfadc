#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"

/* In the order a person meets them. */
const struct cm_command *const cm_commands[] = {
	&cm_command_init,
	&cm_command_inspect,
	&cm_command_investigate,
	&cm_command_seal,
	&cm_command_show,
	&cm_command_handover,
	&cm_command_disclose,
	&cm_command_verify,
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
