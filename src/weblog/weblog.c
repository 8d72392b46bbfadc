#include <arpa/inet.h>
#include <stdlib.h>

#include "weblog/weblog_parts.h"

#define GUESS_BYTES ((size_t)64 << 10)
#define GUESS_LINES 200u

const char *
cm_weblog_word(enum cm_weblog_form form)
{
	static const char *const word[] = { "none", "common", "combined", "json" };

	return word[form];
}

CM_RESULT
cm_weblog_new(enum cm_weblog_form form, struct cm_weblog **out)
{
	struct cm_weblog *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return CM_E_NOMEM;
	w->form = form;
	*out = w;
	return CM_OK;
}

void
cm_weblog_free(struct cm_weblog *w)
{
	if (w == NULL)
		return;
	cm_buf_release(&w->room);
	free(w);
}

static bool
ends_line(uint8_t b)
{
	return b == '\n' || b == '\r';
}

CM_RESULT
cm_weblog_line(struct cm_weblog *w, struct cm_span line, struct cm_request *out, struct cm_err *why)
{
	while (line.len > 0 && ends_line(line.ptr[line.len - 1]))
		line.len--;
	if (line.len > CM_WEBLOG_LINE_MAX)
		return cm_err_at(why, CM_E_MALFORMED, CM_WEBLOG_LINE_MAX, "the line is longer than is read");
	cm_buf_clear(&w->room);
	if (!w->raw && line.len > 0 && memchr(line.ptr, '\\', line.len) != NULL && !cm_buf_reserve(&w->room, line.len))
		return CM_E_NOMEM;
	switch (w->form) {
	case CM_WEBLOG_COMMON:
	case CM_WEBLOG_COMBINED:
		return cm_weblog_clf_line(w, line, out, why);
	case CM_WEBLOG_JSON:
		return cm_weblog_json_line(w, line, out, why);
	default:
		return cm_err_set(why, CM_E_MALFORMED, "no log of a web server");
	}
}

/* ---- values ---- */

bool
cm_weblog_lacks(struct cm_span text)
{
	return text.len == 0 || (text.len == 1 && text.ptr[0] == '-');
}

bool
cm_weblog_digits(struct cm_span text, uint64_t *out)
{
	uint64_t v = 0;

	if (text.len == 0 || text.len > 18)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(text.ptr[i] - '0');
	}
	*out = v;
	return true;
}

bool
cm_weblog_decimal(struct cm_span text, int64_t *out)
{
	const uint8_t *point = text.len > 0 ? memchr(text.ptr, '.', text.len) : NULL;
	size_t n = point != NULL ? (size_t)(point - text.ptr) : text.len;
	struct cm_span part = cm_span_part(text, n + 1, 9);
	uint64_t whole, fraction = 0;

	if (!cm_weblog_digits(cm_span_of(text.ptr, n), &whole) || whole >= INT64_MAX / 1000000000)
		return false;
	if (point != NULL && !cm_weblog_digits(part, &fraction))
		return false;
	for (size_t i = part.len; point != NULL && i < 9; i++)
		fraction *= 10;
	*out = (int64_t)(whole * 1000000000u + fraction);
	return true;
}

static bool
ipv4(struct cm_span text, struct cm_host *out)
{
	struct cm_host h = { .net = 4 };
	unsigned v = 0, digits = 0, part = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t b = text.ptr[i];

		if (b == '.' && digits > 0 && part < 3) {
			h.addr[part++] = (uint8_t)v;
			v = digits = 0;
			continue;
		}
		if (b < '0' || b > '9' || ++digits > 3)
			return false;
		v = v * 10 + (b - '0');
		if (v > 255)
			return false;
	}
	if (part != 3 || digits == 0)
		return false;
	h.addr[3] = (uint8_t)v;
	*out = h;
	return true;
}

static bool
ipv6(struct cm_span text, struct cm_host *out)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct cm_host h = { .net = 6 };
	char copy[INET6_ADDRSTRLEN];
	const uint8_t *zone = text.len > 0 ? memchr(text.ptr, '%', text.len) : NULL;
	size_t n = zone != NULL ? (size_t)(zone - text.ptr) : text.len;

	if (n < 2 || n >= sizeof(copy))
		return false;
	memcpy(copy, text.ptr, n);
	copy[n] = 0;
	if (memchr(copy, 0, n) != NULL || inet_pton(AF_INET6, copy, h.addr) != 1)
		return false;
	if (memcmp(h.addr, mapped, sizeof(mapped)) == 0) {
		h.net = 4;
		memmove(h.addr, h.addr + 12, 4);
		memset(h.addr + 4, 0, 12);
	}
	*out = h;
	return true;
}

bool
cm_weblog_host(struct cm_span text, struct cm_host *out)
{
	const uint8_t *colon;

	if (text.len > 0 && text.ptr[0] == '[') {
		const uint8_t *end = memchr(text.ptr, ']', text.len);

		return end != NULL && ipv6(cm_span_of(text.ptr + 1, (size_t)(end - text.ptr) - 1), out);
	}
	colon = text.len > 0 ? memchr(text.ptr, ':', text.len) : NULL;
	if (colon == NULL)
		return ipv4(text, out);
	return ipv6(text, out) || ipv4(cm_span_of(text.ptr, (size_t)(colon - text.ptr)), out);
}

/* Addresses that only the own network has: RFC 1918, 6598, loopback, link-local, unique local. */
static bool
is_private(const struct cm_host *h)
{
	const uint8_t *a = h->addr;

	if (h->net == 6)
		return (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80) ||
		    memcmp(a, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16) == 0;
	return a[0] == 10 || a[0] == 127 || (a[0] == 172 && (a[1] & 0xf0) == 16) || (a[0] == 192 && a[1] == 168) ||
	    (a[0] == 100 && (a[1] & 0xc0) == 64) || (a[0] == 169 && a[1] == 254);
}

void
cm_weblog_forwarded(struct cm_span field, struct cm_host *client)
{
	size_t at = field.len;

	if (client->net == 0 || !is_private(client))
		return;
	while (at > 0 && field.ptr[at - 1] != ',' && field.ptr[at - 1] != ' ')
		at--;
	(void)cm_weblog_host(cm_span_of(field.ptr + at, field.len - at), client);
}

/* ---- guess ---- */

struct tally {
	unsigned lines, common, combined, json;
};

static void
count_line(struct cm_span line, struct tally *t)
{
	struct cm_weblog w = { .raw = true, .form = line.ptr[0] == '{' ? CM_WEBLOG_JSON : CM_WEBLOG_COMBINED };
	struct cm_request r;

	t->lines++;
	if (cm_weblog_line(&w, line, &r, NULL) != CM_OK)
		return;
	if (w.form == CM_WEBLOG_JSON)
		t->json++;
	else if (r.referer_known)
		t->combined++;
	else
		t->common++;
}

enum cm_weblog_form
cm_weblog_guess(struct cm_span head)
{
	struct tally t = { 0 };
	struct cm_span left = cm_span_part(head, 0, GUESS_BYTES);

	while (left.len > 0 && t.lines < GUESS_LINES) {
		const uint8_t *end = memchr(left.ptr, '\n', left.len);
		size_t n = end != NULL ? (size_t)(end - left.ptr) : left.len;

		if (end == NULL && t.lines > 0) /* cut by the end of what we were given */
			break;
		if (n > 0)
			count_line(cm_span_of(left.ptr, n), &t);
		left = n < left.len ? cm_span_of(left.ptr + n + 1, left.len - n - 1) : cm_span_of(NULL, 0);
	}
	if (t.json * 2 > t.lines)
		return CM_WEBLOG_JSON;
	if ((t.common + t.combined) * 2 <= t.lines)
		return CM_WEBLOG_NONE;
	return t.combined >= t.common ? CM_WEBLOG_COMBINED : CM_WEBLOG_COMMON;
}
