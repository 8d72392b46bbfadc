#include <stdlib.h>
#include <string.h>

#include "capture/mix.h"
#include "vantage/compare_state.h"

#define QUIET_NS (10 * SECOND)	/* a SYN behind that begins a connection, whatever the old one did */
#define NEAR_NS (5 * SECOND)	/* flows that are one, begin as near as that */
#define SOON_QUIET_NS (60 * SECOND)

enum { NAT_WAYS = 4, NAT_TRIES = 8, SEEK_DATAGRAM_MIN = 12 };

#define AMBIGUOUS UINT32_MAX

CM_RESULT
cm_convs_init(struct cm_convs *v, size_t memory, uint64_t seed)
{
	size_t room = memory / (sizeof(v->slot[0]) + 2 * 2 * sizeof(uint32_t) + 2 * NAT_WAYS * sizeof(uint32_t));
	size_t buckets = 1;

	if (room < 4)
		room = 4;
	if (room > UINT32_MAX / 2)
		room = UINT32_MAX / 2;
	while (2 * buckets <= room)
		buckets *= 2;
	*v = (struct cm_convs) { .room = (uint32_t)room, .mask = (uint32_t)(buckets - 1), .used = 1, .seed = seed };
	v->slot = calloc(room + 1, sizeof(v->slot[0]));
	v->bucket[0] = calloc(buckets, sizeof(uint32_t));
	v->bucket[1] = calloc(buckets, sizeof(uint32_t));
	v->nat = calloc(buckets * NAT_WAYS * 2, sizeof(uint32_t));
	if (v->slot == NULL || v->bucket[0] == NULL || v->bucket[1] == NULL || v->nat == NULL)
		return CM_E_NOMEM;
	return CM_OK;
}

void
cm_convs_fini(struct cm_convs *v)
{
	free(v->slot);
	free(v->bucket[0]);
	free(v->bucket[1]);
	free(v->nat);
	*v = (struct cm_convs) { 0 };
}

/* ---- by addresses and ports ---- */

static bool
end_eq(const struct cm_flow_end *a, const struct cm_flow_end *b)
{
	return a->port == b->port && cm_host_eq(&a->host, &b->host);
}

static uint64_t
end_hash(uint64_t seed, const struct cm_flow_end *e)
{
	uint64_t h = cm_mix(cm_mix(seed, cm_get64(e->host.addr)), cm_get64(e->host.addr + 8));

	return cm_mix(h, (uint64_t)e->port << 16 | (uint64_t)e->host.net << 1 | e->host.tied);
}

static uint32_t *
bucket_of(const struct cm_convs *t, unsigned place, const struct cm_flow_end *a, const struct cm_flow_end *b,
    uint8_t proto)
{
	uint64_t x = end_hash(t->seed, a), y = end_hash(t->seed, b);

	return &t->bucket[place][cm_mix(cm_mix(x + y, x ^ y), proto) & t->mask];
}

/* 0: forth, 1: back; -1: not this flow. */
static int
dir_at(const struct cm_conv *v, unsigned place, const struct cm_flow_end *src, const struct cm_flow_end *dst,
    uint8_t proto)
{
	if (v->proto != proto)
		return -1;
	if (end_eq(&v->end[place][0], src) && end_eq(&v->end[place][1], dst))
		return 0;
	return end_eq(&v->end[place][0], dst) && end_eq(&v->end[place][1], src) ? 1 : -1;
}

static void
attach(struct cm_convs *t, uint32_t i, unsigned place)
{
	struct cm_conv *v = &t->slot[i];
	uint32_t *head = bucket_of(t, place, &v->end[place][0], &v->end[place][1], v->proto);

	v->next_at[place] = *head;
	*head = i;
	v->at[place] = true;
	v->had[place] = true;
}

static void
detach(struct cm_convs *t, uint32_t i, unsigned place)
{
	struct cm_conv *v = &t->slot[i];
	uint32_t *at = bucket_of(t, place, &v->end[place][0], &v->end[place][1], v->proto);

	if (!v->at[place])
		return;
	while (*at != i)
		at = &t->slot[*at].next_at[place];
	*at = v->next_at[place];
	v->at[place] = false;
}

/* ---- by age ---- */

static void
age_out(struct cm_convs *t, uint32_t i)
{
	struct cm_conv *v = &t->slot[i];

	if (v->newer != 0)
		t->slot[v->newer].older = v->older;
	else
		t->newest = v->older;
	if (v->older != 0)
		t->slot[v->older].newer = v->newer;
	else
		t->oldest = v->newer;
}

static void
age_in(struct cm_convs *t, uint32_t i)
{
	struct cm_conv *v = &t->slot[i];

	v->newer = 0;
	v->older = t->newest;
	if (t->newest != 0)
		t->slot[t->newest].newer = i;
	else
		t->oldest = i;
	t->newest = i;
}

/* ---- which flow ---- */

struct ask {
	struct cm_flow_end src, dst;
	uint8_t proto;
	bool syn;
	uint32_t seq;
	int64_t t_ns; /* by the clock of A */
};

static struct ask
ask_of(const struct cm_compare *c, unsigned place, const struct cm_packet *p)
{
	bool ports = p->proto == 6 || p->proto == 17;

	return (struct ask) {
		.src = { p->src, ports ? p->sport : 0 },
		.dst = { p->dst, ports ? p->dport : 0 },
		.proto = p->proto,
		.syn = p->proto == 6 && (p->flags & (CM_TCP_SYN | CM_TCP_ACK | CM_TCP_RST)) == CM_TCP_SYN,
		.seq = p->seq,
		.t_ns = cm_compare_time(c, place, p->t_ns),
	};
}

static uint32_t
look_up(const struct cm_convs *t, unsigned place, const struct ask *q)
{
	uint32_t i = *bucket_of(t, place, &q->src, &q->dst, q->proto);

	while (i != 0 && dir_at(&t->slot[i], place, &q->src, &q->dst, q->proto) < 0)
		i = t->slot[i].next_at[place];
	return i;
}

static bool
is_near(int64_t a, int64_t b, int64_t within)
{
	uint64_t d = a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;

	return d < (uint64_t)within;
}

/* One that only the other place has, by the same addresses: of a SYN the one with its ISN, else one
 * that began about then.  ${sure}: only by the ISN. */
static uint32_t
look_across(const struct cm_convs *t, unsigned place, const struct ask *q, bool sure)
{
	uint32_t i = *bucket_of(t, !place, &q->src, &q->dst, q->proto), other = 0;

	for (; i != 0; i = t->slot[i].next_at[!place]) {
		const struct cm_conv *v = &t->slot[i];
		int dir = dir_at(v, !place, &q->src, &q->dst, q->proto);
		const struct cm_sight *s = dir < 0 ? NULL : &v->sight[!place][dir];

		if (s == NULL || v->had[place])
			continue;
		if (q->syn && s->has_isn && s->isn == q->seq)
			return i;
		if (other == 0 && (!q->syn || !s->has_isn || is_near(v->begun_ns, q->t_ns, NEAR_NS)))
			other = i;
	}
	return sure ? 0 : other;
}

static bool
begins_anew(const struct cm_conv *v, unsigned place, const struct ask *q)
{
	int dir = dir_at(v, place, &q->src, &q->dst, q->proto);
	const struct cm_sight *s = &v->sight[place][dir > 0], *o = &v->sight[!place][dir > 0];

	/* One late SYN: the other place may have seen all of the connection by now. */
	if (!q->syn || (s->has_isn && s->isn == q->seq) || (!s->has_isn && o->has_isn && o->isn == q->seq))
		return false;
	return v->closed || !is_near(v->seen_ns[place], q->t_ns, QUIET_NS);
}

static uint32_t
find(struct cm_convs *t, unsigned place, const struct ask *q)
{
	uint32_t i = look_up(t, place, q), over;

	if (i != 0 && q->syn) {
		/* The other place is there already; or the old connection is over. */
		over = look_across(t, place, q, true);
		if (over != 0 || begins_anew(&t->slot[i], place, q)) {
			detach(t, i, place);
			i = over;
		}
	}
	/* The SYN was not captured here, and the other place has gone on to a new connection. */
	if (i != 0 && !q->syn && t->slot[i].had[!place] && !t->slot[i].at[!place] && t->slot[i].closed) {
		over = look_across(t, place, q, false);
		if (over != 0)
			detach(t, i, place);
		i = over != 0 ? over : i;
	}
	return i != 0 ? i : look_across(t, place, q, false);
}

static uint32_t
make(struct cm_compare *c)
{
	struct cm_convs *t = &c->convs;
	uint32_t i;

	if (t->free == 0 && t->used > t->room && !cm_compare_evict(c, 0))
		return 0;
	i = t->free;
	if (i != 0)
		t->free = t->slot[i].newer;
	else
		i = t->used++;
	memset(&t->slot[i], 0, sizeof(t->slot[i]));
	t->slot[i].settle_at = 64;
	age_in(t, i);
	return i;
}

uint32_t
cm_compare_conv(struct cm_compare *c, unsigned place, const struct cm_packet *p, unsigned *dir)
{
	struct cm_convs *t = &c->convs;
	struct ask q = ask_of(c, place, p);
	uint32_t i = find(t, place, &q);
	struct cm_conv *v;

	if (i == 0) {
		i = make(c);
		if (i == 0)
			return 0;
		v = &t->slot[i];
		v->proto = q.proto;
		v->begun_ns = q.t_ns;
		v->end[place][0] = q.src;
		v->end[place][1] = q.dst;
	}
	v = &t->slot[i];
	if (!v->at[place]) {
		if (v->had[!place])
			memcpy(v->end[place], v->end[!place], sizeof(v->end[place]));
		attach(t, i, place);
	}
	*dir = dir_at(v, place, &q.src, &q.dst, q.proto) > 0;
	v->seen_ns[place] = q.t_ns;
	age_out(t, i);
	age_in(t, i);
	return i;
}

/* ---- behind a NAT ---- */

/* What of a packet tells its flow, whatever its addresses; false: nothing. */
static bool
nat_key(const struct cm_convs *t, const struct cm_wait *r, uint8_t proto, uint64_t *out)
{
	uint64_t h = cm_mix(t->seed ^ proto, (uint64_t)r->class << 32 | r->seq);

	if (r->class != CM_CLASS_SYN && r->class != CM_CLASS_DATA &&
	    (r->class != CM_CLASS_DATAGRAM || r->len < SEEK_DATAGRAM_MIN))
		return false;
	*out = cm_mix(cm_mix(h, r->hash), (uint64_t)r->len << 32 | r->ack);
	return true;
}

/* Pairs of a tag and a flow. */
static uint32_t *
nat_slot(const struct cm_convs *t, unsigned place, uint64_t key)
{
	uint64_t h = cm_mix(key, place);
	uint32_t *set = t->nat + (h & t->mask) * NAT_WAYS * 2, tag = (uint32_t)(h >> 32) | 1;
	unsigned k = 0;

	while (k + 1 < NAT_WAYS && set[2 * k] != 0 && set[2 * k] != tag)
		k++;
	return set + 2 * k;
}

static void
nat_note(struct cm_convs *t, unsigned place, uint64_t key, uint32_t conv)
{
	uint32_t *slot = nat_slot(t, place, key), tag = (uint32_t)(cm_mix(key, place) >> 32) | 1;

	/* Two flows with one key: neither can be told by it. */
	slot[1] = slot[0] == tag && slot[1] != conv ? AMBIGUOUS : conv;
	slot[0] = tag;
}

static uint32_t
nat_look(const struct cm_convs *t, unsigned place, uint64_t key)
{
	const uint32_t *slot = nat_slot(t, place, key);

	return slot[0] == ((uint32_t)(cm_mix(key, place) >> 32) | 1) && slot[1] != AMBIGUOUS ? slot[1] : 0;
}

/* The direction in ${v} that ${r} would have: where one end is the same, that says it; else
 * whichever way has what ${r} is. */
static bool
could_be(const struct cm_conv *v, const struct cm_conv *w, unsigned place, bool *flip)
{
	const struct cm_flow_end *a = v->end[!place], *b = w->end[place];
	bool straight = end_eq(&a[0], &b[0]) || end_eq(&a[1], &b[1]);
	bool crossed = end_eq(&a[0], &b[1]) || end_eq(&a[1], &b[0]);

	*flip = crossed && !straight;
	return v->proto == w->proto && v->had[!place] && !v->had[place] && (straight != crossed || straight) &&
	    is_near(v->begun_ns, w->begun_ns, NEAR_NS);
}

static void
move_sights(struct cm_conv *to, const struct cm_conv *from, unsigned place, bool flip)
{
	for (unsigned d = 0; d < 2; d++) {
		to->end[place][d] = from->end[place][d ^ flip];
		to->sight[place][d] = from->sight[place][d ^ flip];
		to->sight[place][d].first = 0;
		to->sight[place][d].n = 0;
	}
	to->seen_ns[place] = from->seen_ns[place];
	to->closed |= from->closed;
	to->crowded |= from->crowded;
}

/* All that ${from} has, at one place only, is of ${to}. */
static void
join(struct cm_compare *c, uint32_t to, uint32_t from, unsigned place, bool flip)
{
	struct cm_convs *t = &c->convs;
	struct cm_conv *v = &t->slot[to], *w = &t->slot[from];

	detach(t, from, place);
	move_sights(v, w, place, flip);
	attach(t, to, place);
	for (unsigned d = 0; d < 2; d++)
		while (w->sight[place][d].first != 0) {
			struct cm_wait r = c->waits.slot[w->sight[place][d].first];

			cm_compare_unlink(c, w->sight[place][d].first);
			r.conv = to;
			r.dir = (r.dir ^ flip) & 1u;
			cm_compare_meet(c, to, &r, NULL);
		}
	w->had[place] = false;
	cm_compare_forget(c, from);
	age_out(t, to);
	age_in(t, to);
}

uint32_t
cm_compare_seek(struct cm_compare *c, uint32_t conv, const struct cm_wait *r)
{
	struct cm_convs *t = &c->convs;
	struct cm_conv *w = &t->slot[conv];
	uint32_t over;
	uint64_t key;
	bool flip;

	if (w->had[!r->place] || w->tries >= NAT_TRIES || !nat_key(t, r, w->proto, &key))
		return conv;
	w->tries++;
	over = nat_look(t, !r->place, key);
	if (over != 0 && over != conv && could_be(&t->slot[over], w, r->place, &flip)) {
		join(c, over, conv, r->place, flip);
		return over;
	}
	nat_note(t, r->place, key, conv);
	return conv;
}

/* ---- the end ---- */

void
cm_compare_forget(struct cm_compare *c, uint32_t i)
{
	struct cm_convs *t = &c->convs;
	struct cm_conv *v = &t->slot[i];

	for (unsigned k = 0; k < 4; k++)
		while (v->sight[k / 2][k % 2].first != 0)
			cm_compare_unlink(c, v->sight[k / 2][k % 2].first);
	for (unsigned place = 0; place < 2; place++)
		detach(t, i, place);
	age_out(t, i);
	memset(v, 0, sizeof(*v));
	v->newer = t->free;
	t->free = i;
}

static int64_t
seen(const struct cm_conv *v)
{
	if (!v->had[0] || (v->had[1] && v->seen_ns[1] > v->seen_ns[0]))
		return v->seen_ns[1];
	return v->seen_ns[0];
}

/* Quiet for so long at both places. */
static bool
is_quiet(const struct cm_compare *c, const struct cm_conv *v, int64_t ns)
{
	for (unsigned place = 0; place < 2; place++) {
		if (c->over[place] || (c->has_now[place] && c->now_ns[place] > seen(v) &&
					  !is_near(c->now_ns[place], seen(v), ns)))
			continue;
		return false;
	}
	return true;
}

static void
end_flow(struct cm_compare *c, uint32_t i, bool evicted)
{
	struct cm_conv *v = &c->convs.slot[i];

	if (!evicted)
		cm_compare_judge(c, i, INT64_MAX);
	cm_compare_count(c, v, evicted);
	cm_compare_forget(c, i);
}

void
cm_compare_sweep(struct cm_compare *c, bool all)
{
	struct cm_convs *t = &c->convs;

	while (t->oldest != 0 && (all || is_quiet(c, &t->slot[t->oldest], CM_COMPARE_IDLE_NS)))
		end_flow(c, t->oldest, false);
}

bool
cm_compare_evict(struct cm_compare *c, uint32_t but)
{
	struct cm_convs *t = &c->convs;
	uint32_t i = t->oldest;

	if (i == but && i != 0)
		i = t->slot[i].newer;
	if (i == 0)
		return false;
	end_flow(c, i, !is_quiet(c, &t->slot[i], SOON_QUIET_NS));
	return true;
}
