/* Plans: laid over one another, and refused where FORMATS 1.2 says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "seal/cut.h"
#include "seal/plan.h"

enum {
	HEADERS = 1 << CM_COL_HEADERS,
	SRC = 1 << CM_COL_SRC,
	DST = 1 << CM_COL_DST,
	MASK = 1 << CM_COL_MASK,
	PAYLOAD = 1 << CM_COL_PAYLOAD,
	ALL = 31
};

static void
ranges_are_laid_over_one_another_and_named_wins(void **state)
{
	struct cm_plan p = { 0 };

	(void)state;
	assert_int_equal(
	    cm_plan_merge(&p, (struct cm_plan_range) { 10, 20, HEADERS | SRC, SRC, false }), CM_OK);
	assert_int_equal(
	    cm_plan_merge(&p, (struct cm_plan_range) { 30, 40, HEADERS, 0, false }), CM_OK);
	assert_int_equal(
	    cm_plan_merge(&p, (struct cm_plan_range) { 15, 35, SRC | DST, DST, true }), CM_OK);
	assert_int_equal(p.n, 5);
	assert_true(p.range[0].from == 10 && p.range[0].to == 15 && p.range[0].tied == SRC);
	assert_true(p.range[1].open == (HEADERS | SRC | DST) && p.range[1].tied == DST &&
		    p.range[1].by_row);
	assert_true(p.range[2].from == 20 && p.range[2].to == 30 && p.range[2].open == (SRC | DST));
	assert_true(p.range[3].from == 30 && p.range[3].to == 35);
	assert_true(p.range[4].from == 35 && p.range[4].to == 40 && !p.range[4].by_row);
	assert_null(cm_plan_find(&p, 9));
	assert_ptr_equal(cm_plan_find(&p, 34), &p.range[3]);
	assert_null(cm_plan_find(&p, 40));
	cm_plan_release(&p);
}

static void
merging_equals_marking_cell_by_cell(void **state)
{
	uint64_t open[64], x = 7, row;
	struct cm_plan p;
	int round, i;

	(void)state;
	for (round = 0; round < 300; round++) {
		memset(open, 0, sizeof(open));
		memset(&p, 0, sizeof(p));
		for (i = 0; i < 6; i++) {
			struct cm_plan_range r = { 0 };

			x = x * 6364136223846793005u + 1442695040888963407u;
			r.from = (x >> 33) % 60;
			r.to = r.from + 1 + (x >> 40) % (64 - r.from);
			r.open = x >> 50 & ALL;
			assert_int_equal(cm_plan_merge(&p, r), CM_OK);
			for (row = r.from; row < r.to; row++)
				open[row] |= r.open;
		}
		for (row = 0; row < 64; row++) {
			const struct cm_plan_range *r = cm_plan_find(&p, row);

			assert_int_equal(r == NULL ? 0 : r->open, open[row]);
		}
		cm_plan_release(&p);
	}
}

/* pcap: header; two fragments of one datagram; one whole packet. */
static size_t
capture(uint8_t *out)
{
	static const uint8_t head[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4,
		0, [16] = 0xff, [20] = 101 };
	static const uint8_t ip[20] = { 0x45, 0, 0, 28, 0x12, 0x34, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1,
		10, 0, 0, 2 };
	size_t at = sizeof(head), i;

	memcpy(out, head, sizeof(head));
	for (i = 0; i < 3; i++) {
		memset(out + at, 0, 16 + 28);
		out[at + 8] = out[at + 12] = 28;
		memcpy(out + at + 16, ip, sizeof(ip));
		if (i == 0)
			out[at + 16 + 6] = 0x20; /* more fragments */
		if (i == 1)
			out[at + 16 + 7] = 1; /* offset 8 */
		if (i == 2)
			out[at + 16 + 5] = 0x35;
		at += 16 + 28;
	}
	return at;
}

static enum cm_result
check(struct cm_plan_range a, struct cm_plan_range b, struct cm_err *err)
{
	struct cm_schema schema = cm_schema_of(CM_KIND_CAPTURE);
	uint8_t bytes[400];
	struct cm_span file = { bytes, capture(bytes) };
	struct cm_seal seal = { .schema = schema, .rows = 4 };
	struct cm_cut_rows *rows;
	struct cm_plan p = { 0 };
	enum cm_result rc;

	*err = (struct cm_err) { 0 };
	assert_int_equal(cm_plan_add(&p, a), CM_OK);
	if (b.to > b.from)
		assert_int_equal(cm_plan_add(&p, b), CM_OK);
	assert_int_equal(
	    cm_cut_rows_new(&schema, cm_source_of_memory(&file), "x", &rows, NULL), CM_OK);
	rc = cm_plan_check(&p, &seal, cm_cut_rows_source(rows), err);
	cm_cut_rows_free(rows);
	cm_plan_release(&p);
	return rc;
}

static void
rows_that_are_no_packet_open_only_by_row(void **state)
{
	struct cm_plan_range none = { 0 };
	struct cm_err err;

	(void)state;
	assert_int_equal(
	    check((struct cm_plan_range) { 0, 1, PAYLOAD, 0, false }, none, &err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "row 0"));
	assert_int_equal(
	    check((struct cm_plan_range) { 0, 1, PAYLOAD, 0, true }, none, &err), CM_OK);
	assert_int_equal(
	    check((struct cm_plan_range) { 1, 4, PAYLOAD, 0, false }, none, &err), CM_OK);
}

static void
mask_opens_only_with_what_its_checksums_cover(void **state)
{
	struct cm_plan_range none = { 0 };
	struct cm_err err;

	(void)state;
	assert_int_equal(
	    check((struct cm_plan_range) { 3, 4, MASK, 0, false }, none, &err), CM_E_REFUSED);
	assert_int_equal(
	    check((struct cm_plan_range) { 3, 4, ALL & ~SRC, 0, false }, none, &err), CM_E_REFUSED);
	assert_int_equal(
	    check((struct cm_plan_range) { 3, 4, ALL, SRC, false }, none, &err), CM_E_REFUSED);
	assert_int_equal(check((struct cm_plan_range) { 3, 4, ALL, 0, false }, none, &err), CM_OK);
}

static void
mask_of_a_fragment_needs_all_fragments(void **state)
{
	struct cm_plan_range none = { 0 }, first = { 1, 2, ALL, 0, false },
			     second = { 2, 3, ALL, 0, false };
	struct cm_plan_range second_no_payload = { 2, 3, ALL & ~PAYLOAD & ~MASK, 0, false };
	struct cm_plan_range second_no_mask = { 2, 3, ALL & ~MASK, 0, false };
	struct cm_err err;

	(void)state;
	assert_int_equal(check(first, none, &err), CM_E_REFUSED);
	assert_int_equal(check(second, none, &err), CM_E_REFUSED);
	assert_int_equal(check(first, second_no_payload, &err), CM_E_REFUSED);
	assert_int_equal(check(first, second_no_mask, &err), CM_OK);
	assert_int_equal(check(first, second, &err), CM_OK);
}

static void
rows_and_columns_that_are_not_there_are_refused(void **state)
{
	struct cm_plan_range none = { 0 };
	struct cm_err err;

	(void)state;
	assert_int_equal(
	    check((struct cm_plan_range) { 3, 5, HEADERS, 0, false }, none, &err), CM_E_REFUSED);
	assert_int_equal(
	    check((struct cm_plan_range) { 3, 4, 32, 0, false }, none, &err), CM_E_REFUSED);
	assert_int_equal(
	    check((struct cm_plan_range) { 3, 4, HEADERS, HEADERS, false }, none, &err),
	    CM_E_REFUSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_laid_over_one_another_and_named_wins),
		cmocka_unit_test(merging_equals_marking_cell_by_cell),
		cmocka_unit_test(rows_that_are_no_packet_open_only_by_row),
		cmocka_unit_test(mask_opens_only_with_what_its_checksums_cover),
		cmocka_unit_test(mask_of_a_fragment_needs_all_fragments),
		cmocka_unit_test(rows_and_columns_that_are_not_there_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
