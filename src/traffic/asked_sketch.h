/* traffic/asked_sketch.h -- counting keys in memory of a fixed size.
 *
 * A key is a hash of 64 bits of what is counted; whoever makes two things with one key makes
 * them one, no more.  What is kept depends on the keys alone: not on their order (sample),
 * not on a seed; the seed decides only where in a table a key lies.
 *
 * struct cm_sample keeps all keys until it is full, then those whose lowest bit is 0, then those
 * whose lowest two are, and so on: a fair sample of the keys, each with its exact count.  From
 * it come the number of different keys (error 1 / sqrt(kept): 2 % for 2,304) and, the
 * same in a draw of one in N, how many others have a request's key.
 *
 * struct cm_asked_top keeps the CM_TOP_SLOTS most frequent ("space-saving"); a count is a lower bound, and
 * at most (all / CM_TOP_SLOTS) too low.  Private to src/traffic. */
#ifndef CM_TRAFFIC_ASKED_SKETCH_H
#define CM_TRAFFIC_ASKED_SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define CM_TOP_SLOTS 32u
#define CM_TOP_TEXT 127u /* bytes kept of a text */

uint64_t cm_key_of(struct cm_span s, uint64_t basis);
uint64_t cm_key_of_folded(struct cm_span s, uint64_t basis); /* capitals of ASCII are small letters */
uint64_t cm_key_mix(uint64_t a, uint64_t b);

/* Each slot begins with one of these; what lies behind, up to `stride`, is the caller's and
 * zeroed when the key is new. */
struct cm_sample_slot {
	uint64_t key; /* 0: empty */
	uint32_t n;
	uint32_t tag;
};

struct cm_sample {
	uint8_t *slots; /* the owner's, zeroed: `size` times `stride` bytes */
	uint32_t size;  /* a power of two; three quarters are used */
	uint32_t stride;
	uint32_t n, level;
	uint64_t seed;
};

/* Counts ${key}; its slot, or NULL if it is not of the sample.  ${scratch}: `size` times `stride`
 * bytes, for when it has grown full. */
void *cm_sample_add(struct cm_sample *s, uint64_t key, void *scratch);

const void *cm_sample_find(const struct cm_sample *s, uint64_t key);

static inline const struct cm_sample_slot *
cm_sample_at(const struct cm_sample *s, uint32_t i)
{
	const void *slot = s->slots + (size_t)i * s->stride;

	return slot;
}

uint64_t cm_sample_distinct(const struct cm_sample *s);

/* Thousandths: of all counts whose tag is ${tag} (any, if it is CM_ANY_TAG), how many others have the same key,
 * on average, when each count stands for ${thin}. */
#define CM_ANY_TAG UINT32_MAX
uint64_t cm_sample_others_milli(const struct cm_sample *s, uint32_t tag, uint64_t thin);

struct cm_asked_top_text {
	uint8_t len;
	uint8_t text[CM_TOP_TEXT];
};

struct cm_asked_top {
	uint32_t n;
	uint32_t tag[CM_TOP_SLOTS]; /* as given with the key when it came */
	uint64_t key[CM_TOP_SLOTS];
	uint64_t count[CM_TOP_SLOTS];
	uint64_t over[CM_TOP_SLOTS]; /* so many of them may be others' */
	struct cm_asked_top_text text[CM_TOP_SLOTS];
};

void cm_asked_top_add(struct cm_asked_top *t, uint64_t key, struct cm_span text, uint32_t tag);

static inline uint64_t
cm_asked_top_least(const struct cm_asked_top *t, uint32_t i)
{
	return t->count[i] - t->over[i];
}

/* Indices in order of frequency, at most ${max}; ties by text. */
uint32_t cm_asked_top_order(const struct cm_asked_top *t, uint32_t *out, uint32_t max);

#endif
