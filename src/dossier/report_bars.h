/* dossier/report_bars.h -- counts as bars: a table of which each line has its bar.  For report_*.c only. */
#ifndef CM_DOSSIER_REPORT_BARS_H
#define CM_DOSSIER_REPORT_BARS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* Begins a table; ${title} is ours, ${seen} different ones are said to be (0: not said). */
void cm_bars_begin(struct cm_buf *out, const char *title, uint64_t seen);

/* Is the line of number ${i} worth showing: one of the first three, or a hundredth of all at least? */
bool cm_bars_worth(uint32_t i, uint64_t n, uint64_t all);

/* A line for others' text, which is escaped; ${n} of ${all}. */
void cm_bars_line(struct cm_buf *out, struct cm_span text, uint64_t n, uint64_t all);

/* All that the lines above leave, called ${others}, and the end. */
void cm_bars_end(struct cm_buf *out, const char *others, uint64_t rest, uint64_t all);

/* Parts per million; of nothing: none; never more than all. */
int64_t cm_bars_ppm(uint64_t n, uint64_t all);

/* Upright bars of equal width from ${top} to ${ground}, as one path of class ${class}. */
void cm_bars_draw(struct cm_buf *out, const uint64_t *n, uint32_t bars, const char *class, int top, int ground, uint64_t round);
uint64_t cm_bars_most(const uint64_t *n, uint32_t bars);

#endif
