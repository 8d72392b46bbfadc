/* tests/laws/gen.h -- laws tried on made-up cases.
 *
 * A law is a function that makes a case from the generator and says whether the
 * law holds.  law_hold tries it many times, from small cases to large ones; when
 * one fails it is tried again with half the size, and half of that, while it still
 * fails, and the smallest failure is printed with the seed that makes it again:
 *	COMITY_SEED=... COMITY_SIZE=... COMITY_RUNS=1 ./laws_...
 * Same seed, same cases, on every machine. */
#ifndef TESTS_LAWS_GEN_H
#define TESTS_LAWS_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gen {
	uint64_t state;
	uint64_t size; /* how large a case may be; a law reads it as it likes */
	char why[400]; /* what a failed law says */
};

typedef bool law_fn(struct gen *g);

uint64_t gen_u64(struct gen *g);
uint64_t gen_below(struct gen *g, uint64_t n); /* 0..n-1; n > 0 */
uint64_t gen_upto(struct gen *g, uint64_t n);  /* 0..n */
bool gen_one_in(struct gen *g, uint64_t n);
void gen_bytes(struct gen *g, void *out, size_t len);

/* Says why, and is false: return gen_fail(g, "row %u", i); */
bool gen_fail(struct gen *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

struct law {
	const char *says;
	law_fn *holds;
	unsigned runs;
	uint64_t size; /* of the largest case */
};

/* Tries them all; 0 if all hold, else 1.  For main to return. */
int laws_hold(const struct law *laws, size_t n);

#endif
