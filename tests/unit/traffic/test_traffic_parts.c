#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "traffic/bins.h"
#include "traffic/class.h"
#include "traffic/roster.h"
#include "traffic/services.h"
#include "traffic/signs.h"
#include "traffic/sketch.h"

/* ---- sketches ---- */

static void
different_ones_are_counted_to_within_five_percent(void **state)
{
	static const uint64_t numbers[] = { 0, 1, 10, 100, 1000, 5000, 10000, 20000, 100000, 1000000 };

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		uint8_t reg[4096] = { 0 };
		uint64_t n;

		for (uint64_t k = 0; k < 2 * numbers[i]; k++) /* each twice */
			cm_hll_add(reg, 12, cm_mix(k / 2 + 77));
		n = cm_hll_count(reg, 12);
		assert_true(n * 100 >= numbers[i] * 95 && n * 100 <= numbers[i] * 105);
	}
}

static void
evenly_spread_ones_count_as_many_and_a_single_one_as_one(void **state)
{
	struct cm_spread s = { 0 };

	(void)state;
	assert_int_equal(cm_spread_milli(&s), 0);
	s.bin[3] = 1000;
	assert_int_equal(cm_spread_milli(&s), 1000);
	s.bin[4] = 1000; /* two: 2000 * 1999 / (2 * 1000 * 999) */
	assert_int_equal(cm_spread_milli(&s), 2001);
	for (size_t i = 0; i < CM_SPREAD; i++)
		s.bin[i] = UINT32_MAX;
	assert_true(cm_spread_milli(&s) > 255000 && cm_spread_milli(&s) < 257000);
}

static void
entropy_is_that_of_the_shares(void **state)
{
	struct cm_spread s = { 0 };

	(void)state;
	assert_int_equal(cm_entropy_milli(&s), 0);
	s.bin[0] = 5000;
	assert_int_equal(cm_entropy_milli(&s), 0);
	s.bin[1] = 5000;
	assert_in_range(cm_entropy_milli(&s), 999, 1001); /* one bit */
	for (size_t i = 0; i < CM_SPREAD; i++)
		s.bin[i] = 1000;
	assert_in_range(cm_entropy_milli(&s), 7998, 8000); /* eight */
}

static void
the_most_frequent_one_is_kept_among_many(void **state)
{
	struct cm_top t = { 0 };
	uint32_t key;
	uint64_t n;

	(void)state;
	for (uint32_t i = 0; i < 10000; i++)
		cm_top_add(&t, i % 2 == 0 ? 7 : 1000 + i);
	n = cm_top_most(&t, &key);
	assert_int_equal(key, 7);
	assert_true(n <= 5000 && n >= 5000 - 5000 / 8);
}

static void
logarithms_are_exact_at_powers_and_near_between(void **state)
{
	(void)state;
	assert_int_equal(cm_log2_q16(0), 0);
	for (unsigned k = 0; k < 64; k++)
		assert_int_equal(cm_log2_q16(UINT64_C(1) << k), k << 16);
	assert_in_range(cm_log2_q16(10), 217703, 217706); /* 3.321928 * 65536 = 217705.9 */
}

/* ---- bins ---- */

static void
fill(struct cm_bins *b, int64_t from_ms, int64_t to_ms, int64_t step_ms)
{
	for (int64_t t = from_ms; t < to_ms; t += step_ms)
		cm_bins_at(b, t * 1000000)->in++;
}

static uint64_t
total(const struct cm_bins *b)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < b->n; i++)
		n += b->bin[i].in;
	return n;
}

static void
a_quiet_day_leaves_a_loud_second_its_bins(void **state)
{
	struct cm_bins b = { .n = 0 };
	uint32_t loud = 0;

	(void)state;
	fill(&b, 0, 43200000, 10000);		/* twelve hours: one in ten seconds */
	fill(&b, 43200000, 43202000, 1);	/* two seconds: one a millisecond */
	fill(&b, 43202000, 86400000, 10000);
	cm_bins_shrink(&b, CM_BINS_KEPT);
	assert_true(b.n <= CM_BINS_KEPT);
	assert_int_equal(total(&b), 4320 + 2000 + 4320);
	for (uint32_t i = 0; i < b.n; i++)
		if (cm_per_second(b.bin[i].in, cm_bins_ns(&b, i)) > 500) {
			assert_true(b.bin[i].from_ns >= INT64_C(43200000) * 1000000 - CM_BIN_GRAIN);
			assert_true(b.bin[i].to_ns <= INT64_C(43202000) * 1000000);
			loud += b.bin[i].in;
		}
	assert_true(loud >= 1900);
}

static void
time_that_runs_back_loses_nothing(void **state)
{
	struct cm_bins b = { .n = 0 };

	(void)state;
	for (int i = 0; i < 10000; i++)
		cm_bins_at(&b, (i % 2 == 0 ? 1 : -1) * (INT64_C(1) << 61) + i)->in++;
	cm_bins_shrink(&b, 1);
	assert_int_equal(b.n, 1);
	assert_int_equal(total(&b), 10000);
	assert_true(cm_bin_ns(&b.bin[0]) > 0);
}

/* ---- the roster ---- */

struct guest {
	struct cm_entry at;
	uint64_t weight;
};

static uint64_t
weight_of(const void *entry)
{
	return ((const struct guest *)entry)->weight;
}

static struct cm_host
host(uint32_t n)
{
	struct cm_host h = { .net = 4 };

	cm_put32(h.addr, n);
	return h;
}

static void
whoever_is_in_the_roster_is_found_and_the_light_make_way(void **state)
{
	struct cm_roster t = { .seed = 99, .weight = weight_of };
	size_t room = 100;

	(void)state;
	assert_int_equal(cm_roster_init(&t, sizeof(struct guest), room * (sizeof(struct guest) + 16)), CM_OK);
	for (uint32_t i = 0; i < 5000; i++) {
		struct cm_host h = host(i);
		struct guest *g;

		assert_null(cm_roster_find(&t, &h, cm_mix_host(&h, t.seed)));
		g = cm_roster_add(&t, &h, cm_mix_host(&h, t.seed));
		g->weight = i < 5 ? 1000000 : 1;
		assert_ptr_equal(cm_roster_find(&t, &h, cm_mix_host(&h, t.seed)), g);
	}
	for (uint32_t i = 0; i < 5; i++) {
		struct cm_host h = host(i);

		assert_non_null(cm_roster_find(&t, &h, cm_mix_host(&h, t.seed)));
	}
	assert_int_equal(t.evicted, 5000 - t.room);
	cm_roster_fini(&t);
}

static void
a_tied_host_is_another_than_one_of_the_same_bytes(void **state)
{
	struct cm_host a = host(1), b = a;

	(void)state;
	b.tied = true;
	assert_true(cm_mix_host(&a, 0) != cm_mix_host(&b, 0));
	b = a;
	b.net = 6;
	assert_true(cm_mix_host(&a, 0) != cm_mix_host(&b, 0));
}

/* ---- classes ---- */

static struct cm_packet
segment(uint8_t flags)
{
	struct cm_packet p = { .open = CM_OPEN_ALL, .proto = 6, .transport = true, .flags = flags };

	p.src = host(1);
	p.dst = host(2);
	return p;
}

static void
packets_have_one_class_and_shut_ones_none(void **state)
{
	struct cm_packet p = segment(CM_TCP_SYN);

	(void)state;
	assert_int_equal(cm_class_of(&p), CM_CLASS_SYN);
	p.open = CM_OPEN_ADDRESSES;
	assert_int_equal(cm_class_of(&p), CM_CLASS_NONE);
	p = segment(CM_TCP_SYN | CM_TCP_ACK);
	assert_int_equal(cm_class_of(&p), CM_CLASS_ANSWER);
	p = segment(CM_TCP_RST | CM_TCP_ACK);
	assert_int_equal(cm_class_of(&p), CM_CLASS_ANSWER);
	p = segment(CM_TCP_ACK);
	assert_int_equal(cm_class_of(&p), CM_CLASS_TCP);
	p.proto = 17;
	p.sport = 53;
	p.dport = 4000;
	assert_int_equal(cm_class_of(&p), CM_CLASS_SERVICE);
	p.dport = 53; /* a server's question to a server */
	assert_int_equal(cm_class_of(&p), CM_CLASS_UDP);
	p.fragment = true;
	p.transport = false;
	assert_int_equal(cm_class_of(&p), CM_CLASS_LATER);
	p.src.net = 0;
	assert_int_equal(cm_class_of(&p), CM_CLASS_NONE);
}

static void
flags_that_no_stack_sends_are_odd(void **state)
{
	static const uint8_t odd[] = { 0, CM_TCP_FIN, CM_TCP_FIN | CM_TCP_PSH | CM_TCP_URG, CM_TCP_SYN | CM_TCP_FIN,
		CM_TCP_PSH };
	static const uint8_t even[] = { CM_TCP_SYN, CM_TCP_ACK, CM_TCP_RST, CM_TCP_RST | CM_TCP_ACK,
		CM_TCP_FIN | CM_TCP_ACK, CM_TCP_SYN | CM_TCP_ACK };

	(void)state;
	for (size_t i = 0; i < sizeof(odd); i++)
		assert_true(cm_flags_odd(odd[i]));
	for (size_t i = 0; i < sizeof(even); i++)
		assert_false(cm_flags_odd(even[i]));
}

static void
services_are_known_by_port_and_name(void **state)
{
	(void)state;
	assert_string_equal(cm_service_of(11211)->name, "memcached");
	assert_string_equal(cm_service_of(17)->name, "QOTD");
	assert_string_equal(cm_service_of(37810)->name, "DVR");
	assert_null(cm_service_of(443));
	assert_null(cm_service_of(0));
	assert_null(cm_service_of(65535));
	assert_int_equal(cm_service_port("ISAKMP", 4500), 4500);
	assert_int_equal(cm_service_port("ISAKMP", 500), 500);
	assert_int_equal(cm_service_port("ISAKMP", 53), 0);
	assert_int_equal(cm_service_port(NULL, 53), 0);
	for (unsigned i = 0; i < 65536; i++)
		assert_true(cm_service_of((uint16_t)i) == NULL || cm_service_of((uint16_t)i)->port == i);
}

/* ---- signs ---- */

static void
drawn_signs_have_a_quarter_to_spare_and_are_kept_by_name(void **state)
{
	struct cm_sign_list whole = { 0 }, drawn = { .drawn = true };
	struct cm_traffic_finding f = { 0 };
	struct cm_arena arena;

	(void)state;
	cm_arena_init(&arena, 0);
	assert_false(cm_sign_least(&whole, CM_SIGN_MANY, 90, 100));
	assert_true(cm_sign_least(&drawn, CM_SIGN_MANY, 90, 100));
	assert_false(cm_sign_least(&drawn, CM_SIGN_MANY, 74, 100));
	assert_false(cm_sign_most(&whole, CM_SIGN_UNASKED, 110, 100));
	assert_true(cm_sign_most(&drawn, CM_SIGN_UNASKED, 125, 100));
	assert_true(cm_sign_least(&drawn, CM_SIGN_BARE, 1000, 100));
	assert_int_equal(cm_signs_keep(&drawn, &arena, &f), CM_OK);
	assert_int_equal(f.n_signs, 3);
	assert_string_equal(f.signs[0].kind->name, "bare");
	assert_string_equal(f.signs[1].kind->name, "many");
	assert_string_equal(f.signs[2].kind->name, "unasked");
	cm_arena_fini(&arena);
}

static void
findings_are_the_same_but_for_signs_near_their_limit(void **state)
{
	static const struct cm_traffic_sign_kind thins = { "x", "", "", "", false, true };
	static const struct cm_traffic_sign_kind whole = { "y", "", "", "", false, false };
	struct cm_traffic_sign far = { &thins, 1000, 100 }, near = { &thins, 120, 100 }, word = { &whole, 1000, 100 };
	struct cm_traffic_finding a = { .kind = CM_TRAFFIC_SYN, .port = 80 }, b = a;

	(void)state;
	assert_true(cm_traffic_same(&a, &b));
	b.n_signs = 1;
	b.signs = &far;
	assert_false(cm_traffic_same(&a, &b));
	assert_false(cm_traffic_same(&b, &a));
	b.signs = &near;
	assert_true(cm_traffic_same(&a, &b));
	b.signs = &word;
	assert_true(cm_traffic_same(&a, &b));
	b.port = 81;
	assert_false(cm_traffic_same(&a, &b));
	b = a;
	b.service = "DNS";
	assert_false(cm_traffic_same(&a, &b));
	b = a;
	b.verdict = CM_TRAFFIC_SURGE;
	assert_false(cm_traffic_same(&a, &b));
	b = a;
	b.target = host(1);
	assert_false(cm_traffic_same(&a, &b));
}

static void
what_touches_a_flood_of_openings_is_what_it_weighs(void **state)
{
	struct cm_traffic_finding f = { .kind = CM_TRAFFIC_SYN, .proto = 6 };
	struct cm_packet p = segment(CM_TCP_SYN), back;

	(void)state;
	f.target = host(2);
	assert_true(cm_traffic_touches(&f, &p));
	p.flags = CM_TCP_ACK;
	assert_true(cm_traffic_touches(&f, &p));
	p.flags = CM_TCP_RST;
	assert_false(cm_traffic_touches(&f, &p));
	back = segment(CM_TCP_SYN | CM_TCP_ACK);
	back.src = host(2);
	back.dst = host(1);
	assert_true(cm_traffic_touches(&f, &back));
	back.flags = CM_TCP_ACK;
	assert_false(cm_traffic_touches(&f, &back));
	p = segment(CM_TCP_SYN);
	p.dst = host(3);
	assert_false(cm_traffic_touches(&f, &p));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(different_ones_are_counted_to_within_five_percent),
		cmocka_unit_test(evenly_spread_ones_count_as_many_and_a_single_one_as_one),
		cmocka_unit_test(entropy_is_that_of_the_shares),
		cmocka_unit_test(the_most_frequent_one_is_kept_among_many),
		cmocka_unit_test(logarithms_are_exact_at_powers_and_near_between),
		cmocka_unit_test(a_quiet_day_leaves_a_loud_second_its_bins),
		cmocka_unit_test(time_that_runs_back_loses_nothing),
		cmocka_unit_test(whoever_is_in_the_roster_is_found_and_the_light_make_way),
		cmocka_unit_test(a_tied_host_is_another_than_one_of_the_same_bytes),
		cmocka_unit_test(packets_have_one_class_and_shut_ones_none),
		cmocka_unit_test(flags_that_no_stack_sends_are_odd),
		cmocka_unit_test(services_are_known_by_port_and_name),
		cmocka_unit_test(drawn_signs_have_a_quarter_to_spare_and_are_kept_by_name),
		cmocka_unit_test(findings_are_the_same_but_for_signs_near_their_limit),
		cmocka_unit_test(what_touches_a_flood_of_openings_is_what_it_weighs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
