#include <openssl/evp.h>
#include <string.h>

#include "crypto/ed25519.h"

enum cm_result
cm_ed25519_public(const uint8_t seed[CM_ED25519_SEED], uint8_t out[CM_ED25519_PUBLIC])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, CM_ED25519_SEED);
	uint8_t point[CM_ED25519_PUBLIC];
	size_t len = sizeof(point);
	bool ok = key != NULL && EVP_PKEY_get_raw_public_key(key, point, &len) == 1 &&
		  len == sizeof(point);

	EVP_PKEY_free(key);
	if (!ok)
		return CM_E_NOMEM;
	memcpy(out, point, sizeof(point));
	return CM_OK;
}

enum cm_result
cm_ed25519_sign(
    const uint8_t seed[CM_ED25519_SEED], struct cm_span message, uint8_t out[CM_ED25519_SIGNATURE])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, CM_ED25519_SEED);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t signature[CM_ED25519_SIGNATURE];
	size_t len = sizeof(signature);
	bool ok = key != NULL && ctx != NULL &&
		  EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
		  EVP_DigestSign(ctx, signature, &len, message.ptr, message.len) == 1 &&
		  len == sizeof(signature);

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key); /* wipes its copy of the seed */
	if (!ok)
		return CM_E_NOMEM;
	memcpy(out, signature, sizeof(signature));
	return CM_OK;
}

/* The y of the points whose order divides 8, little-endian, as far as they are below p. */
static const uint8_t small_order[5][32] = {
	{ 0 },
	{ 1 },
	{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
	    0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d,
	    0x53, 0xfc, 0x05 },
	{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
	    0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92,
	    0xac, 0x03, 0x7a },
	{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0x7f },
};

bool
cm_ed25519_public_ok(const uint8_t public_key[CM_ED25519_PUBLIC])
{
	uint8_t y[32];
	bool below_p = false;

	memcpy(y, public_key, sizeof(y));
	y[31] &= 0x7f; /* the sign of x */
	for (size_t i = 1; i < 31; i++)
		below_p |= y[i] != 0xff;
	below_p |= y[31] != 0x7f || y[0] < 0xed; /* p = 2^255 - 19 */
	if (!below_p)
		return false;
	for (size_t i = 0; i < sizeof(small_order) / sizeof(small_order[0]); i++)
		if (memcmp(y, small_order[i], sizeof(y)) == 0)
			return false;
	return true;
}

enum cm_result
cm_ed25519_verify(const uint8_t public_key[CM_ED25519_PUBLIC], struct cm_span message,
    const uint8_t signature[CM_ED25519_SIGNATURE])
{
	EVP_PKEY *key;
	EVP_MD_CTX *ctx;
	enum cm_result r = CM_E_NOMEM;

	if (!cm_ed25519_public_ok(public_key))
		return CM_E_REFUSED;
	key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, CM_ED25519_PUBLIC);
	ctx = EVP_MD_CTX_new();
	if (key != NULL && ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1)
		r = EVP_DigestVerify(
			ctx, signature, CM_ED25519_SIGNATURE, message.ptr, message.len) == 1
			? CM_OK
			: CM_E_REFUSED;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return r;
}
