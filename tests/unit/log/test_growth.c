/* A log that grows in any steps is the same log, and its tiles are read only as its root says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "files.h"
#include "log/growth.h"
#include "merkle/tree.h"

/* RFC 9162 2.1.1, word by word. */
static void
plain_root(uint64_t from, uint64_t n, uint8_t out[32])
{
	uint8_t both[65] = { 1 };
	struct made_entry e;
	uint64_t k = 1;

	if (n <= 1) {
		if (n == 0)
			cm_sha256(NULL, 0, out);
		else
			cm_merkle_leaf(files_entry(from, &e), out);
		return;
	}
	while (k * 2 < n)
		k *= 2;
	plain_root(from, k, both + 1);
	plain_root(from + k, n - k, both + 33);
	cm_sha256(both, 65, out);
}

static struct cm_growth *
begin(const struct cm_tile_source *source, uint64_t size, const uint8_t root[32])
{
	struct cm_growth *g = NULL;
	struct cm_err err = { 0 };

	if (cm_growth_new(source, size, root, &g, &err) != CM_OK)
		fail_msg("%s", err.text);
	return g;
}

/* A log of ${size}, in steps of ${step}. */
static void
make(struct files *f, uint64_t size, uint64_t step, uint8_t root[32])
{
	const struct cm_tile_sink sink = files_sink(f);
	struct cm_growth *g;
	uint64_t now = 0, at;

	cm_sha256(NULL, 0, root);
	g = begin(NULL, 0, root);
	for (at = 0; at < size; at += step) {
		files_grow(g, at, size - at < step ? size - at : step, &sink);
		assert_int_equal(cm_growth_settle(g, &sink, &now, root, NULL), CM_OK);
	}
	assert_int_equal(now, size);
	cm_growth_free(g);
}

/* The example of tlog-tiles: 70,000 entries are 273 full tiles and one of 112; over them one full
 * tile and one of 17; over that one of 1. */
static void
seventy_thousand_are_as_the_specification_counts_them(void **state)
{
	const struct cm_log_tile there[] = { { .n = 272, .width = 256 }, { .n = 273, .width = 112 },
		{ .level = 1, .width = 256 }, { .level = 1, .n = 1, .width = 17 },
		{ .level = 2, .width = 1 }, { .entries = true, .n = 272, .width = 256 },
		{ .entries = true, .n = 273, .width = 112 } };
	struct files f = { 0 };
	uint8_t root[32], want[32];
	size_t i;

	(void)state;
	make(&f, 70000, 70000, root);
	plain_root(0, 70000, want);
	assert_memory_equal(root, want, 32);
	for (i = 0; i < sizeof(there) / sizeof(there[0]); i++)
		assert_non_null(files_find(&f, &there[i]));
	assert_int_equal(f.n, 274 + 274 + 2 + 1);
	files_free(&f);
}

static void
each_size_has_the_root_and_the_files_of_its_own(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 3, 255, 256, 257, 511, 512, 513, 1000 };
	static const size_t files[] = { 2, 2, 2, 2, 3, 5, 5, 5, 7, 9 };
	uint8_t root[32], want[32];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct files f = { 0 };

		make(&f, sizes[i], sizes[i], root);
		plain_root(0, sizes[i], want);
		assert_memory_equal(root, want, 32);
		assert_int_equal(f.n, files[i]);
		files_free(&f);
	}
}

static void
nothing_new_gives_out_nothing(void **state)
{
	struct files f = { 0 }, more = { 0 };
	const struct cm_tile_source source = files_source(&f);
	const struct cm_tile_sink sink = files_sink(&more);
	uint8_t root[32], again[32];
	struct cm_growth *g;
	uint64_t size = 0;

	(void)state;
	make(&f, 300, 300, root);
	g = begin(&source, 300, root);
	assert_int_equal(cm_growth_settle(g, &sink, &size, again, NULL), CM_OK);
	assert_int_equal(size, 300);
	assert_memory_equal(again, root, 32);
	assert_int_equal(more.n, 0);
	/* One more changes level 0 only: the tile of level 1 is as it was. */
	files_grow(g, 300, 1, &sink);
	assert_int_equal(cm_growth_settle(g, &sink, &size, again, NULL), CM_OK);
	assert_int_equal(more.n, 2);
	assert_non_null(files_find(&more, &(struct cm_log_tile) { .n = 1, .width = 45 }));
	assert_non_null(
	    files_find(&more, &(struct cm_log_tile) { .entries = true, .n = 1, .width = 45 }));
	cm_growth_free(g);
	files_free(&f);
	files_free(&more);
}

static void
a_partial_tile_that_was_dropped_is_the_beginning_of_the_full_one(void **state)
{
	struct files f = { 0 };
	const struct cm_tile_source source = files_source(&f);
	uint8_t root[32], later[32];

	(void)state;
	make(&f, 300, 300, root);
	make(&f, 512, 512, later);
	files_drop(&f, &(struct cm_log_tile) { .n = 1, .width = 44 });
	files_drop(&f, &(struct cm_log_tile) { .entries = true, .n = 1, .width = 44 });
	cm_growth_free(begin(&source, 300, root));
	files_free(&f);
}

/* What the log says of a file that is not as it was. */
static void
refuses(struct files *f, const uint8_t root[32], enum cm_result want, const char *text)
{
	const struct cm_tile_source source = files_source(f);
	struct cm_growth *g = NULL;
	struct cm_err err = { 0 };

	assert_int_equal(cm_growth_new(&source, 300, root, &g, &err), want);
	assert_null(g);
	if (strcmp(err.text, text) != 0)
		fail_msg("\"%s\", not \"%s\"", err.text, text);
}

static void
a_log_does_not_go_on_from_a_damaged_edge(void **state)
{
	const struct cm_log_tile tile = { .n = 1, .width = 44 }, above = { .level = 1, .width = 1 },
				 bundle = { .entries = true, .n = 1, .width = 44 };
	struct files f = { 0 };
	uint8_t root[32];
	struct file *file;

	(void)state;
	make(&f, 300, 300, root);
	file = files_find(&f, &tile);
	file->bytes.ptr[5] ^= 1;
	refuses(&f, root, CM_E_REFUSED,
	    "the partial tiles of 300 leaves do not make the checkpoint's root");
	file->bytes.ptr[5] ^= 1;
	file->bytes.len--;
	refuses(&f, root, CM_E_MALFORMED, "tile/0/001.p/44: its length is not 32 bytes a hash");
	file->bytes.len++;
	file = files_find(&f, &bundle);
	file->bytes.ptr[file->bytes.len - 1] ^= 1;
	refuses(&f, root, CM_E_REFUSED,
	    "the entries of the last bundle are not those that were logged");
	file->bytes.len--;
	refuses(&f, root, CM_E_MALFORMED,
	    "tile/entries/001.p/44: the bundle ends inside entry 43 of 44");
	file->bytes.len++;
	file->bytes.ptr[file->bytes.len - 1] ^= 1;
	files_drop(&f, &above);
	refuses(&f, root, CM_E_NOTFOUND, "tile/1/000.p/1: there is none");
	files_free(&f);
}

static enum cm_result
put_fails(void *arg, const struct cm_log_tile *t, struct cm_span bytes, struct cm_err *err)
{
	(void)arg, (void)t, (void)bytes;
	return cm_err_set(err, CM_E_IO, "the disk is full");
}

static void
after_a_failed_write_nothing_goes_on(void **state)
{
	const struct cm_tile_sink bad = { put_fails, NULL };
	struct files f = { 0 };
	const struct cm_tile_sink sink = files_sink(&f);
	struct cm_span e = cm_span_str("x");
	struct cm_err err = { 0 }, later = { 0 };
	uint8_t root[32];
	struct cm_growth *g;
	uint64_t size = 77;

	(void)state;
	cm_sha256(NULL, 0, root);
	g = begin(NULL, 0, root);
	assert_int_equal(cm_growth_add(g, &e, 1, &sink, NULL), CM_OK);
	assert_int_equal(cm_growth_settle(g, &bad, &size, root, &err), CM_E_IO);
	assert_string_equal(err.text, "the disk is full");
	assert_int_equal(cm_growth_add(g, &e, 1, &sink, &later), CM_E_IO);
	assert_int_equal(cm_growth_settle(g, &sink, &size, root, NULL), CM_E_IO);
	assert_int_equal(size, 77);
	assert_string_equal(
	    later.text, "the log could not be written before: begin from what is there");
	assert_int_equal(f.n, 0);
	cm_growth_free(g);
}

static void
too_long_an_entry_adds_nothing(void **state)
{
	static uint8_t bytes[65536];
	struct cm_span two[2] = { { bytes, 65535 }, { bytes, 65536 } };
	struct files f = { 0 };
	const struct cm_tile_sink sink = files_sink(&f);
	struct cm_err err = { 0 };
	struct cm_growth *g;
	uint8_t root[32];
	uint64_t size = 77;

	(void)state;
	cm_sha256(NULL, 0, root);
	g = begin(NULL, 0, root);
	assert_int_equal(cm_growth_add(g, two, 2, &sink, &err), CM_E_LIMIT);
	assert_string_equal(err.text, "an entry of 65536 bytes: no more than 65535 fit");
	assert_int_equal(cm_growth_add(g, two + 1, 1, &sink, NULL), CM_E_LIMIT);
	assert_int_equal(cm_growth_settle(g, &sink, &size, root, NULL), CM_OK);
	assert_int_equal(size, 0);
	assert_int_equal(cm_growth_add(g, two, 1, &sink, NULL), CM_OK);
	assert_int_equal(cm_growth_settle(g, &sink, &size, root, NULL), CM_OK);
	assert_int_equal(size, 1);
	cm_growth_free(g);
	g = NULL;
	assert_int_equal(cm_growth_new(NULL, CM_LOG_SIZE_MAX + 1, root, &g, NULL), CM_E_LIMIT);
	assert_null(g);
	files_free(&f);
}

/* The tiles at the edge of a log that is one short of 2^40, of empty entries and made-up hashes. */
static enum cm_result
nearly_full(void *arg, const struct cm_log_tile *t, struct cm_buf *out, struct cm_err *err)
{
	const bool *is_full = arg;
	uint8_t hash[32];
	unsigned i;

	(void)err;
	assert_int_equal(t->width, *is_full ? 1 : 255);
	cm_merkle_leaf(cm_span_of(NULL, 0), hash);
	if (t->level > 0)
		memset(hash, (int)t->level, 32);
	for (i = 0; i < t->width; i++)
		cm_buf_add(out, t->entries ? "\0" : (const char *)hash, t->entries ? 2 : 32);
	return CM_OK;
}

static void
nearly_full_root(struct cm_tree *tree, uint8_t root[32])
{
	uint8_t hash[32];
	unsigned level, i;

	for (level = 5; level-- > 0;) {
		cm_merkle_leaf(cm_span_of(NULL, 0), hash);
		if (level > 0)
			memset(hash, (int)level, 32);
		for (i = 0; i < 255; i++)
			cm_tree_add(tree, 8 * level, hash);
	}
	cm_tree_root(tree, NULL, root);
}

static void
a_log_ends_at_2_to_the_40(void **state)
{
	bool is_full = false;
	const struct cm_tile_source source = { nearly_full, &is_full };
	const struct cm_span two[2] = { { (const uint8_t *)"", 0 }, { (const uint8_t *)"", 0 } };
	struct cm_tree tree = { 0 };
	struct files f = { 0 };
	const struct cm_tile_sink sink = files_sink(&f);
	struct cm_err err = { 0 };
	uint8_t root[32], leaf[32];
	struct cm_growth *g;
	uint64_t size = 0;

	(void)state;
	nearly_full_root(&tree, root);
	g = begin(&source, CM_LOG_SIZE_MAX - 1, root);
	assert_int_equal(cm_growth_add(g, two, 2, &sink, &err), CM_E_LIMIT);
	assert_string_equal(err.text, "a log has no more than 2^40 entries");
	assert_int_equal(cm_growth_add(g, two, 1, &sink, NULL), CM_OK);
	assert_int_equal(f.n, 1 + 5); /* the bundle, and a tile of each level, are full */
	assert_int_equal(cm_growth_settle(g, &sink, &size, root, NULL), CM_OK);
	assert_true(size == CM_LOG_SIZE_MAX);
	cm_merkle_leaf(two[0], leaf);
	cm_tree_add(&tree, 0, leaf);
	cm_tree_root(&tree, NULL, leaf);
	assert_memory_equal(root, leaf, 32);
	assert_int_equal(f.n, 1 + 5 + 1);
	assert_non_null(files_find(&f, &(struct cm_log_tile) { .level = 5, .width = 1 }));
	assert_int_equal(cm_growth_add(g, two, 1, &sink, NULL), CM_E_LIMIT);
	cm_growth_free(g);
	is_full = true;
	memset(root, 5, 32);
	g = begin(&source, CM_LOG_SIZE_MAX, root);
	assert_int_equal(cm_growth_add(g, two, 0, &sink, NULL), CM_OK);
	assert_int_equal(cm_growth_add(g, two, 1, &sink, NULL), CM_E_LIMIT);
	cm_growth_free(g);
	files_free(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seventy_thousand_are_as_the_specification_counts_them),
		cmocka_unit_test(each_size_has_the_root_and_the_files_of_its_own),
		cmocka_unit_test(nothing_new_gives_out_nothing),
		cmocka_unit_test(a_partial_tile_that_was_dropped_is_the_beginning_of_the_full_one),
		cmocka_unit_test(a_log_does_not_go_on_from_a_damaged_edge),
		cmocka_unit_test(after_a_failed_write_nothing_goes_on),
		cmocka_unit_test(too_long_an_entry_adds_nothing),
		cmocka_unit_test(a_log_ends_at_2_to_the_40),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
