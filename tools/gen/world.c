#include "world.h"

#include <stdlib.h>

#define MS ((int64_t)GEN_MS)
#define SEC ((int64_t)GEN_SEC)
#define SITE 0xcb00710au /* 203.0.113.10 */
#define FAR_CLIENTS 90000u

uint32_t
gen_load_at(const struct gen_load *l, int64_t t)
{
	if (l->to == 0 || t <= l->from || t >= l->to + l->relief)
		return 0;
	if (t < l->from + l->onset)
		return (uint32_t)((t - l->from) * 1000 / l->onset);
	if (t > l->to)
		return (uint32_t)((l->to + l->relief - t) * 1000 / l->relief);
	return 1000;
}

struct gen_host
gen_host_far(struct gen_sim *s, uint32_t n, bool v6)
{
	struct gen_host h = *gen_host_client(s, n, v6);

	if (!v6 &&
	    n >=
		FAR_CLIENTS) /* 198.18.0.0/15 is used up: the next of 100.64.0.0/10, skipping about */
		h.addr = gen_addr_v4(0x64400000u | ((n * 2654435761u) & 0x3fffff));
	h.hops = (uint8_t)gen_rng_range(&s->rng, 6, 21);
	h.owd = gen_rng_range(&s->rng, 4000, 90000) * (int64_t)GEN_US;
	return h;
}

/* The capture's time, and that of what is planted.  A capture that begins inside begins after
 * five seconds of it, so that connections are under way. */
static void
set_times(struct gen_world *w)
{
	struct gen_sim *s = w->s;
	int64_t lasts =
	    (int64_t)(w->n * 1000 / w->pps) * MS + (int64_t)(w->n % w->pps == 0 ? 0 : MS);

	w->begin = s->t;
	w->from = s->t + (int64_t)s->o.before * SEC;
	w->to = w->from + lasts;
	w->end = w->to + (int64_t)s->o.after * SEC;
	s->since = 0;
	s->until = 0;
	if (!s->o.begin_inside)
		return;
	w->from = s->t;
	s->since = s->t + 5 * SEC;
	s->until = s->since + lasts;
	w->to = s->until + SEC;
	w->end = w->to;
	w->n += (uint64_t)w->pps * 6;
}

static bool
invite_visitors(struct gen_world *w)
{
	struct gen_sim *s = w->s;

	if (s->o.background == 0)
		return true;
	w->visitors = calloc(s->o.background, sizeof(*w->visitors));
	if (w->visitors == NULL)
		return false;
	for (uint32_t i = 0; i < s->o.background; i++) {
		w->visitors[i].again = true;
		gen_visitor_come(
		    w, &w->visitors[i], w->begin + gen_rng_below(&s->rng, 9000) * MS + MS);
	}
	return true;
}

bool
gen_world_start(struct gen_world *w, struct gen_sim *s, const struct gen_plan *p)
{
	struct gen_plant plant = { .kind = p->kind,
		.verdict = p->verdict,
		.name = p->name,
		.service = p->service,
		.port = p->port,
		.truth = p->truth,
		.has_target = true };

	*w = (struct gen_world) { .s = s, .next_client = 1 };
	w->n = s->o.planted != 0 ? s->o.planted : p->packets;
	w->pps = s->o.pps != 0 ? s->o.pps : p->pps;
	set_times(w);
	s->server_near = true;
	w->site.host =
	    *gen_host_make(s, gen_sim_wants_v6(s) ? gen_addr_v6(0x00050000, 10) : gen_addr_v4(SITE),
		GEN_LINUX, 0, gen_rng_range(&s->rng, 80, 300) * (int64_t)GEN_US);
	w->site.name = "www.example.org";
	w->site.port = 80;
	plant.target = w->site.host.addr;
	plant.from = w->from;
	plant.to = w->to;
	w->plant = gen_story_plant(&s->story, &plant);
	if (w->plant == 0 || !invite_visitors(w)) {
		s->failed = true;
		return false;
	}
	return true;
}

struct gen_plant *
gen_world_plant(const struct gen_world *w)
{
	return gen_story_at(&w->s->story, w->plant);
}

bool
gen_world_over(const struct gen_world *w)
{
	return w->s->full || w->s->failed || w->agenda.failed ||
	       (w->also != NULL && (w->also->full || w->also->failed));
}

static void
move_on(struct gen_world *w, int64_t t)
{
	if (w->also != NULL)
		gen_sim_advance(w->also, t);
	gen_sim_advance(w->s, t);
}

void
gen_world_run(struct gen_world *w, int64_t until)
{
	while (gen_agenda_next(&w->agenda) < until && !gen_world_over(w)) {
		struct gen_event e = gen_agenda_take(&w->agenda);

		move_on(w, e.t);
		e.act(w, e.who);
	}
	if (w->agenda.failed)
		w->s->failed = true;
	move_on(w, until);
}

void
gen_world_end(struct gen_world *w)
{
	struct gen_sim *s = w->s;

	gen_world_run(w, w->end);
	move_on(w, w->end + 60 * SEC); /* what was begun is carried through */
	s->since = 0;
	s->until = 0;
	s->server_near = false;
	free(w->visitors);
	gen_agenda_release(&w->agenda);
}
