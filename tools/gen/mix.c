/* Many small flows of many kinds: DNS, short HTTP, TLS, datagrams, IPv6, tags, fragments, oddities. */
#include "episode.h"

#define SERVERS 150u

struct crowd {
	struct gen_host *server[SERVERS];
	uint32_t clients;
};

void
gen_lookup(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	gen_lookup_planted(s, client, server, 0);
}

void
gen_lookup_planted(
    struct gen_sim *s, struct gen_host *client, struct gen_host *server, uint16_t plant)
{
	static const char *const names[] = { "www.example.com", "a.example.net",
		"telemetry.example.org" };
	struct gen_dns d = { .txid = gen_rng_u16(&s->rng),
		.name = names[gen_rng_below(&s->rng, 3)],
		.qtype = gen_rng_chance(&s->rng, 1, 3) ? GEN_DNS_AAAA : GEN_DNS_A,
		.ttl = 60,
		.edns = gen_rng_chance(&s->rng, 1, 2) };
	uint8_t out[512];
	struct gen_udp u = { .sim = s,
		.from = client,
		.to = server,
		.dport = 53,
		.t = s->t,
		.data = out,
		.sport = (uint16_t)gen_rng_range(&s->rng, 30000, 65000),
		.plant = plant,
		.link = gen_sim_pick_link(s) };

	u.len = gen_dns_query(&d, out);
	gen_udp_put(&u);
	d.n_addr = (uint8_t)gen_rng_range(&s->rng, 1, 4);
	for (uint8_t i = 0; i < d.n_addr; i++)
		d.addr[i] = 0xc0000200u + gen_rng_below(&s->rng, 250);
	u.from = server;
	u.to = client;
	u.plant = 0;
	u.dport = u.sport;
	u.sport = 53;
	u.to_client = true;
	u.t += 2 * server->owd + GEN_MS;
	u.len = gen_dns_answer(&d, out);
	gen_udp_put(&u);
}

static void
datagrams(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	struct gen_udp u = { .sim = s,
		.from = client,
		.to = server,
		.dport = 4500,
		.t = s->t,
		.data = s->pool,
		.sport = (uint16_t)gen_rng_range(&s->rng, 30000, 65000),
		.link = gen_sim_pick_link(s) };
	uint32_t n = gen_rng_range(&s->rng, 2, 24);

	for (uint32_t i = 0; i < n; i++) {
		u.len = gen_rng_range(&s->rng, 20, 900);
		u.to_client = i % 2 == 1;
		u.from = u.to_client ? server : client;
		u.to = u.to_client ? client : server;
		u.data = s->pool + gen_rng_below(&s->rng, GEN_POOL / 2);
		gen_udp_put(&u);
		u.t += 20 * GEN_MS;
	}
	if (gen_rng_chance(&s->rng, 1, 12)) {
		u.len = gen_rng_range(&s->rng, 1600, 6000);
		u.mtu = 1500;
		u.lose_last = gen_rng_chance(&s->rng, 1, 8);
		u.reverse = gen_rng_chance(&s->rng, 1, 4);
		gen_udp_put(&u);
	}
}

static void
stream(struct gen_sim *s, struct gen_host *client, struct gen_host *server, bool tls)
{
	struct gen_conn c;
	struct gen_http h = {
		.host = "www.example.com", .path = "/x", .body = gen_rng_range(&s->rng, 50, 900)
	};
	uint32_t rounds = gen_rng_range(&s->rng, 1, 4);

	gen_conn_start(&c, s, client, server, tls ? 443 : 80);
	gen_conn_handshake(&c);
	for (uint32_t i = 0; i < rounds && tls; i++)
		gen_tls_session(&c, gen_rng_range(&s->rng, 40, 1500));
	for (uint32_t i = 0; i < rounds && !tls; i++)
		gen_http_exchange(&c, &h);
	if (gen_rng_chance(&s->rng, 1, 10))
		gen_conn_reset(&c, GEN_CLIENT);
	else
		gen_conn_close(&c, GEN_CLIENT);
}

static void
oddity(struct gen_sim *s)
{
	static const struct gen_episode *const lists[] = { gen_trap_data_episodes,
		gen_trap_path_episodes, gen_trap_shape_episodes, gen_race_episodes,
		gen_reset_episodes, gen_dns_episodes };
	const struct gen_episode *list = lists[gen_rng_below(&s->rng, 6)];
	uint32_t n = 0;

	while (list[n].name != NULL)
		n++;
	list[gen_rng_below(&s->rng, n)].run(s);
}

void
gen_run_mix(struct gen_sim *s)
{
	struct crowd w = { .clients = 20000 };

	for (uint32_t i = 0; i < SERVERS; i++)
		w.server[i] = gen_host_server(s, i, i % 4 == 3);
	for (uint32_t i = 0;
	     (i < s->o.connections || s->o.packets + s->o.bytes > 0) && !s->full && !s->failed;
	     i++) {
		struct gen_host *to = w.server[gen_rng_below(&s->rng, SERVERS)];
		struct gen_host *from =
		    gen_host_client(s, gen_rng_below(&s->rng, w.clients), to->addr.v6);
		uint32_t k = gen_rng_below(&s->rng, 1000);

		if (k < 420)
			gen_lookup(s, from, to);
		else if (k < 600)
			datagrams(s, from, to);
		else if (k < 998)
			stream(s, from, to, k >= 800);
		else
			oddity(s);
		gen_sim_advance(s, s->t + gen_rng_range(&s->rng, 50, 900) * (int64_t)GEN_US);
	}
}
