/* assess/rows_parts.h -- within the room: what the readers of rows share.
 *
 * Members that may be absent leave what they fill as it was.  All of them say number and member of the row. */
#ifndef CM_ASSESS_ROWS_PARTS_H
#define CM_ASSESS_ROWS_PARTS_H

#include "assess/rows.h"

struct cm_row_reading {
	struct cm_json rows;
	struct cm_arena *arena;
	struct cm_err *err;
	struct cm_assess_read *out;
	struct cm_assessment *a;
	struct cm_assess_claimed *claimed;
	size_t *item_row;
	size_t row; /* that is looked at */
	unsigned classes; /* bits of those that were there */
	size_t *by_name; /* items, sorted by name */
};

enum cm_result cm_row_refuse(const struct cm_row_reading *r, const char *what);
/* Says which row it is in, once. */
enum cm_result cm_row_in_row(const struct cm_row_reading *r, enum cm_result rc, const struct cm_err *why);
enum cm_result cm_row_no_memory(const struct cm_row_reading *r);

/* A copy in the arena. */
CM_RESULT cm_row_keep(const struct cm_row_reading *r, const char *text, const char **out);
CM_RESULT cm_row_text_of(const struct cm_row_reading *r, struct cm_json v, const char *name, const char *otherwise, const char **out);
CM_RESULT cm_row_name_of(const struct cm_row_reading *r, struct cm_json v, const char *name, const char **out);
CM_RESULT cm_row_word_of(const struct cm_row_reading *r, struct cm_json v, const char *name, int (*find)(const char *), int *out);
CM_RESULT cm_row_number_of(const struct cm_row_reading *r, struct cm_json v, const char *name, int64_t min, int64_t max, int64_t *out);
CM_RESULT cm_row_range_of(const struct cm_row_reading *r, struct cm_json v, const char *name, int64_t max, struct cm_assess_range *out);
CM_RESULT cm_row_texts_of(const struct cm_row_reading *r, struct cm_json v, const char *name, size_t max, const char ***out, size_t *n);
/* "F2": the letter, and a digit from ${lo} to ${hi}, of which ${lo} counts 0. */
CM_RESULT cm_row_coded_of(const struct cm_row_reading *r, const char *text, char letter, char lo, char hi, int *out);
CM_RESULT cm_row_layer_of(const struct cm_row_reading *r, struct cm_json v, enum cm_layer *out);

/* rows_item.c */
CM_RESULT cm_row_read_item(struct cm_row_reading *r, struct cm_json v);
/* When all items are known: copies and what they are derived from. */
CM_RESULT cm_row_link_items(struct cm_row_reading *r);

#endif
