/* Sections, questions, charters to start from, and what is impossible. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "charter/possible.h"
#include "charter/questions.h"
#include "charter/templates.h"
#include "charter/vocabulary.h"

static const char *const types[] = { "N1", "M6" };
static const char *const names[] = { "A", "V" };

static void
sections_begin_and_end(void **state)
{
	static const char text[] = "# Charter\n## Rules\nallow R1: release.\n# no heading\n### nor this\n\n## Costs\nnone\n## Rules of old\nx\n";
	struct cm_section s;
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_section_find(cm_span_str(text), "Rules", &s, &err), CM_OK);
	assert_true(s.found && s.line == 3);
	assert_true(cm_span_eq(s.text, cm_span_str("allow R1: release.\n# no heading\n### nor this\n\n")));
	assert_int_equal(cm_section_find(cm_span_str(text), "Costs", &s, &err), CM_OK);
	assert_true(s.line == 8 && cm_span_eq(s.text, cm_span_str("none\n")));
	assert_int_equal(cm_section_find(cm_span_str(text), "Members", &s, &err), CM_OK);
	assert_false(s.found);
	assert_int_equal(cm_section_find(cm_span_str("## A\n## A"), "A", &s, &err), CM_E_MALFORMED);
	assert_string_equal(err.text, "line 2: a second section `## A`");
}

static void
members_have_names_and_roles(void **state)
{
	static const char text[] = "## Members\n\n- \"CERT A\", government, key\nprose\n- \"V\", victim\n- \"B\"\n";
	const struct cm_section_member *m;
	struct cm_section s;
	struct cm_arena arena;
	struct cm_err err = { 0 };
	size_t n;

	(void)state;
	cm_arena_init(&arena, 0);
	assert_int_equal(cm_section_find(cm_span_str(text), "Members", &s, &err), CM_OK);
	assert_int_equal(cm_section_members(&s, &arena, &m, &n, &err), CM_OK);
	assert_int_equal(n, 3);
	assert_string_equal(m[0].name, "CERT A");
	assert_string_equal(m[0].role, "government");
	assert_string_equal(m[1].role, "victim");
	assert_null(m[2].role);
	s.text = cm_span_str("- \"A\"\n\n- \"A\", victim");
	assert_int_equal(cm_section_members(&s, &arena, &m, &n, &err), CM_E_MALFORMED);
	assert_string_equal(err.text, "line 4: a second member called \"A\"");
	err = (struct cm_err) { 0 };
	s.text = cm_span_str("- A, victim");
	assert_int_equal(cm_section_members(&s, &arena, &m, &n, &err), CM_E_MALFORMED);
	assert_string_equal(err.text, "line 2, column 3: expected a member's name in quotes");
	cm_arena_fini(&arena);
}

/* Answers all questions on ${text}: a bit for each that is answered with yes. */
static unsigned
answers(const char *text, const struct cm_section_member *members)
{
	const struct cm_condition *const *question, *const *impossible;
	const struct cm_vocabulary *v;
	const struct cm_rules *r;
	struct cm_checks *c;
	struct cm_arena arena;
	struct cm_answer a;
	struct cm_err err = { 0 };
	size_t n_impossible;
	unsigned yes = 0;

	cm_arena_init(&arena, 0);
	assert_int_equal(cm_charter_vocabulary(types, 2, names, 2, &arena, &v, &err), CM_OK);
	assert_int_equal(cm_rules_read(cm_span_str(text), 1, v, &arena, &r, &err), CM_OK);
	assert_int_equal(cm_questions_read(v, &arena, &question, &err), CM_OK);
	assert_int_equal(cm_charter_impossible(v, members, 2, &arena, &impossible, &n_impossible, &err), CM_OK);
	assert_int_equal(cm_checks_new(&(struct cm_checks_of) { .rules = r, .condition = question, .n_conditions = cm_questions_n,
		.impossible = impossible, .n_impossible = n_impossible }, &c, &err), CM_OK);
	for (size_t i = 0; i < cm_questions_n; i++) {
		assert_int_equal(cm_checks_can(c, i, &a, &err), CM_OK);
		yes |= (unsigned)a.can << i;
	}
	cm_checks_free(c);
	cm_arena_fini(&arena);
	return yes;
}

static unsigned
bit(const char *id)
{
	for (size_t i = 0; i < cm_questions_n; i++)
		if (strcmp(cm_questions[i].id, id) == 0)
			return 1u << i;
	fail_msg("no question %s", id);
	return 0;
}

static const struct cm_section_member plain[] = { { "A", "government" }, { "V", "victim" } };

static void
what_lets_everything_out_is_asked_for(void **state)
{
	(void)state;
	assert_int_equal(answers("allow R1: anything.", plain), (1u << cm_questions_n) - 1);
	assert_int_equal(answers("", plain), 0);
	assert_int_equal(answers("allow R1: derive.", plain), 0);
}

static void
each_question_sees_its_own_leak(void **state)
{
	/* As narrow as it can be, so that no other question is answered with yes. */
	static const char whole[] = "allow R1: release to \"A\" when victim-data = no and exploit = no and purpose = defence and tlp = clear "
		"and personal-data = no and third-party-data = no and phase = open and cost = D0";
	char text[600];

	(void)state;
	snprintf(text, sizeof(text), "%s.", whole);
	assert_int_equal(answers(text, plain), 0);
	assert_int_equal(answers("allow R1: release to \"A\" when victim-data = yes and consent = revoked and exploit = no and purpose = defence "
		"and tlp = clear and phase = open and cost = D0.", plain), bit("victim-consent"));
	assert_int_equal(answers("allow R1: release as C1 to \"A\" when victim-data = no and exploit = yes and purpose = defence "
		"and tlp = clear and phase = open and cost = D0.", plain), bit("exploit-raw"));
	assert_int_equal(answers("allow R1: release to \"A\" for targeting when victim-data = no and exploit = no and tlp = clear "
		"and phase = open and cost = D0.", plain), bit("targeting"));
	assert_int_equal(answers("allow R1: onward to \"A\" for defence when victim-data = no and exploit = no and tlp = red and phase = open "
		"and cost = D0.", plain), bit("tlp-red"));
	assert_int_equal(answers("allow R1: release to other for defence when victim-data = no and exploit = no and tlp = clear and phase = open "
		"and cost = D0 and personal-data = no and third-party-data = no.", plain), bit("no-member"));
	assert_int_equal(answers("allow R1: publish for defence when victim-data = no and exploit = no and tlp = clear and phase = open "
		"and cost = D0 and personal-data = yes and third-party-data = no and approved = all.", plain), bit("personal-data"));
	assert_int_equal(answers("allow R1: release to \"A\" for defence when victim-data = no and exploit = no and tlp = clear and phase = closed "
		"and cost = D0.", plain), bit("closed"));
	assert_int_equal(answers("allow R1: release to \"A\" for defence when victim-data = no and exploit = no and tlp = clear and phase = open "
		"and cost = D3.", plain), bit("costly"));
}

static void
a_member_has_the_role_it_has(void **state)
{
	static const char text[] = "allow R1: release to public when to-member in (\"A\", \"V\").";
	static const char other[] = "allow R1: release from academic when from-member = \"A\" and to-member = \"V\".";
	static const struct cm_section_member unknown[] = { { "A", NULL }, { "V", "visitor" } };

	(void)state;
	assert_int_equal(answers(text, plain), 0);
	assert_int_equal(answers(text, unknown), 0);
	assert_int_equal(answers(other, plain), 0);
	assert_int_not_equal(answers(other, unknown), 0);
}

static void
templates_are_found_by_name(void **state)
{
	(void)state;
	assert_int_equal(cm_charter_templates_n, 4);
	assert_ptr_equal(cm_charter_template("joint-team"), cm_charter_template("joint-team.md"));
	assert_non_null(cm_charter_template("two-parties"));
	assert_null(cm_charter_template("joint"));
	assert_null(cm_charter_template(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_begin_and_end),
		cmocka_unit_test(members_have_names_and_roles),
		cmocka_unit_test(what_lets_everything_out_is_asked_for),
		cmocka_unit_test(each_question_sees_its_own_leak),
		cmocka_unit_test(a_member_has_the_role_it_has),
		cmocka_unit_test(templates_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
