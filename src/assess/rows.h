/* assess/rows.h -- an assessment as rows: what is sealed, signed, opened in part and computed again (docs/formats.md 2.14).
 *
 * One JSON object a row, with every value settled: group, forge class, plantability, original of a copy.  Rows come in
 * the order assessment, classes, hypotheses, items, results; a reader takes what is there, since items and
 * results may stay shut.  Results stand for what their author computed, to be compared. */
#ifndef CM_ASSESS_ROWS_H
#define CM_ASSESS_ROWS_H

#include "assess/assess.h"
#include "assess/views.h"
#include "codec/json_read.h"
#include "codec/json_write.h"

/* Members that become columns of their own when rows are sealed; ends with NULL. */
extern const char *const cm_assess_columns[];

enum cm_assess_row {
	CM_ASSESS_ROW_FRAME, /* assessment, class, hypothesis, without */
	CM_ASSESS_ROW_ITEM,
	CM_ASSESS_ROW_RESULT
};

/* Which row is what: for who chooses rows to open. */
struct cm_assess_row_of {
	enum cm_assess_row kind;
	size_t number; /* of the item, of the result */
};

/* Writes all rows, a line each.  ${of} gets one entry a row, in ${arena}.  CM_E_NOMEM. */
struct cm_assess_row_list {
	const struct cm_assess_row_of *of;
	size_t n;
};
CM_RESULT cm_assess_rows_write(const struct cm_assessment *a, const struct cm_views *results, struct cm_arena *arena,
    struct cm_buf *out, struct cm_assess_row_list *list);

/* A result that stands in a row. */
struct cm_assess_claimed {
	enum cm_assess_view_of view;
	const char *to; /* of `shared'; or NULL */
	enum cm_layer layer;
	uint64_t items; /* in the view */
	const char *const *name; /* hypotheses, as named there, */
	const struct cm_posterior *share; /* and what they got */
	size_t n;
};

struct cm_assess_read {
	struct cm_assessment a;
	const struct cm_assess_claimed *claimed;
	size_t n_claimed;
	const size_t *item_row; /* of each item its place in the list that was read */
};

/* Reads ${rows}, a list of objects; members that are absent are shut or not said.  Names that lead to an item that is
 * not there are kept apart: copies of it are copies of the first of them.  All memory from ${arena}.
 * CM_E_MALFORMED with number and member of the row; CM_E_LIMIT; CM_E_NOMEM. */
CM_RESULT cm_assess_rows_read(struct cm_json rows, struct cm_arena *arena, struct cm_assess_read *out, struct cm_err *err);

/* The same from a text of lines, as written. */
CM_RESULT cm_assess_rows_parse(struct cm_span text, struct cm_arena *arena, struct cm_assess_read *out, struct cm_err *err);

#endif
