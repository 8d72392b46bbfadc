/* JSON, an object a line.  Names of members are joined with points, as ECS writes them either way;
 * those in the table are kept, all else is stepped over.  No tree is built. */
#include "base/time.h"
#include "codec/json_read.h"
#include "weblog/weblog_parts.h"

#define DEPTH 6u
#define PATH_MAX_BYTES 64u

enum field {
	CLIENT,
	CLIENT_PORT,
	FORWARDED,
	HOST,
	REQUEST,
	METHOD,
	TARGET,
	PATH,
	QUERY,
	STATUS,
	BYTES,
	REFERER,
	AGENT,
	COOKIE,
	WHEN,
	TOOK_S,
	TOOK_NS,
	FIELDS
};

/* Of several names for one field the one with the lowest rank counts. */
static const struct name {
	const char *path;
	uint8_t field, rank;
} names[] = {
	/* nginx's variables */
	{ "remote_addr", CLIENT, 1 }, { "remote_port", CLIENT_PORT, 1 }, { "http_x_forwarded_for", FORWARDED, 1 },
	{ "host", HOST, 2 }, { "http_host", HOST, 1 }, { "server_name", HOST, 9 }, { "vhost", HOST, 3 },
	{ "request", REQUEST, 1 }, { "request_method", METHOD, 1 }, { "method", METHOD, 2 }, { "request_uri", TARGET, 1 },
	{ "uri", PATH, 2 }, { "args", QUERY, 1 }, { "query_string", QUERY, 1 }, { "status", STATUS, 1 },
	{ "body_bytes_sent", BYTES, 1 }, { "bytes_sent", BYTES, 2 }, { "bytes", BYTES, 3 }, { "http_referer", REFERER, 1 },
	{ "referer", REFERER, 2 }, { "http_referrer", REFERER, 2 }, { "referrer", REFERER, 2 }, { "http_user_agent", AGENT, 1 },
	{ "user_agent", AGENT, 2 }, { "agent", AGENT, 3 }, { "http_cookie", COOKIE, 1 }, { "msec", WHEN, 1 },
	{ "time_iso8601", WHEN, 3 }, { "time_local", WHEN, 4 }, { "time", WHEN, 5 }, { "timestamp", WHEN, 5 },
	{ "request_time", TOOK_S, 1 }, { "remote_ip", CLIENT, 2 }, { "client_ip", CLIENT, 2 }, { "clientip", CLIENT, 3 },
	{ "client", CLIENT, 4 },
	/* Caddy */
	{ "ts", WHEN, 2 }, { "request.client_ip", CLIENT, 1 }, { "request.remote_ip", CLIENT, 2 },
	{ "request.remote_port", CLIENT_PORT, 1 }, { "request.method", METHOD, 1 }, { "request.uri", TARGET, 1 },
	{ "request.host", HOST, 1 }, { "request.headers.Referer", REFERER, 1 }, { "request.headers.User-Agent", AGENT, 1 },
	{ "request.headers.Cookie", COOKIE, 1 }, { "request.headers.X-Forwarded-For", FORWARDED, 1 },
	{ "size", BYTES, 1 }, { "duration", TOOK_S, 2 },
	/* Traefik */
	{ "ClientHost", CLIENT, 1 }, { "ClientPort", CLIENT_PORT, 1 }, { "RequestMethod", METHOD, 1 },
	{ "RequestPath", TARGET, 1 }, { "RequestHost", HOST, 1 }, { "DownstreamStatus", STATUS, 1 },
	{ "DownstreamContentSize", BYTES, 1 }, { "Duration", TOOK_NS, 1 }, { "StartUTC", WHEN, 1 },
	{ "request_Referer", REFERER, 1 }, { "request_User-Agent", AGENT, 1 }, { "request_Cookie", COOKIE, 1 },
	{ "request_X-Forwarded-For", FORWARDED, 1 },
	/* ECS */
	{ "source.ip", CLIENT, 1 }, { "client.ip", CLIENT, 2 }, { "source.address", CLIENT, 3 }, { "source.port", CLIENT_PORT, 1 },
	{ "url.domain", HOST, 1 }, { "http.request.method", METHOD, 1 }, { "url.original", TARGET, 1 }, { "url.path", PATH, 1 },
	{ "url.query", QUERY, 1 }, { "http.response.status_code", STATUS, 1 }, { "http.response.body.bytes", BYTES, 1 },
	{ "http.response.bytes", BYTES, 2 }, { "http.request.referrer", REFERER, 1 }, { "user_agent.original", AGENT, 1 },
	{ "@timestamp", WHEN, 2 }, { "event.duration", TOOK_NS, 1 },
};

struct value {
	struct cm_span text; /* of a string: between its quotes, escaped */
	uint8_t rank;	     /* 0: not there */
	bool string;
};

struct scan {
	struct cm_weblog *w;
	struct cm_span all;
	size_t at;
	uint8_t path[PATH_MAX_BYTES];
	size_t path_len; /* beyond PATH_MAX_BYTES: too long to be known */
	size_t outer[DEPTH];
	unsigned depth;
	bool headers; /* the fields of the head are listed, so what is not there was not sent */
	struct value got[FIELDS];
};

static uint8_t
peek(struct scan *s)
{
	while (s->at < s->all.len && cm_json_is_white(s->all.ptr[s->at]))
		s->at++;
	return s->at < s->all.len ? s->all.ptr[s->at] : 0;
}

static bool
take(struct scan *s, char want)
{
	if (peek(s) != (uint8_t)want)
		return false;
	s->at++;
	return true;
}

/* ${s} stands at a quote. */
static bool
take_string(struct scan *s, struct cm_span *out)
{
	size_t from = s->at + 1, at = from;

	for (;;) {
		const uint8_t *q = at < s->all.len ? memchr(s->all.ptr + at, '"', s->all.len - at) : NULL;
		size_t end, slashes = 0;

		if (q == NULL)
			return false;
		end = (size_t)(q - s->all.ptr);
		while (end - slashes > at && s->all.ptr[end - slashes - 1] == '\\')
			slashes++;
		at = end + 1;
		if (slashes % 2 == 0) {
			*out = cm_span_of(s->all.ptr + from, end - from);
			s->at = at;
			return true;
		}
	}
}

/* Numbers and the three words. */
static bool
take_bare(struct scan *s, struct cm_span *out)
{
	size_t from = s->at;

	while (s->at < s->all.len) {
		uint8_t b = s->all.ptr[s->at];

		if (!((b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || b == '-' || b == '+' || b == '.' || b == 'E'))
			break;
		s->at++;
	}
	*out = cm_span_of(s->all.ptr + from, s->at - from);
	return out->len > 0;
}

/* Behind the bracket that closes what is opened at ${s}. */
static bool
step_over(struct scan *s)
{
	size_t open = 0;
	struct cm_span text;

	do {
		uint8_t b = peek(s);

		if (b == 0 && s->at >= s->all.len)
			return false;
		if (b == '"') {
			if (!take_string(s, &text))
				return false;
			continue;
		}
		s->at++;
		open += b == '{' || b == '[';
		open -= b == '}' || b == ']';
	} while (open > 0);
	return true;
}

static const struct name *
name_of(const struct scan *s)
{
	if (s->path_len > PATH_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((uint8_t)names[i].path[0] == s->path[0] && strlen(names[i].path) == s->path_len &&
		    memcmp(names[i].path, s->path, s->path_len) == 0)
			return &names[i];
	return NULL;
}

static bool
take_key(struct scan *s)
{
	struct cm_span key;
	size_t n = s->path_len;

	if (peek(s) != '"' || !take_string(s, &key) || !take(s, ':'))
		return false;
	s->path_len = n + (s->depth > 1) + key.len;
	if (s->path_len > PATH_MAX_BYTES)
		return true;
	if (s->depth > 1)
		s->path[n++] = '.';
	if (key.len > 0)
		memcpy(s->path + n, key.ptr, key.len);
	return true;
}

static bool
keep(struct scan *s, struct cm_span text, bool string)
{
	const struct name *n = name_of(s);

	if (n != NULL && (s->got[n->field].rank == 0 || s->got[n->field].rank > n->rank))
		s->got[n->field] = (struct value) { text, n->rank, string };
	return true;
}

/* A list: its first item, if that is a string, is what is kept of it (Caddy's header fields). */
static bool
take_list(struct scan *s)
{
	size_t begin = s->at;
	struct cm_span text;

	s->at++;
	if (peek(s) == '"' && take_string(s, &text))
		keep(s, text, true);
	s->at = begin;
	return step_over(s);
}

static bool
enter(struct scan *s, size_t outer)
{
	static const char headers[] = "request.headers";

	if (s->depth == DEPTH)
		return step_over(s);
	if (s->path_len == sizeof(headers) - 1 && memcmp(s->path, headers, s->path_len) == 0)
		s->headers = true;
	s->at++;
	s->outer[s->depth++] = outer;
	return true;
}

/* A member: its name, and its value unless that is an object, which is entered. */
static bool
take_member(struct scan *s)
{
	size_t outer = s->path_len;
	unsigned depth = s->depth;
	struct cm_span text;
	bool fine;

	if (!take_key(s))
		return false;
	switch (peek(s)) {
	case '{':
		fine = enter(s, outer);
		break;
	case '[':
		fine = take_list(s);
		break;
	case '"':
		fine = take_string(s, &text) && keep(s, text, true);
		break;
	default:
		fine = take_bare(s, &text) && keep(s, text, false);
	}
	if (s->depth == depth)
		s->path_len = outer;
	return fine;
}

/* Closes objects and steps over commas until the next member; false at the end, or if it is none. */
static bool
between(struct scan *s)
{
	while (take(s, '}')) {
		s->depth--;
		if (s->depth == 0)
			return false;
		s->path_len = s->outer[s->depth];
	}
	return take(s, ',');
}

static bool
scan_object(struct scan *s)
{
	if (!take(s, '{'))
		return false;
	s->depth = 1;
	for (;;) {
		unsigned depth = s->depth;

		if (peek(s) != '}' && !take_member(s))
			return false;
		if (s->depth > depth) /* entered: a member follows, or its end */
			continue;
		if (!between(s))
			break;
	}
	return s->depth == 0 && peek(s) == 0 && s->at == s->all.len;
}

/* ---- values ---- */

static bool
hex4(struct cm_span s, size_t at, uint32_t *out)
{
	uint32_t v = 0;

	if (at + 4 > s.len)
		return false;
	for (size_t i = at; i < at + 4; i++) {
		uint8_t b = s.ptr[i], l = b | 0x20;

		if (b >= '0' && b <= '9')
			v = v << 4 | (uint32_t)(b - '0');
		else if (l >= 'a' && l <= 'f')
			v = v << 4 | (uint32_t)(l - 'a' + 10);
		else
			return false;
	}
	*out = v;
	return true;
}

static size_t
put_utf8(uint8_t *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (uint8_t)(0xc0 | c >> 6);
		to[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (uint8_t)(0xe0 | c >> 12);
		to[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		to[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (uint8_t)(0xf0 | c >> 18);
	to[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	to[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	to[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

/* The escape at ${*i}, a backslash: its bytes to ${to}, ${*i} to its last byte. */
static size_t
put_escape(struct cm_span s, size_t *i, uint8_t *to)
{
	static const char from[] = "ntrbf", is[] = "\n\t\r\b\f";
	uint32_t c, low;
	const char *at;

	if (*i + 1 >= s.len) {
		to[0] = '\\';
		return 1;
	}
	(*i)++;
	if (s.ptr[*i] == 'u' && hex4(s, *i + 1, &c)) {
		*i += 4;
		if (c >= 0xd800 && c < 0xdc00 && *i + 2 < s.len && s.ptr[*i + 1] == '\\' && s.ptr[*i + 2] == 'u' &&
		    hex4(s, *i + 3, &low) && low >= 0xdc00 && low < 0xe000) {
			*i += 6;
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		}
		return put_utf8(to, c);
	}
	at = s.ptr[*i] != 0 ? strchr(from, s.ptr[*i]) : NULL;
	to[0] = at != NULL ? (uint8_t)is[at - from] : s.ptr[*i];
	return 1;
}

static struct cm_span
text_of(struct scan *s, enum field f)
{
	struct cm_span t = s->got[f].text;
	size_t from = s->w->room.len, n = 0;
	uint8_t *to;

	if (s->got[f].rank == 0 || (!s->got[f].string && (t.ptr[0] == 'n' || t.ptr[0] == 't' || t.ptr[0] == 'f')))
		return cm_span_of(NULL, 0);
	if (s->w->raw || t.len == 0 || memchr(t.ptr, '\\', t.len) == NULL || (to = cm_buf_grow(&s->w->room, t.len)) == NULL)
		return t;
	for (size_t i = 0; i < t.len; i++) {
		if (t.ptr[i] == '\\')
			n += put_escape(t, &i, to + n);
		else
			to[n++] = t.ptr[i];
	}
	s->w->room.len = from + n;
	return cm_span_of(to, n);
}

static struct cm_span
optional(struct scan *s, enum field f)
{
	struct cm_span t = text_of(s, f);

	return cm_weblog_lacks(t) ? cm_span_of(NULL, 0) : t;
}

/* A number of seconds since 1970, or of milli-, micro- or nanoseconds: their size tells. */
static bool
number_of_time(struct cm_span t, int64_t *out)
{
	const uint8_t *point = t.len > 0 ? memchr(t.ptr, '.', t.len) : NULL;
	size_t whole = point != NULL ? (size_t)(point - t.ptr) : t.len;
	int64_t scale = 1;
	uint64_t v;

	if (whole <= 11)
		return cm_weblog_decimal(t, out);
	/* Today they have 13, 16 and 19 digits; of 19 the last is left out, so that they fit. */
	if (!cm_weblog_digits(cm_span_of(t.ptr, whole == 19 ? 18 : whole), &v))
		return false;
	if (whole == 19)
		scale = 10;
	for (size_t n = whole; n < 18; n += 3)
		scale *= 1000;
	if ((int64_t)v > INT64_MAX / scale)
		return false;
	*out = (int64_t)v * scale;
	return true;
}

static bool
read_when(struct scan *s, int64_t *out)
{
	struct cm_span t = text_of(s, WHEN);

	if (t.len == 0)
		return false;
	if (!s->got[WHEN].string || number_of_time(t, out))
		return number_of_time(t, out);
	return cm_weblog_clf_time(s->w, t, out) || cm_time_parse(t, out) == CM_OK;
}

/* "/x" and "q=1" of two members as one target; just the path if it is only a guess. */
static struct cm_span
joined(struct scan *s, struct cm_span path, struct cm_span query)
{
	size_t n = path.len + 1 + query.len;
	uint8_t *to = path.len > 0 && query.len > 0 && !s->w->raw ? cm_buf_grow(&s->w->room, n) : NULL;

	if (to == NULL)
		return path;
	memcpy(to, path.ptr, path.len);
	to[path.len] = '?';
	memcpy(to + path.len + 1, query.ptr, query.len);
	return cm_span_of(to, n);
}

static void
read_target(struct scan *s, struct cm_request *out)
{
	struct cm_span target = optional(s, TARGET), method = optional(s, METHOD);

	(void)cm_request_of_line(optional(s, REQUEST), out);
	if (target.len == 0 && s->got[PATH].rank != 0)
		target = joined(s, optional(s, PATH), optional(s, QUERY));
	if (method.len > 0)
		out->method = method;
	if (target.len > 0)
		out->target = target;
}

static void
read_numbers(struct scan *s, struct cm_request *out)
{
	uint64_t v;

	if (cm_weblog_digits(text_of(s, STATUS), &v) && v <= 999)
		out->status = (uint16_t)v;
	if (cm_weblog_digits(text_of(s, BYTES), &v))
		out->answered = v;
	if (cm_weblog_digits(text_of(s, CLIENT_PORT), &v) && v <= 65535)
		out->client_port = (uint16_t)v;
	if (cm_weblog_digits(text_of(s, TOOK_NS), &v))
		out->took_ns = (int64_t)v;
	else
		(void)cm_weblog_decimal(text_of(s, TOOK_S), &out->took_ns);
}

enum cm_result
cm_weblog_json_line(struct cm_weblog *w, struct cm_span line, struct cm_request *out, struct cm_err *why)
{
	struct scan s = { .w = w, .all = line };
	struct cm_request r = { .took_ns = -1 };
	struct cm_span host;

	if (!scan_object(&s))
		return cm_err_at(why, CM_E_MALFORMED, s.at, "expected a JSON object and nothing behind it");
	if (!w->raw && !cm_buf_reserve(&w->room, 2 * line.len + 2))
		return CM_E_NOMEM;
	if (!read_when(&s, &r.t_ns))
		return cm_err_set(why, CM_E_MALFORMED, "expected a time, such as time_iso8601, ts or @timestamp");
	if (s.got[REQUEST].rank == 0 && (s.got[METHOD].rank == 0 || (s.got[TARGET].rank == 0 && s.got[PATH].rank == 0)))
		return cm_err_set(why, CM_E_MALFORMED, "expected a request, or its method and target");
	if (s.got[CLIENT].rank == 0 && s.got[STATUS].rank == 0)
		return cm_err_set(why, CM_E_MALFORMED, "expected a client or a status");
	(void)cm_weblog_host(text_of(&s, CLIENT), &r.client);
	cm_weblog_forwarded(text_of(&s, FORWARDED), &r.client);
	host = optional(&s, HOST);
	if (host.len > 0)
		r.host = cm_url_host(host);
	read_target(&s, &r);
	r.referer = optional(&s, REFERER);
	r.agent = optional(&s, AGENT);
	r.referer_known = s.headers || s.got[REFERER].rank != 0;
	r.cookie_known = s.headers || s.got[COOKIE].rank != 0;
	r.has_cookie = optional(&s, COOKIE).len > 0;
	read_numbers(&s, &r);
	*out = r;
	return CM_OK;
}
