#include <string.h>

#include "vantage/compare_state.h"

enum { STEP_ENOUGH = 4, STEP_FAR = 256, OVERLAPS_MAX = 512 };

/* ---- which way ---- */

/* By the TTL: 1 if A is first, -1 if B is, 0 if it says nothing. */
static int
ttl_says(const struct cm_course *k)
{
	if (k->met == 0 || k->hops_votes == 0)
		return 0;
	return k->hops_usual > 0 ? 1 : k->hops_usual < 0 ? -1 : 0;
}

/* An answer is late where its question was early. */
static int
times_say(const struct cm_course *k, const struct cm_course *back)
{
	if (k->met == 0 || back->met == 0)
		return 0;
	if (k->dt_least >= back->dt_most && k->dt_most > back->dt_least)
		return 1;
	return k->dt_most <= back->dt_least && k->dt_least < back->dt_most ? -1 : 0;
}

static int
clock_says(const struct cm_compare *c, const struct cm_course *k)
{
	const struct cm_offset *o = &c->params.clock;
	int64_t middle;

	if (k->met == 0 || o->how != CM_OFFSET_BOTH_WAYS)
		return 0;
	middle = cm_offset_when(o, k->first_ns[0]);
	if (k->dt_least > middle)
		return 1;
	return k->dt_most < middle ? -1 : 0;
}

unsigned
cm_conv_first(const struct cm_compare *c, const struct cm_conv *v, unsigned dir)
{
	const struct cm_course *k = &v->course[dir], *back = &v->course[!dir];
	int one = ttl_says(k), other = ttl_says(back), says = times_say(k, back);

	/* TTLs that agree, or the only ones; else the times. */
	if (one != 0 && (other == -one || says == 0))
		says = one;
	else if (says == 0)
		says = -other;
	if (says == 0)
		says = clock_says(c, k);
	if (says == 0)
		says = -clock_says(c, back);
	return says == 0 ? 2 : says > 0 ? CM_PLACE_A : CM_PLACE_B;
}

/* ---- one packet that has no match ---- */

struct bench {
	struct cm_compare *c;
	struct cm_conv *v;
	unsigned dir, first; /* place that its packets pass first */
};

static uint32_t
start_there(const struct cm_conv *v, const struct cm_wait *r)
{
	return cm_wait_seq_there(v, r) + ((r->flags & CM_TCP_SYN) != 0);
}

static uint32_t
end_there(const struct cm_conv *v, const struct cm_wait *r)
{
	return start_there(v, r) + r->len;
}

/* Was the other place's capture running? */
static bool
is_outside(const struct cm_compare *c, const struct cm_wait *r)
{
	int64_t t = cm_compare_time(c, r->place, r->t_ns);
	unsigned there = !r->place;
	int64_t begun = cm_compare_time(c, there, c->result.first_ns[there]);

	return !c->has_now[there] || t < begun || t > c->now_ns[there];
}

/* Does it look like those of its direction that met?  Where none but SYN and RST did, who knows. */
static bool
fits_hand(const struct cm_conv *v, const struct cm_wait *r)
{
	const struct cm_sight *s = &v->sight[r->place][r->dir];
	const struct cm_course *k = &v->course[r->dir];

	if (s->hand == 0)
		return true;
	if (r->ttl < s->ttl_least || r->ttl > s->ttl_most)
		return false;
	/* Stacks reset and open with other fields than they send data with. */
	if (r->class == CM_CLASS_RST || r->class == CM_CLASS_SYN)
		return true;
	if ((s->hand & 1u << r->df) == 0 || (s->hand & 4u << r->stamped) == 0 ||
	    (s->hand & 16u << (r->ipid != 0)) == 0)
		return false;
	return k->met < STEP_ENOUGH || r->ipid == 0 || r->step <= 16 * (uint32_t)k->step_most + STEP_FAR;
}

static void
hole(struct cm_compare *c, const struct cm_wait *r)
{
	c->result.holes[!r->place]++;
}

/* Bytes that its sender went on from, and that the other place has not. */
static bool
is_hole(const struct bench *b, const struct cm_wait *r)
{
	const struct cm_cover *there = &b->v->sight[!r->place][r->dir].cover;

	/* A sender goes in order: where it seems not to, its capture has more holes than are kept. */
	return r->class == CM_CLASS_DATA && !cm_cover_has(there, start_there(b->v, r), end_there(b->v, r)) &&
	    (there->ragged || cm_cover_beyond(there, end_there(b->v, r)));
}

/* The same event by another packet: the same FIN, the same SYN. */
static bool
has_equal(const struct bench *b, const struct cm_wait *r)
{
	const struct cm_sight *there = &b->v->sight[!r->place][r->dir];

	if (r->class == CM_CLASS_FIN)
		return there->has_fin && there->fin_at == end_there(b->v, r);
	if (r->class == CM_CLASS_SYN)
		return there->has_isn && there->isn == cm_wait_seq_there(b->v, r);
	return false;
}

/* ---- what the other place has instead ---- */

struct instead {
	const struct cm_compare *c;
	const struct cm_wait *r;
	uint32_t found;
	enum cm_alike alike;
};

static bool
look_instead(void *arg, uint32_t i)
{
	struct instead *k = arg;
	const struct cm_wait *e = &k->c->waits.slot[i];
	enum cm_alike alike;

	if (e->place == k->r->place || e->gone)
		return true;
	alike = cm_wait_alike(e, k->r);
	if (k->found == 0 || alike > k->alike) {
		k->found = i;
		k->alike = alike;
	}
	return true;
}

static struct instead
instead_of(const struct bench *b, const struct cm_wait *r)
{
	const struct cm_course *back = &b->v->course[!r->dir];
	struct instead k = { .c = b->c, .r = r };
	uint32_t ack = back->shift_met == 0 ? r->ack : r->place == CM_PLACE_A ? r->ack + back->shift : r->ack - back->shift;

	cm_waits_walk(&b->c->waits, r, cm_wait_seq_there(b->v, r), ack, look_instead, &k);
	return k;
}

/* The other place has some of those bytes in a segment that is all here, cut in another way, and could
 * not be put together.  (Where it is not all here, this one came in its place.) */
static bool
overlaps(const struct bench *b, const struct cm_wait *r)
{
	const struct cm_wait *w = b->c->waits.slot;
	const struct cm_cover *here = &b->v->sight[r->place][r->dir].cover;
	uint32_t i = b->v->sight[!r->place][r->dir].first;

	for (unsigned k = 0; i != 0 && k < OVERLAPS_MAX; i = w[i].next, k++) {
		uint32_t from = cm_wait_seq_there(b->v, &w[i]), to = from + w[i].len;

		if (r->class == CM_CLASS_DATA && w[i].class == CM_CLASS_DATA && cm_seq_diff(from, r->seq + r->len) < 0 &&
		    cm_seq_diff(to, r->seq) > 0 && cm_cover_has(here, from, to))
			return true;
	}
	return false;
}

/* ---- verdicts ---- */

static void
judge_born(struct bench *b, struct cm_wait *r)
{
	struct cm_compare *c = b->c;
	const struct cm_course *k = &b->v->course[r->dir], *back = &b->v->course[!r->dir];
	bool before = (k->met > 0 && k->first_ns[r->place] <= r->t_ns) ||
	    (back->met > 0 && back->first_ns[r->place] <= r->t_ns);

	if (has_equal(b, r) || (r->copied && (fits_hand(b->v, r))))
		c->result.copies++;
	else if (!before || b->v->crowded)
		cm_compare_tally(c, CM_CAUSE_BEFORE, r);
	else if (r->contradicted && !fits_hand(b->v, r))
		cm_compare_tally(c, CM_CAUSE_CONTRADICTED, r);
	else if (!fits_hand(b->v, r))
		cm_compare_tally(c, CM_CAUSE_HAND, r);
	else if (is_hole(b, r))
		hole(c, r);
	else if (!r->contradicted && overlaps(b, r))
		cm_compare_tally(c, CM_CAUSE_OVERLAP, r);
	else
		cm_compare_tally(c, r->contradicted ? CM_CAUSE_CONTRADICTED : CM_CAUSE_PLAIN, r);
}

/* The receiver has said that it came: then only the capture lacks it. */
static bool
was_acknowledged(const struct bench *b, const struct cm_wait *r)
{
	const struct cm_sight *said = &b->v->sight[!r->place][!r->dir];
	uint32_t end = end_there(b->v, r) + ((r->flags & CM_TCP_FIN) != 0);

	return said->has_ack && cm_seq_diff(said->ack_most, end) >= 0;
}

static void
judge_missing(struct bench *b, struct cm_wait *r)
{
	struct cm_compare *c = b->c;
	const struct cm_sight *there = &b->v->sight[!r->place][r->dir];
	const struct cm_course *k = &b->v->course[r->dir];
	bool stays = r->class == CM_CLASS_DATA || r->class == CM_CLASS_FIN || r->class == CM_CLASS_SYN;

	if (!stays)
		cm_compare_tally(c, CM_CAUSE_LOST_SINGLE, r);
	else if (has_equal(b, r) ||
	    (r->class == CM_CLASS_DATA && cm_cover_has(&there->cover, start_there(b->v, r), end_there(b->v, r))))
		cm_compare_tally(c, CM_CAUSE_LOST, r);
	else if (was_acknowledged(b, r))
		hole(c, r);
	else if (k->met > 0 && k->last_ns[r->place] > r->t_ns && !b->v->crowded && !there->cover.ragged)
		cm_compare_tally(c, CM_CAUSE_KEPT_BACK, r);
	else
		cm_compare_tally(c, CM_CAUSE_BEFORE, r);
}

/* One place has this, the other that, where one packet should be. */
static void
judge_two(struct bench *b, struct cm_wait *late, struct cm_wait *early)
{
	struct cm_compare *c = b->c;
	bool same_id = late->ipid == early->ipid && late->ipid != 0;

	early->gone = 1;
	if (early->len == late->len && (same_id || (late->ipid == 0 && early->ipid == 0 && fits_hand(b->v, late)))) {
		cm_compare_tally(c, CM_CAUSE_REWRITTEN, late);
		cm_compare_tally(c, CM_CAUSE_REWRITTEN, early);
		return;
	}
	cm_compare_tally(c, CM_CAUSE_CONTRADICTED, late);
	/* Another copy of it did arrive. */
	cm_compare_tally(c, early->copied ? CM_CAUSE_LOST : CM_CAUSE_REPLACED, early);
}

static bool
are_other(const struct cm_wait *a, const struct cm_wait *b)
{
	if (a->class == CM_CLASS_DATAGRAM)
		return a->cap == a->len && b->cap == b->len;
	return a->class == CM_CLASS_DATA && a->len > 1 && b->len > 1 &&
	    (a->head != b->head || (a->len == b->len && a->cap == b->cap));
}

static void
count(struct bench *b, const struct cm_wait *r)
{
	unsigned way = b->first == CM_PLACE_B;
	struct cm_compare_direction *d = &b->c->result.dir[way];

	*(r->place == CM_PLACE_A ? &d->only_a : &d->only_b) += 1;
	cm_strip_count(&b->c->strip.left[r->place][way][cm_strip_at(&b->c->strip,
	    cm_compare_time(b->c, r->place, r->t_ns))]);
}

static void
judge_one(struct bench *b, struct cm_wait *r)
{
	struct instead k;

	r->gone = 1;
	if (is_outside(b->c, r)) {
		b->c->result.outside++;
		return;
	}
	if (b->first > CM_PLACE_B) {
		b->c->result.untold++;
		return;
	}
	k = instead_of(b, r);
	/* It is there, and only its identification was written anew. */
	if (k.found != 0 && k.alike != CM_ALIKE_NO) {
		struct cm_wait *o = &b->c->waits.slot[k.found];

		o->gone = 1;
		cm_compare_met(b->c, b->v, r->place == CM_PLACE_A ? r : o, r->place == CM_PLACE_A ? o : r);
		return;
	}
	count(b, r);
	if (r->place == b->first) {
		judge_missing(b, r);
	} else if (k.found != 0 && are_other(r, &b->c->waits.slot[k.found])) {
		count(b, &b->c->waits.slot[k.found]);
		judge_two(b, r, &b->c->waits.slot[k.found]);
	} else {
		judge_born(b, r);
	}
}

/* Later ones first: they may take the place of earlier ones. */
static void
judge_dir(struct bench *b, unsigned place, int64_t before_ns)
{
	struct cm_waits *w = &b->c->waits;

	for (uint32_t i = b->v->sight[place][b->dir].first; i != 0; i = w->slot[i].next)
		if (!w->slot[i].gone && cm_compare_time(b->c, place, w->slot[i].t_ns) < before_ns)
			judge_one(b, &w->slot[i]);
}

static void
clear_dir(struct bench *b, unsigned place)
{
	struct cm_waits *w = &b->c->waits;
	uint32_t next;

	for (uint32_t i = b->v->sight[place][b->dir].first; i != 0; i = next) {
		next = w->slot[i].next;
		if (w->slot[i].gone)
			cm_compare_unlink(b->c, i);
	}
}

void
cm_compare_judge(struct cm_compare *c, uint32_t conv, int64_t before_ns)
{
	struct cm_conv *v = &c->convs.slot[conv];

	if (!v->had[0] || !v->had[1])
		return;
	for (unsigned d = 0; d < 2; d++) {
		struct bench b = { c, v, d, 2 };
		unsigned late;

		cm_compare_recut(c, v, d);
		b.first = cm_conv_first(c, v, d);
		late = b.first == CM_PLACE_B ? CM_PLACE_A : CM_PLACE_B;
		judge_dir(&b, late, before_ns);
		judge_dir(&b, !late, before_ns);
		clear_dir(&b, 0);
		clear_dir(&b, 1);
	}
	cm_compare_flush(c, v);
}
