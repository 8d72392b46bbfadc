/* Two captures of the same connections: A beside the clients, B beside the servers.
 *
 * Each episode is a few connections to which one thing happens on the way, among others to
 * which nothing does.  The story names the flows at both places and each frame that is at one
 * place only, or not the same at both. */
#include "vantage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS ((int64_t)GEN_MS)
#define SEC ((int64_t)GEN_SEC)

static void
tell_flow(struct gen_vantage *v, const struct gen_conn *c)
{
	char client[48];
	struct cm_buf *b = &v->flows;
	bool nat = c->relay >> 4 == GEN_NAT;
	struct gen_addr addr = nat ? gen_addr_v4(GEN_NAT_ADDR) : c->e[0].host->addr;

	cm_buf_add_str(b, b->len == 0 ? "\n{\"v\":1" : ",\n{\"v\":1");
	gen_json_text(b, "episode", v->episode);
	gen_json_text(b, "flow_a", c->flow);
	gen_addr_text(client, sizeof(client), &addr);
	cm_buf_printf(b, ",\"flow_b\":\"%s:%u%s\"}", client,
	    nat ? gen_nat_port(c->e[0].port) : c->e[0].port, strchr(c->flow, '>'));
}

static void
begin(struct gen_vantage *v, struct gen_conn *c, uint8_t between)
{
	gen_conn_start(c, v->a, &v->client, &v->server, 80);
	c->relay = (uint8_t)(GEN_BOTH | between << 4);
	tell_flow(v, c);
}

static struct gen_http
page(struct gen_vantage *v)
{
	return (struct gen_http) { .host = "www.example.com",
		.path = "/index.html",
		.server = "nginx",
		.body = gen_rng_range(&v->a->rng, 2500, 14000) };
}

static void
whole(struct gen_vantage *v, uint8_t between)
{
	struct gen_http h = page(v);
	struct gen_conn c;

	begin(v, &c, between);
	if (between == GEN_CLAMP) {
		c.strip_ts = true;
		c.mss = 1380;
	}
	gen_conn_handshake(&c);
	gen_http_exchange(&c, &h);
	c.now += 20 * MS;
	h.path = "/style.css";
	gen_http_exchange(&c, &h);
	gen_conn_close(&c, GEN_CLIENT);
	gen_pause(v->a, &c);
}

static void
put_marked(
    struct gen_seg *seg, const char *class, uint8_t relay, enum gen_kind kind, const char *note)
{
	struct gen_conn *c = seg->c;
	uint8_t before = c->relay;

	c->sim->class = class;
	c->relay = relay;
	gen_seg_mark(seg, kind, note);
	gen_conn_put(seg);
	c->relay = before;
}

/* Segments of the answer: the third is lost before A and sent again. */
static void
lose_segment(struct gen_vantage *v, struct gen_conn *c)
{
	struct gen_seg seg, lost = { 0 };
	size_t len = (size_t)c->mss - (c->ts ? 12u : 0u);
	uint32_t acked = 0;

	for (uint32_t i = 0; i < 6; i++) {
		seg = gen_conn_next(c, GEN_SERVER, i == 5 ? GEN_PSH | GEN_ACK : GEN_ACK);
		seg.data = v->a->pool + 4096 * i;
		seg.len = len;
		if (i == 2) {
			lost = seg;
			acked = seg.seq;
			put_marked(
			    &seg, "lost", GEN_THERE_ONLY, GEN_TRAP, "lost on the way; sent again");
		} else {
			gen_conn_put(&seg);
		}
		c->e[GEN_SERVER].nxt += (uint32_t)len;
		c->now += 15 * GEN_US;
	}
	c->now += gen_conn_turn(c, GEN_CLIENT);
	for (uint32_t i = 0; i < 3; i++, c->now += 15 * GEN_US) {
		seg = gen_conn_next(c, GEN_CLIENT, GEN_ACK);
		seg.ack = acked;
		gen_conn_put(&seg);
	}
	c->now += gen_conn_turn(c, GEN_SERVER);
	seg = gen_conn_next(c, GEN_SERVER, GEN_ACK);
	seg.seq = acked;
	seg.data = lost.data;
	seg.len = len;
	gen_conn_put(&seg);
	c->e[GEN_CLIENT].rcv = c->e[GEN_SERVER].nxt;
	c->now += gen_conn_turn(c, GEN_CLIENT);
	gen_conn_ack(c, GEN_CLIENT);
}

/* The request: lost before B, and sent again; or there, but not captured. */
static void
lose_request(struct gen_vantage *v, struct gen_conn *c, bool captured)
{
	struct gen_http h = page(v);
	char head[1024];
	size_t n = gen_http_request(v->a, &h, head, sizeof(head));
	struct gen_seg seg = gen_conn_next(c, GEN_CLIENT, GEN_PSH | GEN_ACK);

	seg.data = (const uint8_t *)head;
	seg.len = n;
	put_marked(&seg, captured ? "lost" : "unseen", GEN_HERE_ONLY, GEN_TRAP,
	    captured ? "lost on the way; sent again" : "it came; the capture has not got it");
	if (captured) {
		c->now += 240 * MS;
		seg = gen_conn_next(c, GEN_CLIENT, GEN_PSH | GEN_ACK);
		seg.data = (const uint8_t *)head;
		seg.len = n;
		gen_conn_put(&seg);
	}
	c->e[GEN_CLIENT].nxt += (uint32_t)n;
	c->e[GEN_SERVER].rcv = c->e[GEN_CLIENT].nxt;
	c->now += gen_conn_turn(c, GEN_SERVER);
	gen_conn_ack(c, GEN_SERVER);
	gen_http_reply(c, &h);
}

static void
run_loss(struct gen_vantage *v)
{
	struct gen_http h = page(v);

	for (uint32_t i = 0; i < 6; i++) {
		struct gen_conn c;

		begin(v, &c, GEN_PASS);
		gen_conn_handshake(&c);
		if (i % 3 == 0)
			gen_http_ask(&c, &h);
		if (i % 3 == 0)
			lose_segment(v, &c);
		else
			lose_request(v, &c, i % 3 == 1);
		gen_conn_close(&c, GEN_CLIENT);
		gen_pause(v->a, &c);
	}
}

/* An answer that nobody at B has seen; the genuine one comes later, at both. */
static void
run_born(struct gen_vantage *v)
{
	static const char lie[] =
	    "HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n"
	    "Connection: close\r\n\r\n";

	for (uint32_t i = 0; i < 4; i++) {
		struct gen_http h = page(v);
		struct gen_conn c;
		struct gen_seg seg;
		int64_t t;

		begin(v, &c, GEN_PASS);
		gen_conn_handshake(&c);
		gen_http_ask(&c, &h);
		t = c.now;
		seg = gen_conn_next(&c, GEN_SERVER, GEN_PSH | GEN_ACK);
		seg.t = t - gen_conn_turn(&c, GEN_SERVER) / 2;
		seg.alien = true;
		seg.data = (const uint8_t *)lie;
		seg.len = sizeof(lie) - 1;
		if (i % 2 == 0) { /* else it is a perfect copy of the server's manners */
			seg.ttl = (uint8_t)(seg.ttl + 9);
			seg.id_how = GEN_HOW_FIXED;
			seg.id = 0x1234;
		} else {
			seg.id_how = GEN_HOW_NEXT;
			seg.id = 1;
		}
		put_marked(&seg, "born", GEN_HERE_ONLY, GEN_FORGED, "born between the places");
		gen_http_reply(&c, &h);
		gen_conn_close(&c, GEN_CLIENT);
		gen_pause(v->a, &c);
	}
}

/* The Great Cannon between the places. */
static void
run_suppressed(struct gen_vantage *v)
{
	for (uint32_t i = 0; i < 4; i++) {
		struct gen_http h = { .host = "stat.example.net", .path = "/h.js?id=7c1d" };
		struct gen_conn c;
		char request[1024];
		struct gen_forgery f = { .request = request,
			.script = "var url=\"http://mirror.example/\";",
			.mark = true,
			.lost = i % 2 == 1 };

		begin(v, &c, GEN_PASS);
		gen_conn_handshake(&c);
		f.len = gen_http_request(v->a, &h, request, sizeof(request));
		v->a->class = "suppressed";
		(void)gen_cannon_fire(&c, &f);
		gen_pause(v->a, &c);
	}
}

static void
mark_changed(struct gen_seg *seg, void *ctx)
{
	struct gen_vantage *v = ctx;

	v->a->class = "rewritten";
	if (seg->from == GEN_SERVER && seg->len >= 600)
		gen_seg_mark(seg, GEN_FORGED, "bytes 500 to 559 are others at B");
}

static void
run_changed(struct gen_vantage *v)
{
	for (uint32_t i = 0; i < 3; i++) {
		struct gen_http h = page(v);
		struct gen_conn c;

		begin(v, &c, GEN_CHANGED);
		c.hook = mark_changed;
		c.hook_ctx = v;
		gen_conn_handshake(&c);
		gen_http_exchange(&c, &h);
		gen_conn_close(&c, GEN_CLIENT);
		gen_pause(v->a, &c);
	}
}

/* A proxy answers the SYN, and opens to the server when the client is real: its numbers to A,
 * the server's to B, and a constant between them. */
static void
run_proxy(struct gen_vantage *v)
{
	for (uint32_t i = 0; i < 3; i++) {
		struct gen_http h = page(v);
		struct gen_conn c, p;

		begin(v, &c, GEN_PROXY);
		c.strip_ts = true;
		c.relay = GEN_HERE_ONLY;
		gen_conn_handshake(&c);
		p = c;
		p.relay = GEN_THERE_ONLY;
		p.e[0].nxt = c.e[0].isn;
		p.e[1].nxt = c.e[1].isn - v->shift;
		p.e[0].rcv = p.e[1].rcv = 0;
		gen_conn_handshake(&p);
		c.now = p.now;
		c.relay = (uint8_t)(GEN_BOTH | GEN_PROXY << 4);
		gen_http_exchange(&c, &h);
		gen_conn_close(&c, GEN_CLIENT);
		gen_pause(v->a, &c);
	}
}

static void
put_answer(struct gen_vantage *v, const struct gen_udp *question, struct gen_dns *d, bool lie)
{
	uint8_t out[512];
	struct gen_udp u = *question;

	d->n_addr = 1;
	d->addr[0] = lie ? 0xc0000242u : 0xcb007150u;
	u.data = out;
	u.len = gen_dns_answer(d, out);
	u.from = question->to;
	u.to = question->from;
	u.sport = question->dport;
	u.dport = question->sport;
	u.to_client = true;
	u.t += v->server.owd * (lie ? 1 : 2);
	u.relay = lie ? GEN_HERE_ONLY : GEN_BOTH;
	if (lie) {
		u.ttl = (uint8_t)gen_rng_range(&v->a->rng, 40, 200);
		u.id_how = GEN_HOW_FIXED;
		u.id = gen_rng_u16(&v->a->rng);
		v->a->class = "born";
		gen_udp_mark(&u, GEN_FORGED, "an answer born between the places");
	}
	gen_udp_put(&u);
}

/* The same with names: two answers at A, one at B. */
static void
run_born_dns(struct gen_vantage *v)
{
	for (uint32_t i = 0; i < 6; i++) {
		uint8_t out[512];
		struct gen_dns d = { .txid = gen_rng_u16(&v->a->rng),
			.name = "www.example.com",
			.qtype = GEN_DNS_A,
			.ttl = 300,
			.edns = true };
		struct gen_udp u = { .sim = v->a,
			.from = &v->client,
			.to = &v->server,
			.dport = 53,
			.t = v->a->t,
			.data = out,
			.relay = GEN_BOTH,
			.link = v->a->o.link,
			.sport = (uint16_t)gen_rng_range(&v->a->rng, 30000, 60000) };

		u.len = gen_dns_query(&d, out);
		gen_udp_put(&u);
		if (i % 2 == 0)
			put_answer(v, &u, &d, true);
		put_answer(v, &u, &d, false);
		gen_pause(v->a, NULL);
	}
}

static void
run_nat(struct gen_vantage *v)
{
	for (uint32_t i = 0; i < 4; i++)
		whole(v, GEN_NAT);
}

static void
run_clamp(struct gen_vantage *v)
{
	for (uint32_t i = 0; i < 4; i++)
		whole(v, GEN_CLAMP);
}

static void
run_scrub(struct gen_vantage *v)
{
	for (uint32_t i = 0; i < 4; i++)
		whole(v, GEN_SCRUB);
}

static void
run_recut(struct gen_vantage *v)
{
	for (uint32_t i = 0; i < 4; i++) {
		whole(v, GEN_RECUT);
		gen_between_flush(v);
	}
}

static void
run_one_sided(struct gen_vantage *v)
{
	for (uint32_t i = 0; i < 3; i++)
		whole(v, GEN_UNHEARD);
}

static void
run_plain(struct gen_vantage *v)
{
	for (uint32_t i = 0; i < 10; i++)
		whole(v, GEN_PASS);
}

/* The second capture hears nothing for two seconds, in the midst of connections. */
static void
run_gap(struct gen_vantage *v)
{
	struct gen_http h = page(v);
	struct gen_conn c;

	v->gap_from = v->a->t + 2 * SEC;
	v->gap_to = v->gap_from + 2 * SEC;
	begin(v, &c, GEN_PASS);
	gen_conn_handshake(&c);
	for (uint32_t i = 0; i < 12; i++) {
		gen_http_exchange(&c, &h);
		c.now += 350 * MS;
	}
	gen_conn_close(&c, GEN_CLIENT);
	for (uint32_t i = 0; i < 8; i++)
		whole(v, GEN_PASS);
	gen_pause(v->a, &c);
}

static const struct {
	const char *name;
	void (*run)(struct gen_vantage *v);
} episodes[] = {
	{ "plain", run_plain },
	{ "loss", run_loss },
	{ "born", run_born },
	{ "born-dns", run_born_dns },
	{ "suppressed", run_suppressed },
	{ "changed", run_changed },
	{ "nat", run_nat },
	{ "clamp", run_clamp },
	{ "syn-proxy", run_proxy },
	{ "scrub", run_scrub },
	{ "recut", run_recut },
	{ "gap", run_gap },
	{ "one-sided", run_one_sided },
};

static void
tell_event(struct gen_vantage *v, uint32_t tag)
{
	const struct gen_mark *m = &v->a->truth.mark[tag];
	uint32_t there = tag < v->tags_cap ? v->tag_b[tag] : 0;
	uint64_t frame_b = there == 0 ? 0 : v->b->truth.mark[there].frame;
	struct cm_buf *b = &v->a->story.more;
	const char *what = m->class;

	if (strcmp(what, "suppressed") == 0 && frame_b != 0)
		what = "passed";
	if (strcmp(what, "suppressed") == 0 && m->kind == GEN_FORGED)
		what = "born";
	cm_buf_add_str(b, tag == 1 ? "\n{\"v\":1" : ",\n{\"v\":1");
	gen_json_text(b, "what", what);
	gen_json_text(b, "flow", m->flow);
	gen_json_number(b, "frame_a", (int64_t)m->frame);
	gen_json_number(b, "frame_b", (int64_t)frame_b);
	gen_json_text(b, "note", m->note);
	cm_buf_add_str(b, "}");
}

static void
tell(struct gen_vantage *v)
{
	struct cm_buf *b = &v->a->story.more;

	cm_buf_add_str(b, ",\n\"vantage\":{\"v\":1");
	gen_json_number(b, "skew_ns", v->b->skew);
	gen_json_number(b, "drift_ppb", v->b->drift_ppb);
	gen_json_number(b, "hops_between", v->path.hops);
	gen_json_number(b, "way_least_ns", v->path.least);
	if (v->gap_to != 0) {
		gen_json_time(b, "gap_from", gen_sim_clock(v->b, v->gap_from));
		gen_json_time(b, "gap_to", gen_sim_clock(v->b, v->gap_to));
	}
	gen_json_number(b, "sequence_shift", v->shift);
	cm_buf_add_str(b, ",\n\"flows\":[");
	cm_buf_add_span(b, cm_buf_span(&v->flows));
	cm_buf_add_str(b, "],\n\"events\":[");
	for (uint32_t i = 1; i <= v->a->truth.n; i++)
		tell_event(v, i);
	cm_buf_add_str(b, "]}");
}

static bool
start(struct gen_vantage *v, struct gen_sim *a, struct gen_sim *b)
{
	struct gen_opts o = a->o;

	o.seed ^= 0x5ca1ab1eu;
	o.format.pcapng = a->o.second_pcapng;
	a->o.ip = o.ip = GEN_IP_4;
	v->a = a;
	v->b = b;
	v->joined = malloc(GEN_DGRAM_MAX);
	if (v->joined == NULL || !gen_sim_start(b, &o, a->o.second))
		return false;
	b->skew = o.skew;
	b->drift_ppb = o.drift_ppb;
	b->server_near = true;
	b->lag = 2 * SEC;
	v->client = *gen_host_make(a, gen_addr_v4(0xc6336415), GEN_LINUX, 1, 200 * (int64_t)GEN_US);
	v->server = *gen_host_make(a, gen_addr_v4(0xcb007115), GEN_LINUX, 14, 31 * MS);
	v->path = (struct gen_path) { .hops = 13,
		.least = gen_path_least(v->server.owd, 150 * (int64_t)GEN_US),
		.seed = (uint32_t)gen_rng_next(&a->rng) };
	v->shift = (uint32_t)gen_rng_next(&a->rng);
	a->relay = gen_between_carry;
	a->relay_ctx = v;
	return true;
}

/* ${name}, or all of them; false: there is no such episode. */
static bool
play(struct gen_vantage *v, const char *name)
{
	uint32_t n = 0;

	for (size_t i = 0; i < sizeof(episodes) / sizeof(episodes[0]); i++) {
		if (name != NULL && strcmp(name, episodes[i].name) != 0)
			continue;
		v->episode = "plain";
		for (uint32_t k = 0; k < v->a->o.background; k++)
			whole(v, GEN_PASS);
		v->episode = episodes[i].name;
		episodes[i].run(v);
		gen_sim_advance(v->b, v->a->t);
		n++;
	}
	return n > 0;
}

void
gen_run_vantage(struct gen_sim *a)
{
	struct gen_vantage v = { 0 };
	struct gen_sim *b = calloc(1, sizeof(*b));

	if (b == NULL || !start(&v, a, b)) {
		a->failed = true;
	} else {
		if (!play(&v, a->o.only))
			a->unknown = true;
		gen_sim_advance(a, INT64_MAX);
		gen_between_flush(&v);
		a->failed |= !gen_sim_end(b);
		tell(&v);
		a->failed |= a->o.truth_b != NULL &&
			     !gen_truth_write(&b->truth, a->o.truth_b, "comity-gen vantage, B");
	}
	if (b != NULL)
		gen_sim_release(b);
	cm_buf_release(&v.flows);
	free(v.tag_b);
	free(v.joined);
	free(b);
}
