/* On-path races: somebody who sees the flow, and is quicker (or slower) than the server. */
#include "episode.h"

#include <stdlib.h>
#include <string.h>

static const char page[] = "HTTP/1.1 302 Found\r\nLocation: http://mirror.example.org/x\r\n"
			   "Content-Length: 0\r\nConnection: close\r\n\r\n";

/* What a forger gets wrong. */
struct slip {
	bool no_ts, df_off, patient; /* patient: waits until the server's ACK has passed */
	int8_t ttl;                  /* difference at the tap */
	uint16_t id, window;         /* window 0: the server's own */
	uint8_t id_how;
};

static const struct slip crude = {
	.no_ts = true, .df_off = true, .ttl = 11, .id = 1, .window = 8192, .id_how = GEN_HOW_FIXED
};
static const struct slip careful = { .no_ts = true, .id = 1, .id_how = GEN_HOW_NEXT };
static const struct slip mimic = { .patient = true };

static struct gen_seg
forge(struct gen_conn *c, enum gen_side as, const struct slip *how)
{
	struct gen_seg seg = gen_conn_next(c, as, GEN_PSH | GEN_ACK);

	seg.alien = true;
	seg.ts = seg.ts && !how->no_ts;
	seg.df = seg.df && !how->df_off;
	seg.ttl = (uint8_t)(seg.ttl + how->ttl);
	seg.id_how = how->id_how;
	seg.id = how->id;
	if (how->window != 0)
		seg.window = how->window;
	return seg;
}

/* The forged answer first; the genuine one comes and is taken for a retransmission. */
static void
race_first(struct gen_sim *s, const struct gen_pair *p, const struct slip *how)
{
	struct gen_conn c;
	struct gen_seg seg;
	struct gen_http h = { .host = "www.example.com", .path = "/", .body = 700 };
	char out[4096];
	size_t len = gen_http_response(s, &h, out, sizeof(out));
	uint32_t forged;
	uint32_t echo, synack_clock;
	int64_t asked;

	gen_background(s, p);
	gen_conn_start(&c, s, p->client, p->server, 80);
	gen_conn_handshake(&c);
	synack_clock = c.e[GEN_CLIENT].ts_seen;
	gen_http_ask(&c, &h);
	/* the ACK of the forged answer has not reached the server when it answers */
	echo = c.e[GEN_SERVER].ts_seen;
	asked = c.now - gen_conn_turn(&c, GEN_SERVER);
	c.now = how->patient ? c.now + GEN_MS : asked + gen_conn_turn(&c, GEN_SERVER) / 3;
	seg = forge(&c, GEN_SERVER, how);
	seg.data = (const uint8_t *)page;
	seg.len = sizeof(page) - 1;
	forged = gen_seg_mark(&seg, GEN_FORGED, "answers first");
	gen_conn_put(&seg);
	c.e[GEN_CLIENT].rcv += (uint32_t)seg.len;
	if (!how->patient) /* nothing but the SYN-ACK has come from the server */
		c.e[GEN_CLIENT].ts_seen = synack_clock;
	c.now += gen_conn_turn(&c, GEN_CLIENT);
	gen_conn_ack(&c, GEN_CLIENT);
	c.now = asked + gen_conn_turn(&c, GEN_SERVER) + 3 * GEN_MS;
	seg = gen_conn_next(&c, GEN_SERVER, GEN_PSH | GEN_ACK);
	seg.data = (const uint8_t *)out;
	seg.len = len;
	seg.tsecr = echo;
	gen_truth_pair(&s->truth, forged, gen_seg_mark(&seg, GEN_GENUINE, "the server's answer"));
	gen_conn_put(&seg);
	c.e[GEN_SERVER].nxt += (uint32_t)len;
	c.e[GEN_CLIENT].rcv = c.e[GEN_SERVER].nxt;
	c.now += gen_conn_turn(&c, GEN_CLIENT);
	gen_conn_ack(&c, GEN_CLIENT);
	c.now += 4 * GEN_MS;
	gen_conn_close(&c, GEN_CLIENT);
	gen_pause(s, &c);
	gen_background(s, p);
}

static void
run_first(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);

	s->class = "race-first";
	race_first(s, &p, &crude);
}

static void
run_careful(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_MACOS, GEN_LINUX);

	s->class = "race-careful";
	race_first(s, &p, &careful);
}

static void
run_mimic(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_FREEBSD);

	s->class = "race-mimic";
	race_first(s, &p, &mimic);
}

/* The segment that comes after the data it claims to be was acknowledged, more than a round trip late. */
static void
run_late(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	struct gen_http h = { .body = 500 };
	struct gen_conn c;
	struct gen_seg seg;
	char out[4096];
	size_t len = gen_http_response(s, &h, out, sizeof(out));
	uint32_t genuine;

	s->class = "race-late";
	gen_background(s, &p);
	gen_open(s, &c, &p);
	c.now += 2 * GEN_MS;
	seg = gen_conn_next(&c, GEN_SERVER, GEN_PSH | GEN_ACK);
	seg.data = (const uint8_t *)out;
	seg.len = len;
	genuine = gen_seg_mark(&seg, GEN_GENUINE, "the server's answer");
	gen_conn_put(&seg);
	c.e[GEN_SERVER].nxt += (uint32_t)len;
	c.e[GEN_CLIENT].rcv = c.e[GEN_SERVER].nxt;
	c.now += gen_conn_turn(&c, GEN_CLIENT);
	gen_conn_ack(&c, GEN_CLIENT);
	c.now += gen_conn_rtt(&c) * 3 / 2;
	seg = forge(&c, GEN_SERVER, &crude);
	seg.seq -= (uint32_t)len;
	seg.data = (const uint8_t *)page;
	seg.len = sizeof(page) - 1;
	gen_truth_pair(&s->truth, gen_seg_mark(&seg, GEN_FORGED, "comes after the ACK"), genuine);
	gen_conn_put(&seg);
	c.now += gen_conn_turn(&c, GEN_CLIENT);
	gen_conn_ack(&c, GEN_CLIENT);
	c.now += 5 * GEN_MS;
	gen_conn_close(&c, GEN_SERVER);
	gen_pause(s, &c);
	gen_background(s, &p);
}

/* In the middle of a long answer: the same range, or one shifted, with other bytes. */
struct middle {
	struct gen_conn c;
	int left; /* data segments to go before the attack */
	int32_t shift;
	bool fin, before;
	uint8_t bytes[1500];
};

static void
attack_middle(struct gen_seg *seg, void *ctx)
{
	struct middle *m = ctx;
	struct gen_sim *s = seg->c->sim;
	struct gen_seg evil;

	if (seg->from != GEN_SERVER || m->left-- != 0)
		return;
	evil = forge(seg->c, GEN_SERVER, &crude);
	evil.seq = seg->seq + (uint32_t)m->shift;
	evil.len = m->fin ? 300 : seg->len;
	evil.data = m->bytes;
	evil.t = m->before ? seg->t - 6 * GEN_US : seg->t + 6 * GEN_US;
	evil.flags |= m->fin ? GEN_FIN : 0;
	gen_seg_mark(&evil, GEN_FORGED,
	    m->before ? "just before the genuine one" : "just after the genuine one");
	gen_truth_pair(&s->truth, evil.tag, gen_seg_mark(seg, GEN_GENUINE, "the server's segment"));
	gen_conn_put(&evil);
}

static void
race_middle(struct gen_sim *s, struct middle *m)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	struct gen_http h = { .body = 6000 };

	gen_background(s, &p);
	memset(m->bytes, 'E', sizeof(m->bytes));
	m->left = 2;
	gen_open(s, &m->c, &p);
	m->c.hook = attack_middle;
	m->c.hook_ctx = m;
	gen_http_reply(&m->c, &h);
	gen_conn_close(&m->c, GEN_CLIENT);
	gen_pause(s, &m->c);
	gen_background(s, &p);
}

static void
run_same_range(struct gen_sim *s)
{
	struct middle m = { .before = true };

	s->class = "race-same-range";
	race_middle(s, &m);
}

static void
run_overlap(struct gen_sim *s)
{
	struct middle m = { .shift = 400 };

	s->class = "race-overlap";
	race_middle(s, &m);
}

static void
run_fin_data(struct gen_sim *s)
{
	struct middle m = { .fin = true, .before = true };

	s->class = "race-fin-data";
	race_middle(s, &m);
}

/* A command slipped into the client's side: the server answers to what the client never said. */
static void
run_client_side(struct gen_sim *s)
{
	static const char evil[] = "GET /admin?do=delete HTTP/1.1\r\nHost: www.example.com\r\n\r\n";
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	struct gen_http h = { .host = "www.example.com", .path = "/news", .body = 400 };
	struct gen_conn c;
	struct gen_seg seg;

	s->class = "race-client-side";
	gen_background(s, &p);
	gen_open(s, &c, &p);
	gen_http_reply(&c, &h);
	c.now += 30 * GEN_MS;
	seg = forge(&c, GEN_CLIENT, &crude);
	seg.ttl = (uint8_t)(c.e[GEN_CLIENT].ttl - 9);
	seg.data = (const uint8_t *)evil;
	seg.len = sizeof(evil) - 1;
	gen_seg_mark(&seg, GEN_FORGED, "bears the client's address");
	gen_conn_put(&seg);
	c.now += 8 * GEN_MS;
	gen_http_exchange(&c, &h);
	gen_conn_close(&c, GEN_CLIENT);
	gen_pause(s, &c);
	gen_background(s, &p);
}

const struct gen_episode gen_race_episodes[] = {
	{ "race", "first", run_first,
	    "forged answer first: no TS, DF 0, IPID 1, window 8192, TTL + 11" },
	{ "race", "careful", run_careful,
	    "forged answer first with TTL, DF and next IPID of the server; no TS" },
	{ "race", "late", run_late,
	    "forged segment more than a round trip after the ACK of the genuine one" },
	{ "race", "same-range", run_same_range, "middle of a transfer, same range, other bytes" },
	{ "race", "overlap", run_overlap, "middle of a transfer, range shifted by 400 bytes" },
	{ "race", "fin-data", run_fin_data, "middle of a transfer, other bytes and FIN" },
	{ "race", "client-side", run_client_side, "a request under the client's address" },
	{ "mimic", "answer", run_mimic,
	    "copies TTL, DF, IPID, window and TS: nothing passive can tell which is forged" },
	{ 0 },
};
