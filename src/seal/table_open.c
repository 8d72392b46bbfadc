#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "codec/cbor.h"
#include "seal/hasher.h"
#include "seal/opening_form.h"
#include "seal/table.h"
#include "seal/tree.h"

#define FLUSH_AT 65536u

/* Of a column: to which row its live seed and its run of open cells reach. */
struct reach {
	uint64_t seed, run;
};

struct opener {
	const struct cm_table_open *in;
	const struct cm_schema *schema;
	const struct cm_sink *sink;
	struct cm_table_diff *diff;
	struct cm_plan_checker *checker;
	struct cm_hasher hasher;
	struct reach reach[CM_COLUMNS_MAX];
	struct cm_tree tree; /* of all rows */
	struct cm_tree tile; /* of the rows of the tile being read */
	bool has_tail;       /* a last, incomplete subtree: */
	uint8_t tail[CM_HASH_LEN];
	bool passes;           /* tiles of shut rows are passed over without reading them: */
	bool must_seek;        /* some were */
	size_t range;          /* first of the plan that does not end before `at` */
	uint64_t at;           /* the next row */
	struct cm_cells cells; /* of the row read last */
	struct cm_row_hash hash;
	struct cm_buf buf;
};

static enum cm_result
differs(struct opener *o, uint64_t first, uint64_t last, const char *how, struct cm_err *err)
{
	if (o->diff != NULL) {
		o->diff->differs = true;
		o->diff->first = first;
		o->diff->last = last;
	}
	if (first == last)
		return cm_err_set(err, CM_E_REFUSED,
		    "the exhibit is not what was sealed: row %" PRIu64 " %s", first, how);
	return cm_err_set(err, CM_E_REFUSED,
	    "the exhibit is not what was sealed: one of the rows %" PRIu64 " to %" PRIu64 " %s",
	    first, last, how);
}

/* The index record of the tile that holds ${row}; NULL: there is no index. */
static const uint8_t *
index_of(const struct opener *o, uint64_t row)
{
	if (o->in->index.len == 0)
		return NULL;
	return o->in->index.ptr + (row >> CM_TILE_LEVEL) * CM_INDEX_RECORD;
}

static enum cm_result
check_tile(struct opener *o, uint64_t row, struct cm_err *err)
{
	const uint8_t *index = index_of(o, row);
	uint64_t first = row & ~(uint64_t)(CM_TILE_ROWS - 1);
	uint8_t node[CM_HASH_LEN];

	cm_tree_add(&o->tile, 0, o->hash.leaf);
	if (index == NULL)
		return CM_OK;
	if (memcmp(index + CM_INDEX_HEAD + CM_INDEX_CHECK * (row - first), o->hash.leaf,
		CM_INDEX_CHECK) != 0)
		return differs(o, row, row, "has changed since", err);
	if (row + 1 - first < CM_TILE_ROWS && row + 1 < o->in->seal->rows)
		return CM_OK;
	cm_tree_root(&o->tile, NULL, node);
	o->tile = (struct cm_tree) { 0 };
	if (memcmp(index + 8, node, CM_HASH_LEN) != 0)
		return differs(o, first, row, "has changed since", err);
	return CM_OK;
}

static enum cm_result
seek(struct opener *o, struct cm_err *err)
{
	const uint8_t *index = index_of(o, o->at);

	/* only an index lets rows be passed over */
	if (!o->must_seek || index == NULL)
		return CM_OK;
	o->must_seek = false;
	return o->in->source.seek(o->in->source.arg, o->at, cm_get64(index), err);
}

/* Reads the row `at`, and compares it with the seal as far as one row can be. */
static enum cm_result
read_row(struct opener *o, struct cm_err *err)
{
	enum cm_result rc = seek(o, err);

	if (rc != CM_OK)
		return rc;
	rc = o->in->source.next(o->in->source.arg, &o->cells, err);
	if (rc == CM_E_NOTFOUND)
		return differs(o, o->at, o->at, "is missing", err);
	if (rc != CM_OK)
		return rc;
	cm_hasher_row(&o->hasher, o->at, &o->cells, &o->hash);
	if (o->diff != NULL)
		o->diff->compared++;
	rc = check_tile(o, o->at, err);
	if (rc != CM_OK)
		return rc;
	return cm_plan_checker_row(o->checker, o->at, &o->cells, err);
}

/* Hashes whole tiles by the index alone. */
static void
pass_over(struct opener *o, uint64_t count, struct cm_tree *skip, const uint8_t **tail)
{
	uint64_t end = o->at + count, row;

	for (row = o->at; row < end; row += CM_TILE_ROWS) {
		if (end - row >= CM_TILE_ROWS)
			cm_tree_add(skip, CM_TILE_LEVEL, index_of(o, row) + 8);
		else
			*tail = index_of(o, row) + 8;
	}
	o->must_seek = true;
}

static enum cm_result
read_over(struct opener *o, uint64_t count, struct cm_tree *skip, struct cm_err *err)
{
	uint64_t end = o->at + count;
	enum cm_result rc;

	for (; o->at < end; o->at++) {
		rc = read_row(o, err);
		if (rc != CM_OK)
			return rc;
		cm_tree_add(skip, 0, o->hash.leaf);
	}
	o->at -= count;
	return CM_OK;
}

/* Whole tiles, the last one of which may be that of the table. */
static bool
are_tiles(const struct opener *o, uint64_t count)
{
	return o->at % CM_TILE_ROWS == 0 &&
	       (count >= CM_TILE_ROWS || o->at + count == o->in->seal->rows);
}

/* The rows from `at` to ${to} stay shut: the largest subtree of them goes out as one hash. */
static enum cm_result
skip(struct opener *o, uint64_t to, struct cm_err *err)
{
	uint64_t count = cm_tree_largest(o->in->seal->rows, o->at, to);
	bool index_does = o->passes && are_tiles(o, count);
	struct cm_tree sub = { 0 };
	const uint8_t *tail = NULL;
	uint8_t hash[CM_HASH_LEN];
	enum cm_result rc = CM_OK;

	if (index_does)
		pass_over(o, count, &sub, &tail);
	else
		rc = read_over(o, count, &sub, err);
	if (rc != CM_OK)
		return rc;
	cm_tree_root(&sub, tail, hash);
	cm_opening_put_skip(&o->buf, count, hash);
	if (cm_is_pow2(count) && o->at % count == 0) {
		cm_tree_add(&o->tree, cm_tree_level(count), hash);
	} else {
		o->has_tail = true;
		memcpy(o->tail, hash, CM_HASH_LEN);
	}
	o->at += count;
	return CM_OK;
}

/* First row at or behind `at` at which column ${c} is shut. */
static uint64_t
run_end(const struct opener *o, size_t c)
{
	const struct cm_plan *p = o->in->plan;
	uint64_t end = o->at;
	size_t i;

	for (i = o->range; i < p->n && p->range[i].from <= end; i++) {
		if (!(p->range[i].open & cm_column_bit(c)))
			break;
		end = p->range[i].to;
	}
	return end;
}

/* The largest seed that begins at this row and opens nothing but open cells. */
static void
put_seed(struct opener *o, size_t c)
{
	struct reach *r = &o->reach[c];
	unsigned h = 0;

	if (r->run <= o->at)
		r->run = run_end(o, c);
	while (h < CM_SEED_TOP && (o->at & ((uint64_t)1 << h)) == 0 &&
	       (uint64_t)2 << h <= r->run - o->at)
		h++;
	cm_opening_put_seed(
	    &o->buf, c, h, o->at >> h, cm_seeds_at(&o->hasher.seeds[c], (uint8_t)h, o->at >> h));
	r->seed = o->at + ((uint64_t)1 << h);
}

static void
fill_cell(struct opener *o, size_t c, const struct cm_plan_range *r, struct cm_opened_cell *cell)
{
	struct cm_span value = o->cells.cell[c];

	cell->state = cm_plan_state(r, o->schema, c);
	cell->value = value;
	switch (cell->state) {
	case CM_CELL_SHUT:
		memcpy(cell->hash, o->hash.cell[c], CM_HASH_LEN);
		break;
	case CM_CELL_TIED:
		memcpy(cell->hash, o->hash.tie[c], CM_HASH_LEN);
		break;
	case CM_CELL_NAMED:
		cm_names_of(&o->hasher.names, o->schema->column[c].link, value, cell->hash, NULL);
		break;
	case CM_CELL_OPEN:
		break;
	}
}

static enum cm_result
open_row(struct opener *o, const struct cm_plan_range *r, struct cm_err *err)
{
	struct cm_opened_cell cell;
	enum cm_result rc;
	size_t c;

	/* salts after seeds: both walk the same way down */
	for (c = 0; c < o->schema->n; c++)
		if ((r->open & cm_column_bit(c)) && o->reach[c].seed <= o->at)
			put_seed(o, c);
	rc = read_row(o, err);
	if (rc != CM_OK)
		return rc;
	cm_opening_put_row(&o->buf, o->schema->n);
	for (c = 0; c < o->schema->n; c++) {
		fill_cell(o, c, r, &cell);
		cm_opening_put_cell(&o->buf, &cell);
	}
	cm_tree_add(&o->tree, 0, o->hash.leaf);
	o->at++;
	return CM_OK;
}

static enum cm_result
flush(struct opener *o, size_t at_least, struct cm_err *err)
{
	enum cm_result rc;

	if (!cm_buf_ok(&o->buf))
		return cm_err_set(err, CM_E_NOMEM, "out of memory for a row");
	if (o->buf.len < at_least)
		return CM_OK;
	rc = cm_sink_write(o->sink, o->buf.ptr, o->buf.len);
	cm_buf_clear(&o->buf);
	return rc == CM_OK ? CM_OK : cm_err_set(err, rc, "the opening could not be written");
}

static enum cm_result
all_rows(struct opener *o, struct cm_err *err)
{
	const struct cm_plan *p = o->in->plan;
	uint64_t n = o->in->seal->rows, next;
	const struct cm_plan_range *r;
	enum cm_result rc;

	while (o->at < n) {
		while (o->range < p->n && p->range[o->range].to <= o->at)
			o->range++;
		r = o->range < p->n ? &p->range[o->range] : NULL;
		next = r == NULL ? n : r->from;
		rc = next > o->at ? skip(o, next, err) : open_row(o, r, err);
		if (rc == CM_OK)
			rc = flush(o, FLUSH_AT, err);
		if (rc != CM_OK)
			return rc;
	}
	return CM_OK;
}

static enum cm_result
check_end(struct opener *o, struct cm_err *err)
{
	uint64_t n = o->in->seal->rows;
	uint8_t root[CM_HASH_LEN];
	enum cm_result rc;

	if (!o->must_seek) {
		rc = o->in->source.next(o->in->source.arg, &o->cells, err);
		if (rc == CM_OK)
			return differs(o, n, n, "is more than was sealed", err);
		if (rc != CM_E_NOTFOUND)
			return rc;
	}
	cm_tree_root(&o->tree, o->has_tail ? o->tail : NULL, root);
	if (memcmp(root, o->in->seal->root, CM_HASH_LEN) != 0)
		return differs(o, 0, n == 0 ? 0 : n - 1, "has changed since", err);
	return CM_OK;
}

static bool
opens_all(const struct cm_plan *p, const struct cm_seal *seal)
{
	cm_columns all = seal->schema.n == 64 ? ~(cm_columns)0 : cm_column_bit(seal->schema.n) - 1;
	uint64_t at = 0;
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (p->range[i].from != at || p->range[i].open != all || p->range[i].tied != 0)
			return false;
		at = p->range[i].to;
	}
	return at == seal->rows;
}

static enum cm_result
check_question(const struct cm_table_open *in, struct cm_err *err)
{
	if (memcmp(in->seal->x, in->secret->x, CM_HASH_LEN) != 0)
		return cm_err_set(err, CM_E_USAGE, "this secret belongs to another exhibit");
	if (in->index.len > 0 && in->index.len < cm_index_len(in->seal->rows))
		return cm_err_set(err, CM_E_USAGE, "this index belongs to another exhibit");
	if (in->with_file && (!in->seal->has_file || !opens_all(in->plan, in->seal)))
		return cm_err_set(err, CM_E_USAGE,
		    "the digest of the file can be opened only with every cell, and if it was "
		    "sealed");
	return CM_OK;
}

/* Of how many rows is `mask` opened? */
static uint64_t
masks(const struct cm_plan *p)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->range[i].open & cm_column_bit(CM_COL_MASK))
			n += p->range[i].to - p->range[i].from;
	return n;
}

/* Reads the tiles of a range of which `mask` is opened, for the checker alone. */
static enum cm_result
look_at(struct opener *o, const struct cm_plan_range *r, uint64_t *at, struct cm_err *err)
{
	uint64_t tile = r->from & ~(uint64_t)(CM_TILE_ROWS - 1);
	const uint8_t *index = index_of(o, tile);
	enum cm_result rc = CM_OK;

	if (index != NULL && (*at < tile || *at > r->from)) {
		*at = tile;
		rc = o->in->source.seek(o->in->source.arg, tile, cm_get64(index), err);
	}
	for (; rc == CM_OK && *at < r->to; ++*at) {
		rc = o->in->source.next(o->in->source.arg, &o->cells, err);
		if (rc == CM_OK && *at >= r->from)
			cm_plan_checker_look(o->checker, &o->cells);
	}
	/* what is missing is named when its turn comes */
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

/* May tiles be passed over?  Where `mask` is opened that depends on the rows where it is; if
 * these are many, looking at them first would save nothing. */
static enum cm_result
find_passes(struct opener *o, struct cm_err *err)
{
	const struct cm_plan *p = o->in->plan;
	uint64_t at = UINT64_MAX;
	enum cm_result rc = CM_OK;
	size_t i;

	if (o->in->source.seek == NULL || o->in->index.len == 0)
		return CM_OK;
	if (cm_plan_checker_needs_all(o->checker) && masks(p) <= o->in->seal->rows / 2) {
		for (i = 0; rc == CM_OK && i < p->n; i++)
			if (p->range[i].open & cm_column_bit(CM_COL_MASK))
				rc = look_at(o, &p->range[i], &at, err);
		cm_plan_checker_looked(o->checker);
		o->must_seek = true;
	}
	o->passes = !cm_plan_checker_needs_all(o->checker);
	return rc;
}

static enum cm_result
write_all(struct opener *o, struct cm_err *err)
{
	uint8_t key[CM_HASH_LEN];
	enum cm_result rc;

	cm_opening_put_header(&o->buf, o->in->seal->statement);
	rc = find_passes(o, err);
	if (rc == CM_OK)
		rc = all_rows(o, err);
	if (rc == CM_OK)
		rc = check_end(o, err);
	if (rc != CM_OK)
		return rc;
	cm_table_file_key(o->in->secret, key);
	cm_opening_put_end(&o->buf, o->in->with_file ? key : NULL);
	explicit_bzero(key, sizeof(key));
	return flush(o, 0, err);
}

static void
opener_free(struct opener *o)
{
	cm_plan_checker_free(o->checker);
	cm_hasher_fini(&o->hasher);
	cm_buf_release(&o->buf);
	free(o);
}

enum cm_result
cm_table_open(const struct cm_table_open *in, const struct cm_sink *out, struct cm_table_diff *diff,
    struct cm_err *err)
{
	enum cm_result rc = check_question(in, err);
	struct opener *o;

	if (diff != NULL)
		*diff = (struct cm_table_diff) { 0 };
	if (rc != CM_OK)
		return rc;
	o = calloc(1, sizeof(*o));
	if (o == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	o->in = in;
	o->schema = &in->seal->schema;
	o->sink = out;
	o->diff = diff;
	rc = cm_plan_checker_new(in->plan, o->schema, in->seal->rows, &o->checker, err);
	if (rc == CM_OK)
		rc = cm_hasher_init(&o->hasher, o->schema, in->secret);
	if (rc == CM_OK)
		rc = write_all(o, err);
	opener_free(o);
	return rc == CM_OK ? CM_OK : cm_err_set(err, rc, "%s", cm_result_word(rc));
}
