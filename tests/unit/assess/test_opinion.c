/* Words for probabilities, what a confidence comes from, Heuer's count, and ranges by trying all corners. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "assess/ach.h"
#include "assess/brute.h"
#include "assess/confidence.h"
#include "assess/likely.h"
#include "assess/text.h"

#define P(hundredths) ((hundredths) * (CM_ASSESS_ONE / 100))
#define HEX "abababababababababababababababababababababababababababababababab"

static void
words_change_where_their_bands_do(void **state)
{
	static const struct {
		int64_t from;
		const char *word;
	} band[] = { { 5, "very unlikely" }, { 20, "unlikely" }, { 45, "roughly even chance" }, { 55, "likely" }, { 80, "very likely" },
		{ 95, "almost certain" } };
	const char *before = "almost no chance";

	(void)state;
	assert_string_equal(cm_likely_word(0), before);
	for (size_t i = 0; i < sizeof(band) / sizeof(band[0]); i++) {
		assert_string_equal(cm_likely_word(P(band[i].from) - 1), before);
		assert_string_equal(cm_likely_word(P(band[i].from)), band[i].word);
		before = band[i].word;
	}
	assert_string_equal(cm_likely_word(CM_ASSESS_ONE), before);
}

static void
two_words_for_two_bands(void **state)
{
	char text[CM_LIKELY_TEXT];

	(void)state;
	cm_likely_words((struct cm_posterior) { P(56), P(60), P(79) }, text);
	assert_string_equal(text, "likely");
	cm_likely_words((struct cm_posterior) { P(30), P(50), P(60) }, text);
	assert_string_equal(text, "unlikely to likely");
}

static void
nothing_is_certain(void **state)
{
	static const struct {
		int64_t share;
		const char *figure, *percent;
	} cases[] = {
		{ 0, "below 0.0001", "below 0.01 %" },
		{ 49999999, "below 0.0001", "below 0.01 %" },
		{ 50000000, "0.0001", "0.01 %" },
		{ INT64_C(467612345678), "0.4676", "46.8 %" },
		{ P(10), "0.1000", "10.0 %" },
		{ P(9), "0.0900", "9.00 %" },
		{ P(90), "0.9000", "90.0 %" },
		{ INT64_C(999949999999), "0.9999", "99.99 %" },
		{ INT64_C(999950000000), "above 0.9999", "above 99.99 %" },
		{ CM_ASSESS_ONE, "above 0.9999", "above 99.99 %" },
	};
	char text[CM_LIKELY_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cm_likely_figure(cases[i].share, text);
		assert_string_equal(text, cases[i].figure);
		cm_likely_percent(cases[i].share, text);
		assert_string_equal(text, cases[i].percent);
	}
	cm_likely_range((struct cm_posterior) { P(46), P(50), P(52) }, text);
	assert_string_equal(text, "0.4600 to 0.5200");
	cm_likely_range((struct cm_posterior) { P(50), P(50), P(50) + 1 }, text);
	assert_string_equal(text, "0.5000");
	cm_likely_exact(INT64_C(467612345678), text);
	assert_string_equal(text, "0.467612345678");
}

/* ---- what needs an assessment ---- */

struct made {
	struct cm_arena arena;
	struct cm_assessment a;
	struct cm_weigh *w;
	bool *in;
	struct cm_flips flips;
	struct cm_confidence c;
	struct cm_err err;
};

static void
make(struct made *m, const char *items)
{
	char text[4096];
	struct cm_registry registry;
	struct cm_weigh_in in = { .layer = CM_LAYER_STATE, .panel = true };

	memset(m, 0, sizeof(*m));
	cm_arena_init(&m->arena, 0);
	snprintf(text, sizeof(text), "assessment 1\ntitle T\nhypothesis state A\n  prior 0.3\nhypothesis state B\n  prior 0.2\n"
	    "hypothesis state B>A\n  prior 0.1\nhypothesis state other\n  prior 0.4\n%s", items);
	assert_int_equal(cm_registry_builtin(&m->arena, &registry, &m->err), CM_OK);
	if (cm_assess_text_read(cm_span_str(text), &registry, &m->arena, &m->a, NULL, &m->err) != CM_OK)
		fail_msg("%s", m->err.text);
	in.a = &m->a;
	assert_int_equal(cm_weigh_new(&in, &m->arena, &m->w, &m->err), CM_OK);
	m->in = cm_arena_array(&m->arena, m->a.n_items + 1, sizeof(*m->in));
	memset(m->in, 1, m->a.n_items * sizeof(*m->in));
	assert_int_equal(cm_leave_flips(m->w, m->in, CM_FLIP_SIZE, &m->arena, &m->flips, &m->err), CM_OK);
	assert_int_equal(cm_confidence_of(m->w, m->in, &m->flips, &m->arena, &m->c, &m->err), CM_OK);
}

#define ITEM(name, fields, a, b, other) "item " name "\n  type N4\n  group " name "\n  rests finding " HEX "\n" fields \
	"  state A " a "\n  state B " b "\n  state other " other "\n"

static void
confidence_is_the_lowest_of_four(void **state)
{
	struct made m;

	(void)state;
	make(&m, "");
	assert_int_equal(m.c.level, CM_CONFIDENCE_LOW);
	assert_int_equal(cm_confidence_share(&m.c), 0);
	cm_arena_fini(&m.arena);
	/* four groups, hard to plant, checkable, nothing graded, and it takes all of them to turn the answer */
	make(&m, ITEM("a", "", "0.9", "0.1", "0.1") ITEM("b", "", "0.9", "0.1", "0.1") ITEM("c", "", "0.9", "0.1", "0.1")
	    ITEM("d", "", "0.9", "0.1", "0.1"));
	assert_int_equal(m.c.groups, 4);
	assert_int_equal(cm_confidence_share(&m.c), 1000);
	assert_int_equal(m.c.allows[0], CM_CONFIDENCE_HIGH);
	assert_int_equal(m.c.allows[1], CM_CONFIDENCE_HIGH);
	assert_int_equal(m.c.allows[2], CM_CONFIDENCE_HIGH);
	cm_arena_fini(&m.arena);
	/* grades: B2 is fine, B3 is moderate, D1 low; the letter counts before the digit */
	make(&m, ITEM("a", "  source B2\n", "0.9", "0.1", "0.1"));
	assert_int_equal(m.c.allows[2], CM_CONFIDENCE_HIGH);
	assert_int_equal(m.c.allows[0], CM_CONFIDENCE_MODERATE);
	assert_int_equal(m.c.allows[3], CM_CONFIDENCE_LOW);
	cm_arena_fini(&m.arena);
	make(&m, ITEM("a", "  source A3\n", "0.9", "0.1", "0.1") ITEM("b", "  source B1\n", "0.9", "0.1", "0.1"));
	assert_int_equal(m.c.allows[2], CM_CONFIDENCE_MODERATE);
	assert_int_equal(m.c.letter, 'B');
	cm_arena_fini(&m.arena);
	make(&m, ITEM("a", "  source D1\n", "0.9", "0.1", "0.1") ITEM("b", "", "0.9", "0.1", "0.1"));
	assert_int_equal(m.c.level, CM_CONFIDENCE_LOW);
	assert_string_equal(m.c.reason[2], "the worst source is graded D1");
	cm_arena_fini(&m.arena);
	/* what is cheap to plant holds up no group; what says nothing neither; what only a panel sees is not checked */
	make(&m, ITEM("a", "  forge F1\n  form C7\n", "0.9", "0.1", "0.1") ITEM("b", "", "0.5", "0.5", "0.5"));
	assert_int_equal(m.c.groups, 0);
	assert_int_equal(m.c.checked, 0);
	assert_true(m.c.weight > 0);
	cm_arena_fini(&m.arena);
}

static void
marks_of_heuer(void **state)
{
	struct made m;
	struct cm_ach ach;

	(void)state;
	/* exactly 10 and exactly 3 times, and a deceiver with c = 0.4: 0.4 * 0.6 + 0.6 * 0.06 = 0.276, less than half of 0.6 */
	make(&m, ITEM("a", "  forge F2\n", "0.6", "0.06", "0.2") ITEM("b", "", "0.5", "0.5", "0.5") ITEM("c", "", "0.5", "0.4", "0.3"));
	assert_int_equal(cm_ach_count(m.w, m.in, &m.arena, &ach, &m.err), CM_OK);
	assert_int_equal(ach.n_items, 3);
	assert_int_equal(ach.mark[0], CM_ACH_CC);
	assert_int_equal(ach.mark[1], CM_ACH_II);
	assert_int_equal(ach.mark[2], CM_ACH_C);
	assert_int_equal(ach.mark[3], CM_ACH_I);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(ach.mark[4 + i], CM_ACH_NA);
		assert_int_equal(ach.mark[8 + i], CM_ACH_C);
	}
	assert_int_equal(ach.against[0], 0);
	assert_int_equal(ach.against[1], 2000);
	assert_int_equal(ach.against[2], 0);
	assert_int_equal(ach.against[3], 1000);
	assert_int_equal(ach.least, 0);
	assert_int_equal(ach.n_least, 2);
	cm_arena_fini(&m.arena);
}

static void
corners_give_the_ends(void **state)
{
	struct made m;
	struct cm_posterior share[4], brute[4];
	uint64_t corners;

	(void)state;
	make(&m, ITEM("a", "", "0.6 to 0.9", "0.06 to 0.3", "0.2") ITEM("b", "  source F3\n", "0.1 to 0.5", "0.2 to 0.5", "0.1 to 0.5")
	    ITEM("c", "  forge F0\n", "0.5", "0.1 to 0.4", "0.3") ITEM("d", "  source G5\n", "0.2 to 0.9", "0.4", "0.3"));
	cm_weigh_ranges(m.w, m.in, share);
	assert_int_equal(cm_brute_ranges(m.w, m.in, &m.arena, brute, &corners, &m.err), CM_OK);
	assert_true(corners >= 64);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(share[i].lo, brute[i].lo);
		assert_int_equal(share[i].hi, brute[i].hi);
		assert_true(share[i].lo < share[i].hi);
	}
	cm_arena_fini(&m.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_change_where_their_bands_do),
		cmocka_unit_test(two_words_for_two_bands),
		cmocka_unit_test(nothing_is_certain),
		cmocka_unit_test(confidence_is_the_lowest_of_four),
		cmocka_unit_test(marks_of_heuer),
		cmocka_unit_test(corners_give_the_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
