/* Requests as text: action=release type=N1 to-member="U". */
#include "rules/reader.h"

enum cm_result
cm_ask_set(struct cm_ask *q, const struct cm_vocabulary *v, const char *attribute, const char *word)
{
	size_t i = cm_vocabulary_attribute(v, cm_span_str(attribute));
	const struct cm_attribute *a;
	int64_t value;

	if (i == CM_RULES_NONE)
		return CM_E_NOTFOUND;
	a = &v->attribute[i];
	if (a->n_words == 0) {
		value = cm_attribute_number(a, cm_span_str(word));
	} else {
		value = cm_attribute_word(a, cm_span_str(word), a->quoted);
		if (value < 0 && a->quoted)
			value = cm_attribute_word(a, cm_span_str(word), false);
	}
	if (value < 0)
		return CM_E_NOTFOUND;
	q->value[i] = value;
	return CM_OK;
}

static enum cm_result
read_one(struct cm_reader *r, struct cm_ask *out)
{
	size_t i = r->token.kind == CM_RULES_WORD ? cm_vocabulary_attribute(r->v, r->token.text) : CM_RULES_NONE;
	enum cm_result rc;

	if (i == CM_RULES_NONE)
		return cm_reader_expected(r, "an attribute");
	if (out->value[i] >= 0)
		return cm_reader_refuse(r, "%s is said twice", r->v->attribute[i].name);
	rc = cm_reader_take(r);
	if (rc == CM_OK)
		rc = cm_reader_mark(r, "=");
	return rc == CM_OK ? cm_reader_value(r, i, &out->value[i]) : rc;
}

enum cm_result
cm_ask_read(struct cm_span text, const struct cm_vocabulary *v, struct cm_ask *out, struct cm_err *err)
{
	struct cm_arena arena; /* for comments only */
	struct cm_reader r;
	enum cm_result rc;

	*out = cm_ask_unknown();
	cm_arena_init(&arena, CM_RULES_MEMORY);
	rc = cm_reader_begin(&r, text, 1, v, &arena, err);
	while (rc == CM_OK && r.token.kind != CM_RULES_END)
		rc = read_one(&r, out);
	cm_arena_fini(&arena);
	return rc;
}

void
cm_ask_write(const struct cm_ask *q, const struct cm_vocabulary *v, struct cm_buf *out)
{
	uint32_t missing = cm_ask_missing(q, v);
	bool first = true;

	for (size_t i = 0; i < v->n_attributes; i++) {
		if (missing >> i & 1)
			continue;
		cm_buf_printf(out, "%s%s=", first ? "" : " ", v->attribute[i].name);
		cm_attribute_write(&v->attribute[i], q->value[i], out);
		first = false;
	}
}
