/* crypto/sha256.h -- SHA-256 (FIPS 180-4) of very many short messages.
 *
 * The sealed table hashes a score of short messages a row, which is why this is
 * ours: a call into a general library costs more than the hash.  No function
 * allocates or fails.  Results do not depend on the machine; the compression
 * function is chosen at run time (SHA-NI where the processor has it).
 *
 * cm_sha256_many is the door for callers with several messages at hand.  The
 * messages are independent of each other, so that an implementation is free to
 * take them in any order and side by side. */
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

/* One message in a few parts, hashed as if joined.  Empty parts are fine. */
#define CM_SHA256_PARTS 3
struct cm_sha256_msg {
	struct cm_span part[CM_SHA256_PARTS];
};

/* out[i] = SHA-256 of msgs[i].  ${out} must not lie inside a message. */
void cm_sha256_many(const struct cm_sha256_msg *msgs, size_t n, uint8_t (*out)[CM_SHA256_LEN]);

/* For tests and benches: the ways to compress `n` 64-byte blocks into a state.
 * cm_sha256_impls gives those this machine can run, the fastest first. */
struct cm_sha256_impl {
	const char *name;
	void (*compress)(uint32_t state[8], const uint8_t *blocks, size_t n);
};
size_t cm_sha256_impls(struct cm_sha256_impl out[2]);

#endif
