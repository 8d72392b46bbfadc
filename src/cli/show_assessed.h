/* cli/show_assessed.h -- the part of `comity show` that lists assessments, as `comity disclose --assessment' counts them. */
#ifndef CM_CLI_SHOW_ASSESSED_H
#define CM_CLI_SHOW_ASSESSED_H

#include "cli/show.h"
#include "codec/json_write.h"

/* A row for each: no, exhibit, items, results, evidence, statement. */
#define CM_SHOW_ASSESSMENT_COLUMNS 6u
CM_RESULT cm_show_assessment_rows(struct cm_show *s, struct cm_table *t, struct cm_err *err);

/* The same as member "assessments"; nothing if there are none. */
CM_RESULT cm_show_assessment_json(struct cm_show *s, struct cm_jsonw *w, struct cm_err *err);

#endif
