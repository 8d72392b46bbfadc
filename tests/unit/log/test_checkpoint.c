/* A checkpoint is origin, size and root in one spelling, signed by the log it names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made.h"

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

/* The example of C2SP tlog-checkpoint.md. */
static const char spec[] = "example.com/behind-the-sofa\n20852163\n" ROOT;

static void
the_example_of_the_specification_is_read_and_written(void **state)
{
	static const char *const texts[] = { spec, "a b+c\n0\n" ROOT,
		"o\n9223372036854775807\n" ROOT "more\nand more\n" };
	static const uint64_t sizes[] = { 20852163, 0, INT64_MAX };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct cm_checkpoint c;
		struct cm_buf b = { 0 };

		assert_int_equal(cm_checkpoint_parse(cm_span_str(texts[i]), &c, NULL), CM_OK);
		assert_int_equal(c.size, sizes[i]);
		assert_int_equal(c.root[0], 0x0a);
		assert_int_equal(c.root[31], 0x62);
		cm_checkpoint_write(&c, &b);
		assert_string_equal(cm_buf_cstr(&b), texts[i]);
		cm_buf_release(&b);
	}
}

static const struct {
	const char *text;
	size_t offset;
} bad[] = {
	{ "", 0 },
	{ "\n1\n" ROOT, 0 },
	{ "o", 1 },
	{ "o\n", 2 },
	{ "o\n1\n", 4 },
	{ "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", 48 },
	{ "o\n01\n" ROOT, 2 },
	{ "o\n+1\n" ROOT, 2 },
	{ "o\n-1\n" ROOT, 2 },
	{ "o\n 1\n" ROOT, 2 },
	{ "o\n1 \n" ROOT, 2 },
	{ "o\n0x1\n" ROOT, 2 },
	{ "o\n1:\n" ROOT, 2 },
	{ "o\n1a\n" ROOT, 2 },
	{ "o\n1/\n" ROOT, 2 },
	{ "o\n\n" ROOT, 2 },
	{ "o\n9223372036854775808\n" ROOT, 2 },
	{ "o\n10000000000000000000\n" ROOT, 2 },
	{ "o\n99999999999999999999\n" ROOT, 2 },
	{ "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", 4 }, /* stray bits */
	{ "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", 4 },
	{ "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2IA\n", 4 },
	{ "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jx\n", 4 },
	{ "o\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n", 4 },
	{ "o\n1\n\n", 4 },
	{ "o\n1\n" ROOT "\n", 49 },
	{ "o\n1\n" ROOT "x\n\ny\n", 51 },
	{ "o\n1\n" ROOT "x", 50 },
	{ "o\n1\r\n" ROOT, 3 },
	{ "o\x7f\xff\n1\n" ROOT, 2 },
	{ "cosignature/v1\n1\n" ROOT, 0 },
};

static void
another_spelling_is_refused_with_its_offset(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cm_checkpoint c;
		struct cm_err err = { 0 };

		if (cm_checkpoint_parse(cm_span_str(bad[i].text), &c, &err) != CM_E_MALFORMED)
			fail_msg("%zu is read: %s", i, bad[i].text);
		if (!err.has_offset || err.offset != bad[i].offset)
			fail_msg("%zu: %s at %d", i, err.text, (int)err.offset);
	}
}

static void
an_origin_has_a_bound(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_checkpoint c;

	(void)state;
	for (unsigned i = 0; i < CM_NOTE_NAME; i++)
		cm_buf_add_u8(&b, 'o');
	cm_buf_add_str(&b, "\n1\n" ROOT);
	assert_int_equal(cm_checkpoint_parse(cm_buf_span(&b), &c, NULL), CM_OK);
	assert_int_equal(strlen(c.origin), CM_NOTE_NAME);
	cm_buf_clear(&b);
	for (unsigned i = 0; i <= CM_NOTE_NAME; i++)
		cm_buf_add_u8(&b, 'o');
	cm_buf_add_str(&b, "\n1\n" ROOT);
	assert_int_equal(cm_checkpoint_parse(cm_buf_span(&b), &c, NULL), CM_E_LIMIT);
	cm_buf_release(&b);
}

/* What cm_checkpoint_open says of a checkpoint of ${origin}, signed by ${by}, to ${key}. */
static enum cm_result
opened(const char *origin, const struct made_key *by, const struct cm_vkey *key)
{
	struct cm_buf text = { 0 }, note = { 0 };
	struct cm_checkpoint c;
	struct cm_arena a;
	enum cm_result r;

	cm_arena_init(&a, 0);
	made_text(origin, 7, 0xaa, &text);
	made_note(cm_buf_span(&text), by, &note);
	r = cm_checkpoint_open(cm_buf_span(&note), key, &a, &c, NULL, NULL);
	if (r == CM_OK)
		assert_int_equal(c.size, 7);
	cm_arena_fini(&a);
	cm_buf_release(&text);
	cm_buf_release(&note);
	return r;
}

static void
it_is_signed_by_the_log_it_names(void **state)
{
	struct made_key a = made_key("A", CM_NOTE_ED25519, 1),
			b = made_key("B", CM_NOTE_ED25519, 2);
	struct made_key other = made_key("A", CM_NOTE_ED25519, 3);

	(void)state;
	assert_int_equal(opened("A", &a, &a.v), CM_OK);
	assert_int_equal(opened("B", &a, &a.v), CM_E_NOTFOUND);
	assert_int_equal(opened("A", &b, &b.v), CM_E_NOTFOUND);
	assert_int_equal(opened("A", &other, &a.v), CM_E_NOTFOUND);
	/* Signed with another key under the name and id of this one. */
	memcpy(other.v.key, a.v.key, 32);
	other.v.id = a.v.id;
	assert_int_equal(opened("A", &other, &a.v), CM_E_REFUSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_specification_is_read_and_written),
		cmocka_unit_test(another_spelling_is_refused_with_its_offset),
		cmocka_unit_test(an_origin_has_a_bound),
		cmocka_unit_test(it_is_signed_by_the_log_it_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
