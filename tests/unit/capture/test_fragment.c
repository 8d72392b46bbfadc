#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "capture/fragment.h"
#include "make.h"

static uint8_t datagram[8 + 40]; /* UDP header and data */

static void
fill_datagram(void)
{
	for (size_t i = 0; i < sizeof(datagram); i++)
		datagram[i] = (uint8_t)i;
	datagram[4] = 0;
	datagram[5] = sizeof(datagram);
	datagram[6] = datagram[7] = 0;
}

struct part {
	uint64_t frame;
	int64_t t_ns;
	uint16_t from, len;
	bool more;
	uint8_t change; /* xored onto each byte */
	uint16_t id;
	bool six;
};

static enum cm_result
add(struct cm_fragments *f, const struct part *p, struct cm_packet *out)
{
	uint8_t ip[120] = { 0 };
	uint32_t head = p->six ? 48 : 20;
	struct cm_frame part = { .id = cm_packet_id_of(0, p->frame), .t_ns = p->t_ns,
		.data = { ip, head + p->len }, .orig_len = head + p->len,
		.linktype = p->six ? CM_LINK_IPV6 : CM_LINK_IPV4 };
	struct cm_frame whole;
	struct cm_layers l;
	enum cm_result rc;

	if (p->six) {
		ip[0] = 0x60;
		cm_put16(ip + 4, (uint16_t)(p->len + 8));
		ip[6] = 44;
		ip[7] = 61;
		ip[8] = 1;
		ip[24] = 2;
		ip[40] = 17;
		cm_put16(ip + 42, (uint16_t)(p->from | p->more));
		cm_put32(ip + 44, p->id);
	} else {
		ip[0] = 0x45;
		cm_put16(ip + 2, (uint16_t)(20 + p->len));
		cm_put16(ip + 4, p->id);
		cm_put16(ip + 6, (uint16_t)(p->from / 8 | (p->more ? 0x2000 : 0)));
		ip[8] = 61;
		ip[9] = 17;
		ip[12] = 10;
		ip[16] = 11;
	}
	for (uint32_t i = 0; i < p->len; i++)
		ip[head + i] = (uint8_t)(datagram[(p->from + i) % sizeof(datagram)] ^ p->change);
	assert_int_equal(cm_decode(&part, out, &l), CM_DECODED_FRAGMENT);
	assert_true(out->fragment);
	rc = cm_fragments_add(f, &part, &l, &whole);
	if (rc == CM_OK)
		assert_int_equal(cm_decode(&whole, out, &l), CM_DECODED_PACKET);
	return rc;
}

static struct cm_fragments *
new_fragments(size_t budget)
{
	struct cm_fragments *f;

	fill_datagram();
	assert_int_equal(cm_fragments_new(budget, &f), CM_OK);
	return f;
}

static void
check_whole(const struct cm_packet *p, uint64_t frame)
{
	assert_int_equal(cm_packet_frame(p->id), frame);
	assert_false(p->fragment);
	assert_int_equal(p->ttl, 61);
	assert_int_equal(p->dport, 0x0203);
	assert_int_equal(p->payload_len, 40);
	assert_memory_equal(p->payload.ptr, datagram + 8, 40);
}

static void
parts_in_any_order_make_the_datagram(void **state)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 } };

	(void)state;
	for (size_t o = 0; o < 6; o++) {
		struct cm_fragments *f = new_fragments(1 << 20);
		struct part parts[3] = { { 1, 5, 0, 16, true, 0, 9, o > 2 },
			{ 2, 6, 16, 16, true, 0, 9, o > 2 }, { 3, 7, 32, 16, false, 0, 9, o > 2 } };
		struct cm_packet p;

		assert_int_equal(add(f, &parts[orders[o % 3][0]], &p), CM_E_NOTFOUND);
		assert_int_equal(add(f, &parts[orders[o % 3][1]], &p), CM_E_NOTFOUND);
		assert_int_equal(add(f, &parts[orders[o % 3][2]], &p), CM_OK);
		check_whole(&p, parts[orders[o % 3][2]].frame);
		assert_int_equal(p.n_parts, 3);
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(cm_packet_frame(p.parts[i]), parts[orders[o % 3][i]].frame);
		cm_fragments_finish(f);
		assert_int_equal(cm_fragments_stats(f)->lost, 0);
		assert_int_equal(cm_fragments_stats(f)->overlaps, 0);
		cm_fragments_free(f);
	}
}

static void
the_first_of_two_overlapping_parts_stands_and_is_counted(void **state)
{
	struct cm_fragments *f = new_fragments(1 << 20);
	struct part parts[] = { { 1, 0, 0, 24, true, 0, 9, false }, { 2, 0, 16, 24, true, 0x55, 9, false },
		{ 3, 0, 0, 24, true, 0, 9, false }, { 4, 0, 24, 24, false, 0, 9, false } };
	struct cm_packet p;

	(void)state;
	assert_int_equal(add(f, &parts[0], &p), CM_E_NOTFOUND);
	assert_int_equal(add(f, &parts[1], &p), CM_E_NOTFOUND);
	assert_int_equal(add(f, &parts[2], &p), CM_E_NOTFOUND);
	assert_int_equal(add(f, &parts[3], &p), CM_OK);
	assert_int_equal(cm_fragments_stats(f)->overlaps, 3);
	assert_int_equal(cm_fragments_stats(f)->conflicts, 2);
	assert_memory_equal(p.payload.ptr, datagram + 8, 16);
	assert_int_equal(p.payload.ptr[16], datagram[24] ^ 0x55);
	cm_fragments_free(f);
}

static void
bytes_behind_the_declared_end_spoil_the_datagram(void **state)
{
	struct cm_fragments *f = new_fragments(1 << 20);
	struct part parts[] = { { 1, 0, 32, 16, true, 0, 9, false }, { 2, 0, 0, 16, true, 0, 9, false },
		{ 3, 0, 16, 16, false, 0, 9, false } };
	struct cm_packet p;

	(void)state;
	assert_int_equal(add(f, &parts[0], &p), CM_E_NOTFOUND);
	assert_int_equal(add(f, &parts[1], &p), CM_E_NOTFOUND);
	assert_int_equal(add(f, &parts[2], &p), CM_E_NOTFOUND);
	assert_int_equal(cm_fragments_stats(f)->lost, 3);
	assert_int_equal(cm_fragments_stats(f)->conflicts, 1);
	cm_fragments_free(f);
}

static void
after_thirty_seconds_the_parts_are_lost(void **state)
{
	struct cm_fragments *f = new_fragments(1 << 20);
	struct part early = { 1, 0, 0, 24, true, 0, 9, false };
	struct part late = { 2, CM_FRAGMENT_TIMEOUT_NS + 1, 24, 24, false, 0, 9, false };
	struct cm_packet p;

	(void)state;
	assert_int_equal(add(f, &early, &p), CM_E_NOTFOUND);
	assert_int_equal(add(f, &late, &p), CM_E_NOTFOUND);
	assert_int_equal(cm_fragments_stats(f)->lost, 1);
	cm_fragments_finish(f);
	assert_int_equal(cm_fragments_stats(f)->lost, 2);
	cm_fragments_free(f);
}

static void
a_flood_of_first_parts_stays_in_its_budget(void **state)
{
	struct cm_fragments *f = new_fragments(64 * 1024);
	struct cm_packet p;

	(void)state;
	for (uint16_t i = 0; i < 5000; i++) {
		struct part part = { i, i, 0, 24, true, 0, i, i % 2 == 0 };

		assert_int_equal(add(f, &part, &p), CM_E_NOTFOUND);
	}
	assert_true(cm_fragments_stats(f)->lost > 4900);
	cm_fragments_finish(f);
	assert_int_equal(cm_fragments_stats(f)->lost, 5000);
	cm_fragments_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_in_any_order_make_the_datagram),
		cmocka_unit_test(the_first_of_two_overlapping_parts_stands_and_is_counted),
		cmocka_unit_test(bytes_behind_the_declared_end_spoil_the_datagram),
		cmocka_unit_test(after_thirty_seconds_the_parts_are_lost),
		cmocka_unit_test(a_flood_of_first_parts_stays_in_its_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
