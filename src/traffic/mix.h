/* traffic/mix.h -- hosts and small things as 64 bits.  Private to src/traffic.
 *
 * With a seed for places in tables, so that nobody can aim at one; without (seed 0) for
 * what is counted in sketches, so that the same packets give the same figures everywhere. */
#ifndef CM_TRAFFIC_MIX_H
#define CM_TRAFFIC_MIX_H

#include "capture/packet.h"

static inline uint64_t
cm_mix(uint64_t x)
{
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	return x ^ x >> 32;
}

/* Where in a table a key lies that anybody can compute: whoever makes keys that share bits
 * can not make them lie together. */
static inline uint64_t
cm_place(uint64_t key, uint64_t seed)
{
	return cm_mix(key ^ seed);
}

static inline uint64_t
cm_mix_host(const struct cm_host *h, uint64_t seed)
{
	uint64_t x = (cm_get64(h->addr) ^ seed) * UINT64_C(0x9e3779b97f4a7c15);

	x ^= x >> 32;
	x = (x ^ cm_get64(h->addr + 8) ^ (uint64_t)(h->net << 1 | h->tied)) * UINT64_C(0xd6e8feb86659fd93);
	x ^= x >> 29;
	x *= seed | UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 32;
}

static inline void
cm_bump(uint32_t *n)
{
	*n += *n != UINT32_MAX;
}

static inline uint32_t
cm_add_u32(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

__extension__ typedef unsigned __int128 cm_u128;

/* ${a} * ${b} / ${c}, which is not 0; the largest number where that is too large. */
static inline uint64_t
cm_mul_div(uint64_t a, uint64_t b, uint64_t c)
{
	cm_u128 q = (cm_u128)a * b / c;

	return q > UINT64_MAX ? UINT64_MAX : (uint64_t)q;
}

/* ${part} of ${all}, in parts per million; 0 of 0 is 0. */
static inline int64_t
cm_ppm(uint64_t part, uint64_t all)
{
	uint64_t ppm = all == 0 ? 0 : cm_mul_div(part, 1000000, all);

	return ppm > INT64_MAX ? INT64_MAX : (int64_t)ppm;
}

#endif
