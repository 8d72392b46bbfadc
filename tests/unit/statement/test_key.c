/* Private keys in OpenSSH's format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/base64.h"
#include "codec/sshwire.h"
#include "hand.h"
#include "statement/key.h"

static void
a_key_comes_back_as_it_was_written(void **state)
{
	struct cm_key k = hand_key(1), back = { 0 };
	struct cm_buf b = { 0 };

	(void)state;
	for (size_t n = 0; n < 20; n++) {
		char comment[21] = { 0 };

		memset(comment, 'c', n); /* every length of padding */
		cm_buf_clear(&b);
		cm_key_write(&k, 0x01020304, comment, &b);
		assert_true(cm_buf_ok(&b));
		assert_int_equal(cm_key_parse(cm_buf_span(&b), &back, NULL), CM_OK);
		assert_memory_equal(back.seed, k.seed, 32);
		assert_true(cm_ssh_public_same(&back.pub, &k.pub));
	}
	cm_key_wipe(&back);
	for (size_t i = 0; i < sizeof(back); i++)
		assert_int_equal(((const uint8_t *)&back)[i], 0);
	cm_buf_release(&b);
}

static void
every_cut_and_changed_byte_is_an_error_or_the_same_key(void **state)
{
	struct cm_key k = hand_key(1), back;
	struct cm_buf b = { 0 };

	(void)state;
	cm_key_write(&k, 1, "x", &b);
	for (size_t n = 0; n < b.len; n++)
		assert_int_not_equal(cm_key_parse(cm_span_of(b.ptr, n), &back, NULL), CM_OK);
	for (size_t i = 0; i < b.len * 8; i++) {
		b.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
		if (cm_key_parse(cm_buf_span(&b), &back, NULL) == CM_OK)
			assert_memory_equal(back.seed, k.seed, 32);
		b.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	cm_buf_release(&b);
}

/* A file made by hand, with what is said in it. */
struct parts {
	const char *cipher, *type;
	uint32_t count, check;
	bool other_public, bad_padding, behind;
};

static enum cm_result
parse_parts(struct parts p, struct cm_err *err)
{
	struct cm_buf inner = { 0 }, blob = { 0 }, text = { 0 }, file = { 0 };
	struct cm_key k = hand_key(1), other = hand_key(2), out;
	enum cm_result r;

	cm_buf_add_u32(&inner, 5);
	cm_buf_add_u32(&inner, p.check);
	cm_sshwire_put_str(&inner, p.type);
	cm_sshwire_put(&inner, cm_span_of(k.pub.point, 32));
	cm_buf_add_u32(&inner, 64);
	cm_buf_add(&inner, k.seed, 32);
	cm_buf_add(&inner, p.other_public ? other.pub.point : k.pub.point, 32);
	cm_sshwire_put_str(&inner, "");
	for (uint8_t pad = 1; inner.len % 8 != 0; pad++)
		cm_buf_add_u8(&inner, p.bad_padding ? 9 : pad);
	cm_buf_add(&blob, "openssh-key-v1", 15);
	cm_sshwire_put_str(&blob, p.cipher);
	cm_sshwire_put_str(&blob, strcmp(p.cipher, "none") == 0 ? "none" : "bcrypt");
	cm_sshwire_put_str(&blob, "");
	cm_buf_add_u32(&blob, p.count);
	cm_sshwire_put(&blob, cm_ssh_public_blob(&k.pub));
	cm_sshwire_put(&blob, cm_buf_span(&inner));
	if (p.behind)
		cm_buf_add_u8(&blob, 0);
	cm_base64_encode(cm_buf_span(&blob), &text);
	cm_buf_printf(&file,
	    "-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n-----END OPENSSH PRIVATE KEY-----\n",
	    cm_buf_cstr(&text));
	*err = (struct cm_err) { 0 };
	r = cm_key_parse(cm_buf_span(&file), &out, err);
	cm_buf_release(&inner);
	cm_buf_release(&blob);
	cm_buf_release(&text);
	cm_buf_release(&file);
	return r;
}

static void
every_way_to_be_wrong_is_refused_with_a_reason(void **state)
{
	const struct parts right = { "none", "ssh-ed25519", 1, 5, false, false, false };
	struct parts p = right;
	struct cm_err err;

	(void)state;
	assert_int_equal(parse_parts(p, &err), CM_OK);
	p.cipher = "aes256-ctr";
	assert_int_equal(parse_parts(p, &err), CM_E_UNSUPPORTED);
	assert_non_null(strstr(err.text, "passphrase"));
	p = right, p.type = "ssh-rsa";
	assert_int_equal(parse_parts(p, &err), CM_E_MALFORMED);
	p = right, p.count = 2;
	assert_int_equal(parse_parts(p, &err), CM_E_MALFORMED);
	p = right, p.check = 6;
	assert_int_equal(parse_parts(p, &err), CM_E_MALFORMED);
	p = right, p.other_public = true;
	assert_int_equal(parse_parts(p, &err), CM_E_REFUSED);
	p = right, p.bad_padding = true;
	assert_int_equal(parse_parts(p, &err), CM_E_MALFORMED);
	p = right, p.behind = true;
	assert_int_equal(parse_parts(p, &err), CM_E_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_comes_back_as_it_was_written),
		cmocka_unit_test(every_cut_and_changed_byte_is_an_error_or_the_same_key),
		cmocka_unit_test(every_way_to_be_wrong_is_refused_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
