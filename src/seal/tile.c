#include <stdlib.h>
#include <string.h>

#include "seal/tile.h"

enum cm_result
cm_tile_init(struct cm_tile *t, const struct cm_schema *schema)
{
	memset(t, 0, sizeof(*t));
	t->columns = schema->n;
	t->cell = calloc(CM_TILE_ROWS * t->columns, sizeof(*t->cell));
	return t->cell == NULL ? CM_E_NOMEM : CM_OK;
}

void
cm_tile_release(struct cm_tile *t)
{
	free(t->cell);
	cm_buf_release(&t->bytes);
	memset(t, 0, sizeof(*t));
}

void
cm_tile_begin(struct cm_tile *t, uint64_t first)
{
	t->first = first;
	t->n = 0;
	cm_buf_clear(&t->bytes);
}

bool
cm_tile_is_full(const struct cm_tile *t)
{
	return t->n > 0 &&
	       ((t->first + t->n) % CM_TILE_ROWS == 0 || t->bytes.len >= CM_TILE_BYTES);
}

enum cm_result
cm_tile_add(struct cm_tile *t, const struct cm_cells *cells)
{
	struct cm_tile_cell *to = cm_tile_next(t);
	size_t c;

	for (c = 0; c < t->columns; c++) {
		if (cells->cell[c].len > UINT32_MAX - t->bytes.len)
			return CM_E_LIMIT;
		to[c] = (struct cm_tile_cell) { NULL, (uint32_t)t->bytes.len,
			(uint32_t)cells->cell[c].len };
		cm_buf_add_span(&t->bytes, cells->cell[c]);
	}
	if (!cm_buf_ok(&t->bytes))
		return CM_E_NOMEM;
	cm_tile_count(t, cells->offset);
	return CM_OK;
}
