/* DNS messages (RFC 1035, 6891) and the UDP datagrams they travel in. */
#include "web.h"

#include <stdio.h>
#include <string.h>

static size_t
put_name(uint8_t *out, const char *name, bool mixed)
{
	size_t at = 0;

	while (*name != '\0') {
		size_t len = strcspn(name, ".");

		out[at++] = (uint8_t)len;
		for (size_t i = 0; i < len; i++) {
			bool upper =
			    mixed && (i * 7 + at) % 3 == 0 && name[i] >= 'a' && name[i] <= 'z';

			out[at++] = (uint8_t)(upper ? name[i] - 32 : name[i]);
		}
		name += len + (name[len] == '.' ? 1 : 0);
	}
	out[at++] = 0;
	return at;
}

static size_t
put_edns(uint8_t *out)
{
	static const uint8_t opt[11] = { 0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0 };

	memcpy(out, opt, sizeof(opt));
	return sizeof(opt);
}

static size_t
put_head(const struct gen_dns *d, uint8_t *out, uint16_t flags, uint16_t answers)
{
	size_t at = 12;

	cm_put16(out, d->txid);
	cm_put16(out + 2, flags);
	cm_put16(out + 4, 1);
	cm_put16(out + 6, answers);
	cm_put16(out + 8, 0);
	cm_put16(out + 10, d->edns ? 1 : 0);
	at += put_name(out + at, d->name, d->mixed_case);
	cm_put16(out + at, d->qtype);
	cm_put16(out + at + 2, 1);
	return at + 4;
}

size_t
gen_dns_query(const struct gen_dns *d, uint8_t *out)
{
	size_t at = put_head(d, out, 0x0100, 0);

	return d->edns ? at + put_edns(out + at) : at;
}

size_t
gen_dns_answer(const struct gen_dns *d, uint8_t *out)
{
	uint16_t flags = (uint16_t)(0x8180 | (d->authoritative ? 0x0400 : 0) | d->rcode);
	uint16_t type = d->answer_type == 0 ? d->qtype : d->answer_type;
	size_t at = put_head(d, out, flags, d->n_addr);

	for (uint8_t i = 0; i < d->n_addr; i++) {
		size_t len = type == GEN_DNS_AAAA ? 16 : 4;

		cm_put16(out + at, 0xc00c);
		cm_put16(out + at + 2, type);
		cm_put16(out + at + 4, 1);
		cm_put32(out + at + 6, d->ttl);
		cm_put16(out + at + 10, (uint16_t)len);
		memset(out + at + 12, 0, len);
		if (type == GEN_DNS_AAAA)
			cm_put32(out + at + 12, 0x20010db8);
		cm_put32(out + at + 12 + len - 4, d->addr[i]);
		at += 12 + len;
	}
	return d->edns ? at + put_edns(out + at) : at;
}

static void
shoot_whole(const struct gen_udp *u, struct gen_shot *shot, const struct gen_ip *ip)
{
	size_t len = gen_wire_udp(u->sim->scratch, ip, u->sport, u->dport, u->data, u->len);

	gen_sim_shoot(u->sim, shot, u->sim->scratch, len);
}

/* Cuts the datagram at ${mtu}; the first piece may come last, overlap the second, or the last be lost. */
static void
shoot_pieces(const struct gen_udp *u, struct gen_shot *shot, const struct gen_ip *whole)
{
	uint8_t body[8192];
	struct gen_ip ip = *whole;
	size_t head = gen_wire_ip_len(whole);
	size_t len =
	    gen_wire_udp(u->sim->scratch, whole, u->sport, u->dport, u->data, u->len) - head;
	size_t step = (u->mtu - head - (u->from->addr.v6 ? 8 : 0)) / 8 * 8;

	if (len > sizeof(body))
		return;
	memcpy(body, u->sim->scratch + head, len);
	ip.is_fragment = true;
	ip.df = false;
	for (size_t at = 0, i = 0; at < len; at += step, i++) {
		size_t n = len - at < step ? len - at : step;
		size_t total;

		ip.more = at + n < len;
		ip.frag_bytes = (uint16_t)at;
		if (u->lose_last && !ip.more)
			break;
		if (u->overlap && i == 0 && at + n + 16 <= len)
			n += 16; /* the same bytes twice: legal, and odd */
		total = gen_wire_ip(u->sim->scratch, &ip, body + at, n);
		shot->t = u->reverse ? u->t + (int64_t)(len - at) * 10 : u->t + (int64_t)at * 10;
		gen_sim_shoot(u->sim, shot, u->sim->scratch, total);
		shot->tag = 0;
	}
}

void
gen_udp_put(const struct gen_udp *u)
{
	struct gen_ip ip = { .src = u->from->addr,
		.dst = u->to->addr,
		.proto = GEN_UDP,
		.df = u->df,
		.ttl = u->ttl != 0 ? u->ttl : (uint8_t)(u->from->stack->ttl - u->from->hops),
		.id = u->id };
	struct gen_shot shot = { .t = u->t,
		.link = u->link,
		.v6 = u->from->addr.v6,
		.to_client = u->to_client,
		.tag = u->tag,
		.plant = u->plant,
		.relay = u->relay,
		.comment = u->sim->o.comments ? u->comment : NULL,
		.iface = gen_sim_iface(u->sim, u->to_client ? u->dport : u->sport) };

	if (u->id_how == GEN_HOW_OWN && u->mtu == 0)
		shot.id_counter = &u->from->id;
	if (u->id_how == GEN_HOW_NEXT || u->id_how == GEN_HOW_PEER) {
		shot.id_copy = u->id_how == GEN_HOW_NEXT ? u->last_id : u->peer_id;
		shot.id_add = u->id;
	}
	if (u->id_how == GEN_HOW_OWN)
		shot.id_save = u->last_id;
	if (u->mtu == 0) {
		shoot_whole(u, &shot, &ip);
		return;
	}
	if (u->id_how == GEN_HOW_OWN)
		ip.id = u->from->id++;
	shoot_pieces(u, &shot, &ip);
}

uint32_t
gen_udp_mark(struct gen_udp *u, enum gen_kind kind, const char *note)
{
	struct gen_mark m = { .class = u->sim->class, .note = note, .kind = (uint8_t)kind };
	const struct gen_udp *q = u;
	bool back = u->to_client;
	const uint8_t *a = back ? q->to->addr.b : q->from->addr.b;
	const uint8_t *b = back ? q->from->addr.b : q->to->addr.b;

	if (u->from->addr.v6)
		snprintf(m.flow, sizeof(m.flow), "[2001:db8:%x::%x]:%u>[2001:db8:%x::%x]:%u",
		    (unsigned)cm_get32(a + 4) >> 16, (unsigned)cm_get32(a + 12),
		    back ? u->dport : u->sport, (unsigned)cm_get32(b + 4) >> 16,
		    (unsigned)cm_get32(b + 12), back ? u->sport : u->dport);
	else
		snprintf(m.flow, sizeof(m.flow), "%u.%u.%u.%u:%u>%u.%u.%u.%u:%u", a[0], a[1], a[2],
		    a[3], back ? u->dport : u->sport, b[0], b[1], b[2], b[3],
		    back ? u->sport : u->dport);
	u->tag = gen_truth_mark(&u->sim->truth, &m);
	u->comment = note;
	return u->tag;
}
