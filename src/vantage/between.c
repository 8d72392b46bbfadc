#include <stdlib.h>
#include <string.h>

#include "vantage/compare_state.h"

enum { DULL_MAX = 2000, WAY_ENOUGH = 8, GAP_ENOUGH = 3 };

#define STRETCH_NS (SECOND / 10)

/* ---- time in stretches ---- */

/* 2^${times} stretches become one. */
static void
fold(uint32_t *n, unsigned times)
{
	for (size_t i = 0; i < CM_STRETCHES; i++) {
		size_t to = times < 32 ? i >> times : 0;
		uint64_t sum = n[i];

		n[i] = 0;
		sum += n[to];
		n[to] = sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
	}
}

size_t
cm_strip_at(struct cm_strip *s, int64_t t_ns)
{
	unsigned times = 0;

	if (!s->begun) {
		s->begun = true;
		s->base_ns = t_ns;
		s->width_ns = STRETCH_NS;
	}
	if (t_ns <= s->base_ns)
		return 0;
	for (; (t_ns - s->base_ns) / s->width_ns >= CM_STRETCHES; times++)
		s->width_ns *= 2;
	if (times > 0) {
		fold(s->met, times);
		for (unsigned k = 0; k < 4; k++)
			fold(s->left[k / 2][k % 2], times);
	}
	return (size_t)((t_ns - s->base_ns) / s->width_ns);
}

void
cm_strip_count(uint32_t *n)
{
	*n += *n < UINT32_MAX;
}

/* Around then one place saw both ways go by, and hardly anything of it is in the other capture. */
static bool
is_gap(struct cm_compare *c, const struct cm_found *f)
{
	size_t at = cm_strip_at(&c->strip, f->t_a_ns), from = at > 0 ? at - 1 : 0;
	uint64_t met = 0, left[2] = { 0, 0 };

	for (size_t i = from; i <= at + 1 && i < CM_STRETCHES; i++) {
		met += c->strip.met[i];
		left[0] += c->strip.left[f->place][0][i];
		left[1] += c->strip.left[f->place][1][i];
	}
	return left[0] >= GAP_ENOUGH && left[1] >= GAP_ENOUGH && 4 * met <= left[0] + left[1];
}

/* ---- from packets to findings ---- */

void
cm_compare_tally(struct cm_compare *c, enum cm_cause cause, const struct cm_wait *r)
{
	struct cm_tally *t = &c->tally[cause][r->dir];
	uint64_t n = t->n[r->place]++;

	if (n == 0 || r->t_ns < t->t_ns[r->place])
		t->t_ns[r->place] = r->t_ns;
	if (n < CM_COMPARE_FRAMES)
		t->id[r->place][n] = r->id;
}

static int
by_id(const void *a, const void *b)
{
	cm_packet_id x = *(const cm_packet_id *)a, y = *(const cm_packet_id *)b;

	return x < y ? -1 : x > y;
}

static bool
put_frames(struct cm_compare *c, struct cm_compare_finding *f, struct cm_tally *t, unsigned place)
{
	size_t n = t->n[place] < CM_COMPARE_FRAMES ? (size_t)t->n[place] : CM_COMPARE_FRAMES;

	qsort(t->id[place], n, sizeof(t->id[place][0]), by_id);
	f->n_frames[place] = n;
	f->more[place] = t->n[place] - n;
	f->frames[place] = n == 0 ? NULL : cm_arena_copy(&c->arena, t->id[place], n * sizeof(cm_packet_id));
	return n == 0 || f->frames[place] != NULL;
}

static bool
is_dull(enum cm_cause cause)
{
	return cause == CM_CAUSE_LOST || cause == CM_CAUSE_LOST_SINGLE || cause == CM_CAUSE_BEFORE ||
	    cause == CM_CAUSE_OVERLAP;
}

/* ${f} as far as it can be told while the flow is at hand. */
static struct cm_found
found_of(const struct cm_compare *c, const struct cm_conv *v, enum cm_cause cause, unsigned dir)
{
	const struct cm_tally *t = &c->tally[cause][dir];
	unsigned place = t->n[0] > 0 ? CM_PLACE_A : CM_PLACE_B;
	const struct cm_flow_end *src = &v->end[0][dir], *dst = &v->end[0][!dir];

	return (struct cm_found) {
		.f = { .src = src->host, .dst = dst->host, .sport = src->port, .dport = dst->port,
			.proto = v->proto, .t_ns = t->t_ns[place] },
		.cause = cause,
		.place = (uint8_t)place,
		.way = cm_conv_first(c, v, dir) == CM_PLACE_B,
		.unseen_way = v->sight[!place][dir].packets == 0,
		.t_a_ns = cm_compare_time(c, place, t->t_ns[place]),
	};
}

static bool
put(struct cm_compare *c, const struct cm_conv *v, enum cm_cause cause, unsigned dir)
{
	struct cm_found *f = cm_arena_alloc(&c->arena, sizeof(*f));

	if (f == NULL)
		return false;
	*f = found_of(c, v, cause, dir);
	if (!put_frames(c, &f->f, &c->tally[cause][dir], 0) || !put_frames(c, &f->f, &c->tally[cause][dir], 1))
		return false;
	f->next = c->found;
	c->found = f;
	c->listed++;
	return true;
}

void
cm_compare_flush(struct cm_compare *c, const struct cm_conv *v)
{
	for (unsigned k = 0; k < 2 * CM_CAUSES; k++) {
		enum cm_cause cause = (enum cm_cause)(k / 2);
		struct cm_tally *t = &c->tally[cause][k % 2];

		if (t->n[0] + t->n[1] == 0)
			continue;
		c->found_at[cause][0] += t->n[0];
		c->found_at[cause][1] += t->n[1];
		if (c->listed >= (is_dull(cause) ? DULL_MAX : CM_COMPARE_FINDINGS) || !put(c, v, cause, k % 2))
			c->result.not_listed++;
		t->n[0] = t->n[1] = 0;
	}
}

/* ---- what they are ---- */

struct said {
	enum cm_between what;
	const char *why, *rival;
};

static const struct said sayings[CM_CAUSES] = {
	[CM_CAUSE_CONTRADICTED] = { CM_BETWEEN_BORN,
		"where these stand in the stream, the sender's side saw other bytes leave",
		"a proxy that answers from its store" },
	[CM_CAUSE_HAND] = { CM_BETWEEN_BORN,
		"the sender's side never saw them, and they do not look like what did come from there (TTL, DF, "
		"identification or time stamps)",
		"a middlebox that answers for the sender, or a packet that came another way and was not captured" },
	[CM_CAUSE_PLAIN] = { CM_BETWEEN_BORN,
		"the sender's side never saw them, though its capture saw the flow before, was running, and lacks "
		"nothing else that can be told",
		"the sender's side did not capture just these, or they went another way" },
	[CM_CAUSE_REWRITTEN] = { CM_BETWEEN_REWRITTEN,
		"the same packet by its place and its identification, with other bytes",
		"a gateway that writes addresses into payloads, a proxy, or a broken link" },
	[CM_CAUSE_REPLACED] = { CM_BETWEEN_SUPPRESSED,
		"it left the sender's side and did not arrive; other bytes arrived in its place",
		"it was lost, and the others came by themselves" },
	[CM_CAUSE_KEPT_BACK] = { CM_BETWEEN_SUPPRESSED,
		"it left the sender's side, later packets of it arrived, this never did, and the receiver did not "
		"acknowledge it",
		"loss, and a sender that gave up" },
	[CM_CAUSE_LOST] = { CM_BETWEEN_LOST, "the same bytes were sent again and arrived", NULL },
	[CM_CAUSE_LOST_SINGLE] = { CM_BETWEEN_LOST, "such packets are not sent again when they are lost", NULL },
	[CM_CAUSE_BEFORE] = { CM_BETWEEN_UNSEEN,
		"the other capture did not have the flow at that time", NULL },
	[CM_CAUSE_OVERLAP] = { CM_BETWEEN_UNSEEN,
		"segments are cut anew in between, and these overlap others that could not be put together", NULL },
};

static const struct said of_one_way = { CM_BETWEEN_UNSEEN,
	"the other capture has nothing of this direction: it may go another way", NULL };
static const struct said of_drops = { CM_BETWEEN_UNSEEN,
	"the other capture lacks packets that must have passed it: it drops, and these look like the sender's own", NULL };
static const struct said of_gap = { CM_BETWEEN_UNSEEN,
	"the other capture lacks nearly all packets of that moment, both ways", NULL };
static const struct said of_memory = { CM_BETWEEN_UNSEEN,
	"flows were given up for want of memory, and what these lack may have gone with them", NULL };

static const struct said *
say(struct cm_compare *c, const struct cm_found *f)
{
	bool missed = f->cause == CM_CAUSE_PLAIN || f->cause == CM_CAUSE_KEPT_BACK;

	if (missed && c->result.evicted > 0)
		return &of_memory;
	if (f->cause != CM_CAUSE_PLAIN)
		return &sayings[f->cause];
	/* A whole direction of a connection goes another way more easily than it is made up. */
	if (f->unseen_way && (f->f.proto == 6 || c->result.dir[f->way].both < WAY_ENOUGH))
		return &of_one_way;
	if (c->result.holes[!f->place] > 0)
		return &of_drops;
	return is_gap(c, f) ? &of_gap : &sayings[f->cause];
}

/* By the clock of A, so that the order does not depend on how the clocks stand. */
static int
by_what(const void *a, const void *b)
{
	const struct cm_found *x = *(const struct cm_found *const *)a, *y = *(const struct cm_found *const *)b;

	if (x->f.what != y->f.what)
		return x->f.what < y->f.what ? -1 : 1;
	if (x->t_a_ns != y->t_a_ns)
		return x->t_a_ns < y->t_a_ns ? -1 : 1;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return by_id(x->f.frames[x->place], y->f.frames[y->place]);
}

/* Packets of what is not listed are counted as if they were, as far as that can be told. */
static void
count_all(struct cm_compare *c, const uint64_t listed[CM_CAUSES])
{
	for (unsigned k = 0; k < CM_CAUSES; k++) {
		bool drops = k == CM_CAUSE_PLAIN && c->result.holes[0] + c->result.holes[1] > 0;
		uint64_t n = c->found_at[k][0] + c->found_at[k][1] - listed[k];

		c->result.count[drops ? CM_BETWEEN_UNSEEN : sayings[k].what] += n;
	}
}

/* Each is one of four things, now that all of both captures is known. */
static void
decide(struct cm_compare *c, struct cm_found *f, uint64_t listed[CM_CAUSES])
{
	const struct said *s = say(c, f);
	uint64_t packets = f->f.n_frames[0] + f->f.more[0] + f->f.n_frames[1] + f->f.more[1];

	f->f.what = s->what;
	f->f.why = s->why;
	f->f.rival = s->rival;
	listed[f->cause] += packets;
	c->result.count[s->what] += packets;
}

CM_RESULT
cm_compare_tell(struct cm_compare *c)
{
	struct cm_found **all = cm_arena_array(&c->arena, (size_t)c->listed + 1, sizeof(struct cm_found *));
	struct cm_compare_finding *out = cm_arena_array(&c->arena, (size_t)c->listed + 1, sizeof(*out));
	uint64_t listed[CM_CAUSES] = { 0 };
	size_t n = 0;

	if (all == NULL || out == NULL)
		return CM_E_NOMEM;
	for (struct cm_found *f = c->found; f != NULL; f = f->next) {
		decide(c, f, listed);
		all[n++] = f;
	}
	count_all(c, listed);
	qsort(all, n, sizeof(struct cm_found *), by_what);
	for (size_t i = 0; i < n; i++)
		out[i] = all[i]->f;
	c->result.findings = out;
	c->result.n_findings = n;
	return cm_rewrite_tell(c);
}
