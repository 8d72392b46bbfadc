#include "assess/compare.h"

#include "assess/compare_parts.h"

static const char *const words[] = { "priors", "plantability", "group" };

const char *
cm_assess_compared_what_word(enum cm_assess_compared_what what)
{
	return words[what];
}

/* ---- both sides ---- */

static CM_RESULT
take_sides(struct cm_laid *l)
{
	enum cm_result rc = CM_OK;

	for (int side = 0; rc == CM_OK && side < CM_SIDES; side++) {
		struct cm_weigh_in in = { .a = l->a[side], .layer = l->in->layer, .panel = cm_view_is_panel(l->in->view) };

		l->has[side] = cm_arena_array(l->arena, l->a[side]->n_items + 1, sizeof(bool));
		if (l->has[side] == NULL)
			return cm_laid_no_memory(l);
		(void)cm_view_fill(l->a[side], l->in->view, l->in->to, l->has[side]);
		rc = cm_weigh_new(&in, l->arena, &l->w[side], l->err);
	}
	return rc;
}

static CM_RESULT
find_tops(struct cm_laid *l)
{
	size_t *full[CM_SIDES] = { &l->out->top_a, &l->out->top_b };
	size_t *shared[CM_SIDES] = { &l->out->shared_top_a, &l->out->shared_top_b };

	for (int side = 0; side < CM_SIDES; side++) {
		struct cm_weigh *w = l->w[side];
		struct cm_coalition c;
		size_t top;
		enum cm_result rc = cm_coalition_new(l, NULL, 0, (enum cm_side)side, &c);

		if (rc != CM_OK)
			return rc;
		cm_weigh_costs(w, l->has[side], w->costs);
		top = w->hypothesis[cm_weigh_top(w->costs, w->n)];
		for (size_t i = 0; i < l->out->n_hypotheses; i++)
			if ((side == CM_SIDE_A ? l->hypothesis[i].a : l->hypothesis[i].b) == top)
				*full[side] = i;
		cm_coalition_costs(&c);
		*shared[side] = l->h[cm_weigh_top(c.cost, l->n)].place;
	}
	return CM_OK;
}

/* The likeliest beside the top, by both sides together. */
static size_t
find_rival(const struct cm_laid *l, const struct cm_coalition *a, const struct cm_coalition *b)
{
	size_t rival = CM_ASSESS_NONE;
	int64_t least = 0;

	for (size_t i = 0; i < l->n; i++) {
		/* halves: the sum of two may not fit */
		int64_t cost = a->cost[i] / 2 + b->cost[i] / 2;

		if (l->h[i].place == l->out->odds_for || (rival != CM_ASSESS_NONE && cost >= least))
			continue;
		rival = l->h[i].place;
		least = cost;
	}
	return rival;
}

static CM_RESULT
find_odds(struct cm_laid *l)
{
	struct cm_assess_compared *out = l->out;
	struct cm_coalition c[CM_SIDES];

	out->odds_for = out->shared_top_a;
	out->odds_against = out->items_against = out->shared_top_b;
	if (out->shared_top_a != out->shared_top_b)
		return CM_OK;
	for (int side = 0; side < CM_SIDES; side++) {
		enum cm_result rc = cm_coalition_new(l, NULL, 0, (enum cm_side)side, &c[side]);

		if (rc != CM_OK)
			return rc;
		cm_coalition_costs(&c[side]);
	}
	out->odds_against = CM_ASSESS_NONE;
	out->items_against = find_rival(l, &c[CM_SIDE_A], &c[CM_SIDE_B]);
	return CM_OK;
}

enum cm_result
cm_assess_compare(
    const struct cm_assess_compare_in *in, struct cm_arena *arena, struct cm_assess_compared *out, struct cm_err *err)
{
	static enum cm_result (*const steps[])(struct cm_laid *l) = { take_sides, cm_laid_hypotheses, cm_laid_items, cm_laid_groups,
		find_tops, find_odds, cm_laid_shapley, cm_laid_swaps, cm_laid_common };
	struct cm_laid l = { .in = in, .out = out, .arena = arena, .err = err, .a = { in->a, in->b } };
	enum cm_result rc = CM_OK;

	*out = (struct cm_assess_compared) { .in = *in };
	for (size_t i = 0; rc == CM_OK && i < sizeof(steps) / sizeof(steps[0]); i++)
		rc = steps[i](&l);
	if (rc == CM_OK)
		cm_laid_likelihoods(&l);
	return rc;
}
