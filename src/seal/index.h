/* seal/index.h -- what the sealer of a table keeps beside the secret (docs/formats.md 1.5).
 *
 * 8 bytes that say so, then for every 256 rows (a tile) a record of
 *	node (the hash of their subtree, FORMATS 1.1)
 *	for every 16 of them (a group): offset u64 (of its first row in the file) || node
 *	the first 4 bytes of each row's leaf hash
 * 6.6 bytes a row, big-endian, joined; the last record has fewer groups and leaves, the last
 * group fewer rows; of a capture the places (seal/places.h) stand behind.  With it an
 * opening touches only the groups of which it opens some row, if the source can seek, and a
 * row that changed since the seal is named.  It holds commitments only: nothing to hide.
 *
 * Whoever asks for a row sees to it that the table has it and that the index is as long as
 * cm_index_len says. */
#ifndef CM_SEAL_INDEX_H
#define CM_SEAL_INDEX_H

#include <string.h>

#include "base/span.h"
#include "seal/schema.h"
#include "seal/tile.h"

#define CM_INDEX_MAGIC "CMindex2"
#define CM_INDEX_HEAD 8u
#define CM_INDEX_CHECK 4u
#define CM_INDEX_GROUP (8u + CM_HASH_LEN)
#define CM_INDEX_RECORD \
	(CM_HASH_LEN + CM_INDEX_GROUP * CM_TILE_GROUPS + CM_INDEX_CHECK * CM_TILE_ROWS)

/* Is it one?  Those of before there were groups are not, and are as good as none. */
static inline bool
cm_index_is(struct cm_span index)
{
	return index.len >= CM_INDEX_HEAD && memcmp(index.ptr, CM_INDEX_MAGIC, CM_INDEX_HEAD) == 0;
}

/* Length of the index of so many rows, without places. */
static inline uint64_t
cm_index_len(uint64_t rows)
{
	uint64_t tiles = (rows + CM_TILE_ROWS - 1) / CM_TILE_ROWS;
	uint64_t groups = (rows + CM_GROUP_ROWS - 1) / CM_GROUP_ROWS;

	return CM_INDEX_HEAD + tiles * CM_HASH_LEN + groups * CM_INDEX_GROUP + rows * CM_INDEX_CHECK;
}

/* The node over the tile of ${row}. */
static inline const uint8_t *
cm_index_tile(struct cm_span index, uint64_t row)
{
	return index.ptr + CM_INDEX_HEAD + row / CM_TILE_ROWS * CM_INDEX_RECORD;
}

/* Of the group of ${row}: where its first row lies, and its node behind that. */
static inline const uint8_t *
cm_index_group(struct cm_span index, uint64_t row)
{
	return cm_index_tile(index, row) + CM_HASH_LEN +
	       row % CM_TILE_ROWS / CM_GROUP_ROWS * CM_INDEX_GROUP;
}

static inline uint64_t
cm_index_offset(struct cm_span index, uint64_t row)
{
	return cm_get64(cm_index_group(index, row));
}

static inline const uint8_t *
cm_index_node(struct cm_span index, uint64_t row)
{
	return cm_index_group(index, row) + 8;
}

/* The beginning of the leaf of ${row}, one of ${rows}. */
static inline const uint8_t *
cm_index_check(struct cm_span index, uint64_t rows, uint64_t row)
{
	uint64_t left = rows - row / CM_TILE_ROWS * CM_TILE_ROWS;
	uint64_t groups = left >= CM_TILE_ROWS ? CM_TILE_GROUPS : (left + CM_GROUP_ROWS - 1) / CM_GROUP_ROWS;

	return cm_index_tile(index, row) + CM_HASH_LEN + groups * CM_INDEX_GROUP +
	       row % CM_TILE_ROWS * CM_INDEX_CHECK;
}

#endif
