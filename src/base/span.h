/* base/span.h -- borrowed bytes, and a cursor over them that cannot overrun.
 *
 * A struct cm_span borrows: it never frees, and lives no longer than what it
 * points into.  A struct cm_cursor reads it from front to back.  After a read
 * past the end the cursor is `bad`, every further read gives zero, and nothing
 * was touched beyond the end: a parser reads a whole header and asks once. */
#ifndef CM_BASE_SPAN_H
#define CM_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cm_span {
	const uint8_t *ptr; /* may be NULL when len is 0 */
	size_t len;
};

static inline struct cm_span
cm_span_of(const void *ptr, size_t len)
{
	return (struct cm_span) { ptr, len };
}

struct cm_span cm_span_str(const char *text);
bool cm_span_eq(struct cm_span a, struct cm_span b);

/* The part [from, from+len), cut to what there is. */
static inline struct cm_span
cm_span_part(struct cm_span s, size_t from, size_t len)
{
	if (from >= s.len)
		return cm_span_of(NULL, 0);
	if (len > s.len - from)
		len = s.len - from;
	return cm_span_of(s.ptr + from, len);
}

/* Lexicographic order of unsigned bytes: <0, 0, >0. */
int cm_span_cmp(struct cm_span a, struct cm_span b);

struct cm_cursor {
	struct cm_span in;
	size_t pos; /* never beyond in.len */
	bool bad;   /* a read ran past the end */
};

/* Loads and stores at a place the caller has bounded. */
static inline uint16_t
cm_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
cm_get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t
cm_get64(const uint8_t *p)
{
	return (uint64_t)cm_get32(p) << 32 | cm_get32(p + 4);
}

static inline uint16_t
cm_get16le(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t
cm_get32le(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline void
cm_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
cm_put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static inline void
cm_put64(uint8_t *p, uint64_t v)
{
	cm_put32(p, (uint32_t)(v >> 32));
	cm_put32(p + 4, (uint32_t)v);
}

static inline void
cm_put32le(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

/* ---- the cursor ---- */

static inline struct cm_cursor
cm_cursor_of(struct cm_span in)
{
	return (struct cm_cursor) { in, 0, false };
}

static inline size_t
cm_cursor_left(const struct cm_cursor *c)
{
	return c->bad ? 0 : c->in.len - c->pos;
}

static inline struct cm_span
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

static inline uint8_t
cm_cursor_u8(struct cm_cursor *c)
{
	struct cm_span s = cm_cursor_take(c, 1);

	return c->bad ? 0 : s.ptr[0];
}

/* These three are big-endian. */
static inline uint16_t
cm_cursor_u16(struct cm_cursor *c)
{
	struct cm_span s = cm_cursor_take(c, 2);

	return c->bad ? 0 : cm_get16(s.ptr);
}

static inline uint32_t
cm_cursor_u32(struct cm_cursor *c)
{
	struct cm_span s = cm_cursor_take(c, 4);

	return c->bad ? 0 : cm_get32(s.ptr);
}

static inline uint64_t
cm_cursor_u64(struct cm_cursor *c)
{
	struct cm_span s = cm_cursor_take(c, 8);

	return c->bad ? 0 : cm_get64(s.ptr);
}

#endif
