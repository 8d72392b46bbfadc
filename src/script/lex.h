/* script/lex.h -- the words of a script, and of the markup it stands in.
 *
 * Not a parser: it knows strings, so that nobody looks for words inside them, comments, regular
 * expressions, names, numbers and single marks.  Quotes that do not close on their line (an
 * apostrophe in prose) are marks.
 *
 * Untrusted input: total.  Each byte is looked at a bounded number of times: where a closing quote
 * was sought in vain is remembered.  Who reads ahead copies the struct and goes on with the copy. */
#ifndef CM_SCRIPT_LEX_H
#define CM_SCRIPT_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/span.h"

enum cm_lex_kind {
	CM_LEX_END,
	CM_LEX_NAME,
	CM_LEX_NUMBER,
	CM_LEX_STRING,   /* closed, with its quotes; `..` without ${ as well */
	CM_LEX_TEMPLATE, /* `..${..}..` */
	CM_LEX_REGEX,    /* with slashes and flags */
	CM_LEX_MARK      /* one byte of anything else */
};

struct cm_token {
	enum cm_lex_kind kind;
	size_t from, to; /* in the text */
	uint8_t mark;    /* of CM_LEX_MARK and, its quote, of CM_LEX_STRING; else 0 */
};

enum { CM_LEX_CLOSERS = 5 };

struct cm_lex {
	struct cm_span text;
	size_t at;
	bool operand;                    /* a / behind this divides */
	size_t hopeless[CM_LEX_CLOSERS]; /* up to where none closes */
	uint64_t *looked;                /* counts bytes */
};

struct cm_lex cm_lex_of(struct cm_span text, uint64_t *looked);

struct cm_token cm_lex_next(struct cm_lex *l);

/* Is the next word this one?  Then it is taken, else not. */
bool cm_lex_take_mark(struct cm_lex *l, uint8_t mark);
bool cm_lex_take_name(struct cm_lex *l, const char *name);
bool cm_lex_take(struct cm_lex *l, enum cm_lex_kind kind, struct cm_token *out);

/* What the next word is, without taking it. */
struct cm_token cm_lex_peek(const struct cm_lex *l);

static inline struct cm_span
cm_token_text(const struct cm_lex *l, struct cm_token t)
{
	return cm_span_part(l->text, t.from, t.to - t.from);
}

static inline bool
cm_token_is(const struct cm_lex *l, struct cm_token t, const char *name)
{
	size_t len = strlen(name);

	return t.kind == CM_LEX_NAME && t.to - t.from == len &&
	       memcmp(l->text.ptr + t.from, name, len) == 0;
}

/* Does ${t}, before a ( or [, make that a call or an index? */
bool cm_token_ends_operand(const struct cm_lex *l, struct cm_token t);

bool cm_lex_is_word(uint8_t c); /* JavaScript's \w */
bool cm_lex_is_space(uint8_t c);

/* Is it one of these, which end with NULL, in capitals or not? */
bool cm_word_among(struct cm_span s, const char *const *words);

/* The value of a number as scripts write it (2000, 2E3, 0x7d0), without what stands behind the
 * point; false: none, or above 2^53. */
bool cm_lex_number(struct cm_span text, uint64_t *out);

#endif
