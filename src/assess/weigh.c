#include "assess/weigh.h"

#include <string.h>

#include "assess/fixed.h"
#include "assess/weigh_parts.h"

size_t
cm_weigh_n(const struct cm_weigh *w)
{
	return w->n;
}

size_t
cm_weigh_hypothesis(const struct cm_weigh *w, size_t i)
{
	return w->hypothesis[i];
}

size_t
cm_weigh_top(const int64_t *cost, size_t n)
{
	size_t top = 0;

	for (size_t i = 1; i < n; i++)
		if (cost[i] < cost[top])
			top = i;
	return top;
}

/* ---- which items count, and how much ---- */

void
cm_weigh_count(struct cm_weigh *w, const bool *in)
{
	memset(w->taken, 0, w->n_families * sizeof(*w->taken));
	for (size_t i = 0; i < w->n_items; i++) {
		const struct cm_weigh_item *x = &w->item[i];

		w->counts[i] = in[x->item] && !w->taken[x->family];
		w->taken[x->family] = w->taken[x->family] || w->counts[i];
	}
	for (size_t g = 0; g < w->n_groups; g++) {
		const struct cm_weigh_group *group = &w->group[g];
		size_t k = 0;

		while (k < group->n && !w->counts[group->rank[k]])
			k++;
		w->strongest[g] = k < group->n ? group->rank[k] : CM_ASSESS_NONE;
	}
}

enum cm_counting
cm_weigh_counting(struct cm_weigh *w, const bool *in, size_t item)
{
	size_t i = w->of_item[item];

	if (i == CM_ASSESS_NONE)
		return CM_COUNTS_NOT;
	if (!in[item])
		return CM_COUNTS_OUT;
	cm_weigh_count(w, in);
	if (!w->counts[i])
		return CM_COUNTS_COPY;
	return w->strongest[w->item[i].group] == i ? CM_COUNTS_WHOLE : CM_COUNTS_LIGHT;
}

int64_t
cm_weigh_cell(const struct cm_weigh *w, size_t item, size_t i)
{
	size_t x = w->of_item[item];

	for (size_t k = 0; x != CM_ASSESS_NONE && k < w->n_bases; k++)
		if (w->base[k].place == i)
			return w->item[x].cost[CM_END_MID * w->n_bases + k];
	return -1;
}

/* ---- sums ---- */

static void
add_item(struct cm_weigh *w, struct cm_weigh_sums *s, size_t i, size_t end)
{
	const struct cm_weigh_item *x = &w->item[i];
	bool whole = w->strongest[x->group] == i;
	const int64_t *cost = (whole ? x->cost : x->light_cost) + end * w->n_bases;
	size_t k;

	if (x->class != CM_CLASS_G) {
		for (k = 0; k < w->n_bases; k++)
			s->s[k][x->class] += cost[k];
		return;
	}
	s->g += cost[0];
	cost = x->planted + (whole ? 0 : CM_ENDS * w->n_bases) + end * w->n_bases;
	for (k = 0; k < w->n_bases; k++)
		s->planted[k] += cost[k];
}

void
cm_weigh_add(struct cm_weigh *w, enum cm_end end)
{
	struct cm_weigh_sums *s = &w->sums[end];

	memset(s->s, 0, w->n_bases * sizeof(*s->s));
	memset(s->planted, 0, w->n_bases * sizeof(*s->planted));
	s->g = 0;
	for (size_t i = 0; i < w->n_items; i++)
		if (w->counts[i])
			add_item(w, s, i, end);
}

int64_t
cm_weigh_factor(const struct cm_weigh *w, unsigned f, int64_t a, int64_t b)
{
	return a == b ? a : cm_cost_either(w->planted[f] + a, w->free[f] + b);
}

int64_t
cm_weigh_base_cost(const struct cm_weigh *w, size_t k, const int64_t s[CM_FORGE_CLASSES], int64_t g)
{
	int64_t cost = w->prior[w->base[k].place] + g;

	for (int f = 0; f < CM_FORGE_CLASSES; f++)
		cost += s[f];
	return cost;
}

static int64_t
deceiver_cost(const struct cm_weigh *w, const struct cm_weigh_deceiver *d, const struct cm_weigh_sums *as,
    const struct cm_weigh_sums *by)
{
	int64_t cost = w->prior[d->place] + as->planted[d->as];

	for (unsigned f = 0; f < CM_FORGE_CLASSES; f++)
		cost += cm_weigh_factor(w, f, as->s[d->as][f], by->s[d->by][f]);
	return cost;
}

void
cm_weigh_sum_up(const struct cm_weigh *w, const struct cm_weigh_sums *s, int64_t *out)
{
	size_t k;

	for (k = 0; k < w->n_bases; k++)
		out[w->base[k].place] = cm_weigh_base_cost(w, k, s->s[k], s->g);
	for (k = 0; k < w->n_deceivers; k++)
		out[w->deceiver[k].place] = deceiver_cost(w, &w->deceiver[k], s, s);
}

/* ---- shares ---- */

static cm_u128
sum_of(const int64_t *cost, size_t n, int64_t least)
{
	cm_u128 sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (uint64_t)cm_cost_exp(cost[i] - least);
	return sum;
}

int64_t
cm_weigh_share_in(int64_t d, cm_u128 sum)
{
	return (int64_t)((cm_u128)(uint64_t)cm_cost_exp(d) * (uint64_t)CM_ASSESS_ONE / sum);
}

int64_t
cm_weigh_share_of(const int64_t *cost, size_t n, size_t i)
{
	int64_t least = cost[cm_weigh_top(cost, n)];

	return cm_weigh_share_in(cost[i] - least, sum_of(cost, n, least));
}

void
cm_weigh_costs(struct cm_weigh *w, const bool *in, int64_t *out)
{
	cm_weigh_count(w, in);
	cm_weigh_add(w, CM_END_MID);
	cm_weigh_sum_up(w, &w->sums[CM_END_MID], out);
}

void
cm_weigh_middle(struct cm_weigh *w, const bool *in, struct cm_posterior *out)
{
	int64_t least;
	cm_u128 sum;

	cm_weigh_costs(w, in, w->costs);
	least = w->costs[cm_weigh_top(w->costs, w->n)];
	sum = sum_of(w->costs, w->n, least);
	for (size_t i = 0; i < w->n; i++) {
		int64_t share = cm_weigh_share_in(w->costs[i] - least, sum);

		out[i] = (struct cm_posterior) { share, share, share };
	}
}
