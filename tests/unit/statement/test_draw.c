/* Which rows stand for all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "statement/draw.h"

/* Computed by another program's SHA-256. */
static void
keys_are_those_that_anybody_computes(void **state)
{
	uint8_t ones[32], up[32];
	uint64_t key[3];

	(void)state;
	memset(ones, 0x11, sizeof(ones));
	for (unsigned i = 0; i < 32; i++)
		up[i] = (uint8_t)i;
	assert_int_equal(cm_draw_key(ones, 0), UINT64_C(0x47bc3c1c92305d18));
	assert_int_equal(cm_draw_key(ones, 5), UINT64_C(0x32eea31a3d520a34));
	assert_int_equal(cm_draw_key(up, (UINT64_C(1) << 40) - 1), UINT64_C(0x6913125731b21499));
	cm_draw_keys(ones, 4, 3, key);
	assert_int_equal(key[1], UINT64_C(0x32eea31a3d520a34));
}

static void
many_at_once_are_the_same_as_one_by_one(void **state)
{
	static uint64_t key[1000];
	uint8_t seal[32] = { 7 };

	(void)state;
	cm_draw_keys(seal, 123456, 1000, key);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(key[i], cm_draw_key(seal, 123456 + i));
}

static void
a_thinner_draw_is_a_part_of_a_thicker_one(void **state)
{
	uint8_t seal[32] = { 9 };
	uint64_t row, thin;

	(void)state;
	for (row = 0; row < 3000; row++) {
		assert_true(cm_traffic_drawn(seal, 1, row));
		for (thin = 2; thin <= 1024; thin *= 2)
			if (cm_traffic_drawn(seal, thin, row))
				assert_true(cm_traffic_drawn(seal, thin / 2, row));
	}
}

static void
one_in_so_many_is_drawn(void **state)
{
	uint8_t seal[32] = { 3 };
	uint64_t n;

	(void)state;
	n = cm_draw_count(seal, 16, 1000, 160999);
	/* 10,000 of 160,000, give or take five standard deviations */
	assert_in_range(n, 9500, 10500);
	assert_int_equal(cm_draw_count(seal, 1, 10, 19), 10);
	assert_int_equal(cm_draw_count(seal, CM_DRAW_THIN_MAX, 0, 9999), 0);
}

static void
only_powers_of_two_thin(void **state)
{
	(void)state;
	assert_false(cm_draw_thin_ok(0));
	assert_true(cm_draw_thin_ok(1));
	assert_true(cm_draw_thin_ok(2));
	assert_false(cm_draw_thin_ok(3));
	assert_false(cm_draw_thin_ok(96));
	assert_true(cm_draw_thin_ok(CM_DRAW_THIN_MAX));
	assert_false(cm_draw_thin_ok(2 * CM_DRAW_THIN_MAX));
	assert_true(cm_draw_takes(0, CM_DRAW_THIN_MAX));
	assert_false(cm_draw_takes(UINT64_C(1) << 24, CM_DRAW_THIN_MAX));
	assert_true(cm_draw_takes((UINT64_C(1) << 24) - 1, CM_DRAW_THIN_MAX));
	assert_true(cm_draw_takes((UINT64_C(1) << 63) - 1, 2));
	assert_false(cm_draw_takes(UINT64_C(1) << 63, 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_those_that_anybody_computes),
		cmocka_unit_test(many_at_once_are_the_same_as_one_by_one),
		cmocka_unit_test(a_thinner_draw_is_a_part_of_a_thicker_one),
		cmocka_unit_test(one_in_so_many_is_drawn),
		cmocka_unit_test(only_powers_of_two_thin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
