/* Reads an opening of pairs: the reader follows the tree from its root, left before right, and each item says
 * at which depth it stands, so that there is one way to read it. */
#include <string.h>

#include "codec/cbor.h"
#include "seal/opening_form.h"
#include "seal/pair_hash.h"

struct item {
	enum cm_pair_item what;
	unsigned depth;
	struct cm_opened_pair pair;
	uint8_t hash[CM_HASH_LEN]; /* of the leaf, or of what is shut */
	uint64_t at;
};

struct reading {
	const struct cm_seal *seal;
	struct cm_cbor in;
	struct cm_arena *arena;
	struct cm_opened_pair *pair;
	size_t n, room;
	struct item next;
	struct cm_err *err;
};

static enum cm_result
refuse(struct reading *r, const char *why)
{
	return cm_err_at(r->err, CM_E_REFUSED, r->next.at, "%s", why);
}

static CM_RESULT
read_header(struct reading *r)
{
	struct cm_buf want = { 0 };
	bool same, ok;

	cm_opening_put_header(&want, r->seal->statement);
	ok = cm_buf_ok(&want);
	same = ok && r->in.in.len >= want.len && memcmp(r->in.in.ptr, want.ptr, want.len) == 0;
	r->in.at = same ? want.len : 0;
	cm_buf_release(&want);
	if (!ok)
		return cm_err_set(r->err, CM_E_NOMEM, "no memory for the pairs of hosts");
	return same ? CM_OK : cm_err_at(r->err, CM_E_REFUSED, 0, "it is not of this seal, or not of version 1");
}

static CM_RESULT
read_hash(struct reading *r, const char *what, uint8_t out[CM_HASH_LEN])
{
	uint64_t at = r->in.at;
	struct cm_span s;
	enum cm_result rc = cm_cbor_bytes(&r->in, what, &s, r->err);

	if (rc != CM_OK)
		return rc;
	if (s.len != CM_HASH_LEN)
		return cm_err_at(r->err, CM_E_MALFORMED, at, "expected %s of 32 bytes", what);
	memcpy(out, s.ptr, CM_HASH_LEN);
	return CM_OK;
}

static CM_RESULT
read_depth(struct reading *r, unsigned *out)
{
	uint64_t at = r->in.at, depth = 0;
	enum cm_result rc = cm_cbor_uint(&r->in, "a depth", &depth, r->err);

	if (rc == CM_OK && depth > CM_PAIR_DEPTH_MAX)
		return cm_err_at(r->err, CM_E_MALFORMED, at, "expected a depth of at most %u", CM_PAIR_DEPTH_MAX);
	*out = (unsigned)depth;
	return rc;
}

static CM_RESULT
read_pair(struct reading *r, struct item *i)
{
	enum cm_result rc = read_hash(r, "a key", i->pair.key);

	i->pair.whole = i->what == CM_PAIR_WHOLE;
	if (rc == CM_OK)
		rc = read_depth(r, &i->depth);
	if (rc == CM_OK)
		rc = cm_cbor_uint(&r->in, "a number of rows", &i->pair.rows, r->err);
	if (rc == CM_OK)
		rc = read_hash(r, "a cover", i->pair.cover);
	if (rc == CM_OK && i->pair.whole)
		rc = read_hash(r, "a salt", i->pair.salt);
	if (rc != CM_OK)
		return rc;
	if (i->depth < CM_PAIR_DEPTH_MIN || i->pair.rows == 0 || i->pair.rows > r->seal->rows)
		return refuse(r, "a pair of hosts at a depth, or with a number of rows, that none has");
	cm_pair_leaf(i->pair.key, i->pair.rows, i->pair.cover, i->hash);
	return CM_OK;
}

static CM_RESULT
read_item(struct reading *r)
{
	static const uint64_t length[] = { [CM_PAIR_WHOLE] = 6, [CM_PAIR_COVERED] = 5, [CM_PAIR_SHUT] = 3, [CM_PAIR_END] = 1 };
	struct item *i = &r->next;
	uint64_t items = 0, what = 0;
	enum cm_result rc;

	*i = (struct item) { .at = r->in.at };
	rc = cm_cbor_array(&r->in, "an item", &items, r->err);
	if (rc == CM_OK)
		rc = cm_cbor_uint(&r->in, "what the item is", &what, r->err);
	if (rc != CM_OK)
		return rc;
	if (what > CM_PAIR_END || length[what] != items || items == 0)
		return cm_err_at(r->err, CM_E_MALFORMED, i->at, "expected a pair, a hash or the end");
	i->what = (enum cm_pair_item)what;
	if (i->what == CM_PAIR_END)
		return CM_OK;
	if (i->what != CM_PAIR_SHUT)
		return read_pair(r, i);
	rc = read_depth(r, &i->depth);
	return rc == CM_OK ? read_hash(r, "a hash", i->hash) : rc;
}

static CM_RESULT
keep(struct reading *r)
{
	struct cm_opened_pair *more;

	if (r->n == r->room) {
		r->room = r->room == 0 ? 16 : 2 * r->room;
		more = cm_arena_array(r->arena, r->room, sizeof(*more));
		if (more == NULL)
			return cm_err_set(r->err, CM_E_NOMEM, "no memory for the pairs of hosts");
		if (r->n > 0)
			memcpy(more, r->pair, r->n * sizeof(*more));
		r->pair = more;
	}
	r->pair[r->n++] = r->next.pair;
	return CM_OK;
}

/* The item at hand stands here; the next one is read. */
static CM_RESULT
take(struct reading *r, const uint8_t *way, unsigned depth, bool *shut, uint8_t out[CM_HASH_LEN])
{
	enum cm_result rc = CM_OK;

	*shut = r->next.what == CM_PAIR_SHUT;
	memcpy(out, r->next.hash, CM_HASH_LEN);
	if (!*shut && !cm_pair_same_way(r->next.pair.key, way, depth))
		return refuse(r, "a pair of hosts in a place that is not its own");
	if (!*shut)
		rc = keep(r);
	return rc == CM_OK ? read_item(r) : rc;
}

static CM_RESULT
subtree(struct reading *r, uint8_t *way, unsigned depth, bool *shut, uint8_t out[CM_HASH_LEN])
{
	uint8_t left[CM_HASH_LEN], right[CM_HASH_LEN], bit = (uint8_t)(0x80u >> depth % 8);
	bool left_shut, right_shut;
	enum cm_result rc;

	if (r->next.what == CM_PAIR_END || r->next.depth < depth)
		return refuse(r, "a place of the tree is not told of");
	if (r->next.depth == depth)
		return take(r, way, depth, shut, out);
	rc = subtree(r, way, depth + 1, &left_shut, left);
	if (rc != CM_OK)
		return rc;
	way[depth / 8] |= bit;
	rc = subtree(r, way, depth + 1, &right_shut, right);
	way[depth / 8] &= (uint8_t)~bit;
	if (rc != CM_OK)
		return rc;
	if (left_shut && right_shut)
		return refuse(r, "two hashes before this that could have been one");
	*shut = false;
	cm_pair_node(left, right, out);
	return CM_OK;
}

static CM_RESULT
read_all(struct reading *r)
{
	uint8_t way[CM_HASH_LEN] = { 0 }, root[CM_HASH_LEN];
	enum cm_result rc = read_header(r);
	bool shut;

	if (rc == CM_OK)
		rc = read_item(r);
	if (rc == CM_OK)
		rc = subtree(r, way, 0, &shut, root);
	if (rc != CM_OK)
		return rc;
	if (r->next.what != CM_PAIR_END)
		return refuse(r, "expected the end");
	if (!cm_cbor_at_end(&r->in))
		return cm_err_at(r->err, CM_E_REFUSED, r->in.at, "bytes behind the end");
	if (memcmp(root, r->seal->pairs, CM_HASH_LEN) != 0)
		return cm_err_set(r->err, CM_E_REFUSED, "these pairs of hosts are not in the table that was sealed");
	return r->n > 0 ? CM_OK : cm_err_set(r->err, CM_E_REFUSED, "it shows no pair, and should not be there");
}

enum cm_result
cm_pairs_read(const struct cm_seal *seal, struct cm_span bytes, struct cm_arena *arena, struct cm_opened_pair **out,
    size_t *n, struct cm_err *err)
{
	struct reading r = { .seal = seal, .in = { bytes, 0 }, .arena = arena, .err = err };
	enum cm_result rc;

	if (!seal->has_pairs)
		return cm_err_set(err, CM_E_REFUSED, "the seal has no table of pairs");
	rc = read_all(&r);
	if (rc != CM_OK)
		return rc;
	*out = r.pair;
	*n = r.n;
	return CM_OK;
}
