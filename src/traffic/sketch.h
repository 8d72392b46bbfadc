/* traffic/sketch.h -- how many different ones, how evenly, which the most.  Integers only.
 *
 * Private to src/traffic.  None allocates; a zeroed sketch is empty. */
#ifndef CM_TRAFFIC_SKETCH_H
#define CM_TRAFFIC_SKETCH_H

#include <stdint.h>

/* ---- how many different ones (HyperLogLog; P. Flajolet et al., AofA 2007) ----
 * 2^bits registers of a byte: typically 1.6 % off with 12 bits, 3.3 % with 10. */
static inline void
cm_hll_add(uint8_t *reg, unsigned bits, uint64_t hash)
{
	uint8_t *r = &reg[hash >> (64 - bits)];
	uint8_t rank = (uint8_t)(__builtin_clzll(hash << bits | UINT64_C(1) << (bits - 1)) + 1);

	if (rank > *r)
		*r = rank;
}

uint64_t cm_hll_count(const uint8_t *reg, unsigned bits);

/* ---- how evenly ---- */
#define CM_SPREAD 256u
struct cm_spread {
	uint32_t bin[CM_SPREAD];
};

/* To how many equally frequent ones it amounts, in thousandths: one over the chance that
 * two drawn are the same (Simpson), without the bias of small numbers: a draw of the
 * packets gives the same, but for chance.  By hash bins: no more than about 256,000. */
uint64_t cm_spread_milli(const struct cm_spread *s);

/* Shannon's entropy of the bins in thousandths of a bit, with Miller's correction. */
uint32_t cm_entropy_milli(const struct cm_spread *s);

/* ---- which the most (J. Misra, D. Gries, 1982) ----
 * Counts are short by at most an eighth of what the others have. */
#define CM_TOP 8u
struct cm_top {
	uint32_t key[CM_TOP], n[CM_TOP];
	uint64_t all;
};
void cm_top_add(struct cm_top *t, uint32_t key);
/* The most frequent one into ${key}; its count. */
uint64_t cm_top_most(const struct cm_top *t, uint32_t *key);

/* log2 in 65536ths; of 0: 0. */
uint32_t cm_log2_q16(uint64_t x);

#endif
