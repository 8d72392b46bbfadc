/* Names and contents have one ZIP, and nothing else is read as one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "codec/zip.h"

static enum cm_result
to_buf(void *arg, const void *ptr, size_t len)
{
	cm_buf_add(arg, ptr, len);
	return cm_buf_ok(arg) ? CM_OK : CM_E_NOMEM;
}

static struct cm_sink
sink(struct cm_buf *b)
{
	return (struct cm_sink) { to_buf, b };
}

static struct cm_zip_entry
entry(const char *name, const char *data)
{
	return (struct cm_zip_entry) { cm_span_str(name), cm_span_str(data) };
}

static void
make(struct cm_buf *b)
{
	struct cm_zip_entry e[] = { entry("seal-1.json", "{}\n"), entry("disclosure.json", "[]"),
		entry("seal-1.json.sig", ""), entry("0", "x") };
	struct cm_sink out = sink(b);

	assert_int_equal(cm_zip_write(e, 4, &out, NULL), CM_OK);
}

static enum cm_result
read_it(struct cm_span file, struct cm_zip *zip, struct cm_arena *a, struct cm_err *err)
{
	*err = (struct cm_err) { 0 };
	return cm_zip_read(file, a, zip, err);
}

static void
what_was_written_is_read_in_the_order_of_names(void **state)
{
	static const char *const names[] = { "0", "disclosure.json", "seal-1.json",
		"seal-1.json.sig" };
	struct cm_buf b = { 0 };
	struct cm_arena a;
	struct cm_zip zip;
	struct cm_err err;
	struct cm_span s;

	(void)state;
	cm_arena_init(&a, 0);
	make(&b);
	assert_int_equal(read_it(cm_buf_span(&b), &zip, &a, &err), CM_OK);
	assert_int_equal(zip.n, 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(cm_span_eq(zip.entry[i].name, cm_span_str(names[i])));
	assert_int_equal(cm_zip_find(&zip, "seal-1.json", &s), CM_OK);
	assert_true(cm_span_eq(s, cm_span_str("{}\n")));
	assert_int_equal(cm_zip_find(&zip, "seal-2.json", &s), CM_E_NOTFOUND);
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

static void
no_files_are_a_zip_too(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_sink out = sink(&b);
	struct cm_arena a;
	struct cm_zip zip;
	struct cm_err err;

	(void)state;
	cm_arena_init(&a, 0);
	assert_int_equal(cm_zip_write(NULL, 0, &out, NULL), CM_OK);
	assert_int_equal(b.len, 22);
	assert_int_equal(read_it(cm_buf_span(&b), &zip, &a, &err), CM_OK);
	assert_int_equal(zip.n, 0);
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

static void
every_changed_bit_is_refused_with_an_offset(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_arena a;
	struct cm_zip zip;
	struct cm_err err;

	(void)state;
	cm_arena_init(&a, 0);
	make(&b);
	for (size_t i = 0; i < b.len * 8; i++) {
		b.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
		assert_int_equal(read_it(cm_buf_span(&b), &zip, &a, &err), CM_E_MALFORMED);
		assert_true(err.has_offset);
		b.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

static void
every_cut_and_every_byte_more_is_refused(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_arena a;
	struct cm_zip zip;
	struct cm_err err;

	(void)state;
	cm_arena_init(&a, 0);
	make(&b);
	for (size_t n = 0; n < b.len; n++) {
		assert_int_equal(
		    read_it(cm_span_part(cm_buf_span(&b), 0, n), &zip, &a, &err), CM_E_MALFORMED);
		assert_true(err.offset <= n);
	}
	for (size_t n = 1; n < b.len; n++)
		assert_int_equal(read_it(cm_span_part(cm_buf_span(&b), n, b.len), &zip, &a, &err),
		    CM_E_MALFORMED);
	cm_buf_add_u8(&b, 0);
	assert_int_equal(read_it(cm_buf_span(&b), &zip, &a, &err), CM_E_MALFORMED);
	assert_int_equal(err.offset, b.len - 1);
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

/* Joins two ZIPs so that local headers of both stand before a directory that fits. */
static void
names_out_of_order_or_twice_are_refused(void **state)
{
	struct cm_zip_entry e[] = { entry("aa", "1"), entry("ab", "2") };
	struct cm_buf b = { 0 };
	struct cm_sink out = sink(&b);
	struct cm_arena a;
	struct cm_zip zip;
	struct cm_err err;

	(void)state;
	cm_arena_init(&a, 0);
	assert_int_equal(cm_zip_write(e, 2, &out, NULL), CM_OK);
	for (int twice = 0; twice < 2; twice++) {
		uint8_t last = twice ? 'b' : 'c';

		/* The name of the first entry, in both headers: "ab" or "ac". */
		b.ptr[31] = last;
		b.ptr[66 + 47] = last;
		assert_int_equal(b.ptr[66 + 46], 'a');
		assert_int_equal(read_it(cm_buf_span(&b), &zip, &a, &err), CM_E_MALFORMED);
		assert_non_null(strstr(err.text, "behind the one before"));
		assert_int_equal(err.offset, 33 + 30);
	}
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

static void
names_that_could_lead_elsewhere_are_neither_written_nor_read(void **state)
{
	static const char *const bad[] = { "", "../x", "/x", "a/b", "A", "a b", ".hidden", "-x",
		"_x", "a\\b", "a:b", "\xc3\xa4",
		"0123456789012345678901234567890123456789012345678901234567890123x" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cm_zip_entry e[] = { entry(bad[i], "x") };
		struct cm_buf b = { 0 };
		struct cm_sink out = sink(&b);
		struct cm_err err = { 0 };

		assert_false(cm_zip_name_ok(cm_span_str(bad[i])));
		assert_int_equal(cm_zip_write(e, 1, &out, &err), CM_E_USAGE);
		assert_int_equal(b.len, 0);
		cm_buf_release(&b);
	}
	assert_true(cm_zip_name_ok(cm_span_str("0.a_b-c")));
}

static void
two_files_of_one_name_are_not_written(void **state)
{
	struct cm_zip_entry e[] = { entry("a", "1"), entry("b", "2"), entry("a", "1") };
	struct cm_buf b = { 0 };
	struct cm_sink out = sink(&b);
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_zip_write(e, 3, &out, &err), CM_E_USAGE);
	assert_int_equal(cm_zip_write(e, CM_ZIP_ENTRIES + 1, &out, NULL), CM_E_LIMIT);
	cm_buf_release(&b);
}

static void
refusals_say_what_was_expected_where(void **state)
{
	static const struct {
		size_t at;
		const char *says;
	} bad[] = { { 4, "version needed" }, { 6, "flags" }, { 8, "method" }, { 10, "time" },
		{ 12, "time" }, { 14, "CRC" }, { 28, "extra" } };
	struct cm_buf b = { 0 };
	struct cm_arena a;
	struct cm_zip zip;
	struct cm_err err;

	(void)state;
	cm_arena_init(&a, 0);
	make(&b);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		b.ptr[bad[i].at] ^= 0x40;
		assert_int_equal(read_it(cm_buf_span(&b), &zip, &a, &err), CM_E_MALFORMED);
		if (strstr(err.text, bad[i].says) == NULL)
			fail_msg("at %zu: %s", bad[i].at, err.text);
		assert_int_equal(err.offset, bad[i].at);
		b.ptr[bad[i].at] ^= 0x40;
	}
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read_in_the_order_of_names),
		cmocka_unit_test(no_files_are_a_zip_too),
		cmocka_unit_test(every_changed_bit_is_refused_with_an_offset),
		cmocka_unit_test(every_cut_and_every_byte_more_is_refused),
		cmocka_unit_test(names_out_of_order_or_twice_are_refused),
		cmocka_unit_test(names_that_could_lead_elsewhere_are_neither_written_nor_read),
		cmocka_unit_test(two_files_of_one_name_are_not_written),
		cmocka_unit_test(refusals_say_what_was_expected_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
