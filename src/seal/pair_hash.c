#include <string.h>

#include "crypto/sha256.h"
#include "seal/pair_hash.h"

enum { X8 = 8, SHORT = CM_PAIR_SHORT };

void
cm_pair_key(const uint8_t x[CM_HASH_LEN], const uint8_t tie[CM_HASH_LEN], const uint8_t other[CM_HASH_LEN],
    uint8_t out[CM_HASH_LEN])
{
	bool swap = memcmp(tie, other, CM_HASH_LEN) > 0;
	uint8_t m[1 + X8 + 2 * CM_HASH_LEN];

	m[0] = CM_PAIR_KEY;
	memcpy(m + 1, x, X8);
	memcpy(m + 1 + X8, swap ? other : tie, CM_HASH_LEN);
	memcpy(m + 1 + X8 + CM_HASH_LEN, swap ? tie : other, CM_HASH_LEN);
	cm_sha256(m, sizeof(m), out);
}

void
cm_pair_salt(const struct cm_seal_secret *secret, const uint8_t key[CM_HASH_LEN], uint8_t out[CM_HASH_LEN])
{
	uint8_t m[1 + SHORT + CM_HASH_LEN];

	m[0] = CM_PAIR_SALT;
	memcpy(m + 1, key, SHORT);
	memcpy(m + 1 + SHORT, secret->s, CM_HASH_LEN);
	cm_sha256(m, sizeof(m), out);
	explicit_bzero(m, sizeof(m));
}

void
cm_pair_leaf(const uint8_t key[CM_HASH_LEN], uint64_t rows, const uint8_t cover[CM_HASH_LEN],
    uint8_t out[CM_HASH_LEN])
{
	uint8_t m[1 + CM_HASH_LEN + 8 + CM_HASH_LEN];

	m[0] = CM_PAIR_LEAF;
	memcpy(m + 1, key, CM_HASH_LEN);
	cm_put64(m + 1 + CM_HASH_LEN, rows);
	memcpy(m + 9 + CM_HASH_LEN, cover, CM_HASH_LEN);
	cm_sha256(m, sizeof(m), out);
}

void
cm_pair_pad(const struct cm_seal_secret *secret, unsigned depth, const uint8_t key[CM_HASH_LEN],
    uint8_t out[CM_HASH_LEN])
{
	uint8_t m[2 + SHORT + CM_HASH_LEN] = { 0x1b, (uint8_t)depth };

	memcpy(m + 2, key, depth / 8);
	if (depth % 8 != 0)
		m[2 + depth / 8] = (uint8_t)(key[depth / 8] & 0xff00u >> depth % 8);
	memcpy(m + 2 + SHORT, secret->s, CM_HASH_LEN);
	cm_sha256(m, sizeof(m), out);
	explicit_bzero(m, sizeof(m));
}

void
cm_pair_node(const uint8_t left[CM_HASH_LEN], const uint8_t right[CM_HASH_LEN], uint8_t out[CM_HASH_LEN])
{
	uint8_t m[1 + 2 * CM_HASH_LEN];

	m[0] = 0x1c;
	memcpy(m + 1, left, CM_HASH_LEN);
	memcpy(m + 1 + CM_HASH_LEN, right, CM_HASH_LEN);
	cm_sha256(m, sizeof(m), out);
}

void
cm_pair_count_begin(struct cm_pair_count *c)
{
	const uint8_t head = CM_PAIR_COVER;

	cm_sha256_init(&c->hash);
	cm_sha256_add(&c->hash, &head, 1);
	c->rows = 0;
}

void
cm_pair_count_add(struct cm_pair_count *c, uint64_t row)
{
	uint8_t number[8];

	cm_put64(number, row);
	cm_sha256_add(&c->hash, number, sizeof(number));
	c->rows++;
}

bool
cm_pair_count_is(struct cm_pair_count *c, const struct cm_opened_pair *p)
{
	uint8_t cover[CM_HASH_LEN];

	cm_sha256_add(&c->hash, p->salt, CM_HASH_LEN);
	cm_sha256_end(&c->hash, cover);
	return c->rows == p->rows && memcmp(cover, p->cover, CM_HASH_LEN) == 0;
}
