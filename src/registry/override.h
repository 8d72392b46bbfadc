/* registry/override.h -- what a case changes in the registry: the section `## Evidence types` of its charter.
 *
 *	- N3: forge F2, cost D1, because "our hosts' fingerprints are not published".
 *	- I1: forge F1 to F2, because "...".
 *	- F2: plantable 300, because "...".
 *
 * Each item begins with a dash on a line of its own, names a type or a forge class, and ends with its reason,
 * which nobody may leave out; a full stop may follow.  An item may go on over several lines.  Nothing else
 * stands in the section: a line that was meant to change something and is taken for prose would be worse than
 * one that is refused. */
#ifndef CM_REGISTRY_OVERRIDE_H
#define CM_REGISTRY_OVERRIDE_H

#include "registry/registry.h"

#define CM_OVERRIDE_TEXT ((size_t)256 << 10)
#define CM_OVERRIDE_REASON 1000u /* bytes */

/* One value that was set.  ${was} and ${now} are equal where a charter says what is the default anyway. */
struct cm_registry_change {
	const char *id;   /* "N3"; of a class "F2" */
	const char *what; /* "forge", "cost", "plantable" */
	const char *was, *now;
	const char *why;
};
struct cm_registry_changes {
	const struct cm_registry_change *item; /* in the order of the section */
	size_t n;
};

/* Reads the section's ${text}, without its heading, of which the first line has the number ${line}, and gives
 * the registry as changed; all memory from ${arena}, ${base} stays as it is and must live as long.  Refused, with
 * line, column and offset (CM_E_MALFORMED): an id that is not in the registry, the same id twice, a value of no
 * class, a class for a type that is graded, plantabilities that no longer descend, a missing reason.
 * CM_E_LIMIT; CM_E_NOMEM. */
CM_RESULT cm_registry_override(const struct cm_registry *base, struct cm_span text, unsigned line,
    struct cm_arena *arena, struct cm_registry *out, struct cm_registry_changes *changes, struct cm_err *err);

#endif
