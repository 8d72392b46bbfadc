/* Lines and words of an assessment's text. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assess/text_parts.h"

enum cm_result
cm_assess_fail(const struct cm_assess_reader *r, const uint8_t *where, const char *fmt, ...)
{
	char what[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return cm_place_fail(&r->text, CM_E_MALFORMED, (size_t)(where - r->text.in.ptr), "%s", what);
}

enum cm_result
cm_assess_no_memory(const struct cm_assess_reader *r)
{
	return cm_err_set(r->text.err, CM_E_NOMEM, "no memory for the assessment");
}

/* ---- lines ---- */

static bool
blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The line that begins at ${at}, without its newline. */
static struct cm_span
line_at(struct cm_span text, size_t at)
{
	const uint8_t *end = memchr(text.ptr + at, '\n', text.len - at);

	return cm_span_of(text.ptr + at, end == NULL ? text.len - at : (size_t)(end - text.ptr) - at);
}

static size_t
indent(struct cm_span line)
{
	size_t n = 0;

	while (n < line.len && blank(line.ptr[n]))
		n++;
	return n;
}

static bool
says_something(struct cm_span line)
{
	size_t n = indent(line);

	return n < line.len && line.ptr[n] != '#';
}

/* Does it go on with the text of the line above? */
static bool
goes_on(struct cm_span line)
{
	return line.len > 0 && (line.ptr[0] == '\t' || (line.len > 4 && memcmp(line.ptr, "    ", 4) == 0));
}

static struct cm_span
trimmed(const uint8_t *from, const uint8_t *end)
{
	while (end > from && blank(end[-1]))
		end--;
	return cm_span_of(from, (size_t)(end - from));
}

/* Steps over lines that say nothing, to one that does; false: there is none. */
static bool
step(struct cm_assess_reader *r, struct cm_span *line)
{
	struct cm_span text = r->text.in;

	while (r->next < text.len) {
		*line = line_at(text, r->next);
		r->next += line->len + (r->next + line->len < text.len);
		r->number++;
		if (says_something(*line))
			return true;
	}
	return false;
}

enum cm_assess_line
cm_assess_next_line(struct cm_assess_reader *r)
{
	struct cm_span line, more;
	const uint8_t *end;
	size_t n, next;
	unsigned number;

	if (!step(r, &line))
		return CM_LINE_END;
	n = indent(line);
	end = line.ptr + line.len;
	r->line_number = r->number;
	next = r->next;
	number = r->number;
	while (step(r, &more) && goes_on(more)) {
		end = more.ptr + more.len;
		next = r->next;
		number = r->number;
	}
	r->next = next;
	r->number = number;
	r->line = trimmed(line.ptr + n, end);
	if (n == 0)
		return CM_LINE_DEFINITION;
	return n == 2 && line.ptr[0] == ' ' && line.ptr[1] == ' ' ? CM_LINE_FIELD : CM_LINE_BAD;
}

bool
cm_assess_next_field(struct cm_assess_reader *r)
{
	size_t next = r->next;
	unsigned number = r->number;

	if (cm_assess_next_line(r) == CM_LINE_FIELD)
		return true;
	r->next = next;
	r->number = number;
	return false;
}

/* ---- words ---- */

/* Steps over what separates words: spaces, and between lines also comments. */
static void
skip(struct cm_span *s)
{
	const uint8_t *end;

	while (s->len > 0) {
		bool newline = s->ptr[0] == '\n';

		if (!newline && !blank(s->ptr[0]))
			return;
		*s = cm_span_of(s->ptr + 1, s->len - 1);
		if (newline && !says_something(line_at(*s, 0))) {
			end = memchr(s->ptr, '\n', s->len);
			*s = end == NULL ? cm_span_of(s->ptr + s->len, 0) :
					   cm_span_of(end, s->len - (size_t)(end - s->ptr));
		}
	}
}

static struct cm_span
word_until(struct cm_span *s, bool comma)
{
	struct cm_span word;
	size_t n = 0;

	skip(s);
	while (n < s->len && !blank(s->ptr[n]) && s->ptr[n] != '\n' && !(comma && s->ptr[n] == ','))
		n++;
	word = cm_span_of(s->ptr, n);
	*s = cm_span_of(s->ptr + n, s->len - n);
	return word;
}

struct cm_span
cm_assess_word(struct cm_span *s)
{
	return word_until(s, false);
}

struct cm_span
cm_assess_list_word(struct cm_span *s)
{
	return word_until(s, true);
}

bool
cm_assess_is(struct cm_span s, const char *word)
{
	return cm_span_eq(s, cm_span_str(word));
}

bool
cm_assess_take(struct cm_span *s, const char *word)
{
	struct cm_span rest = *s;

	if (!cm_assess_is(cm_assess_word(&rest), word))
		return false;
	*s = rest;
	return true;
}

bool
cm_assess_comma(struct cm_span *s)
{
	skip(s);
	if (s->len == 0 || s->ptr[0] != ',')
		return false;
	*s = cm_span_of(s->ptr + 1, s->len - 1);
	return true;
}

CM_RESULT
cm_assess_end(const struct cm_assess_reader *r, struct cm_span s)
{
	skip(&s);
	return s.len == 0 ? CM_OK : cm_assess_fail(r, s.ptr, "expected the end of the line");
}

struct cm_assess_at
cm_assess_at(const struct cm_assess_reader *r, const uint8_t *from, const uint8_t *end)
{
	return (struct cm_assess_at) { (uint32_t)(from - r->text.in.ptr), (uint32_t)(end - from) };
}

struct cm_assess_at
cm_assess_at_span(const struct cm_assess_reader *r, struct cm_span s)
{
	return cm_assess_at(r, s.ptr, s.ptr + s.len);
}

struct cm_assess_at
cm_assess_at_rest(const struct cm_assess_reader *r, struct cm_span s)
{
	skip(&s);
	return cm_assess_at_span(r, s);
}

/* ---- what is kept ---- */

CM_RESULT
cm_assess_keep(const struct cm_assess_reader *r, struct cm_span s, const char **out)
{
	char *text = cm_arena_alloc(r->arena, s.len + 1);

	if (text == NULL)
		return cm_assess_no_memory(r);
	memcpy(text, s.ptr, s.len);
	*out = text;
	return CM_OK;
}

CM_RESULT
cm_assess_name(const struct cm_assess_reader *r, struct cm_span word, const char *what, const char **out)
{
	if (!cm_assess_name_ok(word))
		return cm_assess_fail(r, word.ptr,
		    "expected %s: 1 to %u letters, digits, - _ and ., the first a letter or digit", what, CM_ASSESS_NAME);
	return cm_assess_keep(r, word, out);
}

/* Lines become one, with a space between them. */
static CM_RESULT
fold(const struct cm_assess_reader *r, struct cm_span s, const char **out)
{
	char *text = cm_arena_alloc(r->arena, s.len + 1);
	size_t n = 0;

	if (text == NULL)
		return cm_assess_no_memory(r);
	while (s.len > 0) {
		if (s.ptr[0] == '\t')
			return cm_assess_fail(r, s.ptr, "a tab in a text");
		if (s.ptr[0] != '\n') {
			text[n++] = (char)s.ptr[0];
			s = cm_span_of(s.ptr + 1, s.len - 1);
			continue;
		}
		while (n > 0 && text[n - 1] == ' ')
			n--;
		text[n++] = ' ';
		skip(&s);
	}
	text[n] = '\0';
	*out = text;
	return CM_OK;
}

CM_RESULT
cm_assess_text(const struct cm_assess_reader *r, struct cm_span s, const char **out)
{
	skip(&s);
	if (s.len == 0)
		return cm_assess_fail(r, s.ptr, "expected a text");
	return fold(r, s, out);
}

/* The quote that ends a text which begins at ${s}; one in a comment does not.  NULL: there is none. */
static const uint8_t *
closing_quote(struct cm_span s)
{
	while (s.len > 0 && s.ptr[0] != '"') {
		if (s.ptr[0] == '\n')
			skip(&s);
		else
			s = cm_span_of(s.ptr + 1, s.len - 1);
	}
	return s.len > 0 ? s.ptr : NULL;
}

CM_RESULT
cm_assess_quoted(const struct cm_assess_reader *r, struct cm_span *s, const char **out)
{
	struct cm_span inside;
	const uint8_t *end;

	skip(s);
	if (s->len == 0 || s->ptr[0] != '"')
		return cm_assess_fail(r, s->ptr, "expected a text in double quotes");
	end = closing_quote(cm_span_of(s->ptr + 1, s->len - 1));
	if (end == NULL)
		return cm_assess_fail(r, s->ptr, "a text without the double quote that ends it");
	inside = cm_span_of(s->ptr + 1, (size_t)(end - s->ptr) - 1);
	skip(&inside);
	inside = trimmed(inside.ptr, end);
	if (inside.len == 0)
		return cm_assess_fail(r, s->ptr, "an empty text");
	*s = cm_span_of(end + 1, s->len - (size_t)(end + 1 - s->ptr));
	return fold(r, inside, out);
}

CM_RESULT
cm_assess_because(const struct cm_assess_reader *r, struct cm_span *s, const char **out)
{
	return cm_assess_take(s, "because") ? cm_assess_quoted(r, s, out) : CM_OK;
}

/* ---- numbers and names ---- */

static bool
all_digits(struct cm_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len > 0;
}

CM_RESULT
cm_assess_decimal(const struct cm_assess_reader *r, struct cm_span word, int digits, int64_t *out)
{
	const uint8_t *point = word.len > 0 ? memchr(word.ptr, '.', word.len) : NULL;
	size_t whole = point == NULL ? word.len : (size_t)(point - word.ptr);
	struct cm_span behind = point == NULL ? cm_span_of(NULL, 0) : cm_span_of(point + 1, word.len - whole - 1);
	int64_t n = 0, one = 1;

	if (!all_digits(cm_span_of(word.ptr, whole)) || (point != NULL && !all_digits(behind)))
		return cm_assess_fail(r, word.ptr, "expected a number such as 0.25");
	if (behind.len > (size_t)digits)
		return cm_assess_fail(r, word.ptr, "expected at most %d digits behind the point", digits);
	for (int i = 0; i < digits; i++) {
		n = n * 10 + ((size_t)i < behind.len ? behind.ptr[i] - '0' : 0);
		one *= 10;
	}
	if (whole != 1 || word.ptr[0] > '1' || (word.ptr[0] == '1' && n > 0))
		return cm_assess_fail(r, word.ptr, "expected a number of at most 1, with one digit before the point");
	*out = word.ptr[0] == '1' ? one : n;
	return CM_OK;
}

CM_RESULT
cm_assess_layer(const struct cm_assess_reader *r, struct cm_span word, enum cm_layer *out)
{
	for (unsigned k = 0; k < CM_LAYERS; k++) {
		*out = (enum cm_layer)k;
		if (cm_assess_is(word, cm_layer_word(*out)))
			return CM_OK;
	}
	return cm_assess_fail(r, word.ptr, "expected machine, operator, organisation, state or beneficiary");
}

static int
in_order(const void *va, const void *vb)
{
	const struct cm_assess_named *a = va, *b = vb;
	int order;

	if (a->layer != b->layer)
		return a->layer < b->layer ? -1 : 1;
	order = strcmp(a->name, b->name);
	if (order != 0)
		return order;
	return (a->number > b->number) - (a->number < b->number);
}

void
cm_assess_sort(struct cm_assess_named *list, size_t n)
{
	if (n > 1)
		qsort(list, n, sizeof(*list), in_order);
}

size_t
cm_assess_search(const struct cm_assess_named *list, size_t n, unsigned layer, struct cm_span name)
{
	size_t lo = 0, hi = n, mid;
	int order;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		order = list[mid].layer != layer ? (list[mid].layer < layer ? -1 : 1) :
						   cm_span_cmp(cm_span_str(list[mid].name), name);
		if (order == 0)
			return list[mid].number;
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return CM_ASSESS_NONE;
}

CM_RESULT
cm_assess_hypothesis_named(const struct cm_assess_reader *r, enum cm_layer layer, struct cm_span name, size_t *out)
{
	if (name.len == 0)
		return cm_assess_fail(r, name.ptr, "expected a hypothesis of the layer %s", cm_layer_word(layer));
	*out = cm_assess_search(r->hypotheses, r->a.n_hypotheses, (unsigned)layer, name);
	if (*out == CM_ASSESS_NONE)
		return cm_assess_fail(r, name.ptr, "no hypothesis %.*s at the layer %s", CM_PLACE_WORD(name),
		    cm_layer_word(layer));
	return CM_OK;
}
