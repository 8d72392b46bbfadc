#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hex.h"

bool
cm_buf_make_room(struct cm_buf *b, size_t len)
{
	size_t need, cap;
	uint8_t *p;

	if (__builtin_add_overflow(b->len, len, &need) || (b->max != 0 && need > b->max)) {
		b->failed = b->over = true;
		return false;
	}
	if (need <= b->cap)
		return true;
	cap = b->cap < 64 ? 64 : b->cap;
	while (cap < need)
		cap += cap / 2 > SIZE_MAX - cap ? need - cap : cap / 2;
	p = realloc(b->ptr, cap);
	if (p == NULL) {
		b->failed = true;
		return false;
	}
	b->ptr = p;
	b->cap = cap;
	return true;
}

void
cm_buf_add(struct cm_buf *b, const void *ptr, size_t len)
{
	if (len == 0 || !cm_buf_reserve(b, len))
		return;
	memcpy(b->ptr + b->len, ptr, len);
	b->len += len;
}

void
cm_buf_add_span(struct cm_buf *b, struct cm_span s)
{
	cm_buf_add(b, s.ptr, s.len);
}

void
cm_buf_add_str(struct cm_buf *b, const char *text)
{
	cm_buf_add(b, text, strlen(text));
}

void
cm_buf_add_u8(struct cm_buf *b, uint8_t v)
{
	if (cm_buf_reserve(b, 1))
		b->ptr[b->len++] = v;
}

void
cm_buf_add_u16(struct cm_buf *b, uint16_t v)
{
	uint8_t w[2];

	cm_put16(w, v);
	cm_buf_add(b, w, sizeof(w));
}

void
cm_buf_add_u32(struct cm_buf *b, uint32_t v)
{
	uint8_t w[4];

	cm_put32(w, v);
	cm_buf_add(b, w, sizeof(w));
}

void
cm_buf_add_u64(struct cm_buf *b, uint64_t v)
{
	uint8_t w[8];

	cm_put64(w, v);
	cm_buf_add(b, w, sizeof(w));
}

void
cm_buf_add_hex(struct cm_buf *b, struct cm_span s)
{
	uint8_t *p;

	if (s.len > SIZE_MAX / 2) {
		b->failed = true;
		return;
	}
	p = cm_buf_grow(b, s.len * 2);
	if (p != NULL)
		cm_hex_encode(s, (char *)p);
}

void
cm_buf_printf(struct cm_buf *b, const char *fmt, ...)
{
	va_list ap;
	uint8_t *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !cm_buf_reserve(b, (size_t)n + 1)) {
		b->failed = true;
		return;
	}
	p = b->ptr + b->len;
	va_start(ap, fmt);
	vsnprintf((char *)p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

bool
cm_buf_ok(const struct cm_buf *b)
{
	return !b->failed;
}

struct cm_span
cm_buf_span(const struct cm_buf *b)
{
	return cm_span_of(b->ptr, b->len);
}

const char *
cm_buf_cstr(struct cm_buf *b)
{
	if (!cm_buf_reserve(b, 1))
		return NULL;
	b->ptr[b->len] = 0;
	return (const char *)b->ptr;
}

void
cm_buf_clear(struct cm_buf *b)
{
	b->len = 0;
	b->failed = b->over = false;
}

void
cm_buf_release(struct cm_buf *b)
{
	free(b->ptr);
	*b = (struct cm_buf) { .max = b->max };
}
