#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "worker/row_map.h"

static void
a_plain_capture_is_one_run(void **state)
{
	struct cm_row_map m = { 0 };
	uint64_t i;

	(void)state;
	for (i = 1; i <= 100000; i++)
		assert_int_equal(cm_row_map_add(&m, i, i), CM_OK);
	assert_int_equal(m.n, 1);
	assert_int_equal(cm_row_map_find(&m, 1), 1);
	assert_int_equal(cm_row_map_find(&m, 100000), 100000);
	assert_true(cm_row_map_find(&m, 0) == UINT64_MAX);
	assert_true(cm_row_map_find(&m, 100001) == UINT64_MAX);
	cm_row_map_release(&m);
}

/* Frames and rows skip at random; a plain list knows what is right. */
static void
any_capture_is_found_again(void **state)
{
	enum { FRAMES = 5000 };
	uint64_t *row = calloc(FRAMES + 1, sizeof(*row)), at = 0;
	struct cm_row_map m = { 0 };
	uint32_t x = 1, i;

	(void)state;
	assert_non_null(row);
	for (i = 1; i <= FRAMES; i++) {
		x = x * 1664525 + 1013904223;
		row[i] = UINT64_MAX;
		at += x >> 28 == 3 ? 2 : 1;
		if (x >> 24 == 77)
			continue; /* a frame that is no packet of the table */
		row[i] = at;
		assert_int_equal(cm_row_map_add(&m, i, at), CM_OK);
	}
	assert_true(m.n > 100 && m.n < FRAMES / 2);
	for (i = 1; i <= FRAMES; i++)
		assert_true(cm_row_map_find(&m, i) == row[i]);
	assert_true(cm_row_map_find(&m, FRAMES + 1) == UINT64_MAX);
	cm_row_map_release(&m);
	free(row);
}

static void
a_map_that_is_full_says_so_and_stays_right(void **state)
{
	struct cm_row_map m = { 0 };
	uint64_t i;

	(void)state;
	for (i = 1; i <= CM_ROW_MAP_RUNS + 10; i++)
		assert_int_equal(cm_row_map_add(&m, i, 2 * i), CM_OK);
	assert_true(m.full);
	assert_int_equal(cm_row_map_find(&m, CM_ROW_MAP_RUNS), 2 * CM_ROW_MAP_RUNS);
	assert_true(cm_row_map_find(&m, CM_ROW_MAP_RUNS + 5) == UINT64_MAX);
	cm_row_map_release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_capture_is_one_run),
		cmocka_unit_test(any_capture_is_found_again),
		cmocka_unit_test(a_map_that_is_full_says_so_and_stays_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
