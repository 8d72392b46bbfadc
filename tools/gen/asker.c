#include "asker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS ((int64_t)GEN_MS)

void
gen_asker_draw(struct gen_world *w, struct gen_asker *a, const struct gen_habit *habit)
{
	struct gen_sim *s = w->s;
	char site[64];

	*a = (struct gen_asker) { .habit = habit, .plant = w->plant };
	a->host = gen_host_far(s, w->next_client++, w->site.host.addr.v6);
	a->seed = (uint32_t)gen_rng_next(&s->rng);
	a->period_ms = gen_rng_range(&s->rng, habit->period_least, habit->period_most);
	a->turn = gen_rng_below(&s->rng, habit->n_targets);
	a->clock = ((int64_t)gen_rng_below(&s->rng, 4000) - 2000) * MS;
	if (a->seed % 16 == 0)
		a->clock *= 200; /* few clocks are not set by anybody */
	if (habit->referer != NULL) {
		snprintf(a->referer, sizeof(a->referer), "%s", habit->referer);
	} else if (habit->sites > 0) {
		gen_site_name(site, sizeof(site), gen_rng_below(&s->rng, habit->sites));
		snprintf(a->referer, sizeof(a->referer), "http://%s/%s", site,
		    a->seed % 3 == 0   ? ""
		    : a->seed % 3 == 1 ? "index.html"
				       : "today/");
	}
	gen_world_plant(w)->clients++;
}

static size_t
write_target(struct gen_world *w, struct gen_asker *a, char *out, size_t size)
{
	const struct gen_habit *h = a->habit;
	const char *path = h->targets[a->turn++ % h->n_targets];
	struct gen_rng *rng = &w->s->rng;

	switch (h->buster) {
	case GEN_BUST_MS:
		return (size_t)snprintf(
		    out, size, "%s%lld", path, (long long)((a->c.now + a->clock) / MS));
	case GEN_BUST_RANDOM:
		return (size_t)snprintf(out, size, "%s%u", path, gen_rng_below(rng, 1000000000));
	case GEN_BUST_TOKEN:
		return (size_t)snprintf(
		    out, size, "%s%08x%08x", path, a->seed, (unsigned)(gen_rng_next(rng) >> 32));
	default:
		return (size_t)snprintf(out, size, "%s", path);
	}
}

static bool
connect_asker(struct gen_world *w, struct gen_asker *a)
{
	gen_conn_start(&a->c, a->sim != NULL ? a->sim : w->s, a->who != NULL ? a->who : &a->host,
	    a->site != NULL ? a->site : &w->site.host, w->site.port);
	a->c.plant[GEN_CLIENT] = a->plant;
	a->c.relay = a->relay;
	a->open = gen_visit_open(w, &a->c, 2);
	a->left = a->habit->per_connection;
	return a->open;
}

static void
ask_once(struct gen_world *w, struct gen_asker *a)
{
	const struct gen_habit *h = a->habit;
	char target[256], cookie[48];
	struct gen_ask ask = { .host = h->host,
		.target = target,
		.agent = h->agent != NULL ? h->agent : gen_agent(a->seed),
		.referer = a->referer[0] == '\0' ? NULL : a->referer,
		.cookie = h->cookies ? cookie : NULL,
		.accept = h->accept,
		.body = gen_rng_range(&w->s->rng, h->body_least, h->body_most),
		.close = a->left == 1 };

	(void)write_target(w, a, target, sizeof(target));
	snprintf(cookie, sizeof(cookie), "sid=%08x%08x", a->seed, a->seed * 2654435761u);
	if (a->first == 0)
		a->first = a->c.now;
	a->asked++;
	a->left--;
	if (gen_visit_ask(w, &a->c, &ask).status == 0)
		a->open = false;
	if (a->open && a->left == 0) {
		gen_conn_close(&a->c, GEN_SERVER);
		a->open = false;
	}
}

/* The page that asks comes first, with what belongs to it. */
static bool
look_around(struct gen_world *w, struct gen_asker *a)
{
	static const char *const parts[] = { NULL, "/static/site.css", "/static/live.js",
		"/img/logo.png" };
	struct gen_ask ask = { .host = a->habit->host, .agent = gen_agent(a->seed) };

	if (a->habit->landing == NULL || a->first != 0)
		return true;
	for (uint32_t i = 0; i < 4 && a->open; i++) {
		ask.target = i == 0 ? a->habit->landing : parts[i];
		ask.referer = i == 0 ? "https://search.example/" : a->referer;
		ask.body = gen_rng_range(&w->s->rng, 900, 7000);
		a->open = gen_visit_ask(w, &a->c, &ask).status != 0;
	}
	return a->open;
}

static void
act(struct gen_world *w, void *who)
{
	struct gen_asker *a = who;
	const struct gen_habit *h = a->habit;
	struct gen_sim *s = w->s;
	int64_t period = (int64_t)a->period_ms * MS, next;

	if (a->gone) {
		gen_asker_draw(w, a, h);
		gen_asker_come(w, a, s->t);
		return;
	}
	if ((a->leaves != 0 && s->t >= a->leaves) || s->t >= w->to) {
		if (a->open)
			gen_conn_close(&a->c, GEN_CLIENT);
		a->open = false;
		a->gone =
		    true; /* its last packets are not written yet, and count with its counters */
		if (h->replaced && s->t < w->to)
			gen_agenda_add(&w->agenda, s->t + period, act, a);
		return;
	}
	if (a->open && a->c.now < s->t)
		a->c.now = s->t;
	if ((a->open || connect_asker(w, a)) && look_around(w, a))
		ask_once(w, a);
	next = s->t + period + ((int64_t)gen_rng_below(&s->rng, 81) - 40) * period / 1000;
	gen_agenda_add(&w->agenda, next > a->c.now ? next : a->c.now + 5 * MS, act, a);
}

void
gen_asker_come(struct gen_world *w, struct gen_asker *a, int64_t t)
{
	const struct gen_habit *h = a->habit;

	if (h->stay_most > 0)
		a->leaves = t + gen_rng_range(&w->s->rng, h->stay_least, h->stay_most) * MS;
	gen_agenda_add(&w->agenda, t, act, a);
}

struct gen_asker *
gen_askers(
    struct gen_world *w, const struct gen_habit *habit, uint32_t n, int64_t from, int64_t spread)
{
	struct gen_asker *a = calloc(n, sizeof(*a));

	if (a == NULL) {
		w->s->failed = true;
		return NULL;
	}
	for (uint32_t i = 0; i < n; i++) {
		gen_asker_draw(w, &a[i], habit);
		gen_asker_come(
		    w, &a[i], from + gen_rng_below(&w->s->rng, (uint32_t)(spread / MS) + 1) * MS);
	}
	return a;
}

void
gen_habit_tell(struct cm_buf *b, const struct gen_habit *h)
{
	static const char *const busters[] = { "none", "milliseconds since 1970", "random number",
		"token" };

	gen_json_text(b, "host", h->host);
	cm_buf_add_str(b, ",\"paths\":[");
	for (uint32_t i = 0; i < h->n_targets; i++)
		cm_buf_printf(b, "%s\"%.*s\"", i == 0 ? "" : ",", (int)strcspn(h->targets[i], "?"),
		    h->targets[i]);
	cm_buf_add_str(b, "]");
	gen_json_text(b, "buster", busters[h->buster]);
	gen_json_number(b, "period_least_ms", h->period_least);
	gen_json_number(b, "period_most_ms", h->period_most);
	gen_json_number(b, "referer_sites", h->referer != NULL ? 1 : h->sites);
	gen_json_flag(b, "cookies", h->cookies);
}
