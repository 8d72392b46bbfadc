#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/leaks.h"

struct cm_leak_host {
	uint8_t len; /* 0: empty slot */
	uint8_t addr[16];
};

static size_t
place(const uint8_t *addr, uint8_t len, size_t cap)
{
	uint64_t h = len;
	uint8_t i;

	for (i = 0; i < len; i += 4)
		h = (h ^ cm_get32(addr + i)) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(h >> 24) & (cap - 1);
}

static struct cm_leak_host *
find(struct cm_leak_host *host, size_t cap, const uint8_t *addr, uint8_t len)
{
	size_t i;

	for (i = place(addr, len, cap); host[i].len != 0; i = (i + 1) & (cap - 1)) {
		if (host[i].len == len && memcmp(host[i].addr, addr, len) == 0)
			return &host[i];
	}
	return &host[i];
}

static bool
begins_so(const struct cm_leak_prefix *p, const uint8_t *addr)
{
	unsigned whole = p->bits / 8u, left = p->bits % 8u;

	return memcmp(addr, p->addr, whole) == 0 &&
	    (left == 0 || addr[whole] >> (8 - left) == p->addr[whole] >> (8 - left));
}

static bool
has_prefix(const struct cm_leaks *l, const uint8_t *addr, uint8_t len)
{
	size_t i;

	for (i = 0; i < l->n_prefix; i++)
		if (l->prefix[i].len == len && begins_so(&l->prefix[i], addr))
			return true;
	return false;
}

static bool
has_bit(const uint8_t *begins, uint8_t a, uint8_t b)
{
	return begins != NULL && (begins[a * 32u + b / 8u] & 1u << b % 8u) != 0;
}

/* Most offsets of a payload begin no address that is looked for: that is seen by two bytes. */
static bool
hidden(const struct cm_leaks *l, const uint8_t *addr, uint8_t len)
{
	if (!has_bit(l->begins[len == 16], addr[0], addr[1]))
		return false;
	return (l->n_host != 0 && find(l->host, l->cap_host, addr, len)->len != 0) || has_prefix(l, addr, len);
}

static CM_RESULT
note_beginning(struct cm_leaks *l, const uint8_t *addr, uint8_t len)
{
	uint8_t **begins = &l->begins[len == 16];

	if (*begins == NULL)
		*begins = calloc(1, 65536 / 8);
	if (*begins == NULL)
		return CM_E_NOMEM;
	(*begins)[addr[0] * 32u + addr[1] / 8u] |= (uint8_t)(1u << addr[1] % 8u);
	return CM_OK;
}

CM_RESULT
cm_leaks_hide_prefix(struct cm_leaks *l, struct cm_leak_prefix prefix)
{
	size_t cap = l->cap_prefix == 0 ? 16 : 2 * l->cap_prefix;
	struct cm_leak_prefix *p = l->prefix;

	if (l->n_prefix == l->cap_prefix) {
		p = realloc(l->prefix, cap * sizeof(*p));
		if (p == NULL)
			return CM_E_NOMEM;
		l->prefix = p;
		l->cap_prefix = cap;
	}
	l->prefix[l->n_prefix++] = prefix;
	return note_beginning(l, prefix.addr, prefix.len);
}

static CM_RESULT
grow_hosts(struct cm_leaks *l)
{
	size_t cap = l->cap_host == 0 ? 64 : 2 * l->cap_host, i;
	struct cm_leak_host *p;

	if (2 * (l->n_host + 1) <= l->cap_host)
		return CM_OK;
	p = calloc(cap, sizeof(*p));
	if (p == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < l->cap_host; i++) {
		if (l->host[i].len != 0)
			*find(p, cap, l->host[i].addr, l->host[i].len) = l->host[i];
	}
	free(l->host);
	l->host = p;
	l->cap_host = cap;
	return CM_OK;
}

CM_RESULT
cm_leaks_hide(struct cm_leaks *l, struct cm_span addr)
{
	static const uint8_t none[16], all[4] = { 0xff, 0xff, 0xff, 0xff };
	struct cm_leak_host *h;
	enum cm_result rc;

	if ((addr.len != 4 && addr.len != 16) || memcmp(addr.ptr, none, addr.len) == 0 ||
	    (addr.len == 4 && memcmp(addr.ptr, all, 4) == 0))
		return CM_OK;
	rc = grow_hosts(l);
	if (rc != CM_OK)
		return rc;
	rc = note_beginning(l, addr.ptr, (uint8_t)addr.len);
	if (rc != CM_OK)
		return rc;
	h = find(l->host, l->cap_host, addr.ptr, (uint8_t)addr.len);
	if (h->len == 0) {
		h->len = (uint8_t)addr.len;
		memcpy(h->addr, addr.ptr, addr.len);
		l->n_host++;
	}
	return CM_OK;
}

CM_RESULT
cm_leaks_share(struct cm_leaks *l, const struct cm_leaks *from)
{
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < from->cap_host; i++) {
		if (from->host[i].len != 0)
			rc = cm_leaks_hide(l, cm_span_of(from->host[i].addr, from->host[i].len));
	}
	return rc;
}

enum cm_result
cm_leaks_note(struct cm_leaks *l, struct cm_leak place)
{
	struct cm_leak *p;

	l->n++;
	if (l->n_list == CM_LEAKS_LISTED)
		return CM_OK;
	if (l->n_list == l->cap_list) {
		l->cap_list = l->cap_list == 0 ? 16 : 2 * l->cap_list;
		p = realloc(l->list, l->cap_list * sizeof(*p));
		if (p == NULL)
			return CM_E_NOMEM;
		l->list = p;
	}
	l->list[l->n_list++] = place;
	return CM_OK;
}

static CM_RESULT
note(struct cm_leaks *l, struct cm_leak where, size_t offset, const char *form)
{
	where.offset = offset;
	where.form = form;
	return cm_leaks_note(l, where);
}

static void
swap4(const uint8_t in[4], uint8_t out[4])
{
	out[0] = in[3];
	out[1] = in[2];
	out[2] = in[1];
	out[3] = in[0];
}

/* Whose four bytes are looked for: NULL, anybody's; else of these two. */
struct own {
	struct cm_span src, dst;
};

static bool
is_own(const struct own *o, const uint8_t four[4])
{
	return o == NULL || (o->src.len == 4 && memcmp(o->src.ptr, four, 4) == 0) ||
	    (o->dst.len == 4 && memcmp(o->dst.ptr, four, 4) == 0);
}

static const char *
at_binary(const struct cm_leaks *l, struct cm_span v, const struct own *o)
{
	uint8_t back[4];

	if (v.len >= 16 && hidden(l, v.ptr, 16))
		return "binary";
	if (v.len < 4)
		return NULL;
	if (is_own(o, v.ptr) && hidden(l, v.ptr, 4))
		return "binary";
	swap4(v.ptr, back);
	return is_own(o, back) && hidden(l, back, 4) ? "swapped" : NULL;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Value of a digit, plus 1; 0: it is none.  Asked of every byte that is looked through. */
static const uint8_t digit_of[256] = { ['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8,
	['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16 };

static int
nibble(uint8_t c)
{
	return digit_of[c] - 1;
}

/* Four numbers with dots, or with dashes as provider names have them. */
static bool
read_dotted(struct cm_span v, uint8_t out[4])
{
	size_t i = 0, k, digits;
	unsigned n;

	for (k = 0; k < 4; k++) {
		for (n = 0, digits = 0; i < v.len && digits < 3 && is_digit(v.ptr[i]); i++, digits++)
			n = 10 * n + (unsigned)(v.ptr[i] - '0');
		if (digits == 0 || n > 255)
			return false;
		out[k] = (uint8_t)n;
		if (k < 3 && (i >= v.len || (v.ptr[i] != '.' && v.ptr[i] != '-')))
			return false;
		i++;
	}
	return i > v.len || !is_digit(v.ptr[i - 1]);
}

/* ${len} bytes as digits; ${gap} 1: every digit but the last has a dot behind it. */
static bool
read_hex(struct cm_span v, uint8_t *out, size_t len, size_t gap)
{
	size_t i;
	int d;

	if (v.len < 2 * len + gap * (2 * len - 1))
		return false;
	memset(out, 0, len);
	for (i = 0; i < 2 * len; i++) {
		d = nibble(v.ptr[i * (1 + gap)]);
		if (d < 0 || (gap != 0 && i + 1 < 2 * len && v.ptr[2 * i + 1] != '.'))
			return false;
		out[i / 2] = (uint8_t)(out[i / 2] << 4 | d);
	}
	return true;
}

/* The longest spelling of an IPv6 address that begins here. */
static bool
read_ipv6(struct cm_span v, uint8_t out[16])
{
	char text[INET6_ADDRSTRLEN];
	size_t n = 0;
	bool colon = false;

	while (n < v.len && n < sizeof(text) - 1 &&
	    (nibble(v.ptr[n]) >= 0 || v.ptr[n] == ':' || v.ptr[n] == '.')) {
		colon |= v.ptr[n] == ':';
		text[n] = (char)v.ptr[n];
		n++;
	}
	if (!colon)
		return false;
	for (; n >= 2; n--) {
		text[n] = 0;
		if (inet_pton(AF_INET6, text, out) == 1)
			return true;
	}
	return false;
}

/* What stands here can not be such a spelling, which is seen by a byte or two: of most places it can not. */

static bool
no_dotted(struct cm_span v)
{
	size_t i;

	if (v.len < 7 || !is_digit(v.ptr[0]))
		return true;
	for (i = 1; i < 4 && is_digit(v.ptr[i]); i++)
		;
	return v.ptr[i] != '.' && v.ptr[i] != '-';
}

static bool
no_hex(struct cm_span v, size_t digits)
{
	return v.len < digits || nibble(v.ptr[digits - 1]) < 0 || nibble(v.ptr[digits / 2]) < 0;
}

static bool
no_ipv6(struct cm_span v)
{
	size_t i;

	for (i = 0; i < v.len && i < 4 && nibble(v.ptr[i]) >= 0; i++)
		;
	return i >= v.len || v.ptr[i] != ':';
}

static const char *
at_text4(const struct cm_leaks *l, struct cm_span v, bool starts)
{
	uint8_t a[4], back[4];

	if (starts && !no_dotted(v) && read_dotted(v, a)) {
		swap4(a, back);
		if (hidden(l, a, 4))
			return "dotted";
		if (hidden(l, back, 4))
			return "reversed";
	}
	if (!no_hex(v, 8) && read_hex(v, a, 4, 0)) {
		swap4(a, back);
		if (hidden(l, a, 4) || hidden(l, back, 4))
			return "hexadecimal";
	}
	return NULL;
}

static const char *
at_text16(const struct cm_leaks *l, struct cm_span v, bool starts)
{
	uint8_t a[16], back[16];
	size_t i;

	if (!no_hex(v, 32) && read_hex(v, a, 16, 0) && hidden(l, a, 16))
		return "hexadecimal";
	if (!starts)
		return NULL;
	if (!no_ipv6(v) && read_ipv6(v, a) && hidden(l, a, 16))
		return "text";
	if (v.len < 63 || v.ptr[1] != '.' || !read_hex(v, a, 16, 1))
		return NULL;
	for (i = 0; i < 16; i++)
		back[i] = (uint8_t)(a[15 - i] << 4 | a[15 - i] >> 4);
	return hidden(l, back, 16) ? "reversed" : NULL;
}

/* Can an address in binary begin at ${i}, either way round?  Asked of every byte, and mostly it can not. */
static bool
may_be_binary(const struct cm_leaks *l, struct cm_span v, size_t i)
{
	const uint8_t *p = v.ptr + i;

	if (v.len - i < 4)
		return false;
	return has_bit(l->begins[0], p[0], p[1]) || has_bit(l->begins[0], p[3], p[2]) || has_bit(l->begins[1], p[0], p[1]);
}

static const char *
at_text(const struct cm_leaks *l, struct cm_span value, size_t i)
{
	struct cm_span rest = cm_span_part(value, i, value.len - i);
	bool starts = i == 0 || nibble(value.ptr[i - 1]) < 0;
	const char *form = at_text4(l, rest, i == 0 || !is_digit(value.ptr[i - 1]));

	return form != NULL ? form : at_text16(l, rest, starts);
}

static CM_RESULT
search(struct cm_leaks *l, struct cm_span value, const struct own *own, struct cm_leak where)
{
	const char *form;
	size_t i;
	enum cm_result rc = CM_OK;

	if (l->n_host == 0 && l->n_prefix == 0)
		return CM_OK;
	for (i = 0; rc == CM_OK && i < value.len; i++) {
		form = NULL;
		if (may_be_binary(l, value, i))
			form = at_binary(l, cm_span_part(value, i, value.len - i), own);
		if (form == NULL && (digit_of[value.ptr[i]] != 0 || value.ptr[i] == ':'))
			form = at_text(l, value, i);
		if (form != NULL)
			rc = note(l, where, i, form);
	}
	return rc;
}

CM_RESULT
cm_leaks_search(struct cm_leaks *l, struct cm_span value, struct cm_leak where)
{
	return search(l, value, NULL, where);
}

CM_RESULT
cm_leaks_search_headers(struct cm_leaks *l, struct cm_span value, struct cm_span src, struct cm_span dst,
    struct cm_leak where)
{
	const struct own own = { src, dst };

	return search(l, value, &own, where);
}

void
cm_leaks_release(struct cm_leaks *l)
{
	free(l->list);
	free(l->host);
	free(l->prefix);
	free(l->begins[0]);
	free(l->begins[1]);
	*l = (struct cm_leaks) { 0 };
}
