/* The scales and panels of the report's pictures, whatever a sender states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/report_bars.h"
#include "dossier/report_panels.h"
#include "dossier/report_parts.h"

#define SECOND INT64_C(1000000000)

static void
round_numbers_are_not_below(void **state)
{
	(void)state;
	assert_int_equal(cm_axis_round(0), 1);
	assert_int_equal(cm_axis_round(1), 1);
	assert_int_equal(cm_axis_round(3), 4);
	assert_int_equal(cm_axis_round(401), 600);
	assert_int_equal(cm_axis_round(8001), 10000);
	assert_true(cm_axis_round(UINT64_MAX) == UINT64_MAX);
}

static void
any_time_lies_in_the_picture(void **state)
{
	static const int64_t t[] = { INT64_MIN, -1, 0, 1, 1704067200 * SECOND, INT64_MAX };
	size_t i, j, k;

	(void)state;
	for (i = 0; i < 6; i++)
		for (j = i + 1; j < 6; j++)
			for (k = 0; k < 6; k++) {
				const struct cm_axis a = { t[i], t[j] };
				struct cm_buf out = { 0 };

				assert_in_range(cm_axis_x(&a, t[k]), CM_PIC_LEFT, CM_PIC_RIGHT);
				cm_axis_times(&out, &a, 10, 100);
				assert_true(cm_buf_ok(&out) && out.len < 4096);
				cm_buf_release(&out);
			}
}

static void
times_of_day_are_those_of_the_day(void **state)
{
	char text[CM_CLOCK_TEXT];

	(void)state;
	assert_string_equal(cm_clock_text(1704067200 * SECOND + 90 * SECOND + 500000000, false, text), "00:01:30");
	assert_string_equal(cm_clock_text(1704067200 * SECOND + 90 * SECOND + 500000000, true, text), "00:01:30.500");
	assert_string_equal(cm_clock_text(-1, true, text), "23:59:59.999");
}

static struct cm_traffic_series
series_of(uint32_t n)
{
	struct cm_traffic_series s = { .from_ns = 1704067200 * SECOND, .width_ns = SECOND, .n = n, .effect_is = CM_SERIES_OPENINGS };
	uint32_t i;

	for (i = 0; i < n; i++) {
		bool loud = i >= n / 3 && i < 2 * n / 3;

		s.in[i] = s.effect[0][i] = loud ? 1000 : 2;
		s.effect[1][i] = loud ? 50 : 2;
	}
	return s;
}

/* The few openings beside a flood are not measured by the flood. */
static void
a_share_of_few_is_that_of_few(void **state)
{
	const struct cm_traffic_series s = series_of(90);
	struct cm_panels p;

	(void)state;
	assert_true(cm_panels_of(&s, 120, &p));
	assert_int_equal(p.n, 90);
	assert_int_equal(cm_panels_share(&p, 29), 1000);
	assert_int_equal(cm_panels_share(&p, 45), 50);
	assert_int_equal(cm_panels_share(&p, 60), 1000);
	assert_int_equal(cm_panels_rate(&p, s.in, 45), 1000);
}

static void
neighbours_are_drawn_as_one_and_none_is_lost(void **state)
{
	const struct cm_traffic_series s = series_of(239);
	struct cm_panels p;
	uint64_t all = 0, drawn = 0;
	uint32_t i;

	(void)state;
	assert_true(cm_panels_of(&s, 100, &p));
	assert_true(p.n <= 100);
	for (i = 0; i < s.n; i++)
		all += s.in[i];
	for (i = 0; i < p.n; i++)
		drawn += cm_panels_sum(&p, s.in, i);
	assert_int_equal(all, drawn);
	assert_true(cm_panels_time(&p, p.n) == s.from_ns + 239 * SECOND);
}

static void
a_series_of_the_largest_numbers_is_drawn(void **state)
{
	struct cm_traffic_series s = series_of(240);
	struct cm_traffic_finding f = { .kind = CM_TRAFFIC_HTTP, .verdict = CM_TRAFFIC_FLOOD, .series = &s, .from_ns = INT64_MIN,
		.to_ns = INT64_MAX, .peak_per_s = UINT64_MAX, .mean_per_s = UINT64_MAX, .packets = UINT64_MAX, .sources = UINT64_MAX,
		.baseline = { CM_BASELINE_BEFORE, 1, UINT64_MAX },
		.effect = { true, true, INT64_MIN, INT64_MAX, { -1, -1 }, { -1, INT64_MAX }, { -1, 1000000 }, { -1, -1 }, NULL } };
	struct cm_buf out = { 0 };

	(void)state;
	memset(s.in, 0xff, sizeof(s.in));
	memset(s.effect, 0xff, sizeof(s.effect));
	s.effect_is = CM_SERIES_ANSWERS;
	s.from_ns = INT64_MAX / 2;
	s.width_ns = INT64_MAX / 4096;
	cm_report_tiles(&out, &f);
	cm_report_series(&out, &f);
	assert_true(cm_buf_ok(&out));
	assert_null(strstr(cm_buf_cstr(&out), "height=\"-"));
	assert_null(strstr(cm_buf_cstr(&out), "width=\"-"));
	cm_buf_release(&out);
}

static void
without_a_series_it_is_said_that_there_is_no_picture(void **state)
{
	const struct cm_traffic_finding f = { .kind = CM_TRAFFIC_SYN };
	struct cm_buf out = { 0 };

	(void)state;
	cm_report_series(&out, &f);
	assert_non_null(strstr(cm_buf_cstr(&out), "no picture"));
	cm_buf_release(&out);
}

static void
lags_of_any_length_are_drawn(void **state)
{
	static const int64_t lag[][3] = { { -5, 0, 3 }, { 0, 1, INT64_MAX }, { INT64_MIN, INT64_MIN, INT64_MIN } };
	int64_t many[100] = { 0 };
	struct cm_buf out = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		cm_report_lags(&out, lag[i], 3);
	many[99] = INT64_MAX;
	cm_report_lags(&out, many, 100);
	assert_true(cm_buf_ok(&out));
	cm_buf_release(&out);
}

static void
names_in_bars_are_no_markup(void **state)
{
	struct cm_buf out = { 0 };

	(void)state;
	cm_bars_begin(&out, "Path", 3);
	cm_bars_line(&out, cm_span_str("<b>\xe2\x80\xae\"&"), UINT64_MAX, 7);
	cm_bars_end(&out, "all others", UINT64_MAX / 2, UINT64_MAX);
	assert_non_null(strstr(cm_buf_cstr(&out), "&lt;b&gt;\xef\xbf\xbd&quot;&amp;"));
	assert_null(strstr(cm_buf_cstr(&out), "<b>"));
	assert_non_null(strstr(cm_buf_cstr(&out), "100.0 %"));
	cm_buf_release(&out);
}

static struct cm_finding body[6];
static struct cm_shown_finding shown[6];

static const struct cm_dossier *
six_findings(void)
{
	static struct cm_dossier d;
	size_t i;

	for (i = 0; i < 6; i++) {
		body[i] = (struct cm_finding) { .type = CM_INCIDENT_INJECTION, .verdict = CM_VERDICT_FORGED,
			.fingerprint = { true, "zero", "0", i == 2 ? "64" : "equal", "1024", "none", "none", NULL } };
		shown[i] = (struct cm_shown_finding) { .body = &body[i] };
	}
	body[4].fingerprint.known = body[5].fingerprint.known = false;
	d = (struct cm_dossier) { .findings = shown, .n_findings = 6 };
	return &d;
}

static void
findings_of_one_hand_are_together(void **state)
{
	struct cm_groups g;

	(void)state;
	assert_int_equal(cm_groups_make(six_findings(), &g), CM_OK);
	assert_true(cm_groups_grouped(&g, 0) && cm_groups_first(&g, 0));
	assert_true(cm_groups_grouped(&g, 1) && !cm_groups_first(&g, 1));
	assert_false(cm_groups_grouped(&g, 2));
	assert_int_equal(g.of[3], 0);
	assert_false(cm_groups_grouped(&g, 4));
	assert_false(cm_groups_grouped(&g, 5));
	cm_groups_release(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_numbers_are_not_below),
		cmocka_unit_test(any_time_lies_in_the_picture),
		cmocka_unit_test(times_of_day_are_those_of_the_day),
		cmocka_unit_test(a_share_of_few_is_that_of_few),
		cmocka_unit_test(neighbours_are_drawn_as_one_and_none_is_lost),
		cmocka_unit_test(a_series_of_the_largest_numbers_is_drawn),
		cmocka_unit_test(without_a_series_it_is_said_that_there_is_no_picture),
		cmocka_unit_test(lags_of_any_length_are_drawn),
		cmocka_unit_test(names_in_bars_are_no_markup),
		cmocka_unit_test(findings_of_one_hand_are_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
