#include <string.h>

#include "seal/cut.h"
#include "seal/packet_form.h"
#include "seal/slices.h"

enum { AHEAD = 4096 };

/* Where cells are put: those that do not lie in the row go to `own`. */
struct cutting {
	const struct cm_schema *schema;
	const struct cm_row *row;
	struct cm_buf *own;
	struct cm_tile_cell *cell;
};

/* The bytes [at, at+len) of the row. */
static void
in_row(const struct cutting *c, size_t column, struct cm_span value)
{
	c->cell[column] = (struct cm_tile_cell) { value.ptr, 0, (uint32_t)value.len };
}

/* What was put at the end of `own`, from ${at} on. */
static void
in_own(const struct cutting *c, size_t column, size_t at, size_t len)
{
	c->cell[column] = (struct cm_tile_cell) { NULL, (uint32_t)at, (uint32_t)len };
}

/* Cutting one packet: where its bytes go. */
struct packet_cut {
	const uint8_t *row;
	const struct cm_packet_form *form;
	uint8_t *block; /* of the cell `headers` */
	uint8_t *mask;  /* where its next bytes go */
};

/* Where byte ${at} of the row, which is none of the payload, stands in `headers`. */
static uint8_t *
in_headers(const struct packet_cut *p, uint32_t at)
{
	return p->block + at - (at < p->form->cut ? 0 : p->form->payload_len);
}

/* The range [at, at+len) of the row goes to the next bytes of ${to}; `headers` shows zeros. */
static uint8_t *
move_out(const struct packet_cut *p, uint32_t at, uint32_t len, uint8_t *to)
{
	uint8_t *blank = in_headers(p, at);

	if (len == 2) { /* a checksum, the most frequent */
		memcpy(to, p->row + at, 2);
		memset(blank, 0, 2);
		return to + 2;
	}
	memcpy(to, p->row + at, len);
	memset(blank, 0, len);
	return to + len;
}

static void
to_mask(void *arg, uint32_t at, uint32_t len)
{
	struct packet_cut *p = arg;

	p->mask = move_out(p, p->form->data_at + at, len, p->mask);
}

static void
put_prefix(uint8_t *to, const struct cm_packet_form *f)
{
	to[0] = 0x01;
	to[1] = f->form;
	to[2] = f->tsresol;
	cm_put16(to + 3, f->linktype);
	cm_put64(to + 5, f->tsoffset);
	cm_put32(to + 13, f->cut);
}

/* Takes out of `headers` what is not shown there.  Addresses are copied, too, few bytes that
 * will be looked at soon, so that the line of memory they came from can go. */
static uint8_t *
take_out(const struct cutting *c, struct packet_cut *p, struct cm_span data,
    const struct cm_layers *l)
{
	const struct cm_packet_form *f = p->form;
	uint8_t *src, *dst;

	cm_layers_mask(data, l, to_mask, p);
	if (f->options_len > 0)
		p->mask = move_out(p, f->options_at, f->options_len, p->mask);
	if (l->net == 0)
		return p->mask;
	src = p->mask;
	dst = move_out(p, f->data_at + l->src_at, l->addr_len, src);
	in_own(c, CM_COL_SRC, (size_t)(src - c->own->ptr), l->addr_len);
	in_own(c, CM_COL_DST, (size_t)(dst - c->own->ptr), l->addr_len);
	return move_out(p, f->data_at + l->dst_at, l->addr_len, dst);
}

static enum cm_result
cut_other(const struct cutting *c)
{
	size_t at = c->own->len;

	cm_buf_add_u8(c->own, 0x00);
	in_own(c, CM_COL_HEADERS, at, 1);
	in_row(c, CM_COL_PAYLOAD, c->row->bytes);
	return CM_OK;
}

static enum cm_result
put_packet(const struct cutting *c, const struct cm_packet_form *f, struct cm_span data,
    const struct cm_layers *l)
{
	const struct cm_span row = c->row->bytes;
	const size_t at = c->own->len, block = row.len - f->payload_len;
	/* `mask` and the addresses are at most all of the block */
	uint8_t *to = cm_buf_grow(c->own, CM_HEADERS_PREFIX + 2 * block), *mask, *end;
	struct packet_cut p;

	if (to == NULL)
		return CM_E_NOMEM;
	mask = to + CM_HEADERS_PREFIX + block;
	p = (struct packet_cut) { row.ptr, f, to + CM_HEADERS_PREFIX, mask };
	put_prefix(to, f);
	memcpy(p.block, row.ptr, f->cut);
	memcpy(p.block + f->cut, row.ptr + f->cut + f->payload_len, block - f->cut);
	end = take_out(c, &p, data, l);
	in_own(c, CM_COL_HEADERS, at, CM_HEADERS_PREFIX + block);
	in_own(c, CM_COL_MASK, at + CM_HEADERS_PREFIX + block, (size_t)(p.mask - mask));
	in_row(c, CM_COL_PAYLOAD, cm_span_part(row, f->cut, f->payload_len));
	c->own->len = (size_t)(end - c->own->ptr);
	return CM_OK;
}

static enum cm_result
cut_packet(const struct cutting *c)
{
	const struct cm_row *row = c->row;
	const struct cm_record *r = row->record;
	struct cm_packet_form f = { .form = r->form,
		.tsresol = r->tsresol,
		.linktype = r->linktype,
		.tsoffset = r->tsoffset };
	struct cm_layers l;
	struct cm_span data;

	if (!cm_packet_frame_of(&f, row->bytes.ptr, row->bytes.len) || f.row_len != row->bytes.len)
		return cut_other(c);
	data = cm_span_part(row->bytes, f.data_at, f.cap_len);
	cm_layers_walk(data, f.linktype, &l);
	f.cut = f.data_at + l.payload_at;
	f.payload_len = l.payload_end - l.payload_at;
	return put_packet(c, &f, data, &l);
}

/* Values go to their columns, all other bytes to `rest`. */
static enum cm_result
cut_members(const struct cutting *c)
{
	const struct cm_span row = c->row->bytes;
	struct cm_slice slice[CM_COLUMNS_MAX];
	size_t rest = c->schema->n - 1, own = c->own->len, n = 0, i, at = 0;

	if (c->row->continues || !cm_slices_find(c->schema, row, false, slice, &n)) {
		in_row(c, rest, row);
		return CM_OK;
	}
	for (i = 0; i < n; i++) {
		in_row(c, slice[i].column, cm_span_part(row, slice[i].at, slice[i].len));
		cm_buf_add_span(c->own, cm_span_part(row, at, slice[i].at - at));
		at = slice[i].at + slice[i].len;
	}
	cm_buf_add_span(c->own, cm_span_part(row, at, row.len));
	in_own(c, rest, own, c->own->len - own);
	return CM_OK;
}

static enum cm_result
cut(const struct cutting *c)
{
	enum cm_result rc = CM_E_USAGE;
	size_t i;

	for (i = 0; i < c->schema->n; i++)
		c->cell[i] = (struct cm_tile_cell) { 0 };
	switch (c->schema->kind) {
	case CM_KIND_CAPTURE:
		rc = c->row->record->cut ? cut_packet(c) : cut_other(c);
		break;
	case CM_KIND_RECORDS:
		rc = cut_members(c);
		break;
	case CM_KIND_LINES:
	case CM_KIND_BLOB:
		in_row(c, 0, c->row->bytes);
		rc = CM_OK;
		break;
	}
	return rc == CM_OK && !cm_buf_ok(c->own) ? CM_E_NOMEM : rc;
}

enum cm_result
cm_cut(struct cm_cutter *c, const struct cm_row *row, struct cm_cells *out)
{
	struct cm_tile_cell cell[CM_COLUMNS_MAX];
	const struct cutting cutting = { c->schema, row, &c->own, cell };
	enum cm_result rc;
	size_t i;

	cm_buf_clear(&c->own);
	rc = cut(&cutting);
	if (rc != CM_OK)
		return rc;
	for (i = 0; i < c->schema->n; i++)
		out->cell[i] = cm_tile_cell_value(&cell[i], &c->own);
	out->offset = row->offset;
	return CM_OK;
}

/* The row's bytes will not stay: its cells go to the tile. */
static void
keep(const struct cutting *c)
{
	size_t i, at;

	for (i = 0; i < c->schema->n; i++) {
		if (c->cell[i].ptr == NULL)
			continue;
		at = c->own->len;
		cm_buf_add(c->own, c->cell[i].ptr, c->cell[i].len);
		in_own(c, i, at, c->cell[i].len);
	}
}

/* Rows lie one behind the other and are read twice, first a header here and there, then all:
 * asks for as much of what comes later as this row is long.  Asking for what is not there
 * does no harm. */
static void
look_ahead(struct cm_span row)
{
	const uintptr_t from = (uintptr_t)row.ptr + AHEAD, to = from + row.len;
	uintptr_t at;

	for (at = from & ~(uintptr_t)63; at < to; at += 64)
		__builtin_prefetch((const void *)at, 0, 2);
}

enum cm_result
cm_cut_to_tile(
    const struct cm_schema *schema, const struct cm_row *row, bool stays, struct cm_tile *t)
{
	const struct cutting c = { schema, row, &t->bytes, cm_tile_next(t) };
	enum cm_result rc;

	if (stays)
		look_ahead(row->bytes);
	rc = cut(&c);
	if (rc == CM_OK && !stays)
		keep(&c);
	if (rc == CM_OK && !cm_buf_ok(&t->bytes))
		rc = CM_E_NOMEM;
	if (rc == CM_OK)
		cm_tile_count(t, row->offset);
	return rc;
}

void
cm_cutter_release(struct cm_cutter *c)
{
	cm_buf_release(&c->own);
	cm_buf_release(&c->joined);
}
