#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "codec/cbor.h"
#include "seal/cut.h"
#include "seal/hasher.h"
#include "seal/opening.h"
#include "seal/opening_form.h"
#include "seal/table.h"
#include "seal/tree.h"

/* One column's seeds: the live one, and the last one there was. */
struct lane {
	struct cm_seeds seeds;
	bool had;
	uint8_t h;
	uint64_t a;
	uint64_t end; /* live up to this row */
};

struct cm_opening {
	const struct cm_seal *seal;
	struct cm_span bytes;
	struct cm_name_book *book;
	struct cm_cutter cutter; /* scratch of the rules */
	struct cm_opening_stats stats;

	/* where a pass stands */
	struct cm_cbor in;
	bool hashing; /* the first pass; later ones only read */
	bool ended;
	uint64_t at; /* the next row */
	struct cm_tree tree;
	bool has_tail;
	uint8_t tail[CM_HASH_LEN];
	bool has_key;
	uint8_t key[CM_HASH_LEN];
	size_t last_seed; /* column + 1 of the last seed before this row; 0: none */
	struct lane *lane;
	struct cm_opened_row row;
};

#define REFUSE(offset, err, ...) cm_err_at(err, CM_E_REFUSED, offset, __VA_ARGS__)

static enum cm_result
read_hash(struct cm_opening *o, const char *what, struct cm_span *out, struct cm_err *err)
{
	size_t at = o->in.at;
	enum cm_result rc = cm_cbor_bytes(&o->in, what, out, err);

	if (rc != CM_OK)
		return rc;
	if (out->len != CM_HASH_LEN)
		return cm_err_at(err, CM_E_MALFORMED, at, "expected %s of 32 bytes, found %zu", what, out->len);
	return CM_OK;
}

/* The header has one spelling. */
static enum cm_result
read_header(struct cm_opening *o, struct cm_err *err)
{
	struct cm_buf want = { 0 };
	struct cm_span head = cm_span_part(o->bytes, 0, CM_OPENING_HEADER);
	enum cm_result rc = CM_OK;

	cm_opening_put_header(&want, o->seal->statement);
	if (!cm_buf_ok(&want))
		rc = cm_err_set(err, CM_E_NOMEM, "out of memory");
	else if (head.len < want.len || memcmp(head.ptr, want.ptr, want.len - CM_HASH_LEN) != 0)
		rc = cm_err_at(err, CM_E_MALFORMED, 0, "expected the header of an opening, version 1");
	else if (memcmp(head.ptr, want.ptr, want.len) != 0)
		rc = REFUSE(want.len - CM_HASH_LEN, err, "the opening is of another seal statement");
	else
		o->in.at = want.len;
	cm_buf_release(&want);
	return rc;
}

static enum cm_result
read_seed(struct cm_opening *o, uint64_t items, size_t item, struct cm_err *err)
{
	uint64_t c, h, a;
	struct cm_span seed;
	struct lane *l;

	if (items != 5)
		return cm_err_at(err, CM_E_MALFORMED, item, "expected 5 elements in a seed");
	if (cm_cbor_uint(&o->in, "a column", &c, err) != CM_OK ||
	    cm_cbor_uint(&o->in, "a height", &h, err) != CM_OK ||
	    cm_cbor_uint(&o->in, "the place of a seed", &a, err) != CM_OK ||
	    read_hash(o, "a seed", &seed, err) != CM_OK)
		return CM_E_MALFORMED;
	if (c >= o->seal->schema.n)
		return REFUSE(item, err, "a seed of column %" PRIu64 ", which is not there", c);
	if (h > CM_SEED_TOP || a >= CM_ROWS_MAX >> h || (a + 1) << h > o->seal->rows)
		return REFUSE(item, err, "a seed that reaches beyond the last row");
	if (a << h != o->at)
		return REFUSE(item, err, "a seed that does not begin at row %" PRIu64, o->at);
	if (c < o->last_seed)
		return REFUSE(item, err, "seeds before a row are not in the order of columns");
	l = &o->lane[c];
	if (l->end > o->at)
		return REFUSE(item, err, "a seed of column %" PRIu64 ", of which one is still live", c);
	if (l->had && l->h == h && (a & 1) == 1 && l->a == a - 1)
		return REFUSE(item, err, "two seeds of column %" PRIu64 " that should be one", c);
	o->last_seed = (size_t)c + 1;
	l->had = true;
	l->h = (uint8_t)h;
	l->a = a;
	l->end = (a + 1) << h;
	if (o->hashing)
		cm_seeds_from(&l->seeds, o->seal->x, (uint8_t)c, (uint8_t)h, a, seed.ptr);
	return CM_OK;
}

static bool
some_seed_is_live(const struct cm_opening *o)
{
	size_t c;

	for (c = 0; c < o->seal->schema.n; c++)
		if (o->lane[c].end > o->at)
			return true;
	return false;
}

static void
hash_skip(struct cm_opening *o, uint64_t count, const uint8_t hash[CM_HASH_LEN])
{
	if (cm_is_pow2(count) && o->at % count == 0) {
		cm_tree_add_marked(&o->tree, cm_tree_level(count), hash);
		return;
	}
	o->has_tail = true;
	memcpy(o->tail, hash, CM_HASH_LEN);
}

static enum cm_result
read_skip(struct cm_opening *o, uint64_t items, size_t item, struct cm_err *err)
{
	uint64_t count;
	struct cm_span hash;

	if (items != 3)
		return cm_err_at(err, CM_E_MALFORMED, item, "expected 3 elements in a skip");
	if (cm_cbor_uint(&o->in, "a number of rows", &count, err) != CM_OK ||
	    read_hash(o, "a subtree's hash", &hash, err) != CM_OK)
		return CM_E_MALFORMED;
	if (some_seed_is_live(o))
		return REFUSE(item, err, "rows are skipped that a seed opens");
	if (count == 0 || count > o->seal->rows - o->at)
		return REFUSE(item, err, "a skip of %" PRIu64 " rows, where %" PRIu64 " are left", count,
		    o->seal->rows - o->at);
	if (!cm_tree_is_subtree(o->seal->rows, o->at, count))
		return REFUSE(item, err, "the rows %" PRIu64 " to %" PRIu64 " are no subtree", o->at,
		    o->at + count - 1);
	if (o->hashing)
		hash_skip(o, count, hash.ptr);
	if (o->tree.siblings)
		return REFUSE(item, err, "two skips that should be one");
	o->at += count;
	return CM_OK;
}

static enum cm_result
read_cell_array(struct cm_opening *o, uint64_t items, size_t at, struct cm_opened_cell *cell,
    struct cm_err *err)
{
	uint64_t form, want = 2;
	struct cm_span hash;

	if (cm_cbor_uint(&o->in, "what a cell is", &form, err) != CM_OK)
		return CM_E_MALFORMED;
	switch (form) {
	case CM_CELL_FORM_NAMED:
		cell->state = CM_CELL_NAMED;
		want = 3;
		break;
	case CM_CELL_FORM_SHUT:
		cell->state = CM_CELL_SHUT;
		break;
	case CM_CELL_FORM_TIED:
		cell->state = CM_CELL_TIED;
		break;
	default:
		return cm_err_at(err, CM_E_MALFORMED, at, "a cell of an unknown form, %" PRIu64, form);
	}
	if (items != want)
		return cm_err_at(err, CM_E_MALFORMED, at, "expected %" PRIu64 " elements in this cell", want);
	if (read_hash(o, "a hash", &hash, err) != CM_OK)
		return CM_E_MALFORMED;
	memcpy(cell->hash, hash.ptr, CM_HASH_LEN);
	if (cell->state != CM_CELL_NAMED)
		return CM_OK;
	return cm_cbor_bytes(&o->in, "the value of a named cell", &cell->value, err);
}

static enum cm_result
read_cell(struct cm_opening *o, struct cm_opened_cell *cell, struct cm_err *err)
{
	struct cm_cbor_head head;
	size_t at = o->in.at;
	enum cm_result rc = cm_cbor_head(&o->in, &head, err);

	if (rc != CM_OK)
		return rc;
	cell->value = (struct cm_span) { 0 };
	if (head.type == CM_CBOR_BYTES) {
		cell->state = CM_CELL_OPEN;
		return cm_cbor_content(&o->in, &head, &cell->value, err);
	}
	if (head.type != CM_CBOR_ARRAY)
		return cm_err_at(err, CM_E_MALFORMED, at, "expected a cell");
	return read_cell_array(o, head.value, at, cell, err);
}

/* May a cell of this column be so, here? */
static enum cm_result
check_state(const struct cm_opening *o, size_t c, size_t at, struct cm_err *err)
{
	enum cm_cell_state state = o->row.cell[c].state;
	bool linked = o->seal->schema.column[c].link != CM_LINK_PLAIN, live = o->lane[c].end > o->at;

	if (state != CM_CELL_SHUT && linked == (state == CM_CELL_OPEN))
		return REFUSE(at, err, "row %" PRIu64 ": a %s column cannot be opened like this", o->at,
		    linked ? "linked" : "plain");
	if (live && state == CM_CELL_SHUT)
		return REFUSE(at, err, "row %" PRIu64 ": column %zu is shut, but a seed opens it", o->at, c);
	if (!live && state != CM_CELL_SHUT)
		return REFUSE(at, err, "row %" PRIu64 ": column %zu is open, but no seed opens it", o->at, c);
	return CM_OK;
}

/* The commitment of a cell, as it follows from what the opening shows. */
static void
hash_cell(struct cm_opening *o, size_t c, uint8_t out[CM_HASH_LEN])
{
	struct cm_opened_cell *cell = &o->row.cell[c];
	struct cm_span value = cell->value;

	if (cell->state == CM_CELL_SHUT) {
		memcpy(out, cell->hash, CM_HASH_LEN);
		return;
	}
	if (cell->state != CM_CELL_OPEN)
		value = cm_span_of(cell->tie, CM_HASH_LEN);
	cm_cell_hash((uint8_t)c, cm_seeds_salt(&o->lane[c].seeds, o->at), value, out);
}

static void
hash_row(struct cm_opening *o)
{
	uint8_t cell[CM_COLUMNS_MAX][CM_HASH_LEN], leaf[CM_HASH_LEN];
	size_t c;

	for (c = 0; c < o->row.n; c++)
		hash_cell(o, c, cell[c]);
	cm_leaf_hash(cell, o->row.n, leaf);
	cm_tree_add(&o->tree, 0, leaf);
}

static void
find_tie(struct cm_opening *o, size_t c)
{
	struct cm_opened_cell *cell = &o->row.cell[c];

	if (cell->state == CM_CELL_TIED)
		memcpy(cell->tie, cell->hash, CM_HASH_LEN);
	else if (cell->state == CM_CELL_NAMED)
		cm_tie_of(o->seal->schema.column[c].link, cell->hash, cell->value, cell->tie);
}

static enum cm_result
read_row(struct cm_opening *o, uint64_t items, size_t item, struct cm_err *err)
{
	bool some_open = false;
	uint64_t cells;
	enum cm_result rc;
	size_t c, at;

	if (items != 2)
		return cm_err_at(err, CM_E_MALFORMED, item, "expected 2 elements in a row");
	if (cm_cbor_array(&o->in, "the cells of a row", &cells, err) != CM_OK)
		return CM_E_MALFORMED;
	if (cells != o->seal->schema.n)
		return REFUSE(item, err, "a row of %" PRIu64 " cells in a table of %zu columns", cells,
		    o->seal->schema.n);
	if (o->at == o->seal->rows)
		return REFUSE(item, err, "a row behind the last one");
	o->row.row = o->at;
	o->row.n = (size_t)cells;
	for (c = 0; c < o->row.n; c++) {
		at = o->in.at;
		rc = read_cell(o, &o->row.cell[c], err);
		if (rc == CM_OK)
			rc = check_state(o, c, at, err);
		if (rc != CM_OK)
			return rc;
		find_tie(o, c);
		some_open |= o->row.cell[c].state != CM_CELL_SHUT;
	}
	if (!some_open)
		return REFUSE(item, err, "row %" PRIu64 " is all shut, and should be skipped", o->at);
	if (o->hashing)
		hash_row(o);
	o->at++;
	o->last_seed = 0;
	return CM_OK;
}

static enum cm_result
read_end(struct cm_opening *o, uint64_t items, size_t item, struct cm_err *err)
{
	struct cm_span key;

	if (items != 1 && items != 2)
		return cm_err_at(err, CM_E_MALFORMED, item, "expected 1 or 2 elements in the end");
	if (items == 2) {
		if (read_hash(o, "the key of the file", &key, err) != CM_OK)
			return CM_E_MALFORMED;
		o->has_key = true;
		memcpy(o->key, key.ptr, CM_HASH_LEN);
	}
	if (o->at != o->seal->rows)
		return REFUSE(item, err, "the opening ends at row %" PRIu64 " of %" PRIu64, o->at,
		    o->seal->rows);
	if (!cm_cbor_at_end(&o->in))
		return cm_err_at(err, CM_E_MALFORMED, o->in.at, "bytes behind the end");
	o->ended = true;
	return CM_OK;
}

static enum cm_result
read_item(struct cm_opening *o, bool *is_row, struct cm_err *err)
{
	size_t item = o->in.at;
	uint64_t items, first;

	if (cm_cbor_array(&o->in, "a seed, row, skip or end", &items, err) != CM_OK ||
	    cm_cbor_uint(&o->in, "what this item is", &first, err) != CM_OK)
		return CM_E_MALFORMED;
	*is_row = first == CM_ITEM_ROW;
	if (o->last_seed != 0 && first != CM_ITEM_SEED && !*is_row)
		return REFUSE(item, err, "a seed is not followed by its row");
	switch (first) {
	case CM_ITEM_SEED:
		return read_seed(o, items, item, err);
	case CM_ITEM_ROW:
		return read_row(o, items, item, err);
	case CM_ITEM_SKIP:
		return read_skip(o, items, item, err);
	case CM_ITEM_END:
		return read_end(o, items, item, err);
	default:
		return cm_err_at(err, CM_E_MALFORMED, item, "an item of an unknown kind, %" PRIu64, first);
	}
}

void
cm_opening_rewind(struct cm_opening *o)
{
	size_t c;

	o->in = (struct cm_cbor) { o->bytes, CM_OPENING_HEADER };
	o->ended = o->has_tail = o->has_key = false;
	o->at = 0;
	o->last_seed = 0;
	o->tree = (struct cm_tree) { 0 };
	for (c = 0; c < o->seal->schema.n; c++) {
		o->lane[c].had = false;
		o->lane[c].end = 0;
	}
}

/* CM_E_NOTFOUND: the end has been read. */
static enum cm_result
next_row(struct cm_opening *o, struct cm_err *err)
{
	bool is_row = false;
	enum cm_result rc;

	while (!o->ended) {
		rc = read_item(o, &is_row, err);
		if (rc != CM_OK)
			return rc;
		if (is_row)
			return CM_OK;
	}
	return CM_E_NOTFOUND;
}

static void
count(struct cm_opening *o)
{
	struct cm_opening_stats *s = &o->stats;
	const struct cm_opened_cell *cell;
	size_t c;

	s->rows++;
	for (c = 0; c < o->row.n; c++) {
		cell = &o->row.cell[c];
		s->open[c] += cell->state != CM_CELL_SHUT;
		s->tied[c] += cell->state == CM_CELL_TIED;
		s->named[c] += cell->state == CM_CELL_NAMED;
	}
	cell = &o->row.cell[CM_COL_HEADERS];
	if (o->seal->schema.kind == CM_KIND_CAPTURE && cell->state == CM_CELL_OPEN &&
	    cell->value.len > 0 && cell->value.ptr[0] == 0x01)
		s->packets++;
}

/* First pass: form and hashes. */
static enum cm_result
check_hashes(struct cm_opening *o, struct cm_err *err)
{
	uint8_t root[CM_HASH_LEN];
	enum cm_result rc;

	o->hashing = true;
	while ((rc = next_row(o, err)) == CM_OK)
		count(o);
	o->hashing = false;
	if (rc != CM_E_NOTFOUND)
		return rc;
	cm_tree_root(&o->tree, o->has_tail ? o->tail : NULL, root);
	if (o->tree.siblings)
		return REFUSE(o->bytes.len, err, "two skips that should be one");
	if (memcmp(root, o->seal->root, CM_HASH_LEN) != 0)
		return REFUSE(o->bytes.len, err, "what is opened is not what was sealed: another root");
	return CM_OK;
}

static bool
is_whole(const struct cm_opening *o)
{
	const struct cm_schema *s = &o->seal->schema;
	size_t c;

	for (c = 0; c < s->n; c++)
		if (o->stats.open[c] != o->seal->rows || o->stats.tied[c] != 0)
			return false;
	return true;
}

static enum cm_result
check_file(struct cm_opening *o, struct cm_sha256 *file, bool joins, struct cm_err *err)
{
	uint8_t hash[CM_HASH_LEN], got[CM_HASH_LEN];

	if (!o->has_key)
		return CM_OK;
	if (!o->seal->has_file || !is_whole(o))
		return REFUSE(o->bytes.len, err, "the key of the file is given, but not all of it is open");
	if (!joins)
		return CM_OK;
	cm_sha256_end(file, hash);
	cm_table_file_of(o->key, hash, got);
	if (memcmp(got, o->seal->file, CM_HASH_LEN) != 0)
		return REFUSE(o->bytes.len, err, "the file's own digest is not the one sealed");
	o->stats.whole = true;
	return CM_OK;
}

static enum cm_result
tell_book(struct cm_opening *o)
{
	const struct cm_opened_cell *cell;
	enum cm_result rc = CM_OK;
	size_t c;

	for (c = 0; o->book != NULL && c < o->row.n && rc == CM_OK; c++) {
		cell = &o->row.cell[c];
		if (cell->state == CM_CELL_NAMED)
			rc = cm_name_book_add(o->book, o->seal->schema.column[c].link, cell->hash, cell->value,
			    o->row.row);
	}
	return rc;
}

/* Second pass: could a record have been cut into these cells? */
static enum cm_result
check_rules(struct cm_opening *o, const struct cm_opening_rules *rules, struct cm_err *err)
{
	bool joins = o->has_key && rules->join != NULL && is_whole(o);
	struct cm_sha256 file;
	enum cm_result rc;

	cm_sha256_init(&file);
	cm_opening_rewind(o);
	while ((rc = next_row(o, err)) == CM_OK) {
		if (rules->row != NULL)
			rc = rules->row(rules->arg, &o->row, err);
		if (rc == CM_OK && joins)
			rc = rules->join(rules->arg, &o->row, &file);
		if (rc == CM_OK)
			rc = tell_book(o);
		if (rc != CM_OK)
			return cm_err_set(err, rc, "row %" PRIu64 ": %s", o->row.row, cm_result_word(rc));
	}
	return rc == CM_E_NOTFOUND ? check_file(o, &file, joins, err) : rc;
}

static enum cm_result
check(struct cm_opening *o, const struct cm_opening_rules *rules, struct cm_err *err)
{
	struct cm_opening_rules of_kind;
	enum cm_result rc = read_header(o, err);

	if (rc != CM_OK)
		return rc;
	o->cutter.schema = &o->seal->schema;
	o->cutter.rows = o->seal->rows;
	if (rules == NULL) {
		of_kind = cm_cut_rules(&o->cutter);
		rules = &of_kind;
	}
	rc = check_hashes(o, err);
	if (rc == CM_OK)
		rc = check_rules(o, rules, err);
	cm_opening_rewind(o);
	return rc;
}

enum cm_result
cm_opening_new(const struct cm_seal *seal, struct cm_span bytes, const struct cm_opening_rules *rules,
    struct cm_name_book *book, struct cm_opening **out, struct cm_err *err)
{
	struct cm_opening *o;
	enum cm_result rc;

	if (seal->rows > CM_ROWS_MAX || seal->schema.n < 1 || seal->schema.n > CM_COLUMNS_MAX)
		return cm_err_set(err, CM_E_USAGE, "no table has so many rows or columns");
	o = calloc(1, sizeof(*o));
	if (o == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	o->seal = seal;
	o->bytes = bytes;
	o->in.in = bytes;
	o->book = book;
	o->lane = calloc(seal->schema.n, sizeof(*o->lane));
	rc = o->lane == NULL ? cm_err_set(err, CM_E_NOMEM, "out of memory") : check(o, rules, err);
	if (rc != CM_OK) {
		cm_opening_free(o);
		return rc;
	}
	*out = o;
	return CM_OK;
}

enum cm_result
cm_opening_next(struct cm_opening *o, const struct cm_opened_row **out)
{
	enum cm_result rc = next_row(o, NULL);

	if (rc == CM_OK)
		*out = &o->row;
	return rc;
}

const struct cm_opening_stats *
cm_opening_stats(const struct cm_opening *o)
{
	return &o->stats;
}

void
cm_opening_free(struct cm_opening *o)
{
	if (o == NULL)
		return;
	cm_cutter_release(&o->cutter);
	free(o->lane);
	free(o);
}
