#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "charter/marks.h"

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

static struct cm_marks
read_marks(const char *text)
{
	struct cm_marks m = { 0 };
	struct cm_err err = { 0 };

	if (cm_marks_read(cm_span_str(text), &arena, &m, &err) != CM_OK)
		fail_msg("%s", err.text);
	return m;
}

static void
what_is_not_said_is_taken_the_cautious_way(void **state)
{
	struct cm_marks m = read_marks("# nothing\n\n");
	struct cm_mark_exhibit x = cm_marks_exhibit(&m, 3);

	(void)state;
	assert_int_equal(x.tlp, CM_TLP_AMBER_STRICT);
	assert_int_equal(x.pap, CM_PAP_AMBER);
	assert_null(x.type);
	assert_false(x.harmless);
}

static void
lines_about_one_exhibit_add_up(void **state)
{
	struct cm_marks m = read_marks("exhibit 2 type N1 tlp green\nexhibit 2 pap red tlp red # later wins\n"
				       "exhibit 2 exploit rows 10-12\nexhibit 4 exploit\nexhibit 5 exploit no");
	struct cm_mark_exhibit x = cm_marks_exhibit(&m, 2);

	(void)state;
	assert_string_equal(x.type, "N1");
	assert_int_equal(x.tlp, CM_TLP_RED);
	assert_int_equal(x.pap, CM_PAP_RED);
	assert_false(cm_marks_exploit(&m, 2, 9));
	assert_true(cm_marks_exploit(&m, 2, 10));
	assert_true(cm_marks_exploit(&m, 2, 12));
	assert_false(cm_marks_exploit(&m, 2, 13));
	assert_true(cm_marks_exploit(&m, 4, 0));
	assert_true(cm_marks_exploit(&m, 4, UINT64_C(1) << 39));
	assert_true(cm_marks_exhibit(&m, 5).harmless);
}

static void
prefixes_hold_what_begins_so(void **state)
{
	static const uint8_t in[] = { 198, 51, 100, 130 }, out[] = { 198, 51, 100, 127 };
	static const uint8_t six[] = { 0x20, 1, 0xd, 0xb8, 0xab, 0xcd, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	struct cm_marks m = read_marks("victim 198.51.100.255/25\nown 198.51.100.0/24\nvictim 2001:db8:ab00::/40");

	(void)state;
	assert_true(cm_marks_has(&m, CM_MARK_VICTIM, cm_span_of(in, 4)));
	assert_false(cm_marks_has(&m, CM_MARK_VICTIM, cm_span_of(out, 4)));
	assert_true(cm_marks_has(&m, CM_MARK_OWN, cm_span_of(out, 4)));
	assert_false(cm_marks_has(&m, CM_MARK_KNOWN, cm_span_of(in, 4)));
	assert_true(cm_marks_has(&m, CM_MARK_VICTIM, cm_span_of(six, 16)));
	assert_false(cm_marks_has(&m, CM_MARK_VICTIM, cm_span_of(six, 4)));
	assert_false(cm_marks_has(&m, CM_MARK_VICTIM, cm_span_of(NULL, 0)));
}

static void
names_are_found_in_any_case_and_as_dns_spells_them(void **state)
{
	static const char wire[] = "\x03www\x06victim\x07" "example";
	struct cm_marks m = read_marks("victim \"Victim.Example.\"");

	(void)state;
	assert_true(cm_marks_names(&m, cm_span_str("GET http://WWW.VICTIM.example/")));
	assert_true(cm_marks_names(&m, cm_span_of(wire, sizeof(wire) - 1)));
	assert_false(cm_marks_names(&m, cm_span_str("victim-example victimXexample")));
	assert_false(cm_marks_names(&m, cm_span_str("victim.exampl")));
}

static void
what_can_not_be_read_is_said_with_its_line(void **state)
{
	static const struct {
		const char *text, *line;
	} bad[] = { { "exhibit 0", "line 1" }, { "\nexhibit x", "line 2" }, { "exhibit 1 tlp blue", "line 1" },
		{ "exhibit 1 pap amber+strict", "line 1" }, { "victim 10.0.0.0/8", "16 bits" }, { "victim ::/16", "32" },
		{ "victim 1.2.3", "line 1" }, { "victim \"abc\"", "4 to 253" }, { "victim \"abcd", "quote" },
		{ "own \"abcd\"", "line 1" }, { "victim 1.2.3.4 5.6.7.8", "nothing more" }, { "exhibit 1 exploit rows 9-3", "rows" },
		{ "exhibit 1 exploit rows 9-", "rows" }, { "victim 1.2.3.4/33", "prefix" }, { "exhibit 99999999999999999999", "number" } };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cm_marks m = { 0 };
		struct cm_err err = { 0 };

		assert_int_equal(cm_marks_read(cm_span_str(bad[i].text), &arena, &m, &err), CM_E_MALFORMED);
		if (strstr(err.text, bad[i].line) == NULL)
			fail_msg("%s: %s", bad[i].text, err.text);
	}
}

static void
too_many_marks_are_refused(void **state)
{
	static char text[CM_MARKS_MAX * 24];
	struct cm_marks m = { 0 };
	struct cm_err err = { 0 };
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i <= CM_MARKS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "own 10.%u.%u.0/24\n", i >> 8, i & 255);
	assert_int_equal(cm_marks_read(cm_span_of(text, n), &arena, &m, &err), CM_E_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_said_is_taken_the_cautious_way),
		cmocka_unit_test(lines_about_one_exhibit_add_up),
		cmocka_unit_test(prefixes_hold_what_begins_so),
		cmocka_unit_test(names_are_found_in_any_case_and_as_dns_spells_them),
		cmocka_unit_test(what_can_not_be_read_is_said_with_its_line),
		cmocka_unit_test(too_many_marks_are_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
