/* F3: later fragments of what never began, or smaller than any link asks for.  A datagram of 64 KiB
 * has 44 of them, so a first one for each hundred is fewer than any sender makes; and no link
 * carries less than 576 bytes (RFC 791) but in the last piece. */
#include "traffic/judge.h"

static bool
is_flood(const struct cm_tally *t, struct cm_sign_list *l, enum cm_traffic_verdict *v)
{
	bool headless, tiny;

	cm_sign_least(l, CM_SIGN_MANY, t->per_s, (int64_t)cm_flood_fragments.least_per_s);
	cm_sign_least(l, CM_SIGN_SOURCES_SPREAD, t->sources_milli, CM_LIMIT_SPREAD);
	headless = cm_sign_most(l, CM_SIGN_NEVER_BEGAN, (uint64_t)cm_ppm(t->a, t->in), 10000);
	tiny = cm_sign_most(l, CM_SIGN_TINY, t->mean_bytes, 150);
	*v = CM_TRAFFIC_FLOOD;
	return headless || tiny;
}

const struct cm_flood_detector cm_flood_fragments = {
	.kind = CM_TRAFFIC_FRAGMENTS,
	.watches = CM_CLASS_LATER,
	.least = 1000,
	.least_per_s = 500,
	.against = 0, /* first ones come with any */
	.is = is_flood,
};
