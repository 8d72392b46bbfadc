#include <string.h>

#include "crypto/sha256.h"
#include "seal/tree.h"

static void
join(const uint8_t left[CM_HASH_LEN], const uint8_t right[CM_HASH_LEN], uint8_t out[CM_HASH_LEN])
{
	uint8_t m[1 + 2 * CM_HASH_LEN];

	m[0] = 0x01;
	memcpy(m + 1, left, CM_HASH_LEN);
	memcpy(m + 1 + CM_HASH_LEN, right, CM_HASH_LEN);
	cm_sha256(m, sizeof(m), out);
}

static void
add(struct cm_tree *t, unsigned level, const uint8_t hash[CM_HASH_LEN], bool marked)
{
	uint64_t count = (uint64_t)1 << level;
	uint8_t h[CM_HASH_LEN];

	memcpy(h, hash, CM_HASH_LEN);
	for (; t->size & (uint64_t)1 << level; level++) {
		if (marked && (t->marked & (uint64_t)1 << level))
			t->siblings = true;
		join(t->node[level], h, h);
		marked = false;
	}
	memcpy(t->node[level], h, CM_HASH_LEN);
	t->marked = (t->marked & ~((uint64_t)1 << level)) | (uint64_t)marked << level;
	t->size += count;
}

void
cm_tree_add(struct cm_tree *t, unsigned level, const uint8_t hash[CM_HASH_LEN])
{
	add(t, level, hash, false);
}

void
cm_tree_add_marked(struct cm_tree *t, unsigned level, const uint8_t hash[CM_HASH_LEN])
{
	add(t, level, hash, true);
}

void
cm_tree_root(struct cm_tree *t, const uint8_t *tail, uint8_t out[CM_HASH_LEN])
{
	bool have = tail != NULL, marked = have;
	uint8_t h[CM_HASH_LEN];
	unsigned level;

	if (!have && t->size == 0) {
		cm_sha256(NULL, 0, out);
		return;
	}
	if (have)
		memcpy(h, tail, CM_HASH_LEN);
	for (level = 0; level < CM_TREE_LEVELS; level++) {
		if (!(t->size & (uint64_t)1 << level))
			continue;
		if (!have) {
			memcpy(h, t->node[level], CM_HASH_LEN);
			marked = t->marked & (uint64_t)1 << level;
			have = true;
			continue;
		}
		if (marked && (t->marked & (uint64_t)1 << level))
			t->siblings = true;
		join(t->node[level], h, h);
		marked = false;
	}
	memcpy(out, h, CM_HASH_LEN);
}

/* Is [at, n) a node on the right edge?  RFC 9162 splits off the largest power of two
 * below the size again and again: what is left begins where n has its low bits cleared. */
static bool
is_right_edge(uint64_t n, uint64_t at)
{
	uint64_t rest = n - at;

	return at == 0 || rest < (at & (~at + 1));
}

bool
cm_tree_is_subtree(uint64_t n, uint64_t at, uint64_t count)
{
	if (cm_is_pow2(count) && at % count == 0)
		return true;
	return at + count == n && is_right_edge(n, at);
}

uint64_t
cm_tree_largest(uint64_t n, uint64_t at, uint64_t to)
{
	uint64_t count = 1;

	if (to == n && is_right_edge(n, at))
		return n - at;
	while (at % (count * 2) == 0 && count * 2 <= to - at)
		count *= 2;
	return count;
}
