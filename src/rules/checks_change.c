/* Two versions of rules, beside each other. */
#include "rules/checks_parts.h"

/* Where it is allowed under a bound at least as strict as that one. */
static cm_node
bound_by(struct cm_checks *c, const struct cm_ruled *r, size_t obligation, int64_t bound)
{
	cm_node f = CM_NODE_NONE;

	for (size_t i = 0; i < r->rules->n; i++)
		if (r->rules->rule[i]->allow &&
		    cm_bound_at_least(&c->v->obligation[obligation], &r->rules->rule[i]->oblige[obligation], bound))
			f = cm_diagram_or(c->d, f, r->is[i]);
	return f;
}

/* Where ${strict} has a bound of this obligation that ${loose} has not, or not so strict. */
static cm_node
stricter_of_one(struct cm_checks *c, const struct cm_ruled *strict, const struct cm_ruled *loose, size_t obligation)
{
	cm_node f = CM_NODE_NONE;

	for (size_t i = 0; i < strict->rules->n; i++) {
		const struct cm_bound *b = &strict->rules->rule[i]->oblige[obligation];

		if (b->set)
			f = cm_diagram_or(c->d, f, cm_diagram_less(c->d, bound_by(c, strict, obligation, b->bound),
			    bound_by(c, loose, obligation, b->bound)));
	}
	return f;
}

static cm_node
stricter(struct cm_checks *c, const struct cm_ruled *strict, const struct cm_ruled *loose)
{
	cm_node f = CM_NODE_NONE;

	for (size_t i = 0; i < c->v->n_obligations; i++)
		f = cm_diagram_or(c->d, f, stricter_of_one(c, strict, loose, i));
	return cm_diagram_and(c->d, f, cm_diagram_and(c->d, strict->allowed, loose->allowed));
}

enum cm_result
cm_checks_change(struct cm_checks *c, enum cm_change change, struct cm_answer *out, struct cm_err *err)
{
	cm_node f = CM_NODE_NONE;

	if (c->after.rules == NULL)
		return cm_err_set(err, CM_E_USAGE, "there is nothing to compare the rules with");
	switch (change) {
	case CM_CHANGE_ALLOWED:
		f = cm_diagram_less(c->d, c->after.allowed, c->rules.allowed);
		break;
	case CM_CHANGE_FORBIDDEN:
		f = cm_diagram_less(c->d, c->rules.allowed, c->after.allowed);
		break;
	case CM_CHANGE_LOOSER:
		f = stricter(c, &c->rules, &c->after);
		break;
	case CM_CHANGE_STRICTER:
		f = stricter(c, &c->after, &c->rules);
		break;
	case CM_CHANGES:
		return cm_err_set(err, CM_E_USAGE, "no such change");
	}
	return cm_checks_answer(c, f, out, err);
}
