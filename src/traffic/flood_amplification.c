/* F3: answers of UDP services to somebody who did not ask. */
#include "traffic/judge.h"
#include "traffic/services.h"

#define SERVERS 8000	/* thousandths */
#define BIG_OF_FEW 1000 /* bytes: from fewer servers only this large */

static bool
is_flood(const struct cm_tally *t, struct cm_sign_list *l, enum cm_traffic_verdict *v)
{
	const struct cm_service *s = cm_service_of(t->w->service);
	int64_t least = s == NULL || s->big == 0 ? 1 : s->big;
	bool unasked, spread, big;

	cm_sign_least(l, CM_SIGN_MANY, t->per_s, (int64_t)cm_flood_amplification.least_per_s);
	spread = cm_sign_least(l, CM_SIGN_SOURCES_SPREAD, t->sources_milli, SERVERS);
	unasked = cm_sign_most(l, CM_SIGN_UNASKED, (uint64_t)cm_ppm(t->a, t->in), 100000);
	if (!spread && least < BIG_OF_FEW)
		least = BIG_OF_FEW;
	big = least == 1 || cm_sign_least(l, CM_SIGN_AMPLIFIED, t->mean_bytes, least);
	cm_sign_least(l, CM_SIGN_SAME_SIZE, (uint64_t)t->size_ppm, CM_LIMIT_NEARLY_ALL);
	*v = CM_TRAFFIC_FLOOD;
	return unasked && big;
}

const struct cm_flood_detector cm_flood_amplification = {
	.kind = CM_TRAFFIC_AMPLIFICATION,
	.watches = CM_CLASS_SERVICE,
	.least = 500,
	.least_per_s = 100,
	.against = CM_ROLE_A,
	.is = is_flood,
};
