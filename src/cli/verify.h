/* cli/verify.h -- what verifying showed, for people and for scripts; shared with disclose. */
#ifndef CM_CLI_VERIFY_H
#define CM_CLI_VERIFY_H

#include "cli/cli.h"
#include "dossier/verify.h"
#include "log/policy.h"

/* A word for the end and the exit code that goes with it. */
enum cm_exit cm_verify_exit(const struct cm_verified *v);

/* Everything, the verdict as the last line.  False: there was no memory for all of it. */
bool cm_verify_text(const struct cm_context *ctx, const struct cm_verified *v);
bool cm_verify_json(const struct cm_context *ctx, const struct cm_verified *v);

/* The dossier of a fork (dossier/fork.h): checks and prints it.  False: ${file} is another one, or
 * none at all, and nothing was done. */
struct cm_verify_fork {
	const struct cm_context *ctx;
	struct cm_span file;
	const struct cm_policy *policy; /* whose logs are known; NULL: none */
	bool json;
};
bool cm_verify_fork(const struct cm_verify_fork *in, enum cm_exit *code);

/* Source digest of this program, from base/build.h.  CM_E_MALFORMED: it has none. */
CM_RESULT cm_cli_source(uint8_t out[32]);

#endif
