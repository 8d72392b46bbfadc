#include <string.h>

#include "age/encrypt.h"
#include "age/stream.h"
#include "age/wrap.h"

/* Of the random bytes: file key, nonce, then for each recipient its secret. */
#define FILE_KEY 0
#define NONCE CM_AGE_FILE_KEY
#define EPHEMERAL (CM_AGE_FILE_KEY + CM_AGE_NONCE)

static enum cm_result
put_header(const struct cm_age_encrypt *in, struct cm_buf *out, struct cm_err *err)
{
	struct cm_age_stanza s = { 0 };
	uint8_t mac[32];
	enum cm_result r = CM_OK;

	cm_age_header_begin(out);
	for (size_t i = 0; r == CM_OK && i < in->n; i++) {
		r = cm_age_wrap(&in->to[i], in->random + FILE_KEY, in->random + EPHEMERAL + 32 * i, &s);
		if (r == CM_E_REFUSED)
			return cm_err_set(err, r, "recipient %zu is of small order: everybody could read it", i + 1);
		cm_age_header_stanza(&in->to[i], &s, out);
	}
	cm_age_header_end(out);
	if (r == CM_OK && cm_buf_ok(out)) {
		cm_age_mac(in->random + FILE_KEY, cm_buf_span(out), mac);
		cm_age_header_mac(mac, out);
	}
	cm_buf_add(out, in->random + NONCE, CM_AGE_NONCE);
	return r == CM_OK && !cm_buf_ok(out) ? CM_E_NOMEM : r;
}

/* The box of each chunk is made in ${box}.  Whether it is the last is known by looking a byte further. */
static enum cm_result
put_payload(const struct cm_age_encrypt *in, struct cm_age_stream *s, uint8_t *box, struct cm_err *err)
{
	struct cm_span text;
	uint64_t at = 0;
	bool last = false;
	enum cm_result r = CM_OK;

	while (r == CM_OK && !last) {
		r = in->in.fill(in->in.arg, at, CM_AGE_CHUNK + 1, &text, err);
		if (r != CM_OK)
			return r;
		last = text.len <= CM_AGE_CHUNK;
		text = cm_span_part(text, 0, CM_AGE_CHUNK);
		at += text.len;
		r = cm_age_stream_seal(s, text, last, box);
		if (r == CM_OK)
			r = cm_sink_write(in->out, box, text.len + CM_CHACHA_TAG);
	}
	return r;
}

static enum cm_result
encrypt(const struct cm_age_encrypt *in, struct cm_err *err)
{
	struct cm_age_stream s = cm_age_stream_of(in->random + FILE_KEY, in->random + NONCE);
	struct cm_buf header = { 0 }, box = { 0 };
	uint8_t *room = cm_buf_grow(&box, CM_AGE_BOX);
	enum cm_result r = room != NULL ? put_header(in, &header, err) : CM_E_NOMEM;

	if (r == CM_OK)
		r = cm_sink_write(in->out, header.ptr, header.len);
	if (r == CM_OK)
		r = put_payload(in, &s, room, err);
	cm_age_stream_wipe(&s);
	cm_buf_release(&header);
	cm_buf_release(&box);
	return r == CM_E_NOMEM ? cm_err_set(err, r, "out of memory") : r;
}

enum cm_result
cm_age_encrypt(const struct cm_age_encrypt *in, struct cm_err *err)
{
	enum cm_result r;

	if (in->n == 0)
		r = cm_err_set(err, CM_E_USAGE, "to whom is it to be encrypted?");
	else if (in->n > CM_AGE_STANZAS)
		r = cm_err_set(err, CM_E_LIMIT, "more than %u recipients", CM_AGE_STANZAS);
	else
		r = encrypt(in, err);
	explicit_bzero(in->random, CM_AGE_RANDOM(in->n));
	return r;
}

uint64_t
cm_age_payload_len(uint64_t text)
{
	uint64_t chunks = text == 0 ? 1 : (text - 1) / CM_AGE_CHUNK + 1;

	return CM_AGE_NONCE + text + chunks * CM_CHACHA_TAG;
}
