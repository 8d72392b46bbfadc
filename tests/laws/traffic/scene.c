#include <stdlib.h>
#include <string.h>

#include "scene.h"

uint64_t
scene_rnd(struct scene *s)
{
	uint64_t x = s->rnd += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static uint32_t
below(struct scene *s, uint32_t n)
{
	return (uint32_t)(scene_rnd(s) % n);
}

struct cm_host
scene_host(uint32_t address)
{
	struct cm_host h = { .net = 4 };

	cm_put32(h.addr, address);
	return h;
}

static uint32_t
source(struct scene *s)
{
	if (s->sources == 0)
		return 0x01000000u + below(s, 0xde000000u);
	return 0x0a000000u + below(s, s->sources) * 7919u % 0xffffffu;
}

static struct cm_packet
packet(int64_t t_ns, uint32_t src, uint32_t dst, uint8_t proto)
{
	return (struct cm_packet) { .t_ns = t_ns, .open = CM_OPEN_ALL, .src = scene_host(src),
		.dst = scene_host(dst), .proto = proto, .ttl = 58, .df = true, .transport = true, .ip_len = 40,
		.window = 1000 };
}

static struct cm_packet
ports(struct cm_packet p, uint16_t sport, uint16_t dport, uint8_t flags, uint32_t payload)
{
	p.sport = sport;
	p.dport = dport;
	p.flags = flags;
	p.payload_len = payload;
	p.ip_len = (p.proto == 17 ? 28u : 40u) + payload;
	return p;
}

/* An opening as an operating system makes it. */
static struct cm_packet
like_os(struct scene *s, struct cm_packet p)
{
	static const uint16_t windows[] = { 64240, 65535, 29200, 64800, 8192, 14600 };

	p.opts = CM_OPT_MSS | CM_OPT_WSCALE | CM_OPT_SACK_OK | CM_OPT_TS;
	p.mss = (uint16_t)(1360 + below(s, 5) * 20);
	p.wscale = (uint8_t)(5 + below(s, 4));
	p.window = windows[below(s, 6)];
	p.opt_layout = (uint16_t)(1 + below(s, 3));
	p.seq = (uint32_t)scene_rnd(s);
	p.ipid = (uint16_t)scene_rnd(s);
	return p;
}

static void
put(struct scene *s, struct cm_packet p)
{
	replay_add(s->out, &p);
}

/* Times of events: one after the other, each up to a period late. */
struct ticks {
	int64_t next, period;
};

static struct ticks
ticks(const struct scene *s)
{
	return (struct ticks) { s->from_ns, S / s->per_s };
}

static bool
tick(struct scene *s, struct ticks *k, int64_t *t_ns)
{
	if (k->next >= s->to_ns)
		return false;
	*t_ns = k->next + (int64_t)(scene_rnd(s) % (uint64_t)k->period);
	k->next += k->period;
	return true;
}

static uint16_t
high(struct scene *s)
{
	return (uint16_t)(49152 + below(s, 16000));
}

void
scene_connections(struct scene *s, uint32_t server, uint16_t port)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t)) {
		uint32_t c = source(s);
		uint16_t cp = high(s);
		struct cm_packet up = packet(t, c, server, 6), down = packet(t + 20 * MS, server, c, 6);

		put(s, like_os(s, ports(up, cp, port, CM_TCP_SYN, 0)));
		if (!s->one_way)
			put(s, ports(down, port, cp, CM_TCP_SYN | CM_TCP_ACK, 0));
		up.t_ns = t + 40 * MS;
		put(s, ports(up, cp, port, CM_TCP_ACK, 0));
		put(s, ports(up, cp, port, CM_TCP_ACK | CM_TCP_PSH, 300));
		down.t_ns = t + 60 * MS;
		for (unsigned i = 0; i < 3 && !s->one_way; i++)
			put(s, ports(down, port, cp, CM_TCP_ACK, 1400));
		up.t_ns = t + 80 * MS;
		put(s, ports(up, cp, port, CM_TCP_ACK | CM_TCP_FIN, 0));
		down.t_ns = t + 100 * MS;
		if (!s->one_way)
			put(s, ports(down, port, cp, CM_TCP_ACK | CM_TCP_FIN, 0));
		up.t_ns = t + 120 * MS;
		put(s, ports(up, cp, port, CM_TCP_ACK, 0));
	}
}

void
scene_syn_flood(struct scene *s, uint32_t target, enum scene_syn look, bool answered)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t)) {
		uint32_t c = source(s);
		struct cm_packet p = ports(packet(t, c, target, 6), high(s), 80, CM_TCP_SYN, 0);

		put(s, look == SCENE_LIKE_OS ? like_os(s, p) : p);
		if (answered && !s->one_way)
			put(s, ports(packet(t + MS, target, c, 6), 80, p.sport, CM_TCP_SYN | CM_TCP_ACK, 0));
	}
}

void
scene_reflection(struct scene *s, uint32_t target)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t)) {
		uint16_t from = below(s, 4) == 0 ? 443 : 80;

		put(s, ports(packet(t, source(s), target, 6), from, high(s),
		    below(s, 8) == 0 ? CM_TCP_RST : CM_TCP_SYN | CM_TCP_ACK, 0));
	}
}

void
scene_amplification(struct scene *s, uint32_t target, uint16_t port, uint32_t ip_len)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t))
		put(s, ports(packet(t, source(s), target, 17), port, (uint16_t)(1 + below(s, 65000)), 0, ip_len - 28));
}

void
scene_fragments(struct scene *s, uint32_t target)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t)) {
		struct cm_packet p = packet(t, source(s), target, 17);

		p.transport = false;
		p.fragment = true;
		p.ip_len = 1500;
		put(s, p);
	}
}

void
scene_udp_flood(struct scene *s, uint32_t target, uint16_t port, uint32_t ip_len)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t))
		put(s, ports(packet(t, source(s), target, 17), high(s),
		    port != 0 ? port : (uint16_t)(1 + below(s, 65000)), 0, ip_len - 28));
}

void
scene_icmp_flood(struct scene *s, uint32_t target)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t))
		put(s, ports(packet(t, source(s), target, 1), 8, 0, 0, 56));
}

void
scene_ack_flood(struct scene *s, uint32_t target)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t)) {
		uint32_t c = source(s);
		uint16_t cp = high(s);

		put(s, ports(packet(t, c, target, 6), cp, 443, CM_TCP_ACK, 0));
		if (!s->one_way)
			put(s, ports(packet(t + MS, target, c, 6), 443, cp, CM_TCP_RST, 0));
	}
}

/* What DHCP clients say, with a hardware address each; the bytes are kept for good. */
static struct cm_span
lease_payload(struct scene *s, uint32_t client, uint8_t type)
{
	static uint8_t pool[4096][300];
	static size_t used;
	uint8_t *b = pool[used++ % 4096];

	(void)s;
	memset(b, 0, 300);
	b[0] = 1;
	b[28] = 2;
	cm_put32(b + 29, client);
	cm_put32(b + 236, 0x63825363);
	b[240] = 53;
	b[241] = 1;
	b[242] = type;
	b[243] = 255;
	return cm_span_of(b, 300);
}

void
scene_leases(struct scene *s, bool taken)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t)) {
		uint32_t client = source(s);
		struct cm_packet up = ports(packet(t, 0, 0xffffffff, 17), 68, 67, 0, 300);
		struct cm_packet down = ports(packet(t + MS, V, 0xffffffff, 17), 67, 68, 0, 300);

		up.payload = lease_payload(s, client, 1);
		put(s, up);
		put(s, down);
		if (!taken)
			continue;
		up.t_ns = t + 2 * MS;
		up.payload = lease_payload(s, client, 3);
		put(s, up);
		down.t_ns = t + 3 * MS;
		put(s, down);
	}
}

static void
try(struct scene *s, const struct scene_scan *c, int64_t t, uint32_t to, uint16_t port)
{
	uint16_t from = c->connect ? high(s) : 40001;
	struct cm_packet p = ports(packet(t, c->source, to, 6), from, port, CM_TCP_SYN, 0);
	bool accept = c->answer == SCENE_ACCEPT || below(s, 50) == 0;

	if (c->connect) {
		p = like_os(s, p);
	} else {
		p.opts = CM_OPT_MSS;
		p.mss = 1460;
		p.window = 1024;
	}
	put(s, p);
	if (s->one_way || (c->answer == SCENE_SILENCE && !accept))
		return;
	put(s, ports(packet(t + MS, to, c->source, 6), port, from,
	    accept ? CM_TCP_SYN | CM_TCP_ACK : CM_TCP_RST | CM_TCP_ACK, 0));
	if (!accept)
		return;
	if (c->connect)
		put(s, ports(packet(t + 2 * MS, c->source, to, 6), from, port, CM_TCP_ACK, 0));
	put(s, ports(packet(t + 3 * MS, c->source, to, 6), from, port, CM_TCP_RST, 0));
}

void
scene_scan(struct scene *s, const struct scene_scan *c)
{
	int64_t t = s->from_ns;

	for (uint32_t h = 0; h < c->hosts; h++)
		for (uint32_t k = 0; k < c->ports; k++, t += S / s->per_s)
			try(s, c, t, c->target + h, (uint16_t)(c->first_port + k));
}

void
scene_udp_scan(struct scene *s, const struct scene_scan *c)
{
	int64_t t = s->from_ns;

	for (uint32_t h = 0; h < c->hosts; h++)
		for (uint32_t k = 0; k < c->ports; k++, t += S / s->per_s) {
			struct cm_packet icmp = ports(packet(t + MS, c->target + h, c->source, 1), 3, 3, 0, 36);

			put(s, ports(packet(t, c->source, c->target + h, 17), 41000, (uint16_t)(c->first_port + k), 0, 0));
			icmp.quoted = true;
			if (c->answer == SCENE_RESET && below(s, 8) == 0)
				put(s, icmp);
		}
}

void
scene_bulk(struct scene *s, uint32_t from, uint32_t to)
{
	struct ticks k = ticks(s);
	int64_t t;

	put(s, like_os(s, ports(packet(s->from_ns, to, from, 6), 50000, 443, CM_TCP_SYN, 0)));
	put(s, ports(packet(s->from_ns + MS, from, to, 6), 443, 50000, CM_TCP_SYN | CM_TCP_ACK, 0));
	while (tick(s, &k, &t)) {
		put(s, ports(packet(t, from, to, 6), 443, 50000, CM_TCP_ACK, 1460));
		if (below(s, 2) == 0)
			put(s, ports(packet(t, to, from, 6), 50000, 443, CM_TCP_ACK, 0));
	}
}

void
scene_video(struct scene *s, uint32_t to)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t))
		put(s, ports(packet(t, 0xc6336409, to, 17), 40000, 50004, 0, 1316));
}

void
scene_resolver(struct scene *s, uint32_t resolver)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t)) {
		uint32_t server = source(s);
		uint16_t port = high(s);

		if (!s->one_way)
			put(s, ports(packet(t, resolver, server, 17), port, 53, 0, 40));
		put(s, ports(packet(t + 10 * MS, server, resolver, 17), 53, port, 0, 80 + below(s, 200)));
	}
}

void
scene_time_server(struct scene *s, uint32_t server)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t)) {
		uint32_t c = source(s);
		uint16_t port = below(s, 2) == 0 ? 123 : high(s);

		put(s, ports(packet(t, c, server, 17), port, 123, 0, 48));
		put(s, ports(packet(t + MS, server, c, 17), 123, port, 0, 48));
	}
}

void
scene_health_checks(struct scene *s, uint32_t checker, uint32_t hosts)
{
	struct scene_scan c = { .source = checker, .target = 0xc6336440, .hosts = hosts, .ports = 1,
		.first_port = 8080, .answer = SCENE_ACCEPT, .connect = true };
	int64_t from = s->from_ns;

	for (; s->from_ns < s->to_ns; s->from_ns += 5 * S)
		scene_scan(s, &c);
	s->from_ns = from;
}

void
scene_peers(struct scene *s, uint32_t peer)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t)) {
		uint32_t other = source(s);
		uint16_t mine = high(s), port = (uint16_t)(1024 + below(s, 60000));

		if (below(s, 2) == 0) { /* the DHT */
			put(s, ports(packet(t, peer, other, 17), 6881, port, 0, 100));
			if (below(s, 2) == 0)
				put(s, ports(packet(t + 30 * MS, other, peer, 17), port, 6881, 0, 200));
			continue;
		}
		put(s, like_os(s, ports(packet(t, peer, other, 6), mine, port, CM_TCP_SYN, 0)));
		if (below(s, 2) == 0)
			continue;
		put(s, ports(packet(t + 30 * MS, other, peer, 6), port, mine, CM_TCP_SYN | CM_TCP_ACK, 0));
		put(s, ports(packet(t + 31 * MS, peer, other, 6), mine, port, CM_TCP_ACK, 68));
		put(s, ports(packet(t + 60 * MS, other, peer, 6), port, mine, CM_TCP_ACK, 68));
	}
}

void
scene_backscatter(struct scene *s, uint32_t victim)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t))
		put(s, ports(packet(t, victim, source(s), 6), 80, high(s),
		    below(s, 2) == 0 ? CM_TCP_RST | CM_TCP_ACK : CM_TCP_SYN | CM_TCP_ACK, 0));
}

void
scene_traceroute(struct scene *s, uint32_t from, uint32_t target)
{
	for (uint16_t i = 0; i < 90; i++) {
		struct cm_packet p = ports(packet(s->from_ns + i * 10 * MS, from, target, 17), 45000,
		    (uint16_t)(33434 + i), 0, 32);

		p.ttl = (uint8_t)(1 + i / 3);
		put(s, p);
	}
}

void
scene_sensors(struct scene *s, uint32_t collector)
{
	struct ticks k = ticks(s);
	int64_t t;

	while (tick(s, &k, &t))
		put(s, ports(packet(t, source(s), collector, 17), high(s), 2055, 0, 100 + below(s, 1200)));
}

static int
by_time(const void *x, const void *y)
{
	const struct cm_packet *a = x, *b = y;

	if (a->t_ns != b->t_ns)
		return a->t_ns < b->t_ns ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

void
scene_done(struct scene *s)
{
	if (s->out->n == 0)
		return;
	qsort(s->out->at, s->out->n, sizeof(*s->out->at), by_time);
	for (size_t i = 0; i < s->out->n; i++)
		s->out->at[i].id = i + 1;
}
