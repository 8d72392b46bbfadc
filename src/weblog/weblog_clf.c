/* Common Log Format and Combined:
 *	[vhost] client ident user [time] "request" status bytes ["referer" "agent" [more]] */
#include "codec/rfc3339.h"
#include "weblog/weblog_parts.h"

#define TOKENS_MAX 64u /* behind the agent */

struct line {
	struct cm_weblog *w;
	struct cm_span all;
	size_t at;
};

static struct cm_span
rest(const struct line *l)
{
	return cm_span_of(l->all.ptr + l->at, l->all.len - l->at);
}

static enum cm_result
wrong(const struct line *l, struct cm_err *why, const char *what)
{
	return cm_err_at(why, CM_E_MALFORMED, l->at, "expected %s", what);
}

/* ---- time ---- */

static int
two(const uint8_t *p)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return -1;
	return (p[0] - '0') * 10 + (p[1] - '0');
}

static int
month_of(const uint8_t *p)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int m = 0; m < 12; m++)
		if (memcmp(p, names + (size_t)m * 3, 3) == 0)
			return m + 1;
	return 0;
}

static bool
clf_time(const uint8_t *p, int64_t *out)
{
	static const char shape[] = "  /   /    :  :  :   ";
	struct cm_date d = { 0 };
	int century = two(p + 7), year = two(p + 9), zh = two(p + 22), zm = two(p + 24);
	int64_t s, ahead;

	for (size_t i = 0; i < sizeof(shape) - 2; i++)
		if (shape[i] != ' ' && p[i] != (uint8_t)shape[i])
			return false;
	if (p[20] != ' ' || (p[21] != '+' && p[21] != '-') || century < 0 || year < 0 || zh < 0 || zm < 0)
		return false;
	d.day = two(p);
	d.month = month_of(p + 3);
	d.year = century * 100 + year;
	d.hour = two(p + 12);
	d.minute = two(p + 15);
	d.second = two(p + 18);
	if (d.second == 60) /* a leap second is the one before again, as in Unix time */
		d.second = 59;
	if (d.year > 2261 || cm_date_to_unix(&d, &s) != CM_OK)
		return false;
	ahead = (zh * 60 + zm) * 60;
	*out = (p[21] == '-' ? s + ahead : s - ahead) * 1000000000;
	return true;
}

bool
cm_weblog_clf_time(struct cm_weblog *w, struct cm_span text, int64_t *out)
{
	if (text.len != CLF_TIME_LEN)
		return false;
	if (w->last[0] == 0 || memcmp(w->last, text.ptr, CLF_TIME_LEN) != 0) {
		if (!clf_time(text.ptr, &w->last_ns)) {
			w->last[0] = 0;
			return false;
		}
		memcpy(w->last, text.ptr, CLF_TIME_LEN);
	}
	*out = w->last_ns;
	return true;
}

/* ---- text in quotes ---- */

static int
hex_of(uint8_t b)
{
	if (b >= '0' && b <= '9')
		return b - '0';
	b |= 0x20;
	return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
}

static uint8_t
letter(uint8_t b)
{
	static const char from[] = "ntrvbf", to[] = "\n\t\r\v\b\f";
	const char *at = b != 0 ? strchr(from, b) : NULL;

	return at != NULL ? (uint8_t)to[at - from] : b;
}

/* \xHH (nginx, httpd), and httpd's \" \\ \n ...; what is none of them stays as it is. */
static struct cm_span
unescaped(struct cm_weblog *w, struct cm_span s)
{
	size_t from = w->room.len, n = 0;
	uint8_t *to;

	if (w->raw || s.len == 0 || memchr(s.ptr, '\\', s.len) == NULL || (to = cm_buf_grow(&w->room, s.len)) == NULL)
		return s;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t b = s.ptr[i];

		if (b == '\\' && i + 3 < s.len && s.ptr[i + 1] == 'x' && hex_of(s.ptr[i + 2]) >= 0 && hex_of(s.ptr[i + 3]) >= 0) {
			b = (uint8_t)(hex_of(s.ptr[i + 2]) << 4 | hex_of(s.ptr[i + 3]));
			i += 3;
		} else if (b == '\\' && i + 1 < s.len) {
			b = letter(s.ptr[++i]);
		}
		to[n++] = b;
	}
	w->room.len = from + n;
	return cm_span_of(to, n);
}

/* The text between the quote at which ${l} stands and the one that ends it; false: none. */
static bool
quoted(struct line *l, struct cm_span *out)
{
	size_t at = l->at + 1;

	if (l->at >= l->all.len || l->all.ptr[l->at] != '"')
		return false;
	for (;;) {
		const uint8_t *q = at < l->all.len ? memchr(l->all.ptr + at, '"', l->all.len - at) : NULL;
		size_t end, slashes = 0;

		if (q == NULL)
			return false;
		end = (size_t)(q - l->all.ptr);
		while (end - slashes > at && l->all.ptr[end - slashes - 1] == '\\')
			slashes++;
		at = end + 1;
		if (slashes % 2 == 0) {
			*out = cm_span_of(l->all.ptr + l->at + 1, end - l->at - 1);
			l->at = at;
			return true;
		}
	}
}

static bool
space(struct line *l)
{
	if (l->at >= l->all.len || l->all.ptr[l->at] != ' ')
		return false;
	l->at++;
	return true;
}

static struct cm_span
token(struct line *l)
{
	struct cm_span s = rest(l);
	const uint8_t *end = s.len > 0 ? memchr(s.ptr, ' ', s.len) : NULL;

	if (end != NULL)
		s.len = (size_t)(end - s.ptr);
	l->at += s.len;
	return s;
}

/* ---- the parts of a line ---- */

/* Names before the time: [vhost] client ident user.  Which of the first two is an address tells
 * them apart; if none is, their number does.  The user may hold spaces. */
static bool
read_who(struct line *l, struct cm_request *out)
{
	struct cm_span first = token(l), second;
	bool behind = space(l);

	if (first.len == 0 || first.ptr[0] == '"' || first.ptr[0] == '{' || !behind)
		return false;
	second = token(l);
	if (second.len == 0 || !space(l))
		return false;
	(void)token(l); /* the user, who may have an empty name */
	if (!space(l) || l->at >= l->all.len)
		return false;
	if (cm_weblog_host(first, &out->client))
		return true;
	if (cm_weblog_host(second, &out->client) || l->all.ptr[l->at] != '[')
		out->host = cm_url_host(first);
	return true;
}

static bool
read_time(struct line *l, struct cm_request *out)
{
	for (unsigned i = 0; i < TOKENS_MAX && l->at < l->all.len; i++) {
		struct cm_span s = rest(l);

		if (s.len > CLF_TIME_LEN + 1 && s.ptr[0] == '[' && s.ptr[CLF_TIME_LEN + 1] == ']' &&
		    cm_weblog_clf_time(l->w, cm_span_of(s.ptr + 1, CLF_TIME_LEN), &out->t_ns)) {
			l->at += CLF_TIME_LEN + 2;
			return space(l);
		}
		(void)token(l);
		(void)space(l);
	}
	return false;
}

static bool
read_status(struct line *l, struct cm_request *out)
{
	struct cm_span status, bytes;
	uint64_t v;

	if (!space(l))
		return false;
	status = token(l);
	if (!cm_weblog_lacks(status) && (!cm_weblog_digits(status, &v) || v > 999))
		return false;
	out->status = cm_weblog_lacks(status) ? 0 : (uint16_t)v;
	if (!space(l))
		return false;
	bytes = token(l);
	if (bytes.len == 0 || (!cm_weblog_lacks(bytes) && !cm_weblog_digits(bytes, &v)))
		return false;
	out->answered = cm_weblog_lacks(bytes) ? 0 : v;
	return true;
}

static void
read_duration(struct cm_span s, struct cm_request *out)
{
	bool ms = s.len > 2 && memcmp(s.ptr + s.len - 2, "ms", 2) == 0;
	int64_t v;

	if (s.len > 3 && memcmp(s.ptr, "rt=", 3) == 0)
		s = cm_span_of(s.ptr + 3, s.len - 3);
	if (out->took_ns >= 0 && !ms)
		return;
	if (ms)
		s.len -= 2;
	if (s.len == 0 || !cm_weblog_decimal(s, &v))
		return;
	if (ms || memchr(s.ptr, '.', s.len) == NULL)
		v /= ms ? 1000 : 1000000;
	out->took_ns = v;
}

/* What is behind the agent: looked through for what is known, and nothing demanded of it. */
static void
read_more(struct line *l, struct cm_request *out)
{
	for (unsigned i = 0; i < TOKENS_MAX && space(l) && l->at < l->all.len; i++) {
		struct cm_span s;

		if (l->all.ptr[l->at] != '"')
			read_duration(token(l), out);
		else if (quoted(l, &s))
			cm_weblog_forwarded(s, &out->client);
		else
			return;
	}
}

static struct cm_span
optional(struct cm_weblog *w, struct cm_span s)
{
	return cm_weblog_lacks(s) ? cm_span_of(NULL, 0) : unescaped(w, s);
}

enum cm_result
cm_weblog_clf_line(struct cm_weblog *w, struct cm_span text, struct cm_request *out, struct cm_err *why)
{
	struct line l = { w, text, 0 };
	struct cm_request r = { .took_ns = -1 };
	struct cm_span request, referer, agent;

	if (!read_who(&l, &r))
		return wrong(&l, why, "client, identity and user");
	if (!read_time(&l, &r))
		return wrong(&l, why, "a time in brackets");
	if (!quoted(&l, &request))
		return wrong(&l, why, "the request in quotes");
	if (!read_status(&l, &r))
		return wrong(&l, why, "a status and a number of bytes");
	/* A host in the request is of its target, and wins. */
	(void)cm_request_of_line(unescaped(w, request), &r);
	if (l.at < text.len && l.at + 1 < text.len && text.ptr[l.at + 1] == '"') {
		if (!space(&l) || !quoted(&l, &referer) || !space(&l) || !quoted(&l, &agent))
			return wrong(&l, why, "referer and agent in quotes");
		r.referer = optional(w, referer);
		r.agent = optional(w, agent);
		r.referer_known = true;
	}
	read_more(&l, &r);
	*out = r;
	return CM_OK;
}
