/* Packets at two places, as the bytes say: eight bytes each, and a few flows, so that they meet.  The
 * comparison ends, and what it counts adds up. */
#include <string.h>

#include "fuzz.h"
#include "vantage/compare.h"

static const uint8_t text[600] = { "The bytes of all payloads: GET / HTTP/1.1, and what follows is zero." };

/* ${b}: place, flow and direction; flags; time; seq; ack; length; TTL and options; IPID. */
static struct cm_packet
packet_of(const uint8_t *b, uint64_t frame, int64_t *now)
{
	static const uint32_t jump[4] = { 0, 0x7fffffffu, 0xfffffff0u, 1000 };
	struct cm_packet p = { .id = frame, .open = CM_OPEN_ALL, .transport = true };
	bool back = (b[0] & 2) != 0;
	int64_t step = (b[2] & 0x80) != 0 ? (int64_t)(b[2] & 0x7f) << 36 : (int64_t)b[2] << 18;

	if (__builtin_add_overflow(*now, step, now))
		*now = 0;
	if (b[2] == 0xff)
		*now = INT64_MAX - 5;
	if (b[2] == 0xfe)
		*now = INT64_MIN + 5;
	p.t_ns = *now;
	p.src.net = p.dst.net = 4;
	p.src.addr[0] = back ? 2 : 1;
	p.dst.addr[0] = back ? 1 : 2;
	p.proto = (b[0] & 0x10) != 0 ? 17 : (b[0] & 0x20) != 0 ? 1 : 6;
	p.sport = back ? 53 : (uint16_t)(1000 + (b[0] >> 2 & 3));
	p.dport = back ? (uint16_t)(1000 + (b[0] >> 2 & 3)) : 53;
	/* A NAT. */
	if ((b[0] & 0x41) == 0x41)
		(back ? &p.dst : &p.src)->addr[1] = 9;
	p.flags = b[1] & 0x3f;
	p.seq = jump[b[3] >> 6] + 20u * (b[3] & 0x3fu);
	p.ack = jump[b[4] >> 6] + 20u * (b[4] & 0x3fu);
	p.payload_len = 20u * (b[5] & 15u) + (b[5] == 0xff ? 100000 : 0);
	p.payload = cm_span_of(text + (b[5] >> 4 & 3), p.payload_len < 300 ? p.payload_len : 300);
	if ((b[5] & 0x40) != 0)
		p.payload.len /= 2;
	p.ttl = (uint8_t)(b[6] >> 2);
	p.df = b[6] & 1;
	p.opts = (b[6] & 2) != 0 ? CM_OPT_TS : 0;
	p.ipid = b[7];
	p.fragment = b[7] == 0xee;
	return p;
}

static void
look(const struct cm_compare *c)
{
	const struct cm_compare_result *r = cm_compare_result(c);
	uint64_t listed = 0, all = 0;

	for (size_t i = 0; i < r->n_findings; i++) {
		const struct cm_compare_finding *f = &r->findings[i];

		must(f->why != NULL && f->n_frames[0] + f->n_frames[1] > 0);
		must(i == 0 || r->findings[i - 1].what <= f->what);
		for (unsigned k = 0; k < 2; k++)
			for (size_t j = 1; j < f->n_frames[k]; j++)
				must(f->frames[k][j - 1] < f->frames[k][j]);
		listed += f->n_frames[0] + f->n_frames[1] + f->more[0] + f->more[1];
	}
	for (unsigned k = 0; k < 5; k++)
		all += r->count[k];
	must(listed <= all);
	must(all <= r->packets[0] + r->packets[1]);
	must(r->dir[0].both + r->dir[1].both <= r->packets[0] + r->packets[1]);
	for (size_t i = 0; i < r->n_rewrites; i++)
		must(r->rewrites[i].what != NULL && r->rewrites[i].packets > 0);
}

static enum cm_result
feed(struct cm_compare *c, struct cm_clock *const clock[2], const uint8_t *data, size_t size)
{
	enum cm_result rc = CM_OK;
	int64_t now = 0;

	for (size_t at = 0; at + 8 <= size && rc == CM_OK; at += 8) {
		struct cm_packet p = packet_of(data + at, at / 8 + 1, &now);

		if (clock != NULL)
			cm_clock_packet(clock[data[at] & 1], &p);
		else
			rc = cm_compare_packet(c, (data[at] & 1) != 0 ? CM_PLACE_B : CM_PLACE_A, &p);
		if (clock == NULL && data[at] == 0x80)
			cm_compare_over(c, CM_PLACE_A);
	}
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_compare_params params = { .memory = (size_t)1 << 20, .hash_seed = 5 };
	struct cm_clock *clock[2] = { NULL, NULL };
	struct cm_compare *c = NULL;

	if (cm_clock_new(&clock[0]) == CM_OK && cm_clock_new(&clock[1]) == CM_OK) {
		(void)!feed(NULL, clock, data, size);
		params.clock = cm_clock_offset(clock[0], clock[1]);
		must(params.clock.least_ns <= params.clock.most_ns);
	}
	if (cm_compare_new(&params, &c) == CM_OK && feed(c, NULL, data, size) == CM_OK && cm_compare_finish(c) == CM_OK)
		look(c);
	cm_compare_free(c);
	cm_clock_free(clock[0]);
	cm_clock_free(clock[1]);
	return 0;
}
