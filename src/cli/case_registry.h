/* cli/case_registry.h -- the registry of evidence types that holds in a case: as the charter in force has it, or the one
 * that is built in. */
#ifndef CM_CLI_CASE_REGISTRY_H
#define CM_CLI_CASE_REGISTRY_H

#include "registry/registry.h"
#include "store/case.h"

/* ${c} NULL: there is no case.  In ${arena}.  What cm_case_team and cm_charter_weigh say. */
CM_RESULT cm_case_registry(struct cm_case *c, struct cm_arena *arena, struct cm_registry *out, struct cm_err *err);

#endif
