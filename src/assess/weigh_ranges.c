/* The ends of each posterior, while every likelihood stays in its range. */
#include <string.h>

#include "assess/fixed.h"
#include "assess/weigh_parts.h"

static enum cm_end
opposite(enum cm_end end)
{
	return end == CM_END_HI ? CM_END_LO : CM_END_HI;
}

/* The end of base ${k}: its own likelihoods at one end, all others at the other. */
static int64_t
end_of_base(struct cm_weigh *w, size_t k, enum cm_end own)
{
	const struct cm_weigh_sums *mine = &w->sums[own], *others = &w->sums[opposite(own)];
	size_t i;

	for (i = 0; i < w->n_bases; i++)
		w->costs[w->base[i].place] = cm_weigh_base_cost(w, i, (i == k ? mine : others)->s[i], others->g);
	for (i = 0; i < w->n_deceivers; i++) {
		const struct cm_weigh_deceiver *d = &w->deceiver[i];
		int64_t cost = w->prior[d->place] + others->planted[d->as];

		for (unsigned f = 0; f < CM_FORGE_CLASSES; f++)
			cost += cm_weigh_factor(w, f, (d->as == k ? mine : others)->s[d->as][f], (d->by == k ? mine : others)->s[d->by][f]);
		w->costs[d->place] = cost;
	}
	return cm_weigh_share_of(w->costs, w->n, w->base[k].place);
}

/* ---- deceivers ----
 *
 * Every term is linear in the product of a side's likelihoods over a class, so the ends lie where each such product
 * is at an end: two bits a class, the first for the blamed side, the second for the deceiver.  What a class adds to
 * a cost depends on its two bits only, and is looked up. */
struct corners {
	struct cm_weigh *w;
	const struct cm_weigh_deceiver *of;
	enum cm_end own;
};

static const int64_t *
side(const struct corners *c, size_t base, unsigned bits)
{
	enum cm_end end = opposite(c->own);

	if (base == c->of->as)
		end = (bits & 1) != 0 ? CM_END_HI : CM_END_LO;
	else if (base == c->of->by)
		end = (bits & 2) != 0 ? CM_END_HI : CM_END_LO;
	return c->w->sums[end].s[base];
}

/* ${w}->costs gets what does not depend on the corner. */
static void
look_up(const struct corners *c)
{
	struct cm_weigh *w = c->w;
	size_t i;
	unsigned f, bits;

	for (i = 0; i < w->n_bases; i++) {
		w->costs[w->base[i].place] = w->prior[w->base[i].place] + w->sums[c->own].g;
		for (f = 0; f < CM_FORGE_CLASSES; f++)
			for (bits = 0; bits < 4; bits++)
				w->corner[w->base[i].place][f][bits] = side(c, i, bits)[f];
	}
	for (i = 0; i < w->n_deceivers; i++) {
		const struct cm_weigh_deceiver *d = &w->deceiver[i];

		w->costs[d->place] = w->prior[d->place] + w->sums[d->as == c->of->as ? c->own : opposite(c->own)].planted[d->as];
		for (f = 0; f < CM_FORGE_CLASSES; f++)
			for (bits = 0; bits < 4; bits++)
				w->corner[d->place][f][bits] = cm_weigh_factor(w, f, side(c, d->as, bits)[f], side(c, d->by, bits)[f]);
	}
}

/* Bits that make a difference. */
static unsigned
live_bits(const struct corners *c)
{
	const struct cm_weigh_sums *lo = &c->w->sums[CM_END_LO], *hi = &c->w->sums[CM_END_HI];
	unsigned live = 0;

	for (unsigned f = 0; f < CM_FORGE_CLASSES; f++) {
		live |= (lo->s[c->of->as][f] != hi->s[c->of->as][f] ? 1u : 0u) << (2 * f);
		live |= (lo->s[c->of->by][f] != hi->s[c->of->by][f] ? 2u : 0u) << (2 * f);
	}
	return live;
}

/* Classes in which some item has a range for that side. */
static unsigned
ranged_classes(const struct cm_weigh *w, size_t base)
{
	unsigned classes = 0;

	for (size_t i = 0; i < w->n_items; i++) {
		const struct cm_weigh_item *x = &w->item[i];

		if (x->class != CM_CLASS_G && x->cost[base] != x->cost[CM_END_HI * w->n_bases + base])
			classes |= 1u << x->class;
	}
	return (unsigned)__builtin_popcount(classes);
}

uint64_t
cm_weigh_work(const struct cm_weigh *w)
{
	uint64_t work = (uint64_t)CM_ENDS * w->n_items * w->n_bases + 2 * w->n_bases * w->n;

	for (size_t k = 0; k < w->n_deceivers; k++)
		work += ((uint64_t)2 << (ranged_classes(w, w->deceiver[k].as) + ranged_classes(w, w->deceiver[k].by))) * w->n;
	return work;
}

/* ---- all corners ----
 *
 * Most hypotheses cost the same at each corner.  What their exponentials sum to depends on the least cost of all only, and is
 * added up when that changes; not even then, if without it it is clear that the corner is no better than the best so far. */
struct walk {
	const struct corners *c;
	int64_t cost[CM_ASSESS_HYPOTHESES];
	size_t moving[CM_ASSESS_HYPOTHESES], n_moving;
	size_t still[CM_ASSESS_HYPOTHESES], n_still;
	int64_t least_still; /* of their costs */
	int64_t least;	     /* that `sum' is for; below 0: none yet */
	cm_u128 sum;	     /* of those that do not move */
	int64_t best;	     /* share; below 0: none yet */
};

static int64_t
cost_at(const struct cm_weigh *w, size_t i, unsigned corner)
{
	int64_t cost = w->costs[i];

	for (unsigned f = 0; f < CM_FORGE_CLASSES; f++)
		cost += w->corner[i][f][corner >> (2 * f) & 3];
	return cost;
}

static bool
moves(const struct cm_weigh *w, size_t i)
{
	for (unsigned f = 0; f < CM_FORGE_CLASSES; f++)
		for (unsigned bits = 1; bits < 4; bits++)
			if (w->corner[i][f][bits] != w->corner[i][f][0])
				return true;
	return false;
}

static void
begin(struct walk *k, const struct corners *c)
{
	k->c = c;
	k->n_moving = k->n_still = 0;
	k->least_still = INT64_MAX;
	k->least = k->best = -1;
	for (size_t i = 0; i < c->w->n; i++) {
		if (moves(c->w, i)) {
			k->moving[k->n_moving++] = i;
			continue;
		}
		k->still[k->n_still++] = i;
		k->cost[i] = cost_at(c->w, i, 0);
		k->least_still = k->cost[i] < k->least_still ? k->cost[i] : k->least_still;
	}
}

static bool
better(const struct walk *k, int64_t share)
{
	return k->best < 0 || (k->c->own == CM_END_HI ? share > k->best : share < k->best);
}

/* Can the corner be better, whatever those that do not move sum to?  They are one at least, and at most all as large. */
static bool
can_be_better(const struct walk *k, int64_t d, int64_t least, cm_u128 moving)
{
	cm_u128 largest = k->n_still == 0 ? 0 : (cm_u128)(uint64_t)cm_cost_exp(k->least_still - least);

	return better(k, cm_weigh_share_in(d, moving + (k->c->own == CM_END_HI ? largest : largest * k->n_still)));
}

static void
add_still(struct walk *k, int64_t least)
{
	k->least = least;
	k->sum = 0;
	for (size_t i = 0; i < k->n_still; i++)
		k->sum += (uint64_t)cm_cost_exp(k->cost[k->still[i]] - least);
}

static void
try_corner(struct walk *k, unsigned corner)
{
	int64_t least = k->least_still, share, d;
	cm_u128 moving = 0;
	size_t i;

	for (i = 0; i < k->n_moving; i++) {
		int64_t cost = cost_at(k->c->w, k->moving[i], corner);

		k->cost[k->moving[i]] = cost;
		least = cost < least ? cost : least;
	}
	for (i = 0; i < k->n_moving; i++)
		moving += (uint64_t)cm_cost_exp(k->cost[k->moving[i]] - least);
	d = k->cost[k->c->of->place] - least;
	if (k->least != least) {
		if (!can_be_better(k, d, least, moving))
			return;
		add_still(k, least);
	}
	share = cm_weigh_share_in(d, moving + k->sum);
	if (better(k, share))
		k->best = share;
}

static int64_t
end_of_deceiver(struct cm_weigh *w, const struct cm_weigh_deceiver *d, enum cm_end own)
{
	struct corners c = { w, d, own };
	struct walk k;
	unsigned live = live_bits(&c), corner;

	look_up(&c);
	begin(&k, &c);
	try_corner(&k, 0);
	/* all subsets of the live bits */
	for (corner = (0u - live) & live; corner != 0; corner = (corner - live) & live)
		try_corner(&k, corner);
	return k.best;
}

void
cm_weigh_ranges(struct cm_weigh *w, const bool *in, struct cm_posterior *out)
{
	size_t k;

	cm_weigh_middle(w, in, out);
	cm_weigh_add(w, CM_END_LO);
	cm_weigh_add(w, CM_END_HI);
	for (k = 0; k < w->n_bases; k++) {
		out[w->base[k].place].hi = end_of_base(w, k, CM_END_HI);
		out[w->base[k].place].lo = end_of_base(w, k, CM_END_LO);
	}
	for (k = 0; k < w->n_deceivers; k++) {
		out[w->deceiver[k].place].hi = end_of_deceiver(w, &w->deceiver[k], CM_END_HI);
		out[w->deceiver[k].place].lo = end_of_deceiver(w, &w->deceiver[k], CM_END_LO);
	}
}
