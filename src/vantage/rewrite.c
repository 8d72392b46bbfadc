#include <inttypes.h>
#include <stdio.h>

#include "capture/host.h"
#include "vantage/compare_state.h"

static void
once_a_flow(struct cm_compare *c, struct cm_conv *v, enum cm_rewrite_kind kind)
{
	uint64_t bit = UINT64_C(1) << kind;

	c->rewrote[kind].flows += (v->rewrote & bit) == 0;
	v->rewrote |= bit;
}

void
cm_rewrite_note(struct cm_compare *c, struct cm_conv *v, enum cm_rewrite_kind kind)
{
	once_a_flow(c, v, kind);
	c->rewrote[kind].packets++;
}

void
cm_rewrite_numbers(struct cm_compare *c, struct cm_conv *v, enum cm_rewrite_kind kind, uint32_t from, uint32_t to)
{
	struct cm_rewritten *w = &c->rewrote[kind];

	if (from == to)
		return;
	cm_rewrite_note(c, v, kind);
	if (w->votes == 0) {
		w->from = from;
		w->to = to;
	}
	if (w->from == from && w->to == to)
		w->votes++;
	else
		w->votes--;
}

/* Of one packet, seen first as ${x} and then as ${y}. */
static void
in_order(struct cm_compare *c, struct cm_conv *v, const struct cm_wait *x, const struct cm_wait *y)
{
	if (x->df && !y->df)
		cm_rewrite_note(c, v, CM_RW_DF_CLEARED);
	if (!x->df && y->df)
		cm_rewrite_note(c, v, CM_RW_DF_SET);
	if (x->stamped && !y->stamped && x->class != CM_CLASS_SYN)
		cm_rewrite_note(c, v, CM_RW_SEGMENT_STAMPS);
	if (x->ttl < y->ttl)
		cm_rewrite_note(c, v, CM_RW_TTL_RAISED);
}

void
cm_rewrite_packet(struct cm_compare *c, struct cm_conv *v, const struct cm_wait *a, const struct cm_wait *b)
{
	unsigned first;

	if (a->ipid != b->ipid)
		cm_rewrite_note(c, v, CM_RW_IPID);
	if (a->pieces != b->pieces)
		cm_rewrite_note(c, v, CM_RW_FRAGMENTS);
	if (a->window != b->window && a->class != CM_CLASS_DATAGRAM && a->len == b->len)
		cm_rewrite_numbers(c, v, CM_RW_WINDOW, a->window, b->window);
	if (a->df == b->df && a->stamped == b->stamped && a->ttl == b->ttl)
		return;
	first = cm_conv_first(c, v, a->dir);
	if (first == CM_PLACE_A)
		in_order(c, v, a, b);
	else if (first == CM_PLACE_B)
		in_order(c, v, b, a);
}

/* ---- what is known when a flow is over ---- */

static void
tell_syns(struct cm_compare *c, struct cm_conv *v, unsigned dir, unsigned first)
{
	const struct cm_sight *x = &v->sight[first][dir], *y = &v->sight[!first][dir];

	/* Of two SYNs of one stream only. */
	if (!x->has_isn || !y->has_isn || (x->isn != y->isn && v->course[dir].shift_met == 0))
		return;
	if (x->mss != 0 && y->mss != 0)
		cm_rewrite_numbers(c, v, CM_RW_MSS, x->mss, y->mss);
	if ((x->opts & CM_OPT_WSCALE) != 0 && (y->opts & CM_OPT_WSCALE) != 0)
		cm_rewrite_numbers(c, v, CM_RW_WSCALE, x->wscale, y->wscale);
	if ((x->opts & ~y->opts & CM_OPT_WSCALE) != 0)
		cm_rewrite_numbers(c, v, CM_RW_WSCALE, x->wscale, 0);
	if ((x->opts & ~y->opts & CM_OPT_SACK_OK) != 0)
		cm_rewrite_note(c, v, CM_RW_SACK);
	if ((x->opts & ~y->opts & CM_OPT_TS) != 0)
		cm_rewrite_note(c, v, CM_RW_STAMPS);
	if (x->layout != y->layout)
		cm_rewrite_note(c, v, CM_RW_LAYOUT);
}

static bool
end_eq(const struct cm_flow_end *a, const struct cm_flow_end *b)
{
	return a->port == b->port && cm_host_eq(&a->host, &b->host);
}

static void
tell_nat(struct cm_compare *c, struct cm_conv *v, unsigned end)
{
	const struct cm_flow_end *a = &v->end[0][end], *b = &v->end[1][end];
	/* The client is the end that sent the first packet. */
	enum cm_rewrite_kind kind = end == 0 ? CM_RW_SOURCE_NAT : CM_RW_TARGET_NAT;
	char x[CM_HOST_TEXT], y[CM_HOST_TEXT];

	if (end_eq(a, b))
		return;
	once_a_flow(c, v, kind);
	c->rewrote[kind].packets += v->course[0].met + v->course[1].met;
	if (c->rewrote[kind].example[0] != 0)
		return;
	cm_host_text(&a->host, x);
	cm_host_text(&b->host, y);
	snprintf(c->rewrote[kind].example, sizeof(c->rewrote[kind].example), "%s port %u at A, %s port %u at B", x,
	    a->port, y, b->port);
}

void
cm_rewrite_flow(struct cm_compare *c, struct cm_conv *v)
{
	for (unsigned d = 0; d < 2; d++) {
		unsigned first = cm_conv_first(c, v, d);

		if (v->proto == 6 && first <= CM_PLACE_B)
			tell_syns(c, v, d, first);
		if (v->course[d].shift_met > 0) {
			once_a_flow(c, v, CM_RW_SEQ);
			c->rewrote[CM_RW_SEQ].packets += v->course[d].met;
		}
		tell_nat(c, v, d);
	}
}

/* ---- in words ---- */

static const char *const words[CM_RW_KINDS] = {
	[CM_RW_SOURCE_NAT] = "address and port of the client (NAT)",
	[CM_RW_TARGET_NAT] = "address and port of the server (NAT)",
	[CM_RW_SEQ] = "sequence numbers shifted by a constant (a proxy of SYNs, or a firewall)",
	[CM_RW_MSS] = "MSS",
	[CM_RW_WSCALE] = "window scale",
	[CM_RW_SACK] = "SACK taken out of SYNs",
	[CM_RW_STAMPS] = "time stamps taken out of SYNs",
	[CM_RW_LAYOUT] = "options of SYNs in another order, or taken out",
	[CM_RW_SEGMENT_STAMPS] = "time stamps taken out of segments",
	[CM_RW_IPID] = "IP identification written anew",
	[CM_RW_DF_CLEARED] = "Don't Fragment cleared",
	[CM_RW_DF_SET] = "Don't Fragment set",
	[CM_RW_WINDOW] = "window",
	[CM_RW_CUT] = "segments cut anew",
	[CM_RW_FRAGMENTS] = "datagrams fragmented, or put together",
	[CM_RW_TTL_RAISED] = "TTL raised on the way",
};

static const char *
phrase(struct cm_compare *c, unsigned kind)
{
	const struct cm_rewritten *w = &c->rewrote[kind];

	if (w->example[0] != 0)
		return cm_arena_printf(&c->arena, "%s, as %s", words[kind], w->example);
	if (kind == CM_RW_MSS || kind == CM_RW_WSCALE || kind == CM_RW_WINDOW)
		return cm_arena_printf(&c->arena, "%s %" PRIu32 " -> %" PRIu32 "%s", words[kind], w->from, w->to,
		    w->votes == w->packets ? "" : " and others");
	return words[kind];
}

CM_RESULT
cm_rewrite_tell(struct cm_compare *c)
{
	struct cm_compare_rewrite *out = cm_arena_array(&c->arena, CM_RW_KINDS, sizeof(*out));
	size_t n = 0;

	if (out == NULL)
		return CM_E_NOMEM;
	for (unsigned k = 0; k < CM_RW_KINDS; k++) {
		if (c->rewrote[k].packets == 0)
			continue;
		out[n].what = phrase(c, k);
		out[n].flows = c->rewrote[k].flows;
		out[n].packets = c->rewrote[k].packets;
		if (out[n++].what == NULL)
			return CM_E_NOMEM;
	}
	c->result.rewrites = out;
	c->result.n_rewrites = n;
	return CM_OK;
}
