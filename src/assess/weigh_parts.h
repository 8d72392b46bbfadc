/* assess/weigh_parts.h -- within the room: what weigh_new.c prepares, weigh.c adds up and flips.c takes away. */
#ifndef CM_ASSESS_WEIGH_PARTS_H
#define CM_ASSESS_WEIGH_PARTS_H

#include "assess/weigh.h"

__extension__ typedef unsigned __int128 cm_u128;

enum cm_end { CM_END_LO, CM_END_MID, CM_END_HI };
#define CM_ENDS 3

/* What is said by a source of letter G is no class of its own, but is kept beside them. */
#define CM_CLASS_G CM_FORGE_CLASSES
#define CM_WEIGH_CLASSES (CM_FORGE_CLASSES + 1)

struct cm_weigh_base {
	size_t hypothesis; /* in the assessment */
	size_t place;	   /* in the layer */
};

struct cm_weigh_deceiver {
	size_t place;
	size_t by, as; /* bases */
};

/* An item that speaks at this layer. */
struct cm_weigh_item {
	size_t item; /* in the assessment */
	size_t family, group; /* dense numbers */
	int class;   /* 0 to 4, or CM_CLASS_G */
	int64_t light; /* its weight beside a stronger one */
	int64_t most, least; /* of its middles over the bases, in 10^-14 */
	const int64_t *cost;  /* [end][base]; of G: that of the background */
	const int64_t *light_cost; /* the same, weighted */
	const int64_t *planted; /* of G, [end][base]: what is planted on that one; whole and, behind it, light */
};

struct cm_weigh_group {
	const size_t *rank; /* its items, the strongest first */
	size_t n;
};

/* Sums over a set, for one end. */
struct cm_weigh_sums {
	int64_t (*s)[CM_FORGE_CLASSES]; /* of each base */
	int64_t *planted;		/* of each base */
	int64_t g;
};

struct cm_weigh {
	const struct cm_assessment *a;
	size_t n; /* hypotheses */
	const size_t *hypothesis;
	const int64_t *prior; /* costs */
	struct cm_weigh_base *base;
	size_t n_bases;
	struct cm_weigh_deceiver *deceiver;
	size_t n_deceivers;
	int64_t planted[CM_FORGE_CLASSES], free[CM_FORGE_CLASSES]; /* costs of c and of 1 - c */
	struct cm_weigh_item *item;
	size_t n_items;
	size_t *of_item; /* number here of an item of the assessment, or CM_ASSESS_NONE */
	struct cm_weigh_group *group;
	size_t n_groups;
	size_t n_families;
	/* room to work in */
	bool *counts;	   /* of each item here */
	bool *taken;	   /* of each family */
	size_t *strongest; /* of each group, or CM_ASSESS_NONE */
	struct cm_weigh_sums sums[CM_ENDS];
	int64_t *costs;
	int64_t (*corner)[CM_FORGE_CLASSES][4]; /* of each hypothesis of the layer */
};

/* Is ${x} stronger than ${y}, or equal and first?  For sorting: <0, >0. */
int cm_weigh_stronger(const struct cm_weigh_item *x, const struct cm_weigh_item *y);

/* Fills counts and strongest for a set. */
void cm_weigh_count(struct cm_weigh *w, const bool *in);

/* Fills sums[end]; cm_weigh_count came before. */
void cm_weigh_add(struct cm_weigh *w, enum cm_end end);

/* What class ${f} adds to the cost of `b made it look like a'. */
int64_t cm_weigh_factor(const struct cm_weigh *w, unsigned f, int64_t a, int64_t b);

/* Costs of all hypotheses from sums. */
void cm_weigh_sum_up(const struct cm_weigh *w, const struct cm_weigh_sums *s, int64_t *out);

/* Of a hypothesis without a deceiver, from its class sums and the sum of letter G. */
int64_t cm_weigh_base_cost(const struct cm_weigh *w, size_t k, const int64_t s[CM_FORGE_CLASSES], int64_t g);

/* The share of a hypothesis that costs ${d} more than the least, when all exponentials sum to ${sum}. */
int64_t cm_weigh_share_in(int64_t d, cm_u128 sum);

/* The share of hypothesis ${i}. */
int64_t cm_weigh_share_of(const int64_t *cost, size_t n, size_t i);

#endif
