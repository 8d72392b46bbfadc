/* charter/possible.h -- requests that there can not be, so that nothing needs to be said of them.
 *
 * Whoever asks fills in role and member together: a member has the role that the charter gives it, and the public is
 * no member.  Pure. */
#ifndef CM_CHARTER_POSSIBLE_H
#define CM_CHARTER_POSSIBLE_H

#include "charter/sections.h"
#include "rules/checks.h"

/* Conditions over ${v}, in the arena: a request in which one is true is impossible.  Of members without a role, or with one that
 * ${v} has not, nothing is said.  What cm_condition_read says. */
CM_RESULT cm_charter_impossible(const struct cm_vocabulary *v, const struct cm_section_member *members, size_t n,
    struct cm_arena *arena, const struct cm_condition *const **out, size_t *n_out, struct cm_err *err);

#endif
