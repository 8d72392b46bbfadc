#include <string.h>

#include "base/time.h"
#include "codec/json_write.h"
#include "codec/utf8.h"

#define DEPTH_MAX 31

struct cm_jsonw
cm_jsonw_of(struct cm_buf *out, int indent)
{
	return (struct cm_jsonw) { .out = out, .indent = indent };
}

static void
newline(struct cm_jsonw *w)
{
	if (w->indent == 0)
		return;
	cm_buf_add_u8(w->out, '\n');
	for (int i = 0; i < w->depth * w->indent; i++)
		cm_buf_add_u8(w->out, ' ');
}

/* Comma and line break before a value or a key. */
static void
before(struct cm_jsonw *w)
{
	uint32_t bit = 1u << w->depth;

	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->depth == 0)
		return;
	if (w->has_item & bit)
		cm_buf_add(w->out, ", ", w->indent == 0 ? 2 : 1);
	w->has_item |= bit;
	newline(w);
}

static void
open(struct cm_jsonw *w, char c)
{
	before(w);
	cm_buf_add_u8(w->out, (uint8_t)c);
	if (w->depth == DEPTH_MAX) {
		w->out->failed = true;
		return;
	}
	w->depth++;
	w->has_item &= ~(1u << w->depth);
}

static void
close(struct cm_jsonw *w, char c)
{
	bool had = w->has_item & (1u << w->depth);

	if (w->depth == 0) {
		w->out->failed = true;
		return;
	}
	w->depth--;
	if (had)
		newline(w);
	cm_buf_add_u8(w->out, (uint8_t)c);
}

void
cm_jsonw_object(struct cm_jsonw *w)
{
	open(w, '{');
}

void
cm_jsonw_object_end(struct cm_jsonw *w)
{
	close(w, '}');
}

void
cm_jsonw_array(struct cm_jsonw *w)
{
	open(w, '[');
}

void
cm_jsonw_array_end(struct cm_jsonw *w)
{
	close(w, ']');
}

static void
escape(struct cm_buf *out, uint8_t c)
{
	switch (c) {
	case '"':
		cm_buf_add_str(out, "\\\"");
		return;
	case '\\':
		cm_buf_add_str(out, "\\\\");
		return;
	case '\n':
		cm_buf_add_str(out, "\\n");
		return;
	case '\r':
		cm_buf_add_str(out, "\\r");
		return;
	case '\t':
		cm_buf_add_str(out, "\\t");
		return;
	default:
		cm_buf_printf(out, "\\u%04x", c);
	}
}

#define EACH_BYTE UINT64_C(0x0101010101010101)
#define TOP_BITS (0x80 * EACH_BYTE)

/* The top bit of each byte that is zero, and perhaps of bytes above one that is. */
static uint64_t
zero_bytes(uint64_t v)
{
	return (v - EACH_BYTE) & ~v & TOP_BITS;
}

static bool
is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* How many bytes from ${s} on stand in a string as they are, eight at a time. */
static size_t
plain_len(struct cm_span s)
{
	size_t n = 0;

	while (s.len - n >= 8) {
		uint64_t v;

		memcpy(&v, s.ptr + n, sizeof(v));
		if (((v | ((v - 0x20 * EACH_BYTE) & ~v)) & TOP_BITS) != 0 ||
		    zero_bytes(v ^ '"' * EACH_BYTE) != 0 || zero_bytes(v ^ '\\' * EACH_BYTE) != 0 ||
		    zero_bytes(v ^ 0x7f * EACH_BYTE) != 0)
			break;
		n += 8;
	}
	while (n < s.len && is_plain(s.ptr[n]))
		n++;
	return n;
}

/* What is not plain: one character. */
static size_t
put_character(struct cm_buf *out, struct cm_span s)
{
	size_t n = cm_utf8_len(s);

	if (n == 0) {
		cm_buf_add_str(out, "\xef\xbf\xbd");
		return 1;
	}
	if (n == 1)
		escape(out, s.ptr[0]);
	else
		cm_buf_add(out, s.ptr, n);
	return n;
}

void
cm_jsonw_span(struct cm_jsonw *w, struct cm_span s)
{
	uint8_t *p;

	before(w);
	if (plain_len(s) == s.len) {
		p = cm_buf_grow(w->out, s.len + 2);
		if (p == NULL)
			return;
		p[0] = '"';
		if (s.len > 0)
			memcpy(p + 1, s.ptr, s.len);
		p[s.len + 1] = '"';
		return;
	}
	cm_buf_add_u8(w->out, '"');
	while (s.len > 0) {
		size_t n = plain_len(s);

		if (n > 0)
			cm_buf_add(w->out, s.ptr, n);
		else
			n = put_character(w->out, s);
		s.ptr += n;
		s.len -= n;
	}
	cm_buf_add_u8(w->out, '"');
}

void
cm_jsonw_str(struct cm_jsonw *w, const char *text)
{
	if (text == NULL)
		cm_jsonw_null(w);
	else
		cm_jsonw_span(w, cm_span_str(text));
}

void
cm_jsonw_key(struct cm_jsonw *w, const char *name)
{
	size_t n = strlen(name);
	uint8_t *p;

	if (plain_len(cm_span_str(name)) != n) {
		cm_jsonw_str(w, name);
		cm_buf_add_str(w->out, ": ");
		w->after_key = true;
		return;
	}
	before(w);
	p = cm_buf_grow(w->out, n + 4);
	if (p == NULL)
		return;
	p[0] = '"';
	memcpy(p + 1, name, n);
	memcpy(p + 1 + n, "\": ", 3);
	w->after_key = true;
}

void
cm_jsonw_hex(struct cm_jsonw *w, struct cm_span bytes)
{
	before(w);
	cm_buf_add_u8(w->out, '"');
	cm_buf_add_hex(w->out, bytes);
	cm_buf_add_u8(w->out, '"');
}

static void
put_number(struct cm_jsonw *w, bool negative, uint64_t v)
{
	uint8_t text[21];
	size_t at = sizeof(text);

	do {
		text[--at] = (uint8_t)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	if (negative)
		text[--at] = '-';
	before(w);
	cm_buf_add(w->out, text + at, sizeof(text) - at);
}

void
cm_jsonw_int(struct cm_jsonw *w, int64_t v)
{
	put_number(w, v < 0, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void
cm_jsonw_uint(struct cm_jsonw *w, uint64_t v)
{
	put_number(w, false, v);
}

void
cm_jsonw_bool(struct cm_jsonw *w, bool v)
{
	before(w);
	cm_buf_add_str(w->out, v ? "true" : "false");
}

void
cm_jsonw_null(struct cm_jsonw *w)
{
	before(w);
	cm_buf_add_str(w->out, "null");
}

void
cm_jsonw_kstr(struct cm_jsonw *w, const char *name, const char *text)
{
	cm_jsonw_key(w, name);
	cm_jsonw_str(w, text);
}

void
cm_jsonw_kbuf(struct cm_jsonw *w, const char *name, const struct cm_buf *value)
{
	cm_jsonw_key(w, name);
	cm_jsonw_span(w, cm_buf_span(value));
	w->out->failed |= !cm_buf_ok(value);
}

void
cm_jsonw_kint(struct cm_jsonw *w, const char *name, int64_t v)
{
	cm_jsonw_key(w, name);
	cm_jsonw_int(w, v);
}

void
cm_jsonw_kuint(struct cm_jsonw *w, const char *name, uint64_t v)
{
	cm_jsonw_key(w, name);
	cm_jsonw_uint(w, v);
}

void
cm_jsonw_ktime(struct cm_jsonw *w, const char *name, bool known, int64_t t_ns)
{
	char text[CM_TIME_TEXT];

	cm_time_text(t_ns, text);
	cm_jsonw_kstr(w, name, known ? text : NULL);
}

void
cm_jsonw_kbool(struct cm_jsonw *w, const char *name, bool v)
{
	cm_jsonw_key(w, name);
	cm_jsonw_bool(w, v);
}

void
cm_jsonw_khex(struct cm_jsonw *w, const char *name, struct cm_span bytes)
{
	cm_jsonw_key(w, name);
	cm_jsonw_hex(w, bytes);
}
