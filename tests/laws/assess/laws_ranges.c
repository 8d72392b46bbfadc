/* Laws of ranges and of the ceiling: the ends are those that trying both ends of every single number finds, and no evidence
 * lifts a hypothesis above who could have planted it by more than planting costs. */
#include <stdio.h>
#include <string.h>

#include "assess/fixed.h"
#include "assess/weigh_parts.h"
#include "made.h"

#define CELLS 10u
#define PLAIN 4u
/* Costs are rounded: where a class moves from end to end, a share in between may in theory lie outside of both.  In 40,000
 * cases none did. */
#define ROUNDING 2

struct cell {
	size_t item, base; /* of the layer */
};

struct trying {
	struct cm_weigh *w;
	bool *in;
	struct cell cell[CELLS]; /* that have a range */
	size_t n;
	int64_t lo[CM_ASSESS_HYPOTHESES], hi[CM_ASSESS_HYPOTHESES];
};

static uint64_t corners;

/* ---- sums at one corner, from the parts ---- */

static enum cm_end
end_of(const struct trying *t, size_t item, size_t base, unsigned corner)
{
	for (size_t c = 0; c < t->n; c++)
		if (t->cell[c].item == item && t->cell[c].base == base)
			return (corner >> c & 1) != 0 ? CM_END_HI : CM_END_LO;
	return CM_END_LO; /* where both are one */
}

static void
add(const struct trying *t, size_t i, unsigned corner, struct cm_weigh_sums *s)
{
	const struct cm_weigh *w = t->w;
	const struct cm_weigh_item *x = &w->item[i];
	bool whole = w->strongest[x->group] == i;
	const int64_t *cost = whole ? x->cost : x->light_cost;
	const int64_t *planted = whole || x->class != CM_CLASS_G ? x->planted : x->planted + CM_ENDS * w->n_bases;

	if (x->class == CM_CLASS_G)
		s->g += cost[0];
	for (size_t k = 0; k < w->n_bases; k++) {
		size_t at = (size_t)end_of(t, i, k, corner) * w->n_bases + k;

		if (x->class == CM_CLASS_G)
			s->planted[k] += planted[at];
		else
			s->s[k][x->class] += cost[at];
	}
}

static void
try_corner(struct trying *t, unsigned corner)
{
	int64_t of_class[PLAIN][CM_FORGE_CLASSES] = { { 0 } }, planted[PLAIN] = { 0 }, cost[CM_ASSESS_HYPOTHESES];
	struct cm_weigh_sums s = { of_class, planted, 0 };

	for (size_t i = 0; i < t->w->n_items; i++)
		if (t->w->counts[i])
			add(t, i, corner, &s);
	cm_weigh_sum_up(t->w, &s, cost);
	for (size_t h = 0; h < t->w->n; h++) {
		int64_t share = cm_weigh_share_of(cost, t->w->n, h);

		t->lo[h] = corner == 0 || share < t->lo[h] ? share : t->lo[h];
		t->hi[h] = corner == 0 || share > t->hi[h] ? share : t->hi[h];
	}
	corners++;
}

/* Which numbers have two ends, of those that count. */
static bool
list_cells(struct trying *t)
{
	const struct cm_weigh *w = t->w;

	for (size_t i = 0; i < w->n_items; i++)
		for (size_t k = 0; w->counts[i] && k < w->n_bases; k++) {
			const struct cm_weigh_item *x = &w->item[i];
			const int64_t *p = x->class == CM_CLASS_G ? x->planted : x->cost;

			if (p[CM_END_LO * w->n_bases + k] == p[CM_END_HI * w->n_bases + k])
				continue;
			if (t->n == CELLS)
				return false;
			t->cell[t->n++] = (struct cell) { i, k };
		}
	return true;
}

static bool
close(struct gen *g, const struct trying *t, const struct cm_posterior *share)
{
	for (size_t h = 0; h < t->w->n; h++) {
		int64_t below = share[h].lo - t->lo[h], above = t->hi[h] - share[h].hi;

		if (below < 0 || above < 0)
			return gen_fail(g, "hypothesis %zu reaches further than any corner: by %lld, %lld", h, (long long)below, (long long)above);
		if (below > ROUNDING || above > ROUNDING)
			return gen_fail(g, "hypothesis %zu: there are corners beyond its ends: by %lld, %lld", h, (long long)below, (long long)above);
		if (share[h].mid < share[h].lo - ROUNDING || share[h].mid > share[h].hi + ROUNDING)
			return gen_fail(g, "hypothesis %zu: its middle is not between its ends", h);
	}
	return true;
}

static bool
try_all(struct gen *g, struct trying *t)
{
	struct cm_posterior share[CM_ASSESS_HYPOTHESES];

	cm_weigh_count(t->w, t->in);
	if (!list_cells(t))
		return true; /* too many to try */
	for (unsigned corner = 0; corner < 1u << t->n; corner++)
		try_corner(t, corner);
	cm_weigh_ranges(t->w, t->in, share);
	return close(g, t, share);
}

/* ---- the ceiling ---- */

/* Whatever counts: cost(b>a) - cost(a) is at most what its prior says and what planting the classes that are there costs. */
static bool
below_the_ceiling(struct gen *g, struct trying *t)
{
	const struct cm_weigh *w = t->w;
	int64_t cost[CM_ASSESS_HYPOTHESES], most = 0;
	bool there[CM_WEIGH_CLASSES] = { false };

	cm_weigh_costs(t->w, t->in, cost);
	for (size_t i = 0; i < w->n_items; i++)
		if (w->counts[i] && !there[w->item[i].class]) {
			there[w->item[i].class] = true;
			most += w->item[i].class == CM_CLASS_G ? 0 : cm_cost(w->a->class[w->item[i].class].c * 100000000);
		}
	for (size_t d = 0; d < w->n_deceivers; d++) {
		size_t a = w->base[w->deceiver[d].as].place, ba = w->deceiver[d].place;
		int64_t over = cost[ba] - cost[a] - (w->prior[ba] - w->prior[a]) - most;

		if (over > 0)
			return gen_fail(g, "hypothesis %zu is above its ceiling by %lld", a, (long long)over);
	}
	return true;
}

/* ---- cases ---- */

static bool
hold(struct gen *g, const struct made_shape *shape, bool (*holds)(struct gen *g, struct trying *t))
{
	struct cm_arena arena;
	struct trying t = { .n = 0 };
	struct cm_weigh_in in = { .layer = MADE_LAYER, .panel = gen_one_in(g, 2) };
	struct cm_err err;
	bool good = false;

	cm_arena_init(&arena, 0);
	in.a = made_assessment(g, shape, &arena);
	t.in = cm_arena_array(&arena, shape->items + 1, sizeof(*t.in));
	for (size_t i = 0; t.in != NULL && i < shape->items; i++)
		t.in[i] = !gen_one_in(g, 10);
	if (t.in == NULL || in.a == NULL || cm_weigh_new(&in, &arena, &t.w, &err) != CM_OK)
		(void)gen_fail(g, "no memory");
	else
		good = holds(g, &t);
	cm_arena_fini(&arena);
	return good;
}

static bool
ends(struct gen *g)
{
	struct made_shape s = { .items = 1 + gen_below(g, 6), .plain = 2 + gen_below(g, PLAIN - 1), .deceivers = gen_below(g, 5),
		.groups = 1 + gen_below(g, 3), .ranges = 2 + gen_below(g, 3), .copies = gen_below(g, 3) * 3, .letters = gen_below(g, 3) * 2,
		.claims = gen_below(g, 3) * 2, .likely = gen_below(g, 2) * 12, .lead = 1 + gen_below(g, 20), .class = -1, .rho = -1 };

	return hold(g, &s, try_all);
}

/* Hardly anything but deceivers. */
static bool
ends_of_deceivers(struct gen *g)
{
	struct made_shape s = { .items = 1 + gen_below(g, 4), .plain = 2 + gen_below(g, 2), .deceivers = 3 + gen_below(g, 8), .groups = 4,
		.ranges = 1 + gen_below(g, 2), .letters = gen_below(g, 3) * 2, .likely = gen_below(g, 2) * 12, .lead = 3, .class = -1, .rho = -1 };

	return hold(g, &s, try_all);
}

static bool
ceiling(struct gen *g)
{
	struct made_shape s = { .items = 1 + gen_upto(g, g->size), .plain = 2 + gen_below(g, 4), .deceivers = 1 + gen_below(g, 8),
		.groups = 1 + gen_below(g, 8), .ranges = 3, .copies = gen_below(g, 3) * 4, .letters = gen_below(g, 3) * 3, .claims = gen_below(g, 3) * 3,
		.likely = gen_below(g, 2) * 12, .lead = 20, .class = (int)gen_below(g, CM_FORGE_CLASSES + 1) - 1, .rho = -1 };

	return hold(g, &s, below_the_ceiling);
}

int
main(void)
{
	static const struct law laws[] = {
		{ "the ends of a share are those that trying both ends of each number finds", ends, 2000, 10 },
		{ "also where most are deceivers", ends_of_deceivers, 1000, 10 },
		{ "no evidence of any class lifts one above who made it look so by more than planting costs", ceiling, 5000, 200 },
	};
	int broken = laws_hold(laws, sizeof(laws) / sizeof(laws[0]));

	printf("corners: %llu\n", (unsigned long long)corners);
	return broken;
}
