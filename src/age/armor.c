#include <string.h>

#include "age/armor.h"
#include "codec/base64.h"

#define BEGIN "-----BEGIN AGE ENCRYPTED FILE-----"
#define END "-----END AGE ENCRYPTED FILE-----"
#define COLUMNS 64u

bool
cm_age_armor_is(struct cm_span head)
{
	return cm_span_eq(cm_span_part(head, 0, strlen(BEGIN)), cm_span_str(BEGIN));
}

void
cm_age_armor_init(struct cm_age_armor *a, struct cm_source in)
{
	*a = (struct cm_age_armor) { .in = in };
}

void
cm_age_armor_fini(struct cm_age_armor *a)
{
	cm_buf_release(&a->plain);
}

/* The next line without its end; ${*whole} says whether it has one. */
static enum cm_result
take_line(struct cm_age_armor *a, struct cm_span *line, bool *whole, struct cm_err *err)
{
	struct cm_span s;
	const uint8_t *end;
	enum cm_result r = a->in.fill(a->in.arg, a->in_at, COLUMNS + 2, &s, err);

	if (r != CM_OK)
		return r;
	s = cm_span_part(s, 0, COLUMNS + 2);
	end = s.len > 0 ? memchr(s.ptr, '\n', s.len) : NULL;
	*whole = end != NULL;
	*line = cm_span_of(s.ptr, end != NULL ? (size_t)(end - s.ptr) : s.len);
	a->in_at += line->len + (end != NULL);
	if (line->len > 0 && line->ptr[line->len - 1] == '\r' && *whole)
		line->len--;
	return CM_OK;
}

/* Nothing may follow. */
static enum cm_result
read_end(struct cm_age_armor *a, struct cm_err *err)
{
	struct cm_span s;
	enum cm_result r = a->in.fill(a->in.arg, a->in_at, 1, &s, err);

	a->ended = true;
	if (r == CM_OK && s.len > 0)
		r = cm_err_at(err, CM_E_MALFORMED, a->in_at, "something stands behind the armour");
	return r;
}

static enum cm_result
read_base64(struct cm_age_armor *a, struct cm_span line, uint64_t at, struct cm_err *err)
{
	enum cm_result r = CM_E_MALFORMED;

	if (!a->last && line.len > 0 && line.len <= COLUMNS)
		r = cm_base64_decode(line, &a->plain);
	if (r == CM_E_MALFORMED)
		return cm_err_at(err, r, at, "armour: %s was expected",
		    a->last ? "`" END "'" : "a line of 64 characters of base64, or a shorter last one,");
	a->last = line.len < COLUMNS || line.ptr[line.len - 1] == '=';
	return r;
}

static enum cm_result
read_line(struct cm_age_armor *a, struct cm_err *err)
{
	uint64_t at = a->in_at;
	struct cm_span line;
	bool whole;
	enum cm_result r = take_line(a, &line, &whole, err);

	if (r != CM_OK)
		return r;
	if (!a->begun) {
		a->begun = whole && cm_span_eq(line, cm_span_str(BEGIN));
		return a->begun ? CM_OK : cm_err_at(err, CM_E_MALFORMED, at, "armour: `" BEGIN "' was expected");
	}
	if (at > strlen(BEGIN) + 2 && cm_span_eq(line, cm_span_str(END)))
		return read_end(a, err);
	if (!whole && line.len < COLUMNS + 2)
		return cm_err_at(err, CM_E_MALFORMED, a->in_at, "the file ends inside its armour");
	return read_base64(a, line, at, err);
}

/* Forgets what lies before ${offset}. */
static void
drop(struct cm_age_armor *a, uint64_t offset)
{
	uint64_t n = offset - a->plain_at;

	n = n < a->plain.len ? n : a->plain.len;
	if (n == 0)
		return;
	memmove(a->plain.ptr, a->plain.ptr + n, a->plain.len - (size_t)n);
	a->plain.len -= (size_t)n;
	a->plain_at += n;
}

static enum cm_result
fill(void *arg, uint64_t offset, size_t want, struct cm_span *out, struct cm_err *err)
{
	struct cm_age_armor *a = arg;
	enum cm_result r = CM_OK;

	if (offset < a->plain_at || want > CM_SOURCE_WANT_MAX)
		return cm_err_set(err, CM_E_LIMIT, "bytes that are gone, or too many at once");
	drop(a, offset);
	while (r == CM_OK && !a->ended && (offset > a->plain_at || a->plain.len < want)) {
		r = read_line(a, err);
		if (offset > a->plain_at)
			drop(a, offset);
	}
	*out = cm_span_of(a->plain.ptr, offset == a->plain_at ? a->plain.len : 0);
	return r;
}

struct cm_source
cm_age_armor_source(struct cm_age_armor *a)
{
	return (struct cm_source) { .arg = a, .fill = fill };
}
