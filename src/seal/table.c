#include <string.h>

#include "crypto/sha256.h"
#include "seal/hasher.h"
#include "seal/table.h"
#include "seal/tree.h"

/* The record of the index that is being filled. */
struct tile {
	struct cm_tree tree;
	uint8_t record[CM_INDEX_RECORD];
};

struct committer {
	struct cm_hasher hasher;
	struct cm_tree tree;
	struct tile tile;
	const struct cm_sink *index;
};

static enum cm_result
tile_end(struct committer *c)
{
	struct tile *t = &c->tile;
	size_t len = CM_INDEX_HEAD + CM_INDEX_CHECK * (size_t)t->tree.size;

	if (c->index == NULL || t->tree.size == 0)
		return CM_OK;
	cm_tree_root(&t->tree, NULL, t->record + 8);
	t->tree = (struct cm_tree) { 0 };
	return cm_sink_write(c->index, t->record, len);
}

static enum cm_result
tile_add(struct committer *c, uint64_t offset, const uint8_t leaf[CM_HASH_LEN])
{
	struct tile *t = &c->tile;

	if (c->index == NULL)
		return CM_OK;
	if (t->tree.size == 0)
		cm_put64(t->record, offset);
	memcpy(t->record + CM_INDEX_HEAD + CM_INDEX_CHECK * (size_t)t->tree.size, leaf, CM_INDEX_CHECK);
	cm_tree_add(&t->tree, 0, leaf);
	return t->tree.size == CM_TILE_ROWS ? tile_end(c) : CM_OK;
}

static enum cm_result
commit_rows(struct committer *c, struct cm_cell_source source, struct cm_err *err)
{
	struct cm_row_hash hash;
	struct cm_cells cells;
	enum cm_result rc;

	while ((rc = source.next(source.arg, &cells, err)) == CM_OK) {
		if (c->tree.size == CM_ROWS_MAX)
			return cm_err_set(err, CM_E_LIMIT, "the exhibit has more than 2^40 rows");
		cm_hasher_row(&c->hasher, c->tree.size, &cells, &hash);
		cm_tree_add(&c->tree, 0, hash.leaf);
		rc = tile_add(c, cells.offset, hash.leaf);
		if (rc != CM_OK)
			return rc;
	}
	return rc == CM_E_NOTFOUND ? tile_end(c) : rc;
}

enum cm_result
cm_table_commit(const struct cm_schema *schema, const struct cm_seal_secret *secret,
    struct cm_cell_source source, const struct cm_sink *index, struct cm_seal *out, struct cm_err *err)
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
	seal.rows = c.tree.size;
	cm_tree_root(&c.tree, NULL, seal.root);
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
cm_table_file_of(const uint8_t key[CM_HASH_LEN], const uint8_t sha256[CM_HASH_LEN],
    uint8_t out[CM_HASH_LEN])
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
