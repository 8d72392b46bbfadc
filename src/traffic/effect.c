/* What the target made of a flood: what share of openings it answered before, during, after. */
#include "traffic/finding.h"

#define ENOUGH 20u /* SYNs, to speak of a share */

struct part {
	uint64_t opened, answered, out;
};

static void
add(struct part *p, const struct cm_bin *b)
{
	p->opened += b->opened;
	p->answered += b->answered;
	p->out += b->out;
}

/* Parts per million; -1: too few to say. */
static int32_t
share(const struct part *p)
{
	int64_t ppm = cm_ppm(p->answered, p->opened);

	if (p->opened < ENOUGH)
		return -1;
	return ppm > 1000000 ? 1000000 : (int32_t)ppm;
}

struct cm_effect
cm_effect_unknown(const char *unseen)
{
	return (struct cm_effect) { .syn_answered_ppm = { -1, -1 }, .answer_ms = { -1, -1 },
		.errors_ppm = { -1, -1 }, .answered_ppm = { -1, -1 }, .unseen = unseen };
}

static const char *
unseen(const struct cm_tally *t, const struct part *all, const struct part *before)
{
	if (t->thin > 1)
		return "packets were drawn, and answers can not be paired with questions";
	if (all->out == 0)
		return "one direction only: the capture holds nothing that the target sent";
	if (before->out == 0 && before->opened == 0)
		return "the capture begins inside: what the target did before is not in it";
	if (before->opened < ENOUGH)
		return "too few openings before it to say what share was answered";
	return NULL;
}

/* The first bin in the flood whose share is less than half of before, and the first one
 * behind it that is near it again. */
static void
when(const struct cm_tally *t, int32_t before, struct cm_effect *e)
{
	for (uint32_t i = t->lo; i < t->w->bins.n; i++) {
		const struct cm_bin *b = &t->w->bins.bin[i];
		struct part p = { 0 };

		add(&p, b);
		if (share(&p) < 0)
			continue;
		if (!e->degraded && i <= t->hi && share(&p) < before / 2) {
			e->degraded = true;
			e->degraded_ns = b->from_ns;
		} else if (e->degraded && !e->recovered && share(&p) >= before / 10 * 8) {
			e->recovered = true;
			e->recovered_ns = b->from_ns;
		}
	}
}

struct cm_effect
cm_effect_of(const struct cm_tally *t, const struct cm_traffic_finding *f)
{
	struct part all = { 0 }, before = { 0 }, during = { 0 };
	struct cm_effect e = cm_effect_unknown(NULL);

	if (f->target.net == 0)
		return cm_effect_unknown("many targets: the effect on each is not summed up");
	for (uint32_t i = 0; i < t->w->bins.n; i++) {
		const struct cm_bin *b = &t->w->bins.bin[i];

		add(&all, b);
		if (i < t->lo)
			add(&before, b);
		else if (i <= t->hi)
			add(&during, b);
	}
	e.unseen = unseen(t, &all, &before);
	if (t->thin > 1 || all.out == 0)
		return e;
	e.syn_answered_ppm[0] = share(&before);
	e.syn_answered_ppm[1] = share(&during);
	if (e.syn_answered_ppm[0] > 0)
		when(t, e.syn_answered_ppm[0], &e);
	return e;
}
