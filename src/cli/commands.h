/* cli/commands.h -- the subcommands, each from its own file. */
#ifndef CM_CLI_COMMANDS_H
#define CM_CLI_COMMANDS_H

#include "cli/cli.h"

extern const struct cm_command cm_command_disclose;
extern const struct cm_command cm_command_handover;
extern const struct cm_command cm_command_help;
extern const struct cm_command cm_command_inspect;
extern const struct cm_command cm_command_init;
extern const struct cm_command cm_command_investigate;
extern const struct cm_command cm_command_seal;
extern const struct cm_command cm_command_show;
extern const struct cm_command cm_command_verify;
extern const struct cm_command cm_command_version;

#endif
