/* X25519 by the vectors of RFC 7748, and with keys that OpenSSL made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "crypto/ed25519.h"
#include "crypto/x25519.h"

static void
hex(const char *text, uint8_t out[32])
{
	assert_int_equal(cm_hex_decode(cm_span_str(text), out, 32), CM_OK);
}

static void
multiplication_of_rfc_7748(void **state)
{
	uint8_t k[32], u[32], want[32], got[32];

	(void)state;
	hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4", k);
	hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c", u);
	hex("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552", want);
	assert_int_equal(cm_x25519(k, u, got), CM_OK);
	assert_memory_equal(got, want, 32);
	assert_int_equal(cm_x25519(k, u, u), CM_OK); /* in place */
	assert_memory_equal(u, want, 32);
}

static void
the_secret_of_rfc_7748_is_shared(void **state)
{
	uint8_t b[32], pub_a[32], pub_b[32], want[32], got[32];

	(void)state;
	hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", pub_a);
	hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb", b);
	hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", want);
	assert_int_equal(cm_x25519_public(b, pub_b), CM_OK);
	assert_memory_equal(pub_b, want, 32);
	hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", want);
	assert_int_equal(cm_x25519(b, pub_a, got), CM_OK);
	assert_memory_equal(got, want, 32);
}

static void
points_of_small_order_share_nothing(void **state)
{
	static const char *const low[] = { "0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800" };
	uint8_t k[32] = { 9 }, u[32], got[32] = { 1, 2, 3 };

	(void)state;
	for (size_t i = 0; i < sizeof(low) / sizeof(low[0]); i++) {
		hex(low[i], u);
		assert_int_equal(cm_x25519(k, u, got), CM_E_REFUSED);
		assert_int_equal(got[2], 3);
	}
}

/* Both halves of an Ed25519 key go over to the same pair; the public half is OpenSSL's. */
static void
an_ed25519_key_becomes_a_pair_of_x25519(void **state)
{
	uint8_t seed[32], ed[32], secret[32], point[32], got[32];

	(void)state;
	for (unsigned n = 0; n < 32; n++) {
		memset(seed, (int)(n * 7 + 1), sizeof(seed));
		assert_int_equal(cm_ed25519_public(seed, ed), CM_OK);
		assert_int_equal(cm_x25519_of_ed25519(ed, point), CM_OK);
		assert_int_equal(cm_x25519_of_seed(seed, secret), CM_OK);
		assert_int_equal(cm_x25519_public(secret, got), CM_OK);
		assert_memory_equal(got, point, 32);
	}
	memset(ed, 0, sizeof(ed));
	ed[0] = 1;
	assert_int_equal(cm_x25519_of_ed25519(ed, point), CM_E_REFUSED); /* the neutral point */
	ed[0] = 2;
	assert_int_equal(cm_x25519_of_ed25519(ed, point), CM_E_REFUSED); /* none at all */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(multiplication_of_rfc_7748),
		cmocka_unit_test(the_secret_of_rfc_7748_is_shared),
		cmocka_unit_test(points_of_small_order_share_nothing),
		cmocka_unit_test(an_ed25519_key_becomes_a_pair_of_x25519),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
