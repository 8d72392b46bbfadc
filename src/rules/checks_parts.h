/* rules/checks_parts.h -- rules as diagrams, for the files that ask them. */
#ifndef CM_RULES_CHECKS_PARTS_H
#define CM_RULES_CHECKS_PARTS_H

#include "rules/checks.h"
#include "rules/cut.h"

/* One set of rules. */
struct cm_ruled {
	const struct cm_rules *rules;
	cm_node *is;	  /* of each rule: where it is true */
	cm_node *missing; /* of each rule: where it is not known */
	cm_node allows;	  /* where an allow is true */
	cm_node denies;	  /* where a deny is true or not known */
	cm_node allowed;
};

struct cm_checks {
	const struct cm_vocabulary *v;
	struct cm_arena arena;
	struct cm_cut *cut;
	const uint64_t **weight; /* of each attribute */
	bool *in; /* room for the classes of any attribute */
	struct cm_diagram *d;
	struct cm_ruled rules, after;
	struct cm_checks_of of;
	cm_node possible;
	cm_node *holds; /* of each condition */
};

/* An answer from the requests that it is about. */
CM_RESULT cm_checks_answer(struct cm_checks *c, cm_node f, struct cm_answer *out, struct cm_err *err);
CM_RESULT cm_checks_example(struct cm_checks *c, cm_node f, struct cm_example *out, struct cm_err *err);

/* Where a deny ${rule} denies: it is true or not known. */
cm_node cm_checks_denies(struct cm_checks *c, const struct cm_ruled *r, size_t rule);

/* Is a bound at least as strict as another one? */
bool cm_bound_at_least(const struct cm_obligation *o, const struct cm_bound *b, int64_t bound);

#endif
