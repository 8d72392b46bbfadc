/* charter/weighed.h -- a charter with the registry of evidence types that holds under it.
 *
 * The words of its rules are the types of the registry; its section `## Evidence types` weighs some of them anew. */
#ifndef CM_CHARTER_WEIGHED_H
#define CM_CHARTER_WEIGHED_H

#include "charter/charter.h"
#include "registry/override.h"

struct cm_weighed {
	struct cm_charter says;
	struct cm_registry registry; /* as the charter has it; types in the order of the vocabulary's words */
	struct cm_registry_changes changes;
};

/* As cm_charter_read and cm_registry_override.  ${text} must live as long. */
CM_RESULT cm_charter_weigh(struct cm_span text, struct cm_arena *arena, struct cm_weighed *out, struct cm_err *err);

/* The place of a type among the words; SIZE_MAX: it is none.  ${id} may be NULL. */
size_t cm_weighed_type(const struct cm_registry *r, const char *id);

#endif
