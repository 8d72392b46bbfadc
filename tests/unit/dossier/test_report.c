#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/facts.h"
#include "dossier/html.h"
#include "dossier/report.h"
#include "made_up.h"

static const char *
render(struct cm_buf *out, int variant, const struct cm_report_checks *checks)
{
	const struct cm_dossier *d = made_up_dossier(variant);
	struct cm_buf facts = { 0 };

	assert_int_equal(cm_facts_write(d, &facts), CM_OK);
	assert_int_equal(cm_report_render(d, cm_buf_span(&facts), checks, out), CM_OK);
	cm_buf_release(&facts);
	return cm_buf_cstr(out);
}

static void
no_text_of_a_sender_becomes_markup(void **state)
{
	struct cm_buf out = { 0 };
	const char *html = render(&out, 0, NULL);

	(void)state;
	assert_null(strstr(html, "<b>Analyst"));
	assert_non_null(strstr(html, "&lt;b&gt;Analyst"));
	assert_null(strstr(html, "<script>x"));
	cm_buf_release(&out);
}

static void
nothing_is_loaded_from_anywhere(void **state)
{
	struct cm_buf out = { 0 };
	const char *html = render(&out, 0, NULL);

	(void)state;
	assert_non_null(strstr(html, "Content-Security-Policy"));
	assert_null(strstr(html, " src="));
	assert_null(strstr(html, "url("));
	assert_null(strstr(html, "@import"));
	assert_null(strstr(html, "href=\"http"));
	cm_buf_release(&out);
}

static void
the_same_dossier_gives_the_same_bytes(void **state)
{
	struct cm_buf a = { 0 }, b = { 0 };

	(void)state;
	render(&a, 0, NULL);
	render(&b, 0, NULL);
	assert_true(cm_span_eq(cm_buf_span(&a), cm_buf_span(&b)));
	cm_buf_release(&a);
	cm_buf_release(&b);
}

static void
the_facts_come_out_again(void **state)
{
	struct cm_buf out = { 0 }, facts = { 0 };
	struct cm_span found;

	(void)state;
	render(&out, 0, NULL);
	assert_int_equal(cm_facts_write(made_up_dossier(0), &facts), CM_OK);
	assert_int_equal(cm_report_facts(cm_buf_span(&out), &found), CM_OK);
	assert_true(cm_span_eq(found, cm_buf_span(&facts)));
	cm_buf_release(&out);
	cm_buf_release(&facts);
}

static void
hidden_addresses_and_payload_are_in_no_report(void **state)
{
	struct cm_buf out = { 0 };
	const char *html = render(&out, 1, NULL);

	(void)state;
	assert_null(strstr(html, "203.0.113.80"));
	assert_null(strstr(html, "192.0.2.17"));
	assert_null(strstr(html, "302 Found"));
	assert_non_null(strstr(html, "240.7.33.80"));
	cm_buf_release(&out);
}

static void
the_receivers_report_says_what_was_checked(void **state)
{
	static const char *const outcome[] = { "reproduced as shown: <i>14</i> rows" };
	static const char *const notes[] = { "one note" };
	const struct cm_report_checks checks = { .verdict = "all holds & redone", .signer = "known as alice",
		.outcome = outcome, .notes = notes, .n_notes = 1 };
	struct cm_buf out = { 0 };
	const char *html = render(&out, 0, &checks);

	(void)state;
	assert_non_null(strstr(html, "all holds &amp; redone"));
	assert_non_null(strstr(html, "&lt;i&gt;14"));
	assert_non_null(strstr(html, "one note"));
	assert_null(strstr(html, "Since when it existed"));
	cm_buf_release(&out);
}

/* The earlier of two words for it; texts of a sender (here the log's name) are no markup. */
static void
the_receivers_report_says_since_when_statements_existed(void **state)
{
	static const char *const outcome[] = { "reproduced" };
	static const struct cm_timestamp stamp = { .not_later = 1750000000, .tsa = "CN=TSA" };
	static const struct cm_logged logged[] = {
		{ .file = "seal-1.json", .how = CM_LOGGED_ENOUGH, .not_later = 1750000100, .stamp = &stamp, .text = "in <b>log" },
		{ .file = "finding-1.json", .how = CM_LOGGED_ENOUGH, .not_later = 1750000100, .text = "in a log" },
		{ .file = "custody-1.json", .how = CM_LOGGED_NOT, .text = "not shown to be logged" },
	};
	const struct cm_report_checks checks = { .verdict = "HOLDS", .signer = "known", .outcome = outcome,
		.logged = logged, .n_logged = 3 };
	struct cm_buf out = { 0 };
	const char *html = render(&out, 0, &checks);

	(void)state;
	assert_non_null(strstr(html, "<td>seal-1.json</td><td>2025-06-15T15:06:40Z</td><td>in &lt;b&gt;log</td>"));
	assert_non_null(strstr(html, "<td>finding-1.json</td><td>2025-06-15T15:08:20Z</td>"));
	assert_non_null(strstr(html, "<td>custody-1.json</td><td><em>not shown</em></td>"));
	cm_buf_release(&out);
}

static void
what_hides_or_reorders_text_is_made_visible(void **state)
{
	struct cm_buf out = { 0 };

	(void)state;
	cm_html_text(&out, "a\xe2\x80\xae" "b\x01" "c\xff" "d&\"'");
	assert_string_equal(cm_buf_cstr(&out),
	    "a\xef\xbf\xbd" "b\xef\xbf\xbd" "c\xef\xbf\xbd" "d&amp;&quot;&#39;");
	cm_buf_release(&out);
}

/* With two arguments writes a report to look at, instead: VARIANT FILE. */
int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_text_of_a_sender_becomes_markup),
		cmocka_unit_test(nothing_is_loaded_from_anywhere),
		cmocka_unit_test(the_same_dossier_gives_the_same_bytes),
		cmocka_unit_test(the_facts_come_out_again),
		cmocka_unit_test(hidden_addresses_and_payload_are_in_no_report),
		cmocka_unit_test(the_receivers_report_says_what_was_checked),
		cmocka_unit_test(the_receivers_report_says_since_when_statements_existed),
		cmocka_unit_test(what_hides_or_reorders_text_is_made_visible),
	};
	struct cm_buf out = { 0 };
	FILE *f;

	if (argc == 3) {
		render(&out, atoi(argv[1]), NULL);
		f = fopen(argv[2], "w");
		assert_non_null(f);
		fwrite(out.ptr, 1, out.len, f);
		fclose(f);
		cm_buf_release(&out);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
