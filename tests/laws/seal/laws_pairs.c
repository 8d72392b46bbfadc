/* The laws of the pairs of a capture (docs/formats.md 1.6), on made-up rows. */
#include <stdlib.h>
#include <string.h>

#include "../gen.h"
#include "seal/names.h"
#include "seal/pair_hash.h"

struct host {
	uint8_t len, addr[16];
};

/* Rows between few hosts, and their pairs. */
struct made {
	struct cm_seal_secret secret;
	struct cm_seal seal;
	size_t rows;
	struct host (*row)[2]; /* len 0: no packet */
	struct cm_pair_list list;
};

static struct cm_span
address(const struct host *h)
{
	return cm_span_of(h->addr, h->len);
}

static void
count(struct made *m)
{
	struct cm_pair_book *book;
	struct cm_pair_of of;
	size_t i;

	cm_pair_list_release(&m->list);
	if (cm_pair_book_new(&m->secret, &book) != CM_OK)
		abort();
	for (i = 0; i < m->rows; i++) {
		of = cm_pair_of(book, address(&m->row[i][0]), address(&m->row[i][1]));
		if (cm_pair_book_add(book, i, &of) != CM_OK)
			abort();
	}
	if (cm_pair_book_end(book, NULL, &m->list) != CM_OK ||
	    cm_pairs_root(&m->list, &m->secret, NULL, m->seal.pairs) != CM_OK)
		abort();
	cm_pair_book_free(book);
	m->seal.has_pairs = true;
	m->seal.rows = m->rows;
}

static void
make(struct gen *g, struct made *m)
{
	size_t hosts = 1 + (size_t)gen_below(g, 2 + g->size / 4), i, k;
	bool six;

	memset(m, 0, sizeof(*m));
	gen_bytes(g, &m->secret, sizeof(m->secret));
	gen_bytes(g, m->seal.statement, 32);
	memcpy(m->seal.x, m->secret.x, 32);
	m->rows = 1 + (size_t)gen_upto(g, g->size);
	m->row = calloc(m->rows, sizeof(m->row[0]));
	if (m->row == NULL)
		abort();
	for (i = 0; i < m->rows; i++) {
		six = gen_one_in(g, 4);
		for (k = 0; k < 2 && (i == 0 || !gen_one_in(g, 9)); k++) {
			m->row[i][k].len = six ? 16 : 4;
			m->row[i][k].addr[3] = (uint8_t)gen_below(g, hosts);
		}
		if (k == 1)
			m->row[i][0].len = 0;
	}
	count(m);
}

static void
unmake(struct made *m)
{
	cm_pair_list_release(&m->list);
	free(m->row);
}

static bool
are_of(const struct made *m, size_t row, const struct host *a, const struct host *b)
{
	const struct host *r = m->row[row];

	return r[0].len != 0 && ((memcmp(&r[0], a, sizeof(*a)) == 0 && memcmp(&r[1], b, sizeof(*b)) == 0) ||
				    (memcmp(&r[0], b, sizeof(*b)) == 0 && memcmp(&r[1], a, sizeof(*a)) == 0));
}

/* Whom a pair of the list is between, by trying. */
static bool
first_row(const struct made *m, const struct cm_pair *p, size_t *out)
{
	uint8_t tie[2][32], key[32];
	struct cm_names names;
	bool found = false;
	size_t i, k;

	if (cm_names_init(&names, &m->secret) != CM_OK)
		abort();
	for (i = 0; !found && i < m->rows; i++) {
		for (k = 0; k < 2; k++)
			cm_names_of(&names, 0, address(&m->row[i][k]), NULL, tie[k]);
		cm_pair_key(m->secret.x, tie[0], tie[1], key);
		found = m->row[i][0].len != 0 && memcmp(key, p->key, 32) == 0;
		*out = i;
	}
	cm_names_fini(&names);
	return found;
}

/* Is the cover of the pair that of the rows of it, but for ${left_out}, and with ${more}? */
static bool
covers(const struct made *m, const struct cm_pair *p, size_t of, size_t left_out, size_t more, uint64_t *rows)
{
	struct cm_opened_pair o = { .rows = p->rows, .whole = true };
	struct cm_pair_count c;
	size_t i;

	memcpy(o.cover, p->cover, 32);
	cm_pair_salt(&m->secret, p->key, o.salt);
	cm_pair_count_begin(&c);
	*rows = 0;
	for (i = 0; i < m->rows; i++) {
		if (i != more && (i == left_out || !are_of(m, i, &m->row[of][0], &m->row[of][1])))
			continue;
		cm_pair_count_add(&c, i);
		(*rows)++;
	}
	return cm_pair_count_is(&c, &o);
}

static bool
pairs_are_those_of_a_recount(struct gen *g)
{
	struct made m;
	uint64_t rows, all = 0, none = 0;
	bool holds = true;
	size_t i, of;

	make(g, &m);
	for (i = 0; holds && i < m.list.n; i++) {
		if (i > 0 && memcmp(m.list.pair[i - 1].key, m.list.pair[i].key, 32) >= 0)
			holds = gen_fail(g, "pair %zu does not ascend", i);
		else if (!first_row(&m, &m.list.pair[i], &of))
			holds = gen_fail(g, "pair %zu is nobody's", i);
		else if (!covers(&m, &m.list.pair[i], of, SIZE_MAX, SIZE_MAX, &rows) || rows != m.list.pair[i].rows)
			holds = gen_fail(g, "pair %zu counts other rows", i);
		all += m.list.pair[i].rows;
	}
	for (i = 0; i < m.rows; i++)
		none += m.row[i][0].len == 0;
	if (holds && all + none != m.rows)
		holds = gen_fail(g, "%u rows in pairs, %u in none, of %zu", (unsigned)all, (unsigned)none, m.rows);
	unmake(&m);
	return holds;
}

static bool
no_row_can_be_left_out_or_put_in(struct gen *g)
{
	struct made m;
	uint64_t rows;
	bool holds = true;
	size_t i, of, row;

	make(g, &m);
	i = (size_t)gen_below(g, m.list.n);
	if (!first_row(&m, &m.list.pair[i], &of))
		holds = gen_fail(g, "pair %zu is nobody's", i);
	for (row = 0; holds && row < m.rows; row++) {
		bool its = are_of(&m, row, &m.row[of][0], &m.row[of][1]);

		if (covers(&m, &m.list.pair[i], of, its ? row : SIZE_MAX, its ? SIZE_MAX : row, &rows))
			holds = gen_fail(g, "row %zu makes no difference", row);
		/* a sender who leaves one out and puts another in has the right number */
		if (holds && its && row > 0 && !are_of(&m, row - 1, &m.row[of][0], &m.row[of][1]) &&
		    covers(&m, &m.list.pair[i], of, row, row - 1, &rows))
			holds = gen_fail(g, "row %zu does as well as %zu", row - 1, row);
	}
	unmake(&m);
	return holds;
}

/* Some of the pairs, at least one. */
static size_t
choose(struct gen *g, const struct made *m, struct cm_pair_wish **out)
{
	size_t n = 0, i, sure = (size_t)gen_below(g, m->list.n);
	uint64_t often = 1 + gen_below(g, 6);

	*out = calloc(m->list.n, sizeof(**out));
	if (*out == NULL)
		abort();
	for (i = 0; i < m->list.n; i++) {
		if (i != sure && !gen_one_in(g, often))
			continue;
		memcpy((*out)[n].key, m->list.pair[i].key, 32);
		(*out)[n++].whole = gen_one_in(g, 2);
	}
	return n;
}

static void
open_some(const struct made *m, const struct cm_pair_wish *wish, size_t n, struct cm_buf *out)
{
	if (cm_pairs_open(&m->list, &m->secret, &m->seal, wish, n, out, NULL) != CM_OK)
		abort();
}

static bool
shows(struct gen *g, const struct made *m, const struct cm_pair_wish *wish, size_t n, const struct cm_opened_pair *got,
    size_t n_got)
{
	const struct cm_pair *p;
	uint8_t salt[32];
	size_t i;

	if (n != n_got)
		return gen_fail(g, "%zu pairs and not %zu", n_got, n);
	for (i = 0; i < n; i++) {
		if (memcmp(wish[i].key, got[i].key, 32) != 0 || cm_pair_list_find(&m->list, got[i].key, &p) != CM_OK)
			return gen_fail(g, "another pair");
		cm_pair_salt(&m->secret, p->key, salt);
		if (p->rows != got[i].rows || memcmp(p->cover, got[i].cover, 32) != 0 || got[i].whole != wish[i].whole ||
		    (got[i].whole && memcmp(got[i].salt, salt, 32) != 0))
			return gen_fail(g, "it says something else of pair %zu", i);
	}
	return true;
}

static bool
an_opening_shows_what_was_wished(struct gen *g)
{
	struct cm_pair_wish *wish;
	struct cm_opened_pair *got;
	struct cm_buf out = { 0 };
	struct cm_err err = { 0 };
	struct cm_arena arena;
	struct made m;
	size_t n, n_got;
	bool holds;

	make(g, &m);
	n = choose(g, &m, &wish);
	open_some(&m, wish, n, &out);
	cm_arena_init(&arena, 0);
	if (cm_pairs_read(&m.seal, cm_buf_span(&out), &arena, &got, &n_got, &err) != CM_OK)
		holds = gen_fail(g, "refused: %s", err.text);
	else
		holds = shows(g, &m, wish, n, got, n_got);
	cm_arena_fini(&arena);
	cm_buf_release(&out);
	free(wish);
	unmake(&m);
	return holds;
}

static bool
is_refused(const struct made *m, struct cm_span bytes)
{
	struct cm_opened_pair *got;
	struct cm_err err = { 0 };
	struct cm_arena arena;
	enum cm_result rc;
	size_t n;

	cm_arena_init(&arena, 0);
	rc = cm_pairs_read(&m->seal, bytes, &arena, &got, &n, &err);
	cm_arena_fini(&arena);
	return (rc == CM_E_REFUSED || rc == CM_E_MALFORMED) && err.text[0] != 0;
}

/* Of the salt of a pair of which all is shown only the rows themselves tell: dossier/pairs does. */
static bool
is_of_a_salt(const struct made *m, struct cm_span b, size_t at)
{
	uint8_t salt[32];
	size_t i, k;

	for (i = 0; i < m->list.n; i++) {
		cm_pair_salt(&m->secret, m->list.pair[i].key, salt);
		for (k = at < 31 ? 0 : at - 31; k <= at && k + 32 <= b.len; k++)
			if (memcmp(b.ptr + k, salt, 32) == 0)
				return true;
	}
	return false;
}

static bool
every_bit_counts(struct gen *g)
{
	struct cm_pair_wish *wish;
	struct cm_buf out = { 0 };
	struct made m;
	bool holds = true;
	size_t n, i;

	make(g, &m);
	n = choose(g, &m, &wish);
	open_some(&m, wish, n, &out);
	for (i = 0; holds && i < out.len * 8; i++) {
		if (is_of_a_salt(&m, cm_buf_span(&out), i / 8))
			continue;
		out.ptr[i / 8] ^= (uint8_t)(1 << i % 8);
		if (!is_refused(&m, cm_buf_span(&out)))
			holds = gen_fail(g, "bit %zu may be turned", i);
		out.ptr[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (i = 0; holds && i < out.len; i++)
		if (!is_refused(&m, cm_span_of(out.ptr, i)))
			holds = gen_fail(g, "cut at %zu it is accepted", i);
	cm_buf_add_u8(&out, 0);
	if (holds && !is_refused(&m, cm_buf_span(&out)))
		holds = gen_fail(g, "a byte more is accepted");
	cm_buf_release(&out);
	free(wish);
	unmake(&m);
	return holds;
}

static bool
holds_bytes(struct cm_span in, const uint8_t what[32])
{
	return memmem(in.ptr, in.len, what, 32) != NULL;
}

/* Nothing of a pair that is not wished stands in the opening: not its key, cover or salt; of one that is covered not
 * the salt; and, of one that is, all of it. */
static bool
shut_pairs_do_not_show(struct gen *g)
{
	struct cm_pair_wish *wish;
	struct cm_buf out = { 0 };
	uint8_t salt[32];
	struct made m;
	bool holds = true;
	size_t n, i, k = 0;

	make(g, &m);
	n = choose(g, &m, &wish);
	open_some(&m, wish, n, &out);
	for (i = 0; holds && i < m.list.n; i++) {
		const struct cm_pair *p = &m.list.pair[i];
		bool wished = k < n && memcmp(wish[k].key, p->key, 32) == 0, whole = wished && wish[k].whole;
		struct cm_span bytes = cm_buf_span(&out);

		cm_pair_salt(&m.secret, p->key, salt);
		if (holds_bytes(bytes, p->key) != wished || holds_bytes(bytes, p->cover) != wished ||
		    holds_bytes(bytes, salt) != whole)
			holds = gen_fail(g, "pair %zu, %swished: another part of it shows", i, wished ? "" : "not ");
		k += wished;
	}
	cm_buf_release(&out);
	free(wish);
	unmake(&m);
	return holds;
}

/* The same rows under another secret, with the same X: keys differ by the names; but so that who knows keys, rows and
 * numbers can test no guess, every leaf and pad has to depend on the secret, too. */
static bool
leaves_and_pads_depend_on_the_secret(struct gen *g)
{
	uint8_t a[32], b[32];
	struct cm_seal_secret other;
	struct made m;
	bool holds = true;
	unsigned depth = (unsigned)gen_below(g, 128);

	make(g, &m);
	other = m.secret;
	other.s[gen_below(g, 32)] ^= (uint8_t)(1 << gen_below(g, 8));
	cm_pair_salt(&m.secret, m.list.pair[0].key, a);
	cm_pair_salt(&other, m.list.pair[0].key, b);
	if (memcmp(a, b, 32) == 0)
		holds = gen_fail(g, "a salt does not depend on the secret");
	cm_pair_pad(&m.secret, depth, m.list.pair[0].key, a);
	cm_pair_pad(&other, depth, m.list.pair[0].key, b);
	if (holds && memcmp(a, b, 32) == 0)
		holds = gen_fail(g, "a pad does not depend on the secret");
	unmake(&m);
	return holds;
}

/* ---- the tree, by its words ---- */

static void
tree_by_words(const struct made *m, const uint8_t way[32], unsigned depth, uint8_t out[32])
{
	uint8_t left[32], right[32], there[32];
	const struct cm_pair *only = NULL;
	size_t n = 0, i;

	for (i = 0; i < m->list.n; i++) {
		if (!cm_pair_same_way(m->list.pair[i].key, way, depth))
			continue;
		only = &m->list.pair[i];
		n++;
	}
	if (n == 0) {
		cm_pair_pad(&m->secret, depth, way, out);
	} else if (n == 1 && depth >= CM_PAIR_DEPTH_MIN) {
		cm_pair_leaf(only->key, only->rows, only->cover, out);
	} else {
		memcpy(there, way, 32);
		tree_by_words(m, there, depth + 1, left);
		there[depth / 8] |= (uint8_t)(0x80 >> depth % 8);
		tree_by_words(m, there, depth + 1, right);
		cm_pair_node(left, right, out);
	}
}

static bool
the_root_is_that_of_the_words(struct gen *g)
{
	static const uint8_t way[32];
	uint8_t root[32];
	struct made m;
	bool holds = true;

	make(g, &m);
	tree_by_words(&m, way, 0, root);
	if (memcmp(root, m.seal.pairs, 32) != 0)
		holds = gen_fail(g, "%zu pairs: another root", m.list.n);
	unmake(&m);
	return holds;
}

static enum cm_result
write_buf(void *arg, const void *ptr, size_t len)
{
	cm_buf_add(arg, ptr, len);
	return CM_OK;
}

static bool
notes_give_the_list_again(struct gen *g)
{
	struct cm_buf b = { 0 };
	struct cm_sink sink = { write_buf, &b };
	struct cm_pair_list again = { 0 };
	size_t before = (size_t)gen_below(g, 60);
	struct cm_span index, notes;
	struct made m;
	bool holds = true;

	make(g, &m);
	gen_bytes(g, cm_buf_grow(&b, before + 1), before + 1);
	if (cm_pair_list_write(&m.list, &sink) != CM_OK)
		abort();
	index = cm_buf_span(&b);
	if (cm_pair_list_cut(&index, &notes) != CM_OK || index.len != before + 1 ||
	    cm_pair_list_read(notes, &again, NULL) != CM_OK || again.n != m.list.n ||
	    memcmp(again.pair, m.list.pair, again.n * sizeof(again.pair[0])) != 0)
		holds = gen_fail(g, "%zu pairs behind %zu bytes: not what was written", m.list.n, before + 1);
	cm_pair_list_release(&again);
	cm_buf_release(&b);
	unmake(&m);
	return holds;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "pairs are those of a recount by hand", pairs_are_those_of_a_recount, 60, 120 },
		{ "no row of a pair can be left out, none put in, none exchanged", no_row_can_be_left_out_or_put_in, 100, 120 },
		{ "the root is that of the words", the_root_is_that_of_the_words, 30, 200 },
		{ "an opening shows what was wished, and is accepted", an_opening_shows_what_was_wished, 300, 400 },
		{ "an opening with any bit turned, cut anywhere, or longer is refused", every_bit_counts, 10, 30 },
		{ "pairs that are not opened do not show", shut_pairs_do_not_show, 200, 120 },
		{ "leaves and pads depend on the secret", leaves_and_pads_depend_on_the_secret, 100, 60 },
		{ "what the case keeps of pairs gives them again", notes_give_the_list_again, 100, 200 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(*laws));
}
