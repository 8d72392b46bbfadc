/* assess/sheet.h -- an assessment's numbers as a table for spreadsheets, and back (docs/assessments.md, section 4).
 *
 * A row of names, five rows of what items are (layer `item'), and a row for each hypothesis; a column for each item.
 * No cell begins with = + - or @, which spreadsheets would compute. */
#ifndef CM_ASSESS_SHEET_H
#define CM_ASSESS_SHEET_H

#include "assess/text.h"

enum cm_sheet_row { CM_SHEET_TYPE, CM_SHEET_GROUP, CM_SHEET_FORGE, CM_SHEET_VIEW, CM_SHEET_SOURCE };
#define CM_SHEET_ROWS 5u
extern const char *const cm_sheet_rows[CM_SHEET_ROWS]; /* "type", ... */

/* What stands in such a row for an item: "shared B, C", "F2", ""; of ranges "0.3 to 0.5", "?", "".  Appended. */
void cm_sheet_field(const struct cm_assess_item *item, enum cm_sheet_row row, struct cm_buf *out);
void cm_sheet_range(struct cm_assess_range p, bool asked, struct cm_buf *out);

/* Appends the whole table; out->failed if there was no memory. */
void cm_sheet_write(const struct cm_assessment *a, struct cm_buf *out);

/* What a table is laid over: a text, as it was read. */
struct cm_sheet_over {
	struct cm_span text;
	const struct cm_registry *registry;
	const struct cm_assessment *a;
	const struct cm_assess_places *places;
};

struct cm_sheet_taken {
	struct cm_buf text; /* as changed; empty if nothing differs */
	struct cm_buf said; /* "vpn, forge: F1 -> F2", a line for each change */
	size_t changes;
};

/* Lays the table ${csv} over a text: only what differs is changed, and columns and rows that are not there change
 * nothing.  What comes out has been read again, and is an assessment.  ${out} is released by cm_sheet_release, on an
 * error too.  CM_E_MALFORMED, CM_E_NOTFOUND, CM_E_LIMIT: with row and column, or why it would be none; CM_E_NOMEM. */
CM_RESULT cm_sheet_take(const struct cm_sheet_over *over, struct cm_span csv, struct cm_arena *arena,
    struct cm_sheet_taken *out, struct cm_err *err);
void cm_sheet_release(struct cm_sheet_taken *taken);

#endif
