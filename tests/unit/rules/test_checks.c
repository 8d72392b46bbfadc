/* What is proved of rules, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rules/checks.h"
#include "small.h"

struct world {
	struct cm_arena arena;
	const struct cm_rules *rules;
	struct cm_checks *c;
	struct cm_err err;
};

static void
begin(struct world *w, const char *text, const char *after, const char *condition)
{
	const struct cm_rules *more = NULL;
	const struct cm_condition *one = NULL;

	memset(w, 0, sizeof(*w));
	cm_arena_init(&w->arena, 0);
	if (cm_rules_read(cm_span_str(text), 1, &small, &w->arena, &w->rules, &w->err) != CM_OK ||
	    (after != NULL && cm_rules_read(cm_span_str(after), 1, &small, &w->arena, &more, &w->err) != CM_OK) ||
	    (condition != NULL && cm_condition_read(cm_span_str(condition), &small, &w->arena, &one, &w->err) != CM_OK) ||
	    cm_checks_new(&(struct cm_checks_of) { .rules = w->rules, .after = more, .condition = &one,
		.n_conditions = one != NULL }, &w->c, &w->err) != CM_OK)
		fail_msg("%s", w->err.text);
}

static void
end(struct world *w)
{
	cm_checks_free(w->c);
	cm_arena_fini(&w->arena);
}

static void
can(const char *text, const char *condition, const char *example)
{
	struct cm_buf b = { 0 };
	struct cm_answer a;
	struct world w;

	begin(&w, text, NULL, condition);
	assert_int_equal(cm_checks_can(w.c, 0, &a, &w.err), CM_OK);
	assert_int_equal(a.can, example != NULL);
	if (a.can) {
		cm_example_say(&a.example, &small, &b);
		assert_string_equal(cm_buf_cstr(&b), example);
	}
	cm_buf_release(&b);
	end(&w);
}

static void
an_example_says_what_matters_and_no_more(void **state)
{
	(void)state;
	can("allow R1: release when tlp <= amber.", "consent = none", "action release, tlp clear, consent none");
	can("allow R1: release when consent = given.", "consent = none", NULL);
	can("allow R1: release types N2, M6. deny D1: anything when consent = none and type = N2.", "consent != given",
	    "action release, type M6, consent none");
	can("allow R1: anything when size > 9d.", "date >= 2026-11-27", "size 10d, date 2026-11-27");
	can("allow R1: anything.", "size <= 9d", "size 9d");
}

static void
counts_are_exact(void **state)
{
	char text[CM_COUNT_TEXT];
	struct cm_answer a;
	struct world w;
	cm_count all;

	(void)state;
	begin(&w, "allow R1: release types N1 when size < 7d.", NULL, NULL);
	assert_int_equal(cm_checks_allowed(w.c, &all, &a, &w.err), CM_OK);
	/* action 2, type 3, to 3, to-member 3, tlp 4, consent 2, size 2^53, day 106651: each one more for not known */
	assert_true(all == (cm_count)3 * 4 * 4 * 4 * 5 * 3 * (((uint64_t)1 << 53) + 1) * 106652);
	assert_true(a.requests == (cm_count)4 * 4 * 5 * 3 * 7 * 106652);
	cm_requests_text(all, text);
	assert_string_equal(text, "2766631146959912790055680");
	cm_requests_text(CM_COUNT_MAX, text);
	assert_string_equal(text, "2^128 or more");
	cm_requests_text(0, text);
	assert_string_equal(text, "0");
	end(&w);
}

static enum cm_rule_life
life_of(const char *text, size_t rule, uint64_t *by)
{
	struct cm_life life;
	struct world w;

	begin(&w, text, NULL, NULL);
	assert_int_equal(cm_checks_life(w.c, rule, &life, &w.err), CM_OK);
	*by = life.by[0];
	end(&w);
	return life.is;
}

static void
rules_that_decide_nothing(void **state)
{
	uint64_t by;

	(void)state;
	assert_int_equal(life_of("allow R1: release when tlp = red and tlp < red.", 0, &by), CM_RULE_NEVER);
	assert_int_equal(life_of("deny D1: release when size < 0d.", 0, &by), CM_RULE_NEVER);
	assert_int_equal(life_of("deny D1: anything when tlp = red. allow R1: release types N1 when tlp = red. allow R2: release.", 1, &by),
	    CM_RULE_DENIED);
	assert_int_equal(by, 1);
	assert_int_equal(life_of("allow R1: release. deny D1: publish. allow R2: release types N1. allow R3: publish.", 2, &by), CM_RULE_COVERED);
	assert_int_equal(by, 1);
	assert_int_equal(life_of("allow R1: release. allow R2: release types N1 oblige receipt.", 1, &by), CM_RULE_DECIDES);
	assert_int_equal(life_of("allow R1: release oblige retain <= 9d. allow R2: release types N1 oblige retain <= 9d.", 1, &by), CM_RULE_COVERED);
	assert_int_equal(life_of("allow R1: release. deny D1: publish types N1.", 1, &by), CM_RULE_DECIDES); /* if type is not known */
	assert_int_equal(life_of("allow R1: release types N1. deny D1: publish types N1.", 1, &by), CM_RULE_GUARDS);
	assert_int_equal(life_of("allow R1: release. deny D1: release types N1. deny D2: release types N1, M6.", 1, &by), CM_RULE_COVERED);
	assert_int_equal(by, 4);
}

static void
monotone_and_its_counterexample(void **state)
{
	struct cm_monotone m;
	struct world w;

	(void)state;
	begin(&w, "allow R1: release when tlp <= amber. allow R2: publish when tlp = clear.", NULL, NULL);
	assert_int_equal(cm_checks_monotone(w.c, TLP, &m, &w.err), CM_OK);
	assert_true(m.holds);
	end(&w);
	begin(&w, "allow R1: release when tlp in (clear, red) and consent = given.", NULL, NULL);
	assert_int_equal(cm_checks_monotone(w.c, TLP, &m, &w.err), CM_OK);
	assert_false(m.holds);
	assert_int_equal(m.example.ask.value[TLP], 3);
	assert_int_equal(m.lower, 2);
	assert_int_equal(m.example.ask.value[CONSENT], 1);
	end(&w);
	begin(&w, "allow R1: release when size = 3d.", NULL, NULL);
	assert_int_equal(cm_checks_monotone(w.c, SIZE, &m, &w.err), CM_OK);
	assert_false(m.holds);
	assert_int_equal(m.example.ask.value[SIZE], 3);
	assert_int_equal(m.lower, 2);
	end(&w);
}

static void
attributes_that_nothing_looks_at(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "allow R1: release to \"A\" when not tlp = red.", NULL, NULL);
	assert_false(cm_checks_unread(w.c, ACT));
	assert_false(cm_checks_unread(w.c, WHO));
	assert_false(cm_checks_unread(w.c, TLP));
	assert_true(cm_checks_unread(w.c, TO));
	assert_true(cm_checks_unread(w.c, DAY));
	end(&w);
}

static void
tangled_rules_have_no_answer(void **state)
{
	const struct cm_rules *r;
	struct cm_checks *c = NULL;
	struct cm_arena arena;
	struct cm_err err = { 0 };

	(void)state;
	cm_arena_init(&arena, 0);
	assert_int_equal(cm_rules_read(cm_span_str("allow R1: release types N1 when tlp = red. deny D1: anything when size in (1d, 3d, 5d)."),
	    1, &small, &arena, &r, &err), CM_OK);
	assert_int_equal(cm_checks_new(&(struct cm_checks_of) { .rules = r, .nodes = 6 }, &c, &err), CM_E_LIMIT);
	assert_non_null(strstr(err.text, "too tangled"));
	assert_null(c);
	cm_arena_fini(&arena);
}

/* ---- two versions whose members are not the same ---- */

static const char *const later_who[] = { "A", "C", "other" };

static void
who_is_new_was_nobody_before(void **state)
{
	struct cm_attribute attribute[SMALL_N];
	struct cm_vocabulary later = { attribute, SMALL_N, small_obligation, SMALL_OBLIGES };
	static const char text[] = "allow R1: release. deny D1: anything to other.";
	const struct cm_vocabulary *joined;
	const struct cm_rules *before, *after;
	struct cm_checks *c;
	struct cm_arena arena;
	struct cm_answer a;
	struct cm_err err = { 0 };

	(void)state;
	memcpy(attribute, small_attribute, sizeof(attribute));
	attribute[WHO].words = later_who;
	cm_arena_init(&arena, 0);
	assert_int_equal(cm_vocabulary_join(&small, &later, &arena, &joined, &err), CM_OK);
	assert_int_equal(joined->attribute[WHO].n_words, 4);
	assert_string_equal(joined->attribute[WHO].words[2], "C");
	assert_string_equal(joined->attribute[WHO].words[3], "other");
	assert_int_equal(cm_rules_read_joined(cm_span_str(text), 1, &small, joined, &arena, &before, &err), CM_OK);
	assert_int_equal(cm_rules_read_joined(cm_span_str(text), 1, &later, joined, &arena, &after, &err), CM_OK);
	assert_int_equal(cm_checks_new(&(struct cm_checks_of) { .rules = before, .after = after }, &c, &err), CM_OK);
	assert_int_equal(cm_checks_change(c, CM_CHANGE_ALLOWED, &a, &err), CM_OK);
	assert_true(a.can);
	assert_int_equal(a.example.ask.value[WHO], 2);
	assert_int_equal(cm_checks_change(c, CM_CHANGE_FORBIDDEN, &a, &err), CM_OK);
	assert_true(a.can);
	assert_int_equal(a.example.ask.value[WHO], 1);
	assert_int_equal(cm_checks_change(c, CM_CHANGE_LOOSER, &a, &err), CM_OK);
	assert_false(a.can);
	cm_checks_free(c);
	assert_int_equal(cm_rules_read_joined(cm_span_str("allow R1: release to \"C\"."), 1, &small, joined, &arena, &before, &err),
	    CM_E_MALFORMED);
	err = (struct cm_err) { 0 };
	attribute[TLP].n_words = 3;
	assert_int_equal(cm_vocabulary_join(&small, &later, &arena, &joined, &err), CM_E_UNSUPPORTED);
	cm_arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_example_says_what_matters_and_no_more),
		cmocka_unit_test(counts_are_exact),
		cmocka_unit_test(rules_that_decide_nothing),
		cmocka_unit_test(monotone_and_its_counterexample),
		cmocka_unit_test(attributes_that_nothing_looks_at),
		cmocka_unit_test(tangled_rules_have_no_answer),
		cmocka_unit_test(who_is_new_was_nobody_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
