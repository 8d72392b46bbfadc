#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "codec/json_read.h"

/* What jansson takes for a value, rounded up: a node with its place in a list or a
 * table; the tables themselves. */
#define COST_ITEM 112u
#define COST_CONTAINER 320u

/* Where its scanner has no memory, jansson 2.14 says "invalid token", or even goes on without
 * the character it had no room for: good bytes would be called malformed, or read wrong.  So we keep watch on what it allocates: the one variable that is no
 * constant, since jansson's functions for this take no argument. */
static _Thread_local bool starved;

static void *
take(size_t size)
{
	void *p = malloc(size);

	starved |= p == NULL;
	return p;
}

struct scan {
	struct cm_span text;
	struct cm_err *err;
	unsigned depth;
	size_t cost;
	size_t last; /* one behind the last byte that is not white space */
};

static enum cm_result
scan_byte(struct scan *s, uint8_t c, size_t at)
{
	switch (c) {
	case '{':
	case '[':
		s->cost += COST_CONTAINER;
		if (++s->depth > CM_JSON_DEPTH)
			return cm_err_at(
			    s->err, CM_E_MALFORMED, at, "JSON nests deeper than %d", CM_JSON_DEPTH);
		break;
	case '}':
	case ']':
		if (s->depth > 0)
			s->depth--;
		break;
	case ',':
	case ':':
		s->cost += COST_ITEM;
		break;
	default:
		break;
	}
	if (s->cost > CM_JSON_MEMORY)
		return cm_err_at(s->err, CM_E_LIMIT, at, "JSON with too many values");
	return CM_OK;
}

/* Depth and cost, before a parser that recurses and allocates sees the text.  It needs
 * no more of the grammar than where strings begin and end. */
static enum cm_result
scan(struct scan *s)
{
	bool in_string = false;

	s->cost = s->text.len * 2; /* the strings' own bytes, twice while they are parsed */
	for (size_t i = 0; i < s->text.len; i++) {
		uint8_t c = s->text.ptr[i];
		enum cm_result r;

		if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
			s->last = i + 1;
		if (in_string && c == '\\' && i + 1 < s->text.len) {
			s->last = ++i + 1;
			continue;
		}
		if (c == '"')
			in_string = !in_string;
		if (in_string)
			continue;
		r = scan_byte(s, c, i);
		if (r != CM_OK)
			return r;
	}
	return CM_OK;
}

/* Behind the value: nothing, or one newline. */
static bool
ends_right(const struct scan *s)
{
	size_t behind = s->text.len - s->last;

	return behind == 0 || (behind == 1 && s->text.ptr[s->last] == '\n');
}

static enum cm_result
check_value(const json_t *v, struct cm_err *err)
{
	json_int_t n;

	if (json_is_real(v))
		return cm_err_set(err, CM_E_MALFORMED, "a number that is no integer");
	if (!json_is_integer(v))
		return CM_OK;
	n = json_integer_value(v);
	if (n > CM_JSON_INT_MAX || n < -CM_JSON_INT_MAX)
		return cm_err_set(err, CM_E_MALFORMED, "an integer beyond 2^53-1");
	return CM_OK;
}

/* All numbers are integers that every reader holds exactly.  The depth is bounded. */
static enum cm_result
check_numbers(json_t *v, struct cm_err *err)
{
	enum cm_result r = check_value(v, err);

	if (json_is_array(v)) {
		for (size_t i = 0; i < json_array_size(v) && r == CM_OK; i++)
			r = check_numbers(json_array_get(v, i), err);
	} else if (json_is_object(v)) {
		for (void *it = json_object_iter(v); it != NULL && r == CM_OK;
		     it = json_object_iter_next(v, it))
			r = check_numbers(json_object_iter_value(it), err);
	}
	return r;
}

static enum cm_result
explain(const json_error_t *e, struct cm_err *err)
{
	uint64_t at = e->position < 0 ? 0 : (uint64_t)e->position;

	if (starved || json_error_code(e) == json_error_out_of_memory)
		return cm_err_set(err, CM_E_NOMEM, "out of memory while reading JSON");
	if (json_error_code(e) == json_error_duplicate_key)
		return cm_err_at(
		    err, CM_E_MALFORMED, at, "a member name stands twice: %s", e->text);
	if (json_error_code(e) == json_error_invalid_utf8)
		return cm_err_at(err, CM_E_MALFORMED, at, "not UTF-8");
	if (json_error_code(e) == json_error_numeric_overflow)
		return cm_err_at(err, CM_E_MALFORMED, at, "an integer beyond 2^53-1");
	return cm_err_at(err, CM_E_MALFORMED, at, "not JSON: %s", e->text);
}

struct cm_span
cm_json_trim(struct cm_span s)
{
	while (s.len > 0 && cm_json_is_white(s.ptr[0]))
		s = cm_span_part(s, 1, s.len);
	while (s.len > 0 && cm_json_is_white(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

enum cm_result
cm_json_parse(struct cm_span text, struct cm_json_doc *out, struct cm_err *err)
{
	struct scan s = { .text = text, .err = err };
	json_error_t why = { 0 };
	enum cm_result r;
	json_t *root;

	if (text.len == 0)
		return cm_err_at(err, CM_E_MALFORMED, 0, "empty, where JSON was expected");
	if (text.len > CM_JSON_TEXT)
		return cm_err_set(err, CM_E_LIMIT, "more than %zu bytes of JSON", CM_JSON_TEXT);
	if (text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0)
		return cm_err_at(err, CM_E_MALFORMED, 0, "a byte order mark before the JSON");
	r = scan(&s);
	if (r != CM_OK)
		return r;
	if (!ends_right(&s))
		return cm_err_at(err, CM_E_MALFORMED, s.last, "bytes behind the JSON value");
	json_set_alloc_funcs(take, free);
	starved = false;
	root = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, &why);
	if (root == NULL)
		return explain(&why, err);
	if (starved) {
		json_decref(root);
		return cm_err_set(err, CM_E_NOMEM, "out of memory while reading JSON");
	}
	r = check_numbers(root, err);
	if (r != CM_OK) {
		json_decref(root);
		return r;
	}
	out->root = root;
	return CM_OK;
}

void
cm_json_release(struct cm_json_doc *doc)
{
	json_decref(doc->root);
	doc->root = NULL;
}

struct cm_json
cm_json_root(const struct cm_json_doc *doc)
{
	return (struct cm_json) { doc->root };
}

enum cm_json_type
cm_json_type(struct cm_json v)
{
	switch (json_typeof(v.v)) {
	case JSON_OBJECT:
		return CM_JSON_OBJECT;
	case JSON_ARRAY:
		return CM_JSON_LIST;
	case JSON_STRING:
		return CM_JSON_STR;
	case JSON_INTEGER:
		return CM_JSON_INT;
	case JSON_TRUE:
	case JSON_FALSE:
		return CM_JSON_BOOL;
	case JSON_REAL: /* not after cm_json_parse */
	case JSON_NULL:
		break;
	}
	return CM_JSON_NULL;
}

static bool
listed(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

enum cm_result
cm_json_only(struct cm_json v, const char *const *names, struct cm_err *err)
{
	if (!json_is_object(v.v))
		return cm_err_set(err, CM_E_MALFORMED, "an object was expected");
	for (void *it = json_object_iter(v.v); it != NULL; it = json_object_iter_next(v.v, it)) {
		const char *name = json_object_iter_key(it);

		if (!listed(name, names))
			return cm_err_set(err, CM_E_MALFORMED, "unknown member `%.64s'", name);
	}
	return CM_OK;
}

bool
cm_json_has(struct cm_json v, const char *name)
{
	return json_object_get(v.v, name) != NULL;
}

enum cm_result
cm_json_get(struct cm_json v, const char *name, struct cm_json *out, struct cm_err *err)
{
	json_t *found = json_object_get(v.v, name);

	if (found == NULL)
		return cm_err_set(err, CM_E_MALFORMED, "member `%s' is missing", name);
	out->v = found;
	return CM_OK;
}

static enum cm_result
get_typed(struct cm_json v, const char *name, enum cm_json_type type, struct cm_json *out,
    struct cm_err *err)
{
	struct cm_json found;
	enum cm_result r = cm_json_get(v, name, &found, err);

	if (r != CM_OK)
		return r;
	if (cm_json_type(found) != type)
		return cm_err_set(err, CM_E_MALFORMED, "`%s' is not %s", name,
		    type == CM_JSON_OBJECT ? "an object" : "a list");
	*out = found;
	return CM_OK;
}

enum cm_result
cm_json_get_object(struct cm_json v, const char *name, struct cm_json *out, struct cm_err *err)
{
	return get_typed(v, name, CM_JSON_OBJECT, out, err);
}

enum cm_result
cm_json_get_list(struct cm_json v, const char *name, struct cm_json *out, struct cm_err *err)
{
	return get_typed(v, name, CM_JSON_LIST, out, err);
}

enum cm_result
cm_json_get_str(struct cm_json v, const char *name, const char **out, struct cm_err *err)
{
	struct cm_json found;
	enum cm_result r = cm_json_get(v, name, &found, err);

	return r != CM_OK ? r : cm_json_str(found, name, out, err);
}

enum cm_result
cm_json_get_hex(struct cm_json v, const char *name, uint8_t *out, size_t len, struct cm_err *err)
{
	struct cm_json found;
	enum cm_result r = cm_json_get(v, name, &found, err);

	return r != CM_OK ? r : cm_json_hex(found, name, out, len, err);
}

enum cm_result
cm_json_get_u64(struct cm_json v, const char *name, uint64_t max, uint64_t *out, struct cm_err *err)
{
	struct cm_json found;
	enum cm_result r = cm_json_get(v, name, &found, err);

	return r != CM_OK ? r : cm_json_u64(found, name, max, out, err);
}

enum cm_result
cm_json_get_int(
    struct cm_json v, const char *name, int64_t min, int64_t max, int64_t *out, struct cm_err *err)
{
	struct cm_json found;
	enum cm_result r = cm_json_get(v, name, &found, err);

	return r != CM_OK ? r : cm_json_int(found, name, min, max, out, err);
}

enum cm_result
cm_json_get_bool(struct cm_json v, const char *name, bool *out, struct cm_err *err)
{
	struct cm_json found;
	enum cm_result r = cm_json_get(v, name, &found, err);

	return r != CM_OK ? r : cm_json_bool(found, name, out, err);
}

size_t
cm_json_len(struct cm_json v)
{
	return json_array_size(v.v);
}

struct cm_json
cm_json_at(struct cm_json v, size_t i)
{
	return (struct cm_json) { json_array_get(v.v, i) };
}

bool
cm_json_next(struct cm_json v, const char **name, struct cm_json *out)
{
	void *it = *name == NULL ? json_object_iter(v.v)
				 : json_object_iter_next(v.v, json_object_key_to_iter(*name));

	if (it == NULL)
		return false;
	*name = json_object_iter_key(it);
	out->v = json_object_iter_value(it);
	return true;
}

enum cm_result
cm_json_str(struct cm_json v, const char *what, const char **out, struct cm_err *err)
{
	if (!json_is_string(v.v))
		return cm_err_set(err, CM_E_MALFORMED, "`%s' is not a string", what);
	*out = json_string_value(v.v);
	return CM_OK;
}

enum cm_result
cm_json_hex(struct cm_json v, const char *what, uint8_t *out, size_t len, struct cm_err *err)
{
	const char *text;
	enum cm_result r = cm_json_str(v, what, &text, err);

	if (r != CM_OK)
		return r;
	/* The length first: a decoder that fails may have written. */
	if (strlen(text) != 2 * len || strspn(text, "0123456789abcdef") != 2 * len)
		return cm_err_set(err, CM_E_MALFORMED,
		    "`%s' is not %zu lower-case hexadecimal digits", what, 2 * len);
	return cm_hex_decode(cm_span_str(text), out, len);
}

enum cm_result
cm_json_int(
    struct cm_json v, const char *what, int64_t min, int64_t max, int64_t *out, struct cm_err *err)
{
	int64_t n;

	if (!json_is_integer(v.v))
		return cm_err_set(err, CM_E_MALFORMED, "`%s' is not an integer", what);
	n = json_integer_value(v.v);
	if (n < min || n > max)
		return cm_err_set(err, CM_E_MALFORMED, "`%s' is not between %lld and %lld", what,
		    (long long)min, (long long)max);
	*out = n;
	return CM_OK;
}

enum cm_result
cm_json_u64(struct cm_json v, const char *what, uint64_t max, uint64_t *out, struct cm_err *err)
{
	int64_t n;
	enum cm_result r = cm_json_int(
	    v, what, 0, max > CM_JSON_INT_MAX ? CM_JSON_INT_MAX : (int64_t)max, &n, err);

	if (r != CM_OK)
		return r;
	*out = (uint64_t)n;
	return CM_OK;
}

enum cm_result
cm_json_bool(struct cm_json v, const char *what, bool *out, struct cm_err *err)
{
	if (!json_is_boolean(v.v))
		return cm_err_set(err, CM_E_MALFORMED, "`%s' is neither true nor false", what);
	*out = json_is_true(v.v);
	return CM_OK;
}
