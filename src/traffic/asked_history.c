#include <stdlib.h>
#include <string.h>

#include "traffic/asked_history.h"
#include "traffic/finding.h"

#define AROUND_NS (2 * CM_ASKED_SECOND) /* before and after a short finding */
#define GRAIN_NS INT64_C(50000000)	 /* a part is no shorter, so long as there is something in it to divide */
#define KEPT (CM_HISTORY_PARTS * 3 / 4)
#define FINE 1024u /* parts of an answer, so that a mean of few is one */
#define UNLIKE 8u /* times dearer: neighbours whose rates differ by four or more */

CM_RESULT
cm_histories_init(struct cm_histories *h, size_t memory)
{
	size_t max = memory / sizeof(struct cm_history);

	h->max = max > 65536 ? 65536 : max < 8 ? 8 : (uint32_t)max;
	h->all = calloc(h->max, sizeof(*h->all));
	return h->all != NULL ? CM_OK : CM_E_NOMEM;
}

void
cm_histories_release(struct cm_histories *h)
{
	free(h->all);
	*h = (struct cm_histories) { 0 };
}

/* Whose it is; NULL: nobody's, for the name it was of had to go. */
static const struct cm_name *
owner(const struct cm_history *h, const struct cm_asked_names *names)
{
	const struct cm_name *name = h->name == 0 ? NULL : &names->all[h->name - 1];

	return name != NULL && name->generation == h->generation ? name : NULL;
}

struct cm_history *
cm_history_of(const struct cm_histories *h, const struct cm_asked_names *names, const struct cm_name *name)
{
	return name->history == 0 || owner(&h->all[name->history - 1], names) != name ? NULL : &h->all[name->history - 1];
}

/* One that nobody has, or else the one of the name asked for least. */
static struct cm_history *
least(const struct cm_histories *h, const struct cm_asked_names *names, uint64_t below)
{
	struct cm_history *best = NULL;

	for (uint32_t i = 0; i < h->max; i++) {
		const struct cm_name *name = owner(&h->all[i], names);

		if (name == NULL)
			return &h->all[i];
		if (name->n < below && name->episode == NULL && name->found == 0) {
			below = name->n;
			best = &h->all[i];
		}
	}
	return best;
}

/* ---- parts ---- */

static int64_t
length(const struct cm_history_part *p)
{
	return p->to_ns - p->from_ns > GRAIN_NS ? p->to_ns - p->from_ns : GRAIN_NS;
}

/* How much of all, in time and in requests, would lie in what parts ${i} and the next one become. */
static uint64_t
price(const struct cm_history *h, uint32_t i, uint64_t all_ns, uint64_t all)
{
	const struct cm_history_part *a = &h->part[i], *b = a + 1;
	uint64_t ra = cm_per_second((uint64_t)a->asked * 1000, length(a)), rb = cm_per_second((uint64_t)b->asked * 1000, length(b));
	uint64_t n = cm_mul_div((uint64_t)b->to_ns - (uint64_t)a->from_ns, 1 << 20, all_ns) +
	    cm_mul_div((uint64_t)a->asked + b->asked, 1 << 20, all) + 1;

	return ra / 4 > rb || rb / 4 > ra ? n * UNLIKE : n;
}

static void
join(struct cm_history *h, uint32_t i)
{
	struct cm_history_part *a = &h->part[i], *b = a + 1;

	a->to_ns = b->to_ns > a->to_ns ? b->to_ns : a->to_ns;
	a->asked = cm_add_u32(a->asked, b->asked);
	a->answered = cm_add_u32(a->answered, b->answered);
	a->errors = cm_add_u32(a->errors, b->errors);
	a->timed = cm_add_u32(a->timed, b->timed);
	a->took_ms = cm_add_u32(a->took_ms, b->took_ms);
	memmove(b, b + 1, (h->n - i - 2) * sizeof(*b));
	h->n--;
}

/* The first of the two that cost least to join. */
static uint32_t
cheapest(const struct cm_history *h, uint64_t all_ns, uint64_t all)
{
	uint64_t best = UINT64_MAX, other;
	uint32_t i, at = 0;

	for (i = 0; i + 1 < h->n; i++) {
		other = price(h, i, all_ns, all);
		at = other < best ? i : at;
		best = other < best ? other : best;
	}
	return at;
}

static void
shrink(struct cm_history *h)
{
	uint64_t all_ns = (uint64_t)h->part[h->n - 1].to_ns - (uint64_t)h->part[0].from_ns + 1, all = 1;
	uint32_t i;

	for (i = 0; i < h->n; i++)
		all += h->part[i].asked;
	while (h->n > KEPT)
		join(h, cheapest(h, all_ns, all));
}

/* The part of that time; events out of order go to an earlier one. */
static struct cm_history_part *
part_at(struct cm_history *h, int64_t t_ns)
{
	uint32_t i = h->n - 1;

	if (h->n == 0 || t_ns - h->part[i].from_ns >= GRAIN_NS) {
		if (h->n == CM_HISTORY_PARTS)
			shrink(h);
		h->part[h->n] = (struct cm_history_part) { .from_ns = t_ns, .to_ns = t_ns };
		return &h->part[h->n++];
	}
	while (i > 0 && t_ns < h->part[i].from_ns)
		i--;
	if (t_ns > h->part[i].to_ns)
		h->part[i].to_ns = t_ns;
	return &h->part[i];
}

/* ---- filling ---- */

void
cm_history_begin(struct cm_histories *h, const struct cm_asked_names *names, struct cm_name *name)
{
	const struct cm_block *b = &name->block;
	struct cm_history *mine;

	if (cm_history_of(h, names, name) != NULL)
		return;
	mine = least(h, names, name->n);
	if (mine == NULL)
		return;
	memset(mine, 0, sizeof(*mine));
	mine->name = (uint32_t)(name - names->all) + 1;
	mine->generation = name->generation;
	mine->n = 1;
	mine->part[0] = (struct cm_history_part) { .from_ns = b->from_ns, .to_ns = b->last_ns, .asked = (uint32_t)b->n,
		.answered = (uint32_t)name->now.answered, .errors = (uint32_t)name->now.errors };
	name->history = (uint32_t)(mine - h->all) + 1;
}

void
cm_history_ask(struct cm_history *h, int64_t t_ns)
{
	if (h != NULL)
		cm_bump(&part_at(h, t_ns)->asked);
}

void
cm_history_answer(struct cm_history *h, int64_t t_ns, bool error, int64_t took_ns)
{
	uint64_t ms = took_ns < 0 ? 0 : (uint64_t)took_ns / 1000000;
	struct cm_history_part *p;

	if (h == NULL)
		return;
	p = part_at(h, t_ns);
	cm_bump(&p->answered);
	p->errors = cm_add_u32(p->errors, error);
	if (took_ns < 0)
		return;
	cm_bump(&p->timed);
	p->took_ms = cm_add_u32(p->took_ms, ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms);
}

/* ---- drawing ---- */

/* Logs have times in whole seconds; then bins are whole seconds, too. */
static bool
in_seconds(const struct cm_history *h)
{
	for (uint32_t i = 0; i < h->n; i++)
		if (h->part[i].from_ns % CM_ASKED_SECOND != 0 || h->part[i].to_ns % CM_ASKED_SECOND != 0)
			return false;
	return true;
}

/* What came while it was going on is of it. */
static void
part_in(struct cm_traffic_series *s, int64_t from_ns, int64_t to_ns)
{
	for (uint32_t i = 0; i < s->n; i++) {
		int64_t begins = s->from_ns + (int64_t)i * s->width_ns;

		if (begins + s->width_ns > from_ns && begins <= to_ns)
			continue;
		s->rest[i] = s->in[i];
		s->in[i] = 0;
	}
}

void
cm_history_series(const struct cm_history *h, int64_t from_ns, int64_t to_ns, const int64_t seen[2],
    struct cm_traffic_series *out)
{
	int64_t around = (to_ns - from_ns) / 4 > AROUND_NS ? (to_ns - from_ns) / 4 : AROUND_NS;
	int64_t from = from_ns - around > seen[0] ? from_ns - around : seen[0];
	int64_t to = to_ns + around < seen[1] ? to_ns + around : seen[1];
	uint64_t timed[CM_TRAFFIC_BINS] = { 0 };

	cm_series_begin(out, from < from_ns ? from : from_ns, to > to_ns ? to : to_ns, in_seconds(h) ? CM_ASKED_SECOND : 1);
	out->effect_is = CM_SERIES_ANSWERS;
	for (uint32_t i = 0; i < h->n; i++) {
		const struct cm_history_part *p = &h->part[i];

		cm_series_spread(out, p->from_ns, p->to_ns, out->in, p->asked);
		cm_series_spread(out, p->from_ns, p->to_ns, out->out, p->answered);
		cm_series_spread(out, p->from_ns, p->to_ns, out->effect[0], p->errors);
		cm_series_spread(out, p->from_ns, p->to_ns, timed, (uint64_t)p->timed * FINE);
		cm_series_spread(out, p->from_ns, p->to_ns, out->effect[1], (uint64_t)p->took_ms * FINE);
	}
	for (uint32_t i = 0; i < out->n; i++)
		out->effect[1][i] = timed[i] == 0 ? 0 : out->effect[1][i] * 1000 / timed[i];
	part_in(out, from_ns, to_ns);
}
