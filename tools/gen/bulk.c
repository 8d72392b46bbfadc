/* Streams that test endurance: flows of one packet each (or a few), and captures without end.
 *
 * The endless one writes a block of the http scenario again and again; each copy
 * has other hosts (one 16-bit word of each address) and a later time, and its
 * checksums are mended by the difference, so that it costs little more than a
 * copy in memory. */
#include "episode.h"

#include <stdlib.h>
#include <string.h>

/* Packet ${round} of flow ${i}. */
static void
one_packet(struct gen_sim *s, uint32_t i, uint32_t round)
{
	struct gen_ip ip = { .src = gen_addr_v4(0x0a000000u | (i & 0xffffff)),
		.dst = gen_addr_v4(0xcb007105),
		.ttl = (uint8_t)(40 + i % 23),
		.df = true,
		.id = (uint16_t)(i * 40503u),
		.proto = GEN_TCP };
	struct gen_tcp tcp = { .sport = (uint16_t)(1024 + i % 60000),
		.dport = 80,
		.seq = i * 2654435761u,
		.flags = GEN_SYN,
		.window = 64240 };
	struct gen_shot shot = { .t = s->t, .link = s->o.link, .to_client = false };
	size_t len;

	ip.id = (uint16_t)(ip.id + round);
	if (i % 3 == 1 || round > 0) {
		tcp.flags = GEN_PSH | GEN_ACK;
		tcp.seq += 64 * round - (i % 3 == 0 ? 63 : 0); /* after its SYN */
		tcp.ack = i;
		tcp.data = s->pool + i % 65536;
		tcp.len = 64;
	}
	if (i % 3 == 2) {
		ip.proto = GEN_UDP;
		len = gen_wire_udp(
		    s->scratch, &ip, tcp.sport, (uint16_t)(6100 + i % 7), s->pool + i % 65536, 48);
	} else {
		len = gen_wire_tcp(s->scratch, &ip, &tcp);
	}
	gen_sim_shoot(s, &shot, s->scratch, len);
	gen_sim_advance(s, s->t + 1000);
}

void
gen_run_flows(struct gen_sim *s)
{
	uint64_t n = s->o.packets == 0 ? 1000000 : s->o.packets;
	uint64_t flows = s->o.flows == 0 ? n : s->o.flows;

	for (uint64_t i = 0; i < n && !s->failed; i++)
		one_packet(s, (uint32_t)(i % flows), (uint32_t)(i / flows));
}

#define BLOCK_BYTES (12u << 20)
#define CLIENT_WORD 0x0a00u /* 10.0.0.0/8 */
#define SERVER_WORD 0x6440u /* 100.64.0.0/10 */

struct block {
	uint8_t *bytes; /* records of a little-endian pcap file, without the file's header */
	size_t len;
	int64_t span_us;
};

static uint16_t
mend(uint16_t sum, uint32_t minus, uint32_t plus)
{
	uint64_t s = (uint64_t)(uint16_t)~sum + (uint16_t)~minus + plus;

	return gen_wire_fold(s);
}

/* Words of the two addresses as they are in the block, then as they shall be. */
struct change {
	uint16_t client, server;
	int64_t us;
};

static void
patch(uint8_t *rec, const struct change *to)
{
	int64_t us = (int64_t)cm_get32le(rec) * 1000000 + cm_get32le(rec + 4) + to->us;
	uint8_t *ip = rec + 16 + 14;
	uint8_t *l4 = ip + 20;
	bool from_client = cm_get16(ip + 12) == 0xc612 || cm_get16(ip + 12) == 0xc613;
	uint16_t src = from_client ? to->client : to->server;
	uint16_t dst = from_client ? to->server : to->client;
	uint32_t old = (uint32_t)cm_get16(ip + 12) + cm_get16(ip + 16);
	uint32_t new = (uint32_t)src + dst;

	old = (old & 0xffff) + (old >> 16);
	cm_put32le(rec, (uint32_t)(us / 1000000));
	cm_put32le(rec + 4, (uint32_t)(us % 1000000));
	cm_put16(ip + 10, mend(cm_get16(ip + 10), old, new));
	cm_put16(l4 + 16, mend(cm_get16(l4 + 16), old, new));
	cm_put16(ip + 12, src);
	cm_put16(ip + 16, dst);
}

static bool
make_block(struct gen_sim *s, struct block *b)
{
	struct gen_sim *t = malloc(sizeof(*t));
	struct gen_opts o = s->o;
	bool ok;

	if (t == NULL)
		return false;
	o.packets = 0;
	o.bytes = BLOCK_BYTES;
	o.format = (struct gen_format) { .linktype = 1 };
	o.link = GEN_LINK_ETHER;
	o.ip = GEN_IP_4;
	ok = gen_sim_start(t, &o, -1);
	if (ok) {
		gen_run_http(t);
		ok = gen_sim_end(t);
		b->len = t->sink.buf.len - 24;
		b->bytes = malloc(b->len);
		b->span_us = (t->t - s->t) / 1000;
	}
	if (ok && b->bytes != NULL)
		memcpy(b->bytes, t->sink.buf.ptr + 24, b->len);
	gen_sim_release(t);
	free(t);
	return ok && b->bytes != NULL;
}

static void
write_copy(struct gen_sim *s, const struct block *b, uint8_t *work, uint32_t round)
{
	const struct change to = { .client = (uint16_t)(CLIENT_WORD | (round & 0xff)),
		.server = (uint16_t)(SERVER_WORD | (round >> 8 & 0x3f)),
		.us = (int64_t)round * b->span_us };

	memcpy(work, b->bytes, b->len);
	for (size_t at = 0; at < b->len && !s->full;) {
		size_t len = 16 + cm_get32le(work + at + 8);

		patch(work + at, &to);
		gen_sink_raw(&s->sink, work + at, len);
		s->frames++;
		s->full = (s->o.packets != 0 && s->frames >= s->o.packets) ||
			  (s->o.bytes != 0 && s->sink.bytes >= s->o.bytes);
		at += len;
	}
	s->failed |= s->sink.failed;
}

void
gen_run_big(struct gen_sim *s)
{
	struct block b = { 0 };
	uint8_t *work;

	if (!make_block(s, &b)) {
		s->failed = true;
		return;
	}
	work = malloc(b.len);
	for (uint32_t i = 0; work != NULL && !s->full && !s->failed; i++)
		write_copy(s, &b, work, i);
	s->failed |= work == NULL;
	free(work);
	free(b.bytes);
}
