/* assess/weigh.h -- the posterior of one layer, from any set of items (docs/assessments.md sections 2 and 3).
 *
 * What does not depend on the set is prepared once: effective likelihoods as costs, families, groups, who is
 * strongest.  Then each question is a walk over the items.  Memory: 48 bytes for each number of the layer. */
#ifndef CM_ASSESS_WEIGH_H
#define CM_ASSESS_WEIGH_H

#include "assess/assess.h"

/* Posterior in units of 10^-12. */
struct cm_posterior {
	int64_t lo, mid, hi;
};

struct cm_weigh_in {
	const struct cm_assessment *a;
	enum cm_layer layer;
	bool panel; /* views `panel' and `all': no cap on what a panel has inspected */
};

struct cm_weigh;

/* In ${arena}, as is what it points to.  CM_E_USAGE: the assessment does not speak of that layer; CM_E_NOMEM. */
CM_RESULT cm_weigh_new(const struct cm_weigh_in *in, struct cm_arena *arena, struct cm_weigh **out, struct cm_err *err);

/* Hypotheses of the layer, in the order of the assessment: how many, and the number of each in it. */
size_t cm_weigh_n(const struct cm_weigh *w);
size_t cm_weigh_hypothesis(const struct cm_weigh *w, size_t i);

/* ${in}: for each item of the assessment whether it is in the set.  ${out} has cm_weigh_n.  The middle only: lo and hi are
 * the same as mid. */
void cm_weigh_middle(struct cm_weigh *w, const bool *in, struct cm_posterior *out);
/* With the ranges. */
void cm_weigh_ranges(struct cm_weigh *w, const bool *in, struct cm_posterior *out);

/* Steps that cm_weigh_ranges takes at most, of some nanoseconds each: a deceiver has up to 2^10 corners. */
uint64_t cm_weigh_work(const struct cm_weigh *w);

/* Costs of the middle, lower is likelier; ${out} has cm_weigh_n. */
void cm_weigh_costs(struct cm_weigh *w, const bool *in, int64_t *out);

/* Which is likeliest, of equal ones the first. */
size_t cm_weigh_top(const int64_t *cost, size_t n);

/* How an item counts in a set. */
enum cm_counting {
	CM_COUNTS_NOT,	  /* it does not speak here, or carries no weight */
	CM_COUNTS_OUT,	  /* it is not in the set */
	CM_COUNTS_COPY,	  /* an earlier member of its family is in the set */
	CM_COUNTS_LIGHT,  /* a stronger one of its group is in the set */
	CM_COUNTS_WHOLE
};
enum cm_counting cm_weigh_counting(struct cm_weigh *w, const bool *in, size_t item);

/* Cost of the middle of one item for hypothesis ${i} of the layer, unweighted; a deceiver has none of its own: -1.
 * -1 also if the item does not speak here. */
int64_t cm_weigh_cell(const struct cm_weigh *w, size_t item, size_t i);

#endif
