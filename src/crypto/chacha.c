#include <sodium.h>

#include "crypto/chacha.h"

enum cm_result
cm_chacha_seal(const uint8_t key[CM_CHACHA_KEY], const uint8_t nonce[CM_CHACHA_NONCE], struct cm_span text,
    uint8_t *out)
{
	if (sodium_init() < 0)
		return CM_E_NOMEM;
	return crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, text.ptr, text.len, NULL, 0, NULL, nonce,
		   key) == 0
		   ? CM_OK
		   : CM_E_NOMEM;
}

enum cm_result
cm_chacha_open(
    const uint8_t key[CM_CHACHA_KEY], const uint8_t nonce[CM_CHACHA_NONCE], struct cm_span box, uint8_t *out)
{
	if (sodium_init() < 0)
		return CM_E_NOMEM;
	return crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, box.ptr, box.len, NULL, 0, nonce,
		   key) == 0
		   ? CM_OK
		   : CM_E_REFUSED;
}
