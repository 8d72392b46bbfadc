/* seal/hasher.h -- one row's commitments (FORMATS 1.1), row by row: the plain way, that tests hold the tiles to;
 * and the hash of one cell and one leaf. */
#ifndef CM_SEAL_HASHER_H
#define CM_SEAL_HASHER_H

#include "seal/names.h"
#include "seal/seeds.h"

/* Holds secrets; ends with cm_hasher_fini, which wipes them. */
struct cm_hasher {
	const struct cm_schema *schema;
	struct cm_names names;
	struct cm_seeds *seeds; /* one a column */
};

/* What one row hashes to. */
struct cm_row_hash {
	uint8_t tie[CM_COLUMNS_MAX][CM_HASH_LEN];  /* of linked columns */
	uint8_t cell[CM_COLUMNS_MAX][CM_HASH_LEN]; /* commitments */
	uint8_t leaf[CM_HASH_LEN];
};

CM_RESULT cm_hasher_init(struct cm_hasher *h, const struct cm_schema *schema,
    const struct cm_seal_secret *secret); /* CM_E_NOMEM; cm_hasher_fini is fine then */
void cm_hasher_row(
    struct cm_hasher *h, uint64_t row, const struct cm_cells *cells, struct cm_row_hash *out);
void cm_hasher_fini(struct cm_hasher *h);

/* cell(c, i), from its salt and its value, which for a linked column is the tie. */
void cm_cell_hash(uint8_t column, const uint8_t salt[CM_HASH_LEN], struct cm_span value,
    uint8_t out[CM_HASH_LEN]);
void cm_leaf_hash(uint8_t (*cell)[CM_HASH_LEN], size_t n, uint8_t out[CM_HASH_LEN]);

#endif
