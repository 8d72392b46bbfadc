#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dossier/html.h"

size_t
cm_utf8_at(const uint8_t *p, size_t left, uint32_t *cp)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n, i;

	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || left < n)
		return 0;
	*cp = p[0] & (0xffu >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (p[i] & 0x3f);
	}
	if (*cp < least[n] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return n;
}

/* Characters that no honest text of ours needs: controls, and what reorders,
 * joins or hides the text around it. */
static bool
deceives(uint32_t cp)
{
	return (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7f && cp <= 0x9f) || cp == 0xad ||
	    cp == 0x61c || cp == 0x115f || cp == 0x1160 || cp == 0x180e ||
	    (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
	    (cp >= 0x2060 && cp <= 0x206f) || cp == 0x3164 || cp == 0xfeff || cp == 0xffa0 ||
	    (cp >= 0xfff9 && cp <= 0xfffb) || cp >= 0xe0000;
}

static const char *
entity(uint32_t cp)
{
	switch (cp) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
cm_html_span(struct cm_buf *out, struct cm_span text)
{
	size_t i = 0, n;
	uint32_t cp = 0;

	while (i < text.len) {
		n = cm_utf8_at(text.ptr + i, text.len - i, &cp);
		if (n == 0 || deceives(cp))
			cm_buf_add_str(out, "\xef\xbf\xbd");
		else if (entity(cp) != NULL)
			cm_buf_add_str(out, entity(cp));
		else
			cm_buf_add(out, text.ptr + i, n);
		i += n == 0 ? 1 : n;
	}
}

void
cm_html_text(struct cm_buf *out, const char *text)
{
	if (text != NULL)
		cm_html_span(out, cm_span_str(text));
}

void
cm_html_printf(struct cm_buf *out, const char *fmt, ...)
{
	struct cm_buf plain = { 0 };
	va_list ap;
	uint8_t *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = n < 0 ? NULL : cm_buf_grow(&plain, (size_t)n + 1);
	if (p == NULL) {
		out->failed = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf((char *)p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	cm_html_span(out, cm_span_of(p, (size_t)n));
	cm_buf_release(&plain);
}

void
cm_addr_text(struct cm_span addr, char out[CM_ADDR_TEXT])
{
	if (addr.len == 4 && inet_ntop(AF_INET, addr.ptr, out, CM_ADDR_TEXT) != NULL)
		return;
	if (addr.len == 16 && inet_ntop(AF_INET6, addr.ptr, out, CM_ADDR_TEXT) != NULL)
		return;
	memcpy(out, "?", 2);
}

void
cm_html_time(int64_t t_ns, char out[CM_HTML_TIME])
{
	int64_t s = t_ns / 1000000000, us = t_ns % 1000000000;
	time_t t;
	struct tm tm;

	if (us < 0) {
		us += 1000000000;
		s--;
	}
	t = (time_t)s;
	if (gmtime_r(&t, &tm) == NULL) {
		snprintf(out, CM_HTML_TIME, "%" PRId64 " s since 1970", s);
		return;
	}
	snprintf(out, CM_HTML_TIME, "%04d-%02d-%02d %02d:%02d:%02d.%06d UTC", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(us / 1000));
}

const char *
cm_count_text(uint64_t n, char out[CM_COUNT_TEXT])
{
	static const char *const word[] = { "no", "one", "two", "three", "four", "five", "six",
		"seven", "eight", "nine", "ten", "eleven", "twelve" };

	if (n < sizeof(word) / sizeof(word[0]))
		return word[n];
	snprintf(out, CM_COUNT_TEXT, "%" PRIu64, n);
	return out;
}
