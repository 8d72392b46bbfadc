/* crypto/sha256.h -- SHA-256 (FIPS 180-4) of very many short messages.
 *
 * The sealed table hashes a score of short messages a row, which is why this is
 * ours: a call into a general library costs more than the hash.  No function
 * allocates or fails.  Results do not depend on the machine; how they are computed is
 * chosen at run time: thirty-two messages side by side with AVX-512, two with SHA-NI, eight
 * with AVX2, one in plain C.
 *
 * cm_sha256_many is the door for callers with several messages at hand.  The
 * messages are independent of each other and taken in the order that suits: the more of
 * them, the better the lanes are filled.  A few thousand at once is plenty. */
#ifndef CM_CRYPTO_SHA256_H
#define CM_CRYPTO_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define CM_SHA256_LEN 32
#define CM_SHA256_BLOCK 64

struct cm_sha256 {
	uint32_t state[8];
	uint64_t len; /* bytes so far */
	uint8_t block[CM_SHA256_BLOCK];
};

void cm_sha256_init(struct cm_sha256 *h);
void cm_sha256_add(struct cm_sha256 *h, const void *ptr, size_t len);
/* Writes the digest and wipes ${h}, since the message may have held a secret. */
void cm_sha256_end(struct cm_sha256 *h, uint8_t out[CM_SHA256_LEN]);

void cm_sha256(const void *ptr, size_t len, uint8_t out[CM_SHA256_LEN]);

/* One message: a short head, then a body, hashed as if joined.  Either may be empty. */
#define CM_SHA256_HEAD 64 /* bytes, at most, of a head */
struct cm_sha256_msg {
	struct cm_span head;
	struct cm_span body;
};

/* out[i] = SHA-256 of msgs[i].  ${out} must not lie inside a message. */
void cm_sha256_many(const struct cm_sha256_msg *msgs, size_t n, uint8_t (*out)[CM_SHA256_LEN]);

/* Messages of one block each, padding included, word by word: word i of message k is
 * same[i] | row[i][k]; a row that is NULL has zeros. */
struct cm_sha256_words {
	uint32_t same[16];
	const uint32_t *row[16];
};

/* out[i][k] = word i of the digest of message k.  The rows of ${out} may be rows of ${in}, if
 * they are the same ones from the same place on. */
void cm_sha256_words(const struct cm_sha256_words *in, size_t n, uint32_t *const out[8]);

/* The bytes of digest k, of which word i is word[i][k], to ${out} + k * ${stride}. */
void cm_sha256_spell(const uint32_t *const word[8], size_t n, uint8_t *out, size_t stride);

/* For tests and benches: the ways this machine can go, the fastest first, by name, and each
 * door by a given way. */
#define CM_SHA256_IMPLS 5
struct cm_sha256_impl;
size_t cm_sha256_impls(const struct cm_sha256_impl *out[CM_SHA256_IMPLS]);
const char *cm_sha256_impl_name(const struct cm_sha256_impl *by);
void cm_sha256_compress_by(
    const struct cm_sha256_impl *by, uint32_t state[8], const uint8_t *blocks, size_t n);
void cm_sha256_many_by(const struct cm_sha256_impl *by, const struct cm_sha256_msg *msgs, size_t n,
    uint8_t (*out)[CM_SHA256_LEN]);
void cm_sha256_words_by(const struct cm_sha256_impl *by, const struct cm_sha256_words *in, size_t n,
    uint32_t *const out[8]);
void cm_sha256_spell_by(const struct cm_sha256_impl *by, const uint32_t *const word[8], size_t n,
    uint8_t *out, size_t stride);

#endif
