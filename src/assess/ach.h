/* assess/ach.h -- a second opinion: Heuer's count of what speaks against each hypothesis.
 *
 * Analysis of competing hypotheses asks not what fits, but what does not.  Of each item that counts, a hypothesis gets
 * II if its likelihood is at most a tenth of the largest, I if at most a third, CC if it is the largest and at least
 * three times the smallest, else C; NA if the item tells none apart.  A deceiver's likelihood is c P'(as) + (1 - c) P'(by).
 * II counts 2, I counts 1, each times the weight of the item; the hypothesis with the least is least contradicted.
 *
 * Likelihoods are compared as costs: 10 and 3 times are so to within 10^-12. */
#ifndef CM_ASSESS_ACH_H
#define CM_ASSESS_ACH_H

#include "assess/weigh.h"

enum cm_ach_mark { CM_ACH_NA, CM_ACH_CC, CM_ACH_C, CM_ACH_I, CM_ACH_II };

struct cm_ach {
	size_t n;		/* hypotheses of the layer */
	const int64_t *against; /* of each, in thousandths */
	size_t least;		/* the place of the first one with the least */
	size_t n_least;		/* how many have it */
	size_t n_items;		/* that count, */
	const size_t *item;	/* their numbers in the assessment, */
	const uint8_t *mark;	/* enum cm_ach_mark, [item][hypothesis] */
};

const char *cm_ach_mark_word(enum cm_ach_mark mark); /* "NA", "CC", "C", "I", "II" */

/* Of the items in ${in}.  CM_E_NOMEM. */
CM_RESULT cm_ach_count(struct cm_weigh *w, const bool *in, struct cm_arena *arena, struct cm_ach *out, struct cm_err *err);

#endif
