/* crypto/sha256_lanes.h -- the rounds of FIPS 180-4, 6.2.2, once for many messages side by side.
 *
 * A template: word i of a vector belongs to message i.  Who includes this has said before
 * what a vector is in its instruction set:
 *	LANES_TARGET	what goes before a function
 *	vec		so many 32-bit words
 *	all(k)		k in each; add(a, b), sub(a, b)
 *	ch, maj(x, y, z); sum0, sum1, sig0, sig1(x): the functions of 4.1.2
 * Everything is inlined, so that states and message words stay in registers. */
#ifndef CM_CRYPTO_SHA256_LANES_H
#define CM_CRYPTO_SHA256_LANES_H

#include "crypto/sha256_impl.h"

#define LANES_INLINE LANES_TARGET static inline __attribute__((always_inline))

/* Round i of eight: what is called a in the standard stands in v[-i mod 8].  The sums are
 * made in this order so that the new a and e wait for the old ones no longer than three
 * instructions: the next round can not begin without them. */
LANES_INLINE void
one_round(vec v[8], vec w, uint32_t k, unsigned i)
{
	vec *a = &v[(0 - i) & 7], *b = &v[(1 - i) & 7], *c = &v[(2 - i) & 7], *d = &v[(3 - i) & 7];
	vec *e = &v[(4 - i) & 7], *f = &v[(5 - i) & 7], *g = &v[(6 - i) & 7], *h = &v[(7 - i) & 7];
	vec old = *d, t = add(old, add(*h, add(w, all(k))));

	*d = add(add(t, ch(*e, *f, *g)), sum1(*e));
	*h = add(add(sub(*d, old), maj(*a, *b, *c)), sum0(*a));
}

LANES_INLINE void
next_word(vec w[16], unsigned i)
{
	vec t = add(w[i], w[(i + 9) & 15]);

	w[i] = add(add(t, sig0(w[(i + 1) & 15])), sig1(w[(i + 14) & 15]));
}

LANES_INLINE void
eight_rounds(vec v[8], const vec *w, const uint32_t *k)
{
	one_round(v, w[0], k[0], 0);
	one_round(v, w[1], k[1], 1);
	one_round(v, w[2], k[2], 2);
	one_round(v, w[3], k[3], 3);
	one_round(v, w[4], k[4], 4);
	one_round(v, w[5], k[5], 5);
	one_round(v, w[6], k[6], 6);
	one_round(v, w[7], k[7], 7);
}

LANES_INLINE void
next_and_round(vec v[8], vec w[16], const uint32_t *k, unsigned i)
{
	one_round(v, w[i], k[i], i);
	next_word(w, i);
}

LANES_INLINE void
sixteen_more(vec v[8], vec w[16], const uint32_t *k)
{
	next_and_round(v, w, k, 0);
	next_and_round(v, w, k, 1);
	next_and_round(v, w, k, 2);
	next_and_round(v, w, k, 3);
	next_and_round(v, w, k, 4);
	next_and_round(v, w, k, 5);
	next_and_round(v, w, k, 6);
	next_and_round(v, w, k, 7);
	next_and_round(v, w, k, 8);
	next_and_round(v, w, k, 9);
	next_and_round(v, w, k, 10);
	next_and_round(v, w, k, 11);
	next_and_round(v, w, k, 12);
	next_and_round(v, w, k, 13);
	next_and_round(v, w, k, 14);
	next_and_round(v, w, k, 15);
}

/* All 64 rounds on the message words ${w}, which are used up. */
LANES_INLINE void
all_rounds(vec v[8], vec w[16])
{
	const uint32_t *k = cm_sha256_k;

	for (; k < cm_sha256_k + 48; k += 16)
		sixteen_more(v, w, k);
	eight_rounds(v, w, k);
	eight_rounds(v, w + 8, k + 8);
}

#endif
