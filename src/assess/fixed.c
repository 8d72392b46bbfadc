#include "assess/fixed.h"

#include "assess/tables.h"

__extension__ typedef unsigned __int128 u128;

#define ONE62 (UINT64_C(1) << 62)
#define ROUND18 (UINT64_C(1) << 17)

static uint64_t
times_q63(uint64_t a, uint64_t b)
{
	return (uint64_t)((u128)a * b >> 63);
}

/* ln(m / 2^62) times 2^62, for 2^62 <= m <= 2^63: the table at 1 + j/128, and twice the area tangent of what is left. */
static uint64_t
ln62(uint64_t m)
{
	uint64_t j, c, t, q, t3, t5, t7;

	if (m == UINT64_C(1) << 63)
		return (uint64_t)cm_assess_ln2;
	j = (m >> 55) - 128;
	c = (128 + j) << 55;
	t = (uint64_t)(((u128)(m - c) << 63) / (m + c));
	q = times_q63(t, t);
	t3 = times_q63(t, q);
	t5 = times_q63(t3, q);
	t7 = times_q63(t5, q);
	return (uint64_t)cm_assess_ln[j] + t + t3 / 3 + t5 / 5 + t7 / 7;
}

/* ln n times 2^62, n >= 1. */
static u128
ln_of(uint64_t n)
{
	unsigned k = 63 - (unsigned)__builtin_clzll(n);

	return (u128)k * (uint64_t)cm_assess_ln2 + ln62(n << (62 - k));
}

int64_t
cm_cost(int64_t n)
{
	return (int64_t)((ln_of((uint64_t)CM_FIXED_P) - ln_of((uint64_t)n) + ROUND18) >> 18);
}

/* exp(-s / 2^62) times 2^62, for s below 2^55. */
static uint64_t
exp_small(uint64_t s)
{
	uint64_t term = s, e = ONE62 - s;

	for (unsigned i = 2; i <= 7; i++) {
		term = (uint64_t)((u128)term * s >> 62) / i;
		e = i % 2 == 0 ? e + term : e - term;
	}
	return e;
}

int64_t
cm_cost_exp(int64_t d)
{
	const uint64_t ln2 = (uint64_t)cm_assess_ln2;
	uint64_t n, r, j, e;
	u128 whole;

	if (d >= 44 * CM_COST_ONE)
		return 0;
	whole = (u128)(uint64_t)d << 18;
	/* the quotient by a divisor that is cut is at most one too large */
	n = (uint64_t)d / (ln2 >> 18);
	if ((u128)n * ln2 > whole)
		n--;
	r = (uint64_t)(whole - (u128)n * ln2);
	j = r >> 55;
	e = exp_small(r - (j << 55));
	return (int64_t)((uint64_t)((u128)(uint64_t)cm_assess_exp[j] * e >> 62) >> n);
}

int64_t
cm_cost_either(int64_t x, int64_t y)
{
	int64_t d = x > y ? x - y : y - x, least = x > y ? y : x;

	return least - (int64_t)((ln62(ONE62 + (uint64_t)cm_cost_exp(d)) + ROUND18) >> 18);
}

int64_t
cm_cost_weighted(int64_t cost, int64_t weight)
{
	return (int64_t)(((u128)(uint64_t)cost * (uint64_t)weight + 500000) / 1000000);
}

int64_t
cm_cost_millibans(int64_t cost)
{
	/* 10 / ln 10 = 4.342944819032518 */
	const uint64_t scale = UINT64_C(4342944819032518);
	u128 v = (u128)(uint64_t)(cost < 0 ? -cost : cost) * scale >> CM_COST_BITS;
	int64_t m = (int64_t)(v / UINT64_C(1000000000000));

	return cost < 0 ? -m : m;
}
