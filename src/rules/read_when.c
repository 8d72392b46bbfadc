/* Conditions: `or` of `and` of `not` of comparisons and brackets. */
#include <string.h>

#include "rules/reader.h"

static enum cm_result read_or(struct cm_reader *r, struct cm_expr **out, size_t *n_atoms);

static struct cm_expr *
new_expr(struct cm_reader *r, enum cm_expr_kind kind)
{
	struct cm_expr *e = cm_reader_alloc(r, 1, sizeof(*e));

	if (e != NULL)
		e->kind = kind;
	return e;
}

static void
join(struct cm_expr *to, struct cm_expr *part)
{
	part->prev = to->last;
	if (to->last == NULL)
		to->first = part;
	else
		to->last->next = part;
	to->last = part;
}

static bool
is_ordered(const struct cm_attribute *a)
{
	return a->kind != CM_ATTRIBUTE_WORD;
}

static enum cm_result
read_operator(struct cm_reader *r, struct cm_expr *e)
{
	static const char *const mark[] = { "=", "!=", "<", "<=", ">", ">=" };
	const struct cm_attribute *a = &r->v->attribute[e->attribute];

	for (size_t i = 0; i < sizeof(mark) / sizeof(mark[0]); i++) {
		if (!cm_reader_at_mark(r, mark[i]))
			continue;
		e->op = (enum cm_op)(CM_OP_IS + i);
		if (e->op >= CM_OP_BELOW && !is_ordered(a))
			return cm_reader_refuse(r, "%s has no order: only =, != and in", a->name);
		return cm_reader_take(r);
	}
	e->op = CM_OP_IN;
	if (!cm_reader_at_word(r, "in"))
		return cm_reader_expected(r, is_ordered(a) ? "=, !=, <, <=, >, >= or in" : "=, != or in");
	return cm_reader_take(r);
}

static bool
has_value(const int64_t *value, size_t n, int64_t one)
{
	for (size_t i = 0; i < n; i++)
		if (value[i] == one)
			return true;
	return false;
}

static enum cm_result
read_values(struct cm_reader *r, size_t attribute, int64_t value[CM_RULES_WORDS_MAX], size_t *n)
{
	enum cm_result rc = cm_reader_mark(r, "(");

	while (rc == CM_OK) {
		struct cm_rules_token t = r->token;

		if (*n == CM_RULES_WORDS_MAX)
			return cm_reader_refuse(r, "more than %u values in one list", CM_RULES_WORDS_MAX);
		rc = cm_reader_value(r, attribute, &value[*n]);
		if (rc == CM_OK && has_value(value, *n, value[*n])) {
			r->token = t;
			return cm_reader_refuse(r, "this stands in the list twice");
		}
		++*n;
		if (rc != CM_OK || !cm_reader_at_mark(r, ","))
			break;
		rc = cm_reader_take(r);
	}
	return rc == CM_OK ? cm_reader_mark(r, ")") : rc;
}

static enum cm_result
read_list(struct cm_reader *r, struct cm_expr *e)
{
	int64_t value[CM_RULES_WORDS_MAX];
	enum cm_result rc = read_values(r, e->attribute, value, &e->n);

	if (rc != CM_OK)
		return rc;
	e->value = cm_reader_alloc(r, e->n, sizeof(*value));
	if (e->value == NULL)
		return CM_E_NOMEM;
	memcpy(e->value, value, e->n * sizeof(*value));
	return CM_OK;
}

static enum cm_result
read_comparison(struct cm_reader *r, struct cm_expr **out, size_t *n_atoms)
{
	size_t attribute = CM_RULES_NONE;
	struct cm_expr *e;
	enum cm_result rc;

	if (r->token.kind == CM_RULES_WORD)
		attribute = cm_vocabulary_attribute(r->v, r->token.text);
	if (attribute == CM_RULES_NONE)
		return cm_reader_expected(r, "an attribute, `not` or a bracket");
	e = new_expr(r, CM_EXPR_IS);
	if (e == NULL)
		return CM_E_NOMEM;
	*out = e;
	e->of = r->v;
	e->attribute = attribute;
	rc = cm_reader_take(r);
	if (rc == CM_OK)
		rc = read_operator(r, e);
	if (rc == CM_OK && e->op == CM_OP_IN) {
		rc = read_list(r, e);
	} else if (rc == CM_OK) {
		e->value = cm_reader_alloc(r, 1, sizeof(*e->value));
		e->n = 1;
		rc = e->value == NULL ? CM_E_NOMEM : cm_reader_value(r, attribute, e->value);
	}
	*n_atoms += e->n;
	return rc;
}

static enum cm_result
read_brackets(struct cm_reader *r, struct cm_expr **out, size_t *n_atoms)
{
	enum cm_result rc = cm_reader_mark(r, "(");

	if (rc == CM_OK)
		rc = read_or(r, out, n_atoms);
	return rc == CM_OK ? cm_reader_mark(r, ")") : rc;
}

static enum cm_result
read_not(struct cm_reader *r, struct cm_expr **out, size_t *n_atoms)
{
	bool is_not = cm_reader_at_word(r, "not");
	struct cm_expr *part = NULL;
	enum cm_result rc;

	if (!is_not && !cm_reader_at_mark(r, "("))
		return read_comparison(r, out, n_atoms);
	if (++r->depth > CM_RULES_DEPTH)
		return cm_reader_refuse(r, "more than %u brackets and `not` in each other", CM_RULES_DEPTH);
	if (is_not) {
		*out = new_expr(r, CM_EXPR_NOT);
		rc = *out == NULL ? CM_E_NOMEM : cm_reader_take(r);
		if (rc == CM_OK)
			rc = read_not(r, &part, n_atoms);
		if (rc == CM_OK)
			join(*out, part);
	} else {
		rc = read_brackets(r, out, n_atoms);
	}
	r->depth--;
	return rc;
}

/* Parts with ${word} between them; the parts of a part that is joined by the same word are its own. */
static enum cm_result
read_joined(struct cm_reader *r, enum cm_expr_kind kind, struct cm_expr **out, size_t *n_atoms)
{
	const char *word = kind == CM_EXPR_OR ? "or" : "and";
	struct cm_expr *part = NULL;
	enum cm_result rc = kind == CM_EXPR_OR ? read_joined(r, CM_EXPR_AND, &part, n_atoms) : read_not(r, &part, n_atoms);

	*out = part;
	if (rc != CM_OK || !cm_reader_at_word(r, word))
		return rc;
	*out = new_expr(r, kind);
	if (*out == NULL)
		return CM_E_NOMEM;
	join(*out, part);
	while (rc == CM_OK && cm_reader_at_word(r, word)) {
		rc = cm_reader_take(r);
		if (rc == CM_OK)
			rc = kind == CM_EXPR_OR ? read_joined(r, CM_EXPR_AND, &part, n_atoms) : read_not(r, &part, n_atoms);
		if (rc == CM_OK)
			join(*out, part);
	}
	return rc;
}

static enum cm_result
read_or(struct cm_reader *r, struct cm_expr **out, size_t *n_atoms)
{
	return read_joined(r, CM_EXPR_OR, out, n_atoms);
}

enum cm_result
cm_reader_expr(struct cm_reader *r, struct cm_expr **out, size_t *n_atoms)
{
	return read_or(r, out, n_atoms);
}

enum cm_result
cm_condition_read(struct cm_span text, const struct cm_vocabulary *v, struct cm_arena *arena,
    const struct cm_condition **out, struct cm_err *err)
{
	struct cm_condition *c = cm_arena_array(arena, 1, sizeof(*c));
	size_t n_atoms = 0;
	struct cm_reader r;
	enum cm_result rc;

	if (c == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the condition");
	c->v = v;
	rc = cm_reader_begin(&r, text, 1, v, arena, err);
	if (rc == CM_OK)
		rc = cm_reader_expr(&r, &c->expr, &n_atoms);
	if (rc == CM_OK && r.token.kind != CM_RULES_END)
		rc = cm_reader_expected(&r, "`and`, `or` or the end of the condition");
	if (rc != CM_OK)
		return rc;
	c->test = cm_reader_alloc(&r, n_atoms, sizeof(*c->test));
	if (c->test == NULL)
		return CM_E_NOMEM;
	c->entry = cm_table_expr(c->test, &c->n_tests, c->expr, CM_TEST_TRUE, CM_TEST_FALSE, &c->names);
	*out = c;
	return CM_OK;
}
