/* assess/check.h -- what is implausible or missing in an assessment that can be read.
 *
 * Nothing here is an error: an author may have reasons.  A remark says what stands there, where, and what
 * follows from it, in one line for a person. */
#ifndef CM_ASSESS_CHECK_H
#define CM_ASSESS_CHECK_H

#include "assess/assess.h"
#include "assess/text.h"

#define CM_ASSESS_REMARKS 1000u /* more are counted, but not made */

enum cm_remark_severity { CM_REMARK_NOTE, CM_REMARK_WARNING };

struct cm_assess_remark {
	enum cm_remark_severity severity;
	unsigned line; /* of the item, hypothesis; 0: of nobody's, or not known */
	const char *text;
};

struct cm_assess_remarks {
	const struct cm_assess_remark *item;
	size_t n;
	size_t left_out; /* beyond CM_ASSESS_REMARKS */
};

/* "note", "warning". */
const char *cm_remark_severity_word(enum cm_remark_severity severity);

/* Remarks on ${a}: hypotheses first, then items, then pairs, each in the order of the text.  ${places} may be
 * NULL: then no line is known.  All memory from ${arena}.  CM_E_NOMEM. */
CM_RESULT cm_assess_check(const struct cm_assessment *a, const struct cm_assess_places *places,
    const struct cm_registry *registry, struct cm_arena *arena, struct cm_assess_remarks *out, struct cm_err *err);

#endif
