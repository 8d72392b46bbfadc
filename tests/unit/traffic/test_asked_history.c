#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "traffic/asked_history.h"

#define T0 INT64_C(1426676400000000000)
#define SECOND INT64_C(1000000000)

static struct cm_asked_names names;
static struct cm_histories histories;

static int
begin(void **state)
{
	(void)state;
	if (cm_asked_names_init(&names, 1 << 20, 7) != CM_OK)
		return -1;
	return cm_histories_init(&histories, 8 * sizeof(struct cm_history)) == CM_OK ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	cm_histories_release(&histories);
	cm_asked_names_release(&names);
	return 0;
}

static struct cm_name *
name_with(uint64_t key, uint64_t requests)
{
	bool fresh;
	struct cm_name *name = cm_asked_names_get(&names, key, cm_span_str("www.example"), &fresh);

	name->n = requests;
	name->block = (struct cm_block) { .from_ns = T0, .last_ns = T0 + SECOND, .n = 20 };
	cm_history_begin(&histories, &names, name);
	return name;
}

static uint64_t
sum(const uint64_t *list, uint32_t n)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < n; i++)
		all += list[i];
	return all;
}

/* 10 a second for 100 s, 200 a second for 20 s, 10 a second for 100 s; each answered after 30 ms, in the flood
 * after 800, every second one an error. */
static void
fill(struct cm_history *h)
{
	for (int64_t ms = 1000; ms < 221000; ms += ms >= 100000 && ms < 120000 ? 5 : 100) {
		bool loud = ms >= 100000 && ms < 120000;

		cm_history_ask(h, T0 + ms * 1000000);
		cm_history_answer(h, T0 + ms * 1000000, loud && ms % 10 == 0, (loud ? 800 : 30) * INT64_C(1000000));
	}
}

static void
a_flood_stands_between_what_came_before_and_after(void **state)
{
	const int64_t seen[2] = { T0, T0 + 300 * SECOND };
	struct cm_traffic_series s;
	struct cm_history *h;
	uint64_t in;

	(void)state;
	h = cm_history_of(&histories, &names, name_with(1, 20));
	assert_non_null(h);
	fill(h);
	assert_true(h->n <= CM_HISTORY_PARTS);
	cm_history_series(h, T0 + 100 * SECOND, T0 + 120 * SECOND, seen, &s);
	assert_int_equal(s.from_ns, T0 + 95 * SECOND);
	assert_in_range(s.from_ns + s.width_ns * s.n, T0 + 125 * SECOND, T0 + 126 * SECOND);
	in = sum(s.in, s.n);
	assert_in_range(in, 3950, 4050);
	assert_in_range(sum(s.rest, s.n), 60, 140);
	assert_int_equal(s.effect_is, CM_SERIES_ANSWERS);
	assert_in_range(sum(s.effect[0], s.n), 1950, 2050);
	assert_in_range(s.effect[1][s.n / 2], 790000, 810000);
	assert_int_equal(s.rest[s.n / 2], 0);
	assert_int_equal(s.in[0], 0);
}

static void
it_ends_where_the_capture_does(void **state)
{
	const int64_t seen[2] = { T0 + 99 * SECOND, T0 + 120 * SECOND };
	struct cm_traffic_series s;
	struct cm_history *h;

	(void)state;
	h = cm_history_of(&histories, &names, name_with(1, 20));
	fill(h);
	cm_history_series(h, T0 + 100 * SECOND, T0 + 120 * SECOND, seen, &s);
	assert_int_equal(s.from_ns, T0 + 99 * SECOND);
	assert_true(s.from_ns + s.width_ns * (s.n - 1) <= T0 + 120 * SECOND);
}

static void
a_log_in_seconds_gets_bins_of_seconds(void **state)
{
	const int64_t seen[2] = { T0, T0 + 60 * SECOND };
	struct cm_traffic_series s;
	struct cm_history *h;

	(void)state;
	h = cm_history_of(&histories, &names, name_with(1, 20));
	for (int64_t i = 0; i < 6000; i++)
		cm_history_ask(h, T0 + (1 + i / 100) * SECOND);
	cm_history_series(h, T0 + 20 * SECOND, T0 + 50 * SECOND, seen, &s);
	assert_int_equal(s.width_ns, SECOND);
	for (uint32_t i = 8; i + 12 < s.n; i++)
		assert_int_equal(s.in[i], 100);
}

static void
the_name_asked_for_least_gives_its_history_up(void **state)
{
	struct cm_name *name[10];

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		name[i] = name_with(i + 1, 100 + i);
	name[8] = name_with(9, 50);
	assert_null(cm_history_of(&histories, &names, name[8]));
	name[9] = name_with(10, 500);
	assert_non_null(cm_history_of(&histories, &names, name[9]));
	assert_null(cm_history_of(&histories, &names, name[0]));
	assert_non_null(cm_history_of(&histories, &names, name[1]));
}

static void
times_of_any_kind_do_no_harm(void **state)
{
	const int64_t seen[2] = { 0, INT64_MAX / 4 };
	struct cm_traffic_series s;
	struct cm_history *h;
	uint64_t x = 88172645463325252u;

	(void)state;
	h = cm_history_of(&histories, &names, name_with(1, 20));
	for (unsigned i = 0; i < 20000; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		cm_history_ask(h, (int64_t)(x % (uint64_t)(INT64_MAX / 4)));
		cm_history_answer(h, (int64_t)(x >> 3) % (INT64_MAX / 4), x & 1, (int64_t)(x >> 20) - 5);
		assert_true(h->n <= CM_HISTORY_PARTS);
	}
	cm_history_series(h, T0, T0, seen, &s);
	assert_in_range(s.n, 1, CM_TRAFFIC_BINS);
	cm_history_series(h, 0, INT64_MAX / 4, seen, &s);
	assert_in_range(s.n, 1, CM_TRAFFIC_BINS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_flood_stands_between_what_came_before_and_after, begin, end),
		cmocka_unit_test_setup_teardown(it_ends_where_the_capture_does, begin, end),
		cmocka_unit_test_setup_teardown(a_log_in_seconds_gets_bins_of_seconds, begin, end),
		cmocka_unit_test_setup_teardown(the_name_asked_for_least_gives_its_history_up, begin, end),
		cmocka_unit_test_setup_teardown(times_of_any_kind_do_no_harm, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
