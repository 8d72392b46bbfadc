#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "seal/cut.h"
#include "worker/scan_log.h"

#define LINE(client, second) client " - - [10/Oct/2000:13:55:" second " +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"x\"\n"
#define AT INT64_C(971186136000000000) /* 13:55:36 */
#define SECOND INT64_C(1000000000)

struct taken {
	unsigned begun, requests, lines;
	enum cm_weblog_form form;
	int64_t first_ns;
	uint64_t number[8]; /* of the lines that were requests */
	enum cm_result says; /* what the sink answers to a request */
};

static enum cm_result
begin(void *arg, size_t file, enum cm_weblog_form form, bool has_time, int64_t t_ns)
{
	struct taken *t = arg;

	assert_int_equal(file, 3);
	assert_true(has_time);
	t->begun++;
	t->form = form;
	t->first_ns = t_ns;
	return CM_OK;
}

static enum cm_result
request(void *arg, const struct cm_request *r)
{
	struct taken *t = arg;

	assert_int_equal(cm_packet_file(r->id), 3);
	if (t->requests < 8)
		t->number[t->requests] = cm_packet_frame(r->id);
	t->requests++;
	return t->says;
}

static enum cm_result
line(void *arg, size_t file, uint64_t number, const struct cm_row *row)
{
	struct taken *t = arg;

	assert_int_equal(file, 3);
	assert_int_equal(number, ++t->lines);
	assert_true(row->bytes.len > 0);
	return CM_OK;
}

static enum cm_result
scan(struct cm_span bytes, struct cm_scan *scan, struct taken *t, struct cm_scan_file *out)
{
	const struct cm_scan_sink sink = { .arg = t, .begin = begin, .request = request };
	struct cm_source source = cm_source_of_memory(&bytes);
	struct cm_scan_summary sum = { 0 };
	struct cm_scan_log l = { .scan = scan, .sink = &sink, .file = 3, .out = out, .sum = &sum, .stays = true };

	scan->line = line;
	scan->row_arg = t;
	out->log = cm_scan_log_guess(source);
	assert_int_not_equal(out->log, CM_WEBLOG_NONE);
	return cm_scan_log(&l, source);
}

static void
lines_are_numbered_from_one_and_bad_ones_count(void **state)
{
	static const char text[] = LINE("198.51.100.1", "36") "no request\n" LINE("198.51.100.2", "37") "\n" LINE("198.51.100.3", "38");
	struct cm_scan how = { 0 };
	struct cm_scan_file out = { 0 };
	struct taken t = { 0 };

	(void)state;
	assert_int_equal(scan(cm_span_str(text), &how, &t, &out), CM_OK);
	assert_int_equal(t.begun, 1);
	assert_int_equal(t.form, CM_WEBLOG_COMBINED);
	assert_true(t.first_ns == AT);
	assert_int_equal(t.requests, 3);
	assert_int_equal(t.number[0], 1);
	assert_int_equal(t.number[1], 3);
	assert_int_equal(t.number[2], 5);
	assert_int_equal(t.lines, 5); /* who seals wants all */
	assert_int_equal(out.lines, 5);
	assert_int_equal(out.bad_lines, 2);
	assert_int_equal(out.bad_at, strlen(LINE("198.51.100.1", "36")));
	assert_int_not_equal(out.bad.code, CM_OK);
	assert_int_equal(out.bytes, sizeof(text) - 1);
}

static void
lines_outside_of_the_window_are_left_out_and_are_not_bad(void **state)
{
	static const char text[] = LINE("198.51.100.1", "36") LINE("198.51.100.2", "37") LINE("198.51.100.3", "38");
	struct cm_scan how = { .has_from = true, .from_ns = AT + SECOND, .has_to = true, .to_ns = AT + 2 * SECOND };
	struct cm_scan_file out = { 0 };
	struct taken t = { 0 };

	(void)state;
	assert_int_equal(scan(cm_span_str(text), &how, &t, &out), CM_OK);
	assert_int_equal(t.requests, 1);
	assert_int_equal(t.number[0], 2);
	assert_true(t.first_ns == AT + SECOND);
	assert_int_equal(out.bad_lines, 0);
	assert_int_equal(t.lines, 3);
}

static void
what_the_sink_says_ends_it(void **state)
{
	static const char text[] = LINE("198.51.100.1", "36") LINE("198.51.100.2", "37");
	struct cm_scan how = { 0 };
	struct cm_scan_file out = { 0 };
	struct taken t = { .says = CM_E_NOMEM };

	(void)state;
	assert_int_equal(scan(cm_span_str(text), &how, &t, &out), CM_E_NOMEM);
	assert_int_equal(t.requests, 1);
}

/* What goes on behind CM_LINE_MAX bytes is no request, and the reason is said. */
static void
a_line_that_is_too_long_says_so(void **state)
{
	struct cm_scan how = { 0 };
	struct cm_scan_file out = { 0 };
	struct taken t = { 0 };
	struct cm_buf b = { 0 };

	(void)state;
	cm_buf_add_str(&b, LINE("198.51.100.1", "36"));
	cm_buf_add_str(&b, "198.51.100.2 - - [10/Oct/2000:13:55:37 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"x\" ");
	for (size_t i = 0; i < CM_LINE_MAX; i++)
		cm_buf_add_u8(&b, ' ');
	cm_buf_add_str(&b, "\n");
	assert_true(cm_buf_ok(&b));
	assert_int_equal(scan(cm_buf_span(&b), &how, &t, &out), CM_OK);
	assert_int_equal(out.lines, 3);
	assert_true(out.bad_lines > 0);
	assert_int_not_equal(out.bad.code, CM_OK);
	assert_true(strlen(out.bad.text) > 0);
	cm_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_numbered_from_one_and_bad_ones_count),
		cmocka_unit_test(lines_outside_of_the_window_are_left_out_and_are_not_bad),
		cmocka_unit_test(what_the_sink_says_ends_it),
		cmocka_unit_test(a_line_that_is_too_long_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
