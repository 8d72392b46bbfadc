/* crypto/ed25519.h -- Ed25519 (RFC 8032, pure) through OpenSSL, with one meaning per signature.
 *
 * Verification refuses S beyond the group order (OpenSSL does), and public keys
 * that are not canonically encoded or of small order: under such a key one
 * signature fits many messages, so its owner could take back what was signed. */
#ifndef CM_CRYPTO_ED25519_H
#define CM_CRYPTO_ED25519_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

#define CM_ED25519_SEED 32 /* the private key of RFC 8032: secret */
#define CM_ED25519_PUBLIC 32
#define CM_ED25519_SIGNATURE 64

/* CM_E_NOMEM: OpenSSL could not; there is no other failure. */
CM_RESULT cm_ed25519_public(const uint8_t seed[CM_ED25519_SEED], uint8_t out[CM_ED25519_PUBLIC]);
CM_RESULT cm_ed25519_sign(
    const uint8_t seed[CM_ED25519_SEED], struct cm_span message, uint8_t out[CM_ED25519_SIGNATURE]);

/* CM_E_REFUSED: not a signature of this key over these bytes.  CM_E_NOMEM. */
CM_RESULT cm_ed25519_verify(const uint8_t public_key[CM_ED25519_PUBLIC], struct cm_span message,
    const uint8_t signature[CM_ED25519_SIGNATURE]);

/* Canonical, and not of small order. */
bool cm_ed25519_public_ok(const uint8_t public_key[CM_ED25519_PUBLIC]);

#endif
