/* cli/assess_page.h -- pages of assessments: made in the confined child, written by its parent. */
#ifndef CM_CLI_ASSESS_PAGE_H
#define CM_CLI_ASSESS_PAGE_H

#include "cli/assess_compare.h"
#include "cli/assess_show.h"

/* Into the `page' of each.  CM_E_NOMEM, CM_E_LIMIT. */
CM_RESULT cm_assess_show_page(struct cm_assess_show *s, struct cm_err *err);
CM_RESULT cm_assess_beside_page(struct cm_assess_beside *b, struct cm_err *err);

/* A new file.  On false it has been said. */
bool cm_assess_page_write(const struct cm_context *ctx, const char *path, struct cm_span page);

#endif
