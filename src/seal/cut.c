#include "seal/cut.h"
#include "seal/packet_form.h"
#include "seal/slices.h"

/* Cutting one packet: where its bytes go. */
struct packet_cut {
	const struct cm_row *row;
	const struct cm_packet_form *form;
	struct cm_buf *headers;
	struct cm_buf *mask;
};

/* The place in the cell `headers` of byte ${at} of the row, which is none of the payload. */
static uint8_t *
in_headers(const struct packet_cut *p, uint32_t at)
{
	return p->headers->ptr + CM_HEADERS_PREFIX + at -
	       (at < p->form->cut ? 0 : p->form->payload_len);
}

static void
blank(const struct packet_cut *p, uint32_t at, uint32_t len)
{
	uint8_t *to = in_headers(p, at);

	while (len-- > 0)
		*to++ = 0;
}

static void
to_mask(void *arg, uint32_t at, uint32_t len)
{
	const struct packet_cut *p = arg;

	at += p->form->data_at;
	cm_buf_add(p->mask, p->row->bytes.ptr + at, len);
	blank(p, at, len);
}

static void
put_prefix(struct cm_buf *b, const struct cm_packet_form *f)
{
	cm_buf_add_u8(b, 0x01);
	cm_buf_add_u8(b, f->form);
	cm_buf_add_u8(b, f->tsresol);
	cm_buf_add_u16(b, f->linktype);
	cm_buf_add_u64(b, f->tsoffset);
	cm_buf_add_u32(b, f->cut);
}

/* Blanks what is not shown in `headers`, and gathers it. */
static void
take_out(struct packet_cut *p, struct cm_span data, const struct cm_layers *l, struct cm_cells *out)
{
	const struct cm_packet_form *f = p->form;

	cm_layers_mask(data, l, to_mask, p);
	cm_buf_add_span(p->mask, cm_span_part(p->row->bytes, f->options_at, f->options_len));
	if (f->options_len > 0)
		blank(p, f->options_at, f->options_len);
	if (l->net == 0)
		return;
	out->cell[CM_COL_SRC] = cm_span_part(data, l->src_at, l->addr_len);
	out->cell[CM_COL_DST] = cm_span_part(data, l->dst_at, l->addr_len);
	blank(p, f->data_at + l->src_at, l->addr_len);
	blank(p, f->data_at + l->dst_at, l->addr_len);
}

static enum cm_result
cut_other(struct cm_cutter *c, const struct cm_row *row, struct cm_cells *out)
{
	cm_buf_add_u8(&c->headers, 0x00);
	if (!cm_buf_ok(&c->headers))
		return CM_E_NOMEM;
	out->cell[CM_COL_HEADERS] = cm_buf_span(&c->headers);
	out->cell[CM_COL_PAYLOAD] = row->bytes;
	return CM_OK;
}

static enum cm_result
cut_packet(struct cm_cutter *c, const struct cm_row *row, struct cm_cells *out)
{
	const struct cm_record *r = row->record;
	struct cm_packet_form f = { .form = r->form,
		.tsresol = r->tsresol,
		.linktype = r->linktype,
		.tsoffset = r->tsoffset };
	struct packet_cut p = { row, &f, &c->headers, &c->mask };
	struct cm_layers l;
	struct cm_span data;

	if (!cm_packet_frame_of(&f, row->bytes.ptr, row->bytes.len) || f.row_len != row->bytes.len)
		return cut_other(c, row, out);
	data = cm_span_part(row->bytes, f.data_at, f.cap_len);
	cm_layers_walk(data, f.linktype, &l);
	f.cut = f.data_at + l.payload_at;
	f.payload_len = l.payload_end - l.payload_at;
	put_prefix(&c->headers, &f);
	cm_buf_add_span(&c->headers, cm_span_part(row->bytes, 0, f.cut));
	cm_buf_add_span(
	    &c->headers, cm_span_part(row->bytes, f.cut + f.payload_len, row->bytes.len));
	if (!cm_buf_ok(&c->headers))
		return CM_E_NOMEM;
	take_out(&p, data, &l, out);
	if (!cm_buf_ok(&c->mask))
		return CM_E_NOMEM;
	out->cell[CM_COL_HEADERS] = cm_buf_span(&c->headers);
	out->cell[CM_COL_MASK] = cm_buf_span(&c->mask);
	out->cell[CM_COL_PAYLOAD] = cm_span_part(row->bytes, f.cut, f.payload_len);
	return CM_OK;
}

/* Values go to their columns, all other bytes to `rest`. */
static enum cm_result
cut_members(struct cm_cutter *c, const struct cm_row *row, struct cm_cells *out)
{
	struct cm_slice slice[CM_COLUMNS_MAX];
	size_t rest = c->schema->n - 1, n = 0, i, at = 0;

	if (row->continues || !cm_slices_find(c->schema, row->bytes, false, slice, &n)) {
		out->cell[rest] = row->bytes;
		return CM_OK;
	}
	for (i = 0; i < n; i++) {
		out->cell[slice[i].column] = cm_span_part(row->bytes, slice[i].at, slice[i].len);
		cm_buf_add_span(&c->headers, cm_span_part(row->bytes, at, slice[i].at - at));
		at = slice[i].at + slice[i].len;
	}
	cm_buf_add_span(&c->headers, cm_span_part(row->bytes, at, row->bytes.len));
	out->cell[rest] = cm_buf_span(&c->headers);
	return cm_buf_ok(&c->headers) ? CM_OK : CM_E_NOMEM;
}

enum cm_result
cm_cut(struct cm_cutter *c, const struct cm_row *row, struct cm_cells *out)
{
	size_t i;

	cm_buf_clear(&c->headers);
	cm_buf_clear(&c->mask);
	for (i = 0; i < c->schema->n; i++)
		out->cell[i] = (struct cm_span) { 0 };
	out->offset = row->offset;
	switch (c->schema->kind) {
	case CM_KIND_CAPTURE:
		return row->record->cut ? cut_packet(c, row, out) : cut_other(c, row, out);
	case CM_KIND_RECORDS:
		return cut_members(c, row, out);
	case CM_KIND_LINES:
	case CM_KIND_BLOB:
		out->cell[0] = row->bytes;
		return CM_OK;
	}
	return CM_E_USAGE;
}

void
cm_cutter_release(struct cm_cutter *c)
{
	cm_buf_release(&c->headers);
	cm_buf_release(&c->mask);
	cm_buf_release(&c->joined);
}
