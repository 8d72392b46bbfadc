/* crypto/sha256_impl.h -- inside of SHA-256, for its own files only.
 *
 * Each way to compute it has the doors of struct cm_sha256_impl; which ways there are on
 * an architecture, its own file says (sha256_x86.c, sha256_other.c). */
#ifndef CM_CRYPTO_SHA256_IMPL_H
#define CM_CRYPTO_SHA256_IMPL_H

#include <stdalign.h>
#include <stdbool.h>
#include <string.h>

#include "crypto/sha256.h"

#define CM_SHA256_LANES_MAX 32
#define CM_SHA256_FEW_MAX 16
#define CM_SHA256_ROOM 9216u /* bytes of scratch of a group */

extern const uint32_t cm_sha256_k[64];
extern const uint32_t cm_sha256_start[8];

/* Of a group, the messages that were not finished: the first ${n} of them, from block
 * ${from} on, with their states so far. */
struct cm_sha256_rest {
	size_t few; /* in: so many or less need not be finished */
	size_t n;
	uint64_t from;
	uint32_t state[CM_SHA256_FEW_MAX][8];
};

struct cm_sha256_impl {
	const char *name;
	size_t lanes; /* messages side by side, at most CM_SHA256_LANES_MAX */
	size_t few;   /* for so many or less `next` is quicker */
	const struct cm_sha256_impl *next;

	/* ${n} blocks into a state, or into two. */
	void (*compress)(uint32_t state[8], const uint8_t *blocks, size_t n);
	void (*compress2)(uint32_t *const state[2], const uint8_t *const blocks[2], size_t n);

	/* A group of 1 to `lanes` messages, more than `few` of them, none with less blocks than
	 * the one behind it.  ${room}: CM_SHA256_ROOM bytes, aligned to 64.
	 * NULL: there are no lanes, `compress2` does it. */
	void (*group)(const struct cm_sha256_msg *const *msgs, size_t n, uint8_t *const *out,
	    struct cm_sha256_rest *rest, void *room);

	/* As cm_sha256_words and cm_sha256_spell.  NULL: no better than by bytes. */
	void (*words)(const struct cm_sha256_words *in, size_t n, uint32_t *const out[8]);
	void (*spell)(const uint32_t *const word[8], size_t n, uint8_t *out, size_t stride);
};

extern const struct cm_sha256_impl cm_sha256_portable;

/* The ways of this architecture that this machine can go, the fastest first; portable last. */
size_t cm_sha256_impls_here(const struct cm_sha256_impl *out[CM_SHA256_IMPLS]);

/* The one to use. */
const struct cm_sha256_impl *cm_sha256_chosen(void);

/* Blocks of a message with its padding. */
static inline uint64_t
cm_sha256_blocks(const struct cm_sha256_msg *m)
{
	return ((uint64_t)m->head.len + m->body.len + 8) / CM_SHA256_BLOCK + 1;
}

/* Block ${k} of a message: where it lies, or in ${buf} if it has to be put together. */
const uint8_t *cm_sha256_block_at(
    const struct cm_sha256_msg *m, uint64_t k, uint8_t buf[CM_SHA256_BLOCK]);

void cm_sha256_compress_portable(uint32_t state[8], const uint8_t *blocks, size_t n);

/* The doors for words, where there are no lanes for them. */
void cm_sha256_words_by_bytes(const struct cm_sha256_impl *by, const struct cm_sha256_words *in,
    size_t n, uint32_t *const out[8]);
void cm_sha256_spell_portable(
    const uint32_t *const word[8], size_t n, uint8_t *out, size_t stride);

/* Of x86; only where the processor has them. */
void cm_sha256_compress_shani(uint32_t state[8], const uint8_t *blocks, size_t n);
void cm_sha256_compress2_shani(
    uint32_t *const state[2], const uint8_t *const blocks[2], size_t n);
void cm_sha256_group_avx2(const struct cm_sha256_msg *const *msgs, size_t n, uint8_t *const *out,
    struct cm_sha256_rest *rest, void *room);
void cm_sha256_words_avx2(const struct cm_sha256_words *in, size_t n, uint32_t *const out[8]);
void cm_sha256_group_avx512(const struct cm_sha256_msg *const *msgs, size_t n,
    uint8_t *const *out, struct cm_sha256_rest *rest, void *room);
void cm_sha256_words_avx512(const struct cm_sha256_words *in, size_t n, uint32_t *const out[8]);
void cm_sha256_spell_avx512(const uint32_t *const word[8], size_t n, uint8_t *out, size_t stride);

#endif
