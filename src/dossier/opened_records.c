/* Opened records as JSON lines (docs/formats.md 3.4), each valid JSON whatever a sealer sealed. */
#include <inttypes.h>

#include "codec/json_read.h"
#include "dossier/html.h"
#include "dossier/opened_write.h"
#include "seal/slices.h"

#define NOT_SHOWN "\"(not shown)\""

/* Bytes that are no UTF-8 become U+FFFD, each. */
static void
put_clean(struct cm_buf *out, struct cm_span s)
{
	size_t i = 0, n;
	uint32_t cp;

	while (i < s.len) {
		n = cm_utf8_at(s.ptr + i, s.len - i, &cp);
		if (n == 0)
			cm_buf_add_str(out, "\xef\xbf\xbd");
		else
			cm_buf_add(out, s.ptr + i, n);
		i += n == 0 ? 1 : n;
	}
}

static void
put_escape(struct cm_buf *out, uint8_t b)
{
	static const char letter[] = { ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't' };

	if (b == '"' || b == '\\')
		cm_buf_printf(out, "\\%c", b);
	else if (b < sizeof(letter) && letter[b] != 0)
		cm_buf_printf(out, "\\%c", letter[b]);
	else
		cm_buf_printf(out, "\\u%04x", b);
}

/* A JSON string of these bytes. */
static void
put_string(struct cm_buf *out, struct cm_span s)
{
	size_t i, from = 0;

	cm_buf_add_str(out, "\"");
	for (i = 0; i < s.len; i++) {
		if (s.ptr[i] >= 0x20 && s.ptr[i] != '"' && s.ptr[i] != '\\')
			continue;
		put_clean(out, cm_span_part(s, from, i - from));
		put_escape(out, s.ptr[i]);
		from = i + 1;
	}
	put_clean(out, cm_span_part(s, from, s.len - from));
	cm_buf_add_str(out, "\"");
}

/* The value of an open cell; false: it is shut. */
static bool
value_of(const struct cm_shown_cells *row, size_t column, struct cm_span *out)
{
	size_t c, at = 0;

	for (c = 0; c < column; c++)
		at += row->open >> c & 1;
	if (!(row->open >> column & 1))
		return false;
	*out = row->value[at];
	return true;
}

/* Do the holes of ${rest} take the values that are open, and are there no others? */
static bool
fits(const struct cm_shown_cells *row, const struct cm_slice *slice, size_t n)
{
	struct cm_span value;
	size_t i;

	for (i = 0; i < n; i++) {
		if (slice[i].len != 0 || (value_of(row, slice[i].column, &value) && value.len == 0))
			return false;
	}
	return true;
}

/* The line with what is shut marked; or, where it is no object, its text. */
static void
put_whole(struct cm_buf *out, const struct cm_schema *s, const struct cm_shown_cells *row, struct cm_span rest)
{
	struct cm_slice slice[CM_COLUMNS_MAX];
	struct cm_buf line = { 0 };
	struct cm_span value;
	size_t n = 0, i, at = 0;

	if (!cm_slices_find(s, rest, true, slice, &n) || !fits(row, slice, n)) {
		cm_buf_add_str(out, "\"text\": ");
		put_string(out, rest);
		return;
	}
	for (i = 0; i < n; i++) {
		cm_buf_add_span(&line, cm_span_part(rest, at, slice[i].at - at));
		if (value_of(row, slice[i].column, &value))
			cm_buf_add_span(&line, value);
		else
			cm_buf_add_str(&line, NOT_SHOWN);
		at = slice[i].at;
	}
	cm_buf_add_span(&line, cm_span_part(rest, at, rest.len));
	out->failed |= !cm_buf_ok(&line);
	cm_buf_add_str(out, "\"record\": ");
	put_clean(out, cm_json_trim(cm_buf_span(&line)));
	cm_buf_release(&line);
}

/* `rest` is shut: the members that are open. */
static void
put_members(struct cm_buf *out, const struct cm_schema *s, const struct cm_shown_cells *row)
{
	const char *between = "";
	struct cm_span value;
	size_t c;

	cm_buf_add_str(out, "\"record\": {");
	for (c = 0; c + 1 < s->n; c++) {
		if (!value_of(row, c, &value) || value.len == 0)
			continue;
		cm_buf_add_str(out, between);
		put_string(out, s->column[c].name);
		cm_buf_add_str(out, ": ");
		put_clean(out, cm_json_trim(value));
		between = ", ";
	}
	cm_buf_add_str(out, "}");
}

static void
put_record(struct cm_buf *out, const struct cm_schema *s, const struct cm_shown_cells *row)
{
	const char *between = "";
	struct cm_span rest;
	size_t c;

	cm_buf_printf(out, "{\"row\": %" PRIu64 ", \"not_shown\": [", row->row);
	for (c = 0; c < s->n; c++) {
		if (row->open >> c & 1)
			continue;
		cm_buf_add_str(out, between);
		put_string(out, s->column[c].name);
		between = ", ";
	}
	cm_buf_add_str(out, "], ");
	if (value_of(row, s->n - 1, &rest))
		put_whole(out, s, row, rest);
	else
		put_members(out, s, row);
	cm_buf_add_str(out, "}\n");
}

static void
put_missing(struct cm_buf *out, uint64_t first, uint64_t last)
{
	cm_buf_printf(out, "{\"rows_not_shown\": [%" PRIu64 ", %" PRIu64 "]}\n", first, last);
}

enum cm_result
cm_opened_records(const struct cm_shown_exhibit *x, struct cm_buf *row, const struct cm_sink *out)
{
	enum cm_result rc = CM_OK;
	uint64_t next = 0;
	size_t i;

	for (i = 0; rc == CM_OK && i < x->n_cells; i++) {
		if (x->cells[i].row > next)
			put_missing(row, next, x->cells[i].row - 1);
		put_record(row, x->schema, &x->cells[i]);
		next = x->cells[i].row + 1;
		rc = cm_opened_flush(row, out);
	}
	if (next < x->table_rows)
		put_missing(row, next, x->table_rows - 1);
	return rc == CM_OK ? cm_opened_flush(row, out) : rc;
}
