#include <stdlib.h>
#include <string.h>

#include "crypto/sha256.h"
#include "seal/table.h"

/* What committing needs, on one thread. */
struct sealing {
	struct cm_cell_source source;
	struct cm_tile tile;
	struct cm_tile_hasher *hasher;
	struct cm_tile_hash hash;
	struct cm_committer committer;
};

static enum cm_result
next_row(struct sealing *s, struct cm_err *err)
{
	struct cm_cells cells;
	enum cm_result rc;

	if (s->source.add != NULL)
		return s->source.add(s->source.arg, &s->tile, err);
	rc = s->source.next(s->source.arg, &cells, err);
	return rc == CM_OK ? cm_tile_add(&s->tile, &cells) : rc;
}

/* CM_E_NOTFOUND: the rows are at their end. */
static enum cm_result
fill_tile(struct sealing *s, struct cm_err *err)
{
	enum cm_result rc = CM_OK;

	while (rc == CM_OK && !cm_tile_is_full(&s->tile)) {
		rc = next_row(s, err);
		if (rc == CM_OK && s->tile.first + s->tile.n > CM_ROWS_MAX)
			return cm_err_set(err, CM_E_LIMIT, "the exhibit has more than 2^40 rows");
	}
	return rc;
}

static enum cm_result
commit_rows(struct sealing *s, struct cm_err *err)
{
	enum cm_result rc, end;

	do {
		end = fill_tile(s, err);
		if (end != CM_OK && end != CM_E_NOTFOUND)
			return end;
		cm_tile_hash(s->hasher, &s->tile, &s->hash);
		rc = cm_committer_add(&s->committer, &s->hash);
		cm_tile_begin(&s->tile, s->tile.first + s->tile.n);
	} while (rc == CM_OK && end == CM_OK);
	return rc;
}

enum cm_result
cm_table_commit(const struct cm_schema *schema, const struct cm_seal_secret *secret,
    struct cm_cell_source source, const struct cm_sink *index, struct cm_seal *out,
    struct cm_err *err)
{
	struct cm_seal seal = { .schema = *schema };
	struct sealing *s = calloc(1, sizeof(*s));
	enum cm_result rc;

	if (s == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	s->source = source;
	cm_committer_init(&s->committer, index);
	rc = cm_tile_init(&s->tile, schema);
	if (rc == CM_OK)
		rc = cm_tile_hasher_new(schema, secret, &s->hasher);
	if (rc == CM_OK)
		rc = commit_rows(s, err);
	if (rc == CM_OK)
		rc = cm_committer_end(&s->committer, &seal.rows, seal.root);
	cm_tile_hasher_free(s->hasher);
	cm_tile_release(&s->tile);
	free(s);
	if (rc != CM_OK)
		return cm_err_set(err, rc, "the table could not be sealed: %s", cm_result_word(rc));
	memcpy(seal.x, secret->x, CM_HASH_LEN);
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
