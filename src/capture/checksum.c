#include <string.h>

#include "base/sum.h"
#include "capture/checksum.h"

static uint16_t
fold(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static uint64_t
load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* One's complement: what is carried out comes in again. */
static uint64_t
add(uint64_t sum, uint64_t v)
{
	sum += v;
	return sum + (sum < v);
}

/* The last ${n} bytes, fewer than 8; each word stands as the machine loads it. */
static uint64_t
load_tail(const uint8_t *p, size_t n)
{
	uint64_t sum = 0;
	uint8_t last[2];
	uint32_t v;
	uint16_t w;

	if ((n & 4) != 0) {
		memcpy(&v, p, sizeof(v));
		sum += v;
		p += 4;
	}
	if ((n & 2) != 0) {
		memcpy(&w, p, sizeof(w));
		sum += w;
		p += 2;
	}
	if ((n & 1) == 0)
		return sum;
	last[0] = *p;
	last[1] = 0;
	memcpy(&w, last, sizeof(w));
	return sum + w;
}

/* RFC 1071 section 2 (B): the sum does not depend on byte order but for a swap
 * at its end, so words are added as the machine loads them, as wide as it can. */
static uint64_t
sum_as_loaded(const uint8_t *p, size_t n)
{
	size_t blocks = n / 64 * 64;
	uint64_t sum = blocks > 0 ? cm_sum_words(p, blocks) : 0;

	for (p += blocks, n -= blocks; n >= 8; n -= 8, p += 8)
		sum = add(sum, load64(p));
	return n > 0 ? add(sum, load_tail(p, n)) : sum;
}

static uint16_t
as_big_endian(uint64_t sum)
{
	uint16_t folded = fold(sum);
	uint8_t b[2];

	memcpy(b, &folded, sizeof(folded));
	return cm_get16(b);
}

uint16_t
cm_checksum_sum(struct cm_span s)
{
	return as_big_endian(sum_as_loaded(s.ptr, s.len));
}

/* 4 bytes, or a multiple of 8. */
static uint64_t
sum_address(struct cm_span a)
{
	uint64_t sum = 0;

	if (a.len == 4)
		return load_tail(a.ptr, 4);
	for (size_t i = 0; i + 8 <= a.len; i += 8)
		sum = add(sum, load64(a.ptr + i));
	return sum;
}

uint16_t
cm_checksum_transport(struct cm_span src, struct cm_span dst, uint8_t proto, struct cm_span segment)
{
	uint64_t sum = sum_as_loaded(segment.ptr, segment.len);

	sum = add(sum, sum_address(src));
	sum = add(sum, sum_address(dst));
	return fold(as_big_endian(sum) + (uint64_t)proto + (segment.len >> 16) + (segment.len & 0xffff));
}
