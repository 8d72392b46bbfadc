/* Any file, as any kind of exhibit: its rows join to the file, and every row that is cut is
 * joined again from its cells and passes the rules that a reader has for them. */
#include <string.h>

#include "fuzz.h"
#include "seal/cut.h"

static void
open_all(const struct cm_schema *s, const struct cm_cells *cells,
    struct cm_buf copy[CM_COLUMNS_MAX], struct cm_opened_row *out)
{
	size_t c;

	memset(out, 0, sizeof(*out));
	out->n = s->n;
	for (c = 0; c < s->n; c++) {
		/* the rules reuse the cutter's memory */
		cm_buf_clear(&copy[c]);
		cm_buf_add_span(&copy[c], cells->cell[c]);
		out->cell[c].state =
		    s->column[c].link == CM_LINK_PLAIN ? CM_CELL_OPEN : CM_CELL_NAMED;
		out->cell[c].value = cm_buf_span(&copy[c]);
	}
}

static void
check_rows(const struct cm_schema *schema, struct cm_span file)
{
	struct cm_cutter cutter = { .schema = schema };
	struct cm_opening_rules rules = cm_cut_rules(&cutter);
	struct cm_buf copy[CM_COLUMNS_MAX] = { 0 }, joined = { 0 };
	struct cm_cut_rows *rows = NULL;
	struct cm_cell_source source;
	struct cm_opened_row opened;
	struct cm_cells cells;
	size_t at = 0, c;

	if (cm_cut_rows_new(schema, cm_source_of_memory(&file), "fuzz", &rows, NULL) != CM_OK)
		return;
	source = cm_cut_rows_source(rows);
	while (source.next(source.arg, &cells, NULL) == CM_OK) {
		const struct cm_row *row = cm_cut_rows_last(rows);

		must(row->bytes.ptr == file.ptr + at);
		at += row->bytes.len;
		open_all(schema, &cells, copy, &opened);
		must(rules.row(rules.arg, &opened, NULL) == CM_OK);
		must(cm_join(schema, &opened, &joined, NULL) == CM_OK);
		must(cm_span_eq(cm_buf_span(&joined), row->bytes));
	}
	must(at == file.len);
	for (c = 0; c < schema->n; c++)
		cm_buf_release(&copy[c]);
	cm_buf_release(&joined);
	cm_cut_rows_free(rows);
	cm_cutter_release(&cutter);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct cm_span names[3] = { cm_span_str("a"), cm_span_str("b"), cm_span_str("") };
	struct cm_schema schema;

	if (size == 0)
		return 0;
	schema = cm_schema_of((enum cm_kind)(data[0] % 4));
	if (schema.kind == CM_KIND_RECORDS && cm_schema_records(names, 3, &schema, NULL) != CM_OK)
		__builtin_trap();
	check_rows(&schema, cm_span_of(data + 1, size - 1));
	return 0;
}
