#include <string.h>

#include "seal/tile.h"

void
cm_committer_init(struct cm_committer *c, const struct cm_sink *index)
{
	c->index = index;
	c->tree = (struct cm_tree) { 0 };
	c->offset = 0;
	c->n = 0;
}

static enum cm_result
write_record(const struct cm_committer *c, uint64_t offset, const uint8_t node[CM_HASH_LEN],
    const uint8_t *leaf, size_t n)
{
	uint8_t record[CM_INDEX_RECORD];
	size_t i;

	if (c->index == NULL)
		return CM_OK;
	cm_put64(record, offset);
	memcpy(record + 8, node, CM_HASH_LEN);
	for (i = 0; i < n; i++)
		memcpy(record + CM_INDEX_HEAD + CM_INDEX_CHECK * i, leaf + CM_HASH_LEN * i, CM_INDEX_CHECK);
	return cm_sink_write(c->index, record, CM_INDEX_HEAD + CM_INDEX_CHECK * n);
}

static enum cm_result
add_run(struct cm_committer *c, uint64_t offset, const uint8_t node[CM_HASH_LEN],
    const uint8_t *leaf)
{
	cm_tree_add(&c->tree, CM_TILE_LEVEL, node);
	return write_record(c, offset, node, leaf, CM_TILE_ROWS);
}

/* Part of a run: its leaves wait for the others. */
static enum cm_result
add_part(struct cm_committer *c, const struct cm_tile_hash *h)
{
	uint8_t node[CM_HASH_LEN];

	if (h->n > CM_TILE_ROWS - c->n)
		return CM_E_USAGE;
	if (c->n == 0)
		c->offset = h->offset;
	memcpy(c->leaf[c->n], h->leaf, h->n * CM_HASH_LEN);
	c->n += h->n;
	if (c->n < CM_TILE_ROWS)
		return CM_OK;
	c->n = 0;
	cm_tree_of(c->leaf[0], CM_TILE_ROWS, node);
	return add_run(c, c->offset, node, c->leaf[0]);
}

enum cm_result
cm_committer_add(struct cm_committer *c, const struct cm_tile_hash *h)
{
	if (h->first != c->tree.size + c->n)
		return CM_E_USAGE;
	if (h->n == CM_TILE_ROWS && c->n == 0)
		return add_run(c, h->offset, h->node, h->leaf[0]);
	return h->n == 0 ? CM_OK : add_part(c, h);
}

enum cm_result
cm_committer_end(struct cm_committer *c, uint64_t *rows, uint8_t root[CM_HASH_LEN])
{
	uint8_t tail[CM_HASH_LEN];
	enum cm_result rc = CM_OK;

	*rows = c->tree.size + c->n;
	if (c->n > 0) {
		/* the last tile, which is not full, is a right edge of the tree */
		cm_tree_of(c->leaf[0], c->n, tail);
		rc = write_record(c, c->offset, tail, c->leaf[0], c->n);
	}
	cm_tree_root(&c->tree, c->n > 0 ? tail : NULL, root);
	return rc;
}
