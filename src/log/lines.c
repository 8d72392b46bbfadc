#include <inttypes.h>
#include <string.h>

#include "codec/base64.h"
#include "codec/utf8.h"
#include "log/lines.h"

#define HASH_CHARS 44u

enum cm_result
cm_text_check(struct cm_span text, struct cm_err *err)
{
	size_t len;

	for (size_t at = 0; at < text.len; at += len) {
		len = cm_utf8_len(cm_span_part(text, at, 4));
		if (len == 0)
			return cm_err_at(err, CM_E_MALFORMED, at, "not UTF-8");
		if (text.ptr[at] < 0x20 && text.ptr[at] != '\n')
			return cm_err_at(err, CM_E_MALFORMED, at,
			    "a control character, 0x%02x; only newlines may be there",
			    text.ptr[at]);
	}
	return CM_OK;
}

static struct cm_span
rest(const struct cm_lines *l)
{
	return cm_span_part(l->in, l->at, l->in.len - l->at);
}

enum cm_result
cm_lines_next(struct cm_lines *l, const char *what, struct cm_span *line, struct cm_err *err)
{
	struct cm_span left = rest(l);
	const uint8_t *end = left.len == 0 ? NULL : memchr(left.ptr, '\n', left.len);

	if (left.len == 0)
		return cm_err_at(err, CM_E_MALFORMED, l->at, "ends where %s was expected", what);
	if (end == NULL)
		return cm_err_at(
		    err, CM_E_MALFORMED, l->in.len, "no newline at the end of %s", what);
	*line = cm_span_of(left.ptr, (size_t)(end - left.ptr));
	l->at += line->len + 1;
	return CM_OK;
}

bool
cm_lines_begins(const struct cm_lines *l, const char *word)
{
	struct cm_span left = rest(l);
	size_t n = strlen(word);

	return left.len > n && memcmp(left.ptr, word, n) == 0 && left.ptr[n] == ' ';
}

enum cm_result
cm_lines_value(struct cm_lines *l, const char *word, struct cm_span *value, struct cm_err *err)
{
	size_t n = strlen(word) + 1;
	struct cm_span line;
	enum cm_result r;

	if (!cm_lines_begins(l, word))
		return cm_err_at(err, CM_E_MALFORMED, l->at, "a line `%s ...' was expected", word);
	r = cm_lines_next(l, word, &line, err);
	if (r == CM_OK)
		*value = cm_span_of(line.ptr + n, line.len - n);
	return r;
}

bool
cm_decimal_read(struct cm_span text, uint64_t *out)
{
	uint64_t v = 0;

	if (text.len == 0 || text.len > 19 || (text.ptr[0] == '0' && text.len > 1))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(text.ptr[i] - '0'); /* 19 digits fit */
	}
	if (v > INT64_MAX)
		return false;
	*out = v;
	return true;
}

enum cm_result
cm_lines_number(struct cm_lines *l, const char *word, uint64_t *out, struct cm_err *err)
{
	size_t at = l->at + (word == NULL ? 0 : strlen(word) + 1);
	struct cm_span text;
	enum cm_result r = word == NULL ? cm_lines_next(l, "a number", &text, err)
					: cm_lines_value(l, word, &text, err);

	if (r != CM_OK || cm_decimal_read(text, out))
		return r;
	return cm_err_at(
	    err, CM_E_MALFORMED, at, "not a decimal number without leading zeros, up to 2^63 - 1");
}

enum cm_result
cm_lines_hash(struct cm_lines *l, const char *what, uint8_t out[CM_SHA256_LEN], struct cm_err *err)
{
	size_t at = l->at;
	struct cm_span line;
	enum cm_result r = cm_lines_next(l, what, &line, err);

	if (r != CM_OK || cm_base64_decode_fixed(line, out, CM_SHA256_LEN) == CM_OK)
		return r;
	return cm_err_at(err, CM_E_MALFORMED, at, "%s is not 32 bytes in base64", what);
}

void
cm_lines_put_hash(const uint8_t hash[CM_SHA256_LEN], struct cm_buf *out)
{
	char text[HASH_CHARS + 2];

	cm_base64_encode_fixed(cm_span_of(hash, CM_SHA256_LEN), text);
	text[HASH_CHARS] = '\n';
	cm_buf_add(out, text, HASH_CHARS + 1);
}

enum cm_result
cm_lines_proof(struct cm_lines *l, struct cm_proof *out, struct cm_err *err)
{
	static const char what[] = "a hash of the proof, or the empty line behind it,";
	struct cm_span left;
	enum cm_result r;

	for (out->n = 0;; out->n++) {
		left = rest(l);
		if (left.len > 0 && left.ptr[0] == '\n')
			break;
		if (out->n == CM_PROOF_MAX)
			return cm_err_at(err, CM_E_MALFORMED, l->at,
			    "a proof of more than %u hashes", CM_PROOF_MAX);
		r = cm_lines_hash(l, what, out->hash[out->n], err);
		if (r != CM_OK)
			return r;
	}
	l->at++;
	return CM_OK;
}

void
cm_lines_put_proof(const struct cm_proof *proof, struct cm_buf *out)
{
	for (size_t i = 0; i < proof->n; i++)
		cm_lines_put_hash(proof->hash[i], out);
	cm_buf_add_u8(out, '\n');
}
