/* cli/assess_csv.h -- an assessment's numbers as a table for spreadsheets, and back.
 *
 * A row of names, five rows of what items are (layer `item'), and a row for each hypothesis; a column for each item.
 * No cell begins with = + - or @, which spreadsheets would compute. */
#ifndef CM_CLI_ASSESS_CSV_H
#define CM_CLI_ASSESS_CSV_H

#include "cli/assess_load.h"

enum cm_assess_csv_row { CM_CSV_TYPE, CM_CSV_GROUP, CM_CSV_FORGE, CM_CSV_VIEW, CM_CSV_SOURCE };
#define CM_ASSESS_CSV_ROWS 5u
extern const char *const cm_assess_csv_rows[CM_ASSESS_CSV_ROWS]; /* "type", ... */

/* What stands in such a row for an item: "shared B, C", "F2", ""; of ranges "0.3 to 0.5", "?", "".  Appended. */
void cm_assess_csv_field(const struct cm_assess_item *item, enum cm_assess_csv_row row, struct cm_buf *out);
void cm_assess_csv_range(struct cm_assess_range p, bool asked, struct cm_buf *out);

/* Lays ${csv} over the text of ${f}: only what differs is changed.  What was changed is said on ctx->out.
 * CM_E_MALFORMED, CM_E_NOTFOUND: with row and column. */
CM_RESULT cm_assess_csv_take(const struct cm_context *ctx, struct cm_assess_file *f, struct cm_span csv, struct cm_buf *out,
    size_t *changes, struct cm_err *err);

#endif
