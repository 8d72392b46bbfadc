#include <string.h>

#include "codec/utf8.h"
#include "script/lex.h"
#include "script/script.h"
#include "script/url.h"

#define HOST_MAX 253u

static const struct scheme {
	const char *name;
	uint16_t port;
} schemes[] = { { "https", 443 }, { "http", 80 }, { "wss", 443 }, { "ws", 80 } };

static uint8_t
byte_at(struct cm_span s, size_t at)
{
	return at < s.len ? s.ptr[at] : 0;
}

static bool
is_quote(uint8_t c)
{
	return c == '"' || c == '\'' || c == '`';
}

/* The scheme whose ":" stands before ${at}; sets where it begins. */
static const struct scheme *
scheme_before(struct cm_span text, size_t at, size_t *from)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t len = strlen(schemes[i].name);

		if (at < len + 1 || text.ptr[at - 1] != ':' ||
		    strncasecmp((const char *)text.ptr + at - 1 - len, schemes[i].name, len) != 0)
			continue;
		*from = at - 1 - len;
		if (*from == 0 || !cm_lex_is_word(text.ptr[*from - 1]))
			return schemes + i;
	}
	return NULL;
}

static bool
is_authority(uint8_t c)
{
	return cm_lex_is_word(c) || c >= 0x80 || (c != 0 && strchr("-.:@%~!$&+=[]", c) != NULL);
}

/* May ${c} stand in a path or query?  Brackets may, if they are closed. */
static bool
is_rest(uint8_t c)
{
	return c > ' ' && c != 0x7f && !is_quote(c) && strchr("<>\\{}|^", c) == NULL;
}

/* The length of what ${s} begins with and may stand in a URL; ends before ${stop}s as well. */
static size_t
rest_length(struct cm_span s, const char *stop)
{
	size_t at = 0, open = 0, n;

	while (at < s.len && at < CM_SCRIPT_URL) {
		uint8_t c = s.ptr[at];

		if (!is_rest(c) || strchr(stop, c) != NULL || (c == ')' && open == 0))
			break;
		n = cm_utf8_len(cm_span_part(s, at, 4));
		if (n == 0 || at + n > CM_SCRIPT_URL)
			break;
		open += c == '(';
		open -= c == ')';
		at += n;
	}
	return at;
}

/* A full stop or comma behind a URL in prose is not the URL's. */
static size_t
without_prose(struct cm_span s, uint8_t next)
{
	size_t len = s.len;

	while (!is_quote(next) && len > 0 && strchr(".,;:!", s.ptr[len - 1]) != NULL)
		len--;
	return len;
}

static bool
read_port(struct cm_span s, uint16_t *port)
{
	uint32_t v = 0;

	if (s.len == 0)
		return true;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9' || i == 5)
			return false;
		v = v * 10 + (uint32_t)(s.ptr[i] - '0');
	}
	*port = (uint16_t)v;
	return v >= 1 && v <= UINT16_MAX;
}

static bool
is_host(struct cm_span host)
{
	size_t n;

	if (host.len == 0 || host.len > HOST_MAX || host.ptr[0] == '.' || host.ptr[0] == '-')
		return false;
	for (size_t i = 0; i < host.len; i += n) {
		uint8_t c = host.ptr[i];

		n = cm_utf8_len(cm_span_part(host, i, 4));
		if (n == 0 || (n == 1 && !cm_lex_is_word(c) && c != '-' && c != '.'))
			return false;
	}
	return true;
}

/* [2001:db8::1] */
static bool
is_address6(struct cm_span host)
{
	if (host.len < 4 || host.len > 47 || host.ptr[0] != '[' || host.ptr[host.len - 1] != ']')
		return false;
	for (size_t i = 1; i + 1 < host.len; i++)
		if (host.ptr[i] == 0 || strchr("0123456789abcdefABCDEF:.", host.ptr[i]) == NULL)
			return false;
	return true;
}

static bool
read_authority(struct cm_url *u)
{
	struct cm_span a = u->authority, port = { 0 };
	const uint8_t *user = a.len == 0 ? NULL : memrchr(a.ptr, '@', a.len), *p;

	if (user != NULL)
		a = cm_span_part(a, (size_t)(user - a.ptr) + 1, a.len);
	u->authority = a;
	if (a.len == 0)
		return false;
	p = a.ptr[0] == '[' ? memchr(a.ptr, ']', a.len) : a.ptr;
	p = p == NULL ? NULL : memchr(p, ':', (size_t)(a.ptr + a.len - p));
	if (p != NULL) {
		port = cm_span_part(a, (size_t)(p - a.ptr) + 1, a.len);
		a.len = (size_t)(p - a.ptr);
	}
	if (a.len > 1 && a.ptr[a.len - 1] == '.')
		a.len--;
	u->host = a;
	return read_port(port, &u->port) && (is_host(a) || is_address6(a));
}

/* Does the text go on building the name that ends at ${to}: "http://www." + name? */
static bool
is_unfinished(struct cm_span text, size_t to, bool open)
{
	uint8_t quote = byte_at(text, to);

	if (to == text.len)
		return open;
	if (!is_quote(quote))
		return quote == '\\' || quote == '{';
	do
		to++;
	while (to < text.len && cm_lex_is_space(text.ptr[to]));
	return byte_at(text, to) == '+' ||
	       (byte_at(text, to) == '.' && byte_at(text, to + 1) == 'c');
}

/* A host without scheme must look like a name: a dot, and letters behind the last one. */
static bool
is_name(struct cm_span host)
{
	const uint8_t *dot = memrchr(host.ptr, '.', host.len);
	uint8_t c = dot == NULL ? 0 : byte_at(host, (size_t)(dot - host.ptr) + 1);

	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* The URL whose "//" stands at ${at}. */
static bool
url_at(struct cm_span text, bool open, size_t at, struct cm_url *u)
{
	const struct scheme *s = scheme_before(text, at, &u->from);
	size_t to = u->to, n;

	u->scheme = s == NULL ? "" : s->name;
	u->port = s == NULL ? 0 : s->port;
	if (s == NULL) {
		uint8_t before = at == 0 ? 0 : text.ptr[at - 1];

		if (!is_quote(before) && before != '=' && before != '(')
			return false;
		u->from = at;
	}
	u->authority.len = without_prose(u->authority, byte_at(text, to));
	if (!read_authority(u) || (s == NULL && !is_name(u->host)))
		return false;
	if (byte_at(text, to) != '/' && byte_at(text, to) != '?' && is_unfinished(text, to, open))
		return false;
	n = byte_at(text, to) == '/' ? rest_length(cm_span_part(text, to, text.len), "?#") : 0;
	u->path = cm_span_part(text, to, n);
	to += n;
	if (byte_at(text, to) == '?') {
		n = rest_length(cm_span_part(text, to + 1, text.len), "#");
		u->query = cm_span_part(text, to + 1, n);
		to += n + 1;
		u->query.len = without_prose(u->query, byte_at(text, to));
	} else {
		u->path.len = without_prose(u->path, byte_at(text, to));
	}
	u->to = to;
	return true;
}

/* Moves to the next "//" and behind what may be a name there; false: there is none. */
static bool
next_slashes(struct cm_url_walk *w, size_t *begin)
{
	struct cm_span rest = cm_span_part(w->text, w->at, w->text.len);
	const uint8_t *p = rest.len == 0 ? NULL : memmem(rest.ptr, rest.len, "//", 2);
	size_t from = w->at;

	w->at = w->text.len;
	if (p != NULL) {
		*begin = (size_t)(p - w->text.ptr);
		w->at = *begin + 2;
		while (w->at < w->text.len && is_authority(w->text.ptr[w->at]))
			w->at++;
	}
	w->looked += w->at - from;
	return p != NULL;
}

bool
cm_url_next(struct cm_url_walk *w, struct cm_url *out)
{
	size_t begin;

	while (next_slashes(w, &begin)) {
		*out = (struct cm_url) { .to = w->at };
		out->authority = cm_span_part(w->text, begin + 2, w->at - begin - 2);
		if (!url_at(w->text, w->open, begin, out))
			continue;
		w->looked += out->to - w->at;
		if (begin >= w->end) {
			w->end = out->to;
			w->inside = 0;
		} else if (++w->inside == CM_URL_INSIDE) {
			w->at = w->end > w->at ? w->end : w->at;
		}
		return true;
	}
	return false;
}
