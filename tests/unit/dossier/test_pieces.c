/* Segments of one direction, put together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/pieces.h"

static struct cm_piece
piece(uint32_t seq, const char *text)
{
	return (struct cm_piece) { seq, cm_span_str(text), 0 };
}

static void
gives(struct cm_piece *p, size_t n, size_t max, const char *want)
{
	struct cm_arena a;
	struct cm_span out;

	cm_arena_init(&a, 0);
	assert_int_equal(cm_pieces_join(p, n, max, &a, &out), CM_OK);
	assert_int_equal(out.len, strlen(want));
	if (out.len > 0)
		assert_memory_equal(out.ptr, want, out.len);
	cm_arena_fini(&a);
}

static void
pieces_come_in_any_order_and_overlap(void **state)
{
	struct cm_piece p[] = { piece(106, "world"), piece(100, "hello "), piece(103, "XX "), piece(104, "ab") };

	(void)state;
	gives(p, 4, 1000, "hello world");
}

static void
the_first_of_two_with_one_number_counts(void **state)
{
	struct cm_piece p[] = { piece(7, "one"), piece(7, "other") };

	(void)state;
	gives(p, 2, 1000, "oneer");
}

static void
a_gap_ends_it(void **state)
{
	struct cm_piece p[] = { piece(100, "ab"), piece(103, "d"), piece(104, "e") };

	(void)state;
	gives(p, 3, 1000, "ab");
}

static void
numbers_may_go_round(void **state)
{
	struct cm_piece p[] = { piece(1, "cd"), piece(UINT32_MAX, "ab") };

	(void)state;
	gives(p, 2, 1000, "abcd");
}

static void
it_ends_where_it_is_told_to(void **state)
{
	struct cm_piece p[] = { piece(0, "abc"), piece(3, "def") };

	(void)state;
	gives(p, 2, 4, "abcd");
	gives(p, 2, 2, "ab");
	gives(p, 0, 2, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_come_in_any_order_and_overlap),
		cmocka_unit_test(the_first_of_two_with_one_number_counts),
		cmocka_unit_test(a_gap_ends_it),
		cmocka_unit_test(numbers_may_go_round),
		cmocka_unit_test(it_ends_where_it_is_told_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
