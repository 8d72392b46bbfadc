/* Proofs of Certificate Transparency: other people's vectors, and the edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "codec/base64.h"
#include "merkle/proof.h"

static json_t *
vectors(const char *name)
{
	const char *shared = getenv("COMITY_SHARED");
	char path[4096];

	snprintf(path, sizeof(path), "%s/vectors/merkle/%s.json",
	    shared != NULL ? shared : "../shared", name);
	/* Some numbers are beyond what an integer of jansson holds. */
	return json_load_file(path, JSON_DECODE_INT_AS_REAL, NULL);
}

static uint64_t
number(const json_t *t, const char *name)
{
	const json_t *v = json_object_get(t, name);
	double d = json_real_value(v);

	assert_non_null(v);
	return d >= 18446744073709551615.0 ? UINT64_MAX : (uint64_t)d;
}

/* False: not 32 bytes, which never reach a check. */
static bool
hash(const json_t *v, uint8_t out[32])
{
	struct cm_buf b = { 0 };
	bool is_hash;

	assert_int_equal(cm_base64_decode(cm_span_str(json_string_value(v)), &b), CM_OK);
	is_hash = b.len == 32;
	if (is_hash)
		memcpy(out, b.ptr, 32);
	cm_buf_release(&b);
	return is_hash;
}

static bool
proof_of(const json_t *t, struct cm_proof *out)
{
	const json_t *list = json_object_get(t, "proof");

	assert_true(json_array_size(list) <= CM_PROOF_MAX);
	for (out->n = 0; out->n < json_array_size(list); out->n++)
		if (!hash(json_array_get(list, out->n), out->hash[out->n]))
			return false;
	return true;
}

static enum cm_result
try_inclusion(const json_t *t, uint64_t start, uint64_t end)
{
	struct cm_proof proof = { 0 };
	uint8_t leaf[32], root[32];

	if (!proof_of(t, &proof) || !hash(json_object_get(t, "leafHash"), leaf) ||
	    !hash(json_object_get(t, "root"), root))
		return CM_E_REFUSED;
	return cm_proof_check_inclusion(
	    number(t, "leafIdx") - start, end - start, leaf, &proof, root);
}

static enum cm_result
try_consistency(const json_t *t, uint64_t from, uint64_t size)
{
	struct cm_proof proof = { 0 };
	uint8_t older[32], newer[32];

	if (!proof_of(t, &proof) || !hash(json_object_get(t, "root1"), older) ||
	    !hash(json_object_get(t, "root2"), newer))
		return CM_E_REFUSED;
	return cm_proof_check_consistency(from, older, size, newer, &proof);
}

/* A subtree's inclusion proof is one in a tree of its own; a subtree that begins at 0 is an
 * older tree. */
static enum cm_result
try_one(const json_t *t)
{
	bool part = json_object_get(t, "start") != NULL;
	uint64_t start = part ? number(t, "start") : 0;

	if (json_object_get(t, "leafIdx") != NULL)
		return try_inclusion(t, start, number(t, part ? "end" : "treeSize"));
	return part ? try_consistency(t, number(t, "end"), number(t, "size"))
		    : try_consistency(t, number(t, "size1"), number(t, "size2"));
}

static void
the_vectors_verdicts_are_ours(void **state)
{
	static const struct {
		const char *name;
		size_t n;
	} files[] = { { "inclusion-0", 13 }, { "inclusion-1", 18 }, { "inclusion-3", 15 },
		{ "inclusion-single-entry", 4 }, { "consistency-0", 1 }, { "consistency-1", 21 },
		{ "consistency-3", 20 }, { "subtreeinclusion-0", 26 }, { "subtreeinclusion-2", 36 },
		{ "subtreeinclusion-4", 36 }, { "subtreeinclusion-errors", 8 },
		{ "subtreeinclusion-single-entry", 8 }, { "subtreeconsistency-0", 1 },
		{ "subtreeconsistency-1", 22 }, { "subtreeconsistency-3", 21 } };
	size_t i, good = 0;
	const char *key;
	json_t *all, *t;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		all = vectors(files[i].name);
		if (all == NULL)
			skip();
		assert_int_equal(json_object_size(all), files[i].n);
		json_object_foreach(all, key, t)
		{
			bool want = !json_is_true(json_object_get(t, "wantErr"));

			if ((try_one(t) == CM_OK) != want)
				fail_msg("%s: %s", files[i].name, key);
			good += want;
		}
		json_decref(all);
	}
	assert_int_equal(good, 4 + 3 + 8 + 3);
}

/* A tree of the leaves 0, 1, 2... by the words of the RFC. */
static void
plain_root(uint64_t from, uint64_t n, uint8_t out[32])
{
	uint8_t both[65] = { 1 }, leaf[8];
	uint64_t k = 1;

	if (n == 1) {
		cm_put64(leaf, from);
		cm_merkle_leaf(cm_span_of(leaf, 8), out);
		return;
	}
	while (k * 2 < n)
		k *= 2;
	plain_root(from, k, both + 1);
	plain_root(from + k, n - k, both + 33);
	cm_sha256(both, 65, out);
}

static enum cm_result
plain_at(void *arg, unsigned level, uint64_t n, uint8_t out[32], struct cm_err *err)
{
	const uint64_t *size = arg;

	(void)err;
	assert_true((n + 1) << level <= *size);
	plain_root(n << level, (uint64_t)1 << level, out);
	return CM_OK;
}

static void
no_leaves_and_one_leaf_need_no_proof(void **state)
{
	uint64_t size = 1;
	const struct cm_hashes h = { plain_at, &size };
	uint8_t none[32], one[32], want[32];
	struct cm_proof proof = { .n = 9 };

	(void)state;
	cm_sha256(NULL, 0, want);
	assert_int_equal(cm_merkle_root(&h, 0, none, NULL), CM_OK);
	assert_memory_equal(none, want, 32);
	assert_int_equal(cm_proof_consistency(&h, 0, 0, &proof, NULL), CM_OK);
	assert_int_equal(proof.n, 0);
	assert_int_equal(cm_proof_check_consistency(0, none, 0, none, &proof), CM_OK);
	assert_int_equal(cm_merkle_root(&h, 1, one, NULL), CM_OK);
	plain_root(0, 1, want);
	assert_memory_equal(one, want, 32);
	assert_int_equal(cm_proof_inclusion(&h, 0, 1, &proof, NULL), CM_OK);
	assert_int_equal(proof.n, 0);
	assert_int_equal(cm_proof_check_inclusion(0, 1, one, &proof, one), CM_OK);
	assert_int_equal(cm_proof_check_consistency(0, none, 1, one, &proof), CM_OK);
	assert_int_equal(cm_proof_check_consistency(0, one, 1, one, &proof), CM_E_REFUSED);
}

static void
what_is_not_in_the_tree_has_no_proof(void **state)
{
	uint64_t size = 7;
	const struct cm_hashes h = { plain_at, &size };
	uint8_t root[32] = { 0 };
	struct cm_proof proof = { 0 };
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_proof_inclusion(&h, 7, 7, &proof, &err), CM_E_USAGE);
	assert_string_equal(err.text, "leaf 7 in a tree of as many");
	assert_int_equal(cm_proof_inclusion(&h, 0, 0, &proof, NULL), CM_E_USAGE);
	assert_int_equal(cm_proof_inclusion(&h, 8, 7, &proof, NULL), CM_E_USAGE);
	assert_int_equal(cm_proof_consistency(&h, 8, 7, &proof, NULL), CM_E_USAGE);
	assert_int_equal(cm_proof_consistency(&h, 1, (uint64_t)1 << 63, &proof, NULL), CM_E_USAGE);
	assert_int_equal(cm_merkle_root(&h, (uint64_t)1 << 63, root, NULL), CM_E_USAGE);
	assert_int_equal(cm_proof_check_inclusion(0, 0, root, &proof, root), CM_E_REFUSED);
	assert_int_equal(cm_proof_check_inclusion(UINT64_MAX, 0, root, &proof, root), CM_E_REFUSED);
	assert_int_equal(cm_proof_check_inclusion(0, UINT64_MAX, root, &proof, root), CM_E_REFUSED);
	assert_int_equal(cm_proof_check_consistency(8, root, 7, root, &proof), CM_E_REFUSED);
	proof.n = CM_PROOF_MAX + 1;
	assert_int_equal(cm_proof_check_inclusion(0, 1, root, &proof, root), CM_E_REFUSED);
	assert_int_equal(cm_proof_check_consistency(1, root, 2, root, &proof), CM_E_REFUSED);
}

/* All nodes are alike, so that there may be any number of them. */
static enum cm_result
alike(void *arg, unsigned level, uint64_t n, uint8_t out[32], struct cm_err *err)
{
	(void)arg, (void)n, (void)err;
	memset(out, (int)level, 32);
	return CM_OK;
}

static void
a_proof_of_64_hashes_is_not_made(void **state)
{
	const struct cm_hashes h = { alike, NULL };
	struct cm_proof proof = { .n = 9 };
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_proof_consistency(&h, 3, INT64_MAX, &proof, &err), CM_E_LIMIT);
	assert_int_equal(proof.n, 9);
	assert_int_equal(cm_proof_consistency(&h, 4, INT64_MAX, &proof, NULL), CM_OK);
	assert_int_equal(proof.n, 61);
	assert_int_equal(cm_proof_consistency(&h, 3, (uint64_t)1 << 62, &proof, NULL), CM_OK);
	assert_int_equal(proof.n, 63);
	assert_int_equal(cm_proof_consistency(&h, 1, INT64_MAX, &proof, NULL), CM_OK);
	assert_int_equal(proof.n, 63);
	assert_int_equal(cm_proof_inclusion(&h, 0, INT64_MAX, &proof, NULL), CM_OK);
	assert_int_equal(proof.n, 63);
}

static enum cm_result
none_there(void *arg, unsigned level, uint64_t n, uint8_t out[32], struct cm_err *err)
{
	unsigned *left = arg;

	if ((*left)-- > 0)
		return alike(NULL, level, n, out, err);
	return cm_err_set(err, CM_E_NOTFOUND, "gone");
}

static void
a_missing_hash_is_said_and_nothing_is_given_out(void **state)
{
	unsigned left = 1;
	const struct cm_hashes h = { none_there, &left };
	struct cm_proof proof = { .n = 9 };
	struct cm_err err = { 0 };
	uint8_t root[32] = { 77 };

	(void)state;
	assert_int_equal(cm_proof_inclusion(&h, 3, 7, &proof, &err), CM_E_NOTFOUND);
	assert_string_equal(err.text, "gone");
	left = 2;
	assert_int_equal(cm_proof_consistency(&h, 3, 7, &proof, NULL), CM_E_NOTFOUND);
	left = 2;
	assert_int_equal(cm_merkle_root(&h, 7, root, NULL), CM_E_NOTFOUND);
	assert_int_equal(proof.n, 9);
	assert_int_equal(root[0], 77);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_verdicts_are_ours),
		cmocka_unit_test(no_leaves_and_one_leaf_need_no_proof),
		cmocka_unit_test(what_is_not_in_the_tree_has_no_proof),
		cmocka_unit_test(a_proof_of_64_hashes_is_not_made),
		cmocka_unit_test(a_missing_hash_is_said_and_nothing_is_given_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
