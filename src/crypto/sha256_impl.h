/* crypto/sha256_impl.h -- inside of SHA-256, for its own files only. */
#ifndef CM_CRYPTO_SHA256_IMPL_H
#define CM_CRYPTO_SHA256_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern const uint32_t cm_sha256_k[64];

void cm_sha256_compress_portable(uint32_t state[8], const uint8_t *blocks, size_t n);

/* True if this machine has a faster one, which is then
 * cm_sha256_compress_fast; it must not be called otherwise. */
bool cm_sha256_has_fast(void);
void cm_sha256_compress_fast(uint32_t state[8], const uint8_t *blocks, size_t n);
extern const char cm_sha256_fast_name[];

#endif
