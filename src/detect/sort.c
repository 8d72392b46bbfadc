/* What the segments of a flow are, and what one walk over them tells of each direction.
 *
 * Most directions of most flows show nothing at all.  So the walk that sorts them also
 * notes the signs without which a detector's own walk would mark nothing; the law in
 * tests/laws/detect/laws_signs.c holds it to that. */
#include "detect/judge.h"

#define CORRUPT_MIN 10u
#define REACH (INT32_C(1) << 28) /* so near one another have numbers an order */

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

/* ---- signs ---- */

/* An arc on the circle of numbers; wide: they lie too far apart to have an order. */
struct arc {
	bool any, wide;
	uint32_t min, max;
};

static void
widen(struct arc *a, uint32_t v)
{
	if (!a->any)
		*a = (struct arc) { true, false, v, v };
	if (v - a->min <= a->max - a->min)
		return;
	if (v - a->min <= REACH)
		a->max = v;
	else if (a->max - v <= REACH)
		a->min = v;
	else
		a->wide = true;
}

/* One direction, as far as the walk has come. */
struct walk {
	struct cm_side *side;
	bool known;
	uint32_t next; /* the sequence number that comes next, if known */
	uint32_t data; /* the last segment with data; CM_NONE */

	struct arc seq, ack, ts, echo;
	bool holds, sent, ends;
	uint32_t held_end; /* of all that holds bytes */
	uint32_t sent_end; /* of data of more than one byte */
	uint32_t data_end; /* of all data */
	uint32_t fin_end;  /* of data with a FIN, the lowest */
	uint32_t id_sum, id_back, ttl_steps;
	uint16_t last_id;
	int last_ttl; /* of data */
	uint32_t with_ts, n_rst, n_synack;
};

static bool
later(bool any, uint32_t v, uint32_t than)
{
	return !any || cm_seq_diff(v, than) > 0;
}

/* Bytes before the end of those that came before. */
static void
note_bytes(struct walk *w, const struct cm_segment *g)
{
	uint32_t start = cm_segment_start(g), end = start + g->payload_len;

	w->side->signs.overlap |= w->holds && cm_seq_diff(start, w->held_end) < 0;
	if (later(w->holds, end, w->held_end))
		w->held_end = end;
	w->holds = true;
}

static void
note_data(struct walk *w, const struct cm_segment *g)
{
	uint32_t end = g->seq + g->payload_len;

	if (later(w->last_ttl >= 0, end, w->data_end))
		w->data_end = end;
	w->ttl_steps += g->ttl == w->last_ttl + 1;
	w->last_ttl = g->ttl;
	if (g->payload_len > 1 && later(w->sent, end, w->sent_end))
		w->sent_end = end;
	w->sent |= g->payload_len > 1;
	if ((g->flags & CM_TCP_FIN) != 0 && (!w->ends || cm_seq_diff(end, w->fin_end) < 0)) {
		w->fin_end = end;
		w->ends = true;
	}
	if ((g->opts & CM_OPT_TS) == 0)
		return;
	w->side->signs.clock = true;
	if (g->tsecr != 0 && (g->flags & CM_TCP_ACK) != 0)
		widen(&w->echo, g->tsecr);
}

/* A pure ACK or a FIN stands before the end of what was sent. */
static void
note_standing(struct walk *w, const struct cm_segment *g, enum cm_seg_kind kind)
{
	uint32_t at = kind == CM_SEG_ACK ? g->seq : cm_segment_end(g);

	w->side->signs.unaware |= w->sent && cm_seq_diff(at, w->sent_end) < -1;
}

static void
note_numbers(struct walk *w, const struct cm_segment *g, enum cm_seg_kind kind)
{
	widen(&w->seq, g->seq);
	widen(&w->seq, cm_segment_end(g));
	if ((g->flags & CM_TCP_ACK) == 0)
		return;
	w->side->signs.ack_back |= kind == CM_SEG_DATA && w->ack.any &&
	    cm_seq_diff(g->ack, w->ack.max) < 0;
	widen(&w->ack, g->ack);
}

static void
note_signs(struct walk *w, const struct cm_segment *g, enum cm_seg_kind kind)
{
	uint16_t step = (uint16_t)(g->ipid - w->last_id);

	if (w->side->n > 1) {
		w->id_sum += step;
		w->id_back += step == 0 || step > 0x7fff;
	}
	w->last_id = g->ipid;
	w->n_rst += kind == CM_SEG_RST;
	w->n_synack += kind == CM_SEG_SYN && (g->flags & CM_TCP_ACK) != 0;
	if ((g->opts & CM_OPT_TS) != 0) {
		w->with_ts++;
		widen(&w->ts, g->tsval);
	}
	if (kind == CM_SEG_RST || kind == CM_SEG_BROKEN)
		return;
	note_numbers(w, g, kind);
	if (g->payload_len > 0 && kind != CM_SEG_ACK && kind != CM_SEG_FIN)
		note_bytes(w, g);
	if (kind == CM_SEG_ACK || kind == CM_SEG_FIN ||
	    (kind == CM_SEG_DATA && (g->flags & CM_TCP_FIN) != 0))
		note_standing(w, g, kind);
	if (kind == CM_SEG_DATA)
		note_data(w, g);
}

/* Does every timestamp lie where clock_marks (stack_order.c) finds nothing, whichever
 * of the others it is held against? */
static bool
clocks_agree(const struct walk *w, const struct walk *peer)
{
	if (w->ts.wide || w->ts.max - w->ts.min > CM_TICKS_SLACK)
		return false;
	if (!w->echo.any || !peer->ts.any)
		return true;
	return !w->echo.wide && !peer->ts.wide &&
	    w->echo.max - peer->ts.min + CM_ECR_SLACK <= 2 * CM_ECR_SLACK &&
	    w->echo.min - peer->ts.max + CM_ECR_SLACK <= 2 * CM_ECR_SLACK;
}

static void
conclude(struct walk *w, const struct walk *peer)
{
	struct cm_signs *s = &w->side->signs;

	w->side->n_ts = w->with_ts;
	w->side->n_rst = w->n_rst;
	s->reset = w->n_rst > 0;
	s->second_synack = w->n_synack > 1;
	s->id_again = w->side->n >= 4 && (w->id_back > 0 || w->id_sum > UINT16_MAX);
	s->ttl_rising = w->ttl_steps >= 2;
	s->clock = s->clock && !clocks_agree(w, peer);
	s->two_ends = w->ends && cm_seq_diff(w->data_end, w->fin_end) > 1;
	if (w->seq.wide || w->ack.wide)
		s->overlap = s->unaware = s->ack_back = s->two_ends = true;
}

/* ---- the walk ---- */

static void
step(struct cm_judge *j, struct walk w[2], uint32_t i)
{
	const struct cm_segment *g = &j->v->segs[i];
	struct cm_side *s = &j->side[g->dir];
	struct walk *own = &w[g->dir];
	enum cm_seg_kind kind = j->v->proto == 17 ? CM_SEG_DATA
	    : kind_of(g, s->mostly_bad, own->known, own->next);

	s->at[s->n++] = i;
	j->kind[i] = (uint8_t)kind;
	j->trigger[i] = w[!g->dir].data;
	if (kind == CM_SEG_SYN && s->syn == CM_NONE)
		s->syn = i;
	if (kind == CM_SEG_DATA || (kind == CM_SEG_SYN && g->payload_len > 0))
		own->data = i;
	note_signs(own, g, kind);
	if (kind == CM_SEG_RST || kind == CM_SEG_BROKEN || kind == CM_SEG_PADDING)
		return;
	if (later(own->known, cm_segment_end(g), own->next) || kind == CM_SEG_SYN)
		own->next = cm_segment_end(g);
	own->known = true;
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
	struct walk w[2] = { { .side = &j->side[0], .data = CM_NONE, .last_ttl = -1 },
		{ .side = &j->side[1], .data = CM_NONE, .last_ttl = -1 } };
	uint32_t n0 = 0;

	count_checksums(j);
	for (uint32_t i = 0; i < j->v->n; i++)
		n0 += j->v->segs[i].dir == 0;
	j->side[0].at = j->order;
	j->side[1].at = j->order + n0;
	for (uint32_t i = 0; i < j->v->n; i++)
		step(j, w, i);
	conclude(&w[0], &w[1]);
	conclude(&w[1], &w[0]);
	for (unsigned d = 0; d < 2 && j->thorough; d++)
		j->side[d].signs = (struct cm_signs) { true, true, true, true, true, true, true,
			true, true };
	if (j->v->proto == 6)
		note_handshake(j);
}
