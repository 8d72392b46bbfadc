/* One signature, one spelling, one meaning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "codec/base64.h"
#include "codec/sshwire.h"
#include "crypto/ed25519.h"
#include "crypto/sha256.h"
#include "hand.h"
#include "statement/sshsig.h"

static void
sign(struct cm_buf *armour)
{
	struct cm_key k = hand_key(1);
	struct cm_signer signer = cm_key_signer(&k);

	assert_int_equal(cm_sshsig_sign(&signer, cm_span_str("message\n"), armour, NULL), CM_OK);
	assert_non_null(cm_buf_cstr(armour));
}

static enum cm_result
parse(const char *armour, struct cm_sshsig *s)
{
	return cm_sshsig_parse(cm_span_str(armour), s, NULL);
}

static void
what_was_signed_verifies_and_nothing_else(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_key k = hand_key(1);
	struct cm_sshsig s;

	(void)state;
	sign(&b);
	assert_int_equal(parse(cm_buf_cstr(&b), &s), CM_OK);
	assert_true(cm_ssh_public_same(&s.key, &k.pub));
	assert_int_equal(cm_sshsig_verify(&s, cm_span_str("message\n"), NULL), CM_OK);
	assert_int_equal(cm_sshsig_verify(&s, cm_span_str("message"), NULL), CM_E_REFUSED);
	s.hash = CM_SSHSIG_SHA256;
	assert_int_equal(cm_sshsig_verify(&s, cm_span_str("message\n"), NULL), CM_E_REFUSED);
	cm_buf_release(&b);
}

static void
every_changed_byte_of_the_armour_is_refused(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_sshsig s;

	(void)state;
	sign(&b);
	for (size_t i = 0; i < b.len * 8; i++) {
		enum cm_result r;

		b.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
		r = cm_sshsig_parse(cm_buf_span(&b), &s, NULL);
		if (r == CM_OK)
			r = cm_sshsig_verify(&s, cm_span_str("message\n"), NULL);
		/* What is left of the key may be another proper key, never this signature's. */
		assert_int_not_equal(r, CM_OK);
		b.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (size_t n = 0; n < b.len; n++)
		assert_int_not_equal(cm_sshsig_parse(cm_span_of(b.ptr, n), &s, NULL), CM_OK);
	cm_buf_release(&b);
}

static void
other_spellings_of_the_same_signature_are_refused(void **state)
{
	static const struct {
		const char *from, *to;
	} ways[] = { { "-----BEGIN", " -----BEGIN" }, { "SIGNATURE-----\n", "SIGNATURE-----\r\n" },
		{ "SIGNATURE-----\nU1NI", "SIGNATURE-----\nU1\nNI" },
		{ "SIGNATURE-----\nU1NI", "SIGNATURE-----\n\nU1NI" },
		{ "SIGNATURE-----\nU1NI", "SIGNATURE-----\n U1NI" }, { "\n-----END", "-----END" },
		{ "END SSH SIGNATURE-----\n", "END SSH SIGNATURE-----" },
		{ "END SSH SIGNATURE-----\n", "END SSH SIGNATURE-----\n\n" } };
	struct cm_buf b = { 0 };
	struct cm_sshsig s;

	(void)state;
	sign(&b);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		char *text = hand_swap(cm_buf_cstr(&b), ways[i].from, ways[i].to);

		assert_int_equal(parse(text, &s), CM_E_MALFORMED);
		free(text);
	}
	cm_buf_release(&b);
}

/* Armour around a blob made by hand. */
struct parts {
	const char *magic, *ns, *reserved, *hash, *behind, *behind_sig, *type;
	uint32_t version;
};
static const struct parts right = { "SSHSIG", "statement@comity", "", "sha512", "", "",
	"ssh-ed25519", 1 };

static enum cm_result
parse_parts(struct parts p, struct cm_err *err)
{
	struct cm_buf blob = { 0 }, sig = { 0 }, text = { 0 }, armour = { 0 };
	struct cm_key k = hand_key(1);
	uint8_t zero[64] = { 0 };
	struct cm_sshsig s;
	enum cm_result r;

	cm_sshwire_put_str(&sig, p.type);
	cm_sshwire_put(&sig, cm_span_of(zero, 64));
	cm_buf_add_str(&sig, p.behind_sig);
	cm_buf_add_str(&blob, p.magic);
	cm_buf_add_u32(&blob, p.version);
	cm_sshwire_put(&blob, cm_ssh_public_blob(&k.pub));
	cm_sshwire_put_str(&blob, p.ns);
	cm_sshwire_put_str(&blob, p.reserved);
	cm_sshwire_put_str(&blob, p.hash);
	cm_sshwire_put(&blob, cm_buf_span(&sig));
	cm_buf_add_str(&blob, p.behind);
	cm_base64_encode(cm_buf_span(&blob), &text);
	cm_buf_add_str(&armour, "-----BEGIN SSH SIGNATURE-----\n");
	for (size_t at = 0; at < text.len; at += 70) {
		cm_buf_add_span(&armour, cm_span_part(cm_buf_span(&text), at, 70));
		cm_buf_add_u8(&armour, '\n');
	}
	cm_buf_add_str(&armour, "-----END SSH SIGNATURE-----\n");
	*err = (struct cm_err) { 0 };
	r = cm_sshsig_parse(cm_buf_span(&armour), &s, err);
	cm_buf_release(&blob);
	cm_buf_release(&sig);
	cm_buf_release(&text);
	cm_buf_release(&armour);
	return r;
}

static void
a_blob_of_another_form_is_refused_with_the_reason(void **state)
{
	struct parts p = right;
	struct cm_err err;

	(void)state;
	assert_int_equal(parse_parts(p, &err), CM_OK);
	p.ns = "file";
	assert_int_equal(parse_parts(p, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "namespace"));
	p = right, p.reserved = "x";
	assert_int_equal(parse_parts(p, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "reserved"));
	p = right, p.hash = "sha1";
	assert_int_equal(parse_parts(p, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "hash"));
	p = right, p.version = 2;
	assert_int_equal(parse_parts(p, &err), CM_E_MALFORMED);
	p = right, p.magic = "SSHSIH";
	assert_int_equal(parse_parts(p, &err), CM_E_MALFORMED);
	p = right, p.behind = "x";
	assert_int_equal(parse_parts(p, &err), CM_E_MALFORMED);
	p = right, p.behind_sig = "x";
	assert_int_equal(parse_parts(p, &err), CM_E_MALFORMED);
	p = right, p.type = "ssh-rsa";
	assert_int_equal(parse_parts(p, &err), CM_E_MALFORMED);
	p = right, p.hash = "sha256";
	assert_int_equal(parse_parts(p, &err), CM_OK);
}

static void
keys_of_other_types_are_refused(void **state)
{
	static const char *const files[] = { "rsa.sig", "ecdsa.sig", "ed25519.sig" };
	const char *shared = getenv("COMITY_SHARED");

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char path[4096], text[4096];
		struct cm_sshsig s;
		struct cm_err err = { 0 };
		FILE *f;

		snprintf(path, sizeof(path), "%s/vectors/sshsig/%s",
		    shared != NULL ? shared : "../shared", files[i]);
		f = fopen(path, "r");
		if (f == NULL)
			skip();
		text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
		fclose(f);
		/* OpenSSH's own vectors are for another namespace, which comes first. */
		assert_int_equal(cm_sshsig_parse(cm_span_str(text), &s, &err), CM_E_MALFORMED);
		assert_non_null(strstr(err.text, "namespace"));
	}
}

/* A software key that signs as a hardware key would (PROTOCOL.u2f). */
static enum cm_result
sk_sign(void *arg, struct cm_span data, struct cm_buf *out, struct cm_err *err)
{
	struct cm_key *k = arg;
	struct cm_buf text = { 0 };
	uint8_t d[32], sig[64];

	(void)err;
	cm_sha256("ssh:", 4, d);
	cm_buf_add(&text, d, 32);
	cm_buf_add_u8(&text, 1);
	cm_buf_add_u32(&text, 77);
	cm_sha256(data.ptr, data.len, d);
	cm_buf_add(&text, d, 32);
	assert_int_equal(cm_ed25519_sign(k->seed, cm_buf_span(&text), sig), CM_OK);
	cm_buf_release(&text);
	cm_sshwire_put_str(out, "sk-ssh-ed25519@openssh.com");
	cm_sshwire_put(out, cm_span_of(sig, 64));
	cm_buf_add_u8(out, 1);
	cm_buf_add_u32(out, 77);
	return CM_OK;
}

static void
a_hardware_key_s_signature_verifies_with_flags_and_counter(void **state)
{
	struct cm_key k = hand_key(3);
	struct cm_buf blob = { 0 }, armour = { 0 };
	struct cm_signer signer = { .sign = sk_sign, .arg = &k };
	struct cm_sshsig s;

	(void)state;
	cm_sshwire_put_str(&blob, "sk-ssh-ed25519@openssh.com");
	cm_sshwire_put(&blob, cm_span_of(k.pub.point, 32));
	cm_sshwire_put_str(&blob, "ssh:");
	assert_int_equal(cm_ssh_public_parse(cm_buf_span(&blob), &signer.key, NULL), CM_OK);
	assert_int_equal(cm_sshsig_sign(&signer, cm_span_str("m"), &armour, NULL), CM_OK);
	assert_int_equal(cm_sshsig_parse(cm_buf_span(&armour), &s, NULL), CM_OK);
	assert_int_equal(s.key.kind, CM_SSH_SK_ED25519);
	assert_int_equal(s.flags, 1);
	assert_int_equal(s.counter, 77);
	assert_int_equal(cm_sshsig_verify(&s, cm_span_str("m"), NULL), CM_OK);
	s.counter++;
	assert_int_equal(cm_sshsig_verify(&s, cm_span_str("m"), NULL), CM_E_REFUSED);
	s.counter--;
	s.flags ^= 4;
	assert_int_equal(cm_sshsig_verify(&s, cm_span_str("m"), NULL), CM_E_REFUSED);
	cm_buf_release(&blob);
	cm_buf_release(&armour);
}

static enum cm_result
wrong_sign(void *arg, struct cm_span data, struct cm_buf *out, struct cm_err *err)
{
	struct cm_key other = hand_key(9);
	struct cm_signer s = cm_key_signer(&other);

	(void)arg;
	return s.sign(s.arg, data, out, err);
}

static void
a_signer_that_signs_with_another_key_is_caught(void **state)
{
	struct cm_key k = hand_key(1);
	struct cm_signer s = { .key = k.pub, .sign = wrong_sign };
	struct cm_buf armour = { 0 };

	(void)state;
	assert_int_equal(cm_sshsig_sign(&s, cm_span_str("m"), &armour, NULL), CM_E_REFUSED);
	assert_int_equal(armour.len, 0);
	cm_buf_release(&armour);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_signed_verifies_and_nothing_else),
		cmocka_unit_test(every_changed_byte_of_the_armour_is_refused),
		cmocka_unit_test(other_spellings_of_the_same_signature_are_refused),
		cmocka_unit_test(a_blob_of_another_form_is_refused_with_the_reason),
		cmocka_unit_test(keys_of_other_types_are_refused),
		cmocka_unit_test(a_hardware_key_s_signature_verifies_with_flags_and_counter),
		cmocka_unit_test(a_signer_that_signs_with_another_key_is_caught),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
