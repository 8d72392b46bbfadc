#include <inttypes.h>
#include <string.h>

#include "seal/table_rows.h"

enum cm_result
cm_table_rows_init(struct cm_table_rows *r, const struct cm_table_open *in,
    struct cm_plan_checker *checker, struct cm_table_diff *diff)
{
	enum cm_result rc;

	r->in = in;
	r->checker = checker;
	r->diff = diff;
	rc = cm_tile_init(&r->tile, &in->seal->schema);
	return rc == CM_OK ? cm_tile_hasher_new(&in->seal->schema, in->secret, &r->hasher) : rc;
}

void
cm_table_rows_fini(struct cm_table_rows *r)
{
	cm_tile_release(&r->tile);
	cm_tile_hasher_free(r->hasher);
}

enum cm_result
cm_table_differs(struct cm_table_diff *diff, uint64_t first, uint64_t last, const char *how,
    struct cm_err *err)
{
	if (diff != NULL) {
		diff->differs = true;
		diff->first = first;
		diff->last = last;
	}
	if (first == last)
		return cm_err_set(err, CM_E_REFUSED,
		    "the exhibit is not what was sealed: row %" PRIu64 " %s", first, how);
	return cm_err_set(err, CM_E_REFUSED,
	    "the exhibit is not what was sealed: one of the rows %" PRIu64 " to %" PRIu64 " %s",
	    first, last, how);
}

const uint8_t *
cm_table_index_of(const struct cm_table_open *in, uint64_t row)
{
	return in->index.len == 0 ? NULL
				  : in->index.ptr + (row >> CM_TILE_LEVEL) * CM_INDEX_RECORD;
}

static enum cm_result
seek(struct cm_table_rows *r, struct cm_err *err)
{
	const uint8_t *index = cm_table_index_of(r->in, r->next);

	/* only an index lets rows be passed over */
	if (!r->must_seek || index == NULL)
		return CM_OK;
	r->must_seek = false;
	return r->in->source.seek(r->in->source.arg, r->next, cm_get64(index), err);
}

static enum cm_result
add_row(struct cm_table_rows *r, struct cm_err *err)
{
	const struct cm_cell_source *s = &r->in->source;
	struct cm_cells cells;
	enum cm_result rc;

	if (s->add != NULL)
		return s->add(s->arg, &r->tile, err);
	rc = s->next(s->arg, &cells, err);
	return rc == CM_OK ? cm_tile_add(&r->tile, &cells) : rc;
}

/* CM_E_NOTFOUND: the rows end before the table does. */
static enum cm_result
fill_tile(struct cm_table_rows *r, struct cm_err *err)
{
	enum cm_result rc = CM_OK;

	cm_tile_begin(&r->tile, r->next);
	while (rc == CM_OK && !cm_tile_is_full(&r->tile) && r->next < r->in->seal->rows) {
		rc = add_row(r, err);
		r->next += rc == CM_OK;
	}
	return rc;
}

/* One row of the tile: is it the one that was sealed, and may it be opened so? */
static enum cm_result
check_row(struct cm_table_rows *r, size_t i, struct cm_err *err)
{
	uint64_t row = r->tile.first + i;
	const uint8_t *index = cm_table_index_of(r->in, row);
	struct cm_cells cells = { .offset = 0 };
	size_t c;

	memcpy(r->leaf[row % CM_TILE_ROWS], r->hash.leaf[i], CM_HASH_LEN);
	if (index != NULL &&
	    memcmp(index + CM_INDEX_HEAD + CM_INDEX_CHECK * (row % CM_TILE_ROWS), r->hash.leaf[i],
		CM_INDEX_CHECK) != 0)
		return cm_table_differs(r->diff, row, row, "has changed since", err);
	if (r->in->seal->schema.kind != CM_KIND_CAPTURE)
		return CM_OK;
	for (c = 0; c < r->tile.columns; c++)
		cells.cell[c] = cm_tile_value(&r->tile, i, c);
	return cm_plan_checker_row(r->checker, row, &cells, err);
}

/* A run that is read to its end has the node that the index says. */
static enum cm_result
check_run(struct cm_table_rows *r, struct cm_err *err)
{
	uint64_t last = r->next - 1, first = last & ~(uint64_t)(CM_TILE_ROWS - 1);
	const uint8_t *index = cm_table_index_of(r->in, last);

	if (r->next % CM_TILE_ROWS != 0 && r->next != r->in->seal->rows)
		return CM_OK;
	if (r->hash.n == CM_TILE_ROWS)
		memcpy(r->node, r->hash.node, CM_HASH_LEN);
	else
		cm_tree_of(r->leaf[0], (size_t)(r->next - first), r->node);
	if (index != NULL && memcmp(index + 8, r->node, CM_HASH_LEN) != 0)
		return cm_table_differs(r->diff, first, last, "has changed since", err);
	return CM_OK;
}

static enum cm_result
read_tile(struct cm_table_rows *r, struct cm_err *err)
{
	enum cm_result rc = seek(r, err), end;
	size_t i;

	if (rc != CM_OK)
		return rc;
	end = fill_tile(r, err);
	if (end != CM_OK && end != CM_E_NOTFOUND)
		return end;
	cm_tile_hash(r->hasher, &r->tile, &r->hash);
	if (r->diff != NULL)
		r->diff->compared += r->tile.n;
	for (i = 0; rc == CM_OK && i < r->tile.n; i++)
		rc = check_row(r, i, err);
	if (rc == CM_OK && end == CM_E_NOTFOUND)
		return cm_table_differs(r->diff, r->next, r->next, "is missing", err);
	return rc == CM_OK ? check_run(r, err) : rc;
}

enum cm_result
cm_table_rows_to(struct cm_table_rows *r, uint64_t row, struct cm_err *err)
{
	enum cm_result rc = CM_OK;

	while (rc == CM_OK && r->next <= row)
		rc = read_tile(r, err);
	return rc;
}

void
cm_table_rows_pass(struct cm_table_rows *r, uint64_t row)
{
	r->must_seek = true;
	r->next = row + CM_TILE_ROWS;
}

enum cm_result
cm_table_rows_end(struct cm_table_rows *r, struct cm_err *err)
{
	uint64_t n = r->in->seal->rows;
	struct cm_cells cells;
	enum cm_result rc;

	if (r->must_seek)
		return CM_OK;
	rc = r->in->source.next(r->in->source.arg, &cells, err);
	if (rc == CM_OK)
		return cm_table_differs(r->diff, n, n, "is more than was sealed", err);
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}
