#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"

#define S INT64_C(1000000000)

static void
times_are_written_in_utc_with_nine_digits(void **state)
{
	char out[CM_TIME_TEXT];

	(void)state;
	cm_time_text(0, out);
	assert_string_equal(out, "1970-01-01T00:00:00.000000000Z");
	cm_time_text(1429701763119390000, out);
	assert_string_equal(out, "2015-04-22T11:22:43.119390000Z");
	cm_time_text(-1, out);
	assert_string_equal(out, "1969-12-31T23:59:59.999999999Z");
	cm_time_text(951782400 * S, out);
	assert_string_equal(out, "2000-02-29T00:00:00.000000000Z");
	cm_time_text(INT64_MAX, out);
	assert_string_equal(out, "2262-04-11T23:47:16.854775807Z");
	cm_time_text(INT64_MIN, out);
	assert_string_equal(out, "1677-09-21T00:12:43.145224192Z");
}

static int64_t
parse(const char *text)
{
	int64_t t = INT64_MIN;

	return cm_time_parse(cm_span_str(text), &t) == CM_OK ? t : INT64_MIN;
}

static void
times_are_read_as_people_write_them(void **state)
{
	(void)state;
	assert_int_equal(parse("1970-01-01"), 0);
	assert_int_equal(parse("2015-03-18T11:00:00Z"), 1426676400 * S);
	assert_int_equal(parse("2015-03-18 11:00"), 1426676400 * S);
	assert_int_equal(parse("2015-03-18T13:00:00+02:00"), 1426676400 * S);
	assert_int_equal(parse("2015-03-18T06:30:00.5-04:30"), 1426676400 * S + S / 2);
	assert_int_equal(parse("2015-04-22T11:22:43.119390001Z"), 1429701763119390001);
	assert_int_equal(parse("@1429701763.25"), 1429701763 * S + S / 4);
	assert_int_equal(parse("@0"), 0);
	assert_int_equal(parse("2016-02-29"), 1456704000 * S);
}

static void
anything_else_is_refused(void **state)
{
	static const char *const bad[] = { "", "@", "2015", "2015-03", "2015-02-29", "2015-13-01", "2015-00-10",
		"2015-03-18T", "2015-03-18T25:00:00Z", "2015-03-18T11:60", "2015-03-18T11:00:00.Z",
		"2015-03-18T11:00:00.1234567890Z", "2015-03-18T11:00:00Zulu", "2015-03-18T11:00:00+2:00",
		"now", "@12345678901", "@1 ", "1500-01-01", " 2015-03-18" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(parse(bad[i]) == INT64_MIN);
}

static void
every_second_of_a_few_days_comes_back(void **state)
{
	(void)state;
	for (int64_t t = -86400 * 400; t < INT64_C(86400) * 366 * 40; t += 86399 * 7) {
		char out[CM_TIME_TEXT];

		cm_time_text(t * S + 7, out);
		assert_int_equal(parse(out), t * S + 7);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_written_in_utc_with_nine_digits),
		cmocka_unit_test(times_are_read_as_people_write_them),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(every_second_of_a_few_days_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
