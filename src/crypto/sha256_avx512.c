/* SHA-256 of thirty-two messages side by side, by AVX-512 (F and BW): sixteen in each of two
 * vectors, since the rounds of one wait for one another longer than they work.
 *
 * Little of a message is copied: a block is read where it lies, with a mask that says which
 * of its bytes belong to the message, so that head, body and padding meet in a register. */
#include <immintrin.h>

#include "crypto/sha256_impl.h"

enum { HALF = 16, LANES = 2 * HALF };

#define LANES_TARGET __attribute__((target("avx512f,avx512bw")))
#define OP LANES_TARGET static inline __attribute__((always_inline))

typedef struct {
	__m512i x, y;
} vec;

OP vec
all(uint32_t k)
{
	const __m512i x = _mm512_set1_epi32((int)k);

	return (vec) { x, x };
}

OP vec
add(vec a, vec b)
{
	return (vec) { _mm512_add_epi32(a.x, b.x), _mm512_add_epi32(a.y, b.y) };
}

OP vec
sub(vec a, vec b)
{
	return (vec) { _mm512_sub_epi32(a.x, b.x), _mm512_sub_epi32(a.y, b.y) };
}

/* Any function of three bits, by its table. */
#define OF_THREE(x, y, z, table) _mm512_ternarylogic_epi32(x, y, z, table)
#define XOR3(x, y, z) OF_THREE(x, y, z, 0x96)

OP vec
ch(vec a, vec b, vec c)
{
	return (vec) { OF_THREE(a.x, b.x, c.x, 0xca), OF_THREE(a.y, b.y, c.y, 0xca) };
}

OP vec
maj(vec a, vec b, vec c)
{
	return (vec) { OF_THREE(a.x, b.x, c.x, 0xe8), OF_THREE(a.y, b.y, c.y, 0xe8) };
}

#define TURN3(a, i, j, k) \
	XOR3(_mm512_ror_epi32(a, i), _mm512_ror_epi32(a, j), _mm512_ror_epi32(a, k))
#define TURN2(a, i, j, k) \
	XOR3(_mm512_ror_epi32(a, i), _mm512_ror_epi32(a, j), _mm512_srli_epi32(a, k))

OP vec
sum0(vec a)
{
	return (vec) { TURN3(a.x, 2, 13, 22), TURN3(a.y, 2, 13, 22) };
}

OP vec
sum1(vec a)
{
	return (vec) { TURN3(a.x, 6, 11, 25), TURN3(a.y, 6, 11, 25) };
}

OP vec
sig0(vec a)
{
	return (vec) { TURN2(a.x, 7, 18, 3), TURN2(a.y, 7, 18, 3) };
}

OP vec
sig1(vec a)
{
	return (vec) { TURN2(a.x, 17, 19, 10), TURN2(a.y, 17, 19, 10) };
}

#include "crypto/sha256_lanes.h"

/* Thirty-two messages, as far as they are read. */
struct lanes {
	uint8_t block[LANES][64];   /* those that had to be put together */
	const uint8_t *at[LANES];   /* the next blocks, where they lie or in the above */
	const uint8_t *body[LANES]; /* byte 0 of the message would lie here, before its body */
	const uint8_t *head[LANES];
	uint64_t head_len[LANES];
	uint64_t len[LANES];
	uint64_t of_message[LANES]; /* masks of a block: its bytes that belong to the message, */
	uint64_t mark[LANES];       /* and the first of the padding */
	uint32_t blocks[LANES];
	uint32_t least; /* of blocks; */
	uint64_t whole; /* so many blocks of every message have no padding */
	vec word[2][16]; /* of this block and of the next one */
};

_Static_assert(sizeof(struct lanes) <= CM_SHA256_ROOM, "struct lanes fits into the scratch");

OP __m512i
swap_bytes(__m512i a)
{
	const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);

	return _mm512_shuffle_epi8(a, _mm512_broadcast_i32x4(order));
}

/* Four rows of four words, turned in each 128-bit part. */
OP void
turn4(__m512i r[4])
{
	__m512i a = _mm512_unpacklo_epi32(r[0], r[1]), b = _mm512_unpackhi_epi32(r[0], r[1]);
	__m512i c = _mm512_unpacklo_epi32(r[2], r[3]), d = _mm512_unpackhi_epi32(r[2], r[3]);

	r[0] = _mm512_unpacklo_epi64(a, c);
	r[1] = _mm512_unpackhi_epi64(a, c);
	r[2] = _mm512_unpacklo_epi64(b, d);
	r[3] = _mm512_unpackhi_epi64(b, d);
}

/* The 128-bit parts of four rows, turned. */
OP void
turn_parts(__m512i *p, __m512i *q, __m512i *r, __m512i *s)
{
	__m512i a = _mm512_shuffle_i32x4(*p, *q, 0x44), b = _mm512_shuffle_i32x4(*p, *q, 0xee);
	__m512i c = _mm512_shuffle_i32x4(*r, *s, 0x44), d = _mm512_shuffle_i32x4(*r, *s, 0xee);

	*p = _mm512_shuffle_i32x4(a, c, 0x88);
	*q = _mm512_shuffle_i32x4(a, c, 0xdd);
	*r = _mm512_shuffle_i32x4(b, d, 0x88);
	*s = _mm512_shuffle_i32x4(b, d, 0xdd);
}

OP __m512i
block_at(const uint8_t *at)
{
	return swap_bytes(_mm512_loadu_si512(at));
}

/* Row i is the block of lane i; w[i] gets word i of each. */
OP void
turn_half(const uint8_t *const at[HALF], __m512i w[16])
{
	__m512i r[4][4] = {
		{ block_at(at[0]), block_at(at[1]), block_at(at[2]), block_at(at[3]) },
		{ block_at(at[4]), block_at(at[5]), block_at(at[6]), block_at(at[7]) },
		{ block_at(at[8]), block_at(at[9]), block_at(at[10]), block_at(at[11]) },
		{ block_at(at[12]), block_at(at[13]), block_at(at[14]), block_at(at[15]) },
	};

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

LANES_TARGET static void
turn(const uint8_t *const at[LANES], vec w[16])
{
	__m512i a[16];

	turn_half(at, a);
	w[0].x = a[0], w[1].x = a[1], w[2].x = a[2], w[3].x = a[3];
	w[4].x = a[4], w[5].x = a[5], w[6].x = a[6], w[7].x = a[7];
	w[8].x = a[8], w[9].x = a[9], w[10].x = a[10], w[11].x = a[11];
	w[12].x = a[12], w[13].x = a[13], w[14].x = a[14], w[15].x = a[15];
	turn_half(at + HALF, a);
	w[0].y = a[0], w[1].y = a[1], w[2].y = a[2], w[3].y = a[3];
	w[4].y = a[4], w[5].y = a[5], w[6].y = a[6], w[7].y = a[7];
	w[8].y = a[8], w[9].y = a[9], w[10].y = a[10], w[11].y = a[11];
	w[12].y = a[12], w[13].y = a[13], w[14].y = a[14], w[15].y = a[15];
}

/* The first n of 16 lanes. */
static __mmask16
first_lanes(size_t n)
{
	return (__mmask16)(n < HALF ? (1u << n) - 1 : 0xffffu);
}

/* The digests of half the lanes, from their states. */
OP void
put_half(__m512i low[4], __m512i high[4], uint8_t *const out[HALF])
{
	const __m512i first = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
	const __m512i second = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
	__m512i a, b, c, d;
	unsigned i;

	turn4(low);
	turn4(high);
	for (i = 0; i < 4; i++) {
		a = swap_bytes(low[i]);
		b = swap_bytes(high[i]);
		c = _mm512_permutex2var_epi64(a, first, b);
		d = _mm512_permutex2var_epi64(a, second, b);
		_mm256_storeu_si256((void *)out[i], _mm512_castsi512_si256(c));
		_mm256_storeu_si256((void *)out[4 + i], _mm512_extracti64x4_epi64(c, 1));
		_mm256_storeu_si256((void *)out[8 + i], _mm512_castsi512_si256(d));
		_mm256_storeu_si256((void *)out[12 + i], _mm512_extracti64x4_epi64(d, 1));
	}
}

LANES_TARGET static void
put_digests(const vec s[8], uint8_t *const out[LANES])
{
	__m512i x0[4] = { s[0].x, s[1].x, s[2].x, s[3].x }, x1[4] = { s[4].x, s[5].x, s[6].x, s[7].x };
	__m512i y0[4] = { s[0].y, s[1].y, s[2].y, s[3].y }, y1[4] = { s[4].y, s[5].y, s[6].y, s[7].y };

	put_half(x0, x1, out);
	put_half(y0, y1, out + HALF);
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

/* Where the lanes begin; those behind ${n} have no blocks. */
static void
begin(struct lanes *l, const struct cm_sha256_msg *const *msgs, size_t n)
{
	const struct cm_sha256_msg *m;
	size_t i;

	for (i = 0; i < LANES; i++) {
		m = msgs[i < n ? i : 0];
		l->head[i] = m->head.ptr;
		l->head_len[i] = m->head.len;
		l->body[i] = (const uint8_t *)((uintptr_t)m->body.ptr - m->head.len);
		l->len[i] = i < n ? m->head.len + m->body.len : 0;
		l->blocks[i] = i < n ? (uint32_t)cm_sha256_blocks(m) : 0;
	}
	l->least = l->blocks[n - 1];
	l->whole = l->len[0];
	for (i = 1; i < n; i++)
		l->whole = l->len[i] < l->whole ? l->len[i] : l->whole;
	l->whole /= 64;
}

/* Of block ${k}: which bytes belong to the message, and where its padding begins. */
LANES_TARGET static void
set_masks(struct lanes *l, uint32_t k)
{
	const __m512i ones = _mm512_set1_epi64(-1), one = _mm512_set1_epi64(1);
	const __m512i none = _mm512_setzero_si512(), size = _mm512_set1_epi64(64);
	__m512i left, some;
	unsigned i;

	for (i = 0; i < LANES; i += 8) {
		left = _mm512_sub_epi64(
		    _mm512_loadu_si512(l->len + i), _mm512_set1_epi64((int64_t)k * 64));
		some = _mm512_sub_epi64(size, _mm512_min_epi64(_mm512_max_epi64(left, none), size));
		_mm512_storeu_si512(l->of_message + i, _mm512_srlv_epi64(ones, some));
		_mm512_storeu_si512(l->mark + i, _mm512_sllv_epi64(one, left));
	}
}

/* Byte ${at} of the body of lane ${i}, of which ${bytes} will be read.  If they are none, any
 * address is right, but over one where nothing is mapped the processor takes long. */
static const void *
readable(const struct lanes *l, unsigned i, uintptr_t at, uint64_t bytes)
{
	return bytes == 0 ? l->block[i] : (const void *)((uintptr_t)l->body[i] + at);
}

/* Block 0: head, body, and the first byte of padding. */
LANES_TARGET static void
gather_first(struct lanes *l)
{
	const __m512i mark = _mm512_set1_epi8((char)0x80);
	uint64_t of_head, of_body;
	__m512i b;
	unsigned i;

	set_masks(l, 0);
	for (i = 0; i < LANES; i++) {
		of_head = ((uint64_t)1 << (l->head_len[i] & 63)) - 1;
		of_head = l->head_len[i] == 64 ? UINT64_MAX : of_head;
		of_head &= l->of_message[i];
		of_body = l->of_message[i] & ~of_head;
		b = _mm512_maskz_loadu_epi8(of_head, of_head == 0 ? l->block[i] : l->head[i]);
		b = _mm512_mask_loadu_epi8(b, of_body, readable(l, i, 0, of_body));
		b = _mm512_mask_mov_epi8(b, l->mark[i], mark);
		_mm512_storeu_si512(l->block[i], b);
		l->at[i] = l->block[i];
	}
}

/* Block ${k} > 0 where some message ends. */
LANES_TARGET static void
gather_ends(struct lanes *l, uint32_t k)
{
	const __m512i mark = _mm512_set1_epi8((char)0x80);
	const uintptr_t at = (uintptr_t)k * 64;
	__m512i b;
	unsigned i;

	set_masks(l, k);
	for (i = 0; i < LANES; i++) {
		b = _mm512_maskz_loadu_epi8(
		    l->of_message[i], readable(l, i, at, l->of_message[i]));
		b = _mm512_mask_mov_epi8(b, l->mark[i], mark);
		_mm512_storeu_si512(l->block[i], b);
		l->at[i] = l->block[i];
	}
}

static void
gather_whole(struct lanes *l, uint32_t k)
{
	unsigned i;

	for (i = 0; i < LANES; i++)
		l->at[i] = (const uint8_t *)((uintptr_t)l->body[i] + (uintptr_t)k * 64);
}

/* Words of ${bits}, one a lane. */
OP __m512i
narrow(const uint64_t *len, int shift)
{
	const __m128i by = _mm_cvtsi32_si128(shift);
	const __m512i a = _mm512_srl_epi64(_mm512_slli_epi64(_mm512_loadu_si512(len), 3), by);
	const __m512i b = _mm512_srl_epi64(_mm512_slli_epi64(_mm512_loadu_si512(len + 8), 3), by);

	return _mm512_inserti64x4(
	    _mm512_castsi256_si512(_mm512_cvtepi64_epi32(a)), _mm512_cvtepi64_epi32(b), 1);
}

/* Length in bits of the messages whose last block is ${k}. */
LANES_TARGET static void
put_lengths(const struct lanes *l, uint32_t k, vec w[16])
{
	const __m512i last = _mm512_set1_epi32((int)k + 1);
	const __mmask16 x = _mm512_cmpeq_epi32_mask(_mm512_loadu_si512(l->blocks), last);
	const __mmask16 y = _mm512_cmpeq_epi32_mask(_mm512_loadu_si512(l->blocks + HALF), last);

	w[14].x = _mm512_mask_mov_epi32(w[14].x, x, narrow(l->len, 32));
	w[14].y = _mm512_mask_mov_epi32(w[14].y, y, narrow(l->len + HALF, 32));
	w[15].x = _mm512_mask_mov_epi32(w[15].x, x, narrow(l->len, 0));
	w[15].y = _mm512_mask_mov_epi32(w[15].y, y, narrow(l->len + HALF, 0));
}

static void
load(struct lanes *l, uint32_t k)
{
	vec *w = l->word[k & 1];

	if (k == 0)
		gather_first(l);
	else if (k < l->whole)
		gather_whole(l, k);
	else
		gather_ends(l, k);
	turn(l->at, w);
	if (k + 1 >= l->least)
		put_lengths(l, k, w);
}

OP vec
add_some(vec s, __mmask16 x, __mmask16 y, vec v)
{
	return (vec) { _mm512_mask_add_epi32(s.x, x, s.x, v.x),
		_mm512_mask_add_epi32(s.y, y, s.y, v.y) };
}

/* Compresses block ${k} into the states of the lanes that have one. */
LANES_TARGET static void
step(struct lanes *l, uint32_t k, vec s[8])
{
	const __m512i at = _mm512_set1_epi32((int)k);
	const __mmask16 x = _mm512_cmpgt_epu32_mask(_mm512_loadu_si512(l->blocks), at);
	const __mmask16 y = _mm512_cmpgt_epu32_mask(_mm512_loadu_si512(l->blocks + HALF), at);
	vec v[8];

	copy8(v, s);
	all_rounds(v, l->word[k & 1]);
	s[0] = add_some(s[0], x, y, v[0]), s[1] = add_some(s[1], x, y, v[1]);
	s[2] = add_some(s[2], x, y, v[2]), s[3] = add_some(s[3], x, y, v[3]);
	s[4] = add_some(s[4], x, y, v[4]), s[5] = add_some(s[5], x, y, v[5]);
	s[6] = add_some(s[6], x, y, v[6]), s[7] = add_some(s[7], x, y, v[7]);
}

/* How many lanes have a block ${k}. */
static size_t
with_block(const struct lanes *l, uint32_t k, size_t n)
{
	while (n > 0 && l->blocks[n - 1] <= k)
		n--;
	return n;
}

/* The states of the lanes that are not finished. */
LANES_TARGET static void
hand_back(const vec s[8], struct cm_sha256_rest *rest)
{
	uint32_t word[LANES];
	size_t i, k;

	for (i = 0; i < 8; i++) {
		_mm512_storeu_si512(word, s[i].x);
		_mm512_storeu_si512(word + HALF, s[i].y);
		for (k = 0; k < rest->n; k++)
			rest->state[k][i] = word[k];
	}
}

LANES_TARGET void
cm_sha256_group_avx512(const struct cm_sha256_msg *const *msgs, size_t n, uint8_t *const *out,
    struct cm_sha256_rest *rest, void *room)
{
	uint8_t unused[CM_SHA256_LEN], *to[LANES];
	struct lanes *l = room;
	uint32_t k = 0;
	size_t i, has = n, next;
	vec s[8];

	begin(l, msgs, n);
	start(s);
	/* the words of a block are made ready before the rounds of the one before it */
	load(l, 0);
	do {
		next = with_block(l, k + 1, has);
		if (next > rest->few)
			load(l, k + 1);
		step(l, k++, s);
		has = next;
	} while (has > rest->few);
	for (i = 0; i < LANES; i++)
		to[i] = i < n ? out[i] : unused;
	put_digests(s, to);
	rest->n = has;
	rest->from = k;
	if (has > 0)
		hand_back(s, rest);
}

/* The messages of one block, by words ${m}, which are used up. */
LANES_TARGET static void
one_block(vec m[16], vec s[8])
{
	vec v[8];

	start(v);
	all_rounds(v, m);
	start(s);
	s[0] = add(s[0], v[0]), s[1] = add(s[1], v[1]), s[2] = add(s[2], v[2]);
	s[3] = add(s[3], v[3]), s[4] = add(s[4], v[4]), s[5] = add(s[5], v[5]);
	s[6] = add(s[6], v[6]), s[7] = add(s[7], v[7]);
}

LANES_TARGET void
cm_sha256_words_avx512(const struct cm_sha256_words *in, size_t n, uint32_t *const out[8])
{
	__mmask16 x, y;
	__m512i same;
	vec m[16], s[8];
	unsigned i;
	size_t at;

	for (at = 0; at < n; at += LANES) {
		x = first_lanes(n - at);
		y = n - at > HALF ? first_lanes(n - at - HALF) : 0;
		for (i = 0; i < 16; i++) {
			same = _mm512_set1_epi32((int)in->same[i]);
			m[i] = (vec) { same, same };
			if (in->row[i] == NULL)
				continue;
			m[i].x = _mm512_or_epi32(same, _mm512_maskz_loadu_epi32(x, in->row[i] + at));
			m[i].y = _mm512_or_epi32(
			    same, _mm512_maskz_loadu_epi32(y, in->row[i] + at + HALF));
		}
		one_block(m, s);
		for (i = 0; i < 8; i++) {
			_mm512_mask_storeu_epi32(out[i] + at, x, s[i].x);
			_mm512_mask_storeu_epi32(out[i] + at + HALF, y, s[i].y);
		}
	}
	explicit_bzero(m, sizeof(m));
	explicit_bzero(s, sizeof(s));
}

LANES_TARGET void
cm_sha256_spell_avx512(const uint32_t *const word[8], size_t n, uint8_t *out, size_t stride)
{
	uint8_t unused[CM_SHA256_LEN], *to[HALF];
	__m512i low[4], high[4];
	__mmask16 some;
	unsigned i;
	size_t at;

	for (at = 0; at < n; at += HALF) {
		some = first_lanes(n - at);
		for (i = 0; i < 4; i++) {
			low[i] = _mm512_maskz_loadu_epi32(some, word[i] + at);
			high[i] = _mm512_maskz_loadu_epi32(some, word[4 + i] + at);
		}
		for (i = 0; i < HALF; i++)
			to[i] = at + i < n ? out + (at + i) * stride : unused;
		put_half(low, high, to);
	}
	explicit_bzero(unused, sizeof(unused));
}
