#include <zlib.h>

#include "script/inflate.h"

#define STEP ((size_t)64 << 10)

/* zlib's headers are multiples of 31 (RFC 1950 2.2); some servers send deflate without. */
static int
window_of(struct cm_span packed)
{
	if (packed.len >= 2 && packed.ptr[0] == 0x1f && packed.ptr[1] == 0x8b)
		return 15 + 16;
	if (packed.len >= 2 && (packed.ptr[0] & 0x0f) == 8 && cm_get16(packed.ptr) % 31 == 0)
		return 15;
	return -15;
}

/* One step; false at the end.  ${rc}: what zlib said. */
static bool
step(z_stream *z, struct cm_buf *out, int *rc)
{
	size_t room = out->max - out->len < STEP ? out->max - out->len : STEP;
	uint8_t *to = room == 0 ? NULL : cm_buf_grow(out, room);

	if (to == NULL) {
		*rc = out->failed ? Z_MEM_ERROR : Z_BUF_ERROR;
		return false;
	}
	z->next_out = to;
	z->avail_out = (uInt)room;
	*rc = inflate(z, Z_NO_FLUSH);
	out->len -= z->avail_out;
	if (*rc == Z_STREAM_END && z->avail_in >= 2 && z->next_in[0] == 0x1f &&
	    z->next_in[1] == 0x8b)
		*rc = inflateReset(z);
	return *rc == Z_OK;
}

enum cm_result
cm_inflate(struct cm_span packed, struct cm_buf *out, bool *whole)
{
	z_stream z = { 0 };
	int rc;

	*whole = false;
	if (packed.len > UINT32_MAX)
		packed.len = UINT32_MAX;
	if (inflateInit2(&z, window_of(packed)) != Z_OK)
		return CM_E_NOMEM;
	z.next_in = (Bytef *)(uintptr_t)packed.ptr;
	z.avail_in = (uInt)packed.len;
	while (step(&z, out, &rc))
		;
	inflateEnd(&z);
	*whole = rc == Z_STREAM_END;
	return rc == Z_MEM_ERROR ? CM_E_NOMEM : CM_OK;
}
