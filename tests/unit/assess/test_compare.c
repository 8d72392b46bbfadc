/* Two assessments side by side: where they part, and what would reconcile them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assess/compare.h"
#include "assess/fixed.h"
#include "assess/text.h"

#define LARGEST ((size_t)1 << 20)

static char *toy, *us, *cverc; /* the texts of docs/examples */

struct two {
	struct cm_arena arena;
	struct cm_registry registry;
	struct cm_assessment a, b;
	struct cm_assess_compare_in in;
	struct cm_assess_compared c;
	struct cm_err err;
};

static void
read_two(struct two *t, const char *a, const char *b)
{
	*t = (struct two) { 0 };
	cm_arena_init(&t->arena, 0);
	assert_int_equal(cm_registry_builtin(&t->arena, &t->registry, NULL), CM_OK);
	if (cm_assess_text_read(cm_span_str(a), &t->registry, &t->arena, &t->a, NULL, &t->err) != CM_OK ||
	    cm_assess_text_read(cm_span_str(b), &t->registry, &t->arena, &t->b, NULL, &t->err) != CM_OK)
		fail_msg("refused: %s", t->err.text);
	t->in = (struct cm_assess_compare_in) { .a = &t->a, .b = &t->b, .layer = CM_LAYER_STATE, .view = CM_OF_ALL };
}

static void
compare(struct two *t)
{
	if (cm_assess_compare(&t->in, &t->arena, &t->c, &t->err) != CM_OK)
		fail_msg("refused: %s", t->err.text);
}

static size_t
item(const struct cm_assessment *a, const char *name)
{
	size_t i = cm_assess_find_item(a, name);

	assert_true(i != CM_ASSESS_NONE);
	return i;
}

/* Gives the item one likelihood for all: it says nothing. */
static void
level(struct cm_assessment *a, size_t i)
{
	struct cm_assess_cell *cell = calloc(a->n_hypotheses, sizeof(*cell));

	assert_non_null(cell);
	for (size_t h = 0; h < a->n_hypotheses; h++)
		if (!cm_hypothesis_deceives(&a->hypothesis[h]))
			cell[h].p = (struct cm_assess_range) { CM_ASSESS_ONE / 100, CM_ASSESS_ONE / 100 };
	a->item[i].cell = cell;
}

static void
unlevel(struct cm_assessment *a, size_t i)
{
	free((void *)(uintptr_t)a->item[i].cell);
}

static int64_t
sum_of_parts(const struct cm_assess_compared *c)
{
	int64_t sum = 0;

	for (size_t i = 0; i < c->n_parts; i++)
		sum += c->part[i].value;
	return sum;
}

static void
an_assessment_agrees_with_itself(void **state)
{
	struct two t;

	(void)state;
	read_two(&t, toy, toy);
	compare(&t);
	assert_int_equal(t.c.n_hypotheses, 4);
	assert_int_equal(t.c.n_shared, 4);
	assert_int_equal(t.c.odds_a, t.c.odds_b);
	assert_true(t.c.crux == CM_ASSESS_NONE);
	for (size_t i = 0; i < t.c.n_parts; i++)
		assert_int_equal(t.c.part[i].value, 0);
	assert_int_equal(t.c.agreed, 6);
	assert_int_equal(t.c.disagreed + t.c.only_a + t.c.only_b, 0);
	for (int i = 0; i < 3; i++)
		assert_true(t.c.swap[i].reaches_a && t.c.swap[i].reaches_b);
	assert_true(t.c.common.found);
	assert_int_equal(t.c.common.top, t.c.top_a);
	cm_arena_fini(&t.arena);
}

static void
one_item_is_the_crux(void **state)
{
	struct two t;
	size_t key;

	(void)state;
	read_two(&t, toy, toy);
	key = item(&t.b, "config-key");
	level(&t.b, key);
	compare(&t);
	assert_string_equal(t.c.hypothesis[t.c.top_a].name, "B>A");
	assert_string_equal(t.c.hypothesis[t.c.top_b].name, "A");
	assert_int_equal(t.c.odds_for, t.c.top_a);
	assert_int_equal(t.c.odds_against, t.c.top_b);
	assert_int_equal(t.c.crux, 0);
	assert_int_equal(t.c.part[0].what, CM_PART_GROUP);
	assert_string_equal(t.c.part[0].name, t.a.item[key].group);
	assert_int_equal(t.c.part[0].value, t.c.odds_b - t.c.odds_a);
	assert_int_equal(t.c.part[1].value, 0);
	assert_int_equal(t.c.disagreed, 1);
	assert_false(t.c.item[key].agreed);
	assert_true(t.c.item[key].differs < -CM_COST_ONE);
	assert_false(t.c.swap[2].reaches_a || t.c.swap[2].reaches_b);
	unlevel(&t.b, key);
	cm_arena_fini(&t.arena);
}

static void
plantability_alone_reconciles(void **state)
{
	struct two t;

	(void)state;
	read_two(&t, toy, toy);
	t.b.class[0].c = 10000;
	compare(&t);
	assert_true(t.c.top_a != t.c.top_b);
	assert_int_equal(t.c.part[t.c.crux].what, CM_PART_PLANTABILITY);
	assert_int_equal(sum_of_parts(&t.c), t.c.odds_b - t.c.odds_a);
	assert_int_equal(t.c.agreed, 6);
	assert_true(t.c.swap[1].plantability && !t.c.swap[1].priors);
	assert_true(t.c.swap[1].reaches_a && t.c.swap[1].reaches_b);
	assert_false(t.c.swap[0].reaches_a || t.c.swap[0].reaches_b);
	cm_arena_fini(&t.arena);
}

static void
priors_alone_reconcile(void **state)
{
	static const int64_t prior[] = { 900, 50, 1, 49 };
	struct two t;

	(void)state;
	read_two(&t, toy, toy);
	for (size_t h = 0; h < 4; h++)
		t.b.hypothesis[h].prior = prior[h] * CM_ASSESS_ONE / 1000;
	compare(&t);
	assert_true(t.c.top_a != t.c.top_b);
	assert_int_equal(t.c.part[t.c.crux].what, CM_PART_PRIORS);
	assert_int_equal(t.c.part[t.c.crux].value, t.c.odds_b - t.c.odds_a);
	assert_true(t.c.swap[0].reaches_a && t.c.swap[0].reaches_b);
	assert_false(t.c.swap[1].reaches_a || t.c.swap[1].reaches_b);
	assert_true(t.c.common.found); /* either's own */
	cm_arena_fini(&t.arena);
}

static void
what_a_side_can_not_be_convinced_of_is_said(void **state)
{
	static const char b[] = "assessment 1\ntitle t\nhypothesis state A\n  prior 0.5\nhypothesis state C\n  prior 0.1\n"
				"hypothesis state other\n  prior 0.4\n";
	struct two t;

	(void)state;
	read_two(&t, toy, b);
	compare(&t);
	assert_int_equal(t.c.n_hypotheses, 5);
	assert_int_equal(t.c.n_shared, 2);
	assert_true(t.c.hypothesis[1].b == CM_ASSESS_NONE && t.c.hypothesis[2].b == CM_ASSESS_NONE);
	assert_true(t.c.hypothesis[4].a == CM_ASSESS_NONE);
	assert_string_equal(t.c.hypothesis[4].name, "C");
	assert_string_equal(t.c.hypothesis[t.c.top_a].name, "B>A");
	assert_string_equal(t.c.hypothesis[t.c.shared_top_a].name, "A");
	assert_int_equal(t.c.only_a, 6);
	assert_int_equal(sum_of_parts(&t.c), t.c.odds_b - t.c.odds_a);
	cm_arena_fini(&t.arena);
}

static void
views_are_each_sides_own(void **state)
{
	struct two t;

	(void)state;
	read_two(&t, toy, toy);
	t.b.item[item(&t.b, "addresses")].view = CM_VIEW_OWN;
	t.in.view = CM_OF_PUBLIC;
	compare(&t);
	assert_int_equal(t.c.n_items, 4);
	assert_int_equal(t.c.only_a, 1);
	assert_string_equal(t.c.hypothesis[t.c.top_a].name, "A");
	cm_arena_fini(&t.arena);
}

static void
a_layer_that_one_does_not_have_is_refused(void **state)
{
	struct two t;

	(void)state;
	read_two(&t, us, toy);
	t.in.layer = CM_LAYER_OPERATOR;
	assert_int_equal(cm_assess_compare(&t.in, &t.arena, &t.c, &t.err), CM_E_USAGE);
	assert_non_null(strstr(t.err.text, "operator"));
	cm_arena_fini(&t.arena);
}

static void
written(struct two *t, struct cm_buf *out)
{
	struct cm_jsonw w = cm_jsonw_of(out, 0);

	compare(t);
	cm_assess_compare_write(&t->c, &w);
	assert_true(cm_buf_ok(out));
}

static void
both_ways_of_a_published_case(void **state)
{
	struct two t;
	struct cm_assess_compared there;
	struct cm_buf one = { 0 }, two = { 0 };
	int64_t sign;

	(void)state;
	read_two(&t, us, cverc);
	written(&t, &one);
	there = t.c;
	written(&t, &two);
	assert_string_equal(cm_buf_cstr(&one), cm_buf_cstr(&two));
	assert_int_equal(sum_of_parts(&there), there.odds_b - there.odds_a);
	assert_int_equal(there.n_items, t.a.n_items);
	t.in.a = &t.b;
	t.in.b = &t.a;
	compare(&t);
	sign = there.odds_against == CM_ASSESS_NONE ? -1 : 1;
	assert_int_equal(t.c.n_parts, there.n_parts);
	for (size_t i = 0; i < t.c.n_parts; i++)
		assert_int_equal(t.c.part[i].value, sign * there.part[i].value);
	assert_int_equal(t.c.agreed, there.agreed);
	assert_int_equal(t.c.common.found, there.common.found);
	cm_buf_release(&one);
	cm_buf_release(&two);
	cm_arena_fini(&t.arena);
}

static void
without_memory_it_says_so(void **state)
{
	struct two t;
	bool done = false;

	(void)state;
	read_two(&t, us, cverc);
	for (size_t budget = 1; !done; budget += 4096) {
		struct cm_arena small;
		enum cm_result rc;

		cm_arena_init(&small, budget);
		rc = cm_assess_compare(&t.in, &small, &t.c, &t.err);
		done = rc == CM_OK;
		assert_true(done || rc == CM_E_NOMEM);
		cm_arena_fini(&small);
	}
	cm_arena_fini(&t.arena);
}

static char *
read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *text = calloc(LARGEST, 1);

	if (f == NULL || text == NULL || fread(text, 1, LARGEST - 1, f) == 0) {
		fprintf(stderr, "can not read %s\n", path);
		exit(2);
	}
	fclose(f);
	return text;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_assessment_agrees_with_itself),
		cmocka_unit_test(one_item_is_the_crux),
		cmocka_unit_test(plantability_alone_reconciles),
		cmocka_unit_test(priors_alone_reconcile),
		cmocka_unit_test(what_a_side_can_not_be_convinced_of_is_said),
		cmocka_unit_test(views_are_each_sides_own),
		cmocka_unit_test(a_layer_that_one_does_not_have_is_refused),
		cmocka_unit_test(both_ways_of_a_published_case),
		cmocka_unit_test(without_memory_it_says_so),
	};
	int rc;

	if (argc != 4)
		return 2;
	toy = read_file(argv[1]);
	us = read_file(argv[2]);
	cverc = read_file(argv[3]);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	free(toy);
	free(us);
	free(cverc);
	return rc;
}
