/* crypto/chacha.h -- ChaCha20-Poly1305 (RFC 8439) without additional data, through libsodium.
 *
 * A box is as long as its text and CM_CHACHA_TAG bytes more.  A key and nonce must never be used for two
 * texts. */
#ifndef CM_CRYPTO_CHACHA_H
#define CM_CRYPTO_CHACHA_H

#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

#define CM_CHACHA_KEY 32
#define CM_CHACHA_NONCE 12
#define CM_CHACHA_TAG 16

/* Writes the box to ${out}, which may be where the text lies.  CM_E_NOMEM: libsodium could not begin. */
CM_RESULT cm_chacha_seal(const uint8_t key[CM_CHACHA_KEY], const uint8_t nonce[CM_CHACHA_NONCE],
    struct cm_span text, uint8_t *out);

/* Writes the text to ${out}.  CM_E_REFUSED: not a box of this key and nonce, and ${out} tells nothing of
 * it.  CM_E_NOMEM. */
CM_RESULT cm_chacha_open(const uint8_t key[CM_CHACHA_KEY], const uint8_t nonce[CM_CHACHA_NONCE],
    struct cm_span box, uint8_t *out);

#endif
