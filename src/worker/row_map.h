/* worker/row_map.h -- which row of the sealed table a frame of a capture is.
 *
 * Findings speak of frames while the capture is read, statements of rows: the map
 * is learnt on the way.  Frames and rows go up by one together nearly always (one
 * header in front, now and then a block that is no packet), so that it is kept as
 * runs.  A file in which they do not, one made for that, fills it up: then `full`
 * is set, and what lies behind is found by reading the file again. */
#ifndef CM_WORKER_ROW_MAP_H
#define CM_WORKER_ROW_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

#define CM_ROW_MAP_RUNS ((size_t)1 << 19) /* 12 MiB */

struct cm_row_run {
	uint64_t frame, row, n; /* frames frame.. are the rows row.. */
};

/* Zero-initialise; ends with cm_row_map_release. */
struct cm_row_map {
	struct cm_row_run *run; /* ascending */
	size_t n, cap;
	bool full; /* some frame could not be kept */
};

/* The frame is that row; both greater than any before.  CM_E_NOMEM. */
CM_RESULT cm_row_map_add(struct cm_row_map *m, uint64_t frame, uint64_t row);

/* The row of a frame; UINT64_MAX: it is none, or not kept. */
uint64_t cm_row_map_find(const struct cm_row_map *m, uint64_t frame);

void cm_row_map_release(struct cm_row_map *m);

#endif
