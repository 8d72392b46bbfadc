/* F3: later fragments of what never began.  A datagram of 64 KiB has 44 of them, so a first one
 * for each hundred is fewer than any sender makes. */
#include "traffic/judge.h"

static bool
is_flood(const struct cm_tally *t, struct cm_sign_list *l, enum cm_traffic_verdict *v)
{
	cm_sign_least(l, CM_SIGN_MANY, t->per_s, (int64_t)cm_flood_fragments.least_per_s);
	cm_sign_least(l, CM_SIGN_SOURCES_SPREAD, t->sources_milli, CM_LIMIT_SPREAD);
	*v = CM_TRAFFIC_FLOOD;
	return cm_sign_most(l, CM_SIGN_NEVER_BEGAN, (uint64_t)cm_ppm(t->a, t->in), 10000);
}

const struct cm_flood_detector cm_flood_fragments = {
	.kind = CM_TRAFFIC_FRAGMENTS,
	.watches = CM_CLASS_LATER,
	.least = 1000,
	.least_per_s = 500,
	.against = CM_ROLE_A,
	.is = is_flood,
};
