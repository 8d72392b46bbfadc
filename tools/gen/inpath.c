/* In-path redirection of the kind measured in Turkey and Egypt: no overlap, the answer is another stack's. */
#include "episode.h"

#include <stdio.h>

static const char redirect[] =
    "HTTP/1.1 307 Temporary Redirect\r\n"
    "Location: http://ads.example.org/static1.html\r\nConnection: close\r\n\r\n";

struct hand {
	uint16_t id, window;
	bool df;
	uint8_t ttl_more; /* than the server's, at the tap */
};

static struct gen_seg
by_hand(struct gen_conn *c, uint8_t flags, const struct hand *h)
{
	struct gen_seg seg = gen_conn_next(c, GEN_SERVER, flags);

	seg.alien = true;
	seg.ts = false;
	seg.df = h->df;
	seg.window = h->window;
	seg.id_how = GEN_HOW_FIXED;
	seg.id = h->id;
	seg.ttl = (uint8_t)(seg.ttl + h->ttl_more);
	return seg;
}

/* The server acknowledges the request, then somebody else answers it, and the real answer is never seen. */
static void
redirected(struct gen_sim *s, const struct gen_pair *p, const struct hand *h)
{
	struct gen_conn c;
	struct gen_seg seg;

	gen_open(s, &c, p);
	c.now += gen_rng_range(&s->rng, 1, 150) * (int64_t)GEN_MS;
	seg = by_hand(&c, GEN_FIN | GEN_ACK, h);
	seg.data = (const uint8_t *)redirect;
	seg.len = sizeof(redirect) - 1;
	gen_seg_mark(&seg, GEN_FORGED, "307 with FIN; the real answer is suppressed");
	gen_conn_put(&seg);
	c.e[GEN_SERVER].nxt += (uint32_t)sizeof(redirect);
	c.e[GEN_CLIENT].rcv = c.e[GEN_SERVER].nxt;
	c.now += 120 * GEN_US;
	seg = gen_conn_next(&c, GEN_CLIENT, GEN_FIN | GEN_ACK);
	gen_conn_put(&seg);
	c.e[GEN_CLIENT].nxt++;
	c.e[GEN_SERVER].rcv = c.e[GEN_CLIENT].nxt;
	c.now += gen_conn_turn(&c, GEN_SERVER) / 2;
	seg = by_hand(&c, GEN_ACK, h);
	gen_seg_mark(&seg, GEN_FORGED, "bare ACK of the client's FIN");
	gen_conn_put(&seg);
	gen_pause(s, NULL);
}

static void
sandvine(struct gen_sim *s, const struct gen_pair *p, const struct hand *h)
{
	s->class = "sandvine";
	gen_background(s, p);
	redirected(s, p, h);
	gen_background(s, p);
	redirected(s, p, h);
	gen_background(s, p);
}

static void
run_sandvine(struct gen_sim *s)
{
	const struct hand h = { .id = 0x3412, .window = 32120 };
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);

	sandvine(s, &p, &h);
}

static void
run_plain_server(struct gen_sim *s)
{
	const struct hand h = { .id = 0x3412, .window = 32120 };
	struct gen_pair p = gen_pair_make(s, GEN_LINUX_OLD, GEN_ROUTER);

	sandvine(s, &p, &h);
}

static void
run_other_hand(struct gen_sim *s)
{
	const struct hand h = { .id = 0x00f2, .window = 8192, .df = true, .ttl_more = 9 };
	struct gen_pair p = gen_pair_make(s, GEN_WINDOWS, GEN_WINDOWS);

	sandvine(s, &p, &h);
}

const struct gen_episode gen_inpath_episodes[] = {
	{ "sandvine", "redirect", run_sandvine,
	    "307 in the path: IPID 0x3412, DF 0, window 32120, equal TTL" },
	{ "sandvine", "plain-server", run_plain_server,
	    "the same before a server without TCP options" },
	{ "sandvine", "other-hand", run_other_hand,
	    "another injector: constant IPID 0x00f2, TTL + 9, no TS on either side" },
	{ 0 },
};
