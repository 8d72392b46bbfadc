#include <string.h>

#include "seal/index.h"

void
cm_committer_init(struct cm_committer *c, const struct cm_sink *index)
{
	c->index = index;
	c->tree = (struct cm_tree) { 0 };
	c->n = 0;
	c->begun = false;
}

/* What the index says of a run of ${n} rows. */
struct record {
	const uint8_t *node;
	const uint8_t (*group)[CM_HASH_LEN];
	const uint64_t *offset;
	const uint8_t (*leaf)[CM_HASH_LEN];
	size_t n;
};

static enum cm_result
write_head(struct cm_committer *c)
{
	if (c->index == NULL || c->begun)
		return CM_OK;
	c->begun = true;
	return cm_sink_write(c->index, CM_INDEX_MAGIC, CM_INDEX_HEAD);
}

static enum cm_result
write_record(struct cm_committer *c, const struct record *r)
{
	uint8_t record[CM_INDEX_RECORD], *to = record;
	enum cm_result rc = write_head(c);
	size_t i;

	if (c->index == NULL || rc != CM_OK)
		return rc;
	memcpy(to, r->node, CM_HASH_LEN);
	to += CM_HASH_LEN;
	for (i = 0; i * CM_GROUP_ROWS < r->n; i++, to += CM_INDEX_GROUP) {
		cm_put64(to, r->offset[i]);
		memcpy(to + 8, r->group[i], CM_HASH_LEN);
	}
	for (i = 0; i < r->n; i++, to += CM_INDEX_CHECK)
		memcpy(to, r->leaf[i], CM_INDEX_CHECK);
	return cm_sink_write(c->index, record, (size_t)(to - record));
}

/* The leaves that were gathered, as a record: of a whole run, or of what there is of the last. */
static enum cm_result
write_gathered(struct cm_committer *c, uint8_t node[CM_HASH_LEN])
{
	uint8_t group[CM_TILE_GROUPS][CM_HASH_LEN];
	size_t groups = cm_tree_above(c->leaf[0], c->n, CM_GROUP_LEVEL, group);

	cm_tree_of(group[0], groups, node);
	return write_record(c,
	    &(struct record) { node, (const uint8_t (*)[CM_HASH_LEN])group, c->offset,
		(const uint8_t (*)[CM_HASH_LEN])c->leaf, c->n });
}

static enum cm_result
add_whole(struct cm_committer *c, const struct cm_tile_hash *h)
{
	cm_tree_add(&c->tree, CM_TILE_LEVEL, h->node);
	return write_record(c,
	    &(struct record) { h->node, (const uint8_t (*)[CM_HASH_LEN])h->group, h->offset,
		(const uint8_t (*)[CM_HASH_LEN])h->leaf, CM_TILE_ROWS });
}

/* Part of a run: its leaves wait for the others. */
static enum cm_result
add_part(struct cm_committer *c, const struct cm_tile_hash *h)
{
	uint8_t node[CM_HASH_LEN];
	enum cm_result rc;
	size_t i;

	if (h->n > CM_TILE_ROWS - c->n)
		return CM_E_USAGE;
	for (i = (c->n + CM_GROUP_ROWS - 1) / CM_GROUP_ROWS; i * CM_GROUP_ROWS < c->n + h->n; i++)
		c->offset[i] = h->offset[i];
	memcpy(c->leaf[c->n], h->leaf, h->n * CM_HASH_LEN);
	c->n += h->n;
	if (c->n < CM_TILE_ROWS)
		return CM_OK;
	rc = write_gathered(c, node);
	c->n = 0;
	cm_tree_add(&c->tree, CM_TILE_LEVEL, node);
	return rc;
}

enum cm_result
cm_committer_add(struct cm_committer *c, const struct cm_tile_hash *h)
{
	if (h->first != c->tree.size + c->n)
		return CM_E_USAGE;
	if (h->n == CM_TILE_ROWS && c->n == 0)
		return add_whole(c, h);
	return h->n == 0 ? CM_OK : add_part(c, h);
}

enum cm_result
cm_committer_end(struct cm_committer *c, uint64_t *rows, uint8_t root[CM_HASH_LEN])
{
	uint8_t tail[CM_HASH_LEN];
	enum cm_result rc = write_head(c);

	*rows = c->tree.size + c->n;
	/* the last tile, which is not full, is a right edge of the tree */
	if (rc == CM_OK && c->n > 0)
		rc = write_gathered(c, tail);
	cm_tree_root(&c->tree, c->n > 0 ? tail : NULL, root);
	return rc;
}
