#include <string.h>

#include "script/literal.h"

#define REPLACEMENT 0xfffdu

static void
put_character(struct cm_buf *out, uint32_t c)
{
	if (c < 0x80) {
		cm_buf_add_u8(out, (uint8_t)c);
		return;
	}
	if (c < 0x800) {
		cm_buf_add_u8(out, (uint8_t)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		cm_buf_add_u8(out, (uint8_t)(0xe0 | c >> 12));
		cm_buf_add_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	} else {
		cm_buf_add_u8(out, (uint8_t)(0xf0 | c >> 18));
		cm_buf_add_u8(out, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		cm_buf_add_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	}
	cm_buf_add_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
}

void
cm_units_end(struct cm_units *u)
{
	if (u->high != 0)
		put_character(u->out, REPLACEMENT);
	u->high = 0;
}

void
cm_units_put(struct cm_units *u, uint32_t unit)
{
	if (u->high != 0 && unit >= 0xdc00 && unit <= 0xdfff) {
		put_character(u->out, 0x10000 + ((u->high - 0xd800) << 10) + (unit - 0xdc00));
		u->high = 0;
		return;
	}
	cm_units_end(u);
	if (unit >= 0xd800 && unit <= 0xdbff)
		u->high = unit;
	else
		put_character(u->out, unit >= 0xdc00 && unit <= 0xdfff ? REPLACEMENT : unit);
}

int32_t
cm_hex_digits(struct cm_span s, size_t n)
{
	int32_t v = 0;

	if (s.len < n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		static const char digits[] = "0123456789abcdef";
		uint8_t c = s.ptr[i] >= 'A' && s.ptr[i] <= 'F' ? s.ptr[i] | 0x20 : s.ptr[i];
		const char *d = c == 0 ? NULL : strchr(digits, c);

		if (d == NULL)
			return -1;
		v = v << 4 | (int32_t)(d - digits);
	}
	return v;
}

/* \u{1F600}: up to six digits. */
static size_t
read_braced(struct cm_span s, struct cm_units *u)
{
	const uint8_t *end = memchr(s.ptr, '}', s.len < 9 ? s.len : 9);
	size_t n = end == NULL ? 0 : (size_t)(end - s.ptr);
	int32_t v = n < 3 ? -1 : cm_hex_digits(cm_span_part(s, 2, n - 2), n - 2);

	if (v < 0 || v > 0x10ffff)
		return 0;
	if (v >= 0x10000) {
		cm_units_put(u, 0xd800 + ((uint32_t)(v - 0x10000) >> 10));
		v = 0xdc00 + ((v - 0x10000) & 0x3ff);
	}
	cm_units_put(u, (uint32_t)v);
	return n + 1;
}

/* The escape in numbers that ${s} begins with, behind its backslash; 0: it is none. */
static size_t
read_number(struct cm_span s, struct cm_units *u)
{
	uint8_t c = s.ptr[0];
	int32_t v;
	size_t n = 0;

	if (c == 'u' && s.len > 1 && s.ptr[1] == '{')
		return read_braced(s, u);
	if (c == 'x' || c == 'u') {
		n = c == 'x' ? 2 : 4;
		v = cm_hex_digits(cm_span_part(s, 1, n), n);
		if (v < 0)
			return 0;
		cm_units_put(u, (uint32_t)v);
		return n + 1;
	}
	for (v = 0; n < 3 && n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '7'; n++) {
		if (v * 8 + (s.ptr[n] - '0') > 255)
			break;
		v = v * 8 + (s.ptr[n] - '0');
	}
	if (n > 0)
		cm_units_put(u, (uint32_t)v);
	return n;
}

/* What stands behind a backslash; gives how much of it that was. */
static size_t
read_escape(struct cm_span s, struct cm_units *u)
{
	static const char letters[] = "ntrbfv", mean[] = "\n\t\r\b\f\v";
	size_t n = read_number(s, u);
	const char *letter;

	if (n > 0)
		return n;
	cm_units_end(u);
	if (s.ptr[0] == '\n')
		return 1;
	if (s.ptr[0] == '\r')
		return s.len > 1 && s.ptr[1] == '\n' ? 2 : 1;
	letter = s.ptr[0] == 0 ? NULL : strchr(letters, s.ptr[0]);
	cm_buf_add_u8(u->out, letter == NULL ? s.ptr[0] : (uint8_t)mean[letter - letters]);
	return 1;
}

void
cm_literal_read(struct cm_span token, struct cm_buf *out)
{
	struct cm_span s = cm_span_part(token, 1, token.len - 2);
	struct cm_units u = { .out = out };

	while (s.len > 0) {
		const uint8_t *slash = memchr(s.ptr, '\\', s.len);
		size_t plain = slash == NULL ? s.len : (size_t)(slash - s.ptr);

		if (plain > 0)
			cm_units_end(&u);
		cm_buf_add(out, s.ptr, plain);
		s = cm_span_part(s, plain + 1, s.len);
		if (s.len > 0)
			s = cm_span_part(s, read_escape(s, &u), s.len);
	}
	cm_units_end(&u);
}

void
cm_literal_write(struct cm_span content, struct cm_buf *out)
{
	cm_buf_add_u8(out, '"');
	for (size_t i = 0; i < content.len; i++) {
		uint8_t c = content.ptr[i];

		if (c == '"' || c == '\\' || c == '\n' || c == '\r')
			cm_buf_add_u8(out, '\\');
		cm_buf_add_u8(out, c == '\n' ? 'n' : c == '\r' ? 'r' : c);
	}
	cm_buf_add_u8(out, '"');
}

bool
cm_literal_hides(struct cm_span token)
{
	for (size_t i = 1; i + 2 < token.len; i++) {
		uint8_t next = token.ptr[i + 1];

		if (token.ptr[i] != '\\')
			continue;
		i++;
		if (next == '0' && !(token.ptr[i + 1] >= '0' && token.ptr[i + 1] <= '7'))
			continue;
		if (next == 0 || strchr("ntrbfv'\"`\\\n\r", next) == NULL)
			return true;
	}
	return false;
}
