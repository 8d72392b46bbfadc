/* rules/parts.h -- how this room keeps rules: as a tree to write again, as a flat table to decide.
 *
 * The table: a test looks at one attribute and names the next test; the next one always has a lower
 * index, so that deciding ends. */
#ifndef CM_RULES_PARTS_H
#define CM_RULES_PARTS_H

#include "rules/rules.h"

enum cm_expr_kind { CM_EXPR_IS, CM_EXPR_AND, CM_EXPR_OR, CM_EXPR_NOT };
enum cm_op { CM_OP_IN, CM_OP_IS, CM_OP_IS_NOT, CM_OP_BELOW, CM_OP_UPTO, CM_OP_ABOVE, CM_OP_FROM };

struct cm_expr {
	enum cm_expr_kind kind;
	struct cm_expr *first, *last; /* of and, or, not: what it joins */
	struct cm_expr *next, *prev;
	const struct cm_vocabulary *of;
	size_t attribute;
	enum cm_op op;
	int64_t *value; /* in: several */
	size_t n;
};

/* A word in a slot. */
struct cm_slot_word {
	size_t attribute;
	int64_t value;
	struct cm_slot_word *next;
};

#define CM_SLOTS ((size_t)CM_SLOT_FOR + 1)

enum cm_clause { CM_CLAUSE_HEAD, CM_CLAUSE_WHEN, CM_CLAUSE_OBLIGE, CM_CLAUSE_BECAUSE, CM_CLAUSES };

struct cm_comment {
	struct cm_span text;
	size_t line;
	bool blank; /* an empty line before it */
	struct cm_comment *next;
};
struct cm_comments {
	struct cm_comment *first, **end;
};

struct cm_rule {
	const char *name, *because; /* because: NULL if it has none */
	bool allow;
	size_t line;
	struct cm_slot_word *slot[CM_SLOTS]; /* of action NULL: anything */
	struct cm_expr *when;		     /* NULL: always */
	struct cm_bound oblige[CM_RULES_OBLIGATIONS_MAX];
	bool obliges;
	size_t n_atoms;
	/* for the formatter */
	bool blank;
	struct cm_comments comments[CM_CLAUSES]; /* before that clause */
	struct cm_span behind;			 /* behind its last word, in the same line */
	/* to decide */
	uint32_t names; /* a bit for each attribute it looks at */
	uint32_t entry;
	struct cm_rule *next;
};

/* What a text of CM_RULES_BYTES can become, tree and table. */
#define CM_RULES_MEMORY ((size_t)64 << 20)

#define CM_TEST_TRUE UINT32_MAX
#define CM_TEST_FALSE (UINT32_MAX - 1)

struct cm_test {
	uint32_t yes, no; /* an index lower than its own, or CM_TEST_TRUE, CM_TEST_FALSE */
	uint8_t attribute;
	bool range;
	union {
		uint64_t word[CM_RULES_WORDS_MAX / 64];
		struct {
			int64_t low, high; /* both in it */
		} between;
	} is;
};

struct cm_rules {
	const struct cm_vocabulary *v;
	size_t n;
	struct cm_rule **rule;
	struct cm_test *test;
	size_t n_tests;
	struct cm_comments last; /* behind all rules */
};

struct cm_condition {
	const struct cm_vocabulary *v;
	struct cm_expr *expr;
	uint32_t names, entry;
	struct cm_test *test;
	size_t n_tests;
};

/* "types", "as" ... */
const char *cm_rules_slot_word(size_t slot);

/* Decimal digits and, if there is one, the unit; -1. */
int64_t cm_rules_number(struct cm_span text, char unit);

/* rules/table.c: appends the tests of one rule; ${*names} gets a bit for each attribute it looks at. */
uint32_t cm_table_rule(struct cm_test *test, size_t *n, const struct cm_rule *r, uint32_t *names);
uint32_t cm_table_expr(struct cm_test *test, size_t *n, const struct cm_expr *e, uint32_t yes, uint32_t no,
    uint32_t *names);

/* A bit for each attribute that is not known. */
uint32_t cm_ask_missing(const struct cm_ask *q, const struct cm_vocabulary *v);
bool cm_test_run(const struct cm_test *test, uint32_t entry, const struct cm_ask *q);

#endif
