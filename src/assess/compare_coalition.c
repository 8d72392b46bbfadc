/* What comes out if some players take the values of B and the others those of A. */
#include "assess/compare_parts.h"

int64_t
cm_wide_divide(cm_wide x, cm_wide by)
{
	return (int64_t)(x < 0 ? -((-x + by / 2) / by) : (x + by / 2) / by);
}

static void
change(const struct cm_laid *l, struct cm_laid_sums *to, const struct cm_laid_sums *by, int sign)
{
	to->g += sign * by->g;
	for (size_t k = 0; k < l->n_bases; k++) {
		to->planted[k] += sign * by->planted[k];
		for (int f = 0; f < CM_FORGE_CLASSES; f++)
			to->s[k][f] += sign * by->s[k][f];
	}
}

enum cm_result
cm_coalition_new(const struct cm_laid *l, const size_t *want, size_t n_want, enum cm_side side, struct cm_coalition *out)
{
	struct cm_coalition c = { .l = l, .want = want, .n_want = want == NULL ? l->n : n_want };

	c.side = cm_arena_array(l->arena, CM_PLAYER_GROUPS + l->n_groups, sizeof(*c.side));
	c.sums.s = cm_arena_array(l->arena, l->n_bases + 1, sizeof(*c.sums.s));
	c.sums.planted = cm_arena_array(l->arena, l->n_bases + 1, sizeof(*c.sums.planted));
	c.factor = cm_arena_array(l->arena, c.n_want + 1, sizeof(*c.factor));
	c.cost = cm_arena_array(l->arena, c.n_want + 1, sizeof(*c.cost));
	if (c.side == NULL || c.sums.s == NULL || c.sums.planted == NULL || c.factor == NULL || c.cost == NULL)
		return cm_laid_no_memory(l);
	for (size_t p = 0; p < CM_PLAYER_GROUPS + l->n_groups; p++)
		c.side[p] = side;
	for (size_t g = 0; g < l->n_groups; g++)
		change(l, &c.sums, &l->group[g].of[side], 1);
	c.stale = l->classes;
	*out = c;
	return CM_OK;
}

void
cm_coalition_toggle(struct cm_coalition *c, size_t player)
{
	enum cm_side was = c->side[player], now = was == CM_SIDE_A ? CM_SIDE_B : CM_SIDE_A;
	const struct cm_laid_group *group;

	c->side[player] = now;
	if (player == CM_PLAYER_C)
		c->stale = c->l->classes;
	if (player < CM_PLAYER_GROUPS)
		return;
	group = &c->l->group[player - CM_PLAYER_GROUPS];
	change(c->l, &c->sums, &group->of[was], -1);
	change(c->l, &c->sums, &group->of[now], 1);
	c->stale |= group->classes;
}

static int64_t
cost_of(struct cm_coalition *c, size_t i)
{
	const struct cm_laid_hypothesis *h = &c->l->h[c->want == NULL ? i : c->want[i]];
	int64_t cost = h->prior[c->side[CM_PLAYER_PRIORS]];
	int f;

	if (h->base != CM_ASSESS_NONE) {
		for (f = 0; f < CM_FORGE_CLASSES; f++)
			cost += c->sums.s[h->base][f];
		return cost + c->sums.g;
	}
	for (f = 0; f < CM_FORGE_CLASSES; f++) {
		if ((c->stale >> f & 1) != 0)
			c->factor[i][f] = cm_weigh_factor(c->l->w[c->side[CM_PLAYER_C]], (unsigned)f, c->sums.s[h->as][f],
			    c->sums.s[h->by][f]);
		cost += c->factor[i][f];
	}
	return cost + c->sums.planted[h->as];
}

void
cm_coalition_costs(struct cm_coalition *c)
{
	for (size_t i = 0; i < c->n_want; i++)
		c->cost[i] = cost_of(c, i);
	c->stale = 0;
}

int64_t
cm_coalition_odds(struct cm_coalition *c)
{
	cm_coalition_costs(c);
	return cm_leave_odds(c->cost, c->n_want, 0);
}
