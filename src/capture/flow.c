#include <stdlib.h>
#include <string.h>

#include "capture/flow_table.h"
#include "capture/http.h"

#define MANY_FLOWS 16384u
#define HELD_MAX ((size_t)4 << 20)

struct cm_flow_table {
	struct cm_flow_limits limits;
	size_t share;
	cm_flow_sink sink;
	void (*expect)(void *ctx, const struct cm_flow_end end[2], uint8_t proto, bool soon); /* or NULL */
	void *ctx;
	uint64_t serial;
	struct cm_segment *row; /* of the flow that is handed on */
	uint32_t room_row;
	uint32_t last; /* to which the last segment of cm_flow_table_segment went; or 0 */
	struct shard *last_shard;
	const struct cm_flow_end *last_end;
	struct shard shard[CM_FLOW_SHARDS];
	struct cm_flow_stats stats;
};

static uint64_t
mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9fb21c651e98df25);
	return h ^ h >> 32;
}

static uint64_t
load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t
end_hash(uint64_t seed, const struct cm_host *h, uint16_t port)
{
	uint64_t x = mix(seed, load64(h->addr));

	if (h->net != 4 || h->tied)
		x = mix(x, load64(h->addr + 8));
	return mix(x, (uint64_t)port << 16 | (uint64_t)h->net << 1 | h->tied);
}

/* Symmetric in its two ends. */
static inline uint64_t
flow_hash(uint64_t seed, const struct cm_packet *p)
{
	uint64_t a = end_hash(seed, &p->src, p->sport);
	uint64_t b = end_hash(seed, &p->dst, p->dport);

	return mix(mix(a + b, a ^ b), p->proto);
}

/* As memcmp would have it. */
static inline int
addr_order(const uint8_t a[16], const uint8_t b[16])
{
	uint64_t x = cm_get64(a), y = cm_get64(b);

	if (x == y) {
		x = cm_get64(a + 8);
		y = cm_get64(b + 8);
	}
	return x < y ? -1 : x > y;
}

static inline int
end_order(const struct cm_host *a, uint16_t ap, const struct cm_host *b, uint16_t bp)
{
	int d = addr_order(a->addr, b->addr);

	if (d == 0)
		d = (int)a->net * 2 + a->tied - ((int)b->net * 2 + b->tied);
	return d != 0 ? d : (int)ap - (int)bp;
}

static struct cm_flow_place
place_of(const struct cm_flow_table *t, const struct cm_packet *p)
{
	uint64_t hash = flow_hash(t->limits.hash_seed, p);
	/* The shard must not depend on the seed: evictions would. */
	uint64_t fixed = t->limits.hash_seed == 0 ? hash : flow_hash(0, p);

	return (struct cm_flow_place) { (uint32_t)hash, (uint8_t)(fixed >> 60), true };
}

CM_RESULT
cm_flow_table_new(const struct cm_flow_limits *limits, cm_flow_sink sink, void *ctx,
    struct cm_flow_table **out)
{
	struct cm_flow_table *t;

	if (limits->window < 4 * CM_FLOW_HEAD)
		return CM_E_USAGE;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return CM_E_NOMEM;
	t->limits = *limits;
	t->share = limits->memory / CM_FLOW_SHARDS;
	t->sink = sink;
	t->ctx = ctx;
	*out = t;
	return CM_OK;
}

void
cm_flow_table_foretell(struct cm_flow_table *t,
    void (*expect)(void *ctx, const struct cm_flow_end end[2], uint8_t proto, bool soon))
{
	t->expect = expect;
}

static void
foretell(const struct cm_flow_table *t, const struct flow *f, bool soon)
{
	if (t->expect != NULL)
		t->expect(t->ctx, f->end, f->proto, soon);
}

/* ---- segments ---- */

/* A copy that can be had again is preceded by where. */
#define BEFORE sizeof(const uint8_t *)

static void
drop_payload(struct shard *s, struct flow *f, struct cm_segment *g)
{
	size_t before = g->again ? BEFORE : 0, size = before + g->cap_len;
	uint8_t *copy;

	if (!g->copied)
		return;
	copy = (uint8_t *)(uintptr_t)g->payload - before;
	s->used -= cm_slab_size(size);
	f->held[g->dir] -= g->cap_len;
	g->payload = NULL;
	if (g->again)
		memcpy(&g->payload, copy, BEFORE);
	else
		g->cap_len = g->redirect = 0;
	g->copied = g->again = false;
	cm_slab_give(&s->slab, copy, size);
}

static void
free_segments(struct shard *s, struct flow *f)
{
	for (uint32_t i = 0; i < f->n && f->held[0] + f->held[1] > 0; i++)
		drop_payload(s, f, cm_flow_segment(f, i));
	cm_flow_drop_segments(s, f);
}

/* How many copied bytes a direction may hold: more while its shard has few flows. */
static size_t
held_limit(const struct cm_flow_table *t, const struct shard *s)
{
	size_t limit = t->share / 4 / s->n_flows;

	return limit < CM_FLOW_HELD ? CM_FLOW_HELD : limit > HELD_MAX ? HELD_MAX : limit;
}

/* Drops the oldest copies of a direction that holds too much. */
static void
trim_held(const struct cm_flow_table *t, struct shard *s, struct flow *f, unsigned dir)
{
	size_t limit = held_limit(t, s);
	bool contiguous = true;

	for (uint32_t i = f->held_from; i < f->n && f->held[dir] > limit; i++) {
		struct cm_segment *g = cm_flow_segment(f, i);

		if (g->dir == dir)
			drop_payload(s, f, g);
		contiguous = contiguous && !g->copied;
		if (contiguous)
			f->held_from = i + 1;
	}
}

/* What will be held of a payload. */
struct held {
	const uint8_t *at;
	uint32_t len;
	bool copied, again, redirect;
};

/* Written once, front to back: it is a line of memory that nobody has looked at. */
static void
fill_segment(struct cm_segment *g, const struct cm_packet *p, unsigned dir, const struct held *h)
{
	*g = (struct cm_segment) {
		.id = p->id,
		.t_ns = p->t_ns,
		.payload = h->at,
		.payload_len = p->payload_len,
		.seq = p->seq,
		.ack = p->ack,
		.tsval = p->tsval,
		.tsecr = p->tsecr,
		.ip_len = p->ip_len,
		.window = p->window,
		.ipid = p->ipid,
		.mss = p->mss,
		.opt_layout = p->opt_layout,
		.ttl = p->ttl,
		.flags = p->flags,
		.opts = p->opts,
		.wscale = p->wscale,
		.cap_len = h->len & CM_SEGMENT_CAP_MAX,
		.checksum = p->checksum & 3u,
		.open = p->open & 15u, /* CM_OPEN_ALL */
		.dir = dir & 1u,
		.df = p->df,
		.ipv6 = p->src.net == 6,
		.copied = h->copied,
		.again = h->again,
		.redirect = h->redirect,
	};
}

/* Copies ${payload}, which can be had again at ${keep}, or, NULL, can not. */
static enum cm_result
hold_payload(struct shard *s, struct cm_span payload, const uint8_t *keep, struct held *h)
{
	size_t before = keep != NULL ? BEFORE : 0;
	uint8_t *copy;

	h->at = NULL;
	if (payload.len == 0)
		return CM_OK;
	copy = cm_slab_take(&s->slab, before + payload.len);
	if (copy == NULL)
		return CM_E_NOMEM;
	memcpy(copy, &keep, before);
	memcpy(copy + before, payload.ptr, payload.len);
	h->at = copy + before;
	h->copied = true;
	h->again = keep != NULL;
	s->used += cm_slab_size(before + payload.len);
	return CM_OK;
}

static struct cm_span
held_part(const struct cm_packet *p)
{
	struct cm_span payload = p->payload;

	if (payload.len > p->payload_len)
		payload.len = p->payload_len;
	if (payload.len > CM_SEGMENT_CAP_MAX)
		payload.len = CM_SEGMENT_CAP_MAX;
	return payload;
}

static enum cm_result
add_segment(struct cm_flow_table *t, struct shard *s, struct flow *f, const struct cm_packet *p,
    unsigned dir, bool stable)
{
	struct cm_span payload = held_part(p);
	struct held h = { .at = stable ? payload.ptr : p->keep, .len = (uint32_t)payload.len };
	enum cm_result r = cm_flow_reserve(s, f);

	if (r == CM_OK && !stable && (p->keep == NULL || p->proto != 6))
		r = hold_payload(s, payload, p->keep, &h);
	if (r != CM_OK)
		return r;
	if (payload.len < p->payload_len && (p->open & CM_OPEN_PAYLOAD) != 0)
		t->stats.cut_short++;
	h.redirect = (p->flags & CM_TCP_FIN) != 0 && cm_http_sends_away(payload);
	fill_segment(cm_flow_segment(f, f->n++), p, dir, &h);
	if (!h.copied)
		return CM_OK;
	f->held[dir] += h.len;
	if (f->held[dir] > CM_FLOW_HELD)
		trim_held(t, s, f, dir);
	return CM_OK;
}

/* ---- flows ---- */

static bool
reserve_row(struct cm_flow_table *t, uint32_t n)
{
	struct cm_segment *more;

	if (n <= t->room_row)
		return true;
	more = realloc(t->row, n * 2u * sizeof(*more));
	if (more == NULL)
		return false;
	t->row = more;
	t->room_row = n * 2u;
	return true;
}

static enum cm_result
hand_on(struct cm_flow_table *t, struct flow *f, bool last)
{
	bool row = f->room <= CM_FLOW_RUN || reserve_row(t, f->n);
	struct cm_flow_view v = {
		.serial = f->serial,
		.end = { f->end[0], f->end[1] },
		.proto = f->proto,
		.segs = row ? cm_flow_in_a_row(f, t->row) : NULL,
		.n = f->n,
		.from = f->slid ? CM_FLOW_HEAD : 0,
		.first = !f->handed,
		.last = last,
		.packets = { f->packets[0], f->packets[1] },
	};

	f->handed = true;
	return row ? t->sink(t->ctx, &v) : CM_E_NOMEM;
}

/* It is over; the flow itself stays, empty. */
static enum cm_result
hand_on_last(struct cm_flow_table *t, struct shard *s, struct flow *f)
{
	enum cm_result r = CM_OK;

	if (f->n > 0)
		r = hand_on(t, f, true);
	if (f->proto == 6 && (f->packets[0] == 0 || f->packets[1] == 0))
		t->stats.one_sided++;
	free_segments(s, f);
	return r;
}

static enum cm_result
flow_end(struct cm_flow_table *t, struct shard *s, uint32_t number)
{
	enum cm_result r = hand_on_last(t, s, cm_shard_flow(s, number));

	if (t->last == number && t->last_shard == s)
		t->last = 0;
	cm_shard_remove(s, number);
	return r;
}

/* Does this packet belong to a later connection of the same ports? */
static bool
begins_anew(const struct flow *f, const struct cm_packet *p, unsigned dir)
{
	int64_t quiet = p->t_ns - f->last_ns;

	if (quiet > (f->closed ? CM_FLOW_LINGER_NS : CM_FLOW_IDLE_NS))
		return true;
	if (f->proto != 6 || (p->flags & (CM_TCP_SYN | CM_TCP_ACK | CM_TCP_RST)) != CM_TCP_SYN)
		return false;
	if ((f->has_syn & 1u << dir) != 0)
		return f->syn_seq[dir] != p->seq;
	/* A SYN-ACK that came first, in a capture out of order. */
	if (f->has_synack && f->synack_ack - p->seq - 1 <= p->payload_len)
		return false;
	/* Both sides may open at once, before anything else was said. */
	return !((f->has_syn & 1u << !dir) != 0 && f->n <= 2);
}

static void
note_state(struct shard *s, uint32_t number, const struct cm_packet *p, unsigned dir)
{
	struct flow *f = cm_shard_flow(s, number);

	if ((p->flags & (CM_TCP_SYN | CM_TCP_ACK)) == CM_TCP_SYN && (f->has_syn & 1u << dir) == 0) {
		f->has_syn = (uint8_t)(f->has_syn | 1u << dir);
		f->syn_seq[dir] = p->seq;
	}
	if ((p->flags & (CM_TCP_SYN | CM_TCP_ACK)) == (CM_TCP_SYN | CM_TCP_ACK)) {
		f->has_synack = true;
		f->synack_ack = p->ack;
	}
	if ((p->flags & (CM_TCP_FIN | CM_TCP_RST)) != 0)
		f->closed = true;
	f->last_ns = p->t_ns;
	if (s->oldest == number)
		s->oldest_ns = p->t_ns;
	f->packets[dir]++;
}

/* TLS records, SSH banners and QUIC long headers are told by their first bytes. */
static bool
looks_encrypted(const struct cm_packet *p)
{
	const uint8_t *b = p->payload.ptr;

	if (p->payload.len < 5)
		return false;
	if (p->proto == 6)
		return (b[0] >= 20 && b[0] <= 23 && b[1] == 3 && b[2] <= 4) || memcmp(b, "SSH-", 4) == 0;
	return (p->sport == 443 || p->dport == 443) && (b[0] & 0xc0) == 0xc0;
}

static void
count_payload(struct cm_flow_table *t, struct flow *f, const struct cm_packet *p)
{
	if (p->payload_len == 0)
		return;
	if (f->packets[0] + f->packets[1] <= 8 && !f->encrypted)
		f->encrypted = looks_encrypted(p);
	t->stats.payload += p->payload_len;
	if (f->encrypted)
		t->stats.encrypted += p->payload_len;
}

/* Hands on a full window, then keeps its head and its newer half. */
static enum cm_result
slide(struct cm_flow_table *t, struct shard *s, struct flow *f)
{
	uint32_t gap = f->n / 2 - CM_FLOW_HEAD;
	enum cm_result r;

	if (f->n < t->limits.window)
		return CM_OK;
	r = hand_on(t, f, false);
	for (uint32_t i = CM_FLOW_HEAD; i < CM_FLOW_HEAD + gap; i++)
		drop_payload(s, f, cm_flow_segment(f, i));
	cm_flow_cut(s, f, CM_FLOW_HEAD, gap);
	f->slid = true;
	f->held_from = 0;
	return r;
}

/* The one after it is the next to end, by and by. */
static enum cm_result
end_oldest(struct cm_flow_table *t, struct shard *s)
{
	enum cm_result r = flow_end(t, s, s->oldest);
	const struct flow *next;

	if (s->oldest == 0)
		return r;
	cm_shard_expect_end(s, s->oldest);
	next = cm_shard_flow(s, s->oldest);
	foretell(t, next, true);
	if (next->newer != 0)
		foretell(t, cm_shard_flow(s, next->newer), false);
	return r;
}

/* Flows that are over, and then the longest quiet ones while memory is short.
 * Whatever a packet could still do to a flow that is over, begins_anew does. */
static enum cm_result
tidy(struct cm_flow_table *t, struct shard *s, uint32_t keep, int64_t now)
{
	enum cm_result r = CM_OK;

	while (r == CM_OK && s->oldest != keep && now - s->oldest_ns > CM_FLOW_IDLE_NS)
		r = end_oldest(t, s);
	while (r == CM_OK && s->used > t->share && s->oldest != keep) {
		t->stats.evicted++;
		r = end_oldest(t, s);
	}
	return r;
}

static enum cm_result
flow_new(struct cm_flow_table *t, struct shard *s, uint32_t hash, const struct cm_flow_end end[2],
    uint8_t proto, uint32_t *out)
{
	uint32_t number = cm_shard_add(s, hash, end, proto);

	if (number == 0)
		return CM_E_NOMEM;
	cm_shard_flow(s, number)->serial = ++t->serial;
	if (proto == 6)
		t->stats.tcp_flows++;
	else
		t->stats.udp_flows++;
	*out = number;
	return CM_OK;
}

static enum cm_result
flow_for(struct cm_flow_table *t, struct shard *s, uint32_t hash, const struct cm_packet *p,
    unsigned dir, uint32_t *out)
{
	struct cm_flow_end end[2];
	uint32_t number;
	enum cm_result r;

	end[dir] = (struct cm_flow_end) { p->src, p->sport };
	end[!dir] = (struct cm_flow_end) { p->dst, p->dport };
	number = cm_shard_find(s, hash, end, p->proto);
	if (number != 0 && begins_anew(cm_shard_flow(s, number), p, dir)) {
		r = flow_end(t, s, number);
		if (r != CM_OK)
			return r;
		number = 0;
	}
	if (number == 0)
		return flow_new(t, s, hash, end, p->proto, out);
	if (s->newest != number)
		cm_shard_touch(s, number);
	*out = number;
	return CM_OK;
}

CM_RESULT
cm_flow_table_packet(struct cm_flow_table *t, const struct cm_packet *p, bool stable)
{
	struct cm_flow_place place = p->place.known ? p->place : place_of(t, p);
	struct shard *s = &t->shard[place.shard];
	unsigned dir = end_order(&p->src, p->sport, &p->dst, p->dport) <= 0 ? 0 : 1;
	uint32_t number;
	struct flow *f;
	enum cm_result r;

	r = flow_for(t, s, place.hash, p, dir, &number);
	if (r != CM_OK)
		return r;
	f = cm_shard_flow(s, number);
	note_state(s, number, p, dir);
	count_payload(t, f, p);
	if (p->proto == 6 || p->sport == 53 || p->dport == 53) {
		r = add_segment(t, s, f, p, dir, stable);
		if (r == CM_OK)
			r = slide(t, s, f);
	}
	if (r != CM_OK)
		return r;
	return tidy(t, s, number, p->t_ns);
}

/* A segment that was kept takes its place as it is. */
static enum cm_result
add_again(struct cm_flow_table *t, struct shard *s, uint32_t number, const struct cm_segment *g,
    const struct cm_packet *p)
{
	struct flow *f = cm_shard_flow(s, number);
	enum cm_result r = cm_flow_reserve(s, f);
	struct cm_segment *at;

	if (r != CM_OK)
		return r;
	note_state(s, number, p, g->dir);
	at = cm_flow_segment(f, f->n++);
	*at = *g;
	at->copied = at->again = 0;
	r = slide(t, s, f);
	return r == CM_OK ? tidy(t, s, number, p->t_ns) : r;
}

/* The flow between ${end}, which a table keeps in the order it had there before. */
static enum cm_result
find_again(struct cm_flow_table *t, const struct cm_segment *g, const struct cm_flow_end end[2],
    uint8_t proto)
{
	struct cm_packet p = cm_segment_packet(g, end, proto);
	struct cm_flow_place place = place_of(t, &p);

	t->last_shard = &t->shard[place.shard];
	t->last_end = end;
	return flow_for(t, t->last_shard, place.hash, &p, g->dir, &t->last);
}

CM_RESULT
cm_flow_table_segment(struct cm_flow_table *t, const struct cm_segment *g,
    const struct cm_flow_end end[2], uint8_t proto)
{
	struct cm_packet p = { .t_ns = g->t_ns, .flags = g->flags, .seq = g->seq, .ack = g->ack,
		.payload_len = g->payload_len };
	uint32_t number = t->last_end == end ? t->last : 0;
	enum cm_result r;

	if (number == 0 || begins_anew(cm_shard_flow(t->last_shard, number), &p, g->dir)) {
		r = find_again(t, g, end, proto);
		if (r != CM_OK)
			return r;
		number = t->last;
	}
	if (t->last_shard->newest != number)
		cm_shard_touch(t->last_shard, number);
	return add_again(t, t->last_shard, number, g, &p);
}

/* Few flows lie in the processor's caches, and fetching them costs more than it saves. */
static bool
has_many_flows(const struct cm_flow_table *t)
{
	size_t flows = 0;

	for (size_t i = 0; i < CM_FLOW_SHARDS; i++)
		flows += t->shard[i].n_flows;
	return flows >= MANY_FLOWS;
}

/* ICMP and what else has no flow is looked for in vain. */
void
cm_flow_table_expect(const struct cm_flow_table *t, struct cm_packet *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i].place = place_of(t, &p[i]);
	if (!has_many_flows(t))
		return;
	for (size_t i = 0; i < n; i++)
		cm_shard_expect_slot(&t->shard[p[i].place.shard], p[i].place.hash);
	for (size_t i = 0; i < n; i++)
		cm_shard_expect_flow(&t->shard[p[i].place.shard], p[i].place.hash);
	for (size_t i = 0; i < n; i++)
		cm_shard_expect_segments(&t->shard[p[i].place.shard], p[i].place.hash);
}

/* ---- the end ---- */

struct left {
	uint64_t serial;
	uint32_t number;
	uint32_t shard;
};

static int
by_serial(const void *a, const void *b)
{
	const struct left *x = a, *y = b;

	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static void
list_left(const struct cm_flow_table *t, struct left *out)
{
	size_t n = 0;

	for (uint32_t i = 0; i < CM_FLOW_SHARDS; i++) {
		const struct shard *s = &t->shard[i];

		for (uint32_t k = s->oldest; k != 0; k = cm_shard_flow(s, k)->newer)
			out[n++] = (struct left) { cm_shard_flow(s, k)->serial, k, i };
	}
}

static const struct flow *
left_flow(const struct cm_flow_table *t, const struct left *x)
{
	return cm_shard_flow(&t->shard[x->shard], x->number);
}

static void
expect_left(const struct cm_flow_table *t, const struct left *all, size_t n, size_t i)
{
	if (i + 1 < n)
		foretell(t, left_flow(t, &all[i + 1]), true);
	if (i + 2 >= n)
		return;
	cm_shard_expect_end(&t->shard[all[i + 2].shard], all[i + 2].number);
	foretell(t, left_flow(t, &all[i + 2]), false);
}

/* None is taken out by itself, since all go. */
static enum cm_result
end_all(struct cm_flow_table *t, const struct left *all, size_t n)
{
	enum cm_result r = CM_OK;

	for (size_t i = 0; i < n && r == CM_OK; i++) {
		struct shard *s = &t->shard[all[i].shard];

		expect_left(t, all, n, i);
		r = hand_on_last(t, s, cm_shard_flow(s, all[i].number));
	}
	t->last = 0;
	for (unsigned i = 0; i < CM_FLOW_SHARDS && r == CM_OK; i++)
		cm_shard_clear(&t->shard[i]);
	return r;
}

CM_RESULT
cm_flow_table_finish(struct cm_flow_table *t)
{
	struct left *all;
	enum cm_result r = CM_OK;
	size_t n = 0;

	for (unsigned i = 0; i < CM_FLOW_SHARDS; i++)
		n += t->shard[i].n_flows;
	if (n == 0)
		return CM_OK;
	all = malloc(n * sizeof(*all));
	if (all == NULL)
		return CM_E_NOMEM;
	list_left(t, all);
	/* Not in the order of shards, which hangs on addresses. */
	qsort(all, n, sizeof(*all), by_serial);
	r = end_all(t, all, n);
	free(all);
	return r;
}

void
cm_flow_table_reset(struct cm_flow_table *t)
{
	for (unsigned i = 0; i < CM_FLOW_SHARDS; i++) {
		struct shard *s = &t->shard[i];

		while (s->oldest != 0) {
			free_segments(s, cm_shard_flow(s, s->oldest));
			cm_shard_remove(s, s->oldest);
		}
		cm_shard_reset(s);
	}
	t->serial = 0;
	t->last = 0;
	t->stats = (struct cm_flow_stats) { 0 };
}

const struct cm_flow_stats *
cm_flow_table_stats(const struct cm_flow_table *t)
{
	return &t->stats;
}

static void
shard_free(struct shard *s)
{
	for (uint32_t k = s->oldest; k != 0; k = cm_shard_flow(s, k)->newer)
		free_segments(s, cm_shard_flow(s, k));
	cm_shard_release(s);
}

void
cm_flow_table_free(struct cm_flow_table *t)
{
	if (t == NULL)
		return;
	for (unsigned i = 0; i < CM_FLOW_SHARDS; i++)
		shard_free(&t->shard[i]);
	free(t->row);
	free(t);
}

unsigned
cm_flow_client(const struct cm_flow_view *v)
{
	if (v->proto == 17)
		return v->end[0].port == 53 && v->end[1].port != 53 ? 1
		    : v->end[1].port == 53 && v->end[0].port != 53  ? 0
								    : v->segs[0].dir;
	for (uint32_t i = 0; i < v->n; i++) {
		if ((v->segs[i].flags & CM_TCP_SYN) == 0)
			continue;
		return (v->segs[i].flags & CM_TCP_ACK) != 0 ? !v->segs[i].dir : v->segs[i].dir;
	}
	if (v->end[0].port != v->end[1].port)
		return v->end[0].port > v->end[1].port ? 0 : 1;
	return v->n > 0 ? v->segs[0].dir : 0;
}

struct cm_packet
cm_segment_packet(const struct cm_segment *s, const struct cm_flow_end end[2], uint8_t proto)
{
	return (struct cm_packet) {
		.id = s->id,
		.t_ns = s->t_ns,
		.open = s->open,
		.src = end[s->dir].host,
		.dst = end[!s->dir].host,
		.sport = end[s->dir].port,
		.dport = end[!s->dir].port,
		.proto = proto,
		.ttl = s->ttl,
		.df = s->df,
		.ipid = s->ipid,
		.ip_len = s->ip_len,
		.flags = s->flags,
		.opts = s->opts,
		.wscale = s->wscale,
		.checksum = s->checksum,
		.mss = s->mss,
		.window = s->window,
		.opt_layout = s->opt_layout,
		.seq = s->seq,
		.ack = s->ack,
		.tsval = s->tsval,
		.tsecr = s->tsecr,
		.payload_len = s->payload_len,
		.payload = { s->payload, s->cap_len },
	};
}
