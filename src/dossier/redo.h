/* dossier/redo.h -- a finding, made again from what is open (docs/formats.md 4.8). */
#ifndef CM_DOSSIER_REDO_H
#define CM_DOSSIER_REDO_H

#include "base/arena.h"
#include "base/result.h"
#include "dossier/model.h"

/* From best to worst. */
enum cm_outcome {
	CM_OUTCOME_REPRODUCED, /* everything, and nothing left out can undo it */
	CM_OUTCOME_AS_SHOWN,   /* everything; some cue rests on more than its own rows */
	CM_OUTCOME_PARTLY,     /* the cues whose cells are open */
	CM_OUTCOME_FOREIGN,    /* other parameters or another detector than ours */
	CM_OUTCOME_NOT,	       /* nothing: what it needs is shut */
	CM_OUTCOME_CONTRADICTED
};

struct cm_redone {
	enum cm_outcome outcome;
	const char *text; /* a sentence or two, with what is missing or differs */
};

/* "reproduced", "reproduced as shown", ... */
const char *cm_outcome_word(enum cm_outcome outcome);

/* Runs the detectors on the support of each finding of ${d}, and on all rows shown of the
 * exhibits of each; ${out} has room for all of them.  Findings of one maker share that second
 * run, so that time grows with rows and findings, not with their product.  CM_E_NOMEM. */
CM_RESULT cm_redo_all(const struct cm_dossier *d, struct cm_arena *arena, struct cm_redone *out);

#endif
