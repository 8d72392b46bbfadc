/* F3: answers of TCP to somebody who did not ask, but whose address was written on the questions. */
#include "traffic/judge.h"

#define SERVERS 8000   /* thousandths */
#define ABORTED 10000u /* connections that clients of one server give up at the same time are fewer */

static bool
all_reset(const struct cm_tally *t)
{
	return cm_ppm(t->w->likes.resets, t->w->likes.n) >= CM_LIMIT_NEARLY_ALL;
}

static bool
is_flood(const struct cm_tally *t, struct cm_sign_list *l, enum cm_traffic_verdict *v)
{
	uint64_t more = t->b > t->c ? t->b : t->c;
	bool unasked, nothing, spread, ports;

	cm_sign_least(l, CM_SIGN_MANY, t->per_s, (int64_t)cm_flood_reflection.least_per_s);
	spread = cm_sign_least(l, CM_SIGN_SOURCES_SPREAD, t->sources_milli, SERVERS);
	unasked = cm_sign_most(l, CM_SIGN_UNASKED, (uint64_t)cm_ppm(t->a, t->in), 250000);
	nothing = cm_sign_most(l, CM_SIGN_NOTHING_FOLLOWS, (uint64_t)cm_ppm(more, t->in), 500000);
	ports = cm_sign_least(l, CM_SIGN_PORTS_SPREAD, t->ports_milli, CM_LIMIT_SPREAD);
	*v = CM_TRAFFIC_FLOOD;
	if (all_reset(t) && !ports && t->in < ABORTED)
		return false;
	return spread && unasked && nothing;
}

const struct cm_flood_detector cm_flood_reflection = {
	.kind = CM_TRAFFIC_REFLECTION,
	.watches = CM_CLASS_ANSWER,
	.least = 1000,
	.least_per_s = 500,
	.against = CM_ROLE_A | CM_ROLE_B | CM_ROLE_C,
	.is = is_flood,
};
