#include <string.h>

#include "crypto/sha256.h"
#include "merkle/tree.h"

void
cm_tree_node(const uint8_t left[CM_SHA256_LEN], const uint8_t right[CM_SHA256_LEN],
    uint8_t out[CM_SHA256_LEN])
{
	uint8_t m[1 + 2 * CM_SHA256_LEN];

	m[0] = 0x01;
	memcpy(m + 1, left, CM_SHA256_LEN);
	memcpy(m + 1 + CM_SHA256_LEN, right, CM_SHA256_LEN);
	cm_sha256(m, sizeof(m), out);
}

static void
add(struct cm_tree *t, unsigned level, const uint8_t hash[CM_SHA256_LEN], bool marked)
{
	uint64_t count = (uint64_t)1 << level;
	uint8_t h[CM_SHA256_LEN];

	memcpy(h, hash, CM_SHA256_LEN);
	for (; t->size & (uint64_t)1 << level; level++) {
		if (marked && (t->marked & (uint64_t)1 << level))
			t->siblings = true;
		cm_tree_node(t->node[level], h, h);
		marked = false;
	}
	memcpy(t->node[level], h, CM_SHA256_LEN);
	t->marked = (t->marked & ~((uint64_t)1 << level)) | (uint64_t)marked << level;
	t->size += count;
}

void
cm_tree_add(struct cm_tree *t, unsigned level, const uint8_t hash[CM_SHA256_LEN])
{
	add(t, level, hash, false);
}

void
cm_tree_add_marked(struct cm_tree *t, unsigned level, const uint8_t hash[CM_SHA256_LEN])
{
	add(t, level, hash, true);
}

void
cm_tree_root(struct cm_tree *t, const uint8_t *tail, uint8_t out[CM_SHA256_LEN])
{
	bool have = tail != NULL, marked = have;
	uint8_t h[CM_SHA256_LEN];
	unsigned level;

	if (!have && t->size == 0) {
		cm_sha256(NULL, 0, out);
		return;
	}
	if (have)
		memcpy(h, tail, CM_SHA256_LEN);
	for (level = 0; level < CM_TREE_LEVELS; level++) {
		if (!(t->size & (uint64_t)1 << level))
			continue;
		if (!have) {
			memcpy(h, t->node[level], CM_SHA256_LEN);
			marked = t->marked & (uint64_t)1 << level;
			have = true;
			continue;
		}
		if (marked && (t->marked & (uint64_t)1 << level))
			t->siblings = true;
		cm_tree_node(t->node[level], h, h);
		marked = false;
	}
	memcpy(out, h, CM_SHA256_LEN);
}

size_t
cm_tree_pairs(const uint8_t *in, size_t n, uint8_t (*out)[CM_SHA256_LEN])
{
	static const uint8_t head = 0x01;
	struct cm_sha256_msg m[CM_TREE_SOME / 2];
	size_t i;

	for (i = 0; i < n / 2; i++)
		m[i] = (struct cm_sha256_msg) { { &head, 1 },
			{ in + 2 * CM_SHA256_LEN * i, 2 * CM_SHA256_LEN } };
	cm_sha256_many(m, n / 2, out);
	if (n % 2 != 0)
		memcpy(out[n / 2], in + CM_SHA256_LEN * (n - 1), CM_SHA256_LEN);
	return (n + 1) / 2;
}

void
cm_tree_of(const uint8_t *leaves, size_t n, uint8_t out[CM_SHA256_LEN])
{
	uint8_t odd[CM_TREE_SOME / 2][CM_SHA256_LEN], even[CM_TREE_SOME / 4][CM_SHA256_LEN];
	const uint8_t *in = leaves;
	bool to_odd = true;

	while (n > 1) {
		n = cm_tree_pairs(in, n, to_odd ? odd : even);
		in = to_odd ? odd[0] : even[0];
		to_odd = !to_odd;
	}
	memcpy(out, in, CM_SHA256_LEN);
}

size_t
cm_tree_above(const uint8_t *leaves, size_t n, unsigned levels, uint8_t (*out)[CM_SHA256_LEN])
{
	uint8_t odd[CM_TREE_SOME / 2][CM_SHA256_LEN], even[CM_TREE_SOME / 4][CM_SHA256_LEN];
	const uint8_t *in = leaves;
	unsigned i;

	for (i = 0; i < levels; i++) {
		n = cm_tree_pairs(in, n, i % 2 == 0 ? odd : even);
		in = i % 2 == 0 ? odd[0] : even[0];
	}
	memcpy(out, in, n * CM_SHA256_LEN);
	return n;
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
