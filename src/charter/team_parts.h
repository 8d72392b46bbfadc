/* charter/team_parts.h -- what team.c and said.c share. */
#ifndef CM_CHARTER_TEAM_PARTS_H
#define CM_CHARTER_TEAM_PARTS_H

#include "charter/team.h"

/* Fills phase, consents and approvals of a team whose charter in force is known.  CM_E_NOMEM. */
CM_RESULT cm_team_collect(struct cm_team *t, struct cm_arena *arena, struct cm_err *err);

#endif
