#include <string.h>

#include "charter/possible.h"
#include "charter/questions.h"
#include "cli/charter_words.h"
#include "rules/checks.h"

bool
cm_charter_has_victim(const struct cm_charter *says)
{
	for (size_t i = 0; i < says->members.n; i++)
		if (says->members.item[i].role == CM_MEMBER_VICTIM)
			return true;
	return false;
}

void
cm_cli_lines(FILE *f, struct cm_span text)
{
	while (text.len > 0) {
		const uint8_t *end = memchr(text.ptr, '\n', text.len);
		size_t len = end == NULL ? text.len : (size_t)(end - text.ptr);

		cm_cli_text(f, cm_span_part(text, 0, len));
		fputc('\n', f);
		text = cm_span_part(text, len + 1, text.len);
	}
}

static void
say_member(const char *what, const struct cm_member *m, struct cm_buf *out)
{
	cm_buf_printf(out, "%s\"%s\", %s, %s\n", what, m->name, cm_member_role_word(m->role), m->print.text);
}

static enum cm_result
say_all(const struct cm_charter *says, struct cm_buf *out, struct cm_err *err)
{
	enum cm_result r = CM_OK;

	cm_buf_printf(out, "%s\n\nMembers\n", says->title);
	for (size_t i = 0; i < says->members.n; i++)
		say_member("  ", &says->members.item[i], out);
	cm_buf_add_str(out, "\nRules\n");
	for (size_t i = 0; r == CM_OK && i < cm_rules_count(says->rules); i++) {
		cm_buf_add_str(out, "  ");
		r = cm_rules_say(says->rules, i, out);
		cm_buf_add_str(out, "\n");
	}
	return r == CM_OK ? r : cm_err_set(err, r, "out of memory");
}

/* Who is in one version and not in the other, by name and key together. */
static void
say_members(const char *what, const struct cm_members *in, const struct cm_members *other, struct cm_buf *out)
{
	for (size_t i = 0; i < in->n; i++) {
		const struct cm_member *m = cm_members_named(other, in->item[i].name);

		if (m == NULL || strcmp(m->print.text, in->item[i].print.text) != 0 || m->role != in->item[i].role)
			say_member(what, &in->item[i], out);
	}
}

/* Both in the words of both. */
static enum cm_result
join(const struct cm_charter *before, const struct cm_charter *after, struct cm_arena *arena, const struct cm_vocabulary **v,
    const struct cm_rules *rules[2], struct cm_err *err)
{
	enum cm_result r = cm_vocabulary_join(before->vocabulary, after->vocabulary, arena, v, err);

	if (r == CM_OK)
		r = cm_rules_read_joined(
		    before->rules_text, before->rules_line, before->vocabulary, *v, arena, &rules[0], err);
	if (r == CM_OK)
		r = cm_rules_read_joined(after->rules_text, after->rules_line, after->vocabulary, *v, arena, &rules[1], err);
	return r;
}

static enum cm_result
say_changes(const struct cm_rules *rules[2], const struct cm_vocabulary *v, struct cm_buf *out, struct cm_err *err)
{
	static const char *const words[CM_CHANGES] = { "newly allowed", "newly forbidden", "looser obligations", "stricter obligations" };
	struct cm_checks *c = NULL;
	struct cm_answer a;
	const struct cm_checks_of of = { .rules = rules[0], .after = rules[1] };
	enum cm_result r = cm_checks_new(&of, &c, err);
	bool any = false;

	for (unsigned i = 0; r == CM_OK && i < CM_CHANGES; i++) {
		r = cm_checks_change(c, (enum cm_change)i, &a, err);
		if (r != CM_OK || !a.can)
			continue;
		any = true;
		cm_buf_printf(out, "  %s, for example: ", words[i]);
		cm_example_say(&a.example, v, out);
		cm_buf_add_str(out, "\n");
	}
	if (r == CM_OK && !any)
		cm_buf_add_str(out, "  what is allowed, and what it obliges to, is the same\n");
	cm_checks_free(c);
	return r;
}

static enum cm_result
say_difference(const struct cm_team_charter *c, const struct cm_charter *says, struct cm_arena *arena, struct cm_buf *out,
    struct cm_err *err)
{
	const struct cm_vocabulary *v = NULL;
	const struct cm_rules *rules[2];
	struct cm_charter before;
	enum cm_result r = cm_cli_charter_read(c->before->file.text, arena, &before, err);

	if (r != CM_OK)
		return r;
	cm_buf_printf(out, "Version %u of: %s\n\nMembers\n", c->version, says->title);
	say_members("  leaves: ", &before.members, &says->members, out);
	say_members("  joins:  ", &says->members, &before.members, out);
	cm_buf_printf(out, "  %zu in all\n\nRules\n", says->members.n);
	r = join(&before, says, arena, &v, rules, err);
	return r == CM_OK ? say_changes(rules, v, out, err) : r;
}

/* That a member has its role, and the public none. */
static enum cm_result
list_impossible(const struct cm_charter *says, struct cm_arena *arena, struct cm_checks_of *of, struct cm_err *err)
{
	struct cm_section_member *m = cm_arena_array(arena, says->members.n + 1, sizeof(*m));

	if (m == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < says->members.n; i++)
		m[i] = (struct cm_section_member) { .name = says->members.item[i].name,
			.role = cm_member_role_word(says->members.item[i].role) };
	return cm_charter_impossible(
	    says->vocabulary, m, says->members.n, arena, &of->impossible, &of->n_impossible, err);
}

enum cm_result
cm_charter_warnings(const struct cm_charter *says, struct cm_arena *arena, struct cm_buf *out, struct cm_err *err)
{
	struct cm_checks_of of = { .rules = says->rules, .n_conditions = cm_questions_n };
	struct cm_checks *c = NULL;
	struct cm_answer a;
	enum cm_result r = cm_questions_read(says->vocabulary, arena, &of.condition, err);

	if (r == CM_OK)
		r = list_impossible(says, arena, &of, err);
	if (r == CM_OK)
		r = cm_checks_new(&of, &c, err);
	for (size_t i = 0; r == CM_OK && i < cm_questions_n; i++) {
		if (!cm_questions[i].must_be_no)
			continue;
		r = cm_checks_can(c, i, &a, err);
		if (r != CM_OK || !a.can)
			continue;
		cm_buf_printf(out, "  YES  %s  For example: ", cm_questions[i].text);
		cm_example_say(&a.example, says->vocabulary, out);
		cm_buf_add_str(out, "\n");
	}
	cm_checks_free(c);
	return r;
}

/* What every team should know before it signs: over all requests. */
static enum cm_result
say_warnings(const struct cm_charter *says, struct cm_arena *arena, struct cm_buf *out, struct cm_err *err)
{
	struct cm_buf text = { 0 };
	enum cm_result r = cm_charter_warnings(says, arena, &text, err);

	if (r == CM_OK && text.len > 0) {
		cm_buf_add_str(out, "\nBefore you sign, its rules allow this (`comity charter check' has all):\n");
		cm_buf_add_span(out, cm_buf_span(&text));
	}
	cm_buf_release(&text);
	return r;
}

enum cm_result
cm_charter_in_words(const struct cm_team_charter *c, const struct cm_charter *says, struct cm_arena *arena,
    struct cm_buf *out, struct cm_err *err)
{
	enum cm_result r = c->before == NULL ? say_all(says, out, err) : say_difference(c, says, arena, out, err);

	if (r == CM_OK)
		r = say_warnings(says, arena, out, err);
	if (r != CM_OK)
		return r;
	cm_buf_add_str(out, "\n");
	return cm_buf_ok(out) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

void
cm_charter_put(struct cm_jsonw *w, const struct cm_cli_team *t, const struct cm_team_charter *c)
{
	cm_jsonw_khex(w, "digest", cm_span_of(c->file.digest, 32));
	cm_jsonw_kuint(w, "version", c->version);
	cm_jsonw_kstr(w, "state", cm_charter_state_word(c->state));
	cm_jsonw_kstr(w, "title", c->file.says.title);
	cm_jsonw_key(w, "signed");
	cm_jsonw_array(w);
	for (size_t i = 0; i < c->sigs.sigs.n; i++)
		cm_jsonw_str(w, cm_cli_team_name(t, c->sigs.sigs.item[i].by.text));
	cm_jsonw_array_end(w);
	cm_jsonw_key(w, "missing");
	cm_jsonw_array(w);
	for (size_t i = 0; i < c->sigs.n_missing; i++)
		cm_jsonw_str(w, cm_cli_team_name(t, c->sigs.missing[i].text));
	cm_jsonw_array_end(w);
}
