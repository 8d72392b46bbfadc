#include <string.h>

#include "vantage/compare_state.h"

#define SETTLE_AGE_NS (10 * SECOND) /* what waited that long will not be met any more */
#define ALONE_NS (30 * SECOND)

enum { LEN_MAX = 0x3ffff, HEAD = 16, HAND_ENOUGH = 16, WAITING_MAX = 8192, ALONE_MAX = 1024 };

/* ---- a packet as it is kept ---- */

static enum cm_class
class_of(const struct cm_packet *p)
{
	if (p->proto != 6 || !p->transport)
		return CM_CLASS_DATAGRAM;
	if ((p->flags & CM_TCP_RST) != 0)
		return CM_CLASS_RST;
	if ((p->flags & CM_TCP_SYN) != 0)
		return CM_CLASS_SYN;
	if (p->payload_len > 0)
		return CM_CLASS_DATA;
	return (p->flags & CM_TCP_FIN) != 0 ? CM_CLASS_FIN : CM_CLASS_ACK;
}

/* Answers to one question of DNS stand at one place; other datagrams stand for themselves. */
static uint32_t
datagram_place(const struct cm_compare *c, const struct cm_packet *p)
{
	if (p->proto == 17 && (p->sport == 53 || p->dport == 53) && p->payload.len >= 2)
		return cm_get16(p->payload.ptr);
	return (uint32_t)cm_stream_hash_of(&c->hash, cm_span_part(p->payload, 0, 2 * HEAD));
}

struct cm_wait
cm_wait_of(const struct cm_compare *c, unsigned place, const struct cm_packet *p)
{
	enum cm_class class = class_of(p);
	uint32_t len = p->payload_len < LEN_MAX ? p->payload_len : LEN_MAX;
	struct cm_span captured = cm_span_part(p->payload, 0, len);
	struct cm_wait r = { .id = p->id,
		.t_ns = cm_compare_time(c, CM_PLACE_A, p->t_ns), .seq = p->seq, .ack = p->ack, .len = len & LEN_MAX,
		.flags = p->flags & 0x3fu, .place = place & 1, .df = p->df,
		.stamped = (p->opts & CM_OPT_TS) != 0, .cap = (uint32_t)captured.len & LEN_MAX, .ttl = p->ttl,
		.class = (unsigned)class & 7, .pieces = p->n_parts > 0, .ipid = p->ipid, .window = p->window };

	r.hash = cm_stream_hash_of(&c->hash, captured);
	r.head = (uint16_t)(cm_stream_hash_of(&c->hash, cm_span_part(captured, 0, HEAD)) >> 20);
	if (class == CM_CLASS_DATAGRAM) {
		r.seq = datagram_place(c, p);
		r.ack = 0;
		r.flags = 0;
		/* ICMP has its type and code there. */
		if (p->proto != 17)
			r.window = (uint16_t)((unsigned)p->sport << 8 | (p->dport & 0xffu));
		else
			r.window = 0;
	}
	return r;
}

enum cm_alike
cm_wait_alike(const struct cm_wait *a, const struct cm_wait *b)
{
	const unsigned mask = CM_TCP_SYN | CM_TCP_FIN | CM_TCP_RST | CM_TCP_ACK;
	uint32_t least = a->cap < b->cap ? a->cap : b->cap;

	if (a->len != b->len || (a->flags & mask) != (b->flags & mask))
		return CM_ALIKE_NO;
	if (a->class == CM_CLASS_DATAGRAM && a->window != b->window)
		return CM_ALIKE_NO;
	if (a->cap == b->cap)
		return a->hash == b->hash ? CM_ALIKE_YES : CM_ALIKE_NO;
	return least >= HEAD && a->head != b->head ? CM_ALIKE_NO : CM_ALIKE_UNKNOWN;
}

/* ---- what a place has seen ---- */

static void
note_syn(struct cm_conv *v, struct cm_sight *s, const struct cm_wait *r, const struct cm_packet *p)
{
	const struct cm_sight *o = &v->sight[!r->place][r->dir];
	struct cm_course *k = &v->course[r->dir];

	if (s->has_isn)
		return;
	s->has_isn = true;
	s->isn = r->seq;
	s->mss = p->mss;
	s->wscale = p->wscale;
	s->opts = p->opts;
	s->layout = p->opt_layout;
	if (o->has_isn && o->isn != s->isn) {
		k->shift_maybe = true;
		k->shift = r->place == CM_PLACE_B ? s->isn - o->isn : o->isn - s->isn;
	}
}

static void
note_seen(struct cm_conv *v, const struct cm_wait *r, const struct cm_packet *p)
{
	struct cm_sight *s = &v->sight[r->place][r->dir];
	uint32_t start = r->seq + ((r->flags & CM_TCP_SYN) != 0);

	s->packets++;
	if (r->class == CM_CLASS_DATAGRAM)
		return;
	cm_cover_add(&s->cover, start, start + r->len);
	if (r->class == CM_CLASS_SYN)
		note_syn(v, s, r, p);
	if ((r->flags & CM_TCP_FIN) != 0) {
		s->has_fin = true;
		s->fin_at = start + r->len;
	}
	if (r->class != CM_CLASS_RST && (r->flags & CM_TCP_ACK) != 0 &&
	    (!s->has_ack || cm_seq_diff(r->ack, s->ack_most) > 0)) {
		s->has_ack = true;
		s->ack_most = r->ack;
	}
	v->closed |= r->class == CM_CLASS_RST ||
	    (v->sight[r->place][0].has_fin && v->sight[r->place][1].has_fin);
}

static uint16_t
step_of(uint16_t from, uint16_t to)
{
	uint16_t d = (uint16_t)(to - from);

	return d < 0x8000 ? d : (uint16_t)(0 - d);
}

/* ---- two that are one ---- */

/* Stacks open and reset with other fields than they send data with, and others do it for them. */
static void
note_hand(struct cm_course *k, struct cm_sight *s, const struct cm_wait *r)
{
	uint16_t step = s->has_id ? step_of(s->last_id, r->ipid) : 0;
	bool first = s->hand == 0;

	if (r->class == CM_CLASS_SYN || r->class == CM_CLASS_RST)
		return;

	if (first || r->ttl < s->ttl_least)
		s->ttl_least = r->ttl;
	if (first || r->ttl > s->ttl_most)
		s->ttl_most = r->ttl;
	s->hand = (uint8_t)(s->hand | 1u << r->df | 4u << r->stamped | 16u << (r->ipid != 0));
	if (step > k->step_most)
		k->step_most = step;
	s->last_id = r->ipid;
	s->has_id = true;
}

static void
note_lately(struct cm_sight *s, const struct cm_wait *r)
{
	s->lately[s->lately_at] = (struct cm_lately) { r->hash, r->seq, r->len, r->ack, r->head, r->ipid };
	s->lately_at = (uint8_t)((s->lately_at + 1) % CM_LATELY);
}

static void
note_hops(struct cm_course *k, int hops)
{
	if (k->met == 1 || hops < k->hops_least)
		k->hops_least = (int16_t)hops;
	if (k->met == 1 || hops > k->hops_most)
		k->hops_most = (int16_t)hops;
	/* The one that most have, if most have one (Boyer and Moore). */
	if (k->hops_votes == 0)
		k->hops_usual = (int16_t)hops;
	if (hops == k->hops_usual)
		k->hops_votes += k->hops_votes < UINT32_MAX;
	else
		k->hops_votes--;
}

static void
note_ids(struct cm_compare *c, struct cm_course *k, const struct cm_wait *a, const struct cm_wait *b)
{
	if (a->ipid != b->ipid) {
		k->id_changed++;
		c->id_changed++;
	} else if (a->ipid != 0) {
		k->id_kept++;
		c->id_kept++;
	}
}

void
cm_compare_met(struct cm_compare *c, struct cm_conv *v, const struct cm_wait *a, const struct cm_wait *b)
{
	struct cm_course *k = &v->course[a->dir];
	int64_t dt = 0;

	k->met++;
	if (__builtin_sub_overflow(b->t_ns, a->t_ns, &dt))
		dt = b->t_ns > a->t_ns ? INT64_MAX : INT64_MIN;
	if (k->met == 1 || dt < k->dt_least)
		k->dt_least = dt;
	if (k->met == 1 || dt > k->dt_most)
		k->dt_most = dt;
	for (unsigned place = 0; place < 2; place++) {
		const struct cm_wait *r = place == CM_PLACE_A ? a : b;

		if (k->met == 1 || r->t_ns < k->first_ns[place])
			k->first_ns[place] = r->t_ns;
		if (k->met == 1 || r->t_ns > k->last_ns[place])
			k->last_ns[place] = r->t_ns;
		note_hand(k, &v->sight[place][r->dir], r);
		note_lately(&v->sight[place][r->dir], r);
	}
	note_hops(k, a->ttl - b->ttl);
	note_ids(c, k, a, b);
	cm_strip_count(&c->strip.met[cm_strip_at(&c->strip, a->t_ns)]);
	cm_rewrite_packet(c, v, a, b);
}

/* ---- whose match has come ---- */

struct choice {
	const struct cm_compare *c;
	const struct cm_conv *v;
	const struct cm_wait *r;
	bool strict; /* identification must be the same */
	uint32_t best;
	int score;
	uint64_t gap;
};

static uint64_t
gap_of(const struct cm_compare *c, const struct cm_wait *a, const struct cm_wait *b)
{
	int64_t x = cm_compare_time(c, a->place, a->t_ns), y = cm_compare_time(c, b->place, b->t_ns);

	return x < y ? (uint64_t)y - (uint64_t)x : (uint64_t)x - (uint64_t)y;
}

static bool
choose(void *arg, uint32_t i)
{
	struct choice *h = arg;
	const struct cm_wait *e = &h->c->waits.slot[i], *r = h->r;
	const struct cm_course *k = &h->v->course[r->dir];
	enum cm_alike alike = e->place == r->place ? CM_ALIKE_NO : cm_wait_alike(e, r);
	int hops = e->place == CM_PLACE_A ? e->ttl - r->ttl : r->ttl - e->ttl, score;
	uint64_t gap = gap_of(h->c, e, r);

	if (alike == CM_ALIKE_NO || (h->strict && e->ipid != r->ipid))
		return true;
	score = (alike == CM_ALIKE_YES ? 4 : 0) + (e->ipid == r->ipid ? 4 : 0) + (e->window == r->window ? 1 : 0) +
	    (k->met > 0 && hops == k->hops_usual ? 2 : 0);
	if (h->best == 0 || score > h->score || (score == h->score && gap < h->gap)) {
		h->best = i;
		h->score = score;
		h->gap = gap;
	}
	return true;
}

/* No hop changes the identification: then two of the same bytes with different ones were sent twice. */
static bool
ids_are_kept(const struct cm_compare *c, const struct cm_course *k)
{
	if (k->id_kept + k->id_changed > 0)
		return k->id_changed == 0;
	return c->id_kept >= HAND_ENOUGH && c->id_changed <= c->id_kept / 16;
}

/* As the other place numbers it, if what was found of the SYNs is right. */
static uint32_t
shifted(const struct cm_course *k, unsigned place, uint32_t seq)
{
	if (!k->shift_maybe)
		return seq;
	return place == CM_PLACE_A ? seq + k->shift : seq - k->shift;
}

uint32_t
cm_wait_seq_there(const struct cm_conv *v, const struct cm_wait *r)
{
	const struct cm_course *k = &v->course[r->dir];

	return k->shift_met > 0 ? shifted(k, r->place, r->seq) : r->seq;
}

static uint32_t
find_match(struct cm_compare *c, struct cm_conv *v, const struct cm_wait *r)
{
	struct choice h = { .c = c, .v = v, .r = r, .strict = ids_are_kept(c, &v->course[r->dir]) };
	uint32_t seq = shifted(&v->course[r->dir], r->place, r->seq);
	uint32_t ack = shifted(&v->course[!r->dir], r->place, r->ack);

	cm_waits_walk(&c->waits, r, r->seq, r->ack, choose, &h);
	if (h.best != 0 || (seq == r->seq && ack == r->ack) || r->class == CM_CLASS_DATAGRAM)
		return h.best;
	cm_waits_walk(&c->waits, r, seq, ack, choose, &h);
	if (h.best != 0 && seq != r->seq)
		v->course[r->dir].shift_met++;
	return h.best;
}

/* ---- those that wait, and others at their place ---- */

static bool
are_other_bytes(const struct cm_wait *a, const struct cm_wait *b)
{
	uint32_t least = a->cap < b->cap ? a->cap : b->cap;

	if (a->len == b->len && a->cap == b->cap)
		return a->hash != b->hash;
	return least >= HEAD && a->head != b->head;
}

struct contrast {
	struct cm_compare *c;
	const struct cm_wait *met;
};

static bool
contrast(void *arg, uint32_t i)
{
	struct contrast *k = arg;
	struct cm_wait *e = &k->c->waits.slot[i];

	if (cm_wait_alike(e, k->met) == CM_ALIKE_YES)
		e->copied = 1;
	else if (e->len > 1 && k->met->len > 1 && are_other_bytes(e, k->met))
		e->contradicted = 1;
	return true;
}

/* One has met: what else is said to stand where it stands? */
static void
contrast_with(struct cm_compare *c, const struct cm_wait *met)
{
	struct contrast k = { c, met };

	cm_waits_walk(&c->waits, met, met->seq, met->ack, contrast, &k);
}

static void
contrast_lately(const struct cm_sight *s, struct cm_wait *r)
{
	for (unsigned i = 0; i < CM_LATELY; i++) {
		const struct cm_lately *l = &s->lately[i];
		uint32_t least = l->len < r->cap ? l->len : r->cap;

		if (l->seq != r->seq || (r->len == 0 && l->ack != r->ack))
			continue;
		if (l->len == r->len && l->hash == r->hash)
			r->copied = 1;
		else if (r->len > 1 && l->len > 1 && r->cap == r->len &&
		    (l->len == r->len || (least >= HEAD && l->head != r->head)))
			r->contradicted = 1;
	}
}

void
cm_compare_unlink(struct cm_compare *c, uint32_t i)
{
	struct cm_wait *w = c->waits.slot, *r = &w[i];
	struct cm_sight *s = &c->convs.slot[r->conv].sight[r->place][r->dir];

	if (r->prev != 0)
		w[r->prev].next = r->next;
	else
		s->first = r->next;
	if (r->next != 0)
		w[r->next].prev = r->prev;
	s->n--;
	cm_waits_drop(&c->waits, i);
}

static uint32_t
waiting(const struct cm_conv *v)
{
	return v->sight[0][0].n + v->sight[0][1].n + v->sight[1][0].n + v->sight[1][1].n;
}

/* Of a flow that only one place knows, though the other is further on: nothing will be met. */
static bool
is_alone(const struct cm_compare *c, const struct cm_conv *v, unsigned place)
{
	if (v->had[!place])
		return false;
	return c->over[!place] || (c->has_now[!place] && c->now_ns[!place] - v->begun_ns > ALONE_NS);
}

static void
settle(struct cm_compare *c, uint32_t conv, unsigned place)
{
	struct cm_conv *v = &c->convs.slot[conv];
	int64_t now = c->now_ns[0] < c->now_ns[1] ? c->now_ns[0] : c->now_ns[1];

	if (v->had[0] && v->had[1]) {
		cm_compare_recut(c, v, 0);
		cm_compare_recut(c, v, 1);
		if (waiting(v) > WAITING_MAX && c->has_now[!place] && now > INT64_MIN + SETTLE_AGE_NS)
			cm_compare_judge(c, conv, now - SETTLE_AGE_NS);
	} else if (waiting(v) > ALONE_MAX && is_alone(c, v, place)) {
		for (unsigned d = 0; d < 2; d++)
			while (v->sight[place][d].first != 0)
				cm_compare_unlink(c, v->sight[place][d].first);
		v->crowded = true;
	}
	v->settle_at = 2 * waiting(v) + 64;
}

void
cm_compare_wait(struct cm_compare *c, uint32_t conv, const struct cm_wait *r)
{
	struct cm_conv *v = &c->convs.slot[conv];
	struct cm_sight *s = &v->sight[r->place][r->dir];
	struct cm_wait one = *r;
	bool crowded = false;
	uint32_t i;

	one.conv = conv;
	contrast_lately(s, &one);
	one.step = s->has_id ? step_of(s->last_id, one.ipid) : 0;
	one.prev = 0;
	one.next = s->first;
	while ((i = cm_waits_put(&c->waits, &one, &crowded)) == 0 && !crowded)
		if (!cm_compare_evict(c, conv))
			break;
	if (i == 0) {
		v->crowded = true;
		c->result.evicted++;
		return;
	}
	if (s->first != 0)
		c->waits.slot[s->first].prev = i;
	s->first = i;
	s->n++;
	if (waiting(v) >= v->settle_at)
		settle(c, conv, r->place);
}

/* ${p}: NULL if what it says is noted already. */
void
cm_compare_meet(struct cm_compare *c, uint32_t conv, const struct cm_wait *r, const struct cm_packet *p)
{
	struct cm_conv *v = &c->convs.slot[conv];
	struct cm_wait one;
	uint32_t i;

	if (p != NULL)
		note_seen(v, r, p);
	i = v->had[!r->place] ? find_match(c, v, r) : 0;
	if (i == 0) {
		cm_compare_wait(c, conv, r);
		return;
	}
	one = c->waits.slot[i];
	cm_compare_unlink(c, i);
	cm_compare_met(c, v, r->place == CM_PLACE_A ? r : &one, r->place == CM_PLACE_A ? &one : r);
	if (r->class == CM_CLASS_DATA || r->class == CM_CLASS_DATAGRAM || r->class == CM_CLASS_ACK) {
		contrast_with(c, r);
		if (one.seq != r->seq || one.ack != r->ack)
			contrast_with(c, &one);
	}
}
