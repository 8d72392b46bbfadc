#include "episode.h"

struct gen_pair
gen_pair_make(struct gen_sim *s, enum gen_stack_name client, enum gen_stack_name server)
{
	bool v6 = gen_sim_wants_v6(s);
	uint32_t n = gen_rng_below(&s->rng, 200);
	struct gen_addr near =
	    v6 ? gen_addr_v6(0x000c0000, n + 1) : gen_addr_v4(0xc6336400 + n + 1);
	struct gen_addr far = v6 ? gen_addr_v6(0x00050000, n + 1) : gen_addr_v4(0xcb007100 + n + 1);

	return (struct gen_pair) {
		gen_host_make(
		    s, near, client, 0, gen_rng_range(&s->rng, 60, 200) * (int64_t)GEN_US),
		gen_host_make(
		    s, far, server, 11, gen_rng_range(&s->rng, 15000, 30000) * (int64_t)GEN_US),
	};
}

void
gen_background(struct gen_sim *s, const struct gen_pair *p)
{
	for (uint32_t i = 0; i < s->o.background; i++)
		gen_ordinary(s, p->client, p->server);
}

void
gen_open(struct gen_sim *s, struct gen_conn *c, const struct gen_pair *p)
{
	struct gen_http h = { .host = "www.example.com", .path = "/" };

	gen_conn_start(c, s, p->client, p->server, 80);
	gen_conn_handshake(c);
	gen_http_ask(c, &h);
}

void
gen_pause(struct gen_sim *s, const struct gen_conn *c)
{
	int64_t t = s->t + gen_rng_range(&s->rng, 100, 400) * (int64_t)GEN_MS;

	gen_sim_advance(s, c != NULL && c->now > t ? c->now + 50 * GEN_MS : t);
}
