/* A plan made of the input, for one of the small exhibits: checked, opened, read again.
 * What the plan's check lets through is opened and verifies, and shows the plan. */
#include <string.h>

#include "exhibit.h"
#include "fuzz.h"

static void
read_plan(struct cm_cursor *c, const struct exhibit *e, struct cm_plan *out)
{
	struct cm_plan_range r;

	while (cm_cursor_left(c) >= 4) {
		r.from = cm_cursor_u8(c) % 8;
		r.to = r.from + 1 + cm_cursor_u8(c) % 4;
		r.open = cm_cursor_u8(c) & (cm_column_bit(e->schema.n) - 1);
		r.tied = cm_cursor_u8(c);
		r.by_row = r.tied & 0x80;
		r.tied &= r.open & (e->schema.kind == CM_KIND_CAPTURE ? 6 : 0);
		if (r.to > e->seal.rows)
			continue;
		if (cm_plan_merge(out, r) != CM_OK)
			must(false);
	}
}

static void
read_back(const struct exhibit *e, const struct cm_plan *plan, struct cm_span bytes)
{
	const struct cm_opened_row *row = NULL;
	struct cm_opening *o = NULL;
	size_t c;

	if (cm_opening_new(&e->seal, bytes, NULL, NULL, &o, NULL) != CM_OK) {
		must(false);
		return;
	}
	while (cm_opening_next(o, &row) == CM_OK)
		for (c = 0; c < row->n; c++)
			must(row->cell[c].state ==
			     cm_plan_state(cm_plan_find(plan, row->row), &e->schema, c));
	cm_opening_free(o);
}

static enum cm_result
to_buf(void *arg, const void *ptr, size_t len)
{
	struct cm_buf *b = arg;

	cm_buf_add(b, ptr, len);
	return cm_buf_ok(b) ? CM_OK : CM_E_NOMEM;
}

static enum cm_result
with_rows(const struct exhibit *e, const struct cm_plan *plan, struct cm_buf *out)
{
	struct cm_sink sink = { to_buf, out };
	struct cm_table_open in = { .seal = &e->seal, .secret = &e->secret, .plan = plan };
	struct cm_cut_rows *rows = NULL;
	enum cm_result rc =
	    cm_cut_rows_new(&e->schema, cm_source_of_memory(&e->file), "x", &rows, NULL);

	if (rc != CM_OK)
		return rc;
	in.source = cm_cut_rows_source(rows);
	rc = out == NULL ? cm_plan_check(plan, &e->seal, in.source, NULL)
			 : cm_table_open(&in, &sink, NULL, NULL);
	cm_cut_rows_free(rows);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_cursor c = cm_cursor_of(cm_span_of(data, size));
	struct cm_plan plan = { 0 };
	struct cm_buf out = { 0 };
	struct exhibit e;

	if (size > 200 || !exhibit_make(cm_cursor_u8(&c) % EXHIBITS, &e))
		return 0;
	read_plan(&c, &e, &plan);
	if (with_rows(&e, &plan, NULL) == CM_OK) {
		must(with_rows(&e, &plan, &out) == CM_OK);
		read_back(&e, &plan, cm_buf_span(&out));
	} else {
		must(with_rows(&e, &plan, &out) == CM_E_REFUSED);
	}
	cm_buf_release(&out);
	cm_plan_release(&plan);
	return 0;
}
