/* The canonical form: one clause a line, lines of at most 100 columns, comments before the clause that
 * they stood before or in. */
#include <string.h>

#include "rules/reader.h"

#define WIDTH 100u
#define CLAUSE "    "
#define FURTHER "        "

struct pen {
	struct cm_buf *out;
	const struct cm_vocabulary *v;
	size_t column; /* of characters in this line */
	struct cm_buf word;
};

static size_t
characters(struct cm_span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += (s.ptr[i] & 0xc0) != 0x80;
	return n;
}

static void
begin_line(struct pen *p, const char *indent)
{
	if (p->column > 0)
		cm_buf_add_str(p->out, "\n");
	cm_buf_add_str(p->out, indent);
	p->column = strlen(indent);
}

/* What was put into the word goes to this line, or where it is too long, to a further one. */
static void
flush(struct pen *p)
{
	struct cm_span s = cm_buf_span(&p->word);
	size_t n = characters(s);
	bool fresh = p->column == 0 || p->out->ptr == NULL || p->out->ptr[p->out->len - 1] == ' ';

	if (!fresh && p->column + 1 + n > WIDTH) {
		begin_line(p, FURTHER);
	} else if (!fresh) {
		cm_buf_add_str(p->out, " ");
		p->column++;
	}
	cm_buf_add_span(p->out, s);
	p->column += n;
	if (!cm_buf_ok(&p->word))
		p->out->failed = true;
	cm_buf_clear(&p->word);
}

static void
put(struct pen *p, const char *word)
{
	cm_buf_add_str(&p->word, word);
	flush(p);
}

static void
put_value(struct pen *p, size_t attribute, int64_t value, const char *behind)
{
	cm_attribute_write(&p->v->attribute[attribute], value, &p->word);
	cm_buf_add_str(&p->word, behind);
	flush(p);
}

/* Own lines; empty ones before them only outside of rules. */
static void
put_comments(struct pen *p, const struct cm_comment *c, const char *indent, bool blanks)
{
	for (; c != NULL; c = c->next) {
		if (blanks && c->blank && p->out->len > 0)
			begin_line(p, "");
		p->column += p->out->len > 0 && blanks && c->blank;
		begin_line(p, indent);
		cm_buf_add_span(p->out, c->text);
		p->column += c->text.len;
	}
}

static void
put_slots(struct pen *p, const struct cm_rule *r)
{
	if (r->slot[CM_SLOT_ACTION] == NULL)
		put(p, "anything");
	for (size_t slot = CM_SLOT_ACTION; slot < CM_SLOTS; slot++) {
		if (r->slot[slot] != NULL && slot != CM_SLOT_ACTION)
			put(p, cm_rules_slot_word(slot));
		for (const struct cm_slot_word *w = r->slot[slot]; w != NULL; w = w->next)
			put_value(p, w->attribute, w->value, w->next != NULL ? "," : "");
	}
}

static void
put_comparison(struct pen *p, const struct cm_expr *e, const char *behind)
{
	static const char *const op[] = { "in", "=", "!=", "<", "<=", ">", ">=" };

	cm_buf_printf(&p->word, "%s %s ", p->v->attribute[e->attribute].name, op[e->op]);
	if (e->op != CM_OP_IN) {
		put_value(p, e->attribute, e->value[0], behind);
		return;
	}
	cm_buf_add_str(&p->word, "(");
	for (size_t i = 0; i < e->n; i++) {
		cm_attribute_write(&p->v->attribute[e->attribute], e->value[i], &p->word);
		cm_buf_add_str(&p->word, i + 1 < e->n ? "," : ")");
		if (i + 1 == e->n)
			cm_buf_add_str(&p->word, behind);
		flush(p);
	}
}

static void put_expr(struct pen *p, const struct cm_expr *e, bool brackets, const char *behind);

static void
put_joined(struct pen *p, const struct cm_expr *e, const char *behind)
{
	for (const struct cm_expr *part = e->first; part != NULL; part = part->next) {
		put_expr(p, part, true, part->next == NULL ? behind : "");
		if (part->next != NULL)
			put(p, e->kind == CM_EXPR_AND ? "and" : "or");
	}
}

/* ${behind} holds the closing brackets of what it stands in, at most one a level. */
static void
put_expr(struct pen *p, const struct cm_expr *e, bool brackets, const char *behind)
{
	char closing[CM_RULES_DEPTH * 2 + 2];

	switch (e->kind) {
	case CM_EXPR_IS:
		put_comparison(p, e, behind);
		break;
	case CM_EXPR_NOT:
		cm_buf_add_str(&p->word, "not ");
		put_expr(p, e->first, true, behind);
		break;
	case CM_EXPR_AND:
	case CM_EXPR_OR:
		if (!brackets) {
			put_joined(p, e, behind);
			break;
		}
		cm_buf_add_str(&p->word, "(");
		closing[0] = ')';
		memcpy(closing + 1, behind, strlen(behind) + 1);
		put_joined(p, e, closing);
		break;
	}
}

static void
put_obligations(struct pen *p, const struct cm_rule *r)
{
	size_t left = 0;

	for (size_t i = 0; i < p->v->n_obligations; i++)
		left += r->oblige[i].set;
	for (size_t i = 0; i < p->v->n_obligations; i++) {
		if (!r->oblige[i].set)
			continue;
		cm_bound_write(p->v, i, &r->oblige[i], &p->word);
		if (--left > 0)
			cm_buf_add_str(&p->word, ",");
		flush(p);
	}
}

static void
put_clause(struct pen *p, const struct cm_rule *r, enum cm_clause clause, const char *word)
{
	put_comments(p, r->comments[clause].first, CLAUSE, false);
	begin_line(p, CLAUSE);
	put(p, word);
}

static void
put_rule(struct pen *p, const struct cm_rule *r)
{
	put_comments(p, r->comments[CM_CLAUSE_HEAD].first, "", true);
	if (r->blank && p->out->len > 0) {
		begin_line(p, "");
		p->column = 1;
	}
	begin_line(p, "");
	cm_buf_printf(&p->word, "%s %s:", r->allow ? "allow" : "deny", r->name);
	flush(p);
	put_slots(p, r);
	if (r->when != NULL) {
		put_clause(p, r, CM_CLAUSE_WHEN, "when");
		put_expr(p, r->when, false, "");
	}
	if (r->obliges) {
		put_clause(p, r, CM_CLAUSE_OBLIGE, "oblige");
		put_obligations(p, r);
	}
	if (r->because != NULL) {
		put_clause(p, r, CM_CLAUSE_BECAUSE, "because");
		cm_buf_printf(&p->word, "\"%s\"", r->because);
		flush(p);
	}
	cm_buf_add_str(p->out, ".");
	if (r->behind.len > 0) {
		cm_buf_add_str(p->out, " ");
		cm_buf_add_span(p->out, r->behind);
	}
}

static enum cm_result
write_all(const struct cm_rules *r, struct cm_buf *out, struct cm_err *err)
{
	struct cm_buf own = { 0 };
	struct pen p = { &own, r->v, 0, { 0 } };

	for (size_t i = 0; i < r->n; i++)
		put_rule(&p, r->rule[i]);
	put_comments(&p, r->last.first, "", true);
	if (own.len > 0)
		cm_buf_add_str(&own, "\n");
	if (cm_buf_ok(&own))
		cm_buf_add_span(out, cm_buf_span(&own));
	else
		out->failed = true;
	cm_buf_release(&own);
	cm_buf_release(&p.word);
	return cm_buf_ok(out) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory for the rules");
}

enum cm_result
cm_rules_format(struct cm_span text, const struct cm_vocabulary *v, struct cm_buf *out, struct cm_err *err)
{
	const struct cm_rules *r;
	struct cm_arena arena;
	enum cm_result rc;

	cm_arena_init(&arena, CM_RULES_MEMORY);
	rc = cm_rules_read(text, 1, v, &arena, &r, err);
	if (rc == CM_OK)
		rc = write_all(r, out, err);
	cm_arena_fini(&arena);
	return rc;
}
