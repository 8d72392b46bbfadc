/* seal/tile.h -- rows of a table by the tile: 256 at a time, gathered, hashed, folded.
 *
 * The three parts are apart so that threads can share the work (or one do it all:
 * cm_table_commit).  Whoever reads the exhibit fills tiles; any number of hashers, each
 * with scratch of its own, hash them in any order; one committer folds what they give, in
 * the order of the rows, into the root and the index.
 *
 * A tile holds rows of one run of 256, [256k, 256(k+1)), from any of them on and up to any:
 * a hash is of rows, not of tiles, so how the rows were shared out does not show.  The
 * usual tile is a whole run; of rows with much to copy fewer are gathered at a time, which
 * bounds memory. */
#ifndef CM_SEAL_TILE_H
#define CM_SEAL_TILE_H

#include "base/buf.h"
#include "base/sink.h"
#include "seal/schema.h"
#include "merkle/tree.h"

#define CM_TILE_LEVEL 8
#define CM_TILE_ROWS 256u
#define CM_TILE_BYTES (1u << 20) /* copied bytes with which a tile is full */

#define CM_GROUP_LEVEL 4
#define CM_GROUP_ROWS 16u
#define CM_TILE_GROUPS (CM_TILE_ROWS / CM_GROUP_ROWS)

/* A cell's value: where it lies, or at which place of the tile's own bytes. */
struct cm_tile_cell {
	const uint8_t *ptr; /* NULL: at `at` of `bytes` */
	uint32_t at;
	uint32_t len;
};

struct cm_tile {
	size_t columns;
	uint64_t first;            /* number of the first row */
	uint64_t offset[CM_TILE_GROUPS]; /* in the file: of each group whose first row is here */
	size_t n;                  /* rows */
	struct cm_tile_cell *cell; /* row by row, `columns` each */
	struct cm_buf bytes;       /* of cells that do not lie in the exhibit */
};

CM_RESULT cm_tile_init(struct cm_tile *t, const struct cm_schema *schema); /* CM_E_NOMEM */
void cm_tile_release(struct cm_tile *t);

/* Empties it for rows from ${first} on. */
void cm_tile_begin(struct cm_tile *t, uint64_t first);

/* Nothing may be added: hash it, and begin it at the row behind its last. */
bool cm_tile_is_full(const struct cm_tile *t);

/* Adds a row by copying its cells.  CM_E_NOMEM; CM_E_LIMIT: a cell of 4 GiB or more. */
CM_RESULT cm_tile_add(struct cm_tile *t, const struct cm_cells *cells);

/* The cells of the next row, empty, for who puts them there himself, and counts the row with
 * cm_tile_count. */
static inline struct cm_tile_cell *
cm_tile_next(struct cm_tile *t)
{
	return t->cell + t->n * t->columns;
}

static inline void
cm_tile_count(struct cm_tile *t, uint64_t offset)
{
	size_t at = (size_t)((t->first + t->n++) % CM_TILE_ROWS);

	if (at % CM_GROUP_ROWS == 0)
		t->offset[at / CM_GROUP_ROWS] = offset;
}

static inline struct cm_span
cm_tile_cell_value(const struct cm_tile_cell *c, const struct cm_buf *bytes)
{
	if (c->len == 0)
		return cm_span_of(NULL, 0);
	return cm_span_of(c->ptr != NULL ? c->ptr : bytes->ptr + c->at, c->len);
}

static inline struct cm_span
cm_tile_value(const struct cm_tile *t, size_t row, size_t column)
{
	return cm_tile_cell_value(&t->cell[row * t->columns + column], &t->bytes);
}

/* What the rows of a tile hash to. */
struct cm_tile_hash {
	uint64_t first;
	uint64_t offset[CM_TILE_GROUPS]; /* of those whose first row is here, */
	size_t n;
	uint8_t group[CM_TILE_GROUPS][CM_HASH_LEN]; /* the nodes over them, */
	uint8_t node[CM_HASH_LEN];		    /* and over all, if n is CM_TILE_ROWS */
	uint8_t leaf[CM_TILE_ROWS][CM_HASH_LEN];
};

/* Hashes tiles: holds secrets and less than 1 MiB of scratch, for one thread at a time. */
struct cm_tile_hasher;

CM_RESULT cm_tile_hasher_new(const struct cm_schema *schema, const struct cm_seal_secret *secret,
    struct cm_tile_hasher **out);                   /* CM_E_NOMEM */
void cm_tile_hasher_free(struct cm_tile_hasher *h); /* wipes; NULL is fine */

/* A function of secret and rows alone, whatever the hasher met before.  ${tile} is read
 * only, and may go once this returns. */
void cm_tile_hash(struct cm_tile_hasher *h, const struct cm_tile *tile, struct cm_tile_hash *out);

/* Folds tiles into root and index (seal/index.h). */
struct cm_committer {
	const struct cm_sink *index; /* may be NULL */
	struct cm_tree tree;         /* of the tiles that are full */
	uint64_t offset[CM_TILE_GROUPS]; /* of the run being gathered, */
	size_t n;                    /* its rows so far, */
	bool begun;                  /* the head of the index is written */
	uint8_t leaf[CM_TILE_ROWS][CM_HASH_LEN];
};

void cm_committer_init(struct cm_committer *c, const struct cm_sink *index);

/* The rows next in order.  What the sink says; CM_E_USAGE: they are not those. */
CM_RESULT cm_committer_add(struct cm_committer *c, const struct cm_tile_hash *h);

/* All rows have been added.  What the sink says. */
CM_RESULT cm_committer_end(struct cm_committer *c, uint64_t *rows, uint8_t root[CM_HASH_LEN]);

#endif
