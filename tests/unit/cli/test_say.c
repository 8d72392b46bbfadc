/* What reaches a terminal, and how errors become exit codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "capture_text.h"

static void
shows(const char *text, size_t len, const char *as)
{
	struct captured c;

	captured_begin(&c);
	cm_cli_text(c.ctx.err, cm_span_of(text, len));
	assert_string_equal(captured_text(&c), as);
	captured_end(&c);
}

static void
nothing_others_wrote_can_steer_a_terminal(void **state)
{
	(void)state;
	shows("plain", 5, "plain");
	shows("\033[2J", 4, "\\x1b[2J");
	shows("a\nb\r\t", 5, "a\\x0ab\\x0d\\x09");
	shows("\0x", 2, "\\x00x");
	shows("\x7f", 1, "\\x7f");
	shows("\xc2\x9b" "2J", 4, "\\xc2\\x9b2J");	     /* C1 CSI */
	shows("\xe2\x80\xae", 3, "\\xe2\\x80\\xae");	     /* right to left */
	shows("\xe2\x81\xa6", 3, "\\xe2\\x81\\xa6");
	shows("\xe2\x80\xa8", 3, "\\xe2\\x80\\xa8");	     /* line separator */
}

static void
other_peoples_letters_stay_letters(void **state)
{
	(void)state;
	shows("gr\xc3\xbc\xc3\x9f", 6, "gr\xc3\xbc\xc3\x9f");
	shows("\xe2\x82\xac", 3, "\xe2\x82\xac");
	shows("\xf0\x9f\x98\x80", 4, "\xf0\x9f\x98\x80");
}

static void
bytes_that_are_no_utf8_are_shown_as_bytes(void **state)
{
	(void)state;
	shows("\xff", 1, "\\xff");
	shows("\xc3", 1, "\\xc3");
	shows("\xc0\x80", 2, "\\xc0\\x80");	     /* overlong */
	shows("\xe0\x80\x80", 3, "\\xe0\\x80\\x80"); /* overlong */
	shows("\xed\xa0\x80", 3, "\\xed\\xa0\\x80"); /* surrogate */
	shows("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80");
	shows("\xf0\x9f\x98", 3, "\\xf0\\x9f\\x98");
}

static void
an_error_is_one_line_with_file_offset_and_rest(void **state)
{
	struct cm_err err = { 0 };
	struct captured c;

	(void)state;
	captured_begin(&c);
	(void)cm_err_at(&err, CM_E_MALFORMED, 24, "expected a record, found %d bytes", 7);
	assert_int_equal(cm_cli_error(&c.ctx, "x\n.pcap", &err, "the rest was read"), CM_EXIT_MALFORMED);
	assert_string_equal(captured_text(&c),
	    "comity: x\\x0a.pcap: offset 24: expected a record, found 7 bytes; the rest was read\n");
	captured_end(&c);
}

static void
each_result_has_its_exit_code(void **state)
{
	(void)state;
	assert_int_equal(cm_exit_of(CM_OK), 0);
	assert_int_equal(cm_exit_of(CM_E_REFUSED), 1);
	assert_int_equal(cm_exit_of(CM_E_USAGE), 2);
	assert_int_equal(cm_exit_of(CM_E_IO), 3);
	assert_int_equal(cm_exit_of(CM_E_NOMEM), 3);
	assert_int_equal(cm_exit_of(CM_E_MALFORMED), 4);
}

static void
a_full_disk_is_noticed(void **state)
{
	struct captured c;
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (full == NULL)
		skip();
	captured_begin(&c);
	c.ctx.out = full;
	fputs("result\n", full);
	assert_int_equal(cm_cli_finish(&c.ctx, CM_EXIT_OK), CM_EXIT_CANNOT);
	assert_non_null(strstr(captured_text(&c), "incomplete"));
	fclose(full);
	captured_end(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_others_wrote_can_steer_a_terminal),
		cmocka_unit_test(other_peoples_letters_stay_letters),
		cmocka_unit_test(bytes_that_are_no_utf8_are_shown_as_bytes),
		cmocka_unit_test(an_error_is_one_line_with_file_offset_and_rest),
		cmocka_unit_test(each_result_has_its_exit_code),
		cmocka_unit_test(a_full_disk_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
