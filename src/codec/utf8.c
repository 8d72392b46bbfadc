#include "codec/utf8.h"

size_t
cm_utf8_len(struct cm_span s)
{
	uint8_t c = s.len > 0 ? s.ptr[0] : 0;
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (n == 0 || n > s.len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s.ptr[i] & 0xc0) != 0x80)
			return 0;
	if ((c == 0xe0 && s.ptr[1] < 0xa0) || (c == 0xed && s.ptr[1] > 0x9f) ||
	    (c == 0xf0 && s.ptr[1] < 0x90) || (c == 0xf4 && s.ptr[1] > 0x8f))
		return 0;
	return n;
}
