#include <inttypes.h>

#include "seal/cut.h"
#include "seal/packet_form.h"
#include "seal/slices.h"

#define REFUSE(err, ...) cm_err_set(err, CM_E_REFUSED, __VA_ARGS__)

static bool
is_known(const struct cm_opened_cell *c)
{
	return c->state == CM_CELL_OPEN || c->state == CM_CELL_NAMED;
}

/* FORMATS 1.2: checksums are 16 bits of what they cover. */
static bool
mask_alone(const struct cm_opened_row *row)
{
	return is_known(&row->cell[CM_COL_MASK]) &&
	       !(is_known(&row->cell[CM_COL_SRC]) && is_known(&row->cell[CM_COL_DST]) &&
		   is_known(&row->cell[CM_COL_PAYLOAD]));
}

static bool
is_address_len(size_t len)
{
	return len == 0 || len == 4 || len == 16;
}

/* What can be said of a row of which `headers` is shut. */
static enum cm_result
check_headless(const struct cm_opened_row *row, struct cm_err *err)
{
	const struct cm_opened_cell *src = &row->cell[CM_COL_SRC], *dst = &row->cell[CM_COL_DST];
	const struct cm_opened_cell *mask = &row->cell[CM_COL_MASK],
				    *payload = &row->cell[CM_COL_PAYLOAD];

	if (!is_address_len(src->value.len) || !is_address_len(dst->value.len))
		return REFUSE(
		    err, "row %" PRIu64 ": an address of another length than 0, 4 or 16", row->row);
	if (is_known(src) && is_known(dst) && src->value.len != dst->value.len)
		return REFUSE(err, "row %" PRIu64 ": two addresses of two kinds", row->row);
	if (mask->value.len + payload->value.len > CM_PACKET_ROW_MAX)
		return REFUSE(err, "row %" PRIu64 ": more bytes than a row has", row->row);
	return CM_OK;
}

/* ${copy}, part of the row, is where the payload was copied to: cut there again it is the same. */
static bool
same_cells(const struct cm_opened_row *row, const struct cm_cells *cells, const uint8_t *copy)
{
	struct cm_span a, b;
	size_t c;

	for (c = 0; c < row->n; c++) {
		a = row->cell[c].value;
		b = cells->cell[c];
		if (a.len == b.len && a.len > 0 && c == CM_COL_PAYLOAD && b.ptr == copy)
			continue;
		if (!cm_span_eq(a, b))
			return false;
	}
	return true;
}

/* Joined and cut again, the row gives the same cells. */
static enum cm_result
check_again(struct cm_cutter *c, const struct cm_opened_row *opened, const struct cm_row *row,
    const uint8_t *copy, struct cm_err *err)
{
	struct cm_cells cells;

	if (cm_cut(c, row, &cells) != CM_OK)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for a row");
	if (same_cells(opened, &cells, copy))
		return CM_OK;
	return REFUSE(err, "row %" PRIu64 ": no record cuts into these cells", opened->row);
}

static enum cm_result
check_packet(struct cm_cutter *c, const struct cm_opened_row *row, struct cm_err *err)
{
	struct cm_err why; /* its text is read where it was written only */
	struct cm_joined j;
	enum cm_result rc;

	why.code = CM_OK;
	if (mask_alone(row))
		return REFUSE(err,
		    "row %" PRIu64 ": `mask` is open, but not all that it is computed from",
		    row->row);
	rc = cm_join_packet(row, &c->joined, &j, &why);
	if (rc == CM_E_NOTFOUND)
		return check_headless(row, err);
	if (rc != CM_OK)
		return cm_err_set(err, rc, "row %" PRIu64 ": %s", row->row, why.text);
	if (!j.packet || j.known != cm_column_bit(CM_COL_PAYLOAD + 1) - 1)
		return CM_OK;
	return check_again(c, row, &(struct cm_row) { j.bytes, 0, &j.record, false },
	    j.payload_len > 0 ? j.bytes.ptr + j.cut : NULL, err);
}

static bool
is_last(const struct cm_cutter *c, const struct cm_opened_row *row)
{
	return c->rows == 0 || row->row + 1 == c->rows;
}

/* A text line, or a part of a long one. */
static enum cm_result
check_line(const struct cm_cutter *c, const struct cm_opened_row *row, struct cm_span line,
    struct cm_err *err)
{
	size_t i;

	if (line.len == 0 || line.len > CM_LINE_MAX)
		return REFUSE(err, "row %" PRIu64 ": a line of %zu bytes", row->row, line.len);
	for (i = 0; i + 1 < line.len; i++)
		if (line.ptr[i] == '\n')
			return REFUSE(err, "row %" PRIu64 ": a newline inside a line", row->row);
	if (line.ptr[i] != '\n' && line.len < CM_LINE_MAX && !is_last(c, row))
		return REFUSE(err, "row %" PRIu64 ": a line without its newline", row->row);
	return CM_OK;
}

static enum cm_result
check_block(const struct cm_cutter *c, const struct cm_opened_row *row, struct cm_err *err)
{
	size_t len = row->cell[0].value.len;

	if (len == 0 || len > CM_BLOB_ROW || (len < CM_BLOB_ROW && !is_last(c, row)))
		return REFUSE(err, "row %" PRIu64 ": a block of %zu bytes", row->row, len);
	return CM_OK;
}

/* A row has its newline at its end, which is in `rest`, and is no longer than a row may be. */
static enum cm_result
check_some_bytes(const struct cm_opened_row *row, struct cm_err *err)
{
	size_t c, i, all = 0;

	for (c = 0; c < row->n; c++) {
		struct cm_span value = row->cell[c].value;

		all += value.len;
		for (i = 0; i < value.len; i++) {
			if (value.ptr[i] == '\n' && (c + 1 < row->n || i + 1 < value.len))
				return REFUSE(err, "row %" PRIu64 ": a newline inside a line", row->row);
		}
	}
	return all <= CM_LINE_MAX ? CM_OK : REFUSE(err, "row %" PRIu64 ": a line of %zu bytes", row->row, all);
}

/* What can be said of a record that is open in part. */
static enum cm_result
check_some_members(const struct cm_schema *s, const struct cm_opened_row *row, struct cm_err *err)
{
	const struct cm_opened_cell *rest = &row->cell[s->n - 1];
	struct cm_slice slice[CM_COLUMNS_MAX];
	cm_columns hole = 0, full = 0, empty = 0;
	size_t c, n = 0;
	enum cm_result rc = check_some_bytes(row, err);

	if (rc != CM_OK)
		return rc;
	for (c = 0; c + 1 < s->n; c++) {
		if (!is_known(&row->cell[c]))
			continue;
		if (row->cell[c].value.len == 0)
			empty |= cm_column_bit(c);
		else if (cm_slices_is_value(row->cell[c].value))
			full |= cm_column_bit(c);
		else
			return REFUSE(
			    err, "row %" PRIu64 ": column %zu is no JSON value", row->row, c);
	}
	if (!is_known(rest))
		return CM_OK;
	if (!cm_slices_find(s, rest->value, true, slice, &n))
		n = 0;
	for (c = 0; c < n; c++)
		if (slice[c].len == 0)
			hole |= cm_column_bit(slice[c].column);
	/* a line that is no object may look as if it had holes: then nothing fills one */
	if ((full & ~hole) != 0 || (full != 0 && (empty & hole) != 0))
		return REFUSE(err, "row %" PRIu64 ": `rest` and the members do not fit", row->row);
	return CM_OK;
}

static enum cm_result
check_record(struct cm_cutter *c, const struct cm_opened_row *row, struct cm_err *err)
{
	enum cm_result rc = cm_join(c->schema, row, &c->joined, err);
	struct cm_row again = { .bytes = cm_buf_span(&c->joined) };

	if (rc == CM_E_NOTFOUND)
		return check_some_members(c->schema, row, err);
	if (rc == CM_OK)
		rc = check_line(c, row, again.bytes, err);
	if (rc != CM_OK)
		return rc;
	again.continues = row->cell[c->schema->n - 1].value.len == again.bytes.len;
	if (again.continues && check_again(c, row, &again, NULL, NULL) == CM_OK)
		return CM_OK;
	again.continues = false;
	return check_again(c, row, &again, NULL, err);
}

static enum cm_result
check_row(void *arg, const struct cm_opened_row *row, struct cm_err *err)
{
	struct cm_cutter *c = arg;

	switch (c->schema->kind) {
	case CM_KIND_CAPTURE:
		return check_packet(c, row, err);
	case CM_KIND_RECORDS:
		return check_record(c, row, err);
	case CM_KIND_LINES:
		return check_line(c, row, row->cell[0].value, err);
	case CM_KIND_BLOB:
		return check_block(c, row, err);
	}
	return CM_E_USAGE;
}

static enum cm_result
add_to_file(void *arg, const struct cm_opened_row *row, struct cm_sha256 *file)
{
	struct cm_cutter *c = arg;
	enum cm_result rc = cm_join(c->schema, row, &c->joined, NULL);

	if (rc == CM_OK)
		cm_sha256_add(file, c->joined.ptr, c->joined.len);
	return rc;
}

struct cm_opening_rules
cm_cut_rules(struct cm_cutter *cutter)
{
	return (struct cm_opening_rules) { check_row, add_to_file, cutter };
}
