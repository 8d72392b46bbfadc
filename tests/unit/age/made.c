#include <stdlib.h>
#include <string.h>

#include "made.h"

const uint8_t made_key[CM_AGE_FILE_KEY] = { 42, 42, 42, 42, 42, 42, 42, 42, 42, 42, 42, 42, 42, 42, 42, 42 };
static const uint8_t nonce[CM_AGE_NONCE] = { 9 };

struct cm_age_identity
made_x25519(uint8_t n)
{
	struct cm_age_identity k;
	uint8_t secret[32];

	memset(secret, n, sizeof(secret));
	if (cm_age_identity_of_secret(secret, &k) != CM_OK)
		abort();
	return k;
}

struct cm_age_identity
made_ssh(uint8_t n)
{
	struct cm_age_identity k;
	uint8_t seed[32];

	memset(seed, n, sizeof(seed));
	if (cm_age_identity_of_seed(seed, &k) != CM_OK)
		abort();
	return k;
}

static enum cm_result
to_buf(void *arg, const void *ptr, size_t len)
{
	cm_buf_add(arg, ptr, len);
	return cm_buf_ok(arg) ? CM_OK : CM_E_NOMEM;
}

enum cm_result
made_file(struct cm_span text, const struct cm_age_recipient *to, size_t n, uint8_t fresh, struct cm_buf *out)
{
	uint8_t *random = malloc(CM_AGE_RANDOM(n));
	struct cm_sink sink = { to_buf, out };
	struct cm_age_encrypt in = { to, n, random, cm_source_of_memory(&text), &sink };
	enum cm_result r = CM_E_NOMEM;

	if (random != NULL) {
		for (size_t i = 0; i < CM_AGE_RANDOM(n); i++)
			random[i] = (uint8_t)(fresh + 7 * i);
		r = cm_age_encrypt(&in, NULL);
	}
	for (size_t i = 0; random != NULL && i < CM_AGE_RANDOM(n); i++)
		if (random[i] != 0)
			abort();
	free(random);
	return r;
}

enum cm_result
made_open(struct cm_span file, const struct cm_age_identity *id, size_t n, struct cm_buf *text, struct cm_err *err)
{
	struct cm_sink sink = { to_buf, text };
	struct cm_age_decrypt in = { cm_source_of_memory(&file), id, n, &sink };
	struct cm_age_decrypted out;
	enum cm_result r = cm_age_decrypt(&in, &out, err);

	if (r == CM_OK && (out.bytes != text->len || out.which >= n))
		abort();
	return r;
}

void
made_begin(struct cm_buf *out)
{
	cm_age_header_begin(out);
}

void
made_stanza(const struct cm_age_recipient *to, struct cm_buf *out)
{
	static const uint8_t ephemeral[32] = { 5, 4, 3 };
	struct cm_age_stanza s = { 0 };

	if (cm_age_wrap(to, made_key, ephemeral, &s) != CM_OK)
		abort();
	cm_age_header_stanza(to, &s, out);
}

void
made_end(struct cm_buf *out)
{
	uint8_t mac[32];

	cm_age_header_end(out);
	cm_age_mac(made_key, cm_buf_span(out), mac);
	cm_age_header_mac(mac, out);
	cm_buf_add(out, nonce, sizeof(nonce));
}

void
made_box(uint64_t chunk, bool last, struct cm_span text, struct cm_buf *out)
{
	struct cm_age_stream s = cm_age_stream_of(made_key, nonce);
	uint8_t *box = cm_buf_grow(out, text.len + CM_CHACHA_TAG);

	s.chunk = chunk;
	if (box == NULL || cm_age_stream_seal(&s, text, last, box) != CM_OK)
		abort();
}
