/* R2, the cues that look at a whole direction in its order: clocks, what the sender
 * does afterwards, when it answers.  Identifications: stack_ids.c. */
#include <string.h>

#include "detect/judge.h"

#define MS INT64_C(1000000)
#define UNAWARE_NS (MS / 2)
#define REPEATED_AND_MORE 6 /* bits */

/* ${later} was sent before ${s} and overtaken: its clock or its identification
 * says so. */
static bool
overtaken(const struct cm_segment *later, const struct cm_segment *s)
{
	uint16_t below = (uint16_t)(s->ipid - later->ipid);

	if ((later->opts & s->opts & CM_OPT_TS) != 0 && cm_seq_diff(later->tsval, s->tsval) < 0)
		return true;
	return !s->ipv6 && s->ipid != 0 && later->ipid != 0 && below >= 1 && below <= CM_NEAR_IPID;
}

static bool
tsval_out_of_reach(const struct cm_segment *g, const struct cm_segment *before)
{
	int64_t dt_ms = (g->t_ns - before->t_ns) / MS;
	int64_t step = cm_seq_diff(g->tsval, before->tsval);

	if (dt_ms < 0)
		return false;
	return step < -(int64_t)CM_TICKS_SLACK || step > 2 * dt_ms + CM_TICKS_SLACK;
}

struct ts_range {
	bool any;
	uint32_t min, max;
};

static struct ts_range
ts_range_of(const struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];
	struct ts_range r = { 0 };

	for (uint32_t k = 0; k < s->n; k++) {
		const struct cm_segment *g = &j->v->segs[s->at[k]];

		if ((g->opts & CM_OPT_TS) == 0 || j->excluded[s->at[k]])
			continue;
		if (!r.any || cm_seq_diff(g->tsval, r.min) < 0)
			r.min = g->tsval;
		if (!r.any || cm_seq_diff(g->tsval, r.max) > 0)
			r.max = g->tsval;
		r.any = true;
	}
	return r;
}

/* E6.  Never a test of membership: packets are lost, captures one-sided. */
static void
clock_marks(struct cm_judge *j, uint32_t seg, uint32_t before, const struct ts_range *peer)
{
	const struct cm_segment *g = &j->v->segs[seg];

	if (before != CM_NONE && tsval_out_of_reach(g, &j->v->segs[before]))
		cm_judge_mark1(j, seg, CM_CUE_TSVAL_JUMP, 2, before);
	if (peer->any && g->tsecr != 0 && (g->flags & CM_TCP_ACK) != 0 &&
	    (cm_seq_diff(g->tsecr, peer->min) < -(int32_t)CM_ECR_SLACK ||
		cm_seq_diff(g->tsecr, peer->max) > (int32_t)CM_ECR_SLACK))
		cm_judge_mark(j, seg, CM_CUE_TSECR_STRANGE, 2, NULL, 0);
}

void
cm_stack_clock(struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];
	struct ts_range peer;
	uint32_t ts = CM_NONE, acked = CM_NONE;

	if (!s->signs.clock && !s->signs.ack_back)
		return;
	peer = ts_range_of(j, !dir);
	for (uint32_t k = 0; k < s->n; k++) {
		uint32_t i = s->at[k];
		const struct cm_segment *g = &j->v->segs[i];
		bool data = j->kind[i] == CM_SEG_DATA;

		if (j->kind[i] == CM_SEG_RST || j->kind[i] == CM_SEG_BROKEN)
			continue;
		if (data && (g->opts & CM_OPT_TS) != 0)
			clock_marks(j, i, ts, &peer);
		if (data && acked != CM_NONE && (g->flags & CM_TCP_ACK) != 0 &&
		    j->trigger[acked] == j->trigger[i] &&
		    cm_seq_diff(g->ack, j->v->segs[acked].ack) < 0 &&
		    !overtaken(g, &j->v->segs[acked]))
			cm_judge_mark1(j, i, CM_CUE_ACK_BACKWARD, 2, acked);
		if (j->excluded[i])
			continue;
		if ((g->opts & CM_OPT_TS) != 0)
			ts = i;
		if ((g->flags & CM_TCP_ACK) != 0 &&
		    (acked == CM_NONE || cm_seq_diff(g->ack, j->v->segs[acked].ack) >= 0))
			acked = i;
	}
}

/* ---- E1 ---- */

/* Where the sender stands when it sends a pure ACK or a FIN. */
static bool
stands_at(const struct cm_judge *j, uint32_t i, uint32_t *pos)
{
	const struct cm_segment *g = &j->v->segs[i];

	if (j->kind[i] == CM_SEG_ACK)
		*pos = g->seq;
	else if ((j->kind[i] == CM_SEG_FIN || j->kind[i] == CM_SEG_DATA) &&
	    (g->flags & CM_TCP_FIN) != 0)
		*pos = cm_segment_end(g);
	else
		return false;
	return true;
}

static uint32_t
unaware_later(const struct cm_judge *j, const struct cm_side *s, uint32_t k)
{
	const struct cm_segment *g = &j->v->segs[s->at[k]];
	uint32_t end = g->seq + g->payload_len, pos;

	for (uint32_t m = k + 1; m < s->n; m++) {
		const struct cm_segment *o = &j->v->segs[s->at[m]];

		if (stands_at(j, s->at[m], &pos) && cm_seq_diff(pos, end) < -1 &&
		    o->t_ns - g->t_ns > UNAWARE_NS && !overtaken(o, g))
			return s->at[m];
	}
	return CM_NONE;
}

void
cm_stack_unaware(struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];
	uint32_t lowest = 0, pos;
	bool any = false;

	if (!s->signs.unaware)
		return;
	for (uint32_t k = s->n; k-- > 0;) {
		uint32_t i = s->at[k], other;
		const struct cm_segment *g = &j->v->segs[i];

		if (any && j->kind[i] == CM_SEG_DATA && g->payload_len > 1 &&
		    cm_seq_diff(lowest, g->seq + g->payload_len) < -1) {
			other = unaware_later(j, s, k);
			if (other != CM_NONE)
				cm_judge_mark1(j, i, CM_CUE_SENDER_UNAWARE, 4, other);
		}
		if (stands_at(j, i, &pos) && (!any || cm_seq_diff(pos, lowest) < 0)) {
			lowest = pos;
			any = true;
		}
	}
}

/* ---- TTL +1 per packet ---- */

static void
mark_run(struct cm_judge *j, const struct cm_side *s, uint32_t from, uint32_t to)
{
	uint32_t n = 0;

	for (uint32_t k = from; k < to; k++)
		n += j->kind[s->at[k]] == CM_SEG_DATA;
	for (uint32_t k = from; n >= 3 && k < to; k++)
		if (j->kind[s->at[k]] == CM_SEG_DATA)
			cm_judge_mark(j, s->at[k], CM_CUE_TTL_RISING, 5, NULL, 0);
}

void
cm_stack_rising(struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];
	uint32_t from = 0, last = CM_NONE;

	if (!s->signs.ttl_rising)
		return;
	for (uint32_t k = 0; k < s->n; k++) {
		uint32_t i = s->at[k];

		if (j->kind[i] != CM_SEG_DATA)
			continue;
		if (last == CM_NONE || j->trigger[i] != j->trigger[s->at[last]] ||
		    j->v->segs[i].ttl != j->v->segs[s->at[last]].ttl + 1) {
			if (last != CM_NONE)
				mark_run(j, s, from, last + 1);
			from = k;
		}
		last = k;
	}
	if (last != CM_NONE)
		mark_run(j, s, from, last + 1);
}

/* ---- round trips ---- */

/* How long after its trigger this segment acknowledges all of it; negative: not. */
static int64_t
round_trip(const struct cm_judge *j, uint32_t i)
{
	const struct cm_segment *g = &j->v->segs[i], *t;

	if (j->trigger[i] == CM_NONE || (g->flags & CM_TCP_ACK) == 0)
		return -1;
	t = &j->v->segs[j->trigger[i]];
	if (g->ack != t->seq + t->payload_len)
		return -1;
	return g->t_ns - t->t_ns;
}

void
cm_stack_early(struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];
	const struct cm_segment *segs = j->v->segs;
	uint32_t syn = j->side[!dir].syn;
	int64_t fastest, rtt, second = -1, least = INT64_MAX;
	uint32_t fastest_at = s->syn, samples = 1;

	if (dir == j->client || syn == CM_NONE || s->syn == CM_NONE || s->syn_echo)
		return;
	fastest = segs[s->syn].t_ns - segs[syn].t_ns;
	if (fastest <= MS)
		return;
	for (uint32_t k = 0; k < s->n; k++) {
		rtt = round_trip(j, s->at[k]);
		if (rtt >= 0 && rtt < least && j->kind[s->at[k]] == CM_SEG_DATA)
			least = rtt;
		if (rtt < 0 || j->excluded[s->at[k]])
			continue;
		samples++;
		if (rtt < fastest) {
			second = fastest;
			fastest = rtt;
			fastest_at = s->at[k];
		} else if (second < 0 || rtt < second) {
			second = rtt;
		}
	}
	if (samples < 3 || (least > (second > fastest ? second : fastest) / 2 && !j->thorough))
		return;
	for (uint32_t k = 0; k < s->n; k++) {
		int64_t base = s->at[k] == fastest_at ? second : fastest;

		rtt = round_trip(j, s->at[k]);
		if (j->kind[s->at[k]] == CM_SEG_DATA && rtt >= 0 && rtt * 2 < base)
			cm_judge_mark1(j, s->at[k], CM_CUE_TOO_EARLY, 3, j->trigger[s->at[k]]);
	}
}

/* ---- E8 ---- */

/* TTL, DF and window do not count: load balancers change them.  Nor does a repeated
 * identification by itself: some network cards do not count what they cut. */
static bool
other_stack(const struct cm_judge *j, uint32_t seg)
{
	return cm_judge_has(j, seg, CM_CUE_IPID_CONSTANT) ||
	    cm_judge_has(j, seg, CM_CUE_TS_MISSING) ||
	    (cm_judge_has(j, seg, CM_CUE_IPID_REPEATED) && j->bits[seg] >= REPEATED_AND_MORE);
}

/* The first pure ACK of all of ${seg}'s trigger, between the two. */
static uint32_t
bare_ack(const struct cm_judge *j, const struct cm_side *s, uint32_t seg)
{
	const struct cm_segment *g = &j->v->segs[seg];

	for (uint32_t k = 0; k < s->n && s->at[k] < seg; k++) {
		uint32_t i = s->at[k];
		const struct cm_segment *o = &j->v->segs[i];

		if (j->kind[i] == CM_SEG_ACK && !j->excluded[i] && i > j->trigger[seg] &&
		    round_trip(j, i) >= 0 && o->ipid != g->ipid &&
		    (!s->ts_agreed || (o->opts & CM_OPT_TS) != 0))
			return i;
	}
	return CM_NONE;
}

void
cm_stack_ack_first(struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];
	size_t n = j->n_marks;

	for (size_t m = 0; m < n; m++) {
		uint32_t seg = j->marks[m].seg, ack;

		if (j->v->segs[seg].dir != dir || j->kind[seg] != CM_SEG_DATA ||
		    j->trigger[seg] == CM_NONE || !other_stack(j, seg) ||
		    cm_judge_has(j, seg, CM_CUE_ACK_THEN_OTHER))
			continue;
		ack = bare_ack(j, s, seg);
		if (ack != CM_NONE)
			cm_judge_mark1(j, seg, CM_CUE_ACK_THEN_OTHER, 3, ack);
	}
}

/* ---- the host's own stack sends it again ---- */

static bool
same_bytes(struct cm_judge *j, const struct cm_segment *a, const struct cm_segment *b)
{
	return a->seq == b->seq && a->payload_len == b->payload_len && a->cap_len == b->cap_len &&
	    a->cap_len > 0 && cm_judge_equal(j, a, 0, b, 0, a->cap_len);
}

void
cm_stack_resent(struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];

	for (uint32_t k = 0; k < s->n; k++) {
		uint32_t i = s->at[k];

		if (j->bits[i] < 4 || j->kind[i] != CM_SEG_DATA)
			continue;
		for (uint32_t m = k + 1; m < s->n; m++) {
			uint32_t o = s->at[m];

			if (j->kind[o] != CM_SEG_DATA || j->bits[o] >= 4 || j->excluded[o] ||
			    !same_bytes(j, &j->v->segs[i], &j->v->segs[o]) ||
			    (j->v->segs[o].ipid == j->v->segs[i].ipid && j->v->segs[i].ipid != 0))
				continue;
			cm_judge_mark1(j, i, CM_CUE_RESENT_GENUINE, -6, o);
			break;
		}
	}
}
