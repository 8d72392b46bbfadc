/* What people sign has nothing in it that they do not see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "charter/plain.h"

static void
words_of_many_languages_pass(void **state)
{
	static const char *const texts[] = { "", "plain\n", "\tindented\n  \tso\n", "\xc3\x9c" "bung, \xd0\xa0\xd1\x83\xd1\x81\xd1\x8c, \xe4\xb8\xad\xe6\x96\x87\n",
		"\xf0\x9f\x94\x92 locked", "a < b and a<!-b" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(cm_plain_check(cm_span_str(texts[i]), NULL), CM_OK);
}

static void
what_nobody_sees_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *text, *says;
	} ways[] = {
		{ "one\ntwo\xe2\x80\x8bthree", "line 2, column 4: U+200B" },	   /* zero width space */
		{ "\xef\xbb\xbf# Title", "line 1, column 1: U+FEFF" },		   /* byte order mark */
		{ "a\xc2\xa0" "b", "line 1, column 2: U+00A0" },			   /* no-break space */
		{ "\xc3\xbc\xe2\x80\xae" "b", "line 1, column 2: U+202E" },		   /* right-to-left override */
		{ "a\xc2\xad", "line 1, column 2: U+00AD" },			   /* soft hyphen */
		{ "a\xe2\x81\xa6", "U+2066" },					   /* isolate */
		{ "a\xf3\xa0\x81\x81", "U+E0041" },				   /* tag */
		{ "a\xef\xb8\x8f", "U+FE0F" },					   /* selector */
		{ "a\xe3\x85\xa4", "U+3164" },					   /* filler */
		{ "a\r\nb", "line 1, column 2: U+000D" }, { "a\x1b[2J", "U+001B" }, { "a\x7f", "U+007F" },
		{ "a\xc2\x85", "U+0085" }, { "a\tb", "line 1, column 2: a tab" }, { "  a\t", "line 1, column 4: a tab" },
		{ "a\xff", "line 1, column 2: a byte" }, { "a\xc0\x80", "a byte" }, { "x\n\n <!-- y -->", "line 3, column 2: a comment" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct cm_err err = { 0 };

		assert_int_equal(cm_plain_check(cm_span_str(ways[i].text), &err), CM_E_MALFORMED);
		if (strstr(err.text, ways[i].says) == NULL)
			fail_msg("expected \"%s\" in \"%s\"", ways[i].says, err.text);
	}
	assert_int_equal(cm_plain_check(cm_span_of("a\0b", 3), NULL), CM_E_MALFORMED);
}

static void
a_letter_and_its_mark_are_one_in_a_name(void **state)
{
	(void)state;
	assert_true(cm_plain_name(cm_span_str("\xc3\x89mile")));       /* U+00C9 */
	assert_false(cm_plain_name(cm_span_str("E\xcc\x81mile")));     /* U+0045 U+0301 */
	assert_false(cm_plain_name(cm_span_str("a\nb")));
	assert_false(cm_plain_name(cm_span_str("a\xe2\x80\x8d" "b"))); /* zero width joiner */
	assert_false(cm_plain_name(cm_span_str("\ta")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_many_languages_pass),
		cmocka_unit_test(what_nobody_sees_is_refused_with_its_place),
		cmocka_unit_test(a_letter_and_its_mark_are_one_in_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
