/* dossier/lines.h -- what is said of a dossier, line by line. */
#ifndef CM_DOSSIER_LINES_H
#define CM_DOSSIER_LINES_H

#include <stdarg.h>

#include "base/arena.h"
#include "base/result.h"

#define CM_LINES_MAX 8192
#define CM_LINE_LEN 600 /* bytes; the rest of one is cut off */

/* Zero-initialise with the arena set. */
struct cm_lines {
	struct cm_arena *arena;
	const char **line;
	size_t n;
};

/* One more; beyond CM_LINES_MAX they are left out.  CM_E_NOMEM. */
CM_RESULT cm_lines_say(struct cm_lines *l, const char *fmt, ...) CM_PRINTF(2, 3);
CM_RESULT cm_lines_vsay(struct cm_lines *l, const char *fmt, va_list ap) CM_PRINTF(2, 0);

#endif
