/* base/embedded.h -- a file of data/ that was built into the program (tools/embed.py). */
#ifndef CM_BASE_EMBEDDED_H
#define CM_BASE_EMBEDDED_H

#include <stddef.h>

#include "base/span.h"

struct cm_embedded {
	const char *name; /* of the file, without folders */
	struct cm_span bytes;
};

#endif
