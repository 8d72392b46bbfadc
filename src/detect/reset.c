/* R3: resets that the sender did not send (Weaver, Sommer, Paxson, NDSS 2009).
 *
 * What a reset's place in the sequence says is never a verdict alone (E11): it
 * counts only where the packet's own header speaks against the sender, too. */
#include "detect/judge.h"

#define WITHIN_NS (INT64_C(2) * 1000000000)
#define BOTH_NS (INT64_C(100) * 1000000)
#define RESETS_MAX 100u /* of one side are looked at; more say nothing new */

static bool
header_speaks(const struct cm_judge *j, uint32_t i)
{
	return cm_judge_has(j, i, CM_CUE_TTL_FAR) || cm_judge_has(j, i, CM_CUE_TTL_NEAR) ||
	    cm_judge_has(j, i, CM_CUE_RST_DF) || cm_judge_has(j, i, CM_CUE_RST_IPID) ||
	    cm_judge_has(j, i, CM_CUE_IPID_CONSTANT) || cm_judge_has(j, i, CM_CUE_HEADER_ECHO);
}

/* The packet that a reset may have copied: the other side's last one before it. */
static uint32_t
answered(const struct cm_judge *j, uint32_t i)
{
	unsigned dir = j->v->segs[i].dir;

	for (uint32_t k = i; k-- > 0;)
		if (j->v->segs[k].dir != dir)
			return k;
	return CM_NONE;
}

static void
header_marks(struct cm_judge *j, uint32_t i)
{
	const struct cm_segment *g = &j->v->segs[i];
	const struct cm_side *s = &j->side[g->dir];
	uint32_t peer = answered(j, i);
	bool offered = g->window == 0;

	cm_stack_header_marks(j, i);
	if (peer != CM_NONE && cm_stack_echoes(j, i, peer))
		cm_judge_mark1(j, i, CM_CUE_HEADER_ECHO, 4, peer);
	if (!cm_judge_has(j, i, CM_CUE_IPID_CONSTANT) && !cm_judge_has(j, i, CM_CUE_HEADER_ECHO) &&
	    cm_stack_id_foreign(j, i))
		cm_judge_mark(j, i, CM_CUE_RST_IPID, 2, NULL, 0);
	if (!header_speaks(j, i))
		return;
	for (uint32_t k = 0; k < s->n && !offered; k++)
		offered = s->at[k] != i && j->kind[s->at[k]] != CM_SEG_RST &&
		    j->v->segs[s->at[k]].window == g->window;
	if (!offered)
		cm_judge_mark(j, i, CM_CUE_RST_WINDOW, 2, NULL, 0);
}

/* The first data of the same sender behind its reset, and soon after it; CM_NONE. */
static uint32_t
data_after(const struct cm_judge *j, const struct cm_side *s, uint32_t k)
{
	const struct cm_segment *r = &j->v->segs[s->at[k]];

	for (uint32_t m = k + 1; m < s->n; m++) {
		uint32_t o = s->at[m];
		const struct cm_segment *g = &j->v->segs[o];
		int64_t dt = g->t_ns - r->t_ns;

		if (j->kind[o] == CM_SEG_DATA && dt >= 0 && dt <= WITHIN_NS &&
		    cm_seq_diff(g->seq + g->payload_len, r->seq) > 0 &&
		    !cm_judge_has(j, o, CM_CUE_RST_BEFORE_DATA))
			return o;
	}
	return CM_NONE;
}

/* The data is the suspect if its own stack speaks louder. */
static void
data_marks(struct cm_judge *j, const struct cm_side *s, uint32_t k)
{
	uint32_t i = s->at[k], o = data_after(j, s, k);

	if (o == CM_NONE)
		return;
	if (j->bits[o] > j->bits[i])
		cm_judge_mark1(j, o, CM_CUE_RST_BEFORE_DATA, 4, i);
	else if (header_speaks(j, i))
		cm_judge_mark1(j, i, CM_CUE_RST_BEFORE_DATA, 4, o);
}

/* What came before a segment, on both sides. */
struct past {
	bool fin[2], rst[2];  /* this side's, the other's; a FIN that the stack speaks against closes nothing */
	bool data;
	uint32_t data_end;    /* of this side */
	uint32_t peer_ack;    /* the highest that the other side acknowledged */
	bool acked;
};

static struct past
past_of(const struct cm_judge *j, uint32_t i)
{
	unsigned dir = j->v->segs[i].dir;
	struct past p = { 0 };

	for (uint32_t k = 0; k < i; k++) {
		const struct cm_segment *g = &j->v->segs[k];
		uint32_t end = cm_segment_end(g);

		if ((g->flags & CM_TCP_RST) != 0) {
			p.rst[g->dir != dir] = true;
			continue;
		}
		p.fin[g->dir != dir] |= (g->flags & CM_TCP_FIN) != 0 &&
		    j->bits[k] < j->params->break_bits;
		if (g->dir == dir) {
			if (!p.data || cm_seq_diff(end, p.data_end) > 0)
				p.data_end = end;
			p.data = true;
		} else if ((g->flags & CM_TCP_ACK) != 0) {
			if (!p.acked || cm_seq_diff(g->ack, p.peer_ack) > 0)
				p.peer_ack = g->ack;
			p.acked = true;
		}
	}
	return p;
}

static void
sequence_marks(struct cm_judge *j, const struct cm_side *s, uint32_t k)
{
	uint32_t i = s->at[k], before = CM_NONE;
	const struct cm_segment *g = &j->v->segs[i], *b;
	struct past p = past_of(j, i);
	bool synack_later = false;

	if (p.data && !p.fin[0] && cm_seq_diff(g->seq, p.data_end) < -1)
		cm_judge_mark(j, i, CM_CUE_RST_BEHIND_DATA, 1, NULL, 0);
	for (uint32_t m = k + 1; m < s->n && !synack_later; m++)
		synack_later = j->kind[s->at[m]] == CM_SEG_SYN && s->at[m] == s->syn;
	if (synack_later && j->v->segs[s->syn].ttl != g->ttl)
		cm_judge_mark1(j, i, CM_CUE_RST_BEFORE_SYNACK, 1, s->syn);
	if (k > 0 && j->kind[s->at[k - 1]] == CM_SEG_RST)
		before = s->at[k - 1];
	if (before == CM_NONE)
		return;
	b = &j->v->segs[before];
	if (g->ack != b->ack && (g->flags & b->flags & CM_TCP_ACK) != 0)
		cm_judge_mark1(j, i, CM_CUE_RST_ACK_CHANGE, 1, before);
	if (cm_seq_diff(g->seq, b->seq) > 2 && g->t_ns - b->t_ns < WITHIN_NS && !p.fin[0] &&
	    !p.rst[1] && (!p.data || cm_seq_diff(g->seq, p.data_end) > 0) &&
	    (!p.acked || cm_seq_diff(g->seq, p.peer_ack) > 2))
		cm_judge_mark1(j, i, CM_CUE_RST_SEQ_CHANGE, 3, before);
}

static void
look_at_side(struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];
	uint32_t seen = 0;

	if (!s->signs.reset)
		return;
	for (uint32_t k = 0; k < s->n && seen < RESETS_MAX; k++) {
		if (j->kind[s->at[k]] != CM_SEG_RST)
			continue;
		seen++;
		header_marks(j, s->at[k]);
		if (header_speaks(j, s->at[k]))
			sequence_marks(j, s, k);
		data_marks(j, s, k);
	}
}

/* Nobody answers a reset with a reset: one hand reset both ends. */
static void
both_ways(struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir], *o = &j->side[!dir];
	uint32_t looked = 0;

	if (!s->signs.reset)
		return;
	for (uint32_t k = 0; k < s->n && looked < RESETS_MAX; k++) {
		uint32_t i = s->at[k], other = CM_NONE;

		if (j->kind[i] != CM_SEG_RST)
			continue;
		looked++;
		for (uint32_t m = 0; m < o->n && other == CM_NONE && header_speaks(j, i); m++) {
			int64_t dt = j->v->segs[o->at[m]].t_ns - j->v->segs[i].t_ns;

			if (j->kind[o->at[m]] == CM_SEG_RST && header_speaks(j, o->at[m]) &&
			    dt < BOTH_NS && dt > -BOTH_NS)
				other = o->at[m];
		}
		if (other != CM_NONE)
			cm_judge_mark1(j, i, CM_CUE_RST_BOTH_WAYS, 2, other);
	}
}

/* The header tells too little, but where nothing was closed the reset stands just where the
 * sender was, and the sender goes on from there: one of the two is not its own. */
static void
gainsaid(struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];
	uint32_t looked = 0;

	if (!s->signs.reset)
		return;
	for (uint32_t k = 0; k < s->n && looked < RESETS_MAX; k++) {
		uint32_t i = s->at[k], o;
		struct past p;

		if (j->kind[i] != CM_SEG_RST)
			continue;
		looked++;
		o = data_after(j, s, k);
		if (o == CM_NONE || j->bits[i] >= j->params->break_bits || j->bits[o] > j->bits[i])
			continue;
		p = past_of(j, i);
		if (!p.fin[0] && !p.fin[1] && p.data && j->v->segs[i].seq == p.data_end &&
		    cm_seq_diff(j->v->segs[o].seq, p.data_end) >= 0)
			cm_judge_pair(j, i, o, CM_CUE_RST_BEFORE_DATA, CM_EXCUSE_NONE);
	}
}

static void
look(struct cm_judge *j)
{
	look_at_side(j, j->client);
	look_at_side(j, !j->client);
	both_ways(j, j->client);
	both_ways(j, !j->client);
	gainsaid(j, j->client);
	gainsaid(j, !j->client);
}

const struct cm_detector cm_detector_reset = { "reset", 6, look };
