/* What rules decide, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "small.h"

static struct cm_decision
decide(const char *rules, const char *ask, struct cm_buf *why)
{
	const struct cm_rules *r;
	struct cm_arena arena;
	struct cm_decision d;
	struct cm_err err = { 0 };
	struct cm_ask q;

	cm_arena_init(&arena, 0);
	if (cm_rules_read(cm_span_str(rules), 1, &small, &arena, &r, &err) != CM_OK ||
	    cm_ask_read(cm_span_str(ask), &small, &q, &err) != CM_OK)
		fail_msg("%s", err.text);
	cm_rules_decide(r, &q, &d);
	if (why != NULL)
		assert_int_equal(cm_rules_explain(r, &q, &d, why), CM_OK);
	cm_arena_fini(&arena);
	return d;
}

static bool
allowed(const char *rules, const char *ask)
{
	return decide(rules, ask, NULL).allowed;
}

static void
what_no_rule_allows_is_denied(void **state)
{
	struct cm_buf why = { 0 };

	(void)state;
	assert_false(decide("", "action=release", &why).allowed);
	assert_string_equal(cm_buf_cstr(&why), "Denied.\nNo rule allows it, and what no rule allows is denied.\n");
	assert_false(allowed("allow R1: release.", "action=publish"));
	assert_true(allowed("allow R1: release.", "action=release"));
	cm_buf_release(&why);
}

static void
a_deny_overrides_whatever_stands_where(void **state)
{
	(void)state;
	assert_false(allowed("allow R1: release. deny D1: anything when tlp = red.", "action=release tlp=red"));
	assert_false(allowed("deny D1: anything when tlp = red. allow R1: release.", "action=release tlp=red"));
	assert_true(allowed("deny D1: anything when tlp = red. allow R1: release.", "action=release tlp=amber"));
}

static void
what_is_not_known_does_not_allow_and_denies(void **state)
{
	struct cm_buf why = { 0 };

	(void)state;
	assert_false(allowed("allow R1: release when tlp = red or consent = given.", "action=release tlp=red"));
	assert_false(decide("allow R1: release. deny D1: publish when consent = none because \"x\".", "action=release", &why).allowed);
	assert_string_equal(cm_buf_cstr(&why), "Denied.\nR1 allows it (line 1).\n"
		"D1 denies it (line 1), since it must know consent: x.\n");
	assert_true(allowed("allow R1: anything.", ""));
	cm_buf_release(&why);
}

static void
a_value_out_of_its_domain_is_not_known(void **state)
{
	const struct cm_rules *r;
	struct cm_arena arena;
	struct cm_decision d;
	struct cm_err err = { 0 };
	struct cm_ask q = cm_ask_unknown();

	(void)state;
	cm_arena_init(&arena, 0);
	assert_int_equal(cm_rules_read(cm_span_str("allow R1: anything when tlp != red and size < 9d."), 1, &small, &arena, &r, &err), CM_OK);
	q.value[TLP] = 0;
	q.value[SIZE] = 0;
	cm_rules_decide(r, &q, &d);
	assert_true(d.allowed);
	q.value[TLP] = 4;
	cm_rules_decide(r, &q, &d);
	assert_false(d.allowed);
	assert_int_equal(d.unknown[0], 1);
	q.value[TLP] = INT64_MAX;
	cm_rules_decide(r, &q, &d);
	assert_false(d.allowed);
	cm_arena_fini(&arena);
}

static void
comparisons_and_words_between_them(void **state)
{
	static const struct {
		const char *when, *ask;
		bool holds;
	} one[] = {
		{ "tlp <= amber", "tlp=amber", true }, { "tlp < amber", "tlp=amber", false }, { "tlp > amber", "tlp=red", true },
		{ "tlp >= red", "tlp=amber+strict", false }, { "tlp != red", "tlp=red", false }, { "tlp in (clear, red)", "tlp=red", true },
		{ "tlp in (clear, red)", "tlp=amber", false }, { "size <= 3d", "size=3d", true }, { "size < 3d", "size=3d", false },
		{ "size != 3d", "size=3d", false }, { "size != 3d", "size=4d", true }, { "size in (1d, 5d)", "size=5d", true },
		{ "size in (1d, 5d)", "size=3d", false }, { "not size in (1d, 5d)", "size=3d", true },
		{ "date >= 2026-11-27", "date=2026-11-27", true }, { "date > 2026-11-27", "date=2026-11-27", false },
		{ "size < 0d", "size=0d", false }, { "size >= 0d", "size=9007199254740991d", true },
		{ "tlp = red or size = 1d and date < 2000-01-01", "tlp=red size=2d date=2001-01-01", true },
		{ "(tlp = red or size = 1d) and date < 2000-01-01", "tlp=red size=2d date=2001-01-01", false },
		{ "not (tlp = red or size = 1d)", "tlp=clear size=2d", true }, { "not tlp = red and size = 2d", "tlp=red size=2d", false },
		{ "to-member = other", "to-member=other", true }, { "to-member != \"A\"", "to-member=\"A\"", false },
	};
	char rules[200];

	(void)state;
	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++) {
		snprintf(rules, sizeof(rules), "allow R1: anything when %s.", one[i].when);
		if (allowed(rules, one[i].ask) != one[i].holds)
			fail_msg("%s with %s", one[i].when, one[i].ask);
	}
}

static void
words_and_names_of_one_slot_are_alternatives(void **state)
{
	static const char rules[] = "allow R1: release types N1, M6 to government, \"CERT B\".";

	(void)state;
	assert_true(allowed(rules, "action=release type=N1 to=government to-member=other"));
	assert_true(allowed(rules, "action=release type=M6 to=academic to-member=\"CERT B\""));
	assert_false(allowed(rules, "action=release type=M6 to=academic to-member=\"A\""));
	assert_false(allowed(rules, "action=release type=N2 to=government to-member=\"A\""));
	assert_false(allowed(rules, "action=release type=N1 to=government"));
}

static void
of_each_obligation_the_strictest_holds(void **state)
{
	static const char rules[] = "allow R1: release oblige retain <= 180d, onward = none, mark-tlp >= amber. "
		"allow R2: anything when tlp <= amber oblige retain <= 30d, onward <= members, mark-tlp = red, receipt. "
		"allow R3: publish oblige retain <= 1d.";
	struct cm_decision d = decide(rules, "action=release tlp=clear", NULL);

	(void)state;
	assert_true(d.allowed && d.allows[0] == 3);
	assert_int_equal(d.oblige[RETAIN].bound, 30);
	assert_int_equal(d.oblige[ONWARD].bound, 0);
	assert_int_equal(d.oblige[MARK].bound, 3);
	assert_true(d.oblige[RECEIPT].set && d.oblige[RECEIPT].bound == 1);
	d = decide(rules, "action=release tlp=red", NULL);
	assert_int_equal(d.oblige[RETAIN].bound, 180);
	assert_int_equal(d.oblige[MARK].bound, 1);
	assert_false(d.oblige[RECEIPT].set);
}

static void
what_is_denied_obliges_to_nothing(void **state)
{
	struct cm_decision d = decide("allow R1: release oblige receipt. deny D1: anything.", "action=release", NULL);

	(void)state;
	assert_false(d.allowed);
	assert_int_equal(d.allows[0], 1);
	assert_int_equal(d.denies[0], 2);
	assert_false(d.oblige[RECEIPT].set);
}

static void
what_two_decisions_both_ask_for(void **state)
{
	struct cm_decision a = decide("allow R: release oblige retain <= 180d, onward = none, mark-tlp >= amber, receipt.", "action=release", NULL);
	struct cm_decision b = decide("allow R: release oblige retain <= 30d, onward <= members, mark-tlp = red.", "action=release", NULL);
	struct cm_decision nothing = decide("allow R: release.", "action=release", NULL), both[2] = { a, b };

	(void)state;
	cm_bounds_meet(&small, both[0].oblige, b.oblige);
	cm_bounds_meet(&small, both[1].oblige, a.oblige);
	for (size_t i = 0; i < 2; i++) {
		assert_true(both[i].oblige[RETAIN].set && both[i].oblige[RETAIN].bound == 180);
		assert_true(both[i].oblige[ONWARD].set && both[i].oblige[ONWARD].bound == 1);
		assert_true(both[i].oblige[MARK].set && both[i].oblige[MARK].bound == 1);
		assert_false(both[i].oblige[RECEIPT].set);
	}
	cm_bounds_meet(&small, a.oblige, nothing.oblige);
	assert_false(a.oblige[RETAIN].set || a.oblige[ONWARD].set || a.oblige[MARK].set || a.oblige[RECEIPT].set);
}

static void
conditions_of_their_own(void **state)
{
	const struct cm_condition *c;
	struct cm_arena arena;
	struct cm_err err = { 0 };
	struct cm_ask q = cm_ask_unknown();

	(void)state;
	cm_arena_init(&arena, 0);
	assert_int_equal(cm_condition_read(cm_span_str("tlp = red or consent = given"), &small, &arena, &c, &err), CM_OK);
	q.value[TLP] = 3;
	assert_int_equal(cm_condition_holds(c, &q), CM_RULE_UNKNOWN);
	q.value[CONSENT] = 0;
	assert_int_equal(cm_condition_holds(c, &q), CM_RULE_TRUE);
	q.value[TLP] = 0;
	assert_int_equal(cm_condition_holds(c, &q), CM_RULE_FALSE);
	assert_int_equal(cm_condition_read(cm_span_str("tlp = red."), &small, &arena, &c, &err), CM_E_MALFORMED);
	cm_arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_no_rule_allows_is_denied),
		cmocka_unit_test(a_deny_overrides_whatever_stands_where),
		cmocka_unit_test(what_is_not_known_does_not_allow_and_denies),
		cmocka_unit_test(a_value_out_of_its_domain_is_not_known),
		cmocka_unit_test(comparisons_and_words_between_them),
		cmocka_unit_test(words_and_names_of_one_slot_are_alternatives),
		cmocka_unit_test(of_each_obligation_the_strictest_holds),
		cmocka_unit_test(what_is_denied_obliges_to_nothing),
		cmocka_unit_test(what_two_decisions_both_ask_for),
		cmocka_unit_test(conditions_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
