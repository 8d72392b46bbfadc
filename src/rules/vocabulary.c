#include <string.h>

#include "base/time.h"
#include "rules/parts.h"

#define DAY_NS INT64_C(86400000000000)

size_t
cm_vocabulary_attribute(const struct cm_vocabulary *v, struct cm_span name)
{
	for (size_t i = 0; i < v->n_attributes; i++)
		if (cm_span_eq(name, cm_span_str(v->attribute[i].name)))
			return i;
	return CM_RULES_NONE;
}

size_t
cm_vocabulary_obligation(const struct cm_vocabulary *v, struct cm_span name)
{
	for (size_t i = 0; i < v->n_obligations; i++)
		if (cm_span_eq(name, cm_span_str(v->obligation[i].name)))
			return i;
	return CM_RULES_NONE;
}

int64_t
cm_attribute_max(const struct cm_attribute *a)
{
	if (a->kind == CM_ATTRIBUTE_NUMBER)
		return CM_RULES_NUMBER_MAX;
	return a->kind == CM_ATTRIBUTE_DATE ? CM_RULES_DAY_MAX : (int64_t)a->n_words - 1;
}

int64_t
cm_rules_number(struct cm_span text, char unit)
{
	int64_t n = 0;

	if (unit != 0) {
		if (text.len == 0 || text.ptr[text.len - 1] != (uint8_t)unit)
			return -1;
		text.len--;
	}
	if (text.len == 0 || text.len > 16 || (text.len > 1 && text.ptr[0] == '0'))
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return -1;
		n = n * 10 + (text.ptr[i] - '0');
	}
	return n > CM_RULES_NUMBER_MAX ? -1 : n;
}

static int64_t
day_of(struct cm_span text)
{
	int64_t t;

	if (text.len != 10 || cm_time_parse(text, &t) != CM_OK || t < 0 || t / DAY_NS > CM_RULES_DAY_MAX)
		return -1;
	return t / DAY_NS;
}

int64_t
cm_attribute_number(const struct cm_attribute *a, struct cm_span text)
{
	if (a->kind == CM_ATTRIBUTE_DATE)
		return day_of(text);
	return a->kind == CM_ATTRIBUTE_NUMBER ? cm_rules_number(text, a->unit) : -1;
}

int64_t
cm_attribute_word(const struct cm_attribute *a, struct cm_span word, bool quoted)
{
	size_t bare = a->quoted ? a->n_words - a->n_bare : 0;
	size_t from = a->quoted && !quoted ? bare : 0;
	size_t to = a->quoted && quoted ? bare : a->n_words;

	if (quoted != a->quoted && !(a->quoted && a->n_bare > 0))
		return -1;
	for (size_t i = from; i < to; i++)
		if (cm_span_eq(word, cm_span_str(a->words[i])))
			return (int64_t)i;
	return -1;
}

void
cm_attribute_write(const struct cm_attribute *a, int64_t value, struct cm_buf *out)
{
	char text[CM_TIME_TEXT];

	if (value < 0 || value > cm_attribute_max(a)) {
		cm_buf_add_str(out, "unknown");
	} else if (a->kind == CM_ATTRIBUTE_DATE) {
		cm_time_text(value * DAY_NS, text);
		cm_buf_add(out, text, 10);
	} else if (a->kind == CM_ATTRIBUTE_NUMBER) {
		cm_buf_printf(out, "%lld", (long long)value);
		if (a->unit != 0)
			cm_buf_add_u8(out, (uint8_t)a->unit);
	} else if (a->quoted && (size_t)value < a->n_words - a->n_bare) {
		cm_buf_printf(out, "\"%s\"", a->words[value]);
	} else {
		cm_buf_add_str(out, a->words[value]);
	}
}
