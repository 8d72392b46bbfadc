/* tests/bench/asker.h -- a log that asks to be cosigned, and may lie. */
#ifndef TESTS_ASKER_H
#define TESTS_ASKER_H

#include "log/witness.h"

struct asker {
	uint8_t seed[32];
	struct cm_vkey key;
	uint64_t forks_at; /* from this leaf on its other history differs */
};

struct asker asker_of(const char *origin, uint8_t n, uint64_t forks_at);

/* The root at ${size}, of its history or the other one. */
void asker_root(const struct asker *a, uint64_t size, bool other, uint8_t out[32]);

/* A whole request, with a proof that holds within that history. */
void asker_request(
    const struct asker *a, uint64_t old, uint64_t size, bool other, struct cm_buf *out);

#endif
