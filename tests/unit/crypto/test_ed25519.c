/* Ed25519 verifies what it should and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include <jansson.h>

#include "base/hex.h"
#include "crypto/ed25519.h"
#include "crypto/sha512.h"

static void
hex(const char *text, uint8_t *out, size_t len)
{
	assert_int_equal(cm_hex_decode(cm_span_str(text), out, len), CM_OK);
}

/* RFC 8032, 7.1, test 2 */
static void
the_rfc_s_own_example_comes_out(void **state)
{
	uint8_t seed[32], want[32], got[32], sig[64], expect[64];
	static const uint8_t message = 0x72;

	(void)state;
	hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", seed, 32);
	hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", want, 32);
	hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
	    expect, 64);
	assert_int_equal(cm_ed25519_public(seed, got), CM_OK);
	assert_memory_equal(got, want, 32);
	assert_int_equal(cm_ed25519_sign(seed, cm_span_of(&message, 1), sig), CM_OK);
	assert_memory_equal(sig, expect, 64);
	assert_int_equal(cm_ed25519_verify(got, cm_span_of(&message, 1), sig), CM_OK);
	assert_int_equal(cm_ed25519_verify(got, cm_span_of(&message, 0), sig), CM_E_REFUSED);
	sig[3] ^= 1;
	assert_int_equal(cm_ed25519_verify(got, cm_span_of(&message, 1), sig), CM_E_REFUSED);
}

static void
a_signature_with_s_beyond_the_order_is_refused(void **state)
{
	/* S + L is the same number modulo the order, and another spelling. */
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6,
		0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
	uint8_t seed[32] = { 1 }, key[32], sig[64];
	unsigned carry = 0;

	(void)state;
	assert_int_equal(cm_ed25519_public(seed, key), CM_OK);
	assert_int_equal(cm_ed25519_sign(seed, cm_span_str("x"), sig), CM_OK);
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)sig[32 + i] + order[i];
		sig[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(cm_ed25519_verify(key, cm_span_str("x"), sig), CM_E_REFUSED);
}

static void
keys_of_small_order_and_not_canonical_ones_are_refused(void **state)
{
	static const char *const bad[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000080",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000080",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	};
	/* S = 0 and R = A fit every message under the neutral element. */
	uint8_t key[32], sig[64] = { 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		hex(bad[i], key, 32);
		assert_false(cm_ed25519_public_ok(key));
		assert_int_equal(cm_ed25519_verify(key, cm_span_str("x"), sig), CM_E_REFUSED);
	}
	hex("ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", key, 32);
	assert_true(cm_ed25519_public_ok(key));
}

static json_t *
wycheproof(void)
{
	const char *shared = getenv("COMITY_SHARED");
	char path[4096];

	snprintf(path, sizeof(path), "%s/vectors/wycheproof/ed25519_test.json",
	    shared != NULL ? shared : "../shared");
	return json_load_file(path, 0, NULL);
}

/* What the flags of the vectors come to; each test has one.  Of what is invalid, a verifier that
 * decodes leniently, or that multiplies the equation by the cofactor, would accept some: we refuse
 * all of it, for with two answers to one signature a log could tell two stories. */
static const struct {
	const char *flag;
	size_t valid, invalid;
} flags[] = {
	{ "Ktv", 38, 0 },
	{ "TinkOverflow", 32, 0 },
	{ "Valid", 18, 0 },
	{ "InvalidKtv", 0, 1 },
	{ "InvalidEncoding", 0, 22 },      /* R in another encoding, S to match */
	{ "InvalidSignature", 0, 20 },     /* R or S of 0, 1, the order of the group, ... */
	{ "SignatureMalleability", 0, 8 }, /* S beyond the order */
	{ "CompressedSignature", 0, 4 },   /* not of 64 bytes, as are the two below */
	{ "SignatureWithGarbage", 0, 5 },
	{ "TruncatedSignature", 0, 3 },
};
#define FLAGS (sizeof(flags) / sizeof(flags[0]))

static void
count_flag(const json_t *t, size_t valid[FLAGS], size_t invalid[FLAGS])
{
	const char *flag = json_string_value(json_array_get(json_object_get(t, "flags"), 0));
	bool is_valid = strcmp(json_string_value(json_object_get(t, "result")), "valid") == 0;
	size_t i = 0;

	while (i < FLAGS && strcmp(flags[i].flag, flag) != 0)
		i++;
	if (i == FLAGS)
		fail_msg("an unknown flag: %s", flag);
	(is_valid ? valid : invalid)[i]++;
}

static void
one_vector(const char *key_hex, const json_t *t)
{
	const char *msg = json_string_value(json_object_get(t, "msg"));
	const char *sig = json_string_value(json_object_get(t, "sig"));
	bool valid = strcmp(json_string_value(json_object_get(t, "result")), "valid") == 0;
	uint8_t key[32], signature[64], *message = malloc(strlen(msg) + 1);
	enum cm_result r = CM_E_REFUSED;

	assert_non_null(message);
	hex(key_hex, key, 32);
	hex(msg, message, strlen(msg) / 2);
	/* Other lengths never reach this function: its callers take 64 bytes. */
	if (strlen(sig) == 128) {
		hex(sig, signature, 64);
		r = cm_ed25519_verify(key, cm_span_of(message, strlen(msg) / 2), signature);
	}
	if ((r == CM_OK) != valid)
		fail_msg("test %lld: %s", json_integer_value(json_object_get(t, "tcId")), sig);
	free(message);
}

static void
wycheproof_s_verdicts_are_ours(void **state)
{
	json_t *all = wycheproof(), *group, *t;
	size_t i, j, n = 0, valid[FLAGS] = { 0 }, invalid[FLAGS] = { 0 };

	(void)state;
	if (all == NULL)
		skip();
	json_array_foreach(json_object_get(all, "testGroups"), i, group)
	{
		const char *key =
		    json_string_value(json_object_get(json_object_get(group, "publicKey"), "pk"));

		json_array_foreach(json_object_get(group, "tests"), j, t)
		{
			one_vector(key, t);
			count_flag(t, valid, invalid);
			n++;
		}
	}
	assert_int_equal(n, json_integer_value(json_object_get(all, "numberOfTests")));
	for (i = 0; i < FLAGS; i++)
		assert_true(valid[i] == flags[i].valid && invalid[i] == flags[i].invalid);
	json_decref(all);
}

static void
sha512_of_abc_is_the_standard_s(void **state)
{
	uint8_t got[64], want[64];

	(void)state;
	hex("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	    want, 64);
	assert_int_equal(cm_sha512(cm_span_str("abc"), got), CM_OK);
	assert_memory_equal(got, want, 64);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rfc_s_own_example_comes_out),
		cmocka_unit_test(a_signature_with_s_beyond_the_order_is_refused),
		cmocka_unit_test(keys_of_small_order_and_not_canonical_ones_are_refused),
		cmocka_unit_test(wycheproof_s_verdicts_are_ours),
		cmocka_unit_test(sha512_of_abc_is_the_standard_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
