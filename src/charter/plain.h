/* charter/plain.h -- text that people sign: nothing in it that they can not see.
 *
 * Who signs a text signs its bytes, and what he reads is what a screen makes of them.  So a charter has no
 * character that a screen does not show, shows as a blank though it is none, or that turns the direction of
 * writing; and no way to keep a part of it from a viewer of Markdown (comments of HTML).  Two letters that look
 * alike stay: a list of members says with their keys who is meant.  Pure. */
#ifndef CM_CHARTER_PLAIN_H
#define CM_CHARTER_PLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

/* UTF-8; lines end with one newline; blanks are U+0020, and U+0009 only where a line begins.
 * CM_E_MALFORMED: "line 3, column 14: U+200B, which nobody sees"; columns count characters, from 1. */
CM_RESULT cm_plain_check(struct cm_span text, struct cm_err *err);

/* Has ${text} a character that such a text may not have, a newline, or a mark that joins the letter before it?
 * (A name in two spellings, U+00E9 and U+0065 U+0301, would be two names that look the same.) */
bool cm_plain_name(struct cm_span text);

#endif
