/* What is read, what is refused, and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "small.h"

static enum cm_result
read_at(const char *text, size_t line, struct cm_arena *arena, const struct cm_rules **out, struct cm_err *err)
{
	cm_arena_init(arena, 0);
	return cm_rules_read(cm_span_str(text), line, &small, arena, out, err);
}

static void
refused(const char *text, const char *says)
{
	const struct cm_rules *r = NULL;
	struct cm_arena arena;
	struct cm_err err = { 0 };

	assert_int_equal(read_at(text, 1, &arena, &r, &err), CM_E_MALFORMED);
	if (strstr(err.text, says) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.text, says);
	cm_arena_fini(&arena);
}

static void
names_reasons_and_lines_of_rules(void **state)
{
	const struct cm_rules *r;
	struct cm_arena arena;
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(read_at("allow R1: release types N1, N2 to government, \"CERT B\" when tlp <= amber\n"
		"oblige retain <= 180d, receipt because \"\xc3\xa4\".\n\ndeny D1: anything # all\n", 7, &arena, &r, &err), CM_OK);
	assert_int_equal(cm_rules_count(r), 2);
	assert_string_equal(cm_rules_name(r, 0), "R1");
	assert_string_equal(cm_rules_because(r, 0), "\xc3\xa4");
	assert_string_equal(cm_rules_because(r, 1), "");
	assert_true(cm_rules_is_allow(r, 0));
	assert_false(cm_rules_is_allow(r, 1));
	assert_int_equal(cm_rules_line(r, 0), 7);
	assert_int_equal(cm_rules_line(r, 1), 10);
	cm_arena_fini(&arena);
}

static void
nothing_is_no_rules(void **state)
{
	const struct cm_rules *r;
	struct cm_arena arena;
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(read_at("\n  # nothing\n", 1, &arena, &r, &err), CM_OK);
	assert_int_equal(cm_rules_count(r), 0);
	cm_arena_fini(&arena);
}

static void
errors_say_where_and_what(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "allow R1: release types N9.", "line 1, column 25: expected a value of type: N1, N2, M6, not `N9`" },
		{ "allow R1: release\n  when tlp <= purple.", "line 2, column 15: expected a value of tlp: clear, amber, amber+strict, red" },
		{ "permit R1: release.", "line 1, column 1: expected `allow` or `deny`, not `permit`" },
		{ "allow R1 release.", "line 1, column 10: expected `:`" },
		{ "allow R1: release. allow R1: publish.", "line 1, column 26: a rule R1 stands in line 1 already" },
		{ "allow R1: release to government to academic.", "column 33: a second `to`" },
		{ "allow R1: release to government, government.", "column 34: this stands in the list twice" },
		{ "allow R1: release when type < N1.", "column 29: type has no order" },
		{ "allow R1: release when type in (N1, N1).", "column 37: this stands in the list twice" },
		{ "allow R1: release when (tlp = red.", "column 34: expected `)`, not `.`" },
		{ "allow R1: release when tlp = red or.", "column 36: expected an attribute" },
		{ "allow R1: release when size <= 3.", "column 32: expected a value of size: a number with its unit d, not `3`" },
		{ "allow R1: release when date < 2026-02-30.", "column 31: expected a value of date: a day" },
		{ "allow R1: release when date < 1969-12-31.", "column 31: expected a value of date: a day" },
		{ "allow R1: release when size = 9007199254740992d.", "column 31: expected a value of size" },
		{ "allow R1: release oblige retain >= 3d.", "column 33: expected `<=`" },
		{ "allow R1: release oblige retain <= 3h.", "column 36: expected for retain a number of days" },
		{ "allow R1: release oblige mark-tlp <= red.", "column 35: expected `=` or `>=`" },
		{ "allow R1: release oblige receipt, receipt.", "column 35: receipt stands in this rule twice" },
		{ "deny D1: release oblige receipt.", "column 18: a deny obliges to nothing" },
		{ "allow R1: release because soon.", "column 27: expected a reason in quotes" },
		{ "allow R1: release because \"soon\n\".", "column 27: the quotes opened here are not closed" },
		{ "allow R1: release to \"C\".", "column 22: expected a value of to-member" },
		{ "allow R1: release to \"other\".", "column 22: expected a value of to-member" },
		{ "allow R1: release when to-member = A.", "column 36: expected a value of to-member" },
		{ "allow R1: release; deny", "column 18: ; means nothing here" },
		{ "allow", "column 6: expected the rule's name" },
		{ "allow R1:", "but the text ends here" },
		{ "allow R1: release when tlp = red when tlp = red.", "column 34: expected a full stop" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(bad[i].text, bad[i].says);
}

static void
what_can_not_be_seen_is_refused(void **state)
{
	(void)state;
	refused("allow R1: rel\xd0\xb5" "ase.", "column 14: the character U+0435 may not stand here");
	refused("\xef\xbb\xbf" "allow R1: release.", "line 1, column 1: the character U+FEFF");
	refused("allow R1: release\xc2\xa0.", "column 18: the character U+00A0");
	refused("allow R1: release.\n# \xe2\x80\xae", "line 2, column 3: the character U+202E may not stand in a comment");
	refused("allow R1: release because \"a\xe2\x80\x8b\".", "column 29: the character U+200B may not stand in quotes");
	refused("allow R1: release because \"\xc3\xa4\xe2\x81\xa6\".", "column 29: the character U+2066");
	refused("allow R1: release because \"\x01\".", "column 28: the character U+0001");
	refused("allow R1: release because \"\xff\".", "column 28: the byte 0xff, which is no UTF-8");
	refused("allow R1: release because \"\xc0\xa0\".", "column 28: the byte 0xc0");
	refused("allow R1: release because \"\xed\xa0\x80\".", "column 28: the byte 0xed");
	refused("allow R1: release.\r", "column 19: the character U+000D");
}

static void
brackets_are_bounded(void **state)
{
	char text[200] = "allow R1: release when ";
	const struct cm_rules *r;
	struct cm_arena arena;
	struct cm_err err = { 0 };

	(void)state;
	for (unsigned i = 0; i < CM_RULES_DEPTH; i++)
		strcat(text, "(");
	strcat(text, "tlp = red");
	for (unsigned i = 0; i < CM_RULES_DEPTH; i++)
		strcat(text, ")");
	assert_int_equal(read_at(text, 1, &arena, &r, &err), CM_OK);
	cm_arena_fini(&arena);
	refused("allow R1: release when not not not not not not not not not not not not not not not not not not not not "
		"not not not not not not not not not not not not not tlp = red.", "more than 32 brackets and `not`");
}

static void
rules_are_counted(void **state)
{
	struct cm_buf b = { 0 };
	const struct cm_rules *r;
	struct cm_arena arena;
	struct cm_err err = { 0 };

	(void)state;
	for (unsigned i = 0; i < CM_RULES_MAX; i++)
		cm_buf_printf(&b, "deny D%u: anything.\n", i);
	assert_int_equal(read_at(cm_buf_cstr(&b), 1, &arena, &r, &err), CM_OK);
	cm_arena_fini(&arena);
	cm_buf_add_str(&b, "deny one: anything.");
	assert_int_equal(read_at(cm_buf_cstr(&b), 1, &arena, &r, &err), CM_E_LIMIT);
	assert_non_null(strstr(err.text, "line 257: more than 256 rules"));
	cm_arena_fini(&arena);
	cm_buf_release(&b);
}

static void
bounds_are_read_and_written(void **state)
{
	static const char *const same[] = { "retain <= 180d", "onward = none", "onward <= members", "mark-tlp >= amber",
		"mark-tlp = red", "receipt" };
	struct cm_buf b = { 0 };
	struct cm_bound bound;
	struct cm_err err = { 0 };
	size_t o;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_int_equal(cm_bound_read(&small, cm_span_str(same[i]), &o, &bound, &err), CM_OK);
		cm_bound_write(&small, o, &bound, &b);
		assert_string_equal(cm_buf_cstr(&b), same[i]);
		cm_buf_clear(&b);
	}
	assert_int_equal(cm_bound_read(&small, cm_span_str("retain <= 180d, receipt"), &o, &bound, &err), CM_E_MALFORMED);
	bound = (struct cm_bound) { true, 1 };
	cm_bound_say(&small, RETAIN, &bound, &b);
	assert_string_equal(cm_buf_cstr(&b), "it is deleted after 1 day");
	cm_buf_release(&b);
}

static void
requests_are_read_and_written(void **state)
{
	static const char text[] = "action=release to-member=\"CERT B\" tlp=amber+strict size=12d date=2026-11-27";
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };
	struct cm_ask q;

	(void)state;
	assert_int_equal(cm_ask_read(cm_span_str(text), &small, &q, &err), CM_OK);
	assert_int_equal(q.value[WHO], 1);
	assert_int_equal(q.value[TYPE], CM_RULES_UNKNOWN);
	assert_int_equal(q.value[DAY], 20784);
	cm_ask_write(&q, &small, &b);
	assert_string_equal(cm_buf_cstr(&b), text);
	assert_int_equal(cm_ask_read(cm_span_str("tlp=red tlp=red"), &small, &q, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "column 9: tlp is said twice"));
	q = cm_ask_unknown();
	assert_int_equal(cm_ask_set(&q, &small, "to-member", "other"), CM_OK);
	assert_int_equal(q.value[WHO], 2);
	assert_int_equal(cm_ask_set(&q, &small, "tlp", "purple"), CM_E_NOTFOUND);
	assert_int_equal(cm_ask_set(&q, &small, "colour", "red"), CM_E_NOTFOUND);
	cm_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_reasons_and_lines_of_rules),
		cmocka_unit_test(nothing_is_no_rules),
		cmocka_unit_test(errors_say_where_and_what),
		cmocka_unit_test(what_can_not_be_seen_is_refused),
		cmocka_unit_test(brackets_are_bounded),
		cmocka_unit_test(rules_are_counted),
		cmocka_unit_test(bounds_are_read_and_written),
		cmocka_unit_test(requests_are_read_and_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
