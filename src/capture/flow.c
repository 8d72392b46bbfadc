#include <stdlib.h>
#include <string.h>

#include "capture/flow.h"
#include "capture/http.h"

#define SEG_FIRST 2u /* segments a new flow has room for */
#define BUCKETS_FIRST 64u
#define HELD_MAX ((size_t)4 << 20)

struct flow {
	struct flow *next;	     /* in the bucket */
	struct flow *older, *newer;  /* in the shard, by last packet */
	uint64_t hash;
	uint64_t serial;
	struct cm_flow_end end[2];   /* end 0 is the smaller one, for look-up only */
	uint8_t proto;
	uint8_t shard;
	bool has_syn[2], has_synack;
	bool closed, encrypted, handed;
	uint32_t syn_seq[2], synack_ack;
	int64_t last_ns;
	struct cm_segment *segs;
	uint32_t n, cap, from;
	uint32_t held[2];   /* payload bytes copied, by direction */
	uint32_t held_from; /* no copied payload before this segment */
	uint64_t packets[2];
};

struct shard {
	struct flow **bucket;
	size_t n_buckets, n_flows;
	struct flow *oldest, *newest;
	size_t used; /* bytes */
};

struct cm_flow_table {
	struct cm_flow_limits limits;
	size_t share;
	cm_flow_sink sink;
	void *ctx;
	uint64_t serial;
	size_t live; /* flows */
	struct shard shard[CM_FLOW_SHARDS];
	struct cm_flow_stats stats;
	struct flow *last; /* to which the last segment of cm_flow_table_segment went; or NULL */
	const struct cm_flow_end *last_end;
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

static uint64_t
end_hash(uint64_t seed, const struct cm_host *h, uint16_t port)
{
	uint64_t x = mix(seed, load64(h->addr));

	if (h->net != 4 || h->tied)
		x = mix(x, load64(h->addr + 8));
	return mix(x, (uint64_t)port << 16 | (uint64_t)h->net << 1 | h->tied);
}

/* Symmetric in its two ends. */
static uint64_t
flow_hash(uint64_t seed, const struct cm_packet *p)
{
	uint64_t a = end_hash(seed, &p->src, p->sport);
	uint64_t b = end_hash(seed, &p->dst, p->dport);

	return mix(mix(a + b, a ^ b), p->proto);
}

static int
end_order(const struct cm_host *a, uint16_t ap, const struct cm_host *b, uint16_t bp)
{
	int d = memcmp(a->addr, b->addr, sizeof(a->addr));

	if (d == 0)
		d = (int)a->net * 2 + a->tied - ((int)b->net * 2 + b->tied);
	return d != 0 ? d : (int)ap - (int)bp;
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

/* ---- segments ---- */

static void
drop_payload(struct shard *s, struct flow *f, struct cm_segment *g)
{
	if (!g->copied)
		return;
	free((void *)(uintptr_t)g->payload);
	s->used -= g->cap_len;
	f->held[g->dir] -= g->cap_len;
	g->payload = NULL;
	g->cap_len = 0;
	g->copied = g->redirect = false;
}

static void
free_segments(struct shard *s, struct flow *f)
{
	for (uint32_t i = 0; i < f->n; i++)
		drop_payload(s, f, &f->segs[i]);
	s->used -= f->cap * sizeof(*f->segs);
	free(f->segs);
	f->segs = NULL;
	f->n = f->cap = f->from = 0;
}

/* How many copied bytes a direction may hold: more while there are few flows. */
static size_t
held_limit(const struct cm_flow_table *t)
{
	size_t live = t->live < CM_FLOW_SHARDS ? CM_FLOW_SHARDS : t->live;
	size_t limit = t->limits.memory / 4 / live;

	return limit < CM_FLOW_HELD ? CM_FLOW_HELD : limit > HELD_MAX ? HELD_MAX : limit;
}

/* Drops the oldest copies of a direction that holds too much. */
static void
trim_held(const struct cm_flow_table *t, struct shard *s, struct flow *f, unsigned dir)
{
	size_t limit = held_limit(t);
	bool contiguous = true;

	for (uint32_t i = f->held_from; i < f->n && f->held[dir] > limit; i++) {
		if (f->segs[i].dir == dir)
			drop_payload(s, f, &f->segs[i]);
		contiguous = contiguous && !f->segs[i].copied;
		if (contiguous)
			f->held_from = i + 1;
	}
}

static enum cm_result
reserve_segment(struct cm_flow_table *t, struct shard *s, struct flow *f)
{
	struct cm_segment *p;
	uint32_t cap;

	if (f->n < f->cap)
		return CM_OK;
	cap = f->cap == 0 ? SEG_FIRST : f->cap * 2;
	if (cap > t->limits.window)
		cap = t->limits.window;
	p = realloc(f->segs, cap * sizeof(*p));
	if (p == NULL)
		return CM_E_NOMEM;
	s->used += (cap - f->cap) * sizeof(*p);
	f->segs = p;
	f->cap = cap;
	return CM_OK;
}

static void
fill_segment(struct cm_segment *g, const struct cm_packet *p, unsigned dir)
{
	*g = (struct cm_segment) {
		.id = p->id,
		.t_ns = p->t_ns,
		.payload_len = p->payload_len,
		.ip_len = p->ip_len,
		.seq = p->seq,
		.ack = p->ack,
		.tsval = p->tsval,
		.tsecr = p->tsecr,
		.window = p->window,
		.ipid = p->ipid,
		.mss = p->mss,
		.opt_layout = p->opt_layout,
		.ttl = p->ttl,
		.flags = p->flags,
		.opts = p->opts,
		.wscale = p->wscale,
		.checksum = p->checksum,
		.open = p->open,
		.dir = (uint8_t)dir,
		.df = p->df,
		.ipv6 = p->src.net == 6,
	};
}

static enum cm_result
hold_payload(struct shard *s, struct flow *f, struct cm_segment *g, struct cm_span payload)
{
	uint8_t *copy;

	if (payload.len == 0)
		return CM_OK;
	copy = malloc(payload.len);
	if (copy == NULL)
		return CM_E_NOMEM;
	memcpy(copy, payload.ptr, payload.len);
	g->payload = copy;
	g->cap_len = (uint32_t)payload.len;
	g->copied = true;
	s->used += payload.len;
	f->held[g->dir] += g->cap_len;
	return CM_OK;
}

static enum cm_result
add_segment(struct cm_flow_table *t, struct shard *s, struct flow *f, const struct cm_packet *p,
    unsigned dir, bool stable)
{
	struct cm_span payload = p->payload;
	struct cm_segment *g;
	enum cm_result r;

	r = reserve_segment(t, s, f);
	if (r != CM_OK)
		return r;
	if (payload.len > p->payload_len)
		payload.len = p->payload_len;
	g = &f->segs[f->n];
	fill_segment(g, p, dir);
	g->redirect = (p->flags & CM_TCP_FIN) != 0 && cm_http_sends_away(payload);
	if (payload.len < p->payload_len && (p->open & CM_OPEN_PAYLOAD) != 0)
		t->stats.cut_short++;
	if (stable || p->keep != NULL) {
		g->payload = stable ? payload.ptr : p->keep;
		g->cap_len = (uint32_t)payload.len;
		f->n++;
		return CM_OK;
	}
	r = hold_payload(s, f, g, payload);
	if (r != CM_OK)
		return r;
	f->n++;
	if (f->held[dir] > CM_FLOW_HELD)
		trim_held(t, s, f, dir);
	return CM_OK;
}

/* ---- flows ---- */

static void
list_remove(struct shard *s, struct flow *f)
{
	if (f->older != NULL)
		f->older->newer = f->newer;
	else
		s->oldest = f->newer;
	if (f->newer != NULL)
		f->newer->older = f->older;
	else
		s->newest = f->older;
	f->older = f->newer = NULL;
}

static void
list_append(struct shard *s, struct flow *f)
{
	f->older = s->newest;
	f->newer = NULL;
	if (s->newest != NULL)
		s->newest->newer = f;
	else
		s->oldest = f;
	s->newest = f;
}

static enum cm_result
hand_on(struct cm_flow_table *t, struct flow *f, bool last)
{
	struct cm_flow_view v = {
		.serial = f->serial,
		.end = { f->end[0], f->end[1] },
		.proto = f->proto,
		.segs = f->segs,
		.n = f->n,
		.from = f->from,
		.first = !f->handed,
		.last = last,
		.packets = { f->packets[0], f->packets[1] },
	};

	f->handed = true;
	return t->sink(t->ctx, &v);
}

static void
flow_remove(struct shard *s, struct flow *f)
{
	struct flow **at = &s->bucket[f->hash % s->n_buckets];

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	list_remove(s, f);
	free_segments(s, f);
	s->used -= sizeof(*f);
	s->n_flows--;
	free(f);
}

static enum cm_result
flow_end(struct cm_flow_table *t, struct shard *s, struct flow *f)
{
	enum cm_result r = CM_OK;

	if (f->n > 0)
		r = hand_on(t, f, true);
	if (f->proto == 6 && (f->packets[0] == 0 || f->packets[1] == 0))
		t->stats.one_sided++;
	if (t->last == f)
		t->last = NULL;
	flow_remove(s, f);
	t->live--;
	return r;
}

static enum cm_result
grow_buckets(struct shard *s)
{
	size_t n = s->n_buckets == 0 ? BUCKETS_FIRST : s->n_buckets * 2;
	struct flow **bucket;

	if (s->n_buckets != 0 && s->n_flows < s->n_buckets)
		return CM_OK;
	bucket = calloc(n, sizeof(*bucket));
	if (bucket == NULL)
		return s->n_buckets == 0 ? CM_E_NOMEM : CM_OK;
	for (struct flow *f = s->oldest; f != NULL; f = f->newer) {
		f->next = bucket[f->hash % n];
		bucket[f->hash % n] = f;
	}
	free(s->bucket);
	s->used += (n - s->n_buckets) * sizeof(*bucket);
	s->bucket = bucket;
	s->n_buckets = n;
	return CM_OK;
}

static struct flow *
flow_find(struct shard *s, uint64_t hash, const struct cm_flow_end end[2], uint8_t proto)
{
	struct flow *f = s->n_buckets == 0 ? NULL : s->bucket[hash % s->n_buckets];

	for (; f != NULL; f = f->next)
		if (f->hash == hash && f->proto == proto && f->end[0].port == end[0].port &&
		    f->end[1].port == end[1].port && cm_host_eq(&f->end[0].host, &end[0].host) &&
		    cm_host_eq(&f->end[1].host, &end[1].host))
			return f;
	return NULL;
}

static enum cm_result
flow_new(struct cm_flow_table *t, struct shard *s, uint64_t hash, const struct cm_flow_end end[2],
    uint8_t proto, struct flow **out)
{
	struct flow *f;
	enum cm_result r = grow_buckets(s);

	if (r != CM_OK)
		return r;
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return CM_E_NOMEM;
	f->hash = hash;
	f->serial = ++t->serial;
	f->end[0] = end[0];
	f->end[1] = end[1];
	f->proto = proto;
	f->shard = (uint8_t)(s - t->shard);
	f->next = s->bucket[hash % s->n_buckets];
	s->bucket[hash % s->n_buckets] = f;
	s->n_flows++;
	t->live++;
	s->used += sizeof(*f);
	list_append(s, f);
	if (proto == 6)
		t->stats.tcp_flows++;
	else
		t->stats.udp_flows++;
	*out = f;
	return CM_OK;
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
	if (f->has_syn[dir])
		return f->syn_seq[dir] != p->seq;
	/* A SYN-ACK that came first, in a capture out of order. */
	if (f->has_synack && f->synack_ack - p->seq - 1 <= p->payload_len)
		return false;
	/* Both sides may open at once, before anything else was said. */
	return !(f->has_syn[!dir] && f->n <= 2);
}

static void
note_state(struct flow *f, const struct cm_packet *p, unsigned dir)
{
	if ((p->flags & (CM_TCP_SYN | CM_TCP_ACK)) == CM_TCP_SYN && !f->has_syn[dir]) {
		f->has_syn[dir] = true;
		f->syn_seq[dir] = p->seq;
	}
	if ((p->flags & (CM_TCP_SYN | CM_TCP_ACK)) == (CM_TCP_SYN | CM_TCP_ACK)) {
		f->has_synack = true;
		f->synack_ack = p->ack;
	}
	if ((p->flags & (CM_TCP_FIN | CM_TCP_RST)) != 0)
		f->closed = true;
	f->last_ns = p->t_ns;
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
		drop_payload(s, f, &f->segs[i]);
	memmove(f->segs + CM_FLOW_HEAD, f->segs + CM_FLOW_HEAD + gap,
	    (f->n - CM_FLOW_HEAD - gap) * sizeof(*f->segs));
	f->n -= gap;
	f->from = CM_FLOW_HEAD;
	f->held_from = 0;
	return r;
}

/* Flows that are over, and then the longest quiet ones while memory is short.
 * Whatever a packet could still do to a flow that is over, begins_anew does. */
static enum cm_result
tidy(struct cm_flow_table *t, struct shard *s, const struct flow *keep, int64_t now)
{
	enum cm_result r = CM_OK;

	while (r == CM_OK && s->oldest != NULL && s->oldest != keep &&
	    now - s->oldest->last_ns > CM_FLOW_IDLE_NS)
		r = flow_end(t, s, s->oldest);
	while (r == CM_OK && s->used > t->share && s->oldest != NULL && s->oldest != keep) {
		t->stats.evicted++;
		r = flow_end(t, s, s->oldest);
	}
	return r;
}

static void
make_newest(struct shard *s, struct flow *f)
{
	if (s->newest == f)
		return;
	list_remove(s, f);
	list_append(s, f);
}

static enum cm_result
flow_for(struct cm_flow_table *t, struct shard *s, uint64_t hash, const struct cm_packet *p,
    unsigned dir, struct flow **out)
{
	struct cm_flow_end end[2];
	struct flow *f;
	enum cm_result r;

	end[dir] = (struct cm_flow_end) { p->src, p->sport };
	end[!dir] = (struct cm_flow_end) { p->dst, p->dport };
	f = flow_find(s, hash, end, p->proto);
	if (f != NULL && begins_anew(f, p, dir)) {
		r = flow_end(t, s, f);
		if (r != CM_OK)
			return r;
		f = NULL;
	}
	if (f == NULL)
		return flow_new(t, s, hash, end, p->proto, out);
	make_newest(s, f);
	*out = f;
	return CM_OK;
}

CM_RESULT
cm_flow_table_packet(struct cm_flow_table *t, const struct cm_packet *p, bool stable)
{
	uint64_t hash = flow_hash(t->limits.hash_seed, p);
	/* The shard must not depend on the seed: evictions would. */
	uint64_t fixed = t->limits.hash_seed == 0 ? hash : flow_hash(0, p);
	struct shard *s = &t->shard[fixed >> 60];
	unsigned dir = end_order(&p->src, p->sport, &p->dst, p->dport) <= 0 ? 0 : 1;
	struct flow *f;
	enum cm_result r;

	r = flow_for(t, s, hash, p, dir, &f);
	if (r != CM_OK)
		return r;
	note_state(f, p, dir);
	count_payload(t, f, p);
	if (p->proto == 6 || p->sport == 53 || p->dport == 53) {
		r = add_segment(t, s, f, p, dir, stable);
		if (r == CM_OK)
			r = slide(t, s, f);
	}
	if (r != CM_OK)
		return r;
	return tidy(t, s, f, p->t_ns);
}

/* A segment that was kept takes its place as it is. */
static enum cm_result
add_again(struct cm_flow_table *t, struct shard *s, struct flow *f, const struct cm_segment *g,
    const struct cm_packet *p)
{
	enum cm_result r = reserve_segment(t, s, f);

	if (r != CM_OK)
		return r;
	note_state(f, p, g->dir);
	f->segs[f->n] = *g;
	f->segs[f->n].copied = false;
	f->n++;
	r = slide(t, s, f);
	return r == CM_OK ? tidy(t, s, f, p->t_ns) : r;
}

/* The flow between ${end}, which a table keeps in the order it had there before. */
static enum cm_result
find_again(struct cm_flow_table *t, const struct cm_segment *g, const struct cm_flow_end end[2],
    uint8_t proto, struct flow **out)
{
	struct cm_packet p = cm_segment_packet(g, end, proto);
	uint64_t hash = flow_hash(t->limits.hash_seed, &p);
	uint64_t fixed = t->limits.hash_seed == 0 ? hash : flow_hash(0, &p);

	return flow_for(t, &t->shard[fixed >> 60], hash, &p, g->dir, out);
}

CM_RESULT
cm_flow_table_segment(struct cm_flow_table *t, const struct cm_segment *g,
    const struct cm_flow_end end[2], uint8_t proto)
{
	struct cm_packet p = { .t_ns = g->t_ns, .flags = g->flags, .seq = g->seq, .ack = g->ack,
		.payload_len = g->payload_len };
	struct flow *f = t->last_end == end ? t->last : NULL;
	enum cm_result r;

	if (f == NULL || begins_anew(f, &p, g->dir)) {
		r = find_again(t, g, end, proto, &f);
		if (r != CM_OK)
			return r;
	}
	t->last = f;
	t->last_end = end;
	make_newest(&t->shard[f->shard], f);
	return add_again(t, &t->shard[f->shard], f, g, &p);
}

static int
by_serial(const void *a, const void *b)
{
	const struct flow *x = *(struct flow *const *)a, *y = *(struct flow *const *)b;

	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

CM_RESULT
cm_flow_table_finish(struct cm_flow_table *t)
{
	struct flow **all;
	enum cm_result r = CM_OK;
	size_t n = 0;

	for (unsigned i = 0; i < CM_FLOW_SHARDS; i++)
		n += t->shard[i].n_flows;
	if (n == 0)
		return CM_OK;
	all = malloc(n * sizeof(struct flow *));
	if (all == NULL)
		return CM_E_NOMEM;
	n = 0;
	for (unsigned i = 0; i < CM_FLOW_SHARDS; i++)
		for (struct flow *f = t->shard[i].oldest; f != NULL; f = f->newer)
			all[n++] = f;
	/* Not in the order of shards, which hangs on addresses. */
	qsort(all, n, sizeof(struct flow *), by_serial);
	for (size_t i = 0; i < n && r == CM_OK; i++)
		r = flow_end(t, &t->shard[all[i]->shard], all[i]);
	free(all);
	return r;
}

void
cm_flow_table_reset(struct cm_flow_table *t)
{
	for (unsigned i = 0; i < CM_FLOW_SHARDS; i++) {
		struct shard *s = &t->shard[i];

		while (s->oldest != NULL)
			flow_remove(s, s->oldest);
		if (s->n_buckets > BUCKETS_FIRST)
			s->n_buckets = BUCKETS_FIRST;
		s->used = s->n_buckets * sizeof(*s->bucket);
	}
	t->serial = 0;
	t->live = 0;
	t->last = NULL;
	t->stats = (struct cm_flow_stats) { 0 };
}

const struct cm_flow_stats *
cm_flow_table_stats(const struct cm_flow_table *t)
{
	return &t->stats;
}

void
cm_flow_table_free(struct cm_flow_table *t)
{
	if (t == NULL)
		return;
	for (unsigned i = 0; i < CM_FLOW_SHARDS; i++) {
		while (t->shard[i].oldest != NULL)
			flow_remove(&t->shard[i], t->shard[i].oldest);
		free(t->shard[i].bucket);
	}
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
