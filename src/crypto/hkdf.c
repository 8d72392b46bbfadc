#include <sodium.h>
#include <string.h>

#include "crypto/hkdf.h"

/* HMAC of two parts joined. */
static void
hmac(struct cm_span key, struct cm_span a, struct cm_span b, uint8_t out[CM_HMAC_LEN])
{
	crypto_auth_hmacsha256_state s;

	crypto_auth_hmacsha256_init(&s, key.ptr, key.len);
	crypto_auth_hmacsha256_update(&s, a.ptr, a.len);
	crypto_auth_hmacsha256_update(&s, b.ptr, b.len);
	crypto_auth_hmacsha256_final(&s, out);
	explicit_bzero(&s, sizeof(s));
}

void
cm_hmac_sha256(struct cm_span key, struct cm_span message, uint8_t out[CM_HMAC_LEN])
{
	hmac(key, message, cm_span_of(NULL, 0), out);
}

void
cm_hkdf_sha256(const struct cm_hkdf *in, uint8_t out[CM_HMAC_LEN])
{
	static const uint8_t one = 1, none[1];
	struct cm_span salt = in->salt.len > 0 ? in->salt : cm_span_of(none, 0);
	uint8_t extracted[CM_HMAC_LEN];

	hmac(salt, in->secret, cm_span_of(NULL, 0), extracted);                             /* 2.2 */
	hmac(cm_span_of(extracted, sizeof(extracted)), in->info, cm_span_of(&one, 1), out); /* T(1) of 2.3 */
	explicit_bzero(extracted, sizeof(extracted));
}

bool
cm_same_secret(const uint8_t *a, const uint8_t *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}
