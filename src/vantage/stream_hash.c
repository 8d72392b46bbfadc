#include "vantage/stream_hash.h"

__extension__ typedef unsigned __int128 u128;

#define P ((UINT64_C(1) << 61) - 1)

/* Of less than 2^124: below 2^61 + 8. */
static inline uint64_t
fold(u128 v)
{
	uint64_t once = (uint64_t)(v & P) + (uint64_t)(v >> 61);

	return (once & P) + (once >> 61);
}

static uint64_t
whole(uint64_t v)
{
	v = (v & P) + (v >> 61);
	return v >= P ? v - P : v;
}

static uint64_t
times(uint64_t a, uint64_t b)
{
	return whole(fold((u128)a * b));
}

static uint64_t
spread(uint64_t v)
{
	v += UINT64_C(0x9e3779b97f4a7c15);
	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
	return v ^ v >> 31;
}

void
cm_stream_hash_init(struct cm_stream_hash *h, uint64_t seed)
{
	uint64_t x = whole(spread(seed)), xk = 1;

	if (x < 256)
		x += 256;
	for (unsigned k = 0; k < 8; k++, xk = times(xk, x))
		for (unsigned b = 0; b < 256; b++)
			h->digit[k][b] = times(b, xk);
	h->power[0] = x;
	for (unsigned k = 1; k < 20; k++)
		h->power[k] = times(h->power[k - 1], h->power[k - 1]);
}

uint64_t
cm_stream_hash_of(const struct cm_stream_hash *h, struct cm_span s)
{
	const uint64_t x8 = h->power[3];
	const uint8_t *p = s.ptr;
	size_t n = s.len;
	uint64_t v = 0;

	for (; n >= 8; n -= 8, p += 8) {
		/* Seven digits are below 7 * 2^61: no overflow; the eighth is as small as a byte. */
		uint64_t d = h->digit[7][p[0]] + h->digit[6][p[1]] + h->digit[5][p[2]] + h->digit[4][p[3]] +
		    h->digit[3][p[4]] + h->digit[2][p[5]] + h->digit[1][p[6]] + p[7];

		v = fold((u128)v * x8 + d);
	}
	for (; n > 0; n--, p++)
		v = fold((u128)v * h->power[0] + *p);
	return whole(v);
}

uint64_t
cm_stream_hash_join(const struct cm_stream_hash *h, uint64_t a, uint64_t b, uint32_t b_len)
{
	for (unsigned k = 0; k < 20; k++)
		if ((b_len >> k & 1) != 0)
			a = times(a, h->power[k]);
	return whole(a + b);
}
