#include <stddef.h>
#include <string.h>

#include "charter/plain.h"
#include "codec/utf8.h"

struct range {
	uint32_t first, last;
};

/* Control and format characters, blanks other than U+0020, fillers, selectors, tags, noncharacters (Unicode 15:
 * categories Cc, Cf, Zl, Zp, Zs, property Default_Ignorable_Code_Point). */
static const struct range unseen[] = {
	{ 0x0000, 0x0008 },
	{ 0x000b, 0x001f },
	{ 0x007f, 0x00a0 },
	{ 0x00ad, 0x00ad },
	{ 0x034f, 0x034f },
	{ 0x0600, 0x0605 },
	{ 0x061c, 0x061c },
	{ 0x06dd, 0x06dd },
	{ 0x070f, 0x070f },
	{ 0x0890, 0x0891 },
	{ 0x08e2, 0x08e2 },
	{ 0x115f, 0x1160 },
	{ 0x1680, 0x1680 },
	{ 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },
	{ 0x2000, 0x200f },
	{ 0x2028, 0x202f },
	{ 0x205f, 0x206f },
	{ 0x2800, 0x2800 },
	{ 0x3000, 0x3000 },
	{ 0x3164, 0x3164 },
	{ 0xfdd0, 0xfdef },
	{ 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff },
	{ 0x110bd, 0x110bd },
	{ 0x110cd, 0x110cd },
	{ 0x13430, 0x1345f },
	{ 0x1bca0, 0x1bca3 },
	{ 0x1d159, 0x1d159 },
	{ 0x1d173, 0x1d17a },
	{ 0xe0000, 0x10ffff },
};

/* Those that are put on the letter before. */
static const struct range joining[] = {
	{ 0x0300, 0x036f },
	{ 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff },
	{ 0x20d0, 0x20ff },
	{ 0xfe20, 0xfe2f },
};

static bool
is_in(const struct range *r, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].first && c <= r[i].last)
			return true;
	return false;
}

static bool
is_unseen(uint32_t c)
{
	return is_in(unseen, sizeof(unseen) / sizeof(unseen[0]), c);
}

/* The character of ${len} bytes, which is well-formed. */
static uint32_t
character(const uint8_t *p, size_t len)
{
	static const uint8_t lead[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = p[0] & lead[len];

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3fu);
	return c;
}

enum cm_result
cm_plain_check(struct cm_span text, struct cm_err *err)
{
	size_t line = 1, column = 1, at = 0;
	bool begins = true; /* nothing but tabs and blanks in this line so far */

	while (at < text.len) {
		struct cm_span rest = cm_span_part(text, at, text.len);
		size_t len = cm_utf8_len(rest);
		uint32_t c = len > 0 ? character(rest.ptr, len) : 0;

		if (len == 0)
			return cm_err_at(err, CM_E_MALFORMED, at, "line %zu, column %zu: a byte that is no UTF-8", line, column);
		if (is_unseen(c))
			return cm_err_at(err, CM_E_MALFORMED, at, "line %zu, column %zu: U+%04X, which nobody sees, or sees as something else",
			    line, column, (unsigned)c);
		if (c == '\t' && !begins)
			return cm_err_at(err, CM_E_MALFORMED, at, "line %zu, column %zu: a tab that does not begin the line", line, column);
		if (rest.len >= 4 && memcmp(rest.ptr, "<!--", 4) == 0)
			return cm_err_at(err, CM_E_MALFORMED, at, "line %zu, column %zu: a comment, which viewers hide", line, column);
		begins = c == '\n' || (begins && (c == '\t' || c == ' '));
		column = c == '\n' ? 1 : column + 1;
		line += c == '\n';
		at += len;
	}
	return CM_OK;
}

bool
cm_plain_name(struct cm_span text)
{
	for (size_t at = 0; at < text.len;) {
		struct cm_span rest = cm_span_part(text, at, text.len);
		size_t len = cm_utf8_len(rest);
		uint32_t c = len > 0 ? character(rest.ptr, len) : 0;

		if (len == 0 || c == '\n' || c == '\t' || is_unseen(c) ||
		    is_in(joining, sizeof(joining) / sizeof(joining[0]), c))
			return false;
		at += len;
	}
	return true;
}
