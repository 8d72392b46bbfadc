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

static enum cm_result
seek(struct cm_table_rows *r, struct cm_err *err)
{
	/* only an index lets rows be passed over */
	if (!r->must_seek || r->in->index.len == 0)
		return CM_OK;
	r->must_seek = false;
	return r->in->source.seek(
	    r->in->source.arg, r->next, cm_index_offset(r->in->index, r->next), err);
}

/* Does the plan open some row of [from, from+16)?  Asked with rows ascending. */
static bool
opens_some(struct cm_table_rows *r, uint64_t from)
{
	const struct cm_plan *p = r->in->plan;

	while (r->range < p->n && p->range[r->range].to <= from)
		r->range++;
	return r->range < p->n && p->range[r->range].from < from + CM_GROUP_ROWS;
}

/* Up to where rows are read at once. */
static uint64_t
stretch(struct cm_table_rows *r)
{
	uint64_t rows = r->in->seal->rows, end = (r->next / CM_TILE_ROWS + 1) * CM_TILE_ROWS, at;

	end = end < rows ? end : rows;
	if (!r->passes)
		return end;
	for (at = (r->next / CM_GROUP_ROWS + 1) * CM_GROUP_ROWS; at < end && opens_some(r, at);)
		at += CM_GROUP_ROWS;
	return at < end ? at : end;
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
	uint64_t end = stretch(r);

	cm_tile_begin(&r->tile, r->next);
	while (rc == CM_OK && !cm_tile_is_full(&r->tile) && r->next < end) {
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
	struct cm_cells cells = { .offset = 0 };
	size_t c;

	memcpy(r->leaf[row % CM_TILE_ROWS], r->hash.leaf[i], CM_HASH_LEN);
	if (r->in->index.len > 0 && memcmp(cm_index_check(r->in->index, r->in->seal->rows, row),
					r->hash.leaf[i], CM_INDEX_CHECK) != 0)
		return cm_table_differs(r->diff, row, row, "has changed since", err);
	if (r->in->seal->schema.kind != CM_KIND_CAPTURE)
		return CM_OK;
	for (c = 0; c < r->tile.columns; c++)
		cells.cell[c] = cm_tile_value(&r->tile, i, c);
	return cm_plan_checker_row(r->checker, row, &cells, err);
}

/* A group that is read to its end has the node that the index says. */
static enum cm_result
check_group(struct cm_table_rows *r, uint64_t first, size_t n, struct cm_err *err)
{
	size_t i = (size_t)(first % CM_TILE_ROWS);
	uint8_t *node = r->group[i / CM_GROUP_ROWS];

	if (r->hash.n == CM_TILE_ROWS)
		memcpy(node, r->hash.group[i / CM_GROUP_ROWS], CM_HASH_LEN);
	else
		cm_tree_of(r->leaf[i], n, node);
	if (r->in->index.len > 0 && memcmp(cm_index_node(r->in->index, first), node, CM_HASH_LEN) != 0)
		return cm_table_differs(r->diff, first, first + n - 1, "has changed since", err);
	return CM_OK;
}

/* Those that end with one of the rows at hand. */
static enum cm_result
check_groups(struct cm_table_rows *r, struct cm_err *err)
{
	uint64_t first = r->tile.first & ~(uint64_t)(CM_GROUP_ROWS - 1), rows = r->in->seal->rows, end;
	enum cm_result rc = CM_OK;

	for (; rc == CM_OK && first < r->next; first += CM_GROUP_ROWS) {
		end = first + CM_GROUP_ROWS < rows ? first + CM_GROUP_ROWS : rows;
		if (end <= r->next)
			rc = check_group(r, first, (size_t)(end - first), err);
	}
	return rc;
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
	return rc == CM_OK ? check_groups(r, err) : rc;
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
	r->next = row;
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
