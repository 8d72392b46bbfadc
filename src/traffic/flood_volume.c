/* F1: packets of one protocol, more than a host gets that anybody talks with. */
#include "traffic/judge.h"

#define LITTLE 50000 /* ppm: what a talk sends back is more */
#define MUCH 1000    /* packets in a second, where the shape says less */
#define VERY_MUCH 5000 /* where it says nothing, and nothing is there to compare with: a surge at least */

struct volume {
	bool one_way, spread, ports, same_size;
};

static struct volume
look(const struct cm_tally *t, struct cm_sign_list *l, const struct cm_flood_detector *d)
{
	struct volume v;

	cm_sign_least(l, CM_SIGN_MANY, t->per_s, (int64_t)d->least_per_s);
	v.one_way = cm_sign_most(l, CM_SIGN_ONE_WAY, (uint64_t)cm_ppm(t->a, t->in), LITTLE);
	v.spread = cm_sign_least(l, CM_SIGN_SOURCES_SPREAD, t->sources_milli, CM_LIMIT_SPREAD);
	v.same_size = cm_sign_least(l, CM_SIGN_SAME_SIZE, (uint64_t)t->size_ppm, CM_LIMIT_NEARLY_ALL);
	v.ports = t->w->kind != CM_CLASS_OTHER && t->w->kind != CM_CLASS_ICMP &&
	    cm_sign_least(l, CM_SIGN_PORTS_SPREAD, t->ports_milli, CM_LIMIT_SPREAD);
	return v;
}

/* A crowd that nothing else is said of, or nothing. */
static bool
surge(const struct cm_tally *t, struct cm_sign_list *l, bool spread, enum cm_traffic_verdict *v)
{
	*v = CM_TRAFFIC_SURGE;
	return spread && cm_tally_unusual(t, l);
}

/* Ports to which many send and expect no answer: syslog, traps, flow records, statistics. */
static bool
collects(const struct cm_tally *t)
{
	static const uint16_t ports[] = { 162, 514, 1514, 2055, 4739, 5140, 6343, 8125, 9995, 9996, 12201, 25826 };

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		if (t->port == ports[i])
			return true;
	return false;
}

/* Few who send little to many ports look for open ones.  To one port and in all lengths it could be a service of which only one direction was
 * captured; not if the target is seen sending other things (in a draw, by the sealer's word). */
static bool
is_udp(const struct cm_tally *t, struct cm_sign_list *l, enum cm_traffic_verdict *verdict)
{
	struct volume v = look(t, l, &cm_flood_udp);
	bool speaks = cm_sign_least(l, CM_SIGN_SPEAKS, (uint64_t)cm_ppm(t->b + t->c, t->in), 1000) || l->drawn;

	cm_sign_least(l, CM_SIGN_UNREACHABLE, (uint64_t)cm_ppm(t->b, t->in), 5000);
	*verdict = CM_TRAFFIC_FLOOD;
	if (v.one_way && v.ports && (v.spread || t->mean_bytes > CM_LIMIT_PROBE))
		return true;
	if (t->per_s < MUCH)
		return false;
	if (v.one_way && v.spread && (v.same_size || (speaks && !collects(t))))
		return true;
	if (v.one_way && v.spread && !collects(t)) {
		if (cm_tally_unusual(t, l))
			return true;
		*verdict = CM_TRAFFIC_SURGE;
		return t->per_s >= VERY_MUCH;
	}
	return surge(t, l, v.spread, verdict);
}

const struct cm_flood_detector cm_flood_udp = {
	.kind = CM_TRAFFIC_VOLUME,
	.watches = CM_CLASS_UDP,
	.least = 2000,
	.least_per_s = 500,
	.against = CM_ROLE_A,
	.is = is_udp,
};

static bool
is_icmp(const struct cm_tally *t, struct cm_sign_list *l, enum cm_traffic_verdict *verdict)
{
	struct volume v = look(t, l, &cm_flood_icmp);

	*verdict = CM_TRAFFIC_FLOOD;
	return v.one_way || (v.spread && t->per_s >= MUCH);
}

const struct cm_flood_detector cm_flood_icmp = {
	.kind = CM_TRAFFIC_VOLUME,
	.watches = CM_CLASS_ICMP,
	.least = 1000,
	.least_per_s = 300,
	.against = CM_ROLE_A,
	.is = is_icmp,
};

/* A busy server of which only one direction was captured gets acknowledgements from everywhere,
 * too: only what it refuses, or what no two senders would make alike, is a flood. */
static bool
is_tcp(const struct cm_tally *t, struct cm_sign_list *l, enum cm_traffic_verdict *verdict)
{
	struct volume v = look(t, l, &cm_flood_tcp);
	bool refused = cm_sign_least(l, CM_SIGN_REFUSED, (uint64_t)cm_ppm(t->c, t->in), 200000);
	bool alike = cm_sign_least(l, CM_SIGN_SAME_SHAPE, (uint64_t)t->shape_ppm, CM_LIMIT_NEARLY_ALL);

	cm_sign_most(l, CM_SIGN_NO_OPENING, (uint64_t)cm_ppm(t->b, t->in), 10000);
	*verdict = CM_TRAFFIC_FLOOD;
	return v.spread && (refused || (v.one_way && alike && t->per_s >= MUCH));
}

const struct cm_flood_detector cm_flood_tcp = {
	.kind = CM_TRAFFIC_VOLUME,
	.watches = CM_CLASS_TCP,
	.least = 2000,
	.least_per_s = 500,
	.against = CM_ROLE_A,
	.is = is_tcp,
};

static bool
is_other(const struct cm_tally *t, struct cm_sign_list *l, enum cm_traffic_verdict *verdict)
{
	struct volume v = look(t, l, &cm_flood_other);

	*verdict = CM_TRAFFIC_FLOOD;
	return v.one_way && v.spread && t->per_s >= MUCH;
}

const struct cm_flood_detector cm_flood_other = {
	.kind = CM_TRAFFIC_VOLUME,
	.watches = CM_CLASS_OTHER,
	.least = 2000,
	.least_per_s = 500,
	.against = CM_ROLE_A,
	.is = is_other,
};
