/* Scans: one source, many doors.  Each is an actor of the agenda, so that it can go on beside a
 * flood. */
#include "scan.h"

#include <stdlib.h>
#include <string.h>

#define MS ((int64_t)GEN_MS)
#define SEC ((int64_t)GEN_SEC)
#define SCANNER 0xc6336442u /* 198.51.100.66 */

static bool
open_port(uint32_t port)
{
	return port == 22 || port == 80 || port == 443;
}

static struct gen_raw
probe_of(const struct gen_scan *x)
{
	struct gen_raw r = { .src = x->host.addr,
		.dst = x->w->site.host.addr,
		.sport = 40125,
		.ttl = (uint8_t)(64 - x->host.hops),
		.plant = x->plant,
		.t = x->w->s->t };

	return r;
}

static struct gen_raw
answer_of(const struct gen_raw *r)
{
	struct gen_raw a = { .src = r->dst,
		.dst = r->src,
		.sport = r->dport,
		.dport = r->sport,
		.ttl = 64,
		.df = true,
		.to_client = true,
		.t = r->t + 200 * GEN_US };

	return a;
}

/* Half open: SYN; RST/ACK of a port that is shut; SYN-ACK, and the scanner's kernel says RST. */
static void
half_open(struct gen_scan *x, struct gen_raw *r, bool there, bool open)
{
	struct gen_sim *s = x->w->s;
	struct gen_raw_tcp syn = {
		.flags = GEN_SYN, .seq = gen_mix(x->seed ^ 77u), .window = 1024, .mss = 1460
	};
	struct gen_raw_tcp no = { .flags = GEN_RST | GEN_ACK, .ack = syn.seq + 1 };
	struct gen_raw_tcp yes = { .flags = GEN_SYN | GEN_ACK,
		.seq = (uint32_t)gen_rng_next(&s->rng),
		.ack = syn.seq + 1,
		.window = 64240,
		.mss = 1460 };
	struct gen_raw_tcp off = { .flags = GEN_RST, .seq = syn.seq + 1 };
	struct gen_raw a;

	r->id = gen_rng_u16(&s->rng);
	gen_raw_tcp(s, r, &syn);
	if (!there)
		return;
	a = answer_of(r);
	gen_raw_tcp(s, &a, open ? &yes : &no);
	if (!open)
		return;
	r->t += 2 * x->host.owd;
	r->id = 0;
	gen_raw_tcp(s, r, &off);
}

static void
probe_port(struct gen_scan *x)
{
	struct gen_raw r = probe_of(x);

	r.dport = gen_scan_port(x->i);
	half_open(x, &r, true, open_port(r.dport));
}

static void
probe_host(struct gen_scan *x)
{
	struct gen_raw r = probe_of(x);
	uint32_t n = gen_mix((uint32_t)x->i / 512 * 512 + 1) % 512; /* an order that skips about */
	uint32_t k = ((uint32_t)x->i * 173 + n) % 512;

	r.dst = gen_addr_v4((k < 256 ? 0xcb007100u : 0xc0000200u) + k % 256);
	r.dport = 445;
	half_open(x, &r, gen_mix(k) % 10 < 3, gen_mix(k) % 10 == 0);
}

static void
connect_port(struct gen_scan *x)
{
	struct gen_world *w = x->w;
	struct gen_conn c;
	struct gen_seg seg;
	uint16_t port = gen_scan_port(x->i);

	gen_conn_start(&c, w->s, &x->host, &w->site.host, port);
	c.plant[GEN_CLIENT] = x->plant;
	if (!open_port(port)) {
		gen_refused(&c);
		return;
	}
	gen_conn_handshake(&c);
	c.now += MS;
	seg = gen_conn_next(&c, GEN_CLIENT, GEN_RST | GEN_ACK);
	gen_conn_put(&seg);
}

static void
probe_udp(struct gen_scan *x)
{
	struct gen_sim *s = x->w->s;
	struct gen_raw r = probe_of(x), a;

	r.dport = gen_scan_port(x->i);
	r.id = gen_rng_u16(&s->rng);
	r.data = s->pool;
	r.len = r.dport == 53 ? 12 : r.dport == 161 ? 40 : 0;
	gen_raw_udp(s, &r);
	if (r.dport == 53 || gen_rng_chance(&s->rng, 2, 3))
		return; /* errors are few a second */
	a = answer_of(&r);
	a.df = false;
	gen_raw_quote(s, &a, 3, 3);
}

static const struct gen_scan_kind kinds[] = {
	{ { "syn-scan", "scan", "syn-vertical", NULL, 1000, 200, 0, GEN_SCAN }, probe_port, true },
	{ { "syn-scan", "scan", "syn-sweep", NULL, 512, 100, 445, GEN_SCAN }, probe_host, false },
	{ { "connect-scan", "scan", "connect", NULL, 1000, 100, 0, GEN_SCAN }, connect_port, true },
	{ { "udp-scan", "scan", "udp", NULL, 800, 50, 0, GEN_SCAN }, probe_udp, true },
	{ { "syn-scan", "scan", "slow", NULL, 60, 1, 0, GEN_SCAN }, probe_port, true },
};

uint16_t
gen_scan_port(uint64_t i)
{
	static const uint16_t first[] = { 80, 23, 443, 21, 22, 25, 3389, 110, 445, 139, 143, 53,
		135, 3306, 8080, 1723, 111, 995, 993, 5900, 161, 502 };

	if (i < sizeof(first) / sizeof(first[0]))
		return first[i];
	return (uint16_t)(1 + (i * 7919 + 1021) % 64000);
}

void
gen_refused(struct gen_conn *c)
{
	struct gen_seg seg = gen_conn_next(c, GEN_CLIENT, GEN_SYN);

	seg.syn_opts = true;
	seg.ts = c->e[GEN_CLIENT].host->stack->ts;
	gen_conn_put(&seg);
	c->e[GEN_CLIENT].nxt++;
	c->e[GEN_SERVER].rcv = c->e[GEN_CLIENT].nxt;
	c->now += gen_conn_turn(c, GEN_SERVER);
	c->e[GEN_SERVER].nxt = 0;
	seg = gen_conn_next(c, GEN_SERVER, GEN_RST | GEN_ACK);
	gen_conn_put(&seg);
}

static void
probe(struct gen_world *w, void *who)
{
	struct gen_scan *x = who;
	int64_t step = GEN_SEC / x->pps;

	if (x->i >= x->n)
		return;
	x->kind->probe(x);
	x->i++;
	if (x->slow)
		step = 30 * SEC;
	gen_agenda_add(&w->agenda,
	    w->s->t + step / 2 + (int64_t)gen_rng_below(&w->s->rng, (uint32_t)(step / 1000)) * 1000,
	    probe, x);
}

bool
gen_scan_begin(struct gen_scan *x, struct gen_world *w, const char *name, int64_t t)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].plan.name, name) == 0)
			x->kind = &kinds[i];
	if (x->kind == NULL)
		return false;
	x->w = w;
	x->slow = strcmp(name, "slow") == 0;
	x->seed = (uint32_t)gen_rng_next(&w->s->rng);
	x->host = *gen_host_make(w->s, gen_addr_v4(SCANNER), GEN_LINUX, 13, 21 * (int64_t)GEN_MS);
	gen_agenda_add(&w->agenda, t, probe, x);
	return true;
}

static void
run_scan(struct gen_sim *s)
{
	struct gen_scan x = { 0 };
	struct gen_world w;
	struct gen_plan plan = { 0 };
	struct gen_plant *p;
	bool slow = strcmp(s->episode, "slow") == 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].plan.name, s->episode) == 0)
			plan = kinds[i].plan;
	s->o.ip = GEN_IP_4;
	if (slow && s->o.background > 2)
		s->o.background = 2; /* half an hour of it is enough */
	if (!gen_world_start(&w, s, &plan))
		return;
	if (slow) {
		w.to = w.from + (int64_t)w.n * 30 * SEC;
		w.end = w.to + 20 * SEC;
	}
	x.plant = w.plant;
	x.pps = w.pps;
	x.n = w.n;
	p = gen_world_plant(&w);
	p->to = w.to;
	p->has_source = true;
	p->source = gen_addr_v4(SCANNER);
	(void)gen_scan_begin(&x, &w, s->episode, w.from);
	p->has_target = x.kind->one_target;
	gen_world_end(&w);
}

const struct gen_episode gen_scan_episodes[] = {
	{ "scan", "syn-vertical", run_scan, "1,000 ports of one host, half open" },
	{ "scan", "syn-sweep", run_scan, "one port of 512 addresses" },
	{ "scan", "connect", run_scan, "1,000 ports, connected and dropped" },
	{ "scan", "udp", run_scan, "800 ports; some errors come back" },
	{ "scan", "slow", run_scan, "one probe in half a minute" },
	{ NULL, NULL, NULL, NULL },
};
