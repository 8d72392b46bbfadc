/* stat/fisher.h -- do two things go together more often than chance?
 *
 * Fisher's exact test, one-sided: with all margins given, how likely is a table with at
 * least ${a} in its first field?  R. A. Fisher, JRSS 85 (1922) 87.
 *
 *		   in the flood  not
 *	with script	a	  b
 *	without		c	  d
 *
 * The answer is given as a power of ten, rounded up (towards chance), so that it is the
 * same on every machine.  It is 0 where ${a} is not above what chance expects (a d <= b c),
 * and where a field is beyond 2^40.
 *
 * Up to 100,000 in all the answer is exact but for the rounding: milli is the true one's integer
 * part, or one less if the true one lies within 10^-5 of that integer.  In larger tables the tail
 * is summed for CM_FISHER_TERMS terms and bounded behind them, so milli may be smaller still
 * (by about 1000 lg(1 + 1/z^2) at most, z standard deviations from chance), never larger. */
#ifndef CM_STAT_FISHER_H
#define CM_STAT_FISHER_H

#include <stdint.h>

#define CM_FISHER_TERMS 65536u
#define CM_FISHER_RARE 2000u /* p <= 1/100: less is not called more than chance */

struct cm_fisher {
	/* p <= 10^(-milli / 1000); 0: no better than chance. */
	uint32_t milli;
};

struct cm_fisher cm_fisher_more(uint64_t a, uint64_t b, uint64_t c, uint64_t d);

#endif
