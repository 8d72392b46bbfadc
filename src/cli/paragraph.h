/* cli/paragraph.h -- prose, broken at spaces to the width of the terminal.
 *
 * The text of one paragraph is put together in `text` and written by
 * cm_paragraph_end; it may hold what others wrote (cm_cli_text). */
#ifndef CM_CLI_PARAGRAPH_H
#define CM_CLI_PARAGRAPH_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"

struct cm_paragraph {
	FILE *f;
	size_t width;
	struct cm_buf text;
	struct cm_buf lines; /* as it is written, as far as no character needs to be escaped */
	bool lost; /* there was no memory for a paragraph: what was written is not all */
};

/* ${width} is brought into 60..100. */
struct cm_paragraph cm_paragraph_of(FILE *f, int width);

/* Writes the text and a line break: the first line ${first} columns in, the others
 * ${hang}.  Then the paragraph is empty. */
void cm_paragraph_end(struct cm_paragraph *p, size_t first, size_t hang);

void cm_paragraph_fini(struct cm_paragraph *p);

#endif
