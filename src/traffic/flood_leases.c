/* DHCP: addresses asked for until there are none.  Broadcast, so of all hosts together. */
#include "traffic/judge.h"

static bool
is_flood(const struct cm_tally *t, struct cm_sign_list *l, enum cm_traffic_verdict *v)
{
	uint64_t clients = cm_spread_milli(&t->w->likes.clients);
	bool spread, one, untaken;

	cm_sign_least(l, CM_SIGN_MANY, t->per_s, (int64_t)cm_flood_leases.least_per_s);
	spread = cm_sign_least(l, CM_SIGN_CLIENTS_SPREAD, clients, CM_LIMIT_SPREAD);
	one = clients != 0 && t->sources_milli >= CM_LIMIT_SPREAD &&
	    cm_sign_most(l, CM_SIGN_ONE_CLIENT, clients, CM_LIMIT_FEW);
	untaken = t->c * 2 >= t->in && cm_sign_most(l, CM_SIGN_NOT_TAKEN, (uint64_t)cm_ppm(t->b, t->c), 200000);
	*v = CM_TRAFFIC_FLOOD;
	return one || (spread && untaken);
}

const struct cm_flood_detector cm_flood_leases = {
	.kind = CM_TRAFFIC_LEASES,
	.watches = CM_CLASS_LEASES,
	.least = 100,
	.least_per_s = 10,
	.against = CM_ROLE_B,
	.is = is_flood,
};
