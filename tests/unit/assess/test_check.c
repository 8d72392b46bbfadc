/* What is implausible or missing is said with its line, and nothing is said of what is in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assess/check.h"
#include "assess/text.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEAD "assessment 1\ntitle t\nhypothesis operator A\n  prior 0.5\nhypothesis operator other\n  prior 0.5\n"
/* Evidence that speaks of operators, from line 7 on; the fields behind it begin in line 10. */
#define ITEM(name, type) "item " name "\n  type " type "\n  rests finding " DIGEST "\n"
#define WITHOUT "without operator other>A because \"x\"\n"

struct made {
	struct cm_arena arena;
	struct cm_registry registry;
	struct cm_assessment a;
	struct cm_assess_places p;
	struct cm_assess_remarks r;
	struct cm_err err;
};

static void
check(struct made *m, const char *text)
{
	*m = (struct made) { 0 };
	cm_arena_init(&m->arena, 0);
	assert_int_equal(cm_registry_builtin(&m->arena, &m->registry, NULL), CM_OK);
	if (cm_assess_text_read(cm_span_str(text), &m->registry, &m->arena, &m->a, &m->p, &m->err) != CM_OK)
		fail_msg("refused: %s", m->err.text);
	assert_int_equal(cm_assess_check(&m->a, &m->p, &m->registry, &m->arena, &m->r, &m->err), CM_OK);
	assert_int_equal(m->r.left_out, 0);
}

static void
all_remarks(const struct made *m)
{
	for (size_t i = 0; i < m->r.n; i++)
		print_message("line %u: %s\n", m->r.item[i].line, m->r.item[i].text);
}

static const struct {
	const char *text;
	unsigned line;
	const char *says; /* NULL: nothing */
} one[] = {
	{ HEAD, 0, NULL },
	{ HEAD WITHOUT ITEM("x", "L3") "  operator A 0.3\n  operator other 0.1\n", 0, NULL },
	{ HEAD ITEM("x", "L3") "  by B\n  operator A ?\n  operator other 0.1\n", 7,
	    "item x: the likelihood for operator A is still asked (`?'); party B has to give it, as whose item it is" },
	{ HEAD ITEM("x", "L3") "  operator A ?\n  operator other 0.1\n", 7, "(`?'); its author has to give it" },
	{ HEAD ITEM("x", "L3") "  operator A 0.5 to 1\n  operator other 0.5\n", 7,
	    "item x: a likelihood of 1 at the layer operator says" },
	{ HEAD ITEM("x", "L3") "  operator A 0.5\n  operator other 0.5\n", 7, "item x: says nothing at the layer operator" },
	{ HEAD ITEM("x", "L3") "  operator A 0.3\n  operator other 0.1\n", 3,
	    "operator other>A: neither a hypothesis nor a `without'; item x of class F1 speaks for A against other by a factor "
	    "of 3, and other could have planted it" },
	{ HEAD ITEM("x", "L3") "  forge F3\n  operator A 0.3\n  operator other 0.1\n", 7, "class F3 is harder to plant than evidence "
	  "of type L3, F1 at most" },
	{ HEAD ITEM("x", "L3") "  operator A 0.1\n  operator other 0.3\n", 0, NULL },
	{ HEAD WITHOUT ITEM("x", "P3") "  operator A 0.9\n  operator other 0.08\n", 8, "by a factor of 11, though such evidence is made "
	  "by editing a string (F0)" },
	{ HEAD WITHOUT ITEM("x", "P3") "  operator A 0.8\n  operator other 0.08\n", 0, NULL },
	{ HEAD WITHOUT ITEM("x", "L3") "  operator A 0.9\n  operator other 0.008\n", 8, "by a factor of 112, though cheap tools" },
	{ HEAD WITHOUT ITEM("x", "O2") "  operator A 0.9\n  operator other 0.0008\n", 8, "by a factor of more than 1125; on ENFSI's" },
	{ HEAD WITHOUT ITEM("x", "L1") "  operator A 0.5\n  operator other 0.1\n", 8, "by more than 3, though type L1 says almost nothing" },
	{ HEAD ITEM("x", "N4") "  operator A 0.1\n  operator other 0.2\n", 7, "evidence of type N4 is not known to speak at the "
	  "layer operator" },
	{ HEAD ITEM("x", "L3") "  source F3\n  operator A 0.1 to 0.2\n  operator other 0.1 to 0.3\n", 7, "of grade F nobody knows" },
	{ HEAD ITEM("x", "L3") "  source G3\n  operator A 0.1 to 0.9\n  operator other 0.1 to 0.2\n", 7, "of grade G the source is known" },
	{ HEAD ITEM("x", "L3") "  source C3\n  operator A 0.1\n  operator other 0.1 to 0.3\n", 7, "the source is graded C, and yet" },
	{ HEAD ITEM("x", "L3") "  source B3\n  operator A 0.1\n  operator other 0.1 to 0.3\n", 0, NULL },
	{ HEAD ITEM("x", "L3"), 7, "item x: counts nowhere" },
	{ HEAD "item r\n  type P3\n  source A1\n  rests report " DIGEST "\n  operator A 0.2\n  operator other 0.3\n", 7,
	    "item r: a report that says neither what it repeats nor" },
	{ HEAD "item o\n  type P3\n  source F6\n  rests report " DIGEST "\n" WITHOUT "item r\n  type P3\n  source A1\n"
	  "  rests report " DIGEST "\n  derived o\n  operator A 0.2\n  operator other 0.1\n", 0, NULL },
	{ HEAD "rho code 0.3\n", 0, "rho code: no item is of that group" },
	{ HEAD "class F1 0.95\n", 0, "class F1 is said to be planted more easily than F0" },
	{ "assessment 1\ntitle t\nhypothesis operator A\n  prior 0.96\nhypothesis operator other\n  prior 0.04\n", 5,
	    "operator other: a prior below 0.05" },
	{ "assessment 1\ntitle t\nhypothesis state A\n  prior 0.5\nhypothesis state other\n  prior 0.5\n", 3,
	    "state A: no `degree' says how far the state would answer" },
	{ "assessment 1\ntitle t\nhypothesis state B\n  kind criminal\n  prior 0.5\nhypothesis state other\n  prior 0.5\n", 0, NULL },
};

static void
one_thing_is_said_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++) {
		struct made m;

		check(&m, one[i].text);
		if (m.r.n != (one[i].says != NULL)) {
			all_remarks(&m);
			fail_msg("%zu remarks on: %s", m.r.n, one[i].text);
		}
		if (one[i].says != NULL && strstr(m.r.item[0].text, one[i].says) == NULL)
			fail_msg("it says: %s", m.r.item[0].text);
		if (one[i].says != NULL)
			assert_int_equal(m.r.item[0].line, one[i].line);
		cm_arena_fini(&m.arena);
	}
}

static bool
says(const struct made *m, const char *text)
{
	for (size_t i = 0; i < m->r.n; i++)
		if (strstr(m->r.item[i].text, text) != NULL)
			return true;
	return false;
}

static void
an_item_that_lacks_a_number_counts_nowhere(void **state)
{
	struct made m;

	(void)state;
	check(&m, HEAD ITEM("x", "L3") "  operator A 0.5\n");
	assert_int_equal(m.r.n, 2);
	assert_true(says(&m, "item x: does not count at the layer operator, since it has no likelihood for other"));
	assert_true(says(&m, "item x: counts nowhere"));
	assert_int_equal(m.r.item[0].severity, CM_REMARK_WARNING);
	cm_arena_fini(&m.arena);
}

static void
what_leads_to_reports_only_carries_no_weight(void **state)
{
	struct made m;

	(void)state;
	check(&m, HEAD "item r\n  type P3\n  source A1\n  rests report " DIGEST "\n  operator A 0.2\n  operator other 0.3\n"
		  ITEM("x", "L3") "  repeats r\n  operator A 0.2\n  operator other 0.3\n");
	assert_true(says(&m, "item r: a report that says neither"));
	assert_true(says(&m, "item x: what it repeats or is derived from leads to reports only, and to no origin, so that it "
			     "carries no weight"));
	cm_arena_fini(&m.arena);
}

static void
a_state_is_not_named_alone(void **state)
{
	struct made m;

	(void)state;
	check(&m, "assessment 1\ntitle t\nhypothesis state A\n  degree ordered\n  kind state\n  prior 0.5\n"
		  "hypothesis state other\n  prior 0.5\n");
	assert_int_equal(m.r.n, 2);
	assert_true(says(&m, "layer state: a state is named, but no hypothesis of kind state-sponsored stands on its own"));
	assert_true(says(&m, "of kind criminal stands"));
	assert_int_equal(m.r.item[0].line, 3);
	cm_arena_fini(&m.arena);
}

static void
copies_that_nobody_sees_alone_are_named(void **state)
{
	static const char text[] = HEAD ITEM("x", "L3") "  view %s\n" ITEM("y", "L3") "  view public\n  repeats x\n" ITEM("z", "L3")
	    "  view public\n  repeats y\n";
	char now[sizeof(text) + 16];
	struct made m;

	(void)state;
	snprintf(now, sizeof(now), text, "public");
	check(&m, now);
	assert_true(says(&m, "item x: copies of it (2) stand in the view public"));
	cm_arena_fini(&m.arena);
	snprintf(now, sizeof(now), text, "own");
	check(&m, now);
	assert_false(says(&m, "copies of it"));
	cm_arena_fini(&m.arena);
}

static void
without_places_no_line_is_known(void **state)
{
	struct made m;

	(void)state;
	check(&m, HEAD ITEM("x", "L3"));
	assert_int_equal(cm_assess_check(&m.a, NULL, &m.registry, &m.arena, &m.r, NULL), CM_OK);
	assert_int_equal(m.r.n, 1);
	assert_int_equal(m.r.item[0].line, 0);
	assert_string_equal(cm_remark_severity_word(m.r.item[0].severity), "warning");
	assert_string_equal(cm_remark_severity_word(CM_REMARK_NOTE), "note");
	cm_arena_fini(&m.arena);
}

/* Everything that could be said at once is a list with an end. */
static void
no_more_than_a_thousand_remarks_are_made(void **state)
{
	struct cm_buf b = { 0 };
	struct made m = { 0 };

	(void)state;
	cm_buf_add_str(&b, HEAD);
	for (unsigned i = 0; i < CM_ASSESS_REMARKS + 5; i++)
		cm_buf_printf(&b, "item i%u\n  type L3\n  rests chain %s\n", i, DIGEST);
	cm_arena_init(&m.arena, 0);
	assert_int_equal(cm_registry_builtin(&m.arena, &m.registry, NULL), CM_OK);
	assert_int_equal(cm_assess_text_read(cm_buf_span(&b), &m.registry, &m.arena, &m.a, &m.p, NULL), CM_OK);
	assert_int_equal(cm_assess_check(&m.a, &m.p, &m.registry, &m.arena, &m.r, NULL), CM_OK);
	assert_int_equal(m.r.n, CM_ASSESS_REMARKS);
	assert_int_equal(m.r.left_out, 5);
	cm_arena_fini(&m.arena);
	cm_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_thing_is_said_once),
		cmocka_unit_test(an_item_that_lacks_a_number_counts_nowhere),
		cmocka_unit_test(what_leads_to_reports_only_carries_no_weight),
		cmocka_unit_test(a_state_is_not_named_alone),
		cmocka_unit_test(copies_that_nobody_sees_alone_are_named),
		cmocka_unit_test(without_places_no_line_is_known),
		cmocka_unit_test(no_more_than_a_thousand_remarks_are_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
