#include <string.h>

#include "base/sum.h"

/* Numbers side by side, for the vector unit of any machine that has one. */
typedef uint64_t lanes2 __attribute__((vector_size(16)));

static uint64_t
sum_by_two(const uint8_t *p, size_t n)
{
	const lanes2 low = { UINT32_MAX, UINT32_MAX };
	lanes2 a = { 0 }, b = { 0 };

	for (; n > 0; n -= 32, p += 32) {
		lanes2 v, w;

		memcpy(&v, p, sizeof(v));
		memcpy(&w, p + 16, sizeof(w));
		a += (v & low) + (w & low);
		b += (v >> 32) + (w >> 32);
	}
	a += b;
	return a[0] + a[1];
}

#if defined(__x86_64__)
typedef uint64_t lanes4 __attribute__((vector_size(32)));

__attribute__((target("avx2"))) static uint64_t
sum_by_four(const uint8_t *p, size_t n)
{
	const lanes4 low = { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX };
	lanes4 a = { 0 }, b = { 0 };

	for (; n > 0; n -= 64, p += 64) {
		lanes4 v, w;

		memcpy(&v, p, sizeof(v));
		memcpy(&w, p + 32, sizeof(w));
		a += (v & low) + (w & low);
		b += (v >> 32) + (w >> 32);
	}
	a += b;
	return a[0] + a[1] + a[2] + a[3];
}

uint64_t
cm_sum_words(const uint8_t *p, size_t n)
{
	return __builtin_cpu_supports("avx2") ? sum_by_four(p, n) : sum_by_two(p, n);
}
#else
uint64_t
cm_sum_words(const uint8_t *p, size_t n)
{
	return sum_by_two(p, n);
}
#endif
