/* crypto/hkdf.h -- HMAC-SHA-256 (RFC 2104) and keys made with it (HKDF, RFC 5869), through libsodium.
 *
 * No function allocates or fails; what was secret on the way is wiped. */
#ifndef CM_CRYPTO_HKDF_H
#define CM_CRYPTO_HKDF_H

#include <stdint.h>

#include "base/span.h"

#define CM_HMAC_LEN 32

void cm_hmac_sha256(struct cm_span key, struct cm_span message, uint8_t out[CM_HMAC_LEN]);

/* The first 32 bytes of HKDF-SHA-256, which is one block: no more is needed here.  Each of the three may
 * be empty. */
struct cm_hkdf {
	struct cm_span secret; /* IKM in the RFC */
	struct cm_span salt, info;
};
void cm_hkdf_sha256(const struct cm_hkdf *in, uint8_t out[CM_HMAC_LEN]);

/* Are the ${len} bytes the same?  Takes as long for others. */
bool cm_same_secret(const uint8_t *a, const uint8_t *b, size_t len);

#endif
