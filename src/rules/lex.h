/* rules/lex.h -- the words of a text of rules, each with its line and column.
 *
 * Everything but what stands in quotes is ASCII, so that nothing can look like what it is not; in
 * quotes there is no control, no mark that turns the direction of writing, and nothing that has no
 * ink.  Columns count characters from 1.  Total: each byte is looked at once. */
#ifndef CM_RULES_LEX_H
#define CM_RULES_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/result.h"
#include "base/span.h"

enum cm_rules_token_kind {
	CM_RULES_END,
	CM_RULES_WORD,	  /* [A-Za-z][A-Za-z0-9+-]* */
	CM_RULES_NUMBER,  /* [0-9][0-9A-Za-z-]*: numbers with a unit, days */
	CM_RULES_STRING,  /* without its quotes */
	CM_RULES_MARK,	  /* : , ( ) . = != < <= > >= */
	CM_RULES_COMMENT, /* from # on, without white space at its end */
};

struct cm_rules_token {
	enum cm_rules_token_kind kind;
	struct cm_span text;
	size_t line, column; /* where it begins */
	bool blank;	     /* an empty line stood before it */
};

struct cm_rules_lex {
	struct cm_span text;
	size_t at, line, column;
};

/* CM_E_MALFORMED with line and column. */
CM_RESULT cm_rules_lex_next(struct cm_rules_lex *l, struct cm_rules_token *out, struct cm_err *err);

bool cm_rules_token_is(const struct cm_rules_token *t, enum cm_rules_token_kind kind, const char *text);

#endif
