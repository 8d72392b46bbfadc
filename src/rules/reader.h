/* rules/reader.h -- what the readers of rules, conditions and bounds share.
 *
 * One word is looked ahead.  Comments are taken out on the way and kept for the formatter. */
#ifndef CM_RULES_READER_H
#define CM_RULES_READER_H

#include "rules/lex.h"
#include "rules/parts.h"

struct cm_reader {
	struct cm_rules_lex lex;
	const struct cm_vocabulary *v;
	struct cm_arena *arena;
	struct cm_err *err;
	struct cm_rules_token token;   /* the next one, no comment */
	size_t line;		       /* of the last one taken */
	struct cm_comments comments;   /* between the two */
	struct cm_comments *collect;   /* where the comments before a word go when it is taken; NULL: nowhere */
	unsigned depth;
};

/* Reads the first word. */
CM_RESULT cm_reader_begin(struct cm_reader *r, struct cm_span text, size_t line, const struct cm_vocabulary *v,
    struct cm_arena *arena, struct cm_err *err);

/* The next word is done with: reads the one behind it. */
CM_RESULT cm_reader_take(struct cm_reader *r);

bool cm_reader_at(const struct cm_reader *r, enum cm_rules_token_kind kind, const char *text);
bool cm_reader_at_word(const struct cm_reader *r, const char *word);
bool cm_reader_at_mark(const struct cm_reader *r, const char *mark);

/* "line 3, column 14: expected WHAT, not FOUND" */
enum cm_result cm_reader_expected(struct cm_reader *r, const char *what);
/* "line 3, column 14: ..." */
enum cm_result cm_reader_refuse(struct cm_reader *r, const char *fmt, ...) CM_PRINTF(2, 3);
CM_RESULT cm_reader_mark(struct cm_reader *r, const char *mark);

/* Memory of the arena; NULL: it has been said. */
void *cm_reader_alloc(struct cm_reader *r, size_t n, size_t size);

void cm_comments_append(struct cm_comments *to, const struct cm_comments *more);

/* One value of an attribute: its index, number or day. */
CM_RESULT cm_reader_value(struct cm_reader *r, size_t attribute, int64_t *out);

/* A condition; ${*n_atoms} grows by the tests that it may need. */
CM_RESULT cm_reader_expr(struct cm_reader *r, struct cm_expr **out, size_t *n_atoms);

/* An obligation with its bound. */
CM_RESULT cm_reader_bound(struct cm_reader *r, size_t *obligation, struct cm_bound *out);

#endif
