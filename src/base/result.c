#include <stdarg.h>
#include <stdio.h>

#include "base/result.h"

CM_PRINTF(3, 0) static enum cm_result
set(struct cm_err *err, enum cm_result code, const char *fmt, va_list ap)
{
	if (err == NULL || err->code != CM_OK)
		return code;
	err->code = code;
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	return code;
}

enum cm_result
cm_err_set(struct cm_err *err, enum cm_result code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(err, code, fmt, ap);
	va_end(ap);
	return code;
}

enum cm_result
cm_err_at(struct cm_err *err, enum cm_result code, uint64_t offset, const char *fmt, ...)
{
	va_list ap;
	bool first = err != NULL && err->code == CM_OK;

	va_start(ap, fmt);
	set(err, code, fmt, ap);
	va_end(ap);
	if (first) {
		err->has_offset = true;
		err->offset = offset;
	}
	return code;
}

const char *
cm_result_word(enum cm_result code)
{
	switch (code) {
	case CM_OK:
		return "ok";
	case CM_E_NOMEM:
		return "out of memory";
	case CM_E_IO:
		return "input/output error";
	case CM_E_MALFORMED:
		return "malformed";
	case CM_E_LIMIT:
		return "beyond a limit";
	case CM_E_REFUSED:
		return "refused";
	case CM_E_UNSUPPORTED:
		return "not supported";
	case CM_E_NOTFOUND:
		return "not found";
	case CM_E_USAGE:
		return "wrong use";
	}
	return "unknown";
}
