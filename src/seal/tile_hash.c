#include <stdlib.h>
#include <string.h>

#include "crypto/sha256.h"
#include "seal/names.h"
#include "seal/salts.h"
#include "seal/tile.h"

enum { HEAD = 2 + CM_HASH_LEN };

/* Rows are hashed by the run of salts, which is a tile unless there are many columns. */
struct cm_tile_hasher {
	struct cm_schema schema;
	struct cm_names names;
	struct cm_salts salts;
	struct cm_salts few;         /* by the group, where few rows are hashed */
	size_t linked;               /* columns that are */
	uint8_t (*head)[HEAD];       /* 0x14 || c || salt, in the order of salts */
	struct cm_sha256_msg *msg;   /* cells, row by row */
	uint8_t (*cell)[CM_HASH_LEN];
	struct cm_span *value;       /* of linked cells, row by row, */
	uint8_t *group;
	uint8_t (*tie)[CM_HASH_LEN]; /* and their ties */
	struct cm_sha256_msg leaf_msg[CM_TILE_ROWS];
	uint16_t place[CM_TILE_ROWS]; /* of a row's salts */
	uint8_t place_few[CM_GROUP_ROWS];
};

static enum cm_result
make_room(struct cm_tile_hasher *h)
{
	size_t columns = h->schema.n, n = columns << h->salts.height, rows = n / columns, i;

	h->head = calloc(n, sizeof(*h->head));
	h->msg = calloc(n, sizeof(*h->msg));
	h->cell = calloc(n, sizeof(*h->cell));
	h->value = calloc(rows * h->linked + 1, sizeof(*h->value));
	h->group = calloc(rows * h->linked + 1, sizeof(*h->group));
	h->tie = calloc(rows * h->linked + 1, sizeof(*h->tie));
	if (h->head == NULL || h->msg == NULL || h->cell == NULL || h->value == NULL ||
	    h->group == NULL || h->tie == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < n; i++) {
		h->head[i][0] = 0x14;
		h->head[i][1] = (uint8_t)(i % columns);
	}
	for (i = 0; i < rows; i++)
		h->place[i] = (uint16_t)cm_salts_place(&h->salts, i);
	for (i = 0; i < (size_t)1 << h->few.height; i++)
		h->place_few[i] = (uint8_t)cm_salts_place(&h->few, i);
	return CM_OK;
}

enum cm_result
cm_tile_hasher_new(const struct cm_schema *schema, const struct cm_seal_secret *secret,
    struct cm_tile_hasher **out)
{
	struct cm_tile_hasher *h = calloc(1, sizeof(*h));
	enum cm_result rc;
	size_t c;

	if (h == NULL)
		return CM_E_NOMEM;
	h->schema = *schema;
	for (c = 0; c < schema->n; c++)
		h->linked += schema->column[c].link != CM_LINK_PLAIN;
	rc = cm_names_init(&h->names, secret);
	if (rc == CM_OK)
		rc = cm_salts_init(&h->salts, secret, schema->n, CM_TILE_LEVEL);
	if (rc == CM_OK)
		rc = cm_salts_init(&h->few, secret, schema->n, CM_GROUP_LEVEL);
	if (rc == CM_OK)
		rc = make_room(h);
	if (rc != CM_OK) {
		cm_tile_hasher_free(h);
		return rc;
	}
	*out = h;
	return CM_OK;
}

void
cm_tile_hasher_free(struct cm_tile_hasher *h)
{
	if (h == NULL)
		return;
	if (h->head != NULL)
		explicit_bzero(h->head, (h->schema.n << h->salts.height) * sizeof(*h->head));
	cm_salts_fini(&h->salts);
	cm_salts_fini(&h->few);
	cm_names_fini(&h->names);
	free(h->head);
	free(h->msg);
	free(h->cell);
	free(h->value);
	free(h->group);
	free(h->tie);
	free(h);
}

/* The ties of the linked cells of rows [from, from+n) of the tile, row by row. */
static void
make_ties(struct cm_tile_hasher *h, const struct cm_tile *tile, size_t from, size_t n)
{
	size_t count = 0, i, c;

	if (h->linked == 0)
		return;
	for (i = 0; i < n; i++) {
		for (c = 0; c < h->schema.n; c++) {
			if (h->schema.column[c].link == CM_LINK_PLAIN)
				continue;
			h->value[count] = cm_tile_value(tile, from + i, c);
			h->group[count++] = (uint8_t)h->schema.column[c].link;
		}
	}
	cm_names_ties(&h->names, h->group, h->value, count, h->tie);
}

/* Rows [from, from+n) of the tile, all of one run of salts. */
static void
hash_run(struct cm_tile_hasher *h, struct cm_salts *salts, const struct cm_tile *tile, size_t from,
    size_t n, uint8_t (*leaf)[CM_HASH_LEN])
{
	static const uint8_t leaf_head = 0x00;
	const size_t columns = h->schema.n;
	const uint64_t first = tile->first + from;
	const size_t skip = (size_t)(first & (((uint64_t)1 << salts->height) - 1));
	struct cm_sha256_msg *m = h->msg;
	size_t ties = 0, i, c, place;

	cm_salts_of_run(salts, first >> salts->height, h->head[0] + 2, HEAD);
	make_ties(h, tile, from, n);
	for (i = 0; i < n; i++) {
		place = salts == &h->few ? h->place_few[skip + i] : h->place[skip + i];
		for (c = 0; c < columns; c++, m++) {
			m->head = cm_span_of(h->head[place * columns + c], HEAD);
			m->body = h->schema.column[c].link == CM_LINK_PLAIN
				      ? cm_tile_value(tile, from + i, c)
				      : cm_span_of(h->tie[ties++], CM_HASH_LEN);
		}
		h->leaf_msg[i].head = cm_span_of(&leaf_head, 1);
		h->leaf_msg[i].body = cm_span_of(h->cell[i * columns], columns * CM_HASH_LEN);
	}
	cm_sha256_many(h->msg, n * columns, h->cell);
	cm_sha256_many(h->leaf_msg, n, leaf);
}

/* With few rows most of a run's salts would be for nothing. */
static struct cm_salts *
salts_for(struct cm_tile_hasher *h, size_t rows)
{
	return rows <= 4 * CM_GROUP_ROWS && h->few.height < h->salts.height ? &h->few : &h->salts;
}

void
cm_tile_hash(struct cm_tile_hasher *h, const struct cm_tile *tile, struct cm_tile_hash *out)
{
	struct cm_salts *salts = salts_for(h, tile->n);
	const size_t run = (size_t)1 << salts->height;
	size_t at, n;

	out->first = tile->first;
	memcpy(out->offset, tile->offset, sizeof(out->offset));
	out->n = tile->n;
	for (at = 0; at < tile->n; at += n) {
		n = run - (size_t)((tile->first + at) % run);
		n = n < tile->n - at ? n : tile->n - at;
		hash_run(h, salts, tile, at, n, out->leaf + at);
	}
	if (out->n == CM_TILE_ROWS) {
		cm_tree_above(out->leaf[0], out->n, CM_GROUP_LEVEL, out->group);
		cm_tree_of(out->group[0], CM_TILE_GROUPS, out->node);
	}
}
