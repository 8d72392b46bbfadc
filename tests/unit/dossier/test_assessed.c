/* Rows of an assessment that are open in part: which count, and why nothing is computed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/assessed.h"

#define COLUMNS 31
#define ROWS 10
#define FRAME 8
#define MEMBERS 18 /* and what they are */

/* Title, five classes, two hypotheses; an item, a result: as columns and values. */
static const char *const lines[ROWS][MEMBERS] = { { "kind", "\"assessment\"", "name", "\"t\"", "value", "1" },
	{ "kind", "\"class\"", "name", "\"F0\"", "value", "900000" }, { "kind", "\"class\"", "name", "\"F1\"", "value", "700000" },
	{ "kind", "\"class\"", "name", "\"F2\"", "value", "400000" }, { "kind", "\"class\"", "name", "\"F3\"", "value", "100000" },
	{ "kind", "\"class\"", "name", "\"F4\"", "value", "20000" },
	{ "kind", "\"hypothesis\"", "layer", "\"state\"", "name", "\"A\"", "value", "500000000000" },
	{ "kind", "\"hypothesis\"", "layer", "\"state\"", "name", "\"other\"", "value", "500000000000" },
	{ "kind", "\"item\"", "name", "\"i\"", "group", "\"g\"", "rho", "800000", "forge", "\"F1\"", "view", "\"public\"", "text", "\"secret\"",
	    "rests", "[[\"finding\",\"65cd2b84cbfa8a6065dd1af9e3b61de0649448ae386d08ea956942f69e32f5f5\"]]" },
	{ "kind", "\"result\"", "layer", "\"state\"", "value", "1", "view", "\"public\"", "cells", "[]" } };

struct fixture {
	struct cm_arena arena;
	struct cm_loaded l;
	struct cm_span name[COLUMNS], value[ROWS][COLUMNS];
	struct cm_schema schema;
	struct cm_shown_cells cells[ROWS];
	struct cm_shown_exhibit exhibit;
	struct cm_assessment_v1 body;
	struct cm_shown_assessment shown;
};

static struct cm_span
value_of(size_t row, const char *column)
{
	for (size_t i = 0; i < MEMBERS && lines[row][i] != NULL; i += 2)
		if (strcmp(lines[row][i], column) == 0)
			return cm_span_str(lines[row][i + 1]);
	return cm_span_of(NULL, 0);
}

static size_t
column(const char *name)
{
	size_t c = 0;

	while (cm_assess_columns[c] != NULL && strcmp(cm_assess_columns[c], name) != 0)
		c++;
	return c;
}

/* Everything open but ${shut} of row ${row}; NULL: nothing shut. */
static void
open_all(struct fixture *x, size_t row, const char *shut)
{
	struct cm_err err;

	memset(x, 0, sizeof(*x));
	cm_arena_init(&x->arena, 0);
	for (size_t c = 0; cm_assess_columns[c] != NULL; c++)
		x->name[c] = cm_span_str(cm_assess_columns[c]);
	assert_int_equal(cm_schema_records(x->name, COLUMNS - 1, &x->schema, &err), CM_OK);
	for (size_t r = 0; r < ROWS; r++) {
		size_t at = 0;

		x->cells[r] = (struct cm_shown_cells) { r, 0, x->value[r] };
		for (size_t c = 0; c + 1 < COLUMNS; c++) {
			if (shut != NULL && r == row && c == column(shut))
				continue;
			x->cells[r].open |= (cm_columns)1 << c;
			x->value[r][at++] = value_of(r, cm_assess_columns[c]);
		}
	}
	x->exhibit = (struct cm_shown_exhibit) { .kind = "records/1", .schema = &x->schema, .table_rows = ROWS, .cells = x->cells, .n_cells = ROWS };
	x->body = (struct cm_assessment_v1) { .engine = CM_ASSESSMENT_NAME, .version = 1, .frame = FRAME, .items = 1, .results = 1 };
	x->shown = (struct cm_shown_assessment) { .body = &x->body };
	x->l.arena = &x->arena;
	x->l.shown_assessment = &x->shown;
	x->l.dossier = (struct cm_dossier) { .exhibits = &x->exhibit, .n_exhibits = 1, .assessments = &x->shown, .n_assessments = 1 };
}

/* What is read of it: ${trouble} NULL: an assessment. */
static void
must_be(struct fixture *x, uint64_t frame, uint64_t items, uint64_t results, const char *trouble)
{
	struct cm_err err = { 0 };

	assert_int_equal(cm_assessed_fill(&x->l, &err), CM_OK);
	assert_int_equal(x->shown.frame_open, frame);
	assert_int_equal(x->shown.items_open, items);
	assert_int_equal(x->shown.results_open, results);
	if (trouble == NULL && x->shown.read == NULL)
		fail_msg("%s", x->shown.trouble);
	if (trouble != NULL && (x->shown.read != NULL || strstr(x->shown.trouble, trouble) == NULL))
		fail_msg("expected \"%s\" in \"%s\"", trouble, x->shown.trouble != NULL ? x->shown.trouble : "nothing");
	cm_arena_fini(&x->arena);
}

static void
what_is_open_is_read(void **state)
{
	struct cm_buf text = { 0 };
	struct fixture x;

	(void)state;
	open_all(&x, 0, NULL);
	must_be(&x, FRAME, 1, 1, NULL);
	open_all(&x, FRAME, NULL);
	assert_int_equal(cm_assessed_rows(&x.l.dossier, 0, &text), CM_OK);
	assert_non_null(strstr(cm_buf_cstr(&text), "\"text\":\"secret\""));
	cm_buf_release(&text);
	cm_arena_fini(&x.arena);
}

/* Texts and the like may stay shut; what sums need may not. */
static void
a_row_counts_if_what_sums_need_is_open(void **state)
{
	static const char *const aside[] = { "text", "because", "admits", "actor", "sort", "degree", "needs", "cost", "by", "derived", "rests" };
	static const char *const needed[] = { "kind", "name", "group", "rho", "forge", "view", "cells", "repeats", "background", "weightless" };
	struct cm_buf text = { 0 };
	struct fixture x;

	(void)state;
	for (size_t i = 0; i < sizeof(aside) / sizeof(aside[0]); i++) {
		open_all(&x, FRAME, aside[i]);
		must_be(&x, FRAME, 1, 1, NULL);
	}
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		open_all(&x, FRAME, needed[i]);
		must_be(&x, FRAME, 0, 1, NULL);
	}
	open_all(&x, FRAME, "text");
	assert_int_equal(cm_assessed_rows(&x.l.dossier, 0, &text), CM_OK);
	assert_null(strstr(cm_buf_cstr(&text), "secret"));
	cm_buf_release(&text);
	cm_arena_fini(&x.arena);
}

static void
why_nothing_is_computed_is_said(void **state)
{
	struct fixture x;

	(void)state;
	open_all(&x, 3, "value");
	must_be(&x, FRAME - 1, 1, 1, "its frame");
	open_all(&x, 0, NULL);
	x.body.items = 2;
	must_be(&x, FRAME, 2, 0, "counts other rows than its seal has");
	open_all(&x, 0, NULL);
	x.body.frame = FRAME - 1;
	x.body.items = 2;
	must_be(&x, FRAME - 1, 2, 1, "of other kinds");
	open_all(&x, 0, NULL);
	x.value[7][column("name")] = cm_span_str("\"\\u001b\"");
	must_be(&x, FRAME, 1, 1, "not a name");
	open_all(&x, 0, NULL);
	x.value[FRAME][column("rests")] = cm_span_of(NULL, 0); /* open, and nothing there */
	must_be(&x, FRAME, 1, 1, "without a statement behind it");
}

/* Among the frame, and one of the frame in its place: as many of each kind as are counted. */
static void
rows_in_another_order_are_none(void **state)
{
	struct fixture x;
	struct cm_span kept[COLUMNS];

	(void)state;
	open_all(&x, 0, NULL);
	memcpy(kept, x.value[1], sizeof(kept)); /* a class, which may stand anywhere */
	for (size_t r = 1; r < FRAME; r++)
		memcpy(x.value[r], x.value[r + 1], sizeof(kept));
	memcpy(x.value[FRAME], kept, sizeof(kept));
	must_be(&x, FRAME, 1, 1, "of other kinds");
}

static void
other_columns_are_no_assessment(void **state)
{
	struct fixture x;
	struct cm_err err;

	(void)state;
	open_all(&x, 0, NULL);
	assert_int_equal(cm_schema_records(x.name, COLUMNS - 2, &x.schema, &err), CM_OK);
	must_be(&x, 0, 0, 0, "other columns");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_open_is_read),
		cmocka_unit_test(a_row_counts_if_what_sums_need_is_open),
		cmocka_unit_test(why_nothing_is_computed_is_said),
		cmocka_unit_test(rows_in_another_order_are_none),
		cmocka_unit_test(other_columns_are_no_assessment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
