#include <string.h>
#include <strings.h>

#include "capture/request.h"

#define METHOD_MAX 17u /* UPDATEREDIRECTREF, the longest that is registered */

/* Four bytes as they stand in the packet, so that one comparison tells most segments off. */
#define FOUR(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* Methods of RFC 9110, PATCH, and WebDAV's that servers on the open net are asked with. */
static bool
begins_with_method(const uint8_t *p)
{
	switch (cm_get32(p)) {
	case FOUR('G', 'E', 'T', ' '):
	case FOUR('P', 'O', 'S', 'T'):
	case FOUR('H', 'E', 'A', 'D'):
	case FOUR('P', 'U', 'T', ' '):
	case FOUR('O', 'P', 'T', 'I'):
	case FOUR('D', 'E', 'L', 'E'):
	case FOUR('P', 'A', 'T', 'C'):
	case FOUR('C', 'O', 'N', 'N'):
	case FOUR('T', 'R', 'A', 'C'):
	case FOUR('P', 'R', 'O', 'P'):
		return true;
	default:
		return false;
	}
}

static bool
is_method(struct cm_span s)
{
	static const char *const known[] = { "GET", "POST", "HEAD", "PUT", "OPTIONS", "DELETE", "PATCH",
		"CONNECT", "TRACE", "PROPFIND", "PROPPATCH" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (cm_span_eq(s, cm_span_str(known[i])))
			return true;
	return false;
}

/* Up to the first byte that no target has: space, control characters. */
static size_t
target_len(struct cm_span s)
{
	size_t n = 0;

	while (n < s.len && s.ptr[n] > 0x20 && s.ptr[n] != 0x7f)
		n++;
	return n;
}

static size_t
find(struct cm_span s, uint8_t b)
{
	const uint8_t *p = s.len > 0 ? memchr(s.ptr, b, s.len) : NULL;

	return p != NULL ? (size_t)(p - s.ptr) : s.len;
}

/* Where the authority begins behind "scheme://"; 0: there is no scheme. */
static size_t
behind_scheme(struct cm_span s)
{
	size_t n = 0;

	while (n < s.len && ((s.ptr[n] | 0x20) >= 'a' && (s.ptr[n] | 0x20) <= 'z'))
		n++;
	if (n == 0 || n + 3 > s.len || memcmp(s.ptr + n, "://", 3) != 0)
		return 0;
	return n + 3;
}

struct cm_span
cm_url_host(struct cm_span text)
{
	size_t at = behind_scheme(text), n;

	text = at < text.len ? cm_span_part(text, at, text.len - at) : cm_span_of(text.ptr, 0);
	for (n = 0; n < text.len && text.ptr[n] > 0x20; n++)
		if (text.ptr[n] == '/' || text.ptr[n] == '?' || text.ptr[n] == '#' || text.ptr[n] == '\\')
			break;
	text.len = n;
	for (n = text.len; n > 0; n--)
		if (text.ptr[n - 1] == '@')
			break;
	text = n > 0 ? cm_span_of(text.ptr + n, text.len - n) : text;
	if (text.len > 0 && text.ptr[0] == '[') {
		text = cm_span_of(text.ptr + 1, text.len - 1);
		text.len = find(text, ']');
		return text;
	}
	text.len = find(text, ':');
	return text;
}

static void
set_target(struct cm_span target, struct cm_request *out)
{
	size_t at = behind_scheme(target);

	out->target = target;
	if (cm_span_eq(out->method, cm_span_str("CONNECT"))) {
		out->host = cm_url_host(target);
		return;
	}
	if (at == 0)
		return;
	out->host = cm_url_host(target);
	while (at < target.len && target.ptr[at] != '/' && target.ptr[at] != '?')
		at++;
	out->target = cm_span_of(target.ptr + at, target.len - at);
}

static bool
is_token(uint8_t b)
{
	return (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
}

bool
cm_request_of_line(struct cm_span line, struct cm_request *out)
{
	size_t n = 0, target;

	while (n < line.len && (is_token(line.ptr[n]) || line.ptr[n] == '-' || line.ptr[n] == '_'))
		n++;
	if (n == 0 || n > 2 * METHOD_MAX || n + 1 >= line.len || line.ptr[n] != ' ')
		return false;
	target = target_len(cm_span_of(line.ptr + n + 1, line.len - n - 1));
	if (target == 0)
		return false;
	out->method = cm_span_of(line.ptr, n);
	set_target(cm_span_of(line.ptr + n + 1, target), out);
	return true;
}

static struct cm_span
trimmed(struct cm_span s)
{
	while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = cm_span_of(s.ptr + 1, s.len - 1);
	while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t' || s.ptr[s.len - 1] == '\r'))
		s.len--;
	return s;
}

/* Is this line of the head the field ${name} ("host:")?  Then its value. */
static bool
field(struct cm_span line, const char *name, size_t n, struct cm_span *out)
{
	if (line.len < n || strncasecmp((const char *)line.ptr, name, n) != 0)
		return false;
	*out = trimmed(cm_span_of(line.ptr + n, line.len - n));
	return true;
}

static void
read_field(struct cm_span line, struct cm_request *out)
{
	struct cm_span v;

	switch (line.ptr[0] | 0x20) {
	case 'h':
		if (out->host.ptr == NULL && field(line, "host:", 5, &v))
			out->host = cm_url_host(v);
		break;
	case 'r':
		if (out->referer.ptr == NULL && field(line, "referer:", 8, &v))
			out->referer = v;
		break;
	case 'u':
		if (out->agent.ptr == NULL && field(line, "user-agent:", 11, &v))
			out->agent = v;
		break;
	case 'c':
		if (field(line, "cookie:", 7, &v))
			out->has_cookie = out->cookie_known = true;
		break;
	default:
		break;
	}
}

static void
read_fields(struct cm_span head, struct cm_request *out)
{
	while (head.len > 0) {
		size_t n = find(head, '\n');
		struct cm_span line = cm_span_of(head.ptr, n);

		if (n == head.len) /* cut: what it says of itself may be half */
			return;
		if (trimmed(line).len == 0) {
			out->cookie_known = out->referer_known = true;
			return;
		}
		read_field(line, out);
		head = cm_span_of(head.ptr + n + 1, head.len - n - 1);
	}
}

/* Method, target and version; false if they are none.  ${*end}: behind the line, or the end. */
static bool
read_line(struct cm_span s, struct cm_request *out, size_t *end)
{
	size_t method = find(cm_span_part(s, 0, METHOD_MAX + 1), ' '), target, at;
	struct cm_span left;

	if (method > METHOD_MAX || method == s.len || !is_method(cm_span_of(s.ptr, method)))
		return false;
	at = method + 1;
	target = target_len(cm_span_of(s.ptr + at, s.len - at));
	if (target == 0)
		return false;
	left = cm_span_of(s.ptr + at + target, s.len - at - target);
	if (memcmp(left.len > 0 ? (const char *)left.ptr : " ", " HTTP/1.", left.len < 8 ? left.len : 8) != 0)
		return false;
	out->method = cm_span_of(s.ptr, method);
	set_target(cm_span_of(s.ptr + at, target), out);
	*end = at + target + find(left, '\n');
	return true;
}

static bool
read_head(const struct cm_packet *p, struct cm_request *out)
{
	struct cm_span s = cm_span_part(p->payload, 0, CM_REQUEST_HEAD_MAX);
	struct cm_request r = { .took_ns = -1 };
	size_t end;

	if (!read_line(s, &r, &end))
		return false;
	r.id = p->id;
	r.t_ns = p->t_ns;
	r.client = p->src;
	r.server = p->dst;
	r.client_port = p->sport;
	r.server_port = p->dport;
	if (end < s.len)
		read_fields(cm_span_of(s.ptr + end + 1, s.len - end - 1), &r);
	*out = r;
	return true;
}

/* Nearly all segments are told off by four bytes, before anything is cleared or copied. */
bool
cm_request_of_packet(const struct cm_packet *p, struct cm_request *out)
{
	if (p->payload.len < 5 || p->proto != 6 || !begins_with_method(p->payload.ptr))
		return false;
	return !p->quoted && !p->fragment && read_head(p, out);
}

uint16_t
cm_answer_status(struct cm_span payload)
{
	const uint8_t *p = payload.ptr;
	uint16_t status;

	if (payload.len < 12 || cm_get32(p) != FOUR('H', 'T', 'T', 'P') || memcmp(p + 4, "/1.", 3) != 0)
		return 0;
	if (p[7] < '0' || p[7] > '9' || p[8] != ' ')
		return 0;
	for (unsigned i = 9; i < 12; i++)
		if (p[i] < '0' || p[i] > '9')
			return 0;
	status = (uint16_t)((p[9] - '0') * 100 + (p[10] - '0') * 10 + (p[11] - '0'));
	return status >= 100 && status < 600 ? status : 0;
}
