#include "base/hex.h"

void
cm_hex_encode(struct cm_span s, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < s.len; i++) {
		out[2 * i] = digits[s.ptr[i] >> 4];
		out[2 * i + 1] = digits[s.ptr[i] & 15];
	}
}

static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

enum cm_result
cm_hex_decode(struct cm_span text, uint8_t *out, size_t len)
{
	if (text.len / 2 != len || text.len % 2 != 0)
		return CM_E_MALFORMED;
	for (size_t i = 0; i < len; i++) {
		int hi = digit(text.ptr[2 * i]), lo = digit(text.ptr[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return CM_E_MALFORMED;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return CM_OK;
}
