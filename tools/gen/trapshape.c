/* Benign traps of shape: datagrams in pieces, segments in pieces. */
#include "episode.h"

#include <string.h>

struct pieces {
	const char *class, *note;
	bool reverse, overlap, lose_last;
};

static void
in_pieces(struct gen_sim *s, const struct pieces *how)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_LINUX);
	struct gen_udp u = { .sim = s,
		.from = p.server,
		.to = p.client,
		.sport = 4500,
		.dport = 40000,
		.data = s->pool,
		.len = 2600,
		.mtu = 1500,
		.to_client = true,
		.overlap = how->overlap,
		.lose_last = how->lose_last,
		.reverse = how->reverse,
		.link = gen_sim_pick_link(s) };

	s->class = how->class;
	for (int i = 0; i < 2; i++) {
		u.t = s->t;
		gen_udp_mark(&u, GEN_TRAP, how->note);
		gen_udp_put(&u);
		gen_sim_advance(s, s->t + 20 * GEN_MS);
	}
	gen_pause(s, NULL);
}

static void
run_fragments(struct gen_sim *s)
{
	const struct pieces how = { "fragments", "fragments in order", false, false, false };

	in_pieces(s, &how);
}

static void
run_reversed(struct gen_sim *s)
{
	const struct pieces how = { "fragments-reversed", "last fragment first", true, false,
		false };

	in_pieces(s, &how);
}

static void
run_overlapping(struct gen_sim *s)
{
	const struct pieces how = { "fragments-overlapping", "sixteen bytes twice, the same", false,
		true, false };

	in_pieces(s, &how);
}

static void
run_lost(struct gen_sim *s)
{
	const struct pieces how = { "fragments-lost", "the last fragment never comes", false, false,
		true };

	in_pieces(s, &how);
}

/* A path with a small MTU cuts the segments of a host that does not set DF. */
static void
cut_segment(const struct gen_seg *seg)
{
	struct gen_conn *c = seg->c;
	struct gen_ip ip = { .src = c->e[seg->from].host->addr,
		.dst = c->e[!seg->from].host->addr,
		.ttl = seg->ttl,
		.proto = GEN_TCP,
		.id = c->e[seg->from].host->id++ };
	struct gen_tcp tcp = { .sport = c->e[seg->from].port,
		.dport = c->e[!seg->from].port,
		.seq = seg->seq,
		.ack = seg->ack,
		.flags = seg->flags,
		.window = seg->window,
		.data = seg->data,
		.len = seg->len };
	struct gen_shot shot = { .link = c->link, .v6 = c->v6, .to_client = true, .tag = seg->tag };
	uint8_t body[2048];
	size_t head = gen_wire_ip_len(&ip);
	size_t len = gen_wire_tcp(c->sim->scratch, &ip, &tcp) - head;

	memcpy(body, c->sim->scratch + head, len);
	ip.is_fragment = true;
	for (size_t at = 0; at < len; at += 552) {
		size_t n = len - at < 552 ? len - at : 552;
		size_t total;

		ip.more = at + n < len;
		ip.frag_bytes = (uint16_t)at;
		total = gen_wire_ip(c->sim->scratch, &ip, body + at, n);
		shot.t = seg->t + (int64_t)at * 20;
		gen_sim_shoot(c->sim, &shot, c->sim->scratch, total);
		shot.tag = 0;
	}
}

static void
run_cut_segments(struct gen_sim *s)
{
	struct gen_pair p = gen_pair_make(s, GEN_LINUX, GEN_EMBEDDED);
	struct gen_conn c;

	s->class = "tcp-in-fragments";
	gen_background(s, &p);
	gen_open(s, &c, &p);
	for (size_t i = 0; i < 3; i++) {
		struct gen_seg seg = gen_conn_next(&c, GEN_SERVER, GEN_PSH | GEN_ACK);

		seg.data = s->pool + i * 1400;
		seg.len = 1400;
		gen_seg_mark(&seg, GEN_TRAP, "a segment in fragments");
		cut_segment(&seg);
		c.e[GEN_SERVER].nxt += 1400;
		c.e[GEN_CLIENT].rcv = c.e[GEN_SERVER].nxt;
		c.now += gen_conn_turn(&c, GEN_CLIENT) + GEN_MS;
		gen_conn_ack(&c, GEN_CLIENT);
		c.now += GEN_MS;
	}
	gen_conn_close(&c, GEN_SERVER);
	gen_pause(s, &c);
}

const struct gen_episode gen_trap_shape_episodes[] = {
	{ "benign", "fragments", run_fragments, "UDP datagrams in fragments" },
	{ "benign", "fragments-reversed", run_reversed, "the last fragment comes first" },
	{ "benign", "fragments-overlapping", run_overlapping,
	    "fragments that overlap with the same bytes" },
	{ "benign", "fragments-lost", run_lost, "datagrams whose end never comes" },
	{ "benign", "tcp-in-fragments", run_cut_segments, "TCP segments in fragments" },
	{ 0 },
};
