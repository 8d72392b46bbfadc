/* Crowds of requests that nobody means ill: each has something of a flood, and something that
 * a flood has not. */
#include "asker.h"

#include <stdlib.h>

#define MS ((int64_t)GEN_MS)
#define SEC ((int64_t)GEN_SEC)

static void
slow_down(struct gen_world *w)
{
	w->site.load = (struct gen_load) { .from = w->from,
		.to = w->to,
		.onset = 10 * SEC,
		.relief = 10 * SEC,
		.syn_lost = 15,
		.silent = 2,
		.errors = 4,
		.slower = 250 * MS };
}

/* Soon after the news is out most come; then fewer and fewer. */
static int64_t
arrival(struct gen_world *w)
{
	struct gen_rng *rng = &w->s->rng;
	uint32_t a = gen_rng_below(rng, 1000), b = gen_rng_below(rng, 1000);
	int64_t lasts = w->to - w->from;

	if (gen_rng_chance(rng, 1, 4))
		return w->from + lasts / 5 * (a > b ? a : b) / 1000;
	return w->from + lasts / 5 + lasts / 5 * 4 / 1000 * (a < b ? a : b);
}

static void
run_news(struct gen_sim *s)
{
	static const char *const from[10] = { "https://bignews.example/top/harbour",
		"https://bignews.example/top/harbour", "https://bignews.example/top/harbour",
		"https://bignews.example/top/harbour", "https://bignews.example/top/harbour",
		"https://bignews.example/", "https://social.example/", "https://search.example/",
		NULL, NULL };
	static const struct gen_plan plan = { "crowd", "benign", "news", NULL, 60000, 1000, 80,
		GEN_CROWD };
	struct gen_world w;
	struct gen_visitor *v;
	uint32_t n;

	if (!gen_world_start(&w, s, &plan))
		return;
	n = s->o.clients != 0 ? s->o.clients : (uint32_t)(w.n / 30 + 1);
	v = calloc(n, sizeof(*v));
	if (v == NULL)
		s->failed = true;
	slow_down(&w);
	for (uint32_t i = 0; i < n && v != NULL; i++) {
		v[i] = (struct gen_visitor) { .host = gen_host_far(
						  s, w.next_client++, w.site.host.addr.v6),
			.seed = (uint32_t)gen_rng_next(&s->rng),
			.pages = 1 + gen_rng_below(&s->rng, 8) / 5,
			.landing = "/news/77",
			.referer = from[gen_rng_below(&s->rng, 10)],
			.plant = w.plant,
			.think_ms = 15000 };
		gen_visitor_come(&w, &v[i], arrival(&w));
	}
	gen_world_plant(&w)->clients = n;
	gen_world_end(&w);
	free(v);
}

struct many {
	struct gen_plan plan;
	struct gen_habit habit;
	uint32_t clients; /* 0: as many as the packets want, so many packets each: */
	uint32_t packets_each;
	bool one_source;
	bool whole; /* goes on all the time, not in the middle only */
};

static void
run_many(struct gen_sim *s, const struct many *m)
{
	struct gen_world w;
	struct gen_asker *a;
	uint32_t n;
	int64_t spread;

	if (!gen_world_start(&w, s, &m->plan))
		return;
	if (m->whole) {
		w.from = w.begin + SEC;
		w.to = w.end;
	}
	spread = m->habit.stay_most == 1 ? w.to - w.from : 2 * SEC;
	n = m->clients != 0 ? m->clients : (uint32_t)(w.n / m->packets_each + 1);
	if (s->o.clients != 0)
		n = s->o.clients;
	a = gen_askers(&w, &m->habit, n, w.from, spread);
	if (m->one_source && a != NULL)
		a[0].host.owd = 3 * MS;
	for (uint32_t i = 1; i < n && a != NULL && m->one_source; i++)
		a[i].host = a[0].host;
	if (m->one_source)
		gen_world_plant(&w)->clients = 1;
	gen_world_end(&w);
	free(a);
}

static void
run_load_test(struct gen_sim *s)
{
	static const char *const targets[] = { "/", "/news/8", "/articles/9" };
	static const struct many m = { .plan = { "crowd", "benign", "load-test", NULL, 60000, 3000,
					   80, GEN_CROWD },
		.habit = { .targets = targets,
		    .n_targets = 3,
		    .host = "www.example.org",
		    .agent = "ApacheBench/2.3",
		    .period_least = 20,
		    .period_most = 60,
		    .body_least = 4000,
		    .body_most = 4000,
		    .per_connection = 100000 },
		.clients = 40,
		.one_source = true };

	run_many(s, &m);
}

/* Each who opens the mail fetches one image, whose name says whose mail it was. */
static void
run_mailing(struct gen_sim *s)
{
	static const char *const targets[] = { "/mail/open.gif?m=" };
	static const struct many m = { .plan = { "crowd", "benign", "mailing", NULL, 30000, 800, 80,
					   GEN_CROWD },
		.habit = { .targets = targets,
		    .n_targets = 1,
		    .host = "www.example.org",
		    .accept = "image/avif,image/webp,*/*",
		    .buster = GEN_BUST_TOKEN,
		    .period_least = 900,
		    .period_most = 5000,
		    .stay_least = 1,
		    .stay_most = 1,
		    .body_least = 43,
		    .body_most = 43,
		    .per_connection = 2 },
		.packets_each = 8 };

	run_many(s, &m);
}

static void
run_monitoring(struct gen_sim *s)
{
	static const char *const targets[] = { "/health" };
	static const struct many m = { .plan = { "crowd", "benign", "monitoring", NULL, 400, 10, 80,
					   GEN_CROWD },
		.habit = { .targets = targets,
		    .n_targets = 1,
		    .host = "www.example.org",
		    .agent = "check_http/v2.3.3 (monitoring-plugins 2.3.3)",
		    .period_least = 2000,
		    .period_most = 2000,
		    .body_least = 3,
		    .body_most = 3,
		    .per_connection = 1 },
		.clients = 5,
		.whole = true };

	run_many(s, &m);
}

/* The hard one: a cache-buster in milliseconds every two seconds, and nothing wrong with it. */
static void
run_polling(struct gen_sim *s)
{
	static const char *const targets[] = { "/api/live?_=" };
	static const struct many m = { .plan = { "crowd", "benign", "polling", NULL, 60000, 1500,
					   80, GEN_CROWD },
		.habit = { .targets = targets,
		    .n_targets = 1,
		    .host = "www.example.org",
		    .referer = "http://www.example.org/live",
		    .landing = "/live",
		    .accept = "application/json",
		    .cookies = true,
		    .buster = GEN_BUST_MS,
		    .period_least = 2000,
		    .period_most = 2010,
		    .stay_least = 15000,
		    .stay_most = 180000,
		    .body_least = 180,
		    .body_most = 700,
		    .per_connection = 500,
		    .replaced = true },
		.packets_each = 80 };

	run_many(s, &m);
}

const struct gen_episode gen_crowd_episodes[] = {
	{ "crowd", "news", run_news, "a story is linked by a big site" },
	{ "crowd", "load-test", run_load_test, "one source asks as fast as it can" },
	{ "crowd", "mailing", run_mailing, "one image each, with a token of its own" },
	{ "crowd", "monitoring", run_monitoring,
	    "five hosts ask every two seconds whether it is there" },
	{ "crowd", "polling", run_polling,
	    "a page asks its own site every two seconds, the time as query" },
	{ NULL, NULL, NULL, NULL },
};
