/* A charter changes what it names, says why, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "registry/override.h"

struct made {
	struct cm_arena arena;
	struct cm_registry base, r;
	struct cm_registry_changes c;
	struct cm_err err;
};

static enum cm_result
read_at(struct made *m, const char *text, unsigned line)
{
	*m = (struct made) { 0 };
	cm_arena_init(&m->arena, 0);
	assert_int_equal(cm_registry_builtin(&m->arena, &m->base, NULL), CM_OK);
	return cm_registry_override(&m->base, cm_span_str(text), line, &m->arena, &m->r, &m->c, &m->err);
}

static void
assert_change(const struct cm_registry_change *c, const char *id, const char *what, const char *was, const char *now,
    const char *why)
{
	assert_string_equal(c->id, id);
	assert_string_equal(c->what, what);
	assert_string_equal(c->was, was);
	assert_string_equal(c->now, now);
	assert_string_equal(c->why, why);
}

static void
values_are_changed_and_the_reason_is_kept(void **state)
{
	struct made m;
	unsigned lo = 0, hi = 0;

	(void)state;
	assert_int_equal(read_at(&m, "\n- N3: forge F2, cost D3, because \"ours are\n  not published\".\n\n"
				     "- F2: plantable 300, because \"we \xc3\xa4rgue it\"\n"
				     "- I1: forge F2, because \"x\"\n- M2: cost D0 to D1, because \"y\".", 7), CM_OK);
	assert_int_equal(m.c.n, 5);
	assert_change(&m.c.item[0], "N3", "forge", "F1", "F2", "ours are not published");
	assert_change(&m.c.item[1], "N3", "cost", "D1", "D3", "ours are not published");
	assert_change(&m.c.item[2], "F2", "plantable", "400", "300", "we \xc3\xa4rgue it");
	assert_change(&m.c.item[3], "I1", "forge", "F1 to F2", "F2", "x");
	assert_change(&m.c.item[4], "M2", "cost", "D1", "D0 to D1", "y");
	assert_int_equal(cm_registry_find(&m.r, "N3")->forge_lo, 2);
	assert_int_equal(cm_registry_find(&m.r, "N3")->cost_hi, 3);
	assert_true(cm_evidence_plantable(&m.r, cm_registry_find(&m.r, "N3"), &lo, &hi));
	assert_int_equal(lo, 300);
	assert_int_equal(hi, 300);
	/* the base is what it was */
	assert_int_equal(cm_registry_find(&m.base, "N3")->forge_lo, 1);
	assert_int_equal(m.base.plantable[2], 400);
	cm_arena_fini(&m.arena);
}

static void
an_empty_section_changes_nothing(void **state)
{
	struct made m;

	(void)state;
	assert_int_equal(read_at(&m, " \n\t\n", 1), CM_OK);
	assert_int_equal(m.c.n, 0);
	assert_int_equal(m.r.n_types, m.base.n_types);
	for (size_t i = 0; i < m.r.n_types; i++)
		assert_memory_equal(&m.r.type[i], &m.base.type[i], sizeof(m.r.type[i]));
	cm_arena_fini(&m.arena);
}

static void
two_classes_may_change_places_only_if_they_still_descend(void **state)
{
	struct made m;

	(void)state;
	assert_int_equal(read_at(&m, "- F3: plantable 390, because \"a\"\n- F2: plantable 391, because \"b\"", 1), CM_OK);
	cm_arena_fini(&m.arena);
	assert_int_equal(read_at(&m, "- F3: plantable 400, because \"a\"", 1), CM_E_MALFORMED);
	assert_non_null(strstr(m.err.text, "F3 would be plantable 400, which is not less than F2 with 400"));
	cm_arena_fini(&m.arena);
}

static void
what_makes_no_sense_is_refused_with_line_and_column(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "- N9: forge F2, because \"x\"", "line 5, column 3: the registry has no type N9" },
		{ "- n3: forge F2, because \"x\"", "column 3: the registry has no type n3" },
		{ "- F5: plantable 3, because \"x\"", "the registry has no type F5" },
		{ "- N3: forge F5, because \"x\"", "line 5, column 13: expected F0 to F4" },
		{ "- N3: forge, because \"x\"", "expected F0 to F4" },
		{ "- N3: forge graded, because \"x\"", "expected F0 to F4" },
		{ "- N3: forge F2 to F1, because \"x\"", "expected the lower class first" },
		{ "- N3: forge F2 to F2, because \"x\"", "expected the lower class first" },
		{ "- N3: cost F2, because \"x\"", "expected D0 to D4" },
		{ "- N3: plantable 5, because \"x\"", "column 7: expected forge, cost or because" },
		{ "- N3: forge F2, forge F3, because \"x\"", "forge stands twice" },
		{ "- N3: cost D2, cost D3, because \"x\"", "cost stands twice" },
		{ "- N3: forge F2", "expected `,' and further" },
		{ "- N3: forge F2 because \"x\"", "expected `,' and further" },
		{ "- N3: forge F2,", "expected forge, cost or because" },
		{ "- N3: because \"x\"", "a reason, but no value" },
		{ "- N3: forge F2, because x", "expected the reason in" },
		{ "- N3: forge F2, because \"x", "a reason without the" },
		{ "- N3: forge F2, because \"\"", "an empty reason" },
		{ "- N3: forge F2, because \" \n \"", "an empty reason" },
		{ "- N3 forge F2, because \"x\"", "expected `:'" },
		{ "- : forge F2, because \"x\"", "expected an id" },
		{ "N3: forge F2, because \"x\"", "column 1: expected `- ID" },
		{ "Our reasons follow.", "nothing else stands in this section" },
		{ "- N3: forge F2, because \"x\" - N4: forge F2, because \"x\"", "expected the end of the line" },
		{ "- N3: forge F2, because \"x\"..", "expected the end of the line" },
		{ "- N3: forge F2, because \"x\"\n- N3: cost D2, because \"x\"", "line 6, column 3: this type stands in an item before" },
		{ "- F1: plantable 600, because \"x\"\n- F1: plantable 601, because \"x\"", "this class stands in an item before" },
		{ "- F1: plantable 0, because \"x\"", "expected thousandths" },
		{ "- F1: plantable 0600, because \"x\"", "expected thousandths" },
		{ "- F1: plantable 1000, because \"x\"", "expected thousandths" },
		{ "- F1: plantable 6x, because \"x\"", "expected thousandths" },
		{ "- F1: plantable , because \"x\"", "expected thousandths" },
		{ "- F1: forge F1, because \"x\"", "expected plantable" },
		{ "- F1: plantable 600, plantable 610, because \"x\"", "expected because" },
		{ "- P1: forge F2, because \"x\"", "a type that is graded has no forge class" },
		{ "- N3: forge F2, because \"\x01\"", "a control character" },
		{ "- N3: forge F2, because \"\xc3\"", "column 26: expected UTF-8" },
		{ "\xc3\xa4\xc3\xb6: x", "column 1: expected `- ID" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct made m;

		if (read_at(&m, bad[i].text, 5) != CM_E_MALFORMED)
			fail_msg("it is taken: %s", bad[i].text);
		if (strstr(m.err.text, bad[i].says) == NULL)
			fail_msg("%s: it says: %s", bad[i].text, m.err.text);
		assert_true(m.err.has_offset && m.err.offset <= strlen(bad[i].text));
		assert_null(m.r.type);
		cm_arena_fini(&m.arena);
	}
}

static void
a_reason_has_a_length(void **state)
{
	char text[CM_OVERRIDE_REASON + 64];
	struct made m;

	(void)state;
	for (unsigned extra = 0; extra < 2; extra++) {
		snprintf(text, sizeof(text), "- N3: forge F2, because \"%0*d\"", (int)(CM_OVERRIDE_REASON + extra), 1);
		assert_int_equal(read_at(&m, text, 1), extra == 0 ? CM_OK : CM_E_LIMIT);
		cm_arena_fini(&m.arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_changed_and_the_reason_is_kept),
		cmocka_unit_test(an_empty_section_changes_nothing),
		cmocka_unit_test(two_classes_may_change_places_only_if_they_still_descend),
		cmocka_unit_test(what_makes_no_sense_is_refused_with_line_and_column),
		cmocka_unit_test(a_reason_has_a_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
