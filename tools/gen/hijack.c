/* Two SYN-ACKs: the hijacker's, on whose sequence numbers the connection goes on; and benign ones. */
#include "episode.h"

static void
syn_only(struct gen_conn *c)
{
	struct gen_seg seg = gen_conn_next(c, GEN_CLIENT, GEN_SYN);

	seg.syn_opts = true;
	seg.ts = c->e[0].host->stack->ts;
	gen_conn_put(&seg);
	c->e[0].nxt++;
	c->e[1].rcv = c->e[0].nxt;
	c->ts = seg.ts && c->e[1].host->stack->ts;
	c->sack = true;
	c->scale = false;
}

static struct gen_seg
syn_ack(struct gen_conn *c, uint32_t isn)
{
	struct gen_seg seg = gen_conn_next(c, GEN_SERVER, GEN_SYN | GEN_ACK);

	seg.syn_opts = true;
	seg.seq = isn;
	return seg;
}

static struct gen_seg
by_hijacker(struct gen_conn *c, uint8_t flags)
{
	struct gen_seg seg = gen_conn_next(c, GEN_SERVER, flags);

	seg.alien = true;
	seg.ts = false;
	seg.ttl = (uint8_t)(seg.ttl + 9);
	seg.df = false;
	return seg;
}

/* Both SYN-ACKs; afterwards the flow stands on the hijacker's number. */
static void
two_synacks(struct gen_conn *c)
{
	struct gen_sim *s = c->sim;
	uint32_t isn = c->e[GEN_SERVER].isn + 0x23456789u;
	int64_t asked = c->now;
	struct gen_seg real, seg;
	uint32_t genuine;

	c->now = asked + gen_conn_turn(c, GEN_SERVER);
	real = syn_ack(c, c->e[GEN_SERVER].isn);
	genuine = gen_seg_mark(&real, GEN_GENUINE, "the server's SYN-ACK");
	gen_conn_put(&real);
	c->ts = false;
	c->now = asked + gen_conn_turn(c, GEN_SERVER) / 4;
	seg = by_hijacker(c, GEN_SYN | GEN_ACK);
	seg.syn_opts = true;
	seg.seq = isn;
	seg.id_how = GEN_HOW_PEER;
	gen_truth_pair(&s->truth,
	    gen_seg_mark(&seg, GEN_FORGED, "SYN-ACK with another sequence number"), genuine);
	gen_conn_put(&seg);
	c->e[GEN_SERVER].nxt = isn + 1;
	c->e[GEN_CLIENT].rcv = isn + 1;
}

/* The forged SYN-ACK wins; its maker goes on as the server. */
static void
run_hijack(struct gen_sim *s)
{
	static const char evil[] =
	    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nwelcome!\n";
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	struct gen_http h = { .host = "www.example.com", .path = "/login" };
	struct gen_conn c;
	struct gen_seg seg;
	char request[1024];

	s->class = "hijack";
	gen_background(s, &p);
	gen_conn_start(&c, s, p.client, p.server, 80);
	syn_only(&c);
	two_synacks(&c);
	c.now += gen_conn_turn(&c, GEN_CLIENT);
	gen_conn_ack(&c, GEN_CLIENT);
	c.now += 50 * GEN_US;
	seg = gen_conn_next(&c, GEN_CLIENT, GEN_PSH | GEN_ACK);
	seg.len = gen_http_request(s, &h, request, sizeof(request));
	seg.data = (const uint8_t *)request;
	gen_conn_put(&seg);
	c.e[GEN_CLIENT].nxt += (uint32_t)seg.len;
	c.e[GEN_SERVER].rcv = c.e[GEN_CLIENT].nxt;
	c.now += gen_conn_turn(&c, GEN_SERVER) / 4;
	seg = by_hijacker(&c, GEN_PSH | GEN_ACK);
	seg.id_how = GEN_HOW_FIXED;
	seg.id = 0x4242;
	seg.data = (const uint8_t *)evil;
	seg.len = sizeof(evil) - 1;
	gen_seg_mark(&seg, GEN_FORGED, "data on the hijacker's sequence numbers");
	gen_conn_put(&seg);
	c.e[GEN_CLIENT].rcv += (uint32_t)seg.len;
	c.now += gen_conn_turn(&c, GEN_CLIENT);
	gen_conn_ack(&c, GEN_CLIENT);
	c.now += gen_conn_turn(&c, GEN_SERVER);
	gen_conn_reset(&c, GEN_CLIENT);
	gen_pause(s, &c);
	gen_background(s, &p);
}

/* A proxy in front of the server answers the SYN again and again, each time with a number of its own. */
static void
run_several_synacks(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_WINDOWS, GEN_LINUX);
	struct gen_conn c;
	struct gen_seg seg;

	s->class = "several-synacks";
	gen_background(s, &p);
	gen_conn_start(&c, s, p.client, p.server, 443);
	syn_only(&c);
	for (uint32_t i = 0; i < 3; i++) {
		c.now += gen_conn_turn(&c, GEN_SERVER) + i * 3 * (int64_t)GEN_SEC;
		seg = syn_ack(&c, c.e[GEN_SERVER].isn + i * 0x01020304u);
		gen_seg_mark(&seg, GEN_TRAP, "another SYN-ACK of the same host");
		gen_conn_put(&seg);
	}
	c.now += 3 * (int64_t)GEN_SEC;
	seg = gen_conn_next(&c, GEN_CLIENT, GEN_RST);
	gen_conn_put(&seg);
	gen_pause(s, &c);
	gen_background(s, &p);
}

/* A proxy that turns the SYN around: the SYN-ACK bears the SYN's IP id and window. */
static void
run_syn_proxy(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX_OLD, GEN_LINUX);
	struct gen_http h = { .host = "www.example.com", .path = "/", .body = 800 };
	struct gen_conn c;
	struct gen_seg seg;

	s->class = "syn-proxy";
	for (int i = 0; i < 3; i++) {
		gen_conn_start(&c, s, p.client, p.server, 80);
		syn_only(&c);
		c.now += gen_conn_turn(&c, GEN_SERVER) / 2;
		c.ts = false;
		seg = syn_ack(&c, c.e[GEN_SERVER].isn);
		seg.id_how = GEN_HOW_PEER;
		seg.window = c.e[GEN_CLIENT].host->stack->syn_window;
		seg.ttl = 61;
		gen_seg_mark(&seg, GEN_TRAP, "SYN-ACK by a SYN proxy, made from the SYN");
		gen_conn_put(&seg);
		c.e[GEN_SERVER].nxt++;
		c.e[GEN_CLIENT].rcv = c.e[GEN_SERVER].nxt;
		c.now += gen_conn_turn(&c, GEN_CLIENT);
		gen_conn_ack(&c, GEN_CLIENT);
		c.now += 40 * GEN_US;
		gen_http_exchange(&c, &h);
		gen_conn_close(&c, GEN_CLIENT);
		gen_pause(s, &c);
	}
}

const struct gen_episode gen_hijack_episodes[] = {
	{ "hijack", "handshake", run_hijack, "a forged SYN-ACK wins, data go on with its numbers" },
	{ "benign", "several-synacks", run_several_synacks,
	    "three SYN-ACKs of one host with other numbers, seconds apart" },
	{ "benign", "syn-proxy", run_syn_proxy, "SYN-ACK that repeats the SYN's IPID and window" },
	{ 0 },
};
