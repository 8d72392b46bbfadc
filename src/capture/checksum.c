#include <string.h>

#include "capture/checksum.h"

static uint16_t
fold(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static uint64_t
load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* RFC 1071 section 2 (B): the sum does not depend on byte order but for a swap
 * at its end, so words are added as the machine loads them, 32 bits at a time. */
uint16_t
cm_checksum_sum(struct cm_span s)
{
	const uint8_t *p = s.ptr;
	uint64_t a = 0, b = 0;
	uint8_t tail[4] = { 0 };
	uint16_t sum;
	size_t n = s.len;

	for (; n >= 16; n -= 16, p += 16) {
		a += load32(p) + load32(p + 4);
		b += load32(p + 8) + load32(p + 12);
	}
	for (; n >= 4; n -= 4, p += 4)
		a += load32(p);
	if (n > 0)
		memcpy(tail, p, n);
	sum = fold(a + b + load32(tail));
	memcpy(tail, &sum, 2);
	return cm_get16(tail);
}

uint16_t
cm_checksum_transport(struct cm_span src, struct cm_span dst, uint8_t proto, struct cm_span segment)
{
	uint64_t sum = cm_checksum_sum(segment);

	sum += cm_checksum_sum(src);
	sum += cm_checksum_sum(dst);
	sum += proto;
	sum += segment.len >> 16;
	sum += segment.len & 0xffff;
	return fold(sum);
}
