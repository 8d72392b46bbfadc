#include <string.h>

#include "codec/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* 1 to 3 bytes to four characters. */
static void
put_quad(struct cm_span s, char out[4])
{
	uint32_t v = (uint32_t)s.ptr[0] << 16;

	if (s.len > 1)
		v |= (uint32_t)s.ptr[1] << 8;
	if (s.len > 2)
		v |= s.ptr[2];
	for (size_t i = 0; i < 4; i++)
		out[i] = i > s.len ? '=' : alphabet[v >> (18 - 6 * i) & 63];
}

void
cm_base64_encode_fixed(struct cm_span s, char *out)
{
	for (size_t at = 0; at < s.len; at += 3, out += 4)
		put_quad(cm_span_part(s, at, 3), out);
	*out = '\0';
}

void
cm_base64_encode(struct cm_span s, struct cm_buf *out)
{
	char quad[4];

	for (size_t at = 0; at < s.len; at += 3) {
		put_quad(cm_span_part(s, at, 3), quad);
		cm_buf_add(out, quad, sizeof(quad));
	}
}

/* 0..63, or -1 */
static int
digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Four characters, the last ${pad} of them padding, to 3 - pad bytes. */
static bool
quad(const uint8_t *p, size_t pad, uint8_t out[3])
{
	uint32_t v = 0;

	for (size_t i = 0; i < 4; i++) {
		int d = i >= 4 - pad ? 0 : digit(p[i]);

		if (d < 0)
			return false;
		v = v << 6 | (uint32_t)d;
	}
	out[0] = (uint8_t)(v >> 16);
	out[1] = (uint8_t)(v >> 8);
	out[2] = (uint8_t)v;
	/* What no byte holds must be zero. */
	return (v & ((1u << (8 * pad)) - 1)) == 0;
}

/* Reads the quad at ${i} to ${out}; gives how many bytes it holds, 0 if it is none. */
static size_t
quad_at(struct cm_span text, size_t i, uint8_t out[3])
{
	const uint8_t *p = text.ptr + i;
	bool last = i + 4 == text.len;
	size_t pad = !last || p[3] != '=' ? 0 : p[2] != '=' ? 1 : 2;

	return quad(p, pad, out) ? 3 - pad : 0;
}

bool
cm_base64_ok(struct cm_span text)
{
	uint8_t b[3];

	if (text.len % 4 != 0)
		return false;
	for (size_t i = 0; i < text.len; i += 4)
		if (quad_at(text, i, b) == 0)
			return false;
	return true;
}

enum cm_result
cm_base64_decode(struct cm_span text, struct cm_buf *out)
{
	uint8_t b[3];

	if (!cm_base64_ok(text))
		return CM_E_MALFORMED;
	for (size_t i = 0; i < text.len; i += 4)
		cm_buf_add(out, b, quad_at(text, i, b));
	explicit_bzero(b, sizeof(b));
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}

size_t
cm_base64_decoded_len(struct cm_span text)
{
	size_t len = text.len / 4 * 3;

	if (len > 0 && text.ptr[text.len - 1] == '=')
		len -= text.ptr[text.len - 2] == '=' ? 2 : 1;
	return len;
}

enum cm_result
cm_base64_decode_fixed(struct cm_span text, uint8_t *out, size_t len)
{
	uint8_t b[3];
	size_t n;

	if (text.len % 4 != 0 || cm_base64_decoded_len(text) != len)
		return CM_E_MALFORMED;
	for (size_t i = 0; i < text.len; i += 4) {
		n = quad_at(text, i, b);
		if (n == 0)
			return CM_E_MALFORMED;
		memcpy(out, b, n);
		out += n;
	}
	explicit_bzero(b, sizeof(b));
	return CM_OK;
}
