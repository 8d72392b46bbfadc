#include <stdlib.h>
#include <string.h>

#include "codec/json_read.h"
#include "dossier/echoes.h"

#define NONE SIZE_MAX
#define FILTER_BITS 20

/* Sorted, so that of all values which begin a text the longest one is right before the place
 * where the text itself would stand, or a prefix of what is there. */
struct cm_echo {
	size_t at;	     /* in bytes, until they are all there; */
	struct cm_span text; /* then */
	uint64_t row;
	const char *column;
	size_t prefix; /* the longest other one that this one begins with; NONE */
};

static bool
is_word(struct cm_span s)
{
	return cm_span_eq(s, cm_span_str("true")) || cm_span_eq(s, cm_span_str("false")) ||
	    cm_span_eq(s, cm_span_str("null"));
}

static CM_RESULT
add(struct cm_echoes *e, struct cm_span text, struct cm_leak where)
{
	size_t cap = e->cap == 0 ? 64 : 2 * e->cap;
	struct cm_echo *p;

	if (text.len < CM_ECHO_MIN || is_word(text))
		return CM_OK;
	if (text.len > CM_ECHOES_BYTES - e->bytes.len)
		return CM_E_LIMIT;
	if (e->n == e->cap) {
		p = realloc(e->item, cap * sizeof(*p));
		if (p == NULL)
			return CM_E_NOMEM;
		e->item = p;
		e->cap = cap;
	}
	e->item[e->n++] = (struct cm_echo) { e->bytes.len, cm_span_of(NULL, text.len), where.row, where.column, NONE };
	cm_buf_add_span(&e->bytes, text);
	return cm_buf_ok(&e->bytes) ? CM_OK : CM_E_NOMEM;
}

/* Where the string that begins behind the quote at ${at} ends, or the text does. */
static size_t
string_end(struct cm_span s, size_t at)
{
	while (at < s.len && s.ptr[at] != '"')
		at += s.ptr[at] == '\\' ? 2 : 1;
	return at < s.len ? at : s.len;
}

static bool
is_name(struct cm_span s, size_t behind)
{
	while (behind < s.len && cm_json_is_white(s.ptr[behind]))
		behind++;
	return behind < s.len && s.ptr[behind] == ':';
}

enum cm_result
cm_echoes_hide(struct cm_echoes *e, struct cm_span cell, struct cm_leak where)
{
	struct cm_span value = cm_json_trim(cell);
	size_t at = 0, end;
	enum cm_result rc = CM_OK;

	/* a string as a whole comes out of the loop, without its quotes */
	if (value.len > 0 && value.ptr[0] != '"')
		rc = add(e, value, where);
	while (rc == CM_OK && at < value.len) {
		if (value.ptr[at++] != '"')
			continue;
		end = string_end(value, at);
		if (!is_name(value, end + 1))
			rc = add(e, cm_span_part(value, at, end - at), where);
		at = end + 1;
	}
	return rc;
}

static int
by_text(const void *a, const void *b)
{
	const struct cm_echo *x = a, *y = b;
	int d = cm_span_cmp(x->text, y->text);

	return d != 0 ? d : x->row < y->row ? -1 : x->row > y->row;
}

static bool
begins(struct cm_span text, struct cm_span with)
{
	return text.len >= with.len && memcmp(text.ptr, with.ptr, with.len) == 0;
}

static uint32_t
slot(const uint8_t *p)
{
	return cm_get32(p) * UINT32_C(0x9e3779b1) >> (32 - FILTER_BITS);
}

enum cm_result
cm_echoes_ready(struct cm_echoes *e)
{
	size_t i, kept = 0, above;

	e->filter = calloc((size_t)1 << (FILTER_BITS - 3), 1);
	if (e->filter == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < e->n; i++)
		e->item[i].text.ptr = e->bytes.ptr + e->item[i].at;
	if (e->n > 0)
		qsort(e->item, e->n, sizeof(e->item[0]), by_text);
	for (i = 0; i < e->n; i++) {
		if (kept > 0 && cm_span_eq(e->item[kept - 1].text, e->item[i].text))
			continue;
		e->item[kept] = e->item[i];
		above = kept == 0 ? NONE : kept - 1;
		while (above != NONE && !begins(e->item[kept].text, e->item[above].text))
			above = e->item[above].prefix;
		e->item[kept].prefix = above;
		e->filter[slot(e->item[kept].text.ptr) / 8] |= (uint8_t)(1 << slot(e->item[kept].text.ptr) % 8);
		kept++;
	}
	e->n = kept;
	return CM_OK;
}

/* The longest value that ${text} begins with; NULL. */
static const struct cm_echo *
longest(const struct cm_echoes *e, struct cm_span text)
{
	size_t low = 0, high = e->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (cm_span_cmp(e->item[mid].text, text) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (low = low == 0 ? NONE : low - 1; low != NONE; low = e->item[low].prefix) {
		if (begins(text, e->item[low].text))
			return &e->item[low];
	}
	return NULL;
}

enum cm_result
cm_echoes_search(
    const struct cm_echoes *e, struct cm_span value, struct cm_leak where, struct cm_leaks *found)
{
	const struct cm_echo *hit;
	size_t at = 0;
	uint32_t s;
	enum cm_result rc = CM_OK;

	while (rc == CM_OK && at + CM_ECHO_MIN <= value.len) {
		s = slot(value.ptr + at);
		hit = e->filter[s / 8] & 1 << s % 8 ? longest(e, cm_span_part(value, at, value.len - at)) : NULL;
		if (hit == NULL) {
			at++;
			continue;
		}
		where.offset = at;
		where.form = "repeats a hidden value";
		where.hidden_column = hit->column;
		where.hidden_row = hit->row;
		rc = cm_leaks_note(found, where);
		at += hit->text.len;
	}
	return rc;
}

void
cm_echoes_release(struct cm_echoes *e)
{
	if (e->bytes.ptr != NULL)
		explicit_bzero(e->bytes.ptr, e->bytes.len);
	cm_buf_release(&e->bytes);
	free(e->item);
	free(e->filter);
	*e = (struct cm_echoes) { 0 };
}
