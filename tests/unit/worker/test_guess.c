/* Which kind a file is taken for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "worker/guess.h"

static struct cm_guess
guess(const char *bytes, size_t len)
{
	struct cm_span span = cm_span_of(bytes, len);
	struct cm_guess out = { CM_KIND_RECORDS, true };

	assert_int_equal(cm_guess_kind(cm_source_of_memory(&span), &out, NULL), CM_OK);
	return out;
}

#define KIND(text) guess(text, sizeof(text) - 1).kind
#define JSON(text) guess(text, sizeof(text) - 1).json

static void
captures_are_known_by_their_magic(void **state)
{
	(void)state;
	assert_int_equal(KIND("\xd4\xc3\xb2\xa1\x02"), CM_KIND_CAPTURE);
	assert_int_equal(KIND("\xa1\xb2\x3c\x4d"), CM_KIND_CAPTURE);
	assert_int_equal(KIND("\x0a\x0d\x0d\x0a"), CM_KIND_CAPTURE);
	assert_int_equal(KIND("\xd4\xc3\xb2"), CM_KIND_LINES); /* bytes that are no UTF-8 can be text */
}

static void
what_is_not_text_is_a_blob(void **state)
{
	(void)state;
	assert_int_equal(KIND("MZ\x90\0\x03"), CM_KIND_BLOB);
	assert_int_equal(KIND("\x7f" "ELF"), CM_KIND_BLOB);
	assert_int_equal(KIND("a line\nand\x01 a control"), CM_KIND_BLOB);
	assert_int_equal(KIND("a\tline\r\n\x1b[31mred\n\xe4\xf6"), CM_KIND_LINES);
	assert_int_equal(KIND(""), CM_KIND_LINES);
}

static void
json_is_said_only_if_each_of_the_first_lines_is_an_object(void **state)
{
	(void)state;
	assert_true(JSON("{\"a\": 1}\n{}\n"));
	assert_true(JSON("{\"a\": 1}")); /* the file ends there */
	assert_false(JSON("{\"a\": 1}\nnot\n"));
	assert_false(JSON("[1]\n"));
	assert_false(JSON("{\"a\": 1}\n\n"));
	assert_false(JSON(""));
}

static void
a_line_that_goes_on_behind_the_window_is_not_looked_at(void **state)
{
	static char text[CM_GUESS_WINDOW + 10];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "{}\n{\"", 5);
	assert_true(guess(text, sizeof(text)).json);
	assert_false(guess(text, 1000).json);
	memcpy(text, "{\"   ", 5);
	assert_false(guess(text, sizeof(text)).json);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures_are_known_by_their_magic),
		cmocka_unit_test(what_is_not_text_is_a_blob),
		cmocka_unit_test(json_is_said_only_if_each_of_the_first_lines_is_an_object),
		cmocka_unit_test(a_line_that_goes_on_behind_the_window_is_not_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
