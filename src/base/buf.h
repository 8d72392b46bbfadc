/* base/buf.h -- bytes that grow, and are owned.
 *
 * struct cm_buf is zero-initialised to be empty and ends with cm_buf_release.
 * A failed append (no memory, or beyond `max`) leaves the content as it was and
 * marks the buffer `failed`; later appends do nothing.  So a writer appends
 * freely and asks cm_buf_ok once at the end. */
#ifndef CM_BASE_BUF_H
#define CM_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

struct cm_buf {
	uint8_t *ptr;
	size_t len;
	size_t cap;
	size_t max; /* 0: no limit */
	bool failed;
	bool over; /* failed, because of max */
};

void cm_buf_add(struct cm_buf *b, const void *ptr, size_t len);
void cm_buf_add_span(struct cm_buf *b, struct cm_span s);
void cm_buf_add_str(struct cm_buf *b, const char *text);
void cm_buf_add_u8(struct cm_buf *b, uint8_t v);
void cm_buf_add_u16(struct cm_buf *b, uint16_t v); /* big-endian */
void cm_buf_add_u32(struct cm_buf *b, uint32_t v);
void cm_buf_add_u64(struct cm_buf *b, uint64_t v);
void cm_buf_add_hex(struct cm_buf *b, struct cm_span s); /* lower case */
void cm_buf_printf(struct cm_buf *b, const char *fmt, ...) CM_PRINTF(2, 3);

/* Is there room for ${len} more bytes?  The second one makes it, if it can. */
bool cm_buf_make_room(struct cm_buf *b, size_t len);

static inline bool
cm_buf_reserve(struct cm_buf *b, size_t len)
{
	if (b->failed)
		return false;
	if (len <= b->cap - b->len && (b->max == 0 || len <= b->max - b->len))
		return true;
	return cm_buf_make_room(b, len);
}

/* Grows by ${len} bytes and returns where to write them; NULL when failed. */
static inline uint8_t *
cm_buf_grow(struct cm_buf *b, size_t len)
{
	uint8_t *p;

	if (!cm_buf_reserve(b, len))
		return NULL;
	p = b->ptr + b->len;
	b->len += len;
	return p;
}

bool cm_buf_ok(const struct cm_buf *b);
struct cm_span cm_buf_span(const struct cm_buf *b);

/* The content with a NUL behind it (not counted in len); NULL when failed. */
const char *cm_buf_cstr(struct cm_buf *b);

void cm_buf_clear(struct cm_buf *b);   /* empty, not failed, memory kept */
void cm_buf_release(struct cm_buf *b); /* empty, memory freed */

#endif
