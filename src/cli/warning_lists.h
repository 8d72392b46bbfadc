/* cli/warning_lists.h -- the user's own warning lists: read before the confinement, understood inside it. */
#ifndef CM_CLI_WARNING_LISTS_H
#define CM_CLI_WARNING_LISTS_H

#include "base/buf.h"
#include "cli/cli.h"
#include "warning/warning.h"

#define CM_WARNING_FOLDER "warninglists" /* in the case folder */

/* Bytes of files, not looked at; ends with cm_warning_texts_free. */
struct cm_warning_text {
	const char *path;
	struct cm_buf json;
};
struct cm_warning_texts {
	struct cm_arena arena;
	struct cm_warning_text *item; /* in the heap; ascending by path within a folder */
	size_t n;
};

/* Adds all NAME.json of ${folder}, and all NAME/list.json as in a copy of MISP's lists.  CM_E_NOTFOUND: no such
 * folder; CM_E_IO, CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_warning_texts_add(struct cm_warning_texts *t, const char *folder, struct cm_err *err);
/* The same of the case's own folder of lists, if there is a case and it has one. */
CM_RESULT cm_warning_texts_of_case(struct cm_warning_texts *t, const struct cm_context *ctx, struct cm_err *err);
void cm_warning_texts_free(struct cm_warning_texts *t);

/* The lists that are built in and those, ready to be asked.  ${*bad}: the path of the one that is refused.  To be
 * called in the confined process. */
CM_RESULT cm_warning_texts_build(const struct cm_warning_texts *t, struct cm_warnings **out, const char **bad, struct cm_err *err);

#endif
