/* crypto/x25519.h -- X25519 (RFC 7748), also with the keys of Ed25519, through libsodium.
 *
 * A secret is any 32 bytes.  A point is any 32 bytes, too, the highest bit of which is not looked at
 * (section 5).  CM_E_NOMEM: libsodium could not begin. */
#ifndef CM_CRYPTO_X25519_H
#define CM_CRYPTO_X25519_H

#include <stdint.h>

#include "base/result.h"

#define CM_X25519_LEN 32

CM_RESULT cm_x25519_public(const uint8_t secret[CM_X25519_LEN], uint8_t out[CM_X25519_LEN]);

/* CM_E_REFUSED: ${point} is of small order, so that all zeros come out whatever the secret. */
CM_RESULT cm_x25519(
    const uint8_t secret[CM_X25519_LEN], const uint8_t point[CM_X25519_LEN], uint8_t out[CM_X25519_LEN]);

/* The point that belongs to a public key of Ed25519.  CM_E_REFUSED: it is no proper one. */
CM_RESULT cm_x25519_of_ed25519(const uint8_t public_key[32], uint8_t out[CM_X25519_LEN]);

/* The secret that belongs to a private key of Ed25519. */
CM_RESULT cm_x25519_of_seed(const uint8_t seed[32], uint8_t out[CM_X25519_LEN]);

#endif
