/* Tables for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "capture_text.h"

static void
columns_line_up_also_with_other_letters(void **state)
{
	const char *const rows[][3] = { { "a", "verdict", "x" }, { "\xc3\xbc\xc3\xbc", "no", "y" } };
	struct cm_paint plain = cm_paint_of(false);
	struct cm_arena arena;
	struct cm_table t;
	struct captured c;

	(void)state;
	captured_begin(&c);
	cm_arena_init(&arena, 0);
	t = cm_table_of(&arena, 3);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(cm_table_row(&t, rows[i]), CM_OK);
	cm_table_print(&t, c.ctx.out, &plain);
	assert_string_equal(captured_text(&c), "a   verdict  x\n\xc3\xbc\xc3\xbc  no       y\n");
	cm_arena_fini(&arena);
	captured_end(&c);
}

static void
a_full_arena_is_said(void **state)
{
	const char *const row[] = { "a" };
	struct cm_arena arena;
	struct cm_table t;

	(void)state;
	cm_arena_init(&arena, 1);
	t = cm_table_of(&arena, 1);
	assert_int_equal(cm_table_row(&t, row), CM_E_NOMEM);
	cm_arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_line_up_also_with_other_letters),
		cmocka_unit_test(a_full_arena_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
