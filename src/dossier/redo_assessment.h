/* dossier/redo_assessment.h -- assessments, computed again from the items that are open (docs/formats.md 4, step 10).
 *
 * Every result that is open is computed again, if all items of its view are; it has to be the same to the last
 * unit.  Besides: which items rest on a finding that could be redone here, on a statement that is here, or on one that
 * stays shut. */
#ifndef CM_DOSSIER_REDO_ASSESSMENT_H
#define CM_DOSSIER_REDO_ASSESSMENT_H

#include "dossier/redo.h"

/* What came of the statements that items rest on. */
struct cm_redo_assessments_in {
	const struct cm_dossier *dossier;
	const struct cm_redone *findings, *traffic, *chains;
};

/* Each assessment; ${out} has room for all of them.  CM_E_NOMEM. */
CM_RESULT cm_redo_assessments(const struct cm_redo_assessments_in *in, struct cm_arena *arena, struct cm_redone *out);

/* What is behind an item, the best of all that it rests on. */
enum cm_behind {
	CM_BEHIND_REDONE, /* a finding, count or chain that was redone here */
	CM_BEHIND_HERE,	  /* a statement or seal of this dossier that was not, or could not be */
	CM_BEHIND_REPORT, /* a document that is no statement: only its digest is known */
	CM_BEHIND_SHUT	  /* a statement that is not in this dossier, or the cell that names it is shut */
};
enum cm_behind cm_assessed_behind(const struct cm_redo_assessments_in *in, const struct cm_assess_item *item);
const char *cm_behind_words(enum cm_behind b); /* "redone from this dossier", ... */

#endif
