/* An exhibit as a row of steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/bar.h"

#define ALL 31u
#define ADDRESSES 6u
#define HEADERS 1u

static void
bar_of(uint64_t rows, const struct cm_plan_range *r, size_t n, char out[CM_BAR_STEPS + 1])
{
	struct cm_schema s = cm_schema_of(CM_KIND_CAPTURE);
	enum cm_bar_level level[CM_BAR_STEPS];
	struct cm_map_exhibit x;
	uint8_t id[32] = { 1 };
	size_t i;

	assert_int_equal(cm_map_exhibit_of(&s, id, rows, &x), CM_OK);
	for (i = 0; i < n; i++)
		assert_int_equal(cm_plan_add(&x.open, r[i]), CM_OK);
	n = cm_bar(&x, level);
	for (i = 0; i < n; i++)
		out[i] = ".~-+#"[level[i]];
	out[n] = '\0';
	cm_map_exhibit_release(&x);
}

static void
each_row_of_a_short_one_is_a_step(void **state)
{
	static const struct cm_plan_range r[] = { { 0, 1, ALL, 0, false }, { 1, 2, ADDRESSES, ADDRESSES, false },
		{ 2, 3, HEADERS, 0, false }, { 3, 4, HEADERS | ADDRESSES, 0, false }, { 5, 6, ALL & ~8u, 0, false } };
	char bar[CM_BAR_STEPS + 1];

	(void)state;
	bar_of(6, r, 5, bar);
	assert_string_equal(bar, "#~-+.#");
	bar_of(0, NULL, 0, bar);
	assert_string_equal(bar, "");
}

static void
a_long_one_is_cut_into_forty(void **state)
{
	static const struct cm_plan_range r[] = { { 0, 25, ALL, 0, false }, { 399, 400, ALL, 0, false } };
	char bar[CM_BAR_STEPS + 1];

	(void)state;
	bar_of(400, r, 2, bar);
	assert_string_equal(bar, "##+....................................-");
}

static void
one_of_very_many_rows_overflows_nothing(void **state)
{
	static const struct cm_plan_range r[] = { { 0, CM_ROWS_MAX, ALL, 0, false } };
	char bar[CM_BAR_STEPS + 1];

	(void)state;
	bar_of(CM_ROWS_MAX, r, 1, bar);
	assert_string_equal(bar, "########################################");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_of_a_short_one_is_a_step),
		cmocka_unit_test(a_long_one_is_cut_into_forty),
		cmocka_unit_test(one_of_very_many_rows_overflows_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
