/* Laws of the fewest items without which the answer is another one: what the search says is what trying all of them says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assess/leave.h"
#include "made.h"

#define ITEMS 14u

struct found {
	size_t size, n;
	struct cm_flip_set set[364]; /* of 14 items, 3 */
};

struct trying {
	struct cm_weigh *w;
	const struct cm_assessment *a;
	bool in[ITEMS];
	size_t top;
	struct found all;
};

/* How many cases ended with sets of 0 (none), 1, 2, 3. */
static uint64_t seen[CM_FLIP_SIZE + 1];

static size_t
top_of(struct trying *t, const bool *in)
{
	int64_t cost[CM_ASSESS_HYPOTHESES];

	cm_weigh_costs(t->w, in, cost);
	return cm_weigh_top(cost, cm_weigh_n(t->w));
}

/* All sets of that size, in the order of their numbers. */
static void
try_all(struct trying *t, size_t size, size_t from, size_t n, struct cm_flip_set *set)
{
	if (n == size) {
		if (top_of(t, t->in) != t->top)
			t->all.set[t->all.n++] = *set;
		return;
	}
	for (size_t i = from; i < t->a->n_items; i++) {
		if (!t->in[i])
			continue;
		t->in[i] = false;
		set->item[n] = i;
		try_all(t, size, i + 1, n + 1, set);
		t->in[i] = true;
	}
}

static bool
same_sets(struct gen *g, const struct trying *t, const struct cm_flips *f)
{
	if (f->n != t->all.n)
		return gen_fail(g, "%zu sets of %zu, there are %zu", f->n, f->size, t->all.n);
	for (size_t i = 0; i < f->n; i++)
		if (memcmp(f->set[i].item, t->all.set[i].item, f->size * sizeof(f->set[i].item[0])) != 0)
			return gen_fail(g, "set %zu of %zu is another", i, f->n);
	return true;
}

/* None is that small: what is said is a set that does it, and that none of its items is in vain. */
static bool
bound_holds(struct gen *g, struct trying *t, const struct cm_flips *f, size_t most)
{
	if (f->exact || f->below != most)
		return gen_fail(g, "there is no set up to %zu, it says %d, %zu", most, f->exact, f->below);
	if (f->size == 0)
		return true;
	if (f->size <= most)
		return gen_fail(g, "a set of %zu, there is none", f->size);
	for (size_t i = 0; i < f->size; i++)
		t->in[f->bound[i]] = false;
	return top_of(t, t->in) != t->top || gen_fail(g, "the bound of %zu does not flip", f->size);
}

static bool
is_what_all_say(struct gen *g, struct trying *t, size_t most, struct cm_arena *arena)
{
	struct cm_flip_set set = { { 0 } };
	struct cm_flips f;
	struct cm_err err;
	bool in[ITEMS];

	memcpy(in, t->in, sizeof(in));
	if (cm_leave_flips(t->w, in, most, arena, &f, &err) != CM_OK)
		return gen_fail(g, "%s", err.text);
	t->top = top_of(t, in);
	for (size_t size = 1; size <= most && t->all.n == 0; size++)
		try_all(t, t->all.size = size, 0, 0, &set);
	seen[t->all.n == 0 ? 0 : t->all.size]++;
	if (t->all.n == 0)
		return bound_holds(g, t, &f, most);
	if (!f.exact || f.size != t->all.size || f.below != f.size - 1)
		return gen_fail(g, "size %zu (below %zu), it is %zu", f.size, f.below, t->all.size);
	return same_sets(g, t, &f);
}

/* ${wanted}: sets of ${size} that there must be; 0: not known. */
static bool
try_it(struct gen *g, struct trying *t, struct cm_arena *arena, size_t most, size_t size, size_t wanted)
{
	struct cm_weigh_in in = { .a = t->a, .layer = MADE_LAYER, .panel = gen_one_in(g, 2) };
	struct cm_err err;

	if (t->a == NULL || cm_weigh_new(&in, arena, &t->w, &err) != CM_OK)
		return gen_fail(g, "no memory");
	if (!is_what_all_say(g, t, most, arena))
		return false;
	return wanted == 0 || (t->all.size == size && t->all.n == wanted) ||
	       gen_fail(g, "%zu sets of %zu instead of %zu of %zu", t->all.n, t->all.size, wanted, size);
}

static bool
hold(struct gen *g, const struct made_shape *shape, uint64_t left_out)
{
	struct cm_arena arena;
	struct trying t = { .top = 0 };
	bool good;

	cm_arena_init(&arena, 0);
	t.a = made_assessment(g, shape, &arena);
	for (size_t i = 0; i < ITEMS; i++)
		t.in[i] = i < shape->items && !(left_out > 0 && gen_one_in(g, left_out));
	good = try_it(g, &t, &arena, gen_one_in(g, 6) ? 1 + gen_below(g, 2) : CM_FLIP_SIZE, 0, 0);
	cm_arena_fini(&arena);
	return good;
}

static size_t
items_of(struct gen *g)
{
	return 1 + gen_upto(g, g->size < ITEMS ? g->size - 1 : ITEMS - 1);
}

/* Whatever there is. */
static bool
any(struct gen *g)
{
	struct made_shape s = { .items = items_of(g), .plain = 2 + gen_below(g, 4), .deceivers = gen_below(g, 5), .groups = 1 + gen_below(g, 4),
		.ranges = 4, .copies = gen_below(g, 4), .letters = gen_below(g, 5), .claims = gen_below(g, 5), .likely = gen_below(g, 3) * 4,
		.lead = 1 + gen_below(g, 20), .class = -1, .rho = -1 };

	return hold(g, &s, gen_below(g, 2) * 5);
}

/* Nothing moves much, and the first prior is ahead by a little. */
static bool
near_ties(struct gen *g)
{
	struct made_shape s = { .items = items_of(g), .plain = 2 + gen_below(g, 3), .deceivers = gen_below(g, 4), .groups = 1 + gen_below(g, 8),
		.copies = gen_below(g, 2) * 4, .likely = 2 + gen_below(g, 4), .lead = gen_below(g, 2), .class = -1, .rho = gen_one_in(g, 2) ? 0 : -1 };

	return hold(g, &s, 0);
}

/* Most repeat one of few, in another group, of another class: who goes lets the next one in. */
static bool
families(struct gen *g)
{
	static const int64_t rho[] = { 0, 800000, CM_ASSESS_MILLION };
	struct made_shape s = { .items = items_of(g), .plain = 2 + gen_below(g, 3), .deceivers = gen_below(g, 4), .groups = 1 + gen_below(g, 3),
		.ranges = 8, .copies = 2, .letters = gen_below(g, 2) * 4, .likely = gen_below(g, 2) * 6, .lead = gen_below(g, 8), .class = -1 };

	s.rho = rho[gen_below(g, 3)];
	return hold(g, &s, gen_below(g, 2) * 6);
}

/* All in one group: who goes makes the next one count whole. */
static bool
one_group(struct gen *g)
{
	static const int64_t rho[] = { 500000, 800000, 950000, CM_ASSESS_MILLION };
	struct made_shape s = { .items = items_of(g), .plain = 2 + gen_below(g, 3), .deceivers = gen_below(g, 5), .groups = 1, .copies = gen_below(g, 2) * 6,
		.letters = gen_below(g, 2) * 5, .likely = gen_below(g, 2) * 5, .lead = gen_below(g, 10), .class = -1 };

	s.rho = rho[gen_below(g, 4)];
	return hold(g, &s, 0);
}

/* What deceivers and unknown sources say. */
static bool
letters(struct gen *g)
{
	struct made_shape s = { .items = items_of(g), .plain = 2 + gen_below(g, 3), .deceivers = 1 + gen_below(g, 4), .groups = 1 + gen_below(g, 4),
		.ranges = 6, .copies = gen_below(g, 2) * 4, .letters = 1, .claims = gen_below(g, 2) * 3, .likely = gen_below(g, 2) * 6,
		.lead = 1 + gen_below(g, 3), .class = -1, .rho = -1 };

	return hold(g, &s, 0);
}

/* Of ${k} items each of which has the first hypothesis at 0.6 and the other at 0.5, as many must go as its prior wants,
 * whichever; the rest say nothing. */
static bool
known(struct gen *g)
{
	struct made_shape s = { .items = ITEMS, .plain = 2, .groups = ITEMS, .likely = 1, .class = -1, .rho = -1 };
	size_t k = 3 + gen_below(g, ITEMS - 2), size = 1 + gen_below(g, 3), sets = k;
	double prior = 0.02 * 1.0954451150103;
	struct trying t = { .top = 0 };
	struct cm_arena arena;
	struct cm_assessment *a;
	bool good;

	for (size_t i = 1; i < size; i++)
		sets = sets * (k - i) / (i + 1);
	for (size_t i = size; i < k; i++)
		prior *= 1.2;
	cm_arena_init(&arena, 0);
	t.a = a = made_assessment(g, &s, &arena);
	for (size_t i = 0; a != NULL && i < ITEMS; i++) {
		struct cm_assess_cell *cell = cm_arena_array(&arena, 2, sizeof(*cell));

		if (cell == NULL)
			abort();
		t.in[i] = true;
		a->item[i].group_number = i;
		cell[0].p.lo = cell[0].p.hi = (i < k ? 6 : 5) * CM_ASSESS_ONE / 10;
		cell[1].p.lo = cell[1].p.hi = CM_ASSESS_ONE / 2;
		a->item[i].cell = cell;
	}
	a->hypothesis[0].prior = CM_ASSESS_ONE / 50;
	a->hypothesis[1].prior = (int64_t)(prior * (double)CM_ASSESS_ONE);
	good = try_it(g, &t, &arena, CM_FLIP_SIZE, size, sets);
	cm_arena_fini(&arena);
	return good;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "the smallest flip sets are those that trying all of them finds", any, 4000, 40 },
		{ "also where all is near a tie", near_ties, 6000, 40 },
		{ "also where copies come in for each other", families, 6000, 40 },
		{ "also where one group makes others lighter", one_group, 4000, 40 },
		{ "also of graded sources", letters, 4000, 40 },
		{ "sets that were put there are found, all of them", known, 500, 40 },
	};
	int broken = laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
	uint64_t all = 0, size;

	for (size = 0; size <= CM_FLIP_SIZE; size++)
		all += seen[size];
	for (size = 0; size <= CM_FLIP_SIZE; size++) {
		printf("sets of %llu: %llu cases\n", (unsigned long long)size, (unsigned long long)seen[size]);
		if (all > 1000 && seen[size] < all / 50) {
			printf("BROKEN: these cases are too easy\n");
			broken = 1;
		}
	}
	return broken;
}
