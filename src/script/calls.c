/* Calls of functions that decode: a literal goes in, a literal comes out. */
#include <string.h>

#include "codec/base64.h"
#include "script/literal.h"
#include "script/rewrite.h"

static void
escapes_in(struct cm_rewrite *rw, struct cm_lex *l, struct cm_token t)
{
	if (t.kind != CM_LEX_STRING || !cm_literal_hides(cm_token_text(l, t)))
		return;
	cm_rewrite_literal(rw, t.from, t.to, cm_rewrite_read(l, t, &rw->a));
}

void
cm_pass_escapes(struct cm_rewrite *rw)
{
	struct cm_lex l = cm_rewrite_words(rw);
	struct cm_token t;

	while (!cm_rewrite_failed(rw) && (t = cm_lex_next(&l)).kind != CM_LEX_END)
		escapes_in(rw, &l, t);
}

/* ("literal") */
static bool
take_one_literal(struct cm_lex *l, struct cm_token *literal)
{
	struct cm_lex ahead = *l;

	if (!cm_lex_take_mark(&ahead, '(') || !cm_lex_take(&ahead, CM_LEX_STRING, literal) ||
	    !cm_lex_take_mark(&ahead, ')'))
		return false;
	*l = ahead;
	return true;
}

/* ---- percent ---- */

/* What ${s} begins with, if it is %68 or (unescape only) %u0068: its unit; else -1. */
static int32_t
percent_at(struct cm_span s, bool units, size_t *len)
{
	*len = 3;
	if (s.len > 1 && units && (s.ptr[1] | 0x20) == 'u') {
		*len = 6;
		return cm_hex_digits(cm_span_part(s, 2, 4), 4);
	}
	return cm_hex_digits(cm_span_part(s, 1, 2), 2);
}

/* unescape() makes characters of what it decodes, decodeURI() bytes of UTF-8. */
static void
percent_decode(struct cm_span s, bool units, struct cm_buf *out)
{
	struct cm_units u = { .out = out };

	while (s.len > 0) {
		size_t len = 1;
		int32_t v = s.ptr[0] == '%' ? percent_at(s, units, &len) : -1;

		if (v >= 0 && units) {
			cm_units_put(&u, (uint32_t)v);
		} else {
			cm_units_end(&u);
			len = v >= 0 ? len : 1;
			cm_buf_add_u8(out, v >= 0 ? (uint8_t)v : s.ptr[0]);
		}
		s = cm_span_part(s, len, s.len);
	}
	cm_units_end(&u);
}

void
cm_pass_percent(struct cm_rewrite *rw)
{
	struct cm_lex l = cm_rewrite_words(rw);
	struct cm_token t, literal;

	while (!cm_rewrite_failed(rw) && (t = cm_lex_next(&l)).kind != CM_LEX_END) {
		bool units = cm_token_is(&l, t, "unescape");

		if (!units && !cm_token_is(&l, t, "decodeURIComponent") &&
		    !cm_token_is(&l, t, "decodeURI"))
			continue;
		if (!take_one_literal(&l, &literal))
			continue;
		cm_buf_clear(&rw->b);
		percent_decode(cm_rewrite_read(&l, literal, &rw->a), units, &rw->b);
		cm_rewrite_literal(rw, t.from, l.at, cm_buf_span(&rw->b));
	}
}

/* ---- character codes ---- */

/* 104, 0x68, 100+4, 105^1: left to right, as the script would. */
static bool
take_code(struct cm_lex *l, uint64_t *out)
{
	struct cm_token t;
	uint64_t v;

	if (!cm_lex_take(l, CM_LEX_NUMBER, &t) || !cm_lex_number(cm_token_text(l, t), out))
		return false;
	for (;;) {
		struct cm_token op = cm_lex_peek(l);

		if (op.mark != '+' && op.mark != '-' && op.mark != '^')
			return true;
		(void)cm_lex_next(l);
		if (!cm_lex_take(l, CM_LEX_NUMBER, &t) || !cm_lex_number(cm_token_text(l, t), &v))
			return false;
		/* A script's ^ binds less than its + and -; one of a kind is enough for us. */
		*out = op.mark == '+' ? *out + v : op.mark == '-' ? *out - v : *out ^ v;
		if (op.mark == '^')
			return true;
	}
}

static bool
take_codes(struct cm_lex *l, struct cm_buf *out)
{
	struct cm_units u = { .out = out };
	uint64_t v;

	cm_buf_clear(out);
	if (!cm_lex_take_mark(l, '(') || !take_code(l, &v))
		return false;
	cm_units_put(&u, (uint32_t)(v & 0xffff));
	while (cm_lex_take_mark(l, ',')) {
		if (!take_code(l, &v))
			return false;
		cm_units_put(&u, (uint32_t)(v & 0xffff));
	}
	cm_units_end(&u);
	return cm_lex_take_mark(l, ')');
}

void
cm_pass_codes(struct cm_rewrite *rw)
{
	struct cm_lex l = cm_rewrite_words(rw), ahead;
	struct cm_token t;

	while (!cm_rewrite_failed(rw) && (t = cm_lex_next(&l)).kind != CM_LEX_END) {
		if (!cm_token_is(&l, t, "String"))
			continue;
		ahead = l;
		if (!cm_lex_take_mark(&ahead, '.') || !cm_lex_take_name(&ahead, "fromCharCode") ||
		    !take_codes(&ahead, &rw->a))
			continue;
		l = ahead;
		cm_rewrite_literal(rw, t.from, l.at, cm_buf_span(&rw->a));
	}
}

/* ---- base64 ---- */

/* atob() does without padding, and so do data: URLs; the reader of the house does not. */
static bool
read_base64(struct cm_span text, struct cm_buf *padded, struct cm_buf *out)
{
	cm_buf_clear(padded);
	cm_buf_clear(out);
	for (size_t i = 0; i < text.len; i++)
		if (!cm_lex_is_space(text.ptr[i]))
			cm_buf_add_u8(padded, text.ptr[i]);
	while (padded->len % 4 != 0 && !padded->failed)
		cm_buf_add_u8(padded, '=');
	return cm_base64_decode(cm_buf_span(padded), out) == CM_OK && out->len > 0;
}

void
cm_pass_base64(struct cm_rewrite *rw)
{
	struct cm_lex l = cm_rewrite_words(rw);
	struct cm_token t, literal;

	while (!cm_rewrite_failed(rw) && (t = cm_lex_next(&l)).kind != CM_LEX_END) {
		if (!cm_token_is(&l, t, "atob") || !take_one_literal(&l, &literal))
			continue;
		if (read_base64(cm_rewrite_read(&l, literal, &rw->a), &rw->b, &rw->ab))
			cm_rewrite_literal(rw, t.from, l.at, cm_buf_span(&rw->ab));
	}
}

/* ---- data: URLs ---- */

/* Where the data begins, behind the comma; 0: nothing to read here. */
static size_t
data_begins(struct cm_span url, bool *base64)
{
	static const char *const kinds[] = { "text/", "application/javascript",
		"application/x-javascript", "application/json", "application/xhtml",
		"image/svg+xml" };
	struct cm_span head = cm_span_part(url, 5, 128);
	const uint8_t *comma = head.len == 0 ? NULL : memchr(head.ptr, ',', head.len);

	if (comma == NULL)
		return 0;
	head.len = (size_t)(comma - head.ptr);
	*base64 = head.len >= 7 && memcmp(comma - 7, ";base64", 7) == 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (head.len >= strlen(kinds[i]) &&
		    memcmp(head.ptr, kinds[i], strlen(kinds[i])) == 0)
			return 5 + head.len + 1;
	return 0;
}

/* The URL from ${from} on, to the quote or blank behind it. */
static struct cm_span
data_url(struct cm_span in, size_t from)
{
	size_t to = from;

	while (to < in.len && !cm_lex_is_space(in.ptr[to]) && in.ptr[to] != '"' &&
	       in.ptr[to] != '\'' && in.ptr[to] != '`' && in.ptr[to] != '>' && in.ptr[to] != '\\')
		to++;
	return cm_span_part(in, from, to - from);
}

/* Its content, in blanks, where the URL stood with its quotes. */
static void
data_read(struct cm_rewrite *rw, size_t from, struct cm_span url)
{
	bool base64 = false, quoted;
	size_t begin = data_begins(url, &base64), to = from + url.len;
	struct cm_span data = cm_span_part(url, begin, url.len);

	if (begin == 0 || from < rw->done)
		return;
	cm_buf_clear(&rw->a);
	percent_decode(data, false, &rw->a);
	if (base64 && !read_base64(cm_buf_span(&rw->a), &rw->b, &rw->ab))
		return;
	quoted = from > rw->done && to < rw->in.len && rw->in.ptr[from - 1] == rw->in.ptr[to];
	cm_rewrite_at(rw, from - quoted, to + quoted);
	cm_buf_add_u8(&rw->out, ' ');
	cm_buf_add_span(&rw->out, cm_buf_span(base64 ? &rw->ab : &rw->a));
	cm_buf_add_u8(&rw->out, ' ');
}

void
cm_pass_data(struct cm_rewrite *rw)
{
	size_t at = 0;

	while (!cm_rewrite_failed(rw)) {
		struct cm_span rest = cm_span_part(rw->in, at, rw->in.len), url;
		const uint8_t *p = rest.len == 0 ? NULL : memmem(rest.ptr, rest.len, "data:", 5);
		size_t from = p == NULL ? rw->in.len : (size_t)(p - rw->in.ptr);

		rw->looked += from - at;
		if (p == NULL)
			return;
		url = data_url(rw->in, from);
		rw->looked += url.len;
		data_read(rw, from, url);
		at = from + url.len;
	}
}
