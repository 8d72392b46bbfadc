/* rules/rules.h -- a small total language: who may do what, and what it obliges to.
 *
 *	allow R1: release types N1, N3 as C1, C2 to government, "U" for attribution
 *	    when tlp <= amber+strict and (consent = given or victim-data = no)
 *	    oblige retain <= 180d, onward = none, receipt
 *	    because "packets are shown inside the team".
 *	deny D1: anything when victim-data = yes and consent != given because "...".
 *
 * Default deny; deny overrides.  A rule is true, false, or unknown: unknown if any attribute that it
 * names, in whatever part, is not known in the request.  An allow that is unknown does not allow,
 * a deny that is unknown denies.  Obligations of all allows that are true add up; of each the
 * strictest bound wins.  Pure; reading is total and bounded; deciding allocates nothing and takes
 * time linear in the rules. */
#ifndef CM_RULES_RULES_H
#define CM_RULES_RULES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"
#include "rules/vocabulary.h"

#define CM_RULES_MAX 256u		  /* rules of one text */
#define CM_RULES_BYTES ((size_t)1 << 18) /* of it */
#define CM_RULES_DEPTH 32u		  /* of brackets and `not` in each other */
#define CM_RULES_NAME_MAX 32u		  /* characters of a rule's name */

struct cm_rules;

/* Reads all rules of ${text}, which begins in line ${line} of what people see (1 for a text of its own).
 * CM_E_MALFORMED: "line 3, column 14: what was expected"; two rules with one name; a word that the
 * vocabulary has not.  CM_E_LIMIT, CM_E_NOMEM.  Lives in the arena. */
CM_RESULT cm_rules_read(struct cm_span text, size_t line, const struct cm_vocabulary *v, struct cm_arena *arena,
    const struct cm_rules **out, struct cm_err *err);

const struct cm_vocabulary *cm_rules_vocabulary(const struct cm_rules *r);
size_t cm_rules_count(const struct cm_rules *r);
const char *cm_rules_name(const struct cm_rules *r, size_t rule);	/* "R1" */
const char *cm_rules_because(const struct cm_rules *r, size_t rule); /* "" if it has none */
bool cm_rules_is_allow(const struct cm_rules *r, size_t rule);
size_t cm_rules_line(const struct cm_rules *r, size_t rule);

/* Appends the canonical form: reading it gives the same rules, comments kept. */
CM_RESULT cm_rules_format(struct cm_span text, const struct cm_vocabulary *v, struct cm_buf *out, struct cm_err *err);

/* The names that stand in quotes in rules, reasons apart: whom they speak of, where no list of members says it. */
CM_RESULT cm_rules_quoted(struct cm_span text, struct cm_arena *arena, const char *const **out, size_t *n, struct cm_err *err);

/* Appends one rule as a sentence in plain English. */
CM_RESULT cm_rules_say(const struct cm_rules *r, size_t rule, struct cm_buf *out);

#define CM_RULES_UNKNOWN (-1)

/* What is asked: may this be done? */
struct cm_ask {
	int64_t value[CM_RULES_ATTRIBUTES_MAX]; /* by attribute: index of the word, number, day; or UNKNOWN */
};
struct cm_ask cm_ask_unknown(void);
/* Sets an attribute by its name and word, number or day.  CM_E_NOTFOUND. */
CM_RESULT cm_ask_set(struct cm_ask *q, const struct cm_vocabulary *v, const char *attribute, const char *word);

struct cm_bound {
	bool set;
	int64_t bound; /* the number, or the index of the word; of a flag 1 */
};

enum cm_rule_says { CM_RULE_FALSE, CM_RULE_TRUE, CM_RULE_UNKNOWN };

struct cm_decision {
	bool allowed;
	uint64_t allows[CM_RULES_MAX / 64];  /* a bit for each allow that is true */
	uint64_t denies[CM_RULES_MAX / 64];  /* for each deny that is true or unknown */
	uint64_t unknown[CM_RULES_MAX / 64]; /* for each rule that is unknown */
	struct cm_bound oblige[CM_RULES_OBLIGATIONS_MAX]; /* of what is allowed; nothing if it is not */
};

/* A value that is none of the attribute's counts as not known. */
void cm_rules_decide(const struct cm_rules *r, const struct cm_ask *q, struct cm_decision *out);

/* Adds the bounds of ${more} to ${to}: the strictest of each. */
void cm_bounds_add(const struct cm_vocabulary *v, struct cm_bound to[CM_RULES_OBLIGATIONS_MAX],
    const struct cm_bound more[CM_RULES_OBLIGATIONS_MAX]);

/* Leaves in ${to} what ${other} asks for, too: of each obligation the looser bound. */
void cm_bounds_meet(const struct cm_vocabulary *v, struct cm_bound to[CM_RULES_OBLIGATIONS_MAX],
    const struct cm_bound other[CM_RULES_OBLIGATIONS_MAX]);

/* What an allow by itself obliges to: of each obligation of the vocabulary. */
const struct cm_bound *cm_rules_oblige(const struct cm_rules *r, size_t rule);

/* Appends one obligation with its bound in the spelling of the language: "retain <= 180d". */
void cm_bound_write(const struct cm_vocabulary *v, size_t obligation, const struct cm_bound *b, struct cm_buf *out);
/* The same as a sentence for people. */
void cm_bound_say(const struct cm_vocabulary *v, size_t obligation, const struct cm_bound *b, struct cm_buf *out);
/* Reads "retain <= 180d".  CM_E_MALFORMED. */
CM_RESULT cm_bound_read(const struct cm_vocabulary *v, struct cm_span text, size_t *obligation, struct cm_bound *out,
    struct cm_err *err);

/* A condition of its own, as it may stand behind `when`, for questions about rules. */
struct cm_condition;
CM_RESULT cm_condition_read(struct cm_span text, const struct cm_vocabulary *v, struct cm_arena *arena,
    const struct cm_condition **out, struct cm_err *err);
enum cm_rule_says cm_condition_holds(const struct cm_condition *c, const struct cm_ask *q);

/* Reads `action=release type=N1 to-member="U"`: each attribute at most once; what is not said is not known.
 * CM_E_MALFORMED with the column. */
CM_RESULT cm_ask_read(struct cm_span text, const struct cm_vocabulary *v, struct cm_ask *out, struct cm_err *err);
/* Appends what is known of it in that spelling. */
void cm_ask_write(const struct cm_ask *q, const struct cm_vocabulary *v, struct cm_buf *out);

/* Appends why: the rules that decided, with their reasons, and what was not known. */
CM_RESULT cm_rules_explain(const struct cm_rules *r, const struct cm_ask *q, const struct cm_decision *d,
    struct cm_buf *out);

#endif
