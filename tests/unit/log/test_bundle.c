/* Entry bundles hold exactly the entries they should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log/bundle.h"

static void
entries_are_laid_out_as_the_specification_says(void **state)
{
	static const uint8_t want[] = "\0\3abc\0\0\0\1x";
	struct cm_span entries[3];
	struct cm_buf b = { 0 };

	(void)state;
	assert_int_equal(cm_bundle_add(cm_span_str("abc"), &b), CM_OK);
	assert_int_equal(cm_bundle_add(cm_span_of(NULL, 0), &b), CM_OK);
	assert_int_equal(cm_bundle_add(cm_span_str("x"), &b), CM_OK);
	assert_int_equal(b.len, sizeof(want) - 1);
	assert_memory_equal(b.ptr, want, b.len);
	assert_int_equal(cm_bundle_read(cm_buf_span(&b), 3, entries, NULL), CM_OK);
	assert_true(cm_span_eq(entries[0], cm_span_str("abc")));
	assert_int_equal(entries[1].len, 0);
	assert_true(cm_span_eq(entries[2], cm_span_str("x")));
	cm_buf_release(&b);
}

static void
the_longest_entry_fits_and_no_longer_one(void **state)
{
	static uint8_t bytes[65536];
	struct cm_buf b = { 0 };
	struct cm_span e;

	(void)state;
	assert_int_equal(cm_bundle_add(cm_span_of(bytes, 65536), &b), CM_E_LIMIT);
	assert_int_equal(b.len, 0);
	assert_int_equal(cm_bundle_add(cm_span_of(bytes, 65535), &b), CM_OK);
	assert_int_equal(b.len, 65537);
	assert_int_equal(cm_bundle_read(cm_buf_span(&b), 1, &e, NULL), CM_OK);
	assert_int_equal(e.len, 65535);
	b.max = b.len;
	assert_int_equal(cm_bundle_add(cm_span_of(NULL, 0), &b), CM_E_NOMEM);
	cm_buf_release(&b);
}

static void
refuses(const char *bytes, size_t len, size_t n, uint64_t offset, const char *text)
{
	struct cm_span entries[4];
	struct cm_err err = { 0 };

	assert_int_equal(cm_bundle_read(cm_span_of(bytes, len), n, entries, &err), CM_E_MALFORMED);
	assert_string_equal(err.text, text);
	assert_true(err.has_offset);
	assert_int_equal(err.offset, offset);
}

static void
another_number_of_entries_is_refused(void **state)
{
	static const char two[] = "\0\1a\0\2bc";

	(void)state;
	refuses(two, 7, 1, 3, "4 bytes behind the last of 1 entries");
	refuses(two, 7, 3, 7, "the bundle ends inside entry 2 of 3");
	refuses(two, 6, 2, 3, "the bundle ends inside entry 1 of 2");
	refuses(two, 4, 2, 3, "the bundle ends inside entry 1 of 2");
	refuses(two, 3, 2, 3, "the bundle ends inside entry 1 of 2");
	refuses(two, 0, 2, 0, "the bundle ends inside entry 0 of 2");
	refuses(two, 1, 0, 0, "1 bytes behind the last of 0 entries");
	assert_int_equal(cm_bundle_read(cm_span_of(NULL, 0), 0, NULL, NULL), CM_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_laid_out_as_the_specification_says),
		cmocka_unit_test(the_longest_entry_fits_and_no_longer_one),
		cmocka_unit_test(another_number_of_entries_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
