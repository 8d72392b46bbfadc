/* log/tile_path.h -- the files of a log, by name (C2SP tlog-tiles).
 *
 *	checkpoint
 *	tile/L/N[.p/W]        hashes: W (256 if left out) of level 8 * L, from the W * N'th on
 *	tile/entries/N[.p/W]  entry bundles (log/bundle.h)
 *
 * N in groups of three digits, all but the last with an x before: 1234067 is x001/x234/067. */
#ifndef CM_LOG_TILE_PATH_H
#define CM_LOG_TILE_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

#define CM_LOG_TILE_WIDTH 256u
#define CM_LOG_TILE_HEIGHT 8u

struct cm_log_tile {
	bool entries;
	unsigned level; /* of tlog-tiles: 0..7; 0 for entries */
	uint64_t n;
	unsigned width; /* 1..256 */
};

void cm_log_tile_path(const struct cm_log_tile *t, struct cm_buf *out);

/* Reads such a path, without a slash before it.  CM_E_MALFORMED: not the one spelling. */
CM_RESULT cm_log_tile_parse(struct cm_span path, struct cm_log_tile *out);

/* The tiles of one level that a log of ${size} has: `full` of them, and a partial one of width
 * `partial` (0: none) behind them. */
struct cm_log_level {
	uint64_t full;
	unsigned partial;
};
struct cm_log_level cm_log_level_of(uint64_t size, unsigned level);

/* Has a log of ${size} this tile, or had it when it was smaller? */
bool cm_log_tile_is_of(const struct cm_log_tile *t, uint64_t size);

#endif
