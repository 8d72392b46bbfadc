#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "capture/mix.h"

/* The top bit of a word is the top bit of its product, too: what a single multiplication makes of it is
 * known without the seed, and the next word can undo it. */
static void
bits_flipped_in_one_word_are_not_undone_by_the_next(void **state)
{
	uint8_t a[24] = "/page/that/is/asked/for", b[24];

	(void)state;
	memcpy(b, a, sizeof(b));
	b[7] ^= 0x80;
	b[11] ^= 0x80;
	b[15] ^= 0x80;
	for (uint64_t seed = 0; seed < 64; seed++)
		assert_true(cm_mix_span(seed * UINT64_C(0x9e3779b97f4a7c15), cm_span_of(a, sizeof(a))) !=
		    cm_mix_span(seed * UINT64_C(0x9e3779b97f4a7c15), cm_span_of(b, sizeof(b))));
}

static void
zeros_behind_a_text_are_part_of_it(void **state)
{
	static const uint8_t zeros[16];

	(void)state;
	for (size_t n = 1; n < sizeof(zeros); n++)
		assert_true(cm_mix_span(5, cm_span_of(zeros, n)) != cm_mix_span(5, cm_span_of(zeros, n - 1)));
	assert_true(cm_mix_span(5, cm_span_of(NULL, 0)) == cm_mix_span(5, cm_span_of(zeros, 0)));
}

static void
a_pseudonym_is_another_than_an_address_of_the_same_bytes(void **state)
{
	struct cm_host a = { .addr = { 198, 51, 100, 1 }, .net = 4 }, b = a;

	(void)state;
	assert_true(cm_mix_host(5, &a) == cm_mix_host(5, &b));
	b.tied = true;
	assert_true(cm_mix_host(5, &a) != cm_mix_host(5, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_flipped_in_one_word_are_not_undone_by_the_next),
		cmocka_unit_test(zeros_behind_a_text_are_part_of_it),
		cmocka_unit_test(a_pseudonym_is_another_than_an_address_of_the_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
