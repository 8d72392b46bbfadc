/* Did the server see the request (8.6)?  What its own stack acknowledged later says so. */
#include "detect/across_parts.h"

#define FAR 256u /* segments behind the request that are looked at */
#define SLACK_NS INT64_C(2000000)

struct look {
	const struct cm_flow_look *flow;
	const struct cm_candidate *c;
	unsigned server;	/* direction of the accused packets */
	bool stamps;		/* it sends timestamps */
	uint32_t request;
	uint32_t hand[2];	/* of the handshake; CM_NONE */
	int64_t wait_ns;	/* after which what the server sends is sent with the request seen */
	/* segments; CM_NONE */
	uint32_t repeat;	/* the request again */
	uint32_t covers, answers; /* it was acknowledged; and data came with that */
	uint32_t behind;	/* less was acknowledged, late enough */
	uint32_t early;		/* less, but sent before it can have been seen */
};

static bool
servers_own(const struct look *l, const struct cm_segment *g)
{
	if (g->dir != l->server || (g->flags & CM_TCP_ACK) == 0 ||
	    (g->flags & (CM_TCP_SYN | CM_TCP_RST)) != 0 || g->checksum == CM_CSUM_BAD)
		return false;
	if (cm_ttl_class(g) != l->flow->plain || (l->stamps && (g->opts & CM_OPT_TS) == 0))
		return false;
	return !cm_flow_accused(l->flow, g->id);
}

static void
note(uint32_t *first, uint32_t i)
{
	if (*first == CM_NONE)
		*first = i;
}

static void
look_at(struct look *l, uint32_t i)
{
	const struct cm_segment *q = &l->c->segs[l->request], *g = &l->c->segs[i];
	uint32_t begin = cm_segment_start(q), end = begin + q->payload_len;

	if (g->dir == q->dir) {
		if (g->payload_len > 0 && cm_segment_start(g) == begin)
			note(&l->repeat, i);
		return;
	}
	if (!servers_own(l, g))
		return;
	if (cm_seq_diff(g->ack, end) >= 0) {
		note(&l->covers, i);
		if (g->payload_len > 0)
			note(&l->answers, i);
	} else if (cm_seq_diff(g->ack, begin) <= 0 && l->covers == CM_NONE) {
		note(g->t_ns - q->t_ns >= l->wait_ns ? &l->behind : &l->early, i);
	}
}

static enum cm_reach_by
settle(const struct look *l)
{
	bool repeated = l->repeat != CM_NONE && l->repeat < l->covers;

	if (l->covers == CM_NONE) {
		if (l->behind != CM_NONE)
			return CM_REACH_BEHIND;
		return l->early != CM_NONE ? CM_REACH_TOO_SOON : CM_REACH_SILENT;
	}
	if (repeated)
		return l->behind != CM_NONE ? CM_REACH_BEHIND_REPEAT : CM_REACH_AFTER_REPEAT;
	return l->answers != CM_NONE ? CM_REACH_ANSWERED : CM_REACH_ACKNOWLEDGED;
}

static enum cm_reached
reached(enum cm_reach_by by)
{
	switch (by) {
	case CM_REACH_ACKNOWLEDGED:
	case CM_REACH_ANSWERED:
		return CM_REACHED_YES;
	case CM_REACH_BEHIND:
	case CM_REACH_BEHIND_REPEAT:
		return CM_REACHED_NO;
	case CM_REACH_NO_TRIGGER:
	case CM_REACH_SILENT:
	case CM_REACH_TOO_SOON:
	case CM_REACH_AFTER_REPEAT:
		break;
	}
	return CM_REACHED_UNKNOWN;
}

static void
look_behind(struct look *l)
{
	const struct cm_candidate *c = l->c;
	uint32_t far = c->n - l->request < FAR ? c->n : l->request + FAR;
	int64_t rtt;

	l->wait_ns = SLACK_NS;
	if (cm_across_handshake(c, l->server, l->hand, &rtt)) {
		l->stamps = (c->segs[l->hand[1]].opts & CM_OPT_TS) != 0;
		l->wait_ns += rtt + rtt / 2; /* the way may have become longer since */
	} else {
		l->hand[0] = l->hand[1] = CM_NONE;
		l->wait_ns = INT64_MAX; /* what is early can not be told */
	}
	for (uint32_t i = l->request + 1; i < far && l->answers == CM_NONE; i++)
		look_at(l, i);
}

/* A segment without which this would not be said. */
static void
cite(struct look *l, uint32_t i)
{
	if (i != CM_NONE)
		cm_id_list_add(l->flow->ids, l->c->segs[i].id);
}

static enum cm_result
frames(struct look *l, struct cm_across_reach *o)
{
	if (o->by != CM_REACH_NO_TRIGGER)
		cite(l, l->request);
	if (o->reached == CM_REACHED_YES || o->by == CM_REACH_AFTER_REPEAT ||
	    o->by == CM_REACH_BEHIND_REPEAT)
		cite(l, l->covers);
	if (o->by == CM_REACH_ANSWERED)
		cite(l, l->answers);
	if (o->by == CM_REACH_AFTER_REPEAT || o->by == CM_REACH_BEHIND_REPEAT)
		cite(l, l->repeat);
	if (o->by == CM_REACH_TOO_SOON)
		cite(l, l->early);
	if (o->reached == CM_REACHED_NO)
		cite(l, l->behind);
	if (o->reached == CM_REACHED_NO || o->by == CM_REACH_TOO_SOON) {
		cite(l, l->hand[0]);
		cite(l, l->hand[1]);
	}
	return cm_id_list_take(l->flow->ids, &l->flow->e->arena, &o->frames);
}

/* Names and their answers: the genuine one came out. */
static enum cm_reach_by
of_datagrams(const struct cm_incident *x)
{
	if (!x->has_trigger)
		return CM_REACH_NO_TRIGGER;
	return x->genuine.n > 0 ? CM_REACH_ANSWERED : CM_REACH_SILENT;
}

CM_RESULT
cm_across_reach(const struct cm_flow_look *flow, struct cm_across_reach *o)
{
	const struct cm_found *f = flow->f;
	struct look l = { .flow = flow, .c = f->from, .server = f->dir, .request = flow->trigger,
		.hand = { CM_NONE, CM_NONE }, .repeat = CM_NONE, .covers = CM_NONE,
		.answers = CM_NONE, .behind = CM_NONE, .early = CM_NONE };

	o->by = CM_REACH_NO_TRIGGER;
	if (f->from->proto != 6) {
		o->by = l.request == CM_NONE ? CM_REACH_NO_TRIGGER : of_datagrams(&f->incident);
		if (o->by == CM_REACH_ANSWERED)
			l.covers = l.answers = cm_candidate_place(f->from, f->incident.genuine.id[0]);
	} else if (l.request != CM_NONE) {
		look_behind(&l);
		o->by = settle(&l);
	}
	o->reached = reached(o->by);
	return frames(&l, o);
}

const char *
cm_reached_word(enum cm_reached reached)
{
	static const char *const word[] = { "cannot be told", "the request reached the server",
		"the request did not reach the server" };

	return word[reached];
}

const char *
cm_reach_by_word(enum cm_reach_by by)
{
	static const char *const word[] = {
		[CM_REACH_NO_TRIGGER] = "what was answered is not known",
		[CM_REACH_SILENT] = "nothing of the server's own came behind the request",
		[CM_REACH_TOO_SOON] = "what came was sent before the request can have been there",
		[CM_REACH_AFTER_REPEAT] = "it was acknowledged when it had been sent again",
		[CM_REACH_ACKNOWLEDGED] = "the server's own stack acknowledged it",
		[CM_REACH_ANSWERED] = "the server's own stack acknowledged and answered it",
		[CM_REACH_BEHIND] = "later the server's own stack acknowledged less",
		[CM_REACH_BEHIND_REPEAT] = "only when it had been sent again did the server acknowledge it",
	};

	return word[by];
}
