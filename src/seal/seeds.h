/* seal/seeds.h -- the tree of seeds from which a column's salts come (FORMATS 1.1).
 *
 * seed(c, h, a) stands for the rows [a*2^h, (a+1)*2^h) of column c; whoever holds
 * it can make the salts of these rows and of no others.  salt(c, i) = seed(c, 0, i).
 *
 * A walker remembers the way to the last row it was asked for: salts in row order
 * cost two hashes each, in any order at most 40.  It holds secrets; cm_seeds_fini
 * wipes it. */
#ifndef CM_SEAL_SEEDS_H
#define CM_SEAL_SEEDS_H

#include "seal/schema.h"

#define CM_SEED_TOP 40u

struct cm_seeds {
	uint8_t x8[8];
	uint8_t column;
	uint8_t top; /* height of the seed it began with, */
	uint8_t low; /* path[low..top] are the seeds over `row` */
	uint64_t row;
	uint8_t path[CM_SEED_TOP + 1][CM_HASH_LEN];
};

/* From the secret of the exhibit: all rows. */
void cm_seeds_init(struct cm_seeds *s, const struct cm_seal_secret *secret, uint8_t column);

/* From seed(column, h, a), h <= 40: the rows below it.  ${x} is the exhibit id. */
void cm_seeds_from(struct cm_seeds *s, const uint8_t x[CM_HASH_LEN], uint8_t column, uint8_t h,
    uint64_t a, const uint8_t seed[CM_HASH_LEN]);

/* seed(column, h, a), which must lie below the one the walker began with. */
const uint8_t *cm_seeds_at(struct cm_seeds *s, uint8_t h, uint64_t a);

/* salt(column, row); lives until the next call. */
static inline const uint8_t *
cm_seeds_salt(struct cm_seeds *s, uint64_t row)
{
	return cm_seeds_at(s, 0, row);
}

void cm_seeds_fini(struct cm_seeds *s);

#endif
