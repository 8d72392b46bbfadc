/* merkle/tree.h -- the tree of RFC 9162 section 2.1, as its leaves come: of sealed tables, of logs.
 *
 * node = H( 0x01 || left || right ); no leaves: H("").  A whole subtree of 2^h
 * leaves may be given as one hash.  Memory: one hash a level.
 *
 * For openings a node can be *marked* when it is given: two marked nodes that are
 * siblings could have been one, and the tree says so. */
#ifndef CM_MERKLE_TREE_H
#define CM_MERKLE_TREE_H

#include "crypto/sha256.h"

#define CM_TREE_LEVELS 41

/* Zero-initialise. */
struct cm_tree {
	uint64_t size;                               /* leaves so far */
	uint64_t marked;                             /* bit per level of `node` */
	bool siblings;                               /* two marked siblings have been met */
	uint8_t node[CM_TREE_LEVELS][CM_SHA256_LEN]; /* valid where `size` has the bit */
};

void cm_tree_node(const uint8_t left[CM_SHA256_LEN], const uint8_t right[CM_SHA256_LEN],
    uint8_t out[CM_SHA256_LEN]); /* ${out} may be one of them */

/* Adds the hash of 2^level leaves.  `size` must be a multiple of 2^level and stay
 * within 2^40, which callers see to. */
void cm_tree_add(struct cm_tree *t, unsigned level, const uint8_t hash[CM_SHA256_LEN]);
void cm_tree_add_marked(struct cm_tree *t, unsigned level, const uint8_t hash[CM_SHA256_LEN]);

/* The root.  ${tail}, unless NULL, is a marked last subtree, with fewer leaves than the
 * smallest full one before it (its leaves are not counted in `size`). */
void cm_tree_root(struct cm_tree *t, const uint8_t *tail, uint8_t out[CM_SHA256_LEN]);

/* The root over ${n} leaves, joined, 1..CM_TREE_SOME of them; each level side by side. */
#define CM_TREE_SOME 256u
void cm_tree_of(const uint8_t *leaves, size_t n, uint8_t out[CM_SHA256_LEN]);

/* The nodes over ${n} hashes, of pairs, side by side; the last one of an odd number goes up as it
 * is.  Says how many; n <= CM_TREE_SOME. */
size_t cm_tree_pairs(const uint8_t *in, size_t n, uint8_t (*out)[CM_SHA256_LEN]);

/* The nodes ${levels} above ${n} leaves, joined, as many as are not whole included: so many
 * of 2^levels leaves each.  0 < n <= CM_TREE_SOME.  Returns how many there are. */
size_t cm_tree_above(const uint8_t *leaves, size_t n, unsigned levels, uint8_t (*out)[CM_SHA256_LEN]);

/* Is [at, at+count) a subtree of the tree over n leaves?  0 < count, at+count <= n. */
bool cm_tree_is_subtree(uint64_t n, uint64_t at, uint64_t count);

/* Leaves of the largest subtree of the tree over n leaves that begins at ${at} and ends
 * at or before ${to}; at < to <= n. */
uint64_t cm_tree_largest(uint64_t n, uint64_t at, uint64_t to);

/* Level of a subtree of ${count} leaves, which is a power of two. */
static inline unsigned
cm_tree_level(uint64_t count)
{
	return (unsigned)__builtin_ctzll(count);
}

static inline bool
cm_is_pow2(uint64_t v)
{
	return v != 0 && (v & (v - 1)) == 0;
}

#endif
