/* charter/sections.h -- parts of a charter's text that the program reads.
 *
 * A section begins behind a line `## NAME` and ends before the next line that begins with `## `.  Total, linear. */
#ifndef CM_CHARTER_SECTIONS_H
#define CM_CHARTER_SECTIONS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/result.h"
#include "base/span.h"

struct cm_section {
	bool found;
	struct cm_span text;
	size_t line; /* of its first line, from 1 */
};

/* CM_E_MALFORMED: it stands there twice. */
CM_RESULT cm_section_find(struct cm_span text, const char *name, struct cm_section *out, struct cm_err *err);

struct cm_section_member {
	const char *name;
	const char *role; /* a word; NULL: none stands there */
};

/* Names and roles in the lines `- "NAME", ROLE, ...` of a members' section, whatever stands behind them: enough to read the rules of a
 * charter whose keys are not put in yet.  Who is bound by it, charter/members.h reads.  CM_E_MALFORMED: a name twice, or
 * no name; CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_section_members(const struct cm_section *members, struct cm_arena *arena, const struct cm_section_member **out,
    size_t *n, struct cm_err *err);

#endif
