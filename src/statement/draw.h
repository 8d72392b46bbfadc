/* statement/draw.h -- which rows of an exhibit stand for all of them (docs/formats.md 2.6).
 *
 * Each row has a key, the first 8 bytes (big-endian) of
 * SHA-256("comity draw v1" || SHA-256 of the seal statement || row:u64); it is drawn for N
 * if its key is below 2^64 / N.  N is a power of two, so a draw for 2N is a part of the one
 * for N, and N = 1 draws every row.  Nobody knows a key before the table is sealed. */
#ifndef CM_STATEMENT_DRAW_H
#define CM_STATEMENT_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CM_DRAW_THIN_MAX (UINT64_C(1) << 40)
#define CM_DRAW_ROWS 4096u /* N is the smallest with which no more than these are drawn */

uint64_t cm_draw_key(const uint8_t seal[32], uint64_t row);

/* The keys of the rows ${first}, ${first} + 1, ...; several at a time are quicker. */
void cm_draw_keys(const uint8_t seal[32], uint64_t first, size_t n, uint64_t *out);

bool cm_draw_thin_ok(uint64_t thin); /* 1, 2, 4, ... CM_DRAW_THIN_MAX */

/* ${thin}: one that is right. */
static inline bool
cm_draw_takes(uint64_t key, uint64_t thin)
{
	return thin == 1 || key < (UINT64_C(1) << 63) / (thin / 2);
}

/* How many of the rows ${first} to ${last} are drawn for ${thin}. */
uint64_t cm_draw_count(const uint8_t seal[32], uint64_t thin, uint64_t first, uint64_t last);

/* Is row ${row} of the exhibit whose seal statement has this digest drawn for ${thin}? */
bool cm_traffic_drawn(const uint8_t seal[32], uint64_t thin, uint64_t row);

#endif
