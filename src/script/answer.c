/* The body of an HTTP/1 answer: RFC 9112, and RFC 9110 8.4 for what it is packed with. */
#include <string.h>

#include "script/inflate.h"
#include "script/literal.h"
#include "script/script.h"

#define HEAD_MAX ((size_t)64 << 10)
#define INTERIM 4u /* 100 Continue and the like, before the answer */
#define CODINGS 4u /* one packed in the other */

static const char cut_short[] = "what the stream lacks of the body";
static const char too_long[] = "what the body has beyond 8 MiB";

struct head {
	struct cm_span location, packing;
	bool chunked, sized;
	uint64_t size;
};

static bool
is_word(struct cm_span s, const char *word)
{
	return s.len == strlen(word) && strncasecmp((const char *)s.ptr, word, s.len) == 0;
}

static struct cm_span
trimmed(struct cm_span s)
{
	while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = cm_span_part(s, 1, s.len);
	while (s.len > 0 &&
	       (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t' || s.ptr[s.len - 1] == '\r'))
		s.len--;
	return s;
}

/* The part of ${s} up to ${end}, which is left out; ${s} is what stands behind. */
static struct cm_span
take_until(struct cm_span *s, uint8_t end)
{
	const uint8_t *p = s->len == 0 ? NULL : memchr(s->ptr, end, s->len);
	struct cm_span part = cm_span_part(*s, 0, p == NULL ? s->len : (size_t)(p - s->ptr));

	*s = cm_span_part(*s, part.len + 1, s->len);
	return part;
}

static void
read_size(struct cm_span value, struct head *h)
{
	h->size = 0;
	h->sized = value.len > 0 && value.len < 19;
	for (size_t i = 0; i < value.len && h->sized; i++) {
		h->sized = value.ptr[i] >= '0' && value.ptr[i] <= '9';
		h->size = h->size * 10 + (uint64_t)(value.ptr[i] - '0');
	}
}

static void
read_field(struct cm_span line, struct head *h)
{
	struct cm_span name = take_until(&line, ':'), value = trimmed(line);

	if (is_word(name, "location"))
		h->location = value;
	else if (is_word(name, "content-encoding"))
		h->packing = value;
	else if (is_word(name, "content-length"))
		read_size(value, h);
	else if (is_word(name, "transfer-encoding"))
		h->chunked =
		    value.len >= 7 && is_word(cm_span_part(value, value.len - 7, 7), "chunked");
}

static bool
is_answer(struct cm_span s)
{
	return s.len >= 12 && memcmp(s.ptr, "HTTP/1.", 7) == 0;
}

/* Reads the head off ${s}; false if it does not end. */
static bool
read_head(struct cm_span *s, struct head *h)
{
	struct cm_span rest = cm_span_part(*s, 0, HEAD_MAX), line;

	*h = (struct head) { 0 };
	while (rest.len > 0) {
		line = take_until(&rest, '\n');
		if (rest.ptr == NULL && rest.len == 0 && line.ptr + line.len == s->ptr + s->len)
			return false;
		if (trimmed(line).len == 0) {
			*s = cm_span_part(*s, (size_t)(line.ptr - s->ptr) + line.len + 1, s->len);
			return true;
		}
		read_field(line, h);
	}
	return false;
}

/* The length at the beginning of a chunk's line; -1: none, or beyond any body. */
static int64_t
chunk_size(struct cm_span line)
{
	int64_t v = 0;
	size_t i;

	line = trimmed(line);
	for (i = 0; i < line.len && i < 8; i++) {
		int32_t d = cm_hex_digits(cm_span_part(line, i, 1), 1);

		if (d < 0)
			break;
		v = v << 4 | d;
	}
	if (i == 0 || (i < line.len && line.ptr[i] != ';' && line.ptr[i] != ' '))
		return -1;
	return v;
}

/* Chunks of ${s} put together; gives what is missing. */
static const char *
join_chunks(struct cm_span s, struct cm_buf *out)
{
	while (s.len > 0) {
		struct cm_span line = take_until(&s, '\n'), data;
		int64_t size = chunk_size(line);

		if (size < 0)
			return "chunks that are none";
		if (size == 0)
			return NULL;
		data = cm_span_part(s, 0, (size_t)size);
		if (data.len > out->max - out->len) {
			cm_buf_add(out, data.ptr, out->max - out->len);
			return too_long;
		}
		cm_buf_add_span(out, data);
		s = cm_span_part(s, data.len, s.len);
		(void)take_until(&s, '\n');
	}
	return cut_short;
}

static CM_RESULT
keep(struct cm_buf *b, struct cm_arena *arena, struct cm_script_answer *out)
{
	void *copy = b->failed ? NULL : cm_arena_copy(arena, b->ptr, b->len);

	out->body = cm_span_of(copy, copy == NULL ? 0 : b->len);
	cm_buf_release(b);
	return copy == NULL ? CM_E_NOMEM : CM_OK;
}

/* One coding undone: gzip or deflate; others are said. */
static CM_RESULT
unpack(struct cm_span coding, struct cm_arena *arena, struct cm_script_answer *out)
{
	struct cm_buf b = { .max = CM_SCRIPT_BYTES };
	bool whole;

	if (coding.len == 0 || is_word(coding, "identity"))
		return CM_OK;
	if (!is_word(coding, "gzip") && !is_word(coding, "x-gzip") && !is_word(coding, "deflate")) {
		out->body = (struct cm_span) { 0 };
		out->cut = is_word(coding, "br")
			       ? "a body packed with brotli, which is not unpacked here"
			       : "a body packed in a way that is not known here";
		return CM_OK;
	}
	if (cm_inflate(out->body, &b, &whole) != CM_OK) {
		cm_buf_release(&b);
		return CM_E_NOMEM;
	}
	if (!whole && out->cut == NULL)
		out->cut = b.len == b.max ? too_long : cut_short;
	return keep(&b, arena, out);
}

/* What was packed last is unpacked first. */
static CM_RESULT
unpack_all(struct cm_span packing, struct cm_arena *arena, struct cm_script_answer *out)
{
	struct cm_span coding[CODINGS];
	enum cm_result r = CM_OK;
	size_t n = 0;

	while (packing.len > 0 && n < CODINGS)
		coding[n++] = trimmed(take_until(&packing, ','));
	while (n > 0 && r == CM_OK)
		r = unpack(coding[--n], arena, out);
	/* Packed, though nobody says so. */
	if (r == CM_OK && out->body.len > 2 && memcmp(out->body.ptr, "\x1f\x8b\x08", 3) == 0)
		r = unpack(cm_span_str("gzip"), arena, out);
	return r;
}

enum cm_result
cm_script_body(struct cm_span stream, struct cm_arena *arena, struct cm_script_answer *out)
{
	struct head h = { 0 };
	enum cm_result r = CM_OK;

	*out = (struct cm_script_answer) { .body = stream };
	for (unsigned i = 0; i < INTERIM && is_answer(out->body); i++) {
		bool interim = out->body.ptr[9] == '1';

		if (!read_head(&out->body, &h)) {
			out->body = (struct cm_span) { 0 };
			out->cut = "a head that does not end";
		}
		out->location = h.location;
		if (!interim)
			break;
	}
	if (h.chunked) {
		struct cm_buf b = { .max = CM_SCRIPT_BYTES };

		out->cut = join_chunks(out->body, &b);
		r = keep(&b, arena, out);
	} else if (h.sized) {
		if (h.size > out->body.len)
			out->cut = cut_short;
		out->body = cm_span_part(out->body, 0, (size_t)h.size);
	}
	return r == CM_OK ? unpack_all(h.packing, arena, out) : r;
}
