/* Each second has one spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/rfc3339.h"

static void
known_moments_come_out_both_ways(void **state)
{
	static const struct {
		int64_t t;
		const char *text;
	} known[] = { { 0, "1970-01-01T00:00:00Z" }, { 951782399, "2000-02-28T23:59:59Z" },
		{ 951782400, "2000-02-29T00:00:00Z" }, { 951868800, "2000-03-01T00:00:00Z" },
		{ 1795475200, "2026-11-23T23:06:40Z" }, { 4107542400, "2100-03-01T00:00:00Z" },
		{ CM_RFC3339_MAX, "9999-12-31T23:59:59Z" } };

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		char text[CM_RFC3339_LEN + 1];
		int64_t t = -1;

		cm_rfc3339_format(known[i].t, text);
		assert_string_equal(text, known[i].text);
		assert_int_equal(cm_rfc3339_parse(cm_span_str(text), &t), CM_OK);
		assert_int_equal(t, known[i].t);
	}
}

static void
every_day_of_a_thousand_years_comes_back(void **state)
{
	(void)state;
	for (int64_t t = 3661; t < INT64_C(86400) * 365250; t += 86400) {
		char text[CM_RFC3339_LEN + 1];
		int64_t back = -1;

		cm_rfc3339_format(t, text);
		assert_int_equal(cm_rfc3339_parse(cm_span_str(text), &back), CM_OK);
		assert_int_equal(back, t);
	}
}

static void
what_lies_outside_is_clamped(void **state)
{
	char text[CM_RFC3339_LEN + 1];

	(void)state;
	cm_rfc3339_format(-1, text);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	cm_rfc3339_format(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void
any_other_spelling_is_refused(void **state)
{
	static const char *const bad[] = { "", "2026-11-23", "2026-11-23T22:20:00",
		"2026-11-23t22:20:00Z", "2026-11-23T22:20:00z", "2026-11-23T22:20:00+00:00",
		"2026-11-23T22:20:00.0Z", "2026-11-23 22:20:00Z", "2026-11-23T24:00:00Z",
		"2026-11-23T23:59:60Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
		"2026-04-31T00:00:00Z", "2025-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
		"1969-12-31T23:59:59Z", "2026-1-023T22:20:00Z", "+026-11-23T22:20:00Z" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t t = 7;

		assert_int_equal(cm_rfc3339_parse(cm_span_str(bad[i]), &t), CM_E_MALFORMED);
		assert_int_equal(t, 7);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_moments_come_out_both_ways),
		cmocka_unit_test(every_day_of_a_thousand_years_comes_back),
		cmocka_unit_test(what_lies_outside_is_clamped),
		cmocka_unit_test(any_other_spelling_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
