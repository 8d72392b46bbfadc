/* custody/v1: who handed what to whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hand.h"
#include "statement/custody.h"

static uint8_t seal[1][32] = { { 0xcc } };

static void
body(void *arg, struct cm_jsonw *w)
{
	cm_custody_write(w, arg);
}

static struct cm_custody
sample(void)
{
	struct cm_custody c = { .seals = { seal, 1 },
		.from = { .text = "A" },
		.to_whom = { .text = "B" },
		.how = { .is_shut = true, .shut = { 1 } },
		.at = { .text = "2026-11-23T23:06:40Z" } };

	return c;
}

static enum cm_result
read_members(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err)
{
	return cm_custody_read(d, a, out, err);
}

static enum cm_result
read_text(const char *text, struct cm_arena *a, struct cm_custody *out, struct cm_err *err)
{
	return hand_read(text, read_members, a, out, err);
}

static void
a_hand_over_comes_back_as_it_was_written(void **state)
{
	struct cm_statement head = hand_head(CM_PREDICATE_CUSTODY);
	struct cm_custody c = sample(), out;
	struct cm_buf b = { 0 };
	struct cm_err err;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	hand_text(&head, body, &c, &b);
	assert_int_equal(read_text(cm_buf_cstr(&b), &a, &out, &err), CM_OK);
	assert_int_equal(out.seals.n, 1);
	assert_memory_equal(out.seals.digest[0], seal[0], 32);
	assert_string_equal(out.from.text, "A");
	assert_string_equal(out.to_whom.text, "B");
	assert_string_equal(out.at.text, "2026-11-23T23:06:40Z");
	assert_true(out.how.is_shut);
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

static void
what_does_not_belong_is_refused(void **state)
{
	static const struct {
		const char *from, *to, *because;
	} ways[] = { { "\"from\": \"A\",", "", "from" },
		{ "\"to_whom\": \"B\"", "\"to_whom\": 1", "to_whom" },
		{ "2026-11-23T23:06:40Z\",\n    \"how", "yesterday\",\n    \"how", "at" },
		{ "\"shut\": \"01", "\"shut\": \"", "shut" }, { "\"cc0", "\"c0", "seals" },
		{ "\"seals\"", "\"why\": \"\", \"seals\"", "why" },
		{ "custody/v1", "seal/v1", "hand-over" },
		{ "\"seals\": [",
		    "\"seals\": "
		    "[\"dd00000000000000000000000000000000000000000000000000000000000000\",",
		    "as many" } };
	struct cm_statement head = hand_head(CM_PREDICATE_CUSTODY);
	struct cm_custody c = sample(), out;
	struct cm_buf b = { 0 };
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	hand_text(&head, body, &c, &b);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		char *text = hand_swap(cm_buf_cstr(&b), ways[i].from, ways[i].to);
		struct cm_err err;

		assert_int_equal(read_text(text, &a, &out, &err), CM_E_MALFORMED);
		if (strstr(err.text, ways[i].because) == NULL)
			fail_msg("expected \"%s\" in \"%s\"", ways[i].because, err.text);
		free(text);
	}
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hand_over_comes_back_as_it_was_written),
		cmocka_unit_test(what_does_not_belong_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
