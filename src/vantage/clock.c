#include <stdlib.h>

#include "capture/layers.h"
#include "vantage/offset.h"
#include "vantage/sketch.h"

enum { PREFIX = 32, CONTENT_MIN = 64, QUERY_MIN = 8, TARGET_MAX = 2048 };

#define SECOND INT64_C(1000000000)

struct cm_clock {
	struct cm_sketch packets, contents, requests;
};

CM_RESULT
cm_clock_new(struct cm_clock **out)
{
	const struct cm_sketch empty = { .kept = CM_CLOCK_KEPT, .per_flow = CM_CLOCK_PER_FLOW };
	struct cm_clock *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return CM_E_NOMEM;
	c->packets = c->contents = c->requests = empty;
	c->requests.per_flow = CM_CLOCK_PER_CLIENT;
	*out = c;
	return CM_OK;
}

void
cm_clock_free(struct cm_clock *c)
{
	if (c == NULL)
		return;
	cm_sketch_fini(&c->packets);
	cm_sketch_fini(&c->contents);
	cm_sketch_fini(&c->requests);
	free(c);
}

/* Public and fixed, so that two parties keep the same: no secret could help (see clock.h). */
static uint64_t
mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9fb21c651e98df25);
	h ^= h >> 29;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	return h ^ h >> 32;
}

static uint64_t
mix_bytes(uint64_t h, struct cm_span s)
{
	uint64_t last = 0;

	for (; s.len >= 8; s = cm_span_part(s, 8, s.len))
		h = mix(h, cm_get64(s.ptr));
	for (size_t i = 0; i < s.len; i++)
		last = last << 8 | s.ptr[i];
	return mix(h, last << 8 | s.len);
}

static uint32_t
host_hash(const struct cm_host *h)
{
	return (uint32_t)mix(mix(h->net, cm_get64(h->addr)), cm_get64(h->addr + 8));
}

static struct cm_mark
mark_of(const struct cm_packet *p)
{
	uint32_t a = host_hash(&p->src), b = host_hash(&p->dst);
	uint32_t low = a < b ? a : b, high = a < b ? b : a;
	uint64_t pair = mix(low, high);

	return (struct cm_mark) {
		.t_ns = p->t_ns,
		.flow = (uint32_t)mix(pair, (uint64_t)p->proto << 32 | (uint32_t)(p->sport ^ p->dport) << 16 |
				     (uint16_t)(p->sport + p->dport)),
		.pair = (uint32_t)pair,
		.ttl = p->ttl,
		.dir = a < b,
	};
}

/* Are there as many bytes as the key wants, however short the captured frames are? */
static bool
is_read(const struct cm_packet *p, uint32_t want)
{
	return p->payload.len >= (p->payload_len < want ? p->payload_len : want);
}

static void
add_packet(struct cm_clock *c, const struct cm_packet *p, struct cm_mark m)
{
	uint64_t h = mix(p->proto, p->payload_len);

	/* Datagrams of a few bytes are all alike. */
	if (p->proto != CM_PROTO_TCP && p->payload_len < 8)
		return;
	if (p->proto == CM_PROTO_TCP)
		h = mix(mix(h, (uint64_t)p->seq << 32 | p->ack),
		    p->flags & (CM_TCP_SYN | CM_TCP_FIN | CM_TCP_RST | CM_TCP_ACK));
	if ((p->flags & CM_TCP_SYN) != 0)
		h = mix(h, p->tsval);
	m.key = mix_bytes(h, cm_span_part(p->payload, 0, PREFIX));
	cm_sketch_add(&c->packets, &m);
}

void
cm_clock_packet(struct cm_clock *c, const struct cm_packet *p)
{
	struct cm_mark m;

	if (p->fragment || p->quoted || !p->transport || !is_read(p, PREFIX))
		return;
	m = mark_of(p);
	add_packet(c, p, m);
	if (p->payload_len < CONTENT_MIN || !is_read(p, CONTENT_MIN))
		return;
	m.key = mix_bytes(mix(p->proto, p->payload_len), cm_span_part(p->payload, 0, CONTENT_MIN));
	cm_sketch_add(&c->contents, &m);
}

static size_t
query_len(struct cm_span target)
{
	for (size_t i = 0; i < target.len; i++)
		if (target.ptr[i] == '?')
			return target.len - i - 1;
	return 0;
}

void
cm_clock_request(struct cm_clock *c, const struct cm_request *r)
{
	struct cm_span target = cm_span_part(r->target, 0, TARGET_MAX);
	struct cm_mark m = { .t_ns = r->t_ns, .whole = r->t_ns % SECOND == 0 };

	if (query_len(target) < QUERY_MIN || r->client.net == 0)
		return;
	m.pair = host_hash(&r->client);
	m.flow = m.pair;
	m.key = mix_bytes(mix(m.pair, target.len), target);
	cm_sketch_add(&c->requests, &m);
}

/* Marks that both kept; false: none. */
static bool
match(const struct cm_sketch *here, const struct cm_sketch *there, struct cm_match *out, size_t *n)
{
	size_t i = 0, j = 0;

	*n = 0;
	while (i < here->n && j < there->n) {
		const struct cm_mark *a = &here->mark[i], *b = &there->mark[j];

		i += a->key <= b->key;
		j += b->key <= a->key;
		if (a->key != b->key || a->again || b->again)
			continue;
		out[(*n)++] = (struct cm_match) { .t_ns = a->t_ns, .there_ns = b->t_ns, .pair = a->pair, .dir = a->dir,
			.hops = (int16_t)(a->ttl - b->ttl), .whole_here = a->whole, .whole_there = b->whole };
	}
	return *n > 0;
}

struct cm_offset
cm_clock_offset(const struct cm_clock *here, const struct cm_clock *there)
{
	struct cm_offset o = { .how = CM_OFFSET_UNKNOWN };
	struct cm_clock *a = (struct cm_clock *)(uintptr_t)here, *b = (struct cm_clock *)(uintptr_t)there;
	struct cm_sketch *const s[][2] = { { &a->packets, &b->packets }, { &a->contents, &b->contents },
		{ &a->requests, &b->requests } };
	struct cm_match *m = calloc(CM_CLOCK_KEPT, sizeof(*m));
	bool known = false;
	size_t n = 0, k;

	for (k = 0; m != NULL && !known && k < 3; k++) {
		cm_sketch_settle(s[k][0]); /* says the same as before, in another order */
		cm_sketch_settle(s[k][1]);
		if (!match(s[k][0], s[k][1], m, &n))
			continue;
		o = k < 2 ? cm_offset_of_packets(m, n) : cm_offset_of_requests(m, n);
		/* Payloads can be the same by chance: many ask for one picture. */
		known = k != 1 || cm_offset_agree(m, n, &o);
	}
	free(m);
	if (!known)
		o = (struct cm_offset) { .how = CM_OFFSET_UNKNOWN, .starved = o.starved || m == NULL };
	for (k = 0; k < 3; k++)
		o.starved |= s[k][0]->starved || s[k][1]->starved;
	return o;
}
