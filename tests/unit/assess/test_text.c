/* A text of an assessment is read as it stands, and what makes no sense is refused in one line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assess/text.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER_DIGEST "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* Two hypotheses, in lines 1 to 6. */
#define HEAD "assessment 1\ntitle t\nhypothesis state A\n  prior 0.5\nhypothesis state other\n  prior 0.5\n"
/* An item that may enter; its fields begin behind it. */
#define ITEM(name) "item " name "\n  type N4\n  rests finding " DIGEST "\n"

struct made {
	struct cm_arena arena;
	struct cm_registry registry;
	struct cm_assessment a;
	struct cm_assess_places p;
	struct cm_err err;
};

static enum cm_result
read_span(struct made *m, struct cm_span text)
{
	*m = (struct made) { 0 };
	cm_arena_init(&m->arena, 0);
	assert_int_equal(cm_registry_builtin(&m->arena, &m->registry, NULL), CM_OK);
	return cm_assess_text_read(text, &m->registry, &m->arena, &m->a, &m->p, &m->err);
}

static void
taken(struct made *m, const char *text)
{
	if (read_span(m, cm_span_str(text)) != CM_OK)
		fail_msg("refused: %s", m->err.text);
}

static const char full[] =
    "# who?\n"
    "assessment 1\n"
    "title Who?\n"
    "  # a comment\n"
    "    A question of two lines.\n"
    "party V\n"
    "about More\n"
    "\tand more.\n"
    "class F3 0.1 admits 0.05 to 0.2 because \"we argue it\"\n"
    "item late\n"
    "  type G1\n"
    "  rests report " DIGEST "\n"
    "  source C3\n"
    "  derived key, copy\n"
    "  view shared B, C\n"
    "item copy\n"
    "  type G1\n"
    "  rests report " OTHER_DIGEST "\n"
    "  source F6\n"
    "  repeats key\n"
    "  by B\n"
    "  view public\n"
    "item key\n"
    "  text the key\n"
    "    of two lines\n"
    "  because 14 months\n"
    "  type N4\n"
    "  forge F3\n"
    "  cost D0\n"
    "  form C2, C6\n"
    "  rests finding " DIGEST "\n"
    "  rests chain " DIGEST "\n"
    "  background 0.02\n"
    "  operator A 0.2\n"
    "  operator other 0.01\n"
    "  state A      0.01\n"
    "  state B      0.30 to 0.50 because \"passive\n"
    "    DNS\"\n"
    "  state other  ?\n"
    "\n"
    "hypothesis operator A\n  prior 0.6\n"
    "hypothesis operator other\n  prior 0.4\n"
    "hypothesis state A\n"
    "  text   the state A\n"
    "  actor  unit-1\n"
    "  kind   state-sponsored\n"
    "  degree coordinated\n"
    "  needs  operator A\n"
    "  prior  0.25 admits 0.10 to 0.40 because \"one of two\"\n"
    "hypothesis state B>A\n  prior 0.10\n"
    "hypothesis state B\n  prior 0.250000000001\n"
    "hypothesis state other\n  prior 0.40\n"
    "without state other>A because \"without means\"\n"
    "rho pdns 0.5 because \"one history\"\n";

static void
all_that_can_be_said_is_read(void **state)
{
	struct made m;
	const struct cm_hypothesis *a;

	(void)state;
	taken(&m, full);
	assert_string_equal(m.a.title, "Who? A question of two lines.");
	assert_string_equal(m.a.party, "V");
	assert_string_equal(m.a.about, "More and more.");
	assert_int_equal(m.a.class[3].c, 100000);
	assert_int_equal(m.a.class[3].admits.lo, 50000);
	assert_int_equal(m.a.class[3].admits.hi, 200000);
	assert_string_equal(m.a.class[3].because, "we argue it");
	assert_true(m.a.class[3].said && !m.a.class[0].said);
	assert_int_equal(m.a.n_hypotheses, 6);
	a = &m.a.hypothesis[2];
	assert_string_equal(a->name, "A");
	assert_int_equal(a->layer, CM_LAYER_STATE);
	assert_string_equal(a->text, "the state A");
	assert_string_equal(a->actor, "unit-1");
	assert_int_equal(a->kind, CM_ASSESS_STATE_SPONSORED);
	assert_string_equal(cm_assess_degree_word(a->degree), "coordinated");
	assert_int_equal(a->needs, 0);
	assert_int_equal(a->prior, 250000000000);
	assert_int_equal(a->admits.lo, 100000000000);
	assert_int_equal(a->admits.hi, 400000000000);
	assert_string_equal(a->because, "one of two");
	assert_int_equal(m.a.hypothesis[3].by, 4);
	assert_int_equal(m.a.hypothesis[3].as, 2);
	assert_int_equal(m.a.hypothesis[4].prior, 250000000001);
	assert_int_equal(m.a.n_without, 1);
	assert_int_equal(m.a.without[0].by, 5);
	assert_int_equal(m.a.without[0].as, 2);
	assert_string_equal(m.a.without[0].because, "without means");
	cm_arena_fini(&m.arena);
}

static void
an_item_has_what_it_says(void **state)
{
	struct made m;
	const struct cm_assess_item *key;

	(void)state;
	taken(&m, full);
	assert_int_equal(cm_assess_find_item(&m.a, "key"), 2);
	key = &m.a.item[2];
	assert_string_equal(key->text, "the key of two lines");
	assert_string_equal(key->because, "14 months");
	assert_int_equal(key->forge, 3);
	assert_int_equal(key->cost, 0);
	assert_int_equal(key->forms, 1 << 1 | 1 << 5);
	assert_int_equal(key->n_rests, 2);
	assert_int_equal(key->rests[1].what, CM_RESTS_CHAIN);
	assert_int_equal(key->rests[1].digest[1], 0x11);
	assert_int_equal(key->background, 20000000000);
	assert_int_equal(key->cell[4].p.lo, 300000000000);
	assert_int_equal(key->cell[4].p.hi, 500000000000);
	assert_string_equal(key->cell[4].because, "passive DNS");
	assert_true(key->cell[5].asked);
	assert_int_equal(key->cell[5].p.hi, 0);
	assert_false(key->report);
	assert_true(cm_assess_item_speaks(&m.a, 2, CM_LAYER_OPERATOR));
	assert_false(cm_assess_item_speaks(&m.a, 2, CM_LAYER_STATE));
	assert_false(cm_assess_item_speaks(&m.a, 2, CM_LAYER_MACHINE));
	assert_int_equal(m.a.item[0].n_derived, 2);
	assert_int_equal(m.a.item[0].derived[1], 1);
	assert_int_equal(m.a.item[0].view, CM_VIEW_SHARED);
	assert_int_equal(m.a.item[0].n_shown, 2);
	assert_string_equal(m.a.item[0].shown[1], "C");
	assert_int_equal(m.a.item[1].letter, 'F');
	assert_int_equal(m.a.item[1].digit, '6');
	assert_int_equal(m.a.item[1].repeats, 2);
	cm_arena_fini(&m.arena);
}

static void
what_is_absent_is_settled(void **state)
{
	struct made m;
	const struct cm_assess_item *x;

	(void)state;
	taken(&m, HEAD "party V\n" ITEM("x") "item y\n  type P1\n  rests seal " DIGEST "\n"
		  "item z\n  type G1\n  rests seal " DIGEST "\n  state A 0.1\n");
	x = &m.a.item[0];
	assert_string_equal(x->group, "pdns");
	assert_int_equal(x->forge, 2);
	assert_int_equal(x->cost, cm_registry_find(&m.registry, "N4")->cost_hi);
	assert_int_equal(x->forms, cm_registry_find(&m.registry, "N4")->forms);
	assert_int_equal(x->view, CM_VIEW_OWN);
	assert_string_equal(x->by, "V");
	assert_int_equal(x->letter, 0);
	assert_int_equal(x->background, 0);
	assert_int_equal(x->cell[0].p.lo, 0);
	assert_int_equal(m.a.item[1].forge, 0);
	assert_true(m.a.item[2].report && m.a.item[2].no_upstream && !x->no_upstream);
	assert_int_equal(m.a.n_groups, 3);
	assert_int_equal(m.a.group[x->group_number].rho, 800000);
	assert_false(m.a.group[x->group_number].said);
	assert_int_equal(m.a.class[0].c, 900000);
	assert_int_equal(m.a.class[4].c, 30000);
	cm_arena_fini(&m.arena);
	taken(&m, HEAD ITEM("x"));
	assert_null(m.a.item[0].by);
	cm_arena_fini(&m.arena);
}

static void
a_report_is_of_the_group_of_what_it_rests_on(void **state)
{
	struct made m;

	(void)state;
	taken(&m, full);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(m.a.item[i].group, "pdns");
	assert_int_equal(m.a.n_groups, 1);
	assert_int_equal(m.a.group[0].rho, 500000);
	assert_true(m.a.item[0].report && m.a.item[1].report);
	assert_false(m.a.item[0].no_upstream || m.a.item[1].no_upstream);
	cm_arena_fini(&m.arena);
}

/* What a report rests on, and that on, until something is no report, or has no numbers: an origin. */
static void
a_report_that_leads_nowhere_carries_no_weight(void **state)
{
	static const bool weightless[] = { true, false, true, true, false, false, false };
	struct made m;

	(void)state;
	taken(&m, HEAD "item alone\n  type G1\n  rests seal " DIGEST "\n  state A 0.1\n"
		  "item origin\n  type G1\n  rests report " DIGEST "\n  source F6\n" ITEM("copy") "  repeats alone\n"
		  "item more\n  type G1\n  rests seal " DIGEST "\n  state A 0.1\n  derived alone, copy\n"
		  "item good\n  type G1\n  rests seal " DIGEST "\n  state A 0.1\n  derived alone, origin\n"
		  "item better\n  type G1\n  rests seal " DIGEST "\n  state A 0.1\n  derived plain\n" ITEM("plain"));
	for (size_t i = 0; i < m.a.n_items; i++)
		if (m.a.item[i].no_upstream != weightless[i])
			fail_msg("%s", m.a.item[i].name);
	cm_arena_fini(&m.arena);
}

static struct cm_span
at(const char *text, struct cm_assess_at place)
{
	return cm_span_of(text + place.at, place.len);
}

static void
assert_at(const char *text, struct cm_assess_at place, const char *says)
{
	if (!cm_span_eq(at(text, place), cm_span_str(says)))
		fail_msg("expected `%s', there stands `%.*s'", says, (int)place.len, text + place.at);
}

static void
every_number_is_where_its_place_says(void **state)
{
	struct made m;

	(void)state;
	taken(&m, full);
	assert_at(full, m.p.class[3], "0.1");
	assert_at(full, m.p.rho[0], "0.5");
	assert_at(full, m.p.party, "V");
	assert_at(full, m.p.hypothesis[2].name, "A");
	assert_at(full, m.p.hypothesis[2].field[CM_HYPOTHESIS_PRIOR], "0.25");
	assert_at(full, m.p.hypothesis[2].field[CM_HYPOTHESIS_NEEDS], "operator A");
	assert_at(full, m.p.hypothesis[2].admits, "0.10 to 0.40");
	assert_int_equal(m.p.hypothesis[2].line, 45);
	assert_int_equal(m.p.item[2].line, 23);
	assert_at(full, m.p.item[2].cell[2], "0.01");
	assert_at(full, m.p.item[2].cell[4], "0.30 to 0.50");
	assert_at(full, m.p.item[2].cell[5], "?");
	assert_int_equal(m.p.item[2].cell[3].len, 0);
	assert_int_equal(m.p.item[0].cell[0].len, 0);
	assert_at(full, m.p.item[2].field[CM_ITEM_BACKGROUND], "0.02");
	assert_at(full, m.p.item[2].field[CM_ITEM_FORM], "C2, C6");
	assert_int_equal(memcmp(full + m.p.item[0].end, "item copy", 9), 0);
	assert_int_equal(memcmp(full + m.p.item[2].end, "\nhypothesis", 11), 0);
	cm_arena_fini(&m.arena);
}

static void
a_number_is_changed_and_every_comment_stays(void **state)
{
	static const char before[] = HEAD "# mine\n" ITEM("x") "  # why\n  state A 0.1 # no\n";
	static const char text[] = HEAD "# mine\n" ITEM("x") "  # why\n  state A 0.1\n  # last\n";
	static const char after[] = HEAD "# mine\n" ITEM("x") "  # why\n  state A 0.2 to 0.3\n  state other 0.4\n  # last\n";
	struct cm_assess_change change[2];
	struct cm_buf now = { 0 };
	struct cm_err err = { 0 };
	struct made m;

	(void)state;
	/* a comment is a line of its own */
	assert_int_equal(read_span(&m, cm_span_str(before)), CM_E_MALFORMED);
	cm_arena_fini(&m.arena);
	taken(&m, text);
	change[0] = (struct cm_assess_change) { m.p.item[0].cell[0].at, m.p.item[0].cell[0].len, cm_span_str("0.2 to 0.3") };
	change[1] = (struct cm_assess_change) { m.p.item[0].end, 0, cm_span_str("  state other 0.4\n") };
	assert_int_equal(cm_assess_text_set(cm_span_str(text), change, 2, &now, &err), CM_OK);
	assert_string_equal(cm_buf_cstr(&now), after);
	cm_buf_clear(&now);
	assert_int_equal(cm_assess_text_set(cm_span_str(text), change, 0, &now, &err), CM_OK);
	assert_string_equal(cm_buf_cstr(&now), text);
	change[0].at = change[1].at;
	assert_int_equal(cm_assess_text_set(cm_span_str(text), change, 2, &now, &err), CM_E_USAGE);
	change[0] = (struct cm_assess_change) { sizeof(text), 1, cm_span_str("") };
	assert_int_equal(cm_assess_text_set(cm_span_str(text), change, 1, &now, NULL), CM_E_USAGE);
	cm_buf_release(&now);
	cm_arena_fini(&m.arena);
}

static const struct {
	const char *text, *says;
} bad[] = {
	{ "", "line 1, column 1: expected `assessment 1' before the end" },
	{ "title t\n", "line 1, column 1: expected `assessment 1' as the first line" },
	{ "# x\n\n  field\n", "line 4, column 1: expected `assessment 1' before the end" },
	{ "assessment 1\n", "expected `title' before the end" },
	{ "assessment 1\ntitle t\n", "expected `hypothesis' before the end" },
	{ "assessment\ntitle t\nhypothesis state other\n", "line 1, column 11: expected the version, 1" },
	{ "assessment 01\ntitle t\nhypothesis state other\n", "expected the version, 1" },
	{ "assessment 1 x\ntitle t\nhypothesis state other\n", "column 14: expected the end of the line" },
	{ HEAD "assessment 1\n", "line 7, column 1: a second version" },
	{ HEAD "title u\n", "line 7, column 1: a second title" },
	{ HEAD "party A\nparty A\n", "line 8, column 1: a second party" },
	{ HEAD "party \n", "column 6: expected the name of a party" },
	{ HEAD "party A B\n", "column 9: expected the end of the line" },
	{ HEAD "about\n", "line 7, column 6: expected a text" },
	{ HEAD "about a\tb\n", "line 7, column 8: a tab in a text" },
	{ HEAD "abuot x\n", "line 7, column 1: expected title, party" },
	{ HEAD " item x\n", "line 7, column 2: expected a definition at the beginning" },
	{ HEAD "   item x\n", "column 4: expected a definition at the beginning" },
	{ HEAD "about x\r\n", "line 7, column 8: a carriage return; lines end with a newline only" },
	{ HEAD "about \x01\n", "a control character" },
	{ HEAD "about \xc3\n", "line 7, column 7: expected UTF-8" },
	{ "assessment 1\ntitle t\n  text x\nhypothesis state other\n  prior 1\n", "line 3, column 3: a field, but no" },
	/* classes and rho */
	{ HEAD "class F5 0.5\n", "line 7, column 7: expected a forge class, F0 to F4" },
	{ HEAD "class F0\n", "column 9: expected a number such as 0.25" },
	{ HEAD "class F0 0\n", "expected how easily it is planted, above 0 and below 1" },
	{ HEAD "class F0 1\n", "above 0 and below 1" },
	{ HEAD "class F0 0.1234567\n", "expected at most 6 digits behind the point" },
	{ HEAD "class F0 0.5 admits 0.6 to 0.7\n", "column 21: expected a range above 0 that has the number" },
	{ HEAD "class F0 0.5 admits 0.4 0.7\n", "expected `to' and the largest number" },
	{ HEAD "class F0 0.5 admits 0.4 to 1\n", "expected less than 1" },
	{ HEAD "class F0 0.5 because x\n", "expected a text in double quotes" },
	{ HEAD "class F0 0.5\nclass F0 0.6\n", "line 8, column 7: the class F0 stands in a line before" },
	{ HEAD "rho code 1.1\n", "line 7, column 10: expected a number of at most 1" },
	{ HEAD "rho code -0.1\n", "expected a number such as 0.25" },
	{ HEAD "rho code 0.8\nrho code 0.8\n", "line 8, column 5: the rho of code stands in a line before" },
	{ HEAD "rho .code 0.8\n", "column 5: expected the name of a group" },
	/* hypotheses */
	{ HEAD "hypothesis planet A\n", "line 7, column 12: expected machine, operator" },
	{ HEAD "hypothesis state A\n  prior 0.1\n", "line 7, column 18: the hypothesis A is defined in a line before" },
	{ HEAD "hypothesis state B\n", "line 7, column 1: expected `prior' of the hypothesis B" },
	{ HEAD "hypothesis state B C\n", "column 20: expected the end of the line" },
	{ HEAD "hypothesis state B\n  prior 0\n", "line 8, column 9: a prior of 0 could not be changed" },
	{ HEAD "hypothesis state B\n  prior 1.0000001\n", "column 9: expected a number of at most 1" },
	{ HEAD "hypothesis state B\n  prior 0.1\n  prior 0.1\n", "line 9, column 3: a second `prior'" },
	{ HEAD "hypothesis state B\n  prior 0.1\n  actor the unit\n", "column 13: expected the end of the line" },
	{ HEAD "hypothesis state B\n  prior 0.1\n  kind nation\n", "line 9, column 8: expected state, state-sponsored" },
	{ HEAD "hypothesis state B\n  prior 0.1\n  degree much\n", "line 9, column 10: expected prohibited" },
	{ HEAD "hypothesis state B\n  prior 0.1\n  colour red\n", "line 9, column 3: expected text, actor" },
	{ HEAD "hypothesis state B\n  prior 0.1\n  needs state A\n", "column 9: a hypothesis needs one of a weaker layer" },
	{ HEAD "hypothesis state B\n  prior 0.1\n  needs beneficiary A\n", "needs one of a weaker layer" },
	{ HEAD "hypothesis state B\n  prior 0.1\n  needs machine A\n", "column 17: no hypothesis A at the layer machine" },
	{ HEAD "hypothesis operator B\n  prior 0.9\n  degree ordered\n", "line 9, column 3: a degree is how far a state" },
	{ HEAD "hypothesis operator B\n  prior 1\n", "line 7, column 21: expected a hypothesis `other' at the layer operator" },
	{ HEAD "hypothesis state B\n  prior 0.0011\n", "line 4, column 9: the priors of the layer state sum to 1.001100" },
	{ HEAD "hypothesis state B>A>A\n  prior 0.1\n", "column 18: a deceiver who looks like a deceiver" },
	{ HEAD "hypothesis state A>other\n  prior 0.1\n", "column 20: `other' is nobody who could be blamed" },
	{ HEAD "hypothesis state A>A\n  prior 0.1\n", "who looks like himself deceives nobody" },
	{ HEAD "hypothesis state B>A\n  prior 0.1\n", "column 18: no hypothesis B at the layer state" },
	{ HEAD "hypothesis state other>B\n  prior 0.1\n", "column 24: no hypothesis B at the layer state" },
	{ HEAD "hypothesis state >A\n  prior 0.1\n", "column 18: expected the name of who deceives" },
	{ HEAD "hypothesis state A>\n  prior 0.1\n", "expected the name of who is blamed" },
	{ HEAD "without state other>A\n", "column 22: expected `because' and why" },
	{ HEAD "without state A because \"x\"\n", "column 15: expected `B>A'" },
	{ HEAD "without state other>A because \"x\"\nwithout state other>A because \"x\"\n", "line 8, column 15: other>A is a hypothesis" },
	/* items */
	{ HEAD "item\n", "line 7, column 5: expected a name: 1 to 64 letters" },
	{ HEAD "item x y\n", "column 8: expected the end of the line" },
	{ HEAD ITEM("x") ITEM("x"), "line 10, column 6: the item x is defined in a line before" },
	{ HEAD "item x\n  rests finding " DIGEST "\n", "line 7, column 1: expected `type' of the item x" },
	{ HEAD "item x\n  type N4\n", "line 7, column 1: expected `rests' of the item x: without a statement" },
	{ HEAD "item x\n  type N99\n", "line 8, column 8: expected a type of the registry, such as N4; N99 is none" },
	{ HEAD "item x\n  type\n", "line 8, column 7: expected a type of the registry" },
	{ HEAD ITEM("x") "  type N4\n", "line 10, column 3: a second `type'" },
	{ HEAD ITEM("x") "  forge F5\n", "line 10, column 9: expected F0 to F4" },
	{ HEAD ITEM("x") "  cost F1\n", "expected D0 to D4" },
	{ HEAD ITEM("x") "  form C9\n", "expected C1 to C8" },
	{ HEAD ITEM("x") "  form C1, C1\n", "column 12: the form C1 stands there already" },
	{ HEAD ITEM("x") "  form C1,\n", "expected C1 to C8" },
	{ HEAD ITEM("x") "  rests finding " DIGEST "\n", "line 10, column 9: the item rests on this in a line before" },
	{ HEAD ITEM("x") "  rests rumour " DIGEST "\n", "column 9: expected finding, traffic" },
	{ HEAD ITEM("x") "  rests chain 00\n", "column 15: expected a SHA-256" },
	{ HEAD ITEM("x") "  rests report " DIGEST "\n", "line 7, column 1: expected `source' of the item x" },
	{ HEAD ITEM("x") "  source H1\n", "column 10: expected a grade" },
	{ HEAD ITEM("x") "  source A7\n", "expected a grade" },
	{ HEAD ITEM("x") "  view everybody\n", "column 8: expected public, shared and with whom" },
	{ HEAD ITEM("x") "  view shared\n", "expected the name of a party" },
	{ HEAD ITEM("x") "  view shared B, B\n", "B stands there already" },
	{ HEAD ITEM("x") "  view own B\n", "expected the end of the line" },
	{ HEAD ITEM("x") "  repeats y\n", "column 11: no item y" },
	{ HEAD ITEM("x") "  repeats x\n", "the item x would rest on itself" },
	{ HEAD ITEM("x") "  derived y\n", "no item y" },
	{ HEAD ITEM("x") "  derived x\n", "the item x would rest on itself" },
	{ HEAD ITEM("x") "  derived y, y\n" ITEM("y"), "column 14: y stands there already" },
	{ HEAD ITEM("x") "  repeats y\n" ITEM("y") "  repeats x\n", "line 7, column 6: a circle of 2 items" },
	{ HEAD ITEM("x") "  derived y\n" ITEM("y") "  derived z\n" ITEM("z") "  derived x\n", "a circle of 3 items, each a copy of "
	  "the next or derived from it: x, y, z, and x again" },
	{ HEAD ITEM("x") "  repeats y\n" ITEM("y") "  derived x\n", "derived from it: x, y, and x again" },
	{ HEAD ITEM("x") "  repeats y\n" ITEM("y") "  derived z\n" ITEM("z") "  derived y\n", ": y, z, and y again" },
	{ HEAD "item r\n  type G1\n  group code\n  rests seal " DIGEST "\n  derived x\n" ITEM("x"), "line 9, column 9: a report is of "
	  "the group of what it rests on, here pdns" },
	{ HEAD ITEM("x") "  background 0\n", "line 10, column 14: a likelihood of 0 would decide" },
	{ HEAD ITEM("x") "  colour red\n", "line 10, column 3: expected a field of the item x" },
	/* likelihoods */
	{ HEAD ITEM("x") "  state A 0\n", "line 10, column 11: a likelihood of 0 would decide everything by itself" },
	{ HEAD ITEM("x") "  state A 0.000000000000\n", "a likelihood of 0 would decide" },
	{ HEAD ITEM("x") "  state A 1.1\n", "column 11: expected a number of at most 1" },
	{ HEAD ITEM("x") "  state A 0.1234567890123\n", "expected at most 12 digits behind the point" },
	{ HEAD ITEM("x") "  state A .5\n", "expected a number such as 0.25" },
	{ HEAD ITEM("x") "  state A 1e-3\n", "expected a number such as 0.25" },
	{ HEAD ITEM("x") "  state A 5.\n", "expected a number such as 0.25" },
	{ HEAD ITEM("x") "  state A 00.5\n", "with one digit before the point" },
	{ HEAD ITEM("x") "  state A\n", "expected a number such as 0.25" },
	{ HEAD ITEM("x") "  state A 0.5 to\n", "expected a number such as 0.25" },
	{ HEAD ITEM("x") "  state A 0.5 to 0.4\n", "expected the smaller likelihood first" },
	{ HEAD ITEM("x") "  state A ? to 0.4\n", "column 13: expected the end of the line" },
	{ HEAD ITEM("x") "  state A 0.5\n  state A ?\n", "line 11, column 9: a second likelihood for state A" },
	{ HEAD ITEM("x") "  state\n", "expected a hypothesis of the layer state" },
	{ HEAD ITEM("x") "  state B 0.5\n", "column 9: no hypothesis B at the layer state" },
	{ HEAD ITEM("x") "  state A 0.5 because \"x\n", "a text without the double quote" },
	{ HEAD ITEM("x") "  state A 0.5 because \" \"\n", "an empty text" },
	{ HEAD ITEM("x") "  state A 0.5 because \"a\" b\n", "expected the end of the line" },
	{ "assessment 1\ntitle t\nhypothesis state A\n  prior 0.4\nhypothesis state other\n  prior 0.5\n"
	  "hypothesis state other>A\n  prior 0.1\n" ITEM("x") "  state other>A 0.5\n",
	    "line 12, column 9: a deceiver has his likelihoods from the two" },
};

static void
what_makes_no_sense_is_refused_with_line_and_column(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct made m;

		if (read_span(&m, cm_span_str(bad[i].text)) != CM_E_MALFORMED)
			fail_msg("it is taken: %s", bad[i].text);
		if (strstr(m.err.text, bad[i].says) == NULL)
			fail_msg("%s: it says: %s", bad[i].text, m.err.text);
		assert_null(strchr(m.err.text, '\n'));
		assert_true(m.err.has_offset && m.err.offset <= strlen(bad[i].text));
		assert_null(m.a.title);
		cm_arena_fini(&m.arena);
	}
}

static void
another_version_and_a_nul_are_refused(void **state)
{
	static const char nul[] = HEAD "about x\0y\n";
	struct made m;

	(void)state;
	assert_int_equal(read_span(&m, cm_span_str("assessment 2\ntitle t\nhypothesis state other\n")), CM_E_UNSUPPORTED);
	assert_string_equal(m.err.text, "line 1, column 12: version 2 of assessments is not known here, only 1");
	cm_arena_fini(&m.arena);
	assert_int_equal(read_span(&m, cm_span_of(nul, sizeof(nul) - 1)), CM_E_MALFORMED);
	assert_non_null(strstr(m.err.text, "line 7, column 8: a control character"));
	cm_arena_fini(&m.arena);
	assert_int_equal(read_span(&m, cm_span_of(NULL, 0)), CM_E_MALFORMED);
	cm_arena_fini(&m.arena);
}

static void
words_and_numbers_are_one_to_one(void **state)
{
	(void)state;
	assert_null(cm_assess_kind_word(CM_ASSESS_KIND_NONE));
	for (int i = 1; i < CM_ASSESS_KINDS; i++)
		assert_int_equal(cm_assess_kind_find(cm_assess_kind_word((enum cm_assess_kind)i)), i);
	for (int i = 0; i < CM_ASSESS_DEGREES; i++)
		assert_int_equal(cm_assess_degree_find(cm_assess_degree_word(i)), i);
	for (int i = 0; i < CM_VIEWS; i++)
		assert_int_equal(cm_assess_view_find(cm_assess_view_word((enum cm_assess_view)i)), i);
	for (int i = 0; i < CM_RESTS_KINDS; i++)
		assert_int_equal(cm_rests_on_find(cm_rests_on_word((enum cm_rests_on)i)), i);
	for (int i = 0; i < CM_LAYERS; i++)
		assert_int_equal(cm_layer_find(cm_layer_word((enum cm_layer)i)), i);
	assert_null(cm_assess_degree_word(-1));
	assert_null(cm_assess_degree_word(CM_ASSESS_DEGREES));
	assert_int_equal(cm_assess_kind_find(""), -1);
	assert_int_equal(cm_layer_find("planet"), -1);
}

/* The case that the arithmetic is tried with: what it is made of. */
static const char *toy;

static void
the_toy_case_is_read(void **state)
{
	struct made m;
	struct cm_buf b = { 0 };
	uint8_t *p = cm_buf_grow(&b, 1 << 16);
	FILE *f = fopen(toy, "rb");

	(void)state;
	assert_non_null(f);
	assert_non_null(p);
	b.len = fread(p, 1, 1 << 16, f);
	(void)fclose(f);
	taken(&m, cm_buf_cstr(&b));
	assert_int_equal(m.a.n_hypotheses, 4);
	assert_int_equal(m.a.n_items, 6);
	for (size_t i = 0; i < 6; i++)
		assert_true(cm_assess_item_speaks(&m.a, i, CM_LAYER_STATE));
	assert_int_equal(m.a.hypothesis[3].prior, 400000000000);
	assert_string_equal(m.a.item[3].group, "code");
	assert_int_equal(m.a.item[3].repeats, 0);
	assert_false(m.a.item[3].no_upstream);
	assert_int_equal(m.a.item[4].forge, 3);
	assert_int_equal(m.a.item[4].cell[1].p.lo, 400000000000);
	assert_int_equal(m.a.item[5].view, CM_VIEW_OWN);
	cm_arena_fini(&m.arena);
	cm_buf_release(&b);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_can_be_said_is_read),
		cmocka_unit_test(an_item_has_what_it_says),
		cmocka_unit_test(what_is_absent_is_settled),
		cmocka_unit_test(a_report_is_of_the_group_of_what_it_rests_on),
		cmocka_unit_test(a_report_that_leads_nowhere_carries_no_weight),
		cmocka_unit_test(every_number_is_where_its_place_says),
		cmocka_unit_test(a_number_is_changed_and_every_comment_stays),
		cmocka_unit_test(what_makes_no_sense_is_refused_with_line_and_column),
		cmocka_unit_test(another_version_and_a_nul_are_refused),
		cmocka_unit_test(the_toy_case_is_read),
		cmocka_unit_test(words_and_numbers_are_one_to_one),
	};

	if (argc != 2)
		return 1;
	toy = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
