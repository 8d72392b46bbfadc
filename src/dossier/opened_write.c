#include <inttypes.h>

#include "dossier/opened_write.h"
#include "dossier/pcapng_write.h"
#include "seal/cut.h"

#define HEX_LINE 16u

const char *
cm_opened_ending(enum cm_kind kind)
{
	switch (kind) {
	case CM_KIND_CAPTURE:
		return ".pcapng";
	case CM_KIND_LINES:
		return ".txt";
	case CM_KIND_RECORDS:
		return ".jsonl";
	case CM_KIND_BLOB:
		return ".hex";
	}
	return "";
}

/* "row 5 is", "rows 5 to 7 are" */
static void
put_run(struct cm_buf *out, uint64_t first, uint64_t last)
{
	if (first == last)
		cm_buf_printf(out, "row %" PRIu64 " is", first);
	else
		cm_buf_printf(out, "rows %" PRIu64 " to %" PRIu64 " are", first, last);
}

/* A line begins with its number and a tab, a remark with `#` and a tab: no line can look
 * like a remark. */
static void
put_line(struct cm_buf *out, const struct cm_shown_cells *row)
{
	struct cm_span line = row->value[0];

	cm_buf_printf(out, "%" PRIu64 "\t", row->row);
	cm_buf_add_span(out, line);
	if (line.len == 0 || line.ptr[line.len - 1] != '\n')
		cm_buf_printf(out, "\n#\trow %" PRIu64 " ends here, without a newline\n", row->row);
}

static void
put_missing_lines(struct cm_buf *out, uint64_t first, uint64_t last)
{
	cm_buf_add_str(out, "#\t");
	put_run(out, first, last);
	cm_buf_add_str(out, " not shown\n");
}

/* As xxd(1) writes it, so that `xxd -r` puts the bytes where they were. */
static void
put_hex_line(struct cm_buf *out, uint64_t offset, struct cm_span part)
{
	size_t i;

	cm_buf_printf(out, "%08" PRIx64 ":", offset);
	for (i = 0; i < HEX_LINE; i++) {
		if (i % 2 == 0)
			cm_buf_add_str(out, " ");
		if (i < part.len)
			cm_buf_add_hex(out, cm_span_part(part, i, 1));
		else
			cm_buf_add_str(out, "  ");
	}
	cm_buf_add_str(out, "  ");
	for (i = 0; i < part.len; i++)
		cm_buf_add_u8(out, part.ptr[i] >= 0x20 && part.ptr[i] < 0x7f ? part.ptr[i] : '.');
	cm_buf_add_str(out, "\n");
}

static void
put_block(struct cm_buf *out, const struct cm_shown_cells *row)
{
	struct cm_span block = row->value[0];
	size_t at;

	for (at = 0; at < block.len; at += HEX_LINE)
		put_hex_line(out, row->row * CM_BLOB_ROW + at, cm_span_part(block, at, HEX_LINE));
}

static void
put_missing_blocks(struct cm_buf *out, uint64_t first, uint64_t last)
{
	cm_buf_printf(out, "%08" PRIx64 ": ---- ", first * CM_BLOB_ROW);
	put_run(out, first, last);
	cm_buf_add_str(out, " not shown\n");
}

enum cm_result
cm_opened_flush(struct cm_buf *row, const struct cm_sink *out)
{
	enum cm_result rc;

	if (!cm_buf_ok(row))
		return CM_E_NOMEM;
	rc = cm_sink_write(out, row->ptr, row->len);
	cm_buf_clear(row);
	return rc;
}

static CM_RESULT
put_rows(const struct cm_shown_exhibit *x, struct cm_buf *b, const struct cm_sink *out)
{
	bool blob = x->schema->kind == CM_KIND_BLOB;
	enum cm_result rc = CM_OK;
	uint64_t next = 0;
	size_t i;

	for (i = 0; rc == CM_OK && i < x->n_cells; i++) {
		const struct cm_shown_cells *row = &x->cells[i];

		if (row->row > next)
			(blob ? put_missing_blocks : put_missing_lines)(b, next, row->row - 1);
		(blob ? put_block : put_line)(b, row);
		next = row->row + 1;
		rc = cm_opened_flush(b, out);
	}
	if (next < x->table_rows)
		(blob ? put_missing_blocks : put_missing_lines)(b, next, x->table_rows - 1);
	return rc == CM_OK ? cm_opened_flush(b, out) : rc;
}

enum cm_result
cm_opened_write(const struct cm_dossier *d, uint32_t seal, const struct cm_sink *out)
{
	const struct cm_shown_exhibit *x = &d->exhibits[seal];
	struct cm_buf row = { 0 };
	enum cm_result rc;

	if (x->shows.capture)
		return cm_pcapng_write(d, seal, out);
	if (x->schema->kind == CM_KIND_RECORDS)
		rc = cm_opened_records(x, &row, out);
	else
		rc = put_rows(x, &row, out);
	cm_buf_release(&row);
	return rc;
}
