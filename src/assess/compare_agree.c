/* What would reconcile the two: the other's priors, the other's plantabilities; or numbers that both admit. */
#include <string.h>

#include "assess/compare_parts.h"
#include "assess/fixed.h"

/* ---- one takes the other's ---- */

static CM_RESULT
top_with(struct cm_laid *l, enum cm_side side, const struct cm_assess_compared_swap *swap, size_t *top)
{
	struct cm_coalition c;
	enum cm_result rc = cm_coalition_new(l, NULL, 0, side, &c);

	if (rc != CM_OK)
		return rc;
	if (swap->priors)
		cm_coalition_toggle(&c, CM_PLAYER_PRIORS);
	if (swap->plantability)
		cm_coalition_toggle(&c, CM_PLAYER_C);
	cm_coalition_costs(&c);
	*top = l->h[cm_weigh_top(c.cost, l->n)].place;
	return CM_OK;
}

enum cm_result
cm_laid_swaps(struct cm_laid *l)
{
	struct cm_assess_compared *out = l->out;
	enum cm_result rc = CM_OK;

	for (int i = 0; rc == CM_OK && i < 3; i++) {
		struct cm_assess_compared_swap *s = &out->swap[i];

		*s = (struct cm_assess_compared_swap) { .priors = i != 1, .plantability = i != 0 };
		rc = top_with(l, CM_SIDE_A, s, &s->top_a);
		if (rc == CM_OK)
			rc = top_with(l, CM_SIDE_B, s, &s->top_b);
		s->reaches_a = s->top_a == out->shared_top_b;
		s->reaches_b = s->top_b == out->shared_top_a;
	}
	return rc;
}

/* ---- what both admit ---- */

#define POINTS 7 /* of a c: A's, B's, both ends, three between */

struct common {
	struct cm_laid *l;
	struct cm_assess_compared_common *out;
	bool *agree;
	struct cm_assess_range *prior; /* of each that both have */
	int64_t *dear, *cheap; /* costs of its lower and of its upper end */
	struct cm_assess_range sum; /* of priors: from the smaller side's to the larger's */
	int64_t *room; /* how large a prior may be, of each */
	int64_t c[CM_FORGE_CLASSES][POINTS];
	int n[CM_FORGE_CLASSES];
	struct cm_coalition side[CM_SIDES]; /* all items of A, of B */
	/* of each side, class, point and hypothesis: what the class adds */
	int64_t *adds[CM_SIDES][CM_FORGE_CLASSES][POINTS];
	int64_t *cost[CM_SIDES]; /* without priors */
	size_t *order;		 /* which hypotheses are tried first */
};

static void
widen(struct cm_assess_range *to, int64_t value, struct cm_assess_range admits, int64_t most)
{
	int64_t lo = admits.hi != 0 && admits.lo < value ? admits.lo : value;
	int64_t hi = admits.hi > value ? admits.hi : value;

	lo = lo < 1 ? 1 : lo;
	hi = hi > most ? most : hi;
	to->lo = to->lo == 0 || lo < to->lo ? lo : to->lo;
	to->hi = hi > to->hi ? hi : to->hi;
}

static void
find_priors(struct common *m)
{
	const struct cm_laid *l = m->l;
	int64_t sum[CM_SIDES] = { 0, 0 };

	for (size_t i = 0; i < l->n; i++) {
		const struct cm_assess_compared_hypothesis *h = &l->hypothesis[l->h[i].place];
		const struct cm_hypothesis *of[CM_SIDES] = { &l->a[CM_SIDE_A]->hypothesis[h->a], &l->a[CM_SIDE_B]->hypothesis[h->b] };

		for (int side = 0; side < CM_SIDES; side++) {
			widen(&m->prior[i], of[side]->prior, of[side]->admits, CM_ASSESS_ONE);
			sum[side] += of[side]->prior;
		}
		m->dear[i] = cm_cost(100 * m->prior[i].lo);
		m->cheap[i] = cm_cost(100 * m->prior[i].hi);
	}
	m->sum.lo = sum[CM_SIDE_A] < sum[CM_SIDE_B] ? sum[CM_SIDE_A] : sum[CM_SIDE_B];
	m->sum.hi = sum[CM_SIDE_A] > sum[CM_SIDE_B] ? sum[CM_SIDE_A] : sum[CM_SIDE_B];
}

static void
add_point(struct common *m, int f, int64_t c)
{
	for (int i = 0; i < m->n[f]; i++)
		if (m->c[f][i] == c)
			return;
	m->c[f][m->n[f]++] = c;
}

/* Does a c of this class change anything, for either side? */
static bool
matters(const struct common *m, int f)
{
	const struct cm_laid *l = m->l;

	for (int side = 0; side < CM_SIDES; side++)
		for (size_t i = 0; i < l->n; i++) {
			int64_t(*s)[CM_FORGE_CLASSES] = m->side[side].sums.s;

			if (l->h[i].base == CM_ASSESS_NONE && s[l->h[i].as][f] != s[l->h[i].by][f])
				return true;
		}
	return false;
}

static void
find_points(struct common *m)
{
	m->out->exact = true;
	m->out->points = 1;
	for (int f = 0; f < CM_FORGE_CLASSES; f++) {
		const struct cm_assess_class *a = &m->l->a[CM_SIDE_A]->class[f], *b = &m->l->a[CM_SIDE_B]->class[f];
		struct cm_assess_range r = { 0, 0 };

		add_point(m, f, a->c);
		if (!matters(m, f))
			continue;
		widen(&r, a->c, a->admits, CM_ASSESS_MILLION - 1);
		widen(&r, b->c, b->admits, CM_ASSESS_MILLION - 1);
		add_point(m, f, b->c);
		add_point(m, f, r.lo);
		add_point(m, f, r.hi);
		for (int quarter = 1; quarter < 4; quarter++)
			add_point(m, f, r.lo + (r.hi - r.lo) * quarter / 4);
		m->out->points *= (size_t)m->n[f];
		m->out->exact = m->out->exact && r.lo == r.hi;
	}
}

static int64_t
addition(const struct common *m, int side, const struct cm_laid_hypothesis *h, int f, int64_t c)
{
	int64_t(*s)[CM_FORGE_CLASSES] = m->side[side].sums.s;
	int64_t a, b;

	if (h->base != CM_ASSESS_NONE)
		return s[h->base][f];
	a = s[h->as][f];
	b = s[h->by][f];
	return a == b ? a : cm_cost_either(cm_cost(c * 100000000) + a, cm_cost((CM_ASSESS_MILLION - c) * 100000000) + b);
}

static CM_RESULT
fill_additions(struct common *m)
{
	for (int side = 0; side < CM_SIDES; side++)
		for (int f = 0; f < CM_FORGE_CLASSES; f++)
			for (int p = 0; p < m->n[f]; p++) {
				int64_t *adds = cm_arena_array(m->l->arena, m->l->n, sizeof(*adds));

				if (adds == NULL)
					return cm_laid_no_memory(m->l);
				for (size_t i = 0; i < m->l->n; i++)
					adds[i] = addition(m, side, &m->l->h[i], f, m->c[f][p]);
				m->adds[side][f][p] = adds;
			}
	return CM_OK;
}

static void
cost_at(struct common *m, const int point[CM_FORGE_CLASSES])
{
	for (int side = 0; side < CM_SIDES; side++)
		for (size_t i = 0; i < m->l->n; i++) {
			const struct cm_laid_hypothesis *h = &m->l->h[i];
			const struct cm_laid_sums *s = &m->side[side].sums;
			int64_t cost = h->base != CM_ASSESS_NONE ? s->g : s->planted[h->as];

			for (int f = 0; f < CM_FORGE_CLASSES; f++)
				cost += m->adds[side][f][point[f]][i];
			m->cost[side][i] = cost;
		}
}

/* The largest prior with which ${k} does not lead where ${i} has the prior ${t}, on neither side; below its least: none.
 * Of equal ones the first leads. */
static int64_t
room_beside(const struct common *m, size_t i, int64_t t, size_t k)
{
	int64_t own = cm_cost(100 * t), d = INT64_MAX, below;

	for (int side = 0; side < CM_SIDES; side++) {
		int64_t more = m->cost[side][k] - m->cost[side][i];

		d = more < d ? more : d;
	}
	below = own - d - (i < k);
	if (m->cheap[k] > below)
		return m->prior[k].hi;
	if (m->dear[k] <= below)
		return -1;
	/* between: so much less that no rounding matters, but never below its least */
	below = (int64_t)((cm_wide)cm_cost_exp(own - d) * CM_ASSESS_ONE >> 62);
	below -= (below >> 30) + 1;
	return below > m->prior[k].lo ? below : m->prior[k].lo;
}

/* Can ${i} lead on both sides with priors that both admit and that sum to what theirs do?  If so, then with the highest
 * of its own that leaves room for the others' least: whatever else may grow then grows with it.  Fills room. */
static bool
can_lead(const struct common *m, size_t i)
{
	int64_t least = 0, own, all;

	for (size_t k = 0; k < m->l->n; k++)
		least += k == i ? 0 : m->prior[k].lo;
	own = m->sum.hi - least < m->prior[i].hi ? m->sum.hi - least : m->prior[i].hi;
	if (own < m->prior[i].lo)
		return false;
	m->room[i] = all = own;
	for (size_t k = 0; k < m->l->n; k++) {
		if (k == i)
			continue;
		m->room[k] = room_beside(m, i, own, k);
		if (m->room[k] < 0)
			return false;
		all += m->room[k];
	}
	return all >= m->sum.lo;
}

/* From the least up, one after the other, until the sum is there. */
static CM_RESULT
witness(struct common *m, size_t target, const int point[CM_FORGE_CLASSES])
{
	int64_t *prior = cm_arena_array(m->l->arena, m->l->n, sizeof(*prior)), rest = m->sum.lo;

	if (prior == NULL)
		return cm_laid_no_memory(m->l);
	for (size_t i = 0; i < m->l->n; i++) {
		prior[i] = i == target ? m->room[i] : m->prior[i].lo;
		rest -= prior[i];
	}
	for (size_t i = 0; i < m->l->n && rest > 0; i++) {
		int64_t more = m->room[i] - prior[i] < rest ? m->room[i] - prior[i] : rest;

		prior[i] += more;
		rest -= more;
	}
	m->out->found = true;
	m->out->top = m->l->h[target].place;
	m->out->prior = prior;
	for (int f = 0; f < CM_FORGE_CLASSES; f++)
		m->out->c[f] = matters(m, f) ? m->c[f][point[f]] : 0;
	return CM_OK;
}

static bool
next_point(const struct common *m, int point[CM_FORGE_CLASSES])
{
	for (int f = 0; f < CM_FORGE_CLASSES; f++) {
		if (++point[f] < m->n[f])
			return true;
		point[f] = 0;
	}
	return false;
}

static CM_RESULT
look(struct common *m)
{
	int point[CM_FORGE_CLASSES] = { 0 };
	enum cm_result rc = CM_OK;

	do {
		cost_at(m, point);
		for (size_t k = 0; rc == CM_OK && k < m->l->n; k++) {
			size_t i = m->order[k];

			if (m->agree[m->l->h[i].place] || !can_lead(m, i))
				continue;
			m->agree[m->l->h[i].place] = true;
			if (!m->out->found)
				rc = witness(m, i, point);
		}
	} while (rc == CM_OK && next_point(m, point));
	return rc;
}

/* The tops of the two come first. */
static void
find_order(struct common *m)
{
	const struct cm_assess_compared *out = m->l->out;
	size_t n = 0;

	for (size_t i = 0; i < m->l->n; i++)
		if (m->l->h[i].place == out->shared_top_a)
			m->order[n++] = i;
	for (size_t i = 0; i < m->l->n; i++)
		if (m->l->h[i].place == out->shared_top_b && out->shared_top_b != out->shared_top_a)
			m->order[n++] = i;
	for (size_t i = 0; i < m->l->n; i++)
		if (m->l->h[i].place != out->shared_top_a && m->l->h[i].place != out->shared_top_b)
			m->order[n++] = i;
}

enum cm_result
cm_laid_common(struct cm_laid *l)
{
	struct common m = { .l = l, .out = &l->out->common };
	enum cm_result rc = CM_OK;

	m.agree = cm_arena_array(l->arena, l->out->n_hypotheses, sizeof(*m.agree));
	m.prior = cm_arena_array(l->arena, l->n, sizeof(*m.prior));
	m.dear = cm_arena_array(l->arena, l->n, sizeof(*m.dear));
	m.cheap = cm_arena_array(l->arena, l->n, sizeof(*m.cheap));
	m.room = cm_arena_array(l->arena, l->n, sizeof(*m.room));
	m.order = cm_arena_array(l->arena, l->n, sizeof(*m.order));
	if (m.agree == NULL || m.prior == NULL || m.dear == NULL || m.cheap == NULL || m.room == NULL || m.order == NULL)
		return cm_laid_no_memory(l);
	for (int side = 0; rc == CM_OK && side < CM_SIDES; side++) {
		m.cost[side] = cm_arena_array(l->arena, l->n, sizeof(*m.cost[side]));
		if (m.cost[side] == NULL)
			return cm_laid_no_memory(l);
		rc = cm_coalition_new(l, NULL, 0, (enum cm_side)side, &m.side[side]);
	}
	if (rc != CM_OK)
		return rc;
	m.out->agree = m.agree;
	find_order(&m);
	find_priors(&m);
	find_points(&m);
	rc = fill_additions(&m);
	return rc == CM_OK ? look(&m) : rc;
}
