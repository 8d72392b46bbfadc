/* tests/unit/cli/capture_text.h -- a context whose output and talk are kept in memory. */
#ifndef CM_TESTS_CAPTURE_TEXT_H
#define CM_TESTS_CAPTURE_TEXT_H

#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"

struct captured {
	struct cm_context ctx;
	char *text;
	size_t len;
};

static inline void
captured_begin(struct captured *c)
{
	*c = (struct captured) { .ctx = { .program = "comity", .width = 80 } };
	c->ctx.out = c->ctx.err = open_memstream(&c->text, &c->len);
}

/* What was said so far; valid until more is. */
static inline const char *
captured_text(struct captured *c)
{
	fflush(c->ctx.err);
	return c->text;
}

static inline void
captured_end(struct captured *c)
{
	fclose(c->ctx.err);
	free(c->text);
}

#endif
