/* What `charter check` found, as text and as JSON. */
#include "charter/questions.h"
#include "cli/charter_check.h"

static const char *const life_word[] = {
	[CM_RULE_DECIDES] = "decides", [CM_RULE_NEVER] = "never", [CM_RULE_DENIED] = "denied", [CM_RULE_COVERED] = "covered",
	[CM_RULE_GUARDS] = "guards"
};
static const char *const life_says[] = {
	[CM_RULE_DECIDES] = "decides", [CM_RULE_NEVER] = "is true of no request",
	[CM_RULE_DENIED] = "allows nothing: all of it is denied by ",
	[CM_RULE_COVERED] = "changes nothing: all that it says, others say: ",
	[CM_RULE_GUARDS] = "denies nothing that any rule allows; it will, should a rule be added"
};

static bool
has_bit(const uint64_t *bits, size_t i)
{
	return (bits[i / 64] >> (i % 64) & 1) != 0;
}

static void
add_example(const struct cm_charter_checked *c, const struct cm_example *e, struct cm_buf *b)
{
	cm_buf_add_str(b, "       for example: ");
	cm_example_say(e, c->file.v, b);
	cm_buf_add_str(b, "\n");
}

static void
add_questions(const struct cm_charter_checked *c, struct cm_buf *b)
{
	cm_buf_add_str(b, "\nQuestions\n");
	for (size_t i = 0; i < cm_questions_n; i++) {
		cm_buf_printf(b, "  %-3s  %s%s\n", c->question[i].can ? "yes" : "no", cm_questions[i].text,
		    cm_questions[i].must_be_no && c->question[i].can ? "  It must be no." : "");
		if (c->question[i].can)
			add_example(c, &c->question[i].example, b);
	}
}

static void
add_names(const struct cm_rules *r, const uint64_t *bits, struct cm_buf *b)
{
	const char *between = "";

	for (size_t i = 0; i < cm_rules_count(r); i++) {
		if (!has_bit(bits, i))
			continue;
		cm_buf_printf(b, "%s%s", between, cm_rules_name(r, i));
		between = ", ";
	}
}

static void
add_dead(const struct cm_charter_checked *c, struct cm_buf *b)
{
	const struct cm_rules *r = c->file.rules;
	bool any = false;

	for (size_t i = 0; i < cm_rules_count(r); i++) {
		const struct cm_life *life = &c->life[i];

		if (life->is == CM_RULE_DECIDES)
			continue;
		cm_buf_printf(b, "%s  %s (line %zu) %s", any ? "" : "\nRules that decide nothing\n", cm_rules_name(r, i),
		    cm_rules_line(r, i), life_says[life->is]);
		add_names(r, life->by, b);
		cm_buf_add_str(b, cm_charter_dead(life) ? "\n" : " (no fault)\n");
		any = true;
	}
}

static void
add_monotone(const struct cm_charter_checked *c, const char *name, const struct cm_monotone *m, struct cm_buf *b)
{
	size_t i = cm_vocabulary_attribute(c->file.v, cm_span_str(name));

	if (m->holds) {
		cm_buf_printf(b, "  yes  What is allowed at a %s is allowed at all lower ones\n", name);
		return;
	}
	cm_buf_printf(b, "  no   What is allowed at a %s is allowed at all lower ones  It must be yes.\n", name);
	add_example(c, &m->example, b);
	cm_buf_printf(b, "       is allowed, and with %s ", name);
	cm_attribute_write(&c->file.v->attribute[i], m->lower, b);
	cm_buf_add_str(b, " it is not\n");
}

static void
add_overrides(const struct cm_charter_checked *c, struct cm_buf *b)
{
	const struct cm_rules *r = c->file.rules;

	for (size_t i = 0; i < c->n_overrides; i++) {
		bool first = i == 0 || c->overrides[i].deny != c->overrides[i - 1].deny;
		bool last = i + 1 == c->n_overrides || c->overrides[i].deny != c->overrides[i + 1].deny;

		cm_buf_add_str(b, i == 0 ? "\nDenies that override\n" : "");
		if (first)
			cm_buf_printf(b, "  %s over ", cm_rules_name(r, c->overrides[i].deny));
		cm_buf_printf(b, "%s%s", first ? "" : ", ", cm_rules_name(r, c->overrides[i].allow));
		if (!last)
			continue;
		cm_buf_add_str(b, "\n");
		add_example(c, &c->overrides[i].both.example, b);
	}
}

static void
add_unread(const struct cm_charter_checked *c, struct cm_buf *b)
{
	const char *between = "\nNo rule looks at\n  ";

	for (size_t i = 0; i < c->file.v->n_attributes; i++) {
		if ((c->unread >> i & 1) == 0)
			continue;
		cm_buf_printf(b, "%s%s", between, c->file.v->attribute[i].name);
		between = ", ";
	}
	cm_buf_add_str(b, c->unread != 0 ? "\n" : "");
}

enum cm_exit
cm_charter_check_text(const struct cm_charter_checked *c)
{
	char all[CM_COUNT_TEXT], allowed[CM_COUNT_TEXT];
	enum cm_exit code = CM_EXIT_OK;
	struct cm_buf b = { 0 };

	cm_requests_text(c->all, all);
	cm_requests_text(c->allowed.requests, allowed);
	cm_buf_printf(&b, "%zu rules; of %s requests %s are allowed\n", cm_rules_count(c->file.rules), all, allowed);
	add_questions(c, &b);
	add_monotone(c, "tlp", &c->tlp, &b);
	add_monotone(c, "pap", &c->pap, &b);
	add_dead(c, &b);
	add_overrides(c, &b);
	add_unread(c, &b);
	cm_buf_printf(&b, "\n%s\n", c->good ? "Nothing is wrong with these rules." : "Something is wrong with these rules.");
	if (cm_buf_cstr(&b) == NULL) {
		cm_cli_say(c->ctx, "out of memory");
		code = CM_EXIT_CANNOT;
	} else {
		fputs(cm_buf_cstr(&b), c->ctx->out);
	}
	cm_buf_release(&b);
	return code;
}

/* ---- JSON ---- */

static void
json_questions(const struct cm_charter_checked *c, struct cm_jsonw *w)
{
	cm_jsonw_key(w, "questions");
	cm_jsonw_array(w);
	for (size_t i = 0; i < cm_questions_n; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "id", cm_questions[i].id);
		cm_jsonw_kstr(w, "text", cm_questions[i].text);
		cm_jsonw_kstr(w, "condition", cm_questions[i].condition);
		cm_jsonw_kbool(w, "must_be_no", cm_questions[i].must_be_no);
		cm_jsonw_kbool(w, "can", c->question[i].can);
		cm_charter_json_answer(w, &c->question[i], c->file.v);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
json_rules(const struct cm_charter_checked *c, struct cm_jsonw *w)
{
	const struct cm_rules *r = c->file.rules;

	cm_jsonw_key(w, "rules");
	cm_jsonw_array(w);
	for (size_t i = 0; i < cm_rules_count(r); i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", cm_rules_name(r, i));
		cm_jsonw_kuint(w, "line", cm_rules_line(r, i));
		cm_jsonw_kbool(w, "allow", cm_rules_is_allow(r, i));
		cm_jsonw_kstr(w, "life", life_word[c->life[i].is]);
		cm_jsonw_kbool(w, "dead", cm_charter_dead(&c->life[i]));
		cm_jsonw_key(w, "by");
		cm_jsonw_array(w);
		for (size_t k = 0; k < cm_rules_count(r); k++)
			if (has_bit(c->life[i].by, k))
				cm_jsonw_str(w, cm_rules_name(r, k));
		cm_jsonw_array_end(w);
		if (c->life[i].is == CM_RULE_DECIDES)
			cm_charter_json_example(w, &c->life[i].example, c->file.v);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
json_overrides(const struct cm_charter_checked *c, struct cm_jsonw *w)
{
	cm_jsonw_key(w, "overrides");
	cm_jsonw_array(w);
	for (size_t i = 0; i < c->n_overrides; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "deny", cm_rules_name(c->file.rules, c->overrides[i].deny));
		cm_jsonw_kstr(w, "allow", cm_rules_name(c->file.rules, c->overrides[i].allow));
		cm_charter_json_answer(w, &c->overrides[i].both, c->file.v);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
json_monotone(const struct cm_charter_checked *c, const char *name, const struct cm_monotone *m, struct cm_jsonw *w)
{
	const struct cm_attribute *a = &c->file.v->attribute[cm_vocabulary_attribute(c->file.v, cm_span_str(name))];

	cm_jsonw_key(w, name);
	cm_jsonw_object(w);
	cm_jsonw_kbool(w, "monotone", m->holds);
	if (!m->holds) {
		cm_charter_json_example(w, &m->example, c->file.v);
		cm_jsonw_kstr(w, "not_with", a->words[m->lower]);
	}
	cm_jsonw_object_end(w);
}

enum cm_exit
cm_charter_check_json(const struct cm_charter_checked *c)
{
	char count[CM_COUNT_TEXT];
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	cm_jsonw_object(&w);
	cm_jsonw_kbool(&w, "good", c->good);
	cm_requests_text(c->all, count);
	cm_jsonw_kstr(&w, "requests", count);
	cm_requests_text(c->allowed.requests, count);
	cm_jsonw_kstr(&w, "allowed", count);
	json_questions(c, &w);
	json_rules(c, &w);
	json_overrides(c, &w);
	json_monotone(c, "tlp", &c->tlp, &w);
	json_monotone(c, "pap", &c->pap, &w);
	cm_jsonw_key(&w, "unread");
	cm_jsonw_array(&w);
	for (size_t i = 0; i < c->file.v->n_attributes; i++)
		if (c->unread >> i & 1)
			cm_jsonw_str(&w, c->file.v->attribute[i].name);
	cm_jsonw_array_end(&w);
	cm_jsonw_object_end(&w);
	return cm_cli_json(c->ctx, &b);
}
