/* codec/csv.h -- tables of spreadsheets: RFC 4180, and what they save instead of it.
 *
 * Lines end with CR LF or LF; cells are separated by comma, semicolon or tab, whichever of them the first line has
 * first; a cell may be in double quotes, doubled within.  A byte order mark at the beginning is skipped, spaces and
 * tabs around a cell are cut off.  A quoted cell may have line breaks in it; what characters may stand in a cell is
 * for the caller to check. */
#ifndef CM_CODEC_CSV_H
#define CM_CODEC_CSV_H

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

struct cm_csv {
	struct cm_span text;
	size_t at; /* where the next row begins */
	uint8_t separator;
	size_t row; /* the one that was read, from 1 */
	struct cm_span *cell; /* room of the caller for ${most} */
	size_t n, most;
	struct cm_buf unquoted;
};

/* ${cell} has room for ${most}; a row that has more is refused.  Ends with cm_csv_close. */
void cm_csv_open(struct cm_csv *t, struct cm_span text, struct cm_span *cell, size_t most);
bool cm_csv_ended(const struct cm_csv *t);

/* The next row, of at least one cell; its cells last until the next call.  Not to be called at the end.
 * CM_E_MALFORMED: a quote that does not end, with row and column; CM_E_LIMIT; CM_E_NOMEM. */
CM_RESULT cm_csv_next(struct cm_csv *t, struct cm_err *err);
void cm_csv_close(struct cm_csv *t);

/* Appends a cell, in quotes if it needs them, and a comma, or CR LF behind the last of a row. */
void cm_csv_put(struct cm_buf *out, struct cm_span cell, bool last);

#endif
