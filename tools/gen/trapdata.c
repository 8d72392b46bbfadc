/* Benign traps in the data: what looks like two versions of the same bytes, and is none. */
#include "episode.h"

#include <string.h>

static struct gen_http
page_of(size_t body)
{
	return (struct gen_http) { .host = "www.example.com", .path = "/page", .body = body };
}

/* One byte below what was sent, to see whether the other end is still there. */
static void
keepalives(struct gen_sim *s, struct gen_pair p, uint8_t byte)
{
	struct gen_http h = page_of(600);
	struct gen_conn c;

	gen_background(s, &p);
	gen_open(s, &c, &p);
	gen_http_reply(&c, &h);
	for (int i = 0; i < 4; i++) {
		struct gen_seg seg;

		c.now += 10 * (int64_t)GEN_SEC;
		seg = gen_conn_next(&c, GEN_CLIENT, GEN_ACK);
		seg.seq--;
		seg.data = &byte;
		seg.len = 1;
		gen_seg_mark(&seg, GEN_TRAP, "keep-alive with a byte");
		gen_conn_put(&seg);
		c.now += gen_conn_turn(&c, GEN_SERVER);
		gen_conn_ack(&c, GEN_SERVER);
	}
	gen_http_exchange(&c, &h);
	gen_conn_close(&c, GEN_CLIENT);
	gen_pause(s, &c);
}

static void
run_keepalive_zero(struct gen_sim *s)
{
	s->class = "keepalive-zero";
	keepalives(s, gen_pair_make(s, GEN_WINDOWS, GEN_LINUX), 0);
}

static void
run_keepalive_garbage(struct gen_sim *s)
{
	s->class = "keepalive-garbage";
	keepalives(s, gen_pair_make(s, GEN_EMBEDDED, GEN_LINUX), 'y');
}

/* ACKs whose IP length counts six bytes of padding; the real data follow on the same numbers. */
static void
run_zero_padding(struct gen_sim *s)
{
	static const uint8_t zero[6];
	struct gen_pair p = gen_pair_make(s, GEN_EMBEDDED, GEN_EMBEDDED);
	struct gen_http h = page_of(900);
	struct gen_conn c;

	s->class = "zero-padding";
	gen_background(s, &p);
	gen_open(s, &c, &p);
	for (int i = 0; i < 3; i++) {
		struct gen_seg seg = gen_conn_next(&c, GEN_SERVER, GEN_ACK);

		seg.data = zero;
		seg.len = i == 2 ? 2 : 6;
		gen_seg_mark(&seg, GEN_TRAP, "padding counted as payload");
		gen_conn_put(&seg);
		c.now += GEN_MS;
		gen_http_exchange(&c, &h);
	}
	gen_conn_close(&c, GEN_CLIENT);
	gen_pause(s, &c);
}

/* Data on the SYN begin at ISN+1; the server did not take them, so they come again. */
static void
run_fast_open(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	struct gen_http h = page_of(700);
	struct gen_conn c;
	struct gen_seg seg;
	char request[1024];
	size_t len = gen_http_request(s, &h, request, sizeof(request));

	s->class = "fast-open";
	gen_background(s, &p);
	gen_conn_start(&c, s, p.client, p.server, 80);
	seg = gen_conn_next(&c, GEN_CLIENT, GEN_SYN);
	seg.syn_opts = true;
	seg.ts = true;
	seg.data = (const uint8_t *)request;
	seg.len = len;
	gen_seg_mark(&seg, GEN_TRAP, "data on the SYN");
	gen_conn_put(&seg);
	c.ts = c.sack = true;
	c.e[0].nxt++;
	c.e[1].rcv = c.e[0].nxt;
	c.now += gen_conn_turn(&c, GEN_SERVER);
	seg = gen_conn_next(&c, GEN_SERVER, GEN_SYN | GEN_ACK);
	c.scale = true;
	seg.syn_opts = true;
	gen_conn_put(&seg);
	c.e[1].nxt++;
	c.e[0].rcv = c.e[1].nxt;
	c.now += gen_conn_turn(&c, GEN_CLIENT);
	gen_conn_send(&c, GEN_CLIENT, request, len);
	gen_http_reply(&c, &h);
	gen_conn_close(&c, GEN_CLIENT);
	gen_pause(s, &c);
}

/* Captured at the sender: segments of several MSS with the checksum left to the card; one is lost and
 * comes again in pieces. */
static void
run_offload(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	struct gen_http h = page_of(600);
	struct gen_conn c;
	uint8_t *data = s->pool + 4096;
	size_t at, mss;

	s->class = "offload";
	gen_background(s, &p);
	gen_open(s, &c, &p);
	gen_http_reply(&c, &h);
	mss = (size_t)c.mss - 12;
	for (int i = 0; i < 2; i++) {
		struct gen_seg seg = gen_conn_next(&c, GEN_CLIENT, GEN_PSH | GEN_ACK);

		seg.data = data;
		seg.len = 4 * mss;
		seg.csum = i == 0 ? GEN_CSUM_ZERO : GEN_CSUM_PARTIAL;
		gen_seg_mark(
		    &seg, GEN_TRAP, "super-segment before the card cut it, checksum not yet made");
		gen_conn_put(&seg);
		c.now += 230 * GEN_MS;
		for (at = 0; at < 2 * mss; at += mss) {
			seg = gen_conn_next(&c, GEN_CLIENT, GEN_ACK);
			seg.seq += (uint32_t)at;
			seg.data = data + at;
			seg.len = mss;
			seg.csum = GEN_CSUM_PARTIAL;
			gen_conn_put(&seg);
			c.now += c.gap;
		}
		c.e[GEN_CLIENT].nxt += (uint32_t)(4 * mss);
		c.e[GEN_SERVER].rcv = c.e[GEN_CLIENT].nxt;
		c.now += gen_conn_turn(&c, GEN_SERVER);
		gen_conn_ack(&c, GEN_SERVER);
		data += 4 * mss;
	}
	gen_http_reply(&c, &h);
	gen_conn_close(&c, GEN_CLIENT);
	gen_pause(s, &c);
}

enum again { AGAIN_SAME, AGAIN_OTHER_CUTS, AGAIN_DUPLICATE, AGAIN_DUPLICATE_HOP, AGAIN_REORDER };

struct repeat {
	enum again how;
	int count;
};

/* Sends more of the stream than the segment had, or less, from the same place. */
static void
other_cuts(const struct gen_seg *seg, int64_t t)
{
	struct gen_seg piece = *seg;

	piece.t = t;
	piece.tag = 0;
	piece.len = seg->len / 2;
	gen_conn_put(&piece);
	piece.seq += (uint32_t)piece.len;
	piece.data += piece.len;
	piece.len = seg->len - piece.len;
	piece.t += 20 * GEN_US;
	gen_seg_mark(&piece, GEN_TRAP, "the same bytes in other cuts");
	gen_conn_put(&piece);
}

static void
repeat_some(struct gen_seg *seg, void *ctx)
{
	struct repeat *r = ctx;
	struct gen_seg copy = *seg;
	int64_t rto = 220 * GEN_MS;

	if (seg->from != GEN_SERVER || r->count++ % 3 != 1)
		return;
	switch (r->how) {
	case AGAIN_SAME:
		copy.t += rto;
		copy.tsval += 220;
		gen_seg_mark(&copy, GEN_TRAP, "plain retransmission");
		gen_conn_put(&copy);
		break;
	case AGAIN_OTHER_CUTS:
		copy.tsval += 220;
		other_cuts(&copy, seg->t + rto);
		break;
	case AGAIN_DUPLICATE:
	case AGAIN_DUPLICATE_HOP:
		gen_seg_mark(seg, GEN_TRAP, "captured twice");
		seg->dup_dt = 4 * GEN_US;
		seg->dup_ttl = r->how == AGAIN_DUPLICATE_HOP ? 1 : 0;
		break;
	case AGAIN_REORDER:
		gen_seg_mark(seg, GEN_TRAP, "overtaken by its successors");
		seg->t += 3 * 15 * GEN_US;
		break;
	}
}

static void
repeats(struct gen_sim *s, enum again how)
{
	struct gen_pair p =
	    gen_pair_make(s, GEN_LINUX, how == AGAIN_DUPLICATE_HOP ? GEN_WINDOWS : GEN_LINUX);
	struct gen_http h = page_of(7000);
	struct repeat r = { .how = how };
	struct gen_conn c;

	gen_background(s, &p);
	gen_open(s, &c, &p);
	c.hook = repeat_some;
	c.hook_ctx = &r;
	gen_http_reply(&c, &h);
	c.now += 300 * GEN_MS;
	gen_conn_close(&c, GEN_CLIENT);
	gen_pause(s, &c);
}

static void
run_retransmit(struct gen_sim *s)
{
	s->class = "retransmission";
	repeats(s, AGAIN_SAME);
}

static void
run_repacketised(struct gen_sim *s)
{
	s->class = "repacketised";
	repeats(s, AGAIN_OTHER_CUTS);
}

static void
run_duplicate(struct gen_sim *s)
{
	s->class = "duplicate";
	repeats(s, AGAIN_DUPLICATE);
}

static void
run_duplicate_hop(struct gen_sim *s)
{
	s->class = "duplicate-hop";
	repeats(s, AGAIN_DUPLICATE_HOP);
}

static void
run_reordered(struct gen_sim *s)
{
	s->class = "reordered";
	repeats(s, AGAIN_REORDER);
}

/* A client that has closed answers each further segment with a RST of its own sequence number. */
static void
run_rst_after_fin(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_WINDOWS, GEN_LINUX);
	struct gen_http h = page_of(300);
	struct gen_conn c;
	struct gen_seg seg;

	s->class = "rst-after-fin";
	gen_background(s, &p);
	gen_open(s, &c, &p);
	gen_http_reply(&c, &h);
	seg = gen_conn_next(&c, GEN_CLIENT, GEN_FIN | GEN_ACK);
	gen_conn_put(&seg);
	c.e[GEN_CLIENT].nxt++;
	for (uint32_t i = 0; i < 5; i++) {
		c.now += 300 * GEN_US;
		seg = gen_conn_next(&c, GEN_SERVER, GEN_ACK);
		seg.data = s->pool + i * 500;
		seg.len = 500;
		gen_conn_put(&seg);
		c.e[GEN_SERVER].nxt += 500;
		c.now += gen_conn_turn(&c, GEN_CLIENT);
		seg = gen_conn_next(&c, GEN_CLIENT, i % 2 == 0 ? GEN_RST : GEN_RST | GEN_ACK);
		seg.seq += i * 3;
		seg.ack = i % 2 == 0 ? 0 : c.e[GEN_SERVER].nxt;
		gen_seg_mark(&seg, GEN_TRAP, "RST of a closed socket");
		gen_conn_put(&seg);
	}
	gen_pause(s, &c);
}

const struct gen_episode gen_trap_data_episodes[] = {
	{ "benign", "keepalive-zero", run_keepalive_zero, "keep-alives with one byte 0x00" },
	{ "benign", "keepalive-garbage", run_keepalive_garbage,
	    "keep-alives with one byte of garbage (PLC)" },
	{ "benign", "zero-padding", run_zero_padding,
	    "2 or 6 zero bytes counted as payload, then real data" },
	{ "benign", "fast-open", run_fast_open, "data on the SYN, sent again after the SYN-ACK" },
	{ "benign", "offload", run_offload,
	    "segments of several MSS with zero or partial checksums, then pieces" },
	{ "benign", "retransmission", run_retransmit, "identical bytes again" },
	{ "benign", "repacketised", run_repacketised, "the same bytes again in other cuts" },
	{ "benign", "duplicate", run_duplicate, "packets captured twice" },
	{ "benign", "duplicate-hop", run_duplicate_hop,
	    "captured twice, the second time one hop further" },
	{ "benign", "reordered", run_reordered, "segments that overtake one another" },
	{ "benign", "rst-after-fin", run_rst_after_fin,
	    "RSTs with several sequence numbers after a close" },
	{ 0 },
};
