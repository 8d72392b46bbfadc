/* SHA-256 of eight messages side by side, by AVX2. */
#include <immintrin.h>

#include "crypto/sha256_impl.h"

enum { LANES = 8 };

#define LANES_TARGET __attribute__((target("avx2")))
#define OP LANES_TARGET static inline __attribute__((always_inline))

typedef __m256i vec;

OP vec
all(uint32_t k)
{
	return _mm256_set1_epi32((int)k);
}

OP vec
add(vec a, vec b)
{
	return _mm256_add_epi32(a, b);
}

OP vec
sub(vec a, vec b)
{
	return _mm256_sub_epi32(a, b);
}

OP vec
xor3(vec x, vec y, vec z)
{
	return _mm256_xor_si256(_mm256_xor_si256(x, y), z);
}

OP vec
ch(vec x, vec y, vec z)
{
	return _mm256_xor_si256(z, _mm256_and_si256(x, _mm256_xor_si256(y, z)));
}

OP vec
maj(vec x, vec y, vec z)
{
	return _mm256_or_si256(
	    _mm256_and_si256(x, y), _mm256_and_si256(z, _mm256_or_si256(x, y)));
}

/* x turned right by n, as what xor makes of the two parts. */
#define TURN(x, n) _mm256_or_si256(_mm256_srli_epi32(x, n), _mm256_slli_epi32(x, 32 - (n)))

OP vec
sum0(vec x)
{
	return xor3(TURN(x, 2), TURN(x, 13), TURN(x, 22));
}

OP vec
sum1(vec x)
{
	return xor3(TURN(x, 6), TURN(x, 11), TURN(x, 25));
}

OP vec
sig0(vec x)
{
	return xor3(TURN(x, 7), TURN(x, 18), _mm256_srli_epi32(x, 3));
}

OP vec
sig1(vec x)
{
	return xor3(TURN(x, 17), TURN(x, 19), _mm256_srli_epi32(x, 10));
}

#include "crypto/sha256_lanes.h"

OP void
start(vec v[8])
{
	v[0] = all(cm_sha256_start[0]), v[1] = all(cm_sha256_start[1]);
	v[2] = all(cm_sha256_start[2]), v[3] = all(cm_sha256_start[3]);
	v[4] = all(cm_sha256_start[4]), v[5] = all(cm_sha256_start[5]);
	v[6] = all(cm_sha256_start[6]), v[7] = all(cm_sha256_start[7]);
}

OP vec
half_block(const uint8_t *at)
{
	const __m256i order = _mm256_broadcastsi128_si256(
	    _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL));

	return _mm256_shuffle_epi8(_mm256_loadu_si256((const void *)at), order);
}

/* Four rows, turned in each 128-bit part. */
OP void
turn4(vec *p, vec *q, vec *r, vec *s)
{
	vec a = _mm256_unpacklo_epi32(*p, *q), b = _mm256_unpackhi_epi32(*p, *q);
	vec c = _mm256_unpacklo_epi32(*r, *s), d = _mm256_unpackhi_epi32(*r, *s);

	*p = _mm256_unpacklo_epi64(a, c);
	*q = _mm256_unpackhi_epi64(a, c);
	*r = _mm256_unpacklo_epi64(b, d);
	*s = _mm256_unpackhi_epi64(b, d);
}

OP void
turn_parts(vec *p, vec *q)
{
	vec a = _mm256_permute2x128_si256(*p, *q, 0x20);

	*q = _mm256_permute2x128_si256(*p, *q, 0x31);
	*p = a;
}

/* Row i is half a block of message i; w[i] gets word i of each. */
OP void
load_words(const uint8_t *const at[LANES], size_t skip, vec w[8])
{
	w[0] = half_block(at[0] + skip), w[1] = half_block(at[1] + skip);
	w[2] = half_block(at[2] + skip), w[3] = half_block(at[3] + skip);
	w[4] = half_block(at[4] + skip), w[5] = half_block(at[5] + skip);
	w[6] = half_block(at[6] + skip), w[7] = half_block(at[7] + skip);
	turn4(&w[0], &w[1], &w[2], &w[3]);
	turn4(&w[4], &w[5], &w[6], &w[7]);
	turn_parts(&w[0], &w[4]);
	turn_parts(&w[1], &w[5]);
	turn_parts(&w[2], &w[6]);
	turn_parts(&w[3], &w[7]);
}

OP vec
add_some(vec s, vec some, vec v)
{
	return add(s, _mm256_and_si256(v, some));
}

/* One block each, into the states of the lanes that ${some} names by ones. */
LANES_TARGET static void
step(const uint8_t *const at[LANES], vec some, vec s[8])
{
	vec w[16], v[8];

	load_words(at, 0, w);
	load_words(at, 32, w + 8);
	v[0] = s[0], v[1] = s[1], v[2] = s[2], v[3] = s[3];
	v[4] = s[4], v[5] = s[5], v[6] = s[6], v[7] = s[7];
	all_rounds(v, w);
	s[0] = add_some(s[0], some, v[0]), s[1] = add_some(s[1], some, v[1]);
	s[2] = add_some(s[2], some, v[2]), s[3] = add_some(s[3], some, v[3]);
	s[4] = add_some(s[4], some, v[4]), s[5] = add_some(s[5], some, v[5]);
	s[6] = add_some(s[6], some, v[6]), s[7] = add_some(s[7], some, v[7]);
}

struct lanes {
	uint8_t block[LANES][CM_SHA256_BLOCK];
	uint32_t word[8][LANES];
	uint32_t some[LANES];
	const uint8_t *at[LANES];
};

_Static_assert(sizeof(struct lanes) <= CM_SHA256_ROOM, "struct lanes fits into the scratch");

/* The digests of the lanes that are finished, the states of those before them. */
static void
put_digests(const struct lanes *l, size_t n, uint8_t *const *out, struct cm_sha256_rest *rest)
{
	size_t k, i;

	for (k = 0; k < n; k++) {
		for (i = 0; i < 8; i++) {
			if (k < rest->n)
				rest->state[k][i] = l->word[i][k];
			else
				cm_put32(out[k] + 4 * i, l->word[i][k]);
		}
	}
}

LANES_TARGET void
cm_sha256_group_avx2(const struct cm_sha256_msg *const *msgs, size_t n, uint8_t *const *out,
    struct cm_sha256_rest *rest, void *room)
{
	struct lanes *l = room;
	uint64_t k;
	vec s[8];
	size_t i;

	start(s);
	for (k = 0, rest->n = n;; k++) {
		while (rest->n > 0 && cm_sha256_blocks(msgs[rest->n - 1]) <= k)
			rest->n--;
		if (rest->n <= rest->few)
			break;
		for (i = 0; i < LANES; i++) {
			l->some[i] = i < rest->n ? UINT32_MAX : 0;
			l->at[i] = l->block[i];
			if (i < rest->n)
				l->at[i] = cm_sha256_block_at(msgs[i], k, l->block[i]);
		}
		step(l->at, _mm256_loadu_si256((const void *)l->some), s);
	}
	rest->from = k;
	for (i = 0; i < 8; i++)
		_mm256_storeu_si256((void *)l->word[i], s[i]);
	put_digests(l, n, out, rest);
}

LANES_TARGET static void
one_block(const vec m[16], vec s[8])
{
	vec w[16], v[8];

	w[0] = m[0], w[1] = m[1], w[2] = m[2], w[3] = m[3];
	w[4] = m[4], w[5] = m[5], w[6] = m[6], w[7] = m[7];
	w[8] = m[8], w[9] = m[9], w[10] = m[10], w[11] = m[11];
	w[12] = m[12], w[13] = m[13], w[14] = m[14], w[15] = m[15];
	start(v);
	all_rounds(v, w);
	start(s);
	s[0] = add(s[0], v[0]), s[1] = add(s[1], v[1]), s[2] = add(s[2], v[2]);
	s[3] = add(s[3], v[3]), s[4] = add(s[4], v[4]), s[5] = add(s[5], v[5]);
	s[6] = add(s[6], v[6]), s[7] = add(s[7], v[7]);
}

LANES_TARGET void
cm_sha256_words_avx2(const struct cm_sha256_words *in, size_t n, uint32_t *const out[8])
{
	uint32_t row[LANES] = { 0 };
	size_t at, some, i;
	vec m[16], s[8];

	for (at = 0; at < n; at += LANES) {
		some = n - at < LANES ? n - at : LANES;
		for (i = 0; i < 16; i++) {
			m[i] = all(in->same[i]);
			if (in->row[i] == NULL)
				continue;
			memcpy(row, in->row[i] + at, some * sizeof(*row));
			m[i] = _mm256_or_si256(m[i], _mm256_loadu_si256((const void *)row));
		}
		one_block(m, s);
		for (i = 0; i < 8; i++) {
			_mm256_storeu_si256((void *)row, s[i]);
			memcpy(out[i] + at, row, some * sizeof(*row));
		}
	}
	explicit_bzero(m, sizeof(m));
	explicit_bzero(row, sizeof(row));
}
