/* What the segments of a flow are, and what one walk over them tells of each direction.
 *
 * Most directions of most flows show nothing at all.  So the walk that sorts them also
 * notes the signs without which a detector's own walk would mark nothing; the law in
 * tests/laws/detect/laws_judge.c holds it to that. */
#include "detect/judge.h"

#define CORRUPT_MIN 10u
#define REACH (INT32_C(1) << 27) /* of numbers so near the first one the order is plain */

bool
cm_segment_is_padding(const struct cm_segment *g)
{
	if (g->payload_len > 6 || g->payload_len == 0 || g->cap_len != g->payload_len ||
	    (g->flags & CM_TCP_PSH) != 0)
		return false;
	for (uint32_t i = 0; i < g->cap_len; i++)
		if (g->payload[i] != 0)
			return false;
	return true;
}

/* ${next}: the sequence number that comes next in this direction, if known. */
static enum cm_seg_kind
kind_of(const struct cm_segment *g, bool mostly_bad, bool known, uint32_t next)
{
	if (g->checksum == CM_CSUM_BAD && !mostly_bad)
		return CM_SEG_BROKEN;
	if ((g->flags & CM_TCP_RST) != 0)
		return CM_SEG_RST;
	if ((g->flags & CM_TCP_SYN) != 0)
		return CM_SEG_SYN;
	if (g->payload_len <= 1 && (g->flags & CM_TCP_FIN) == 0 && known && g->seq == next - 1)
		return CM_SEG_KEEPALIVE;
	if (g->payload_len == 0)
		return (g->flags & CM_TCP_FIN) != 0 ? CM_SEG_FIN : CM_SEG_ACK;
	if (cm_segment_is_padding(g))
		return CM_SEG_PADDING;
	return CM_SEG_DATA;
}

/* Wrong checksums of the capturing host itself are the network card's work still to
 * be done; resets are often sent past it, and say nothing. */
static void
count_checksums(struct cm_judge *j)
{
	uint32_t bad[2] = { 0, 0 }, seen[2] = { 0, 0 };
	uint32_t rst_bad[2] = { 0, 0 }, rst_seen[2] = { 0, 0 };

	for (uint32_t i = 0; i < j->v->n; i++) {
		const struct cm_segment *g = &j->v->segs[i];
		bool known = g->checksum != CM_CSUM_UNKNOWN, wrong = g->checksum == CM_CSUM_BAD;

		seen[g->dir] += known;
		bad[g->dir] += wrong;
		if ((g->flags & CM_TCP_RST) == 0)
			continue;
		rst_seen[g->dir] += known;
		rst_bad[g->dir] += wrong;
	}
	j->corrupt = seen[0] + seen[1] >= CORRUPT_MIN;
	for (unsigned d = 0; d < 2; d++) {
		j->side[d].mostly_bad = (bad[d] - rst_bad[d]) * 2 > seen[d] - rst_seen[d];
		if (bad[d] * 10 < seen[d] || bad[d] * 20 > seen[d] * 19 || seen[d] == 0)
			j->corrupt = false;
	}
}

/* ---- the walk ---- */

/* Fills at, kind, trigger and syn. */
static void
sort_kinds(struct cm_judge *j)
{
	const struct cm_flow_view *v = j->v;
	uint32_t data[2] = { CM_NONE, CM_NONE }, next[2] = { 0, 0 };
	bool known[2] = { false, false };

	for (uint32_t i = 0; i < v->n; i++) {
		const struct cm_segment *g = &v->segs[i];
		unsigned d = g->dir;
		struct cm_side *s = &j->side[d];
		enum cm_seg_kind kind = v->proto == 17 ? CM_SEG_DATA
		    : kind_of(g, s->mostly_bad, known[d], next[d]);

		s->at[s->n++] = i;
		j->kind[i] = (uint8_t)kind;
		j->trigger[i] = data[!d];
		if (kind == CM_SEG_SYN && s->syn == CM_NONE)
			s->syn = i;
		if (kind == CM_SEG_DATA || (kind == CM_SEG_SYN && g->payload_len > 0))
			data[d] = i;
		if (kind == CM_SEG_RST || kind == CM_SEG_BROKEN || kind == CM_SEG_PADDING)
			continue;
		if (!known[d] || cm_seq_diff(cm_segment_end(g), next[d]) > 0 || kind == CM_SEG_SYN)
			next[d] = cm_segment_end(g);
		known[d] = true;
	}
}

/* ---- signs ---- */

/* Numbers that go round, as their distance from the first of them; wide: one is so far
 * away that they have no order. */
struct round {
	bool any, wide;
	uint32_t first;
	int32_t min, max;
};

static inline int32_t
distance(struct round *r, uint32_t v)
{
	int32_t d;

	if (!r->any)
		r->first = v;
	r->any = true;
	d = cm_seq_diff(v, r->first);
	r->wide |= d > REACH || d < -REACH;
	return d;
}

static inline void
widen(struct round *r, uint32_t v)
{
	int32_t d = distance(r, v);

	r->min = d < r->min ? d : r->min;
	r->max = d > r->max ? d : r->max;
}

/* One direction, as far as the walk has come; ends are distances in `seq`. */
struct walk {
	struct round seq, ack, ts, echo;
	int32_t held_end; /* of all that holds bytes */
	int32_t sent_end; /* of data of more than one byte */
	int32_t data_end; /* of all data */
	int32_t fin_end;  /* of data with a FIN, the lowest */
	int last_ttl;	  /* of data */
	uint32_t ttl_steps;
	uint32_t with_ts, n_rst, n_synack;
	struct cm_signs signs;
};

static inline void
note_ack(struct walk *w, const struct cm_segment *g, enum cm_seg_kind kind)
{
	int32_t ack = distance(&w->ack, g->ack);

	w->signs.ack_back |= kind == CM_SEG_DATA && ack < w->ack.max;
	w->ack.max = ack > w->ack.max ? ack : w->ack.max;
}

static inline void
note_data(struct walk *w, const struct cm_segment *g, int32_t end)
{
	w->data_end = end > w->data_end ? end : w->data_end;
	if (g->payload_len > 1 && end > w->sent_end)
		w->sent_end = end;
	if ((g->flags & CM_TCP_FIN) != 0 && end < w->fin_end)
		w->fin_end = end;
	w->ttl_steps += g->ttl == w->last_ttl + 1;
	w->last_ttl = g->ttl;
	if ((g->opts & CM_OPT_TS) == 0)
		return;
	w->signs.clock = true;
	if (g->tsecr != 0 && (g->flags & CM_TCP_ACK) != 0)
		widen(&w->echo, g->tsecr);
}

/* A segment that has its place in the stream. */
static inline void
note_place(struct walk *w, const struct cm_segment *g, enum cm_seg_kind kind)
{
	int32_t start = distance(&w->seq, g->seq) + ((g->flags & CM_TCP_SYN) != 0);
	int32_t end;

	w->seq.wide |= g->payload_len > REACH;
	if (w->seq.wide)
		return;
	end = start + (int32_t)g->payload_len;
	if (g->payload_len > 0) {
		w->signs.overlap |= start < w->held_end;
		w->held_end = end > w->held_end ? end : w->held_end;
	}
	/* A pure ACK or a FIN stands before the end of what was sent. */
	if (kind == CM_SEG_ACK || ((g->flags & CM_TCP_FIN) != 0 &&
		(kind == CM_SEG_FIN || kind == CM_SEG_DATA)))
		w->signs.unaware |= end + ((g->flags & CM_TCP_FIN) != 0) + 1 < w->sent_end;
	if (kind == CM_SEG_DATA)
		note_data(w, g, end);
}

static bool
near(const struct round *a, int32_t x, const struct round *b, int32_t y, uint32_t most)
{
	return a->first + (uint32_t)x - (b->first + (uint32_t)y) + most <= 2 * most;
}

/* Does every timestamp lie where clock_marks (stack_order.c) finds nothing, whichever
 * of the others it is held against? */
static bool
clocks_agree(const struct walk *w, const struct walk *peer)
{
	if (w->ts.wide || (uint32_t)(w->ts.max - w->ts.min) > CM_TICKS_SLACK)
		return false;
	if (!w->echo.any || !peer->ts.any)
		return true;
	return !w->echo.wide && !peer->ts.wide &&
	    near(&w->echo, w->echo.max, &peer->ts, peer->ts.min, CM_ECR_SLACK) &&
	    near(&w->echo, w->echo.min, &peer->ts, peer->ts.max, CM_ECR_SLACK);
}

static void
walk_along(const struct cm_judge *j, const struct cm_side *s, struct walk *out)
{
	struct walk w = { .held_end = INT32_MIN, .sent_end = INT32_MIN, .data_end = INT32_MIN,
		.fin_end = INT32_MAX, .last_ttl = -1, .ack = { .max = INT32_MIN } };
	uint32_t id_sum = 0, id_back = 0;

	for (uint32_t k = 0; k < s->n; k++) {
		const struct cm_segment *g = &j->v->segs[s->at[k]];
		enum cm_seg_kind kind = j->kind[s->at[k]];
		uint16_t step = (uint16_t)(g->ipid - (k > 0 ? j->v->segs[s->at[k - 1]].ipid : 0));

		id_sum += k > 0 ? step : 0;
		id_back += k > 0 && (step == 0 || step > 0x7fff);
		w.n_rst += kind == CM_SEG_RST;
		w.n_synack += kind == CM_SEG_SYN && (g->flags & CM_TCP_ACK) != 0;
		if ((g->opts & CM_OPT_TS) != 0) {
			w.with_ts++;
			widen(&w.ts, g->tsval);
		}
		if (kind == CM_SEG_RST || kind == CM_SEG_BROKEN)
			continue;
		note_place(&w, g, kind);
		if ((g->flags & CM_TCP_ACK) != 0)
			note_ack(&w, g, kind);
	}
	w.signs.id_again = s->n >= 4 && (id_back > 0 || id_sum > UINT16_MAX);
	w.signs.reset = w.n_rst > 0;
	w.signs.second_synack = w.n_synack > 1;
	w.signs.ttl_rising = w.ttl_steps >= 2;
	w.signs.two_ends = w.fin_end != INT32_MAX && w.data_end > w.fin_end + 1;
	if (w.seq.wide || w.ack.wide)
		w.signs.overlap = w.signs.unaware = w.signs.ack_back = w.signs.two_ends = true;
	*out = w;
}

static void
note_signs(struct cm_judge *j)
{
	struct walk w[2];

	for (unsigned d = 0; d < 2; d++)
		walk_along(j, &j->side[d], &w[d]);
	for (unsigned d = 0; d < 2; d++) {
		struct cm_side *s = &j->side[d];

		s->n_ts = w[d].with_ts;
		s->n_rst = w[d].n_rst;
		s->signs = w[d].signs;
		s->signs.clock = w[d].signs.clock && !clocks_agree(&w[d], &w[!d]);
		if (w[d].seq.wide)
			s->signs.clock = s->signs.ttl_rising = true;
		if (j->thorough)
			s->signs = (struct cm_signs) { true, true, true, true, true, true, true,
				true, true };
	}
}

/* A SYN-ACK with the SYN's identification and window was made from it by a SYN
 * proxy, which tells nothing of the server's stack. */
static void
note_handshake(struct cm_judge *j)
{
	const struct cm_segment *segs = j->v->segs;
	struct cm_side *c = &j->side[j->client], *s = &j->side[!j->client];
	const struct cm_segment *syn, *ack;

	for (unsigned d = 0; d < 2; d++)
		j->side[d].ts_midstream = j->side[d].n_ts >= 2 &&
		    j->side[d].n_ts * 5 >= (j->side[d].n - j->side[d].n_rst) * 4;
	if (c->syn == CM_NONE && s->syn == CM_NONE) {
		c->ts_midstream = s->ts_midstream = c->ts_midstream && s->ts_midstream;
		return;
	}
	c->ts_midstream = s->ts_midstream = false;
	if (c->syn == CM_NONE || s->syn == CM_NONE)
		return;
	syn = &segs[c->syn];
	ack = &segs[s->syn];
	s->syn_echo = !syn->ipv6 && ack->ipid == syn->ipid && ack->ipid != 0 &&
	    ack->window == syn->window;
	if ((syn->opts & ack->opts & CM_OPT_TS) == 0)
		return;
	c->ts_agreed = s->ts_agreed = !(s->syn_echo && ack->tsval == syn->tsval);
}

void
cm_judge_sort(struct cm_judge *j)
{
	uint32_t n0 = 0;
	bool bad = false;

	for (uint32_t i = 0; i < j->v->n; i++) {
		n0 += j->v->segs[i].dir == 0;
		bad |= j->v->segs[i].checksum == CM_CSUM_BAD;
	}
	if (bad)
		count_checksums(j);
	j->side[0].at = j->order;
	j->side[1].at = j->order + n0;
	sort_kinds(j);
	if (j->v->proto != 6)
		return;
	note_signs(j);
	note_handshake(j);
}
