#include <stdlib.h>

#include "weblog/weblog.h"

struct cm_weblog {
	enum cm_weblog_form form;
};

enum cm_weblog_form
cm_weblog_guess(struct cm_span head)
{
	(void)head;
	return CM_WEBLOG_NONE;
}

const char *
cm_weblog_word(enum cm_weblog_form form)
{
	static const char *const word[] = { "none", "common", "combined", "json" };

	return word[form];
}

CM_RESULT
cm_weblog_new(enum cm_weblog_form form, struct cm_weblog **out)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return CM_E_NOMEM;
	(*out)->form = form;
	return CM_OK;
}

void
cm_weblog_free(struct cm_weblog *w)
{
	free(w);
}

CM_RESULT
cm_weblog_line(struct cm_weblog *w, struct cm_span line, struct cm_request *out, struct cm_err *why)
{
	(void)w, (void)line, (void)out;
	return cm_err_set(why, CM_E_MALFORMED, "not read yet");
}
