/* Tables as spreadsheets write them: RFC 4180, section 2, and what is common instead of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/csv.h"

/* All cells of a table, each row as "[a][b]|". */
static enum cm_result
spelled(struct cm_span text, struct cm_buf *out, struct cm_err *err)
{
	struct cm_span cell[4];
	struct cm_csv t;
	enum cm_result rc = CM_OK;

	cm_csv_open(&t, text, cell, 4);
	while (rc == CM_OK && !cm_csv_ended(&t)) {
		rc = cm_csv_next(&t, err);
		for (size_t i = 0; rc == CM_OK && i < t.n; i++) {
			cm_buf_add_u8(out, '[');
			cm_buf_add_span(out, cell[i]);
			cm_buf_add_u8(out, ']');
		}
		cm_buf_add_u8(out, '|');
	}
	cm_csv_close(&t);
	return rc;
}

static void
tables_of_all_makers_are_read(void **state)
{
	static const struct {
		const char *text, *cells;
	} known[] = {
		{ "a,b,c\r\nd,e,f\r\n", "[a][b][c]|[d][e][f]|" },
		{ "a,b,c\nd,e,f", "[a][b][c]|[d][e][f]|" },
		{ "\"a\",\"b\"\"c\",\"d,e\"\r\n", "[a][b\"c][d,e]|" },
		{ "\"a\r\nb\",c\r\n", "[a\r\nb][c]|" },
		{ "a;0,4;b\n1;2\n", "[a][0,4][b]|[1][2]|" },
		{ "a\tb;c\td\n", "[a][b;c][d]|" },
		{ "\xef\xbb\xbf" "a;b\n", "[a][b]|" },
		{ " a , b\t,\tc \n", "[a][b][c]|" },
		{ ",,\n\n,\n", "[][][]|[]|[][]|" },
		{ "a\rb,c\r", "[a\rb][c]|" },
		{ "\"\"\n\"\"\"\"\n", "[]|[\"]|" },
		{ "\"a\"b,c\"d\n", "[ab][c\"d]|" },
		{ "a,b\n1;2,3\n", "[a][b]|[1;2][3]|" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct cm_buf b = { 0 };
		struct cm_err err = { 0 };

		assert_int_equal(spelled(cm_span_str(known[i].text), &b, &err), CM_OK);
		assert_string_equal(cm_buf_cstr(&b), known[i].cells);
		cm_buf_release(&b);
	}
}

static void
what_is_no_table_is_refused_with_its_row(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(spelled(cm_span_str("a,b\nc,\"d\ne"), &b, &err), CM_E_MALFORMED);
	assert_string_equal(err.text, "row 2, column 2: a quote that does not end");
	err = (struct cm_err) { 0 };
	assert_int_equal(spelled(cm_span_str("\""), &b, &err), CM_E_MALFORMED);
	assert_int_equal(spelled(cm_span_str("\"a\"\"\",\""), &b, &err), CM_E_MALFORMED);
	err = (struct cm_err) { 0 };
	assert_int_equal(spelled(cm_span_str("a,b,c,d\n1,2,3,4,5\n"), &b, &err), CM_E_LIMIT);
	assert_string_equal(err.text, "row 2: more than 4 columns");
	cm_buf_release(&b);
}

static void
what_was_put_is_what_is_read(void **state)
{
	static const char *const cells[] = { "a", "", "b,c", "\"", "d \"e\"", "f\ng", "h\r\ni", "0.3 to 0.5", "," };
	struct cm_buf text = { 0 };
	struct cm_span cell[3];
	struct cm_csv t;

	(void)state;
	for (size_t i = 0; i < 9; i++)
		cm_csv_put(&text, cm_span_str(cells[i]), i % 3 == 2);
	cm_csv_open(&t, cm_buf_span(&text), cell, 3);
	for (size_t i = 0; i < 9; i++) {
		if (i % 3 == 0)
			assert_int_equal(cm_csv_next(&t, NULL), CM_OK);
		assert_int_equal(t.n, 3);
		assert_true(cm_span_eq(cell[i % 3], cm_span_str(cells[i])));
	}
	assert_true(cm_csv_ended(&t));
	cm_csv_close(&t);
	cm_buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_of_all_makers_are_read),
		cmocka_unit_test(what_is_no_table_is_refused_with_its_row),
		cmocka_unit_test(what_was_put_is_what_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
