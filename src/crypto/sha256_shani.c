/* SHA-256 by the SHA extensions of x86 (Intel SDM, SHA256RNDS2 and friends): one stream, or
 * two side by side, since the instructions wait for one another longer than they work. */
#include <immintrin.h>

#include "crypto/sha256_impl.h"

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

/* The working variables, as the instructions want them: f e b a, and h g d c. */
struct vars {
	__m128i abef, cdgh;
};

TARGET static inline struct vars
load_state(const uint32_t state[8])
{
	__m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const void *)state), 0xb1);
	__m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const void *)(state + 4)), 0x1b);

	return (struct vars) { _mm_alignr_epi8(abcd, efgh, 8), _mm_blend_epi16(efgh, abcd, 0xf0) };
}

TARGET static inline void
store_state(struct vars v, uint32_t state[8])
{
	__m128i t = _mm_shuffle_epi32(v.abef, 0x1b), u = _mm_shuffle_epi32(v.cdgh, 0xb1);

	_mm_storeu_si128((void *)state, _mm_blend_epi16(t, u, 0xf0));
	_mm_storeu_si128((void *)(state + 4), _mm_alignr_epi8(u, t, 8));
}

TARGET static inline __m128i
load_words(const uint8_t *at)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);

	return _mm_shuffle_epi8(_mm_loadu_si128((const void *)at), swap);
}

/* Sixteen rounds on the words there are. */
TARGET static inline void
first_rounds(struct vars *v, const __m128i w[4])
{
	rounds4(&v->abef, &v->cdgh, w[0], cm_sha256_k);
	rounds4(&v->abef, &v->cdgh, w[1], cm_sha256_k + 4);
	rounds4(&v->abef, &v->cdgh, w[2], cm_sha256_k + 8);
	rounds4(&v->abef, &v->cdgh, w[3], cm_sha256_k + 12);
}

/* Four rounds on the next words, which take the place of the oldest ones, w0. */
TARGET static inline void
next_rounds(struct vars *v, __m128i *w0, __m128i w1, __m128i w2, __m128i w3, const uint32_t *k)
{
	*w0 = schedule(*w0, w1, w2, w3);
	rounds4(&v->abef, &v->cdgh, *w0, k);
}

TARGET static inline void
add_up(struct vars *v, struct vars before)
{
	v->abef = _mm_add_epi32(v->abef, before.abef);
	v->cdgh = _mm_add_epi32(v->cdgh, before.cdgh);
}

TARGET void
cm_sha256_compress_shani(uint32_t state[8], const uint8_t *blocks, size_t n)
{
	struct vars v = load_state(state), before;
	const uint32_t *k;
	__m128i w[4];

	for (; n > 0; n--, blocks += 64) {
		before = v;
		w[0] = load_words(blocks), w[1] = load_words(blocks + 16);
		w[2] = load_words(blocks + 32), w[3] = load_words(blocks + 48);
		first_rounds(&v, w);
		for (k = cm_sha256_k + 16; k < cm_sha256_k + 64; k += 16) {
			next_rounds(&v, &w[0], w[1], w[2], w[3], k);
			next_rounds(&v, &w[1], w[2], w[3], w[0], k + 4);
			next_rounds(&v, &w[2], w[3], w[0], w[1], k + 8);
			next_rounds(&v, &w[3], w[0], w[1], w[2], k + 12);
		}
		add_up(&v, before);
	}
	store_state(v, state);
}

TARGET static inline void
first_rounds2(struct vars *v, struct vars *u, const __m128i w[4], const __m128i x[4])
{
	rounds4(&v->abef, &v->cdgh, w[0], cm_sha256_k);
	rounds4(&u->abef, &u->cdgh, x[0], cm_sha256_k);
	rounds4(&v->abef, &v->cdgh, w[1], cm_sha256_k + 4);
	rounds4(&u->abef, &u->cdgh, x[1], cm_sha256_k + 4);
	rounds4(&v->abef, &v->cdgh, w[2], cm_sha256_k + 8);
	rounds4(&u->abef, &u->cdgh, x[2], cm_sha256_k + 8);
	rounds4(&v->abef, &v->cdgh, w[3], cm_sha256_k + 12);
	rounds4(&u->abef, &u->cdgh, x[3], cm_sha256_k + 12);
}

TARGET static inline void
next_rounds2(struct vars *v, struct vars *u, __m128i w[4], __m128i x[4], const uint32_t *k)
{
	next_rounds(v, &w[0], w[1], w[2], w[3], k);
	next_rounds(u, &x[0], x[1], x[2], x[3], k);
	next_rounds(v, &w[1], w[2], w[3], w[0], k + 4);
	next_rounds(u, &x[1], x[2], x[3], x[0], k + 4);
	next_rounds(v, &w[2], w[3], w[0], w[1], k + 8);
	next_rounds(u, &x[2], x[3], x[0], x[1], k + 8);
	next_rounds(v, &w[3], w[0], w[1], w[2], k + 12);
	next_rounds(u, &x[3], x[0], x[1], x[2], k + 12);
}

TARGET void
cm_sha256_compress2_shani(uint32_t *const state[2], const uint8_t *const blocks[2], size_t n)
{
	struct vars v = load_state(state[0]), u = load_state(state[1]), v0, u0;
	const uint8_t *a = blocks[0], *b = blocks[1];
	const uint32_t *k;
	__m128i w[4], x[4];

	for (; n > 0; n--, a += 64, b += 64) {
		v0 = v;
		u0 = u;
		w[0] = load_words(a), w[1] = load_words(a + 16);
		w[2] = load_words(a + 32), w[3] = load_words(a + 48);
		x[0] = load_words(b), x[1] = load_words(b + 16);
		x[2] = load_words(b + 32), x[3] = load_words(b + 48);
		first_rounds2(&v, &u, w, x);
		for (k = cm_sha256_k + 16; k < cm_sha256_k + 64; k += 16)
			next_rounds2(&v, &u, w, x, k);
		add_up(&v, v0);
		add_up(&u, u0);
	}
	store_state(v, state[0]);
	store_state(u, state[1]);
}
