/* A signed note is read in one way, and says only what its known keys signed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made.h"

#define DASH "\xe2\x80\x94 "

/* The example of C2SP signed-note.md. */
static const char spec_key[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char spec_note[] = "This is an example message.\n\n" DASH "example.com/foo "
				"Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1"
				"ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/* Those of golang.org/x/mod/sumdb/note. */
static const char peter_key[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char enoch_key[] = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
#define GO_TEXT                                                                                    \
	"If you think cryptography is the answer to your problem,\n"                               \
	"then you don't know what your problem is.\n"
#define PETER                                                                                      \
	DASH "PeterNeumann "                                                                       \
	     "x08go/ZJkuBS9UG/"                                                                    \
	     "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#define ENOCH                                                                                      \
	DASH "EnochRoot "                                                                          \
	     "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/"                                        \
	     "5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

static struct cm_vkey
vkey(const char *text)
{
	struct cm_vkey v;

	assert_int_equal(cm_vkey_parse(cm_span_str(text), &v, NULL), CM_OK);
	return v;
}

/* What reading and verifying say. */
static enum cm_result
verdict(const char *text, const char *key)
{
	struct cm_vkey v = vkey(key);
	struct cm_arena a;
	struct cm_note n;
	enum cm_result r;

	cm_arena_init(&a, 0);
	r = cm_note_parse(cm_span_str(text), &a, &n, NULL);
	if (r == CM_OK)
		r = cm_note_verify(&n, &v, NULL);
	cm_arena_fini(&a);
	return r;
}

static void
the_examples_of_the_specification_and_of_go_hold(void **state)
{
	(void)state;
	assert_int_equal(verdict(spec_note, spec_key), CM_OK);
	assert_int_equal(verdict(GO_TEXT "\n" PETER, peter_key), CM_OK);
	assert_int_equal(verdict(GO_TEXT "\n" PETER ENOCH, enoch_key), CM_OK);
	assert_int_equal(verdict(GO_TEXT "\n" PETER, enoch_key), CM_E_NOTFOUND);
	assert_int_equal(verdict("x" GO_TEXT "\n" PETER, peter_key), CM_E_REFUSED);
}

static void
a_key_is_written_as_it_was_read(void **state)
{
	static const char *const keys[] = { spec_key, peter_key, enoch_key };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct cm_vkey v = vkey(keys[i]);
		struct cm_buf b = { 0 };

		cm_vkey_write(&v, &b);
		assert_string_equal(cm_buf_cstr(&b), keys[i]);
		cm_buf_release(&b);
	}
	assert_int_equal(vkey(spec_key).id, 0x530d903a);
	assert_string_equal(vkey(spec_key).name, "example.com/foo");
}

/* The key of 32 zero bytes is a point of small order. */
static const struct {
	const char *text;
	enum cm_result want;
} bad_keys[] = {
	{ "", CM_E_MALFORMED },
	{ "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", CM_E_MALFORMED },
	{ "example.com/foo", CM_E_MALFORMED },
	{ "example.com/foo+530d903a", CM_E_MALFORMED },
	{ "example.com/foo+530d903a+", CM_E_MALFORMED },
	{ "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", CM_E_MALFORMED },
	{ "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", CM_E_MALFORMED },
	{ "example.com/fo +530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", CM_E_MALFORMED },
	{ "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2", CM_E_MALFORMED },
	{ "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l\n",
	    CM_E_MALFORMED },
	{ "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv", CM_E_MALFORMED },
	{ "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", CM_E_UNSUPPORTED },
	{ "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
	    CM_E_MALFORMED },
	{ "A+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", CM_E_REFUSED },
	{ "A+00000000+AQ==", CM_E_MALFORMED },
	{ "A+00000000+Bg==", CM_E_UNSUPPORTED },
};

static void
a_key_of_another_spelling_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_keys) / sizeof(bad_keys[0]); i++) {
		struct cm_err err = { 0 };
		struct cm_vkey v;

		if (cm_vkey_parse(cm_span_str(bad_keys[i].text), &v, &err) != bad_keys[i].want)
			fail_msg("%s: %s", bad_keys[i].text, err.text);
	}
}

static void
names_are_without_any_space_of_unicode(void **state)
{
	static const char *const bad[] = { "", " ", "a b", "a+b", "a\tb", "a\nb", "a\x01",
		"\xc2\x85", "a\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x8a",
		"\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
		"\xff", "\xc0\x80" };
	static const char *const good[] = { "a", "example.com/foo", "\xc3\xa8", "\xe2\x80\x8b",
		"\xe2\x80\x94", "\xe3\x80\x81", "\xc3\xa0", "\xc3\x85", "\xc2\xa1",
		"\xf0\x9f\x94\x91", "a/b:c=d" };
	char name[CM_NOTE_NAME + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cm_note_name_ok(cm_span_str(bad[i])));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(cm_note_name_ok(cm_span_str(good[i])));
	memset(name, 'n', sizeof(name));
	assert_true(cm_note_name_ok(cm_span_of(name, CM_NOTE_NAME)));
	assert_false(cm_note_name_ok(cm_span_of(name, CM_NOTE_NAME + 1)));
}

static void
the_signatures_begin_behind_the_last_empty_line(void **state)
{
	struct made_key k = made_key("A", CM_NOTE_ED25519, 7);
	/* A text that holds an empty line and a signature line of its own. */
	struct cm_span text = cm_span_str("one\n\n" DASH "A AAAAAAA=\n\ntwo\n");
	struct cm_buf b = { 0 };
	struct cm_arena a;
	struct cm_note n;

	(void)state;
	cm_arena_init(&a, 0);
	made_note(text, &k, &b);
	assert_int_equal(cm_note_parse(cm_buf_span(&b), &a, &n, NULL), CM_OK);
	assert_true(cm_span_eq(n.text, text));
	assert_int_equal(n.n, 1);
	assert_int_equal(n.signature[0].bytes.len, 64);
	assert_true(
	    cm_span_eq(n.signature[0].line, cm_span_part(cm_buf_span(&b), text.len + 1, b.len)));
	assert_int_equal(cm_note_verify(&n, &k.v, NULL), CM_OK);
	cm_arena_fini(&a);
	cm_buf_release(&b);
}

static const struct {
	const char *text;
	size_t offset;
} bad_notes[] = {
	{ "", 0 },
	{ "text\n", 5 },
	{ "text\n\n", 6 },
	{ GO_TEXT PETER, sizeof(GO_TEXT PETER) - 1 }, /* no empty line */
	{ "text\n\n" DASH "A AAAAAAA=", 20 },         /* no newline at the end */
	{ "text\n\n" DASH "A AAAAAAA=\n\n", 22 },     /* nothing behind the last empty line */
	{ "text\n\n" DASH "A AAAAAAA=\nx\n", 21 },
	{ "text\n\n- A AAAAAAA=\n", 6 },
	{ "text\n\n" DASH "AAAAAAAA=\n", 6 },
	{ "text\n\n" DASH " AAAAAAA=\n", 6 },
	{ "text\n\n" DASH "A B AAAAAAA=\n", 6 },
	{ "text\n\n" DASH "A AAAAAAA= \n", 6 },
	{ "text\n\n" DASH "A AAAAAAA\n", 6 },
	{ "text\n\n" DASH "A AAAAAAB=\n", 6 }, /* bits that no byte holds */
	{ "text\n\n" DASH "A AAAAAA==\n", 6 }, /* an id and no signature */
	{ "text\n\n" DASH "A \n", 6 },
	{ "text\n\n" DASH "A+ AAAAAAA=\n", 6 },
	{ "text\r\n\n" DASH "A AAAAAAA=\n", 4 },
	{ "te\txt\n\n" DASH "A AAAAAAA=\n", 2 },
	{ "text\xff\n\n" DASH "A AAAAAAA=\n", 4 },
	{ "text\n\n" DASH "A AAAAAAA=\r\n", 20 },
};

static void
another_spelling_is_refused_with_its_offset(void **state)
{
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	for (size_t i = 0; i < sizeof(bad_notes) / sizeof(bad_notes[0]); i++) {
		struct cm_err err = { 0 };
		struct cm_note n;

		if (cm_note_parse(cm_span_str(bad_notes[i].text), &a, &n, &err) != CM_E_MALFORMED)
			fail_msg("%zu is read: %s", i, bad_notes[i].text);
		if (!err.has_offset || err.offset != bad_notes[i].offset)
			fail_msg("%zu: %s at %d", i, err.text, (int)err.offset);
	}
	cm_arena_fini(&a);
}

static void
a_nul_is_refused_wherever_it_stands(void **state)
{
	char note[sizeof(spec_note)];
	struct cm_arena a;
	struct cm_note n;

	(void)state;
	cm_arena_init(&a, 0);
	for (size_t i = 0; i < sizeof(spec_note) - 1; i++) {
		memcpy(note, spec_note, sizeof(note));
		note[i] = '\0';
		assert_int_equal(cm_note_parse(cm_span_of(note, sizeof(note) - 1), &a, &n, NULL),
		    CM_E_MALFORMED);
	}
	cm_arena_fini(&a);
}

static void
put_many(struct cm_buf *b, unsigned n)
{
	cm_buf_add_str(b, "text\n\n");
	for (unsigned i = 0; i < n; i++)
		cm_buf_printf(b, DASH "K%u AAAAAAA=\n", i);
}

/* A note of ${len} bytes. */
static void
put_long(struct cm_buf *b, size_t len)
{
	while (b->len < len - sizeof("\n\n" PETER) + 1)
		cm_buf_add_u8(b, 'x');
	cm_buf_add_str(b, "\n\n" PETER);
	assert_int_equal(b->len, len);
}

static void
a_name_is_bounded_in_a_key_and_not_in_the_lines_of_others(void **state)
{
	char name[CM_NOTE_NAME + 2] = { 0 };
	struct made_key k;
	struct cm_buf b = { 0 };
	struct cm_vkey v;

	(void)state;
	memset(name, 'n', CM_NOTE_NAME);
	k = made_key(name, CM_NOTE_ED25519, 1);
	cm_vkey_write(&k.v, &b);
	assert_int_equal(cm_vkey_parse(cm_buf_span(&b), &v, NULL), CM_OK);
	cm_buf_clear(&b);
	cm_buf_printf(&b, "n%s+00000000+AQ==", name);
	assert_int_equal(cm_vkey_parse(cm_buf_span(&b), &v, NULL), CM_E_LIMIT);
	assert_int_equal(cm_vkey_of(cm_span_part(cm_buf_span(&b), 0, CM_NOTE_NAME + 1),
			     CM_NOTE_ED25519, k.v.key, &v, NULL),
	    CM_E_USAGE);
	cm_buf_clear(&b);
	cm_buf_printf(&b, DASH "n%s AAAAAAA=\n", name);
	assert_true(cm_note_lines_ok(cm_buf_span(&b)));
	cm_buf_release(&b);
}

static void
lines_and_bytes_are_bounded(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_arena a;
	struct cm_note n;

	(void)state;
	cm_arena_init(&a, 0);
	put_many(&b, CM_NOTE_SIGNATURES);
	assert_int_equal(cm_note_parse(cm_buf_span(&b), &a, &n, NULL), CM_OK);
	assert_int_equal(n.n, CM_NOTE_SIGNATURES);
	assert_true(cm_note_lines_ok(cm_span_part(cm_buf_span(&b), 6, b.len)));
	cm_buf_clear(&b);
	put_many(&b, CM_NOTE_SIGNATURES + 1);
	assert_int_equal(cm_note_parse(cm_buf_span(&b), &a, &n, NULL), CM_E_LIMIT);
	assert_false(cm_note_lines_ok(cm_span_part(cm_buf_span(&b), 6, b.len)));
	cm_buf_clear(&b);
	put_long(&b, CM_NOTE_BYTES);
	assert_int_equal(cm_note_parse(cm_buf_span(&b), &a, &n, NULL), CM_OK);
	cm_buf_clear(&b);
	put_long(&b, CM_NOTE_BYTES + 1);
	assert_int_equal(cm_note_parse(cm_buf_span(&b), &a, &n, NULL), CM_E_LIMIT);
	cm_arena_fini(&a);
	cm_buf_release(&b);
}

static void
a_line_that_does_not_hold_spoils_those_that_do(void **state)
{
	/* The second one of PeterNeumann is EnochRoot's signature under his id. */
	static const char forged[] = GO_TEXT "\n" PETER DASH "PeterNeumann "
					     "x08goxzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/"
					     "5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
	/* One byte less, under the known id. */
	static const char cut[] = GO_TEXT "\n" DASH "PeterNeumann x08goxzm\n";

	(void)state;
	assert_int_equal(verdict(forged, peter_key), CM_E_REFUSED);
	assert_int_equal(verdict(cut, peter_key), CM_E_REFUSED);
	/* To others it is a line of somebody else. */
	assert_int_equal(verdict(forged, enoch_key), CM_E_NOTFOUND);
	assert_int_equal(verdict(GO_TEXT "\n" PETER PETER, peter_key), CM_OK);
}

static void
name_and_id_together_are_the_key(void **state)
{
	struct made_key a = made_key("A", CM_NOTE_ED25519, 7),
			b = made_key("B", CM_NOTE_ED25519, 7);
	struct made_key w = made_key("A", CM_NOTE_COSIGNATURE, 7);
	struct cm_buf note = { 0 };
	struct cm_arena arena;
	struct cm_note n;

	(void)state;
	cm_arena_init(&arena, 0);
	made_note(cm_span_str("text\n"), &a, &note);
	assert_int_equal(cm_note_parse(cm_buf_span(&note), &arena, &n, NULL), CM_OK);
	assert_int_equal(cm_note_verify(&n, &b.v, NULL), CM_E_NOTFOUND);
	b.v.id = a.v.id;
	assert_int_equal(cm_note_verify(&n, &b.v, NULL), CM_E_NOTFOUND);
	assert_int_not_equal(w.v.id, a.v.id);
	assert_int_equal(cm_note_verify(&n, &w.v, NULL), CM_E_USAGE);
	cm_arena_fini(&arena);
	cm_buf_release(&note);
}

static void
only_texts_of_notes_are_signed(void **state)
{
	static const char *const bad[] = { "", "no newline", "a\tb\n", "\xff\n" };
	struct made_key k = made_key("A", CM_NOTE_ED25519, 7);
	struct cm_buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    cm_note_sign(cm_span_str(bad[i]), &k.v, k.seed, &b, NULL), CM_E_USAGE);
	assert_int_equal(
	    cm_note_sign(cm_span_str("cosignature/v1\ntime 1\nA\n"), &k.v, k.seed, &b, NULL),
	    CM_E_REFUSED);
	assert_int_equal(
	    cm_note_sign(cm_span_str("cosignature/v1\n"), &k.v, k.seed, &b, NULL), CM_E_REFUSED);
	k.v.type = CM_NOTE_COSIGNATURE;
	assert_int_equal(cm_note_sign(cm_span_str("a\n"), &k.v, k.seed, &b, NULL), CM_E_USAGE);
	assert_int_equal(b.len, 0);
	cm_buf_release(&b);
}

static void
answers_are_signature_lines_and_nothing_else(void **state)
{
	(void)state;
	assert_true(cm_note_lines_ok(cm_span_str(PETER)));
	assert_true(cm_note_lines_ok(cm_span_str(PETER ENOCH)));
	assert_false(cm_note_lines_ok(cm_span_str("")));
	assert_false(cm_note_lines_ok(cm_span_str("\n" PETER)));
	assert_false(cm_note_lines_ok(cm_span_str(PETER "\n")));
	assert_false(cm_note_lines_ok(cm_span_of(PETER, sizeof(PETER) - 2)));
	assert_false(cm_note_lines_ok(cm_span_str(PETER "ok\n")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_specification_and_of_go_hold),
		cmocka_unit_test(a_key_is_written_as_it_was_read),
		cmocka_unit_test(a_key_of_another_spelling_is_refused),
		cmocka_unit_test(names_are_without_any_space_of_unicode),
		cmocka_unit_test(the_signatures_begin_behind_the_last_empty_line),
		cmocka_unit_test(another_spelling_is_refused_with_its_offset),
		cmocka_unit_test(a_nul_is_refused_wherever_it_stands),
		cmocka_unit_test(a_name_is_bounded_in_a_key_and_not_in_the_lines_of_others),
		cmocka_unit_test(lines_and_bytes_are_bounded),
		cmocka_unit_test(a_line_that_does_not_hold_spoils_those_that_do),
		cmocka_unit_test(name_and_id_together_are_the_key),
		cmocka_unit_test(only_texts_of_notes_are_signed),
		cmocka_unit_test(answers_are_signature_lines_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
