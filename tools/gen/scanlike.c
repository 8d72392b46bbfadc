/* What looks like a scan and is none: many doors, and something is said behind them. */
#include "scan.h"

#include <stdio.h>
#include <string.h>

#define MS ((int64_t)GEN_MS)
#define SEC ((int64_t)GEN_SEC)

struct like {
	struct gen_world w;
	struct gen_host *local; /* who does it, beside the tap */
	uint64_t i;
};

static struct gen_host *
peer(struct like *x, uint32_t k)
{
	struct gen_sim *s = x->w.s;

	return gen_host_make(s, gen_addr_other(k),
	    gen_mix(k) % 3 == 0   ? GEN_WINDOWS
	    : gen_mix(k) % 3 == 1 ? GEN_LINUX
				  : GEN_FREEBSD,
	    (uint8_t)(6 + gen_mix(k) % 17), (int64_t)(8000 + gen_mix(k ^ 5) % 90000) * GEN_US);
}

static void
begin(struct like *x, struct gen_conn *c, struct gen_host *to, uint16_t port)
{
	gen_conn_start(c, x->w.s, x->local, to, port);
	c->plant[GEN_CLIENT] = x->w.plant;
}

/* A SYN and three more, and nobody answers. */
static void
in_vain(struct gen_conn *c)
{
	for (uint32_t i = 0; i < 3; i++) {
		struct gen_seg seg = gen_conn_next(c, GEN_CLIENT, GEN_SYN);

		seg.syn_opts = true;
		seg.ts = c->e[GEN_CLIENT].host->stack->ts;
		gen_conn_put(&seg);
		c->now += SEC << i;
	}
}

/* Peers come and go: of five one is gone, two refuse, two talk. */
static void
p2p(struct like *x)
{
	struct gen_sim *s = x->w.s;
	struct gen_conn c;
	uint32_t k = gen_rng_below(&s->rng, 5000);

	begin(x, &c, peer(x, k), (uint16_t)(6881 + gen_mix(k) % 50000));
	switch (gen_rng_below(&s->rng, 5)) {
	case 0:
	case 1:
		in_vain(&c);
		return;
	case 2:
		gen_refused(&c);
		return;
	default:
		gen_conn_handshake(&c);
		gen_conn_send(&c, GEN_CLIENT, "\023BitTorrent protocol", 20);
		gen_conn_send(&c, GEN_SERVER, "\023BitTorrent protocol", 20);
		gen_conn_send(&c, GEN_SERVER, s->pool, gen_rng_range(&s->rng, 200, 9000));
		gen_conn_close(&c, GEN_CLIENT);
	}
}

/* A balancer asks its servers whether they are there: connected, nothing said, closed. */
static void
health(struct like *x)
{
	static const uint16_t ports[4] = { 80, 443, 8080, 9000 };
	struct gen_sim *s = x->w.s;
	struct gen_conn c;
	uint32_t k = (uint32_t)x->i % 24;
	struct gen_host *to =
	    gen_host_make(s, gen_addr_v4(0xcb007120u + k / 4), GEN_LINUX, 1, 150 * (int64_t)GEN_US);

	begin(x, &c, to, ports[k % 4]);
	gen_conn_handshake(&c);
	gen_conn_close(&c, GEN_CLIENT);
}

/* Thousands of people behind one address. */
static void
campus(struct like *x)
{
	struct gen_sim *s = x->w.s;
	struct gen_conn c;
	uint32_t k = gen_rng_below(&s->rng, 2500);
	bool tls = gen_mix(k) % 8 != 0;

	begin(x, &c, peer(x, k), tls ? 443 : 80);
	if (gen_rng_chance(&s->rng, 1, 60)) {
		in_vain(&c);
		return;
	}
	gen_conn_handshake(&c);
	if (tls) {
		gen_tls_session(&c, gen_rng_range(&s->rng, 500, 6000));
	} else {
		struct gen_http h = { .host = "www.example.net", .path = "/", .body = 3000 };

		gen_http_exchange(&c, &h);
	}
	gen_conn_close(&c, GEN_CLIENT);
}

static void
say(struct gen_conn *c, enum gen_side from, const char *text)
{
	gen_conn_send(c, from, text, strlen(text));
	c->now += 5 * MS;
}

/* A list of subscribers gets its letter: some of their servers are away. */
static void
mail(struct like *x)
{
	struct gen_sim *s = x->w.s;
	struct gen_conn c;
	uint32_t k = gen_rng_below(&s->rng, 3000);

	begin(x, &c, peer(x, k), 25);
	if (gen_mix(k) % 12 == 0) {
		in_vain(&c);
		return;
	}
	if (gen_mix(k) % 12 == 1) {
		gen_refused(&c);
		return;
	}
	gen_conn_handshake(&c);
	say(&c, GEN_SERVER, "220 mx.example ESMTP\r\n");
	say(&c, GEN_CLIENT, "EHLO lists.example.org\r\n");
	say(&c, GEN_SERVER, "250 mx.example\r\n");
	say(&c, GEN_CLIENT, "MAIL FROM:<bounce@lists.example.org>\r\n");
	say(&c, GEN_SERVER, "250 ok\r\n");
	say(&c, GEN_CLIENT, "RCPT TO:<reader@example.net>\r\n");
	say(&c, GEN_SERVER, "250 ok\r\n");
	say(&c, GEN_CLIENT, "DATA\r\n");
	say(&c, GEN_SERVER, "354 go on\r\n");
	gen_conn_send(&c, GEN_CLIENT, s->pool, 4000);
	say(&c, GEN_SERVER, "250 taken\r\n");
	gen_conn_close(&c, GEN_CLIENT);
}

static void
resolver(struct like *x)
{
	gen_lookup_planted(x->w.s, x->local, peer(x, gen_rng_below(&x->w.s->rng, 900)), x->w.plant);
}

static const struct {
	struct gen_plan plan;
	void (*step)(struct like *x);
} kinds[] = {
	{ { "look-alike", "benign", "p2p", NULL, 1500, 20, 0, GEN_TRAP }, p2p },
	{ { "look-alike", "benign", "health", NULL, 1500, 12, 0, GEN_TRAP }, health },
	{ { "look-alike", "benign", "campus", NULL, 3000, 60, 0, GEN_TRAP }, campus },
	{ { "look-alike", "benign", "mail", NULL, 1500, 20, 25, GEN_TRAP }, mail },
	{ { "look-alike", "benign", "many-servers", NULL, 3000, 60, 53, GEN_TRAP }, resolver },
};

/* Here ${n} counts connections, not packets. */
static void
run_like(struct gen_sim *s)
{
	struct like x = { .i = 0 };
	size_t k = 0;
	int64_t t;
	uint32_t gap;

	while (strcmp(kinds[k].plan.name, s->episode) != 0)
		k++;
	s->o.ip = GEN_IP_4;
	if (!gen_world_start(&x.w, s, &kinds[k].plan))
		return;
	x.local = gen_host_make(s, gen_addr_v4(0xcb007119u), GEN_LINUX, 0, 120 * (int64_t)GEN_US);
	gen_world_plant(&x.w)->has_target = false;
	gen_world_plant(&x.w)->has_source = true;
	gen_world_plant(&x.w)->source = x.local->addr;
	gap = GEN_SEC / x.w.pps;
	t = x.w.from;
	for (; x.i < x.w.n && !gen_world_over(&x.w); x.i++) {
		t += gap / 2 + gen_rng_below(&s->rng, gap + 1);
		gen_world_run(&x.w, t);
		kinds[k].step(&x);
	}
	gen_world_end(&x.w);
}

const struct gen_episode gen_scan_like_episodes[] = {
	{ "scan", "p2p", run_like, "peers that are mostly gone; no scan" },
	{ "scan", "health", run_like, "a balancer asks whether its servers are there; no scan" },
	{ "scan", "campus", run_like, "thousands of people behind one address; no scan" },
	{ "scan", "mail", run_like, "a letter to many subscribers; no scan" },
	{ "scan", "many-servers", run_like, "a resolver asks many servers; no scan" },
	{ NULL, NULL, NULL, NULL },
};
