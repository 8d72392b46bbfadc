#include <openssl/evp.h>

#include "crypto/sha512.h"

enum cm_result
cm_sha512(struct cm_span message, uint8_t out[CM_SHA512_LEN])
{
	return EVP_Digest(message.ptr, message.len, out, NULL, EVP_sha512(), NULL) == 1
		   ? CM_OK
		   : CM_E_NOMEM;
}
