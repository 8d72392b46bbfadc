/* What maps refuse, and what completions say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/gain.h"

#define ALL 31u
#define ADDRESSES 6u

struct piece {
	uint64_t from, to;
	cm_columns open, tied;
};

static struct cm_map_exhibit
exhibit(uint8_t id, uint64_t rows, const struct piece *p, size_t n)
{
	struct cm_schema s = cm_schema_of(CM_KIND_CAPTURE);
	struct cm_map_exhibit x;
	uint8_t full[32] = { id };
	size_t i;

	assert_int_equal(cm_map_exhibit_of(&s, full, rows, &x), CM_OK);
	for (i = 0; i < n; i++)
		assert_int_equal(
		    cm_plan_add(&x.open, (struct cm_plan_range) { p[i].from, p[i].to, p[i].open, p[i].tied, false }), CM_OK);
	return x;
}

static void
with_host(struct cm_map_exhibit *x, uint64_t key, uint64_t rows, bool named)
{
	struct cm_map_gather g = { 0 };
	uint64_t i;

	for (i = 0; i < rows; i++)
		assert_int_equal(cm_map_gather_host(&g, key, named), CM_OK);
	assert_int_equal(cm_map_gather_mark(&g, key * 3), CM_OK);
	cm_map_gathered(&g, x);
}

static struct cm_map
map(struct cm_map_exhibit x)
{
	struct cm_map m = { 0 };

	assert_int_equal(cm_map_put(&m, &x), CM_OK);
	return m;
}

static char *
lines(const struct cm_map *before, const struct cm_map *more)
{
	struct cm_gain_in in = { before, more, NULL, 0 };
	struct cm_gain *g = calloc(1, sizeof(*g));
	struct cm_buf b = { 0 };
	char *out;
	size_t i;

	assert_non_null(g);
	assert_int_equal(cm_gain_find(&in, g), CM_OK);
	for (i = 0; i < g->n; i++) {
		assert_int_equal(cm_gain_line(&g->item[i], "exhibit 1", g->item[i].other != NULL ? "exhibit 2" : NULL, &b), CM_OK);
		cm_buf_add_str(&b, "\n");
	}
	out = strdup(b.len > 0 ? cm_buf_cstr(&b) : "");
	cm_buf_release(&b);
	free(g);
	return out;
}

static void
a_name_for_a_pseudonym_is_said(void **state)
{
	static const struct piece tied[] = { { 0, 40, ADDRESSES, ADDRESSES } }, named[] = { { 50, 51, ADDRESSES, 0 } };
	struct cm_map_exhibit a = exhibit(1, 100, tied, 1), b = exhibit(1, 100, named, 1);
	struct cm_map before, more;
	char *text;

	(void)state;
	with_host(&a, 77, 40, false);
	with_host(&b, 77, 1, true);
	before = map(a);
	more = map(b);
	text = lines(&before, &more);
	assert_string_equal(
	    text, "exhibit 1: names 1 host that earlier openings showed as a pseudonym, in at least 40 rows\n");
	free(text);
	/* the other way round: who knows the name sees it in every new tie */
	text = lines(&more, &before);
	assert_string_equal(text, "exhibit 1: shows pseudonyms of 1 host that earlier openings named, in up to 40 rows: "
				  "they are named there, too\n");
	free(text);
	/* nothing new */
	text = lines(&before, &before);
	assert_string_equal(text, "");
	free(text);
	cm_map_release(&before);
	cm_map_release(&more);
}

static void
payload_beside_headers_and_the_last_rows_are_said(void **state)
{
	static const struct piece headers[] = { { 0, 4, 7, 0 } }, payload[] = { { 0, 4, 24, 0 } }, rest[] = { { 4, 10, ALL, 0 } };
	struct cm_map before = map(exhibit(1, 10, headers, 1)), more = map(exhibit(1, 10, payload, 1));
	struct cm_map last = map(exhibit(1, 10, rest, 1));
	char *text = lines(&before, &more);

	(void)state;
	assert_string_equal(text, "exhibit 1: 4 rows that earlier openings left shut in part are open whole\n"
				  "exhibit 1: payload of 4 rows of which headers were shown earlier\n");
	free(text);
	assert_int_equal(cm_map_join(&before, &more), CM_OK);
	text = lines(&before, &last);
	assert_string_equal(text, "exhibit 1: all of its 10 rows are open\n");
	free(text);
	cm_map_release(&before);
	cm_map_release(&more);
	cm_map_release(&last);
}

static void
the_same_packets_from_another_exhibit_are_said(void **state)
{
	static const struct piece some[] = { { 0, 1, ALL, 0 } };
	struct cm_map_exhibit a = exhibit(1, 10, some, 1), b = exhibit(2, 10, some, 1);
	struct cm_map before, more;
	char *text;

	(void)state;
	with_host(&a, 5, 1, true);
	with_host(&b, 5, 1, true);
	before = map(b);
	more = map(a);
	text = lines(&before, &more);
	assert_string_equal(text, "exhibit 1: shows 1 packet that exhibit 2 showed earlier\n");
	free(text);
	cm_map_release(&before);
	cm_map_release(&more);
}

static void
an_exhibit_of_another_shape_is_refused(void **state)
{
	static const struct piece some[] = { { 0, 1, ALL, 0 } };
	struct cm_map a = map(exhibit(1, 10, some, 1)), b = map(exhibit(1, 11, some, 1));

	(void)state;
	assert_int_equal(cm_map_join(&a, &b), CM_E_REFUSED);
	assert_int_equal(a.n, 1);
	cm_map_release(&a);
	cm_map_release(&b);
}

static void
bytes_that_are_no_map_are_refused_with_their_place(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *says;
	} bad[] = {
		{ "", 0, NULL },
		{ "\x82\x02\x80", 3, "expected version 1" },
		{ "\x83\x01\x80\x00", 4, "expected a map of two members" },
		{ "\x82\x01\x80\x00", 4, "expected nothing behind a map" },
		{ "\x82\x01\x81\x80", 4, "expected an exhibit of ten members" },
		{ "\x82\x01\x9a\xff\xff\xff\xff", 7, "expected exhibits" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cm_map m = { 0 };
		struct cm_err err = { 0 };

		assert_int_equal(cm_map_read(cm_span_of(bad[i].bytes, bad[i].len), &m, &err), CM_E_MALFORMED);
		assert_true(err.has_offset);
		if (bad[i].says != NULL)
			assert_string_equal(err.text, bad[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_for_a_pseudonym_is_said),
		cmocka_unit_test(payload_beside_headers_and_the_last_rows_are_said),
		cmocka_unit_test(the_same_packets_from_another_exhibit_are_said),
		cmocka_unit_test(an_exhibit_of_another_shape_is_refused),
		cmocka_unit_test(bytes_that_are_no_map_are_refused_with_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
