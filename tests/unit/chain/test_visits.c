#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "asks.h"

static struct cm_visits *
some(size_t memory, uint64_t seed)
{
	struct cm_visits *v;

	assert_int_equal(cm_visits_new(memory, seed, &v), CM_OK);
	return v;
}

static void
add(struct cm_visits *v, struct cm_request r)
{
	assert_int_equal(cm_visits_request(v, &r), CM_OK);
}

static void
a_pair_has_one_line_with_first_and_last_time(void **state)
{
	struct cm_visits *v = some(CM_VISITS_MEMORY, 1);
	const struct cm_visit *x;
	struct cm_host a = host_of(100, 1);

	(void)state;
	add(v, ask(a, "www.v.example", 5 * SECOND, 9));
	add(v, ask(a, "WWW.V.Example:80", 2 * SECOND, 4));
	add(v, ask(a, "www.v.example", 7 * SECOND, 12));
	add(v, ask(a, "other.example", 6 * SECOND, 10));
	cm_visits_settle(v);
	assert_int_equal(cm_visits_n(v), 2);
	assert_int_equal(cm_visits_clients(v), 1);
	x = cm_visits_find(v, &a, cm_visits_name(v, cm_span_str("www.v.example")));
	assert_non_null(x);
	assert_int_equal(x->n, 3);
	assert_int_equal(x->first_ns, 2 * SECOND);
	assert_int_equal(x->last_ns, 7 * SECOND);
	assert_int_equal(cm_packet_frame(x->first), 4);
	assert_null(cm_visits_find(v, &a, cm_visits_name(v, cm_span_str("v.example"))));
	cm_visits_free(v);
}

static void
where_no_name_is_known_the_address_stands_for_it(void **state)
{
	struct cm_visits *v = some(CM_VISITS_MEMORY, 1);
	struct cm_request r = ask(host_of(100, 1), "", SECOND, 1);

	(void)state;
	add(v, r);
	assert_non_null(cm_visits_find(v, &r.client, cm_visits_address(v, &r.server)));
	cm_visits_free(v);
}

static void
a_request_of_nobody_is_counted_and_left_out(void **state)
{
	struct cm_visits *v = some(CM_VISITS_MEMORY, 1);
	struct cm_request r = ask((struct cm_host) { 0 }, "www.v.example", SECOND, 1);

	(void)state;
	add(v, r);
	assert_int_equal(cm_visits_n(v), 0);
	assert_int_equal(cm_visits_nameless(v), 1);
	cm_visits_free(v);
}

static void
a_full_table_keeps_what_it_has_and_counts_what_it_loses(void **state)
{
	struct cm_visits *v = some(200000, 1);
	struct cm_host first = host_of(0, 0);
	uint64_t all = 20000, n;

	(void)state;
	for (n = 0; n < all; n++)
		add(v, ask(host_of((uint8_t)(n >> 8), (uint8_t)n), "www.v.example", (int64_t)n, n + 1));
	add(v, ask(first, "www.v.example", 99999, 1));
	cm_visits_settle(v);
	assert_int_equal(cm_visits_n(v) + cm_visits_lost(v), all);
	assert_in_range(cm_visits_n(v), 1000, 200000 / 64);
	assert_int_equal(cm_visits_find(v, &first, cm_visits_name(v, cm_span_str("www.v.example")))->n, 2);
	cm_visits_free(v);
}

static void
the_order_does_not_depend_on_the_seed(void **state)
{
	struct cm_visits *v = some(CM_VISITS_MEMORY, 1), *w = some(CM_VISITS_MEMORY, 77);
	size_t i;

	(void)state;
	for (i = 0; i < 500; i++) {
		struct cm_request r = ask(host_of((uint8_t)(i * 7), (uint8_t)(i * 13)), i % 3 ? "a.example" : "b.example",
		    (int64_t)(i * 37 % 100), i);

		add(v, r);
		add(w, r);
	}
	cm_visits_settle(v);
	cm_visits_settle(w);
	assert_int_equal(cm_visits_n(v), cm_visits_n(w));
	for (i = 0; i < cm_visits_n(v); i++)
		assert_int_equal(cm_visits_at(v, i)->first, cm_visits_at(w, i)->first);
	cm_visits_free(v);
	cm_visits_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pair_has_one_line_with_first_and_last_time),
		cmocka_unit_test(where_no_name_is_known_the_address_stands_for_it),
		cmocka_unit_test(a_request_of_nobody_is_counted_and_left_out),
		cmocka_unit_test(a_full_table_keeps_what_it_has_and_counts_what_it_loses),
		cmocka_unit_test(the_order_does_not_depend_on_the_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
