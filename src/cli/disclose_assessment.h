/* cli/disclose_assessment.h -- which rows of signed assessments `comity disclose' opens: the frame, the items of a view,
 * and the results of that view and of the public one. */
#ifndef CM_CLI_DISCLOSE_ASSESSMENT_H
#define CM_CLI_DISCLOSE_ASSESSMENT_H

#include "assess/views.h"
#include "base/arena.h"
#include "detect/incident.h"
#include "store/case.h"

struct cm_disclose_assessments {
	struct cm_case *c;
	const uint8_t (*statement)[32]; /* of the assessments */
	size_t n;
	const struct cm_case_exhibit *exhibits; /* of the selection; theirs are among them */
	size_t n_exhibits;
	const char *view; /* "public", ...; NULL: shared with ${to}, or public if there is no ${to} */
	const char *to;	  /* or NULL */
	bool leak_ok;	  /* items that are shown may name those that are not */
};

/* Row ids by number of the exhibit in the selection, ascending, in ${arena}.  CM_E_USAGE: no such view.  CM_E_REFUSED: an
 * item of it names one that is not.  CM_E_IO,
 * CM_E_MALFORMED: the case's own rows can not be read; CM_E_NOMEM. */
CM_RESULT cm_disclose_assessments(
    const struct cm_disclose_assessments *in, struct cm_arena *arena, struct cm_ids *out, struct cm_err *err);

#endif
