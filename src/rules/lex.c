#include <stdint.h>
#include <string.h>

#include "rules/lex.h"

static bool
is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* The length of the well-formed character at ${at}, 0 if there is none. */
static size_t
character(struct cm_span s, size_t at, uint32_t *out)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t c = s.ptr[at];
	size_t n = c < 0x80 ? 1 : (c & 0xe0) == 0xc0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : (c & 0xf8) == 0xf0 ? 4 : 0;
	uint32_t cp = n == 1 ? c : n == 0 ? 0 : c & (0x7fu >> n);

	if (n == 0 || n > s.len - at)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s.ptr[at + i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (s.ptr[at + i] & 0x3f);
	}
	if (cp < least[n] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*out = cp;
	return n;
}

/* Has it no ink, or turns it the direction of writing? */
static bool
is_hidden(uint32_t cp)
{
	static const struct {
		uint32_t from, to;
	} hidden[] = { { 0, 0x1f }, { 0x7f, 0xa0 }, { 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c },
		{ 0x115f, 0x1160 }, { 0x1680, 0x1680 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x2000, 0x200f },
		{ 0x2028, 0x202f }, { 0x205f, 0x206f }, { 0x2800, 0x2800 }, { 0x3000, 0x3000 }, { 0x3164, 0x3164 },
		{ 0xe000, 0xf8ff }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffd },
		{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff }, { 0xf0000, 0x10ffff } };

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (cp >= hidden[i].from && cp <= hidden[i].to)
			return true;
	return (cp & 0xfffe) == 0xfffe || (cp >= 0xfdd0 && cp <= 0xfdef);
}

static enum cm_result
refuse(const struct cm_rules_lex *l, const char *where, struct cm_err *err)
{
	uint32_t cp;

	if (character(l->text, l->at, &cp) == 0)
		return cm_err_set(err, CM_E_MALFORMED, "line %zu, column %zu: the byte 0x%02x, which is no UTF-8, %s",
		    l->line, l->column, l->text.ptr[l->at], where);
	if (cp > 0x20 && cp < 0x7f)
		return cm_err_set(err, CM_E_MALFORMED, "line %zu, column %zu: %c means nothing %s", l->line, l->column,
		    (char)cp, where);
	return cm_err_set(err, CM_E_MALFORMED, "line %zu, column %zu: the character U+%04X may not stand %s", l->line,
	    l->column, (unsigned)cp, where);
}

static uint8_t
peek(const struct cm_rules_lex *l, size_t ahead)
{
	return ahead < l->text.len - l->at ? l->text.ptr[l->at + ahead] : 0;
}

/* White space; was there an empty line? */
static bool
skip_white(struct cm_rules_lex *l)
{
	unsigned lines = 0;

	while (l->at < l->text.len) {
		uint8_t c = l->text.ptr[l->at];

		if (c != ' ' && c != '\t' && c != '\n' && !(c == '\r' && peek(l, 1) == '\n'))
			break;
		l->column++;
		if (c == '\n') {
			l->line++;
			l->column = 1;
			lines++;
		}
		l->at++;
	}
	return lines > 1;
}

static enum cm_result
take_string(struct cm_rules_lex *l, struct cm_rules_token *out, struct cm_err *err)
{
	uint32_t cp;
	size_t n;

	l->at++;
	l->column++;
	while (l->at < l->text.len && l->text.ptr[l->at] != '"') {
		n = character(l->text, l->at, &cp);
		if (n == 1 && (cp == '\n' || cp == '\r'))
			break;
		if (n == 0 || is_hidden(cp))
			return refuse(l, "in quotes", err);
		l->at += n;
		l->column++;
	}
	if (peek(l, 0) != '"')
		return cm_err_set(err, CM_E_MALFORMED, "line %zu, column %zu: the quotes opened here are not closed in this line",
		    out->line, out->column);
	out->text.len = (size_t)(l->text.ptr + l->at - out->text.ptr) - 1;
	out->text.ptr++;
	l->at++;
	l->column++;
	return CM_OK;
}

static enum cm_result
take_comment(struct cm_rules_lex *l, struct cm_rules_token *out, struct cm_err *err)
{
	size_t from = l->at, to;

	while (l->at < l->text.len && l->text.ptr[l->at] != '\n') {
		uint8_t c = l->text.ptr[l->at];

		if ((c < 0x20 && c != '\t' && !(c == '\r' && peek(l, 1) == '\n')) || c >= 0x7f)
			return refuse(l, "in a comment", err);
		l->at++;
		l->column++;
	}
	for (to = l->at; l->text.ptr[to - 1] == ' ' || l->text.ptr[to - 1] == '\t' || l->text.ptr[to - 1] == '\r'; to--)
		;
	out->text.len = to - from;
	return CM_OK;
}

static void
take_word(struct cm_rules_lex *l, struct cm_rules_token *out)
{
	size_t n = 0;

	while (n < l->text.len - l->at && (is_letter(peek(l, n)) || is_digit(peek(l, n)) || peek(l, n) == '-' ||
	    (peek(l, n) == '+' && out->kind == CM_RULES_WORD)))
		n++;
	out->text.len = n;
	l->at += n;
	l->column += n;
}

static enum cm_result
take_mark(struct cm_rules_lex *l, struct cm_rules_token *out, struct cm_err *err)
{
	uint8_t c = l->text.ptr[l->at];
	bool twofold = peek(l, 1) == '=' && (c == '!' || c == '<' || c == '>');

	if (c == 0 || strchr(":,().=<>!", c) == NULL || (c == '!' && !twofold))
		return refuse(l, "here", err);
	out->text.len = twofold ? 2 : 1;
	l->at += out->text.len;
	l->column += out->text.len;
	return CM_OK;
}

enum cm_result
cm_rules_lex_next(struct cm_rules_lex *l, struct cm_rules_token *out, struct cm_err *err)
{
	bool blank = skip_white(l);
	uint8_t c = peek(l, 0);

	*out = (struct cm_rules_token) { CM_RULES_END, cm_span_part(l->text, l->at, 0), l->line, l->column, blank };
	if (l->at == l->text.len)
		return CM_OK;
	out->text.ptr = l->text.ptr + l->at;
	if (c == '#') {
		out->kind = CM_RULES_COMMENT;
		return take_comment(l, out, err);
	}
	if (c == '"') {
		out->kind = CM_RULES_STRING;
		return take_string(l, out, err);
	}
	if (is_letter(c) || is_digit(c)) {
		out->kind = is_digit(c) ? CM_RULES_NUMBER : CM_RULES_WORD;
		take_word(l, out);
		return peek(l, 0) < 0x80 ? CM_OK : refuse(l, "here", err);
	}
	out->kind = CM_RULES_MARK;
	return take_mark(l, out, err);
}

bool
cm_rules_token_is(const struct cm_rules_token *t, enum cm_rules_token_kind kind, const char *text)
{
	return t->kind == kind && cm_span_eq(t->text, cm_span_str(text));
}
