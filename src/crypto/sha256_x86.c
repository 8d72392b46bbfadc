/* SHA-256 by the SHA extensions of x86 (Intel SDM, SHA256RNDS2 and friends). */
#include <cpuid.h>
#include <immintrin.h>

#include "crypto/sha256_impl.h"

const char cm_sha256_fast_name[] = "sha-ni";

bool
cm_sha256_has_fast(void)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1))
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

#define TARGET __attribute__((target("sha,ssse3,sse4.1")))

/* Four rounds on the message words ${w}. */
TARGET static inline void
rounds4(__m128i *abef, __m128i *cdgh, __m128i w, const uint32_t *k)
{
	__m128i m = _mm_add_epi32(w, _mm_loadu_si128((const void *)k));

	*cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, m);
	*abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(m, 0x0e));
}

/* The next four message words from the sixteen before them. */
TARGET static inline __m128i
schedule(__m128i w0, __m128i w1, __m128i w2, __m128i w3)
{
	__m128i t = _mm_sha256msg1_epu32(w0, w1);

	t = _mm_add_epi32(t, _mm_alignr_epi8(w3, w2, 4));
	return _mm_sha256msg2_epu32(t, w3);
}

TARGET static inline void
compress_one(__m128i *abef, __m128i *cdgh, const uint8_t *block)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
	const __m128i a0 = *abef, c0 = *cdgh;
	__m128i w[4];
	int i;

	for (i = 0; i < 4; i++) {
		w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(block + 16 * i)), swap);
		rounds4(abef, cdgh, w[i], cm_sha256_k + 4 * i);
	}
	for (i = 16; i < 64; i += 16) {
		w[0] = schedule(w[0], w[1], w[2], w[3]);
		rounds4(abef, cdgh, w[0], cm_sha256_k + i);
		w[1] = schedule(w[1], w[2], w[3], w[0]);
		rounds4(abef, cdgh, w[1], cm_sha256_k + i + 4);
		w[2] = schedule(w[2], w[3], w[0], w[1]);
		rounds4(abef, cdgh, w[2], cm_sha256_k + i + 8);
		w[3] = schedule(w[3], w[0], w[1], w[2]);
		rounds4(abef, cdgh, w[3], cm_sha256_k + i + 12);
	}
	*abef = _mm_add_epi32(*abef, a0);
	*cdgh = _mm_add_epi32(*cdgh, c0);
}

TARGET void
cm_sha256_compress_fast(uint32_t state[8], const uint8_t *blocks, size_t n)
{
	__m128i t, abef, cdgh;

	/* state is a..d, e..h; the instructions want (f e b a) and (h g d c) */
	t = _mm_shuffle_epi32(_mm_loadu_si128((const void *)state), 0xb1);
	cdgh = _mm_shuffle_epi32(_mm_loadu_si128((const void *)(state + 4)), 0x1b);
	abef = _mm_alignr_epi8(t, cdgh, 8);
	cdgh = _mm_blend_epi16(cdgh, t, 0xf0);

	for (; n > 0; n--, blocks += 64)
		compress_one(&abef, &cdgh, blocks);

	t = _mm_shuffle_epi32(abef, 0x1b);
	cdgh = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((void *)state, _mm_blend_epi16(t, cdgh, 0xf0));
	_mm_storeu_si128((void *)(state + 4), _mm_alignr_epi8(cdgh, t, 8));
}
