/* The canonical form, and rules as sentences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "small.h"

static void
becomes(const char *text, const char *form)
{
	struct cm_buf b = { 0 }, again = { 0 };
	struct cm_err err = { 0 };

	if (cm_rules_format(cm_span_str(text), &small, &b, &err) != CM_OK)
		fail_msg("%s", err.text);
	assert_string_equal(cm_buf_cstr(&b), form);
	assert_int_equal(cm_rules_format(cm_buf_span(&b), &small, &again, &err), CM_OK);
	assert_string_equal(cm_buf_cstr(&again), form);
	cm_buf_release(&b);
	cm_buf_release(&again);
}

static void
one_clause_a_line(void **state)
{
	(void)state;
	becomes("allow R1:release to \"A\",government types N1 when((tlp<=red))and not(size=3d or(to-member=other))oblige "
		"receipt,onward<=none,retain<=9d because \"so\"",
	    "allow R1: release types N1 to \"A\", government\n"
	    "    when tlp <= red and not (size = 3d or to-member = other)\n"
	    "    oblige retain <= 9d, onward = none, receipt\n"
	    "    because \"so\".\n");
	becomes("", "");
	becomes("deny D1: anything.", "deny D1: anything.\n");
}

static void
brackets_show_what_binds(void **state)
{
	(void)state;
	becomes("deny D: anything when tlp = red and size < 1d or consent = none.",
	    "deny D: anything\n    when (tlp = red and size < 1d) or consent = none.\n");
	becomes("deny D: anything when not not tlp = red.", "deny D: anything\n    when not not tlp = red.\n");
	becomes("deny D: anything when (tlp = red and (size < 1d and type in (N1,M6))).",
	    "deny D: anything\n    when tlp = red and (size < 1d and type in (N1, M6)).\n");
}

static void
comments_stay_with_their_clause(void **state)
{
	(void)state;
	becomes("# first\n\n\n# of R1  \nallow R1: release # slot\n  when # a\n tlp = red # b\n because \"c\" # d\n. # e\ndeny D: anything # f\n"
		"# g\n\n# last",
	    "# first\n\n# of R1\nallow R1: release\n    # slot\n    # a\n    when tlp = red\n    # b\n    # d\n    because \"c\". # e\n"
	    "deny D: anything. # f\n# g\n\n# last\n");
}

static void
long_lines_are_broken(void **state)
{
	(void)state;
	becomes("allow R1: release when (tlp = red and size < 1000000d and to in (government, academic)) or date = 2026-01-01 or consent = given.",
	    "allow R1: release\n    when (tlp = red and size < 1000000d and to in (government, academic)) or date = 2026-01-01 or\n"
	    "        consent = given.\n");
}

static void
rules_are_sentences(void **state)
{
	static const char text[] = "allow R1: release types N1, N2 to \"A\" when tlp <= amber and not (size = 3d or date < 2026-11-27) "
		"oblige retain <= 30d, receipt because \"so it is\". deny D1: anything types M6.";
	const struct cm_rules *r;
	struct cm_arena arena;
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };

	(void)state;
	cm_arena_init(&arena, 0);
	assert_int_equal(cm_rules_read(cm_span_str(text), 1, &small, &arena, &r, &err), CM_OK);
	assert_int_equal(cm_rules_say(r, 0, &b), CM_OK);
	assert_string_equal(cm_buf_cstr(&b), "R1: it is allowed to release evidence of type N1 or N2 to \"A\", when tlp is at most amber "
		"and it is not so that (size is 3d or date is before 2026-11-27), under these obligations: it is deleted after "
		"30 days; a receipt is signed, because so it is.");
	cm_buf_clear(&b);
	assert_int_equal(cm_rules_say(r, 1, &b), CM_OK);
	assert_string_equal(cm_buf_cstr(&b), "D1: it is forbidden to do anything with evidence of type M6.");
	cm_buf_release(&b);
	cm_arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_clause_a_line),
		cmocka_unit_test(brackets_show_what_binds),
		cmocka_unit_test(comments_stay_with_their_clause),
		cmocka_unit_test(long_lines_are_broken),
		cmocka_unit_test(rules_are_sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
