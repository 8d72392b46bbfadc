/* Which files are one capture, and which are places of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../capture/make.h"
#include "worker/survey.h"

#define FILES (CM_SURVEY_VANTAGES + 1)
#define MS UINT64_C(1000000)
#define S (1000 * MS)

struct fixture {
	char *path[FILES];
	struct cm_file *file[FILES];
	size_t n;
	struct cm_scan scan;
	struct cm_survey_in in;
	struct cm_survey out;
};

static void
add_bytes(struct fixture *f, struct cm_buf *b)
{
	char *path = strdup("test_survey.XXXXXX");
	FILE *out = fdopen(mkstemp(path), "wb");

	assert_non_null(out);
	assert_true(cm_buf_ok(b));
	assert_int_equal(fwrite(b->ptr, 1, b->len, out), b->len);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(cm_file_open(path, &f->file[f->n], NULL), CM_OK);
	f->path[f->n++] = path;
	cm_buf_release(b);
}

/* Two packets, at these times in nanoseconds, from ${offset} seconds on. */
static void
add_capture(struct fixture *f, uint64_t first, uint64_t last, uint64_t offset)
{
	struct make m = { .big = false };

	section(&m, UINT64_MAX);
	iface(&m, 1, 262144, 9, offset);
	enhanced(&m, 0, first, cm_span_of(frame_tcp, sizeof(frame_tcp)), NULL);
	enhanced(&m, 0, last, cm_span_of(frame_tcp, sizeof(frame_tcp)), NULL);
	add_bytes(f, &m.out);
}

static void
add_log(struct fixture *f)
{
	struct cm_buf b = { 0 };

	cm_buf_add_str(&b, "198.51.100.1 - - [10/Oct/2000:13:55:36 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"x\"\n");
	add_bytes(f, &b);
}

static enum cm_result
run(struct fixture *f, struct cm_err *err)
{
	f->scan.files = f->file;
	f->scan.n_files = f->n;
	f->in.scan = &f->scan;
	f->in.params = cm_params_default();
	return cm_survey_run(&f->in, &f->out, err);
}

static size_t
places(struct fixture *f)
{
	assert_int_equal(run(f, NULL), CM_OK);
	return f->out.n;
}

static void
drop(struct fixture *f)
{
	cm_survey_fini(&f->out);
	for (size_t i = 0; i < f->n; i++) {
		cm_file_close(f->file[i]);
		unlink(f->path[i]);
		free(f->path[i]);
	}
}

static void
captures_that_follow_one_another_are_one(void **state)
{
	struct fixture f = { .n = 0 };

	(void)state;
	add_capture(&f, 10 * S, 20 * S, 0);
	add_capture(&f, 20 * S, 30 * S, 0);
	assert_int_equal(places(&f), 1);
	assert_int_equal(f.out.vantage[0].n_files, 2);
	assert_int_equal(f.out.vantage[0].first_ns, 10 * S);
	assert_int_equal(f.out.vantage[0].last_ns, 30 * S);
	drop(&f);
}

static void
captures_that_overlap_are_two_places(void **state)
{
	struct fixture f = { .n = 0 };

	(void)state;
	add_capture(&f, 10 * S, 20 * S, 0);
	add_capture(&f, 15 * S, 25 * S, 0);
	assert_int_equal(places(&f), 2);
	drop(&f);
}

static void
a_little_out_of_order_is_no_overlap(void **state)
{
	struct fixture f = { .n = 0 }, g = { .n = 0 };

	(void)state;
	add_capture(&f, 10 * S, 20 * S, 0);
	add_capture(&f, 20 * S - 50 * MS, 30 * S, 0);
	assert_int_equal(places(&f), 1);
	drop(&f);
	add_capture(&g, 10 * S, 20 * S, 0);
	add_capture(&g, 20 * S - 51 * MS, 30 * S, 0);
	assert_int_equal(places(&g), 2);
	drop(&g);
}

/* Of a capture of 80 ms 50 are most of it. */
static void
of_a_short_capture_no_more_than_an_eighth_may_overlap(void **state)
{
	struct fixture f = { .n = 0 }, g = { .n = 0 };

	(void)state;
	add_capture(&f, 10 * S, 10 * S + 80 * MS, 0);
	add_capture(&f, 10 * S + 70 * MS, 11 * S, 0);
	assert_int_equal(places(&f), 1);
	drop(&f);
	add_capture(&g, 10 * S, 10 * S + 80 * MS, 0);
	add_capture(&g, 10 * S + 69 * MS, 11 * S, 0);
	assert_int_equal(places(&g), 2);
	drop(&g);
}

static void
set_apart_each_file_is_a_place(void **state)
{
	struct fixture f = { .in = { .apart = true } };

	(void)state;
	add_capture(&f, 10 * S, 20 * S, 0);
	add_capture(&f, 20 * S, 30 * S, 0);
	assert_int_equal(places(&f), 2);
	drop(&f);
}

static void
a_log_is_a_place_and_ends_the_capture_before_it(void **state)
{
	struct fixture f = { .n = 0 };

	(void)state;
	add_capture(&f, 10 * S, 20 * S, 0);
	add_log(&f);
	add_log(&f);
	assert_int_equal(places(&f), 3);
	assert_false(f.out.vantage[0].is_log);
	assert_true(f.out.vantage[1].is_log);
	assert_true(f.out.vantage[2].is_log);
	assert_int_equal(cm_visits_n(f.out.vantage[1].visits), 1);
	drop(&f);
}

static void
without_files_there_is_one_place(void **state)
{
	struct fixture f = { .n = 0 };

	(void)state;
	assert_int_equal(places(&f), 1);
	assert_int_equal(f.out.vantage[0].n_files, 0);
	drop(&f);
}

static void
more_places_than_there_is_room_for_are_refused(void **state)
{
	struct fixture f = { .n = 0 };
	struct cm_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < CM_SURVEY_VANTAGES + 1; i++)
		add_capture(&f, 100 * S - i * S, 200 * S, 0);
	assert_int_equal(run(&f, &err), CM_E_LIMIT);
	assert_non_null(strstr(err.text, "64"));
	drop(&f);
}

/* Whoever wrote the file wrote its times: from one end of what a record holds to the other. */
static void
times_at_both_ends_of_time_are_only_far_apart(void **state)
{
	const uint64_t least = (uint64_t)-9223372037, most = 9223372036; /* seconds */
	struct fixture f = { .n = 0 };
	struct make m = { .big = false };

	(void)state;
	section(&m, UINT64_MAX);
	iface(&m, 1, 262144, 9, least);
	iface(&m, 1, 262144, 9, most);
	enhanced(&m, 0, 0, cm_span_of(frame_tcp, sizeof(frame_tcp)), NULL);
	enhanced(&m, 1, S, cm_span_of(frame_tcp, sizeof(frame_tcp)), NULL);
	add_bytes(&f, &m.out);
	add_capture(&f, S, S, most);
	add_capture(&f, 0, 0, least);
	add_capture(&f, 0, 0, least);
	assert_int_equal(places(&f), 2);
	assert_true(f.out.vantage[0].first_ns == -CM_RECORD_TIME_MAX && f.out.vantage[0].last_ns == CM_RECORD_TIME_MAX);
	assert_int_equal(f.out.vantage[0].n_files, 2);
	assert_int_equal(f.out.vantage[1].n_files, 2);
	drop(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures_that_follow_one_another_are_one),
		cmocka_unit_test(captures_that_overlap_are_two_places),
		cmocka_unit_test(a_little_out_of_order_is_no_overlap),
		cmocka_unit_test(of_a_short_capture_no_more_than_an_eighth_may_overlap),
		cmocka_unit_test(set_apart_each_file_is_a_place),
		cmocka_unit_test(a_log_is_a_place_and_ends_the_capture_before_it),
		cmocka_unit_test(without_files_there_is_one_place),
		cmocka_unit_test(more_places_than_there_is_room_for_are_refused),
		cmocka_unit_test(times_at_both_ends_of_time_are_only_far_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
