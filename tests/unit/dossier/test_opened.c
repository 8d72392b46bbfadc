/* Opened rows for other tools, as docs/formats.md 3.4 has them; expected texts are written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/opened_write.h"
#include "dossier/pack.h"

/* One row: which columns are open, and their cells. */
struct row {
	uint64_t row;
	cm_columns open;
	const char *value[4];
};

static char *
written(const struct cm_schema *schema, uint64_t table_rows, const struct row *row, size_t n)
{
	struct cm_span value[8][4];
	struct cm_shown_cells cells[8];
	struct cm_shown_exhibit x = { .schema = schema, .table_rows = table_rows, .cells = cells, .n_cells = n,
		.has_opening = true };
	struct cm_dossier d = { .exhibits = &x, .n_exhibits = 1 };
	struct cm_buf out = { 0 };
	struct cm_sink sink = cm_sink_of_buf(&out);
	char *text;

	for (size_t i = 0; i < n; i++) {
		for (size_t c = 0; c < 4 && row[i].value[c] != NULL; c++)
			value[i][c] = cm_span_str(row[i].value[c]);
		cells[i] = (struct cm_shown_cells) { row[i].row, row[i].open, value[i] };
	}
	assert_int_equal(cm_opened_write(&d, 0, &sink), CM_OK);
	assert_non_null(cm_buf_cstr(&out));
	text = strdup(cm_buf_cstr(&out));
	cm_buf_release(&out);
	return text;
}

#define ROWS(r) r, sizeof(r) / sizeof(r[0])
static void
is(char *got, const char *want)
{
	assert_string_equal(got, want);
	free(got);
}

static void
lines_have_their_number_and_what_is_missing_is_marked(void **state)
{
	static const struct row some[] = { { 2, 1, { "#\tno remark\n" } }, { 3, 1, { "b\r\n" } }, { 5, 1, { "end" } } };
	static const struct row first[] = { { 0, 1, { "\n" } } };
	struct cm_schema s = cm_schema_of(CM_KIND_LINES);

	(void)state;
	is(written(&s, 6, ROWS(some)), "#\trows 0 to 1 are not shown\n2\t#\tno remark\n3\tb\r\n#\trow 4 is not shown\n"
				       "5\tend\n#\trow 5 ends here, without a newline\n");
	is(written(&s, 1000, ROWS(first)), "0\t\n#\trows 1 to 999 are not shown\n");
}

static void
blocks_stand_as_xxd_has_them(void **state)
{
	static const struct row some[] = { { 1, 1, { "0123456789abcdef\x7f\x1f~" } } };
	static const struct row far[] = { { UINT64_C(0x10000000), 1, { "A" } } };
	struct cm_schema s = cm_schema_of(CM_KIND_BLOB);

	(void)state;
	is(written(&s, 2, ROWS(some)),
	    "00000000: ---- row 0 is not shown\n"
	    "00001000: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef\n"
	    "00001010: 7f1f 7e                                  ..~\n");
	is(written(&s, UINT64_C(0x10000001), ROWS(far)),
	    "00000000: ---- rows 0 to 268435455 are not shown\n"
	    "10000000000: 41                                       A\n");
}

static struct cm_schema
records(void)
{
	static const struct cm_span names[] = { { (const uint8_t *)"ip", 2 }, { (const uint8_t *)"us\"er", 5 } };
	struct cm_schema s;

	assert_int_equal(cm_schema_records(names, 2, &s, NULL), CM_OK);
	return s;
}

static void
records_are_json_with_marks(void **state)
{
	static const struct row some[] = {
		{ 0, 7, { " \"a\"", "1", "{\"ip\":, \"us\\\"er\": 2}\n" } },
		{ 2, 5, { "\"a\"", " {\"ip\":,\"n\":[]} \r\n" } },
		{ 3, 4, { "{\"ip\":,\"n\":1}\n" } },
		{ 4, 3, { " 1 ", "\"x\"" } },
		{ 5, 1, { "" } },
	};
	struct cm_schema s = records();

	(void)state;
	is(written(&s, 9, ROWS(some)),
	    "{\"row\": 0, \"not_shown\": [], \"record\": {\"ip\": \"a\", \"us\\\"er\": 2}}\n"
	    "{\"rows_not_shown\": [1, 1]}\n"
	    "{\"row\": 2, \"not_shown\": [\"us\\\"er\"], \"record\": {\"ip\":\"a\",\"n\":[]}}\n"
	    "{\"row\": 3, \"not_shown\": [\"ip\", \"us\\\"er\"], \"record\": {\"ip\":\"(not shown)\",\"n\":1}}\n"
	    "{\"row\": 4, \"not_shown\": [\"rest\"], \"record\": {\"ip\": 1, \"us\\\"er\": \"x\"}}\n"
	    "{\"row\": 5, \"not_shown\": [\"us\\\"er\", \"rest\"], \"record\": {}}\n"
	    "{\"rows_not_shown\": [6, 8]}\n");
}

static void
what_is_no_record_is_text(void **state)
{
	static const struct row some[] = {
		{ 0, 4, { "not \"json\"\t\\\x01\xff\xe2\x82\xac\n" } },
		{ 1, 5, { "", "{\"ip\":,\"n\":1}" } },   /* open and empty: no value was taken out there */
		{ 2, 4, { "{\"ip\":5}" } },		 /* goes on with a line: the value is in `rest` */
		{ 3, 4, { "{\"n\":\"\xc3\"}" } },
	};
	struct cm_schema s = records();

	(void)state;
	is(written(&s, 4, ROWS(some)),
	    "{\"row\": 0, \"not_shown\": [\"ip\", \"us\\\"er\"], \"text\": \"not \\\"json\\\"\\t\\\\\\u0001\xef\xbf\xbd"
	    "\xe2\x82\xac\\n\"}\n"
	    "{\"row\": 1, \"not_shown\": [\"us\\\"er\"], \"text\": \"{\\\"ip\\\":,\\\"n\\\":1}\"}\n"
	    "{\"row\": 2, \"not_shown\": [\"ip\", \"us\\\"er\"], \"text\": \"{\\\"ip\\\":5}\"}\n"
	    "{\"row\": 3, \"not_shown\": [\"ip\", \"us\\\"er\"], \"record\": {\"n\":\"\xef\xbf\xbd\"}}\n");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_their_number_and_what_is_missing_is_marked),
		cmocka_unit_test(blocks_stand_as_xxd_has_them),
		cmocka_unit_test(records_are_json_with_marks),
		cmocka_unit_test(what_is_no_record_is_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
