/* Which items of both sides are the same, and what each side says of them. */
#include <stdlib.h>
#include <string.h>

#include "assess/compare_parts.h"
#include "assess/fixed.h"

#define DIGEST 32u

static const char *const words[] = { "name and statements", "statements", "name only", "one side only" };

const char *
cm_assess_compared_by_word(enum cm_assess_compared_by by)
{
	return words[by];
}

/* ---- matching ---- */

/* An item that waits for its other half. */
struct half {
	enum cm_side side;
	size_t number;
	const char *name;
	const uint8_t *rests; /* digests, ascending, each once */
	size_t n_rests;
};

struct matching {
	struct cm_laid *l;
	struct half *half;
	size_t n;
	size_t *other; /* of each item of A: that of B */
	bool *taken;   /* of each item of B */
	enum cm_assess_compared_by *by; /* of each item of A */
};

static int
compare_digests(const void *x, const void *y)
{
	return memcmp(x, y, DIGEST);
}

static CM_RESULT
sort_rests(const struct cm_laid *l, const struct cm_assess_item *item, struct half *h)
{
	uint8_t *d = cm_arena_array(l->arena, item->n_rests + 1, DIGEST);
	size_t n = 0;

	if (d == NULL)
		return cm_laid_no_memory(l);
	for (size_t i = 0; i < item->n_rests; i++)
		memcpy(d + i * DIGEST, item->rests[i].digest, DIGEST);
	qsort(d, item->n_rests, DIGEST, compare_digests);
	for (size_t i = 0; i < item->n_rests; i++)
		if (n == 0 || memcmp(d + i * DIGEST, d + (n - 1) * DIGEST, DIGEST) != 0)
			memmove(d + n++ * DIGEST, d + i * DIGEST, DIGEST);
	h->rests = d;
	h->n_rests = n;
	return CM_OK;
}

static int
by_place(const struct half *a, const struct half *b)
{
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

static int
by_name(const void *x, const void *y)
{
	int order = strcmp(((const struct half *)x)->name, ((const struct half *)y)->name);

	return order != 0 ? order : by_place(x, y);
}

static int
same_rests(const struct half *a, const struct half *b)
{
	if (a->n_rests != b->n_rests)
		return a->n_rests < b->n_rests ? -1 : 1;
	return memcmp(a->rests, b->rests, a->n_rests * DIGEST);
}

static int
by_rests(const void *x, const void *y)
{
	int order = same_rests(x, y);

	return order != 0 ? order : by_place(x, y);
}

static bool
one_in_common(const struct half *a, const struct half *b)
{
	size_t i = 0, k = 0;

	while (i < a->n_rests && k < b->n_rests) {
		int order = memcmp(a->rests + i * DIGEST, b->rests + k * DIGEST, DIGEST);

		if (order == 0)
			return true;
		if (order < 0)
			i++;
		else
			k++;
	}
	return false;
}

static bool
is_same(const struct half *a, const struct half *b, enum cm_assess_compared_by by)
{
	switch (by) {
	case CM_SAME_NAME_AND_RESTS:
		return strcmp(a->name, b->name) == 0 && one_in_common(a, b);
	case CM_SAME_RESTS:
		return a->n_rests > 0 && same_rests(a, b) == 0;
	default:
		return strcmp(a->name, b->name) == 0;
	}
}

static bool
is_free(const struct matching *m, const struct half *h)
{
	return h->side == CM_SIDE_A ? m->other[h->number] == CM_ASSESS_NONE : !m->taken[h->number];
}

static void
join(struct matching *m, const struct half *a, const struct half *b, enum cm_assess_compared_by by)
{
	if (!is_same(a, b, by))
		return;
	m->other[a->number] = b->number;
	m->taken[b->number] = true;
	m->by[a->number] = by;
}

/* Equal ones stand together, those of A first: the first of A with the first of B, and so on. */
static void
pair_up(struct matching *m, enum cm_assess_compared_by by)
{
	size_t a = 0, b = 0;

	qsort(m->half, m->n, sizeof(*m->half), by == CM_SAME_RESTS ? by_rests : by_name);
	while (a < m->n && b < m->n) {
		const struct half *x = &m->half[a], *y = &m->half[b];
		int order = by == CM_SAME_RESTS ? same_rests(x, y) : strcmp(x->name, y->name);

		if (x->side != CM_SIDE_A || !is_free(m, x) || order < 0) {
			a++;
		} else if (y->side != CM_SIDE_B || !is_free(m, y) || order > 0) {
			b++;
		} else {
			join(m, x, y, by);
			a++;
			b++;
		}
	}
}

static CM_RESULT
collect(struct matching *m)
{
	struct cm_laid *l = m->l;
	enum cm_result rc = CM_OK;

	for (int side = 0; side < CM_SIDES; side++)
		for (size_t i = 0; rc == CM_OK && i < l->a[side]->n_items; i++) {
			struct half *h = &m->half[m->n];

			if (!l->has[side][i])
				continue;
			m->n++;
			*h = (struct half) { .side = (enum cm_side)side, .number = i, .name = l->a[side]->item[i].name };
			rc = sort_rests(l, &l->a[side]->item[i], h);
		}
	return rc;
}

static const char *
group_of(const struct cm_assessment *a, size_t item)
{
	return a->group[a->item[item].group_number].name;
}

static void
list_items(struct matching *m)
{
	struct cm_laid *l = m->l;
	size_t n = 0;

	for (size_t i = 0; i < l->a[CM_SIDE_A]->n_items; i++) {
		bool both = m->other[i] != CM_ASSESS_NONE;

		if (l->has[CM_SIDE_A][i])
			l->item[n++] = (struct cm_assess_compared_item) { .a = i, .b = m->other[i], .by = both ? m->by[i] : CM_ONE_SIDE_ONLY,
				.group = group_of(l->a[CM_SIDE_A], i) };
	}
	for (size_t i = 0; i < l->a[CM_SIDE_B]->n_items; i++)
		if (l->has[CM_SIDE_B][i] && !m->taken[i])
			l->item[n++] = (struct cm_assess_compared_item) { .a = CM_ASSESS_NONE, .b = i, .by = CM_ONE_SIDE_ONLY,
				.group = group_of(l->a[CM_SIDE_B], i) };
	l->out->item = l->item;
	l->out->n_items = n;
}

enum cm_result
cm_laid_items(struct cm_laid *l)
{
	size_t a = l->a[CM_SIDE_A]->n_items, b = l->a[CM_SIDE_B]->n_items;
	struct matching m = { .l = l };
	enum cm_result rc;

	m.half = cm_arena_array(l->arena, a + b + 1, sizeof(*m.half));
	m.other = cm_arena_array(l->arena, a + 1, sizeof(*m.other));
	m.by = cm_arena_array(l->arena, a + 1, sizeof(*m.by));
	m.taken = cm_arena_array(l->arena, b + 1, sizeof(*m.taken));
	l->item = cm_arena_array(l->arena, a + b + 1, sizeof(*l->item));
	if (m.half == NULL || m.other == NULL || m.by == NULL || m.taken == NULL || l->item == NULL)
		return cm_laid_no_memory(l);
	for (size_t i = 0; i < a; i++)
		m.other[i] = CM_ASSESS_NONE;
	rc = collect(&m);
	if (rc != CM_OK)
		return rc;
	pair_up(&m, CM_SAME_NAME_AND_RESTS);
	pair_up(&m, CM_SAME_RESTS);
	pair_up(&m, CM_SAME_NAME_ONLY);
	list_items(&m);
	return CM_OK;
}

/* ---- what they say ---- */

/* Of one item by itself, as that side has it, for a hypothesis; plantability as ${c} has it. */
static int64_t
cost_of(const struct cm_laid *l, enum cm_side side, size_t item, const struct cm_laid_hypothesis *h, enum cm_side c)
{
	const struct cm_weigh *w = l->w[side];
	const struct cm_weigh_item *x = &w->item[w->of_item[item]];
	const int64_t *cost = x->cost + CM_END_MID * w->n_bases;

	if (h->base != CM_ASSESS_NONE)
		return cost[l->base[side][h->base]];
	if (x->class == CM_CLASS_G)
		return x->planted[CM_END_MID * w->n_bases + l->base[side][h->as]];
	return cm_weigh_factor(l->w[c], (unsigned)x->class, cost[l->base[side][h->as]], cost[l->base[side][h->by]]);
}

static int64_t
ratio(const struct cm_laid *l, enum cm_side side, size_t item, enum cm_side c)
{
	size_t of[2] = { l->out->odds_for, l->out->items_against };
	int64_t cost[2];

	for (int i = 0; i < 2; i++)
		for (size_t k = 0; k < l->n; k++)
			if (l->h[k].place == of[i])
				cost[i] = cost_of(l, side, item, &l->h[k], c);
	return cost[1] - cost[0];
}

static bool
speaks(const struct cm_laid *l, enum cm_side side, size_t item)
{
	return item != CM_ASSESS_NONE && l->w[side]->of_item[item] != CM_ASSESS_NONE;
}

static void
say(const struct cm_laid *l, struct cm_assess_compared_item *x)
{
	x->speaks_a = speaks(l, CM_SIDE_A, x->a);
	x->speaks_b = speaks(l, CM_SIDE_B, x->b);
	if (l->out->items_against == CM_ASSESS_NONE)
		return;
	if (x->speaks_a)
		x->lr_a = ratio(l, CM_SIDE_A, x->a, CM_SIDE_A);
	if (x->speaks_b)
		x->lr_b = ratio(l, CM_SIDE_B, x->b, CM_SIDE_B);
	if (!x->speaks_a || !x->speaks_b)
		return;
	/* with either c, and the middle of both */
	x->differs = cm_wide_divide((cm_wide)ratio(l, CM_SIDE_B, x->b, CM_SIDE_A) - x->lr_a + x->lr_b -
	    ratio(l, CM_SIDE_A, x->a, CM_SIDE_B), 2);
}

void
cm_laid_likelihoods(struct cm_laid *l)
{
	struct cm_assess_compared *out = l->out;

	for (size_t i = 0; i < out->n_items; i++) {
		struct cm_assess_compared_item *x = &l->item[i];

		say(l, x);
		x->agreed = x->speaks_a && x->speaks_b && x->differs < CM_COST_ONE / 2 && x->differs > -CM_COST_ONE / 2;
		out->agreed += x->agreed;
		out->disagreed += x->speaks_a && x->speaks_b && !x->agreed;
		out->only_a += x->b == CM_ASSESS_NONE;
		out->only_b += x->a == CM_ASSESS_NONE;
	}
}
