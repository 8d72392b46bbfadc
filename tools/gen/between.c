/* Boxes between two captures, and the cards that make them. */
#include "vantage.h"

#include <stdlib.h>
#include <string.h>

#define JOIN_MAX 4u

struct tcp_at {
	uint8_t *p;
	size_t head, data; /* lengths */
};

static struct tcp_at
tcp_of(uint8_t *dgram, size_t len)
{
	struct tcp_at t = { .p = dgram + 20 };

	t.head = (size_t)(t.p[12] >> 4) * 4;
	t.data = len - 20 - t.head;
	return t;
}

static void
mend(uint8_t *dgram, size_t len)
{
	struct gen_ip ip = { .src = gen_addr_v4(cm_get32(dgram + 12)),
		.dst = gen_addr_v4(cm_get32(dgram + 16)) };
	uint8_t *tcp = dgram + 20;

	cm_put16(dgram + 2, (uint16_t)len);
	gen_wire_set_id(dgram, cm_get16(dgram + 4));
	cm_put16(tcp + 16, 0);
	cm_put16(tcp + 16,
	    gen_wire_fold(gen_wire_sum(gen_wire_pseudo(&ip, GEN_TCP, len - 20), tcp, len - 20)));
}

uint16_t
gen_nat_port(uint16_t port)
{
	return (uint16_t)(20000 + gen_mix(port) % 12000);
}

static void
translate(uint8_t *dgram, bool to_client)
{
	uint8_t *tcp = dgram + 20;

	cm_put32(dgram + (to_client ? 16 : 12), GEN_NAT_ADDR);
	cm_put16(tcp + (to_client ? 2 : 0), gen_nat_port(cm_get16(tcp + (to_client ? 2 : 0))));
}

/* In a SYN, what the first place has offered and the second does not get to see. */
static void
clamp(uint8_t *dgram, size_t len)
{
	struct tcp_at t = tcp_of(dgram, len);

	if ((t.p[13] & GEN_SYN) == 0)
		return;
	for (size_t i = 20; i < t.head;) {
		size_t n = t.p[i] < 2 ? 1 : t.p[i + 1];

		if (t.p[i] == 2)
			cm_put16(t.p + i + 2, 1380);
		if (t.p[i] == 8)
			memset(t.p + i, 1, 10);
		i += n;
	}
}

static void
shift(const struct gen_vantage *v, uint8_t *dgram, bool to_client)
{
	uint8_t *number = dgram + 20 + (to_client ? 4 : 8);

	if (to_client || (dgram[20 + 13] & GEN_ACK) != 0)
		cm_put32(number, cm_get32(number) - v->shift);
}

static void
change(uint8_t *dgram, size_t len, bool to_client)
{
	struct tcp_at t = tcp_of(dgram, len);

	if (!to_client || t.data < 600)
		return;
	for (size_t i = 500; i < 560; i++)
		t.p[t.head + i] = (uint8_t)('a' + i % 26);
}

void
gen_between_flush(struct gen_vantage *v)
{
	if (v->joined_len == 0)
		return;
	mend(v->joined, v->joined_len);
	gen_sim_shoot(v->b, &v->joined_shot, v->joined, v->joined_len);
	v->joined_len = 0;
}

/* Segments of one burst become one, as a card does it; false: it goes as it is. */
static bool
join(struct gen_vantage *v, const struct gen_shot *there, const uint8_t *dgram, size_t len)
{
	uint8_t *copy = v->b->scratch;
	struct tcp_at t = tcp_of(copy, len), j;
	bool push = (dgram[20 + 13] & GEN_PSH) != 0;

	if (t.data == 0 || (dgram[20 + 13] & (GEN_SYN | GEN_FIN | GEN_RST)) != 0) {
		gen_between_flush(v);
		return false;
	}
	j = tcp_of(v->joined, v->joined_len == 0 ? len : v->joined_len);
	if (v->joined_len > 0 && (cm_get32(j.p + 4) + (uint32_t)j.data != cm_get32(t.p + 4) ||
				     v->joined_shot.to_client != there->to_client))
		gen_between_flush(v);
	if (v->joined_len == 0) {
		memcpy(v->joined, dgram, len);
		v->joined_len = len;
		v->joined_shot = *there;
	} else {
		memcpy(v->joined + v->joined_len, t.p + t.head, t.data);
		v->joined_len += t.data;
		v->joined[20 + 13] |= dgram[20 + 13];
	}
	if (push || v->joined_len > 20 + JOIN_MAX * 1448)
		gen_between_flush(v);
	return true;
}

/* The mark of a frame of A is one of B's frame, too. */
static uint32_t
mark_there(struct gen_vantage *v, uint32_t tag)
{
	if (tag == 0)
		return 0;
	if (tag >= v->tags_cap) {
		uint32_t cap = tag * 2 + 64;
		uint32_t *more = realloc(v->tag_b, cap * sizeof(*more));

		if (more == NULL)
			return 0;
		memset(more + v->tags_cap, 0, (cap - v->tags_cap) * sizeof(*more));
		v->tag_b = more;
		v->tags_cap = cap;
	}
	v->tag_b[tag] = gen_truth_mark(&v->b->truth, &v->a->truth.mark[tag]);
	v->b->truth.mark[v->tag_b[tag]].frame = 0;
	v->b->truth.mark[v->tag_b[tag]].twin = 0;
	return v->tag_b[tag];
}

static bool
unheard(const struct gen_vantage *v, const struct gen_shot *shot, int64_t t)
{
	if (shot->relay >> 4 == GEN_UNHEARD && shot->to_client)
		return true;
	return t >= v->gap_from && t < v->gap_to;
}

void
gen_between_carry(struct gen_sim *a, const struct gen_shot *shot, const uint8_t *dgram, size_t len)
{
	struct gen_vantage *v = a->relay_ctx;
	uint8_t *copy = v->b->scratch;
	struct gen_shot there = gen_path_shot(&v->path, v->b, shot);

	if (unheard(v, shot, there.t))
		return;
	there.tag = mark_there(v, shot->tag);
	memcpy(copy, dgram, len);
	gen_path_ttl(&v->path, copy, shot->to_client);
	switch (shot->relay >> 4) {
	case GEN_NAT:
		translate(copy, shot->to_client);
		break;
	case GEN_CLAMP:
		clamp(copy, len);
		break;
	case GEN_PROXY:
		shift(v, copy, shot->to_client);
		break;
	case GEN_SCRUB:
		cm_put16(copy + 4, gen_rng_u16(&v->b->rng));
		copy[6] &= 0xbf;
		break;
	case GEN_CHANGED:
		change(copy, len, shot->to_client);
		break;
	case GEN_RECUT:
		if (join(v, &there, copy, len))
			return;
		break;
	default:
		break;
	}
	if (copy[9] == GEN_TCP && shot->relay >> 4 != GEN_PASS)
		mend(copy, len);
	gen_sim_shoot(v->b, &there, copy, len);
}
