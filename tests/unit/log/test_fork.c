/* Two histories are proven by two notes, or by two notes and what the larger tree begins with;
 * nothing less proves them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "log/fork.h"
#include "merkle/tree.h"
#include "made.h"

#define MOST 40u

static struct cm_arena arena;
static struct made_key key, other;

static int
set_up(void **state)
{
	(void)state;
	cm_arena_init(&arena, 0);
	key = made_key("log.example/a", CM_NOTE_ED25519, 1);
	other = made_key("log.example/a", CM_NOTE_ED25519, 2);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_arena_fini(&arena);
	return 0;
}

/* The hash of leaf i of history ${which}; the histories part at leaf 5. */
static void
leaf(unsigned which, uint64_t i, uint8_t out[32])
{
	char text[40];

	snprintf(text, sizeof(text), "%u %u", i < 5 ? 0 : which, (unsigned)i);
	cm_merkle_leaf(cm_span_str(text), out);
}

static enum cm_result
hash_at(void *arg, unsigned level, uint64_t n, uint8_t out[32], struct cm_err *err)
{
	struct cm_tree t = { 0 };
	uint64_t i;
	uint8_t h[32];

	(void)err;
	for (i = n << level; i < (n + 1) << level; i++) {
		leaf(*(unsigned *)arg, i, h);
		cm_tree_add(&t, 0, h);
	}
	cm_tree_root(&t, NULL, out);
	return CM_OK;
}

/* A checkpoint of a history, signed. */
static struct cm_span
note_of(unsigned which, uint64_t size, const struct made_key *by, uint8_t root[32])
{
	struct cm_hashes h = { hash_at, &which };
	struct cm_checkpoint c = { .origin = "log.example/a", .size = size };
	struct cm_buf text = { 0 }, note = { 0 };
	struct cm_span out;

	assert_int_equal(cm_merkle_root(&h, size, c.root, NULL), CM_OK);
	if (root != NULL)
		memcpy(root, c.root, 32);
	cm_checkpoint_write(&c, &text);
	made_note(cm_buf_span(&text), by, &note);
	out = cm_span_of(cm_arena_copy(&arena, note.ptr, note.len), note.len);
	cm_buf_release(&text);
	cm_buf_release(&note);
	return out;
}

static struct cm_fork
fork_of(uint64_t small, unsigned which, uint64_t large)
{
	unsigned first = 0;
	struct cm_hashes h = { hash_at, &first };
	struct cm_fork f = { .key = key.v, .has_root = small != large };

	f.one = note_of(which, small, &key, NULL);
	f.two = note_of(0, large, &key, NULL);
	if (small != large) {
		assert_int_equal(cm_merkle_root(&h, small, f.root, NULL), CM_OK);
		assert_int_equal(cm_proof_consistency(&h, small, large, &f.proof, NULL), CM_OK);
	}
	return f;
}

static enum cm_result
check(const struct cm_fork *f)
{
	struct cm_forked k;

	return cm_fork_check(f, &arena, &k, NULL);
}

static void
two_roots_of_one_size_are_a_fork(void **state)
{
	struct cm_fork f = fork_of(9, 1, 9), same = fork_of(9, 0, 9);

	(void)state;
	assert_int_equal(check(&f), CM_OK);
	assert_int_equal(check(&same), CM_E_REFUSED);
}

static void
another_beginning_is_a_fork_when_it_is_proven(void **state)
{
	uint64_t small, large;

	(void)state;
	for (large = 7; large <= MOST; large += 3) {
		for (small = 1; small < large; small++) {
			struct cm_fork f = fork_of(small, 1, large);
			struct cm_span t = f.one;

			assert_int_equal(check(&f), small <= 5 ? CM_E_REFUSED : CM_OK);
			f.one = f.two; /* in whatever order */
			f.two = t;
			assert_int_equal(check(&f), small <= 5 ? CM_E_REFUSED : CM_OK);
			f.has_root = false;
			assert_int_equal(check(&f), CM_E_REFUSED);
		}
	}
}

static void
a_proof_of_something_else_proves_nothing(void **state)
{
	struct cm_fork f = fork_of(11, 1, 30), g;
	size_t i;

	(void)state;
	assert_int_equal(check(&f), CM_OK);
	for (i = 0; i < 32 * 8; i++) {
		g = f;
		g.root[i / 8] ^= (uint8_t)(1u << i % 8);
		assert_int_equal(check(&g), CM_E_REFUSED);
	}
	for (i = 0; i < f.proof.n; i++) {
		g = f;
		g.proof.hash[i][3] ^= 1;
		assert_int_equal(check(&g), CM_E_REFUSED);
	}
	g = f;
	g.proof.n--;
	assert_int_equal(check(&g), CM_E_REFUSED);
}

static void
a_note_by_another_key_is_nobody_s_fork(void **state)
{
	struct cm_fork f = fork_of(9, 1, 9);

	(void)state;
	f.one = note_of(1, 9, &other, NULL);
	assert_int_equal(check(&f), CM_E_NOTFOUND);
	f = fork_of(9, 1, 9);
	f.key = other.v;
	assert_int_equal(check(&f), CM_E_NOTFOUND);
}

static void
the_text_comes_back_and_has_one_spelling(void **state)
{
	struct cm_fork f = fork_of(11, 1, 30), g;
	struct cm_buf text = { 0 }, again = { 0 };
	size_t i;

	(void)state;
	cm_fork_write(&f, &text);
	assert_int_equal(cm_fork_parse(cm_buf_span(&text), &g, NULL), CM_OK);
	g.one = f.one;
	g.two = f.two;
	assert_int_equal(check(&g), CM_OK);
	cm_fork_write(&g, &again);
	assert_int_equal(again.len, text.len);
	assert_memory_equal(again.ptr, text.ptr, text.len);
	for (i = 0; i < text.len; i++) {
		text.ptr[i] ^= 0x04;
		if (cm_fork_parse(cm_buf_span(&text), &g, NULL) == CM_OK) {
			g.one = f.one;
			g.two = f.two;
			assert_int_not_equal(check(&g), CM_OK);
		}
		text.ptr[i] ^= 0x04;
	}
	cm_buf_release(&text);
	cm_buf_release(&again);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_roots_of_one_size_are_a_fork),
		TEST(another_beginning_is_a_fork_when_it_is_proven),
		TEST(a_proof_of_something_else_proves_nothing),
		TEST(a_note_by_another_key_is_nobody_s_fork),
		TEST(the_text_comes_back_and_has_one_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
