/* What only people can say is read as it stands; whom it names stands where his hypotheses stand, and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "assess/brief.h"
#include "assess/text.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEAD "assessment 1\ntitle t\nhypothesis state A\n  prior 0.5\nhypothesis state other\n  prior 0.5\n"
#define ITEM(name) "item " name "\n  type N4\n  rests finding " DIGEST "\n"

/* B did it (0.2), or posed as A (0.3): 0.5 together; A 0.4, other 0.1. */
#define POSE "assessment 1\ntitle t\nparty V\nhypothesis state A\n  prior 0.4\nhypothesis state B\n  actor Bee\n  prior 0.2\n" \
	     "hypothesis state B>A\n  prior 0.3\nhypothesis state other\n  prior 0.1\n"

struct made {
	struct cm_arena arena;
	struct cm_registry registry;
	struct cm_assessment a;
	struct cm_assess_places p;
	struct cm_brief b;
	struct cm_err err;
};

static enum cm_result
read_text(struct made *m, const char *text)
{
	*m = (struct made) { 0 };
	cm_arena_init(&m->arena, 0);
	assert_int_equal(cm_registry_builtin(&m->arena, &m->registry, NULL), CM_OK);
	return cm_assess_text_read(cm_span_str(text), &m->registry, &m->arena, &m->a, &m->p, &m->err);
}

static void
computed(struct made *m, enum cm_assess_view_of view, const char *text)
{
	if (read_text(m, text) != CM_OK)
		fail_msg("refused: %s", m->err.text);
	assert_int_equal(cm_brief_compute(&m->a, view, NULL, &m->arena, &m->b, &m->err), CM_OK);
}

static void
each_line_is_read_with_its_place(void **state)
{
	static const char text[] = HEAD "brief sanctions\n  entity A, the state\n  # why not\n  act 2026-03-14: switched\n    it off\n"
					"  entity other\n  reply asked\n  measure m\n  lift l\n  law w\n  standard s\n  review r # not a comment\n" ITEM("x");
	static const char *const wanted[] = { "A, the state", "2026-03-14: switched it off", "other", "asked", "m", "l", "w", "s",
		"r # not a comment" };
	struct made m;

	(void)state;
	assert_int_equal(read_text(&m, text), CM_OK);
	assert_int_equal(m.a.brief.n, sizeof(wanted) / sizeof(wanted[0]));
	for (size_t i = 0; i < m.a.brief.n; i++) {
		assert_string_equal(m.a.brief.line[i].text, wanted[i]);
		assert_memory_equal(text + m.p.brief[i].at, wanted[i], 1);
	}
	assert_int_equal(m.a.brief.line[1].field, CM_BRIEF_ACT);
	assert_int_equal(m.a.brief.line[1].line, 10);
	assert_int_equal(m.p.brief_end, strstr(text, "item x") - text);
	assert_int_equal(cm_brief_count(&m.a, CM_BRIEF_ENTITY), 2);
	assert_string_equal(cm_brief_line(&m.a, CM_BRIEF_ENTITY, 1), "other");
	assert_null(cm_brief_line(&m.a, CM_BRIEF_ENTITY, 2));
	cm_arena_fini(&m.arena);
	assert_int_equal(read_text(&m, HEAD "brief sanctions\n"), CM_OK);
	assert_int_equal(m.a.brief.n, 0);
	cm_arena_fini(&m.arena);
}

static void
what_makes_no_sense_is_refused(void **state)
{
	static const struct {
		const char *text, *said;
	} bad[] = {
		{ HEAD "brief\n", "expected `sanctions'" },
		{ HEAD "brief war\n", "expected `sanctions'" },
		{ HEAD "brief sanctions now\n", "line 7, column 17" },
		{ HEAD "brief sanctions\n  entity\n", "expected a text" },
		{ HEAD "brief sanctions\n  text x\n", "expected entity, act, measure, reply, lift, law, standard or review" },
		{ HEAD "brief sanctions\n  act a\nbrief sanctions\n", "a second brief" },
	};
	struct made m;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(read_text(&m, bad[i].text), CM_E_MALFORMED);
		if (strstr(m.err.text, bad[i].said) == NULL)
			fail_msg("%zu: not '%s' but '%s'", i, bad[i].said, m.err.text);
		cm_arena_fini(&m.arena);
	}
}

static void
more_lines_than_the_bound_are_refused(void **state)
{
	char text[64 + sizeof(HEAD) + 8 * (CM_ASSESS_BRIEF + 1)] = HEAD "brief sanctions\n";
	struct made m;

	(void)state;
	for (unsigned i = 0; i < CM_ASSESS_BRIEF; i++)
		strcat(text, "  act a\n");
	assert_int_equal(read_text(&m, text), CM_OK);
	cm_arena_fini(&m.arena);
	strcat(text, "  act a\n");
	assert_int_equal(read_text(&m, text), CM_E_LIMIT);
	cm_arena_fini(&m.arena);
}

static void
who_poses_as_another_is_counted_with_him(void **state)
{
	struct made m;

	(void)state;
	computed(&m, CM_OF_ALL, POSE "brief sanctions\n  entity Bee (B)\n  entity A\n  entity C\n  entity other\n");
	assert_int_equal(m.b.n_entities, 4);
	assert_string_equal(m.b.entity[0].name, "Bee");
	assert_int_equal(m.b.n_stands, 2);
	assert_in_range(m.b.stand[0].share.mid, CM_ASSESS_ONE / 2 - 100, CM_ASSESS_ONE / 2 + 100);
	assert_true(m.b.stand[0].leads && !m.b.stand[0].likely);
	assert_false(m.b.stand[1].leads);
	assert_true(m.b.entity[0].reached && !m.b.entity[2].reached && !m.b.entity[3].reached);
	/* what follows is about the likelier of his two */
	assert_string_equal(m.a.hypothesis[m.b.layer[0].hypothesis[m.b.layer[0].about]].name, "B>A");
	cm_arena_fini(&m.arena);
}

static void
an_operator_is_no_organisation(void **state)
{
	struct made m;

	(void)state;
	computed(&m, CM_OF_ALL, HEAD "hypothesis operator X\n  prior 0.9\nhypothesis operator other\n  prior 0.1\nbrief sanctions\n  entity X\n");
	assert_true(m.b.entity[0].below && !m.b.entity[0].reached);
	cm_arena_fini(&m.arena);
}

static void
an_item_speaks_by_what_leaving_it_out_undoes(void **state)
{
	struct made m;
	const struct cm_brief_layer *l;

	(void)state;
	computed(&m, CM_OF_ALL, HEAD ITEM("x") "  state A 0.8\n  state other 0.1\n" ITEM("y") "  group g\n  state A 0.1\n  state other 0.2\n");
	l = &m.b.layer[0];
	assert_true(l->speaks[0] > 0 && l->speaks[1] < 0);
	assert_true(l->against[0 * l->n + 1] > 0 && l->against[1 * l->n + 1] < 0);
	assert_int_equal(l->against[0], 0);
	assert_in_range(cm_brief_share(l, 0) + cm_brief_share(l, 1), 999, 1000);
	cm_arena_fini(&m.arena);
	computed(&m, CM_OF_PUBLIC, HEAD ITEM("x") "  state A 0.8\n  state other 0.1\n");
	assert_int_equal(m.b.n_in, 0);
	assert_int_equal(m.b.layer[0].total, 0);
	assert_int_equal(cm_brief_share(&m.b.layer[0], 0), 0);
	cm_arena_fini(&m.arena);
}

static void
cheap_evidence_has_a_ceiling(void **state)
{
	struct made m;
	unsigned classes;

	(void)state;
	assert_int_equal(read_text(&m, POSE), CM_OK);
	/* 0.4 / 0.3 / 0.9 / 0.7 */
	assert_int_equal(cm_brief_ceiling(&m.a, 2, &classes), 2116);
	assert_int_equal(classes, 3);
	cm_arena_fini(&m.arena);
}

static void
dates_and_answers_are_known_by_their_form(void **state)
{
	(void)state;
	assert_true(cm_brief_dated("2026-03-14: x") && cm_brief_dated("2026-03-14"));
	assert_false(cm_brief_dated("March 14") || cm_brief_dated("2026-3-14") || cm_brief_dated(""));
	assert_true(cm_brief_answered("asked, answered on 2026-01-01") && cm_brief_answered("answered: no"));
	assert_false(cm_brief_answered("asked") || cm_brief_answered("asked, not answered") || cm_brief_answered("unanswered"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_read_with_its_place),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(more_lines_than_the_bound_are_refused),
		cmocka_unit_test(who_poses_as_another_is_counted_with_him),
		cmocka_unit_test(an_operator_is_no_organisation),
		cmocka_unit_test(an_item_speaks_by_what_leaving_it_out_undoes),
		cmocka_unit_test(cheap_evidence_has_a_ceiling),
		cmocka_unit_test(dates_and_answers_are_known_by_their_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
