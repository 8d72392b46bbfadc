/* Numbers, predecessors and successors of one key's statements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hand.h"
#include "statement/sequence.h"

static struct cm_arena arena;

static int
set_up(void **state)
{
	(void)state;
	cm_arena_init(&arena, 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_arena_fini(&arena);
	return 0;
}

/* A line of statements 1..n of one key; the digest of number i is { key, i }. */
static struct cm_statement heads[64];
static struct cm_sequence_item items[64];

static size_t
put(size_t at, uint8_t key, uint8_t number, uint8_t digest)
{
	struct cm_key k = hand_key(key);

	heads[at] =
	    (struct cm_statement) { .number = number, .previous = { key, (uint8_t)(number - 1) } };
	cm_ssh_fingerprint(&k.pub, heads[at].by);
	items[at] = (struct cm_sequence_item) { &heads[at], { key, digest } };
	return at + 1;
}

static struct cm_sequence
check(size_t n)
{
	struct cm_sequence c;

	assert_int_equal(cm_sequence_check(items, n, &arena, &c, NULL), CM_OK);
	return c;
}

static void
a_whole_line_in_any_order_has_no_notes(void **state)
{
	size_t n = 0;

	(void)state;
	assert_int_equal(check(0).n, 0);
	n = put(n, 1, 3, 3);
	n = put(n, 1, 1, 1);
	n = put(n, 2, 1, 1);
	n = put(n, 1, 2, 2);
	n = put(n, 1, 2, 2); /* the same again is the same message */
	assert_int_equal(check(n).n, 0);
	assert_false(check(n).refused);
}

static void
two_statements_with_one_number_are_a_fork(void **state)
{
	size_t n = 0;
	struct cm_sequence c;

	(void)state;
	n = put(n, 1, 1, 1);
	n = put(n, 1, 2, 2);
	n = put(n, 1, 2, 9);
	c = check(n);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.note[0].kind, CM_SEQUENCE_FORK);
	assert_int_equal(c.note[0].a, 1);
	assert_int_equal(c.note[0].b, 2);
	assert_true(c.refused);
}

static void
what_is_missing_is_a_gap_and_no_refusal(void **state)
{
	size_t n = 0;
	struct cm_sequence c;

	(void)state;
	n = put(n, 1, 3, 3);
	n = put(n, 1, 7, 7);
	c = check(n);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.note[0].kind, CM_SEQUENCE_GAP);
	assert_int_equal(c.note[0].first, 1);
	assert_int_equal(c.note[0].last, 2);
	assert_int_equal(c.note[1].first, 4);
	assert_int_equal(c.note[1].last, 6);
	assert_false(c.refused);
}

static void
a_predecessor_that_is_another_breaks_the_line(void **state)
{
	size_t n = 0;
	struct cm_sequence c;

	(void)state;
	n = put(n, 1, 1, 1);
	n = put(n, 1, 2, 2);
	heads[1].previous[5] = 1; /* a number 1 that is not here: there were two */
	c = check(n);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.note[0].kind, CM_SEQUENCE_BROKEN);
	assert_int_equal(c.note[0].a, 0);
	assert_int_equal(c.note[0].b, 1);
	assert_true(c.refused);
	/* One that is here, but not the one before. */
	n = put(n, 1, 3, 3);
	heads[1].previous[5] = 0;
	heads[2].previous[1] = 1;
	c = check(n);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.note[0].kind, CM_SEQUENCE_BROKEN);
	assert_int_equal(c.note[0].a, 0);
	assert_int_equal(c.note[0].b, 2);
	/* One of another key. */
	n = put(0, 2, 1, 1);
	n = put(n, 1, 2, 2);
	heads[1].previous[0] = 2;
	c = check(n);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.note[0].kind, CM_SEQUENCE_BROKEN);
	assert_int_equal(c.note[1].kind, CM_SEQUENCE_GAP);
}

static void
a_correction_counts_only_from_the_same_key_case_and_type(void **state)
{
	size_t n = 0;
	struct cm_sequence c;

	(void)state;
	n = put(n, 1, 1, 1);
	n = put(n, 1, 2, 2);
	heads[1].has_supersedes = true;
	memcpy(heads[1].supersedes, items[0].digest, 32);
	c = check(n);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.note[0].kind, CM_SEQUENCE_SUPERSEDED);
	assert_int_equal(c.note[0].a, 0);
	assert_int_equal(c.note[0].b, 1);
	assert_false(c.refused);
	heads[1].type = CM_PREDICATE_FINDING;
	assert_int_equal(check(n).note[0].kind, CM_SEQUENCE_VOID);
	heads[1].type = heads[0].type;
	heads[1].has_case = true;
	assert_int_equal(check(n).note[0].kind, CM_SEQUENCE_VOID);
	heads[0].has_case = true;
	assert_int_equal(check(n).note[0].kind, CM_SEQUENCE_SUPERSEDED);
	heads[0].case_id[0] = 1;
	assert_int_equal(check(n).note[0].kind, CM_SEQUENCE_VOID);
	n = put(n, 2, 1, 1);
	heads[2].has_supersedes = true;
	memcpy(heads[2].supersedes, items[0].digest, 32);
	heads[1].has_supersedes = false;
	assert_int_equal(check(n).note[0].kind, CM_SEQUENCE_VOID);
}

static void
two_corrections_of_one_statement_are_a_fork(void **state)
{
	size_t n = 0;
	struct cm_sequence c;

	(void)state;
	for (uint8_t i = 1; i <= 3; i++)
		n = put(n, 1, i, i);
	for (size_t i = 1; i < 3; i++) {
		heads[i].has_supersedes = true;
		memcpy(heads[i].supersedes, items[0].digest, 32);
	}
	c = check(n);
	assert_int_equal(c.n, 3);
	assert_int_equal(c.note[2].kind, CM_SEQUENCE_RIVALS);
	assert_true(c.refused);
	/* Also if what they correct is not here. */
	heads[1].supersedes[9] = heads[2].supersedes[9] = 1;
	c = check(n);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.note[0].kind, CM_SEQUENCE_RIVALS);
}

/* A charter is of many, and stands in nobody's line. */
static void
charters_are_left_out(void **state)
{
	size_t n = put(0, 1, 1, 1);

	(void)state;
	n = put(n, 1, 2, 2);
	n = put(n, 1, 0, 3);
	n = put(n, 1, 0, 4);
	heads[2].type = heads[3].type = CM_PREDICATE_CHARTER;
	heads[3].has_supersedes = true;
	assert_int_equal(check(n).n, 0);
	heads[2].type = heads[3].type = CM_PREDICATE_SEAL;
	assert_int_not_equal(check(n).n, 0);
}

static void
too_many_are_refused_and_all_kinds_have_words(void **state)
{
	struct cm_sequence c;

	(void)state;
	assert_int_equal(cm_sequence_check(items, CM_SEQUENCE_MAX + 1, &arena, &c, NULL), CM_E_LIMIT);
	for (int k = CM_SEQUENCE_FORK; k <= CM_SEQUENCE_RIVALS; k++)
		assert_non_null(cm_sequence_word((enum cm_sequence_kind)k));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_whole_line_in_any_order_has_no_notes),
		TEST(two_statements_with_one_number_are_a_fork),
		TEST(what_is_missing_is_a_gap_and_no_refusal),
		TEST(a_predecessor_that_is_another_breaks_the_line),
		TEST(a_correction_counts_only_from_the_same_key_case_and_type),
		TEST(two_corrections_of_one_statement_are_a_fork),
		TEST(charters_are_left_out),
		TEST(too_many_are_refused_and_all_kinds_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
