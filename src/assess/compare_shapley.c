/* Who of the players makes the difference: Shapley values of ln odds.
 *
 * A player with the same values on both sides has the value 0, and the others' values do not depend on it: it is left
 * out.  Up to CM_ASSESS_COMPARE_EXACT groups all coalitions are looked at, in the order of a Gray code; sums are exact,
 * since n C(n - 1, k) divides lcm(1 .. n).  Above that, permutations in pairs, one of them the other backwards. */
#include <stdlib.h>
#include <string.h>

#include "assess/compare_parts.h"

#define EXACT_PLAYERS (CM_ASSESS_COMPARE_EXACT + CM_PLAYER_GROUPS)
#define STEPS_MOST 400000u /* of a sample whose size nobody said */
#define PAIRS_LEAST 32u
#define PAIRS_MOST 2048u
#define COARSE 20 /* bits that are dropped before squares are added */

__extension__ typedef unsigned __int128 u128;

struct dividing {
	struct cm_laid *l;
	struct cm_coalition c;
	size_t *player; /* those that differ */
	size_t n;
	int64_t *value, *error;
	int64_t before, after; /* odds of A, of B */
};

/* ---- all coalitions ---- */

struct exact {
	cm_wide with[EXACT_PLAYERS][EXACT_PLAYERS + 1]; /* sums over the coalitions with that player, by size */
	cm_wide all[EXACT_PLAYERS + 1];
};

static unsigned
lowest_bit(size_t x)
{
	unsigned i = 0;

	while ((x >> i & 1) == 0)
		i++;
	return i;
}

static void
add_coalition(struct dividing *d, struct exact *x, size_t set, size_t size)
{
	int64_t odds = cm_coalition_odds(&d->c);

	x->all[size] += odds;
	for (size_t i = 0; i < d->n; i++)
		if ((set >> i & 1) != 0)
			x->with[i][size] += odds;
}

static void
add_coalitions(struct dividing *d, struct exact *x)
{
	size_t set = 0, size = 0;

	add_coalition(d, x, 0, 0);
	for (size_t step = 1; step < (size_t)1 << d->n; step++) {
		unsigned bit = lowest_bit(step);

		/* the first changes most often: groups, whose changes cost least, come first */
		cm_coalition_toggle(&d->c, d->player[d->n - 1 - bit]);
		set ^= (size_t)1 << (d->n - 1 - bit);
		size = (set >> (d->n - 1 - bit) & 1) != 0 ? size + 1 : size - 1;
		add_coalition(d, x, set, size);
	}
}

static uint64_t
gcd(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static void
divide_exactly(struct dividing *d, const struct exact *x)
{
	int64_t whole = 1, share[EXACT_PLAYERS]; /* n C(n - 1, k) each into lcm(1 .. n) */
	uint64_t choose = 1;

	for (size_t i = 1; i <= d->n; i++)
		whole = whole / (int64_t)gcd((uint64_t)whole, i) * (int64_t)i;
	for (size_t k = 0; k < d->n; k++) {
		share[k] = whole / (int64_t)(d->n * choose);
		choose = choose * (d->n - 1 - k) / (k + 1);
	}
	for (size_t i = 0; i < d->n; i++) {
		cm_wide sum = 0;

		for (size_t k = 0; k < d->n; k++)
			sum += (x->with[i][k + 1] - (x->all[k] - x->with[i][k])) * share[k];
		d->value[i] = cm_wide_divide(sum, whole);
	}
}

static CM_RESULT
exactly(struct dividing *d)
{
	struct exact *x = cm_arena_alloc(d->l->arena, sizeof(*x));

	if (x == NULL)
		return cm_laid_no_memory(d->l);
	add_coalitions(d, x);
	divide_exactly(d, x);
	return CM_OK;
}

/* ---- a sample ---- */

struct sample {
	size_t *order;
	int64_t *sum2; /* of each player, in one pair of permutations */
	cm_wide *sum;
	cm_wide *coarse; /* sums of those, and */
	u128 *squares;	 /* of their squares, in units of 2^COARSE */
	uint64_t state;
};

/* SplitMix64. */
static uint64_t
next(struct sample *s)
{
	uint64_t z = s->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void
shuffle(struct sample *s, size_t n)
{
	for (size_t i = n - 1; i > 0; i--) {
		size_t k = (size_t)((u128)next(s) * (i + 1) >> 64), was = s->order[i];

		s->order[i] = s->order[k];
		s->order[k] = was;
	}
}

/* From A to B, and in the same order back: what a player takes with it then is what it brings if the order is
 * backwards. */
static void
walk(struct dividing *d, struct sample *s)
{
	int64_t odds = d->before;

	memset(s->sum2, 0, d->n * sizeof(*s->sum2));
	for (size_t step = 0; step < 2 * d->n; step++) {
		size_t i = s->order[step % d->n];
		int64_t now;

		cm_coalition_toggle(&d->c, d->player[i]);
		now = cm_coalition_odds(&d->c);
		s->sum2[i] += step < d->n ? now - odds : odds - now;
		odds = now;
	}
}

static void
add_pair(struct dividing *d, struct sample *s)
{
	for (size_t i = 0; i < d->n; i++) {
		int64_t rough = s->sum2[i] / ((int64_t)1 << COARSE);

		s->sum[i] += s->sum2[i];
		s->coarse[i] += rough;
		s->squares[i] += (u128)((cm_wide)rough * rough);
	}
}

static uint64_t
root(u128 x)
{
	u128 r = 0;

	for (int bit = 62; bit >= 0; bit--) {
		u128 t = r | (u128)1 << bit;

		if (t * t <= x)
			r = t;
	}
	return (uint64_t)r;
}

/* Of the mean of `pairs' halves of sums: the root of (sum of squares - sum^2 / pairs) / (4 pairs (pairs - 1)). */
static int64_t
error_of(const struct sample *s, size_t i, size_t pairs)
{
	u128 sum = (u128)(s->coarse[i] < 0 ? -s->coarse[i] : s->coarse[i]);
	u128 mean = sum / pairs, rest = sum % pairs;
	/* sum^2 / pairs, rounded down, without the square of the sum */
	u128 spread = s->squares[i] - (mean * (sum + rest) + rest * rest / pairs);

	return (int64_t)((root(spread / (4 * (u128)pairs * (pairs - 1))) + 1) << COARSE);
}

static CM_RESULT
by_sample(struct dividing *d, size_t pairs)
{
	struct sample s = { .state = d->l->in->seed };

	s.order = cm_arena_array(d->l->arena, d->n, sizeof(*s.order));
	s.sum2 = cm_arena_array(d->l->arena, d->n, sizeof(*s.sum2));
	s.sum = cm_arena_array(d->l->arena, d->n, sizeof(*s.sum));
	s.coarse = cm_arena_array(d->l->arena, d->n, sizeof(*s.coarse));
	s.squares = cm_arena_array(d->l->arena, d->n, sizeof(*s.squares));
	if (s.order == NULL || s.sum2 == NULL || s.sum == NULL || s.coarse == NULL || s.squares == NULL)
		return cm_laid_no_memory(d->l);
	for (size_t i = 0; i < d->n; i++)
		s.order[i] = i;
	for (size_t k = 0; k < pairs; k++) {
		shuffle(&s, d->n);
		walk(d, &s);
		add_pair(d, &s);
	}
	for (size_t i = 0; i < d->n; i++) {
		d->value[i] = cm_wide_divide(s.sum[i], 2 * (cm_wide)pairs);
		d->error[i] = error_of(&s, i, pairs);
	}
	return CM_OK;
}

/* ---- both ---- */

static size_t
pairs_of(const struct cm_laid *l, size_t players)
{
	size_t pairs = l->in->permutations / 2 + l->in->permutations % 2;

	if (pairs == 0)
		pairs = STEPS_MOST / 2 / players < PAIRS_MOST ? STEPS_MOST / 2 / players : PAIRS_MOST;
	if (pairs > CM_ASSESS_COMPARE_PERMUTATIONS / 2)
		pairs = CM_ASSESS_COMPARE_PERMUTATIONS / 2;
	return pairs < PAIRS_LEAST ? PAIRS_LEAST : pairs;
}

static bool
differs(const struct cm_laid *l, size_t player)
{
	const struct cm_weigh *a = l->w[CM_SIDE_A], *b = l->w[CM_SIDE_B];
	bool any = false;

	if (player >= CM_PLAYER_GROUPS)
		return l->group[player - CM_PLAYER_GROUPS].differs;
	if (player == CM_PLAYER_C)
		return memcmp(a->planted, b->planted, sizeof(a->planted)) != 0;
	for (size_t i = 0; i < l->n; i++)
		any = any || l->h[i].prior[CM_SIDE_A] != l->h[i].prior[CM_SIDE_B];
	return any;
}

static int64_t
size_of(int64_t x)
{
	return x < 0 ? -x : x;
}

/* What rounding left over goes to the largest, so that all sum to the difference. */
static void
make_whole(struct dividing *d)
{
	int64_t rest = d->after - d->before;
	size_t most = 0;

	for (size_t i = 0; i < d->n; i++) {
		rest -= d->value[i];
		if (size_of(d->value[i]) > size_of(d->value[most]))
			most = i;
	}
	if (d->n > 0)
		d->value[most] += rest;
}

static int
compare_parts(const void *x, const void *y)
{
	const struct cm_assess_compared_part *a = x, *b = y;

	if (size_of(a->value) != size_of(b->value))
		return size_of(a->value) > size_of(b->value) ? -1 : 1;
	if (a->what != b->what)
		return a->what < b->what ? -1 : 1;
	return a->what == CM_PART_GROUP ? strcmp(a->name, b->name) : 0;
}

static CM_RESULT
list_parts(struct dividing *d)
{
	static const enum cm_assess_compared_what what[] = { CM_PART_PRIORS, CM_PART_PLANTABILITY, CM_PART_GROUP };
	struct cm_laid *l = d->l;
	size_t n = CM_PLAYER_GROUPS + l->n_groups, i = 0;
	struct cm_assess_compared_part *part = cm_arena_array(l->arena, n, sizeof(*part));

	if (part == NULL)
		return cm_laid_no_memory(l);
	for (size_t p = 0; p < n; p++) {
		bool is_group = p >= CM_PLAYER_GROUPS;

		part[p] = (struct cm_assess_compared_part) { .what = what[is_group ? CM_PLAYER_GROUPS : p],
			.name = is_group ? l->group[p - CM_PLAYER_GROUPS].name : NULL };
		if (i == d->n || d->player[i] != p)
			continue;
		part[p].value = d->value[i];
		part[p].error = d->error[i];
		i++;
	}
	qsort(part, n, sizeof(*part), compare_parts);
	l->out->part = part;
	l->out->n_parts = n;
	l->out->crux = part[0].value != 0 ? 0 : CM_ASSESS_NONE;
	return CM_OK;
}

static CM_RESULT
divide(struct dividing *d)
{
	struct cm_assess_compared *out = d->l->out;
	size_t pairs;

	if (d->n == 0)
		return CM_OK;
	if (out->differing_groups <= CM_ASSESS_COMPARE_EXACT)
		return exactly(d);
	pairs = pairs_of(d->l, d->n);
	out->sampled = true;
	out->permutations = 2 * pairs;
	return by_sample(d, pairs);
}

/* `odds_for' against one, or against all others. */
static size_t
list_wanted(const struct cm_laid *l, size_t *want)
{
	size_t n = 1;

	for (size_t i = 0; i < l->n; i++) {
		if (l->h[i].place == l->out->odds_for)
			want[0] = i;
		else if (l->out->odds_against == CM_ASSESS_NONE || l->h[i].place == l->out->odds_against)
			want[n++] = i;
	}
	return n;
}

enum cm_result
cm_laid_shapley(struct cm_laid *l)
{
	struct dividing d = { .l = l };
	size_t n = CM_PLAYER_GROUPS + l->n_groups, *want = cm_arena_array(l->arena, l->n + 1, sizeof(*want));
	struct cm_coalition b;
	enum cm_result rc;

	d.player = cm_arena_array(l->arena, n, sizeof(*d.player));
	d.value = cm_arena_array(l->arena, n, sizeof(*d.value));
	d.error = cm_arena_array(l->arena, n, sizeof(*d.error));
	if (want == NULL || d.player == NULL || d.value == NULL || d.error == NULL)
		return cm_laid_no_memory(l);
	for (size_t p = 0; p < n; p++)
		if (differs(l, p))
			d.player[d.n++] = p;
	rc = cm_coalition_new(l, want, list_wanted(l, want), CM_SIDE_A, &d.c);
	if (rc == CM_OK)
		rc = cm_coalition_new(l, want, d.c.n_want, CM_SIDE_B, &b);
	if (rc != CM_OK)
		return rc;
	l->out->odds_a = d.before = cm_coalition_odds(&d.c);
	l->out->odds_b = d.after = cm_coalition_odds(&b);
	rc = divide(&d);
	if (rc != CM_OK)
		return rc;
	make_whole(&d);
	return list_parts(&d);
}
