#include <stdbool.h>

#include "stat/wilson.h"

__extension__ typedef unsigned __int128 u128;

#define MILLION UINT64_C(1000000)

/* Millionths of the square of 1.959964, the normal distribution's 97.5 %, rounded up. */
#define Z_SQUARED UINT64_C(3841459)

/* Is q / 10^6 at or below the lower end of the interval of ${k} of ${n}?  For q / 10^6 <= k / n.
 *
 * The ends are where n (k/n - p)^2 = z^2 p (1 - p); below the lower one the left side is larger.
 * With p = q / 10^6, both sides times n 10^12, the left one is the square of k 10^6 - q n. */
static bool
is_below(uint64_t q, uint64_t k, uint64_t n)
{
	u128 apart = (u128)k * MILLION - (u128)q * n;
	u128 chance = (u128)Z_SQUARED * (q * (MILLION - q)) * n;

	/* The right side is below 2^22 * 2^38 * 2^64 / 10^6: less than the square of 2^53. */
	if (apart >> 53 != 0)
		return true;
	return apart * apart >= (chance + MILLION - 1) / MILLION;
}

/* The largest such q: the predicate holds at 0 and, once false, stays so up to k / n; but at 1 both
 * sides are nought if k is n, though the end lies below. */
static uint32_t
low(uint64_t k, uint64_t n)
{
	uint64_t from = 0, to = k == n ? MILLION - 1 : (uint64_t)((u128)k * MILLION / n);

	while (from < to) {
		uint64_t mid = to - (to - from) / 2;

		if (is_below(mid, k, n))
			from = mid;
		else
			to = mid - 1;
	}
	return (uint32_t)from;
}

struct cm_share
cm_wilson(uint64_t k, uint64_t n)
{
	struct cm_share s = { .k = k, .n = n, .high_ppm = MILLION };

	if (n == 0)
		return s;
	if (k > n)
		k = n;
	s.ppm = (uint32_t)(((u128)k * MILLION + n / 2) / n);
	s.low_ppm = low(k, n);
	s.high_ppm = (uint32_t)MILLION - low(n - k, n);
	return s;
}

/* Fractions of 1, in units of 2^-63; products are rounded up, so that no answer is too small. */
#define ONE ((uint64_t)1 << 63)

static uint64_t
times(uint64_t a, uint64_t b)
{
	return (uint64_t)(((u128)a * b + (ONE - 1)) >> 63);
}

uint64_t
cm_trials_to_see(uint32_t ppm)
{
	uint64_t unseen[24]; /* unseen[i]: not once in 2^i trials */
	uint64_t n = 0, left = ONE;

	if (ppm == 0 || ppm >= MILLION)
		return ppm != 0;
	unseen[0] = (uint64_t)(((u128)(MILLION - ppm) * ONE + MILLION - 1) / MILLION);
	for (unsigned i = 1; i < 24; i++)
		unseen[i] = times(unseen[i - 1], unseen[i - 1]);
	/* The most trials after which it is unseen with more than 5 %. */
	for (unsigned i = 24; i-- > 0;) {
		uint64_t then = times(left, unseen[i]);

		if (then <= ONE / 20 + 1) /* a twentieth, rounded up as well */
			continue;
		left = then;
		n += (uint64_t)1 << i;
	}
	return n + 1;
}
