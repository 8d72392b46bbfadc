/* The Great Cannon from its published description (docs/generator.md tells fact from assumption).
 *
 * In-path: of the connections to one target, a share is answered on the first
 * data packet by a burst of three packets whose TTL rises by one; the request
 * does not reach the server; later packets of the connection pass, since a flow
 * cache has it as handled.  The tap is on the clients' side. */
#include "cannon.h"

#include <stdio.h>

#define CLIENTS 12u

struct cannon {
	struct gen_host *target, *other, *client[CLIENTS];
	uint32_t hits;
};

/* Packed as such scripts were; unpacked it names two mirrors and does nothing to them. */
static const char script[] =
    "eval(function(p,a,c,k,e,r){e=function(c){return c.toString(a)};while(c--)if(k[c])p=p.replace("
    "new RegExp('\\\\b'+e(c)+'\\\\b','g'),k[c]);return p}('0 1=[\"2://3.4/5/\",\"2://3.4/6/\"];0 "
    "7=8;"
    "/* 9 a b "
    "*/',12,12,'var|urls|https|mirror|example|greatfire|cn-nytimes|period|2000|inert|test|sample'"
    ".split('|'),0,{}))";

static void
put_burst(struct gen_conn *c, const char *text, uint32_t tags[3])
{
	struct gen_sim *s = c->sim;
	struct gen_http h = { .text = text, .type = "text/javascript", .close = true };
	char out[4096];
	size_t len = gen_http_response(s, &h, out, sizeof(out));
	size_t third = len / 3;
	uint8_t ttl = (uint8_t)gen_rng_range(&s->rng, 70, 240);
	static const char *const notes[3] = { "injected 1 of 3, request suppressed",
		"injected 2 of 3, TTL +1", "injected 3 of 3, TTL +1, FIN" };

	for (size_t i = 0; i < 3; i++) {
		struct gen_seg seg = gen_conn_next(c, GEN_SERVER, GEN_PSH | GEN_ACK);

		seg.alien = true;
		seg.seq += (uint32_t)(i * third);
		seg.data = (const uint8_t *)out + i * third;
		seg.len = i == 2 ? len - 2 * third : third;
		seg.flags |= i == 2 ? GEN_FIN : 0;
		seg.ttl = (uint8_t)(ttl + i);
		seg.ts = false;
		seg.id_how = GEN_HOW_FIXED;
		seg.id = gen_rng_u16(&s->rng);
		tags[i] = gen_seg_mark(&seg, GEN_FORGED, notes[i]);
		gen_conn_put(&seg);
		c->now += gen_rng_range(&s->rng, 20, 90) * (int64_t)GEN_US;
	}
	c->e[GEN_CLIENT].rcv += (uint32_t)len + 1;
	c->now += 200 * GEN_US;
}

/* The client believes the burst and closes; the server, which saw no request, does not understand. */
static void
believed(struct gen_conn *c)
{
	struct gen_seg seg;
	uint32_t asked = c->e[GEN_SERVER].rcv;

	c->now += gen_conn_turn(c, GEN_CLIENT);
	gen_conn_ack(c, GEN_CLIENT);
	c->now += GEN_MS;
	seg = gen_conn_next(c, GEN_CLIENT, GEN_FIN | GEN_ACK);
	gen_conn_put(&seg);
	c->now += gen_conn_turn(c, GEN_SERVER);
	seg = gen_conn_next(c, GEN_SERVER, GEN_ACK);
	seg.ack = asked;
	gen_seg_mark(&seg, GEN_GENUINE, "the server's own ACK does not cover the request");
	gen_conn_put(&seg);
	c->now += 220 * GEN_MS;
	seg = gen_conn_next(c, GEN_CLIENT, GEN_FIN | GEN_ACK);
	gen_conn_put(&seg);
}

/* The burst is lost behind the tap: the client asks again, and the flow cache lets it pass. */
static void
asked_again(struct gen_conn *c, const char *request, size_t len, const uint32_t tags[3])
{
	struct gen_sim *s = c->sim;
	struct gen_http h = { .body = gen_rng_range(&s->rng, 900, 2400),
		.type = "text/javascript" };
	char out[6144];
	size_t n = gen_http_response(s, &h, out, sizeof(out));
	struct gen_seg seg;

	c->e[GEN_CLIENT].rcv = c->e[GEN_SERVER].nxt;
	c->now += 310 * GEN_MS;
	seg = gen_conn_next(c, GEN_CLIENT, GEN_PSH | GEN_ACK);
	seg.seq -= (uint32_t)len;
	seg.data = (const uint8_t *)request;
	seg.len = len;
	gen_conn_put(&seg);
	c->e[GEN_SERVER].rcv = c->e[GEN_CLIENT].nxt;
	c->now += gen_conn_turn(c, GEN_SERVER);
	seg = gen_conn_next(c, GEN_SERVER, GEN_ACK);
	gen_conn_put(&seg);
	c->now += 2 * GEN_MS;
	seg = gen_conn_next(c, GEN_SERVER, GEN_ACK);
	seg.len = (size_t)c->mss - (c->ts ? 12u : 0u);
	seg.len = seg.len < n ? seg.len : n;
	seg.data = (const uint8_t *)out;
	gen_truth_pair(&s->truth, tags[0],
	    gen_seg_mark(&seg, GEN_GENUINE, "the server's answer to the repeated request"));
	gen_conn_put(&seg);
	c->e[GEN_SERVER].nxt += (uint32_t)seg.len;
	c->e[GEN_CLIENT].rcv = c->e[GEN_SERVER].nxt;
	if (seg.len < n)
		gen_conn_send(c, GEN_SERVER, out + seg.len, n - seg.len);
	gen_conn_close(c, GEN_CLIENT);
}

/* gen_conn_send would let the server acknowledge; this request dies on its way. */
uint32_t
gen_cannon_fire(struct gen_conn *c, struct gen_forgery *f)
{
	struct gen_seg seg = gen_conn_next(c, GEN_CLIENT, GEN_PSH | GEN_ACK);
	uint8_t relay = c->relay;
	uint32_t tags[3];
	struct gen_seg probe;

	c->relay = 0; /* neither gets to the other side */
	seg.data = (const uint8_t *)f->request;
	seg.len = f->len;
	if (f->ttl != 0)
		seg.ttl = f->ttl;
	if (f->mark)
		gen_seg_mark(&seg, GEN_GENUINE, "the request: suppressed");
	gen_conn_put(&seg);
	c->e[GEN_CLIENT].nxt += (uint32_t)f->len;
	c->now += gen_conn_turn(c, GEN_SERVER) * 18 / 24;
	probe = gen_conn_next(c, GEN_SERVER, GEN_ACK); /* what the burst claims to answer */
	c->e[GEN_SERVER].rcv = c->e[GEN_CLIENT].nxt;
	put_burst(c, f->script, tags);
	f->came = c->now;
	c->relay = relay;
	c->e[GEN_SERVER].rcv = probe.ack;
	if (f->lost)
		asked_again(c, f->request, f->len, tags);
	else
		believed(c);
	return tags[0];
}

static void
inject(struct gen_conn *c, struct cannon *g)
{
	struct gen_http h = { .host = "stat.example.net", .path = "/h.js?id=7c1d" };
	char request[1024];
	struct gen_forgery f = { .request = request, .script = script };

	f.len = gen_http_request(c->sim, &h, request, sizeof(request));
	f.lost = g->hits++ % 3 == 2;
	(void)gen_cannon_fire(c, &f);
}

static void
one_connection(struct gen_sim *s, struct cannon *g)
{
	bool eligible = gen_rng_chance(&s->rng, 6, 7);
	struct gen_host *server = eligible ? g->target : g->other;
	struct gen_conn c;
	struct gen_http h = { .host = "stat.example.net",
		.path = "/h.js?id=7c1d",
		.type = "text/javascript",
		.body = gen_rng_range(&s->rng, 300, 1300) };

	gen_conn_start(&c, s, g->client[gen_rng_below(&s->rng, CLIENTS)], server, 80);
	gen_conn_handshake(&c);
	if (eligible && gen_rng_below(&s->rng, 100000) < s->o.rate) {
		inject(&c, g);
	} else {
		gen_http_exchange(&c, &h);
		if (gen_rng_chance(&s->rng, 1, 4)) {
			gen_conn_wait(&c, 40 * GEN_MS);
			gen_http_exchange(&c, &h);
		}
		gen_conn_close(&c, gen_rng_chance(&s->rng, 2, 3) ? GEN_CLIENT : GEN_SERVER);
	}
	gen_sim_advance(s, s->t + gen_rng_range(&s->rng, 5, 80) * (int64_t)GEN_MS);
}

void
gen_run_cannon(struct gen_sim *s)
{
	struct cannon g = { 0 };
	bool v6 = gen_sim_wants_v6(s);

	s->class = "great-cannon";
	g.target = gen_host_make(s, v6 ? gen_addr_v6(0x00050000, 7) : gen_addr_v4(0xcb007107),
	    GEN_LINUX, 22, 80 * (int64_t)GEN_MS);
	g.other = gen_host_make(s, v6 ? gen_addr_v6(0x00050000, 8) : gen_addr_v4(0xcb007108),
	    GEN_FREEBSD, 13, 30 * (int64_t)GEN_MS);
	for (uint32_t i = 0; i < CLIENTS; i++)
		g.client[i] = gen_host_client(s, i, v6);
	for (uint32_t i = 0; i < s->o.connections || s->o.packets + s->o.bytes > 0; i++) {
		if (s->full || s->failed)
			return;
		one_connection(s, &g);
	}
}
