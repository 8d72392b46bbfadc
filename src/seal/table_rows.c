#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "seal/table_rows.h"

enum cm_result
cm_table_rows_init(struct cm_table_rows *r, const struct cm_table_open *in,
    struct cm_plan_checker *checker, struct cm_table_diff *diff)
{
	enum cm_result rc = CM_OK;
	size_t i;

	r->in = in;
	r->checker = checker;
	r->diff = diff;
	r->piece = calloc(CM_TABLE_AHEAD, sizeof(r->piece[0]));
	if (r->piece == NULL)
		return CM_E_NOMEM;
	for (i = 0; rc == CM_OK && i < CM_TABLE_AHEAD; i++)
		rc = cm_tile_init(&r->piece[i].tile, &in->seal->schema);
	for (i = 0; rc == CM_OK && i < 2; i++)
		rc = cm_tile_hasher_new(&in->seal->schema, in->secret, &r->hasher[i]);
	return rc;
}

void
cm_table_rows_fini(struct cm_table_rows *r)
{
	size_t i;

	for (i = 0; r->piece != NULL && i < CM_TABLE_AHEAD; i++)
		cm_tile_release(&r->piece[i].tile);
	for (i = 0; i < 2; i++)
		cm_tile_hasher_free(r->hasher[i]);
	free(r->piece);
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

/* ---- reading ahead ---- */

/* Only an index lets the source stand elsewhere. */
static enum cm_result
seek(struct cm_table_rows *r, uint64_t row, struct cm_err *err)
{
	if (r->stands == row || r->in->index.len == 0)
		return CM_OK;
	r->stands = row;
	return r->in->source.seek(r->in->source.arg, row, cm_index_offset(r->in->index, row), err);
}

/* The first row of the plan that lies at or behind ${from}, which only ascends; UINT64_MAX:
 * there is none. */
static uint64_t
next_open(struct cm_table_rows *r, uint64_t from)
{
	const struct cm_plan *p = r->in->plan;

	while (r->range < p->n && p->range[r->range].to <= from)
		r->range++;
	if (r->range == p->n)
		return UINT64_MAX;
	return p->range[r->range].from > from ? p->range[r->range].from : from;
}

/* Where a piece ends that begins at ${from}. */
static uint64_t
stretch(struct cm_table_rows *r, uint64_t from)
{
	uint64_t rows = r->in->seal->rows, end = (from / CM_TILE_ROWS + 1) * CM_TILE_ROWS, at;

	end = end < rows ? end : rows;
	if (!r->passes)
		return end;
	at = (from / CM_GROUP_ROWS + 1) * CM_GROUP_ROWS;
	while (at < end && next_open(r, at) < at + CM_GROUP_ROWS)
		at += CM_GROUP_ROWS;
	return at < end ? at : end;
}

/* Where the piece behind one that ends at ${at} begins. */
static uint64_t
behind(struct cm_table_rows *r, uint64_t at)
{
	uint64_t open;

	if (!r->passes || at % CM_GROUP_ROWS != 0)
		return at;
	open = next_open(r, at);
	return open == UINT64_MAX ? open : open & ~(uint64_t)(CM_GROUP_ROWS - 1);
}

static enum cm_result
add_row(struct cm_table_rows *r, struct cm_tile *tile, struct cm_err *err)
{
	const struct cm_cell_source *s = &r->in->source;
	struct cm_cells cells;
	enum cm_result rc;

	if (s->add != NULL)
		return s->add(s->arg, tile, err);
	rc = s->next(s->arg, &cells, err);
	return rc == CM_OK ? cm_tile_add(tile, &cells) : rc;
}

/* CM_E_NOTFOUND: the rows end before the table does. */
static void
read_piece(struct cm_table_rows *r, struct cm_table_piece *p, uint64_t from)
{
	uint64_t end = stretch(r, from);

	cm_tile_begin(&p->tile, from);
	p->err = (struct cm_err) { 0 };
	p->end = seek(r, from, &p->err);
	while (p->end == CM_OK && !cm_tile_is_full(&p->tile) && r->stands < end) {
		p->end = add_row(r, &p->tile, &p->err);
		r->stands += p->end == CM_OK;
	}
}

struct half {
	struct cm_table_rows *r;
	struct cm_tile_hasher *hasher;
	size_t from, to;
};

static void
hash_half(void *arg)
{
	struct half *h = arg;
	size_t i;

	for (i = h->from; i < h->to; i++)
		cm_tile_hash(h->hasher, &h->r->piece[i].tile, &h->r->piece[i].hash);
}

static void
read_ahead(struct cm_table_rows *r)
{
	uint64_t at = r->next;
	struct half one = { r, r->hasher[0], 0, 0 }, other = { r, r->hasher[1], 0, 0 };
	struct cm_table_piece *p;

	r->n_seen = 0;
	for (r->n_pieces = 0; r->n_pieces < CM_TABLE_AHEAD && at < r->in->seal->rows;) {
		p = &r->piece[r->n_pieces++];
		read_piece(r, p, at);
		if (p->end != CM_OK)
			break;
		at = behind(r, r->stands);
	}
	one.to = other.from = r->n_pieces / 2;
	other.to = r->n_pieces;
	cm_together_do(r->in->together, hash_half, &one, hash_half, &other);
}

/* ---- rows in their turn ---- */

/* One row of the tile: is it the one that was sealed, and may it be opened so? */
static enum cm_result
check_row(struct cm_table_rows *r, size_t i, struct cm_err *err)
{
	uint64_t row = r->now->tile.first + i;
	struct cm_cells cells = { .offset = 0 };
	size_t c;

	memcpy(r->leaf[row % CM_TILE_ROWS], r->now->hash.leaf[i], CM_HASH_LEN);
	if (r->in->index.len > 0 && memcmp(cm_index_check(r->in->index, r->in->seal->rows, row),
					r->now->hash.leaf[i], CM_INDEX_CHECK) != 0)
		return cm_table_differs(r->diff, row, row, "has changed since", err);
	if (r->in->seal->schema.kind != CM_KIND_CAPTURE)
		return CM_OK;
	for (c = 0; c < r->now->tile.columns; c++)
		cells.cell[c] = cm_tile_value(&r->now->tile, i, c);
	return cm_plan_checker_row(r->checker, row, &cells, err);
}

/* A group that is read to its end has the node that the index says. */
static enum cm_result
check_group(struct cm_table_rows *r, uint64_t first, size_t n, struct cm_err *err)
{
	size_t i = (size_t)(first % CM_TILE_ROWS);
	uint8_t *node = r->group[i / CM_GROUP_ROWS];

	if (r->now->hash.n == CM_TILE_ROWS)
		memcpy(node, r->now->hash.group[i / CM_GROUP_ROWS], CM_HASH_LEN);
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
	uint64_t first = r->now->tile.first & ~(uint64_t)(CM_GROUP_ROWS - 1), rows = r->in->seal->rows, end;
	enum cm_result rc = CM_OK;

	for (; rc == CM_OK && first < r->next; first += CM_GROUP_ROWS) {
		end = first + CM_GROUP_ROWS < rows ? first + CM_GROUP_ROWS : rows;
		if (end <= r->next)
			rc = check_group(r, first, (size_t)(end - first), err);
	}
	return rc;
}

/* What was read ahead is what comes next, unless somebody passed over more than the plan does. */
static const struct cm_table_piece *
next_piece(struct cm_table_rows *r)
{
	if (r->n_seen < r->n_pieces && r->piece[r->n_seen].tile.first != r->next) {
		r->range = 0;
		r->n_seen = r->n_pieces;
	}
	if (r->n_seen == r->n_pieces)
		read_ahead(r);
	return &r->piece[r->n_seen++];
}

static enum cm_result
take_piece(struct cm_table_rows *r, struct cm_err *err)
{
	const struct cm_table_piece *p = r->now = next_piece(r);
	enum cm_result rc = CM_OK;
	size_t i;

	if (p->end != CM_OK && p->end != CM_E_NOTFOUND) {
		if (err != NULL && err->code == CM_OK)
			*err = p->err;
		return p->end;
	}
	r->next = p->tile.first + p->tile.n;
	if (r->diff != NULL)
		r->diff->compared += p->tile.n;
	for (i = 0; rc == CM_OK && i < p->tile.n; i++)
		rc = check_row(r, i, err);
	if (rc == CM_OK && p->end == CM_E_NOTFOUND)
		return cm_table_differs(r->diff, r->next, r->next, "is missing", err);
	return rc == CM_OK ? check_groups(r, err) : rc;
}

enum cm_result
cm_table_rows_to(struct cm_table_rows *r, uint64_t row, struct cm_err *err)
{
	enum cm_result rc = CM_OK;

	while (rc == CM_OK && r->next <= row)
		rc = take_piece(r, err);
	return rc;
}

void
cm_table_rows_pass(struct cm_table_rows *r, uint64_t row)
{
	r->next = row;
}

enum cm_result
cm_table_rows_end(struct cm_table_rows *r, struct cm_err *err)
{
	uint64_t n = r->in->seal->rows;
	struct cm_cells cells;
	enum cm_result rc;

	if (r->stands != n)
		return CM_OK;
	rc = r->in->source.next(r->in->source.arg, &cells, err);
	if (rc == CM_OK)
		return cm_table_differs(r->diff, n, n, "is more than was sealed", err);
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}
