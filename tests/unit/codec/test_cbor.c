/* Strict CBOR: the shortest form and no other, and never a byte beyond the input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/cbor.h"

static void
numbers_are_written_shortest_and_read_again(void **state)
{
	static const uint64_t values[] = { 0, 23, 24, 255, 256, 65535, 65536, UINT32_MAX,
		(uint64_t)UINT32_MAX + 1, UINT64_MAX };
	static const size_t lens[] = { 1, 1, 2, 2, 3, 3, 5, 5, 9, 9 };
	struct cm_buf b = { 0 };
	struct cm_cbor c;
	uint64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < 10; i++) {
		cm_buf_clear(&b);
		cm_cbor_put_head(&b, CM_CBOR_UINT, values[i]);
		assert_int_equal(b.len, lens[i]);
		c = (struct cm_cbor) { cm_buf_span(&b), 0 };
		assert_int_equal(cm_cbor_uint(&c, "x", &v, NULL), CM_OK);
		assert_true(v == values[i]);
		assert_true(cm_cbor_at_end(&c));
	}
	cm_buf_release(&b);
}

static void
assert_refused(const char *bytes, size_t len)
{
	struct cm_cbor c = { cm_span_of(bytes, len), 0 };
	struct cm_cbor_head head;
	struct cm_err err = { 0 };

	assert_int_equal(cm_cbor_head(&c, &head, &err), CM_E_MALFORMED);
	assert_true(err.has_offset);
	assert_int_equal(c.at, 0);
}

static void
longer_forms_are_refused(void **state)
{
	(void)state;
	assert_refused("\x18\x17", 2);
	assert_refused("\x19\x00\xff", 3);
	assert_refused("\x1a\x00\x00\xff\xff", 5);
	assert_refused("\x1b\x00\x00\x00\x00\xff\xff\xff\xff", 9);
	assert_refused("\x58\x17", 2);
	assert_refused("\x98\x02", 2);
}

static void
what_openings_do_not_use_is_refused(void **state)
{
	(void)state;
	assert_refused("\x20", 1);         /* -1 */
	assert_refused("\xc0\x00", 2);     /* tag */
	assert_refused("\xf6", 1);         /* null */
	assert_refused("\xf9\x00\x00", 3); /* float */
	assert_refused("\x5f\xff", 2);     /* indefinite */
	assert_refused("\x9f\xff", 2);
	assert_refused("\x1c", 1); /* reserved */
	assert_refused("", 0);
	assert_refused("\x19\x01", 2); /* ends inside the head */
}

static void
a_string_longer_than_the_input_is_refused_and_nothing_moves(void **state)
{
	struct cm_cbor c = { cm_span_of("\x5b\xff\xff\xff\xff\xff\xff\xff\xff", 9), 0 };
	struct cm_span s;
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_cbor_bytes(&c, "x", &s, &err), CM_E_MALFORMED);
	assert_int_equal(c.at, 0);
	assert_int_equal(err.offset, 9);
}

static void
another_type_is_named_in_the_message(void **state)
{
	struct cm_cbor c = { cm_span_of("\x63"
					"abc",
				 4),
		0 };
	struct cm_span s;
	uint64_t v;
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_cbor_array(&c, "a seed", &v, &err), CM_E_MALFORMED);
	assert_string_equal(err.text, "expected a seed: an array, found a text");
	assert_int_equal(cm_cbor_text(&c, "x", &s, NULL), CM_OK);
	assert_true(cm_span_eq(s, cm_span_str("abc")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_written_shortest_and_read_again),
		cmocka_unit_test(longer_forms_are_refused),
		cmocka_unit_test(what_openings_do_not_use_is_refused),
		cmocka_unit_test(a_string_longer_than_the_input_is_refused_and_nothing_moves),
		cmocka_unit_test(another_type_is_named_in_the_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
