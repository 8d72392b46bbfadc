/* Does a rule ever decide anything, and if not, which others are in its way? */
#include <string.h>

#include "rules/checks_parts.h"

bool
cm_bound_at_least(const struct cm_obligation *o, const struct cm_bound *b, int64_t bound)
{
	return b->set && (o->kind == CM_OBLIGATION_WORD_AT_LEAST ? b->bound >= bound : b->bound <= bound);
}

/* Where another allow than ${rule} is true that obliges to that at least; ${bound} NULL: to whatever. */
static cm_node
others_allow(struct cm_checks *c, size_t rule, size_t obligation, const struct cm_bound *bound)
{
	const struct cm_rules *r = c->rules.rules;
	cm_node f = CM_NODE_NONE;

	for (size_t i = 0; i < r->n; i++) {
		if (i == rule || !r->rule[i]->allow)
			continue;
		if (bound == NULL || cm_bound_at_least(&c->v->obligation[obligation], &r->rule[i]->oblige[obligation], bound->bound))
			f = cm_diagram_or(c->d, f, c->rules.is[i]);
	}
	return f;
}

static cm_node
others_deny(struct cm_checks *c, size_t rule)
{
	const struct cm_rules *r = c->rules.rules;
	cm_node f = CM_NODE_NONE;

	for (size_t i = 0; i < r->n; i++)
		if (i != rule && !r->rule[i]->allow)
			f = cm_diagram_or(c->d, f, cm_checks_denies(c, &c->rules, i));
	return f;
}

/* The rules of that sort which meet ${f}. */
static void
note_by(struct cm_checks *c, size_t rule, bool allow, cm_node f, struct cm_life *out)
{
	const struct cm_rules *r = c->rules.rules;

	for (size_t i = 0; i < r->n; i++) {
		cm_node is;

		if (i == rule || r->rule[i]->allow != allow)
			continue;
		is = allow ? c->rules.is[i] : cm_checks_denies(c, &c->rules, i);
		if (cm_diagram_and(c->d, f, is) != CM_NODE_NONE)
			out->by[i / 64] |= UINT64_C(1) << (i % 64);
	}
}

static enum cm_result
life_of_allow(struct cm_checks *c, size_t rule, struct cm_life *out, struct cm_err *err)
{
	const struct cm_rule *r = c->rules.rules->rule[rule];
	cm_node mine = cm_diagram_less(c->d, c->rules.is[rule], c->rules.denies);
	cm_node differs;

	if (mine == CM_NODE_NONE) {
		out->is = CM_RULE_DENIED;
		note_by(c, rule, false, c->rules.is[rule], out);
		return cm_diagram_ok(c->d, err);
	}
	differs = cm_diagram_less(c->d, mine, others_allow(c, rule, 0, NULL));
	for (size_t i = 0; i < c->v->n_obligations; i++)
		if (r->oblige[i].set)
			differs = cm_diagram_or(c->d, differs, cm_diagram_less(c->d, mine, others_allow(c, rule, i, &r->oblige[i])));
	if (differs == CM_NODE_NONE) {
		out->is = CM_RULE_COVERED;
		note_by(c, rule, true, mine, out);
		return cm_diagram_ok(c->d, err);
	}
	return cm_checks_example(c, differs, &out->example, err);
}

static enum cm_result
life_of_deny(struct cm_checks *c, size_t rule, struct cm_life *out, struct cm_err *err)
{
	cm_node would = cm_diagram_and(c->d, cm_checks_denies(c, &c->rules, rule), c->rules.allows);
	cm_node differs = cm_diagram_less(c->d, would, others_deny(c, rule));

	if (differs != CM_NODE_NONE)
		return cm_checks_example(c, differs, &out->example, err);
	out->is = CM_RULE_GUARDS;
	/* What it denies for not knowing enough, others may deny as well: that makes it no less of a guard. */
	if (cm_diagram_and(c->d, c->rules.is[rule], c->rules.allows) != CM_NODE_NONE) {
		out->is = CM_RULE_COVERED;
		note_by(c, rule, false, would, out);
	}
	return cm_diagram_ok(c->d, err);
}

enum cm_result
cm_checks_life(struct cm_checks *c, size_t rule, struct cm_life *out, struct cm_err *err)
{
	enum cm_result rc;

	memset(out, 0, sizeof(*out));
	out->is = CM_RULE_DECIDES;
	if (c->rules.is[rule] == CM_NODE_NONE) {
		out->is = CM_RULE_NEVER;
		return CM_OK;
	}
	rc = c->rules.rules->rule[rule]->allow ? life_of_allow(c, rule, out, err) : life_of_deny(c, rule, out, err);
	return rc == CM_OK ? cm_diagram_ok(c->d, err) : rc;
}
