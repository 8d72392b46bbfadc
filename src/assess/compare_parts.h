/* assess/compare_parts.h -- within the room: both sides in the same rows and columns, and coalitions of them.
 *
 * A coalition is the set of players that take the values of B; the others take those of A.  Players: priors,
 * plantability, groups. */
#ifndef CM_ASSESS_COMPARE_PARTS_H
#define CM_ASSESS_COMPARE_PARTS_H

#include "assess/compare.h"
#include "assess/leave.h"
#include "assess/weigh_parts.h"

enum cm_side { CM_SIDE_A, CM_SIDE_B };
#define CM_SIDES 2

#define CM_PLAYER_PRIORS 0u
#define CM_PLAYER_C 1u
#define CM_PLAYER_GROUPS 2u /* the first of them */

/* A hypothesis that both have; all in the order of their names. */
struct cm_laid_hypothesis {
	size_t place;	     /* in cm_assess_compared.hypothesis */
	size_t of[CM_SIDES]; /* its place in each side's layer */
	int64_t prior[CM_SIDES]; /* costs */
	size_t base;	     /* which of the bases, or CM_ASSESS_NONE: */
	size_t by, as;	     /* bases of a deceiver */
};

/* Sums of one player's items. */
struct cm_laid_sums {
	int64_t (*s)[CM_FORGE_CLASSES]; /* of each base */
	int64_t *planted;
	int64_t g;
};

struct cm_laid_group {
	const char *name;
	struct cm_laid_sums of[CM_SIDES];
	unsigned classes; /* in which it says something, by bits */
	bool differs;
};

struct cm_laid {
	const struct cm_assess_compare_in *in;
	struct cm_assess_compared *out;
	struct cm_arena *arena;
	struct cm_err *err;
	const struct cm_assessment *a[CM_SIDES];
	struct cm_weigh *w[CM_SIDES];
	bool *has[CM_SIDES]; /* items of the view */
	struct cm_assess_compared_hypothesis *hypothesis;
	struct cm_laid_hypothesis *h;
	size_t n, n_bases;
	size_t *base[CM_SIDES]; /* of each base its number on that side */
	struct cm_assess_compared_item *item;
	struct cm_laid_group *group; /* by name */
	size_t n_groups;
	unsigned classes; /* in which any deceiver's sides differ, or may */
};

CM_RESULT cm_laid_no_memory(const struct cm_laid *l);

/* compare_lay.c: hypotheses, then (with items matched) groups. */
CM_RESULT cm_laid_hypotheses(struct cm_laid *l);
CM_RESULT cm_laid_groups(struct cm_laid *l);

/* compare_items.c: who has which; then, the odds being known, what each says of them. */
CM_RESULT cm_laid_items(struct cm_laid *l);
void cm_laid_likelihoods(struct cm_laid *l);

/* compare_shapley.c, compare_agree.c */
CM_RESULT cm_laid_shapley(struct cm_laid *l);
CM_RESULT cm_laid_swaps(struct cm_laid *l);
CM_RESULT cm_laid_common(struct cm_laid *l);

/* ---- coalitions, compare_coalition.c ---- */

struct cm_coalition {
	const struct cm_laid *l;
	const size_t *want; /* hypotheses whose costs are asked for: the first against all others */
	size_t n_want;
	enum cm_side *side; /* of each player */
	struct cm_laid_sums sums;
	int64_t (*factor)[CM_FORGE_CLASSES]; /* of each of `want': what a class adds to a deceiver */
	unsigned stale; /* classes whose factors are to be found again */
	int64_t *cost;	/* of each of `want' */
};

/* All players on one side.  ${want} stays the caller's; NULL: all that both have. */
CM_RESULT cm_coalition_new(const struct cm_laid *l, const size_t *want, size_t n_want, enum cm_side side,
    struct cm_coalition *out);
/* The other side's values for that player. */
void cm_coalition_toggle(struct cm_coalition *c, size_t player);
/* Fills cost. */
void cm_coalition_costs(struct cm_coalition *c);
/* ln odds of the first of `want' against the others. */
int64_t cm_coalition_odds(struct cm_coalition *c);

/* Sums, rounded to the nearest, halves away from zero: the same for both signs. */
__extension__ typedef __int128 cm_wide;
int64_t cm_wide_divide(cm_wide x, cm_wide by);

#endif
