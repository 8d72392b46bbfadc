#include <string.h>

#include "rules/reader.h"

static const char *const SLOT_WORD[CM_SLOTS] = {
	[CM_SLOT_TYPES] = "types", [CM_SLOT_AS] = "as", [CM_SLOT_FROM] = "from", [CM_SLOT_TO] = "to", [CM_SLOT_FOR] = "for"
};

const char *
cm_rules_slot_word(size_t slot)
{
	return SLOT_WORD[slot];
}

static char *
copy_text(struct cm_reader *r, struct cm_span s)
{
	char *text = cm_reader_alloc(r, s.len + 1, 1);

	if (text != NULL && s.len > 0)
		memcpy(text, s.ptr, s.len);
	return text;
}

static bool
has_slot(const struct cm_vocabulary *v, size_t slot)
{
	for (size_t i = 0; i < v->n_attributes; i++)
		if ((size_t)v->attribute[i].slot == slot)
			return true;
	return false;
}

/* Bare words are of one attribute of the slot, words in quotes of the other. */
static size_t
attribute_of(const struct cm_reader *r, size_t slot)
{
	bool quoted = r->token.kind == CM_RULES_STRING;
	size_t any = CM_RULES_NONE;

	for (size_t i = 0; i < r->v->n_attributes; i++) {
		const struct cm_attribute *a = &r->v->attribute[i];

		if ((size_t)a->slot != slot || a->n_words == 0)
			continue;
		if (cm_attribute_word(a, r->token.text, quoted) >= 0)
			return i;
		if (any == CM_RULES_NONE || a->quoted == quoted)
			any = i;
	}
	return any;
}

static enum cm_result
read_slot_word(struct cm_reader *r, struct cm_rule *rule, size_t slot, struct cm_slot_word **w)
{
	struct cm_slot_word *new = cm_reader_alloc(r, 1, sizeof(*new));
	struct cm_rules_token t = r->token;
	enum cm_result rc;

	if (new == NULL)
		return CM_E_NOMEM;
	new->attribute = attribute_of(r, slot);
	if (new->attribute == CM_RULES_NONE)
		return cm_reader_expected(r, "another word");
	rc = cm_reader_value(r, new->attribute, &new->value);
	if (rc != CM_OK)
		return rc;
	for (const struct cm_slot_word *o = rule->slot[slot]; o != NULL; o = o->next) {
		if (o->attribute == new->attribute && o->value == new->value) {
			r->token = t;
			return cm_reader_refuse(r, "this stands in the list twice");
		}
	}
	*w = new;
	rule->n_atoms++;
	return CM_OK;
}

static enum cm_result
read_slot(struct cm_reader *r, struct cm_rule *rule, size_t slot)
{
	struct cm_slot_word **end = &rule->slot[slot];
	enum cm_result rc;

	for (;;) {
		rc = read_slot_word(r, rule, slot, end);
		if (rc != CM_OK || !cm_reader_at_mark(r, ","))
			return rc;
		end = &(*end)->next;
		rc = cm_reader_take(r);
		if (rc != CM_OK)
			return rc;
	}
}

static size_t
slot_at(const struct cm_reader *r)
{
	for (size_t slot = CM_SLOT_TYPES; slot < CM_SLOTS; slot++)
		if (has_slot(r->v, slot) && cm_reader_at_word(r, SLOT_WORD[slot]))
			return slot;
	return CM_RULES_NONE;
}

static enum cm_result
read_slots(struct cm_reader *r, struct cm_rule *rule)
{
	enum cm_result rc = CM_OK;
	size_t slot;

	if (cm_reader_at_word(r, "anything"))
		rc = cm_reader_take(r);
	else if (has_slot(r->v, CM_SLOT_ACTION))
		rc = read_slot(r, rule, CM_SLOT_ACTION);
	else
		rc = cm_reader_expected(r, "`anything`");
	while (rc == CM_OK && (slot = slot_at(r)) != CM_RULES_NONE) {
		if (rule->slot[slot] != NULL)
			return cm_reader_refuse(r, "a second `%s` in this rule", SLOT_WORD[slot]);
		rc = cm_reader_take(r);
		if (rc == CM_OK)
			rc = read_slot(r, rule, slot);
	}
	return rc;
}

static enum cm_result
read_obligations(struct cm_reader *r, struct cm_rule *rule)
{
	struct cm_rules_token t;
	struct cm_bound b;
	enum cm_result rc;
	size_t i;

	if (!rule->allow)
		return cm_reader_refuse(r, "a deny obliges to nothing");
	rule->obliges = true;
	do {
		rc = cm_reader_take(r);
		t = r->token;
		if (rc == CM_OK)
			rc = cm_reader_bound(r, &i, &b);
		if (rc != CM_OK)
			return rc;
		if (rule->oblige[i].set) {
			r->token = t;
			return cm_reader_refuse(r, "%s stands in this rule twice", r->v->obligation[i].name);
		}
		rule->oblige[i] = b;
	} while (cm_reader_at_mark(r, ","));
	return CM_OK;
}

static enum cm_result
read_because(struct cm_reader *r, struct cm_rule *rule)
{
	enum cm_result rc = cm_reader_take(r);

	if (rc == CM_OK && r->token.kind != CM_RULES_STRING)
		rc = cm_reader_expected(r, "a reason in quotes");
	if (rc != CM_OK)
		return rc;
	rule->because = copy_text(r, r->token.text);
	return rule->because == NULL ? CM_E_NOMEM : cm_reader_take(r);
}

static bool
name_is_taken(struct cm_reader *r, const struct cm_rule *first)
{
	for (; first != NULL; first = first->next)
		if (first->name != NULL && cm_span_eq(r->token.text, cm_span_str(first->name))) {
			cm_reader_refuse(r, "a rule %s stands in line %zu already", first->name, first->line);
			return true;
		}
	return false;
}

static enum cm_result
read_name(struct cm_reader *r, const struct cm_rule *first, struct cm_rule *rule)
{
	enum cm_result rc;

	if (r->token.kind != CM_RULES_WORD || r->token.text.len > CM_RULES_NAME_MAX)
		return cm_reader_expected(r, "the rule's name (a letter, then letters, digits, + and -; at most 32)");
	if (name_is_taken(r, first))
		return CM_E_MALFORMED;
	rule->name = copy_text(r, r->token.text);
	rc = rule->name == NULL ? CM_E_NOMEM : cm_reader_take(r);
	return rc == CM_OK ? cm_reader_mark(r, ":") : rc;
}

static enum cm_result
read_head(struct cm_reader *r, const struct cm_rule *first, struct cm_rule *rule)
{
	enum cm_result rc;

	rule->allow = cm_reader_at_word(r, "allow");
	if (!rule->allow && !cm_reader_at_word(r, "deny"))
		return cm_reader_expected(r, "`allow` or `deny`");
	rule->line = r->token.line;
	rule->blank = r->token.blank;
	r->collect = &rule->comments[CM_CLAUSE_HEAD];
	rc = cm_reader_take(r);
	if (rc == CM_OK)
		rc = read_name(r, first, rule);
	return rc == CM_OK ? read_slots(r, rule) : rc;
}

static enum cm_result
read_when(struct cm_reader *r, struct cm_rule *rule)
{
	enum cm_result rc = cm_reader_take(r);

	return rc == CM_OK ? cm_reader_expr(r, &rule->when, &rule->n_atoms) : rc;
}

static enum cm_result
read_clauses(struct cm_reader *r, struct cm_rule *rule)
{
	enum cm_result rc = CM_OK;

	if (cm_reader_at_word(r, "when")) {
		r->collect = &rule->comments[CM_CLAUSE_WHEN];
		rc = read_when(r, rule);
	}
	if (rc == CM_OK && cm_reader_at_word(r, "oblige")) {
		r->collect = &rule->comments[CM_CLAUSE_OBLIGE];
		rc = read_obligations(r, rule);
	}
	if (rc == CM_OK && cm_reader_at_word(r, "because")) {
		r->collect = &rule->comments[CM_CLAUSE_BECAUSE];
		rc = read_because(r, rule);
	}
	return rc;
}

/* A full stop, or the next rule.  A comment behind it in its line stays there. */
static enum cm_result
read_end(struct cm_reader *r, struct cm_rule *rule)
{
	struct cm_comment *c;
	enum cm_result rc = CM_OK;

	if (cm_reader_at_mark(r, "."))
		rc = cm_reader_take(r);
	else if (r->token.kind != CM_RULES_END && !cm_reader_at_word(r, "allow") && !cm_reader_at_word(r, "deny"))
		return cm_reader_expected(r, "a full stop or a further part of the sentence");
	c = r->comments.first;
	if (rc == CM_OK && c != NULL && c->line == r->line) {
		rule->behind = c->text;
		r->comments.first = c->next;
	}
	return rc;
}

static enum cm_result
read_list(struct cm_reader *r, struct cm_rules *out, struct cm_rule **first)
{
	struct cm_rule **end = first;
	enum cm_result rc = CM_OK;

	while (rc == CM_OK && r->token.kind != CM_RULES_END) {
		struct cm_rule *rule;

		if (out->n == CM_RULES_MAX)
			return cm_err_set(r->err, CM_E_LIMIT, "line %zu: more than %u rules", r->token.line, CM_RULES_MAX);
		rule = cm_reader_alloc(r, 1, sizeof(*rule));
		if (rule == NULL)
			return CM_E_NOMEM;
		rc = read_head(r, *first, rule);
		if (rc == CM_OK)
			rc = read_clauses(r, rule);
		if (rc == CM_OK)
			rc = read_end(r, rule);
		*end = rule;
		end = &rule->next;
		out->n++;
		out->n_tests += rule->n_atoms;
	}
	if (rc == CM_OK)
		out->last = r->comments;
	return rc;
}

enum cm_result
cm_rules_read(struct cm_span text, size_t line, const struct cm_vocabulary *v, struct cm_arena *arena,
    const struct cm_rules **out, struct cm_err *err)
{
	struct cm_rules *all = cm_arena_array(arena, 1, sizeof(*all));
	struct cm_rule *rule = NULL;
	struct cm_reader r;
	enum cm_result rc;

	if (all == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the rules");
	all->v = v;
	rc = cm_reader_begin(&r, text, line, v, arena, err);
	if (rc == CM_OK)
		rc = read_list(&r, all, &rule);
	if (rc != CM_OK)
		return rc;
	all->rule = cm_reader_alloc(&r, all->n, sizeof(struct cm_rule *));
	all->test = cm_reader_alloc(&r, all->n_tests, sizeof(*all->test));
	if (all->rule == NULL || all->test == NULL)
		return CM_E_NOMEM;
	all->n_tests = 0;
	for (size_t i = 0; rule != NULL; rule = rule->next) {
		all->rule[i++] = rule;
		rule->entry = cm_table_rule(all->test, &all->n_tests, rule, &rule->names);
	}
	*out = all;
	return CM_OK;
}
