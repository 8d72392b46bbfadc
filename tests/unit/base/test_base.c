/* The ground floor: spans, cursors, buffers, hexadecimal, arenas, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hex.h"
#include "base/result.h"
#include "base/span.h"

static void
a_cursor_past_its_end_gives_zeros_and_remembers(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5 };
	struct cm_cursor c = cm_cursor_of(cm_span_of(bytes, sizeof(bytes)));

	(void)state;
	assert_int_equal(cm_cursor_u32(&c), 0x01020304);
	assert_int_equal(cm_cursor_left(&c), 1);
	assert_int_equal(cm_cursor_u16(&c), 0);
	assert_true(c.bad);
	assert_int_equal(cm_cursor_u8(&c), 0);
	assert_int_equal(cm_cursor_left(&c), 0);
	assert_null(cm_cursor_take(&c, 0).ptr);
}

static void
a_huge_take_does_not_wrap(void **state)
{
	static const uint8_t bytes[8] = { 0 };
	struct cm_cursor c = cm_cursor_of(cm_span_of(bytes, sizeof(bytes)));

	(void)state;
	cm_cursor_u8(&c);
	assert_null(cm_cursor_take(&c, SIZE_MAX).ptr);
	assert_true(c.bad);
}

static void
a_part_is_cut_to_what_there_is(void **state)
{
	struct cm_span s = cm_span_str("abcdef");

	(void)state;
	assert_true(cm_span_eq(cm_span_part(s, 2, 2), cm_span_str("cd")));
	assert_true(cm_span_eq(cm_span_part(s, 4, 99), cm_span_str("ef")));
	assert_int_equal(cm_span_part(s, 6, 1).len, 0);
	assert_true(cm_span_cmp(cm_span_str("ab"), cm_span_str("abc")) < 0);
	assert_true(cm_span_cmp(cm_span_str("b"), cm_span_str("abc")) > 0);
	assert_int_equal(cm_span_cmp(s, s), 0);
}

static void
big_and_little_endian_agree_with_the_bytes(void **state)
{
	uint8_t w[8];

	(void)state;
	cm_put64(w, 0x0102030405060708u);
	assert_memory_equal(w, "\1\2\3\4\5\6\7\10", 8);
	assert_true(cm_get64(w) == 0x0102030405060708u);
	assert_int_equal(cm_get32le(w), 0x04030201);
	assert_int_equal(cm_get16le(w), 0x0201);
	cm_put32le(w, 0x01020304);
	assert_memory_equal(w, "\4\3\2\1", 4);
}

static void
a_buffer_beyond_its_limit_keeps_what_it_had(void **state)
{
	struct cm_buf b = { .max = 4 };

	(void)state;
	cm_buf_add_str(&b, "abc");
	cm_buf_add_str(&b, "de");
	assert_false(cm_buf_ok(&b));
	assert_true(b.over);
	assert_true(cm_span_eq(cm_buf_span(&b), cm_span_str("abc")));
	cm_buf_add_u8(&b, 'x');
	assert_int_equal(b.len, 3);
	cm_buf_clear(&b);
	assert_false(b.over);
	cm_buf_printf(&b, "%d", 12);
	assert_string_equal(cm_buf_cstr(&b), "12");
	cm_buf_release(&b);
}

static void
a_buffer_writes_numbers_big_endian(void **state)
{
	struct cm_buf b = { 0 };

	(void)state;
	cm_buf_add_u16(&b, 0x0102);
	cm_buf_add_u32(&b, 0x03040506);
	cm_buf_add_u64(&b, 0x0708090a0b0c0d0eu);
	assert_int_equal(b.len, 14);
	for (uint8_t i = 0; i < 14; i++)
		assert_int_equal(b.ptr[i], i + 1);
	cm_buf_clear(&b);
	cm_buf_add_hex(&b, cm_span_of("\x00\xab", 2));
	assert_string_equal(cm_buf_cstr(&b), "00ab");
	cm_buf_release(&b);
}

static void
upper_case_or_odd_hexadecimal_is_refused(void **state)
{
	uint8_t out[2];

	(void)state;
	assert_int_equal(cm_hex_decode(cm_span_str("0aff"), out, 2), CM_OK);
	assert_int_equal(out[1], 0xff);
	assert_int_equal(cm_hex_decode(cm_span_str("0aFF"), out, 2), CM_E_MALFORMED);
	assert_int_equal(cm_hex_decode(cm_span_str("0af"), out, 2), CM_E_MALFORMED);
	assert_int_equal(cm_hex_decode(cm_span_str("0aff0"), out, 2), CM_E_MALFORMED);
	assert_int_equal(cm_hex_decode(cm_span_str("0a f"), out, 2), CM_E_MALFORMED);
}

static void
an_arena_keeps_to_its_budget_and_stays_usable(void **state)
{
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 200 * 1024);
	assert_null(cm_arena_alloc(&a, 1 << 20));
	assert_non_null(cm_arena_alloc(&a, 10));
	assert_null(cm_arena_array(&a, SIZE_MAX / 2, 3));
	assert_null(cm_arena_alloc(&a, SIZE_MAX - 3));
	assert_true(a.used <= 200 * 1024);
	for (int i = 0; i < 1000; i++) {
		unsigned char *p = cm_arena_alloc(&a, 100);

		if (p == NULL)
			break;
		assert_int_equal((uintptr_t)p % 16, 0);
		assert_int_equal(p[99], 0);
		memset(p, 0xff, 100);
	}
	assert_true(a.used <= 200 * 1024);
	cm_arena_fini(&a);
	assert_int_equal(a.used, 0);
}

static void
an_arena_that_was_reset_gives_zeroed_memory_again(void **state)
{
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	cm_arena_reset(&a);
	for (int round = 0; round < 3; round++) {
		size_t used;

		for (int i = 0; i < 2000; i++) {
			unsigned char *p = cm_arena_alloc(&a, 100);

			for (int k = 0; k < 100; k++)
				assert_int_equal(p[k], 0);
			memset(p, 0xaa, 100);
		}
		used = a.used;
		cm_arena_reset(&a);
		assert_true(a.used < used);
	}
	assert_non_null(cm_arena_alloc(&a, 1 << 20));
	cm_arena_reset(&a);
	assert_int_equal(a.used, 0);
	cm_arena_fini(&a);
}

static void
the_first_error_stays(void **state)
{
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_err_at(&err, CM_E_MALFORMED, 24, "expected %s", "a tag"), CM_E_MALFORMED);
	assert_int_equal(cm_err_set(&err, CM_E_IO, "later"), CM_E_IO);
	assert_int_equal(err.code, CM_E_MALFORMED);
	assert_true(err.has_offset && err.offset == 24);
	assert_string_equal(err.text, "expected a tag");
	assert_int_equal(cm_err_set(NULL, CM_E_IO, "nobody listens"), CM_E_IO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cursor_past_its_end_gives_zeros_and_remembers),
		cmocka_unit_test(a_huge_take_does_not_wrap),
		cmocka_unit_test(a_part_is_cut_to_what_there_is),
		cmocka_unit_test(big_and_little_endian_agree_with_the_bytes),
		cmocka_unit_test(a_buffer_beyond_its_limit_keeps_what_it_had),
		cmocka_unit_test(a_buffer_writes_numbers_big_endian),
		cmocka_unit_test(upper_case_or_odd_hexadecimal_is_refused),
		cmocka_unit_test(an_arena_keeps_to_its_budget_and_stays_usable),
		cmocka_unit_test(an_arena_that_was_reset_gives_zeroed_memory_again),
		cmocka_unit_test(the_first_error_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
