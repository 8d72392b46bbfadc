/* rules/checks.h -- what rules could ever do: proved over all requests, not tried on some.
 *
 * Each attribute of a request is one of its values or not known; the values are cut into classes that no rule can
 * tell apart (rules/cut.h), so that looking at the classes is looking at all requests.  Every answer is of the whole
 * of them, and has an example.  If the diagrams pass a limit, CM_E_LIMIT says so and there is no answer.
 *
 * One of these is made for one set of rules, or for two to be compared, and for the conditions that will be asked. */
#ifndef CM_RULES_CHECKS_H
#define CM_RULES_CHECKS_H

#include "rules/diagram.h"
#include "rules/rules.h"

#define CM_CHECKS_NODES ((size_t)1 << 21)
#define CM_COUNT_TEXT 48u

struct cm_checks;

/* A request with that answer.  Attributes without a bit in ${matters} can be anything, known or not; they are
 * CM_RULES_UNKNOWN in ${ask}. */
struct cm_example {
	struct cm_ask ask;
	uint32_t matters;
};

/* All over one vocabulary; all must outlive the checks. */
struct cm_checks_of {
	const struct cm_rules *rules;
	const struct cm_rules *after; /* to compare with; or NULL */
	const struct cm_condition *const *condition; /* that will be asked */
	size_t n_conditions;
	/* Requests in which one of these is true there are none of: nothing is said of them.  What one of them names and
	 * is not known makes it no less possible. */
	const struct cm_condition *const *impossible;
	size_t n_impossible;
	size_t nodes; /* 0: CM_CHECKS_NODES */
};

/* CM_E_USAGE: vocabularies differ; CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_checks_new(const struct cm_checks_of *of, struct cm_checks **out, struct cm_err *err);
void cm_checks_free(struct cm_checks *c);

/* Can a request in which the condition is true be allowed?  Who asks only what must be known need not ask about what is
 * not: what is allowed while something is not known is allowed whatever it is.  How many requests those are. */
struct cm_answer {
	bool can;
	cm_count requests;
	struct cm_example example;
};
CM_RESULT cm_checks_can(struct cm_checks *c, size_t condition, struct cm_answer *out, struct cm_err *err);

/* All possible requests, and those that are allowed. */
CM_RESULT cm_checks_allowed(struct cm_checks *c, cm_count *all, struct cm_answer *out, struct cm_err *err);

/* Can both rules be true of one request? */
CM_RESULT cm_checks_both(struct cm_checks *c, size_t rule, size_t other, struct cm_answer *out, struct cm_err *err);

enum cm_rule_life {
	CM_RULE_DECIDES, /* there is a request that would be decided otherwise without it: the example */
	CM_RULE_NEVER,	 /* it is true of no request */
	CM_RULE_DENIED,	 /* an allow all of whose requests are denied, by ${by} */
	CM_RULE_COVERED, /* others, ${by}, say all that it says, obligations included */
	CM_RULE_GUARDS	 /* a deny of nothing that any rule allows: it decides once a rule is added */
};
struct cm_life {
	enum cm_rule_life is;
	uint64_t by[CM_RULES_MAX / 64];
	struct cm_example example;
};
CM_RESULT cm_checks_life(struct cm_checks *c, size_t rule, struct cm_life *out, struct cm_err *err);

/* Is an attribute named by no rule? */
bool cm_checks_unread(const struct cm_checks *c, size_t attribute);

/* Is what is allowed at a value of an ordered attribute allowed at all lower ones, all else equal?  The example is
 * allowed, and is not with ${lower} in place of its value. */
struct cm_monotone {
	bool holds;
	struct cm_example example;
	int64_t lower;
};
CM_RESULT cm_checks_monotone(struct cm_checks *c, size_t attribute, struct cm_monotone *out, struct cm_err *err);

/* What the second rules allow and the first do not, and the like. */
enum cm_change {
	CM_CHANGE_ALLOWED,   /* newly allowed */
	CM_CHANGE_FORBIDDEN, /* newly forbidden */
	CM_CHANGE_LOOSER,    /* allowed by both, under a bound that is looser now, or without it */
	CM_CHANGE_STRICTER,  /* ... stricter now, or under a new one */
	CM_CHANGES
};
CM_RESULT cm_checks_change(struct cm_checks *c, enum cm_change change, struct cm_answer *out, struct cm_err *err);

/* Appends an example in words: "action release, type N1, consent not known"; what is not said can be
 * anything. */
void cm_example_say(const struct cm_example *e, const struct cm_vocabulary *v, struct cm_buf *out);

/* A count in decimal; "2^128 or more". */
void cm_requests_text(cm_count n, char out[CM_COUNT_TEXT]);

/* A vocabulary with the words of both, to compare rules of two versions: those of ${a} in their order, then what only
 * ${b} has.  Ordered words, numbers and obligations must be the same: CM_E_UNSUPPORTED says which are not. */
CM_RESULT cm_vocabulary_join(const struct cm_vocabulary *a, const struct cm_vocabulary *b, struct cm_arena *arena,
    const struct cm_vocabulary **out, struct cm_err *err);

/* Reads rules that were written with ${own}, in the words of ${joined}: names that only the other version knows are
 * nobody's here, and count as its bare word, if it has one (a member of the other version is `other`). */
CM_RESULT cm_rules_read_joined(struct cm_span text, size_t line, const struct cm_vocabulary *own,
    const struct cm_vocabulary *joined, struct cm_arena *arena, const struct cm_rules **out, struct cm_err *err);

size_t cm_checks_nodes(const struct cm_checks *c);

#endif
