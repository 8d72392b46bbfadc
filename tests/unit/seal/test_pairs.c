/* The pairs of a capture: every byte of the known answers, which another program made from the document alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/hex.h"
#include "seal/pair_hash.h"

static json_t *kat;
static struct cm_seal_secret secret;
static struct cm_seal seal;
static struct cm_pair_list list;

static struct cm_span
hex(const json_t *text, uint8_t *out, size_t max)
{
	struct cm_span s = cm_span_str(json_string_value(text));

	assert_true(s.len / 2 <= max);
	assert_int_equal(cm_hex_decode(s, out, s.len / 2), CM_OK);
	return cm_span_of(out, s.len / 2);
}

static void
assert_hash(const uint8_t got[32], const json_t *want)
{
	uint8_t hash[32];

	assert_int_equal(hex(want, hash, 32).len, 32);
	assert_memory_equal(got, hash, 32);
}

/* All rows of the answers into a book, and its list. */
static void
count(struct cm_pair_list *out)
{
	json_t *rows = json_object_get(kat, "rows"), *row;
	struct cm_pair_book *book;
	struct cm_pair_of of;
	uint8_t src[16], dst[16];
	size_t i;

	assert_int_equal(cm_pair_book_new(&secret, &book), CM_OK);
	json_array_foreach(rows, i, row)
	{
		of = cm_pair_of(book, hex(json_array_get(row, 0), src, 16), hex(json_array_get(row, 1), dst, 16));
		assert_int_equal(cm_pair_book_add(book, i, &of), CM_OK);
	}
	assert_false(cm_pair_book_crowded(book));
	assert_int_equal(cm_pair_book_end(book, NULL, out), CM_OK);
	cm_pair_book_free(book);
}

static int
set_up(void **state)
{
	(void)state;
	if (kat == NULL)
		return 1;
	hex(json_object_get(kat, "exhibit"), secret.x, 32);
	hex(json_object_get(kat, "secret"), secret.s, 32);
	hex(json_object_get(kat, "exhibit"), seal.x, 32);
	hex(json_object_get(kat, "statement"), seal.statement, 32);
	hex(json_object_get(kat, "root"), seal.pairs, 32);
	seal.has_pairs = true;
	seal.rows = json_array_size(json_object_get(kat, "rows"));
	count(&list);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_pair_list_release(&list);
	json_decref(kat);
	return 0;
}

static void
keys_counts_and_covers_are_those(void **state)
{
	json_t *want = json_object_get(kat, "pairs"), *one;
	uint8_t hash[32];
	size_t i;

	(void)state;
	assert_int_equal(list.n, json_array_size(want));
	json_array_foreach(want, i, one)
	{
		const struct cm_pair *p = &list.pair[i];

		assert_hash(p->key, json_object_get(one, "key"));
		assert_int_equal(p->rows, json_array_size(json_object_get(one, "rows")));
		assert_hash(p->cover, json_object_get(one, "cover"));
		cm_pair_salt(&secret, p->key, hash);
		assert_hash(hash, json_object_get(one, "salt"));
		cm_pair_leaf(p->key, p->rows, p->cover, hash);
		assert_hash(hash, json_object_get(one, "leaf"));
	}
}

static void
the_root_is_that(void **state)
{
	const struct cm_pair_list none = { 0 };
	uint8_t root[32];

	(void)state;
	assert_int_equal(cm_pairs_root(&list, &secret, NULL, root), CM_OK);
	assert_memory_equal(root, seal.pairs, 32);
	assert_int_equal(cm_pairs_root(&none, &secret, NULL, root), CM_OK);
	assert_hash(root, json_object_get(kat, "root_of_none"));
}

static size_t
wishes(const json_t *o, struct cm_pair_wish *wish, size_t max)
{
	json_t *keys = json_object_get(o, "keys"), *whole = json_object_get(o, "whole");
	size_t n = json_array_size(keys), i;

	assert_true(n <= max);
	for (i = 0; i < n; i++) {
		hex(json_array_get(keys, i), wish[i].key, 32);
		wish[i].whole = json_is_true(json_array_get(whole, i));
	}
	return n;
}

static void
every_opening_is_written_and_read_byte_for_byte(void **state)
{
	json_t *openings = json_object_get(kat, "openings"), *o;
	struct cm_pair_wish wish[64];
	struct cm_opened_pair *pair;
	struct cm_arena arena;
	struct cm_err err = { 0 };
	uint8_t want[16384];
	size_t i, k, n, got;

	(void)state;
	assert_int_equal(json_array_size(openings), 4);
	json_array_foreach(openings, i, o)
	{
		struct cm_span bytes = hex(json_object_get(o, "bytes"), want, sizeof(want));
		struct cm_buf out = { 0 };

		n = wishes(o, wish, 64);
		assert_int_equal(cm_pairs_open(&list, &secret, &seal, wish, n, &out, &err), CM_OK);
		assert_int_equal(out.len, bytes.len);
		assert_memory_equal(out.ptr, bytes.ptr, bytes.len);
		cm_arena_init(&arena, 0);
		if (cm_pairs_read(&seal, bytes, &arena, &pair, &got, &err) != CM_OK)
			fail_msg("%s: %s", json_string_value(json_object_get(o, "name")), err.text);
		assert_int_equal(got, n);
		for (k = 0; k < n; k++) {
			assert_memory_equal(pair[k].key, wish[k].key, 32);
			assert_int_equal(pair[k].whole, wish[k].whole);
		}
		cm_arena_fini(&arena);
		cm_buf_release(&out);
	}
}

static void
a_seal_without_a_table_has_no_openings(void **state)
{
	struct cm_seal none = seal;
	struct cm_opened_pair *pair;
	struct cm_arena arena;
	struct cm_err err = { 0 };
	size_t n;

	(void)state;
	none.has_pairs = false;
	cm_arena_init(&arena, 0);
	assert_int_equal(cm_pairs_read(&none, cm_span_str("x"), &arena, &pair, &n, &err), CM_E_REFUSED);
	assert_string_equal(err.text, "the seal has no table of pairs");
	cm_arena_fini(&arena);
}

static void
another_list_than_was_sealed_is_refused(void **state)
{
	struct cm_pair_wish wish = { .whole = false };
	struct cm_buf out = { 0 };
	struct cm_err err = { 0 };

	(void)state;
	memcpy(wish.key, list.pair[0].key, 32);
	list.pair[1].rows++;
	assert_int_equal(cm_pairs_open(&list, &secret, &seal, &wish, 1, &out, &err), CM_E_REFUSED);
	list.pair[1].rows--;
	cm_buf_release(&out);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_counts_and_covers_are_those),
		cmocka_unit_test(the_root_is_that),
		cmocka_unit_test(every_opening_is_written_and_read_byte_for_byte),
		cmocka_unit_test(a_seal_without_a_table_has_no_openings),
		cmocka_unit_test(another_list_than_was_sealed_is_refused),
	};

	kat = argc > 1 ? json_load_file(argv[1], 0, NULL) : NULL;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
