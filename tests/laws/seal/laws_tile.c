/* Laws of the tile: hashing rows together, in parts, in any order, is hashing them one by one. */
#include <stdlib.h>
#include <string.h>

#include "made.h"
#include "seal/hasher.h"
#include "seal/tile.h"

/* The leaves of a table, row by row; freed by the caller. */
static uint8_t (*leaves_of(const struct made *m))[32]
{
	uint8_t(*leaf)[32] = calloc((size_t)m->seal.rows + 1, 32);
	struct cm_row_hash hash;
	struct cm_hasher h;
	uint64_t row;

	if (leaf == NULL || cm_hasher_init(&h, &m->seal.schema, &m->secret) != CM_OK)
		abort();
	for (row = 0; row < m->seal.rows; row++) {
		cm_hasher_row(&h, row, &m->row[row], &hash);
		memcpy(leaf[row], hash.leaf, 32);
	}
	cm_hasher_fini(&h);
	return leaf;
}

/* The index by the words of seal/index.h. */
static void
index_of(const struct made *m, uint8_t (*leaf)[32], struct cm_buf *out)
{
	uint8_t node[32];
	uint64_t at, n, i, some;

	cm_buf_add_str(out, "CMindex2");
	for (at = 0; at < m->seal.rows; at += n) {
		n = m->seal.rows - at < 256 ? m->seal.rows - at : 256;
		made_tree(leaf + at, (size_t)n, node);
		cm_buf_add(out, node, 32);
		for (i = 0; i < n; i += 16) {
			some = n - i < 16 ? n - i : 16;
			made_tree(leaf + at + i, (size_t)some, node);
			cm_buf_add_u64(out, m->row[at + i].offset);
			cm_buf_add(out, node, 32);
		}
		for (i = 0; i < n; i++)
			cm_buf_add(out, leaf[at + i], 4);
	}
}

static bool
commit_is_by_the_words(struct gen *g)
{
	struct cm_buf index = { 0 };
	uint8_t root[32], (*leaf)[32];
	struct made m;
	bool holds = true;

	made_table(g, &m);
	leaf = leaves_of(&m);
	index_of(&m, leaf, &index);
	made_tree(leaf, (size_t)m.seal.rows, root);
	if (memcmp(root, m.seal.root, 32) != 0)
		holds = gen_fail(g, "%u rows: another root", (unsigned)m.seal.rows);
	if (holds && !cm_span_eq(cm_buf_span(&index), cm_buf_span(&m.index)))
		holds = gen_fail(g, "%u rows: another index", (unsigned)m.seal.rows);
	free(leaf);
	cm_buf_release(&index);
	made_free(&m);
	return holds;
}

/* Tiles of a table, shared out as it comes. */
struct shares {
	size_t n;
	struct cm_tile tile[600];
	struct cm_tile_hash hash[600];
};

static struct shares *
share_out(struct gen *g, const struct made *m)
{
	struct shares *s = calloc(1, sizeof(*s));
	bool small = gen_one_in(g, 2);
	uint64_t at = 0, left;
	struct cm_tile *t;

	if (s == NULL)
		abort();
	while (at < m->seal.rows) {
		t = &s->tile[s->n];
		if (s->n++ == 600 || cm_tile_init(t, &m->seal.schema) != CM_OK)
			abort();
		cm_tile_begin(t, at);
		left = small ? 1 + gen_upto(g, gen_one_in(g, 9) ? 1 : 100) : 256;
		for (; left > 0 && at < m->seal.rows && !cm_tile_is_full(t); left--, at++)
			if (cm_tile_add(t, &m->row[at]) != CM_OK)
				abort();
	}
	return s;
}

/* In any order, by one of two hashers, now and then twice. */
static void
hash_all(struct gen *g, const struct made *m, struct shares *s)
{
	struct cm_tile_hasher *h[2];
	size_t order[600], i, j, t;

	if (cm_tile_hasher_new(&m->seal.schema, &m->secret, &h[0]) != CM_OK ||
	    cm_tile_hasher_new(&m->seal.schema, &m->secret, &h[1]) != CM_OK)
		abort();
	for (i = 0; i < s->n; i++)
		order[i] = i;
	for (i = s->n; i > 1; i--) {
		j = (size_t)gen_below(g, i);
		t = order[i - 1];
		order[i - 1] = order[j];
		order[j] = t;
	}
	for (i = 0; i < s->n; i++) {
		cm_tile_hash(h[gen_below(g, 2)], &s->tile[order[i]], &s->hash[order[i]]);
		if (gen_one_in(g, 8))
			cm_tile_hash(
			    h[gen_below(g, 2)], &s->tile[order[i]], &s->hash[order[i]]);
	}
	cm_tile_hasher_free(h[0]);
	cm_tile_hasher_free(h[1]);
}

static bool
folds_to_the_same(struct gen *g, const struct made *m, const struct shares *s)
{
	struct cm_buf index = { 0 };
	struct cm_sink sink = made_sink(&index);
	struct cm_committer *c = calloc(1, sizeof(*c));
	uint8_t root[32];
	uint64_t rows = 0;
	bool holds = true;
	size_t i;

	if (c == NULL)
		abort();
	cm_committer_init(c, &sink);
	for (i = 0; holds && i < s->n; i++) {
		if (s->n > 1 &&
		    cm_committer_add(c, &s->hash[i == 0 ? 1 : i - 1]) != CM_E_USAGE)
			holds = gen_fail(g, "rows out of order are taken");
		if (holds && cm_committer_add(c, &s->hash[i]) != CM_OK)
			holds = gen_fail(g, "tile %zu is not taken", i);
	}
	if (holds && (cm_committer_end(c, &rows, root) != CM_OK || rows != m->seal.rows))
		holds = gen_fail(g, "%u rows, not %u", (unsigned)rows, (unsigned)m->seal.rows);
	if (holds && memcmp(root, m->seal.root, 32) != 0)
		holds = gen_fail(g, "%u rows: another root", (unsigned)rows);
	if (holds && !cm_span_eq(cm_buf_span(&index), cm_buf_span(&m->index)))
		holds = gen_fail(g, "%u rows: another index", (unsigned)rows);
	cm_buf_release(&index);
	free(c);
	return holds;
}

static bool
shares_do_not_show(struct gen *g)
{
	struct shares *s;
	uint8_t(*leaf)[32];
	struct made m;
	bool holds = true;
	size_t i;

	made_table(g, &m);
	leaf = leaves_of(&m);
	s = share_out(g, &m);
	hash_all(g, &m, s);
	for (i = 0; holds && i < s->n; i++)
		if (s->hash[i].first != s->tile[i].first || s->hash[i].n != s->tile[i].n ||
		    memcmp(s->hash[i].leaf, leaf + s->tile[i].first, 32 * s->tile[i].n) != 0)
			holds = gen_fail(g, "tile %zu: other leaves", i);
	holds = holds && folds_to_the_same(g, &m, s);
	for (i = 0; i < s->n; i++)
		cm_tile_release(&s->tile[i]);
	free(s);
	free(leaf);
	made_free(&m);
	return holds;
}

/* Far up in the table, too, where row numbers need more than 32 bits. */
static bool
high_rows_hash_as_rows_do(struct gen *g)
{
	struct cm_tile_hasher *t;
	struct cm_tile_hash *out = calloc(1, sizeof(*out));
	struct cm_row_hash hash;
	struct cm_hasher h;
	struct cm_tile tile;
	struct made m;
	uint64_t first, i;
	bool holds = true;

	made_table(g, &m);
	first = gen_u64(g) >> (24 + gen_upto(g, 16));
	if (out == NULL || cm_tile_init(&tile, &m.seal.schema) != CM_OK ||
	    cm_hasher_init(&h, &m.seal.schema, &m.secret) != CM_OK ||
	    cm_tile_hasher_new(&m.seal.schema, &m.secret, &t) != CM_OK)
		abort();
	cm_tile_begin(&tile, first);
	for (i = 0; i < m.seal.rows && !cm_tile_is_full(&tile); i++)
		if (cm_tile_add(&tile, &m.row[i]) != CM_OK)
			abort();
	cm_tile_hash(t, &tile, out);
	for (i = 0; holds && i < tile.n; i++) {
		cm_hasher_row(&h, first + i, &m.row[i], &hash);
		if (memcmp(hash.leaf, out->leaf[i], 32) != 0)
			holds = gen_fail(g, "row %llu", (unsigned long long)(first + i));
	}
	cm_tile_hasher_free(t);
	cm_hasher_fini(&h);
	cm_tile_release(&tile);
	free(out);
	made_free(&m);
	return holds;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "root and index are those of the words, row by row", commit_is_by_the_words, 60,
		    700 },
		{ "how rows are shared out among tiles, hashers and in time does not show",
		    shares_do_not_show, 60, 600 },
		{ "rows of high numbers hash as they do one by one", high_rows_hash_as_rows_do, 60,
		    300 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(*laws));
}
