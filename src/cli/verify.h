/* cli/verify.h -- what verifying showed, for people and for scripts; shared with disclose. */
#ifndef CM_CLI_VERIFY_H
#define CM_CLI_VERIFY_H

#include "cli/cli.h"
#include "dossier/verify.h"

/* A word for the end and the exit code that goes with it. */
enum cm_exit cm_verify_exit(const struct cm_verified *v);

/* Everything, the verdict as the last line.  False: there was no memory for all of it. */
bool cm_verify_text(const struct cm_context *ctx, const struct cm_verified *v);
bool cm_verify_json(const struct cm_context *ctx, const struct cm_verified *v);

/* Source digest of this program, from base/build.h.  CM_E_MALFORMED: it has none. */
CM_RESULT cm_cli_source(uint8_t out[32]);

#endif
