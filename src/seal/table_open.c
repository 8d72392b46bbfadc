#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "codec/cbor.h"
#include "seal/hasher.h"
#include "seal/opening_form.h"
#include "seal/seeds.h"
#include "seal/table_rows.h"
#include "merkle/tree.h"

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
	struct cm_table_rows rows;
	struct cm_names names;
	struct cm_seeds *seeds; /* one a column */
	struct reach reach[CM_COLUMNS_MAX];
	struct cm_tree tree; /* of all rows but the open ones of a run that is open so far: */
	size_t open;	     /* how many, from its first row on */
	bool has_tail;	     /* a last, incomplete subtree: */
	uint8_t tail[CM_HASH_LEN];
	size_t range; /* first of the plan that does not end before `at` */
	uint64_t at;  /* the next row */
	struct cm_buf buf;
};

/* The tile that is at hand, read from its first row to its last. */
static void
add_tile(const struct opener *o, struct cm_tree *to)
{
	uint8_t node[CM_HASH_LEN];

	if (o->rows.now->hash.n == CM_TILE_ROWS)
		memcpy(node, o->rows.now->hash.node, CM_HASH_LEN);
	else
		cm_tree_of(o->rows.group[0], CM_TILE_GROUPS, node);
	cm_tree_add(to, CM_TILE_LEVEL, node);
}

/* The row that is at hand goes into the tree: a run that is open from its first row to its
 * last as one node. */
static void
add_leaf(struct opener *o)
{
	if (o->open != o->at % CM_TILE_ROWS) {
		cm_tree_add(&o->tree, 0, cm_table_rows_leaf(&o->rows, o->at));
		return;
	}
	o->open++;
	if (o->open < CM_TILE_ROWS)
		return;
	o->open = 0;
	add_tile(o, &o->tree);
}

/* A run that is not open to its end: its leaves one by one. */
static void
break_run(struct opener *o)
{
	size_t i;

	for (i = 0; i < o->open; i++)
		cm_tree_add(&o->tree, 0, o->rows.leaf[i]);
	o->open = 0;
}

/* Hashes whole tiles and groups by the index alone; ${*tail}: of what is left at the end of
 * the table. */
static void
pass_over(struct opener *o, uint64_t count, struct cm_tree *skip, const uint8_t **tail)
{
	struct cm_span index = o->in->index;
	uint64_t end = o->at + count, row = o->at;

	while (row < end) {
		if (row % CM_TILE_ROWS == 0 && end - row >= CM_TILE_ROWS) {
			cm_tree_add(skip, CM_TILE_LEVEL, cm_index_tile(index, row));
			row += CM_TILE_ROWS;
		} else if (end - row >= CM_GROUP_ROWS) {
			cm_tree_add(skip, CM_GROUP_LEVEL, cm_index_node(index, row));
			row += CM_GROUP_ROWS;
		} else {
			*tail = cm_index_node(index, row);
			row = end;
		}
	}
	cm_table_rows_pass(&o->rows, end);
}

/* How many rows from ${row} on, before ${end}, have one node in the tree. */
static uint64_t
unit(uint64_t row, uint64_t end)
{
	if (row % CM_TILE_ROWS == 0 && end - row >= CM_TILE_ROWS)
		return CM_TILE_ROWS;
	return row % CM_GROUP_ROWS == 0 && end - row >= CM_GROUP_ROWS ? CM_GROUP_ROWS : 1;
}

static enum cm_result
read_over(struct opener *o, uint64_t count, struct cm_tree *skip, struct cm_err *err)
{
	uint64_t end = o->at + count, row = o->at, n;
	enum cm_result rc;

	for (; row < end; row += n) {
		n = unit(row, end);
		rc = cm_table_rows_to(&o->rows, row + n - 1, err);
		if (rc != CM_OK)
			return rc;
		if (n == CM_TILE_ROWS)
			add_tile(o, skip);
		else if (n == CM_GROUP_ROWS)
			cm_tree_add(skip, CM_GROUP_LEVEL, cm_table_rows_group(&o->rows, row));
		else
			cm_tree_add(skip, 0, cm_table_rows_leaf(&o->rows, row));
	}
	return CM_OK;
}

/* Whole groups, the last one of which may be that of the table. */
static bool
are_groups(const struct opener *o, uint64_t count)
{
	return o->at % CM_GROUP_ROWS == 0 &&
	       (count >= CM_GROUP_ROWS || o->at + count == o->in->seal->rows);
}

/* The rows from `at` to ${to} stay shut: the largest subtree of them goes out as one hash. */
static enum cm_result
skip(struct opener *o, uint64_t to, struct cm_err *err)
{
	uint64_t count = cm_tree_largest(o->in->seal->rows, o->at, to);
	bool index_does = o->rows.passes && are_groups(o, count);
	struct cm_tree sub = { 0 };
	const uint8_t *tail = NULL;
	uint8_t hash[CM_HASH_LEN];
	enum cm_result rc = CM_OK;

	break_run(o);
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
	    &o->buf, c, h, o->at >> h, cm_seeds_at(&o->seeds[c], (uint8_t)h, o->at >> h));
	r->seed = o->at + ((uint64_t)1 << h);
}

static void
put_cell(struct opener *o, size_t c, const struct cm_plan_range *r)
{
	struct cm_opened_cell cell = { .state = cm_plan_state(r, o->schema, c),
		.value = cm_table_rows_value(&o->rows, o->at, c) };
	int link = o->schema->column[c].link;

	if (link != CM_LINK_PLAIN && cell.state != CM_CELL_OPEN)
		cm_names_of(&o->names, link, cell.value, cell.hash, cell.tie);
	if (cell.state == CM_CELL_TIED)
		memcpy(cell.hash, cell.tie, CM_HASH_LEN);
	if (cell.state == CM_CELL_SHUT)
		cm_cell_hash((uint8_t)c, cm_seeds_salt(&o->seeds[c], o->at),
		    link == CM_LINK_PLAIN ? cell.value : cm_span_of(cell.tie, CM_HASH_LEN),
		    cell.hash);
	cm_opening_put_cell(&o->buf, &cell);
}

static enum cm_result
open_row(struct opener *o, const struct cm_plan_range *r, struct cm_err *err)
{
	enum cm_result rc = cm_table_rows_to(&o->rows, o->at, err);
	size_t c;

	if (rc != CM_OK)
		return rc;
	for (c = 0; c < o->schema->n; c++)
		if ((r->open & cm_column_bit(c)) && o->reach[c].seed <= o->at)
			put_seed(o, c);
	cm_opening_put_row(&o->buf, o->schema->n);
	for (c = 0; c < o->schema->n; c++)
		put_cell(o, c, r);
	add_leaf(o);
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
	enum cm_result rc = cm_table_rows_end(&o->rows, err);

	if (rc != CM_OK)
		return rc;
	break_run(o);
	cm_tree_root(&o->tree, o->has_tail ? o->tail : NULL, root);
	if (memcmp(root, o->in->seal->root, CM_HASH_LEN) != 0)
		return cm_table_differs(o->diff, 0, n == 0 ? 0 : n - 1, "has changed since", err);
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
	if (in->index.len > 0 && (!cm_index_is(in->index) || in->index.len < cm_index_len(in->seal->rows)))
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

/* Reads the groups of a range of which `mask` is opened, for the checker alone. */
static enum cm_result
look_at(struct opener *o, const struct cm_plan_range *r, uint64_t *at, struct cm_err *err)
{
	uint64_t group = r->from & ~(uint64_t)(CM_GROUP_ROWS - 1);
	const struct cm_cell_source *s = &o->in->source;
	struct cm_cells cells;
	enum cm_result rc = CM_OK;

	if (*at < group || *at > r->from) {
		*at = group;
		rc = s->seek(s->arg, group, cm_index_offset(o->in->index, group), err);
	}
	for (; rc == CM_OK && *at < r->to; ++*at) {
		rc = s->next(s->arg, &cells, err);
		if (rc == CM_OK && *at >= r->from)
			cm_plan_checker_look(o->checker, &cells);
	}
	/* what is missing is named when its turn comes */
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

/* May groups be passed over?  Where `mask` is opened that depends on the rows where it is; if
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
	if (cm_plan_checker_needs_all(o->checker) &&
	    (o->in->no_parts || masks(p) <= o->in->seal->rows / 2)) {
		for (i = 0; !o->in->no_parts && rc == CM_OK && i < p->n; i++)
			if (p->range[i].open & cm_column_bit(CM_COL_MASK))
				rc = look_at(o, &p->range[i], &at, err);
		cm_plan_checker_looked(o->checker);
		o->rows.stands = UINT64_MAX;
	}
	o->rows.passes = !cm_plan_checker_needs_all(o->checker);
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

static CM_RESULT
opener_init(struct opener *o, const struct cm_table_open *in, struct cm_err *err)
{
	enum cm_result rc =
	    cm_plan_checker_new(in->plan, o->schema, in->seal->rows, &o->checker, err);
	size_t c;

	if (rc == CM_OK)
		rc = cm_table_rows_init(&o->rows, in, o->checker, o->diff);
	if (rc == CM_OK)
		rc = cm_names_init(&o->names, in->secret);
	if (rc != CM_OK)
		return rc;
	o->seeds = calloc(o->schema->n, sizeof(*o->seeds));
	if (o->seeds == NULL)
		return CM_E_NOMEM;
	for (c = 0; c < o->schema->n; c++)
		cm_seeds_init(&o->seeds[c], in->secret, (uint8_t)c);
	return CM_OK;
}

static void
opener_free(struct opener *o)
{
	size_t c;

	for (c = 0; o->seeds != NULL && c < o->schema->n; c++)
		cm_seeds_fini(&o->seeds[c]);
	free(o->seeds);
	cm_names_fini(&o->names);
	cm_table_rows_fini(&o->rows);
	cm_plan_checker_free(o->checker);
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
	rc = opener_init(o, in, err);
	if (rc == CM_OK)
		rc = write_all(o, err);
	opener_free(o);
	return rc == CM_OK ? CM_OK : cm_err_set(err, rc, "%s", cm_result_word(rc));
}
