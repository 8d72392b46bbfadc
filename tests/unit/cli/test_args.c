/* Options and operands as people and scripts write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "capture_text.h"

static const struct cm_option options[] = {
	{ 'o', "out", "FILE", "where to" },
	{ 'q', "quiet", NULL, "say less" },
	{ CM_OPT, "json", NULL, "as JSON" },
	{ CM_OPT + 1, "rows", "N", "how many" },
	{ 0 },
};

static const struct cm_command command = { .name = "try", .options = options };

static struct cm_args
args_of(struct captured *c, char **argv)
{
	int argc = 0;

	while (argv[argc] != NULL)
		argc++;
	return cm_args_of(&command, argc, argv, &c->ctx);
}

static void
options_stand_anywhere_and_operands_keep_their_order(void **state)
{
	char *argv[] = { (char[]) { "try" }, (char[]) { "a" }, (char[]) { "--json" }, (char[]) { "b" },
		(char[]) { "-o" }, (char[]) { "x" }, (char[]) { "-" }, (char[]) { "--rows=7" },
		(char[]) { "--" }, (char[]) { "-q" }, NULL };
	struct captured c;
	struct cm_args a;
	uint64_t n = 0;

	(void)state;
	captured_begin(&c);
	a = args_of(&c, argv);
	assert_int_equal(cm_args_next(&a), CM_OPT);
	assert_null(a.value);
	assert_int_equal(cm_args_next(&a), 'o');
	assert_string_equal(a.value, "x");
	assert_int_equal(cm_args_next(&a), CM_OPT + 1);
	assert_true(cm_args_number(&a, "rows", 7, &n));
	assert_int_equal(n, 7);
	assert_int_equal(cm_args_next(&a), CM_ARGS_END);
	assert_int_equal(a.n, 4);
	assert_string_equal(a.operand[0], "a");
	assert_string_equal(a.operand[1], "b");
	assert_string_equal(a.operand[2], "-");
	assert_string_equal(a.operand[3], "-q");
	assert_string_equal(captured_text(&c), "");
	captured_end(&c);
}

static void
letters_take_their_value_with_or_without_a_space(void **state)
{
	char *argv[] = { (char[]) { "try" }, (char[]) { "-ofile" }, (char[]) { "--out" }, (char[]) { "--json" },
		(char[]) { "-q" }, NULL };
	struct captured c;
	struct cm_args a;

	(void)state;
	captured_begin(&c);
	a = args_of(&c, argv);
	assert_int_equal(cm_args_next(&a), 'o');
	assert_string_equal(a.value, "file");
	assert_int_equal(cm_args_next(&a), 'o');
	assert_string_equal(a.value, "--json");
	assert_int_equal(cm_args_next(&a), 'q');
	assert_int_equal(cm_args_next(&a), CM_ARGS_END);
	captured_end(&c);
}

static void
what_is_wrong_is_named_and_where_to_look(void **state)
{
	static const char *const wrong[][2] = {
		{ "--jso", "there is no option --jso" },
		{ "-x", "there is no option -x" },
		{ "-qq", "there is no option -qq" },
		{ "--json=1", "takes no value" },
		{ "--out", "a value is missing behind --out" },
		{ "-o", "a value is missing behind -o" },
		{ "--", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char word[32], *argv[] = { word, word, NULL };
		struct captured c;
		struct cm_args a;

		snprintf(word, sizeof(word), "%s", wrong[i][0]);
		captured_begin(&c);
		a = args_of(&c, argv);
		assert_int_equal(cm_args_next(&a), wrong[i][1] != NULL ? CM_ARGS_BAD : CM_ARGS_END);
		if (wrong[i][1] != NULL) {
			assert_non_null(strstr(captured_text(&c), wrong[i][1]));
			assert_non_null(strstr(captured_text(&c), "comity help try"));
		}
		captured_end(&c);
	}
}

static void
a_number_is_digits_within_its_bound(void **state)
{
	static const char *const bad[] = { "", "-1", "+1", "1x", " 1", "0x1", "256", "99999999999999999999999", NULL };
	struct captured c;
	struct cm_args a = { .command = &command };
	uint64_t n = 5;

	(void)state;
	captured_begin(&c);
	a.ctx = &c.ctx;
	for (size_t i = 0; bad[i] != NULL; i++) {
		a.value = bad[i];
		assert_false(cm_args_number(&a, "rows", 255, &n));
	}
	assert_int_equal(n, 5);
	a.value = "255";
	assert_true(cm_args_number(&a, "rows", 255, &n));
	assert_int_equal(n, 255);
	a.value = "18446744073709551615";
	assert_true(cm_args_number(&a, "rows", UINT64_MAX, &n));
	assert_true(n == UINT64_MAX);
	a.value = "18446744073709551616";
	assert_false(cm_args_number(&a, "rows", UINT64_MAX, &n));
	a.value = "3";
	assert_false(cm_args_number(&a, "rows", 2, &n));
	captured_end(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_anywhere_and_operands_keep_their_order),
		cmocka_unit_test(letters_take_their_value_with_or_without_a_space),
		cmocka_unit_test(what_is_wrong_is_named_and_where_to_look),
		cmocka_unit_test(a_number_is_digits_within_its_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
