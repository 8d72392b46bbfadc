#include <inttypes.h>
#include <string.h>

#include "seal/hasher.h"
#include "seal/opening_state.h"

#define REFUSE CM_OPENING_REFUSE

static enum cm_result
read_hash(struct cm_opening *o, const char *what, struct cm_span *out, struct cm_err *err)
{
	size_t at = o->in.at;
	enum cm_result rc = cm_cbor_bytes(&o->in, what, out, err);

	if (rc != CM_OK)
		return rc;
	if (out->len != CM_HASH_LEN)
		return cm_err_at(
		    err, CM_E_MALFORMED, at, "expected %s of 32 bytes, found %zu", what, out->len);
	return CM_OK;
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
		return REFUSE(
		    item, err, "a seed of column %" PRIu64 ", of which one is still live", c);
	if (l->had && l->h == h && (a & 1) == 1 && l->a == a - 1)
		return REFUSE(item, err, "two seeds of column %" PRIu64 " that should be one", c);
	o->last_seed = (size_t)c + 1;
	l->had = true;
	l->h = (uint8_t)h;
	l->a = a;
	l->end = (a + 1) << h;
	l->seed = seed.ptr;
	if (o->batch != NULL && h > CM_BATCH_SEED)
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
		return REFUSE(item, err, "a skip of %" PRIu64 " rows, where %" PRIu64 " are left",
		    count, o->seal->rows - o->at);
	if (!cm_tree_is_subtree(o->seal->rows, o->at, count))
		return REFUSE(item, err, "the rows %" PRIu64 " to %" PRIu64 " are no subtree",
		    o->at, o->at + count - 1);
	if (o->batch != NULL && !cm_batch_skip(o->batch, o->at, count, hash.ptr))
		return REFUSE(item, err, "two skips that should be one, at or before this one");
	o->at += count;
	return CM_OK;
}

/* A string of less than 64 KiB whose head is as short as it can be: nearly every one.  False:
 * it is none, or does not end here; whoever reads it in earnest says why. */
static bool
quick_bytes(struct cm_cbor *in, struct cm_span *out)
{
	size_t left = in->in.len - in->at, head = 1, len;
	const uint8_t *p = in->in.ptr + in->at;

	if (left < 3 || p[0] >> 5 != CM_CBOR_BYTES)
		return false;
	len = p[0] & 31;
	if (len == 24) {
		head = 2;
		len = p[1];
	} else if (len == 25) {
		head = 3;
		len = cm_get16(p + 1);
	}
	if ((head == 1 && len > 23) || (head == 2 && len < 24) || (head == 3 && len < 256) ||
	    left - head < len)
		return false;
	*out = cm_span_of(p + head, len);
	in->at += head + len;
	return true;
}

/* The same of a cell that is an array: three bytes, a hash, and where it is named the value. */
static bool
quick_array(struct cm_cbor *in, struct cm_opened_cell *cell)
{
	static const enum cm_cell_state state[] = { CM_CELL_NAMED, CM_CELL_SHUT, CM_CELL_TIED };
	size_t left = in->in.len - in->at;
	const uint8_t *p = in->in.ptr + in->at;
	struct cm_cbor rest = { in->in, in->at + 4 + CM_HASH_LEN };

	if (left < 4 + CM_HASH_LEN || p[1] > CM_CELL_FORM_TIED || p[2] != 0x58 ||
	    p[3] != CM_HASH_LEN || p[0] != (p[1] == CM_CELL_FORM_NAMED ? 0x83 : 0x82))
		return false;
	cell->value = (struct cm_span) { 0 };
	if (p[1] == CM_CELL_FORM_NAMED && !quick_bytes(&rest, &cell->value))
		return false;
	cell->state = state[p[1]];
	memcpy(cell->hash, p + 4, CM_HASH_LEN);
	*in = rest;
	return true;
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
		return cm_err_at(
		    err, CM_E_MALFORMED, at, "a cell of an unknown form, %" PRIu64, form);
	}
	if (items != want)
		return cm_err_at(
		    err, CM_E_MALFORMED, at, "expected %" PRIu64 " elements in this cell", want);
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
	enum cm_result rc;

	if (quick_bytes(&o->in, &cell->value)) {
		cell->state = CM_CELL_OPEN;
		return CM_OK;
	}
	if (quick_array(&o->in, cell))
		return CM_OK;
	rc = cm_cbor_head(&o->in, &head, err);
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
	bool linked = o->seal->schema.column[c].link != CM_LINK_PLAIN,
	     live = o->lane[c].end > o->at;

	if (state != CM_CELL_SHUT && linked == (state == CM_CELL_OPEN))
		return REFUSE(at, err, "row %" PRIu64 ": a %s column cannot be opened like this",
		    o->at, linked ? "linked" : "plain");
	if (live && state == CM_CELL_SHUT)
		return REFUSE(
		    at, err, "row %" PRIu64 ": column %zu is shut, but a seed opens it", o->at, c);
	if (!live && state != CM_CELL_SHUT)
		return REFUSE(
		    at, err, "row %" PRIu64 ": column %zu is open, but no seed opens it", o->at, c);
	return CM_OK;
}

/* The seed of at most a run of rows that begins here, if one does. */
static void
add_seed(struct cm_opening *o, size_t c)
{
	struct lane *l = &o->lane[c];

	if (l->h <= CM_BATCH_SEED && l->a << l->h == o->at)
		cm_batch_seed(o->batch, c, l->h, l->a, l->seed);
	else if (l->h > CM_BATCH_SEED && o->at % (1u << CM_BATCH_SEED) == 0)
		cm_batch_seed(o->batch, c, CM_BATCH_SEED, o->at >> CM_BATCH_SEED,
		    cm_seeds_at(&l->seeds, CM_BATCH_SEED, o->at >> CM_BATCH_SEED));
}

/* Hands the row over to be hashed. */
static void
hash_row(struct cm_opening *o)
{
	const struct cm_opened_cell *cell;
	size_t c;

	cm_batch_row(o->batch, o->at);
	for (c = 0; c < o->row.n; c++) {
		cell = &o->row.cell[c];
		if (cell->state == CM_CELL_SHUT) {
			cm_batch_shut(o->batch, cell->hash);
			continue;
		}
		add_seed(o, c);
		if (cell->state == CM_CELL_OPEN)
			cm_batch_open(o->batch, cell->value);
		else
			cm_batch_tied(o->batch, cell->tie);
	}
}

static bool
memo_holds(const struct tie_memo *m, int group, const struct cm_opened_cell *cell)
{
	return m->len == cell->value.len + 1 && m->group == group &&
	       memcmp(m->name, cell->hash, CM_HASH_LEN) == 0 &&
	       (cell->value.len == 0 || memcmp(m->value, cell->value.ptr, cell->value.len) == 0);
}

/* Where that cell's tie stands, or will stand: in sets of two of which the older one goes. */
static struct tie_memo *
memo_of(struct cm_opening *o, int group, const struct cm_opened_cell *cell, bool *known)
{
	struct tie_memo *set = &o->memo[cm_get32(cell->hash) % TIE_MEMOS & ~1u];

	*known = memo_holds(&set[0], group, cell);
	if (*known)
		return &set[0];
	*known = memo_holds(&set[1], group, cell);
	if (*known)
		return &set[1];
	set[1] = set[0];
	return &set[0];
}

/* The tie of a named cell; whoever is new is told to the book. */
static enum cm_result
tie_named(struct cm_opening *o, int group, struct cm_opened_cell *cell)
{
	struct tie_memo *m;
	bool known;

	if (cell->value.len <= TIE_MEMO_VALUE) {
		m = memo_of(o, group, cell, &known);
		if (known) {
			memcpy(cell->tie, m->tie, CM_HASH_LEN);
			return CM_OK;
		}
		m->len = (uint8_t)(cell->value.len + 1);
		m->group = (uint8_t)group;
		if (cell->value.len > 0)
			memcpy(m->value, cell->value.ptr, cell->value.len);
		memcpy(m->name, cell->hash, CM_HASH_LEN);
		cm_tie_of(group, cell->hash, cell->value, m->tie);
		memcpy(cell->tie, m->tie, CM_HASH_LEN);
	} else {
		cm_tie_of(group, cell->hash, cell->value, cell->tie);
	}
	if (o->book == NULL || o->batch == NULL)
		return CM_OK;
	return cm_name_book_add(o->book, group, cell->hash, cell->value, o->at);
}

static enum cm_result
find_tie(struct cm_opening *o, size_t c)
{
	struct cm_opened_cell *cell = &o->row.cell[c];

	if (cell->state == CM_CELL_TIED)
		memcpy(cell->tie, cell->hash, CM_HASH_LEN);
	return cell->state == CM_CELL_NAMED ? tie_named(o, o->seal->schema.column[c].link, cell)
					    : CM_OK;
}

/* The next row begins here: its head is on its way while this one is looked at. */
static void
ask_early(const struct cm_cbor *in)
{
	const uint8_t *p = in->in.ptr + in->at;
	size_t left = in->in.len - in->at, i;

	for (i = 0; i < 320 && i < left; i += 64)
		__builtin_prefetch(p + i);
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
		return REFUSE(item, err, "a row of %" PRIu64 " cells in a table of %zu columns",
		    cells, o->seal->schema.n);
	if (o->at == o->seal->rows)
		return REFUSE(item, err, "a row behind the last one");
	o->row.row = o->at;
	o->row.n = (size_t)cells;
	for (c = 0; c < o->row.n; c++) {
		at = o->in.at;
		rc = read_cell(o, &o->row.cell[c], err);
		if (rc == CM_OK)
			rc = check_state(o, c, at, err);
		if (rc == CM_OK)
			rc = find_tie(o, c);
		if (rc != CM_OK)
			return rc == CM_E_NOMEM ? cm_err_set(err, rc, "out of memory") : rc;
		some_open |= o->row.cell[c].state != CM_CELL_SHUT;
	}
	if (!some_open)
		return REFUSE(
		    item, err, "row %" PRIu64 " is all shut, and should be skipped", o->at);
	ask_early(&o->in);
	if (o->batch != NULL)
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

enum cm_result
cm_opening_item(struct cm_opening *o, bool *is_row, struct cm_err *err)
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
		return cm_err_at(
		    err, CM_E_MALFORMED, item, "an item of an unknown kind, %" PRIu64, first);
	}
}
