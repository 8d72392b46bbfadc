/* charter/charter.h -- what the text of a charter says: title, members, rules.
 *
 * Markdown that people read and sign.  `# ` begins its title, `## ` a section; `## Members` (charter/members.h),
 * `## Rules` (rules/rules.h) and `## Evidence types` are read, all others are prose.  What can not be seen is refused
 * anywhere (charter/plain.h).  Errors give line and column of the text.  Pure. */
#ifndef CM_CHARTER_CHARTER_H
#define CM_CHARTER_CHARTER_H

#include "charter/members.h"
#include "rules/rules.h"

struct cm_charter {
	const char *title; /* "" if it has none */
	struct cm_members members;
	const struct cm_vocabulary *vocabulary;
	const struct cm_rules *rules;
	struct cm_span rules_text; /* the section `## Rules', in the text */
	size_t rules_line;	   /* number of its first line */
	struct cm_span types; /* the section `## Evidence types`, in the text; empty if there is none */
	size_t types_line;    /* number of its first line; 0: there is none */
};

/* ${types} are the ids of the registry; they and ${text} must live as long.  CM_E_MALFORMED; CM_E_LIMIT: more than
 * CM_CHARTER_TEXT; CM_E_NOMEM. */
CM_RESULT cm_charter_read(struct cm_span text, const char *const *types, size_t n_types, struct cm_arena *arena,
    struct cm_charter *out, struct cm_err *err);

/* The members alone, and title: what it needs to tell who has to sign.  Of a text whose rules a newer program
 * wrote this much can be read. */
CM_RESULT cm_charter_members(struct cm_span text, struct cm_arena *arena, struct cm_charter *out, struct cm_err *err);

#endif
