#include "stat/fisher.h"

__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 i128;

#define FIELD_MAX ((uint64_t)1 << 40)

/* Logarithms are to the base 2, in units of 2^-62. */
#define UNIT ((i128)1 << 62)
#define LOG2_E ((i128)6653256548922161245)        /* rounded down */
#define HALF_LOG2_2PI ((i128)6113933814100913846) /* rounded down */

/* What is known of a logarithm. */
struct between {
	i128 low, high;
};

/* Of ${v} > 0.  Squaring a number in [1, 2) doubles its logarithm: the carry is the next bit.
 * The mantissa is cut to 63 bits behind the point each time, which at the i-th squaring takes
 * 2^-63 / 2^i / ln 2 from the logarithm, in all less than one unit; the bits not made are less
 * than one, and so is what is cut from ${v}. */
static struct between
log2_of(u128 v)
{
	unsigned whole = 127;
	uint64_t x;
	i128 low;

	while (v >> 127 == 0) {
		v <<= 1;
		whole--;
	}
	x = (uint64_t)(v >> 64);
	low = whole;
	for (unsigned i = 0; i < 62; i++) {
		u128 square = (u128)x * x;
		unsigned carry = (unsigned)(square >> 127);

		low = low * 2 + carry;
		x = (uint64_t)(square >> (63 + carry));
	}
	return (struct between) { low, low + 3 };
}

/* Of n!.  Up to 20 of the number itself, beyond by Stirling's series
 *	ln n! = (n + 1/2) ln n - n + ln(2 pi) / 2 + 1 / 12n - 1 / 360n^3 + r,  0 < r < 1 / 1260n^5
 * in which r / ln 2 is below 2^-31 from n = 21 on. */
static struct between
log2_factorial(uint64_t n)
{
	i128 m = (i128)n;
	i128 low, unsure;
	uint64_t f = 1;

	if (n <= 20) {
		for (uint64_t i = 2; i <= n; i++)
			f *= i;
		return log2_of(f);
	}
	low = (2 * m + 1) * log2_of(n).low / 2 - m * (LOG2_E + 1) + HALF_LOG2_2PI +
	      LOG2_E / 12 / m - LOG2_E / 360 / m / m / m - 2;
	/* (n + 1/2) logarithms and n times a rounded constant; the roundings; r. */
	unsure = 3 * m + 2 + m + 8 + ((i128)1 << 31);
	return (struct between) { low, low + unsure };
}

/* An upper bound of the logarithm of the probability of the very table. */
static i128
log2_table(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	return log2_factorial(a + b).high + log2_factorial(c + d).high +
	       log2_factorial(a + c).high + log2_factorial(b + d).high - log2_factorial(a).low -
	       log2_factorial(b).low - log2_factorial(c).low - log2_factorial(d).low -
	       log2_factorial(a + b + c + d).low;
}

#define TERM_ONE ((u128)1 << 60)  /* a term, as a part of the first one */
#define RATIO_ONE ((u128)1 << 44) /* of a term to the one before */

/* The tail as a multiple of its first term, in units of 2^-60, rounded up; 0: no bound below
 * 2^104 of them.  Each ratio is below the one before it, so what is left behind a term is at
 * most a geometric series. */
static u128
tail(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	u128 sum = TERM_ONE, term = TERM_ONE, ratio = 0;

	for (unsigned i = 0; i < CM_FISHER_TERMS && term >> 20 != 0; i++) {
		u128 below = (u128)(a + i + 1) * (d + i + 1);

		/* Field b or c is empty: that was the last table. */
		if (i >= b || i >= c)
			return sum;
		ratio = (((u128)(b - i) * (c - i) * RATIO_ONE) + below - 1) / below;
		term = (term * ratio + RATIO_ONE - 1) / RATIO_ONE;
		sum += term;
	}
	if (ratio >= RATIO_ONE)
		return 0;
	return sum + term * ratio / (RATIO_ONE - ratio) + 1;
}

struct cm_fisher
cm_fisher_more(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	u128 first_terms, milli;
	i128 log2_p;

	if (a > FIELD_MAX || b > FIELD_MAX || c > FIELD_MAX || d > FIELD_MAX)
		return (struct cm_fisher) { 0 };
	if ((u128)a * d <= (u128)b * c)
		return (struct cm_fisher) { 0 };
	first_terms = tail(a, b, c, d);
	if (first_terms == 0)
		return (struct cm_fisher) { 0 };
	log2_p = log2_table(a, b, c, d) + log2_of(first_terms).high - 60 * UNIT;
	if (log2_p >= 0)
		return (struct cm_fisher) { 0 };
	/* A thousand times lg 2 is 301.0299956639811..., and a bit is 2^32 units now. */
	milli = ((u128)-log2_p >> 30) * UINT64_C(3010299956639811) / UINT64_C(10000000000000) >> 32;
	return (struct cm_fisher) { milli > UINT32_MAX ? UINT32_MAX : (uint32_t)milli };
}
