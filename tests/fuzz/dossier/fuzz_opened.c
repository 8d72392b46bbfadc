/* Cells of texts, records and blobs as a liar may open them: where the rules take them, the
 * file for other tools is written, and its lines are what the format says they are.  The same
 * bytes, as cells that are hidden, are searched for in themselves. */
#include <string.h>

#include "dossier/echoes.h"
#include "dossier/html.h"
#include "dossier/opened_write.h"
#include "dossier/pack.h"
#include "fuzz.h"
#include "seal/cut.h"
#include "seal/slices.h"

struct opened {
	struct cm_opened_row row;
	struct cm_span value[3];
	struct cm_shown_cells cells;
};

/* Each cell: its length in two bytes, and the cell. */
static void
read_row(struct cm_cursor *c, const struct cm_schema *s, uint8_t how, struct opened *out)
{
	size_t i, n = 0;

	memset(out, 0, sizeof(*out));
	out->row.n = s->n;
	out->row.row = out->cells.row = how >> 4 & 1;
	out->cells.value = out->value;
	for (i = 0; i < s->n; i++) {
		struct cm_span value = cm_cursor_take(c, cm_cursor_u16(c));

		if (how & 1 << i)
			continue;
		out->row.cell[i].state = CM_CELL_OPEN;
		out->row.cell[i].value = out->value[n++] = value;
		out->cells.open |= cm_column_bit(i);
	}
}

/* Nested so deep that one level more is too much for the scanner. */
static bool
is_deep(struct cm_span line)
{
	size_t i, n = 0;

	for (i = 0; i < line.len; i++)
		n += line.ptr[i] == '{' || line.ptr[i] == '[';
	return n >= CM_RECORD_DEPTH;
}

static void
check_json(struct cm_span line)
{
	struct cm_schema none = { .kind = CM_KIND_RECORDS, .n = 1 };
	struct cm_slice slice[1];
	size_t n, i, len;
	uint32_t cp;

	must(cm_slices_find(&none, line, false, slice, &n) || is_deep(line));
	for (i = 0; i < line.len; i += len) {
		len = cm_utf8_at(line.ptr + i, line.len - i, &cp);
		must(len != 0);
		if (len == 0)
			return;
	}
}

static void
check_lines(struct cm_span text, enum cm_kind kind)
{
	const uint8_t *end;

	while (text.len > 0) {
		end = memchr(text.ptr, '\n', text.len);
		must(end != NULL);
		if (end == NULL)
			return;
		if (kind == CM_KIND_RECORDS)
			check_json(cm_span_part(text, 0, (size_t)(end - text.ptr)));
		else
			must(strchr("#0123456789abcdef", text.ptr[0]) != NULL);
		text = cm_span_part(text, (size_t)(end - text.ptr) + 1, text.len);
	}
}

static void
search(const struct opened *o)
{
	struct cm_echoes e = { 0 };
	struct cm_leaks found = { 0 };
	struct cm_leak where = { .column = "c" };
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < 3; i++)
		rc = cm_echoes_hide(&e, o->value[i], where);
	if (rc == CM_OK)
		rc = cm_echoes_ready(&e);
	for (i = 0; rc == CM_OK && i < 3; i++)
		rc = cm_echoes_search(&e, o->value[i], where, &found);
	must(rc == CM_OK && (e.n == 0 || found.n > 0)); /* each value stands in its own cell */
	cm_echoes_release(&e);
	cm_leaks_release(&found);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct cm_span names[2] = { cm_span_str("a"), cm_span_str("b\\u0041") };
	struct cm_cursor c = cm_cursor_of(cm_span_of(data, size));
	enum cm_kind kind = (enum cm_kind)(CM_KIND_LINES + cm_cursor_u8(&c) % 3);
	uint8_t how = cm_cursor_u8(&c);
	struct cm_schema schema = cm_schema_of(kind);
	struct cm_cutter cutter = { .schema = &schema, .rows = 3 };
	struct cm_opening_rules rules = cm_cut_rules(&cutter);
	struct cm_shown_exhibit x = { .schema = &schema, .table_rows = 3, .n_cells = 1, .has_opening = true };
	struct cm_dossier d = { .exhibits = &x, .n_exhibits = 1 };
	struct cm_buf out = { 0 };
	struct cm_sink sink = cm_sink_of_buf(&out);
	struct opened o;

	if (kind == CM_KIND_RECORDS && cm_schema_records(names, 2, &schema, NULL) != CM_OK)
		__builtin_trap();
	read_row(&c, &schema, how, &o);
	x.cells = &o.cells;
	search(&o);
	if (o.cells.open != 0 && rules.row(rules.arg, &o.row, NULL) == CM_OK) {
		must(cm_opened_write(&d, 0, &sink) == CM_OK);
		if (cm_buf_ok(&out))
			check_lines(cm_buf_span(&out), kind);
	}
	cm_buf_release(&out);
	cm_cutter_release(&cutter);
	return 0;
}
