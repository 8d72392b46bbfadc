/* Keys as words with a checksum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "age/bech32.h"

/* Of the specification: 32 times 0x42, and what belongs to it. */
#define IDENTITY "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
#define RECIPIENT "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"

static void
the_keys_of_the_specification_come_out_both_ways(void **state)
{
	uint8_t want[32], got[32];
	char text[80];

	(void)state;
	memset(want, 0x42, sizeof(want));
	cm_bech32_encode("AGE-SECRET-KEY-", want, text);
	assert_string_equal(text, IDENTITY);
	assert_int_equal(cm_bech32_decode("AGE-SECRET-KEY-", cm_span_str(IDENTITY), got, NULL), CM_OK);
	assert_memory_equal(got, want, 32);
	assert_int_equal(cm_bech32_decode("age", cm_span_str(RECIPIENT), got, NULL), CM_OK);
	cm_bech32_encode("age", got, text);
	assert_string_equal(text, RECIPIENT);
}

static enum cm_result
decode(const char *text)
{
	struct cm_err err = { 0 };
	uint8_t out[32] = { 77 };
	enum cm_result r = cm_bech32_decode("age", cm_span_str(text), out, &err);

	if (r != CM_OK) {
		assert_int_equal(out[0], 77);
		assert_true(err.text[0] != '\0');
	}
	return r;
}

static void
any_other_character_anywhere_is_refused(void **state)
{
	char text[] = RECIPIENT;

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		char was = text[i];

		for (int c = 1; c < 256; c++) {
			text[i] = (char)c;
			assert_int_equal(decode(text), text[i] == was ? CM_OK : CM_E_MALFORMED);
		}
		text[i] = was;
	}
}

static void
other_lengths_cases_and_names_are_refused(void **state)
{
	static const char *const bad[] = { "", "age", "age1", RECIPIENT "q", "ag" RECIPIENT,
		"AGE1ZVKYG2LQZRAA2LNJVQEJ32NKUU0UES2S82HZRYE869XEEXVN73EQUNUJWJ",
		"Age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
		"age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujw", IDENTITY,
		/* a bit behind the last byte, the checksum being right */
		"age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73epp9g8nq" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(decode(bad[i]), CM_E_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_keys_of_the_specification_come_out_both_ways),
		cmocka_unit_test(any_other_character_anywhere_is_refused),
		cmocka_unit_test(other_lengths_cases_and_names_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
