#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"
#include "os/unpack.h"

#define PLAIN 300000u

static uint8_t plain[PLAIN];

static int
fill_plain(void **state)
{
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < PLAIN; i++) {
		x = x * 1664525 + 1013904223;
		plain[i] = (uint8_t)(x >> 27);
	}
	return 0;
}

static void
pack_gzip(struct cm_buf *out, size_t from, size_t len)
{
	z_stream z = { .next_in = plain + from, .avail_in = (uInt)len };
	uint8_t *room = cm_buf_grow(out, len + 4096);

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_non_null(room);
	z.next_out = room;
	z.avail_out = (uInt)len + 4096;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->len -= z.avail_out;
	deflateEnd(&z);
}

static void
pack_zstd(struct cm_buf *out, size_t from, size_t len)
{
	size_t bound = ZSTD_compressBound(len), n;
	uint8_t *room = cm_buf_grow(out, bound);

	assert_non_null(room);
	n = ZSTD_compress(room, bound, plain + from, len, 3);
	assert_false(ZSTD_isError(n));
	out->len -= bound - n;
}

/* Reads it all, ${want} bytes a time; what comes must be `plain`. */
static uint64_t
drain(const struct cm_buf *packed, size_t want, struct cm_err *damage)
{
	struct cm_span in = cm_buf_span(packed), out;
	struct cm_unpack *u;
	struct cm_source s;
	uint64_t at = 0;

	assert_int_equal(cm_unpack_new(cm_source_of_memory(&in), cm_packing_of(in), &u, NULL), CM_OK);
	s = cm_unpack_source(u);
	assert_false(s.stable);
	for (;;) {
		size_t len;

		assert_int_equal(s.fill(s.arg, at, want, &out, NULL), CM_OK);
		if (out.len == 0)
			break;
		len = out.len < want ? out.len : want;
		assert_true(at + len <= PLAIN);
		assert_memory_equal(out.ptr, plain + at, len);
		at += len;
	}
	*damage = *s.damage;
	cm_unpack_free(u);
	return at;
}

static void
members_and_frames_are_read_as_one(void **state)
{
	void (*const pack[])(struct cm_buf *, size_t, size_t) = { pack_gzip, pack_zstd };
	struct cm_err damage;

	(void)state;
	for (size_t how = 0; how < 2; how++) {
		struct cm_buf b = { 0 };

		pack[how](&b, 0, 100000);
		pack[how](&b, 100000, PLAIN - 100000);
		assert_true(cm_buf_ok(&b));
		assert_int_equal(cm_packing_of(cm_buf_span(&b)), how == 0 ? CM_PACKING_GZIP : CM_PACKING_ZSTD);
		assert_int_equal(drain(&b, 1000, &damage), PLAIN);
		assert_int_equal(damage.code, CM_OK);
		assert_int_equal(drain(&b, 262144, &damage), PLAIN);
		cm_buf_release(&b);
	}
}

static void
a_truncated_file_gives_what_it_has_and_says_so(void **state)
{
	void (*const pack[])(struct cm_buf *, size_t, size_t) = { pack_gzip, pack_zstd };

	(void)state;
	for (size_t how = 0; how < 2; how++) {
		struct cm_buf b = { 0 };
		struct cm_err damage;
		uint64_t n;

		pack[how](&b, 0, PLAIN);
		b.len -= b.len / 4;
		n = drain(&b, 4096, &damage);
		assert_in_range(n, PLAIN / 3, PLAIN - 1);
		assert_int_equal(damage.code, CM_E_MALFORMED);
		assert_true(damage.has_offset);
		assert_int_equal(damage.offset, b.len);
		assert_non_null(strstr(damage.text, "the file ends"));
		cm_buf_release(&b);
	}
}

static void
damage_in_the_middle_and_at_the_end_is_said(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_err damage;

	(void)state;
	pack_gzip(&b, 0, PLAIN);
	b.ptr[b.len - 6] ^= 1; /* of the checksum */
	assert_int_equal(drain(&b, 4096, &damage), PLAIN);
	assert_int_equal(damage.code, CM_E_MALFORMED);
	b.ptr[b.len - 6] ^= 1;
	cm_buf_add_str(&b, "and now for something else");
	assert_int_equal(drain(&b, 4096, &damage), PLAIN);
	assert_int_equal(damage.code, CM_E_MALFORMED);
	cm_buf_release(&b);
	pack_zstd(&b, 0, 1000);
	cm_buf_add_str(&b, "and now for something else");
	assert_int_equal(drain(&b, 4096, &damage), 1000);
	assert_int_equal(damage.code, CM_E_MALFORMED);
	cm_buf_release(&b);
}

static void
zeros_behind_the_last_member_are_padding(void **state)
{
	static const uint8_t zeros[512];
	struct cm_buf b = { 0 };
	struct cm_err damage;

	(void)state;
	pack_gzip(&b, 0, 1000);
	cm_buf_add(&b, zeros, sizeof(zeros));
	assert_int_equal(drain(&b, 4096, &damage), 1000);
	assert_int_equal(damage.code, CM_OK);
	cm_buf_release(&b);
}

static void
the_name_of_a_packing_goes_by_the_first_bytes(void **state)
{
	(void)state;
	assert_int_equal(cm_packing_of(cm_span_of("\x1f\x8b\x08\0", 4)), CM_PACKING_GZIP);
	assert_int_equal(cm_packing_of(cm_span_of("\x28\xb5\x2f\xfd", 4)), CM_PACKING_ZSTD);
	assert_int_equal(cm_packing_of(cm_span_of("\xd4\xc3\xb2\xa1", 4)), CM_PACKING_NONE);
	assert_int_equal(cm_packing_of(cm_span_of("\x1f", 1)), CM_PACKING_NONE);
	assert_string_equal(cm_packing_word(CM_PACKING_ZSTD), "zstd");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_and_frames_are_read_as_one),
		cmocka_unit_test(a_truncated_file_gives_what_it_has_and_says_so),
		cmocka_unit_test(damage_in_the_middle_and_at_the_end_is_said),
		cmocka_unit_test(zeros_behind_the_last_member_are_padding),
		cmocka_unit_test(the_name_of_a_packing_goes_by_the_first_bytes),
	};

	return cmocka_run_group_tests(tests, fill_plain, NULL);
}
