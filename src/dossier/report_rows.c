/* What the opened rows of texts, records and blobs hold, as far as a page should. */
#include <inttypes.h>

#include "dossier/html.h"
#include "dossier/opened_write.h"
#include "dossier/report_parts.h"
#include "seal/cut.h"

enum { ROWS_MAX = 100, BLOCKS_MAX = 32, CELL_MAX = 400, BLOCK_LINES = 8, LINE_BYTES = 16 };

/* Text of a cell, cut with a word that it is. */
static void
put_cell(struct cm_buf *out, struct cm_span value)
{
	size_t keep = CELL_MAX;

	while (value.len > 0 && (value.ptr[value.len - 1] == '\n' || value.ptr[value.len - 1] == '\r'))
		value.len--;
	if (value.len <= CELL_MAX)
		keep = value.len;
	else
		while (keep > CELL_MAX - 4 && (value.ptr[keep] & 0xc0) == 0x80)
			keep--; /* not inside of a character */
	cm_buf_add_str(out, "<code>");
	cm_html_span(out, cm_span_part(value, 0, keep));
	cm_buf_add_str(out, "</code>");
	if (keep < value.len)
		cm_buf_printf(out, " <em>(cut here: %zu more bytes)</em>", value.len - keep);
}

/* Between rows ${next} and ${row}. */
static void
put_gap(struct cm_buf *out, uint64_t next, uint64_t row, unsigned columns)
{
	if (row <= next)
		return;
	cm_buf_printf(out, "<tr class=\"gap\"><td colspan=\"%u\">", columns);
	if (row == next + 1)
		cm_buf_printf(out, "row %" PRIu64 " is not shown</td></tr>\n", next);
	else
		cm_buf_printf(out, "rows %" PRIu64 " to %" PRIu64 " are not shown</td></tr>\n", next, row - 1);
}

static void
put_line_row(struct cm_buf *out, const struct cm_shown_cells *row)
{
	cm_buf_printf(out, "<tr><td class=\"num\">%" PRIu64 "</td><td>", row->row);
	put_cell(out, row->value[0]);
	cm_buf_add_str(out, "</td></tr>\n");
}

/* Names of columns that are shut, or open and empty. */
static void
put_names(struct cm_buf *out, const struct cm_shown_exhibit *x, const struct cm_shown_cells *row, bool shut)
{
	bool any = false;
	size_t c, at = 0;

	for (c = 0; c < x->schema->n; c++) {
		bool open = row->open >> c & 1, empty = open && row->value[at].len == 0;

		at += open;
		if (shut ? open : !empty)
			continue;
		if (!any)
			cm_buf_add_str(out, shut ? "<tr class=\"gap\"><td></td><td colspan=\"2\">not shown: " :
						   "<tr><td></td><td colspan=\"2\"><small>not in this record: ");
		cm_buf_add_str(out, any ? ", " : "");
		cm_html_span(out, x->schema->column[c].name);
		any = true;
	}
	if (any)
		cm_buf_add_str(out, shut ? "</td></tr>\n" : "</small></td></tr>\n");
}

static void
put_record_row(struct cm_buf *out, const struct cm_shown_exhibit *x, const struct cm_shown_cells *row)
{
	bool first = true;
	size_t c, at = 0;

	for (c = 0; c < x->schema->n; c++) {
		struct cm_span value;

		if (!(row->open >> c & 1))
			continue;
		value = row->value[at++];
		if (value.len == 0)
			continue;
		cm_buf_add_str(out, "<tr><td class=\"num\">");
		if (first)
			cm_buf_printf(out, "%" PRIu64, row->row);
		cm_buf_add_str(out, "</td><td>");
		cm_html_span(out, x->schema->column[c].name);
		cm_buf_add_str(out, "</td><td>");
		put_cell(out, value);
		cm_buf_add_str(out, "</td></tr>\n");
		first = false;
	}
	if (first)
		cm_buf_printf(out, "<tr><td class=\"num\">%" PRIu64 "</td><td colspan=\"2\"></td></tr>\n", row->row);
	put_names(out, x, row, false);
	put_names(out, x, row, true);
}

static void
put_hex(struct cm_buf *out, uint64_t offset, struct cm_span part)
{
	char text[LINE_BYTES];
	size_t i;

	cm_buf_printf(out, "<i>%08" PRIx64 "</i> ", offset);
	for (i = 0; i < LINE_BYTES; i++) {
		if (i < part.len)
			cm_buf_printf(out, " %02x", part.ptr[i]);
		else
			cm_buf_add_str(out, "   ");
	}
	cm_buf_add_str(out, "  ");
	for (i = 0; i < part.len; i++)
		text[i] = part.ptr[i] >= 0x20 && part.ptr[i] < 0x7f ? (char)part.ptr[i] : '.';
	cm_html_span(out, cm_span_of(text, part.len));
	cm_buf_add_str(out, "\n");
}

static void
put_block_row(struct cm_buf *out, const struct cm_shown_cells *row)
{
	struct cm_span block = row->value[0];
	size_t at;

	cm_buf_printf(out, "<tr><td class=\"num\">%" PRIu64 "</td><td><pre class=\"hex\">", row->row);
	for (at = 0; at < block.len && at < BLOCK_LINES * LINE_BYTES; at += LINE_BYTES)
		put_hex(out, row->row * CM_BLOB_ROW + at, cm_span_part(block, at, LINE_BYTES));
	cm_buf_add_str(out, "</pre>");
	if (at < block.len)
		cm_buf_printf(out, "<em>(cut here: %zu more bytes)</em>", block.len - at);
	cm_buf_add_str(out, "</td></tr>\n");
}

static void
put_rows(struct cm_buf *out, const struct cm_shown_exhibit *x, size_t k)
{
	enum cm_kind kind = x->schema->kind;
	size_t max = kind == CM_KIND_BLOB ? BLOCKS_MAX : ROWS_MAX, i;
	unsigned columns = kind == CM_KIND_RECORDS ? 3 : 2;
	uint64_t next = 0;

	for (i = 0; i < x->n_cells && i < max; i++) {
		put_gap(out, next, x->cells[i].row, columns);
		if (kind == CM_KIND_LINES)
			put_line_row(out, &x->cells[i]);
		else if (kind == CM_KIND_RECORDS)
			put_record_row(out, x, &x->cells[i]);
		else
			put_block_row(out, &x->cells[i]);
		next = x->cells[i].row + 1;
	}
	if (i < x->n_cells)
		cm_buf_printf(out, "<tr class=\"gap\"><td colspan=\"%u\">and %zu more rows that are shown: see "
				   "seal-%zu%s</td></tr>\n", columns, x->n_cells - i, k, cm_opened_ending(kind));
	else
		put_gap(out, next, x->table_rows, columns);
}

static void
put_exhibit(struct cm_buf *out, const struct cm_shown_exhibit *x, size_t k)
{
	enum cm_kind kind = x->schema->kind;

	cm_buf_printf(out, "<h3>Seal %zu: %s</h3>\n<table class=\"rows\"><thead><tr><th scope=\"col\">Row</th>", k,
	    kind == CM_KIND_LINES ? "lines of a text" :
	    kind == CM_KIND_RECORDS ? "records" : "bytes, in rows of 4,096");
	cm_buf_add_str(out, kind == CM_KIND_RECORDS ?
	    "<th scope=\"col\">Member</th><th scope=\"col\">Value</th></tr></thead><tbody>\n" :
	    kind == CM_KIND_LINES ? "<th scope=\"col\">Line</th></tr></thead><tbody>\n" :
				    "<th scope=\"col\">Bytes, from their offset in the file</th></tr></thead><tbody>\n");
	put_rows(out, x, k);
	cm_buf_add_str(out, "</tbody></table>\n");
	if (kind == CM_KIND_RECORDS)
		cm_buf_add_str(out, "<p class=\"note\"><code>rest</code> is what is left of the line when the "
				    "values of the members with a column of their own are taken out.</p>\n");
	if (x->whole)
		cm_buf_add_str(out, "<p>This is the whole file; the SHA-256 of it was sealed, too.</p>\n");
}

void
cm_report_rows(struct cm_buf *out, const struct cm_dossier *d)
{
	bool any = false;
	size_t k;

	for (k = 0; k < d->n_exhibits; k++) {
		if (d->exhibits[k].schema == NULL || d->exhibits[k].n_cells == 0)
			continue;
		if (!any)
			cm_buf_add_str(out, "<section id=\"rows\"><h2>The rows that are shown</h2>\n<p>Each row below is "
			    "proven to be one of those that were sealed, at this place. Rows count from 0. Characters "
			    "that cannot be printed stand as \xef\xbf\xbd; the files beside this page have every byte.</p>\n");
		any = true;
		put_exhibit(out, &d->exhibits[k], k + 1);
	}
	if (any)
		cm_buf_add_str(out, "</section>\n");
}
