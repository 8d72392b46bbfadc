/* Much traffic over few flows, or many datagrams that were asked for. */
#include "raw.h"

#include <string.h>

#define MS ((int64_t)GEN_MS)
#define SEC ((int64_t)GEN_SEC)

struct bulk {
	struct gen_world w;
	struct gen_raw in, out; /* to the host at the tap, and from it */
	uint8_t body[1400];
	uint64_t i;
};

typedef void bulk_step(struct bulk *b);

static void
start_bulk(struct bulk *b)
{
	struct gen_world *w = &b->w;

	b->in = (struct gen_raw) { .dst = w->site.host.addr, .df = true, .plant = w->plant };
	b->out =
	    (struct gen_raw) { .src = w->site.host.addr, .df = true, .ttl = 64, .to_client = true };
}

static void
run_steps(struct gen_sim *s, const struct gen_plan *plan, bulk_step *step)
{
	static const struct bulk none;
	struct bulk b = none;
	uint32_t gap;
	int64_t t;

	s->o.ip = GEN_IP_4;
	if (!gen_world_start(&b.w, s, plan))
		return;
	start_bulk(&b);
	gap = GEN_SEC / b.w.pps;
	t = b.w.from;
	for (; b.i < b.w.n && !gen_world_over(&b.w); b.i++) {
		t += gap / 2 + gen_rng_below(&s->rng, gap + 1);
		gen_world_run(&b.w, t);
		b.in.t = t;
		step(&b);
	}
	gen_world_end(&b.w);
}

/* Protected payload: a short header, then what looks random (RFC 9000, 17.3). */
static void
put_quic(struct bulk *b, struct gen_raw *r, size_t len, bool first)
{
	struct gen_sim *s = b->w.s;

	gen_rng_fill(&s->rng, b->body, len < 64 ? len : 64); /* the rest may stay as it was */
	b->body[0] = (uint8_t)(0x40 | (b->body[0] & 0x3f));
	if (first) {
		b->body[0] = 0xc3;
		cm_put32(b->body + 1, 1);
		b->body[5] = 8;
	}
	r->data = b->body;
	r->len = len;
	gen_raw_udp(s, r);
}

static void
quic_flow(struct bulk *b, struct gen_addr peer, uint16_t theirs, uint16_t ours)
{
	b->in.src = peer;
	b->in.ttl = 54;
	b->in.sport = theirs;
	b->in.dport = ours;
	b->out.dst = peer;
	b->out.sport = ours;
	b->out.dport = theirs;
	put_quic(b, &b->in, b->i == 0 ? 1200 : 1350, b->i == 0);
	if (b->i % 8 == 0) {
		b->out.t = b->in.t + 300 * GEN_US;
		put_quic(b, &b->out, b->i == 0 ? 1200 : 41, b->i == 0);
	}
}

static void
backup_quic(struct bulk *b)
{
	quic_flow(b, gen_addr_v4(0xc6336414), 51820, 443);
}

static void
video(struct bulk *b)
{
	quic_flow(b, gen_addr_v4(0xc0000263), 443, 50123);
}

/* A resolver's questions to many servers, each answered. */
static void
resolver(struct bulk *b)
{
	struct gen_sim *s = b->w.s;
	char name[64];
	uint32_t k = gen_rng_below(&s->rng, 3000);
	struct gen_dns d = { .txid = gen_rng_u16(&s->rng),
		.name = name,
		.qtype = gen_rng_chance(&s->rng, 1, 4) ? GEN_DNS_AAAA : GEN_DNS_A,
		.ttl = 300,
		.edns = true,
		.authoritative = true,
		.n_addr = 1 };

	gen_site_name(name, sizeof(name), k);
	d.addr[0] = 0xc0000200u + k % 250;
	b->out.dst = gen_addr_other(k % 700);
	b->out.sport = (uint16_t)gen_rng_range(&s->rng, 1024, 65535);
	b->out.dport = 53;
	b->out.id = gen_rng_u16(&s->rng);
	b->out.t = b->in.t;
	b->out.data = b->body;
	b->out.len = gen_dns_query(&d, b->body);
	gen_raw_udp(s, &b->out);
	b->in.src = b->out.dst;
	b->in.ttl = gen_ttl_other(k % 700);
	b->in.sport = 53;
	b->in.dport = b->out.sport;
	b->in.id = gen_rng_u16(&s->rng);
	b->in.t += gen_rng_range(&s->rng, 3000, 120000) * (int64_t)GEN_US;
	b->in.data = b->body;
	b->in.len = gen_dns_answer(&d, b->body);
	if (gen_rng_chance(&s->rng, 98, 100))
		gen_raw_udp(s, &b->in);
}

/* A server of the pool: questions of 48 bytes from everywhere, each answered. */
static void
ntp(struct bulk *b)
{
	struct gen_sim *s = b->w.s;
	uint32_t k = gen_rng_below(&s->rng, 30000);

	memset(b->body, 0, 48);
	b->body[0] = 0x23;
	gen_rng_fill(&s->rng, b->body + 40, 8);
	b->in.src = gen_addr_other(k);
	b->in.ttl = gen_ttl_other(k);
	b->in.sport = k % 3 == 0 ? 123 : (uint16_t)gen_rng_range(&s->rng, 1024, 65535);
	b->in.dport = 123;
	b->in.id = gen_rng_u16(&s->rng);
	b->in.data = b->body;
	b->in.len = 48;
	gen_raw_udp(s, &b->in);
	b->body[0] = 0x24;
	b->body[1] = 2;
	b->out.dst = b->in.src;
	b->out.sport = 123;
	b->out.dport = b->in.sport;
	b->out.t = b->in.t + 40 * GEN_US;
	b->out.data = b->body;
	b->out.len = 48;
	gen_raw_udp(s, &b->out);
}

static const struct {
	struct gen_plan plan;
	bulk_step *step;
} kinds[] = {
	{ { "crowd", "benign", "backup-quic", NULL, 160000, 9000, 443, GEN_CROWD }, backup_quic },
	{ { "crowd", "benign", "video", NULL, 60000, 2500, 50123, GEN_CROWD }, video },
	{ { "crowd", "benign", "resolver", NULL, 60000, 3000, 0, GEN_CROWD }, resolver },
	{ { "crowd", "benign", "ntp-pool", NULL, 60000, 3000, 123, GEN_CROWD }, ntp },
};

static void
run_bulk(struct gen_sim *s)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].plan.name, s->episode) == 0)
			run_steps(s, &kinds[i].plan, kinds[i].step);
}

struct copy {
	struct gen_conn c;
	uint64_t left; /* bytes */
};

static void
copy_on(struct gen_world *w, void *who)
{
	struct copy *x = who;
	size_t n = x->left < 65536 ? (size_t)x->left : 65536;

	gen_conn_send(&x->c, GEN_CLIENT, w->s->pool + gen_rng_below(&w->s->rng, GEN_POOL / 2), n);
	x->left -= n;
	if (x->left == 0)
		gen_conn_close(&x->c, GEN_CLIENT);
	else
		gen_agenda_add(&w->agenda, x->c.now, copy_on, x);
}

/* One connection, as fast as the wire allows. */
static void
run_backup(struct gen_sim *s)
{
	static const struct gen_plan plan = { "crowd", "benign", "backup-tcp", NULL, 160000, 9000,
		22, GEN_CROWD };
	struct gen_world w;
	struct gen_host *from;
	struct copy x;

	s->o.ip = GEN_IP_4;
	if (!gen_world_start(&w, s, &plan))
		return;
	from = gen_host_make(s, gen_addr_v4(0xc6336414), GEN_LINUX, 2, 250 * (int64_t)GEN_US);
	gen_world_run(&w, w.from);
	gen_conn_start(&x.c, s, from, &w.site.host, 22);
	x.c.plant[GEN_CLIENT] = w.plant;
	x.c.gap = GEN_SEC / (w.pps + w.pps / 8);
	x.left = w.n * 1400;
	gen_conn_handshake(&x.c);
	gen_agenda_add(&w.agenda, x.c.now, copy_on, &x);
	gen_world_plant(&w)->clients = 1;
	gen_world_end(&w);
}

const struct gen_episode gen_crowd_bulk_episodes[] = {
	{ "crowd", "backup-tcp", run_backup, "a copy of everything, over one connection" },
	{ "crowd", "backup-quic", run_bulk, "the same as datagrams" },
	{ "crowd", "video", run_bulk, "a film from one server, as datagrams" },
	{ "crowd", "resolver", run_bulk, "a resolver asks many servers" },
	{ "crowd", "ntp-pool", run_bulk, "many ask one what time it is" },
	{ NULL, NULL, NULL, NULL },
};
