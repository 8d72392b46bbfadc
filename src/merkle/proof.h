/* merkle/proof.h -- proofs in the tree of RFC 9162 section 2.1: made and checked.
 *
 * Inclusion (2.1.3): leaf `index` is in the tree over `size` leaves.  Consistency (2.1.4): the
 * tree over `size` leaves begins with the one over `from`.  Checking is exact: a proof that is
 * a hash short or a hash long is refused.  Sizes go up to 2^63 - 1. */
#ifndef CM_MERKLE_PROOF_H
#define CM_MERKLE_PROOF_H

#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"
#include "crypto/sha256.h"

/* As C2SP has it.  Only consistency in trees of more than 2^62 leaves can need one more. */
#define CM_PROOF_MAX 63u
#define CM_MERKLE_SIZE_MAX INT64_MAX

/* Nearest the leaf first, as in the RFC. */
struct cm_proof {
	size_t n;
	uint8_t hash[CM_PROOF_MAX][CM_SHA256_LEN];
};

/* Where the hashes of a tree come from: of leaves [n * 2^level, (n + 1) * 2^level), all of
 * which are there. */
struct cm_hashes {
	enum cm_result (*at)(
	    void *arg, unsigned level, uint64_t n, uint8_t out[CM_SHA256_LEN], struct cm_err *err);
	void *arg;
};

/* H( 0x00 || entry ) */
void cm_merkle_leaf(struct cm_span entry, uint8_t out[CM_SHA256_LEN]);

/* What `at` says; CM_E_USAGE: index or from beyond the size. */
CM_RESULT cm_merkle_root(
    const struct cm_hashes *h, uint64_t size, uint8_t out[CM_SHA256_LEN], struct cm_err *err);
CM_RESULT cm_proof_inclusion(const struct cm_hashes *h, uint64_t index, uint64_t size,
    struct cm_proof *out, struct cm_err *err);
/* From 0 or from ${size}: the empty proof.  Also CM_E_LIMIT: it has more than CM_PROOF_MAX hashes. */
CM_RESULT cm_proof_consistency(const struct cm_hashes *h, uint64_t from, uint64_t size,
    struct cm_proof *out, struct cm_err *err);

/* CM_E_REFUSED: it does not prove that.  The root from 0 is H(""). */
CM_RESULT cm_proof_check_inclusion(uint64_t index, uint64_t size, const uint8_t leaf[CM_SHA256_LEN],
    const struct cm_proof *proof, const uint8_t root[CM_SHA256_LEN]);
CM_RESULT cm_proof_check_consistency(uint64_t from, const uint8_t from_root[CM_SHA256_LEN],
    uint64_t size, const uint8_t root[CM_SHA256_LEN], const struct cm_proof *proof);

#endif
