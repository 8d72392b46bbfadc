#include "capture/layers.h"

enum ethertype {
	ETHER_IPV4 = 0x0800,
	ETHER_TAG = 0x8100,
	ETHER_IPV6 = 0x86dd,
	ETHER_MPLS = 0x8847,
	ETHER_MPLS_UP = 0x8848,
	ETHER_PPPOE = 0x8864,
	ETHER_TAG_SERVICE = 0x88a8
};

enum { PPP_IPV4 = 0x0021, PPP_IPV6 = 0x0057 };

/* What the link layer says comes next. */
enum next { NEXT_NONE, NEXT_IPV4, NEXT_IPV6, NEXT_BY_NIBBLE };

bool
cm_link_known(uint16_t linktype)
{
	switch (linktype) {
	case CM_LINK_NULL:
	case CM_LINK_ETHERNET:
	case CM_LINK_RAW_BSD:
	case CM_LINK_RAW_OPENBSD:
	case CM_LINK_RAW:
	case CM_LINK_LOOP:
	case CM_LINK_SLL:
	case CM_LINK_IPV4:
	case CM_LINK_IPV6:
	case CM_LINK_SLL2:
		return true;
	default:
		return false;
	}
}

static enum next
next_of_type(uint16_t type)
{
	if (type == ETHER_IPV4)
		return NEXT_IPV4;
	return type == ETHER_IPV6 ? NEXT_IPV6 : NEXT_NONE;
}

/* Labels up to the bottom of the stack; a stack without a bottom is followed by
 * nothing we know. */
static enum next
walk_mpls(struct cm_span data, uint32_t *at)
{
	bool bottom = false;

	while (!bottom) {
		if (data.len - *at < 4)
			return NEXT_NONE;
		bottom = data.ptr[*at + 2] & 1;
		*at += 4;
	}
	return NEXT_BY_NIBBLE;
}

static enum next
walk_pppoe(struct cm_span data, uint32_t *at)
{
	const uint8_t *p = data.ptr + *at;
	uint16_t proto;

	if (data.len - *at < 8 || p[0] != 0x11 || p[1] != 0)
		return NEXT_NONE;
	proto = cm_get16(p + 6);
	*at += 8;
	if (proto == PPP_IPV4)
		return NEXT_IPV4;
	return proto == PPP_IPV6 ? NEXT_IPV6 : NEXT_NONE;
}

static enum next
walk_ethernet(struct cm_span data, struct cm_layers *l, uint32_t *at)
{
	uint16_t type;

	if (data.len < 14)
		return NEXT_NONE;
	l->link_addr_len = 12;
	type = cm_get16(data.ptr + 12);
	*at = 14;
	while (type == ETHER_TAG || type == ETHER_TAG_SERVICE) {
		if (data.len - *at < 4)
			return NEXT_NONE;
		type = cm_get16(data.ptr + *at + 2);
		*at += 4;
	}
	if (type == ETHER_MPLS || type == ETHER_MPLS_UP)
		return walk_mpls(data, at);
	if (type == ETHER_PPPOE)
		return walk_pppoe(data, at);
	return next_of_type(type);
}

static enum next
walk_sll(struct cm_span data, struct cm_layers *l, uint32_t *at)
{
	if (data.len < 16)
		return NEXT_NONE;
	l->link_addr_at = 6;
	l->link_addr_len = 8;
	*at = 16;
	return next_of_type(cm_get16(data.ptr + 14));
}

static enum next
walk_sll2(struct cm_span data, struct cm_layers *l, uint32_t *at)
{
	if (data.len < 20)
		return NEXT_NONE;
	l->link_addr_at = 12;
	l->link_addr_len = 8;
	*at = 20;
	return next_of_type(cm_get16(data.ptr));
}

/* The family is in the byte order of the machine that captured (null) or in
 * network order (loop); AF_INET6 is 24, 28 or 30, by system. */
static enum next
walk_null(struct cm_span data, bool either_order, uint32_t *at)
{
	uint32_t family;

	if (data.len < 4)
		return NEXT_NONE;
	family = cm_get32(data.ptr);
	if (either_order && family > 0xffff)
		family = cm_get32le(data.ptr);
	*at = 4;
	switch (family) {
	case 2:
		return NEXT_IPV4;
	case 24:
	case 28:
	case 30:
		return NEXT_IPV6;
	default:
		return NEXT_NONE;
	}
}

static enum next
walk_link(struct cm_span data, uint16_t linktype, struct cm_layers *l, uint32_t *at)
{
	switch (linktype) {
	case CM_LINK_ETHERNET:
		return walk_ethernet(data, l, at);
	case CM_LINK_SLL:
		return walk_sll(data, l, at);
	case CM_LINK_SLL2:
		return walk_sll2(data, l, at);
	case CM_LINK_NULL:
		return walk_null(data, true, at);
	case CM_LINK_LOOP:
		return walk_null(data, false, at);
	case CM_LINK_RAW_BSD:
	case CM_LINK_RAW_OPENBSD:
	case CM_LINK_RAW:
		return NEXT_BY_NIBBLE;
	case CM_LINK_IPV4:
		return NEXT_IPV4;
	case CM_LINK_IPV6:
		return NEXT_IPV6;
	default:
		return NEXT_NONE;
	}
}

/* Where headers must end: inside the datagram and inside what was captured. */
static void
set_end(struct cm_span data, struct cm_layers *l, uint32_t length)
{
	l->length_known = length != 0;
	l->datagram_end = length == 0 ? (uint32_t)data.len : l->net_at + length;
	l->payload_end = l->datagram_end < data.len ? l->datagram_end : (uint32_t)data.len;
}

static bool
walk_ipv4(struct cm_span data, struct cm_layers *l, uint32_t at)
{
	const uint8_t *p = data.ptr + at;
	uint32_t header, total;
	uint16_t frag;

	if (data.len - at < 20 || p[0] >> 4 != 4)
		return false;
	header = (uint32_t)(p[0] & 15) * 4;
	total = cm_get16(p + 2);
	if (header < 20 || header > data.len - at || (total != 0 && total < header))
		return false;
	frag = cm_get16(p + 6);
	l->net = 4;
	l->net_at = at;
	l->src_at = at + 12;
	l->dst_at = at + 16;
	l->addr_len = 4;
	l->proto = p[9];
	l->frag_more = frag & 0x2000;
	l->frag_off = (uint32_t)(frag & 0x1fff) * 8;
	l->frag_later = l->frag_off != 0;
	l->fragment = (frag & 0x3fff) != 0;
	l->frag_id = cm_get16(p + 4);
	l->frag_at = l->transport_at = l->payload_at = at + header;
	set_end(data, l, total);
	return true;
}

static bool
is_extension(uint8_t proto)
{
	return proto == CM_PROTO_HOPOPT || proto == CM_PROTO_ROUTING || proto == CM_PROTO_FRAGMENT ||
	    proto == CM_PROTO_DSTOPTS;
}

/* Length of the extension header at ${p}, of which ${left} bytes are there; 0: cut short. */
static uint32_t
extension_len(uint8_t proto, const uint8_t *p, uint32_t left)
{
	uint32_t len;

	if (left < 8)
		return 0;
	len = proto == CM_PROTO_FRAGMENT ? 8 : ((uint32_t)p[1] + 1) * 8;
	return len <= left ? len : 0;
}

/* A fragment in a fragment is described by the outer header. */
static void
read_fragment(const uint8_t *p, struct cm_layers *l, uint32_t behind)
{
	uint16_t frag = cm_get16(p + 2);

	if (frag >= 8)
		l->frag_later = true;
	if (l->fragment)
		return;
	l->frag_more = frag & 1;
	l->frag_off = frag & 0xfff8;
	l->fragment = l->frag_more || l->frag_off != 0;
	l->frag_id = cm_get32(p + 4);
	l->frag_at = behind;
}

static void
walk_extensions(struct cm_span data, struct cm_layers *l)
{
	while (is_extension(l->proto)) {
		const uint8_t *p = data.ptr + l->payload_at;
		uint32_t len = extension_len(l->proto, p, l->payload_end - l->payload_at);

		if (len == 0)
			return;
		if (l->proto == CM_PROTO_FRAGMENT)
			read_fragment(p, l, l->payload_at + len);
		l->proto = p[0];
		l->payload_at += len;
		if (l->frag_later)
			return;
	}
}

static bool
walk_ipv6(struct cm_span data, struct cm_layers *l, uint32_t at)
{
	const uint8_t *p = data.ptr + at;
	uint32_t length;

	if (data.len - at < 40 || p[0] >> 4 != 6)
		return false;
	l->net = 6;
	l->net_at = at;
	l->src_at = at + 8;
	l->dst_at = at + 24;
	l->addr_len = 16;
	l->proto = p[6];
	l->frag_at = l->payload_at = at + 40;
	length = cm_get16(p + 4);
	set_end(data, l, length == 0 ? 0 : length + 40);
	walk_extensions(data, l);
	l->transport_at = l->payload_at;
	return true;
}

/* Length of the transport header; 0: none is understood here. */
static uint32_t
transport_len(const struct cm_layers *l, const uint8_t *p, uint32_t left)
{
	uint32_t len;

	switch (l->proto) {
	case CM_PROTO_TCP:
		if (left < 20)
			return 0;
		len = (uint32_t)(p[12] >> 4) * 4;
		return len >= 20 && len <= left ? len : 0;
	case CM_PROTO_UDP:
		return left >= 8 ? 8 : 0;
	case CM_PROTO_ICMP:
		return l->net == 4 && left >= 4 ? 4 : 0;
	case CM_PROTO_ICMPV6:
		return l->net == 6 && left >= 4 ? 4 : 0;
	default:
		return 0;
	}
}

void
cm_layers_walk(struct cm_span data, uint16_t linktype, struct cm_layers *out)
{
	struct cm_layers *l = out;
	uint32_t at = 0, len;
	enum next next;
	bool understood = false;

	*l = (struct cm_layers) { 0 };
	if (data.len == 0)
		return;
	next = walk_link(data, linktype, l, &at);
	if (next == NEXT_BY_NIBBLE && at < data.len)
		next = data.ptr[at] >> 4 == 4 ? NEXT_IPV4 : NEXT_IPV6;
	if (next == NEXT_IPV4)
		understood = walk_ipv4(data, l, at);
	else if (next == NEXT_IPV6)
		understood = walk_ipv6(data, l, at);
	if (!understood) {
		l->payload_at = at;
		l->payload_end = (uint32_t)data.len;
		return;
	}
	if (l->frag_later)
		return;
	len = transport_len(l, data.ptr + l->transport_at, l->payload_end - l->transport_at);
	l->transport = len != 0;
	l->payload_at += len;
}

struct masker {
	cm_mask_visit *visit;
	void *arg;
};

static void
mask(const struct masker *m, uint32_t at, uint32_t len)
{
	if (len != 0)
		m->visit(m->arg, at, len);
}

static void
mask_extensions(struct cm_span data, const struct cm_layers *l, const struct masker *m)
{
	uint8_t proto = data.ptr[l->net_at + 6];
	uint32_t at = l->net_at + 40;

	/* The walk has been here: the headers up to transport_at are whole. */
	while (at < l->transport_at) {
		const uint8_t *p = data.ptr + at;
		uint32_t len = extension_len(proto, p, l->transport_at - at);

		if (len == 0)
			return;
		if (proto != CM_PROTO_FRAGMENT)
			mask(m, at + 2, len - 2);
		proto = p[0];
		at += len;
	}
}

static bool
option_is_shown(uint8_t kind)
{
	return kind <= 5 || kind == 8;
}

static void
mask_tcp_options(struct cm_span data, const struct cm_layers *l, const struct masker *m)
{
	uint32_t at = l->transport_at + 20, end = l->payload_at;

	while (at < end) {
		uint8_t kind = data.ptr[at], len;

		if (kind == 1) {
			at++;
			continue;
		}
		len = kind != 0 && at + 1 < end ? data.ptr[at + 1] : 0;
		if (len < 2 || len > end - at) {
			mask(m, at + 1, end - at - 1);
			return;
		}
		if (!option_is_shown(kind))
			mask(m, at + 2, len - 2u);
		at += len;
	}
}

static void
mask_transport(struct cm_span data, const struct cm_layers *l, const struct masker *m)
{
	switch (l->proto) {
	case CM_PROTO_TCP:
		mask(m, l->transport_at + 16, 2);
		mask_tcp_options(data, l, m);
		return;
	case CM_PROTO_UDP:
		mask(m, l->transport_at + 6, 2);
		return;
	default:
		mask(m, l->transport_at + 2, 2);
	}
}

void
cm_layers_mask(struct cm_span data, const struct cm_layers *l, cm_mask_visit *visit, void *arg)
{
	struct masker m = { visit, arg };

	mask(&m, l->link_addr_at, l->link_addr_len);
	if (l->net == 4) {
		mask(&m, l->net_at + 10, 2);
		mask(&m, l->net_at + 20, l->frag_at - l->net_at - 20);
	} else if (l->net == 6) {
		mask_extensions(data, l, &m);
	}
	if (l->transport)
		mask_transport(data, l, &m);
	mask(&m, l->payload_end, (uint32_t)data.len - l->payload_end);
}
