#include <string.h>

#include "seal/slices.h"

/* The text, where the scanner stands, and whether it all made sense. */
struct scan {
	struct cm_span in;
	size_t at;
};

static int
peek(const struct scan *s)
{
	return s->at < s->in.len ? s->in.ptr[s->at] : -1;
}

static bool
take(struct scan *s, int byte)
{
	if (peek(s) != byte)
		return false;
	s->at++;
	return true;
}

static void
white(struct scan *s)
{
	int b = peek(s);

	while (b == ' ' || b == '\t' || b == '\n' || b == '\r') {
		s->at++;
		b = peek(s);
	}
}

static bool
is_digit(int b)
{
	return b >= '0' && b <= '9';
}

static bool
is_hex(int b)
{
	return is_digit(b) || (b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F');
}

static bool
escape(struct scan *s)
{
	int b = peek(s), i;

	if (b < 0 || strchr("\"\\/bfnrtu", b) == NULL || b == 0)
		return false;
	s->at++;
	for (i = 0; b == 'u' && i < 4; i++) {
		if (!is_hex(peek(s)))
			return false;
		s->at++;
	}
	return true;
}

/* A string; ${out} gets what is between its quotes, raw. */
static bool
string(struct scan *s, struct cm_span *out)
{
	size_t from;
	int b;

	if (!take(s, '"'))
		return false;
	from = s->at;
	while ((b = peek(s)) != '"') {
		if (b < 0x20)
			return false;
		s->at++;
		if (b == '\\' && !escape(s))
			return false;
	}
	*out = cm_span_part(s->in, from, s->at - from);
	s->at++;
	return true;
}

static bool
digits(struct scan *s)
{
	if (!is_digit(peek(s)))
		return false;
	while (is_digit(peek(s)))
		s->at++;
	return true;
}

static bool
number(struct scan *s)
{
	take(s, '-');
	if (!take(s, '0') && !digits(s))
		return false;
	if (take(s, '.') && !digits(s))
		return false;
	if (!take(s, 'e') && !take(s, 'E'))
		return true;
	if (!take(s, '+'))
		take(s, '-');
	return digits(s);
}

static bool
word(struct scan *s, const char *text)
{
	size_t len = strlen(text);

	if (s->in.len - s->at < len || memcmp(s->in.ptr + s->at, text, len) != 0)
		return false;
	s->at += len;
	return true;
}

/* A value that is neither object nor array. */
static bool
scalar(struct scan *s)
{
	struct cm_span ignored;

	switch (peek(s)) {
	case '"':
		return string(s, &ignored);
	case 't':
		return word(s, "true");
	case 'f':
		return word(s, "false");
	case 'n':
		return word(s, "null");
	default:
		return number(s);
	}
}

static bool
name_and_colon(struct scan *s, struct cm_span *name)
{
	white(s);
	if (!string(s, name))
		return false;
	white(s);
	return take(s, ':');
}

/* Behind a value inside of something: closes what ends here.  ${close} is the stack of
 * closing bytes, ${depth} its height.  True with depth unchanged or less; false: neither
 * a comma nor the right closing byte stands here. */
static bool
close_up(struct scan *s, const char *close, unsigned *depth)
{
	while (*depth > 0) {
		white(s);
		if (peek(s) == ',')
			return true;
		if (!take(s, close[*depth - 1]))
			return false;
		(*depth)--;
	}
	return true;
}

/* A value, at most ${room} deep. */
static bool
value(struct scan *s, unsigned room)
{
	char close[CM_RECORD_DEPTH];
	unsigned depth = 0;
	struct cm_span name;
	bool first = false; /* something has just been opened, and may be empty */

	do {
		if (!first && depth > 0 && !take(s, ','))
			return false;
		white(s);
		if (first && peek(s) == close[depth - 1]) {
			first = false;
			if (!close_up(s, close, &depth))
				return false;
			continue;
		}
		if (depth > 0 && close[depth - 1] == '}' && !name_and_colon(s, &name))
			return false;
		white(s);
		first = peek(s) == '{' || peek(s) == '[';
		if (first) {
			if (depth == room)
				return false;
			close[depth++] = peek(s) == '{' ? '}' : ']';
			s->at++;
			continue;
		}
		if (!scalar(s) || !close_up(s, close, &depth))
			return false;
	} while (depth > 0);
	return true;
}

/* Columns listed and not met yet; the last one is `rest` and never listed. */
static bool
is_listed(const struct cm_schema *s, struct cm_span name, uint64_t met, size_t *column)
{
	size_t c;

	for (c = 0; c + 1 < s->n; c++) {
		if (met & (uint64_t)1 << c || !cm_span_eq(s->column[c].name, name))
			continue;
		*column = c;
		return true;
	}
	return false;
}

/* The value of the outermost object's member, and the white space around it. */
static bool
member_value(struct scan *s, bool may_miss)
{
	if (may_miss && (peek(s) == ',' || peek(s) == '}'))
		return true;
	white(s);
	if (!value(s, CM_RECORD_DEPTH - 1))
		return false;
	white(s);
	return true;
}

static bool
members(
    const struct cm_schema *schema, struct scan *s, bool holes, struct cm_slice *slice, size_t *n)
{
	struct cm_span name;
	uint64_t met = 0;
	size_t column = 0, from;
	bool listed;

	do {
		if (!name_and_colon(s, &name))
			return false;
		listed = is_listed(schema, name, met, &column);
		from = s->at;
		if (!member_value(s, holes && listed))
			return false;
		if (!listed)
			continue;
		met |= (uint64_t)1 << column;
		slice[(*n)++] = (struct cm_slice) { column, from, s->at - from };
	} while (take(s, ','));
	return take(s, '}');
}

bool
cm_slices_find(const struct cm_schema *schema, struct cm_span line, bool holes,
    struct cm_slice *slice, size_t *n)
{
	struct scan s = { line, 0 };

	*n = 0;
	white(&s);
	if (!take(&s, '{'))
		return false;
	white(&s);
	if (!take(&s, '}') && !members(schema, &s, holes, slice, n))
		return false;
	white(&s);
	return s.at == line.len;
}

bool
cm_slices_is_value(struct cm_span text)
{
	struct scan s = { text, 0 };

	return member_value(&s, false) && s.at == text.len;
}
