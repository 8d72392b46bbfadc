/* A receipt proves that an entry is in a log, or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log/receipt.h"
#include "made.h"

#define H0 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
#define H1 "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"
#define HEAD "c2sp.org/tlog-proof@v1\n"
#define NOTE "A\n5\n" H1 "\n\xe2\x80\x94 A AAAAAAA=\n"

static void
it_is_written_as_it_was_read(void **state)
{
	static const char *const texts[] = { HEAD "index 0\n\n" NOTE,
		HEAD "extra Zm9v\nindex 9223372036854775807\n" H0 H1 "\n" NOTE };
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	for (size_t i = 0; i < 2; i++) {
		struct cm_receipt r;
		struct cm_buf b = { 0 };

		assert_int_equal(cm_receipt_parse(cm_span_str(texts[i]), &a, &r, NULL), CM_OK);
		assert_int_equal(r.proof.n, i == 0 ? 0 : 2);
		assert_true(cm_span_eq(r.checkpoint, cm_span_str(NOTE)));
		assert_true(cm_span_eq(r.extra, cm_span_str(i == 0 ? "" : "foo")));
		cm_receipt_write(&r, &b);
		assert_string_equal(cm_buf_cstr(&b), texts[i]);
		cm_buf_release(&b);
	}
	cm_arena_fini(&a);
}

static const struct {
	const char *text;
	size_t offset;
} bad[] = {
	{ "", 0 },
	{ "c2sp.org/tlog-proof@v2\nindex 0\n\n" NOTE, 0 },
	{ HEAD, 23 },
	{ HEAD "index 00\n\n" NOTE, 29 },
	{ HEAD "index\n\n" NOTE, 23 },
	{ HEAD "index 9223372036854775808\n\n" NOTE, 29 },
	{ HEAD "extra \nindex 0\n\n" NOTE, 23 },
	{ HEAD "extra Zg\nindex 0\n\n" NOTE, 23 },
	{ HEAD "extra Zh==\nindex 0\n\n" NOTE, 23 },
	{ HEAD "index 0\nextra Zg==\n\n" NOTE, 31 },
	{ HEAD "extra Zg==\nextra Zg==\nindex 0\n\n" NOTE, 34 },
	{ HEAD "index 0\n" NOTE, 31 },
	{ HEAD "index 0\n" H0, 76 },
	{ HEAD "index 0\n" H0 "\n", 77 },
	{ HEAD "index 0\n\n\n" NOTE, 32 },
	{ HEAD "index 0\r\n\n" NOTE, 29 },
	{ HEAD "index 0\n\nA\n05\n" H1 "\n\xe2\x80\x94 A AAAAAAA=\n", 34 },
	{ HEAD "index 0\n\nA\n5\n" H1 "\n\xe2\x80\x94 A AAAAAAA\n", 82 },
};

static void
another_spelling_is_refused_with_its_offset(void **state)
{
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cm_receipt r;
		struct cm_err err = { 0 };

		if (cm_receipt_parse(cm_span_str(bad[i].text), &a, &r, &err) != CM_E_MALFORMED)
			fail_msg("%zu is read: %s", i, bad[i].text);
		if (!err.has_offset || err.offset != bad[i].offset)
			fail_msg("%zu: %s at %d", i, err.text, (int)err.offset);
	}
	cm_arena_fini(&a);
}

static void
a_proof_has_no_more_hashes_than_a_tree_has_levels(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	for (unsigned n = CM_PROOF_MAX; n <= CM_PROOF_MAX + 1; n++) {
		struct cm_receipt r;

		cm_buf_clear(&b);
		cm_buf_add_str(&b, HEAD "index 0\n");
		for (unsigned i = 0; i < n; i++)
			cm_buf_add_str(&b, H1);
		cm_buf_add_str(&b, "\n" NOTE);
		assert_int_equal(cm_receipt_parse(cm_buf_span(&b), &a, &r, NULL),
		    n == CM_PROOF_MAX ? CM_OK : CM_E_MALFORMED);
	}
	cm_arena_fini(&a);
	cm_buf_release(&b);
}

static void
what_is_too_long_has_no_offset(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };
	struct cm_receipt r;
	struct cm_arena a;
	size_t len;

	(void)state;
	cm_arena_init(&a, 0);
	cm_buf_add_str(&b, HEAD "index 0\n\nA\n5\n" H1);
	for (len = b.len; b.len <= CM_NOTE_BYTES + len;)
		cm_buf_add_str(&b, "an extension line\n");
	cm_buf_add_str(&b, "\n\xe2\x80\x94 A AAAAAAA=\n");
	assert_int_equal(cm_receipt_parse(cm_buf_span(&b), &a, &r, &err), CM_E_LIMIT);
	assert_false(err.has_offset);
	while (b.len <= CM_RECEIPT_BYTES)
		cm_buf_add_u8(&b, 'x');
	err = (struct cm_err) { 0 };
	assert_int_equal(cm_receipt_parse(cm_buf_span(&b), &a, &r, &err), CM_E_LIMIT);
	cm_arena_fini(&a);
	cm_buf_release(&b);
}

/* A log of two entries, "one" and "two", and the receipt for the second. */
struct log {
	struct made_key key;
	struct cm_receipt receipt;
	struct cm_buf note;
};

static struct log
log_of_two(void)
{
	struct log l = { .key = made_key("A", CM_NOTE_ED25519, 1) };
	struct cm_checkpoint c = { .origin = "A", .size = 2 };
	struct cm_buf text = { 0 };
	uint8_t both[65] = { 1 };

	cm_merkle_leaf(cm_span_str("one"), both + 1);
	cm_merkle_leaf(cm_span_str("two"), both + 33);
	cm_sha256(both, sizeof(both), c.root); /* RFC 9162 2.1.1 */
	cm_checkpoint_write(&c, &text);
	made_note(cm_buf_span(&text), &l.key, &l.note);
	cm_buf_release(&text);
	l.receipt.index = 1;
	l.receipt.proof.n = 1;
	memcpy(l.receipt.proof.hash[0], both + 1, 32);
	l.receipt.checkpoint = cm_buf_span(&l.note);
	return l;
}

static enum cm_result
check(const struct log *l, const char *entry, const struct cm_vkey *key)
{
	struct cm_checkpoint c;
	struct cm_arena a;
	struct cm_note n;
	struct cm_err err = { 0 };
	enum cm_result r;

	cm_arena_init(&a, 0);
	r = cm_receipt_check(&l->receipt, cm_span_str(entry), key, &a, &c, &n, &err);
	if (r == CM_OK)
		assert_true(c.size == 2 && n.n == 1);
	assert_int_equal(err.code, r);
	cm_arena_fini(&a);
	return r;
}

static void
it_holds_for_its_entry_at_its_place_in_its_log_only(void **state)
{
	struct log l = log_of_two();
	struct made_key b = made_key("B", CM_NOTE_ED25519, 1);

	(void)state;
	assert_int_equal(check(&l, "two", &l.key.v), CM_OK);
	assert_int_equal(check(&l, "one", &l.key.v), CM_E_REFUSED);
	assert_int_equal(check(&l, "", &l.key.v), CM_E_REFUSED);
	assert_int_equal(check(&l, "two", &b.v), CM_E_NOTFOUND);
	l.receipt.index = 0;
	assert_int_equal(check(&l, "two", &l.key.v), CM_E_REFUSED);
	l.receipt.index = 2;
	assert_int_equal(check(&l, "two", &l.key.v), CM_E_REFUSED);
	l.receipt.index = 1;
	l.receipt.proof.n = 0;
	assert_int_equal(check(&l, "two", &l.key.v), CM_E_REFUSED);
	l.receipt.proof.n = 2;
	assert_int_equal(check(&l, "two", &l.key.v), CM_E_REFUSED);
	l.receipt.proof.n = 1;
	l.receipt.proof.hash[0][31] ^= 1;
	assert_int_equal(check(&l, "two", &l.key.v), CM_E_REFUSED);
	cm_buf_release(&l.note);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_written_as_it_was_read),
		cmocka_unit_test(another_spelling_is_refused_with_its_offset),
		cmocka_unit_test(a_proof_has_no_more_hashes_than_a_tree_has_levels),
		cmocka_unit_test(what_is_too_long_has_no_offset),
		cmocka_unit_test(it_holds_for_its_entry_at_its_place_in_its_log_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
