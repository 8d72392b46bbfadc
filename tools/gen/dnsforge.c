/* Forged DNS answers, and the benign second answers that look like them. */
#include "episode.h"

struct resolver {
	struct gen_sim *s;
	struct gen_host *client, *server;
	uint16_t *client_id, *server_id;
	uint8_t link;
	uint16_t next;
};

struct asked {
	struct gen_dns d;
	uint16_t port;
	int64_t t;
	int64_t rtt;
};

static struct resolver
resolver_make(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_WINDOWS, GEN_LINUX);
	struct resolver r = {
		.s = s, .client = p.client, .server = p.server, .link = gen_sim_pick_link(s)
	};

	r.client_id = gen_sim_slot(s);
	r.server_id = gen_sim_slot(s);
	r.next = gen_rng_u16(&s->rng);
	return r;
}

static struct asked
ask(struct resolver *r, const char *name, uint16_t qtype, int64_t t)
{
	struct asked q = { .d = { .txid = gen_rng_u16(&r->s->rng),
			       .name = name,
			       .qtype = qtype,
			       .edns = true,
			       .ttl = 300 },
		.port = (uint16_t)(49152 + r->next++ % 16000),
		.t = t,
		.rtt = 2 * r->server->owd };
	uint8_t out[512];
	struct gen_udp u = { .sim = r->s,
		.from = r->client,
		.to = r->server,
		.sport = q.port,
		.dport = 53,
		.t = t,
		.last_id = r->client_id,
		.peer_id = r->server_id,
		.data = out,
		.link = r->link };

	u.len = gen_dns_query(&q.d, out);
	gen_udp_put(&u);
	return q;
}

static struct gen_udp
answer(struct resolver *r, const struct asked *q)
{
	return (struct gen_udp) { .sim = r->s,
		.from = r->server,
		.to = r->client,
		.sport = 53,
		.dport = q->port,
		.t = q->t + q->rtt + gen_rng_range(&r->s->rng, 300, 4000) * (int64_t)GEN_US,
		.to_client = true,
		.last_id = r->server_id,
		.peer_id = r->client_id,
		.link = r->link };
}

static void
put_answer(struct gen_udp *u, const struct gen_dns *d)
{
	uint8_t out[512];

	u->data = out;
	u->len = gen_dns_answer(d, out);
	gen_udp_put(u);
}

/* Ordinary lookups, from which the server's TTL and round trip can be learned. */
static void
lookups(struct resolver *r, uint32_t n)
{
	static const char *const names[] = { "www.example.com", "static.example.net",
		"mail.example.org", "cdn.example.net", "api.example.com" };

	for (uint32_t i = 0; i < n; i++) {
		struct asked q =
		    ask(r, names[i % 5], i % 4 == 3 ? GEN_DNS_AAAA : GEN_DNS_A, r->s->t);
		struct gen_udp u = answer(r, &q);

		q.d.n_addr = (uint8_t)gen_rng_range(&r->s->rng, 1, 3);
		for (uint8_t k = 0; k < q.d.n_addr; k++)
			q.d.addr[k] = 0xc0000200u + gen_rng_below(&r->s->rng, 250);
		put_answer(&u, &q.d);
		gen_sim_advance(
		    r->s, r->s->t + gen_rng_range(&r->s->rng, 20, 200) * (int64_t)GEN_MS);
	}
}

struct forgery {
	int count;
	uint8_t id_how;
	uint16_t id;
	bool late, wrong_type;
};

static void
forged_answers(struct resolver *r, const struct forgery *f, const char *name)
{
	static const uint32_t wrong[4] = { 0xc6336401, 0xcb0071c8, 0xc0000237, 0xc6336463 };
	struct asked q = ask(r, name, f->wrong_type ? GEN_DNS_AAAA : GEN_DNS_A, r->s->t);
	struct gen_udp real = answer(r, &q);
	struct gen_dns d = q.d;
	uint32_t first = 0;

	d.edns = false;
	d.n_addr = 1;
	d.ttl = 197;
	d.answer_type = GEN_DNS_A;
	for (int i = 0; i < f->count; i++) {
		struct gen_udp u = answer(r, &q);

		u.t = f->late ? real.t + (i + 1) * 7 * (int64_t)GEN_MS
			      : q.t + q.rtt / 3 + i * 800 * (int64_t)GEN_US;
		u.ttl = (uint8_t)gen_rng_range(&r->s->rng, 80, 240);
		u.id_how = f->id_how;
		u.id = f->id;
		d.addr[0] = wrong[(gen_rng_below(&r->s->rng, 2) + (uint32_t)i) % 4];
		gen_udp_mark(&u, GEN_FORGED,
		    f->late ? "forged answer after the genuine one" : "forged answer");
		first = first == 0 ? u.tag : first;
		put_answer(&u, &d);
	}
	d = q.d;
	d.n_addr = 2;
	d.addr[0] = 0xc0000250;
	d.addr[1] = 0xc0000251;
	gen_truth_pair(
	    &r->s->truth, first, gen_udp_mark(&real, GEN_GENUINE, "the server's answer"));
	put_answer(&real, &d);
	gen_sim_advance(r->s, r->s->t + 300 * GEN_MS);
}

static void
dns_story(struct gen_sim *s, const char *class, const struct forgery *f)
{
	struct resolver r = resolver_make(s);

	s->class = class;
	lookups(&r, 6);
	forged_answers(&r, f, "blocked.example.org");
	lookups(&r, 2);
	forged_answers(&r, f, "news.example.org");
	lookups(&r, 3);
}

static void
run_copied_id(struct gen_sim *s)
{
	const struct forgery f = { .count = 1, .id_how = GEN_HOW_PEER };

	dns_story(s, "dns-copied-id", &f);
}

static void
run_several(struct gen_sim *s)
{
	const struct forgery f = { .count = 3, .id_how = GEN_HOW_FIXED, .id = 0x0dd0 };

	dns_story(s, "dns-several", &f);
}

static void
run_late(struct gen_sim *s)
{
	const struct forgery f = { .count = 1, .id_how = GEN_HOW_PEER, .late = true };

	dns_story(s, "dns-late", &f);
}

static void
run_wrong_type(struct gen_sim *s)
{
	const struct forgery f = {
		.count = 2, .id_how = GEN_HOW_FIXED, .id = 0, .wrong_type = true
	};

	dns_story(s, "dns-wrong-type", &f);
}

/* The same records in another order, for a question asked twice: two genuine answers. */
static void
run_rotation(struct gen_sim *s)
{
	struct resolver r = resolver_make(s);

	s->class = "dns-rotation";
	lookups(&r, 4);
	for (int k = 0; k < 2; k++) {
		struct asked q = ask(&r, "pool.example.net", GEN_DNS_A, s->t);
		struct gen_udp u = answer(&r, &q);
		struct gen_udp asked_again = { .sim = s,
			.from = r.client,
			.to = r.server,
			.sport = q.port,
			.dport = 53,
			.t = q.t + q.rtt / 2,
			.last_id = r.client_id,
			.peer_id = r.server_id,
			.link = r.link };
		uint8_t out[512];

		asked_again.data = out;
		asked_again.len = gen_dns_query(&q.d, out);
		gen_udp_put(&asked_again);
		q.d.n_addr = 3;
		for (uint32_t i = 0; i < 3; i++)
			q.d.addr[i] = 0xc0000260 + i;
		put_answer(&u, &q.d);
		q.d.addr[0] = 0xc0000262;
		q.d.addr[2] = 0xc0000260;
		q.d.ttl -= (uint32_t)k; /* once the cache's clock has moved on */
		u = answer(&r, &q);
		u.t += q.rtt / 2 + 5 * GEN_MS;
		gen_udp_mark(
		    &u, GEN_TRAP, "second genuine answer to a repeated query, records rotated");
		put_answer(&u, &q.d);
		gen_sim_advance(s, s->t + 400 * GEN_MS);
	}
	lookups(&r, 3);
}

/* A gateway that answers a retransmitted query afresh: other addresses of the same service. */
static void
run_refresh(struct gen_sim *s)
{
	struct resolver r = resolver_make(s);
	struct asked q;
	struct gen_udp u;

	s->class = "dns-refresh";
	lookups(&r, 4);
	q = ask(&r, "cdn.example.net", GEN_DNS_A, s->t);
	u = answer(&r, &q);
	q.d.n_addr = 2;
	q.d.addr[0] = 0xc0000270;
	q.d.addr[1] = 0xc0000271;
	put_answer(&u, &q.d);
	q.d.addr[0] = 0xc0000280;
	u = answer(&r, &q);
	u.t += 900 * GEN_MS;
	gen_udp_mark(&u, GEN_TRAP, "the gateway answers again after its cache was refreshed");
	put_answer(&u, &q.d);
	gen_sim_advance(s, s->t + 2 * (int64_t)GEN_SEC);
	lookups(&r, 3);
}

const struct gen_episode gen_dns_episodes[] = {
	{ "dns", "copied-id", run_copied_id,
	    "forged answer first; IPID copied from the query, odd TTL" },
	{ "dns", "several", run_several,
	    "three forged answers with one constant IPID, other addresses each" },
	{ "dns", "late", run_late, "forged answer after the genuine one" },
	{ "dns", "wrong-type", run_wrong_type, "an A record in answer to an AAAA question" },
	{ "benign", "dns-rotation", run_rotation,
	    "repeated query, two genuine answers, records rotated" },
	{ "benign", "dns-refresh", run_refresh,
	    "gateway answers twice, cache refreshed in between" },
	{ 0 },
};
