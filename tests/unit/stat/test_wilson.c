/* Shares and their intervals; tests/laws/stat tries them against exact fractions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stat/wilson.h"

static void
is(uint64_t k, uint64_t n, uint32_t ppm, uint32_t low, uint32_t high)
{
	struct cm_share s = cm_wilson(k, n);

	assert_int_equal(s.k, k);
	assert_int_equal(s.n, n);
	assert_int_equal(s.ppm, ppm);
	assert_int_equal(s.low_ppm, low);
	assert_int_equal(s.high_ppm, high);
}

static void
of_nothing_nothing_is_known(void **state)
{
	(void)state;
	is(0, 0, 0, 0, 1000000);
}

/* By hand: with k = 0 the upper end is z^2 / (n + z^2), with z^2 = 3.8414588. */
static void
an_interval_ends_where_the_formula_says_rounded_outwards(void **state)
{
	(void)state;
	is(0, 1, 0, 0, 793451);
	is(1, 1, 1000000, 206549, 1000000);
	is(0, 10, 0, 0, 277533);
	/* 5 of 10: 1/2 -+ z / 2 / sqrt(10 + z^2) = 0.236593.., 0.763407.. */
	is(5, 10, 500000, 236593, 763407);
}

static void
the_largest_counts_are_shares_like_others(void **state)
{
	struct cm_share s = cm_wilson(UINT64_MAX / 2, UINT64_MAX);

	(void)state;
	assert_int_equal(s.ppm, 500000);
	assert_in_range(s.low_ppm, 499998, 500000);
	assert_in_range(s.high_ppm, 500000, 500001);
	is(UINT64_MAX, UINT64_MAX, 1000000, 999999, 1000000);
}

static void
a_thing_of_17_5_in_a_thousand_takes_170_trials_to_see(void **state)
{
	(void)state;
	assert_int_equal(cm_trials_to_see(17500), 170);
	assert_int_equal(cm_trials_to_see(0), 0);
	assert_int_equal(cm_trials_to_see(1000000), 1);
	assert_int_equal(cm_trials_to_see(UINT32_MAX), 1);
	assert_int_equal(cm_trials_to_see(950000), 1);
	assert_int_equal(cm_trials_to_see(949999), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_nothing_nothing_is_known),
		cmocka_unit_test(an_interval_ends_where_the_formula_says_rounded_outwards),
		cmocka_unit_test(the_largest_counts_are_shares_like_others),
		cmocka_unit_test(a_thing_of_17_5_in_a_thousand_takes_170_trials_to_see),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
