/* Floods of requests, and two that need no packets to speak of: connections that are never done
 * asking, and leases that nobody uses. */
#include "asker.h"
#include "raw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS ((int64_t)GEN_MS)
#define SEC ((int64_t)GEN_SEC)

static void
suffer(struct gen_world *w)
{
	w->site.load = (struct gen_load) { .from = w->from,
		.to = w->to,
		.onset = 3 * SEC,
		.relief = 8 * SEC,
		.syn_lost = 250,
		.silent = 150,
		.errors = 400,
		.slower = 2500 * MS };
}

/* A client asks once a period, or when it has been answered, which takes two seconds in a flood; and
 * sends about four packets each time. */
static uint32_t
clients_of(const struct gen_world *w, uint32_t period_ms)
{
	uint64_t n = (uint64_t)w->pps * (period_ms < 2000 ? 2000 : period_ms) / 4000;

	if (w->s->o.clients != 0)
		return w->s->o.clients;
	return n == 0 ? 1 : (uint32_t)n;
}

static void
run_askers(struct gen_sim *s, const struct gen_plan *plan, const struct gen_habit *h)
{
	struct gen_world w;
	struct gen_asker *a = NULL;

	if (!gen_world_start(&w, s, plan))
		return;
	suffer(&w);
	gen_habit_tell(&gen_world_plant(&w)->more, h);
	a = gen_askers(&w, h, clients_of(&w, (h->period_least + h->period_most) / 2), w.from,
	    s->o.begin_inside ? 2 * SEC : 6 * SEC);
	gen_world_end(&w);
	free(a);
}

/* Browsers of people who are on other sites, and do not know what theirs does. */
static void
run_browsers(struct gen_sim *s)
{
	static const char *const targets[] = { "/greatfire/?", "/cn-nytimes/?" };
	static const struct gen_habit habit = { .targets = targets,
		.n_targets = 2,
		.host = "www.example.org",
		.sites = 140,
		.buster = GEN_BUST_MS,
		.period_least = 1800,
		.period_most = 2300,
		.stay_least = 8000,
		.stay_most = 90000,
		.body_least = 2000,
		.body_most = 6000,
		.per_connection = 60,
		.replaced = true };
	static const struct gen_plan plan = { "http-flood", "flood", "http", NULL, 60000, 2000, 80,
		GEN_FLOOD };

	run_askers(s, &plan, &habit);
}

static void
run_bots(struct gen_sim *s)
{
	static const char *const targets[] = { "/search?q=" };
	static const struct gen_habit habit = { .targets = targets,
		.n_targets = 1,
		.host = "www.example.org",
		.agent = "Mozilla/5.0 (Windows NT 6.1; rv:5.0) Gecko/20100101 Firefox/5.0",
		.buster = GEN_BUST_RANDOM,
		.period_least = 120,
		.period_most = 400,
		.body_least = 1500,
		.body_most = 3000,
		.per_connection = 1000 };
	static const struct gen_plan plan = { "http-flood", "flood", "http-bots", NULL, 60000, 2000,
		80, GEN_FLOOD };

	run_askers(s, &plan, &habit);
}

/* A connection whose head never ends. */
struct slow {
	struct gen_host *host;
	struct gen_conn c;
	bool open;
	uint32_t lines;
};

static void
say_little(struct gen_world *w, void *who)
{
	struct slow *x = who;
	struct gen_sim *s = w->s;
	char text[256];
	int n;

	if (s->t >= w->to) {
		if (x->open)
			gen_conn_reset(&x->c, GEN_CLIENT);
		return;
	}
	if (!x->open) {
		gen_conn_start(&x->c, s, x->host, &w->site.host, w->site.port);
		x->c.plant[GEN_CLIENT] = w->plant;
		x->open = gen_visit_open(w, &x->c, 3);
		n = snprintf(text, sizeof(text),
		    "GET /?%u HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\n",
		    gen_rng_below(&s->rng, 10000), w->site.name, gen_agent(3));
	} else {
		if (x->c.now < s->t)
			x->c.now = s->t;
		n = snprintf(text, sizeof(text), "X-a: %u\r\n", gen_rng_below(&s->rng, 5000));
	}
	if (x->open)
		gen_conn_send(&x->c, GEN_CLIENT, text, (size_t)n);
	gen_agenda_add(
	    &w->agenda, x->c.now + gen_rng_range(&s->rng, 9000, 11000) * MS, say_little, x);
}

static void
run_slow(struct gen_sim *s)
{
	static const struct gen_plan plan = { "http-flood", "flood", "slowloris", NULL, 8000, 160,
		80, GEN_FLOOD };
	struct gen_world w;
	struct gen_host host[20];
	struct slow *x;
	uint32_t n;

	if (!gen_world_start(&w, s, &plan))
		return;
	n = w.pps * 5; /* each sends a packet in ten seconds, and acknowledges nothing */
	x = calloc(n, sizeof(*x));
	if (x == NULL)
		s->failed = true;
	w.site.load = (struct gen_load) { .from = w.from,
		.to = w.to,
		.onset = 8 * SEC,
		.relief = 10 * SEC,
		.syn_lost = 350,
		.silent = 550,
		.slower = 6000 * MS };
	for (uint32_t i = 0; i < 20; i++)
		host[i] = gen_host_far(s, w.next_client++, w.site.host.addr.v6);
	for (uint32_t i = 0; i < n && x != NULL; i++) {
		x[i].host = &host[i % 20];
		gen_agenda_add(
		    &w.agenda, w.from + gen_rng_below(&s->rng, 8000) * MS, say_little, &x[i]);
	}
	gen_world_plant(&w)->clients = 20;
	gen_json_number(&gen_world_plant(&w)->more, "connections", n);
	gen_world_end(&w);
	free(x);
}

#define DHCP_LEN 300u

/* RFC 2131; kind 1: DISCOVER, 2: OFFER. */
static size_t
write_dhcp(uint8_t *out, uint8_t kind, uint32_t xid, uint64_t mac, uint32_t offered)
{
	static const uint8_t cookie[4] = { 99, 130, 83, 99 };

	memset(out, 0, DHCP_LEN);
	out[0] = kind;
	out[1] = 1;
	out[2] = 6;
	cm_put32(out + 4, xid);
	cm_put16(out + 10, 0x8000);
	cm_put32(out + 16, offered);
	cm_put16(out + 28, (uint16_t)(mac >> 32));
	cm_put32(out + 30, (uint32_t)mac);
	memcpy(out + 236, cookie, 4);
	out[240] = 53;
	out[241] = 1;
	out[242] = kind;
	out[243] = 255;
	return DHCP_LEN;
}

static void
put_dhcp(struct gen_sim *s, int64_t t, uint8_t kind, uint64_t mac, uint32_t offered, uint16_t plant)
{
	uint8_t body[DHCP_LEN];
	bool offer = kind == 2;
	struct gen_ip ip = { .src = gen_addr_v4(offer ? 0xc0000201u : 0),
		.dst = gen_addr_v4(0xffffffffu),
		.ttl = 64,
		.proto = GEN_UDP };
	struct gen_shot shot = { .t = t,
		.link = s->o.link,
		.to_client = offer,
		.plant = plant,
		.mac = offer ? 0x02005e100001u : mac };

	write_dhcp(body, kind, gen_mix((uint32_t)mac), mac, offered);
	gen_sim_shoot(s, &shot, s->scratch,
	    gen_wire_udp(s->scratch, &ip, offer ? 67 : 68, offer ? 68 : 67, body, sizeof(body)));
}

/* All of a pool of 200 addresses is offered to stations that do not exist; then nothing to anybody. */
static void
run_leases(struct gen_sim *s)
{
	static const struct gen_plan plan = { "lease-flood", "flood", "dhcp", NULL, 6000, 150, 67,
		GEN_FLOOD };
	struct gen_world w;
	uint32_t offered = 0, asked = 0;
	int64_t t, honest;

	if (!gen_world_start(&w, s, &plan))
		return;
	gen_world_plant(&w)->target = gen_addr_v4(0xffffffffu);
	honest = w.begin + SEC;
	t = w.from;
	for (uint64_t i = 0; !gen_world_over(&w) && (i < w.n || honest < w.end);) {
		bool mine = i < w.n && t <= honest;
		int64_t now = mine ? t : honest;
		uint64_t mac =
		    (mine ? 0u : 0x020000000000u) | (gen_rng_next(&s->rng) >> 18 & 0xfeffffffffffu);
		bool free_one = now > w.from ? offered < 200 : asked < 40;

		gen_world_run(&w, now);
		put_dhcp(s, now, 1, mac, 0, mine ? w.plant : 0);
		if (free_one)
			put_dhcp(s, now + 700 * GEN_US, 2, mac,
			    0xc0000220u + (offered + asked) % 200, 0);
		offered += free_one && now > w.from;
		asked += !mine;
		i += mine;
		if (mine)
			t += GEN_SEC / w.pps;
		else
			honest += gen_rng_range(&s->rng, 2000, 9000) * MS;
	}
	gen_json_number(&gen_world_plant(&w)->more, "pool", 200);
	gen_world_end(&w);
}

const struct gen_episode gen_flood_http_episodes[] = {
	{ "flood", "http", run_browsers,
	    "browsers on other sites ask for two paths every two seconds" },
	{ "flood", "http-bots", run_bots,
	    "programs with one agent and no referer search without end" },
	{ "flood", "slowloris", run_slow, "requests whose heads never end" },
	{ "flood", "dhcp", run_leases, "leases for stations that do not exist" },
	{ NULL, NULL, NULL, NULL },
};
