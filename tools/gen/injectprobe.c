/* Where it sits, and when it shoots: probes that die on the way, and connections that are hit
 * by draw. */
#include "cannon.h"
#include "raw.h"

#include <stdlib.h>
#include <string.h>

#define MS ((int64_t)GEN_MS)
#define HOPS 24u /* to the target */
#define INJECTOR 18u

static const char script[] = "var url=\"http://mirror.example/\";";

struct probing {
	struct gen_sim *s;
	struct gen_host *client, *target;
	struct gen_addr router[HOPS];
	uint32_t injected[HOPS + 1], exceeded[HOPS + 1];
};

/* The router at hop ${ttl} tells the sender, and quotes what died: the probe put last, header and 40 bytes. */
static void
exceeded(struct probing *p, int64_t t, uint8_t ttl)
{
	struct gen_sim *s = p->s;
	struct gen_raw r = { .src = p->router[ttl - 1],
		.dst = p->client->addr,
		.ttl = (uint8_t)(255 - ttl),
		.to_client = true,
		.id = gen_rng_u16(&s->rng) };
	uint8_t quoted[60];

	gen_wire_set_ttl(s->scratch, 1);
	memcpy(quoted, s->scratch, sizeof(quoted));
	r.data = quoted;
	r.len = sizeof(quoted);
	r.t = t + 2 * p->target->owd * ttl / HOPS;
	gen_raw_icmp(s, &r, 11, 0, 0);
	p->exceeded[ttl]++;
}

/* A connection as any other, but for the request's TTL. */
static void
probe_once(struct probing *p, uint8_t ttl)
{
	struct gen_sim *s = p->s;
	struct gen_http h = { .host = "stat.example.net", .path = "/h.js?id=7c1d" };
	bool hit = ttl >= INJECTOR && gen_rng_below(&s->rng, 100000) < s->o.rate;
	char request[1024];
	struct gen_forgery f = { .request = request, .script = script, .ttl = ttl, .mark = true };
	struct gen_conn c;
	struct gen_seg seg;

	gen_conn_start(&c, s, p->client, p->target, 80);
	gen_conn_handshake(&c);
	f.len = gen_http_request(s, &h, request, sizeof(request));
	if (hit) {
		(void)gen_cannon_fire(&c, &f);
		p->injected[ttl]++;
		return;
	}
	seg = gen_conn_next(&c, GEN_CLIENT, GEN_PSH | GEN_ACK);
	seg.data = (const uint8_t *)request;
	seg.len = f.len;
	seg.ttl = ttl;
	gen_conn_put(&seg);
	if (ttl < HOPS) {
		exceeded(p, c.now, ttl);
		c.now += 2000 * MS;
		gen_conn_reset(&c, GEN_CLIENT);
		return;
	}
	c.e[GEN_CLIENT].nxt += (uint32_t)f.len;
	c.e[GEN_SERVER].rcv = c.e[GEN_CLIENT].nxt;
	c.now += gen_conn_turn(&c, GEN_SERVER);
	gen_conn_ack(&c, GEN_SERVER);
	h.body = 600;
	gen_http_reply(&c, &h);
	gen_conn_close(&c, GEN_CLIENT);
}

static void
tell_probes(struct probing *p, uint32_t tries)
{
	struct cm_buf *b = &p->s->story.more;

	cm_buf_add_str(b, ",\n\"probe\":{\"v\":1");
	gen_json_addr(b, "target", &p->target->addr);
	gen_json_number(b, "target_hop", HOPS);
	gen_json_number(b, "injector_hop", INJECTOR);
	cm_buf_add_str(b, ",\"by_ttl\":[");
	for (uint32_t k = 10; k <= HOPS; k++)
		cm_buf_printf(b, "%s{\"ttl\":%u,\"sent\":%u,\"injected\":%u,\"exceeded\":%u}",
		    k == 10 ? "\n" : ",\n", k, tries, p->injected[k], p->exceeded[k]);
	cm_buf_add_str(b, "]}");
}

void
gen_run_inject_probe(struct gen_sim *s)
{
	struct probing p = { .s = s };
	uint32_t tries = s->o.connections;

	s->class = "great-cannon";
	p.client = gen_host_make(s, gen_addr_v4(0xc6336417), GEN_LINUX, 0, 80 * (int64_t)GEN_US);
	p.target = gen_host_make(s, gen_addr_v4(0xcb007107), GEN_LINUX, HOPS - 1, 92 * MS);
	for (uint32_t i = 0; i < HOPS; i++)
		p.router[i] = gen_addr_v4(0x64400100u + i * 256 + 1);
	for (uint32_t i = 0; i < tries && !s->full && !s->failed; i++)
		for (uint32_t k = 10; k <= HOPS; k++) {
			probe_once(&p, (uint8_t)k);
			gen_sim_advance(s, s->t + gen_rng_range(&s->rng, 300, 900) * MS);
		}
	tell_probes(&p, tries);
}

/* Connections of many sources to one target.  Only the first of a source can be hit, and only if
 * the request is in its first data packet; of those, one in so many. */
enum group { FIRST, LATER, NOT_FIRST_DATA, SPARED, GROUPS };

struct source {
	struct gen_host host;
	uint32_t asked;
	bool spared;
};

struct rating {
	struct gen_sim *s;
	struct gen_host *target;
	struct source *source;
	uint32_t n[GROUPS], k[GROUPS], repeated;
};

static void
connect_once(struct rating *r, struct source *x)
{
	struct gen_sim *s = r->s;
	struct gen_http h = { .host = "stat.example.net",
		.path = "/h.js?id=7c1d",
		.body = 700,
		.type = "text/javascript" };
	bool apart = gen_rng_chance(&s->rng, 1, 4); /* a byte goes before the request */
	enum group g = x->spared ? SPARED : x->asked > 0 ? LATER : apart ? NOT_FIRST_DATA : FIRST;
	char request[1024];
	struct gen_forgery f = { .request = request, .script = script, .mark = true };
	struct gen_conn c;

	gen_conn_start(&c, s, &x->host, r->target, 80);
	gen_conn_handshake(&c);
	if (apart)
		gen_conn_send(&c, GEN_CLIENT, "\r\n", 2);
	x->asked++;
	r->n[g]++;
	if (g == FIRST && gen_rng_below(&s->rng, 100000) < s->o.rate) {
		f.len = gen_http_request(s, &h, request, sizeof(request));
		f.lost = r->k[g] % 2 == 1;
		r->repeated += f.lost;
		r->k[g]++;
		(void)gen_cannon_fire(&c, &f);
	} else {
		gen_http_exchange(&c, &h);
		gen_conn_close(&c, GEN_CLIENT);
	}
	gen_sim_advance(s, s->t + gen_rng_range(&s->rng, 20, 90) * MS);
}

static void
tell_rate(struct rating *r)
{
	static const char *const says[GROUPS] = { "first connection of its source",
		"later connection of its source", "request not in the first data packet",
		"source in a network that is spared" };
	struct cm_buf *b = &r->s->story.more;

	cm_buf_add_str(b, ",\n\"rate\":{\"v\":1");
	gen_json_addr(b, "target", &r->target->addr);
	gen_json_number(b, "per_100000", r->s->o.rate);
	gen_json_number(b, "requests_repeated", r->repeated);
	cm_buf_add_str(b, ",\"groups\":[");
	for (uint32_t g = 0; g < GROUPS; g++) {
		cm_buf_add_str(b, g == 0 ? "\n{\"v\":1" : ",\n{\"v\":1");
		gen_json_text(b, "group", says[g]);
		gen_json_number(b, "connections", r->n[g]);
		gen_json_number(b, "injected", r->k[g]);
		cm_buf_add_str(b, "}");
	}
	cm_buf_add_str(b, "]}");
}

void
gen_run_inject_rate(struct gen_sim *s)
{
	struct rating r = { .s = s };
	uint32_t n = s->o.connections, sources = n / 2 + 1;

	s->class = "great-cannon";
	r.source = calloc(sources, sizeof(*r.source));
	if (r.source == NULL) {
		s->failed = true;
		return;
	}
	r.target = gen_host_make(s, gen_addr_v4(0xcb007107), GEN_LINUX, 22, 80 * MS);
	for (uint32_t i = 0; i < sources; i++) {
		r.source[i].host = *gen_host_client(s, i, false);
		r.source[i].spared = i / 32 % 4 == 3;
	}
	for (uint32_t i = 0; i < n && !s->full && !s->failed; i++)
		connect_once(&r, &r.source[gen_rng_below(&s->rng, sources)]);
	tell_rate(&r);
	gen_sim_advance(s, s->t + 5 * (int64_t)GEN_SEC);
	free(r.source);
}
