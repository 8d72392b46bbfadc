#include <stdio.h>

#include "dossier/lines.h"

enum cm_result
cm_lines_vsay(struct cm_lines *l, const char *fmt, va_list ap)
{
	char text[CM_LINE_LEN];

	if (l->line == NULL)
		l->line = cm_arena_array(l->arena, CM_LINES_MAX, sizeof(l->line[0]));
	if (l->line == NULL)
		return CM_E_NOMEM;
	if (l->n == CM_LINES_MAX)
		return CM_OK;
	vsnprintf(text, sizeof(text), fmt, ap);
	l->line[l->n] = cm_arena_printf(l->arena, "%s", text);
	return l->line[l->n++] != NULL ? CM_OK : CM_E_NOMEM;
}

enum cm_result
cm_lines_say(struct cm_lines *l, const char *fmt, ...)
{
	va_list ap;
	enum cm_result rc;

	va_start(ap, fmt);
	rc = cm_lines_vsay(l, fmt, ap);
	va_end(ap);
	return rc;
}
