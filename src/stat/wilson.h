/* stat/wilson.h -- how sure a share is: k of n, with an interval.
 *
 * Wilson's score interval (E. B. Wilson, JASA 22 (1927) 209), 95 %.  In integers, parts
 * per million, rounded outwards: the same on every machine, for every k and n. */
#ifndef CM_STAT_WILSON_H
#define CM_STAT_WILSON_H

#include <stdint.h>

struct cm_share {
	uint64_t k, n;
	uint32_t ppm, low_ppm, high_ppm; /* n = 0: 0, 0, 1000000 */
};

/* ${k} above ${n} counts as ${n}. */
struct cm_share cm_wilson(uint64_t k, uint64_t n);

/* How many trials until something that happens at ${ppm} was seen once with 95 %; 0 for 0. */
uint64_t cm_trials_to_see(uint32_t ppm);

#endif
