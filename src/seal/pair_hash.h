/* seal/pair_hash.h -- the hashes of the table of pairs (docs/formats.md 1.6); for pair_*.c, nobody else. */
#ifndef CM_SEAL_PAIR_HASH_H
#define CM_SEAL_PAIR_HASH_H

#include "seal/pairs.h"

void cm_pair_salt(const struct cm_seal_secret *secret, const uint8_t key[CM_HASH_LEN], uint8_t out[CM_HASH_LEN]);
/* What the messages of these begin with. */
#define CM_PAIR_KEY 0x17
#define CM_PAIR_SALT 0x18
#define CM_PAIR_COVER 0x19
#define CM_PAIR_LEAF 0x1a
#define CM_PAIR_SHORT 16u /* bytes of a key that go into a salt or a pad */
void cm_pair_leaf(const uint8_t key[CM_HASH_LEN], uint64_t rows, const uint8_t cover[CM_HASH_LEN],
    uint8_t out[CM_HASH_LEN]);
void cm_pair_node(
    const uint8_t left[CM_HASH_LEN], const uint8_t right[CM_HASH_LEN], uint8_t out[CM_HASH_LEN]);

/* Of the place at ${depth} on the way of ${key}. */
void cm_pair_pad(const struct cm_seal_secret *secret, unsigned depth, const uint8_t key[CM_HASH_LEN],
    uint8_t out[CM_HASH_LEN]);

/* Bit ${i} of a key, from the highest of its first byte. */
static inline bool
cm_pair_bit(const uint8_t key[CM_HASH_LEN], unsigned i)
{
	return key[i / 8] >> (7 - i % 8) & 1;
}

/* Do the first ${depth} bits agree? */
static inline bool
cm_pair_same_way(const uint8_t a[CM_HASH_LEN], const uint8_t b[CM_HASH_LEN], unsigned depth)
{
	unsigned i;

	for (i = 0; i < depth; i++)
		if (cm_pair_bit(a, i) != cm_pair_bit(b, i))
			return false;
	return true;
}

/* Items of an opening, by their first number. */
enum cm_pair_item { CM_PAIR_WHOLE = 0, CM_PAIR_COVERED = 1, CM_PAIR_SHUT = 2, CM_PAIR_END = 4 };

#endif
