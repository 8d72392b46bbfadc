#include "wire.h"

#include <stdio.h>
#include <string.h>

#include "base/span.h"

uint64_t
gen_wire_sum(uint64_t sum, const uint8_t *p, size_t len)
{
	while (len >= 8) {
		sum += cm_get32(p);
		sum += cm_get32(p + 4);
		p += 8;
		len -= 8;
	}
	while (len >= 2) {
		sum += cm_get16(p);
		p += 2;
		len -= 2;
	}
	if (len == 1)
		sum += (uint64_t)p[0] << 8;
	return sum;
}

uint16_t
gen_wire_fold(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

uint64_t
gen_wire_pseudo(const struct gen_ip *ip, uint8_t proto, size_t len)
{
	size_t n = ip->src.v6 ? 16 : 4;
	uint64_t sum = gen_wire_sum(0, ip->src.b, n);

	return gen_wire_sum(sum, ip->dst.b, n) + proto + len;
}

size_t
gen_wire_ip_len(const struct gen_ip *ip)
{
	if (!ip->src.v6)
		return 20;
	return 40u + (ip->ext ? 8u : 0u) + (ip->is_fragment ? 8u : 0u);
}

static void
put_v4(uint8_t *out, const struct gen_ip *ip, size_t total)
{
	uint16_t frag =
	    (uint16_t)((ip->df ? 0x4000 : 0) | (ip->more ? 0x2000 : 0) | ip->frag_bytes / 8);

	memset(out, 0, 20);
	out[0] = 0x45;
	cm_put16(out + 2, (uint16_t)total);
	cm_put16(out + 4, ip->id);
	cm_put16(out + 6, frag);
	out[8] = ip->ttl;
	out[9] = ip->proto;
	memcpy(out + 12, ip->src.b, 4);
	memcpy(out + 16, ip->dst.b, 4);
	cm_put16(out + 10, gen_wire_fold(gen_wire_sum(0, out, 20)));
}

static void
put_v6(uint8_t *out, const struct gen_ip *ip, size_t total)
{
	uint8_t *next = out + 6;
	size_t at = 40;

	memset(out, 0, gen_wire_ip_len(ip));
	out[0] = 0x60;
	cm_put16(out + 4, (uint16_t)(total - 40));
	out[7] = ip->ttl;
	memcpy(out + 8, ip->src.b, 16);
	memcpy(out + 24, ip->dst.b, 16);
	if (ip->ext) {
		*next = GEN_DSTOPTS;
		next = out + at;
		out[at + 2] = 1; /* PadN, four bytes */
		out[at + 3] = 4;
		at += 8;
	}
	if (ip->is_fragment) {
		*next = GEN_FRAGMENT;
		next = out + at;
		cm_put16(out + at + 2, (uint16_t)(ip->frag_bytes | (ip->more ? 1 : 0)));
		cm_put32(out + at + 4, 0x5eed0000u | ip->id);
	}
	*next = ip->proto;
}

static size_t
put_ip(uint8_t *out, const struct gen_ip *ip, size_t len)
{
	size_t total = gen_wire_ip_len(ip) + len;

	if (ip->src.v6)
		put_v6(out, ip, total);
	else
		put_v4(out, ip, total);
	return total;
}

static uint16_t
checksum_as_told(uint8_t mode, uint64_t pseudo, const uint8_t *p, size_t len)
{
	switch (mode) {
	case GEN_CSUM_ZERO:
		return 0;
	case GEN_CSUM_BAD:
		return gen_wire_fold(gen_wire_sum(pseudo, p, len)) ^ 0x5a5a;
	case GEN_CSUM_PARTIAL:
		return (uint16_t)~gen_wire_fold(pseudo);
	default:
		return gen_wire_fold(gen_wire_sum(pseudo, p, len));
	}
}

size_t
gen_wire_tcp(uint8_t *out, const struct gen_ip *ip, const struct gen_tcp *tcp)
{
	size_t head = 20 + tcp->opt_len;
	size_t len = head + tcp->len;
	uint8_t *p = out + gen_wire_ip_len(ip);

	cm_put16(p, tcp->sport);
	cm_put16(p + 2, tcp->dport);
	cm_put32(p + 4, tcp->seq);
	cm_put32(p + 8, tcp->ack);
	p[12] = (uint8_t)(head / 4 << 4);
	p[13] = tcp->flags;
	cm_put16(p + 14, tcp->window);
	cm_put32(p + 16, 0);
	memcpy(p + 20, tcp->opt, tcp->opt_len);
	if (tcp->len > 0)
		memcpy(p + head, tcp->data, tcp->len);
	cm_put16(p + 16, checksum_as_told(tcp->csum, gen_wire_pseudo(ip, GEN_TCP, len), p, len));
	return put_ip(out, ip, len);
}

size_t
gen_wire_udp(uint8_t *out, const struct gen_ip *ip, uint16_t sport, uint16_t dport,
    const uint8_t *data, size_t len)
{
	uint8_t *p = out + gen_wire_ip_len(ip);
	uint16_t sum;

	cm_put16(p, sport);
	cm_put16(p + 2, dport);
	cm_put16(p + 4, (uint16_t)(len + 8));
	cm_put16(p + 6, 0);
	if (len > 0)
		memcpy(p + 8, data, len);
	sum = gen_wire_fold(gen_wire_sum(gen_wire_pseudo(ip, GEN_UDP, len + 8), p, len + 8));
	cm_put16(p + 6, sum == 0 ? 0xffff : sum);
	return put_ip(out, ip, len + 8);
}

size_t
gen_wire_ip(uint8_t *out, const struct gen_ip *ip, const uint8_t *body, size_t len)
{
	memcpy(out + gen_wire_ip_len(ip), body, len);
	return put_ip(out, ip, len);
}

void
gen_wire_set_id(uint8_t *p, uint16_t id)
{
	cm_put16(p + 4, id);
	cm_put16(p + 10, 0);
	cm_put16(p + 10, gen_wire_fold(gen_wire_sum(0, p, 20)));
}

void
gen_wire_set_ttl(uint8_t *p, uint8_t ttl)
{
	if (p[0] >> 4 == 6) {
		p[7] = ttl;
		return;
	}
	p[8] = ttl;
	cm_put16(p + 10, 0);
	cm_put16(p + 10, gen_wire_fold(gen_wire_sum(0, p, 20)));
}

static const struct {
	const char *name;
	uint16_t linktype;
} links[GEN_LINK_COUNT] = {
	[GEN_LINK_ETHER] = { "ether", 1 },
	[GEN_LINK_VLAN] = { "vlan", 1 },
	[GEN_LINK_QINQ] = { "qinq", 1 },
	[GEN_LINK_PPPOE] = { "pppoe", 1 },
	[GEN_LINK_PPPOE_QINQ] = { "pppoe-qinq", 1 },
	[GEN_LINK_MPLS] = { "mpls", 1 },
	[GEN_LINK_SLL] = { "sll", 113 },
	[GEN_LINK_SLL2] = { "sll2", 276 },
	[GEN_LINK_RAW] = { "raw", 101 },
	[GEN_LINK_NULL] = { "null", 0 },
	[GEN_LINK_LOOP] = { "loop", 108 },
};

uint16_t
gen_wire_linktype(enum gen_link link)
{
	return links[link].linktype;
}

const char *
gen_wire_link_name(enum gen_link link)
{
	return links[link].name;
}

static const uint8_t mac_near[6] = { 0x02, 0x00, 0x5e, 0x10, 0x00, 0x01 };
static const uint8_t mac_far[6] = { 0x02, 0x00, 0x5e, 0x10, 0x00, 0xfe };

static size_t
ether_header(uint8_t *p, enum gen_link link, bool v6, bool to_client)
{
	size_t at = 12;

	memcpy(p, to_client ? mac_near : mac_far, 6);
	memcpy(p + 6, to_client ? mac_far : mac_near, 6);
	if (link == GEN_LINK_QINQ || link == GEN_LINK_PPPOE_QINQ) {
		cm_put32(p + at, 0x88a80064);
		at += 4;
	}
	if (link == GEN_LINK_VLAN || link == GEN_LINK_QINQ || link == GEN_LINK_PPPOE_QINQ) {
		cm_put32(p + at, 0x81000a2au);
		at += 4;
	}
	if (link == GEN_LINK_MPLS) {
		cm_put16(p + at, 0x8847);
		cm_put32(p + at + 2, 0x010f003fu); /* label 4336, then the bottom of the stack */
		cm_put32(p + at + 6, 0x0205013fu);
		return at + 10;
	}
	if (link == GEN_LINK_PPPOE || link == GEN_LINK_PPPOE_QINQ) {
		cm_put16(p + at, 0x8864);
		cm_put32(p + at + 2, 0x11002a01u); /* session; the length comes with the datagram */
		cm_put16(p + at + 8, v6 ? 0x0057 : 0x0021);
		return at + 10;
	}
	cm_put16(p + at, v6 ? 0x86dd : 0x0800);
	return at + 2;
}

static size_t
cooked_header(uint8_t *p, enum gen_link link, bool v6, bool to_client)
{
	uint16_t proto = v6 ? 0x86dd : 0x0800;

	if (link == GEN_LINK_SLL) {
		memset(p, 0, 16);
		cm_put16(p, to_client ? 0 : 4);
		cm_put16(p + 2, 1);
		cm_put16(p + 4, 6);
		memcpy(p + 6, mac_far, 6);
		cm_put16(p + 14, proto);
		return 16;
	}
	memset(p, 0, 20);
	cm_put16(p, proto);
	cm_put32(p + 4, 2);
	cm_put16(p + 8, 1);
	p[10] = to_client ? 0 : 4;
	p[11] = 6;
	memcpy(p + 12, mac_far, 6);
	return 20;
}

size_t
gen_wire_link(uint8_t *end, enum gen_link link, bool v6, bool to_client)
{
	uint8_t head[GEN_LINK_MAX];
	size_t len;

	switch (link) {
	case GEN_LINK_RAW:
		return 0;
	case GEN_LINK_NULL:
		cm_put32le(head, v6 ? 30 : 2);
		len = 4;
		break;
	case GEN_LINK_LOOP:
		cm_put32(head, v6 ? 30 : 2);
		len = 4;
		break;
	case GEN_LINK_SLL:
	case GEN_LINK_SLL2:
		len = cooked_header(head, link, v6, to_client);
		break;
	default:
		len = ether_header(head, link, v6, to_client);
	}
	memcpy(end - len, head, len);
	return len;
}

struct gen_addr
gen_addr_v4(uint32_t addr)
{
	struct gen_addr a = { { 0 }, false };

	cm_put32(a.b, addr);
	return a;
}

struct gen_addr
gen_addr_v6(uint32_t net, uint32_t host)
{
	struct gen_addr a = { { 0x20, 0x01, 0x0d, 0xb8 }, true };

	cm_put32(a.b + 4, net);
	cm_put32(a.b + 12, host);
	return a;
}

void
gen_addr_text(char *out, size_t size, const struct gen_addr *a)
{
	unsigned net = (unsigned)cm_get16(a->b + 4), high = cm_get16(a->b + 12),
		 low = cm_get16(a->b + 14);

	if (!a->v6)
		snprintf(out, size, "%u.%u.%u.%u", a->b[0], a->b[1], a->b[2], a->b[3]);
	else if (high == 0)
		snprintf(out, size, "2001:db8:%x::%x", net, low);
	else
		snprintf(out, size, "2001:db8:%x::%x:%x", net, high, low);
}

static struct gen_addr
addr_at(const uint8_t *p, bool v6)
{
	struct gen_addr a = { { 0 }, v6 };

	memcpy(a.b, p, v6 ? 16 : 4);
	return a;
}

void
gen_wire_flow(char *out, size_t size, const uint8_t *ip)
{
	bool v6 = ip[0] >> 4 == 6;
	struct gen_addr src = addr_at(ip + (v6 ? 8 : 12), v6);
	struct gen_addr dst = addr_at(ip + (v6 ? 24 : 16), v6);
	uint8_t proto = v6 ? ip[6] : ip[9];
	const uint8_t *l4 = ip + (v6 ? 40 : 20);
	bool later = !v6 && (cm_get16(ip + 6) & 0x1fff) != 0;
	char a[48], b[48];

	gen_addr_text(a, sizeof(a), &src);
	gen_addr_text(b, sizeof(b), &dst);
	if ((proto != GEN_TCP && proto != GEN_UDP) || later)
		snprintf(out, size, "%s>%s", a, b);
	else
		snprintf(out, size, v6 ? "[%s]:%u>[%s]:%u" : "%s:%u>%s:%u", a, cm_get16(l4), b,
		    cm_get16(l4 + 2));
}
