/* Opened rows of lines, records and blobs: cells, and no more to understand. */
#include "dossier/view.h"

static size_t
count_open(const struct cm_opened_row *in)
{
	size_t c, n = 0;

	for (c = 0; c < in->n; c++)
		n += in->cell[c].state == CM_CELL_OPEN;
	return n;
}

static CM_RESULT
take(const struct cm_opened_row *in, struct cm_arena *arena, struct cm_shown_cells *out)
{
	struct cm_span *value = cm_arena_array(arena, count_open(in) + 1, sizeof(*value));
	size_t c, n = 0;

	if (value == NULL)
		return CM_E_NOMEM;
	*out = (struct cm_shown_cells) { .row = in->row, .value = value };
	for (c = 0; c < in->n; c++) {
		if (in->cell[c].state != CM_CELL_OPEN)
			continue;
		out->open |= cm_column_bit(c);
		value[n++] = in->cell[c].value;
	}
	return CM_OK;
}

enum cm_result
cm_view_cells(struct cm_opening *opening, struct cm_arena *arena, struct cm_shown_exhibit *x, struct cm_err *err)
{
	size_t n = (size_t)x->shows.rows;
	struct cm_shown_cells *cells = cm_arena_array(arena, n + 1, sizeof(*cells));
	const struct cm_opened_row *in;
	enum cm_result rc = cells != NULL ? CM_OK : CM_E_NOMEM;

	cm_opening_rewind(opening);
	while (rc == CM_OK && x->n_cells < n) {
		rc = cm_opening_next(opening, &in);
		if (rc == CM_OK)
			rc = take(in, arena, &cells[x->n_cells]);
		x->n_cells += rc == CM_OK;
	}
	x->cells = cells;
	return rc == CM_OK ? CM_OK : cm_err_set(err, rc, "no memory for the rows that are open");
}
