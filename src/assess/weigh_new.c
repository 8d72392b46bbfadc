/* What does not depend on which items are in the set. */
#include <stdlib.h>
#include <string.h>

#include "assess/fixed.h"
#include "assess/weigh_parts.h"

__extension__ typedef unsigned __int128 u128;

struct preparing {
	struct cm_weigh *w;
	const struct cm_weigh_in *in;
	struct cm_arena *arena;
	struct cm_err *err;
	int64_t *value; /* [end][base], of the item that is looked at, in 10^-14 */
};

static CM_RESULT
no_memory(const struct preparing *p)
{
	return cm_err_set(p->err, CM_E_NOMEM, "no memory to weigh the items");
}

/* ---- hypotheses ---- */

static CM_RESULT
list_hypotheses(struct preparing *p)
{
	const struct cm_assessment *a = p->in->a;
	struct cm_weigh *w = p->w;
	size_t *hypothesis = cm_arena_array(p->arena, a->n_hypotheses + 1, sizeof(*hypothesis));
	int64_t *prior = cm_arena_array(p->arena, a->n_hypotheses + 1, sizeof(*prior));

	w->base = cm_arena_array(p->arena, a->n_hypotheses + 1, sizeof(*w->base));
	w->deceiver = cm_arena_array(p->arena, a->n_hypotheses + 1, sizeof(*w->deceiver));
	if (hypothesis == NULL || prior == NULL || w->base == NULL || w->deceiver == NULL)
		return no_memory(p);
	for (size_t i = 0; i < a->n_hypotheses; i++) {
		if (a->hypothesis[i].layer != p->in->layer)
			continue;
		hypothesis[w->n] = i;
		prior[w->n] = cm_cost(100 * a->hypothesis[i].prior);
		if (!cm_hypothesis_deceives(&a->hypothesis[i]))
			w->base[w->n_bases++] = (struct cm_weigh_base) { i, w->n };
		w->n++;
	}
	w->hypothesis = hypothesis;
	w->prior = prior;
	return w->n_bases > 0 ? CM_OK : cm_err_set(p->err, CM_E_USAGE, "the assessment has no hypothesis at the layer %s",
	    cm_layer_word(p->in->layer));
}

static size_t
base_of(const struct cm_weigh *w, size_t hypothesis)
{
	size_t k = 0;

	while (k < w->n_bases && w->base[k].hypothesis != hypothesis)
		k++;
	return k;
}

static void
list_deceivers(struct cm_weigh *w)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct cm_hypothesis *h = &w->a->hypothesis[w->hypothesis[i]];

		if (cm_hypothesis_deceives(h))
			w->deceiver[w->n_deceivers++] = (struct cm_weigh_deceiver) { i, base_of(w, h->by), base_of(w, h->as) };
	}
	for (int f = 0; f < CM_FORGE_CLASSES; f++) {
		w->planted[f] = cm_cost(w->a->class[f].c * 100000000);
		w->free[f] = cm_cost((CM_ASSESS_MILLION - w->a->class[f].c) * 100000000);
	}
}

/* ---- likelihoods ---- */

static int64_t
middle(struct cm_assess_range p)
{
	return (p.lo + p.hi) / 2;
}

static int64_t
background(const struct cm_weigh *w, const struct cm_assess_item *item)
{
	if (item->background != 0)
		return item->background;
	for (size_t k = 0; k < w->n_bases; k++)
		if (strcmp(w->a->hypothesis[w->base[k].hypothesis].name, CM_ASSESS_OTHER) == 0)
			return middle(item->cell[w->base[k].hypothesis].p);
	return CM_ASSESS_ONE;
}

/* Hundredths; 100: not graded. */
static int
reliability(char letter)
{
	static const int of[] = { 95, 80, 60, 40, 10 };

	return letter >= 'A' && letter <= 'E' ? of[letter - 'A'] : 100;
}

static int64_t
mix(int r, int64_t p, int64_t b)
{
	return r * p + (100 - r) * b;
}

static int64_t
least_of(int64_t x, int64_t y)
{
	return x < y ? x : y;
}

static int64_t
most_of(int64_t x, int64_t y)
{
	return x > y ? x : y;
}

static void
effective(const struct cm_assess_item *item, struct cm_assess_range p, int64_t b, int64_t out[CM_ENDS])
{
	int r = reliability(item->letter);

	if (item->letter == 'G') {
		out[CM_END_LO] = out[CM_END_MID] = out[CM_END_HI] = 100 * b;
		return;
	}
	out[CM_END_LO] = mix(r, p.lo, b);
	out[CM_END_MID] = mix(r, middle(p), b);
	out[CM_END_HI] = mix(r, p.hi, b);
	if (item->letter == 'F') {
		out[CM_END_LO] = least_of(mix(10, p.lo, b), mix(90, p.lo, b));
		out[CM_END_MID] = mix(50, middle(p), b);
		out[CM_END_HI] = most_of(mix(10, p.hi, b), mix(90, p.hi, b));
	}
}

static bool
is_capped(const struct preparing *p, const struct cm_assess_item *item)
{
	const unsigned c7 = 1u << 6, c8 = 1u << 7;
	bool claim = strcmp(item->type, "P1") == 0 || strcmp(item->type, "P2") == 0 || item->forms == c8;

	return claim && !(p->in->panel && (item->forms & c7) != 0);
}

static void
cap(const struct cm_weigh *w, int64_t *value)
{
	int64_t most = 0, least;
	size_t n = w->n_bases, i;

	for (i = 0; i < n; i++)
		most = most_of(most, value[CM_END_HI * n + i]);
	least = (most + 2) / 3;
	for (i = 0; i < CM_ENDS * n; i++)
		value[i] = most_of(value[i], least);
}

static void
fill_values(struct preparing *p, const struct cm_assess_item *item)
{
	struct cm_weigh *w = p->w;
	int64_t b = background(w, item), v[CM_ENDS];

	for (size_t k = 0; k < w->n_bases; k++) {
		effective(item, item->cell[w->base[k].hypothesis].p, b, v);
		for (int end = 0; end < CM_ENDS; end++)
			p->value[(size_t)end * w->n_bases + k] = v[end];
	}
	if (is_capped(p, item))
		cap(w, p->value);
}

/* ---- items ---- */

static void
find_strength(const struct preparing *p, struct cm_weigh_item *i)
{
	const int64_t *mid = p->value + CM_END_MID * p->w->n_bases;

	i->most = i->least = mid[0];
	for (size_t k = 1; k < p->w->n_bases; k++) {
		i->most = most_of(i->most, mid[k]);
		i->least = least_of(i->least, mid[k]);
	}
}

static CM_RESULT
fill_costs(struct preparing *p, struct cm_weigh_item *i)
{
	size_t n = CM_ENDS * p->w->n_bases;
	int64_t *cost = cm_arena_array(p->arena, 2 * n, sizeof(*cost));

	if (cost == NULL)
		return no_memory(p);
	for (size_t k = 0; k < n; k++) {
		cost[k] = k >= p->w->n_bases && p->value[k] == p->value[k - p->w->n_bases] ? cost[k - p->w->n_bases] :
		    cm_cost(p->value[k]);
		cost[n + k] = cm_cost_weighted(cost[k], i->light);
	}
	i->cost = cost;
	i->light_cost = cost + n;
	return CM_OK;
}

/* What a deceiver says looks as what it plants does, or as it would anyway: never against the deceiver. */
static CM_RESULT
fill_planted(struct preparing *p, struct cm_weigh_item *i)
{
	const struct cm_assess_item *item = &p->in->a->item[i->item];
	int64_t most = is_capped(p, item) ? 300 * background(p->w, item) : CM_FIXED_P;
	size_t n = CM_ENDS * p->w->n_bases;
	int64_t *cost = cm_arena_array(p->arena, 2 * n, sizeof(*cost));

	if (cost == NULL)
		return no_memory(p);
	for (size_t k = 0; k < p->w->n_bases; k++) {
		struct cm_assess_range r = item->cell[p->w->base[k].hypothesis].p;
		int64_t v[CM_ENDS] = { r.lo, middle(r), r.hi };

		for (size_t end = 0; end < CM_ENDS; end++) {
			int64_t *at = &cost[end * p->w->n_bases + k];

			*at = least_of(i->cost[0], cm_cost(least_of(100 * v[end], most)));
			at[n] = cm_cost_weighted(*at, i->light);
		}
	}
	i->planted = cost;
	return CM_OK;
}

static CM_RESULT
add_item(struct preparing *p, size_t number)
{
	const struct cm_assess_item *item = &p->in->a->item[number];
	struct cm_weigh_item *i = &p->w->item[p->w->n_items];
	enum cm_result rc;

	*i = (struct cm_weigh_item) { .item = number, .family = cm_assess_original(p->in->a, number), .group = item->group_number,
		.class = item->letter == 'G' ? CM_CLASS_G : item->forge,
		.light = CM_ASSESS_MILLION - p->in->a->group[item->group_number].rho };
	fill_values(p, item);
	find_strength(p, i);
	rc = fill_costs(p, i);
	if (rc == CM_OK && i->class == CM_CLASS_G)
		rc = fill_planted(p, i);
	p->w->of_item[number] = p->w->n_items++;
	return rc;
}

static CM_RESULT
add_items(struct preparing *p)
{
	const struct cm_assessment *a = p->in->a;
	enum cm_result rc = CM_OK;

	p->w->item = cm_arena_array(p->arena, a->n_items + 1, sizeof(*p->w->item));
	p->w->of_item = cm_arena_array(p->arena, a->n_items + 1, sizeof(*p->w->of_item));
	p->value = cm_arena_array(p->arena, CM_ENDS * p->w->n_bases, sizeof(*p->value));
	if (p->w->item == NULL || p->w->of_item == NULL || p->value == NULL)
		return no_memory(p);
	for (size_t i = 0; rc == CM_OK && i < a->n_items; i++) {
		p->w->of_item[i] = CM_ASSESS_NONE;
		if (!a->item[i].no_upstream && cm_assess_item_speaks(a, i, p->in->layer))
			rc = add_item(p, i);
	}
	return rc;
}

/* ---- groups ---- */

int
cm_weigh_stronger(const struct cm_weigh_item *x, const struct cm_weigh_item *y)
{
	/* most_x / least_x against most_y / least_y, without a division */
	u128 a = (u128)(uint64_t)x->most * (uint64_t)y->least, b = (u128)(uint64_t)y->most * (uint64_t)x->least;

	if (a != b)
		return a > b ? -1 : 1;
	return x->item < y->item ? -1 : 1;
}

static int
compare(const void *x, const void *y)
{
	const struct cm_weigh_item *a = *(const struct cm_weigh_item *const *)x, *b = *(const struct cm_weigh_item *const *)y;

	return a->group != b->group ? (a->group < b->group ? -1 : 1) : cm_weigh_stronger(a, b);
}

/* Sorted by group and strength, each group is a stretch of one list. */
static CM_RESULT
rank_groups(struct preparing *p)
{
	struct cm_weigh *w = p->w;
	const struct cm_weigh_item **order = cm_arena_array(p->arena, w->n_items + 1, sizeof(*order));
	size_t *rank = cm_arena_array(p->arena, w->n_items + 1, sizeof(*rank));

	w->n_groups = w->a->n_groups;
	w->group = cm_arena_array(p->arena, w->n_groups + 1, sizeof(*w->group));
	if (order == NULL || rank == NULL || w->group == NULL)
		return no_memory(p);
	for (size_t i = 0; i < w->n_items; i++)
		order[i] = &w->item[i];
	qsort(order, w->n_items, sizeof(*order), compare);
	for (size_t i = 0; i < w->n_items; i++) {
		struct cm_weigh_group *g = &w->group[order[i]->group];

		rank[i] = (size_t)(order[i] - w->item);
		if (g->n++ == 0)
			g->rank = &rank[i];
	}
	return CM_OK;
}

static CM_RESULT
make_room(struct preparing *p)
{
	struct cm_weigh *w = p->w;
	bool whole = true;

	w->n_families = w->a->n_items;
	w->counts = cm_arena_array(p->arena, w->n_items + 1, sizeof(*w->counts));
	w->taken = cm_arena_array(p->arena, w->n_families + 1, sizeof(*w->taken));
	w->strongest = cm_arena_array(p->arena, w->n_groups + 1, sizeof(*w->strongest));
	w->costs = cm_arena_array(p->arena, w->n, sizeof(*w->costs));
	w->corner = cm_arena_array(p->arena, w->n, sizeof(*w->corner));
	for (int end = 0; end < CM_ENDS; end++) {
		w->sums[end].s = cm_arena_array(p->arena, w->n_bases, sizeof(*w->sums[end].s));
		w->sums[end].planted = cm_arena_array(p->arena, w->n_bases, sizeof(int64_t));
		whole = whole && w->sums[end].s != NULL && w->sums[end].planted != NULL;
	}
	return whole && w->counts != NULL && w->taken != NULL && w->strongest != NULL && w->costs != NULL && w->corner != NULL ?
	    CM_OK : no_memory(p);
}

enum cm_result
cm_weigh_new(const struct cm_weigh_in *in, struct cm_arena *arena, struct cm_weigh **out, struct cm_err *err)
{
	struct preparing p = { .in = in, .arena = arena, .err = err };
	enum cm_result rc;

	p.w = cm_arena_alloc(arena, sizeof(*p.w));
	if (p.w == NULL)
		return no_memory(&p);
	p.w->a = in->a;
	rc = list_hypotheses(&p);
	if (rc != CM_OK)
		return rc;
	list_deceivers(p.w);
	rc = add_items(&p);
	if (rc == CM_OK)
		rc = rank_groups(&p);
	if (rc == CM_OK)
		rc = make_room(&p);
	if (rc == CM_OK)
		*out = p.w;
	return rc;
}
