#include "script/lex.h"

enum closer { SINGLE, DOUBLE, BACKTICK, SLASH, COMMENT };

_Static_assert(COMMENT + 1 == CM_LEX_CLOSERS, "one memory for each");

struct cm_lex
cm_lex_of(struct cm_span text, uint64_t *looked)
{
	return (struct cm_lex) { .text = text, .looked = looked };
}

bool
cm_lex_is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

bool
cm_lex_is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name(uint8_t c)
{
	return cm_lex_is_word(c) || c == '$' || c >= 0x80;
}

static uint8_t
byte_at(const struct cm_lex *l, size_t at)
{
	return at < l->text.len ? l->text.ptr[at] : 0;
}

/* Seeks what ends the string or expression that begins at ${from}; 0: nothing does.  A quote that
 * none closes is followed by others that none closes, up to where this one was sought. */
static size_t
seek_end(struct cm_lex *l, size_t from, enum closer how)
{
	uint8_t quote = l->text.ptr[from];
	bool set = false; /* in [..] of an expression, a / is none */
	size_t at;

	if (from < l->hopeless[how])
		return 0;
	for (at = from + 1; at < l->text.len; at++) {
		uint8_t c = l->text.ptr[at];

		if (c == '\\') {
			at++;
			continue;
		}
		if (c == '\n' && how != BACKTICK)
			break;
		if (c == quote && !set)
			break;
		if (how == SLASH && (c == '[' || c == ']'))
			set = c == '[';
	}
	*l->looked += at - from;
	if (at < l->text.len && l->text.ptr[at] == quote)
		return at + 1;
	l->hopeless[how] = at < l->text.len ? at : l->text.len;
	return 0;
}

/* Behind the comment that begins at ${from}; ${from} itself if none does. */
static size_t
skip_comment(struct cm_lex *l, size_t from)
{
	uint8_t before = from > 0 ? l->text.ptr[from - 1] : '\n';
	const uint8_t *p = l->text.ptr + from, *end;
	size_t left = l->text.len - from;

	if (left < 2 || p[0] != '/' || (p[1] != '*' && p[1] != '/'))
		return from;
	if (p[1] == '/') {
		/* Or is it a URL's? */
		if (!cm_lex_is_space(before) && strchr(";{},)", before) == NULL)
			return from;
		end = memchr(p, '\n', left);
		left = end == NULL ? left : (size_t)(end - p);
		*l->looked += left;
		return from + left;
	}
	if (from < l->hopeless[COMMENT])
		return from;
	end = memmem(p + 2, left - 2, "*/", 2);
	*l->looked += end == NULL ? left : (size_t)(end - p);
	if (end == NULL)
		l->hopeless[COMMENT] = l->text.len;
	return end == NULL ? from : (size_t)(end + 2 - l->text.ptr);
}

static void
skip_blank(struct cm_lex *l)
{
	size_t from;

	do {
		from = l->at;
		while (l->at < l->text.len && cm_lex_is_space(l->text.ptr[l->at]))
			l->at++;
		*l->looked += l->at - from;
		if (l->at < l->text.len)
			l->at = skip_comment(l, l->at);
	} while (l->at != from);
}

static struct cm_token
token(struct cm_lex *l, enum cm_lex_kind kind, size_t to)
{
	struct cm_token t = { .kind = kind, .from = l->at, .to = to };

	if (kind == CM_LEX_MARK || kind == CM_LEX_STRING)
		t.mark = l->text.ptr[l->at];
	*l->looked += to - l->at;
	l->at = to;
	l->operand = cm_token_ends_operand(l, t);
	return t;
}

static struct cm_token
quoted(struct cm_lex *l, enum closer how)
{
	enum cm_lex_kind kind = CM_LEX_STRING;
	size_t to = 0;

	/* Hard behind a name or number no string begins: that is the apostrophe of don't. */
	if (!l->operand || l->at == 0 || !cm_lex_is_word(l->text.ptr[l->at - 1]))
		to = seek_end(l, l->at, how);
	if (to == 0)
		return token(l, CM_LEX_MARK, l->at + 1);
	if (how == BACKTICK && memmem(l->text.ptr + l->at, to - l->at, "${", 2) != NULL)
		kind = CM_LEX_TEMPLATE;
	return token(l, kind, to);
}

static struct cm_token
slash(struct cm_lex *l)
{
	uint8_t before = l->at > 0 ? l->text.ptr[l->at - 1] : 0, next = byte_at(l, l->at + 1);
	size_t to = 0;

	/* </script>, <br/>, //host: no expression begins so. */
	if (!l->operand && before != '<' && next != '>' && next != '/' && next != '*')
		to = seek_end(l, l->at, SLASH);
	if (to == 0)
		return token(l, CM_LEX_MARK, l->at + 1);
	while (byte_at(l, to) >= 'a' && byte_at(l, to) <= 'z')
		to++;
	return token(l, CM_LEX_REGEX, to);
}

static struct cm_token
number(struct cm_lex *l)
{
	size_t to = l->at + 1;

	while (is_name(byte_at(l, to)) || (byte_at(l, to) == '.' && is_digit(byte_at(l, to + 1))))
		to++;
	return token(l, CM_LEX_NUMBER, to);
}

struct cm_token
cm_lex_next(struct cm_lex *l)
{
	size_t to;
	uint8_t c;

	skip_blank(l);
	if (l->at >= l->text.len)
		return (struct cm_token) { .kind = CM_LEX_END, .from = l->at, .to = l->at };
	c = l->text.ptr[l->at];
	if (c == '"' || c == '\'')
		return quoted(l, c == '"' ? DOUBLE : SINGLE);
	if (c == '`')
		return quoted(l, BACKTICK);
	if (c == '/')
		return slash(l);
	if (is_digit(c))
		return number(l);
	to = l->at + 1;
	if (!is_name(c))
		return token(l, CM_LEX_MARK, to);
	while (to < l->text.len && is_name(l->text.ptr[to]))
		to++;
	return token(l, CM_LEX_NAME, to);
}

struct cm_token
cm_lex_peek(const struct cm_lex *l)
{
	struct cm_lex ahead = *l;

	return cm_lex_next(&ahead);
}

bool
cm_lex_take(struct cm_lex *l, enum cm_lex_kind kind, struct cm_token *out)
{
	struct cm_lex ahead = *l;

	*out = cm_lex_next(&ahead);
	if (out->kind != kind)
		return false;
	*l = ahead;
	return true;
}

bool
cm_lex_take_mark(struct cm_lex *l, uint8_t mark)
{
	struct cm_lex ahead = *l;
	struct cm_token t = cm_lex_next(&ahead);

	if (t.kind != CM_LEX_MARK || t.mark != mark)
		return false;
	*l = ahead;
	return true;
}

bool
cm_lex_take_name(struct cm_lex *l, const char *name)
{
	struct cm_lex ahead = *l;

	if (!cm_token_is(l, cm_lex_next(&ahead), name))
		return false;
	*l = ahead;
	return true;
}

bool
cm_token_ends_operand(const struct cm_lex *l, struct cm_token t)
{
	static const char *const no_operand[] = { "return", "typeof", "case", "in", "of", "new",
		"delete", "void", "throw", "else", "do", "instanceof" };

	if (t.kind == CM_LEX_MARK)
		return t.mark == ')' || t.mark == ']' || t.mark == '}';
	if (t.kind != CM_LEX_NAME)
		return t.kind != CM_LEX_END;
	if (memchr("rtcinovde", l->text.ptr[t.from], 9) == NULL)
		return true;
	for (size_t i = 0; i < sizeof(no_operand) / sizeof(no_operand[0]); i++)
		if (cm_token_is(l, t, no_operand[i]))
			return false;
	return true;
}

bool
cm_word_among(struct cm_span s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (s.len == strlen(*words) &&
		    (s.len == 0 || strncasecmp((const char *)s.ptr, *words, s.len) == 0))
			return true;
	return false;
}

/* ---- numbers ---- */

#define NUMBER_MAX ((uint64_t)1 << 53)

static int
digit_of(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

static bool
read_digits(struct cm_span text, size_t *at, unsigned base, uint64_t *value)
{
	size_t from = *at;

	for (; *at < text.len && digit_of(text.ptr[*at]) < (int)base; ++*at) {
		*value = *value * base + (uint64_t)digit_of(text.ptr[*at]);
		if (*value > NUMBER_MAX)
			return false;
	}
	return *at > from;
}

/* 1.5E3: the digits behind the point move before it. */
static bool
read_rest(struct cm_span text, size_t at, uint64_t *value)
{
	struct cm_span fraction = { 0 };
	uint64_t places = 0;

	if (at < text.len && text.ptr[at] == '.') {
		size_t from = ++at;

		while (at < text.len && is_digit(text.ptr[at]))
			at++;
		fraction = cm_span_part(text, from, at - from);
	}
	if (at < text.len && (text.ptr[at] | 0x20) == 'e') {
		at++;
		if (!read_digits(text, &at, 10, &places) || places > 16)
			return false;
	}
	for (uint64_t i = 0; i < places; i++) {
		*value = *value * 10 + (i < fraction.len ? (uint64_t)(fraction.ptr[i] - '0') : 0);
		if (*value > NUMBER_MAX)
			return false;
	}
	return at == text.len;
}

bool
cm_lex_number(struct cm_span text, uint64_t *out)
{
	uint64_t value = 0;
	size_t at = 0;

	if (text.len > 2 && text.ptr[0] == '0' && (text.ptr[1] | 0x20) == 'x') {
		at = 2;
		if (!read_digits(text, &at, 16, &value) || at != text.len)
			return false;
	} else if (!read_digits(text, &at, 10, &value) || !read_rest(text, at, &value)) {
		return false;
	}
	*out = value;
	return true;
}
