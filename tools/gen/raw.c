#include "raw.h"

#include <string.h>

struct gen_addr
gen_addr_spoofed(struct gen_rng *r)
{
	for (;;) {
		uint32_t a = (uint32_t)(gen_rng_next(r) >> 32);
		uint32_t top = a >> 24;

		if (top > 0 && top < 224 && top != 10 && top != 127)
			return gen_addr_v4(a);
	}
}

struct gen_addr
gen_addr_other(uint32_t n)
{
	return gen_addr_v4(0x64400000u | (gen_mix(n) & 0x3fffff));
}

uint8_t
gen_ttl_other(uint32_t n)
{
	static const uint8_t begins[4] = { 64, 64, 128, 255 };
	uint32_t h = gen_mix(n ^ 0x9e37u);

	return (uint8_t)(begins[h & 3] - 6 - (h >> 8) % 18);
}

static struct gen_shot
shot_of(struct gen_sim *s, const struct gen_raw *r)
{
	return (struct gen_shot) { .t = r->t,
		.link = s->o.link,
		.v6 = r->src.v6,
		.to_client = r->to_client,
		.plant = r->plant };
}

static struct gen_ip
ip_of(const struct gen_raw *r, uint8_t proto)
{
	return (struct gen_ip) { .src = r->src,
		.dst = r->dst,
		.ttl = r->ttl,
		.proto = proto,
		.df = r->df,
		.id = r->id };
}

void
gen_raw_tcp(struct gen_sim *s, const struct gen_raw *r, const struct gen_raw_tcp *t)
{
	struct gen_shot shot = shot_of(s, r);
	struct gen_ip ip = ip_of(r, GEN_TCP);
	struct gen_tcp tcp;

	/* the options are few, and to clear forty bytes a packet is dear in a flood */
	tcp.sport = r->sport;
	tcp.dport = r->dport;
	tcp.seq = t->seq;
	tcp.ack = t->ack;
	tcp.flags = t->flags;
	tcp.window = t->window;
	tcp.data = r->data;
	tcp.len = r->len;
	tcp.csum = GEN_CSUM_GOOD;
	tcp.opt_len = t->mss == 0 ? 0 : 4;
	cm_put32(tcp.opt, 0x02040000u | t->mss);
	gen_sim_shoot(s, &shot, s->scratch, gen_wire_tcp(s->scratch, &ip, &tcp));
}

void
gen_raw_udp(struct gen_sim *s, const struct gen_raw *r)
{
	struct gen_shot shot = shot_of(s, r);
	struct gen_ip ip = ip_of(r, GEN_UDP);

	gen_sim_shoot(s, &shot, s->scratch,
	    gen_wire_udp(s->scratch, &ip, r->sport, r->dport, r->data, r->len));
}

void
gen_raw_icmp(struct gen_sim *s, const struct gen_raw *r, uint8_t type, uint8_t code, uint32_t rest)
{
	struct gen_shot shot = shot_of(s, r);
	struct gen_ip ip = ip_of(r, GEN_ICMP);
	uint8_t body[1600];

	body[0] = type;
	body[1] = code;
	cm_put16(body + 2, 0);
	cm_put32(body + 4, rest);
	memcpy(body + 8, r->data, r->len);
	cm_put16(body + 2, gen_wire_fold(gen_wire_sum(0, body, r->len + 8)));
	gen_sim_shoot(s, &shot, s->scratch, gen_wire_ip(s->scratch, &ip, body, r->len + 8));
}

void
gen_raw_quote(struct gen_sim *s, const struct gen_raw *r, uint8_t type, uint8_t code)
{
	struct gen_raw q = *r;
	uint8_t quoted[28];

	memcpy(quoted, s->scratch, sizeof(quoted));
	q.data = quoted;
	q.len = sizeof(quoted);
	gen_raw_icmp(s, &q, type, code, 0);
}

void
gen_raw_piece(struct gen_sim *s, const struct gen_raw *r, uint8_t proto, uint16_t at, bool more)
{
	struct gen_shot shot = shot_of(s, r);
	struct gen_ip ip = ip_of(r, proto);

	ip.is_fragment = true;
	ip.frag_bytes = at;
	ip.more = more;
	gen_sim_shoot(s, &shot, s->scratch, gen_wire_ip(s->scratch, &ip, r->data, r->len));
}
