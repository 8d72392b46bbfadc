#include <stdlib.h>
#include <string.h>

#include "rules/checks_parts.h"

static cm_node
node_of_test(struct cm_checks *c, const struct cm_test *t, cm_node yes, cm_node no)
{
	const struct cm_cut *cut = &c->cut[t->attribute];
	cm_node is;

	for (uint32_t i = 0; i + 1 < cut->n; i++)
		c->in[i] = cm_cut_true(t, cut, i);
	c->in[cut->n - 1] = false;
	is = cm_diagram_in(c->d, t->attribute, c->in);
	return cm_diagram_or(c->d, cm_diagram_and(c->d, is, yes), cm_diagram_less(c->d, no, is));
}

static cm_node
after_test(const cm_node *node, uint32_t at)
{
	return at == CM_TEST_TRUE ? CM_NODE_ALL : at == CM_TEST_FALSE ? CM_NODE_NONE : node[at];
}

/* The diagram of each test of a table, as if everything it looks at were known. */
static enum cm_result
nodes_of_table(struct cm_checks *c, const struct cm_test *test, size_t n, cm_node **out, struct cm_err *err)
{
	cm_node *node = cm_arena_array(&c->arena, n, sizeof(*node));

	*out = node;
	if (node == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the diagrams of rules");
	for (size_t i = 0; i < n; i++)
		node[i] = node_of_test(c, &test[i], after_test(node, test[i].yes), after_test(node, test[i].no));
	return cm_diagram_ok(c->d, err);
}

/* Where one of these attributes is not known. */
static cm_node
node_of_missing(struct cm_checks *c, uint32_t names)
{
	cm_node f = CM_NODE_NONE;

	for (size_t i = c->v->n_attributes; i-- > 0;) {
		if ((names >> i & 1) == 0)
			continue;
		memset(c->in, 0, c->cut[i].n * sizeof(*c->in));
		c->in[c->cut[i].n - 1] = true;
		f = cm_diagram_or(c->d, cm_diagram_in(c->d, i, c->in), f);
	}
	return f;
}

cm_node
cm_checks_denies(struct cm_checks *c, const struct cm_ruled *r, size_t rule)
{
	return cm_diagram_or(c->d, r->is[rule], r->missing[rule]);
}

static enum cm_result
draw_rules(struct cm_checks *c, const struct cm_rules *rules, struct cm_ruled *r, struct cm_err *err)
{
	cm_node *node;
	enum cm_result rc = nodes_of_table(c, rules->test, rules->n_tests, &node, err);

	r->rules = rules;
	r->is = cm_arena_array(&c->arena, rules->n, sizeof(*r->is));
	r->missing = cm_arena_array(&c->arena, rules->n, sizeof(*r->missing));
	if (rc == CM_OK && (r->is == NULL || r->missing == NULL))
		rc = cm_err_set(err, CM_E_NOMEM, "out of memory for the diagrams of rules");
	for (size_t i = 0; rc == CM_OK && i < rules->n; i++) {
		r->missing[i] = cm_diagram_and(c->d, c->possible, node_of_missing(c, rules->rule[i]->names));
		r->is[i] = cm_diagram_and(c->d, c->possible, after_test(node, rules->rule[i]->entry));
		r->is[i] = cm_diagram_less(c->d, r->is[i], r->missing[i]);
		if (rules->rule[i]->allow)
			r->allows = cm_diagram_or(c->d, r->allows, r->is[i]);
		else
			r->denies = cm_diagram_or(c->d, r->denies, cm_checks_denies(c, r, i));
	}
	r->allowed = cm_diagram_less(c->d, r->allows, r->denies);
	return rc == CM_OK ? cm_diagram_ok(c->d, err) : rc;
}

/* Where a condition is true. */
static enum cm_result
draw_condition(struct cm_checks *c, const struct cm_condition *one, cm_node *out, struct cm_err *err)
{
	cm_node *node;
	enum cm_result rc = nodes_of_table(c, one->test, one->n_tests, &node, err);

	if (rc != CM_OK)
		return rc;
	*out = cm_diagram_less(c->d, after_test(node, one->entry), node_of_missing(c, one->names));
	return cm_diagram_ok(c->d, err);
}

static enum cm_result
draw_conditions(struct cm_checks *c, struct cm_err *err)
{
	cm_node one;
	enum cm_result rc = CM_OK;

	c->holds = cm_arena_array(&c->arena, c->of.n_conditions, sizeof(*c->holds));
	if (c->holds == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the diagrams of rules");
	for (size_t i = 0; rc == CM_OK && i < c->of.n_conditions; i++)
		rc = draw_condition(c, c->of.condition[i], &c->holds[i], err);
	c->possible = CM_NODE_ALL;
	for (size_t i = 0; rc == CM_OK && i < c->of.n_impossible; i++) {
		rc = draw_condition(c, c->of.impossible[i], &one, err);
		c->possible = cm_diagram_less(c->d, c->possible, rc == CM_OK ? one : CM_NODE_NONE);
	}
	return rc == CM_OK ? cm_diagram_ok(c->d, err) : rc;
}

static enum cm_result
cut_all(struct cm_checks *c, struct cm_err *err)
{
	const struct cm_checks_of *of = &c->of;
	struct cm_cut_tests *tests = cm_arena_array(&c->arena, of->n_conditions + of->n_impossible + 2, sizeof(*tests));
	enum cm_result rc;
	size_t n = 0;

	c->weight = cm_arena_array(&c->arena, c->v->n_attributes, sizeof(*c->weight));
	c->in = cm_arena_array(&c->arena, CM_CUT_CLASSES + 1, sizeof(*c->in));
	if (tests == NULL || c->weight == NULL || c->in == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the diagrams of rules");
	tests[n++] = (struct cm_cut_tests) { of->rules->test, of->rules->n_tests };
	if (of->after != NULL)
		tests[n++] = (struct cm_cut_tests) { of->after->test, of->after->n_tests };
	for (size_t i = 0; i < of->n_conditions; i++)
		tests[n++] = (struct cm_cut_tests) { of->condition[i]->test, of->condition[i]->n_tests };
	for (size_t i = 0; i < of->n_impossible; i++)
		tests[n++] = (struct cm_cut_tests) { of->impossible[i]->test, of->impossible[i]->n_tests };
	rc = cm_cut_all(c->v, tests, n, &c->arena, &c->cut, err);
	for (size_t i = 0; rc == CM_OK && i < c->v->n_attributes; i++)
		c->weight[i] = c->cut[i].weight;
	return rc;
}

static enum cm_result
draw_all(struct cm_checks *c, struct cm_err *err)
{
	uint32_t width[CM_RULES_ATTRIBUTES_MAX];
	enum cm_result rc = cut_all(c, err);

	for (size_t i = 0; rc == CM_OK && i < c->v->n_attributes; i++)
		width[i] = c->cut[i].n;
	if (rc == CM_OK)
		rc = cm_diagram_new(width, c->v->n_attributes, c->of.nodes != 0 ? c->of.nodes : CM_CHECKS_NODES, &c->d, err);
	if (rc == CM_OK)
		rc = draw_conditions(c, err);
	if (rc == CM_OK)
		rc = draw_rules(c, c->of.rules, &c->rules, err);
	if (rc == CM_OK && c->of.after != NULL)
		rc = draw_rules(c, c->of.after, &c->after, err);
	return rc;
}

static bool
same_vocabulary(const struct cm_checks_of *of)
{
	bool same = of->after == NULL || of->after->v == of->rules->v;

	for (size_t i = 0; i < of->n_conditions; i++)
		same = same && of->condition[i]->v == of->rules->v;
	for (size_t i = 0; i < of->n_impossible; i++)
		same = same && of->impossible[i]->v == of->rules->v;
	return same;
}

enum cm_result
cm_checks_new(const struct cm_checks_of *of, struct cm_checks **out, struct cm_err *err)
{
	struct cm_checks *c;
	enum cm_result rc;

	if (!same_vocabulary(of))
		return cm_err_set(err, CM_E_USAGE, "rules and conditions of several vocabularies can not be compared");
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the diagrams of rules");
	c->of = *of;
	c->v = of->rules->v;
	cm_arena_init(&c->arena, 0);
	rc = draw_all(c, err);
	if (rc == CM_OK)
		*out = c;
	else
		cm_checks_free(c);
	return rc;
}

void
cm_checks_free(struct cm_checks *c)
{
	if (c == NULL)
		return;
	cm_diagram_free(c->d);
	cm_arena_fini(&c->arena);
	free(c);
}

size_t
cm_checks_nodes(const struct cm_checks *c)
{
	return cm_diagram_nodes(c->d);
}

enum cm_result
cm_checks_example(struct cm_checks *c, cm_node f, struct cm_example *out, struct cm_err *err)
{
	int32_t class[CM_RULES_ATTRIBUTES_MAX];
	enum cm_result rc = cm_diagram_cheapest(c->d, f, class, err);

	out->ask = cm_ask_unknown();
	out->matters = 0;
	for (size_t i = 0; rc == CM_OK && i < c->v->n_attributes; i++) {
		if (class[i] < 0)
			continue;
		out->matters |= UINT32_C(1) << i;
		out->ask.value[i] = c->cut[i].example[class[i]];
	}
	return rc;
}

enum cm_result
cm_checks_answer(struct cm_checks *c, cm_node f, struct cm_answer *out, struct cm_err *err)
{
	enum cm_result rc = cm_diagram_ok(c->d, err);

	memset(out, 0, sizeof(*out));
	out->can = f != CM_NODE_NONE;
	if (rc != CM_OK || !out->can)
		return rc;
	rc = cm_diagram_count(c->d, f, c->weight, &out->requests, err);
	return rc == CM_OK ? cm_checks_example(c, f, &out->example, err) : rc;
}

enum cm_result
cm_checks_can(struct cm_checks *c, size_t condition, struct cm_answer *out, struct cm_err *err)
{
	return cm_checks_answer(c, cm_diagram_and(c->d, c->rules.allowed, c->holds[condition]), out, err);
}

enum cm_result
cm_checks_allowed(struct cm_checks *c, cm_count *all, struct cm_answer *out, struct cm_err *err)
{
	enum cm_result rc = cm_diagram_count(c->d, c->possible, c->weight, all, err);

	return rc == CM_OK ? cm_checks_answer(c, c->rules.allowed, out, err) : rc;
}

enum cm_result
cm_checks_both(struct cm_checks *c, size_t rule, size_t other, struct cm_answer *out, struct cm_err *err)
{
	return cm_checks_answer(c, cm_diagram_and(c->d, c->rules.is[rule], c->rules.is[other]), out, err);
}

bool
cm_checks_unread(const struct cm_checks *c, size_t attribute)
{
	const struct cm_rules *r = c->rules.rules;

	for (size_t i = 0; i < r->n; i++)
		if (r->rule[i]->names >> attribute & 1)
			return false;
	return true;
}

enum cm_result
cm_checks_monotone(struct cm_checks *c, size_t attribute, struct cm_monotone *out, struct cm_err *err)
{
	const struct cm_attribute *a = &c->v->attribute[attribute];
	const struct cm_cut *cut = &c->cut[attribute];
	int64_t steps = a->n_words > 0 ? (int64_t)a->n_words : (int64_t)cut->n - 1;
	cm_node broken;
	enum cm_result rc;

	memset(out, 0, sizeof(*out));
	out->holds = true;
	for (int64_t i = 1; out->holds && i < steps; i++) {
		uint32_t below = a->n_words > 0 ? cut->of[i - 1] : (uint32_t)i - 1;
		uint32_t here = a->n_words > 0 ? cut->of[i] : (uint32_t)i;

		broken = cm_diagram_less(c->d, cm_diagram_given(c->d, c->rules.allowed, attribute, here),
		    cm_diagram_given(c->d, c->rules.allowed, attribute, below));
		rc = cm_diagram_ok(c->d, err);
		if (rc != CM_OK)
			return rc;
		if (broken == CM_NODE_NONE)
			continue;
		out->holds = false;
		rc = cm_checks_example(c, broken, &out->example, err);
		out->example.matters |= UINT32_C(1) << attribute;
		out->example.ask.value[attribute] = a->n_words > 0 ? i : cut->example[here];
		out->lower = a->n_words > 0 ? i - 1 : cut->example[below];
		return rc;
	}
	return CM_OK;
}
