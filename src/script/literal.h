/* script/literal.h -- what a string literal stands for, and how one is written.
 *
 * Text is UTF-8, as far as it was made here; bytes that stand in a literal as they are stay so.
 * A literal written here has no escapes but \" \\ \n \r, so that reading and writing it again
 * changes nothing. */
#ifndef CM_SCRIPT_LITERAL_H
#define CM_SCRIPT_LITERAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/* UTF-16 units, as scripts count them, one after the other as UTF-8.  Halves of a pair that stand
 * alone are U+FFFD. */
struct cm_units {
	struct cm_buf *out;
	uint32_t high; /* waits for its other half; 0: none */
};

void cm_units_put(struct cm_units *u, uint32_t unit);
void cm_units_end(struct cm_units *u);

/* Appends what the literal ${token}, with its quotes, stands for. */
void cm_literal_read(struct cm_span token, struct cm_buf *out);

/* Appends ${content} as a literal in "". */
void cm_literal_write(struct cm_span content, struct cm_buf *out);

/* Is anything in it written so that its text cannot be found: \x68, \u0068, \150, \/ ? */
bool cm_literal_hides(struct cm_span token);

/* ${n} hexadecimal digits at the beginning of ${s}; -1: they are none. */
int32_t cm_hex_digits(struct cm_span s, size_t n);

#endif
