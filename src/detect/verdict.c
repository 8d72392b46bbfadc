/* What the marks of a flow add up to: which segments are accused, and which of
 * them have one cause. */
#include <string.h>

#include "detect/judge.h"

#define WEAK_MANY 3u

static bool
accusable(const struct cm_judge *j, uint32_t i)
{
	switch (j->kind[i]) {
	case CM_SEG_DATA:
	case CM_SEG_FIN:
	case CM_SEG_RST:
		return true;
	case CM_SEG_SYN:
		return (j->v->segs[i].flags & CM_TCP_ACK) != 0;
	default:
		return false;
	}
}

int
cm_judge_interest(const struct cm_judge *j)
{
	int most = j->n_pairs > 0 ? 2 : 0;

	if (j->n_marks == 0)
		return most;
	for (uint32_t i = 0; i < j->v->n; i++)
		if (j->bits[i] > most && accusable(j, i))
			most = j->bits[i];
	return most;
}

/* ---- status ---- */

static bool
pair_counts(const struct cm_judge *j, const struct cm_pair *p, size_t weak)
{
	(void)j;
	return p->excuse == CM_EXCUSE_NONE && (p->cue != CM_CUE_CONFLICT_WEAK || weak >= WEAK_MANY);
}

static size_t
count_weak(const struct cm_judge *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->n_pairs; i++)
		n += j->pairs[i].cue == CM_CUE_CONFLICT_WEAK &&
		    j->pairs[i].excuse == CM_EXCUSE_NONE;
	return n;
}

/* E14: an answer in conflict needs less, if something else than the conflict speaks
 * against it and not against its rival; and is let off if more speaks against that. */
static enum cm_status
dns_status(const struct cm_judge *j, uint32_t i)
{
	bool other_cue = (j->cues[i] & ~(UINT64_C(1) << CM_CUE_DNS_CONFLICT)) != 0;
	bool beats = false, beaten = false, tied = false;

	if (j->bits[i] < j->params->break_bits || !other_cue)
		return CM_CLEAR;
	for (size_t k = 0; k < j->n_pairs; k++) {
		const struct cm_pair *p = &j->pairs[k];
		uint32_t rival = p->a == i ? p->b : p->a;

		if ((p->a != i && p->b != i) || p->excuse != CM_EXCUSE_NONE)
			continue;
		beats |= j->bits[i] >= j->bits[rival] + 3;
		beaten |= j->bits[rival] >= j->bits[i] + 3;
		tied |= j->bits[rival] >= j->bits[i];
	}
	if (beaten)
		return CM_CLEAR;
	if (j->bits[i] >= j->params->forged_bits ||
	    (beats && j->bits[i] >= j->params->break_bits + 1))
		return CM_FORGED;
	return tied ? CM_CLEAR : CM_SUSPECT;
}

static enum cm_status
status_of(const struct cm_judge *j, uint32_t i)
{
	if (j->bits[i] < j->params->break_bits && j->bits[i] < j->params->forged_bits)
		return CM_CLEAR;
	if (!accusable(j, i))
		return CM_CLEAR;
	if (j->v->proto == 17)
		return dns_status(j, i);
	if (j->bits[i] >= j->params->forged_bits)
		return CM_FORGED;
	return j->bits[i] >= j->params->break_bits ? CM_SUSPECT : CM_CLEAR;
}

/* Same identification, DF, TTL and window.  A reset carries no window of use, so one
 * with a fixed identification needs the rest only. */
static bool
same_header(const struct cm_judge *j, const struct cm_segment *f, uint32_t i, bool fixed)
{
	const struct cm_segment *g = &j->v->segs[i];

	return f->ipid == g->ipid && f->df == g->df && f->ttl == g->ttl &&
	    (f->window == g->window || (fixed && j->kind[i] == CM_SEG_RST));
}

/* How much must stand against a segment of its own before a forged one's header can
 * drag it along: less, if an identification that no counting stack repeats says so. */
static int
own_bits_needed(bool fixed)
{
	return fixed ? 2 : 4;
}

static void
join_forged(struct cm_judge *j, uint32_t i, const cm_packet_id *like)
{
	int missing = j->params->forged_bits - j->bits[i];

	cm_judge_mark(j, i, CM_CUE_SAME_HAND, missing, like, 1);
	j->status[i] = CM_FORGED;
}

/* The two hold different bytes for one place: what is wrong with one of them is no
 * reason to blame the other. */
static bool
rivals(const struct cm_judge *j, uint32_t a, uint32_t b)
{
	for (size_t k = 0; k < j->n_pairs; k++) {
		const struct cm_pair *p = &j->pairs[k];

		if (((p->a == a && p->b == b) || (p->a == b && p->b == a)) &&
		    p->excuse == CM_EXCUSE_NONE)
			return true;
	}
	return false;
}

#define LIKE_MAX 8u

/* Segments that were called forged, and whose like are looked for. */
struct forged {
	uint32_t seg[LIKE_MAX];
	bool fixed[LIKE_MAX]; /* its identification is not one that a counter gave */
	unsigned n;
};

static bool
has_fixed_id(const struct cm_judge *j, uint32_t seg)
{
	return j->v->segs[seg].ipid != 0 &&
	    (cm_judge_has(j, seg, CM_CUE_IPID_CONSTANT) ||
		(cm_judge_has(j, seg, CM_CUE_IPID_REPEATED) && !cm_stack_id_fits(j, seg)));
}

static const struct cm_segment *
forged_like(const struct cm_judge *j, uint32_t i, const struct forged *like)
{
	for (unsigned k = 0; k < like->n; k++) {
		const struct cm_segment *f = &j->v->segs[like->seg[k]];
		bool fixed = like->fixed[k];

		if (j->bits[i] >= own_bits_needed(fixed) && f->dir == j->v->segs[i].dir &&
		    same_header(j, f, i, fixed) && !rivals(j, like->seg[k], i))
			return f;
	}
	return NULL;
}

/* E4, inside the flow: any segment with something against it that has the very
 * header of a forged one; bare ACKs too. */
static void
propagate(struct cm_judge *j)
{
	struct forged like;

	like.n = 0;
	for (uint32_t i = 0; i < j->v->n && like.n < LIKE_MAX; i++) {
		if (j->status[i] != CM_FORGED || j->kind[i] == CM_SEG_SYN)
			continue;
		like.seg[like.n] = i;
		like.fixed[like.n++] = has_fixed_id(j, i);
	}
	for (uint32_t i = 0; like.n > 0 && i < j->v->n; i++) {
		const struct cm_segment *f;

		if (j->bits[i] < own_bits_needed(true) || j->status[i] == CM_FORGED ||
		    j->kind[i] == CM_SEG_SYN || j->kind[i] == CM_SEG_BROKEN)
			continue;
		f = forged_like(j, i, &like);
		if (f != NULL)
			join_forged(j, i, &f->id);
	}
}

/* E4, across flows: a hand known by its constant identification. */
static void
propagate_hands(struct cm_judge *j)
{
	for (uint32_t i = 0; j->n_hands > 0 && i < j->v->n; i++) {
		const struct cm_segment *g = &j->v->segs[i];

		if (j->status[i] != CM_SUSPECT)
			continue;
		for (size_t k = 0; k < j->n_hands; k++) {
			const struct cm_hand *h = &j->hands[k];

			if (h->ipid != g->ipid || h->df != g->df || h->window != g->window ||
			    h->id == g->id || !cm_host_eq(&h->host, &j->v->end[g->dir].host))
				continue;
			join_forged(j, i, &h->id);
			break;
		}
	}
}

/* ---- groups ---- */

struct grouping {
	struct cm_judge *j;
	struct cm_group *out;
	unsigned n;
};

static uint8_t
type_of(const struct cm_judge *j, uint32_t i)
{
	if (j->v->proto == 17)
		return CM_INCIDENT_DNS;
	if (j->kind[i] == CM_SEG_SYN && j->v->segs[i].payload_len == 0)
		return CM_INCIDENT_HANDSHAKE;
	return j->kind[i] == CM_SEG_RST ? CM_INCIDENT_RESET : CM_INCIDENT_INJECTION;
}

/* The group for a segment: same direction and trigger are one cause, whether it
 * injects data or resets; a handshake is its own. */
static uint32_t
group_for(struct grouping *g, uint32_t seg, enum cm_excuse excuse, bool undecided)
{
	struct cm_judge *j = g->j;
	unsigned dir = j->v->segs[seg].dir;
	uint8_t type = type_of(j, seg);
	struct cm_group *x;

	for (unsigned k = 0; k < g->n; k++) {
		x = &g->out[k];
		if (x->dir != dir || x->excuse != excuse || x->undecided != undecided)
			continue;
		if (excuse != CM_EXCUSE_NONE)
			return k;
		if (x->trigger != j->trigger[seg] ||
		    (x->type == CM_INCIDENT_HANDSHAKE) != (type == CM_INCIDENT_HANDSHAKE))
			continue;
		if (type == CM_INCIDENT_INJECTION)
			x->type = type;
		return k;
	}
	if (g->n == CM_GROUPS_MAX)
		return CM_NONE;
	g->out[g->n] = (struct cm_group) { dir, j->trigger[seg], type, (uint8_t)excuse, undecided, seg };
	return g->n++;
}

static void
group_accused(struct grouping *g)
{
	for (uint32_t i = 0; i < g->j->v->n; i++)
		if (g->j->status[i] != CM_CLEAR)
			g->j->group[i] = group_for(g, i, CM_EXCUSE_NONE, false);
}

/* First the pairs of which neither is accused: that one of them conflicts with a third
 * that is accused does not decide between the two. */
static void
group_undecided(struct grouping *g, size_t weak)
{
	struct cm_judge *j = g->j;

	for (size_t k = 0; k < j->n_pairs; k++) {
		const struct cm_pair *p = &j->pairs[k];
		uint32_t *ga = &j->group[p->a], *gb = &j->group[p->b];

		if (!pair_counts(j, p, weak) || j->status[p->a] != CM_CLEAR ||
		    j->status[p->b] != CM_CLEAR)
			continue;
		if (*ga == CM_NONE && *gb == CM_NONE)
			*ga = group_for(g, p->a, CM_EXCUSE_NONE, true);
		if (*ga == CM_NONE)
			*ga = *gb;
		if (*gb == CM_NONE)
			*gb = *ga;
	}
}

static void
group_pairs(struct grouping *g)
{
	struct cm_judge *j = g->j;
	size_t weak = count_weak(j);

	group_undecided(g, weak);
	for (size_t k = 0; k < j->n_pairs; k++) {
		const struct cm_pair *p = &j->pairs[k];
		uint32_t *ga = &j->group[p->a], *gb = &j->group[p->b];

		if (!pair_counts(j, p, weak))
			continue;
		if (*ga == CM_NONE)
			*ga = *gb;
		if (*gb == CM_NONE)
			*gb = *ga;
	}
}

bool
cm_verdict_vouched(const struct cm_judge *j, uint32_t seg)
{
	for (size_t k = 0; k < j->n_pairs && j->status[seg] == CM_CLEAR; k++) {
		const struct cm_pair *p = &j->pairs[k];
		uint32_t rival = p->a == seg ? p->b : p->a;
		int margin = p->cue == CM_CUE_DNS_CONFLICT || p->cue == CM_CUE_SYNACK_TWICE
		    ? 1 : CM_CONFLICT_MARGIN;

		if ((p->a == seg || p->b == seg) && p->excuse == CM_EXCUSE_NONE &&
		    j->status[rival] != CM_CLEAR && j->bits[rival] >= j->bits[seg] + margin)
			return true;
	}
	return false;
}

/* What was set aside: one group a direction and cause, with its first pair only. */
static void
group_excused(struct grouping *g)
{
	struct cm_judge *j = g->j;

	for (size_t k = 0; k < j->n_pairs; k++) {
		const struct cm_pair *p = &j->pairs[k];
		unsigned before = g->n;
		uint32_t x;

		if (p->excuse == CM_EXCUSE_NONE ||
		    j->group[p->a] != CM_NONE || j->group[p->b] != CM_NONE)
			continue;
		x = group_for(g, p->a, (enum cm_excuse)p->excuse, false);
		if (g->n > before)
			j->group[p->a] = j->group[p->b] = x;
	}
	for (uint32_t i = 0; i < j->v->n; i++) {
		unsigned before = g->n;
		uint32_t x;

		if (j->group[i] != CM_NONE || !accusable(j, i) || j->set_aside[i] == 0 ||
		    j->bits[i] >= j->params->break_bits ||
		    j->bits[i] + j->set_aside[i] < j->params->break_bits)
			continue;
		x = group_for(g, i, CM_EXCUSE_BALANCER, false);
		if (g->n > before)
			j->group[i] = x;
	}
}

unsigned
cm_verdict_groups(struct cm_judge *j, struct cm_group *out)
{
	struct grouping g = { j, out, 0 };
	bool any = j->n_pairs > 0;

	for (uint32_t i = 0; i < j->v->n; i++) {
		j->status[i] = (uint8_t)status_of(j, i);
		j->group[i] = CM_NONE;
		any |= j->status[i] != CM_CLEAR || j->set_aside[i] != 0;
	}
	if (!any)
		return 0;
	/* E13: what a damaged capture shows proves nothing against anybody. */
	if (!j->corrupt) {
		propagate_hands(j);
		propagate(j);
	}
	group_accused(&g);
	group_pairs(&g);
	group_excused(&g);
	return g.n;
}
