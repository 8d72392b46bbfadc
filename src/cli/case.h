/* cli/case.h -- the case folder, for subcommands that work on one. */
#ifndef CM_CLI_CASE_H
#define CM_CLI_CASE_H

#include "cli/cli.h"
#include "store/case.h"

/* Finds and opens the case.  If there is none, or it can not be opened, that has been said:
 * return ${*code}. */
bool cm_cli_case(const struct cm_context *ctx, struct cm_case **out, enum cm_exit *code);

/* Where `init` puts a new one.  Appends the path. */
void cm_cli_case_place(const struct cm_context *ctx, struct cm_buf *out);

#endif
