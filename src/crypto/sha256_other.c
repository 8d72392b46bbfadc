#include "crypto/sha256_impl.h"

const char cm_sha256_fast_name[] = "none";

bool
cm_sha256_has_fast(void)
{
	return false;
}

void
cm_sha256_compress_fast(uint32_t state[8], const uint8_t *blocks, size_t n)
{
	cm_sha256_compress_portable(state, blocks, n);
}
