/* The whole of it: a script in somebody else's traffic, and the flood it makes.
 *
 * Two captures of one world.  A: the border of a network whose people read unrelated sites that
 * embed one script of statistics; some of the requests for it are answered by the cannon.
 * B: the victim's, with the flood of browsers from elsewhere, those of A among them, and its
 * visitors.  What goes from A to the victim and back is seen at both: the same packets, hops
 * and milliseconds apart, by clocks that do not agree.  The victim's log is by its host's. */
#include "asker.h"
#include "cannon.h"
#include "path.h"
#include "weblog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS ((int64_t)GEN_MS)
#define SEC ((int64_t)GEN_SEC)
#define SITES 90u
#define VICTIM "mirror.example"
#define STATISTICS "stat.example.net"

/* One of the bystanders. */
struct reader {
	struct gen_host host;
	struct gen_asker asker; /* what the script makes of its browser */
	uint32_t seed, site;
	bool scripted; /* the cannon's answer came, and was believed */
	bool before;   /* had the script before the capture began */
	bool running;
	int64_t script_t;
	uint32_t tag;
	char page[128];
	struct chain *chain;
};

struct chain {
	struct gen_world w; /* beside the victim: B */
	struct gen_sim *a;
	struct gen_host victim; /* as it is from A */
	struct gen_host site[SITES], statistics;
	struct gen_habit habit, page; /* of the flood; of a bystander's page, until the next one */
	struct reader *reader;
	uint32_t n;
	uint64_t eligible, injected, lost, honest;
	char script[3072];
	struct gen_path path;
};

static const char *const targets[] = { "/greatfire/?", "/cn-nytimes/?" };

/* A datagram seen at A, as B sees it. */
static void
relay(struct gen_sim *a, const struct gen_shot *shot, const uint8_t *dgram, size_t len)
{
	struct chain *x = a->relay_ctx;
	struct gen_sim *b = x->w.s;
	struct gen_shot there = gen_path_shot(&x->path, b, shot);

	memcpy(b->scratch, dgram, len);
	gen_path_ttl(&x->path, b->scratch, shot->to_client);
	gen_sim_shoot(b, &there, b->scratch, len);
}

static void
log_it(struct gen_world *w, const struct gen_conn *c, const struct gen_ask *ask,
    const struct gen_asked *got)
{
	struct chain *x = w->ctx;
	struct gen_sim *b = w->s;
	int64_t t = c->relay != 0 ? gen_path_time(&x->path, got->t, false) : got->t;
	char client[48];
	struct gen_line l = { .client = client,
		.port = c->e[GEN_CLIENT].port,
		.came = gen_sim_clock(b, t),
		.ask = ask,
		.got = got };

	if (b->notes == NULL)
		return;
	gen_addr_text(client, sizeof(client), &c->e[GEN_CLIENT].host->addr);
	gen_log_line(b, b->o.log_form, t + got->took, &l);
}

static bool
firing(const struct chain *x, int64_t t)
{
	return t >= x->w.from && t < x->w.to;
}

/* The script runs as long as the page is open. */
static void
run_script(struct reader *r, int64_t t, int64_t leaves)
{
	struct chain *x = r->chain;
	struct gen_asker *a = &r->asker;

	if (t >= x->w.to)
		return;
	a->habit = &x->page;
	a->who = &r->host;
	a->sim = x->a;
	a->site = &x->victim;
	a->relay = 1;
	a->plant = x->w.plant;
	a->seed = r->seed;
	a->period_ms = gen_rng_range(&x->a->rng, x->page.period_least, x->page.period_most);
	a->clock = ((int64_t)(r->seed % 3000) - 1500) * MS;
	a->leaves = leaves;
	a->gone = false;
	snprintf(a->referer, sizeof(a->referer), "%s", r->page);
	gen_asker_come(&x->w, a, t);
	r->running = true;
}

static void
ask_statistics(struct reader *r, int64_t t)
{
	struct chain *x = r->chain;
	struct gen_sim *a = x->a;
	char request[1024];
	struct gen_ask ask = { .host = STATISTICS,
		.target = "/h.js?id=7c1d",
		.agent = gen_agent(r->seed),
		.referer = r->page };
	struct gen_forgery f = { .request = request, .script = x->script };
	struct gen_http h = { .type = "text/javascript", .body = 900, .server = "nginx" };
	char answer[2048];
	struct gen_conn c;

	gen_conn_start(&c, a, &r->host, &x->statistics, 80);
	c.now = t;
	gen_conn_handshake(&c);
	f.len = gen_ask_write(request, sizeof(request), &ask);
	x->eligible += firing(x, c.now);
	if (!firing(x, c.now) || gen_rng_below(&a->rng, 100000) >= a->o.rate) {
		gen_conn_send(&c, GEN_CLIENT, request, f.len);
		gen_conn_wait(&c, gen_rng_range(&a->rng, 300, 4000) * (int64_t)GEN_US);
		gen_conn_send(
		    &c, GEN_SERVER, answer, gen_http_response(a, &h, answer, sizeof(answer)));
		gen_conn_close(&c, GEN_CLIENT);
		return;
	}
	f.lost = x->injected++ % 4 == 3;
	x->lost += f.lost;
	r->tag = gen_cannon_fire(&c, &f);
	if (f.lost || r->scripted)
		return;
	r->scripted = true;
	r->script_t = f.came;
}

static void
read_page(struct reader *r, int64_t *t)
{
	static const char *const pages[] = { "", "index.html", "today/", "archive/12.html" };
	struct chain *x = r->chain;
	struct gen_sim *a = x->a;
	char site[64], path[32], text[1024], answer[20000];
	struct gen_ask ask = { .host = site,
		.target = path,
		.agent = gen_agent(r->seed),
		.accept = "text/html,*/*;q=0.8" };
	struct gen_http h = { .body = gen_rng_range(&a->rng, 2000, 9000), .server = "nginx" };
	struct gen_conn c;

	r->site = gen_rng_below(&a->rng, SITES);
	gen_site_name(site, sizeof(site), r->site);
	snprintf(path, sizeof(path), "/%s", pages[gen_rng_below(&a->rng, 4)]);
	snprintf(r->page, sizeof(r->page), "http://%s%s", site, path);
	gen_conn_start(&c, a, &r->host, &x->site[r->site], 80);
	gen_conn_handshake(&c);
	gen_conn_send(&c, GEN_CLIENT, text, gen_ask_write(text, sizeof(text), &ask));
	gen_conn_wait(&c, gen_rng_range(&a->rng, 500, 20000) * (int64_t)GEN_US);
	gen_conn_send(&c, GEN_SERVER, answer, gen_http_response(a, &h, answer, sizeof(answer)));
	*t = c.now + 3 * MS;
	gen_conn_wait(&c, 900 * MS);
	gen_conn_close(&c, GEN_SERVER);
}

/* Of its own will, and with its own page as referer afterwards. */
static void
visit_victim(struct reader *r)
{
	struct chain *x = r->chain;
	struct gen_conn c;
	struct gen_ask ask = { .host = VICTIM,
		.target = "/",
		.agent = gen_agent(r->seed),
		.referer = "https://search.example/",
		.accept = "text/html,*/*;q=0.8",
		.body = 5000 };

	gen_conn_start(&c, x->a, &r->host, &x->victim, 80);
	c.relay = 1;
	x->honest++;
	if (!gen_visit_open(&x->w, &c, 3) || gen_visit_ask(&x->w, &c, &ask).status == 0)
		return;
	ask = (struct gen_ask) { .host = VICTIM,
		.target = "/static/site.css",
		.agent = gen_agent(r->seed),
		.referer = "http://" VICTIM "/",
		.body = 3000 };
	if (gen_visit_ask(&x->w, &c, &ask).status != 0)
		gen_conn_close(&c, GEN_CLIENT);
}

/* One page, what it embeds, and what that does until the next page. */
static void
turn_page(struct gen_world *w, void *who)
{
	struct reader *r = who;
	struct chain *x = r->chain;
	struct gen_sim *a = x->a;
	int64_t t, leaves = w->s->t + gen_rng_range(&a->rng, 4000, 50000) * MS;
	bool had = r->scripted;

	if (r->running && !r->asker.gone) { /* its script has not noticed yet */
		gen_agenda_add(&w->agenda, w->s->t + 500 * MS, turn_page, r);
		return;
	}
	r->running = false;
	if (gen_rng_chance(&a->rng, 1, 150))
		visit_victim(r);
	read_page(r, &t);
	if (!had && gen_rng_chance(&a->rng, 3, 4))
		ask_statistics(r, t); /* else it is in the cache */
	if (r->before && !had && t > x->w.from)
		r->scripted = true;
	if (r->scripted && (t > x->w.from || had))
		run_script(r, (r->script_t > t ? r->script_t : t) + 2 * gen_rng_range(&a->rng, 30, 400) * MS, leaves);
	if (leaves < w->end)
		gen_agenda_add(&w->agenda, leaves + 100 * MS, turn_page, r);
}

static bool
make_readers(struct chain *x)
{
	struct gen_sim *a = x->a;

	x->n = a->o.clients != 0 ? a->o.clients : 600;
	x->reader = calloc(x->n, sizeof(*x->reader));
	if (x->reader == NULL)
		return false;
	for (uint32_t i = 0; i < x->n; i++) {
		struct reader *r = &x->reader[i];

		r->chain = x;
		r->host = *gen_host_client(a, 100000 + i, x->victim.addr.v6);
		r->seed = (uint32_t)gen_rng_next(&a->rng);
		r->before = i % 200 == 199;
		gen_agenda_add(
		    &x->w.agenda, x->w.begin + gen_rng_below(&a->rng, 20000) * MS, turn_page, r);
	}
	return true;
}

static bool
make_script(struct chain *x)
{
	char source[1024];

	/* it returns before it does anything, and the names are nobody's */
	snprintf(source, sizeof(source),
	    "var url_array=[\"http://%s%.*s\",\"http://%s%.*s\"];var count=0;function "
	    "get(a){if(true)"
	    "return;var b=new Image;b.src=a+\"?\"+(new Date).getTime()}function "
	    "send(){get(url_array"
	    "[count++%%url_array.length])}setInterval(send,2000);",
	    VICTIM, (int)strcspn(targets[0], "?"), targets[0], VICTIM,
	    (int)strcspn(targets[1], "?"), targets[1]);
	return gen_pack(source, x->script, sizeof(x->script));
}

static void
tell_clients(struct chain *x, struct cm_buf *b)
{
	bool first = true;

	cm_buf_add_str(b, ",\n\"clients\":[");
	for (uint32_t i = 0; i < x->n; i++) {
		const struct reader *r = &x->reader[i];
		char site[64];

		if (!r->scripted && r->asker.asked == 0)
			continue;
		cm_buf_add_str(b, first ? "\n{\"v\":1" : ",\n{\"v\":1");
		first = false;
		gen_site_name(site, sizeof(site), r->site);
		gen_json_addr(b, "address", &r->host.addr);
		gen_json_flag(b, "script_seen", r->scripted && r->script_t != 0);
		if (r->script_t != 0) {
			gen_json_time(b, "script_at", r->script_t);
			gen_json_number(b, "script_frame", (int64_t)x->a->truth.mark[r->tag].frame);
		}
		gen_json_number(b, "requests", r->asker.asked);
		if (r->asker.first != 0) {
			gen_json_time(b, "first_request", r->asker.first);
			gen_json_time(b, "first_request_at_victim",
			    gen_sim_clock(x->w.s, gen_path_time(&x->path, r->asker.first, false)));
		}
		cm_buf_add_str(b, "}");
	}
	cm_buf_add_str(b, "]");
}

static void
tell(struct chain *x)
{
	struct cm_buf *b = &x->a->story.more;
	uint32_t table[2][2] = { { 0, 0 }, { 0, 0 } };
	uint64_t requests = 0;

	for (uint32_t i = 0; i < x->n; i++) {
		const struct reader *r = &x->reader[i];

		table[r->script_t != 0][r->asker.asked > 0]++;
		requests += r->asker.asked;
	}
	gen_world_plant(&x->w)->clients += table[0][1] + table[1][1];
	cm_buf_add_str(b, ",\n\"chain\":{\"v\":1");
	gen_json_text(b, "script_host", STATISTICS);
	gen_json_text(b, "script_path", "/h.js");
	gen_json_number(b, "period_ms", 2000);
	cm_buf_printf(b, ",\"targets\":[\"http://%s%.*s\",\"http://%s%.*s\"]", VICTIM,
	    (int)strcspn(targets[0], "?"), targets[0], VICTIM, (int)strcspn(targets[1], "?"),
	    targets[1]);
	gen_json_number(b, "skew_ns", x->w.s->skew);
	gen_json_number(b, "drift_ppb", x->w.s->drift_ppb);
	gen_json_number(b, "hops_between", x->path.hops);
	gen_json_number(b, "way_least_ns", x->path.least);
	gen_json_number(b, "bystanders", x->n);
	gen_json_number(b, "eligible", (int64_t)x->eligible);
	gen_json_number(b, "injected", (int64_t)x->injected);
	gen_json_number(b, "burst_lost", (int64_t)x->lost);
	gen_json_number(b, "with_script_in_flood", table[1][1]);
	gen_json_number(b, "with_script_not_in_flood", table[1][0]);
	gen_json_number(b, "without_script_in_flood", table[0][1]);
	gen_json_number(b, "without_script_not_in_flood", table[0][0]);
	gen_json_number(b, "honest_visits", (int64_t)x->honest);
	gen_json_number(b, "bystander_requests", (int64_t)requests);
	tell_clients(x, b);
	cm_buf_add_str(b, "}");
}

static void
make_hosts(struct chain *x)
{
	struct gen_sim *a = x->a;
	bool v6 = x->w.site.host.addr.v6;

	for (uint32_t i = 0; i < SITES; i++) /* beside the victim's number, not on it */
		x->site[i] = *gen_host_server(a, 20 + i, v6);
	x->statistics = *gen_host_make(
	    a, v6 ? gen_addr_v6(0x00050000, 7) : gen_addr_v4(0xcb007107), GEN_LINUX, 22, 80 * MS);
	x->victim = x->w.site.host;
	x->victim.hops = (uint8_t)gen_rng_range(&a->rng, 9, 15);
	x->victim.owd = gen_rng_range(&a->rng, 20000, 60000) * (int64_t)GEN_US;
	x->path = (struct gen_path) { .hops = x->victim.hops - x->w.site.host.hops,
		.least = gen_path_least(x->victim.owd, x->w.site.host.owd),
		.seed = (uint32_t)gen_rng_next(&a->rng) };
}

/* The flood's plant stands in both stories under the same number, since packets bear it in both. */
static bool
make_plants(struct chain *x)
{
	struct gen_plant p = *gen_world_plant(&x->w);

	p.more = (struct cm_buf) { 0 };
	return gen_story_plant(&x->a->story, &p) == x->w.plant;
}

static void
play(struct chain *x)
{
	struct gen_world *w = &x->w;
	struct gen_asker *others;
	uint32_t n = x->a->o.elsewhere;

	x->habit = (struct gen_habit) { .targets = targets,
		.n_targets = 2,
		.host = VICTIM,
		.sites = SITES * 4,
		.buster = GEN_BUST_MS,
		.period_least = 1950,
		.period_most = 2100,
		.stay_least = 6000,
		.stay_most = 60000,
		.body_least = 700,
		.body_most = 1800,
		.per_connection = 40,
		.replaced = true };
	w->site.load = (struct gen_load) { .from = w->from,
		.to = w->to,
		.onset = 4 * SEC,
		.relief = 8 * SEC,
		.syn_lost = 200,
		.silent = 80,
		.errors = 300,
		.slower = 1200 * MS };
	x->page = x->habit;
	x->page.replaced = false;
	gen_habit_tell(&gen_world_plant(w)->more, &x->habit);
	others = n == 0 ? NULL : gen_askers(w, &x->habit, n, w->from, 6 * SEC);
	gen_world_end(w);
	free(others);
}

static bool
start(struct chain *x, struct gen_sim *a, struct gen_sim *b)
{
	static const struct gen_plan plan = { "http-flood", "flood", "chain", NULL, 48000, 800, 80,
		GEN_FLOOD };
	struct gen_opts o = a->o;

	o.seed = a->o.seed ^ 0x5ca1ab1eu;
	o.mark_planted = false;
	o.format.pcapng = a->o.second_pcapng;
	if (!gen_sim_start(b, &o, a->o.second))
		return false;
	b->skew = o.skew;
	b->drift_ppb = o.drift_ppb;
	b->notes = o.log;
	b->lag = 2 * SEC;
	a->o.ip = b->o.ip = o.ip == GEN_IP_MIX ? GEN_IP_4 : o.ip;
	x->a = a;
	if (!gen_world_start(&x->w, b, &plan))
		return false;
	x->w.also = a;
	x->w.site.name = VICTIM;
	x->w.asked = log_it;
	x->w.ctx = x;
	a->relay = relay;
	a->relay_ctx = x;
	a->class = "great-cannon";
	make_hosts(x);
	return make_plants(x) && make_script(x) && make_readers(x);
}

void
gen_run_chain(struct gen_sim *a)
{
	struct chain *x = calloc(1, sizeof(*x));
	struct gen_sim *b = calloc(1, sizeof(*b));

	if (x == NULL || b == NULL || !start(x, a, b)) {
		a->failed = true;
	} else {
		play(x);
		gen_sim_advance(a, INT64_MAX);
		a->failed |= !gen_sim_end(b);
		tell(x);
		for (uint16_t i = 1; i <= a->story.n; i++)
			a->story.plant[i].where = "bystander";
		gen_story_take(&a->story, &b->story, "victim");
	}
	if (b != NULL)
		gen_sim_release(b);
	if (x != NULL)
		free(x->reader);
	free(b);
	free(x);
}
