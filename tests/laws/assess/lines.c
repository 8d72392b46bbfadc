#include "lines.h"

#include <stdio.h>
#include <stdlib.h>

void
answer_lines(void (*answer)(struct cm_span line))
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, stdin)) > 0) {
		answer(cm_span_of(line, (size_t)n));
		fflush(stdout);
	}
	free(line);
}
