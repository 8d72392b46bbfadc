#include "log/entry.h"

#include <string.h>

#include "base/hex.h"
#include "codec/base64.h"
#include "crypto/sha256.h"

#define FINGERPRINT "SHA256:"

void
cm_entry_digest(struct cm_span statement, struct cm_span signature, uint8_t out[32])
{
	struct cm_sha256 h;

	cm_sha256_init(&h);
	cm_sha256_add(&h, statement.ptr, statement.len);
	cm_sha256_add(&h, signature.ptr, signature.len);
	cm_sha256_end(&h, out);
}

void
cm_entry_write(const struct cm_entry *e, struct cm_buf *out)
{
	cm_buf_add_str(out, "comity statement v1\nsha256 ");
	cm_buf_add_hex(out, cm_span_of(e->digest, sizeof(e->digest)));
	cm_buf_add_str(out, "\nkey ");
	cm_buf_add_str(out, e->key);
	cm_buf_add_str(out, "\n");
}

/* Takes ${word}, which stands at the cursor; ${what} is said of it. */
static enum cm_result
take_word(struct cm_cursor *c, const char *word, const char *what, struct cm_err *err)
{
	size_t at = c->pos;

	if (cm_span_eq(cm_cursor_take(c, strlen(word)), cm_span_str(word)))
		return CM_OK;
	return cm_err_at(err, CM_E_MALFORMED, at, "a log entry has %s here", what);
}

static enum cm_result
take_digest(struct cm_cursor *c, uint8_t out[32], struct cm_err *err)
{
	size_t at = c->pos;

	if (cm_hex_decode(cm_cursor_take(c, 64), out, 32) == CM_OK)
		return CM_OK;
	return cm_err_at(
	    err, CM_E_MALFORMED, at, "a log entry has 64 lower-case hexadecimal digits here");
}

/* The fingerprint is base64 of 32 bytes without its pad. */
static enum cm_result
take_key(struct cm_cursor *c, char out[CM_ENTRY_KEY + 1], struct cm_err *err)
{
	const size_t head = strlen(FINGERPRINT), at = c->pos;
	struct cm_span key = cm_cursor_take(c, CM_ENTRY_KEY);
	char padded[CM_ENTRY_KEY + 1];

	if (!c->bad && cm_span_eq(cm_span_part(key, 0, head), cm_span_str(FINGERPRINT))) {
		memcpy(padded, key.ptr, CM_ENTRY_KEY);
		padded[CM_ENTRY_KEY] = '=';
		if (cm_base64_ok(cm_span_of(padded + head, sizeof(padded) - head))) {
			memcpy(out, padded, CM_ENTRY_KEY);
			out[CM_ENTRY_KEY] = '\0';
			return CM_OK;
		}
	}
	return cm_err_at(err, CM_E_MALFORMED, at, "a log entry has a fingerprint here: SHA256:...");
}

enum cm_result
cm_entry_parse(struct cm_span text, struct cm_entry *out, struct cm_err *err)
{
	struct cm_cursor c = cm_cursor_of(text);
	struct cm_entry e = { 0 };
	enum cm_result r =
	    take_word(&c, "comity statement v1\n", "the line \"comity statement v1\"", err);

	if (r == CM_OK)
		r = take_word(&c, "sha256 ", "\"sha256 \"", err);
	if (r == CM_OK)
		r = take_digest(&c, e.digest, err);
	if (r == CM_OK)
		r = take_word(&c, "\nkey ", "a line's end and \"key \"", err);
	if (r == CM_OK)
		r = take_key(&c, e.key, err);
	if (r == CM_OK)
		r = take_word(&c, "\n", "a line's end", err);
	if (r == CM_OK && cm_cursor_left(&c) > 0)
		r = cm_err_at(
		    err, CM_E_MALFORMED, c.pos, "a log entry ends here, after three lines");
	if (r == CM_OK)
		*out = e;
	return r;
}
