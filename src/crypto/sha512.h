/* crypto/sha512.h -- SHA-512 (FIPS 180-4) through OpenSSL; SSHSIG needs it once a statement. */
#ifndef CM_CRYPTO_SHA512_H
#define CM_CRYPTO_SHA512_H

#include "base/result.h"
#include "base/span.h"

#define CM_SHA512_LEN 64

/* CM_E_NOMEM: OpenSSL could not. */
CM_RESULT cm_sha512(struct cm_span message, uint8_t out[CM_SHA512_LEN]);

#endif
