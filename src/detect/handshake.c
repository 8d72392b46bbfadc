/* R5: two answers to one SYN, with different sequence numbers.
 *
 * SYN proxies and restarted servers do this, too: it is an attack only if the
 * connection goes on from the second, or if the two come from different stacks. */
#include "detect/judge.h"

#define WITHIN_NS (INT64_C(2) * 1000000000)

/* Data of this side whose numbers continue ${isn}. */
static uint32_t
continued(const struct cm_judge *j, const struct cm_side *s, uint32_t isn)
{
	for (uint32_t k = 0; k < s->n; k++) {
		uint32_t i = s->at[k];
		uint32_t from = j->v->segs[i].seq - isn - 1;

		if ((j->kind[i] == CM_SEG_DATA || j->kind[i] == CM_SEG_FIN) && from < 0x100000)
			return i;
	}
	return CM_NONE;
}

static bool
is_synack(const struct cm_judge *j, uint32_t i)
{
	return j->kind[i] == CM_SEG_SYN && (j->v->segs[i].flags & CM_TCP_ACK) != 0;
}

static bool
made_from_syn(const struct cm_judge *j, uint32_t i)
{
	uint32_t syn = j->side[!j->v->segs[i].dir].syn;

	return syn != CM_NONE && !j->v->segs[i].ipv6 && j->v->segs[i].ipid > 1 &&
	    j->v->segs[i].ipid == j->v->segs[syn].ipid;
}

/* One of the two SYN-ACKs against the other: what differs is the mark of whoever
 * does not look like the rest of the server's segments. */
static void
stack_marks(struct cm_judge *j, uint32_t i, uint32_t other)
{
	const struct cm_segment *g = &j->v->segs[i], *o = &j->v->segs[other];
	int gap = g->ttl > o->ttl ? g->ttl - o->ttl : o->ttl - g->ttl;
	bool df = g->df != o->df && !g->ipv6;

	if (gap > 0)
		cm_judge_mark1(j, i, gap >= 6 ? CM_CUE_TTL_FAR : CM_CUE_TTL_NEAR,
		    gap >= 6 && !df ? 3 : 1, other);
	if (df)
		cm_judge_mark1(j, i, g->df ? CM_CUE_DF_SET : CM_CUE_DF_CLEARED, g->df ? 2 : 4,
		    other);
	if (g->opt_layout != o->opt_layout)
		cm_judge_mark1(j, i, CM_CUE_SYNACK_OPTIONS, 2, other);
	if (made_from_syn(j, i) && o->ipid != g->ipid)
		cm_judge_mark1(j, i, CM_CUE_SYNACK_ECHO, 4, j->side[!g->dir].syn);
}

/* How many segments of the side share this SYN-ACK's TTL and DF. */
static uint32_t
company(const struct cm_judge *j, const struct cm_side *s, uint32_t i)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < s->n; k++)
		n += !is_synack(j, s->at[k]) && j->kind[s->at[k]] != CM_SEG_RST &&
		    cm_ttl_class(&j->v->segs[s->at[k]]) == cm_ttl_class(&j->v->segs[i]);
	return n;
}

/* The one made from the SYN; else the one that looks less like this host in its
 * other flows; else in this one, where the winner's data keeps it company; else
 * the later. */
static uint32_t
accused_of(struct cm_judge *j, const struct cm_side *s, uint32_t a, uint32_t b)
{
	uint32_t host_a = cm_host_shows(s->model, cm_ttl_class(&j->v->segs[a]));
	uint32_t host_b = cm_host_shows(s->model, cm_ttl_class(&j->v->segs[b]));
	uint32_t with_a = company(j, s, a), with_b = company(j, s, b);

	j->asked_much = true;
	if (made_from_syn(j, a) != made_from_syn(j, b))
		return made_from_syn(j, a) ? a : b;
	if (host_a != host_b)
		return host_a < host_b ? a : b;
	if (with_a != with_b)
		return with_a < with_b ? a : b;
	return b;
}

static void
two_answers(struct cm_judge *j, const struct cm_side *s, uint32_t a, uint32_t b)
{
	const struct cm_segment *x = &j->v->segs[a], *y = &j->v->segs[b];
	uint32_t on_a = continued(j, s, x->seq), on_b = continued(j, s, y->seq);
	uint32_t accused = accused_of(j, s, a, b), other = accused == a ? b : a;
	bool late = y->t_ns - x->t_ns >= WITHIN_NS || y->t_ns < x->t_ns;
	size_t before = j->n_marks;

	if (!late)
		stack_marks(j, accused, other);
	if (late || (j->n_marks == before && on_b == CM_NONE)) {
		cm_judge_pair(j, a, b, CM_CUE_SYNACK_TWICE, CM_EXCUSE_SYN_PROXY);
		return;
	}
	cm_judge_pair(j, a, b, CM_CUE_SYNACK_TWICE, CM_EXCUSE_NONE);
	cm_judge_mark1(j, accused, CM_CUE_SYNACK_TWICE, 3, other);
	if (on_a != CM_NONE && on_b != CM_NONE)
		cm_judge_mark1(j, accused, CM_CUE_SYNACK_CONTINUED, 4, accused == a ? on_a : on_b);
	else if (accused == b && on_b != CM_NONE)
		cm_judge_mark1(j, accused, CM_CUE_SYNACK_CONTINUED, 2, on_b);
}

static void
look(struct cm_judge *j)
{
	const struct cm_side *s = &j->side[!j->client];
	uint32_t first = CM_NONE, found = 0;

	if (!s->signs.second_synack)
		return;
	for (uint32_t k = 0; k < s->n && found < 8; k++) {
		uint32_t i = s->at[k];

		if (!is_synack(j, i))
			continue;
		if (first == CM_NONE) {
			first = i;
			continue;
		}
		if (j->v->segs[i].seq == j->v->segs[first].seq ||
		    j->v->segs[i].ack != j->v->segs[first].ack)
			continue;
		two_answers(j, s, first, i);
		found++;
	}
}

const struct cm_detector cm_detector_handshake = { "handshake", 6, look };
