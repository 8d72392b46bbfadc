/* A question a line, in JSON, on standard input; an answer a line, in JSON, on standard output. */
#ifndef CM_TESTS_LAWS_ASSESS_LINES_H
#define CM_TESTS_LAWS_ASSESS_LINES_H

#include "base/span.h"

/* Each line to ${answer}, until there is none. */
void answer_lines(void (*answer)(struct cm_span line));

#endif
