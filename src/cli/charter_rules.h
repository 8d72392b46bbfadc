/* cli/charter_rules.h -- the rules in a file: a charter, of which it reads the sections `## Members` (names and roles) and
 * `## Rules`, or bare rules, whose members are the names that stand in them. */
#ifndef CM_CLI_CHARTER_RULES_H
#define CM_CLI_CHARTER_RULES_H

#include "base/arena.h"
#include "base/buf.h"
#include "charter/sections.h"
#include "codec/json_write.h"
#include "rules/checks.h"

#define CM_CHARTER_FILE ((size_t)1 << 20) /* bytes read of one */

struct cm_charter_rules {
	struct cm_arena arena;
	struct cm_buf text;
	struct cm_span section; /* the rules in the text */
	size_t line;		/* of its first line */
	bool bare;
	const struct cm_section_member *members;
	size_t n_members;
	const struct cm_vocabulary *v;
	const struct cm_rules *rules;
	const struct cm_condition *const *impossible; /* no request is so: a member has the role that it has */
	size_t n_impossible;
};

/* Zero-initialise; release it in any case. */
CM_RESULT cm_charter_rules_load(const char *path, struct cm_charter_rules *out, struct cm_err *err);
void cm_charter_rules_release(struct cm_charter_rules *r);

/* An example as members "example", an object of attributes (null: not known), and "requests", its number. */
void cm_charter_json_answer(struct cm_jsonw *w, const struct cm_answer *a, const struct cm_vocabulary *v);
void cm_charter_json_example(struct cm_jsonw *w, const struct cm_example *e, const struct cm_vocabulary *v);

/* "Obliges" and the like: bounds as members of an object. */
void cm_charter_json_bounds(struct cm_jsonw *w, const struct cm_bound *b, const struct cm_vocabulary *v);

#endif
