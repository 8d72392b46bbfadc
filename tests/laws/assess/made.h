/* tests/laws/assess/made.h -- assessments of one layer at random, as structures: many, quickly, of the shapes that are hard.
 *
 * Likelihoods are few and near each other where answers shall be near ties; copies stand in other groups and classes
 * than what they repeat. */
#ifndef TESTS_LAWS_ASSESS_MADE_H
#define TESTS_LAWS_ASSESS_MADE_H

#include "../gen.h"
#include "assess/weigh.h"

#define MADE_LAYER CM_LAYER_STATE

struct made_shape {
	size_t items, plain, deceivers, groups; /* plain: with `other'; deceivers: as far as there are pairs */
	uint64_t ranges;  /* one cell in so many has a range; 0: none */
	uint64_t copies;  /* one item in so many repeats another; 0: none */
	uint64_t letters; /* one item in so many is graded; 0: none */
	uint64_t claims;  /* one item in so many is a P1, capped; 0: none */
	uint64_t likely;  /* so many different likelihoods, the fewer the nearer; 0: any */
	uint64_t lead;	  /* the first prior is so many times the others at most; 0: all are equal */
	int class;	  /* all of that forge class; -1: of any */
	int64_t rho;	  /* of all groups; -1: 0, 0.8, 1 or any */
};

/* All in ${arena}; NULL: no memory. */
struct cm_assessment *made_assessment(struct gen *g, const struct made_shape *shape, struct cm_arena *arena);

#endif
