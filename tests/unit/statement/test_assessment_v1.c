/* assessment/v1 and comparison/v1: what who has seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hand.h"
#include "statement/assessment_v1.h"
#include "statement/comparison_v1.h"

static struct cm_assessment_v1
sample(void)
{
	return (struct cm_assessment_v1) { .seal = { 0xcc }, .engine = CM_ASSESSMENT_NAME, .version = 1, .source = { 5 },
		.evidence = "G1", .frame = 13, .items = 6, .results = 4 };
}

static struct cm_comparison_v1
sides(void)
{
	return (struct cm_comparison_v1) { .engine = CM_COMPARISON_NAME, .version = 1, .source = { 6 }, .result = "{\"a\": [1]}\n" };
}

static void
put_assessment(void *arg, struct cm_jsonw *w)
{
	cm_assessment_v1_write(w, arg);
}

static void
put_comparison(void *arg, struct cm_jsonw *w)
{
	cm_comparison_v1_write(w, arg);
}

static enum cm_result
read_assessment(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err)
{
	enum cm_result r = cm_statement_only(d, cm_assessment_v1_members, err);

	return r == CM_OK ? cm_assessment_v1_read(d->predicate, a, out, err) : r;
}

static enum cm_result
read_comparison(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err)
{
	return cm_comparison_v1_read(d, a, out, err);
}

static void
an_assessment_comes_back_as_it_was_written(void **state)
{
	struct cm_statement head = hand_head(CM_PREDICATE_ASSESSMENT);
	struct cm_assessment_v1 v = sample(), out;
	struct cm_buf b = { 0 }, again = { 0 };
	struct cm_err err;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	hand_text(&head, put_assessment, &v, &b);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_assessment, &a, &out, &err), CM_OK);
	assert_memory_equal(out.seal, v.seal, 32);
	assert_memory_equal(out.source, v.source, 32);
	assert_string_equal(out.engine, "comity-assess");
	assert_string_equal(out.evidence, "G1");
	assert_int_equal(out.version, 1);
	assert_int_equal(out.frame, 13);
	assert_int_equal(out.items, 6);
	assert_int_equal(out.results, 4);
	hand_text(&head, put_assessment, &out, &again);
	assert_string_equal(cm_buf_cstr(&b), cm_buf_cstr(&again));
	cm_buf_release(&b);
	cm_buf_release(&again);
	cm_arena_fini(&a);
}

/* Type of evidence may be left out; of each kind there may be no row, and 65,536 are the most. */
static void
what_may_be_is_taken(void **state)
{
	struct cm_statement head = hand_head(CM_PREDICATE_ASSESSMENT);
	struct cm_assessment_v1 v = sample(), out;
	struct cm_buf b = { 0 };
	struct cm_err err;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	v.evidence = NULL;
	v.frame = CM_ASSESSMENT_ROWS;
	v.items = v.results = 0;
	v.engine = "another";
	v.version = 7;
	hand_text(&head, put_assessment, &v, &b);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_assessment, &a, &out, &err), CM_OK);
	assert_null(out.evidence);
	assert_int_equal(out.frame, 65536);
	assert_int_equal(out.items, 0);
	assert_string_equal(out.engine, "another");
	assert_int_equal(out.version, 7);
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

struct way {
	const char *from, *to, *because;
};

static void
refuses(const struct cm_statement *head, void (*body)(void *, struct cm_jsonw *), void *v, hand_reader *read, const struct way *ways,
    size_t n)
{
	union {
		struct cm_assessment_v1 assessment;
		struct cm_comparison_v1 comparison;
	} out;
	struct cm_buf b = { 0 };
	struct cm_arena a;

	cm_arena_init(&a, 0);
	hand_text(head, body, v, &b);
	for (size_t i = 0; i < n; i++) {
		char *text = hand_swap(cm_buf_cstr(&b), ways[i].from, ways[i].to);
		struct cm_err err;

		if (hand_read(text, read, &a, &out, &err) != CM_E_MALFORMED || strstr(err.text, ways[i].because) == NULL)
			fail_msg("%zu: expected \"%s\" in \"%s\"", i, ways[i].because, err.text);
		free(text);
	}
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

static void
a_wrong_member_of_an_assessment_is_named(void **state)
{
	static const struct way ways[] = { { "\"seals\"", "\"seal\"", "seal" }, { "\"frame\": 13", "\"frame\": -1", "frame" },
		{ "\"frame\": 13", "\"frame\": 65537", "frame" }, { "\"frame\": 13", "\"frame\": \"13\"", "frame" },
		{ "\"frame\": 13", "\"fram\": 13", "fram" }, { "\"items\": 6", "\"items\": 6.5", "" },
		{ "\"items\": 6", "\"items\": 65537", "items" }, { "\"items\": 6", "\"items\": null", "items" },
		{ "\"items\": 6", "\"item\": 6", "item" }, { "\"results\": 4", "\"results\": [4]", "results" },
		{ "\"results\": 4", "\"results\": 65537", "results" }, { "\"results\": 4", "\"results\": 4, \"more\": 1", "more" },
		{ "\"results\": 4", "\"results\": 4, \"items\": 6", "" }, { "\"detector\"", "\"engine\"", "engine" },
		{ "\"name\": \"comity-assess\"", "\"name\": 7", "name" }, { "\"version\": 1", "\"version\": -1", "version" },
		{ "\"source\": \"05", "\"source\": \"5", "source" }, { "\"G1\"", "\"1G\"", "evidence" }, { "\"G1\"", "7", "evidence" } };
	static const struct way seals[] = { { "\"cc00", "\"CC00", "seals" }, { "\"cc00", "\"xx00", "seals" } };
	struct cm_statement head = hand_head(CM_PREDICATE_ASSESSMENT);
	struct cm_assessment_v1 v = sample();

	(void)state;
	refuses(&head, put_assessment, &v, read_assessment, ways, sizeof(ways) / sizeof(ways[0]));
	refuses(&head, put_assessment, &v, read_assessment, seals, sizeof(seals) / sizeof(seals[0]));
}

static struct cm_statement
two(struct cm_subject subject[2])
{
	static const uint8_t digest[2][32] = { { 0xaa }, { 0xbb } };
	struct cm_statement head = hand_head(CM_PREDICATE_COMPARISON);

	for (int i = 0; i < 2; i++)
		subject[i] = cm_comparison_v1_subject(digest[i]);
	head.subject = subject;
	head.n_subject = 2;
	return head;
}

static void
a_comparison_comes_back_as_it_was_written(void **state)
{
	struct cm_subject subject[2];
	struct cm_statement head = two(subject);
	struct cm_comparison_v1 c = sides(), out;
	struct cm_buf b = { 0 }, again = { 0 };
	struct cm_err err;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	hand_text(&head, put_comparison, &c, &b);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_comparison, &a, &out, &err), CM_OK);
	assert_string_equal(out.engine, "comity-assess-compare");
	assert_string_equal(out.result, c.result);
	assert_memory_equal(out.source, c.source, 32);
	hand_text(&head, put_comparison, &out, &again);
	assert_string_equal(cm_buf_cstr(&b), cm_buf_cstr(&again));
	cm_buf_release(&b);
	cm_buf_release(&again);
	cm_arena_fini(&a);
}

static void
a_wrong_member_of_a_comparison_is_named(void **state)
{
	static const struct way ways[] = { { "\"result\"", "\"results\"", "results" }, { "\"result\": \"", "\"result\": 7, \"x\": \"", "x" },
		{ "\"detector\"", "\"tool\"", "tool" }, { "\"version\": 1", "\"version\": \"1\"", "version" },
		{ "\"name\": \"comity-assess-compare\"", "\"name\": null", "name" } };
	struct cm_subject subject[2];
	struct cm_statement head = two(subject);
	struct cm_comparison_v1 c = sides();

	(void)state;
	refuses(&head, put_comparison, &c, read_comparison, ways, sizeof(ways) / sizeof(ways[0]));
}

static void
one_assessment_is_no_comparison(void **state)
{
	struct cm_subject subject[2];
	struct cm_statement head = two(subject);
	struct cm_comparison_v1 c = sides(), out;
	struct cm_buf b = { 0 };
	struct cm_err err;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	head.n_subject = 1;
	hand_text(&head, put_comparison, &c, &b);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_comparison, &a, &out, &err), CM_E_MALFORMED);
	cm_buf_release(&b);
	head.n_subject = 2;
	subject[1].root[0] ^= 1; /* a name, and another digest */
	hand_text(&head, put_comparison, &c, &b);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_comparison, &a, &out, &err), CM_E_MALFORMED);
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_assessment_comes_back_as_it_was_written),
		cmocka_unit_test(what_may_be_is_taken),
		cmocka_unit_test(a_wrong_member_of_an_assessment_is_named),
		cmocka_unit_test(a_comparison_comes_back_as_it_was_written),
		cmocka_unit_test(a_wrong_member_of_a_comparison_is_named),
		cmocka_unit_test(one_assessment_is_no_comparison),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
