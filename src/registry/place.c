#include <stdarg.h>
#include <stdio.h>

#include "codec/utf8.h"
#include "registry/place.h"

enum cm_result
cm_place_fail(const struct cm_place_text *t, enum cm_result code, size_t at, const char *fmt, ...)
{
	unsigned line = t->line, column = 1;
	char what[300];
	va_list ap;

	for (size_t i = 0; i < at && i < t->in.len; i++) {
		if (t->in.ptr[i] == '\n') {
			line++;
			column = 1;
		} else {
			column += (t->in.ptr[i] & 0xc0) != 0x80;
		}
	}
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return cm_err_at(t->err, code, at, "line %u, column %u: %s", line, column, what);
}

CM_RESULT
cm_place_check(const struct cm_place_text *t, size_t max)
{
	size_t at = 0, len;

	if (t->in.len > max)
		return cm_err_set(t->err, CM_E_LIMIT, "a text of %zu bytes; at most %zu", t->in.len, max);
	while (at < t->in.len) {
		uint8_t c = t->in.ptr[at];

		len = cm_utf8_len(cm_span_part(t->in, at, t->in.len - at));
		if (len == 0)
			return cm_place_fail(t, CM_E_MALFORMED, at, "expected UTF-8");
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			return cm_place_fail(t, CM_E_MALFORMED, at, "a control character");
		at += len;
	}
	return CM_OK;
}
