#include "codec/cbor.h"
#include "seal/opening_form.h"

static void
put_array(struct cm_buf *b, uint64_t items, enum cm_item first)
{
	cm_cbor_put_head(b, CM_CBOR_ARRAY, items);
	cm_cbor_put_head(b, CM_CBOR_UINT, first);
}

static void
put_hash(struct cm_buf *b, const uint8_t hash[CM_HASH_LEN])
{
	cm_cbor_put_bytes(b, cm_span_of(hash, CM_HASH_LEN));
}

void
cm_opening_put_header(struct cm_buf *b, const uint8_t statement[CM_HASH_LEN])
{
	cm_cbor_put_head(b, CM_CBOR_MAP, 2);
	cm_cbor_put_text(b, "v");
	cm_cbor_put_head(b, CM_CBOR_UINT, 1);
	cm_cbor_put_text(b, "statement");
	put_hash(b, statement);
}

void
cm_opening_put_seed(
    struct cm_buf *b, size_t column, unsigned h, uint64_t a, const uint8_t seed[CM_HASH_LEN])
{
	put_array(b, 5, CM_ITEM_SEED);
	cm_cbor_put_head(b, CM_CBOR_UINT, column);
	cm_cbor_put_head(b, CM_CBOR_UINT, h);
	cm_cbor_put_head(b, CM_CBOR_UINT, a);
	put_hash(b, seed);
}

void
cm_opening_put_row(struct cm_buf *b, size_t cells)
{
	put_array(b, 2, CM_ITEM_ROW);
	cm_cbor_put_head(b, CM_CBOR_ARRAY, cells);
}

static void
put_cell_array(
    struct cm_buf *b, uint64_t items, enum cm_cell_form form, const struct cm_opened_cell *c)
{
	cm_cbor_put_head(b, CM_CBOR_ARRAY, items);
	cm_cbor_put_head(b, CM_CBOR_UINT, form);
	put_hash(b, c->hash);
}

void
cm_opening_put_cell(struct cm_buf *b, const struct cm_opened_cell *cell)
{
	switch (cell->state) {
	case CM_CELL_SHUT:
		put_cell_array(b, 2, CM_CELL_FORM_SHUT, cell);
		return;
	case CM_CELL_TIED:
		put_cell_array(b, 2, CM_CELL_FORM_TIED, cell);
		return;
	case CM_CELL_NAMED:
		put_cell_array(b, 3, CM_CELL_FORM_NAMED, cell);
		cm_cbor_put_bytes(b, cell->value);
		return;
	case CM_CELL_OPEN:
		cm_cbor_put_bytes(b, cell->value);
		return;
	}
}

void
cm_opening_put_skip(struct cm_buf *b, uint64_t count, const uint8_t hash[CM_HASH_LEN])
{
	put_array(b, 3, CM_ITEM_SKIP);
	cm_cbor_put_head(b, CM_CBOR_UINT, count);
	put_hash(b, hash);
}

void
cm_opening_put_end(struct cm_buf *b, const uint8_t *file_key)
{
	put_array(b, file_key == NULL ? 1 : 2, CM_ITEM_END);
	if (file_key != NULL)
		put_hash(b, file_key);
}
