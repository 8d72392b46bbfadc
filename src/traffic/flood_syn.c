/* F2: openings that nobody completes. */
#include "traffic/judge.h"

#define PORTS_OF_A_SCAN 16000 /* thousandths */

/* Few sources and many ports: whoever looks for open ports, not whoever fills one. */
static bool
is_scan(const struct cm_tally *t)
{
	return t->sources_milli < CM_LIMIT_SPREAD && t->ports_milli >= PORTS_OF_A_SCAN;
}

static bool
is_flood(const struct cm_tally *t, struct cm_sign_list *l, enum cm_traffic_verdict *v)
{
	bool uncompleted, unfinished, made, unanswered, spread;

	cm_sign_least(l, CM_SIGN_MANY, t->per_s, (int64_t)cm_flood_syn.least_per_s);
	spread = cm_sign_least(l, CM_SIGN_SOURCES_SPREAD, t->sources_milli, CM_LIMIT_SPREAD);
	if (t->w->host.net == 4 && !t->w->host.tied)
		cm_sign_least(l, CM_SIGN_OCTETS_SPREAD, cm_entropy_milli(&t->w->likes.octets), 7500);
	uncompleted = cm_sign_most(l, CM_SIGN_UNCOMPLETED, (uint64_t)cm_ppm(t->b, t->in), 500000);
	unfinished = cm_sign_most(l, CM_SIGN_UNFINISHED, (uint64_t)cm_ppm(t->c, t->in), 100000);
	unanswered = cm_sign_most(l, CM_SIGN_UNANSWERED, (uint64_t)cm_ppm(t->a, t->in), 500000);
	made = cm_sign_least(l, CM_SIGN_BARE, (uint64_t)t->bare_ppm, CM_LIMIT_NEARLY_ALL);
	made = cm_sign_least(l, CM_SIGN_SAME_SHAPE, (uint64_t)t->shape_ppm, CM_LIMIT_NEARLY_ALL) || made;
	cm_sign_least(l, CM_SIGN_COMPLETED, (uint64_t)cm_ppm(t->b, t->in), 1500000);
	cm_sign_least(l, CM_SIGN_FINISHED, (uint64_t)cm_ppm(t->c, t->in), 800000);
	*v = CM_TRAFFIC_FLOOD;
	if (is_scan(t))
		return false;
	if (uncompleted || (unfinished && (made || unanswered)))
		return true;
	*v = CM_TRAFFIC_SURGE;
	return spread && cm_tally_unusual(t, l);
}

const struct cm_flood_detector cm_flood_syn = {
	.kind = CM_TRAFFIC_SYN,
	.watches = CM_CLASS_SYN,
	.least = 1000,
	.least_per_s = 200,
	.against = CM_ROLE_B,
	.is = is_flood,
};
