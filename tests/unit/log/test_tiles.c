/* What is read through tiles is what the root says, whatever the source hands out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "files.h"

enum { SIZE = 70000 };

static struct files log_files;
static uint8_t log_root[32];

static int
make_log(void **state)
{
	const struct cm_tile_sink sink = files_sink(&log_files);
	struct cm_growth *g;
	uint64_t size = 0;

	(void)state;
	cm_sha256(NULL, 0, log_root);
	if (cm_growth_new(NULL, 0, log_root, &g, NULL) != CM_OK)
		return 1;
	files_grow(g, 0, SIZE, &sink);
	if (cm_growth_settle(g, &sink, &size, log_root, NULL) != CM_OK || size != SIZE)
		return 1;
	cm_growth_free(g);
	return 0;
}

static int
free_log(void **state)
{
	(void)state;
	files_free(&log_files);
	return 0;
}

static struct cm_tiles *
open_log(void)
{
	const struct cm_tile_source source = files_source(&log_files);
	struct cm_tiles *t = NULL;

	assert_int_equal(cm_tiles_new(&source, SIZE, log_root, &t), CM_OK);
	return t;
}

static void
proofs_and_entries_are_those_of_the_root(void **state)
{
	static const uint64_t some[] = { 0, 1, 255, 256, 65535, 65536, 69887, 69888, 69999 };
	struct cm_tiles *t = open_log();
	const struct cm_hashes h = cm_tiles_hashes(t);
	uint8_t leaf[32], older[32];
	struct made_entry made;
	struct cm_proof proof;
	struct cm_span e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		assert_int_equal(cm_tiles_entry(t, some[i], &e, NULL), CM_OK);
		assert_true(cm_span_eq(e, files_entry(some[i], &made)));
		cm_merkle_leaf(e, leaf);
		assert_int_equal(cm_proof_inclusion(&h, some[i], SIZE, &proof, NULL), CM_OK);
		assert_int_equal(
		    cm_proof_check_inclusion(some[i], SIZE, leaf, &proof, log_root), CM_OK);
		assert_int_equal(cm_merkle_root(&h, some[i], older, NULL), CM_OK);
		assert_int_equal(cm_proof_consistency(&h, some[i], SIZE, &proof, NULL), CM_OK);
		assert_int_equal(
		    cm_proof_check_consistency(some[i], older, SIZE, log_root, &proof), CM_OK);
	}
	cm_tiles_free(t);
}

static void
a_tile_that_was_checked_is_not_fetched_again(void **state)
{
	struct cm_tiles *t = open_log();
	const struct cm_hashes h = cm_tiles_hashes(t);
	struct cm_proof proof;
	uint64_t i;

	(void)state;
	log_files.fetched = 0;
	assert_int_equal(cm_proof_inclusion(&h, 5, SIZE, &proof, NULL), CM_OK);
	assert_int_equal(log_files.fetched, 3 + 2); /* the edge, and the way down to leaf 5 */
	for (i = 0; i < 256; i++)
		assert_int_equal(cm_proof_inclusion(&h, i, SIZE, &proof, NULL), CM_OK);
	assert_int_equal(log_files.fetched, 5);
	/* More tiles than are kept: each is fetched once as long as they are read in order. */
	for (i = 0; i < SIZE; i += 256)
		assert_int_equal(cm_proof_inclusion(&h, i, SIZE, &proof, NULL), CM_OK);
	assert_int_equal(log_files.fetched, 5 + 272);
	assert_int_equal(cm_proof_inclusion(&h, 0, SIZE, &proof, NULL), CM_OK);
	assert_int_equal(log_files.fetched, 5 + 273);
	cm_tiles_free(t);
}

static void
what_is_not_there_is_not_made_up(void **state)
{
	struct cm_tiles *t = open_log(), *none = NULL;
	const struct cm_tile_source source = files_source(&log_files);
	const struct cm_hashes h = cm_tiles_hashes(t);
	struct cm_span e = { 0 };
	uint8_t hash[32];

	(void)state;
	assert_int_equal(cm_tiles_entry(t, SIZE, &e, NULL), CM_E_USAGE);
	assert_int_equal(h.at(h.arg, 0, SIZE, hash, NULL), CM_E_USAGE);
	assert_int_equal(h.at(h.arg, 0, SIZE - 1, hash, NULL), CM_OK);
	assert_int_equal(h.at(h.arg, 4, SIZE / 16, hash, NULL), CM_E_USAGE);
	assert_int_equal(h.at(h.arg, 4, SIZE / 16 - 1, hash, NULL), CM_OK);
	assert_int_equal(h.at(h.arg, 16, 1, hash, NULL), CM_E_USAGE);
	assert_int_equal(h.at(h.arg, 16, 0, hash, NULL), CM_OK);
	assert_int_equal(h.at(h.arg, 64, 0, hash, NULL), CM_E_USAGE);
	cm_tiles_free(t);
	assert_int_equal(cm_tiles_new(&source, (uint64_t)1 << 63, log_root, &none), CM_E_USAGE);
	assert_null(none);
	cm_tiles_free(NULL);
}

/* A proof and an entry of ${index}, while the file is not what it was. */
static void
refuses(uint64_t index, enum cm_result want, const char *text)
{
	struct cm_tiles *t = open_log();
	struct cm_err err = { 0 };
	struct cm_span e = { 0 };

	assert_int_equal(cm_tiles_entry(t, index, &e, &err), want);
	assert_null(e.ptr);
	if (strcmp(err.text, text) != 0)
		fail_msg("\"%s\", not \"%s\"", err.text, text);
	cm_tiles_free(t);
}

static void
flipped(const struct cm_log_tile *name, uint64_t index, const char *text)
{
	struct file *f = files_find(&log_files, name);
	size_t at[] = { 0, 31, 0 }, i;

	assert_non_null(f);
	at[2] = f->bytes.len - 1;
	for (i = 0; i < 3; i++) {
		f->bytes.ptr[at[i]] ^= 0x80;
		refuses(index, CM_E_REFUSED, text);
		f->bytes.ptr[at[i]] ^= 0x80;
	}
}

static void
a_tile_with_one_bit_flipped_is_refused(void **state)
{
	static const char edge[] =
	    "the partial tiles of 70000 leaves do not make the checkpoint's root";

	(void)state;
	flipped(&(struct cm_log_tile) { .n = 3, .width = 256 }, 800,
	    "tile/0/003: its hashes are not those of the checkpoint's tree");
	flipped(&(struct cm_log_tile) { .level = 1, .width = 256 }, 800,
	    "tile/1/000: its hashes are not those of the checkpoint's tree");
	flipped(&(struct cm_log_tile) { .level = 2, .width = 1 }, 800, edge);
	flipped(&(struct cm_log_tile) { .level = 1, .n = 1, .width = 17 }, 800, edge);
	flipped(&(struct cm_log_tile) { .n = 273, .width = 112 }, 800, edge);
}

static void
a_tile_of_another_length_is_refused(void **state)
{
	struct file *f = files_find(&log_files, &(struct cm_log_tile) { .n = 3, .width = 256 });

	(void)state;
	f->bytes.len -= 32;
	refuses(800, CM_E_MALFORMED, "tile/0/003: its length is not 32 bytes a hash");
	f->bytes.len += 32;
	cm_buf_add(&f->bytes, "x", 1);
	refuses(800, CM_E_MALFORMED, "tile/0/003: longer than such a file can be");
	f->bytes.len--;
}

static void
an_entry_that_was_changed_is_refused(void **state)
{
	struct file *f =
	    files_find(&log_files, &(struct cm_log_tile) { .entries = true, .n = 3, .width = 256 });

	(void)state;
	f->bytes.ptr[f->bytes.len - 1] ^= 1;
	refuses(1023, CM_E_REFUSED, "entry 1023 is not the one that was logged");
	f->bytes.ptr[f->bytes.len - 1] ^= 1;
	f->bytes.len--;
	refuses(800, CM_E_MALFORMED, "tile/entries/003: the bundle ends inside entry 255 of 256");
	f->bytes.len++;
}

static void
a_tile_that_was_refused_is_not_kept(void **state)
{
	struct file *f = files_find(&log_files, &(struct cm_log_tile) { .n = 3, .width = 256 });
	struct cm_tiles *t = open_log();
	struct cm_span e;
	uint64_t i;

	(void)state;
	/* No place is free any more: it goes where another one was. */
	for (i = 10 * 256; i < SIZE; i += 256)
		assert_int_equal(cm_tiles_entry(t, i, &e, NULL), CM_OK);
	f->bytes.ptr[9] ^= 1;
	assert_int_equal(cm_tiles_entry(t, 800, &e, NULL), CM_E_REFUSED);
	assert_int_equal(cm_tiles_entry(t, 800, &e, NULL), CM_E_REFUSED);
	f->bytes.ptr[9] ^= 1;
	assert_int_equal(cm_tiles_entry(t, 800, &e, NULL), CM_OK);
	cm_tiles_free(t);
}

static void
a_bundle_that_was_refused_is_not_kept(void **state)
{
	const struct cm_log_tile name = { .entries = true, .n = 3, .width = 256 };
	struct file *f = files_find(&log_files, &name);
	struct cm_tiles *t = open_log();
	struct made_entry made;
	struct cm_span e;

	(void)state;
	f->bytes.ptr[f->bytes.len - 1] ^= 1;
	assert_int_equal(cm_tiles_entry(t, 1023, &e, NULL), CM_E_REFUSED);
	f->bytes.ptr[f->bytes.len - 1] ^= 1;
	assert_int_equal(cm_tiles_entry(t, 1023, &e, NULL), CM_OK);
	assert_int_equal(cm_tiles_entry(t, 256, &e, NULL), CM_OK);
	f->bytes.len--;
	assert_int_equal(cm_tiles_entry(t, 1023, &e, NULL), CM_E_MALFORMED);
	f->bytes.len++;
	assert_int_equal(cm_tiles_entry(t, 256, &e, NULL), CM_OK);
	assert_true(cm_span_eq(e, files_entry(256, &made)));
	cm_tiles_free(t);
}

static enum cm_result
nothing(void *arg, const struct cm_log_tile *t, struct cm_buf *out, struct cm_err *err)
{
	(void)arg, (void)out;
	if (t->width < 256)
		return cm_err_set(err, CM_E_NOTFOUND, "404");
	return cm_err_set(err, CM_E_IO, "the server went away");
}

static void
the_full_tile_s_trouble_is_said_where_it_was_asked_for(void **state)
{
	const struct cm_tile_source source = { nothing, NULL };
	struct cm_err err = { 0 };
	struct cm_tiles *t;
	struct cm_hashes h;
	uint8_t hash[32];

	(void)state;
	assert_int_equal(cm_tiles_new(&source, INT64_MAX, log_root, &t), CM_OK);
	h = cm_tiles_hashes(t);
	assert_int_equal(h.at(h.arg, 62, 0, hash, &err), CM_E_IO);
	assert_string_equal(err.text, "the server went away");
	assert_int_equal(h.at(h.arg, 62, 0, hash, NULL), CM_E_IO);
	cm_tiles_free(t);
}

static enum cm_result
down(void *arg, const struct cm_log_tile *t, struct cm_buf *out, struct cm_err *err)
{
	const struct cm_tile_source *up = arg;

	if (t->level == 0 && t->n == 3)
		return cm_err_set(err, CM_E_IO, "the server went away");
	return up->fetch(up->arg, t, out, err);
}

static void
what_the_source_says_comes_through(void **state)
{
	struct cm_tile_source up = files_source(&log_files);
	const struct cm_tile_source source = { down, &up };
	struct cm_err err = { 0 };
	struct cm_tiles *t;
	struct cm_span e;

	(void)state;
	assert_int_equal(cm_tiles_new(&source, SIZE, log_root, &t), CM_OK);
	assert_int_equal(cm_tiles_entry(t, 800, &e, &err), CM_E_IO);
	assert_string_equal(err.text, "the server went away");
	/* And nothing is held against the tiles that are there. */
	assert_int_equal(cm_tiles_entry(t, 80, &e, NULL), CM_OK);
	cm_tiles_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proofs_and_entries_are_those_of_the_root),
		cmocka_unit_test(a_tile_that_was_checked_is_not_fetched_again),
		cmocka_unit_test(what_is_not_there_is_not_made_up),
		cmocka_unit_test(a_tile_with_one_bit_flipped_is_refused),
		cmocka_unit_test(a_tile_of_another_length_is_refused),
		cmocka_unit_test(an_entry_that_was_changed_is_refused),
		cmocka_unit_test(a_tile_that_was_refused_is_not_kept),
		cmocka_unit_test(a_bundle_that_was_refused_is_not_kept),
		cmocka_unit_test(the_full_tile_s_trouble_is_said_where_it_was_asked_for),
		cmocka_unit_test(what_the_source_says_comes_through),
	};

	return cmocka_run_group_tests(tests, make_log, free_log);
}
