/* JSON that two readers might understand differently is not read at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "codec/json_read.h"

static enum cm_result
parse_span(struct cm_span text, struct cm_err *err)
{
	struct cm_json_doc doc = { 0 };
	enum cm_result r;

	*err = (struct cm_err) { 0 };
	r = cm_json_parse(text, &doc, err);
	assert_true((r == CM_OK) == (doc.root != NULL));
	cm_json_release(&doc);
	return r;
}

static void
refused(const char *text, const char *because)
{
	struct cm_err err;

	assert_int_equal(parse_span(cm_span_str(text), &err), CM_E_MALFORMED);
	if (strstr(err.text, because) == NULL)
		fail_msg("%s: expected \"%s\" in \"%s\"", text, because, err.text);
}

static void
accepted(const char *text)
{
	struct cm_err err;

	if (parse_span(cm_span_str(text), &err) != CM_OK)
		fail_msg("%s: %s", text, err.text);
}

static void
duplicate_member_names_are_refused(void **state)
{
	(void)state;
	refused("{\"a\": 1, \"a\": 1}", "twice");
	refused("{\"a\": 1, \"\\u0061\": 1}", "twice");
	refused("[{\"b\": {\"c\": 1, \"c\": 2}}]", "twice");
	accepted("[{\"a\": 1}, {\"a\": 1}]");
}

static void
invalid_utf8_is_refused(void **state)
{
	(void)state;
	refused("[\"\xff\"]", "UTF-8");
	refused("[\"\xc0\x80\"]", "UTF-8");
	refused("[\"\xed\xa0\x80\"]", "UTF-8");
	refused("{\"\xf5\x80\x80\x80\": 1}", "UTF-8");
	refused("[\"\\ud800\"]", "JSON");
	refused("[\"\\udc00\\ud800\"]", "JSON");
	accepted("[\"\\ud83d\\ude00 \xf0\x9f\x98\x80\"]");
}

static void
a_byte_order_mark_is_refused(void **state)
{
	(void)state;
	refused("\xef\xbb\xbf{}", "byte order mark");
	refused("\xff\xfe{", "UTF-8");
}

static void
bytes_behind_the_value_but_one_newline_are_refused(void **state)
{
	(void)state;
	accepted("{}");
	accepted("{}\n");
	refused("{}\n\n", "behind");
	refused("{} ", "behind");
	refused("{}\r\n", "behind");
	refused("{}\n ", "behind");
	refused("{}x", "JSON");
	refused("{}{}", "JSON");
	refused("{}//", "JSON");
}

static void
numbers_that_are_no_integers_or_too_large_are_refused(void **state)
{
	(void)state;
	refused("[1.0]", "no integer");
	refused("[1e2]", "no integer");
	refused("[{\"a\": [0.5]}]", "no integer");
	refused("[9007199254740992]", "2^53");
	refused("[-9007199254740992]", "2^53");
	refused("[99999999999999999999]", "2^53");
	refused("[01]", "JSON");
	refused("[+1]", "JSON");
	refused("[0x1]", "JSON");
	refused("[NaN]", "JSON");
	accepted("[9007199254740991, -9007199254740991, 0]");
}

static void
nul_in_strings_and_names_is_refused(void **state)
{
	struct cm_err err;

	(void)state;
	refused("[\"a\\u0000b\"]", "JSON");
	refused("{\"a\\u0000b\": 1}", "JSON");
	assert_int_equal(parse_span(cm_span_of("[\"a\0b\"]", 7), &err), CM_E_MALFORMED);
	assert_int_equal(parse_span(cm_span_of("[]\0", 3), &err), CM_E_MALFORMED);
}

static void
nesting_deeper_than_32_is_refused_before_anything_recurses(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_err err;

	(void)state;
	for (int i = 0; i < 32; i++)
		cm_buf_add_u8(&b, '[');
	for (int i = 0; i < 32; i++)
		cm_buf_add_u8(&b, ']');
	assert_int_equal(parse_span(cm_buf_span(&b), &err), CM_OK);
	cm_buf_clear(&b);
	for (int i = 0; i < 33; i++)
		cm_buf_add_str(&b, "{\"a\":");
	assert_int_equal(parse_span(cm_buf_span(&b), &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "deeper"));
	assert_int_equal(err.offset, 32 * 5);
	/* Brackets in strings do not nest. */
	accepted("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[\"]");
	cm_buf_release(&b);
}

static void
what_would_cost_too_much_memory_is_refused_before_it_does(void **state)
{
	size_t n = (size_t)2 << 20;
	struct cm_buf b = { 0 };
	struct cm_err err;

	(void)state;
	cm_buf_add_str(&b, "[");
	for (size_t i = 0; i < n; i++)
		cm_buf_add_str(&b, "{},");
	cm_buf_add_str(&b, "{}]");
	assert_int_equal(parse_span(cm_buf_span(&b), &err), CM_E_LIMIT);
	cm_buf_release(&b);
	assert_int_equal(parse_span(cm_span_of(b.ptr, 0), &err), CM_E_MALFORMED);
}

static void
what_is_no_json_is_refused(void **state)
{
	static const char *const bad[] = { "", " ", "{", "[1,]", "{\"a\"}", "{'a': 1}", "\"a\"",
		"1", "nul", "[tru]", "{\"a\": 1,}", "[\"\t\"]", "[\"a]" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(bad[i], "");
}

static const char object[] =
    "{\"s\": \"text\", \"n\": 7, \"m\": -7, \"t\": true, \"l\": [1, \"x\"], \"o\": {},"
    " \"h\": \"00ff\", \"H\": \"00FF\", \"z\": null}";

static void
getters_give_what_is_there_and_name_what_is_not(void **state)
{
	struct cm_json_doc doc = { 0 };
	struct cm_json v, o;
	struct cm_err err = { 0 };
	const char *s = NULL;
	uint8_t h[2] = { 9, 9 };
	uint64_t n = 9;
	int64_t m = 9;
	bool t = false;

	(void)state;
	assert_int_equal(cm_json_parse(cm_span_str(object), &doc, &err), CM_OK);
	v = cm_json_root(&doc);
	assert_int_equal(cm_json_get_str(v, "s", &s, &err), CM_OK);
	assert_string_equal(s, "text");
	assert_int_equal(cm_json_get_u64(v, "n", 7, &n, &err), CM_OK);
	assert_int_equal(n, 7);
	assert_int_equal(cm_json_get_int(v, "m", -7, 0, &m, &err), CM_OK);
	assert_int_equal(m, -7);
	assert_int_equal(cm_json_get_bool(v, "t", &t, &err), CM_OK);
	assert_true(t);
	assert_int_equal(cm_json_get_hex(v, "h", h, 2, &err), CM_OK);
	assert_int_equal(h[1], 0xff);
	assert_int_equal(cm_json_get_list(v, "l", &o, &err), CM_OK);
	assert_int_equal(cm_json_len(o), 2);
	assert_int_equal(cm_json_type(cm_json_at(o, 1)), CM_JSON_STR);
	assert_int_equal(cm_json_get_object(v, "o", &o, &err), CM_OK);
	assert_false(cm_json_has(o, "s"));
	assert_int_equal(err.code, CM_OK);
	assert_int_equal(cm_json_get_u64(v, "m", 7, &n, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "`m'"));
	assert_int_equal(cm_json_get_u64(v, "n", 6, &n, NULL), CM_E_MALFORMED);
	assert_int_equal(cm_json_get_u64(v, "s", 6, &n, NULL), CM_E_MALFORMED);
	assert_int_equal(cm_json_get_u64(v, "absent", 6, &n, NULL), CM_E_MALFORMED);
	assert_int_equal(cm_json_get_str(v, "n", &s, NULL), CM_E_MALFORMED);
	assert_int_equal(cm_json_get_bool(v, "n", &t, NULL), CM_E_MALFORMED);
	assert_int_equal(cm_json_get_list(v, "o", &o, NULL), CM_E_MALFORMED);
	assert_int_equal(cm_json_get_object(v, "l", &o, NULL), CM_E_MALFORMED);
	assert_int_equal(n, 7);
	cm_json_release(&doc);
}

static void
hexadecimal_is_lower_case_and_of_the_right_length(void **state)
{
	struct cm_json_doc doc = { 0 };
	uint8_t h[2] = { 9, 9 };
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_json_parse(cm_span_str(object), &doc, &err), CM_OK);
	assert_int_equal(cm_json_get_hex(cm_json_root(&doc), "H", h, 2, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "lower-case"));
	assert_int_equal(cm_json_get_hex(cm_json_root(&doc), "h", h, 1, NULL), CM_E_MALFORMED);
	assert_int_equal(cm_json_get_hex(cm_json_root(&doc), "n", h, 1, NULL), CM_E_MALFORMED);
	assert_int_equal(h[0], 9);
	cm_json_release(&doc);
}

static void
unknown_members_are_named(void **state)
{
	static const char *const some[] = { "s", "n", "m", "t", "l", "o", "h", "z", NULL };
	struct cm_json_doc doc = { 0 };
	struct cm_err err = { 0 };
	const char *name = NULL;
	struct cm_json v;
	char all[16] = "";

	(void)state;
	assert_int_equal(cm_json_parse(cm_span_str(object), &doc, &err), CM_OK);
	assert_int_equal(cm_json_only(cm_json_root(&doc), some, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "`H'"));
	while (cm_json_next(cm_json_root(&doc), &name, &v))
		strncat(all, name, 1);
	assert_string_equal(all, "snmtlohHz");
	cm_json_release(&doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(duplicate_member_names_are_refused),
		cmocka_unit_test(invalid_utf8_is_refused),
		cmocka_unit_test(a_byte_order_mark_is_refused),
		cmocka_unit_test(bytes_behind_the_value_but_one_newline_are_refused),
		cmocka_unit_test(numbers_that_are_no_integers_or_too_large_are_refused),
		cmocka_unit_test(nul_in_strings_and_names_is_refused),
		cmocka_unit_test(nesting_deeper_than_32_is_refused_before_anything_recurses),
		cmocka_unit_test(what_would_cost_too_much_memory_is_refused_before_it_does),
		cmocka_unit_test(what_is_no_json_is_refused),
		cmocka_unit_test(getters_give_what_is_there_and_name_what_is_not),
		cmocka_unit_test(hexadecimal_is_lower_case_and_of_the_right_length),
		cmocka_unit_test(unknown_members_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
