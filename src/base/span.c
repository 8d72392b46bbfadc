#include <string.h>

#include "base/span.h"

struct cm_span
cm_span_str(const char *text)
{
	return cm_span_of(text, strlen(text));
}

bool
cm_span_eq(struct cm_span a, struct cm_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

struct cm_span
cm_span_part(struct cm_span s, size_t from, size_t len)
{
	if (from >= s.len)
		return cm_span_of(NULL, 0);
	if (len > s.len - from)
		len = s.len - from;
	return cm_span_of(s.ptr + from, len);
}

int
cm_span_cmp(struct cm_span a, struct cm_span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int d = n == 0 ? 0 : memcmp(a.ptr, b.ptr, n);

	if (d != 0)
		return d;
	return (a.len > b.len) - (a.len < b.len);
}

struct cm_cursor
cm_cursor_of(struct cm_span in)
{
	return (struct cm_cursor) { in, 0, false };
}

size_t
cm_cursor_left(const struct cm_cursor *c)
{
	return c->bad ? 0 : c->in.len - c->pos;
}

struct cm_span
cm_cursor_take(struct cm_cursor *c, size_t len)
{
	struct cm_span s;

	if (c->bad || len > c->in.len - c->pos) {
		c->bad = true;
		return cm_span_of(NULL, 0);
	}
	s = cm_span_of(c->in.ptr + c->pos, len);
	c->pos += len;
	return s;
}

uint8_t
cm_cursor_u8(struct cm_cursor *c)
{
	struct cm_span s = cm_cursor_take(c, 1);

	return c->bad ? 0 : s.ptr[0];
}

uint16_t
cm_cursor_u16(struct cm_cursor *c)
{
	struct cm_span s = cm_cursor_take(c, 2);

	return c->bad ? 0 : cm_get16(s.ptr);
}

uint32_t
cm_cursor_u32(struct cm_cursor *c)
{
	struct cm_span s = cm_cursor_take(c, 4);

	return c->bad ? 0 : cm_get32(s.ptr);
}

uint64_t
cm_cursor_u64(struct cm_cursor *c)
{
	struct cm_span s = cm_cursor_take(c, 8);

	return c->bad ? 0 : cm_get64(s.ptr);
}
