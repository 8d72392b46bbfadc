/* dossier/report_axis.h -- scales of the report's pictures: times of day, and numbers.
 *
 * Pictures have units of their own, integers, as wide as CM_PIC_W.  All times are bounded by
 * nothing but int64_t, as a sender states them.  For report_*.c only. */
#ifndef CM_DOSSIER_REPORT_AXIS_H
#define CM_DOSSIER_REPORT_AXIS_H

#include <stdint.h>

#include "base/buf.h"

#define CM_PIC_W 760
#define CM_PIC_LEFT 70
#define CM_PIC_RIGHT 738

/* ${from_ns} < ${to_ns}, drawn from CM_PIC_LEFT to CM_PIC_RIGHT. */
struct cm_axis {
	int64_t from_ns, to_ns;
};

/* Where a time lies; what is outside lies on the edge. */
int cm_axis_x(const struct cm_axis *a, int64_t t_ns);

/* Upright lines from ${top} to ${ground} at round times of day, and under ${ground} which they are. */
void cm_axis_times(struct cm_buf *out, const struct cm_axis *a, int top, int ground);

/* The same for a time that begins with 0, in seconds; ${most_ns} > 0. */
void cm_axis_seconds(struct cm_buf *out, int64_t most_ns, int top, int ground);

/* "time of day, UTC, 2024-01-01", at the right end of height ${y}. */
void cm_axis_caption(struct cm_buf *out, const struct cm_axis *a, int y);

/* "00:01:30", or with thousandths if ${fine}. */
#define CM_CLOCK_TEXT 16
const char *cm_clock_text(int64_t t_ns, bool fine, char out[CM_CLOCK_TEXT]);

/* The smallest round number that is not below ${most}, and not 0. */
uint64_t cm_axis_round(uint64_t most);

/* Numbers from 0 to ${round} from ${ground} up to ${top}, each with ${unit}; ${title} stands above them. */
void cm_axis_values(struct cm_buf *out, int top, int ground, uint64_t round, const char *unit, const char *title);

/* How far above the ground of ${height} units ${n} of ${round} lies. */
int cm_axis_height(uint64_t n, uint64_t round, int height);

#endif
