/* seal/table_rows.h -- the rows of an exhibit, read again and compared with its seal; for
 * table_open.c, nobody else.
 *
 * Rows are read by the tile of 256, or, where others may be passed over, by the groups of 16
 * that the plan opens some row of.  Several such pieces are read ahead, and hashed by two
 * threads if the caller has them; in their turn rows are compared with the index, if there is
 * one, before anybody sees them: then the plan's checker sees them. */
#ifndef CM_SEAL_TABLE_ROWS_H
#define CM_SEAL_TABLE_ROWS_H

#include "seal/table.h"

#define CM_TABLE_AHEAD 8u

/* Rows that were read ahead, all of one tile. */
struct cm_table_piece {
	struct cm_tile tile;
	struct cm_tile_hash hash;
	enum cm_result end; /* CM_OK, or why there are no more: CM_E_NOTFOUND, what the source says */
	struct cm_err err;
};

struct cm_table_rows {
	const struct cm_table_open *in;
	struct cm_plan_checker *checker; /* borrowed */
	struct cm_table_diff *diff;
	struct cm_tile_hasher *hasher[2];
	struct cm_table_piece *piece; /* CM_TABLE_AHEAD of them, */
	size_t n_pieces, n_seen;      /* so many of which are read, and whose turn has come: */
	const struct cm_table_piece *now; /* the one at hand */
	uint64_t next;	/* the first row whose turn has not come */
	uint64_t stands; /* where the source stands; UINT64_MAX: elsewhere */
	bool passes;	/* groups of shut rows are passed over */
	size_t range;	/* first of the plan that does not end before what is read ahead */
	uint8_t leaf[CM_TILE_ROWS][CM_HASH_LEN];    /* of the tile, as far as it is read; */
	uint8_t group[CM_TILE_GROUPS][CM_HASH_LEN]; /* nodes of what was read to its end */
};

/* CM_E_NOMEM; cm_table_rows_fini is fine then. */
CM_RESULT cm_table_rows_init(struct cm_table_rows *r, const struct cm_table_open *in,
    struct cm_plan_checker *checker, struct cm_table_diff *diff);
void cm_table_rows_fini(struct cm_table_rows *r);

/* Reads on until ${row}, which must not lie before the rows at hand, is one of them.
 * CM_E_REFUSED: it, or one before it, is not what was sealed, or must not be opened so. */
CM_RESULT cm_table_rows_to(struct cm_table_rows *r, uint64_t row, struct cm_err *err);

/* The next row to be read is ${row}, the first of a group: those before it are passed over. */
void cm_table_rows_pass(struct cm_table_rows *r, uint64_t row);

/* Is anything behind the last row, if that was read? */
CM_RESULT cm_table_rows_end(struct cm_table_rows *r, struct cm_err *err);

/* Says where it differs. */
CM_RESULT cm_table_differs(struct cm_table_diff *diff, uint64_t first, uint64_t last,
    const char *how, struct cm_err *err);

/* Of a row at hand. */
static inline const uint8_t *
cm_table_rows_leaf(const struct cm_table_rows *r, uint64_t row)
{
	return r->leaf[row % CM_TILE_ROWS];
}

/* Of the group, read to its end, that begins at ${row}. */
static inline const uint8_t *
cm_table_rows_group(const struct cm_table_rows *r, uint64_t row)
{
	return r->group[row % CM_TILE_ROWS / CM_GROUP_ROWS];
}

static inline struct cm_span
cm_table_rows_value(const struct cm_table_rows *r, uint64_t row, size_t column)
{
	return cm_tile_value(&r->now->tile, (size_t)(row - r->now->tile.first), column);
}

#endif
