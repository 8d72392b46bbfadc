/* Which ways to go an x86-64 processor and its system allow. */
#include <cpuid.h>
#include <immintrin.h>

#include "crypto/sha256_impl.h"

/* Of CPUID leaf 7, in ebx; of XCR0, the states of registers that the system saves. */
enum { HAS_AVX2 = 1 << 5, HAS_AVX512F = 1 << 16, HAS_SHA = 1 << 29, HAS_AVX512BW = 1 << 30 };
enum { SAVES_AVX = 0x06, SAVES_AVX512 = 0xe6 };

struct machine {
	bool shani, avx2, avx512;
};

__attribute__((target("xsave"))) static uint64_t
saved_states(void)
{
	return (uint64_t)_xgetbv(0);
}

static struct machine
ask(void)
{
	struct machine m = { 0 };
	unsigned a, b, c, d, leaf1, leaf7;
	uint64_t saved;

	if (!__get_cpuid(1, &a, &b, &leaf1, &d) || !__get_cpuid_count(7, 0, &a, &leaf7, &c, &d))
		return m;
	m.shani = (leaf7 & HAS_SHA) && (leaf1 & bit_SSSE3) && (leaf1 & bit_SSE4_1);
	if (!(leaf1 & bit_OSXSAVE))
		return m;
	saved = saved_states();
	m.avx2 = (leaf7 & HAS_AVX2) && (saved & SAVES_AVX) == SAVES_AVX;
	m.avx512 = m.avx2 && (leaf7 & HAS_AVX512F) && (leaf7 & HAS_AVX512BW) &&
		   (saved & SAVES_AVX512) == SAVES_AVX512;
	return m;
}

static const struct cm_sha256_impl shani = { .name = "sha-ni",
	.lanes = 2,
	.compress = cm_sha256_compress_shani,
	.compress2 = cm_sha256_compress2_shani };

static const struct cm_sha256_impl avx2 = { .name = "avx2",
	.lanes = 8,
	.few = 1,
	.next = &cm_sha256_portable,
	.compress = cm_sha256_compress_portable,
	.group = cm_sha256_group_avx2,
	.words = cm_sha256_words_avx2 };

/* How few messages another way is quicker for was measured: docs/design/0003. */
static const struct cm_sha256_impl avx512_alone = { .name = "avx512 alone",
	.lanes = 32,
	.few = 1,
	.next = &cm_sha256_portable,
	.compress = cm_sha256_compress_portable,
	.group = cm_sha256_group_avx512,
	.words = cm_sha256_words_avx512,
	.spell = cm_sha256_spell_avx512 };

static const struct cm_sha256_impl avx512 = { .name = "avx512",
	.lanes = 32,
	.few = 11,
	.next = &shani,
	.compress = cm_sha256_compress_shani,
	.compress2 = cm_sha256_compress2_shani,
	.group = cm_sha256_group_avx512,
	.words = cm_sha256_words_avx512,
	.spell = cm_sha256_spell_avx512 };

size_t
cm_sha256_impls_here(const struct cm_sha256_impl *out[CM_SHA256_IMPLS])
{
	const struct machine m = ask();
	size_t n = 0;

	if (m.avx512 && m.shani)
		out[n++] = &avx512;
	if (m.avx512 && !m.shani)
		out[n++] = &avx512_alone;
	if (m.shani)
		out[n++] = &shani;
	/* not the fastest, but to be tested where it can be */
	if (m.avx512 && m.shani)
		out[n++] = &avx512_alone;
	if (m.avx2)
		out[n++] = &avx2;
	out[n++] = &cm_sha256_portable;
	return n;
}
