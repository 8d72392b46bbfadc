#include "assess/leave.h"

#include <string.h>

#include "assess/fixed.h"
#include "assess/weigh_parts.h"

int64_t
cm_leave_odds(const int64_t *cost, size_t n, size_t i)
{
	int64_t others = -1;

	for (size_t k = 0; k < n; k++)
		if (k != i)
			others = others < 0 ? cost[k] : cm_cost_either(others, cost[k]);
	return n == 1 ? 0 : others - cost[i];
}

struct leaving {
	struct cm_weigh *w;
	const bool *all;
	bool *in;
	int64_t *cost;
	int64_t odds;
	struct cm_left_out *out;
	struct cm_left *left;
};

static void
judge(struct leaving *v, struct cm_left *l)
{
	size_t n = cm_weigh_n(v->w);

	cm_weigh_costs(v->w, v->in, v->cost);
	l->top = cm_weigh_top(v->cost, n);
	l->flips = l->top != v->out->top;
	l->share = cm_weigh_share_of(v->cost, n, v->out->top);
	l->moves = cm_leave_odds(v->cost, n, v->out->top) - v->odds;
	memcpy(v->in, v->all, v->w->a->n_items * sizeof(*v->in));
}

static void
leave_items(struct leaving *v)
{
	const struct cm_assessment *a = v->w->a;

	for (size_t i = 0; i < a->n_items; i++) {
		struct cm_left *l = &v->left[v->out->n];

		if (!v->all[i])
			continue;
		*l = (struct cm_left) { .what = CM_LEFT_ITEM, .name = a->item[i].name, .number = i };
		v->in[i] = false;
		judge(v, l);
		v->out->n++;
	}
}

static void
leave_groups(struct leaving *v)
{
	const struct cm_assessment *a = v->w->a;

	for (size_t g = 0; g < a->n_groups; g++) {
		struct cm_left *l = &v->left[v->out->n];
		bool any = false;

		for (size_t i = 0; i < a->n_items; i++) {
			if (!v->all[i] || a->item[i].group_number != g)
				continue;
			any = true;
			v->in[i] = false;
		}
		if (!any)
			continue;
		*l = (struct cm_left) { .what = CM_LEFT_GROUP, .name = a->group[g].name, .number = g };
		judge(v, l);
		v->out->n++;
	}
}

/* Whose an item is need not be known. */
static bool
same_party(const struct cm_assess_item *a, const struct cm_assess_item *b)
{
	return a->by != NULL && b->by != NULL && strcmp(a->by, b->by) == 0;
}

/* Has an item of the set before ${i} the same party? */
static bool
seen_before(const struct leaving *v, size_t i)
{
	const struct cm_assessment *a = v->w->a;

	for (size_t k = 0; k < i; k++)
		if (v->all[k] && same_party(&a->item[k], &a->item[i]))
			return true;
	return false;
}

#define PARTIES_MAX 64u

static void
leave_parties(struct leaving *v)
{
	const struct cm_assessment *a = v->w->a;
	size_t parties = 0;

	for (size_t i = 0; i < a->n_items && parties < PARTIES_MAX; i++) {
		struct cm_left *l = &v->left[v->out->n];

		if (!v->all[i] || a->item[i].by == NULL || seen_before(v, i))
			continue;
		*l = (struct cm_left) { .what = CM_LEFT_PARTY, .name = a->item[i].by, .number = i };
		for (size_t k = i; k < a->n_items; k++)
			if (same_party(&a->item[i], &a->item[k]))
				v->in[k] = false;
		judge(v, l);
		v->out->n++;
		parties++;
	}
}

enum cm_result
cm_leave_each(struct cm_weigh *w, const bool *in, struct cm_arena *arena, struct cm_left_out *out, struct cm_err *err)
{
	struct leaving v = { .w = w, .all = in, .out = out };
	size_t n = w->a->n_items;

	v.in = cm_arena_array(arena, n + 1, sizeof(*v.in));
	v.cost = cm_arena_array(arena, w->n, sizeof(*v.cost));
	v.left = cm_arena_array(arena, n + w->a->n_groups + PARTIES_MAX, sizeof(*v.left));
	if (v.in == NULL || v.cost == NULL || v.left == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory to leave items out");
	memcpy(v.in, in, n * sizeof(*in));
	*out = (struct cm_left_out) { .left = v.left };
	cm_weigh_costs(w, in, v.cost);
	out->top = cm_weigh_top(v.cost, w->n);
	out->share = cm_weigh_share_of(v.cost, w->n, out->top);
	v.odds = cm_leave_odds(v.cost, w->n, out->top);
	leave_items(&v);
	leave_groups(&v);
	leave_parties(&v);
	return CM_OK;
}
