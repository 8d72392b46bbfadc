/* Laws of proofs: each one that was made holds, is as long as the RFC says, and nothing that differs
 * from it in anything holds.  In trees of some thousand leaves, against the RFC's own words; and in trees
 * of up to 2^63 - 1, whose left-out parts are made up. */
#include <stdlib.h>
#include <string.h>

#include "../gen.h"
#include "merkle/proof.h"
#include "merkle/tree.h"

#define LEAVES 4096u

/* ---- the tree, word by word: RFC 9162 2.1.1, 2.1.3.1, 2.1.4.1 ---- */

static void
node(const uint8_t *l, const uint8_t *r, uint8_t *out)
{
	uint8_t m[65] = { 1 };

	memcpy(m + 1, l, 32);
	memcpy(m + 33, r, 32);
	cm_sha256(m, 65, out);
}

static uint64_t
below(uint64_t n)
{
	uint64_t k = 1;

	while (k < n - k)
		k *= 2;
	return k;
}

static void
mth(uint8_t (*d)[32], uint64_t n, uint8_t *out)
{
	uint8_t l[32], r[32];

	if (n == 0) {
		cm_sha256(NULL, 0, out);
		return;
	}
	if (n == 1) {
		memcpy(out, d[0], 32);
		return;
	}
	mth(d, below(n), l);
	mth(d + below(n), n - below(n), r);
	node(l, r, out);
}

static void
append(struct cm_proof *p, uint8_t (*d)[32], uint64_t n)
{
	mth(d, n, p->hash[p->n++]);
}

static void
path(uint64_t m, uint8_t (*d)[32], uint64_t n, struct cm_proof *p)
{
	uint64_t k;

	if (n == 1)
		return;
	k = below(n);
	if (m < k) {
		path(m, d, k, p);
		append(p, d + k, n - k);
	} else {
		path(m - k, d + k, n - k, p);
		append(p, d, k);
	}
}

static void
subproof(uint64_t m, uint8_t (*d)[32], uint64_t n, bool whole, struct cm_proof *p)
{
	uint64_t k;

	if (m == n) {
		if (!whole)
			append(p, d, n);
		return;
	}
	k = below(n);
	if (m <= k) {
		subproof(m, d, k, whole, p);
		append(p, d + k, n - k);
	} else {
		subproof(m - k, d + k, n - k, false, p);
		append(p, d, k);
	}
}

/* ---- mutations ---- */

struct claim {
	bool inclusion;
	uint64_t at; /* index, or the older size */
	uint64_t size;
	uint8_t first[32], root[32]; /* leaf, or the older root; the root */
	struct cm_proof proof;
};

static bool
holds(const struct claim *c)
{
	enum cm_result r;

	if (c->inclusion)
		r = cm_proof_check_inclusion(c->at, c->size, c->first, &c->proof, c->root);
	else
		r = cm_proof_check_consistency(c->at, c->first, c->size, c->root, &c->proof);
	return r == CM_OK;
}

static bool
same(const struct claim *a, const struct claim *b)
{
	return a->at == b->at && a->size == b->size && memcmp(a->first, b->first, 32) == 0 &&
	       memcmp(a->root, b->root, 32) == 0 && a->proof.n == b->proof.n &&
	       memcmp(a->proof.hash, b->proof.hash, 32 * a->proof.n) == 0;
}

static void
insert(struct gen *g, struct cm_proof *p)
{
	size_t at = (size_t)gen_upto(g, p->n);

	memmove(p->hash[at + 1], p->hash[at], 32 * (p->n - at));
	p->n++;
	if (gen_one_in(g, 2))
		gen_bytes(g, p->hash[at], 32);
	else
		memcpy(p->hash[at], p->hash[gen_below(g, p->n)], 32);
}

static void
take_out(struct gen *g, struct cm_proof *p)
{
	size_t at = (size_t)gen_below(g, p->n);

	p->n--;
	memmove(p->hash[at], p->hash[at + 1], 32 * (p->n - at));
}

static void
swap(struct gen *g, struct cm_proof *p)
{
	size_t a = (size_t)gen_below(g, p->n), b = (size_t)gen_below(g, p->n);
	uint8_t t[32];

	memcpy(t, p->hash[a], 32);
	memmove(p->hash[a], p->hash[b], 32);
	memcpy(p->hash[b], t, 32);
}

static uint64_t
other_number(struct gen *g, uint64_t n)
{
	switch (gen_below(g, 4)) {
	case 0:
		return n + 1;
	case 1:
		return n - 1;
	case 2:
		return n ^ (uint64_t)1 << gen_below(g, 64);
	default:
		return gen_below(g, n / 2 + 8);
	}
}

static void
flip(struct gen *g, uint8_t *hash)
{
	hash[gen_below(g, 32)] ^= (uint8_t)(1u << gen_below(g, 8));
}

static void
mutate(struct gen *g, struct claim *c)
{
	struct cm_proof *p = &c->proof;
	uint8_t t[32];

	switch (gen_below(g, 8)) {
	case 0:
		c->at = other_number(g, c->at);
		return;
	case 1:
		flip(g, gen_one_in(g, 2) ? c->first : c->root);
		return;
	case 2:
		memcpy(t, c->first, 32);
		memcpy(c->first, c->root, 32);
		memcpy(c->root, t, 32);
		return;
	case 3:
		if (p->n < CM_PROOF_MAX)
			insert(g, p);
		return;
	case 4:
		if (p->n > 0)
			take_out(g, p);
		return;
	case 5:
		if (p->n > 0)
			swap(g, p);
		return;
	default:
		if (p->n > 0)
			flip(g, p->hash[gen_below(g, p->n)]);
	}
}

/* Does ${c} hold, and nothing like it?  Another size is tried where it changes what the hashes are
 * joined to; where it does not, the RFC's proof does not speak of it. */
static bool
only_it_holds(struct gen *g, const struct claim *c)
{
	struct claim other;
	int i;

	if (!holds(c))
		return gen_fail(g, "%s of %llu in %llu does not hold",
		    c->inclusion ? "inclusion" : "consistency", (unsigned long long)c->at,
		    (unsigned long long)c->size);
	for (i = 0; i < 24; i++) {
		other = *c;
		mutate(g, &other);
		if (!same(c, &other) && holds(&other))
			return gen_fail(g,
			    "%s of %llu in %llu holds when changed (%llu in %llu, %zu hashes)",
			    c->inclusion ? "inclusion" : "consistency", (unsigned long long)c->at,
			    (unsigned long long)c->size, (unsigned long long)other.at,
			    (unsigned long long)other.size, other.proof.n);
	}
	return true;
}

/* ---- trees of which every leaf is there ---- */

struct small {
	uint8_t leaf[LEAVES][32];
	uint64_t size;
};

static enum cm_result
small_at(void *arg, unsigned level, uint64_t n, uint8_t out[32], struct cm_err *err)
{
	struct small *s = arg;

	if (level > 40 || (n + 1) << level > s->size)
		return cm_err_set(err, CM_E_USAGE, "no such node");
	mth(s->leaf + (n << level), (uint64_t)1 << level, out);
	return CM_OK;
}

static struct small *
small_made(struct gen *g)
{
	struct small *s = malloc(sizeof(*s));
	uint64_t i;

	if (s == NULL)
		abort();
	s->size = 1 + gen_below(g, g->size < LEAVES ? g->size : LEAVES);
	for (i = 0; i < s->size; i++)
		gen_bytes(g, s->leaf[i], 32);
	return s;
}

/* Only the size differs; the root is the tree's own, so it must not hold. */
static bool
other_size_fails(struct gen *g, struct small *s, const struct claim *c)
{
	struct claim other = *c;

	do
		other.size =
		    gen_one_in(g, 2) ? other_number(g, s->size) : 1 + gen_below(g, s->size);
	while (other.size == s->size || other.size > s->size + 1);
	if (other.size <= s->size)
		mth(s->leaf, other.size, other.root);
	else
		flip(g, other.root);
	if (holds(&other) && !(other.size == other.at && !c->inclusion && c->proof.n == 0))
		return gen_fail(g, "%llu in %llu holds for %llu leaves and their root",
		    (unsigned long long)c->at, (unsigned long long)s->size,
		    (unsigned long long)other.size);
	return true;
}

static bool
is_made(struct gen *g, const struct cm_proof *made, const struct cm_proof *want, uint64_t at,
    uint64_t size)
{
	if (made->n == want->n && memcmp(made->hash, want->hash, 32 * want->n) == 0)
		return true;
	return gen_fail(g, "%llu in %llu: %zu hashes, not the RFC's %zu", (unsigned long long)at,
	    (unsigned long long)size, made->n, want->n);
}

static bool
inclusion_is_the_rfc_s(struct gen *g)
{
	struct small *s = small_made(g);
	const struct cm_hashes h = { small_at, s };
	struct claim c = { .inclusion = true, .at = gen_below(g, s->size), .size = s->size };
	struct cm_proof want = { 0 };
	uint8_t root[32];
	bool ok;

	mth(s->leaf, s->size, c.root);
	memcpy(c.first, s->leaf[c.at], 32);
	path(c.at, s->leaf, s->size, &want);
	ok = cm_merkle_root(&h, s->size, root, NULL) == CM_OK && memcmp(root, c.root, 32) == 0;
	if (!ok)
		gen_fail(g, "%llu leaves: another root", (unsigned long long)s->size);
	if (ok && cm_proof_inclusion(&h, c.at, c.size, &c.proof, NULL) != CM_OK)
		ok = gen_fail(g, "not made");
	ok = ok && is_made(g, &c.proof, &want, c.at, c.size) && only_it_holds(g, &c) &&
	     other_size_fails(g, s, &c);
	free(s);
	return ok;
}

static bool
consistency_is_the_rfc_s(struct gen *g)
{
	struct small *s = small_made(g);
	const struct cm_hashes h = { small_at, s };
	struct claim c = { .at = gen_upto(g, s->size), .size = s->size };
	struct cm_proof want = { 0 };
	bool ok = true;

	mth(s->leaf, s->size, c.root);
	mth(s->leaf, c.at, c.first);
	if (c.at > 0)
		subproof(c.at, s->leaf, s->size, true, &want);
	if (cm_proof_consistency(&h, c.at, c.size, &c.proof, NULL) != CM_OK)
		ok = gen_fail(g, "not made");
	ok = ok && is_made(g, &c.proof, &want, c.at, c.size);
	/* From no leaves there is nothing to prove: every size and root would do. */
	if (ok && c.at > 0 && c.at < c.size)
		ok = only_it_holds(g, &c) && other_size_fails(g, s, &c);
	else if (ok && !holds(&c))
		ok = gen_fail(g, "from %llu to %llu does not hold", (unsigned long long)c.at,
		    (unsigned long long)c.size);
	free(s);
	return ok;
}

/* ---- trees beyond any memory: a node's hash is made up of where it is, unless it lies over a place
 * that is looked at, when it is the hash of its two halves ---- */

struct huge {
	uint64_t size;
	uint64_t place[2]; /* leaves beside which everything is spelt out */
	uint64_t salt;
};

static bool
lies_over(const struct huge *t, unsigned level, uint64_t n)
{
	return t->place[0] >> level == n || t->place[1] >> level == n;
}

static enum cm_result
huge_at(void *arg, unsigned level, uint64_t n, uint8_t out[32], struct cm_err *err)
{
	struct huge *t = arg;
	uint8_t made[24], l[32], r[32];

	if (level > 62 || n >= t->size >> level)
		return cm_err_set(err, CM_E_USAGE, "no such node");
	if (level > 0 && lies_over(t, level, n)) {
		if (huge_at(t, level - 1, 2 * n, l, err) != CM_OK ||
		    huge_at(t, level - 1, 2 * n + 1, r, err) != CM_OK)
			return CM_E_USAGE;
		node(l, r, out);
		return CM_OK;
	}
	cm_put64(made, t->salt);
	cm_put64(made + 8, level);
	cm_put64(made + 16, n);
	cm_sha256(made, sizeof(made), out);
	return CM_OK;
}

static struct huge
huge_made(struct gen *g)
{
	struct huge t = { .salt = gen_u64(g) };
	unsigned bits = 40 + (unsigned)gen_below(g, 24);

	/* Powers of two and their neighbours now and then: 2^40 .. 2^63 - 1. */
	t.size = ((uint64_t)1 << bits) - 1 + gen_below(g, 3);
	if (gen_one_in(g, 2) || t.size > CM_MERKLE_SIZE_MAX)
		t.size = (gen_u64(g) >> (64 - bits)) | (uint64_t)1 << (bits - 1);
	t.place[0] = gen_one_in(g, 2) ? gen_below(g, t.size) : t.size - 1 - gen_below(g, 4);
	t.place[1] = t.size - 1;
	return t;
}

/* How many hashes a path from the root to ${at} takes. */
static unsigned
depth(uint64_t at, uint64_t size)
{
	unsigned n = 0;

	for (; size > 1; n++) {
		uint64_t k = below(size);

		size = at < k ? k : size - k;
		at = at < k ? at : at - k;
	}
	return n;
}

static bool
inclusion_in_huge_trees(struct gen *g)
{
	struct huge t = huge_made(g);
	const struct cm_hashes h = { huge_at, &t };
	struct claim c = { .inclusion = true, .at = t.place[0], .size = t.size };

	if (cm_merkle_root(&h, t.size, c.root, NULL) != CM_OK ||
	    huge_at(&t, 0, c.at, c.first, NULL) != CM_OK ||
	    cm_proof_inclusion(&h, c.at, c.size, &c.proof, NULL) != CM_OK)
		return gen_fail(g, "not made");
	if (c.proof.n != depth(c.at, c.size))
		return gen_fail(g, "%zu hashes, not %u", c.proof.n, depth(c.at, c.size));
	return only_it_holds(g, &c);
}

static bool
consistency_in_huge_trees(struct gen *g)
{
	struct huge t = huge_made(g);
	const struct cm_hashes h = { huge_at, &t };
	struct claim c = { .at = t.place[0] + 1, .size = t.size };
	enum cm_result r;
	size_t want;

	if (c.at == c.size)
		return true;
	/* The node that ends the older tree, and what is beside the way to it: 2.1.4.1.  A power of two
	 * is a node of which who has the older root has the hash. */
	want = depth(c.at - 1, c.size) - (unsigned)__builtin_ctzll(c.at) + !cm_is_pow2(c.at);
	r = cm_proof_consistency(&h, c.at, c.size, &c.proof, NULL);
	if (want > CM_PROOF_MAX && r == CM_E_LIMIT)
		return true;
	if (r != CM_OK || cm_merkle_root(&h, t.size, c.root, NULL) != CM_OK ||
	    cm_merkle_root(&h, c.at, c.first, NULL) != CM_OK)
		return gen_fail(g, "not made");
	if (c.proof.n != want)
		return gen_fail(g, "%llu in %llu: %zu hashes, not %zu", (unsigned long long)c.at,
		    (unsigned long long)c.size, c.proof.n, want);
	return only_it_holds(g, &c);
}

int
main(void)
{
	static const struct law laws[] = {
		{ "an inclusion proof is the RFC's, and only it holds", inclusion_is_the_rfc_s,
		    1000, LEAVES },
		{ "a consistency proof is the RFC's, and only it holds", consistency_is_the_rfc_s,
		    1000, LEAVES },
		{ "inclusion in trees of 2^39 to 2^63 - 1 leaves", inclusion_in_huge_trees, 1000,
		    1 },
		{ "consistency in trees of 2^39 to 2^63 - 1 leaves", consistency_in_huge_trees,
		    1000, 1 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
