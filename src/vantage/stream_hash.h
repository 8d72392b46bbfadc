/* vantage/stream_hash.h -- hashes of bytes of a stream that can be joined.
 *
 * H(b0..bn-1) = b0 x^(n-1) + ... + bn-1 modulo 2^61 - 1, with a secret x (Karp and Rabin): the hash
 * of two pieces gives that of both, however they were cut.  Different bytes of one length have the same hash with
 * a chance of n / 2^61, if x is not known to who chose them. */
#ifndef CM_VANTAGE_STREAM_HASH_H
#define CM_VANTAGE_STREAM_HASH_H

#include "base/span.h"

struct cm_stream_hash {
	uint64_t digit[8][256]; /* b x^k */
	uint64_t power[20];	/* x^(2^k) */
};

void cm_stream_hash_init(struct cm_stream_hash *h, uint64_t seed);
uint64_t cm_stream_hash_of(const struct cm_stream_hash *h, struct cm_span bytes);

/* Of ${a} and behind it ${b}, of ${b_len} < 2^20 bytes. */
uint64_t cm_stream_hash_join(const struct cm_stream_hash *h, uint64_t a, uint64_t b, uint32_t b_len);

#endif
