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
 * same on every machine. */
#ifndef CM_STAT_FISHER_H
#define CM_STAT_FISHER_H

#include <stdint.h>

struct cm_fisher {
	/* p <= 10^(-milli / 1000); 0: no better than chance. */
	uint32_t milli;
};

struct cm_fisher cm_fisher_more(uint64_t a, uint64_t b, uint64_t c, uint64_t d);

#endif
