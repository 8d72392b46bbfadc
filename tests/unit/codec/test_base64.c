/* Base64 has one spelling for each value, and no other is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/base64.h"

static const struct {
	const char *plain, *text;
} known[] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };

static void
the_vectors_of_rfc_4648_come_out_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct cm_buf b = { 0 };
		char fixed[16];

		cm_base64_encode(cm_span_str(known[i].plain), &b);
		assert_string_equal(cm_buf_cstr(&b), known[i].text);
		cm_base64_encode_fixed(cm_span_str(known[i].plain), fixed);
		assert_string_equal(fixed, known[i].text);
		cm_buf_clear(&b);
		assert_int_equal(cm_base64_decode(cm_span_str(known[i].text), &b), CM_OK);
		assert_string_equal(cm_buf_cstr(&b), known[i].plain);
		cm_buf_release(&b);
	}
}

static void
any_other_spelling_is_refused_and_leaves_the_buffer_alone(void **state)
{
	uint8_t fixed[12];
	static const char *const bad[] = { "Zg", "Zg=", "Zg= =", "Zh==", "Zm9=", "Zm9vZg==Zm9v",
		"=m9v", "Zg==\n", " Zg=", "Zm-v", "Zm_v", "====", "Z===" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cm_buf b = { 0 };

		cm_buf_add_str(&b, "before");
		assert_int_equal(cm_base64_decode(cm_span_str(bad[i]), &b), CM_E_MALFORMED);
		assert_string_equal(cm_buf_cstr(&b), "before");
		assert_false(cm_base64_ok(cm_span_str(bad[i])));
		for (size_t len = 0; len < sizeof(fixed); len++)
			assert_int_equal(cm_base64_decode_fixed(cm_span_str(bad[i]), fixed, len),
			    CM_E_MALFORMED);
		cm_buf_release(&b);
	}
}

static void
a_value_of_known_length_is_read_to_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct cm_span text = cm_span_str(known[i].text);
		size_t n = strlen(known[i].plain);
		uint8_t out[8] = { 0 };

		assert_int_equal(cm_base64_decoded_len(text), n);
		assert_int_equal(cm_base64_decode_fixed(text, out, n), CM_OK);
		assert_string_equal((char *)out, known[i].plain);
		assert_int_equal(cm_base64_decode_fixed(text, out, n + 1), CM_E_MALFORMED);
	}
}

static void
every_byte_survives_the_way_there_and_back(void **state)
{
	uint8_t all[256];

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	for (size_t n = 0; n < sizeof(all); n++) {
		struct cm_buf text = { 0 }, back = { 0 };

		cm_base64_encode(cm_span_of(all, n), &text);
		assert_int_equal(cm_base64_decode(cm_buf_span(&text), &back), CM_OK);
		assert_true(cm_span_eq(cm_buf_span(&back), cm_span_of(all, n)));
		cm_buf_release(&text);
		cm_buf_release(&back);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_rfc_4648_come_out_both_ways),
		cmocka_unit_test(any_other_spelling_is_refused_and_leaves_the_buffer_alone),
		cmocka_unit_test(a_value_of_known_length_is_read_to_its_place),
		cmocka_unit_test(every_byte_survives_the_way_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
