/* R1: two segments of one sender that hold different bytes for the same place of
 * the stream, and R1b: two ends of one message.
 *
 * Order says nothing about which one is forged; the stack does.  A conflict alone
 * stays undecidable, and most of what differs has a benign cause (a to g). */
#include <string.h>

#include "detect/judge.h"

#define BACK 400u /* segments looked back */
#define REUSE_NS (INT64_C(60) * 1000000000)
#define BACKWARD_NS (INT64_C(1000000000))
#define OFFLOAD_NS INT64_C(1000000)
#define ENDS_NS (INT64_C(10) * 1000000000)
#define WEAK_BYTES 4u
#define WEAK_MANY 3u

enum overlap { APART, SAME, UNSEEN, DIFFER_WEAK, DIFFER };

/* Compares what was captured of the bytes both hold. */
static enum overlap
compare(struct cm_judge *j, const struct cm_segment *a, const struct cm_segment *b)
{
	uint32_t sa = cm_segment_start(a), sb = cm_segment_start(b);
	int32_t gap = cm_seq_diff(sb, sa);
	uint32_t in_a = gap > 0 ? (uint32_t)gap : 0, in_b = gap < 0 ? (uint32_t)-gap : 0;
	uint32_t shared, seen;

	if (in_a >= a->payload_len || in_b >= b->payload_len)
		return APART;
	shared = a->payload_len - in_a;
	if (shared > b->payload_len - in_b)
		shared = b->payload_len - in_b;
	if (in_a >= a->cap_len || in_b >= b->cap_len)
		return UNSEEN;
	seen = shared;
	if (seen > a->cap_len - in_a)
		seen = a->cap_len - in_a;
	if (seen > b->cap_len - in_b)
		seen = b->cap_len - in_b;
	if (cm_judge_equal(j, a, in_a, b, in_b, seen))
		return SAME;
	return shared < WEAK_BYTES ? DIFFER_WEAK : DIFFER;
}

static bool
near_ids(const struct cm_segment *a, const struct cm_segment *b)
{
	uint16_t d = (uint16_t)(a->ipid - b->ipid);

	return d <= 63 || d >= 65536 - 63;
}

/* One segment longer than can be on the wire, the other a piece of it: the capture
 * was taken before the network card cut it, or was edited. */
static bool
offload(const struct cm_judge *j, const struct cm_segment *a, const struct cm_segment *b)
{
	const struct cm_segment *big = a->payload_len > b->payload_len ? a : b;
	uint32_t syn = j->side[!a->dir].syn;
	uint32_t mss = syn != CM_NONE && (j->v->segs[syn].opts & CM_OPT_MSS) != 0
	    ? j->v->segs[syn].mss : 1460;
	int64_t dt = b->t_ns - a->t_ns;

	return big->payload_len > mss && big->payload_len > 1460 && near_ids(a, b) &&
	    dt > -OFFLOAD_NS && dt < OFFLOAD_NS;
}

static enum cm_excuse
excuse_for(const struct cm_judge *j, uint32_t a, uint32_t b)
{
	const struct cm_segment *x = &j->v->segs[a], *y = &j->v->segs[b];
	int64_t dt = y->t_ns - x->t_ns;

	if (j->kind[a] == CM_SEG_KEEPALIVE || j->kind[b] == CM_SEG_KEEPALIVE)
		return CM_EXCUSE_KEEPALIVE;
	if (cm_segment_is_padding(x) || cm_segment_is_padding(y))
		return CM_EXCUSE_PADDING;
	if (dt > REUSE_NS || dt < -BACKWARD_NS)
		return CM_EXCUSE_REUSE;
	if (offload(j, x, y))
		return CM_EXCUSE_OFFLOAD;
	return CM_EXCUSE_NONE;
}

static bool
holds_bytes(const struct cm_judge *j, uint32_t i)
{
	uint8_t kind = j->kind[i];

	return j->v->segs[i].payload_len > 0 &&
	    (kind == CM_SEG_DATA || kind == CM_SEG_SYN || kind == CM_SEG_KEEPALIVE ||
		kind == CM_SEG_PADDING);
}

static void
compare_back(struct cm_judge *j, const struct cm_side *s, uint32_t k)
{
	uint32_t b = s->at[k], from = k > BACK ? k - BACK : 0;

	for (uint32_t m = k; m-- > from;) {
		uint32_t a = s->at[m];
		enum overlap o;

		if (!holds_bytes(j, a))
			continue;
		o = compare(j, &j->v->segs[a], &j->v->segs[b]);
		if (o != DIFFER && o != DIFFER_WEAK)
			continue;
		cm_judge_pair(j, a, b, o == DIFFER ? CM_CUE_CONFLICT : CM_CUE_CONFLICT_WEAK,
		    excuse_for(j, a, b));
	}
}

static void
find_conflicts(struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];
	uint32_t next = 0;
	bool known = false;

	if (!s->signs.overlap)
		return;
	for (uint32_t k = 0; k < s->n; k++) {
		const struct cm_segment *g = &j->v->segs[s->at[k]];
		uint32_t end = cm_segment_start(g) + g->payload_len;

		if (!holds_bytes(j, s->at[k]))
			continue;
		if (known && cm_seq_diff(cm_segment_start(g), next) < 0)
			compare_back(j, s, k);
		if (!known || cm_seq_diff(end, next) > 0)
			next = end;
		known = true;
	}
}

/* R1b: a whole HTTP answer that ends the stream, and data of the same sender that
 * lies beyond this end. */
static void
find_two_ends(struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];

	if (!s->signs.two_ends)
		return;
	for (uint32_t k = 0; k < s->n; k++) {
		const struct cm_segment *f = &j->v->segs[s->at[k]];

		if (j->kind[s->at[k]] != CM_SEG_DATA || (f->flags & CM_TCP_FIN) == 0 ||
		    f->cap_len < 8 || !cm_judge_begins(j, f, "HTTP/1."))
			continue;
		for (uint32_t m = 0; m < s->n; m++) {
			const struct cm_segment *o = &j->v->segs[s->at[m]];
			int64_t dt = o->t_ns - f->t_ns;

			if (m == k || j->kind[s->at[m]] != CM_SEG_DATA || dt > ENDS_NS ||
			    dt < -ENDS_NS ||
			    cm_seq_diff(o->seq + o->payload_len, f->seq + f->payload_len) <= 1)
				continue;
			cm_judge_pair(j, s->at[m < k ? m : k], s->at[m < k ? k : m],
			    CM_CUE_TWO_ENDS, CM_EXCUSE_NONE);
			break;
		}
	}
}

/* E12: a conflict speaks against the side that the stack already speaks against.
 * Where both are far beyond doubt (a spray) it speaks against both. */
static void
weigh(struct cm_judge *j, uint32_t side, uint32_t other, enum cm_cue_id cue)
{
	if (j->bits[side] < CM_CONFLICT_MARGIN || cm_judge_has(j, side, CM_CUE_CONFLICT) ||
	    cm_judge_has(j, side, CM_CUE_CONFLICT_WEAK) || cm_judge_has(j, side, CM_CUE_TWO_ENDS))
		return;
	if (j->bits[side] < j->bits[other] + CM_CONFLICT_MARGIN && j->bits[other] < 8)
		return;
	cm_judge_mark1(j, side, cue, 2, other);
}

/* Of two that hold different bytes, the sender's counter gave a number to one only.  What
 * another cue says of the number is not said again; and where the other one is decidedly
 * odder already, its number is no measure. */
static void
compare_ids(struct cm_judge *j, uint32_t side, uint32_t other)
{
	if (j->kind[side] != CM_SEG_DATA || j->bits[other] >= j->bits[side] + CM_CONFLICT_MARGIN ||
	    cm_judge_has(j, side, CM_CUE_IPID_APART) ||
	    cm_judge_has(j, side, CM_CUE_IPID_CONSTANT) ||
	    cm_judge_has(j, side, CM_CUE_IPID_REPEATED) ||
	    cm_judge_has(j, side, CM_CUE_HEADER_ECHO) || !cm_stack_id_apart(j, side, other))
		return;
	cm_judge_mark1(j, side, CM_CUE_IPID_APART, 4, other);
}

static void
look(struct cm_judge *j)
{
	size_t weak = 0;

	for (unsigned d = 0; d < 2; d++) {
		find_conflicts(j, d == 0 ? j->client : !j->client);
		find_two_ends(j, d == 0 ? j->client : !j->client);
	}
	for (size_t i = 0; i < j->n_pairs; i++)
		weak += j->pairs[i].cue == CM_CUE_CONFLICT_WEAK &&
		    j->pairs[i].excuse == CM_EXCUSE_NONE;
	for (size_t i = 0; i < j->n_pairs; i++) {
		struct cm_pair p = j->pairs[i];

		if (p.excuse != CM_EXCUSE_NONE || p.cue != CM_CUE_CONFLICT)
			continue;
		compare_ids(j, p.a, p.b);
		compare_ids(j, p.b, p.a);
	}
	for (size_t i = 0; i < j->n_pairs; i++) {
		struct cm_pair p = j->pairs[i];

		if (p.excuse != CM_EXCUSE_NONE ||
		    (p.cue == CM_CUE_CONFLICT_WEAK && weak < WEAK_MANY))
			continue;
		weigh(j, p.a, p.b, p.cue);
		weigh(j, p.b, p.a, p.cue);
	}
}

const struct cm_detector cm_detector_conflict = { "conflict", 6, look };
