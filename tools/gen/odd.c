/* Probes, tunnels, broken packets and broken fragments, for captures that look like a busy link. */
#include "odd.h"

#include "conn.h"

#include <string.h>

#define GEN_GRE 47
#define GEN_IPIP 4
#define GEN_IPV6_IN 41

/* A header from ${from} to ${to}. */
static struct gen_ip
ip_between(struct gen_sim *s, const struct gen_host *from, const struct gen_host *to, uint8_t proto)
{
	return (struct gen_ip) { .src = from->addr,
		.dst = to->addr,
		.ttl = (uint8_t)(from->stack->ttl - from->hops),
		.proto = proto,
		.df = from->stack->df,
		.id = gen_rng_u16(&s->rng) };
}

static struct gen_shot
shot_of(const struct gen_sim *s, const struct gen_ip *ip, bool to_client, int64_t after)
{
	return (struct gen_shot) {
		.t = s->t + after, .link = s->o.link, .v6 = ip->src.v6, .to_client = to_client
	};
}

static void
shoot(struct gen_sim *s, const struct gen_ip *ip, const uint8_t *body, size_t len, bool to_client,
    int64_t after)
{
	struct gen_shot shot = shot_of(s, ip, to_client, after);

	gen_sim_shoot(s, &shot, s->scratch, gen_wire_ip(s->scratch, ip, body, len));
}

/* Echo request or reply, RFC 792 and RFC 4443, 56 bytes of data. */
static void
echo(struct gen_sim *s, const struct gen_host *from, const struct gen_host *to, bool reply,
    uint32_t word)
{
	bool v6 = from->addr.v6;
	struct gen_ip ip = ip_between(s, from, to, v6 ? GEN_ICMP6 : GEN_ICMP);
	uint8_t body[64] = { 0 };
	uint64_t sum = v6 ? gen_wire_pseudo(&ip, GEN_ICMP6, sizeof(body)) : 0;

	body[0] = v6 ? (reply ? 129 : 128) : (reply ? 0 : 8);
	cm_put32(body + 4, word);
	memcpy(body + 8, s->pool, sizeof(body) - 8);
	cm_put16(body + 2, gen_wire_fold(gen_wire_sum(sum, body, sizeof(body))));
	shoot(s, &ip, body, sizeof(body), reply, reply ? 2 * to->owd + 20 * (int64_t)GEN_MS : 0);
}

static void
shut_port(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	static const uint16_t ports[] = { 22, 23, 445, 3389, 5900, 8080, 25, 2323 };
	struct gen_conn c;
	struct gen_seg seg;

	gen_conn_start(&c, s, client, server, ports[gen_rng_below(&s->rng, 8)]);
	seg = gen_conn_next(&c, GEN_CLIENT, GEN_SYN);
	seg.ts = false;
	gen_conn_put(&seg);
	c.e[GEN_CLIENT].nxt++;
	c.e[GEN_SERVER].rcv = c.e[GEN_CLIENT].nxt;
	c.now += gen_conn_turn(&c, GEN_SERVER);
	if (gen_rng_chance(&s->rng, 3, 5))
		gen_conn_reset(&c, GEN_SERVER);
}

void
gen_odd_probe(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	uint32_t word = (uint32_t)gen_rng_next(&s->rng);

	if (gen_rng_chance(&s->rng, 9, 10)) {
		shut_port(s, client, server);
		return;
	}
	echo(s, client, server, false, word);
	if (gen_rng_chance(&s->rng, 1, 2))
		echo(s, server, client, true, word);
}

/* The datagram that is carried; its hosts are those of the tunnel's insides. */
static size_t
inside(struct gen_sim *s, uint8_t *out, uint16_t port)
{
	const struct gen_ip ip = { .src = gen_addr_v4(0x0a010000u | (port & 0xff)),
		.dst = gen_addr_v4(0x0a020001u),
		.ttl = 63,
		.proto = GEN_UDP,
		.id = gen_rng_u16(&s->rng) };

	return gen_wire_udp(out, &ip, port, 4000, s->pool + gen_rng_below(&s->rng, 4096),
	    gen_rng_range(&s->rng, 20, 300));
}

void
gen_odd_tunnel(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	uint8_t body[1024] = { 0 };
	uint32_t kind = gen_rng_below(&s->rng, 3), n = gen_rng_range(&s->rng, 2, 12);
	uint16_t port = (uint16_t)gen_rng_range(&s->rng, 30000, 60000);
	/* VXLAN, RFC 7348: flags, network, an Ethernet header; GRE, RFC 2784: flags, type */
	size_t head = kind == 0 ? 4 : kind == 1 ? 0 : 22;

	for (uint32_t i = 0; i < n; i++) {
		struct gen_ip ip = ip_between(s, client, server,
		    kind == 0   ? GEN_GRE
		    : kind == 1 ? GEN_IPIP
				: GEN_UDP);
		struct gen_shot shot = shot_of(s, &ip, false, i * 7 * (int64_t)GEN_MS);
		size_t len = head + inside(s, body + head, port);

		if (kind == 0)
			cm_put16(body + 2, 0x0800);
		if (kind == 2) {
			body[0] = 8;
			cm_put16(body + 20, 0x0800);
			len = gen_wire_udp(s->scratch, &ip, port, 4789, body, len);
			gen_sim_shoot(s, &shot, s->scratch, len);
		} else {
			shoot(s, &ip, body, len, false, i * 7 * (int64_t)GEN_MS);
		}
	}
}

enum broken {
	BROKEN_TOTAL_LONG,
	BROKEN_TOTAL_SHORT,
	BROKEN_HEAD,
	BROKEN_VERSION,
	BROKEN_OFFSET,
	BROKEN_OPTIONS,
	BROKEN_CUT,
	BROKEN_SUM,
	BROKEN_KINDS
};

/* Breaks the TCP datagram at ${p}; returns how long it now is.  ${t} is where TCP begins. */
static size_t
break_it(uint8_t *p, size_t t, size_t len, enum broken how)
{
	size_t total = t == 20 ? 2 : 4;

	switch (how) {
	case BROKEN_TOTAL_LONG:
		cm_put16(p + total, (uint16_t)(len + 400));
		return len;
	case BROKEN_TOTAL_SHORT:
		cm_put16(p + total, 7);
		return len;
	case BROKEN_HEAD:
		p[0] = (uint8_t)((p[0] & 0xf0) | 2);
		return len;
	case BROKEN_VERSION:
		p[0] = (uint8_t)((p[0] & 0x0f) | 0x90);
		return len;
	case BROKEN_OFFSET:
		p[t + 12] = 0xf0;
		return len < t + 24 ? len : t + 24;
	case BROKEN_OPTIONS:
		p[t + 20] = 8;
		p[t + 21] = 0;
		return len;
	case BROKEN_CUT:
		return t + 7;
	default:
		p[t + 16] ^= 0x5a;
		return len;
	}
}

void
gen_odd_broken(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	struct gen_ip ip = ip_between(s, client, server, GEN_TCP);
	struct gen_tcp tcp = { .sport = (uint16_t)gen_rng_range(&s->rng, 1024, 65000),
		.dport = 80,
		.seq = (uint32_t)gen_rng_next(&s->rng),
		.ack = (uint32_t)gen_rng_next(&s->rng),
		.flags = GEN_ACK | GEN_PSH,
		.window = 501,
		.opt = { 1, 1, 1, 1, 1, 1, 1, 1 },
		.opt_len = 8,
		.data = s->pool,
		.len = gen_rng_below(&s->rng, 200) };
	struct gen_shot shot = shot_of(s, &ip, false, 0);
	size_t len = gen_wire_tcp(s->scratch, &ip, &tcp);

	len = break_it(s->scratch, gen_wire_ip_len(&ip), len,
	    (enum broken)gen_rng_below(&s->rng, BROKEN_KINDS));
	gen_sim_shoot(s, &shot, s->scratch, len);
}

/* What one piece is: where it begins, how long it is, how far from there its bytes are taken. */
struct piece {
	uint16_t at, len, other;
};

void
gen_odd_pieces(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	static const struct piece sets[][3] = {
		{ { 0, 1480, 0 }, { 1480, 1480, 0 }, { 2960, 400, 0 } },
		{ { 0, 800, 0 }, { 400, 800, 999 }, { 1200, 300, 0 } }, /* other bytes */
		{ { 0, 1480, 0 }, { 2960, 64, 0 }, { 2960, 64, 0 } },   /* a hole, a repetition */
		{ { 0, 24, 0 }, { 8, 600, 31 }, { 608, 40, 0 } },       /* over the ports' packet */
		{ { 65400, 130, 0 }, { 0, 200, 0 }, { 200, 104, 0 } },  /* beyond 65,535 in all */
	};
	const struct piece *set = sets[gen_rng_below(&s->rng, 5)];
	struct gen_ip ip = ip_between(s, server, client, GEN_UDP);

	ip.df = false;
	ip.is_fragment = true;
	for (int i = 0; i < 3; i++) {
		ip.more = i < 2;
		ip.frag_bytes = set[i].at;
		shoot(s, &ip, s->pool + set[i].at + set[i].other, set[i].len, true,
		    i * 15 * (int64_t)GEN_US);
	}
}
