#include <stdarg.h>
#include <stdio.h>

#include "rules/reader.h"

void
cm_comments_append(struct cm_comments *to, const struct cm_comments *more)
{
	if (more->first == NULL)
		return;
	if (to->first == NULL)
		to->end = &to->first;
	*to->end = more->first;
	to->end = more->end;
}

static enum cm_result
keep_comment(struct cm_reader *r, const struct cm_rules_token *t)
{
	struct cm_comment *c = cm_reader_alloc(r, 1, sizeof(*c));
	struct cm_comments one = { c, NULL };

	if (c == NULL)
		return CM_E_NOMEM;
	*c = (struct cm_comment) { t->text, t->line, t->blank, NULL };
	one.end = &c->next;
	cm_comments_append(&r->comments, &one);
	return CM_OK;
}

static enum cm_result
next_token(struct cm_reader *r)
{
	enum cm_result rc;

	r->comments = (struct cm_comments) { NULL, NULL };
	do {
		rc = cm_rules_lex_next(&r->lex, &r->token, r->err);
		if (rc == CM_OK && r->token.kind == CM_RULES_COMMENT)
			rc = keep_comment(r, &r->token);
	} while (rc == CM_OK && r->token.kind == CM_RULES_COMMENT);
	return rc;
}

enum cm_result
cm_reader_begin(struct cm_reader *r, struct cm_span text, size_t line, const struct cm_vocabulary *v,
    struct cm_arena *arena, struct cm_err *err)
{
	*r = (struct cm_reader) { .lex = { text, 0, line, 1 }, .v = v, .arena = arena, .err = err };
	if (text.len > CM_RULES_BYTES)
		return cm_err_set(err, CM_E_LIMIT, "%zu bytes of rules; at most %zu are read", text.len, CM_RULES_BYTES);
	return next_token(r);
}

enum cm_result
cm_reader_take(struct cm_reader *r)
{
	r->line = r->token.line;
	if (r->collect != NULL)
		cm_comments_append(r->collect, &r->comments);
	return next_token(r);
}

bool
cm_reader_at(const struct cm_reader *r, enum cm_rules_token_kind kind, const char *text)
{
	return cm_rules_token_is(&r->token, kind, text);
}

bool
cm_reader_at_word(const struct cm_reader *r, const char *word)
{
	return cm_reader_at(r, CM_RULES_WORD, word);
}

bool
cm_reader_at_mark(const struct cm_reader *r, const char *mark)
{
	return cm_reader_at(r, CM_RULES_MARK, mark);
}

enum cm_result
cm_reader_refuse(struct cm_reader *r, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return cm_err_set(r->err, CM_E_MALFORMED, "line %zu, column %zu: %s", r->token.line, r->token.column, text);
}

enum cm_result
cm_reader_expected(struct cm_reader *r, const char *what)
{
	const struct cm_rules_token *t = &r->token;
	int len = t->text.len > 40 ? 40 : (int)t->text.len;

	if (t->kind == CM_RULES_END)
		return cm_reader_refuse(r, "expected %s, but the text ends here", what);
	if (t->kind == CM_RULES_STRING)
		return cm_reader_refuse(r, "expected %s, not something in quotes", what);
	return cm_reader_refuse(r, "expected %s, not `%.*s`", what, len, (const char *)t->text.ptr);
}

enum cm_result
cm_reader_mark(struct cm_reader *r, const char *mark)
{
	char what[8];

	if (!cm_reader_at_mark(r, mark)) {
		snprintf(what, sizeof(what), "`%s`", mark);
		return cm_reader_expected(r, what);
	}
	return cm_reader_take(r);
}

void *
cm_reader_alloc(struct cm_reader *r, size_t n, size_t size)
{
	void *p = cm_arena_array(r->arena, n, size);

	if (p == NULL)
		cm_err_set(r->err, CM_E_NOMEM, "out of memory for the rules");
	return p;
}

/* What may stand there: names the first words. */
static enum cm_result
no_such_value(struct cm_reader *r, const struct cm_attribute *a)
{
	struct cm_buf b = { 0 };
	const char *text;
	enum cm_result rc;

	cm_buf_add_str(&b, "a value of ");
	cm_buf_add_str(&b, a->name);
	for (size_t i = 0; i < a->n_words && i < 8; i++) {
		cm_buf_add_str(&b, i == 0 ? ": " : ", ");
		cm_attribute_write(a, (int64_t)i, &b);
	}
	if (a->n_words > 8)
		cm_buf_add_str(&b, ", ...");
	if (a->kind == CM_ATTRIBUTE_DATE)
		cm_buf_add_str(&b, ": a day such as 2026-11-27");
	if (a->kind == CM_ATTRIBUTE_NUMBER)
		cm_buf_printf(&b, ": a number%s%c", a->unit != 0 ? " with its unit " : "", a->unit != 0 ? a->unit : ' ');
	text = cm_buf_cstr(&b);
	rc = cm_reader_expected(r, text != NULL ? text : a->name);
	cm_buf_release(&b);
	return rc;
}

enum cm_result
cm_reader_value(struct cm_reader *r, size_t attribute, int64_t *out)
{
	const struct cm_attribute *a = &r->v->attribute[attribute];
	enum cm_rules_token_kind kind = r->token.kind;

	*out = -1;
	if (kind == CM_RULES_WORD || kind == CM_RULES_STRING)
		*out = a->n_words > 0 ? cm_attribute_word(a, r->token.text, kind == CM_RULES_STRING) : -1;
	else if (kind == CM_RULES_NUMBER)
		*out = a->n_words > 0 ? -1 : cm_attribute_number(a, r->token.text);
	if (*out < 0)
		return no_such_value(r, a);
	return cm_reader_take(r);
}
