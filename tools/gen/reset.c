/* Forged resets: single ones with odd headers, bursts, and resets that the sender's own data belies. */
#include "episode.h"

static struct gen_seg
forged_rst(struct gen_conn *c, enum gen_side as, uint32_t ahead)
{
	struct gen_seg seg = gen_conn_next(c, as, GEN_RST);

	seg.alien = true;
	seg.seq += ahead;
	seg.df = false;
	seg.ttl = (uint8_t)gen_rng_range(&c->sim->rng, 90, 220);
	seg.window = (uint16_t)gen_rng_range(&c->sim->rng, 800, 9000);
	seg.id_how = GEN_HOW_FIXED;
	seg.id = gen_rng_u16(&c->sim->rng);
	return seg;
}

/* The client asked for a forbidden word; the server, not told, goes on answering. */
static void
server_goes_on(struct gen_conn *c, size_t body)
{
	struct gen_sim *s = c->sim;
	struct gen_http h = { .body = body };
	char out[8192];
	size_t len = gen_http_response(s, &h, out, sizeof(out));
	size_t mss = (size_t)c->mss - (c->ts ? 12u : 0u);

	for (size_t at = 0; at < len; at += mss) {
		struct gen_seg seg = gen_conn_next(c, GEN_SERVER, GEN_ACK);

		seg.data = (const uint8_t *)out + at;
		seg.len = len - at < mss ? len - at : mss;
		gen_conn_put(&seg);
		c->e[GEN_SERVER].nxt += (uint32_t)seg.len;
		c->now += c->gap;
	}
	for (int i = 0; i < 2; i++) { /* the client's stack has forgotten the connection */
		struct gen_seg seg = gen_conn_next(c, GEN_CLIENT, GEN_RST);

		gen_conn_put(&seg);
		c->now += c->gap;
	}
}

static void
run_single(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	struct gen_conn c;
	struct gen_seg seg;

	s->class = "rst-single";
	gen_background(s, &p);
	gen_open(s, &c, &p);
	c.now += 4 * GEN_MS;
	seg = forged_rst(&c, GEN_SERVER, 0);
	gen_seg_mark(
	    &seg, GEN_FORGED, "single RST, random TTL and window; the server's data follow");
	gen_conn_put(&seg);
	c.now += 9 * GEN_MS;
	server_goes_on(&c, 3000);
	gen_pause(s, &c);
	gen_background(s, &p);
}

static void
rst_triple(struct gen_conn *c, enum gen_side as)
{
	static const uint32_t ahead[3] = { 0, 1460, 4380 };
	uint8_t ttl = (uint8_t)gen_rng_range(&c->sim->rng, 70, 200);
	uint16_t window = (uint16_t)gen_rng_range(&c->sim->rng, 1000, 4000);

	for (uint32_t i = 0; i < 3; i++) {
		struct gen_seg seg = forged_rst(c, as, ahead[i]);

		seg.flags = GEN_RST | GEN_ACK;
		seg.ack = c->e[as].rcv;
		seg.ttl = (uint8_t)(ttl + i);
		seg.window = (uint16_t)(window + 79 * i);
		seg.t = c->now + (int64_t)i * 15 * GEN_US;
		gen_seg_mark(&seg, GEN_FORGED,
		    "one of RST/ACK X, X+1460, X+4380 with cyclic TTL and window");
		gen_conn_put(&seg);
	}
	c->now += 60 * GEN_US;
}

static void
run_burst(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_WINDOWS, GEN_LINUX);
	struct gen_conn c;

	s->class = "rst-burst";
	gen_background(s, &p);
	gen_open(s, &c, &p);
	c.now += 5 * GEN_MS;
	rst_triple(&c, GEN_SERVER);
	rst_triple(&c, GEN_CLIENT);
	c.now += 7 * GEN_MS;
	server_goes_on(&c, 2000);
	gen_pause(s, &c);
	gen_background(s, &p);
}

/* Both ends ignore it (it fell outside the window of one, was lost before the other): the transfer goes on. */
static void
run_ignored(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	struct gen_http h = { .host = "www.example.com", .path = "/big", .body = 2500 };
	struct gen_conn c;
	struct gen_seg seg;

	s->class = "rst-then-data";
	gen_background(s, &p);
	gen_open(s, &c, &p);
	gen_http_reply(&c, &h);
	c.now += 5 * GEN_MS;
	seg = forged_rst(&c, GEN_SERVER, 0);
	gen_seg_mark(&seg, GEN_FORGED, "RST from elsewhere; the connection goes on");
	gen_conn_put(&seg);
	c.now += 50 * GEN_MS;
	gen_http_exchange(&c, &h);
	gen_conn_close(&c, GEN_CLIENT);
	gen_pause(s, &c);
	gen_background(s, &p);
}

const struct gen_episode gen_reset_episodes[] = {
	{ "reset", "single", run_single,
	    "single RST with random TTL and window, then the server's data" },
	{ "reset", "burst", run_burst,
	    "RST/ACK triples X, X+1460, X+4380 to both ends, cyclic TTL and window" },
	{ "reset", "ignored", run_ignored, "a RST in the middle; the transfer goes on" },
	{ 0 },
};
