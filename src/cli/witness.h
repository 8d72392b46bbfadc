/* cli/witness.h -- the party's witness, for subcommands that work on it. */
#ifndef CM_CLI_WITNESS_H
#define CM_CLI_WITNESS_H

#include "cli/case.h"
#include "cli/cli.h"
#include "store/witness_files.h"

/* Zero-initialise with ctx; ends with cm_cli_witness_close. */
struct cm_cli_witness {
	const struct cm_context *ctx;
	struct cm_case *c;
	struct cm_witness_files *files;
	struct cm_err err;
};

/* CM_EXIT_OK, or it has been said why not. */
enum cm_exit cm_cli_witness_open(struct cm_cli_witness *w);
/* The same, to be looked at while another process may cosign. */
enum cm_exit cm_cli_witness_look(struct cm_cli_witness *w);
void cm_cli_witness_close(struct cm_cli_witness *w);

#endif
