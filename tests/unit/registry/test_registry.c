/* The registry that is built in is complete, and what is no registry is refused where it goes wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/embedded.h"
#include "registry/registry.h"

extern const struct cm_embedded cm_registry_files[];
extern const size_t cm_registry_files_n;

/* As it was decided: id, forge, cost, forms, group, letter. */
static const struct {
	const char *id, *forge, *cost, *forms, *group, *letter;
} decided[] = {
	{ "N1", "F1", "D2", "126", "cap", "T" },
	{ "N2", "F2", "D2", "24", "flow", "T" },
	{ "N3", "F1", "D1", "6", "fp", "C" },
	{ "N4", "F2", "D1", "45", "pdns", "I" },
	{ "N5", "F2", "D0", "5", "bgp", "I" },
	{ "N6", "F0", "D0", "5", "ip", "I" },
	{ "N7", "F1", "D1", "6", "proto", "M" },
	{ "N8", "F3", "D3", "67", "time", "T" },
	{ "H1", "F1", "D2", "16", "host", "M" },
	{ "H2", "F1", "D2", "2", "host", "T" },
	{ "H3", "F0", "D1", "2", "locale", "M" },
	{ "H4", "F2", "D2", "6", "ics", "M" },
	{ "H5", "F2", "D2", "34", "cred", "I" },
	{ "M1", "F1", "D0", "1", "code", "M" },
	{ "M2", "F1 to F2", "D1", "6", "code", "M" },
	{ "M3", "F0", "D0", "6", "code", "M" },
	{ "M4", "F3 to F4", "D3", "37", "priv", "M" },
	{ "M5", "F2", "D1", "5", "cert", "I" },
	{ "M6", "F2", "D3", "36", "expl", "M" },
	{ "I1", "F1 to F2", "D1 to D2", "57", "reg", "I" },
	{ "I2", "F2", "D2", "5", "reg", "I" },
	{ "I3", "F2 to F3", "D3", "137", "c2", "C" },
	{ "I4", "F2", "D3", "37", "c2", "C" },
	{ "I5", "F1", "D0", "56", "pivot", "I" },
	{ "I6", "F1 to F2", "D1", "56", "coin", "I" },
	{ "O1", "F1", "D0", "6", "ttp", "T" },
	{ "O2", "F2", "D2", "26", "ops", "T" },
	{ "O3", "F2", "D1", "6", "ops", "T" },
	{ "O4", "F3", "D3", "3", "expl", "T" },
	{ "L1", "F0", "D0", "6", "locale", "M" },
	{ "L2", "F1", "D1", "6", "style", "M" },
	{ "L3", "F1", "D1", "26", "time", "T" },
	{ "P1", "graded", "D4", "378", "src", "I" },
	{ "P2", "graded", "D4", "378", "src", "I" },
	{ "P3", "F0", "D0", "5", "claim", "U" },
	{ "P4", "F3", "D2", "5", "court", "U" },
	{ "V1", "F1", "D2", "24", "vict", "U" },
	{ "G1", "F0", "D0", "5", "geo", "U" },
	{ "B1", "F2 to F3", "D2", "357", "benefit", "U" },
	{ "B2", "F2", "D1", "57", "benefit", "U" },
};
#define DECIDED (sizeof(decided) / sizeof(decided[0]))

static unsigned
forms_of(const char *digits)
{
	unsigned bits = 0;

	for (; *digits != '\0'; digits++)
		bits |= 1u << (*digits - '1');
	return bits;
}

static void
builtin(struct cm_arena *a, struct cm_registry *r)
{
	struct cm_err err = { 0 };

	cm_arena_init(a, 0);
	if (cm_registry_builtin(a, r, &err) != CM_OK)
		fail_msg("%s", err.text);
}

static void
the_registry_has_the_forty_types_with_the_values_that_were_decided(void **state)
{
	char word[CM_EVIDENCE_RANGE];
	struct cm_registry r;
	struct cm_arena a;

	(void)state;
	builtin(&a, &r);
	assert_int_equal(DECIDED, 40);
	assert_int_equal(r.n_types, DECIDED);
	for (size_t i = 0; i < DECIDED; i++) {
		const struct cm_evidence_type *t = cm_registry_find(&r, decided[i].id);

		assert_non_null(t);
		assert_ptr_equal(t, &r.type[i]);
		cm_evidence_forge_word(t, word);
		assert_string_equal(word, decided[i].forge);
		cm_evidence_cost_word(t, word);
		assert_string_equal(word, decided[i].cost);
		assert_int_equal(t->forms, forms_of(decided[i].forms));
		assert_string_equal(t->group, decided[i].group);
		assert_int_equal(cm_mictic_letter(t->mictic), decided[i].letter[0]);
	}
	assert_null(cm_registry_find(&r, "N9"));
	assert_null(cm_registry_find(&r, ""));
	cm_arena_fini(&a);
}

static void
every_type_has_every_field_and_says_whose_values_it_has(void **state)
{
	struct cm_registry r;
	struct cm_arena a;

	(void)state;
	builtin(&a, &r);
	for (size_t i = 0; i < r.n_types; i++) {
		const struct cm_evidence_type *t = &r.type[i];

		assert_true(cm_evidence_id_ok(t->id));
		assert_true(strlen(t->name) > 3 && strlen(t->supports) > 3 && strlen(t->stix) > 3);
		assert_true(t->layers != 0 && t->forms != 0);
		assert_true(strlen(t->why) > 40 && t->why[strlen(t->why) - 1] == '.');
		assert_non_null(cm_registry_group_text(&r, t->group));
		/* nobody has published values yet */
		assert_string_equal(t->values, CM_REGISTRY_OWN);
		assert_null(strstr(t->after, CM_REGISTRY_OWN));
	}
	assert_true(r.version >= 1);
	cm_arena_fini(&a);
}

static void
groups_and_works_are_all_used(void **state)
{
	struct cm_registry r;
	struct cm_arena a;
	size_t uses;

	(void)state;
	builtin(&a, &r);
	for (size_t k = 0; k < r.n_groups; k++) {
		uses = 0;
		for (size_t i = 0; i < r.n_types; i++)
			uses += strcmp(r.type[i].group, r.group[k].name) == 0;
		assert_true(uses > 0);
	}
	for (size_t k = 0; k < r.n_works; k++) {
		uses = 0;
		for (size_t i = 0; i < r.n_types; i++)
			uses += strstr(r.type[i].after, r.work[k].name) != NULL || strcmp(r.type[i].values, r.work[k].name) == 0;
		assert_true(uses > 0);
	}
	cm_arena_fini(&a);
}

static void
plantability_is_that_of_the_classes(void **state)
{
	static const unsigned c[CM_FORGE_CLASSES] = { 900, 700, 400, 150, 30 };
	unsigned lo = 0, hi = 0;
	struct cm_registry r;
	struct cm_arena a;

	(void)state;
	builtin(&a, &r);
	for (unsigned k = 0; k < CM_FORGE_CLASSES; k++)
		assert_int_equal(r.plantable[k], c[k]);
	assert_true(cm_evidence_plantable(&r, cm_registry_find(&r, "N1"), &lo, &hi));
	assert_int_equal(lo, 700);
	assert_int_equal(hi, 700);
	assert_true(cm_evidence_plantable(&r, cm_registry_find(&r, "M4"), &lo, &hi));
	assert_int_equal(lo, 30);
	assert_int_equal(hi, 150);
	assert_false(cm_evidence_plantable(&r, cm_registry_find(&r, "P1"), &lo, &hi));
	assert_false(cm_evidence_plantable(&r, cm_registry_find(&r, "P2"), &lo, &hi));
	cm_arena_fini(&a);
}

static void
ids_have_one_spelling(void **state)
{
	static const char *const yes[] = { "N1", "Z9", "A10", "B99" };
	static const char *const no[] = { "", "N", "n1", "N0", "N01", "N100", "1N", "N1 ", "NN1", "N1a" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(cm_evidence_id_ok(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(cm_evidence_id_ok(no[i]));
}

/* The built-in text with the first ${was} replaced. */
static char *
changed(const char *was, const char *now)
{
	struct cm_span text = cm_registry_files[0].bytes;
	char *copy = malloc(text.len + strlen(now) + 1), *at;
	size_t behind;

	assert_non_null(copy);
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	at = strstr(copy, was);
	assert_non_null(at);
	behind = strlen(at + strlen(was)) + 1;
	memmove(at + strlen(now), at + strlen(was), behind);
	memcpy(at, now, strlen(now));
	return copy;
}

static void
what_is_no_registry_is_refused_with_line_and_column(void **state)
{
	static const struct {
		const char *was, *now, *says;
	} bad[] = {
		{ "version 1", "version 0", "column 9: a number that is 0" },
		{ "version 1\n", "version 1\nversion 2\n", "a second version" },
		{ "class F0: 900", "class F1: 900", "column 7: expected `F0: '" },
		{ "class F1: 700", "class F1: 900", "column 11: expected less than the class before has" },
		{ "class F1: 700", "class F1: 1000", "a number that is 0 or too large" },
		{ "class F1: 700", "class F1: 0700", "expected a number" },
		{ "form C8", "form C9", "expected `C8: '" },
		{ "layer state: ", "layer person: ", "expected the next layer" },
		{ "group cap: ", "group flow: ", "this name stands in a line before" },
		{ "type N1: ", "type N2: ", "this id stands before" },
		{ "type N1: ", "type F1: ", "expected an id like N1" },
		{ "type N1: ", "type n1: ", "expected an id like N1" },
		{ "type N1: ", "typo N1: ", "column 1: expected version, class" },
		{ "  supports: presence", "  support: presence", "expected `  supports: ' of the type N1" },
		{ "  layers: machine\n", "  layers: machine, person\n", "column 20: expected machine, operator" },
		{ "  layers: machine\n", "  layers: operator, machine\n", "expected in their order" },
		{ "  forge: F1\n", "  forge: F5\n", "column 10: expected F0 to F4" },
		{ "  forge: F1\n", "  forge: F1 to F1\n", "expected the lower class first" },
		{ "  forge: F1\n", "  forge: F1 to F2 to F3\n", "expected F0 to F4" },
		{ "  forge: F1\n", "  forge: F1 to \n", "expected F0 to F4" },
		{ "  cost: D2\n", "  cost: graded\n", "expected D0 to D4" },
		{ "  forms: C1, C2, C6\n", "  forms: C1, C9\n", "column 14: expected a check form" },
		{ "  forms: C1, C2, C6\n", "  forms: C2, C1\n", "expected in their order" },
		{ "  forms: C1, C2, C6\n", "  forms: C1 (a, b\n", "a remark without" },
		{ "  forms: C1, C2, C6\n", "  forms: C1 (a) b\n", "expected `, ' behind a remark" },
		{ "  forms: C1, C2, C6\n", "  forms: C1x\n", "column 12: expected ` ('" },
		{ "  group: cap\n", "  group: cup\n", "no such group" },
		{ "  mictic: telemetry\n", "  mictic: T\n", "expected malware" },
		{ "  values: Comity's own judgement\n", "  values: everybody\n", "no such work" },
		{ "  after: Steffens MICTIC, Skopik", "  after: Steffens, Skopik", "column 10: no such work" },
		{ "shows what the victim's network sees.\n", "shows what the victim's network sees\n", "expected a sentence" },
		{ "presence, method and time", " presence", "a space before or behind" },
		{ "presence, method and time", "pres\tence", "a tab" },
		{ "presence, method and time", "pres\x01" "ence", "a control character" },
		{ "presence, method and time", "pres\xff" "ence", "expected UTF-8" },
		{ "cost D4: ", "cost D5: ", "expected `D4: '" },
	};
	struct cm_registry r = { 0 };
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cm_err err = { 0 };
		char *text = changed(bad[i].was, bad[i].now);

		if (cm_registry_parse(cm_span_str(text), &a, &r, &err) != CM_E_MALFORMED)
			fail_msg("%s is taken", bad[i].now);
		if (strstr(err.text, bad[i].says) == NULL || strstr(err.text, "line ") != err.text || !err.has_offset)
			fail_msg("%s: it says: %s", bad[i].now, err.text);
		assert_null(r.type);
		free(text);
	}
	cm_arena_fini(&a);
}

/* Each line of it is needed: without any one of them it is refused, or says less. */
static void
a_registry_without_one_of_its_lines_is_another_or_none(void **state)
{
	struct cm_span text = cm_registry_files[0].bytes;
	struct cm_registry whole, r;
	struct cm_arena a, b;
	char *copy = malloc(text.len);
	size_t from = 0, tried = 0;

	(void)state;
	assert_non_null(copy);
	builtin(&a, &whole);
	cm_arena_init(&b, 0);
	while (from < text.len) {
		const uint8_t *end = memchr(text.ptr + from, '\n', text.len - from);
		size_t next = (size_t)(end - text.ptr) + 1;
		bool says = text.ptr[from] != '#' && text.ptr[from] != '\n';
		bool is_note = memcmp(text.ptr + from, "  note", 6) == 0;

		memcpy(copy, text.ptr, from);
		memcpy(copy + from, text.ptr + next, text.len - next);
		if (says && !is_note) {
			if (cm_registry_parse(cm_span_of(copy, from + text.len - next), &b, &r, NULL) == CM_OK)
				fail_msg("without %.*s it is taken", (int)(next - from - 1), (const char *)text.ptr + from);
			tried++;
		}
		cm_arena_reset(&b);
		from = next;
	}
	assert_true(tried > 40 * 12);
	free(copy);
	cm_arena_fini(&b);
	cm_arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_registry_has_the_forty_types_with_the_values_that_were_decided),
		cmocka_unit_test(every_type_has_every_field_and_says_whose_values_it_has),
		cmocka_unit_test(groups_and_works_are_all_used),
		cmocka_unit_test(plantability_is_that_of_the_classes),
		cmocka_unit_test(ids_have_one_spelling),
		cmocka_unit_test(what_is_no_registry_is_refused_with_line_and_column),
		cmocka_unit_test(a_registry_without_one_of_its_lines_is_another_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
