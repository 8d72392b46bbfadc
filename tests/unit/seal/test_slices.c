/* Where the members of a JSON object lie: raw bytes, first occurrence, strict grammar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "seal/slices.h"

static struct cm_schema
ab(void)
{
	const struct cm_span names[2] = { cm_span_str("a"), cm_span_str("b") };
	struct cm_schema s;

	assert_int_equal(cm_schema_records(names, 2, &s, NULL), CM_OK);
	return s;
}

static bool
find(const char *line, struct cm_slice slice[3], size_t *n)
{
	struct cm_schema s = ab();

	return cm_slices_find(&s, cm_span_str(line), false, slice, n);
}

static void
a_value_reaches_from_its_colon_to_the_comma_or_brace(void **state)
{
	const char *line = " {\"a\" : [1, {\"b\":2}] ,\"c\":0,\"b\":\"x\" }\r\n";
	struct cm_slice s[3];
	size_t n;

	(void)state;
	assert_true(find(line, s, &n));
	assert_int_equal(n, 2);
	assert_int_equal(s[0].column, 0);
	assert_memory_equal(line + s[0].at, " [1, {\"b\":2}] ", s[0].len);
	assert_int_equal(s[0].len, 14);
	assert_int_equal(s[1].column, 1);
	assert_memory_equal(line + s[1].at, "\"x\" ", s[1].len);
}

static void
only_the_first_occurrence_counts_and_names_are_raw(void **state)
{
	struct cm_slice s[3];
	size_t n;

	(void)state;
	assert_true(find("{\"a\":1,\"a\":2}", s, &n));
	assert_int_equal(n, 1);
	assert_int_equal(s[0].at, 5);
	assert_true(find("{\"\\u0061\":1}", s, &n));
	assert_int_equal(n, 0);
}

static void
what_is_not_one_object_is_refused(void **state)
{
	static const char *const bad[] = { "", "[]", "1", "{} {}", "{\"a\":1,}", "{\"a\":}",
		"{\"a\" 1}", "{a:1}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":+1}",
		"{\"a\":1e}", "{\"a\":tru}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}",
		"{\"a\":\"\t\"}", "{\"a\":[1,]}", "{\"a\":[,1]}", "{\"a\":[1}", "{\"a\":{]}",
		"{\"a\":\"", "{", "{\"a\":1", "{\"a\":-}", "{,}" };
	struct cm_slice s[3];
	size_t n, i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (find(bad[i], s, &n))
			fail_msg("accepted: %s", bad[i]);
}

static void
what_is_one_object_is_taken(void **state)
{
	static const char *const good[] = { "{}", " {\n} ", "{\"a\":[]}", "{\"a\":{}}",
		"{\"a\":[[],{}]}", "{\"a\":-0.5E-10}", "{\"a\":0}",
		"{\"\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\uABcd\"}", "{\"a\":[1,[2,{\"x\":[]}],3]}",
		"{\"a\":null,\"b\":false}", "{\"a\":\"\xff\x7f\"}" };
	struct cm_slice s[3];
	size_t n, i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (!find(good[i], s, &n))
			fail_msg("refused: %s", good[i]);
}

static void
nesting_ends_at_sixty_four(void **state)
{
	char line[300];
	struct cm_slice s[3];
	size_t n, deep, at;

	(void)state;
	for (deep = 62; deep < 66; deep++) {
		at = 5;
		memcpy(line, "{\"a\":", 5);
		memset(line + at, '[', deep);
		memset(line + at + deep, ']', deep);
		memcpy(line + at + 2 * deep, "}", 2);
		assert_int_equal(find(line, s, &n), deep + 1 <= CM_RECORD_DEPTH);
	}
}

static void
a_value_alone_is_known(void **state)
{
	(void)state;
	assert_true(cm_slices_is_value(cm_span_str(" {\"x\":[1]} ")));
	assert_false(cm_slices_is_value(cm_span_str("1 2")));
	assert_false(cm_slices_is_value(cm_span_str("")));
}

static void
a_schema_with_bad_names_is_refused(void **state)
{
	const struct cm_span twice[2] = { cm_span_str("a"), cm_span_str("a") };
	const struct cm_span rest = cm_span_str("rest");
	struct cm_span many[64] = { 0 };
	struct cm_schema s;

	(void)state;
	assert_int_equal(cm_schema_records(twice, 2, &s, NULL), CM_E_USAGE);
	assert_int_equal(cm_schema_records(&rest, 1, &s, NULL), CM_E_USAGE);
	assert_int_equal(cm_schema_records(many, 64, &s, NULL), CM_E_USAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_reaches_from_its_colon_to_the_comma_or_brace),
		cmocka_unit_test(only_the_first_occurrence_counts_and_names_are_raw),
		cmocka_unit_test(what_is_not_one_object_is_refused),
		cmocka_unit_test(what_is_one_object_is_taken),
		cmocka_unit_test(nesting_ends_at_sixty_four),
		cmocka_unit_test(a_value_alone_is_known),
		cmocka_unit_test(a_schema_with_bad_names_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
