#include <string.h>

#include "crypto/sha256.h"
#include "seal/hasher.h"
#include "seal/table.h"
#include "seal/tree.h"

/* The rows are hashed tile by tile: what the index keeps of a tile is a node of the tree. */
struct committer {
	struct cm_hasher hasher;
	struct cm_tree tree; /* of the tiles that are full */
	struct cm_tree tile; /* of the one being filled */
	uint8_t record[CM_INDEX_RECORD];
	const struct cm_sink *index;
};

static uint64_t
rows_so_far(const struct committer *c)
{
	return c->tree.size + c->tile.size;
}

static enum cm_result
write_record(struct committer *c)
{
	if (c->index == NULL || c->tile.size == 0)
		return CM_OK;
	cm_tree_root(&c->tile, NULL, c->record + 8);
	return cm_sink_write(
	    c->index, c->record, CM_INDEX_HEAD + CM_INDEX_CHECK * (size_t)c->tile.size);
}

static enum cm_result
tile_full(struct committer *c)
{
	enum cm_result rc = write_record(c);

	cm_tree_add(&c->tree, CM_TILE_LEVEL, c->tile.node[CM_TILE_LEVEL]);
	c->tile = (struct cm_tree) { 0 };
	return rc;
}

static enum cm_result
add_row(struct committer *c, const struct cm_cells *cells)
{
	struct cm_row_hash hash;

	cm_hasher_row(&c->hasher, rows_so_far(c), cells, &hash);
	if (c->tile.size == 0)
		cm_put64(c->record, cells->offset);
	memcpy(c->record + CM_INDEX_HEAD + CM_INDEX_CHECK * (size_t)c->tile.size, hash.leaf,
	    CM_INDEX_CHECK);
	cm_tree_add(&c->tile, 0, hash.leaf);
	return c->tile.size == CM_TILE_ROWS ? tile_full(c) : CM_OK;
}

static enum cm_result
commit_rows(struct committer *c, struct cm_cell_source source, struct cm_err *err)
{
	struct cm_cells cells;
	enum cm_result rc;

	while ((rc = source.next(source.arg, &cells, err)) == CM_OK) {
		if (rows_so_far(c) == CM_ROWS_MAX)
			return cm_err_set(err, CM_E_LIMIT, "the exhibit has more than 2^40 rows");
		rc = add_row(c, &cells);
		if (rc != CM_OK)
			return rc;
	}
	return rc == CM_E_NOTFOUND ? write_record(c) : rc;
}

/* The last tile, if it is not full, is a right edge of the tree. */
static void
find_root(struct committer *c, uint8_t out[CM_HASH_LEN])
{
	uint8_t tail[CM_HASH_LEN];

	cm_tree_root(&c->tile, NULL, tail);
	cm_tree_root(&c->tree, c->tile.size == 0 ? NULL : tail, out);
}

enum cm_result
cm_table_commit(const struct cm_schema *schema, const struct cm_seal_secret *secret,
    struct cm_cell_source source, const struct cm_sink *index, struct cm_seal *out,
    struct cm_err *err)
{
	struct committer c = { .index = index };
	struct cm_seal seal = { 0 };
	enum cm_result rc = cm_hasher_init(&c.hasher, schema, secret);

	if (rc == CM_OK)
		rc = commit_rows(&c, source, err);
	cm_hasher_fini(&c.hasher);
	if (rc != CM_OK)
		return cm_err_set(err, rc, "the table could not be sealed: %s", cm_result_word(rc));
	seal.schema = *schema;
	memcpy(seal.x, secret->x, CM_HASH_LEN);
	seal.rows = rows_so_far(&c);
	find_root(&c, seal.root);
	*out = seal;
	return CM_OK;
}

void
cm_table_file_key(const struct cm_seal_secret *secret, uint8_t out[CM_HASH_LEN])
{
	uint8_t m[1 + 8 + CM_HASH_LEN];

	m[0] = 0x16;
	memcpy(m + 1, secret->x, 8);
	memcpy(m + 9, secret->s, CM_HASH_LEN);
	cm_sha256(m, sizeof(m), out);
	explicit_bzero(m, sizeof(m));
}

void
cm_table_file_of(
    const uint8_t key[CM_HASH_LEN], const uint8_t sha256[CM_HASH_LEN], uint8_t out[CM_HASH_LEN])
{
	uint8_t m[1 + 2 * CM_HASH_LEN];

	m[0] = 0x15;
	memcpy(m + 1, key, CM_HASH_LEN);
	memcpy(m + 1 + CM_HASH_LEN, sha256, CM_HASH_LEN);
	cm_sha256(m, sizeof(m), out);
	explicit_bzero(m, sizeof(m));
}

void
cm_table_file(const struct cm_seal_secret *secret, const uint8_t sha256[CM_HASH_LEN],
    uint8_t out[CM_HASH_LEN])
{
	uint8_t key[CM_HASH_LEN];

	cm_table_file_key(secret, key);
	cm_table_file_of(key, sha256, out);
	explicit_bzero(key, sizeof(key));
}
