/* Much HTTP with forgeries in it: the shape of the bench the peers were measured on.
 *
 * Of the flows 35 % can be attacked, and there 5 % of the data segments meet a
 * forged one (--rate 1750, per 100,000 of all); the classes stand to one another as in that bench.
 *
 * Two manners: `http` has one class more, late forgeries that come after the ACK; `http-bench` has that bench's own six,
 * and its flows: one transfer each, sizes far apart. */
#include "episode.h"

#include <string.h>

#define SERVERS 120u
#define CLIENTS 2000u

struct manner {
	uint32_t late, late_acked;  /* SHARE_LATE between them */
	uint32_t rounds;            /* requests of a flow, at most */
	bool far_apart;             /* bodies of 2 to 288 kB, as many of each doubling */
	uint32_t keepalives, turns; /* one round in so many; a turn: the server's TTL changes */
};

static const struct manner of_http = { 2251, 750, 5, false, 100, 200 };
static const struct manner of_bench = { 3001, 0, 1, true, 35, 70 };

struct plan {
	const struct manner *manner;
	bool attackable, first_done;
	uint32_t turn_after; /* data segments of the server; 0: its path stays as it is */
	uint8_t evil[1500];
};

enum {
	SHARE_SAME = 3777,
	SHARE_LATE = 3001,
	SHARE_OVERLAP = 2108,
	SHARE_RST = 1304,
	SHARE_FIN = 517,
	SHARE_ALL = 10707
};

static struct gen_seg
forge(const struct gen_seg *seg, struct plan *p)
{
	struct gen_rng *r = &seg->c->sim->rng;
	struct gen_seg evil = *seg;

	evil.alien = true;
	evil.ts = false;
	evil.tag = 0;
	evil.data = p->evil;
	evil.df = gen_rng_chance(r, 1, 2);
	if (!gen_rng_chance(r, 1, 4))
		evil.ttl = (uint8_t)(seg->ttl + gen_rng_range(r, 1, 40));
	evil.id_how = gen_rng_chance(r, 1, 5) ? GEN_HOW_NEXT : GEN_HOW_FIXED;
	evil.id = evil.id_how == GEN_HOW_NEXT ? 1 : gen_rng_u16(r);
	return evil;
}

static void
put_pair(struct gen_seg *evil, struct gen_seg *seg, const char *class)
{
	struct gen_sim *s = seg->c->sim;

	s->class = class;
	gen_seg_mark(evil, GEN_FORGED, NULL);
	if (seg->tag == 0)
		gen_seg_mark(seg, GEN_GENUINE, NULL);
	gen_truth_pair(&s->truth, evil->tag, seg->tag);
	gen_conn_put(evil);
}

static void
attack(struct gen_seg *seg, struct plan *p)
{
	struct gen_rng *r = &seg->c->sim->rng;
	uint32_t k = gen_rng_below(r, SHARE_ALL);
	int64_t us = gen_rng_range(r, 1, 10) * (int64_t)GEN_US;
	struct gen_seg evil = forge(seg, p);

	if (k < SHARE_SAME) {
		evil.t -= us;
		put_pair(&evil, seg, "mid_same");
	} else if ((k -= SHARE_SAME) < p->manner->late) {
		evil.t += us;
		put_pair(&evil, seg, "late");
	} else if ((k -= p->manner->late) < p->manner->late_acked) {
		evil.t += gen_conn_rtt(seg->c) * 5 / 4;
		put_pair(&evil, seg, "late_acked");
	} else if ((k -= p->manner->late_acked) < SHARE_OVERLAP) {
		evil.seq += (uint32_t)(seg->len / 3);
		evil.t -= us;
		put_pair(&evil, seg, "overlap");
	} else if ((k -= SHARE_OVERLAP) < SHARE_RST) {
		evil.flags = GEN_RST | GEN_ACK;
		evil.len = 0;
		evil.t -= us;
		put_pair(&evil, seg, "rst");
	} else {
		evil.flags |= GEN_FIN;
		evil.t -= us;
		put_pair(&evil, seg, "fin");
	}
}

static void
race_first(struct gen_seg *seg, struct plan *p)
{
	struct gen_rng *r = &seg->c->sim->rng;
	struct gen_seg evil = forge(seg, p);

	evil.len = gen_rng_range(r, 80, 400);
	memcpy(p->evil, "HTTP/1.1 302 Found\r\n", 20);
	evil.t -= gen_rng_range(r, 100, 9000) * (int64_t)GEN_US;
	if (evil.t < seg->c->sim->t)
		evil.t = seg->t;
	put_pair(&evil, seg, "race_first");
	memset(p->evil, 'E', 20);
}

static void
nuisance(struct gen_seg *seg)
{
	struct gen_rng *r = &seg->c->sim->rng;
	struct gen_sim *s = seg->c->sim;
	uint32_t k = gen_rng_below(r, 1000);
	struct gen_seg copy = *seg;

	if (k >= 18 || seg->tag != 0)
		return;
	copy.t += 210 * (int64_t)GEN_MS;
	copy.tsval += 210;
	if (k < 10) {
		s->class = "retransmission";
		gen_seg_mark(&copy, GEN_TRAP, NULL);
		gen_conn_put(&copy);
	} else if (k < 13 && seg->len > 100) {
		s->class = "repacketised";
		copy.len = seg->len / 3;
		gen_conn_put(&copy);
		copy.seq += (uint32_t)copy.len;
		copy.data += copy.len;
		copy.len = seg->len - copy.len;
		copy.t += 11 * GEN_US;
		gen_seg_mark(&copy, GEN_TRAP, NULL);
		gen_conn_put(&copy);
	} else {
		s->class = "reordered";
		seg->t += 40 * GEN_US;
		gen_seg_mark(seg, GEN_TRAP, NULL);
	}
}

/* In the middle of a transfer the path gets longer by two hops. */
static void
turn(struct gen_seg *seg, struct plan *p)
{
	struct gen_end *server = &seg->c->e[GEN_SERVER];

	if (seg->from != GEN_SERVER || p->turn_after == 0 || --p->turn_after > 0)
		return;
	server->ttl = (uint8_t)(server->ttl - 2);
	seg->ttl = server->ttl;
	seg->c->sim->class = "reroute";
	gen_seg_mark(seg, GEN_TRAP, NULL);
}

static void
meet(struct gen_seg *seg, void *ctx)
{
	struct plan *p = ctx;
	struct gen_rng *r = &seg->c->sim->rng;
	uint32_t rate = seg->c->sim->o.rate;

	turn(seg, p);
	if (p->attackable && !p->first_done && seg->from == GEN_SERVER) {
		p->first_done = true;
		if (gen_rng_chance(r, 353 * rate / 1750, 5544))
			race_first(seg, p);
	} else if (p->attackable && seg->len > 16 && gen_rng_chance(r, rate * 28 / 10, 100000)) {
		attack(seg, p);
	}
	nuisance(seg);
}

static void
keepalive(struct gen_conn *c)
{
	struct gen_seg seg = gen_conn_next(c, GEN_CLIENT, GEN_ACK);
	uint8_t byte = (uint8_t)gen_rng_u16(&c->sim->rng);

	c->sim->class = "keepalive";
	seg.seq--;
	seg.data = &byte;
	seg.len = 1;
	gen_seg_mark(&seg, GEN_TRAP, NULL);
	gen_conn_put(&seg);
	c->now += gen_conn_turn(c, GEN_SERVER);
	gen_conn_ack(c, GEN_SERVER);
	c->now += GEN_MS;
}

static uint32_t
draw_body(struct gen_rng *r, const struct manner *m)
{
	if (!m->far_apart)
		return gen_rng_range(r, 1000, 37000);
	return gen_rng_range(r, 2000, 9000) << gen_rng_below(r, 6);
}

static void
one_flow(struct gen_sim *s, struct gen_host *client, struct gen_host *server, struct plan *p)
{
	struct gen_conn c;
	struct gen_http h = { .host = "www.example.com", .path = "/item" };
	const struct manner *m = p->manner;
	uint32_t rounds = gen_rng_range(&s->rng, 1, m->rounds);

	p->attackable = gen_rng_chance(&s->rng, 5544, 15776);
	p->first_done = false;
	if (m->far_apart && gen_rng_chance(&s->rng, 1, m->turns))
		p->turn_after = gen_rng_range(&s->rng, 2, 10);
	gen_conn_start(&c, s, client, server, 80);
	gen_conn_handshake(&c);
	c.hook = meet;
	c.hook_ctx = p;
	for (uint32_t i = 0; i < rounds; i++) {
		h.body = draw_body(&s->rng, m);
		gen_http_exchange(&c, &h);
		if (gen_rng_chance(&s->rng, 1, m->keepalives))
			keepalive(&c);
		if (!m->far_apart && gen_rng_chance(&s->rng, 1, m->turns))
			c.e[GEN_SERVER].ttl = (uint8_t)(c.e[GEN_SERVER].ttl - 2);
	}
	p->turn_after = 0;
	gen_conn_close(&c, GEN_CLIENT);
}

static void
run(struct gen_sim *s, const struct manner *manner)
{
	struct gen_host *server[SERVERS];
	struct plan plan = { .manner = manner };
	uint32_t n = s->o.connections;

	memset(plan.evil, 'E', sizeof(plan.evil));
	for (uint32_t i = 0; i < SERVERS; i++)
		server[i] = gen_host_server(s, i, gen_sim_wants_v6(s));
	for (uint32_t i = 0; (i < n || s->o.packets + s->o.bytes > 0) && !s->full && !s->failed;
	     i++) {
		struct gen_host *to = server[gen_rng_below(&s->rng, SERVERS)];
		struct gen_host *from = gen_host_client(s, i % CLIENTS, to->addr.v6);

		one_flow(s, from, to, &plan);
		gen_sim_advance(s, s->t + gen_rng_range(&s->rng, 1100, 4000) * (int64_t)GEN_US);
	}
}

void
gen_run_http(struct gen_sim *s)
{
	run(s, &of_http);
}

void
gen_run_http_bench(struct gen_sim *s)
{
	run(s, &of_bench);
}
