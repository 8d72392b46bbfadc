#include <string.h>

#include "capture/checksum.h"
#include "capture/decode.h"

/* Where the walk has been: inside the captured bytes. */
static struct cm_span
between(const struct cm_frame *f, uint32_t from, uint32_t to)
{
	return cm_span_of(f->data.ptr + from, to - from);
}

static void
read_network(const struct cm_frame *f, const struct cm_layers *l, struct cm_packet *out)
{
	const uint8_t *p = f->data.ptr + l->net_at;
	uint32_t end = l->datagram_end;

	if (!l->length_known && f->orig_len > end)
		end = f->orig_len;
	out->src.net = out->dst.net = l->net;
	memcpy(out->src.addr, f->data.ptr + l->src_at, l->addr_len);
	memcpy(out->dst.addr, f->data.ptr + l->dst_at, l->addr_len);
	out->proto = l->proto;
	out->fragment = l->fragment;
	out->ip_len = end - l->net_at;
	if (l->net == 4) {
		out->ttl = p[8];
		out->df = p[6] & 0x40;
		out->ipid = cm_get16(p + 4);
	} else {
		out->ttl = p[7];
	}
	out->payload_len = end - l->payload_at;
	if (l->payload_at < f->data.len)
		out->payload = between(f, l->payload_at, l->payload_end);
}

/* A known option; false if its length is not the one of its kind. */
static bool
read_option(uint8_t kind, struct cm_span value, struct cm_packet *out)
{
	static const uint8_t lens[9] = { 0, 0, 2, 1, 0, 0, 0, 0, 8 };

	if ((kind < 2 || kind > 4) && kind != 8)
		return true;
	if (value.len != lens[kind])
		return false;
	switch (kind) {
	case 2:
		out->opts |= CM_OPT_MSS;
		out->mss = cm_get16(value.ptr);
		return true;
	case 3:
		out->opts |= CM_OPT_WSCALE;
		out->wscale = value.ptr[0];
		return true;
	case 4:
		out->opts |= CM_OPT_SACK_OK;
		return true;
	default:
		out->opts |= CM_OPT_TS;
		out->tsval = cm_get32(value.ptr);
		out->tsecr = cm_get32(value.ptr + 4);
		return true;
	}
}

/* FNV-1a, folded to what opt_layout holds; never 0, which says "no options". */
static uint16_t
layout_of(uint32_t hash)
{
	uint16_t folded = (uint16_t)(hash ^ hash >> 16);

	return folded == 0 ? 1 : folded;
}

static uint32_t
layout_add(uint32_t hash, uint8_t kind)
{
	return (hash ^ kind) * 16777619u;
}

#define LAYOUT_FIRST 2166136261u

/* What nearly every segment of today carries, and nothing else: two pads, a time stamp. */
static bool
read_stamp_only(struct cm_span in, struct cm_packet *out)
{
	if (in.len != 12 || cm_get32(in.ptr) != 0x0101080a)
		return false;
	out->opts = CM_OPT_TS;
	out->tsval = cm_get32(in.ptr + 4);
	out->tsecr = cm_get32(in.ptr + 8);
	out->opt_layout = layout_of(layout_add(layout_add(layout_add(LAYOUT_FIRST, 1), 1), 8));
	return true;
}

static void
read_options(struct cm_span in, struct cm_packet *out)
{
	struct cm_cursor c = cm_cursor_of(in);
	uint32_t hash = LAYOUT_FIRST;

	if (in.len == 0 || read_stamp_only(in, out))
		return;
	while (cm_cursor_left(&c) > 0) {
		uint8_t kind = cm_cursor_u8(&c), len;
		struct cm_span value;

		hash = layout_add(hash, kind);
		if (kind == 0)
			break;
		if (kind == 1)
			continue;
		len = cm_cursor_u8(&c);
		value = cm_cursor_take(&c, len < 2 ? SIZE_MAX : len - 2u);
		if (c.bad || !read_option(kind, value, out))
			out->opts |= CM_OPT_BROKEN;
	}
	out->opt_layout = layout_of(hash);
}

static void
read_tcp(struct cm_span header, struct cm_packet *out)
{
	const uint8_t *p = header.ptr;

	out->sport = cm_get16(p);
	out->dport = cm_get16(p + 2);
	out->seq = cm_get32(p + 4);
	out->ack = cm_get32(p + 8);
	out->flags = p[13] & 0x3f;
	out->window = cm_get16(p + 14);
	read_options(cm_span_part(header, 20, header.len), out);
}

static bool
is_icmp_error(uint8_t proto, uint8_t type)
{
	if (proto == CM_PROTO_ICMPV6)
		return type >= 1 && type <= 4;
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

static void
read_transport(const struct cm_frame *f, const struct cm_layers *l, struct cm_packet *out)
{
	struct cm_span header = between(f, l->transport_at, l->payload_at);

	out->transport = true;
	switch (l->proto) {
	case CM_PROTO_TCP:
		read_tcp(header, out);
		return;
	case CM_PROTO_UDP:
		out->sport = cm_get16(header.ptr);
		out->dport = cm_get16(header.ptr + 2);
		return;
	default:
		out->sport = header.ptr[0];
		out->dport = header.ptr[1];
		out->quoted = is_icmp_error(l->proto, header.ptr[0]);
	}
}

/* RFC 8200 section 8.1: with a routing header the pseudo header has another
 * address than the one we see. */
static bool
has_routing(const struct cm_frame *f, const struct cm_layers *l)
{
	const uint8_t *p = f->data.ptr;
	uint32_t at = l->net_at + 40;
	uint8_t proto;

	if (l->net != 6)
		return false;
	proto = p[l->net_at + 6];
	while (at < l->transport_at) {
		uint8_t next = p[at];

		if (proto == CM_PROTO_ROUTING)
			return true;
		at += proto == CM_PROTO_FRAGMENT ? 8 : ((uint32_t)p[at + 1] + 1) * 8;
		proto = next;
	}
	return false;
}

static enum cm_checksum
verify(const struct cm_frame *f, const struct cm_layers *l)
{
	struct cm_span segment = between(f, l->transport_at, l->payload_end);
	struct cm_span src = between(f, l->src_at, l->src_at + l->addr_len);
	struct cm_span dst = between(f, l->dst_at, l->dst_at + l->addr_len);
	bool whole = l->length_known ? l->payload_end == l->datagram_end :
				       f->orig_len <= f->data.len;

	if (!whole || has_routing(f, l))
		return CM_CSUM_UNKNOWN;
	if (l->proto == CM_PROTO_UDP) {
		uint16_t len = cm_get16(segment.ptr + 4);

		if (l->net == 4 && cm_get16(segment.ptr + 6) == 0)
			return CM_CSUM_UNKNOWN;
		if (len != 0 && len < segment.len)
			segment.len = len < 8 ? 8 : len;
	}
	return cm_checksum_transport(src, dst, l->proto, segment) == 0xffff ? CM_CSUM_GOOD :
									       CM_CSUM_BAD;
}

static bool
has_known_transport(const struct cm_layers *l)
{
	switch (l->proto) {
	case CM_PROTO_TCP:
	case CM_PROTO_UDP:
		return true;
	case CM_PROTO_ICMP:
		return l->net == 4;
	case CM_PROTO_ICMPV6:
		return l->net == 6;
	default:
		return false;
	}
}

enum cm_decoded
cm_decode(const struct cm_frame *f, struct cm_packet *out, struct cm_layers *layers)
{
	struct cm_layers *l = layers;

	*out = (struct cm_packet) {
		.id = f->id,
		.offset = f->offset,
		.t_ns = f->t_ns,
		.open = CM_OPEN_ALL,
		.parts = f->parts,
		.n_parts = f->n_parts,
	};
	cm_layers_walk(f->data, f->linktype, l);
	if (l->net == 0)
		return cm_link_known(f->linktype) ? CM_DECODED_NO_IP : CM_DECODED_NO_LINK;
	read_network(f, l, out);
	if (l->transport)
		read_transport(f, l, out);
	if (l->fragment)
		return CM_DECODED_FRAGMENT;
	if (!l->transport)
		return has_known_transport(l) ? CM_DECODED_HEADLESS : CM_DECODED_PACKET;
	if (l->proto == CM_PROTO_TCP || l->proto == CM_PROTO_UDP)
		out->checksum = (uint8_t)verify(f, l);
	return CM_DECODED_PACKET;
}
