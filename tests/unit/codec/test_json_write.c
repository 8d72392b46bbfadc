/* The JSON writer writes what it is told, in that order, and nothing that is no JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/json_write.h"

static void
commas_and_keys_come_out_right_on_one_line(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	(void)state;
	cm_jsonw_object(&w);
	cm_jsonw_kint(&w, "a", -1);
	cm_jsonw_key(&w, "b");
	cm_jsonw_array(&w);
	cm_jsonw_uint(&w, UINT64_MAX);
	cm_jsonw_bool(&w, false);
	cm_jsonw_null(&w);
	cm_jsonw_array_end(&w);
	cm_jsonw_key(&w, "c");
	cm_jsonw_object(&w);
	cm_jsonw_object_end(&w);
	cm_jsonw_object_end(&w);
	assert_string_equal(cm_buf_cstr(&b),
	    "{\"a\": -1, \"b\": [18446744073709551615, false, null], \"c\": {}}");
	cm_buf_release(&b);
}

static void
strings_are_escaped_and_bad_utf8_is_replaced(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	(void)state;
	cm_jsonw_span(&w, cm_span_of("\"\\\n\x01\x7f\xc3\xa4\xc3\xff\xed\xa0\x80", 12));
	assert_string_equal(cm_buf_cstr(&b),
	    "\"\\\"\\\\\\n\\u0001\\u007f\xc3\xa4"
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	cm_buf_release(&b);
}

/* Eight bytes are looked at at once: every byte value at every place must come out as it
 * does alone. */
static void
what_stands_around_a_byte_does_not_change_it(void **state)
{
	(void)state;
	for (unsigned c = 1; c < 0x80; c++) {
		struct cm_buf alone = { 0 };
		struct cm_jsonw w = cm_jsonw_of(&alone, 0);
		uint8_t byte = (uint8_t)c;

		cm_jsonw_span(&w, cm_span_of(&byte, 1));
		for (size_t at = 0; at < 20; at++) {
			uint8_t text[20];
			struct cm_buf b = { 0 };

			memset(text, '~', sizeof(text));
			text[at] = byte;
			w = cm_jsonw_of(&b, 0);
			cm_jsonw_span(&w, cm_span_of(text, sizeof(text)));
			assert_int_equal(b.len, sizeof(text) - 1 + alone.len);
			assert_memory_equal(b.ptr + 1 + at, alone.ptr + 1, alone.len - 2);
			cm_buf_release(&b);
		}
		cm_buf_release(&alone);
	}
}

static void
numbers_come_out_to_the_last_digit(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	(void)state;
	cm_jsonw_array(&w);
	cm_jsonw_int(&w, INT64_MIN);
	cm_jsonw_int(&w, -1);
	cm_jsonw_uint(&w, 0);
	cm_jsonw_uint(&w, UINT64_MAX);
	cm_jsonw_array_end(&w);
	assert_string_equal(cm_buf_cstr(&b), "[-9223372036854775808, -1, 0, 18446744073709551615]");
	cm_buf_release(&b);
}

static void
too_deep_or_unbalanced_is_a_failed_buffer(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	(void)state;
	for (int i = 0; i < 40; i++)
		cm_jsonw_array(&w);
	assert_false(cm_buf_ok(&b));
	cm_buf_release(&b);
	w = cm_jsonw_of(&b, 0);
	cm_jsonw_array_end(&w);
	assert_false(cm_buf_ok(&b));
	cm_buf_release(&b);
}

static void
indentation_breaks_lines_only_where_there_is_content(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 2);

	(void)state;
	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "a", "x");
	cm_jsonw_key(&w, "b");
	cm_jsonw_array(&w);
	cm_jsonw_array_end(&w);
	cm_jsonw_object_end(&w);
	assert_string_equal(cm_buf_cstr(&b), "{\n  \"a\": \"x\",\n  \"b\": []\n}");
	cm_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_and_keys_come_out_right_on_one_line),
		cmocka_unit_test(strings_are_escaped_and_bad_utf8_is_replaced),
		cmocka_unit_test(what_stands_around_a_byte_does_not_change_it),
		cmocka_unit_test(numbers_come_out_to_the_last_digit),
		cmocka_unit_test(too_deep_or_unbalanced_is_a_failed_buffer),
		cmocka_unit_test(indentation_breaks_lines_only_where_there_is_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
