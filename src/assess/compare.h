/* assess/compare.h -- two assessments of one case side by side: where they part, by how much, what would reconcile them
 * (docs/design/0012).
 *
 * A and B are two parties' assessments; nothing in here merges them.  All numbers by the middles, except the shares
 * with their ranges.  ln odds and ln LR in units of 2^-44, as costs; shares in 10^-12; c in millionths.
 *
 * Hypotheses are the same if layer and name are.  One that a side does not have, that side can not be convinced of:
 * differences are about the hypotheses that both have.  Swapping A and B negates every difference, to the last unit; if
 * the two have different tops, the odds turn round as well, and the differences stay.
 *
 * Pure; all memory from the arena handed in. */
#ifndef CM_ASSESS_COMPARE_H
#define CM_ASSESS_COMPARE_H

#include "assess/views.h"
#include "codec/json_write.h"

#define CM_ASSESS_COMPARE_VERSION 1
#define CM_ASSESS_COMPARE_EXACT 16u	       /* with so many groups that differ at most all coalitions are looked at */
#define CM_ASSESS_COMPARE_PERMUTATIONS 65536u /* at most */

struct cm_assess_compare_in {
	const struct cm_assessment *a, *b;
	enum cm_layer layer;
	enum cm_assess_view_of view; /* of each side's own items; CM_OF_ALL: all */
	const char *to;		     /* of CM_OF_SHARED; or NULL */
	uint64_t seed;		     /* of the permutations, if there are too many groups */
	size_t permutations;	     /* rounded up to even; 0: as many as take a few seconds */
};

struct cm_assess_compared_hypothesis {
	const char *name;
	size_t a, b; /* numbers in the assessments; CM_ASSESS_NONE: that side gives it no room */
	struct cm_posterior of_a, of_b; /* in each side's own full posterior */
};

enum cm_assess_compared_by {
	CM_SAME_NAME_AND_RESTS, /* and at least one statement behind both */
	CM_SAME_RESTS,		/* exactly the same statements */
	CM_SAME_NAME_ONLY,
	CM_ONE_SIDE_ONLY
};
const char *cm_assess_compared_by_word(enum cm_assess_compared_by by);

struct cm_assess_compared_item {
	size_t a, b; /* numbers; CM_ASSESS_NONE */
	enum cm_assess_compared_by by;
	const char *group;   /* the player that it belongs to: that of A if both have it */
	bool speaks_a, speaks_b; /* is in the view and has a number for all of the layer */
	int64_t lr_a, lr_b;  /* ln LR of the two hypotheses, by itself (weight 1), with the side's own c; 0 if it does not speak */
	int64_t differs;     /* both speak: ln LR of B - of A, without what only a different c does to a deceiver's */
	bool agreed;	     /* both speak, and |differs| < 1/2 */
};

enum cm_assess_compared_what { CM_PART_PRIORS, CM_PART_PLANTABILITY, CM_PART_GROUP };
const char *cm_assess_compared_what_word(enum cm_assess_compared_what what); /* "priors", "plantability", "group" */

/* A player and its Shapley value. */
struct cm_assess_compared_part {
	enum cm_assess_compared_what what;
	const char *name; /* of a group; else NULL */
	int64_t value;
	int64_t error; /* standard error of a sampled value, rounded up; 0: exact */
};

/* What if one side took these of the other's? */
struct cm_assess_compared_swap {
	bool priors, plantability;
	size_t top_a, top_b; /* then, of the hypotheses that both have */
	bool reaches_a;	     /* A with B's comes to B's own top */
	bool reaches_b;
};

/* Is there anything that both admit with which they agree? */
struct cm_assess_compared_common {
	bool found;
	bool exact;    /* nothing between the points was left out: no c matters, or none has room */
	size_t points; /* of the grid of c that were looked at */
	size_t top;    /* of a witness: what both come to then, */
	const int64_t *prior; /* with these, which sum to what a side's do, of each hypothesis of `shared', */
	int64_t c[CM_FORGE_CLASSES]; /* and these; 0: the class does not matter */
	const bool *agree; /* of each hypothesis of `hypothesis': can they agree on it? */
};

struct cm_assess_compared {
	struct cm_assess_compare_in in;
	const struct cm_assess_compared_hypothesis *hypothesis; /* in the order of A, then those of B only */
	size_t n_hypotheses;
	const size_t *shared; /* places in `hypothesis', by name */
	size_t n_shared;
	size_t top_a, top_b; /* places in `hypothesis': of each side's full posterior, */
	size_t shared_top_a, shared_top_b; /* and among those that both have */
	/* The odds: of `odds_for' against `odds_against', CM_ASSESS_NONE: all others that both have. */
	size_t odds_for, odds_against;
	int64_t odds_a, odds_b; /* ln */
	const struct cm_assess_compared_part *part; /* largest first; values sum to odds_b - odds_a */
	size_t n_parts;
	size_t crux; /* in `part'; CM_ASSESS_NONE: nothing differs */
	size_t differing_groups;
	bool sampled;
	size_t permutations; /* of a sample */
	size_t items_against; /* items' ln LR: of `odds_for' against this; CM_ASSESS_NONE: there is no other */
	const struct cm_assess_compared_item *item; /* in the order of A, then those of B only */
	size_t n_items;
	size_t agreed, disagreed, only_a, only_b; /* items; the rest does not speak on both sides */
	struct cm_assess_compared_swap swap[3]; /* priors; plantability; both */
	struct cm_assess_compared_common common;
};

/* CM_E_USAGE: a side does not speak of the layer, or they have no hypothesis in common.  CM_E_NOMEM. */
CM_RESULT cm_assess_compare(
    const struct cm_assess_compare_in *in, struct cm_arena *arena, struct cm_assess_compared *out, struct cm_err *err);

/* An object with everything of it, in one order, of integers and names only. */
void cm_assess_compare_write(const struct cm_assess_compared *c, struct cm_jsonw *w);

#endif
