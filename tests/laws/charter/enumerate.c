/* The charters to start from, request by request: every class of known values that their rules and the questions tell
 * apart is decided, and the questions are answered by counting; the diagrams must count the same.
 *
 * What is not known need not be tried: it never allows more (laws_decide.c). */
#include <stdio.h>
#include <string.h>

#include "charter/questions.h"
#include "charter/sections.h"
#include "charter/templates.h"
#include "charter/vocabulary.h"
#include "registry/registry.h"
#include "rules/cut.h"

#define QUESTIONS 32u

struct world {
	struct cm_arena arena;
	const struct cm_vocabulary *v;
	const struct cm_rules *rules;
	const struct cm_condition *const *question; /* as they are */
	const struct cm_condition *known[QUESTIONS]; /* and everything is known */
	struct cm_cut *cut;
	cm_count allowed, can[QUESTIONS];
	unsigned long long tried;
};

static bool
setup(struct world *w, struct cm_span text, struct cm_err *err)
{
	struct cm_registry registry;
	struct cm_section rules, members;
	const struct cm_section_member *member;
	const char **names;
	const char *types[CM_REGISTRY_TYPES];
	size_t n_names;

	if (cm_registry_builtin(&w->arena, &registry, err) != CM_OK || cm_section_find(text, "Rules", &rules, err) != CM_OK ||
	    cm_section_find(text, "Members", &members, err) != CM_OK ||
	    cm_section_members(&members, &w->arena, &member, &n_names, err) != CM_OK)
		return false;
	names = cm_arena_array(&w->arena, n_names, sizeof(*names));
	for (size_t i = 0; names != NULL && i < n_names; i++)
		names[i] = member[i].name;
	for (size_t i = 0; i < registry.n_types; i++)
		types[i] = registry.type[i].id;
	return cm_charter_vocabulary(cm_arena_copy(&w->arena, types, registry.n_types * sizeof(*types)), registry.n_types, names, n_names,
	           &w->arena, &w->v, err) == CM_OK &&
	       cm_rules_read(rules.text, rules.line, w->v, &w->arena, &w->rules, err) == CM_OK &&
	       cm_questions_read(w->v, &w->arena, &w->question, err) == CM_OK;
}

/* " and tlp in (clear, green, ...)": true whenever it is known. */
static void
add_known(const struct cm_attribute *a, struct cm_buf *b)
{
	cm_buf_printf(b, " and %s", a->name);
	if (a->n_words == 0) {
		cm_buf_add_str(b, " >= 1970-01-01");
		return;
	}
	for (size_t i = 0; i < a->n_words; i++) {
		cm_buf_add_str(b, i == 0 ? " in (" : ", ");
		cm_attribute_write(a, (int64_t)i, b);
	}
	cm_buf_add_str(b, ")");
}

static bool
ask_when_known(struct world *w, struct cm_err *err)
{
	struct cm_buf b = { 0 };
	bool good = true;

	for (size_t q = 0; good && q <= cm_questions_n; q++) {
		cm_buf_clear(&b);
		cm_buf_printf(&b, "(%s)", q < cm_questions_n ? cm_questions[q].condition : "tlp >= clear");
		for (size_t i = 0; i < w->v->n_attributes; i++)
			add_known(&w->v->attribute[i], &b);
		good = cm_condition_read(cm_buf_span(&b), w->v, &w->arena, &w->known[q], err) == CM_OK;
	}
	cm_buf_release(&b);
	return good;
}

static void
count_one(struct world *w, const struct cm_ask *ask, cm_count weight)
{
	struct cm_decision d;

	w->tried++;
	cm_rules_decide(w->rules, ask, &d);
	if (!d.allowed)
		return;
	w->allowed += weight;
	for (size_t q = 0; q < cm_questions_n; q++)
		if (cm_condition_holds(w->question[q], ask) == CM_RULE_TRUE)
			w->can[q] += weight;
}

static void
count_all(struct world *w, struct cm_ask *ask, size_t attribute, cm_count weight)
{
	const struct cm_cut *cut = &w->cut[attribute];

	if (attribute == w->v->n_attributes) {
		count_one(w, ask, weight);
		return;
	}
	for (uint32_t c = 0; c + 1 < cut->n; c++) {
		ask->value[attribute] = cut->example[c];
		count_all(w, ask, attribute + 1, weight * cut->weight[c]);
	}
}

static bool
same(const struct world *w, const char *name)
{
	struct cm_checks *c = NULL;
	struct cm_err err = { 0 };
	struct cm_answer a;
	bool good = cm_checks_new(&(struct cm_checks_of) { .rules = w->rules, .condition = w->known,
		.n_conditions = cm_questions_n + 1 }, &c, &err) == CM_OK;

	for (size_t q = 0; good && q <= cm_questions_n; q++) {
		cm_count counted = q < cm_questions_n ? w->can[q] : w->allowed;

		good = cm_checks_can(c, q, &a, &err) == CM_OK && a.requests == counted && a.can == (counted > 0);
		if (!good)
			printf("FAIL %s: %s: %.0f by diagram, %.0f counted %s\n", name, q < cm_questions_n ? cm_questions[q].id : "allowed",
			    (double)a.requests, (double)counted, err.text);
		if (good && q < cm_questions_n && cm_questions[q].must_be_no && counted > 0) {
			printf("FAIL %s: %s\n", name, cm_questions[q].text);
			good = false;
		}
	}
	cm_checks_free(c);
	return good;
}

static bool
enumerate(const struct cm_embedded *file)
{
	struct cm_cut_tests tests[QUESTIONS + 1];
	struct world w = { 0 };
	struct cm_err err = { 0 };
	struct cm_ask ask = cm_ask_unknown();
	bool good;

	cm_arena_init(&w.arena, 0);
	good = setup(&w, file->bytes, &err) && ask_when_known(&w, &err);
	if (good) {
		tests[0] = (struct cm_cut_tests) { w.rules->test, w.rules->n_tests };
		for (size_t q = 0; q < cm_questions_n; q++)
			tests[q + 1] = (struct cm_cut_tests) { w.question[q]->test, w.question[q]->n_tests };
		good = cm_cut_all(w.v, tests, cm_questions_n + 1, &w.arena, &w.cut, &err) == CM_OK;
	}
	if (good) {
		count_all(&w, &ask, 0, 1);
		good = same(&w, file->name);
	} else {
		printf("FAIL %s: %s\n", file->name, err.text);
	}
	if (good)
		printf("ok   %s: %llu classes of requests decided, %zu questions counted\n", file->name, w.tried, cm_questions_n);
	fflush(stdout);
	cm_arena_fini(&w.arena);
	return good;
}

int
main(void)
{
	bool good = cm_charter_templates_n > 0 && cm_questions_n < QUESTIONS;

	for (size_t i = 0; i < cm_charter_templates_n; i++)
		good = enumerate(&cm_charter_templates[i]) && good;
	return !good;
}
