/* The flow table beside a plain list that does the same: on made-up packets, with memory
 * running out, every flow is handed on at the same packet, with the same segments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gen.h"
#include "capture/flow.h"

#define PACKETS_MAX 6000u
#define FLOWS_MAX 4096u
#define BYTES 8192u
#define PAYLOAD_MAX 3000u

struct listed {
	struct cm_packet *p[512]; /* as many as a window holds */
	uint32_t n;
	bool slid, closed, has_syn[2], has_synack;
	uint32_t syn_seq[2], synack_ack;
	uint64_t packets[2]; /* 0: from who sent the first */
	uint64_t serial, touched;
	int64_t last_ns;
	struct cm_packet first;
};

/* What the table handed on. */
struct event {
	uint64_t serial;
	bool last;
};

struct pair {
	struct gen *g;
	struct cm_flow_limits limits;
	enum { STAYS, KEPT, GONE } mode; /* of payloads */
	uint64_t clients, servers, ports, heavy;
	uint8_t bytes[BYTES], scratch[BYTES]; /* where payloads stay; where they are read */
	struct cm_packet packet[PACKETS_MAX];
	struct listed *flow[FLOWS_MAX];
	size_t n_flows;
	uint64_t serial, clock;
	struct listed *gone[FLOWS_MAX]; /* ended with the packet at hand */
	size_t n_gone;
	struct event seen[FLOWS_MAX]; /* what the table handed on with it, */
	size_t n_seen, n_checked;     /* and how much of that was to be expected */
	bool failed;
};

static void
fail(struct pair *x, const char *why, uint64_t serial)
{
	if (!x->failed)
		(void)gen_fail(x->g, "flow %llu: %s", (unsigned long long)serial, why);
	x->failed = true;
}

static bool
carries(const struct cm_packet *p)
{
	return p->proto == 6 || p->sport == 53 || p->dport == 53;
}

static unsigned
side(const struct listed *f, const struct cm_packet *p)
{
	return f->first.sport == p->sport && cm_host_eq(&f->first.src, &p->src) ? 0 : 1;
}

static bool
is_of(const struct listed *f, const struct cm_packet *p)
{
	const struct cm_packet *q = &f->first;

	if (q->proto != p->proto)
		return false;
	return (q->sport == p->sport && q->dport == p->dport && cm_host_eq(&q->src, &p->src) &&
		   cm_host_eq(&q->dst, &p->dst)) ||
	    (q->sport == p->dport && q->dport == p->sport && cm_host_eq(&q->src, &p->dst) &&
		cm_host_eq(&q->dst, &p->src));
}

/* ---- what the table hands on ---- */

static bool
same_bytes(const struct pair *x, const struct cm_segment *s, const struct cm_packet *p)
{
	const uint8_t *stays = x->bytes + (p->payload.ptr - x->scratch);
	size_t len = p->payload.len < p->payload_len ? p->payload.len : p->payload_len;

	if (x->mode == STAYS)
		stays = p->payload.ptr;
	if (s->cap_len == 0 && (x->mode == GONE || len == 0))
		return true; /* nothing, or not held any more */
	if (s->cap_len != len)
		return false;
	if (x->mode == STAYS || (x->mode == KEPT && p->proto == 6))
		return s->payload == stays && !s->copied;
	return len == 0 || memcmp(s->payload, stays, len) == 0;
}

static bool
same_segment(const struct pair *x, const struct cm_flow_view *v, const struct cm_segment *s,
    const struct cm_packet *p)
{
	return s->id == p->id && s->t_ns == p->t_ns && s->seq == p->seq && s->ack == p->ack &&
	    s->flags == p->flags && s->ttl == p->ttl && s->df == p->df && s->ipid == p->ipid &&
	    s->ip_len == p->ip_len && s->window == p->window && s->checksum == p->checksum &&
	    s->open == p->open && s->payload_len == p->payload_len && s->ipv6 == (p->src.net == 6) &&
	    v->end[s->dir].port == p->sport && v->end[!s->dir].port == p->dport &&
	    cm_host_eq(&v->end[s->dir].host, &p->src) && cm_host_eq(&v->end[!s->dir].host, &p->dst) &&
	    same_bytes(x, s, p);
}

/* Copies go oldest first: no segment of a side is without its bytes behind one that has them. */
static bool
newest_are_held(const struct pair *x, const struct cm_flow_view *v, const struct listed *f)
{
	size_t held[2] = { 0, 0 };
	bool has[2] = { false, false };
	/* of a flow that has its shard for itself */
	size_t most = x->limits.memory / CM_FLOW_SHARDS / 4;

	for (uint32_t i = 0; i < v->n && x->mode == GONE; i++) {
		const struct cm_segment *s = &v->segs[i];

		has[s->dir] |= s->copied;
		held[s->dir] += s->copied ? s->cap_len : 0;
		if (has[s->dir] && !s->copied && s->payload_len > 0 && f->p[i]->payload.len > 0)
			return false;
	}
	most = most < CM_FLOW_HELD ? CM_FLOW_HELD : most;
	return held[0] <= most && held[1] <= most;
}

static const struct listed *
by_serial(const struct pair *x, uint64_t serial)
{
	for (size_t i = 0; i < x->n_gone; i++)
		if (x->gone[i]->serial == serial)
			return x->gone[i];
	for (size_t i = 0; i < x->n_flows; i++)
		if (x->flow[i]->serial == serial)
			return x->flow[i];
	return NULL;
}

static enum cm_result
sink(void *arg, const struct cm_flow_view *v)
{
	struct pair *x = arg;
	const struct listed *f = by_serial(x, v->serial);
	unsigned client;

	x->seen[x->n_seen++] = (struct event) { v->serial, v->last };
	if (f == NULL) {
		fail(x, "handed on, and not in the list", v->serial);
		return CM_OK;
	}
	client = cm_host_eq(&v->end[0].host, &f->first.src) && v->end[0].port == f->first.sport ? 0 : 1;
	if (v->n != f->n || v->first == f->slid || v->from != (f->slid ? CM_FLOW_HEAD : 0))
		fail(x, "handed on as another part", v->serial);
	if (v->packets[client] != f->packets[0] || v->packets[!client] != f->packets[1])
		fail(x, "packets were counted differently", v->serial);
	for (uint32_t i = 0; i < v->n && !x->failed; i++)
		if (!same_segment(x, v, &v->segs[i], f->p[i]))
			fail(x, "a segment differs", v->serial);
	if (!x->failed && !newest_are_held(x, v, f))
		fail(x, "an older payload is held, a newer one is not", v->serial);
	return CM_OK;
}

/* The next thing seen must be this. */
static void
check(struct pair *x, const struct listed *f, bool last)
{
	const struct event *e = &x->seen[x->n_checked++];

	if (x->n_checked > x->n_seen)
		fail(x, "should have been handed on", f->serial);
	else if (e->serial != f->serial || e->last != last)
		fail(x, "handed on out of turn", e->serial);
}

/* ---- the list ---- */

static void
end_flow(struct pair *x, size_t at)
{
	x->gone[x->n_gone++] = x->flow[at];
	x->flow[at] = x->flow[--x->n_flows];
}

static size_t
find(const struct pair *x, const struct cm_packet *p)
{
	size_t i = 0;

	while (i < x->n_flows && !is_of(x->flow[i], p))
		i++;
	return i;
}

static size_t
longest_quiet(const struct pair *x, uint8_t shard)
{
	size_t best = x->n_flows;

	for (size_t i = 0; i < x->n_flows; i++)
		if (x->flow[i]->first.place.shard == shard &&
		    (best == x->n_flows || x->flow[i]->touched < x->flow[best]->touched))
			best = i;
	return best;
}

static bool
begins_anew(const struct listed *f, const struct cm_packet *p)
{
	int64_t quiet = p->t_ns - f->last_ns;
	unsigned d = side(f, p);

	if (quiet > (f->closed ? CM_FLOW_LINGER_NS : CM_FLOW_IDLE_NS))
		return true;
	if (p->proto != 6 || (p->flags & (CM_TCP_SYN | CM_TCP_ACK | CM_TCP_RST)) != CM_TCP_SYN)
		return false;
	if (f->has_syn[d])
		return f->syn_seq[d] != p->seq;
	if (f->has_synack && f->synack_ack - p->seq - 1 <= p->payload_len)
		return false;
	return !(f->has_syn[!d] && f->n <= 2);
}

static void
note(struct pair *x, struct listed *f, struct cm_packet *p)
{
	unsigned d = side(f, p);
	bool syn = (p->flags & CM_TCP_SYN) != 0, ack = (p->flags & CM_TCP_ACK) != 0;

	if (syn && !ack && !f->has_syn[d]) {
		f->has_syn[d] = true;
		f->syn_seq[d] = p->seq;
	}
	if (syn && ack) {
		f->has_synack = true;
		f->synack_ack = p->ack;
	}
	f->closed |= (p->flags & (CM_TCP_FIN | CM_TCP_RST)) != 0;
	f->last_ns = p->t_ns;
	f->packets[d]++;
	f->touched = ++x->clock;
	if (carries(p))
		f->p[f->n++] = p;
}

/* Finds or makes the flow; what it replaces is the first of what is gone. */
static struct listed *
list_packet(struct pair *x, struct cm_packet *p)
{
	size_t at = find(x, p);
	struct listed *f;

	if (at < x->n_flows && begins_anew(x->flow[at], p)) {
		end_flow(x, at);
		at = x->n_flows;
	}
	if (at == x->n_flows) {
		f = calloc(1, sizeof(*f));
		if (f == NULL)
			abort();
		f->serial = ++x->serial;
		f->first = *p;
		x->flow[x->n_flows++] = f;
	}
	f = x->flow[at];
	note(x, f, p);
	return f;
}

static void
slide(struct listed *f)
{
	uint32_t gap = f->n / 2 - CM_FLOW_HEAD;

	memmove(f->p + CM_FLOW_HEAD, f->p + CM_FLOW_HEAD + gap,
	    (f->n - CM_FLOW_HEAD - gap) * sizeof(f->p[0]));
	f->n -= gap;
	f->slid = true;
}

static void
free_gone(struct pair *x)
{
	while (x->n_gone > 0)
		free(x->gone[--x->n_gone]);
}

/* ---- the law ---- */

/* Least and most bytes that the flows of a shard can take up. */
static void
bounds(const struct pair *x, uint8_t shard, size_t *least, size_t *most)
{
	*least = 0;
	*most = 512;
	for (size_t i = 0; i < x->n_flows; i++) {
		const struct listed *f = x->flow[i];
		size_t copies = 0;

		if (f->first.place.shard != shard)
			continue;
		for (uint32_t k = 0; k < f->n; k++)
			copies += x->mode != STAYS ? f->p[k]->payload.len + 72 : 0;
		*least += 128 + 64 * f->n;
		*most += 128 + 64 + 64 * (f->n + 8) + 4 * f->n + 64 + copies;
	}
}

/* Ends the longest quiet flow of the shard, and looks whether the table did. */
static void
end_oldest(struct pair *x, uint8_t shard)
{
	size_t at = longest_quiet(x, shard);

	if (x->flow[at]->n > 0)
		check(x, x->flow[at], true);
	end_flow(x, at);
}

/* After the table: the same flows ended, in the same order, and no more. */
static void
compare(struct pair *x, struct listed *f, uint64_t evicted)
{
	uint8_t shard = f->first.place.shard;
	int64_t now = f->last_ns;
	size_t least, most;

	if (x->n_gone > 0 && x->gone[0]->n > 0)
		check(x, x->gone[0], true);
	if (f->n >= x->limits.window) {
		check(x, f, false);
		slide(f);
	}
	while (x->flow[longest_quiet(x, shard)] != f &&
	    now - x->flow[longest_quiet(x, shard)]->last_ns > CM_FLOW_IDLE_NS)
		end_oldest(x, shard);
	for (; evicted > 0 && !x->failed; evicted--) {
		bounds(x, shard, &least, &most);
		if (most <= x->limits.memory / CM_FLOW_SHARDS)
			fail(x, "evicted with room left", f->serial);
		if (x->flow[longest_quiet(x, shard)] == f)
			fail(x, "evicted the flow of the packet at hand", f->serial);
		end_oldest(x, shard);
	}
	bounds(x, shard, &least, &most);
	if (least > x->limits.memory / CM_FLOW_SHARDS && x->flow[longest_quiet(x, shard)] != f)
		fail(x, "kept more than there is room for", f->serial);
	if (x->n_seen > x->n_checked)
		fail(x, "ended too early", x->seen[x->n_checked].serial);
}

/* One packet into both. */
static void
step(struct pair *x, struct cm_flow_table *t, struct cm_packet *p)
{
	uint64_t evicted = cm_flow_table_stats(t)->evicted;
	struct cm_packet read = *p;
	struct listed *f;

	cm_flow_table_expect(t, &read, 1);
	p->place = read.place;
	if (gen_one_in(x->g, 3))
		read.place.known = false;
	x->n_seen = x->n_checked = 0;
	f = list_packet(x, p);
	if (cm_flow_table_packet(t, &read, x->mode == STAYS) != CM_OK)
		fail(x, "no memory", f->serial);
	memset(x->scratch, 0xee, sizeof(x->scratch));
	if (!x->failed)
		compare(x, f, cm_flow_table_stats(t)->evicted - evicted);
	memcpy(x->scratch, x->bytes, sizeof(x->scratch));
	free_gone(x);
}

/* Hosts and ports are few, so that flows meet again; times sometimes jump, or run back. */
static void
make_packet(struct pair *x, struct cm_packet *p, uint64_t frame, int64_t *now)
{
	static const uint8_t flags[] = { CM_TCP_ACK, CM_TCP_ACK, CM_TCP_ACK, CM_TCP_SYN,
		CM_TCP_SYN | CM_TCP_ACK, CM_TCP_FIN | CM_TCP_ACK, CM_TCP_RST };
	struct gen *g = x->g;
	uint64_t a = gen_below(g, x->clients), b = gen_below(g, x->servers);
	bool forth = gen_below(g, 2) == 0, six = b == 2;
	uint64_t len = gen_one_in(g, x->heavy) ? gen_below(g, PAYLOAD_MAX) : gen_below(g, 40);
	size_t at = gen_below(g, BYTES - PAYLOAD_MAX);
	struct cm_host client = { .addr = { (uint8_t)a, [15] = six ? (uint8_t)a : 0 }, .net = six ? 6 : 4 };
	struct cm_host server = { .addr = { 100, (uint8_t)b }, .net = six ? 6 : 4 };
	uint16_t port = (uint16_t)(1000 + gen_below(g, x->ports)), known = gen_one_in(g, 4) ? 53 : 80;

	*now += (int64_t)gen_below(g, 1000000);
	if (gen_one_in(g, 200))
		*now += (int64_t)gen_below(g, 400) * 1000000000 - 20000000000;
	*p = (struct cm_packet) { .id = frame, .t_ns = *now, .open = CM_OPEN_ALL };
	p->proto = known == 53 || gen_one_in(g, 20) ? 17 : 6;
	p->src = forth ? client : server;
	p->dst = forth ? server : client;
	p->sport = forth ? port : known;
	p->dport = forth ? known : port;
	p->flags = p->proto == 6 ? flags[gen_below(g, sizeof(flags))] : 0;
	p->seq = (uint32_t)gen_below(g, 4);
	p->ack = (uint32_t)gen_below(g, 6);
	p->ttl = (uint8_t)gen_u64(g);
	p->ipid = (uint16_t)gen_u64(g);
	p->window = (uint16_t)gen_u64(g);
	p->df = gen_one_in(g, 2);
	p->checksum = (uint8_t)gen_below(g, 3);
	p->ip_len = (uint32_t)gen_u64(g);
	p->payload_len = (uint32_t)(gen_one_in(g, 9) ? gen_below(g, 600) : len);
	p->payload = cm_span_of(x->mode == STAYS ? x->bytes + at : x->scratch + at, len);
	p->keep = x->mode == KEPT ? x->bytes + at : NULL;
}

static int
earlier(const void *a, const void *b)
{
	const struct listed *x = *(struct listed *const *)a, *y = *(struct listed *const *)b;

	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static void
finish(struct pair *x, struct cm_flow_table *t)
{
	x->n_seen = x->n_checked = 0;
	qsort(x->flow, x->n_flows, sizeof(x->flow[0]), earlier);
	if (cm_flow_table_finish(t) != CM_OK)
		fail(x, "no memory", 0);
	for (size_t i = 0; i < x->n_flows && !x->failed; i++)
		if (x->flow[i]->n > 0)
			check(x, x->flow[i], true);
	if (x->n_seen > x->n_checked)
		fail(x, "ended twice", x->seen[x->n_checked].serial);
	while (x->n_flows > 0)
		end_flow(x, 0);
	free_gone(x);
}

/* A case, and how it is shaped. */
static struct pair *
make_pair(struct gen *g)
{
	/* Anything from a handful of segments a shard to more than is needed. */
	static const uint64_t shares[] = { 4000, 60000, 600000 };
	struct pair *x = calloc(1, sizeof(*x));

	if (x == NULL)
		abort();
	x->g = g;
	x->mode = (unsigned)gen_below(g, 3);
	x->clients = 1 + gen_upto(g, gen_one_in(g, 2) ? 0 : g->size / 8);
	x->heavy = 1 + gen_below(g, 4);
	x->servers = 1 + gen_below(g, 3);
	x->ports = 1 + gen_below(g, 3);
	x->limits.memory = CM_FLOW_SHARDS * (1000 + gen_below(g, shares[gen_below(g, 3)]));
	x->limits.window = (uint32_t)(4 * CM_FLOW_HEAD + gen_below(g, 448));
	x->limits.hash_seed = gen_one_in(g, 2) ? gen_u64(g) : 0;
	gen_bytes(g, x->bytes, sizeof(x->bytes));
	memcpy(x->scratch, x->bytes, sizeof(x->scratch));
	return x;
}

/* All packets of a case into both, to the end. */
static void
run(struct pair *x, struct cm_flow_table *t)
{
	uint64_t n = gen_upto(x->g, x->g->size * 60);
	int64_t now = 0;

	x->serial = 0;
	for (uint64_t i = 0; i < n && i < PACKETS_MAX && !x->failed; i++) {
		make_packet(x, &x->packet[i], i + 1, &now);
		step(x, t, &x->packet[i]);
	}
	if (!x->failed)
		finish(x, t);
	if (cm_flow_table_stats(t)->tcp_flows + cm_flow_table_stats(t)->udp_flows != x->serial)
		fail(x, "flows were counted differently", x->serial);
	while (x->n_flows > 0)
		end_flow(x, 0);
	free_gone(x);
}

/* A table that was set back is as good as a new one. */
static bool
the_table_does_what_the_list_does(struct gen *g)
{
	struct pair *x = make_pair(g);
	struct cm_flow_table *t;
	bool holds;

	if (cm_flow_table_new(&x->limits, sink, x, &t) != CM_OK)
		abort();
	run(x, t);
	for (unsigned again = 0; again < 2 && !x->failed; again++) {
		cm_flow_table_reset(t);
		run(x, t);
	}
	cm_flow_table_free(t);
	holds = !x->failed;
	free(x);
	return holds;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "the table does what the list does", the_table_does_what_the_list_does, 200, 100 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(*laws));
}
