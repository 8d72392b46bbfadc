/* Whole files, honest and other ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made.h"

struct opened {
	struct cm_buf text;
	struct cm_err err;
	enum cm_result r;
};

static struct opened
open_with(struct cm_span file, const struct cm_age_identity *id, size_t n)
{
	struct opened o = { 0 };

	o.r = made_open(file, id, n, &o.text, &o.err);
	assert_int_equal(o.r, o.err.code);
	return o;
}

static void
expect(const struct cm_buf *file, enum cm_result want, const char *says)
{
	struct cm_age_identity k = made_x25519(1);
	struct opened o = open_with(cm_buf_span(file), &k, 1);

	if (o.r != want || strstr(o.err.text, says) == NULL)
		fail_msg("%s: %s", cm_result_word(o.r), o.err.text);
	cm_buf_release(&o.text);
}

/* A good header, its payload to come. */
static void
begin(struct cm_buf *b)
{
	struct cm_age_identity k = made_x25519(1);

	cm_buf_clear(b);
	made_begin(b);
	made_stanza(&k.to, b);
	made_end(b);
}

static const uint8_t chunk[CM_AGE_CHUNK];

static struct cm_span
text(size_t len)
{
	return cm_span_of(chunk, len);
}

static void
each_recipient_reads_it_and_nobody_else(void **state)
{
	struct cm_age_identity all[4] = { made_x25519(1), made_ssh(2), made_x25519(3), made_ssh(4) };
	struct cm_age_recipient to[3] = { all[0].to, all[1].to, all[2].to };
	struct cm_buf file = { 0 };
	struct opened o;

	(void)state;
	assert_int_equal(made_file(cm_span_str("for three"), to, 3, 1, &file), CM_OK);
	for (unsigned i = 0; i < 4; i++) {
		o = open_with(cm_buf_span(&file), &all[i], 1);
		assert_int_equal(o.r, i < 3 ? CM_OK : CM_E_NOTFOUND);
		if (i < 3)
			assert_string_equal(cm_buf_cstr(&o.text), "for three");
		else
			assert_string_equal(o.err.text,
			    "encrypted to 3 recipients (2 X25519, 1 ssh-ed25519), none of which is the one key here");
		assert_int_equal(o.text.len, i < 3 ? 9 : 0);
		cm_buf_release(&o.text);
	}
	o = open_with(cm_buf_span(&file), all, 0);
	assert_int_equal(o.r, CM_E_NOTFOUND);
	cm_buf_release(&o.text);
	cm_buf_release(&file);
}

/* What Debian's age 1.1.1 made of "made by another program". */
static const char their_x25519[] =
    "-----BEGIN AGE ENCRYPTED FILE-----\n"
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBnYVp1emhNODVKaFdsMWZL\n"
    "MUVzU05oZUZFWVp2RHVkbUV0Slk2OFVWeUQwCkpwdkxnMjUvdmI2L2pGaUxjcHpC\n"
    "cWw5aUNNb3lSTDdrbVQ1aGV4dEEySXMKLS0tIHJvbFlKNkxnVWV1L1BlbmVGRWpU\n"
    "NE4zOFcyRU5CUW4ycUJWTmwxU2MzOWcK9sn3EA7Sr/V9G1PyiHdhfWd8AMEC6mT1\n"
    "vlZUkr+Snc1ejcLq48g/0koditpWIfib24BkmDeoFw==\n"
    "-----END AGE ENCRYPTED FILE-----\n";
static const char their_ssh[] =
    "-----BEGIN AGE ENCRYPTED FILE-----\n"
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNzaC1lZDI1NTE5IDFMdDBCdyAySjJr\n"
    "NDdnZURnb0dzSkJFUllxM2Vta2JKWW4yd1h4WW9VQXBDWUpjYno0CnRsbHZYYnRt\n"
    "L28rcktCVVJESVdhSThDaDc1a3RiQ1JTQThMaXR3eGZmWlUKLS0tIEhodlk0ZXRR\n"
    "WTAzbU5oZnVXcjhzNVhCZmxoV2RBRFpEamlLNGljY3RmRUkKiet+MFNpxdPKXiaY\n"
    "waKfcn5n/L8GrlPCQamTolY2rf00YbJx+NTwQGpP+kSTsx9d5hprUwlVSg==\n"
    "-----END AGE ENCRYPTED FILE-----\n";

static void
what_another_program_made_is_read(void **state)
{
	struct cm_age_identity k[2] = { made_x25519(0x42), made_ssh(0x2a) };
	const char *file[2] = { their_x25519, their_ssh };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct opened o = open_with(cm_span_str(file[i]), &k[i], 1);

		if (o.r != CM_OK)
			fail_msg("%s", o.err.text);
		assert_string_equal(cm_buf_cstr(&o.text), "made by another program");
		cm_buf_release(&o.text);
		o = open_with(cm_span_str(file[i]), &k[1 - i], 1);
		assert_int_equal(o.r, CM_E_NOTFOUND);
		cm_buf_release(&o.text);
	}
}

static void
a_file_has_always_the_same_bytes(void **state)
{
	struct cm_age_identity k[2] = { made_x25519(1), made_ssh(2) };
	struct cm_age_recipient to[2] = { k[0].to, k[1].to };
	struct cm_buf one = { 0 }, two = { 0 };

	(void)state;
	assert_int_equal(made_file(cm_span_str("x"), to, 2, 1, &one), CM_OK);
	assert_int_equal(made_file(cm_span_str("x"), to, 2, 1, &two), CM_OK);
	assert_true(cm_span_eq(cm_buf_span(&one), cm_buf_span(&two)));
	assert_int_equal(one.len, 22 + 98 + 110 + 48 + cm_age_payload_len(1));
	cm_buf_clear(&two);
	assert_int_equal(made_file(cm_span_str("x"), to, 2, 2, &two), CM_OK);
	assert_false(cm_span_eq(cm_buf_span(&one), cm_buf_span(&two)));
	cm_buf_release(&one);
	cm_buf_release(&two);
}

static void
wrong_use_is_refused(void **state)
{
	struct cm_age_identity k = made_x25519(1);
	struct cm_age_recipient *many = calloc(CM_AGE_STANZAS + 1, sizeof(*many));
	struct cm_buf file = { 0 };

	(void)state;
	assert_non_null(many);
	assert_int_equal(made_file(cm_span_str("x"), &k.to, 0, 1, &file), CM_E_USAGE);
	assert_int_equal(made_file(cm_span_str("x"), many, CM_AGE_STANZAS + 1, 1, &file), CM_E_LIMIT);
	/* recipients that nobody parsed: the point of all zeros */
	assert_int_equal(made_file(cm_span_str("x"), many, 1, 1, &file), CM_E_REFUSED);
	assert_int_equal(file.len, 0);
	free(many);
}

static void
chunks_are_read_in_their_order_up_to_the_last(void **state)
{
	struct cm_buf b = { 0 };

	(void)state;
	begin(&b);
	made_box(0, true, text(0), &b);
	expect(&b, CM_OK, "");
	begin(&b);
	made_box(0, false, text(CM_AGE_CHUNK), &b);
	made_box(1, true, text(CM_AGE_CHUNK), &b);
	expect(&b, CM_OK, "");
	begin(&b);
	made_box(0, false, text(CM_AGE_CHUNK), &b);
	made_box(1, false, text(CM_AGE_CHUNK), &b);
	made_box(2, true, text(1), &b);
	expect(&b, CM_OK, "");
	cm_buf_release(&b);
}

static void
payloads_that_no_sender_makes(void **state)
{
	struct cm_buf b = { 0 };

	(void)state;
	begin(&b);
	expect(&b, CM_E_REFUSED, "without its last chunk");
	begin(&b);
	b.len -= 1;
	expect(&b, CM_E_REFUSED, "behind its header");
	begin(&b);
	made_box(0, false, text(5), &b); /* none is the last */
	expect(&b, CM_E_REFUSED, "without its last chunk");
	begin(&b);
	made_box(0, false, text(CM_AGE_CHUNK), &b);
	expect(&b, CM_E_REFUSED, "without its last chunk");
	begin(&b);
	made_box(0, false, text(CM_AGE_CHUNK), &b);
	made_box(1, false, text(CM_AGE_CHUNK), &b);
	expect(&b, CM_E_REFUSED, "without its last chunk");
	begin(&b);
	made_box(0, false, text(CM_AGE_CHUNK), &b);
	made_box(1, true, text(0), &b); /* an empty last one */
	expect(&b, CM_E_REFUSED, "an empty last chunk");
	begin(&b);
	made_box(0, false, text(100), &b); /* a short one first */
	made_box(1, true, text(100), &b);
	expect(&b, CM_E_REFUSED, "not as it was made");
	begin(&b);
	made_box(0, true, text(CM_AGE_CHUNK), &b); /* two last ones */
	made_box(1, true, text(5), &b);
	expect(&b, CM_E_REFUSED, "something stands behind");
	begin(&b);
	made_box(0, true, text(5), &b);
	cm_buf_add_str(&b, "x");
	expect(&b, CM_E_REFUSED, "not as it was made");
	begin(&b);
	made_box(1, true, text(5), &b); /* another number */
	expect(&b, CM_E_REFUSED, "not as it was made");
	cm_buf_release(&b);
}

static void
headers_that_no_sender_makes(void **state)
{
	struct cm_age_identity mine = made_x25519(1), other = made_x25519(2);
	struct cm_buf b = { 0 };

	(void)state;
	/* others' stanzas are passed over */
	made_begin(&b);
	cm_buf_add_str(&b, "-> grease a b c\nAAAA\n");
	made_stanza(&other.to, &b);
	made_stanza(&mine.to, &b);
	made_end(&b);
	made_box(0, true, text(3), &b);
	expect(&b, CM_OK, "");
	/* a stanza put in later: the MAC is over all of them */
	cm_buf_clear(&b);
	made_begin(&b);
	made_stanza(&mine.to, &b);
	cm_buf_add_str(&b, "-> grease\n\n");
	made_end(&b);
	b.ptr[22 + 98 + 3] = 'G';
	made_box(0, true, text(3), &b);
	expect(&b, CM_E_REFUSED, "MAC");
	/* a share of which everybody knows what it gives */
	cm_buf_clear(&b);
	made_begin(&b);
	cm_buf_add_str(&b, "-> X25519 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
			   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
	made_end(&b);
	made_box(0, true, text(3), &b);
	expect(&b, CM_E_REFUSED, "small order");
	cm_buf_release(&b);
}

/* It says that it is for somebody else: then it is not tried. */
static void
a_stanza_that_names_another_ssh_key_is_passed_over(void **state)
{
	struct cm_age_identity k = made_ssh(1);
	struct cm_age_recipient to = k.to;
	struct cm_buf b = { 0 };

	(void)state;
	for (unsigned wrong = 0; wrong < 2; wrong++) {
		struct opened o;

		to.tag[3] ^= (uint8_t)wrong;
		cm_buf_clear(&b);
		made_begin(&b);
		made_stanza(&to, &b);
		made_end(&b);
		made_box(0, true, text(3), &b);
		o = open_with(cm_buf_span(&b), &k, 1);
		assert_int_equal(o.r, wrong == 0 ? CM_OK : CM_E_NOTFOUND);
		cm_buf_release(&o.text);
	}
	cm_buf_release(&b);
}

/* A sink that takes nothing any more. */
static enum cm_result
full(void *arg, const void *ptr, size_t len)
{
	size_t *room = arg;

	(void)ptr;
	if (len > *room)
		return CM_E_IO;
	*room -= len;
	return CM_OK;
}

static void
a_full_disk_is_said(void **state)
{
	struct cm_age_identity k = made_x25519(1);
	struct cm_buf file = { 0 };
	struct cm_span bytes;
	struct cm_age_decrypted out;
	size_t room = 10;
	struct cm_sink sink = { full, &room };

	(void)state;
	assert_int_equal(made_file(text(100), &k.to, 1, 1, &file), CM_OK);
	bytes = cm_buf_span(&file);
	struct cm_age_decrypt in = { cm_source_of_memory(&bytes), &k, 1, &sink };

	assert_int_equal(cm_age_decrypt(&in, &out, NULL), CM_E_IO);
	cm_buf_release(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_recipient_reads_it_and_nobody_else),
		cmocka_unit_test(what_another_program_made_is_read),
		cmocka_unit_test(a_file_has_always_the_same_bytes),
		cmocka_unit_test(wrong_use_is_refused),
		cmocka_unit_test(chunks_are_read_in_their_order_up_to_the_last),
		cmocka_unit_test(payloads_that_no_sender_makes),
		cmocka_unit_test(headers_that_no_sender_makes),
		cmocka_unit_test(a_stanza_that_names_another_ssh_key_is_passed_over),
		cmocka_unit_test(a_full_disk_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
