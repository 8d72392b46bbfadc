/* Fisher's test on tables whose p can be written down; tests/laws/stat has the many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stat/fisher.h"

static uint32_t
milli(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	return cm_fisher_more(a, b, c, d).milli;
}

static void
a_table_no_better_than_chance_is_nought(void **state)
{
	(void)state;
	assert_int_equal(milli(0, 0, 0, 0), 0);
	assert_int_equal(milli(10, 10, 10, 10), 0);
	assert_int_equal(milli(1, 10, 10, 1), 0);
	assert_int_equal(milli(7, 0, 9, 0), 0);
}

/* p = 17/70, 1/20, 1/C(20, 10) = 1/184756: lg is -0.61462.., -1.30103.., -5.26660.. */
static void
small_tables_are_as_written_in_books(void **state)
{
	(void)state;
	assert_int_equal(milli(3, 1, 1, 3), 614);
	assert_int_equal(milli(3, 0, 0, 3), 1301);
	assert_int_equal(milli(10, 0, 0, 10), 5266);
}

/* The same p, whichever way the table is turned. */
static void
rows_and_columns_may_change_places(void **state)
{
	(void)state;
	assert_int_equal(milli(30, 7, 5, 900), milli(30, 5, 7, 900));
	assert_int_equal(milli(30, 7, 5, 900), milli(900, 5, 7, 30));
}

static void
a_table_of_any_size_is_answered_and_one_beyond_our_arithmetic_with_nought(void **state)
{
	const uint64_t most = (uint64_t)1 << 40;

	(void)state;
	assert_int_equal(milli(most, 0, 0, most), UINT32_MAX);
	assert_true(milli(most, most - 1, most, most) <= 302);
	assert_int_equal(milli(most + 1, 0, 0, most), 0);
	assert_int_equal(milli(UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_no_better_than_chance_is_nought),
		cmocka_unit_test(small_tables_are_as_written_in_books),
		cmocka_unit_test(rows_and_columns_may_change_places),
		cmocka_unit_test(
		    a_table_of_any_size_is_answered_and_one_beyond_our_arithmetic_with_nought),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
