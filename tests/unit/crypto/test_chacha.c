/* Boxes of ChaCha20-Poly1305 are those that OpenSSL makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "crypto/chacha.h"

static void
theirs(const uint8_t *key, const uint8_t *nonce, const uint8_t *text, int len, uint8_t *out)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0;

	assert_non_null(c);
	assert_int_equal(EVP_EncryptInit_ex(c, EVP_chacha20_poly1305(), NULL, key, nonce), 1);
	assert_int_equal(EVP_EncryptUpdate(c, out, &n, text, len), 1);
	assert_int_equal(EVP_EncryptFinal_ex(c, out + n, &n), 1);
	assert_int_equal(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16, out + len), 1);
	EVP_CIPHER_CTX_free(c);
}

static void
both_make_the_same_box(void **state)
{
	uint8_t key[32], nonce[12], text[400], ours[416], other[416], back[400];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * i);
	for (size_t len = 0; len <= sizeof(text); len += 1 + len / 7) {
		memset(key, (int)len, sizeof(key));
		memset(nonce, (int)len + 1, sizeof(nonce));
		theirs(key, nonce, text, (int)len, other);
		assert_int_equal(cm_chacha_seal(key, nonce, cm_span_of(text, len), ours), CM_OK);
		assert_memory_equal(ours, other, len + 16);
		assert_int_equal(cm_chacha_open(key, nonce, cm_span_of(other, len + 16), back), CM_OK);
		assert_memory_equal(back, text, len);
	}
}

static void
a_box_with_any_bit_changed_does_not_open(void **state)
{
	uint8_t key[32] = { 1 }, nonce[12] = { 2 }, box[3 + 16], out[3] = { 0 };

	(void)state;
	assert_int_equal(cm_chacha_seal(key, nonce, cm_span_str("abc"), box), CM_OK);
	for (size_t i = 0; i < 8 * sizeof(box); i++) {
		box[i / 8] ^= (uint8_t)(1u << i % 8);
		assert_int_equal(cm_chacha_open(key, nonce, cm_span_of(box, sizeof(box)), out), CM_E_REFUSED);
		assert_memory_not_equal(out, "abc", 3);
		box[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (size_t len = 0; len < sizeof(box); len++)
		assert_int_equal(cm_chacha_open(key, nonce, cm_span_of(box, len), out), CM_E_REFUSED);
	assert_int_equal(cm_chacha_open(key, nonce, cm_span_of(box, sizeof(box)), out), CM_OK);
	assert_memory_equal(out, "abc", 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_make_the_same_box),
		cmocka_unit_test(a_box_with_any_bit_changed_does_not_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
