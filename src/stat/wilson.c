#include "stat/wilson.h"

struct cm_share
cm_wilson(uint64_t k, uint64_t n)
{
	return (struct cm_share) { .k = k, .n = n, .high_ppm = 1000000 };
}

uint64_t
cm_trials_to_see(uint32_t ppm)
{
	return ppm == 0 ? 0 : 1;
}
