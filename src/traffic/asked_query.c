#include <string.h>
#include <strings.h>

#include "traffic/asked_query.h"

#define NOW_NS INT64_C(120000000000) /* a client's clock may be off by two minutes */
#define PARAMS_MAX 16u

const char *
cm_buster_word(enum cm_buster b)
{
	static const char *const word[] = { "none", "milliseconds since 1970", "seconds since 1970",
		"milliseconds since 1970, by another clock", "seconds since 1970, by another clock",
		"random fraction", "random number", "random hexadecimal digits", "a text never used twice" };

	return word[b];
}

static bool
is_digit(uint8_t b)
{
	return b >= '0' && b <= '9';
}

static size_t
digits_at(struct cm_span s, size_t at)
{
	size_t n = at;

	while (n < s.len && is_digit(s.ptr[n]))
		n++;
	return n - at;
}

static int64_t
number(struct cm_span s, size_t n)
{
	int64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (s.ptr[i] - '0');
	return v;
}

static bool
is_now(int64_t v, int64_t unit, int64_t t_ns)
{
	int64_t apart = v - t_ns / unit, limit = NOW_NS / unit;

	return apart >= -limit && apart <= limit;
}

static enum cm_buster
look_at_number(struct cm_span v, int64_t t_ns)
{
	if (v.len == 13 && v.ptr[0] == '1')
		return is_now(number(v, 13), 1000000, t_ns) ? CM_BUSTER_MS : CM_BUSTER_MS_ELSE;
	if (v.len == 10 && v.ptr[0] == '1')
		return is_now(number(v, 10), 1000000000, t_ns) ? CM_BUSTER_S : CM_BUSTER_S_ELSE;
	return v.len >= 5 ? CM_BUSTER_NUMBER : CM_BUSTER_NONE;
}

static enum cm_buster
look_at_value(struct cm_span v, int64_t t_ns)
{
	size_t digits = digits_at(v, 0), letters = 0;

	if (digits == v.len)
		return look_at_number(v, t_ns);
	if (digits == 1 && v.len >= 8 && v.ptr[1] == '.' && digits_at(v, 2) == v.len - 2)
		return CM_BUSTER_FRACTION;
	digits = 0;
	for (size_t i = 0; i < v.len; i++) {
		uint8_t low = v.ptr[i] | 0x20;

		digits += is_digit(v.ptr[i]);
		letters += low >= 'a' && low <= 'f';
	}
	if (v.len >= 8 && digits > 0 && letters > 0 && digits + letters == v.len)
		return CM_BUSTER_HEX;
	return v.len >= 4 ? CM_BUSTER_WORD : CM_BUSTER_NONE;
}

static void
consider(struct cm_span v, int64_t t_ns, struct cm_query *best)
{
	enum cm_buster kind = look_at_value(v, t_ns);

	if (kind == CM_BUSTER_NONE || (best->kind != CM_BUSTER_NONE && best->kind <= kind))
		return;
	best->kind = kind;
	best->value = v;
}

static size_t
find(struct cm_span s, uint8_t b)
{
	const uint8_t *p = s.len > 0 ? memchr(s.ptr, b, s.len) : NULL;

	return p != NULL ? (size_t)(p - s.ptr) : s.len;
}

/* A number at the end of the path counts as well, if it is a time: /1426676400123.gif */
static void
look_at_path(struct cm_span path, int64_t t_ns, struct cm_query *best)
{
	size_t at = path.len;
	struct cm_query q = { 0 };

	while (at > 0 && path.ptr[at - 1] != '/')
		at--;
	path = cm_span_of(path.ptr + at, path.len - at);
	path.len = digits_at(path, 0);
	consider(path, t_ns, &q);
	if (q.kind == CM_BUSTER_MS || q.kind == CM_BUSTER_S)
		*best = q;
}

struct cm_query
cm_query_look(struct cm_span target, int64_t t_ns)
{
	struct cm_query best = { CM_BUSTER_NONE, { NULL, 0 } };
	struct cm_span all = cm_span_part(target, 0, CM_QUERY_MAX), query;
	size_t mark = find(all, '?');

	if (mark == all.len) {
		look_at_path(all, t_ns, &best);
		return best;
	}
	query = cm_span_of(all.ptr + mark + 1, all.len - mark - 1);
	for (unsigned i = 0; i < PARAMS_MAX && query.len > 0; i++) {
		size_t end = find(query, '&');
		struct cm_span one = cm_span_of(query.ptr, end);
		size_t is = find(one, '=');

		/* "?name" and "?name=" are values themselves, as "?1426676400123=" shows. */
		if (is + 1 < one.len)
			one = cm_span_of(one.ptr + is + 1, one.len - is - 1);
		else
			one.len = is;
		consider(one, t_ns, &best);
		end += end < query.len;
		query = cm_span_of(query.ptr + end, query.len - end);
	}
	return best;
}

struct cm_span
cm_path_shape(struct cm_span target, uint8_t *out)
{
	struct cm_span path = cm_span_part(target, 0, CM_QUERY_MAX);
	size_t n = 0;

	for (size_t i = 0; i < path.len && n < CM_PATH_MAX; i++) {
		size_t digits;

		if (path.ptr[i] == '?' || path.ptr[i] == '#')
			break;
		digits = is_digit(path.ptr[i]) ? digits_at(path, i) : 0;
		out[n++] = digits >= 8 ? '#' : path.ptr[i];
		i += digits >= 8 ? digits - 1 : 0;
		for (; digits > 1 && digits < 8 && n < CM_PATH_MAX; digits--)
			out[n++] = path.ptr[++i];
	}
	return cm_span_of(out, n);
}

/* What follows the last point of the last part. */
static struct cm_span
extension(struct cm_span path)
{
	size_t at = path.len;

	while (at > 0 && path.ptr[at - 1] != '.' && path.ptr[at - 1] != '/' && path.len - at < 6)
		at--;
	if (at == 0 || path.ptr[at - 1] != '.')
		return cm_span_of(path.ptr, 0);
	return cm_span_of(path.ptr + at, path.len - at);
}

static bool
is_one_of(struct cm_span s, const char *const *words)
{
	for (size_t i = 0; words[i] != NULL; i++)
		if (s.len == strlen(words[i]) && strncasecmp((const char *)s.ptr, words[i], s.len) == 0)
			return true;
	return false;
}

bool
cm_path_is_part(struct cm_span path)
{
	static const char *const parts[] = { "css", "js", "mjs", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif",
		"ico", "woff", "woff2", "ttf", "map", "mp4", "webm", NULL };

	return is_one_of(extension(path), parts);
}

bool
cm_path_is_script(struct cm_span path)
{
	static const char *const scripts[] = { "js", "mjs", NULL };

	return is_one_of(extension(path), scripts);
}

/* The last label of ${s}, which loses it and the point before it. */
static struct cm_span
last_label(struct cm_span *s)
{
	size_t at = s->len;
	struct cm_span label;

	while (at > 0 && s->ptr[at - 1] != '.')
		at--;
	label = cm_span_of(s->ptr + at, s->len - at);
	s->len = at > 0 ? at - 1 : 0;
	return label;
}

static bool
same_label(struct cm_span a, struct cm_span b)
{
	return a.len == b.len && (a.len == 0 || strncasecmp((const char *)a.ptr, (const char *)b.ptr, a.len) == 0);
}

static bool
is_address(struct cm_span s)
{
	return find(s, ':') < s.len || (s.len > 0 && is_digit(s.ptr[s.len - 1]));
}

bool
cm_same_site(struct cm_span a, struct cm_span b)
{
	size_t top = 0, labels = 2;

	if (is_address(a) || is_address(b))
		return same_label(a, b);
	for (size_t i = 0; i < labels; i++) {
		struct cm_span x = last_label(&a), y = last_label(&b);

		if (!same_label(x, y))
			return false;
		if (i == 0)
			top = x.len;
		else if (i == 1 && top == 2 && x.len <= 3 && (a.len > 0 || b.len > 0))
			labels = 3;
		if (a.len == 0 && b.len == 0)
			return true;
	}
	return true;
}
