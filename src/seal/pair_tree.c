/* The tree over a list of pairs: its root, and openings. */
#include <stdlib.h>
#include <string.h>

#include "codec/cbor.h"
#include "crypto/sha256.h"
#include "seal/opening_form.h"
#include "seal/pair_hash.h"

enum { SOME = 64 }; /* leaves that are hashed side by side */

struct tree {
	const struct cm_pair_list *list;
	const struct cm_seal_secret *secret;
	uint8_t (*leaf)[CM_HASH_LEN];
	const struct cm_pair_wish *wish; /* ascending */
	size_t n_wish;
	struct cm_buf *out;
};

/* A part of a list of keys, and where it stands. */
struct part {
	unsigned depth;
	uint8_t way[CM_HASH_LEN]; /* a key that begins so */
	size_t from, to;	  /* pairs, */
	size_t wish, wish_to;	  /* and wishes */
};

/* Leaves of half of a list, side by side. */
struct leaves {
	const struct cm_pair_list *list;
	uint8_t (*leaf)[CM_HASH_LEN];
	size_t from, to;
};

static void
make_some(void *arg)
{
	const struct leaves *l = arg;
	uint8_t head[SOME][1 + CM_HASH_LEN + 8];
	struct cm_sha256_msg m[SOME];
	const struct cm_pair *p;
	size_t at, n, i;

	for (at = l->from; at < l->to; at += n) {
		n = l->to - at < SOME ? l->to - at : SOME;
		for (i = 0; i < n; i++) {
			p = &l->list->pair[at + i];
			head[i][0] = CM_PAIR_LEAF;
			memcpy(head[i] + 1, p->key, CM_HASH_LEN);
			cm_put64(head[i] + 1 + CM_HASH_LEN, p->rows);
			m[i] = (struct cm_sha256_msg) { { head[i], sizeof(head[i]) }, { p->cover, CM_HASH_LEN } };
		}
		cm_sha256_many(m, n, l->leaf + at);
	}
}

static CM_RESULT
make_leaves(struct tree *t, const struct cm_together *together)
{
	struct leaves one = { .list = t->list }, other = { .list = t->list, .to = t->list->n };

	t->leaf = malloc((t->list->n + 1) * sizeof(t->leaf[0]));
	if (t->leaf == NULL)
		return CM_E_NOMEM;
	one.leaf = other.leaf = t->leaf;
	one.to = other.from = t->list->n / 2;
	cm_together_do(together, make_some, &one, make_some, &other);
	return CM_OK;
}

static const uint8_t *
key_of(const struct tree *t, size_t i)
{
	return t->list->pair[i].key;
}

/* The first pair of [from, to) whose bit at ${depth} is set. */
static size_t
split_pairs(const struct tree *t, size_t from, size_t to, unsigned depth)
{
	size_t mid;

	while (from < to) {
		mid = from + (to - from) / 2;
		if (cm_pair_bit(key_of(t, mid), depth))
			to = mid;
		else
			from = mid + 1;
	}
	return from;
}

static size_t
split_wishes(const struct tree *t, size_t from, size_t to, unsigned depth)
{
	while (from < to && !cm_pair_bit(t->wish[from].key, depth))
		from++;
	return from;
}

static struct part
half(const struct tree *t, const struct part *p, bool right)
{
	struct part h = *p;
	size_t at = split_pairs(t, p->from, p->to, p->depth), wish = split_wishes(t, p->wish, p->wish_to, p->depth);

	h.depth++;
	h.way[p->depth / 8] &= (uint8_t) ~(0x80u >> p->depth % 8);
	h.way[p->depth / 8] |= (uint8_t)(right ? 0x80u >> p->depth % 8 : 0);
	*(right ? &h.from : &h.to) = at;
	*(right ? &h.wish : &h.wish_to) = wish;
	return h;
}

static void
put_head(struct cm_buf *b, uint64_t items, enum cm_pair_item what)
{
	cm_cbor_put_head(b, CM_CBOR_ARRAY, items);
	cm_cbor_put_head(b, CM_CBOR_UINT, what);
}

static void
put_hash(struct cm_buf *b, const uint8_t hash[CM_HASH_LEN])
{
	cm_cbor_put_bytes(b, cm_span_of(hash, CM_HASH_LEN));
}

static void
put_shut(struct cm_buf *b, unsigned depth, const uint8_t hash[CM_HASH_LEN])
{
	put_head(b, 3, CM_PAIR_SHUT);
	cm_cbor_put_head(b, CM_CBOR_UINT, depth);
	put_hash(b, hash);
}

static void
put_pair(const struct tree *t, const struct part *p)
{
	const struct cm_pair *pair = &t->list->pair[p->from];
	bool whole = t->wish[p->wish].whole;
	uint8_t salt[CM_HASH_LEN];

	cm_pair_salt(t->secret, pair->key, salt);
	put_head(t->out, whole ? 6 : 5, whole ? CM_PAIR_WHOLE : CM_PAIR_COVERED);
	put_hash(t->out, pair->key);
	cm_cbor_put_head(t->out, CM_CBOR_UINT, p->depth);
	cm_cbor_put_head(t->out, CM_CBOR_UINT, pair->rows);
	put_hash(t->out, pair->cover);
	if (whole)
		put_hash(t->out, salt);
	explicit_bzero(salt, sizeof(salt));
}

/* The hash of a part; what is wished of it is written, left before right. */
static void
walk(const struct tree *t, const struct part *p, bool write, uint8_t out[CM_HASH_LEN])
{
	bool leaf = p->to - p->from == 1 && p->depth >= CM_PAIR_DEPTH_MIN, shown = p->wish < p->wish_to;
	uint8_t left[CM_HASH_LEN], right[CM_HASH_LEN];
	struct part h;

	if (p->from == p->to) {
		cm_pair_pad(t->secret, p->depth, p->way, out);
	} else if (leaf) {
		memcpy(out, t->leaf[p->from], CM_HASH_LEN);
		if (write && shown)
			put_pair(t, p);
	} else {
		h = half(t, p, false);
		walk(t, &h, write && shown, left);
		h = half(t, p, true);
		walk(t, &h, write && shown, right);
		cm_pair_node(left, right, out);
	}
	if (write && !shown)
		put_shut(t->out, p->depth, out);
}

/* The two halves of the whole, each by itself. */
struct walking {
	const struct tree *t;
	struct part part;
	uint8_t hash[CM_HASH_LEN];
};

static void
walk_half(void *arg)
{
	struct walking *w = arg;

	walk(w->t, &w->part, false, w->hash);
}

enum cm_result
cm_pairs_root(const struct cm_pair_list *l, const struct cm_seal_secret *secret, const struct cm_together *together,
    uint8_t out[CM_HASH_LEN])
{
	const struct part all = { .to = l->n };
	struct tree t = { .list = l, .secret = secret };
	struct walking one = { .t = &t, .part = half(&t, &all, false) };
	struct walking other = { .t = &t, .part = half(&t, &all, true) };

	if (l->n == 0) {
		cm_pair_pad(secret, 0, all.way, out);
		return CM_OK;
	}
	if (make_leaves(&t, together) != CM_OK)
		return CM_E_NOMEM;
	cm_together_do(together, walk_half, &one, walk_half, &other);
	cm_pair_node(one.hash, other.hash, out);
	free(t.leaf);
	return CM_OK;
}

enum cm_result
cm_pairs_open(const struct cm_pair_list *l, const struct cm_seal_secret *secret, const struct cm_seal *seal,
    const struct cm_pair_wish *wish, size_t n, struct cm_buf *out, struct cm_err *err)
{
	const struct part all = { .to = l->n, .wish_to = n };
	struct tree t = { .list = l, .secret = secret, .wish = wish, .n_wish = n, .out = out };
	uint8_t root[CM_HASH_LEN];

	if (make_leaves(&t, NULL) != CM_OK)
		return cm_err_set(err, CM_E_NOMEM, "no memory for the pairs of hosts");
	cm_opening_put_header(out, seal->statement);
	walk(&t, &all, true, root);
	put_head(out, 1, CM_PAIR_END);
	free(t.leaf);
	if (!seal->has_pairs || memcmp(root, seal->pairs, CM_HASH_LEN) != 0)
		return cm_err_set(err, CM_E_REFUSED, "the pairs of hosts in the case are not those that were sealed");
	return cm_buf_ok(out) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "no memory for the pairs of hosts");
}
