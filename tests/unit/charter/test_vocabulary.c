/* The words of a charter stand where their numbers say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "charter/vocabulary.h"
#include "rules/rules.h"

static const char *const types[] = { "N1", "N3", "M6" };
static const char *const members[] = { "CERT A", "V" };

static void
attributes_stand_at_their_number(void **state)
{
	static const struct {
		enum cm_asks at;
		const char *name, *last;
		size_t n;
	} one[] = { { CM_ASKS_ACTION, "action", "onward", 4 }, { CM_ASKS_TYPE, "type", "M6", 3 }, { CM_ASKS_FORM, "form", "C8", 8 },
		{ CM_ASKS_FROM, "from", "panel", 5 }, { CM_ASKS_FROM_MEMBER, "from-member", "V", 2 }, { CM_ASKS_TO, "to", "public", 6 },
		{ CM_ASKS_TO_MEMBER, "to-member", "other", 3 }, { CM_ASKS_PURPOSE, "purpose", "targeting", 8 },
		{ CM_ASKS_CONTENT, "content", "picture", 10 }, { CM_ASKS_TLP, "tlp", "red", 5 }, { CM_ASKS_PAP, "pap", "red", 4 },
		{ CM_ASKS_VICTIM_DATA, "victim-data", "yes", 2 }, { CM_ASKS_THIRD_PARTY_DATA, "third-party-data", "yes", 2 },
		{ CM_ASKS_PERSONAL_DATA, "personal-data", "yes", 2 }, { CM_ASKS_EXPLOIT, "exploit", "yes", 2 },
		{ CM_ASKS_CONSENT, "consent", "revoked", 3 }, { CM_ASKS_COST, "cost", "D4", 5 }, { CM_ASKS_PHASE, "phase", "closed", 3 },
		{ CM_ASKS_APPROVED, "approved", "all", 3 } };
	const struct cm_vocabulary *v;
	struct cm_arena arena;
	struct cm_err err = { 0 };

	(void)state;
	cm_arena_init(&arena, 0);
	assert_int_equal(cm_charter_vocabulary(types, 3, members, 2, &arena, &v, &err), CM_OK);
	assert_int_equal(v->n_attributes, CM_ASKS_N);
	assert_int_equal(v->n_obligations, CM_OBLIGES_N);
	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++) {
		const struct cm_attribute *a = &v->attribute[one[i].at];

		assert_string_equal(a->name, one[i].name);
		assert_int_equal(a->n_words, one[i].n);
		assert_string_equal(a->words[a->n_words - 1], one[i].last);
	}
	assert_int_equal(v->attribute[CM_ASKS_DATE].kind, CM_ATTRIBUTE_DATE);
	cm_arena_fini(&arena);
}

static void
the_rules_of_the_design_decide(void **state)
{
	static const char text[] =
	    "allow R1: release types N1, N3 as C1, C2 to government, academic for attribution\n"
	    "    when tlp <= amber+strict and consent = given\n"
	    "    oblige retain <= 180d, onward = none, receipt, acknowledge <= 24h\n"
	    "    because \"packets are shown inside the team\".\n"
	    "deny D1: anything when victim-data = yes and consent != given\n"
	    "    because \"nothing about the victim without its consent\".\n";
	const struct cm_vocabulary *v;
	const struct cm_rules *r;
	struct cm_arena arena;
	struct cm_decision d;
	struct cm_err err = { 0 };
	struct cm_ask q;

	(void)state;
	cm_arena_init(&arena, 0);
	assert_int_equal(cm_charter_vocabulary(types, 3, members, 2, &arena, &v, &err), CM_OK);
	assert_int_equal(cm_rules_read(cm_span_str(text), 1, v, &arena, &r, &err), CM_OK);
	assert_int_equal(cm_ask_read(cm_span_str("action=release type=N1 form=C2 to=academic purpose=attribution tlp=amber "
		"victim-data=yes consent=given"), v, &q, &err), CM_OK);
	cm_rules_decide(r, &q, &d);
	assert_true(d.allowed);
	assert_int_equal(d.oblige[CM_OBLIGES_RETAIN].bound, 180);
	assert_int_equal(d.oblige[CM_OBLIGES_ACKNOWLEDGE].bound, 24);
	assert_int_equal(cm_ask_set(&q, v, "consent", "revoked"), CM_OK);
	cm_rules_decide(r, &q, &d);
	assert_false(d.allowed);
	cm_arena_fini(&arena);
}

static void
nobody_is_called_other(void **state)
{
	static const char *const bad[] = { "other" };
	const struct cm_vocabulary *v;
	struct cm_arena arena;
	struct cm_err err = { 0 };

	(void)state;
	cm_arena_init(&arena, 0);
	assert_int_equal(cm_charter_vocabulary(types, 3, bad, 1, &arena, &v, &err), CM_E_MALFORMED);
	cm_arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_stand_at_their_number),
		cmocka_unit_test(the_rules_of_the_design_decide),
		cmocka_unit_test(nobody_is_called_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
