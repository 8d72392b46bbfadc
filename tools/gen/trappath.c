/* Benign traps of the path: other TTLs, other addresses, half of the packets, other times. */
#include "episode.h"

static struct gen_http
page_of(size_t body)
{
	return (struct gen_http) { .host = "shop.example.com", .path = "/", .body = body };
}

/* The balancer answers the SYN (TTL 255, DF 0), a server behind it sends the data: in every flow. */
static void
one_balanced(struct gen_sim *s, const struct gen_pair *p, bool mark)
{
	struct gen_http h = page_of(gen_rng_range(&s->rng, 300, 2500));
	struct gen_conn c;
	struct gen_seg seg;

	gen_conn_start(&c, s, p->client, p->server, 80);
	seg = gen_conn_next(&c, GEN_CLIENT, GEN_SYN);
	seg.syn_opts = true;
	seg.ts = p->client->stack->ts;
	gen_conn_put(&seg);
	c.e[0].nxt++;
	c.e[1].rcv = c.e[0].nxt;
	c.ts = p->client->stack->ts && p->server->stack->ts;
	c.sack = true;
	c.now += gen_conn_turn(&c, GEN_SERVER) - 300 * GEN_US;
	seg = gen_conn_next(&c, GEN_SERVER, GEN_SYN | GEN_ACK);
	seg.syn_opts = true;
	seg.ttl = (uint8_t)(255 - p->server->hops + 1);
	seg.df = false;
	seg.window = 8190;
	if (mark)
		gen_seg_mark(&seg, GEN_TRAP, "SYN-ACK by the load balancer");
	c.scale = true;
	gen_conn_put(&seg);
	c.e[1].nxt++;
	c.e[0].rcv = c.e[1].nxt;
	c.now += gen_conn_turn(&c, GEN_CLIENT);
	gen_conn_ack(&c, GEN_CLIENT);
	c.now += 50 * GEN_US;
	gen_http_exchange(&c, &h);
	gen_conn_close(&c, GEN_SERVER);
	gen_sim_advance(s, s->t + gen_rng_range(&s->rng, 30, 90) * (int64_t)GEN_MS);
}

static void
run_balancer(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);

	s->class = "load-balancer";
	for (int i = 0; i < 9; i++)
		one_balanced(s, &p, true);
}

/* Data and FIN by different boxes of one address: the balancer closes what the server said. */
static void
run_balancer_data(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_WINDOWS, GEN_LINUX);
	struct gen_http h = page_of(1200);
	struct gen_conn c;

	s->class = "load-balancer-fin";
	for (int i = 0; i < 6; i++) {
		gen_conn_start(&c, s, p.client, p.server, 80);
		gen_conn_handshake(&c);
		gen_http_exchange(&c, &h);
		c.e[GEN_SERVER].ttl = (uint8_t)(255 - p.server->hops + 1);
		gen_conn_close(&c, GEN_SERVER);
		gen_pause(s, &c);
	}
}

static void
run_reroute(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	struct gen_http h = page_of(3000);
	struct gen_conn c;
	struct gen_seg seg;

	s->class = "reroute";
	gen_background(s, &p);
	gen_open(s, &c, &p);
	gen_http_reply(&c, &h);
	c.e[GEN_SERVER].ttl = (uint8_t)(c.e[GEN_SERVER].ttl - 3);
	p.server->hops = (uint8_t)(p.server->hops + 3);
	seg = gen_conn_next(&c, GEN_SERVER, GEN_ACK);
	gen_seg_mark(&seg, GEN_TRAP, "from here on three hops more");
	gen_conn_put(&seg);
	gen_http_exchange(&c, &h);
	gen_conn_close(&c, GEN_CLIENT);
	gen_pause(s, &c);
	gen_background(s, &p);
}

static void
run_nat(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	struct gen_host *outside = gen_host_make(s,
	    p.client->addr.v6 ? gen_addr_v6(0x000d0000, 5) : gen_addr_v4(0xc0000205), GEN_LINUX, 1,
	    0);
	struct gen_http h = page_of(2500);
	struct gen_conn c;

	s->class = "nat-two-taps";
	for (int i = 0; i < 2; i++) {
		gen_conn_start(&c, s, p.client, p.server, 80);
		c.nat = outside;
		c.nat_port = (uint16_t)(61000 + i);
		gen_conn_handshake(&c);
		gen_http_exchange(&c, &h);
		gen_conn_close(&c, GEN_CLIENT);
		gen_pause(s, &c);
	}
}

static void
run_one_sided(struct gen_sim *s)
{
	struct gen_http h = page_of(2000);

	s->class = "one-sided";
	for (int i = 0; i < 4; i++) {
		struct gen_pair p =
		    gen_pair_make(s, GEN_LINUX, i % 2 == 0 ? GEN_LINUX : GEN_FREEBSD);
		struct gen_conn c;

		gen_conn_start(&c, s, p.client, p.server, 80);
		c.hide[i / 2] = true;
		gen_conn_handshake(&c);
		gen_http_exchange(&c, &h);
		gen_http_exchange(&c, &h);
		gen_conn_close(&c, GEN_CLIENT);
		gen_pause(s, &c);
	}
}

/* The SYN offers time stamps, a middlebox takes them out, the server knows of none. */
static void
run_stripped(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	struct gen_http h = page_of(1800);

	s->class = "options-stripped";
	for (int i = 0; i < 3; i++) {
		struct gen_conn c;

		gen_conn_start(&c, s, p.client, p.server, 80);
		c.strip_ts = true;
		gen_conn_handshake(&c);
		gen_http_exchange(&c, &h);
		gen_conn_close(&c, GEN_CLIENT);
		gen_pause(s, &c);
	}
}

/* The same ports again, other sequence numbers, other bytes: after 70 seconds, and after a year. */
static void
run_tuple_reuse(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	uint32_t flow = s->next_flow;
	uint32_t isn = 0;

	s->class = "tuple-reuse";
	for (int i = 0; i < 3; i++) {
		struct gen_http h = page_of(800u + 100u * (uint32_t)i);
		struct gen_conn c;
		struct gen_seg seg;

		s->next_flow = flow;
		gen_conn_start(&c, s, p.client, p.server, 80);
		if (i == 0)
			isn = c.e[GEN_SERVER].isn;
		else /* the new numbers lie where the old bytes were */
			c.e[GEN_SERVER].isn = c.e[GEN_SERVER].nxt = isn + 100;
		gen_conn_handshake(&c);
		gen_http_exchange(&c, &h);
		seg = gen_conn_next(&c, GEN_CLIENT, GEN_ACK);
		gen_seg_mark(&seg, GEN_TRAP, "the same four-tuple as another connection");
		gen_conn_put(&seg);
		gen_conn_close(&c, GEN_CLIENT);
		gen_sim_advance(s, c.now + (i == 0 ? 70 : 31536000) * (int64_t)GEN_SEC);
	}
}

static void
shift_stamps(struct gen_seg *seg, void *ctx)
{
	int *n = ctx;

	if (++*n % 3 != 0)
		return;
	seg->stamp_shift = -400 * (int64_t)GEN_MS;
	gen_seg_mark(seg, GEN_TRAP, "its time stamp lies before that of its predecessor");
}

static void
run_stamps(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	struct gen_http h = page_of(7000);
	struct gen_conn c;
	int n = 0;

	s->class = "stamps-out-of-order";
	gen_background(s, &p);
	gen_open(s, &c, &p);
	c.hook = shift_stamps;
	c.hook_ctx = &n;
	gen_http_reply(&c, &h);
	gen_conn_close(&c, GEN_CLIENT);
	gen_pause(s, &c);
}

static void
run_ipv6(struct gen_sim *s)
{
	uint8_t ip = s->o.ip;
	struct gen_pair p;

	s->class = "ipv6";
	s->o.ip = GEN_IP_6;
	p = gen_pair_make(s, GEN_MACOS, GEN_LINUX);
	s->o.ip = ip;
	for (int i = 0; i < 4; i++)
		gen_ordinary(s, p.client, p.server);
	gen_pause(s, NULL);
}

static void
run_tunnels(struct gen_sim *s)
{
	uint8_t link = s->o.link;

	s->class = "tags-and-tunnels";
	if (gen_wire_linktype((enum gen_link)link) != 1)
		return;
	for (uint8_t l = GEN_LINK_ETHER; l <= GEN_LINK_MPLS; l++) {
		struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);

		s->o.link = l;
		gen_ordinary(s, p.client, p.server);
	}
	s->o.link = link;
	gen_pause(s, NULL);
}

static void
run_tls(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_WINDOWS, GEN_LINUX);

	s->class = "tls";
	for (int i = 0; i < 2; i++) {
		struct gen_conn c;

		gen_conn_start(&c, s, p.client, p.server, 443);
		gen_conn_handshake(&c);
		gen_tls_session(&c, gen_rng_range(&s->rng, 500, 5000));
		gen_conn_close(&c, GEN_CLIENT);
		gen_pause(s, &c);
	}
}

const struct gen_episode gen_trap_path_episodes[] = {
	{ "benign", "load-balancer", run_balancer,
	    "SYN-ACK by the balancer, data by a server: TTL 245 and 53, DF 0 and 1" },
	{ "benign", "load-balancer-fin", run_balancer_data,
	    "data by the server, FIN by the balancer" },
	{ "benign", "reroute", run_reroute, "TTL changes by three in the middle of a flow" },
	{ "benign", "nat-two-taps", run_nat,
	    "each packet inside and outside of an address translator" },
	{ "benign", "one-sided", run_one_sided, "one direction only" },
	{ "benign", "options-stripped", run_stripped, "TSopt offered, taken out by a middlebox" },
	{ "benign", "tuple-reuse", run_tuple_reuse,
	    "the same four-tuple and sequence range, 70 s and a year later" },
	{ "benign", "stamps", run_stamps, "time stamps that run backwards" },
	{ "benign", "ipv6", run_ipv6, "no IPID, no DF" },
	{ "benign", "tags", run_tunnels, "VLAN, QinQ, PPPoE, MPLS" },
	{ "benign", "tls", run_tls, "records that look like TLS" },
	{ 0 },
};
