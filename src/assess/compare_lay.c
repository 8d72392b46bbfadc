/* Both sides' hypotheses and sums, in the same rows and columns. */
#include <stdlib.h>
#include <string.h>

#include "assess/compare_parts.h"

enum cm_result
cm_laid_no_memory(const struct cm_laid *l)
{
	return cm_err_set(l->err, CM_E_NOMEM, "no memory to compare the assessments");
}

/* ---- hypotheses ---- */

static size_t
place_of(const struct cm_weigh *w, size_t hypothesis)
{
	size_t i = 0;

	while (i < w->n && w->hypothesis[i] != hypothesis)
		i++;
	return i;
}

static void
list_all(struct cm_laid *l, const struct cm_posterior *share_a, const struct cm_posterior *share_b)
{
	const struct cm_weigh *a = l->w[CM_SIDE_A], *b = l->w[CM_SIDE_B];
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++) {
		const struct cm_hypothesis *h = &a->a->hypothesis[a->hypothesis[i]];
		struct cm_assess_compared_hypothesis *x = &l->hypothesis[n++];

		*x = (struct cm_assess_compared_hypothesis) { .name = h->name, .a = a->hypothesis[i], .of_a = share_a[i] };
		x->b = cm_assess_find_hypothesis(b->a, h->layer, h->name);
		if (x->b != CM_ASSESS_NONE)
			x->of_b = share_b[place_of(b, x->b)];
	}
	for (size_t i = 0; i < b->n; i++) {
		const struct cm_hypothesis *h = &b->a->hypothesis[b->hypothesis[i]];

		if (cm_assess_find_hypothesis(a->a, h->layer, h->name) == CM_ASSESS_NONE)
			l->hypothesis[n++] = (struct cm_assess_compared_hypothesis) { .name = h->name, .a = CM_ASSESS_NONE,
				.b = b->hypothesis[i], .of_b = share_b[i] };
	}
	l->out->hypothesis = l->hypothesis;
	l->out->n_hypotheses = n;
}

struct named {
	const char *name;
	size_t place;
};

static int
compare_names(const void *x, const void *y)
{
	const struct named *a = x, *b = y;

	return strcmp(a->name, b->name);
}

static CM_RESULT
list_shared(struct cm_laid *l)
{
	size_t n = l->out->n_hypotheses, k = 0, *shared = cm_arena_array(l->arena, n + 1, sizeof(*shared));
	struct named *order = cm_arena_array(l->arena, n + 1, sizeof(*order));

	if (shared == NULL || order == NULL)
		return cm_laid_no_memory(l);
	for (size_t i = 0; i < n; i++)
		if (l->hypothesis[i].a != CM_ASSESS_NONE && l->hypothesis[i].b != CM_ASSESS_NONE)
			order[k++] = (struct named) { l->hypothesis[i].name, i };
	qsort(order, k, sizeof(*order), compare_names);
	for (size_t i = 0; i < k; i++)
		shared[i] = order[i].place;
	l->out->shared = shared;
	l->out->n_shared = l->n = k;
	return k > 0 ? CM_OK : cm_err_set(l->err, CM_E_USAGE, "the two assessments have no hypothesis of that layer in common");
}

static size_t
base_number(const struct cm_weigh *w, size_t hypothesis)
{
	size_t k = 0;

	while (k < w->n_bases && w->base[k].hypothesis != hypothesis)
		k++;
	return k;
}

/* The base that has this number in A's assessment. */
static size_t
shared_base(const struct cm_laid *l, size_t hypothesis)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->h[i].base != CM_ASSESS_NONE && l->hypothesis[l->h[i].place].a == hypothesis)
			return l->h[i].base;
	return CM_ASSESS_NONE;
}

static void
lay_out(struct cm_laid *l)
{
	const struct cm_assessment *a = l->a[CM_SIDE_A];

	for (size_t i = 0; i < l->n; i++) {
		struct cm_laid_hypothesis *h = &l->h[i];
		size_t number[CM_SIDES];

		h->place = l->out->shared[i];
		h->base = CM_ASSESS_NONE;
		number[CM_SIDE_A] = l->hypothesis[h->place].a;
		number[CM_SIDE_B] = l->hypothesis[h->place].b;
		for (int side = 0; side < CM_SIDES; side++) {
			h->of[side] = place_of(l->w[side], number[side]);
			h->prior[side] = l->w[side]->prior[h->of[side]];
		}
		if (cm_hypothesis_deceives(&a->hypothesis[number[CM_SIDE_A]]))
			continue;
		h->base = l->n_bases++;
		for (int side = 0; side < CM_SIDES; side++)
			l->base[side][h->base] = base_number(l->w[side], number[side]);
	}
	for (size_t i = 0; i < l->n; i++) {
		const struct cm_hypothesis *h = &a->hypothesis[l->hypothesis[l->h[i].place].a];

		if (l->h[i].base != CM_ASSESS_NONE)
			continue;
		l->h[i].by = shared_base(l, h->by);
		l->h[i].as = shared_base(l, h->as);
	}
}

enum cm_result
cm_laid_hypotheses(struct cm_laid *l)
{
	size_t n = l->w[CM_SIDE_A]->n + l->w[CM_SIDE_B]->n;
	struct cm_posterior *share[CM_SIDES];
	enum cm_result rc;

	l->hypothesis = cm_arena_array(l->arena, n, sizeof(*l->hypothesis));
	l->h = cm_arena_array(l->arena, n, sizeof(*l->h));
	for (int side = 0; side < CM_SIDES; side++) {
		l->base[side] = cm_arena_array(l->arena, n, sizeof(*l->base[side]));
		share[side] = cm_arena_array(l->arena, n, sizeof(*share[side]));
		if (l->base[side] == NULL || share[side] == NULL)
			return cm_laid_no_memory(l);
		cm_weigh_ranges(l->w[side], l->has[side], share[side]);
	}
	if (l->hypothesis == NULL || l->h == NULL)
		return cm_laid_no_memory(l);
	list_all(l, share[CM_SIDE_A], share[CM_SIDE_B]);
	rc = list_shared(l);
	if (rc == CM_OK)
		lay_out(l);
	return rc;
}

/* ---- groups ---- */

static int
compare_groups(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static CM_RESULT
list_groups(struct cm_laid *l)
{
	size_t n = l->out->n_items, k = 0;
	const char **name = cm_arena_array(l->arena, n + 1, sizeof(*name));

	if (name == NULL)
		return cm_laid_no_memory(l);
	for (size_t i = 0; i < n; i++)
		name[i] = l->item[i].group;
	qsort(name, n, sizeof(*name), compare_groups);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(name[i], name[k - 1]) != 0)
			name[k++] = name[i];
	l->group = cm_arena_array(l->arena, k + 1, sizeof(*l->group));
	if (l->group == NULL)
		return cm_laid_no_memory(l);
	for (size_t g = 0; g < k; g++) {
		l->group[g].name = name[g];
		for (int side = 0; side < CM_SIDES; side++) {
			struct cm_laid_sums *s = &l->group[g].of[side];

			s->s = cm_arena_array(l->arena, l->n_bases + 1, sizeof(*s->s));
			s->planted = cm_arena_array(l->arena, l->n_bases + 1, sizeof(*s->planted));
			if (s->s == NULL || s->planted == NULL)
				return cm_laid_no_memory(l);
		}
	}
	l->n_groups = k;
	return CM_OK;
}

static struct cm_laid_group *
find_group(const struct cm_laid *l, const char *name)
{
	size_t lo = 0, hi = l->n_groups;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(l->group[mid].name, name) <= 0)
			lo = mid;
		else
			hi = mid;
	}
	return &l->group[lo];
}

/* What counts of the item on its own side, with the weight that it has there. */
static void
add_item(struct cm_laid *l, struct cm_laid_group *group, enum cm_side side, size_t number)
{
	const struct cm_weigh *w = l->w[side];
	size_t i = number == CM_ASSESS_NONE ? CM_ASSESS_NONE : w->of_item[number], at = CM_END_MID * w->n_bases;
	struct cm_laid_sums *s = &group->of[side];
	const struct cm_weigh_item *x;
	const int64_t *cost, *planted;
	bool whole;

	if (i == CM_ASSESS_NONE || !w->counts[i])
		return;
	x = &w->item[i];
	whole = w->strongest[x->group] == i;
	cost = (whole ? x->cost : x->light_cost) + at;
	if (x->class != CM_CLASS_G) {
		group->classes |= 1u << x->class;
		for (size_t k = 0; k < l->n_bases; k++)
			s->s[k][x->class] += cost[l->base[side][k]];
		return;
	}
	s->g += cost[0];
	planted = x->planted + (whole ? 0 : CM_ENDS * w->n_bases) + at;
	for (size_t k = 0; k < l->n_bases; k++)
		s->planted[k] += planted[l->base[side][k]];
}

static void
find_difference(const struct cm_laid *l, struct cm_laid_group *group)
{
	const struct cm_laid_sums *a = &group->of[CM_SIDE_A], *b = &group->of[CM_SIDE_B];

	group->differs = a->g != b->g || memcmp(a->s, b->s, l->n_bases * sizeof(*a->s)) != 0 ||
	    memcmp(a->planted, b->planted, l->n_bases * sizeof(*a->planted)) != 0;
}

enum cm_result
cm_laid_groups(struct cm_laid *l)
{
	enum cm_result rc = list_groups(l);

	if (rc != CM_OK)
		return rc;
	for (int side = 0; side < CM_SIDES; side++)
		cm_weigh_count(l->w[side], l->has[side]);
	for (size_t i = 0; i < l->out->n_items; i++) {
		struct cm_laid_group *group = find_group(l, l->item[i].group);

		add_item(l, group, CM_SIDE_A, l->item[i].a);
		add_item(l, group, CM_SIDE_B, l->item[i].b);
	}
	for (size_t g = 0; g < l->n_groups; g++) {
		find_difference(l, &l->group[g]);
		l->classes |= l->group[g].classes;
		l->out->differing_groups += l->group[g].differs;
	}
	return CM_OK;
}
