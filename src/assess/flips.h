/* assess/flips.h -- within the room: what a few items less make of the costs, quickly, and at most how much.
 *
 * flip_apply.c takes items away from sums that are there and puts right what follows: the next copy of a family counts,
 * the next strongest of a group counts whole.  flip_bound.c says how much one item can do at most for one rival, in whatever
 * company it is taken away; flips.c searches with both. */
#ifndef CM_ASSESS_FLIPS_H
#define CM_ASSESS_FLIPS_H

#include "assess/leave.h"
#include "assess/weigh_parts.h"

/* The bases that a hypothesis stands on: both are the same unless it deceives. */
struct cm_flip_sides {
	size_t as, by;
	size_t place;	 /* in the layer */
	size_t deceiver; /* its number, or CM_ASSESS_NONE */
};

struct cm_flipping {
	struct cm_weigh *w;
	const bool *in;
	size_t n_in; /* items here that are in the set, */
	size_t *of;  /* by number */
	/* with all of them: */
	bool *counts;
	size_t *strongest;
	struct cm_weigh_sums full;
	int64_t *cost, (*factor)[CM_FORGE_CLASSES]; /* of each hypothesis; of each deceiver */
	size_t top;
	size_t *next;	  /* of each item: the next of its family that is in the set, or CM_ASSESS_NONE */
	bool *has_copies; /* of each family: more than one is in the set, */
	bool *mixed;	  /* of each group: has such a family in it */
	size_t *place;	  /* of each item: its place among those of its group that count, from 0 */
	/* for the rival that is looked at: */
	struct cm_flip_sides first, rival;
	size_t few[4], n_few; /* the bases of both */
	int64_t *in_place; /* of each group: what another one that counts whole can do */
	int64_t *instead;  /* of each item: what a copy of it can do */
	/* room to work in */
	const size_t *at; /* the bases whose sums are put right: */
	size_t n_at;
	size_t *every; /* all of them, or few */
	struct cm_weigh_sums now;
	int64_t *after;
	unsigned touched; /* classes */
};

/* CM_E_NOMEM. */
CM_RESULT cm_flipping_new(struct cm_weigh *w, const bool *in, struct cm_arena *arena, struct cm_flipping *out, struct cm_err *err);

/* Is the rival likeliest without the items ${drop}[0..n), numbers of the layer's items, n <= CM_FLIP_SIZE?  Soon done if
 * what was likeliest stays before it. */
bool cm_flipping_wins(struct cm_flipping *f, const size_t *drop, size_t n);

/* Which hypothesis the bounds are about. */
void cm_flipping_rival(struct cm_flipping *f, size_t rival);

/* At most so much item ${x} brings that one nearer to the top, when it is taken away together with others. */
int64_t cm_flipping_bound(const struct cm_flipping *f, size_t x);

/* What rounding may add to a bound. */
#define CM_FLIP_SLACK 256

#endif
