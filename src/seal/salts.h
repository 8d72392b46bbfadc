/* seal/salts.h -- the salts of many rows of all columns at once (FORMATS 1.1).
 *
 * From the seeds over a run of 2^h rows, one a column, down to the salts: level by level,
 * all seeds of a level side by side.  The seeds stay in words from level to level; a seed's
 * children stand where it stood and behind all of its level, so that what comes out is in
 * this order: the salt of column c and row i of the run stands at
 * cm_salts_place(i) * columns + c. */
#ifndef CM_SEAL_SALTS_H
#define CM_SEAL_SALTS_H

#include "seal/seeds.h"

#define CM_SALTS_MAX 2048u /* rows of a run, times columns */

struct cm_salts {
	uint8_t x8[8];
	size_t columns;
	uint8_t height;        /* of a run: it has 2^height rows */
	struct cm_seeds *seed; /* walkers, one a column */
	uint32_t *word[8];     /* of the seeds of a level */
	uint32_t *column;      /* of each seed, where a message has it */
	uint32_t *number[8];   /* by level: twice the number of each seed in the run */
};

/* Runs of as many rows as go into CM_SALTS_MAX, at most 2^${most}.  CM_E_NOMEM;
 * cm_salts_fini is fine then. */
CM_RESULT cm_salts_init(
    struct cm_salts *s, const struct cm_seal_secret *secret, size_t columns, uint8_t most);
void cm_salts_fini(struct cm_salts *s); /* wipes */

/* The salts of rows [run*2^height, (run+1)*2^height), the one at place p to ${out} +
 * p * ${stride}. */
void cm_salts_of_run(struct cm_salts *s, uint64_t run, uint8_t *out, size_t stride);

/* The bits of ${i} in the other order. */
static inline size_t
cm_salts_place(const struct cm_salts *s, size_t i)
{
	size_t place = 0;
	unsigned h;

	for (h = 0; h < s->height; h++)
		place = place << 1 | (i >> h & 1);
	return place;
}

#endif
