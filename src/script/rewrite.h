/* script/rewrite.h -- one pass over a text, in which literals become what they stand for.
 *
 * A pass reads words and puts, from front to back, new text in the place of some of them.  What it
 * does not replace stays as it is; if it replaces nothing there is no new text at all.  Each pass
 * is for one way of hiding, is linear, and leaves nothing behind that it would replace again
 * without end: what it makes is plainer than what it was made of.
 *
 * The new text grows up to a bound.  Beyond, it ends: `out.over`. */
#ifndef CM_SCRIPT_REWRITE_H
#define CM_SCRIPT_REWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "script/lex.h"

struct cm_rewrite {
	struct cm_span in;
	struct cm_buf out;
	size_t done;            /* of the text: copied or replaced */
	struct cm_buf a, b, ab; /* a pass may use these as it likes */
	uint64_t looked;
	const char *left; /* what a pass left alone because of a bound of ours; NULL: nothing */
};

void cm_rewrite_begin(struct cm_rewrite *rw, struct cm_span in, size_t max);

/* The words of the text, counted. */
struct cm_lex cm_rewrite_words(struct cm_rewrite *rw);

/* Has a replacement failed?  Then there is no sense in going on. */
bool cm_rewrite_failed(const struct cm_rewrite *rw);

/* Copies what stands before ${from} and goes on behind ${to}, both in the text, ascending.  What
 * is appended to `out` then stands in between. */
void cm_rewrite_at(struct cm_rewrite *rw, size_t from, size_t to);

/* The same, with a literal of ${content}. */
void cm_rewrite_literal(struct cm_rewrite *rw, size_t from, size_t to, struct cm_span content);

/* Has anything been replaced?  Then `out` is the whole new text. */
bool cm_rewrite_end(struct cm_rewrite *rw);

void cm_rewrite_release(struct cm_rewrite *rw);

/* Empties ${b} and appends what the literal stands for. */
struct cm_span cm_rewrite_read(const struct cm_lex *l, struct cm_token literal, struct cm_buf *b);

/* The passes, in the order they are tried in. */
typedef void cm_pass_fn(struct cm_rewrite *rw);

cm_pass_fn cm_pass_packer;   /* eval(function(p,a,c,k,e,d){..}('..',62,9,'a|b'.split('|'),0,{})) */
cm_pass_fn cm_pass_escapes;  /* "\x68\u0074\/" */
cm_pass_fn cm_pass_percent;  /* unescape("%68%u0074"), decodeURI.. */
cm_pass_fn cm_pass_codes;    /* String.fromCharCode(104, 0x74) */
cm_pass_fn cm_pass_base64;   /* atob("aHR0") */
cm_pass_fn cm_pass_joined;   /* "a" + "b", ["a", "b"].join(""), "a".concat("b") */
cm_pass_fn cm_pass_turned;   /* "ba".split("").reverse().join("") */
cm_pass_fn cm_pass_replaced; /* "axb".replace(/x/g, ""), "axb".split("x").join("") */
cm_pass_fn cm_pass_members;  /* window["eval"] */
cm_pass_fn cm_pass_names;    /* var a = "x", b = ["y", "z"]; a, b[1] */
cm_pass_fn cm_pass_written;  /* eval("code"), document.write("markup") */
cm_pass_fn cm_pass_data;     /* data:text/html;base64,.. */
cm_pass_fn cm_pass_entities; /* &#104;&#x74; */

#endif
