#include <sodium.h>
#include <string.h>

#include "crypto/x25519.h"

enum cm_result
cm_x25519_public(const uint8_t secret[CM_X25519_LEN], uint8_t out[CM_X25519_LEN])
{
	if (sodium_init() < 0 || crypto_scalarmult_base(out, secret) != 0)
		return CM_E_NOMEM;
	return CM_OK;
}

enum cm_result
cm_x25519(
    const uint8_t secret[CM_X25519_LEN], const uint8_t point[CM_X25519_LEN], uint8_t out[CM_X25519_LEN])
{
	uint8_t shared[CM_X25519_LEN];
	enum cm_result r;

	if (sodium_init() < 0)
		return CM_E_NOMEM;
	r = crypto_scalarmult(shared, secret, point) == 0 ? CM_OK : CM_E_REFUSED;
	if (r == CM_OK)
		memcpy(out, shared, sizeof(shared));
	explicit_bzero(shared, sizeof(shared));
	return r;
}

enum cm_result
cm_x25519_of_ed25519(const uint8_t public_key[32], uint8_t out[CM_X25519_LEN])
{
	if (sodium_init() < 0)
		return CM_E_NOMEM;
	return crypto_sign_ed25519_pk_to_curve25519(out, public_key) == 0 ? CM_OK : CM_E_REFUSED;
}

enum cm_result
cm_x25519_of_seed(const uint8_t seed[32], uint8_t out[CM_X25519_LEN])
{
	uint8_t secret[crypto_sign_ed25519_SECRETKEYBYTES], point[crypto_sign_ed25519_PUBLICKEYBYTES];
	bool ok = sodium_init() >= 0 && crypto_sign_ed25519_seed_keypair(point, secret, seed) == 0 &&
		  crypto_sign_ed25519_sk_to_curve25519(out, secret) == 0;

	explicit_bzero(secret, sizeof(secret));
	return ok ? CM_OK : CM_E_NOMEM;
}
