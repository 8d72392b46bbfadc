/* Public keys as OpenSSH writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/sshwire.h"
#include "hand.h"
#include "statement/sshkey.h"

static enum cm_result
parse(const char *type, size_t point_len, const char *application, const char *behind)
{
	struct cm_key k = hand_key(1);
	struct cm_ssh_public out;
	struct cm_buf b = { 0 };
	enum cm_result r;

	cm_sshwire_put_str(&b, type);
	cm_sshwire_put(&b, cm_span_of(k.pub.point, point_len));
	if (application != NULL)
		cm_sshwire_put_str(&b, application);
	cm_buf_add_str(&b, behind);
	r = cm_ssh_public_parse(cm_buf_span(&b), &out, NULL);
	cm_buf_release(&b);
	return r;
}

static void
two_types_are_read_in_exactly_one_form(void **state)
{
	char long_application[300];

	(void)state;
	memset(long_application, 'a', sizeof(long_application));
	long_application[sizeof(long_application) - 1] = '\0';
	assert_int_equal(parse("ssh-ed25519", 32, NULL, ""), CM_OK);
	assert_int_equal(parse("sk-ssh-ed25519@openssh.com", 32, "ssh:", ""), CM_OK);
	assert_int_equal(parse("ssh-ed25519", 31, NULL, ""), CM_E_MALFORMED);
	assert_int_equal(parse("ssh-ed25519", 32, NULL, "x"), CM_E_MALFORMED);
	assert_int_equal(parse("ssh-ed25519", 32, "ssh:", ""), CM_E_MALFORMED);
	assert_int_equal(parse("sk-ssh-ed25519@openssh.com", 32, NULL, ""), CM_E_MALFORMED);
	assert_int_equal(parse("sk-ssh-ed25519@openssh.com", 32, long_application, ""), CM_E_LIMIT);
	assert_int_equal(parse("ssh-rsa", 32, NULL, ""), CM_E_UNSUPPORTED);
	assert_int_equal(parse("ecdsa-sha2-nistp256", 32, "x", ""), CM_E_UNSUPPORTED);
}

static void
a_key_of_small_order_is_refused(void **state)
{
	uint8_t zero[32] = { 0 };
	struct cm_ssh_public weak = cm_ssh_public_of(zero), out;

	(void)state;
	assert_int_equal(cm_ssh_public_parse(cm_ssh_public_blob(&weak), &out, NULL), CM_E_REFUSED);
}

static void
fingerprint_and_text_are_those_of_ssh_keygen(void **state)
{
	static const char base64[] =
	    "AAAAC3NzaC1lZDI1NTE5AAAAIL9xHbSfabWGt/nn0h8oTM41axhLAvyrQVPa65k2vC2U";
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_buf b = { 0 };
	struct cm_ssh_public k;

	(void)state;
	assert_int_equal(
	    cm_ssh_public_from_text(cm_span_str("ssh-ed25519"), cm_span_str(base64), &k, NULL),
	    CM_OK);
	cm_ssh_fingerprint(&k, fingerprint);
	assert_string_equal(fingerprint, "SHA256:bKX7hUZu2GoBew3pL62DBQg54I5lYxcRAZCdmhEm3Cs");
	assert_true(cm_ssh_fingerprint_ok(fingerprint));
	cm_ssh_public_text(&k, &b);
	assert_memory_equal(b.ptr, "ssh-ed25519 ", 12);
	assert_string_equal(cm_buf_cstr(&b) + 12, base64);
	cm_buf_release(&b);
	assert_int_equal(cm_ssh_public_from_text(cm_span_str("sk-ssh-ed25519@openssh.com"),
			     cm_span_str(base64), &k, NULL),
	    CM_E_MALFORMED);
	assert_int_equal(
	    cm_ssh_public_from_text(cm_span_str("ssh-ed25519"), cm_span_str("AAA"), &k, NULL),
	    CM_E_MALFORMED);
}

static void
what_only_looks_like_a_fingerprint_is_none(void **state)
{
	static const char *const bad[] = { "",
		"SHA256:", "MD5:bKX7hUZu2GoBew3pL62DBQg54I5lYxcRAZCdmhEm3Cs",
		"SHA256:bKX7hUZu2GoBew3pL62DBQg54I5lYxcRAZCdmhEm3Ct",
		"SHA256:bKX7hUZu2GoBew3pL62DBQg54I5lYxcRAZCdmhEm3C",
		"SHA256:bKX7hUZu2GoBew3pL62DBQg54I5lYxcRAZCdmhEm3Cs=",
		"SHA256:bKX7hUZu2GoBew3pL62DBQg54I5lYxcRAZCdmhEm3 s" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cm_ssh_fingerprint_ok(bad[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_types_are_read_in_exactly_one_form),
		cmocka_unit_test(a_key_of_small_order_is_refused),
		cmocka_unit_test(fingerprint_and_text_are_those_of_ssh_keygen),
		cmocka_unit_test(what_only_looks_like_a_fingerprint_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
