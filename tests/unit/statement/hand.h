/* What the tests of this room share: keys, times and statements made by hand. */
#ifndef CM_TESTS_STATEMENT_HAND_H
#define CM_TESTS_STATEMENT_HAND_H

#include "statement/key.h"
#include "statement/statement.h"

struct cm_key hand_key(uint8_t first);

/* A statement with everything in it, number 2 of hand_key(1). */
struct cm_statement hand_head(enum cm_predicate type);

/* Writes a statement with that head and these members of its own (JSON, each behind a comma). */
void hand_text(const struct cm_statement *s, void (*body)(void *, struct cm_jsonw *), void *arg,
    struct cm_buf *out);

/* Reads ${text} as a statement, and then what ${read} reads of it into ${out}; all memory of ${a}. */
typedef enum cm_result hand_reader(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err);
enum cm_result hand_read(const char *text, hand_reader *read, struct cm_arena *a, void *out, struct cm_err *err);

/* ${text} with the first ${from} in it replaced; fails if there is none.  The caller frees. */
char *hand_swap(const char *text, const char *from, const char *to);

#endif
