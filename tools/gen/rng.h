/* gen/rng.h -- numbers that look random and are the same everywhere.
 *
 * xoshiro256** (Blackman, Vigna 2018), its state filled by splitmix64 from a
 * 64-bit seed; bounded draws by multiplication of the upper 32 bits.  No floating
 * point, so the same seed gives the same file on every machine.
 *
 * The generator is a program beside libcomity, not a part of it: its names begin
 * with gen_, so that nobody takes them for the library's. */
#ifndef GEN_RNG_H
#define GEN_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gen_rng {
	uint64_t s[4];
};

void gen_rng_seed(struct gen_rng *r, uint64_t seed);
uint64_t gen_rng_next(struct gen_rng *r);

/* 0 .. n-1; 0 when n is 0 */
uint32_t gen_rng_below(struct gen_rng *r, uint32_t n);

/* lo .. hi, both included */
uint32_t gen_rng_range(struct gen_rng *r, uint32_t lo, uint32_t hi);
uint16_t gen_rng_u16(struct gen_rng *r);

/* true in num of den draws */
bool gen_rng_chance(struct gen_rng *r, uint32_t num, uint32_t den);
void gen_rng_fill(struct gen_rng *r, uint8_t *out, size_t len);

/* A number that depends on n only, and looks as if it did not. */
uint32_t gen_mix(uint32_t n);

/* A generator of its own for part ${label}: what one part draws does not move the others. */
struct gen_rng gen_rng_fork(struct gen_rng *r, uint64_t label);

#endif
