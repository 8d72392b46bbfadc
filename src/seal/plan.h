/* seal/plan.h -- which cells of a sealed table are to be opened.
 *
 * A plan is ranges of rows, ascending; what is in no range stays shut.  It holds
 * no cells and needs no exhibit; whether it may be carried out is asked of
 * cm_plan_check, which reads the rows (FORMATS 1.2, last paragraph). */
#ifndef CM_SEAL_PLAN_H
#define CM_SEAL_PLAN_H

#include "seal/schema.h"

/* One bit a column. */
typedef uint64_t cm_columns;

static inline cm_columns
cm_column_bit(size_t column)
{
	return (cm_columns)1 << column;
}

struct cm_plan_range {
	uint64_t from, to; /* rows [from, to) */
	cm_columns open;   /* not shut */
	cm_columns tied;   /* part of `open`, linked columns only: tied; others are named */
	bool by_row;       /* these rows were asked for by their number */
};

/* Zero-initialise; ends with cm_plan_release. */
struct cm_plan {
	struct cm_plan_range *range; /* ascending, none empty, no two that could be one */
	size_t n, cap;
};

/* Puts a range behind the last one.  A range that opens nothing is left out.
 * CM_E_USAGE: it does not lie behind the last one, or `tied` is no part of `open`.
 * CM_E_NOMEM. */
CM_RESULT cm_plan_add(struct cm_plan *p, struct cm_plan_range range);

/* Opens more: the range is laid over what is there.  Where both open a linked cell,
 * named wins over tied.  CM_E_USAGE, CM_E_NOMEM; the plan is then as it was. */
CM_RESULT cm_plan_merge(struct cm_plan *p, struct cm_plan_range range);

/* The range that holds ${row}, or NULL. */
const struct cm_plan_range *cm_plan_find(const struct cm_plan *p, uint64_t row);

enum cm_cell_state cm_plan_state(
    const struct cm_plan_range *r, const struct cm_schema *s, size_t column);

void cm_plan_release(struct cm_plan *p);

/* May the rows be opened so?
 *  - ranges lie inside the table and name columns it has; only linked ones are tied;
 *  - capture/1: a row that is no packet is opened only `by_row`;
 *  - `mask` is opened only with headers, payload, src and dst (both named) of its
 *    row, and headers, payload, src and dst of every other row of its datagram.
 *    (FORMATS asks for src, dst and payload; checksums cover headers as well.)
 * Parts of a datagram are known by addresses, identification and protocol, as a
 * receiver would; where a capture is so long that identifications come again,
 * those rows count as one datagram: it is refused too often, never too seldom.
 *
 * Fed row by row, in order: all rows of the exhibit if the plan opens `mask`
 * anywhere, else only those that are opened (the others do no harm).  Where the
 * other parts of a datagram lie, if it has any, only all rows can say.  But if no
 * row of which `mask` is opened is a part of one, no other row matters: whoever
 * can read rows out of turn looks at these first, and is then spared the rest. */
struct cm_plan_checker;

CM_RESULT cm_plan_checker_new(const struct cm_plan *p, const struct cm_schema *s, uint64_t rows,
    struct cm_plan_checker **out, struct cm_err *err);
/* CM_E_REFUSED with the row and the reason; CM_E_NOMEM. */
CM_RESULT cm_plan_checker_row(
    struct cm_plan_checker *c, uint64_t row, const struct cm_cells *cells, struct cm_err *err);
/* Must it see every row, or only those that are opened? */
bool cm_plan_checker_needs_all(const struct cm_plan_checker *c);

/* Looks at a row of which `mask` is opened, before all rows are fed; and, once it has seen
 * all of these: the checker no longer needs all, unless one was a part of a datagram.  If a
 * row is fed later that is such a part all the same, it is refused: the exhibit changes. */
void cm_plan_checker_look(struct cm_plan_checker *c, const struct cm_cells *cells);
void cm_plan_checker_looked(struct cm_plan_checker *c);
void cm_plan_checker_free(struct cm_plan_checker *c); /* NULL is fine */

/* All of it in one go. */
CM_RESULT cm_plan_check(const struct cm_plan *p, const struct cm_seal *seal,
    struct cm_cell_source source, struct cm_err *err);

#endif
