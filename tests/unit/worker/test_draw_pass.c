/* The second pass: rows of one vantage's sealed files, to the draws of its findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../capture/make.h"
#include "statement/draw.h"
#include "worker/draw_pass.h"

#define QUIET 60u
#define SYNS 20000u
#define ROW_AHEAD 7u /* frame 1 is row 8 */

struct fixture {
	char path[32];
	struct cm_file *file[2]; /* the second one is not of the vantage, and never looked at */
	struct cm_scan scan;
	struct cm_survey survey;
	struct cm_seal_scan_file sealed[2];
	uint32_t seal[2];
	uint8_t digest[1][32];
	struct cm_drawn *drawn[CM_TRAFFIC_FINDINGS];
	size_t n;
	struct cm_arena arena;
};

/* Ethernet, IPv4, TCP: an opening from 198.51.${i} to 203.0.113.7 port 80. */
static void
put_syn(struct make *m, uint32_t i, uint32_t s, uint32_t us)
{
	uint8_t f[54] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 40, 0, 1, 0, 0, 60, 6, 0, 0, 198, 51,
		(uint8_t)(i >> 8), (uint8_t)i, 203, 0, 113, 7, 0x9c, (uint8_t)i, 0, 80, 0, 0, (uint8_t)(i >> 8), (uint8_t)i,
		0, 0, 0, 0, 0x50, 2, 1, 0 };

	pcap_record(m, s, us, cm_span_of(f, sizeof(f)), sizeof(f));
}

static void
write_flood(struct fixture *f)
{
	struct make m = { .big = false };
	FILE *out;

	strcpy(f->path, "test_draw.XXXXXX");
	out = fdopen(mkstemp(f->path), "wb");
	assert_non_null(out);
	pcap_header(&m, false, 1);
	for (uint32_t i = 0; i < QUIET; i++)
		put_syn(&m, 1, 1000 + i, 0);
	for (uint32_t i = 0; i < SYNS; i++)
		put_syn(&m, i, 1000 + QUIET + i / 2000, i % 2000 * 500);
	assert_true(cm_buf_ok(&m.out));
	assert_int_equal(fwrite(m.out.ptr, 1, m.out.len, out), m.out.len);
	assert_int_equal(fclose(out), 0);
	cm_buf_release(&m.out);
	assert_int_equal(cm_file_open(f->path, &f->file[0], NULL), CM_OK);
}

static int
set_up(void **state)
{
	static struct fixture f;
	struct cm_survey_in in = { .scan = &f.scan, .params = cm_params_default() };

	memset(&f, 0, sizeof(f));
	write_flood(&f);
	f.scan.files = f.file;
	f.scan.n_files = 1;
	assert_int_equal(cm_survey_run(&in, &f.survey, NULL), CM_OK);
	f.scan.n_files = 2;
	f.seal[1] = UINT32_MAX;
	memset(f.digest[0], 5, 32);
	for (uint64_t i = 1; i <= QUIET + SYNS; i++)
		assert_int_equal(cm_row_map_add(&f.sealed[0].map, i, i + ROW_AHEAD), CM_OK);
	cm_arena_init(&f.arena, 0);
	f.n = cm_traffic_n(f.survey.vantage[0].traffic);
	assert_true(f.n > 0);
	for (size_t i = 0; i < f.n; i++)
		assert_int_equal(cm_drawn_new(cm_traffic_at(f.survey.vantage[0].traffic, i),
				     (const uint8_t(*)[32])f.digest, 1, &f.drawn[i]), CM_OK);
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < f->n; i++)
		cm_drawn_free(f->drawn[i]);
	cm_row_map_release(&f->sealed[0].map);
	cm_survey_fini(&f->survey);
	cm_arena_fini(&f->arena);
	cm_file_close(f->file[0]);
	unlink(f->path);
	return 0;
}

static enum cm_result
pass(struct fixture *f)
{
	const struct cm_draw_pass in = { &f->scan, &f->survey.summary, &f->survey.vantage[0], f->sealed, f->seal, f->drawn, f->n };

	return cm_draw_pass(&in, NULL);
}

static enum cm_result
state_first(struct fixture *f, struct cm_traffic_v1 *out)
{
	static const uint8_t source[32];

	return cm_drawn_state(f->drawn[0], cm_traffic_params_default().memory, source, &f->arena, out);
}

static void
each_draw_has_the_rows_of_its_finding_that_the_seal_draws(void **state)
{
	struct fixture *f = *state;
	const struct cm_traffic_finding *whole = cm_traffic_at(f->survey.vantage[0].traffic, 0);
	struct cm_traffic_v1 t;

	assert_int_equal(pass(f), CM_OK);
	assert_int_equal(state_first(f, &t), CM_OK);
	assert_true(t.thin > 1 && (t.thin & (t.thin - 1)) == 0);
	assert_true(t.support.n <= 4096 && t.support.n * t.thin > SYNS / 2);
	assert_true(t.range[0].any);
	assert_int_equal(t.range[0].first, cm_packet_frame(whole->first) + ROW_AHEAD);
	assert_int_equal(t.range[0].last, cm_packet_frame(whole->last) + ROW_AHEAD);
	for (size_t i = 0; i < t.support.n; i++) {
		uint64_t row = cm_packet_frame(t.support.id[i]);

		assert_true(row >= t.range[0].first && row <= t.range[0].last);
		assert_true(cm_draw_takes(cm_draw_key(f->digest[0], row), t.thin));
	}
}

static void
frames_that_are_no_row_are_not_drawn(void **state)
{
	struct fixture *f = *state;
	struct cm_traffic_v1 t;

	cm_row_map_release(&f->sealed[0].map);
	f->sealed[0].map = (struct cm_row_map) { 0 };
	assert_int_equal(pass(f), CM_OK);
	assert_int_equal(state_first(f, &t), CM_E_NOTFOUND);
}

static void
a_file_that_is_not_sealed_gives_nothing(void **state)
{
	struct fixture *f = *state;
	struct cm_traffic_v1 t;

	f->seal[0] = UINT32_MAX;
	assert_int_equal(pass(f), CM_OK);
	assert_int_equal(state_first(f, &t), CM_E_NOTFOUND);
}

/* Cut short between the passes. */
static void
a_file_that_ends_elsewhere_is_not_drawn_from(void **state)
{
	struct fixture *f = *state;

	cm_file_close(f->file[0]);
	assert_int_equal(truncate(f->path, 24 + 70 * 10000), 0);
	assert_int_equal(cm_file_open(f->path, &f->file[0], NULL), CM_OK);
	assert_int_equal(pass(f), CM_E_IO);
}

static void
the_filter_of_the_first_pass_holds(void **state)
{
	struct fixture *f = *state;
	struct cm_traffic_v1 t;

	f->scan.has_to = true;
	f->scan.to_ns = INT64_C(1000000000) * (1000 + QUIET / 2);
	assert_int_equal(pass(f), CM_OK);
	assert_int_equal(state_first(f, &t), CM_E_NOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_draw_has_the_rows_of_its_finding_that_the_seal_draws, set_up, tear_down),
		cmocka_unit_test_setup_teardown(frames_that_are_no_row_are_not_drawn, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_is_not_sealed_gives_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_ends_elsewhere_is_not_drawn_from, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_filter_of_the_first_pass_holds, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
