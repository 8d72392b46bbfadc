/* seal/opening_batch.h -- what an opening hashes to, some hundreds of rows at a time; for
 * opening.c and opening_items.c, nobody else.
 *
 * Rows and skips are gathered in order, then hashed side by side: seeds level by level
 * down to the salts, cells, leaves; whole runs of 256 leaves level by level, too.  A
 * seed of more than 256 rows is walked down to one for each run of 256.
 * Memory: some 150 KiB a column, less for an opening of few rows.  What is gathered must stay
 * where it lies. */
#ifndef CM_SEAL_OPENING_BATCH_H
#define CM_SEAL_OPENING_BATCH_H

#include "seal/schema.h"

struct cm_batch;

/* For at most ${rows} rows in all.  CM_E_NOMEM. */
CM_RESULT cm_batch_new(const struct cm_seal *seal, uint64_t rows, struct cm_batch **out);
void cm_batch_free(struct cm_batch *b); /* NULL is fine */

/* Begins the next row; then once for each of its cells, in order: */
void cm_batch_row(struct cm_batch *b, uint64_t row);
void cm_batch_shut(struct cm_batch *b, const uint8_t commitment[CM_HASH_LEN]);
void cm_batch_open(struct cm_batch *b, struct cm_span value);
void cm_batch_tied(struct cm_batch *b, const uint8_t tie[CM_HASH_LEN]); /* copied */

/* Before the cell of that column in the row that a seed begins with: seed(column, h, a), of
 * at most 256 rows, of which all will come.  Copied. */
#define CM_BATCH_SEED 8u
void cm_batch_seed(struct cm_batch *b, size_t column, uint8_t h, uint64_t a,
    const uint8_t seed[CM_HASH_LEN]);

/* ${count} rows from ${at} on have this hash.  False: two such skips are siblings; then
 * nothing more may be asked. */
bool cm_batch_skip(
    struct cm_batch *b, uint64_t at, uint64_t count, const uint8_t hash[CM_HASH_LEN]);

/* The root.  False: as above. */
bool cm_batch_root(struct cm_batch *b, uint8_t root[CM_HASH_LEN]);

#endif
