/* The laws of the sealed table (FORMATS 1.1, 1.4), on made-up tables and plans. */
#include <stdlib.h>
#include <string.h>

#include "codec/cbor.h"
#include "crypto/sha256.h"
#include "made.h"
#include "seal/hasher.h"
#include "seal/opening_form.h"
#include "seal/seeds.h"
#include "merkle/tree.h"

static bool
shows(struct gen *g, const struct made *m, struct cm_opening *o, const struct cm_plan *plan)
{
	const struct cm_opened_row *row = NULL;
	const struct cm_plan_range *r;
	uint64_t at = 0;
	size_t c;

	while (cm_opening_next(o, &row) == CM_OK) {
		for (; at < row->row; at++)
			if (cm_plan_find(plan, at) != NULL)
				return gen_fail(g, "row %u is not shown", (unsigned)at);
		r = cm_plan_find(plan, at);
		for (c = 0; c < row->n; c++) {
			if (row->cell[c].state != cm_plan_state(r, &m->seal.schema, c))
				return gen_fail(
				    g, "row %u column %zu: another state", (unsigned)at, c);
			if ((row->cell[c].state == CM_CELL_OPEN ||
				row->cell[c].state == CM_CELL_NAMED) &&
			    !cm_span_eq(row->cell[c].value, m->row[at].cell[c]))
				return gen_fail(
				    g, "row %u column %zu: another value", (unsigned)at, c);
		}
		at++;
	}
	for (; at < m->seal.rows; at++)
		if (cm_plan_find(plan, at) != NULL)
			return gen_fail(g, "row %u is not shown", (unsigned)at);
	return true;
}

static bool
opening_shows_exactly_its_plan(struct gen *g)
{
	struct cm_opening *o = NULL;
	struct cm_err err = { 0 };
	struct cm_buf b = { 0 };
	struct cm_plan plan;
	struct made m;
	bool holds;

	made_table(g, &m);
	made_plan(g, &m, &plan);
	holds = made_open(g, &m, &plan, &b);
	if (holds && made_read(&m, cm_buf_span(&b), &o, &err) != CM_OK)
		holds = gen_fail(g, "refused: %s", err.text);
	holds = holds && shows(g, &m, o, &plan);
	cm_opening_free(o);
	cm_buf_release(&b);
	cm_plan_release(&plan);
	made_free(&m);
	return holds;
}

/* One bit a cell: may its salt be known? */
struct cells {
	uint8_t *known;
	size_t columns;
};

/* Skips or reads the items of an opening, marking what its seeds open. */
static bool
learn(struct gen *g, const struct made *m, struct cm_span bytes, struct cells *out)
{
	struct cm_cbor in = { bytes, CM_OPENING_HEADER };
	struct cm_cbor_head head;
	struct cm_span s;
	uint64_t v[4], i, left;
	struct cm_seeds walk, from;

	while (!cm_cbor_at_end(&in)) {
		if (cm_cbor_array(&in, "", &left, NULL) != CM_OK ||
		    cm_cbor_uint(&in, "", &v[0], NULL) != CM_OK)
			return gen_fail(g, "not read");
		if (v[0] == CM_ITEM_SEED) {
			for (i = 1; i < 4; i++)
				if (cm_cbor_uint(&in, "", &v[i], NULL) != CM_OK)
					return gen_fail(g, "not read");
			if (cm_cbor_bytes(&in, "", &s, NULL) != CM_OK)
				return gen_fail(g, "not read");
			cm_seeds_from(
			    &walk, m->secret.x, (uint8_t)v[1], (uint8_t)v[2], v[3], s.ptr);
			cm_seeds_init(&from, &m->secret, (uint8_t)v[1]);
			for (i = v[3] << v[2]; i < (v[3] + 1) << v[2]; i++) {
				if (memcmp(cm_seeds_salt(&walk, i), cm_seeds_salt(&from, i), 32) !=
				    0)
					return gen_fail(g, "another salt");
				out->known[i * out->columns + v[1]] = 1;
			}
			continue;
		}
		/* the rest of the item, nested arrays and all */
		for (left--; left > 0; left--) {
			if (cm_cbor_head(&in, &head, NULL) != CM_OK)
				return gen_fail(g, "not read");
			if (head.type == CM_CBOR_ARRAY)
				left += head.value;
			else if (head.type == CM_CBOR_BYTES &&
				 cm_cbor_content(&in, &head, &s, NULL) != CM_OK)
				return gen_fail(g, "not read");
		}
	}
	return true;
}

static bool
union_opens_what_was_opened(struct gen *g)
{
	struct cells may = { 0 }, can = { 0 };
	struct cm_buf b = { 0 };
	struct cm_plan plan;
	struct made m;
	bool holds = true;
	size_t size, i, c;
	uint64_t row;

	made_table(g, &m);
	may.columns = can.columns = m.seal.schema.n;
	size = (size_t)m.seal.rows * m.seal.schema.n + 1;
	may.known = calloc(size, 1);
	can.known = calloc(size, 1);
	if (may.known == NULL || can.known == NULL)
		abort();
	for (i = 1 + (size_t)gen_below(g, 4); holds && i > 0; i--) {
		made_plan(g, &m, &plan);
		for (row = 0; row < m.seal.rows; row++)
			for (c = 0; c < may.columns; c++)
				if (cm_plan_state(cm_plan_find(&plan, row), &m.seal.schema, c) !=
				    CM_CELL_SHUT)
					may.known[row * may.columns + c] = 1;
		cm_buf_clear(&b);
		holds = made_open(g, &m, &plan, &b) && learn(g, &m, cm_buf_span(&b), &can);
		cm_plan_release(&plan);
	}
	if (holds && memcmp(may.known, can.known, size) != 0)
		holds = gen_fail(g, "the salts that follow are not those of the opened cells");
	free(may.known);
	free(can.known);
	cm_buf_release(&b);
	made_free(&m);
	return holds;
}

static bool
every_bit_counts(struct gen *g)
{
	struct cm_opening *o = NULL;
	struct cm_buf b = { 0 };
	struct cm_plan plan;
	struct made m;
	bool holds;
	size_t i;

	made_table(g, &m);
	made_plan(g, &m, &plan);
	holds = made_open(g, &m, &plan, &b);
	for (i = 0; holds && i < b.len * 8; i++) {
		b.ptr[i / 8] ^= (uint8_t)(1 << i % 8);
		if (made_read(&m, cm_buf_span(&b), &o, NULL) == CM_OK) {
			holds = gen_fail(g, "bit %zu may be turned", i);
			cm_opening_free(o);
		}
		b.ptr[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	cm_buf_release(&b);
	cm_plan_release(&plan);
	made_free(&m);
	return holds;
}

static bool
cut_anywhere_is_refused(struct gen *g)
{
	struct cm_opening *o = NULL;
	struct cm_buf b = { 0 };
	struct cm_plan plan;
	struct made m;
	bool holds;
	size_t len;

	made_table(g, &m);
	made_plan(g, &m, &plan);
	holds = made_open(g, &m, &plan, &b);
	for (len = 0; holds && len < b.len; len++) {
		if (made_read(&m, cm_span_of(b.ptr, len), &o, NULL) != CM_OK)
			continue;
		holds = gen_fail(g, "cut at %zu of %zu it is accepted", len, b.len);
		cm_opening_free(o);
	}
	cm_buf_release(&b);
	cm_plan_release(&plan);
	made_free(&m);
	return holds;
}

/* All commitments of a table, row by row. */
static uint8_t (*commitments(const struct made *m, size_t *n))[32]
{
	struct cm_hasher h;
	struct cm_row_hash hash;
	uint8_t(*out)[32] = calloc((size_t)m->seal.rows * m->seal.schema.n + 1, 32);
	uint64_t row;
	size_t c;

	*n = 0;
	if (out == NULL || cm_hasher_init(&h, &m->seal.schema, &m->secret) != CM_OK)
		abort();
	for (row = 0; row < m->seal.rows; row++) {
		cm_hasher_row(&h, row, &m->row[row], &hash);
		for (c = 0; c < m->seal.schema.n; c++)
			memcpy(out[(*n)++], hash.cell[c], 32);
	}
	cm_hasher_fini(&h);
	return out;
}

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static bool
no_two_commitments_are_equal(struct gen *g)
{
	uint8_t(*c)[32];
	struct made m;
	bool holds = true;
	size_t n, i;

	made_table(g, &m);
	c = commitments(&m, &n);
	qsort(c, n, 32, compare);
	for (i = 1; holds && i < n; i++)
		if (memcmp(c[i - 1], c[i], 32) == 0)
			holds = gen_fail(g, "two cells have one commitment");
	free(c);
	made_free(&m);
	return holds;
}

static bool
another_secret_changes_every_commitment(struct gen *g)
{
	uint8_t(*a)[32], (*b)[32];
	struct made m;
	bool holds = true;
	size_t n, i;

	made_table(g, &m);
	a = commitments(&m, &n);
	m.secret.s[gen_below(g, 32)] ^= (uint8_t)(1 << gen_below(g, 8));
	b = commitments(&m, &n);
	for (i = 0; holds && i < n; i++)
		if (memcmp(a[i], b[i], 32) == 0)
			holds = gen_fail(g, "commitment %zu does not depend on the secret", i);
	free(a);
	free(b);
	made_free(&m);
	return holds;
}

/* Rule 2: a shut cell reaches the reader through commitments and subtree hashes, and
 * nothing else.  So an opening of a table that differs in shut cells only differs from the
 * first in 32-byte strings that are hashes of shut cells, and nowhere else. */
static bool
same_but_for_commitments(struct gen *g, struct cm_span a, struct cm_span b)
{
	struct cm_cbor in = { a, CM_OPENING_HEADER };
	struct cm_cbor_head head = { CM_CBOR_UINT, 0 }, before[2] = { head, head };
	size_t at;
	struct cm_span s;

	if (a.len != b.len)
		return gen_fail(g, "the lengths differ");
	while (!cm_cbor_at_end(&in)) {
		at = in.at;
		before[0] = before[1];
		before[1] = head;
		if (cm_cbor_head(&in, &head, NULL) != CM_OK ||
		    (head.type == CM_CBOR_BYTES && cm_cbor_content(&in, &head, &s, NULL) != CM_OK))
			return gen_fail(g, "not read");
		if (memcmp(a.ptr + at, b.ptr + at, in.at - at) == 0)
			continue;
		/* [1, commitment] or [3, count, hash] */
		if (head.type != CM_CBOR_BYTES || head.value != 32 ||
		    before[1].type != CM_CBOR_UINT)
			return gen_fail(g, "offset %zu depends on a shut cell", at);
		if (before[0].type == CM_CBOR_ARRAY && before[1].value != CM_CELL_FORM_SHUT)
			return gen_fail(g, "offset %zu depends on a shut cell", at);
		if (before[0].type == CM_CBOR_UINT && before[0].value != CM_ITEM_SKIP)
			return gen_fail(g, "offset %zu depends on a shut cell", at);
	}
	return true;
}

static bool
shut_cells_show_in_commitments_only(struct gen *g)
{
	struct cm_buf a = { 0 }, b = { 0 };
	struct cm_plan plan;
	struct made m;
	uint64_t row;
	bool holds;
	size_t c;

	made_table(g, &m);
	made_plan(g, &m, &plan);
	holds = made_open(g, &m, &plan, &a);
	for (row = 0; row < m.seal.rows; row++)
		for (c = 0; c < m.seal.schema.n; c++)
			if (cm_plan_state(cm_plan_find(&plan, row), &m.seal.schema, c) ==
			    CM_CELL_SHUT)
				made_change(g, &m, row, c);
	made_seal(&m);
	holds = holds && made_open(g, &m, &plan, &b) &&
		same_but_for_commitments(g, cm_buf_span(&a), cm_buf_span(&b));
	cm_buf_release(&a);
	cm_buf_release(&b);
	cm_plan_release(&plan);
	made_free(&m);
	return holds;
}

static bool
index_and_seek_give_the_same_opening(struct gen *g)
{
	struct cm_buf a = { 0 }, b = { 0 };
	struct cm_sink sink = made_sink(&b);
	struct made_source s;
	struct cm_err err = { 0 };
	struct cm_plan plan = { 0 };
	struct cm_table_open in = { 0 };
	struct made m;
	uint64_t row;
	bool holds;

	g->size *= 40; /* several tiles */
	made_table(g, &m);
	s = (struct made_source) { &m, 0, 0 };
	for (row = gen_upto(g, 2000); row < m.seal.rows; row += 1 + gen_upto(g, 2000))
		if (cm_plan_add(&plan, (struct cm_plan_range) { row, row + 1, 1, 0, true }) !=
		    CM_OK)
			abort();
	in = (struct cm_table_open) { .seal = &m.seal,
		.secret = &m.secret,
		.plan = &plan,
		.source = made_source(&s, true),
		.index = cm_buf_span(&m.index) };
	holds = made_open(g, &m, &plan, &a);
	if (holds && cm_table_open(&in, &sink, NULL, &err) != CM_OK)
		holds = gen_fail(g, "with seek: %s", err.text);
	if (holds && !cm_span_eq(cm_buf_span(&a), cm_buf_span(&b)))
		holds = gen_fail(g, "another opening");
	if (holds && s.reads > (plan.n + 1) * CM_TILE_ROWS)
		holds = gen_fail(g, "%u rows read for %zu", (unsigned)s.reads, plan.n);
	cm_buf_release(&a);
	cm_buf_release(&b);
	cm_plan_release(&plan);
	made_free(&m);
	return holds;
}

static bool
first_changed_row_is_named(struct gen *g)
{
	struct cm_buf b = { 0 };
	struct cm_sink sink = made_sink(&b);
	struct cm_plan plan = { 0 };
	struct cm_table_diff diff;
	struct made_source s;
	struct cm_table_open in;
	struct made m;
	uint64_t row, other;
	bool holds = true;

	made_table(g, &m);
	if (m.seal.rows == 0) {
		made_free(&m);
		return true;
	}
	s = (struct made_source) { &m, 0, 0 };
	in = (struct cm_table_open) { .seal = &m.seal,
		.secret = &m.secret,
		.plan = &plan,
		.source = made_source(&s, false),
		.index = cm_buf_span(&m.index) };
	row = gen_below(g, m.seal.rows);
	other = row + gen_below(g, m.seal.rows - row);
	made_change(g, &m, row, (size_t)gen_below(g, m.seal.schema.n));
	if (other != row)
		made_change(g, &m, other, (size_t)gen_below(g, m.seal.schema.n));
	made_plan(g, &m, &plan);
	if (cm_table_open(&in, &sink, &diff, NULL) != CM_E_REFUSED || !diff.differs ||
	    diff.first != row || diff.last != row)
		holds = gen_fail(g, "row %u changed, and %u to %u was said", (unsigned)row,
		    (unsigned)diff.first, (unsigned)diff.last);
	cm_buf_release(&b);
	cm_plan_release(&plan);
	made_free(&m);
	return holds;
}

static bool
is_node(size_t n, size_t at, size_t count)
{
	size_t k = 1;

	if (at == 0 && count == n)
		return true;
	if (n < 2)
		return false;
	while (k * 2 < n)
		k *= 2;
	if (at + count <= k)
		return is_node(k, at, count);
	return at >= k && is_node(n - k, at - k, count);
}

static bool
tree_is_that_of_the_rfc(struct gen *g)
{
	size_t n = (size_t)gen_upto(g, g->size), i, at, count;
	uint8_t(*leaf)[32] = calloc(n + 1, 32), want[32], got[32];
	struct cm_tree t = { 0 };
	bool holds = true;

	if (leaf == NULL)
		abort();
	gen_bytes(g, leaf, n * 32);
	for (i = 0; i < n; i++)
		cm_tree_add(&t, 0, leaf[i]);
	cm_tree_root(&t, NULL, got);
	made_tree(leaf, n, want);
	if (memcmp(got, want, 32) != 0)
		holds = gen_fail(g, "%zu leaves: another root", n);
	for (at = 0; holds && at < n; at++) {
		for (count = 1; holds && at + count <= n; count++)
			if (cm_tree_is_subtree(n, at, count) != is_node(n, at, count))
				holds = gen_fail(
				    g, "%zu leaves: is [%zu, +%zu) a subtree?", n, at, count);
	}
	free(leaf);
	return holds;
}

/* How long an opening has to be, counted from its plan by splitting tables and columns in
 * two again and again: no hash, none of the program's arithmetic of trees. */

static size_t
head_len(uint64_t value)
{
	return value < 24 ? 1 : value < 256 ? 2 : value < 65536 ? 3 : value < (uint64_t)1 << 32 ? 5 : 9;
}

static bool
all_shut(const struct cm_plan *plan, uint64_t from, uint64_t to)
{
	for (; from < to; from++)
		if (cm_plan_find(plan, from) != NULL)
			return false;
	return true;
}

static size_t
row_len(const struct made *m, const struct cm_plan *plan, uint64_t row)
{
	size_t len = 2 + head_len(m->seal.schema.n), c, value;

	for (c = 0; c < m->seal.schema.n; c++) {
		value = m->row[row].cell[c].len;
		switch (cm_plan_state(cm_plan_find(plan, row), &m->seal.schema, c)) {
		case CM_CELL_OPEN:
			len += head_len(value) + value;
			break;
		case CM_CELL_NAMED:
			len += 2 + 34 + head_len(value) + value;
			break;
		case CM_CELL_TIED:
		case CM_CELL_SHUT:
			len += 2 + 34;
		}
	}
	return len;
}

/* Rows [from, to) are a subtree: one hash if it is shut, else its halves as RFC 9162 parts it. */
static size_t
rows_len(const struct made *m, const struct cm_plan *plan, uint64_t from, uint64_t to)
{
	uint64_t k = 1;

	if (from == to)
		return 0;
	if (all_shut(plan, from, to))
		return 2 + head_len(to - from) + 34;
	if (to - from == 1)
		return row_len(m, plan, from);
	while (k * 2 < to - from)
		k *= 2;
	return rows_len(m, plan, from, from + k) + rows_len(m, plan, from + k, to);
}

/* The seed (c, h, a) if it opens open cells only, else those below it. */
static size_t
seeds_len(const struct made *m, const struct cm_plan *plan, size_t c, unsigned h, uint64_t a)
{
	uint64_t from = a << h, to = (a + 1) << h, row = from;

	if (from >= m->seal.rows)
		return 0;
	while (row < to && row < m->seal.rows &&
	       cm_plan_state(cm_plan_find(plan, row), &m->seal.schema, c) != CM_CELL_SHUT)
		row++;
	if (row == to)
		return 2 + head_len(c) + head_len(h) + head_len(a) + 34;
	return h == 0 ? 0
		      : seeds_len(m, plan, c, h - 1, 2 * a) + seeds_len(m, plan, c, h - 1, 2 * a + 1);
}

static bool
an_opening_is_no_longer_than_it_must_be(struct gen *g)
{
	struct cm_buf b = { 0 };
	struct cm_plan plan;
	struct made m;
	bool holds;
	size_t want, c;

	made_table(g, &m);
	made_plan(g, &m, &plan);
	holds = made_open(g, &m, &plan, &b);
	want = CM_OPENING_HEADER + 2 + rows_len(&m, &plan, 0, m.seal.rows);
	for (c = 0; c < m.seal.schema.n; c++)
		want += seeds_len(&m, &plan, c, 12, 0);
	if (holds && b.len != want)
		holds = gen_fail(g, "%zu bytes, and %zu would do", b.len, want);
	cm_buf_release(&b);
	cm_plan_release(&plan);
	made_free(&m);
	return holds;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "the tree and its subtrees are those of RFC 9162", tree_is_that_of_the_rfc, 100,
		    100 },
		{ "an opening shows exactly its plan", opening_shows_exactly_its_plan, 200, 100 },
		{ "an opening is no longer than it must be", an_opening_is_no_longer_than_it_must_be,
		    300, 900 },
		{ "the salts that follow from any union of openings are those of the opened cells",
		    union_opens_what_was_opened, 150, 60 },
		{ "shut cells show in commitments and subtree hashes, nowhere else",
		    shut_cells_show_in_commitments_only, 150, 60 },
		{ "an opening with any bit turned is refused", every_bit_counts, 12, 10 },
		{ "an opening cut anywhere is refused", cut_anywhere_is_refused, 30, 12 },
		{ "no two cells have one commitment", no_two_commitments_are_equal, 100, 200 },
		{ "every commitment changes with the secret",
		    another_secret_changes_every_commitment, 100, 100 },
		{ "index and seek give the same opening, and read few rows",
		    index_and_seek_give_the_same_opening, 20, 100 },
		{ "the first changed row is named", first_changed_row_is_named, 200, 600 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(*laws));
}
