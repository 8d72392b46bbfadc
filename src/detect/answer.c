#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "capture/mix.h"
#include "capture/request.h"
#include "detect/answer.h"

#define LINES_MAX 64u
#define LAST 64u /* bytes that tell two apart */

/* What the head says, and the body as far as it is here. */
struct head {
	struct cm_span location, type, body;
	uint64_t length;
	bool has_length, chunked, ends;
};

static bool
begins(struct cm_span s, const char *word)
{
	size_t n = strlen(word);

	return s.len >= n && strncasecmp((const char *)s.ptr, word, n) == 0;
}

static bool
contains(struct cm_span s, const char *word)
{
	size_t n = strlen(word);
	int first = tolower((unsigned char)word[0]);

	for (size_t i = 0; i + n <= s.len; i++)
		if (tolower(s.ptr[i]) == first &&
		    strncasecmp((const char *)s.ptr + i, word, n) == 0)
			return true;
	return false;
}

static struct cm_span
value_of(struct cm_span line, size_t name)
{
	struct cm_span v = cm_span_part(line, name, line.len);

	while (v.len > 0 && (v.ptr[0] == ' ' || v.ptr[0] == '\t'))
		v = cm_span_part(v, 1, v.len);
	return v;
}

/* Digits; false: none, or too many. */
static bool
number_of(struct cm_span s, uint64_t *out)
{
	*out = 0;
	if (s.len == 0 || s.len > 12)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!isdigit(s.ptr[i]))
			return false;
		*out = *out * 10 + (uint64_t)(s.ptr[i] - '0');
	}
	return true;
}

static void
read_line(struct head *h, struct cm_span line)
{
	switch (line.len == 0 ? 0 : line.ptr[0] | 0x20) {
	case 'l':
		if (begins(line, "Location:"))
			h->location = value_of(line, 9);
		return;
	case 't':
		if (begins(line, "Transfer-Encoding:"))
			h->chunked = contains(line, "chunked");
		return;
	case 'c':
		if (begins(line, "Content-Type:"))
			h->type = value_of(line, 13);
		else if (begins(line, "Content-Length:"))
			h->has_length = number_of(value_of(line, 15), &h->length);
		return;
	default:
		return;
	}
}

/* Up to the empty line; ${h}->ends is false if there is none. */
static void
read_head(struct cm_span text, struct head *h)
{
	*h = (struct head) { 0 };
	for (unsigned i = 0; i < LINES_MAX; i++) {
		const uint8_t *end = memchr(text.ptr, '\n', text.len);
		struct cm_span line;

		if (end == NULL)
			return;
		line = cm_span_of(text.ptr, (size_t)(end - text.ptr));
		text = cm_span_part(text, line.len + 1, text.len);
		if (line.len > 0 && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (line.len == 0) {
			h->ends = true;
			h->body = text;
			return;
		}
		read_line(h, line);
		if (text.len == 0)
			return;
	}
}

/* ---- sites ---- */

static bool
is_address(struct cm_span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!isdigit(name.ptr[i]) && name.ptr[i] != '.' && name.ptr[i] != ':')
			return false;
	return true;
}

/* Where the last ${labels} labels of ${name} begin. */
static size_t
last_labels(struct cm_span name, unsigned labels)
{
	for (size_t i = name.len; i > 0; i--)
		if (name.ptr[i - 1] == '.' && --labels == 0)
			return i;
	return 0;
}

uint64_t
cm_site_of(struct cm_span name, uint64_t seed)
{
	uint64_t h = cm_mix(seed, 1);
	size_t last, two;

	if (name.len > 0 && name.ptr[name.len - 1] == '.')
		name.len--;
	if (!is_address(name)) {
		last = last_labels(name, 1);
		two = last_labels(name, 2);
		if (name.len - last == 2 && last - two <= 4)
			two = last_labels(name, 3);
		name = cm_span_part(name, two, name.len);
	}
	for (size_t i = 0; i < name.len; i++)
		h = cm_mix(h, (uint64_t)tolower(name.ptr[i]));
	return h;
}

/* ---- where it sends to ---- */

/* The host of the authority at the beginning of ${text}, if it is one of another site. */
static bool
is_elsewhere(struct cm_span text, const struct cm_own *own, uint64_t seed, struct cm_span *to)
{
	size_t n = 0;

	while (n < text.len && text.ptr[n] > ' ' && strchr("\"'<>()\\;", text.ptr[n]) == NULL)
		n++;
	*to = cm_url_host(cm_span_of(text.ptr, n));
	return to->len > 0 && memchr(to->ptr, '.', to->len) != NULL &&
	    cm_site_of(*to, seed) != cm_site_of(own->name, seed);
}

static enum cm_points
redirects(const struct head *h, const struct cm_own *own, uint64_t seed, struct cm_span *to)
{
	static const char *const scheme[] = { "http://", "https://", "//" };

	for (size_t i = 0; i < sizeof(scheme) / sizeof(scheme[0]); i++)
		if (begins(h->location, scheme[i]))
			return is_elsewhere(cm_span_part(h->location, strlen(scheme[i]),
			    h->location.len), own, seed, to) ? CM_POINTS_REDIRECT : CM_POINTS_NOWHERE;
	return CM_POINTS_NOWHERE;
}

/* Does an authority stand behind the // at ${i}, to all appearance? */
static bool
is_url(struct cm_span b, size_t i)
{
	if (i == 0 || b.ptr[i - 1] != ':')
		return i > 0 && memchr("\"'=( ", b.ptr[i - 1], 5) != NULL;
	return (i >= 5 && strncasecmp((const char *)b.ptr + i - 5, "http:", 5) == 0) ||
	    (i >= 6 && strncasecmp((const char *)b.ptr + i - 6, "https:", 6) == 0);
}

/* The first host of another site behind // in the body. */
static bool
body_url(const struct head *h, const struct cm_own *own, uint64_t seed, struct cm_span *to)
{
	const struct cm_span b = h->body;

	for (size_t i = 0, tried = 0; i + 2 < b.len && tried < LINES_MAX; i++) {
		if (b.ptr[i] != '/' || b.ptr[i + 1] != '/' || !is_url(b, i))
			continue;
		tried++;
		if (is_elsewhere(cm_span_part(b, i + 2, b.len), own, seed, to))
			return true;
	}
	*to = cm_span_of(NULL, 0);
	return false;
}

static enum cm_points
page_points(const struct head *h, const struct cm_own *own, uint64_t seed, struct cm_span *to)
{
	bool url = body_url(h, own, seed, to);

	if (contains(h->type, "javascript"))
		return CM_POINTS_CODE;
	if (!url || (h->type.len > 0 && !contains(h->type, "html")))
		return CM_POINTS_NOWHERE;
	if (contains(h->body, "<iframe") || contains(h->body, "<frame"))
		return CM_POINTS_FRAME;
	if (contains(h->body, "<script"))
		return contains(h->body, "location") ? CM_POINTS_REFRESH : CM_POINTS_SCRIPT;
	return contains(h->body, "refresh") ? CM_POINTS_REFRESH : CM_POINTS_NOWHERE;
}

/* ---- what it is apart from names ---- */

static bool
name_at(struct cm_span text, size_t at, struct cm_span name)
{
	return name.len > 1 && text.len - at >= name.len &&
	    strncasecmp((const char *)text.ptr + at, (const char *)name.ptr, name.len) == 0;
}

/* A path of one character is everywhere, and one that goes on is another one. */
static bool
path_at(struct cm_span text, size_t at, struct cm_span path)
{
	size_t end = at + path.len;

	if (path.len < 2 || text.len - at < path.len || memcmp(text.ptr + at, path.ptr, path.len) != 0)
		return false;
	return end == text.len || (text.ptr[end] < 0x80 && !isalnum(text.ptr[end]));
}

/* As cm_mix over the bytes, but with one sign for each place where what was asked for stands. */
static uint64_t
mix_without(uint64_t h, struct cm_span text, const struct cm_own *own)
{
	for (size_t i = 0; i < text.len;) {
		if (name_at(text, i, own->name)) {
			h = cm_mix(h, 0x100);
			i += own->name.len;
		} else if (path_at(text, i, own->path)) {
			h = cm_mix(h, 0x101);
			i += own->path.len;
		} else {
			h = cm_mix(h, text.ptr[i++]);
		}
	}
	return cm_mix(h, 0x102);
}

static uint64_t
template_of(const struct cm_answer *a, const struct head *h, const struct cm_own *own, uint64_t seed)
{
	uint64_t t = cm_mix(cm_mix(seed, a->status), a->points);

	t = mix_without(t, h->location, own);
	t = mix_without(t, h->type, own);
	return mix_without(t, h->body, own) | 1;
}

static bool
is_whole(const struct head *h, uint16_t status, bool cut, bool fin)
{
	if (!h->ends || cut)
		return false;
	if (fin || status == 204 || status == 304)
		return true;
	if (h->has_length)
		return h->length <= h->body.len;
	if (h->chunked)
		return h->body.len >= 5 &&
		    memcmp(h->body.ptr + h->body.len - 5, "0\r\n\r\n", 5) == 0;
	return status >= 300 && status < 400 && h->body.len == 0;
}

bool
cm_answer_read(struct cm_span payload, uint32_t len, bool fin, const struct cm_own *own,
    uint64_t seed, struct cm_answer *out)
{
	struct head h;

	*out = (struct cm_answer) { .status = cm_answer_status(payload) };
	if (out->status == 0)
		return false;
	if (len <= CM_ANSWER_SMALL) {
		read_head(payload, &h);
		out->whole = is_whole(&h, out->status, payload.len < len, fin);
	}
	if (own->name.len == 0 || !out->whole) /* then elsewhere is not known */
		out->points = CM_POINTS_NOWHERE;
	else if (out->status >= 300 && out->status < 400)
		out->points = redirects(&h, own, seed, &out->to);
	else if (out->status == 200 && h.body.len > 0)
		out->points = page_points(&h, own, seed, &out->to);
	if (out->points != CM_POINTS_NOWHERE)
		out->template = template_of(out, &h, own, seed);
	else
		out->template = cm_mix_span(cm_mix(seed, out->status), cm_span_part(payload,
		    payload.len < LAST ? 0 : payload.len - LAST, LAST)) | 1;
	return true;
}
