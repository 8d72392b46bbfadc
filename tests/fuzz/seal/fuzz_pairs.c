/* The readers of pairs: of an opening, which is somebody else's, and of the notes behind one's own index.
 * What is accepted ascends, once each, and is what was sealed.  And their writers. */
#include <string.h>

#include "fuzz.h"
#include "seal/pairs.h"

/* As tests/unit/seal/make_pairs.py has it: the sealed ones. */
static const uint8_t root[CM_HASH_LEN] = {
	0x9e, 0x30, 0xbb, 0xa3, 0xa4, 0x9c, 0xac, 0xef, 0x4b, 0xa8, 0xac, 0xd3, 0xba, 0xcf, 0x0b, 0x01,
	0xc9, 0x84, 0xdf, 0x63, 0x57, 0x39, 0x28, 0xee, 0xa1, 0x8a, 0xf8, 0xcf, 0xa9, 0x87, 0xfc, 0x44,
};

static void
read_opening(struct cm_span bytes)
{
	struct cm_seal seal = { .rows = 60, .has_pairs = true };
	struct cm_opened_pair *pair = NULL;
	struct cm_arena arena;
	struct cm_err err = { 0 };
	size_t n = 0, i;

	memcpy(seal.pairs, root, CM_HASH_LEN);
	memset(seal.statement, 0x33, CM_HASH_LEN);
	cm_arena_init(&arena, 0);
	if (cm_pairs_read(&seal, bytes, &arena, &pair, &n, &err) != CM_OK) {
		must(err.text[0] != 0 && pair == NULL);
	} else {
		must(n > 0);
		for (i = 0; i < n; i++) {
			must(pair[i].rows > 0 && pair[i].rows <= 60);
			must(i == 0 || memcmp(pair[i - 1].key, pair[i].key, CM_HASH_LEN) < 0);
		}
	}
	cm_arena_fini(&arena);
}

static void
read_notes(struct cm_span index)
{
	struct cm_pair_list list = { 0 };
	struct cm_span notes, before = index;
	size_t i;

	if (cm_pair_list_cut(&index, &notes) != CM_OK)
		return;
	must(index.len + notes.len == before.len);
	if (notes.len > 0 && cm_pair_list_read(notes, &list, NULL) == CM_OK) {
		for (i = 1; i < list.n; i++)
			must(memcmp(list.pair[i - 1].key, list.pair[i].key, CM_HASH_LEN) < 0);
	}
	cm_pair_list_release(&list);
}

/* Each byte is a row between two of sixteen hosts; all their pairs are counted, opened and read. */
static enum cm_result
count_rows(struct cm_pair_book *book, struct cm_span rows, struct cm_pair_list *list)
{
	uint8_t src[4] = { 10, 0, 0, 0 }, dst[4] = { 10, 0, 0, 0 };
	struct cm_pair_of of;
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < rows.len; i++) {
		src[3] = rows.ptr[i] >> 4;
		dst[3] = rows.ptr[i] & 15;
		of = cm_pair_of(book, cm_span_of(src, i % 7 == 6 ? 0 : 4), cm_span_of(dst, 4));
		rc = cm_pair_book_add(book, i, &of);
	}
	return rc == CM_OK ? cm_pair_book_end(book, NULL, list) : rc;
}

static void
open_all(struct cm_span rows, const struct cm_pair_list *list, const struct cm_seal_secret *secret)
{
	struct cm_seal seal = { .rows = rows.len, .has_pairs = true };
	struct cm_pair_wish wish[136];
	struct cm_opened_pair *pair;
	struct cm_buf out = { 0 };
	struct cm_arena arena;
	size_t n, i;

	for (i = 0; i < list->n; i++) {
		memcpy(wish[i].key, list->pair[i].key, CM_HASH_LEN);
		wish[i].whole = i % 2 == 0;
	}
	cm_arena_init(&arena, 0);
	if (cm_pairs_root(list, secret, NULL, seal.pairs) == CM_OK && list->n > 0) {
		must(cm_pairs_open(list, secret, &seal, wish, list->n, &out, NULL) == CM_OK);
		must(cm_pairs_read(&seal, cm_buf_span(&out), &arena, &pair, &n, NULL) == CM_OK && n == list->n);
	}
	cm_arena_fini(&arena);
	cm_buf_release(&out);
}

static void
make_and_read(struct cm_span rows)
{
	static const struct cm_seal_secret secret = { { 1 }, { 2 } };
	struct cm_pair_list list = { 0 };
	struct cm_pair_book *book;
	enum cm_result rc = cm_pair_book_new(&secret, &book);

	if (rc != CM_OK)
		return;
	rc = count_rows(book, rows, &list);
	must(rc == CM_OK);
	if (rc == CM_OK)
		open_all(rows, &list, &secret);
	cm_pair_list_release(&list);
	cm_pair_book_free(book);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const way[])(struct cm_span) = { read_opening, read_notes, make_and_read };

	if (size > 0)
		way[data[0] % 3](cm_span_of(data + 1, size - 1));
	return 0;
}
