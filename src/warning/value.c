/* Values, in the one form in which they are compared. */
#include <arpa/inet.h>
#include <string.h>

#include "warning/state.h"

size_t
cm_warning_fold(struct cm_span text, char *out)
{
	size_t i;

	if (text.len > 0 && text.ptr[text.len - 1] == '.')
		text.len--;
	if (text.len > CM_WARNING_VALUE)
		return 0;
	for (i = 0; i < text.len; i++) {
		char c = (char)text.ptr[i];

		out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return text.len;
}

void
cm_warning_mask(uint8_t *addr, size_t len, unsigned bits)
{
	for (size_t i = 0; i < len; i++) {
		unsigned keep = bits >= 8 * (i + 1) ? 8 : bits > 8 * i ? bits - (unsigned)(8 * i) : 0;

		addr[i] = (uint8_t)(addr[i] & (0xff00u >> keep));
	}
}

bool
cm_warning_address(struct cm_span text, uint8_t addr[16], size_t *len)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char copy[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof(copy) || memchr(text.ptr, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	*len = 4;
	if (inet_pton(AF_INET, copy, addr) == 1)
		return true;
	if (inet_pton(AF_INET6, copy, addr) != 1)
		return false;
	*len = 16;
	if (memcmp(addr, mapped, sizeof(mapped)) == 0) {
		memmove(addr, addr + 12, 4);
		*len = 4;
	}
	return true;
}

/* Hexadecimal digits of MD5, SHA-1, SHA-224, SHA-256, SHA-384 or SHA-512. */
static bool
is_hash(struct cm_span s)
{
	if (s.len != 32 && s.len != 40 && s.len != 56 && s.len != 64 && s.len != 96 && s.len != 128)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (memchr("0123456789abcdefABCDEF", s.ptr[i], 22) == NULL)
			return false;
	return true;
}

enum cm_warning_kind
cm_warning_kind_of(struct cm_span text, uint8_t addr[16], size_t *addr_len)
{
	if (cm_warning_address(text, addr, addr_len))
		return CM_WARNING_ADDRESS;
	return is_hash(text) ? CM_WARNING_HASH : CM_WARNING_HOST;
}
