#include <stdlib.h>
#include <string.h>

#include "crypto/sha256.h"
#include "seal/hasher.h"

enum { HEAD = 2 + CM_HASH_LEN };

/* What a cell's message begins with. */
static void
put_head(uint8_t column, const uint8_t salt[CM_HASH_LEN], uint8_t head[HEAD])
{
	head[0] = 0x14;
	head[1] = column;
	memcpy(head + 2, salt, CM_HASH_LEN);
}

enum cm_result
cm_hasher_init(
    struct cm_hasher *h, const struct cm_schema *schema, const struct cm_seal_secret *secret)
{
	enum cm_result rc;
	size_t c;

	memset(h, 0, sizeof(*h));
	h->schema = schema;
	rc = cm_names_init(&h->names, secret);
	if (rc != CM_OK)
		return rc;
	h->seeds = calloc(schema->n, sizeof(*h->seeds));
	if (h->seeds == NULL)
		return CM_E_NOMEM;
	for (c = 0; c < schema->n; c++)
		cm_seeds_init(&h->seeds[c], secret, (uint8_t)c);
	return CM_OK;
}

void
cm_hasher_fini(struct cm_hasher *h)
{
	size_t c;

	for (c = 0; h->seeds != NULL && c < h->schema->n; c++)
		cm_seeds_fini(&h->seeds[c]);
	free(h->seeds);
	cm_names_fini(&h->names);
	h->seeds = NULL;
}

void
cm_hasher_row(
    struct cm_hasher *h, uint64_t row, const struct cm_cells *cells, struct cm_row_hash *out)
{
	struct cm_sha256_msg m[CM_COLUMNS_MAX];
	uint8_t head[CM_COLUMNS_MAX][HEAD];
	struct cm_span value;
	size_t c;

	for (c = 0; c < h->schema->n; c++) {
		value = cells->cell[c];
		if (h->schema->column[c].link != CM_LINK_PLAIN) {
			cm_names_of(&h->names, h->schema->column[c].link, value, NULL, out->tie[c]);
			value = cm_span_of(out->tie[c], CM_HASH_LEN);
		}
		put_head((uint8_t)c, cm_seeds_salt(&h->seeds[c], row), head[c]);
		m[c] = (struct cm_sha256_msg) { { head[c], HEAD }, value };
	}
	cm_sha256_many(m, h->schema->n, out->cell);
	cm_leaf_hash(out->cell, h->schema->n, out->leaf);
	explicit_bzero(head, sizeof(head));
}

void
cm_cell_hash(
    uint8_t column, const uint8_t salt[CM_HASH_LEN], struct cm_span value, uint8_t out[CM_HASH_LEN])
{
	uint8_t head[HEAD], hash[1][CM_HASH_LEN];
	const struct cm_sha256_msg m = { { head, HEAD }, value };

	put_head(column, salt, head);
	cm_sha256_many(&m, 1, hash);
	memcpy(out, hash[0], CM_HASH_LEN);
}

void
cm_leaf_hash(uint8_t (*cell)[CM_HASH_LEN], size_t n, uint8_t out[CM_HASH_LEN])
{
	const uint8_t head = 0x00;
	const struct cm_sha256_msg m = { { &head, 1 }, { cell[0], n * CM_HASH_LEN } };
	uint8_t hash[1][CM_HASH_LEN];

	cm_sha256_many(&m, 1, hash);
	memcpy(out, hash[0], CM_HASH_LEN);
}
