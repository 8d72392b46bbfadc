/* UTF-8 has one form for each character. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/utf8.h"

static void
the_bounds_of_each_length_are_characters(void **state)
{
	static const char *const good[] = { "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
		"\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(cm_utf8_len(cm_span_str(good[i])), strlen(good[i]));
	assert_int_equal(cm_utf8_len(cm_span_of("\0", 1)), 1);
}

static void
long_forms_surrogates_and_pieces_are_none(void **state)
{
	static const char *const bad[] = { "", "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2",
		"\xc2x", "\xe0\x9f\xbf", "\xe2\x80", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xff" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(cm_utf8_len(cm_span_str(bad[i])), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bounds_of_each_length_are_characters),
		cmocka_unit_test(long_forms_surrogates_and_pieces_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
