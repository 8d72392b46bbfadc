#include <string.h>

#include "seal/cut.h"
#include "seal/packet_form.h"
#include "seal/slices.h"

#define REFUSE(err, ...) cm_err_set(err, CM_E_REFUSED, __VA_ARGS__)

/* Walks the ranges of `mask` over a joined row: they must be zero, and are then filled. */
struct filler {
	uint8_t *row;
	const struct cm_packet_form *form;
	struct cm_span mask; /* what is left of it to fill in; */
	bool open;           /* if it is known */
	bool bad;            /* a range is not zero, or the mask too short */
};

static bool
is_zero(const uint8_t *p, uint32_t len)
{
	while (len > 0 && *p == 0) {
		p++;
		len--;
	}
	return len == 0;
}

static void
fill_row(struct filler *f, uint32_t at, uint32_t len)
{
	if (!is_zero(f->row + at, len) || (f->open && f->mask.len < len)) {
		f->bad = true;
		return;
	}
	if (!f->open)
		return;
	memcpy(f->row + at, f->mask.ptr, len);
	f->mask = cm_span_part(f->mask, len, f->mask.len);
}

static void
fill_range(void *arg, uint32_t at, uint32_t len)
{
	struct filler *f = arg;

	if (!f->bad)
		fill_row(f, f->form->data_at + at, len);
}

static bool
is_known(const struct cm_opened_cell *c)
{
	return c->state == CM_CELL_OPEN || c->state == CM_CELL_NAMED;
}

static enum cm_result
fill_mask(const struct cm_opened_cell *mask, const struct cm_packet_form *form, struct cm_joined *j,
    uint8_t *row, struct cm_err *err)
{
	struct filler f = { row, form, mask->value, is_known(mask), false };
	struct cm_span data = cm_span_of(row + form->data_at, form->cap_len);

	cm_layers_mask(data, &j->layers, fill_range, &f);
	if (!f.bad && form->options_len > 0)
		fill_row(&f, form->options_at, form->options_len);
	if (f.bad)
		return REFUSE(
		    err, "`headers` is not zero where `mask` goes, or `mask` is too short");
	if (f.mask.len > 0)
		return REFUSE(err, "`mask` is longer than what it fills");
	return CM_OK;
}

static enum cm_result
fill_address(
    const struct cm_opened_cell *cell, uint32_t at, uint32_t len, uint8_t *row, struct cm_err *err)
{
	if (is_known(cell) && cell->value.len != len)
		return REFUSE(err, "an address of %zu bytes where %u are", cell->value.len, len);
	if (len == 0)
		return CM_OK;
	if (!is_zero(row + at, len))
		return REFUSE(err, "`headers` is not zero where an address goes");
	if (is_known(cell))
		memcpy(row + at, cell->value.ptr, len);
	return CM_OK;
}

static enum cm_result
find_layers(const struct cm_packet_form *f, bool payload_known, struct cm_span data,
    struct cm_layers *out, struct cm_err *err)
{
	struct cm_layers l;

	if (!payload_known)
		return cm_packet_layers(f, data, out, err);
	cm_layers_walk(data, f->linktype, &l);
	if (f->data_at + l.payload_at != f->cut || l.payload_end - l.payload_at != f->payload_len)
		return REFUSE(err, "`payload` does not begin where the headers end");
	*out = l;
	return CM_OK;
}

static uint32_t
get32(uint8_t form, const uint8_t *p)
{
	return form == CM_FORM_PCAP_BE || form == CM_FORM_PCAPNG_BE ? cm_get32(p) : cm_get32le(p);
}

static void
set_record(const struct cm_packet_form *f, uint64_t row, struct cm_joined *j)
{
	bool pcapng = f->form == CM_FORM_PCAPNG_LE || f->form == CM_FORM_PCAPNG_BE;
	const uint8_t *p = j->bytes.ptr;
	uint32_t high, low;

	j->record = (struct cm_record) { .row = row,
		.bytes = j->bytes,
		.cut = true,
		.is_frame = true,
		.has_time = true,
		.form = f->form,
		.tsresol = f->tsresol,
		.linktype = f->linktype,
		.tsoffset = f->tsoffset,
		.data_at = f->data_at,
		.cap_len = f->cap_len };
	high = get32(f->form, p + (pcapng ? 12 : 0));
	low = get32(f->form, p + (pcapng ? 16 : 4));
	j->record.orig_len = get32(f->form, p + (pcapng ? 24 : 12));
	j->record.t_ns =
	    pcapng ? cm_record_time((uint64_t)high << 32 | low, f->tsresol, f->tsoffset)
		   : (int64_t)high * 1000000000 + (int64_t)low * (f->tsresol == 9 ? 1 : 1000);
}

/* The row's bytes with the payload, or zeros for it. */
static uint8_t *
lay_out(const struct cm_packet_form *f, const struct cm_opened_cell *payload, struct cm_buf *buf)
{
	uint8_t *row, *p;

	cm_buf_clear(buf);
	row = cm_buf_grow(buf, f->row_len);
	if (row == NULL)
		return NULL;
	memcpy(row, f->block.ptr, f->cut);
	p = row + f->cut;
	if (is_known(payload) && f->payload_len > 0)
		memcpy(p, payload->value.ptr, f->payload_len);
	else
		memset(p, 0, f->payload_len);
	p += f->payload_len;
	memcpy(p, f->block.ptr + f->cut, f->block.len - f->cut);
	return row;
}

static enum cm_result
join_packet(
    const struct cm_opened_row *row, struct cm_buf *buf, struct cm_joined *j, struct cm_err *err)
{
	const struct cm_opened_cell *cell = row->cell;
	bool payload_known = is_known(&cell[CM_COL_PAYLOAD]);
	struct cm_packet_form f;
	enum cm_result rc = cm_packet_form_read(cell[CM_COL_HEADERS].value, &f, err);
	uint8_t *p;

	if (rc != CM_OK)
		return rc;
	if (payload_known && cell[CM_COL_PAYLOAD].value.len != f.payload_len)
		return REFUSE(err, "a payload of %zu bytes where %u are",
		    cell[CM_COL_PAYLOAD].value.len, f.payload_len);
	p = lay_out(&f, &cell[CM_COL_PAYLOAD], buf);
	if (p == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for a row");
	rc = find_layers(&f, payload_known, cm_span_of(p + f.data_at, f.cap_len), &j->layers, err);
	if (rc == CM_OK)
		rc = fill_mask(&cell[CM_COL_MASK], &f, j, p, err);
	if (rc == CM_OK)
		rc = fill_address(
		    &cell[CM_COL_SRC], f.data_at + j->layers.src_at, j->layers.addr_len, p, err);
	if (rc == CM_OK)
		rc = fill_address(
		    &cell[CM_COL_DST], f.data_at + j->layers.dst_at, j->layers.addr_len, p, err);
	if (rc != CM_OK)
		return rc;
	j->packet = true;
	j->bytes = cm_buf_span(buf);
	j->cut = f.cut;
	j->payload_len = f.payload_len;
	set_record(&f, row->row, j);
	return CM_OK;
}

static enum cm_result
join_other(
    const struct cm_opened_row *row, struct cm_buf *buf, struct cm_joined *j, struct cm_err *err)
{
	const struct cm_opened_cell *payload = &row->cell[CM_COL_PAYLOAD];
	size_t c;

	if (row->cell[CM_COL_HEADERS].value.len != 1)
		return REFUSE(err, "`headers` of a row that is no packet is longer than one byte");
	for (c = CM_COL_SRC; c <= CM_COL_MASK; c++)
		if (is_known(&row->cell[c]) && row->cell[c].value.len > 0)
			return REFUSE(
			    err, "a row that is no packet has something in column %zu", c);
	if (is_known(payload) && (payload->value.len == 0 || payload->value.len > CM_OTHER_ROW_MAX))
		return REFUSE(err, "a row that is no packet has %zu bytes, not 1 to 65536",
		    payload->value.len);
	cm_buf_clear(buf);
	cm_buf_add_span(buf, payload->value);
	if (!cm_buf_ok(buf))
		return cm_err_set(err, CM_E_NOMEM, "out of memory for a row");
	j->bytes = cm_buf_span(buf);
	return CM_OK;
}

enum cm_result
cm_join_packet(
    const struct cm_opened_row *row, struct cm_buf *buf, struct cm_joined *out, struct cm_err *err)
{
	const struct cm_opened_cell *headers = &row->cell[CM_COL_HEADERS];
	struct cm_joined j = { 0 };
	enum cm_result rc;
	size_t c;

	if (headers->state != CM_CELL_OPEN)
		return CM_E_NOTFOUND;
	for (c = 0; c <= CM_COL_PAYLOAD; c++)
		if (is_known(&row->cell[c]))
			j.known |= cm_column_bit(c);
	if (headers->value.len > 0 && headers->value.ptr[0] == 0x00)
		rc = join_other(row, buf, &j, err);
	else
		rc = join_packet(row, buf, &j, err);
	if (rc == CM_OK)
		*out = j;
	return rc;
}

static bool
is_full(const struct cm_opened_row *row)
{
	size_t c;

	for (c = 0; c < row->n; c++)
		if (!is_known(&row->cell[c]))
			return false;
	return true;
}

static bool
is_all_rest(const struct cm_schema *s, const struct cm_opened_row *row)
{
	size_t c;

	for (c = 0; c + 1 < s->n; c++)
		if (row->cell[c].value.len > 0)
			return false;
	return true;
}

static enum cm_result
join_members(const struct cm_schema *s, const struct cm_opened_row *row, struct cm_buf *buf,
    struct cm_err *err)
{
	struct cm_span rest = row->cell[s->n - 1].value;
	struct cm_slice slice[CM_COLUMNS_MAX];
	size_t n = 0, i, at = 0;

	/* a line that is no object may look as if a value were missing; nothing goes in there */
	if (is_all_rest(s, row) || !cm_slices_find(s, rest, true, slice, &n))
		n = 0;
	cm_buf_clear(buf);
	for (i = 0; i < n; i++) {
		if (slice[i].len > 0)
			return REFUSE(
			    err, "`rest` holds the value of a member that has its own column");
		cm_buf_add_span(buf, cm_span_part(rest, at, slice[i].at - at));
		cm_buf_add_span(buf, row->cell[slice[i].column].value);
		at = slice[i].at;
	}
	cm_buf_add_span(buf, cm_span_part(rest, at, rest.len));
	return cm_buf_ok(buf) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory for a row");
}

enum cm_result
cm_join(const struct cm_schema *schema, const struct cm_opened_row *row, struct cm_buf *buf,
    struct cm_err *err)
{
	struct cm_joined j;

	if (!is_full(row))
		return CM_E_NOTFOUND;
	if (schema->kind == CM_KIND_CAPTURE)
		return cm_join_packet(row, buf, &j, err);
	if (schema->kind == CM_KIND_RECORDS)
		return join_members(schema, row, buf, err);
	cm_buf_clear(buf);
	cm_buf_add_span(buf, row->cell[0].value);
	return cm_buf_ok(buf) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory for a row");
}
