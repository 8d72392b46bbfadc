/* A busy link: five packets a flow, most of them small, of many kinds, some of them broken.
 *
 * The shares below were set until sizes, flows and kinds came out as in the bench that peers were measured on
 * (docs/performance.md has both, side by side). */
#include "episode.h"

#include "odd.h"

#include <stdlib.h>
#include <string.h>

#define SERVERS 200u
#define CLIENTS 40000u

struct crowd {
	struct gen_host server[SERVERS]; /* every eighth over IPv6 */
	struct gen_host client[CLIENTS];
};

/* Small datagrams both ways, every 20 ms: games, voice; or larger ones. */
static void
talk(struct gen_sim *s, struct gen_host *client, struct gen_host *server, uint32_t n, uint32_t lo,
    uint32_t hi)
{
	struct gen_udp u = { .sim = s,
		.dport = (uint16_t)(gen_rng_chance(&s->rng, 1, 2) ? 3478 : 27015),
		.t = s->t,
		.sport = (uint16_t)gen_rng_range(&s->rng, 30000, 65000),
		.link = s->o.link };
	uint16_t port[2] = { u.sport, u.dport };

	for (uint32_t i = 0; i < n; i++) {
		u.to_client = i % 2 == 1;
		u.from = u.to_client ? server : client;
		u.to = u.to_client ? client : server;
		u.sport = port[u.to_client];
		u.dport = port[!u.to_client];
		u.len = gen_rng_range(&s->rng, lo, hi);
		u.data = s->pool + gen_rng_below(&s->rng, GEN_POOL / 2);
		gen_udp_put(&u);
		u.t += 20 * (int64_t)GEN_MS;
	}
}

static void
talk_small(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	talk(s, client, server, gen_rng_range(&s->rng, 2, 30), 26, 76);
}

static void
talk_middle(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	talk(s, client, server, gen_rng_range(&s->rng, 2, 16), 100, 205);
}

static void
talk_large(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	talk(s, client, server, gen_rng_range(&s->rng, 1, 10), 220, 1200);
}

/* A large datagram in pieces, as hosts send it. */
static void
in_pieces(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	struct gen_udp u = { .sim = s,
		.from = server,
		.to = client,
		.sport = 2049,
		.dport = (uint16_t)gen_rng_range(&s->rng, 700, 1000),
		.t = s->t,
		.data = s->pool,
		.len = gen_rng_range(&s->rng, 1600, 4200),
		.mtu = 1500,
		.to_client = true,
		.lose_last = gen_rng_chance(&s->rng, 1, 8),
		.reverse = gen_rng_chance(&s->rng, 1, 4),
		.link = s->o.link };

	gen_udp_put(&u);
}

static void
page(struct gen_sim *s, struct gen_host *client, struct gen_host *server, size_t body, uint16_t mss)
{
	struct gen_conn c;
	struct gen_http h = { .host = "www.example.com", .path = "/x", .body = body };

	gen_conn_start(&c, s, client, server, 80);
	gen_conn_handshake(&c);
	if (mss != 0)
		c.mss = mss; /* what the card cuts or has put together again */
	gen_http_exchange(&c, &h);
	if (gen_rng_chance(&s->rng, 1, 10))
		gen_conn_reset(&c, GEN_CLIENT);
	else
		gen_conn_close(&c, GEN_CLIENT);
}

static void
page_small(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	page(s, client, server, gen_rng_range(&s->rng, 20, 900), 0);
}

static void
page_large(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	page(s, client, server, gen_rng_range(&s->rng, 8000, 50000), 0);
}

static void
page_offload(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	page(s, client, server, gen_rng_range(&s->rng, 8000, 25000),
	    (uint16_t)gen_rng_range(&s->rng, 2800, 7000));
}

static void
tls(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	struct gen_conn c;

	gen_conn_start(&c, s, client, server, 443);
	gen_conn_handshake(&c);
	gen_tls_session(&c, gen_rng_range(&s->rng, 40, 1200));
	gen_conn_close(&c, GEN_CLIENT);
}

/* Keys of a terminal session: one byte there, one byte back, an ACK. */
static void
terminal(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	struct gen_conn c;
	uint32_t n = gen_rng_range(&s->rng, 3, 12);

	gen_conn_start(&c, s, client, server, 23);
	gen_conn_handshake(&c);
	for (uint32_t i = 0; i < n; i++) {
		gen_conn_send(&c, GEN_CLIENT, s->pool + i, 1);
		gen_conn_send(&c, GEN_SERVER, s->pool + i, 1);
		gen_conn_wait(&c, 120 * (int64_t)GEN_MS);
	}
	gen_conn_close(&c, GEN_CLIENT);
}

/* An attack or a trap of the other scenarios, but for the one that waits a year. */
static void
episode(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	static const struct gen_episode *const lists[] = { gen_trap_data_episodes,
		gen_trap_path_episodes, gen_trap_shape_episodes, gen_race_episodes,
		gen_reset_episodes, gen_dns_episodes };
	const struct gen_episode *list = lists[gen_rng_below(&s->rng, 6)];
	uint32_t n = 0, k;

	(void)client;
	(void)server;
	while (list[n].name != NULL)
		n++;
	k = gen_rng_below(&s->rng, n);
	if (strcmp(list[k].name, "tuple-reuse") != 0)
		list[k].run(s);
}

struct share {
	uint32_t of_10000; /* flows */
	void (*run)(struct gen_sim *s, struct gen_host *client, struct gen_host *server);
};

static const struct share shares[] = {
	{ 4863, gen_odd_probe },
	{ 2200, gen_lookup },
	{ 340, talk_small },
	{ 380, talk_middle },
	{ 270, talk_large },
	{ 800, page_small },
	{ 165, page_large },
	{ 110, page_offload },
	{ 60, tls },
	{ 200, terminal },
	{ 260, in_pieces },
	{ 150, gen_odd_pieces },
	{ 60, gen_odd_tunnel },
	{ 130, gen_odd_broken },
	{ 12, episode },
};

/* Not at the addresses of the episodes' hosts, who have other paths and habits. */
static void
make_crowd(struct gen_sim *s, struct crowd *w)
{
	for (uint32_t i = 0; i < SERVERS; i++)
		w->server[i] = *gen_host_server(s, i % 8 == 7 ? 1000 + i : 200 + i, i % 8 == 7);
	for (uint32_t i = 0; i < CLIENTS; i++)
		w->client[i] = *gen_host_client(s, 1000 + i, i % 8 == 7);
}

static void
one_flow(struct gen_sim *s, struct crowd *w)
{
	uint32_t n = gen_rng_below(&s->rng, CLIENTS);
	struct gen_host *client = &w->client[n];
	struct gen_host *server =
	    &w->server[gen_rng_below(&s->rng, SERVERS / 8) * 8 + (n % 8 == 7 ? 7 : n % 7)];
	uint32_t k = gen_rng_below(&s->rng, 10000);
	size_t i = 0;
	uint8_t link = s->o.link;

	if (link == GEN_LINK_ETHER && gen_rng_chance(&s->rng, 1, 20))
		s->o.link = gen_rng_chance(&s->rng, 4, 5) ? GEN_LINK_VLAN : GEN_LINK_QINQ;
	while (k >= shares[i].of_10000)
		k -= shares[i++].of_10000;
	shares[i].run(s, client, server);
	s->o.link = link;
}

void
gen_run_mix_bench(struct gen_sim *s)
{
	struct crowd *w = malloc(sizeof(*w));
	bool endless = s->o.packets + s->o.bytes > 0;

	if (w == NULL) {
		s->failed = true;
		return;
	}
	make_crowd(s, w);
	for (uint32_t i = 0; (i < s->o.connections || endless) && !s->full && !s->failed; i++) {
		one_flow(s, w);
		gen_sim_advance(s, s->t + gen_rng_range(&s->rng, 10, 200) * (int64_t)GEN_US);
	}
	gen_sim_advance(s, INT64_MAX); /* frames in the queue point to hosts of the crowd */
	free(w);
}
