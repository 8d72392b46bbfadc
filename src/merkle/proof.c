#include "merkle/proof.h"

#include <string.h>

#include "merkle/tree.h"

void
cm_merkle_leaf(struct cm_span entry, uint8_t out[CM_SHA256_LEN])
{
	static const uint8_t head = 0x00;
	struct cm_sha256 h;

	cm_sha256_init(&h);
	cm_sha256_add(&h, &head, 1);
	cm_sha256_add(&h, entry.ptr, entry.len);
	cm_sha256_end(&h, out);
}

/* The largest power of two below ${n}; n > 1.  There the RFC splits a tree. */
static uint64_t
split(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

/* The root over leaves [from, to), which is a node of some tree: its whole subtrees, one a bit of
 * the length, are joined from the right. */
static enum cm_result
node_of(const struct cm_hashes *h, uint64_t from, uint64_t to, uint8_t out[CM_SHA256_LEN],
    struct cm_err *err)
{
	uint8_t left[CM_SHA256_LEN];
	uint64_t n = to - from, at = to;
	enum cm_result r;
	bool first = true;
	unsigned level;

	for (; n != 0; n &= n - 1) {
		level = cm_tree_level(n & (~n + 1));
		at -= (uint64_t)1 << level;
		r = h->at(h->arg, level, at >> level, first ? out : left, err);
		if (r != CM_OK)
			return r;
		if (!first)
			cm_tree_node(left, out, out);
		first = false;
	}
	return CM_OK;
}

static enum cm_result
check_sizes(const char *what, uint64_t part, uint64_t size, struct cm_err *err)
{
	if (size > CM_MERKLE_SIZE_MAX)
		return cm_err_set(err, CM_E_USAGE,
		    "a tree of %llu leaves: there is none beyond 2^63 - 1",
		    (unsigned long long)size);
	if (part > size)
		return cm_err_set(err, CM_E_USAGE, "%s %llu in a tree of %llu leaves", what,
		    (unsigned long long)part, (unsigned long long)size);
	return CM_OK;
}

enum cm_result
cm_merkle_root(
    const struct cm_hashes *h, uint64_t size, uint8_t out[CM_SHA256_LEN], struct cm_err *err)
{
	enum cm_result r = check_sizes("leaf", 0, size, err);
	uint8_t root[CM_SHA256_LEN];

	if (r != CM_OK)
		return r;
	if (size == 0)
		cm_sha256(NULL, 0, root);
	else
		r = node_of(h, 0, size, root, err);
	if (r == CM_OK)
		memcpy(out, root, sizeof(root));
	return r;
}

/* A walk from the root down: the node it is at, and the siblings met. */
struct walk {
	uint64_t from, to;
	struct cm_proof proof; /* nearest the root first */
};

/* Steps down to the side on which leaf ${at} is; the other side's hash goes into the proof. */
static enum cm_result
step_down(struct walk *w, const struct cm_hashes *h, uint64_t at, struct cm_err *err)
{
	uint64_t middle = w->from + split(w->to - w->from);
	bool left = at < middle;
	enum cm_result r;

	if (w->proof.n == CM_PROOF_MAX)
		return cm_err_set(err, CM_E_LIMIT, "a proof of more than %u hashes", CM_PROOF_MAX);
	r = node_of(
	    h, left ? middle : w->from, left ? w->to : middle, w->proof.hash[w->proof.n], err);
	if (r != CM_OK)
		return r;
	w->proof.n++;
	if (left)
		w->to = middle;
	else
		w->from = middle;
	return CM_OK;
}

static void
give_out(const struct walk *w, struct cm_proof *out)
{
	size_t i, n = w->proof.n;

	out->n = n;
	for (i = 0; i < n; i++)
		memcpy(out->hash[i], w->proof.hash[n - 1 - i], CM_SHA256_LEN);
}

enum cm_result
cm_proof_inclusion(const struct cm_hashes *h, uint64_t index, uint64_t size, struct cm_proof *out,
    struct cm_err *err)
{
	struct walk w = { .to = size };
	enum cm_result r = check_sizes("leaf", index, size, err);

	if (r == CM_OK && index == size)
		r = cm_err_set(
		    err, CM_E_USAGE, "leaf %llu in a tree of as many", (unsigned long long)index);
	while (r == CM_OK && w.to - w.from > 1)
		r = step_down(&w, h, index, err);
	if (r == CM_OK)
		give_out(&w, out);
	return r;
}

enum cm_result
cm_proof_consistency(const struct cm_hashes *h, uint64_t from, uint64_t size, struct cm_proof *out,
    struct cm_err *err)
{
	struct walk w = { .to = size };
	enum cm_result r = check_sizes("a beginning of", from, size, err);

	/* Down to the node that ends where the older tree ended.  Its hash is known to who
	 * has the older root only if it is that root. */
	while (r == CM_OK && from != 0 && w.to != from)
		r = step_down(&w, h, from - 1, err);
	if (r == CM_OK && w.from != 0 && w.proof.n == CM_PROOF_MAX)
		r = cm_err_set(err, CM_E_LIMIT, "a proof of more than %u hashes", CM_PROOF_MAX);
	if (r == CM_OK && w.from != 0)
		r = node_of(h, w.from, w.to, w.proof.hash[w.proof.n++], err);
	if (r == CM_OK)
		give_out(&w, out);
	return r;
}

/* The way up from a leaf: its number in the level it is at, and that of the level's last node. */
struct climb {
	uint64_t at, last;
};

/* Is the next hash on the left?  Steps up, over levels in which the last node has no sibling. */
static bool
step_up(struct climb *c)
{
	bool left = (c->at & 1) != 0 || c->at == c->last;

	while (left && (c->at & 1) == 0 && c->at != 0) {
		c->at >>= 1;
		c->last >>= 1;
	}
	c->at >>= 1;
	c->last >>= 1;
	return left;
}

/* RFC 9162 2.1.3.2 */
enum cm_result
cm_proof_check_inclusion(uint64_t index, uint64_t size, const uint8_t leaf[CM_SHA256_LEN],
    const struct cm_proof *proof, const uint8_t root[CM_SHA256_LEN])
{
	struct climb c = { index, size - 1 };
	uint8_t r[CM_SHA256_LEN];
	size_t i;

	if (size > CM_MERKLE_SIZE_MAX || index >= size || proof->n > CM_PROOF_MAX)
		return CM_E_REFUSED;
	memcpy(r, leaf, sizeof(r));
	for (i = 0; i < proof->n; i++) {
		if (c.last == 0)
			return CM_E_REFUSED;
		if (step_up(&c))
			cm_tree_node(proof->hash[i], r, r);
		else
			cm_tree_node(r, proof->hash[i], r);
	}
	return c.last == 0 && memcmp(r, root, sizeof(r)) == 0 ? CM_OK : CM_E_REFUSED;
}

/* Where nothing is to be proved: from no leaves, or from all of them. */
static enum cm_result
check_same(const uint8_t from_root[CM_SHA256_LEN], const uint8_t root[CM_SHA256_LEN],
    const struct cm_proof *proof)
{
	return proof->n == 0 && memcmp(from_root, root, CM_SHA256_LEN) == 0 ? CM_OK : CM_E_REFUSED;
}

/* RFC 9162 2.1.4.2, from step 3 on; 0 < from < size. */
static enum cm_result
check_longer(uint64_t from, const uint8_t from_root[CM_SHA256_LEN], uint64_t size,
    const uint8_t root[CM_SHA256_LEN], const struct cm_proof *proof)
{
	struct climb c = { from - 1, size - 1 };
	uint8_t older[CM_SHA256_LEN], newer[CM_SHA256_LEN];
	size_t i = 0;

	for (; c.at & 1; c.at >>= 1)
		c.last >>= 1;
	/* The older tree is itself a node of the newer one, or the proof says what is. */
	if (c.at != 0 && proof->n == 0)
		return CM_E_REFUSED;
	memcpy(older, c.at == 0 ? from_root : proof->hash[i++], sizeof(older));
	memcpy(newer, older, sizeof(newer));
	for (; i < proof->n; i++) {
		if (c.last == 0)
			return CM_E_REFUSED;
		if (step_up(&c)) {
			cm_tree_node(proof->hash[i], older, older);
			cm_tree_node(proof->hash[i], newer, newer);
		} else {
			cm_tree_node(newer, proof->hash[i], newer);
		}
	}
	if (c.last != 0 || memcmp(older, from_root, sizeof(older)) != 0)
		return CM_E_REFUSED;
	return memcmp(newer, root, sizeof(newer)) == 0 ? CM_OK : CM_E_REFUSED;
}

enum cm_result
cm_proof_check_consistency(uint64_t from, const uint8_t from_root[CM_SHA256_LEN], uint64_t size,
    const uint8_t root[CM_SHA256_LEN], const struct cm_proof *proof)
{
	uint8_t none[CM_SHA256_LEN];

	if (size > CM_MERKLE_SIZE_MAX || from > size || proof->n > CM_PROOF_MAX)
		return CM_E_REFUSED;
	if (from == size)
		return check_same(from_root, root, proof);
	if (from > 0)
		return check_longer(from, from_root, size, root, proof);
	cm_sha256(NULL, 0, none);
	return check_same(from_root, none, proof);
}
