/* Names and ties: cached or not they are the same, and a liar's two names are met. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "seal/names.h"

static void
the_cache_changes_nothing(void **state)
{
	static const struct cm_seal_secret secret = { { 1 }, { 2 } };
	struct cm_names cached, fresh;
	uint8_t value[20] = { 0 }, a[2][32], b[2][32];
	unsigned i;

	(void)state;
	assert_int_equal(cm_names_init(&cached, &secret), CM_OK);
	for (i = 0; i < 6000; i++) {
		size_t len = i % 21;

		cm_put32(value, i % 700);
		cm_names_of(&cached, (int)(i % 3), cm_span_of(value, len), a[0], a[1]);
		if (i % 16 != 0)
			continue;
		assert_int_equal(cm_names_init(&fresh, &secret), CM_OK);
		cm_names_of(&fresh, (int)(i % 3), cm_span_of(value, len), b[0], b[1]);
		cm_names_fini(&fresh);
		assert_memory_equal(a, b, sizeof(a));
		cm_tie_of((int)(i % 3), a[0], cm_span_of(value, len), b[1]);
		assert_memory_equal(a[1], b[1], 32);
	}
	cm_names_fini(&cached);
}

static void
one_value_under_two_names_is_reported_once_and_for_its_row(void **state)
{
	const uint8_t one[32] = { 1 }, two[32] = { 2 };
	struct cm_name_book book = { 0 };
	uint8_t value[4];
	uint64_t i;

	(void)state;
	for (i = 0; i < 500; i++) {
		cm_put32(value, (uint32_t)i / 2);
		assert_int_equal(cm_name_book_add(&book, 0, one, cm_span_of(value, 4), i), CM_OK);
		/* another group is another value; one name for two values is no lie */
		assert_int_equal(cm_name_book_add(&book, 1, two, cm_span_of(value, 4), i), CM_OK);
	}
	assert_false(book.conflict);
	cm_put32(value, 7);
	assert_int_equal(cm_name_book_add(&book, 0, two, cm_span_of(value, 4), 900), CM_OK);
	assert_int_equal(cm_name_book_add(&book, 1, one, cm_span_of(value, 4), 901), CM_OK);
	assert_true(book.conflict);
	assert_int_equal(book.conflict_row, 900);
	cm_name_book_release(&book);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cache_changes_nothing),
		cmocka_unit_test(one_value_under_two_names_is_reported_once_and_for_its_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
