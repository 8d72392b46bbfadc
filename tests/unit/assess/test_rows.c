/* Rows of an assessment: what a reader does not take from somebody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assess/rows.h"

#define FRAME \
	"{\"kind\":\"assessment\",\"name\":\"t\",\"value\":1}\n" \
	"{\"kind\":\"class\",\"name\":\"F0\",\"value\":900000}\n{\"kind\":\"class\",\"name\":\"F1\",\"value\":700000}\n" \
	"{\"kind\":\"class\",\"name\":\"F2\",\"value\":400000}\n{\"kind\":\"class\",\"name\":\"F3\",\"value\":100000}\n" \
	"{\"kind\":\"class\",\"name\":\"F4\",\"value\":20000}\n"
#define HYPOTHESIS(name) "{\"kind\":\"hypothesis\",\"layer\":\"state\",\"name\":\"" name "\",\"value\":333333333333}\n"
#define DECEIVER(name) "{\"kind\":\"hypothesis\",\"layer\":\"state\",\"name\":\"" name "\",\"value\":100000000}\n"
#define THREE HYPOTHESIS("A") HYPOTHESIS("B") HYPOTHESIS("other")
#define ITEM(name, more) "{\"kind\":\"item\",\"name\":\"" name "\",\"group\":\"g\",\"rho\":800000,\"forge\":\"F1\",\"view\":\"public\"" more "}\n"
#define RESULT(more) "{\"kind\":\"result\",\"layer\":\"state\",\"value\":0,\"cells\":[]," more "}\n"

static void
must_be(const char *text, enum cm_result want, const char *because)
{
	struct cm_assess_read read;
	struct cm_err err = { 0 };
	struct cm_arena arena;
	enum cm_result rc;

	cm_arena_init(&arena, 0);
	rc = cm_assess_rows_parse(cm_span_str(text), &arena, &read, &err);
	if (rc != want || (rc != CM_OK && strstr(err.text, because) == NULL))
		fail_msg("%s\n%d, not %d: \"%s\", not \"%s\"", text, (int)rc, (int)want, err.text, because);
	cm_arena_fini(&arena);
}

static void
what_is_written_is_taken(void **state)
{
	(void)state;
	must_be(FRAME THREE, CM_OK, "");
	must_be(FRAME THREE DECEIVER("B>A") DECEIVER("other>A") ITEM("i", "") RESULT("\"view\":\"all\""), CM_OK, "");
	must_be(FRAME THREE RESULT("\"view\":\"shared\"") RESULT("\"view\":\"shared\",\"to\":\"B\"") RESULT("\"view\":\"shared\",\"to\":\"C\""),
	    CM_OK, "");
}

static void
a_layer_has_other_and_nobody_blames_it(void **state)
{
	(void)state;
	must_be(FRAME HYPOTHESIS("A") HYPOTHESIS("B"), CM_E_MALFORMED, "no hypothesis `other' at the layer state");
	must_be(FRAME THREE "{\"kind\":\"hypothesis\",\"layer\":\"machine\",\"name\":\"m\",\"value\":1}\n", CM_E_MALFORMED, "layer machine");
	must_be(FRAME THREE DECEIVER("A>other"), CM_E_MALFORMED, "two sides");
	must_be(FRAME THREE DECEIVER("A>A"), CM_E_MALFORMED, "two sides");
	must_be(FRAME DECEIVER("A>other") THREE, CM_E_MALFORMED, "two sides");
}

static void
priors_sum_to_1(void **state)
{
	(void)state;
	must_be(FRAME THREE HYPOTHESIS("C"), CM_E_MALFORMED, "the priors of the layer state do not sum to 1");
	must_be(FRAME HYPOTHESIS("A") HYPOTHESIS("other"), CM_E_MALFORMED, "do not sum to 1");
}

static void
an_item_rests_on_something(void **state)
{
	(void)state;
	must_be(FRAME THREE ITEM("i", ",\"rests\":[]"), CM_E_MALFORMED, "row 10 of the assessment: an item without a statement behind it");
}

static void
one_result_of_each_view(void **state)
{
	(void)state;
	must_be(FRAME THREE RESULT("\"view\":\"all\"") RESULT("\"view\":\"all\""), CM_E_MALFORMED, "row 11 of the assessment: the same result");
	must_be(FRAME THREE RESULT("\"view\":\"shared\",\"to\":\"B\"") RESULT("\"view\":\"shared\",\"to\":\"B\""), CM_E_MALFORMED,
	    "a second time");
}

static void
there_are_bounds(void **state)
{
	const size_t n = CM_ASSESS_RESULTS + 1, room = n * 128 + 8192;
	char *text = malloc(room);
	size_t at;

	(void)state;
	assert_non_null(text);
	at = (size_t)snprintf(text, room, "%s", FRAME THREE);
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, room - at, RESULT("\"view\":\"shared\",\"to\":\"p%zu\""), i);
	must_be(text, CM_E_LIMIT, "more than 4096 results");
	free(text);
}

static void
copies_lead_to_an_original(void **state)
{
	(void)state;
	must_be(FRAME THREE ITEM("a", ",\"repeats\":\"shut\"") ITEM("b", ",\"repeats\":\"shut\""), CM_OK, "");
	must_be(FRAME THREE ITEM("a", ",\"repeats\":\"a\""), CM_E_MALFORMED, "copies of each other");
	must_be(FRAME THREE ITEM("a", ",\"repeats\":\"b\"") ITEM("b", ",\"repeats\":\"a\""), CM_E_MALFORMED, "copies of each other");
	must_be(FRAME THREE ITEM("a", "") ITEM("a", ""), CM_E_MALFORMED, "two items named a");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_taken),
		cmocka_unit_test(a_layer_has_other_and_nobody_blames_it),
		cmocka_unit_test(priors_sum_to_1),
		cmocka_unit_test(an_item_rests_on_something),
		cmocka_unit_test(one_result_of_each_view),
		cmocka_unit_test(there_are_bounds),
		cmocka_unit_test(copies_lead_to_an_original),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
