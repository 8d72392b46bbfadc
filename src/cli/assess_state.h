/* cli/assess_state.h -- what came of laying two signed assessments side by side, as a statement (comparison/v1). */
#ifndef CM_CLI_ASSESS_STATE_H
#define CM_CLI_ASSESS_STATE_H

#include "cli/cli.h"

/* ${said}: the digests of both assessments, then the result.  Signs it in the case; what went wrong has been said. */
enum cm_exit cm_assess_state(const struct cm_context *ctx, struct cm_span said, bool quiet);

#endif
