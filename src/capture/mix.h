/* capture/mix.h -- a hash for tables in memory.  Not for files, and never printed. */
#ifndef CM_CAPTURE_MIX_H
#define CM_CAPTURE_MIX_H

#include <string.h>

#include "capture/packet.h"

/* Two rounds: with one, bits flipped on top of one word could be flipped back by the next, whatever
 * the seed. */
static inline uint64_t
cm_mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9fb21c651e98df25);
	h ^= h >> 29;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	return h ^ h >> 32;
}

static inline uint64_t
cm_mix_span(uint64_t h, struct cm_span s)
{
	uint64_t v;

	h = cm_mix(h, s.len);
	for (; s.len >= 8; s.ptr += 8, s.len -= 8) {
		memcpy(&v, s.ptr, 8);
		h = cm_mix(h, v);
	}
	v = 0;
	if (s.len > 0)
		memcpy(&v, s.ptr, s.len);
	return cm_mix(h, v);
}

static inline uint64_t
cm_mix_host(uint64_t h, const struct cm_host *host)
{
	uint64_t v[2];

	memcpy(v, host->addr, sizeof(v));
	h = cm_mix(h, v[0]);
	if (v[1] != 0)
		h = cm_mix(h, v[1]);
	return cm_mix(h, (uint64_t)host->net << 1 | host->tied);
}

#endif
