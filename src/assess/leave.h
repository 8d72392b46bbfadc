/* assess/leave.h -- what if something were not there: one item, one group, one party's items; and the fewest items
 * without which the answer is another one.
 *
 * All of it by the middles.  All memory from the arena handed in. */
#ifndef CM_ASSESS_LEAVE_H
#define CM_ASSESS_LEAVE_H

#include "assess/weigh.h"

enum cm_left_what { CM_LEFT_ITEM, CM_LEFT_GROUP, CM_LEFT_PARTY };

struct cm_left {
	enum cm_left_what what;
	const char *name;
	size_t number; /* of the item, of the group */
	size_t top;    /* place in the layer of what is likeliest then */
	bool flips;
	int64_t share; /* of what was likeliest before, in 10^-12 */
	int64_t moves; /* its ln odds against all others, by so many units of 2^-44: below 0, what was left out spoke for it */
};

struct cm_left_out {
	size_t top;    /* place in the layer of what is likeliest with all of them */
	int64_t share; /* of it */
	const struct cm_left *left; /* items, groups, parties; each in the order of the text */
	size_t n;
};

/* Of the items in ${in}.  CM_E_NOMEM. */
CM_RESULT cm_leave_each(struct cm_weigh *w, const bool *in, struct cm_arena *arena, struct cm_left_out *out, struct cm_err *err);

#define CM_FLIP_SIZE 3u	  /* up to here all sets are looked for */
#define CM_FLIPS_MAX 1000u /* sets that are listed */

struct cm_flip_set {
	size_t item[CM_FLIP_SIZE]; /* ascending */
};

struct cm_flips {
	size_t size; /* of the smallest; 0: no set of any size was found */
	bool exact;  /* else it is an upper bound: there may be a smaller one above ${below}, and `set' is one of them only */
	size_t below; /* no set up to this size */
	size_t n;     /* sets of that size, */
	bool more;    /* of which there are more than are listed */
	const struct cm_flip_set *set;
	const size_t *bound; /* of an upper bound: its `size' items */
};

/* Sets of up to ${most} <= CM_FLIP_SIZE items of ${in} are looked for exactly.  CM_E_NOMEM. */
CM_RESULT cm_leave_flips(
    struct cm_weigh *w, const bool *in, size_t most, struct cm_arena *arena, struct cm_flips *out, struct cm_err *err);

/* ln odds of one hypothesis against all others, in units of 2^-44. */
int64_t cm_leave_odds(const int64_t *cost, size_t n, size_t i);

#endif
