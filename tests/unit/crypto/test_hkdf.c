/* HMAC and HKDF by the vectors of their RFCs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "crypto/hkdf.h"

static void
is(const uint8_t got[32], const char *want)
{
	uint8_t bytes[32];

	assert_int_equal(cm_hex_decode(cm_span_str(want), bytes, 32), CM_OK);
	assert_memory_equal(got, bytes, 32);
}

static void
fill(uint8_t *p, size_t n, uint8_t from, uint8_t by)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(from + by * i);
}

static void
hmac_of_rfc_4231(void **state)
{
	uint8_t key[131], out[32];

	(void)state;
	fill(key, 20, 0x0b, 0);
	cm_hmac_sha256(cm_span_of(key, 20), cm_span_str("Hi There"), out);
	is(out, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	cm_hmac_sha256(cm_span_str("Jefe"), cm_span_str("what do ya want for nothing?"), out);
	is(out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	fill(key, 131, 0xaa, 0);
	cm_hmac_sha256(cm_span_of(key, 131),
	    cm_span_str("Test Using Larger Than Block-Size Key - Hash Key First"), out);
	is(out, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void
hkdf_of_rfc_5869(void **state)
{
	uint8_t secret[80], salt[80], info[80], out[32];
	struct cm_hkdf in = { cm_span_of(secret, 22), cm_span_of(salt, 13), cm_span_of(info, 10) };

	(void)state;
	fill(secret, 22, 0x0b, 0);
	fill(salt, 13, 0, 1);
	fill(info, 10, 0xf0, 1);
	cm_hkdf_sha256(&in, out);
	is(out, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
	in.salt = in.info = cm_span_of(NULL, 0);
	cm_hkdf_sha256(&in, out);
	is(out, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
	fill(secret, 80, 0, 1);
	fill(salt, 80, 0x60, 1);
	fill(info, 80, 0xb0, 1);
	in = (struct cm_hkdf) { cm_span_of(secret, 80), cm_span_of(salt, 80), cm_span_of(info, 80) };
	cm_hkdf_sha256(&in, out);
	is(out, "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c");
}

static void
secrets_are_compared_whole(void **state)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	(void)state;
	assert_true(cm_same_secret(a, b, 32));
	for (size_t i = 0; i < 32; i++) {
		b[i] = 1;
		assert_false(cm_same_secret(a, b, 32));
		b[i] = 0;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hmac_of_rfc_4231),
		cmocka_unit_test(hkdf_of_rfc_5869),
		cmocka_unit_test(secrets_are_compared_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
