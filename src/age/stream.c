#include <string.h>

#include "age/stream.h"
#include "crypto/hkdf.h"

void
cm_age_mac(const uint8_t file_key[CM_AGE_FILE_KEY], struct cm_span header, uint8_t out[32])
{
	struct cm_hkdf in = { .secret = cm_span_of(file_key, CM_AGE_FILE_KEY), .info = cm_span_str("header") };
	uint8_t key[CM_HMAC_LEN];

	cm_hkdf_sha256(&in, key);
	cm_hmac_sha256(cm_span_of(key, sizeof(key)), header, out);
	explicit_bzero(key, sizeof(key));
}

struct cm_age_stream
cm_age_stream_of(const uint8_t file_key[CM_AGE_FILE_KEY], const uint8_t nonce[CM_AGE_NONCE])
{
	struct cm_hkdf in = { cm_span_of(file_key, CM_AGE_FILE_KEY), cm_span_of(nonce, CM_AGE_NONCE),
		cm_span_str("payload") };
	struct cm_age_stream s = { .chunk = 0 };

	cm_hkdf_sha256(&in, s.key);
	return s;
}

void
cm_age_stream_wipe(struct cm_age_stream *s)
{
	explicit_bzero(s, sizeof(*s));
}

/* Eleven bytes of number, one that says whether it is the last. */
static void
put_nonce(const struct cm_age_stream *s, bool last, uint8_t out[CM_CHACHA_NONCE])
{
	memset(out, 0, CM_CHACHA_NONCE);
	cm_put64(out + 3, s->chunk);
	out[11] = last ? 1 : 0;
}

enum cm_result
cm_age_stream_seal(struct cm_age_stream *s, struct cm_span text, bool last, uint8_t *box)
{
	uint8_t nonce[CM_CHACHA_NONCE];
	enum cm_result r;

	put_nonce(s, last, nonce);
	r = cm_chacha_seal(s->key, nonce, text, box);
	s->chunk += r == CM_OK;
	return r;
}

enum cm_result
cm_age_stream_open(struct cm_age_stream *s, struct cm_span box, bool last, uint8_t *text)
{
	uint8_t nonce[CM_CHACHA_NONCE];
	enum cm_result r;

	put_nonce(s, last, nonce);
	r = cm_chacha_open(s->key, nonce, box, text);
	s->chunk += r == CM_OK;
	return r;
}
