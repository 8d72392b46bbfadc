/* SHA-256 of sixteen messages side by side, by AVX-512 (F and BW).
 *
 * Nothing of a message is copied: a block is read where it lies, with a mask that says
 * which of its bytes belong to the message, so that head, body and padding meet in a
 * register. */
#include <immintrin.h>
#include <string.h>

#include "crypto/sha256_impl.h"

enum { LANES = 16, FEW = 4 };

#define LANES_TARGET __attribute__((target("avx512f,avx512bw")))
#define OP LANES_TARGET static inline __attribute__((always_inline))

typedef __m512i vec;

OP vec all(uint32_t k) { return _mm512_set1_epi32((int)k); }
OP vec add(vec a, vec b) { return _mm512_add_epi32(a, b); }
OP vec sub(vec a, vec b) { return _mm512_sub_epi32(a, b); }
OP vec xor3(vec x, vec y, vec z) { return _mm512_ternarylogic_epi32(x, y, z, 0x96); }
OP vec ch(vec x, vec y, vec z) { return _mm512_ternarylogic_epi32(x, y, z, 0xca); }
OP vec maj(vec x, vec y, vec z) { return _mm512_ternarylogic_epi32(x, y, z, 0xe8); }
OP vec sum0(vec x) { return xor3(_mm512_ror_epi32(x, 2), _mm512_ror_epi32(x, 13), _mm512_ror_epi32(x, 22)); }
OP vec sum1(vec x) { return xor3(_mm512_ror_epi32(x, 6), _mm512_ror_epi32(x, 11), _mm512_ror_epi32(x, 25)); }
OP vec sig0(vec x) { return xor3(_mm512_ror_epi32(x, 7), _mm512_ror_epi32(x, 18), _mm512_srli_epi32(x, 3)); }
OP vec sig1(vec x) { return xor3(_mm512_ror_epi32(x, 17), _mm512_ror_epi32(x, 19), _mm512_srli_epi32(x, 10)); }

#include "crypto/sha256_lanes.h"

/* Sixteen messages, as far as they are read. */
struct lanes {
	uint8_t block[LANES][64];   /* those that do not lie in one piece */
	const uint8_t *at[LANES];   /* the next block, or one of the above */
	const uint8_t *body[LANES]; /* where byte 0 of the message would lie before its body */
	const uint8_t *head[LANES];
	uint64_t head_len[LANES];
	uint64_t len[LANES];
	uint32_t blocks[LANES];
	uint64_t mask[3][LANES]; /* bytes of a block: of the message; the first of padding; of the head */
	uint64_t least;		 /* of len */
	uint32_t few_blocks;	 /* the least of blocks */
};

OP vec
swap_bytes(vec x)
{
	const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);

	return _mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(order));
}

/* Four rows of four words, turned in each 128-bit part. */
OP void
turn4(vec r[4])
{
	vec a = _mm512_unpacklo_epi32(r[0], r[1]), b = _mm512_unpackhi_epi32(r[0], r[1]);
	vec c = _mm512_unpacklo_epi32(r[2], r[3]), d = _mm512_unpackhi_epi32(r[2], r[3]);

	r[0] = _mm512_unpacklo_epi64(a, c);
	r[1] = _mm512_unpackhi_epi64(a, c);
	r[2] = _mm512_unpacklo_epi64(b, d);
	r[3] = _mm512_unpackhi_epi64(b, d);
}

/* The 128-bit parts of four rows, turned. */
OP void
turn_parts(vec *p, vec *q, vec *r, vec *s)
{
	vec a = _mm512_shuffle_i32x4(*p, *q, 0x44), b = _mm512_shuffle_i32x4(*p, *q, 0xee);
	vec c = _mm512_shuffle_i32x4(*r, *s, 0x44), d = _mm512_shuffle_i32x4(*r, *s, 0xee);

	*p = _mm512_shuffle_i32x4(a, c, 0x88);
	*q = _mm512_shuffle_i32x4(a, c, 0xdd);
	*r = _mm512_shuffle_i32x4(b, d, 0x88);
	*s = _mm512_shuffle_i32x4(b, d, 0xdd);
}

OP vec
block_of(const struct lanes *l, unsigned i)
{
	return swap_bytes(_mm512_loadu_si512(l->at[i]));
}

/* Row i is the block of message i; w[i] gets word i of each. */
OP void
load_words(const struct lanes *l, vec w[16])
{
	vec r[4][4] = { { block_of(l, 0), block_of(l, 1), block_of(l, 2), block_of(l, 3) },
		{ block_of(l, 4), block_of(l, 5), block_of(l, 6), block_of(l, 7) },
		{ block_of(l, 8), block_of(l, 9), block_of(l, 10), block_of(l, 11) },
		{ block_of(l, 12), block_of(l, 13), block_of(l, 14), block_of(l, 15) } };

	turn4(r[0]);
	turn4(r[1]);
	turn4(r[2]);
	turn4(r[3]);
	turn_parts(&r[0][0], &r[1][0], &r[2][0], &r[3][0]);
	turn_parts(&r[0][1], &r[1][1], &r[2][1], &r[3][1]);
	turn_parts(&r[0][2], &r[1][2], &r[2][2], &r[3][2]);
	turn_parts(&r[0][3], &r[1][3], &r[2][3], &r[3][3]);
	w[0] = r[0][0], w[1] = r[0][1], w[2] = r[0][2], w[3] = r[0][3];
	w[4] = r[1][0], w[5] = r[1][1], w[6] = r[1][2], w[7] = r[1][3];
	w[8] = r[2][0], w[9] = r[2][1], w[10] = r[2][2], w[11] = r[2][3];
	w[12] = r[3][0], w[13] = r[3][1], w[14] = r[3][2], w[15] = r[3][3];
}

static __mmask16
first_lanes(size_t n)
{
	return (__mmask16)(n < LANES ? (1u << n) - 1 : 0xffffu);
}

/* Digests in rows: d[i] gets those of lanes i and 4+i, d[4+i] those of 8+i and 12+i. */
OP void
to_digests(const vec v[8], vec d[8])
{
	const __m512i low = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
	const __m512i high = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
	vec r[2][4] = { { v[0], v[1], v[2], v[3] }, { v[4], v[5], v[6], v[7] } };
	unsigned i;

	turn4(r[0]);
	turn4(r[1]);
	for (i = 0; i < 4; i++) {
		const vec a = swap_bytes(r[0][i]), b = swap_bytes(r[1][i]);

		d[i] = _mm512_permutex2var_epi64(a, low, b);
		d[4 + i] = _mm512_permutex2var_epi64(a, high, b);
	}
}

OP void
put_digests(const vec v[8], uint8_t *const out[LANES])
{
	vec d[8];
	unsigned i;

	to_digests(v, d);
	for (i = 0; i < 4; i++) {
		_mm256_storeu_si256((void *)out[i], _mm512_castsi512_si256(d[i]));
		_mm256_storeu_si256((void *)out[4 + i], _mm512_extracti64x4_epi64(d[i], 1));
		_mm256_storeu_si256((void *)out[8 + i], _mm512_castsi512_si256(d[4 + i]));
		_mm256_storeu_si256((void *)out[12 + i], _mm512_extracti64x4_epi64(d[4 + i], 1));
	}
}

OP void
start(vec v[8])
{
	v[0] = all(cm_sha256_start[0]), v[1] = all(cm_sha256_start[1]);
	v[2] = all(cm_sha256_start[2]), v[3] = all(cm_sha256_start[3]);
	v[4] = all(cm_sha256_start[4]), v[5] = all(cm_sha256_start[5]);
	v[6] = all(cm_sha256_start[6]), v[7] = all(cm_sha256_start[7]);
}

OP void
copy8(vec to[8], const vec from[8])
{
	to[0] = from[0], to[1] = from[1], to[2] = from[2], to[3] = from[3];
	to[4] = from[4], to[5] = from[5], to[6] = from[6], to[7] = from[7];
}

/* Where lanes begin; those behind ${n} have no blocks. */
static void
begin(struct lanes *l, const struct cm_sha256_msg *const *msgs, size_t n)
{
	const struct cm_sha256_msg *m;
	size_t i;

	l->least = UINT64_MAX;
	l->few_blocks = UINT32_MAX;
	for (i = 0; i < LANES; i++) {
		m = msgs[i < n ? i : 0];
		l->head[i] = m->head.ptr;
		l->head_len[i] = m->head.len;
		l->body[i] = (const uint8_t *)((uintptr_t)m->body.ptr - m->head.len);
		l->len[i] = i < n ? m->head.len + m->body.len : 0;
		l->blocks[i] = i < n ? (uint32_t)cm_sha256_blocks(m) : 0;
		if (i < n && l->len[i] < l->least)
			l->least = l->len[i];
		if (i < n && l->blocks[i] < l->few_blocks)
			l->few_blocks = l->blocks[i];
	}
}

/* Of block ${k}: which bytes belong to the message, and where its padding begins. */
LANES_TARGET static void
set_masks(struct lanes *l, uint32_t k)
{
	const __m512i ones = _mm512_set1_epi64(-1), one = _mm512_set1_epi64(1), size = _mm512_set1_epi64(64);
	__m512i left, some;
	unsigned i;

	for (i = 0; i < LANES; i += 8) {
		left = _mm512_sub_epi64(
		    _mm512_loadu_si512(l->len + i), _mm512_set1_epi64((int64_t)k * 64));
		some = _mm512_min_epi64(_mm512_max_epi64(left, _mm512_setzero_si512()), size);
		_mm512_storeu_si512(l->mask[0] + i, _mm512_srlv_epi64(ones, _mm512_sub_epi64(size, some)));
		_mm512_storeu_si512(l->mask[1] + i, _mm512_sllv_epi64(one, left));
	}
}

/* Block 0: head, body, and the first byte of padding. */
LANES_TARGET static void
gather_first(struct lanes *l)
{
	const __m512i mark = _mm512_set1_epi8((char)0x80);
	uint64_t head;
	__m512i x;
	unsigned i;

	set_masks(l, 0);
	for (i = 0; i < LANES; i++) {
		head = l->head_len[i] == 64 ? UINT64_MAX : ((uint64_t)1 << l->head_len[i]) - 1;
		x = _mm512_maskz_loadu_epi8(head & l->mask[0][i], l->head[i]);
		x = _mm512_mask_loadu_epi8(x, l->mask[0][i] & ~head, l->body[i]);
		x = _mm512_mask_mov_epi8(x, l->mask[1][i], mark);
		_mm512_storeu_si512(l->block[i], x);
		l->at[i] = l->block[i];
	}
}

/* Block ${k} > 0 where some message ends. */
LANES_TARGET static void
gather_ends(struct lanes *l, uint32_t k)
{
	const __m512i mark = _mm512_set1_epi8((char)0x80);
	const uintptr_t at = (uintptr_t)k * 64;
	__m512i x;
	unsigned i;

	set_masks(l, k);
	for (i = 0; i < LANES; i++) {
		x = _mm512_maskz_loadu_epi8(l->mask[0][i], (const void *)((uintptr_t)l->body[i] + at));
		x = _mm512_mask_mov_epi8(x, l->mask[1][i], mark);
		_mm512_storeu_si512(l->block[i], x);
		l->at[i] = l->block[i];
	}
}

static void
gather_middle(struct lanes *l, uint32_t k)
{
	unsigned i;

	for (i = 0; i < LANES; i++)
		l->at[i] = (const uint8_t *)((uintptr_t)l->body[i] + (uintptr_t)k * 64);
}

static void
gather(struct lanes *l, uint32_t k)
{
	if (k == 0)
		gather_first(l);
	else if (((uint64_t)k + 1) * 64 <= l->least)
		gather_middle(l, k);
	else
		gather_ends(l, k);
}

/* Length in bits of the messages whose last block is ${k}. */
OP void
put_lengths(const struct lanes *l, uint32_t k, vec w[16])
{
	const __m512i a = _mm512_slli_epi64(_mm512_loadu_si512(l->len), 3);
	const __m512i b = _mm512_slli_epi64(_mm512_loadu_si512(l->len + 8), 3);
	const __m512i blocks = _mm512_loadu_si512(l->blocks);
	const __mmask16 last = _mm512_cmpeq_epi32_mask(blocks, all(k + 1));
	const __m512i low = _mm512_inserti64x4(
	    _mm512_castsi256_si512(_mm512_cvtepi64_epi32(a)), _mm512_cvtepi64_epi32(b), 1);
	const __m512i high = _mm512_inserti64x4(
	    _mm512_castsi256_si512(_mm512_cvtepi64_epi32(_mm512_srli_epi64(a, 32))),
	    _mm512_cvtepi64_epi32(_mm512_srli_epi64(b, 32)), 1);

	w[14] = _mm512_mask_mov_epi32(w[14], last, high);
	w[15] = _mm512_mask_mov_epi32(w[15], last, low);
}

OP vec
add_some(vec s, __mmask16 some, vec v)
{
	return _mm512_mask_add_epi32(s, some, s, v);
}

/* Compresses block ${k} into the states of the lanes that have one. */
LANES_TARGET static void
step(const struct lanes *l, uint32_t k, vec s[8])
{
	const __mmask16 has = _mm512_cmpgt_epu32_mask(_mm512_loadu_si512(l->blocks), all(k));
	vec w[16], v[8];

	load_words(l, w);
	if (k + 1 >= l->few_blocks)
		put_lengths(l, k, w);
	copy8(v, s);
	all_rounds(v, w);
	s[0] = add_some(s[0], has, v[0]), s[1] = add_some(s[1], has, v[1]);
	s[2] = add_some(s[2], has, v[2]), s[3] = add_some(s[3], has, v[3]);
	s[4] = add_some(s[4], has, v[4]), s[5] = add_some(s[5], has, v[5]);
	s[6] = add_some(s[6], has, v[6]), s[7] = add_some(s[7], has, v[7]);
}

LANES_TARGET static unsigned
with_more(const struct lanes *l, uint32_t k)
{
	return (unsigned)__builtin_popcount(
	    _mm512_cmpgt_epu32_mask(_mm512_loadu_si512(l->blocks), all(k)));
}

LANES_TARGET void
cm_sha256_group_avx512(
    const struct cm_sha256_msg *const *msgs, size_t n, uint8_t *const *out, struct cm_sha256_rest *rest)
{
	uint8_t unused[CM_SHA256_LEN], *to[LANES];
	struct lanes l;
	uint32_t word[8][LANES], k = 0;
	vec s[8];
	size_t i;

	begin(&l, msgs, n);
	start(s);
	while (with_more(&l, k) > rest->few) {
		gather(&l, k);
		step(&l, k, s);
		k++;
	}
	for (i = 0; i < LANES; i++)
		to[i] = i < n ? out[i] : unused;
	put_digests(s, to);
	rest->n = with_more(&l, k);
	rest->from = k;
	for (i = 0; rest->n > 0 && i < 8; i++)
		_mm512_storeu_si512(word[i], s[i]);
	for (i = 0; i < rest->n * 8; i++)
		rest->state[i / 8][i % 8] = word[i % 8][i / 8];
	explicit_bzero(&l, sizeof(l));
}

/* The messages of one block ${m}, by words, all rounds and sums. */
LANES_TARGET static void
one_block(const vec m[16], vec s[8])
{
	vec w[16], v[8];

	copy8(w, m);
	copy8(w + 8, m + 8);
	start(v);
	all_rounds(v, w);
	start(s);
	s[0] = add(s[0], v[0]), s[1] = add(s[1], v[1]), s[2] = add(s[2], v[2]);
	s[3] = add(s[3], v[3]), s[4] = add(s[4], v[4]), s[5] = add(s[5], v[5]);
	s[6] = add(s[6], v[6]), s[7] = add(s[7], v[7]);
}

LANES_TARGET void
cm_sha256_words_avx512(const struct cm_sha256_words *in, size_t n, uint32_t *const out[8])
{
	__mmask16 some;
	vec m[16], s[8];
	unsigned i;
	size_t at;

	for (at = 0; at < n; at += LANES) {
		some = first_lanes(n - at);
		for (i = 0; i < 16; i++) {
			m[i] = all(in->same[i]);
			if (in->row[i] != NULL)
				m[i] = _mm512_or_epi32(
				    m[i], _mm512_maskz_loadu_epi32(some, in->row[i] + at));
		}
		one_block(m, s);
		for (i = 0; i < 8; i++)
			_mm512_mask_storeu_epi32(out[i] + at, some, s[i]);
	}
	explicit_bzero(m, sizeof(m));
}

LANES_TARGET void
cm_sha256_spell_avx512(const uint32_t *const word[8], size_t n, uint8_t *out, size_t stride)
{
	uint8_t unused[CM_SHA256_LEN], *to[LANES];
	__mmask16 some;
	vec v[8];
	unsigned i;
	size_t at;

	for (at = 0; at < n; at += LANES) {
		some = first_lanes(n - at);
		for (i = 0; i < 8; i++)
			v[i] = _mm512_maskz_loadu_epi32(some, word[i] + at);
		for (i = 0; i < LANES; i++)
			to[i] = at + i < n ? out + (at + i) * stride : unused;
		put_digests(v, to);
	}
	explicit_bzero(unused, sizeof(unused));
}
