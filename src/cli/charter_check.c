/* `comity charter check`: what rules could ever do, proved. */
#include "charter/questions.h"
#include "charter/vocabulary.h"
#include "cli/charter_check.h"
#include "cli/commands.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

bool
cm_charter_dead(const struct cm_life *life)
{
	return life->is != CM_RULE_DECIDES && life->is != CM_RULE_GUARDS;
}

static enum cm_result
ask_questions(struct cm_checks *checks, struct cm_charter_checked *c, struct cm_err *err)
{
	enum cm_result rc = CM_OK;

	c->question = cm_arena_array(&c->file.arena, cm_questions_n, sizeof(*c->question));
	if (c->question == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the answers");
	for (size_t i = 0; rc == CM_OK && i < cm_questions_n; i++) {
		rc = cm_checks_can(checks, i, &c->question[i], err);
		c->good = c->good && !(c->question[i].can && cm_questions[i].must_be_no);
	}
	return rc;
}

static enum cm_result
look_at_rules(struct cm_checks *checks, struct cm_charter_checked *c, struct cm_err *err)
{
	size_t n = cm_rules_count(c->file.rules);
	enum cm_result rc = CM_OK;

	c->life = cm_arena_array(&c->file.arena, n, sizeof(*c->life));
	if (c->life == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the answers");
	for (size_t i = 0; rc == CM_OK && i < n; i++) {
		rc = cm_checks_life(checks, i, &c->life[i], err);
		c->good = c->good && !cm_charter_dead(&c->life[i]);
	}
	for (size_t i = 0; i < c->file.v->n_attributes; i++)
		if (cm_checks_unread(checks, i))
			c->unread |= UINT32_C(1) << i;
	return rc;
}

static enum cm_result
look_at_pairs(struct cm_checks *checks, struct cm_charter_checked *c, struct cm_err *err)
{
	const struct cm_rules *r = c->file.rules;
	size_t n = cm_rules_count(r), n_allow = 0;
	enum cm_result rc = CM_OK;

	for (size_t i = 0; i < n; i++)
		n_allow += cm_rules_is_allow(r, i);
	c->overrides = cm_arena_array(&c->file.arena, n_allow * (n - n_allow), sizeof(*c->overrides));
	if (c->overrides == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the answers");
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; rc == CM_OK && k < n; k++) {
			struct cm_overrides *o = &c->overrides[c->n_overrides];

			if (cm_rules_is_allow(r, i) || !cm_rules_is_allow(r, k))
				continue;
			*o = (struct cm_overrides) { .deny = i, .allow = k };
			rc = cm_checks_both(checks, i, k, &o->both, err);
			c->n_overrides += rc == CM_OK && o->both.can;
		}
	}
	return rc;
}

static enum cm_result
look(struct cm_charter_checked *c, struct cm_err *err)
{
	const struct cm_condition *const *conditions;
	struct cm_checks *checks = NULL;
	enum cm_result rc = cm_questions_read(c->file.v, &c->file.arena, &conditions, err);

	c->good = true;
	if (rc == CM_OK)
		rc = cm_checks_new(&(struct cm_checks_of) { .rules = c->file.rules, .condition = conditions,
			.n_conditions = cm_questions_n, .impossible = c->file.impossible,
			.n_impossible = c->file.n_impossible }, &checks, err);
	if (rc == CM_OK)
		rc = cm_checks_allowed(checks, &c->all, &c->allowed, err);
	if (rc == CM_OK)
		rc = ask_questions(checks, c, err);
	if (rc == CM_OK)
		rc = look_at_rules(checks, c, err);
	if (rc == CM_OK)
		rc = look_at_pairs(checks, c, err);
	if (rc == CM_OK)
		rc = cm_checks_monotone(checks, CM_ASKS_TLP, &c->tlp, err);
	if (rc == CM_OK)
		rc = cm_checks_monotone(checks, CM_ASKS_PAP, &c->pap, err);
	c->good = c->good && c->tlp.holds && c->pap.holds;
	cm_checks_free(checks);
	return rc;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_charter_check, argc, argv, ctx);
	struct cm_charter_checked c = { .ctx = ctx };
	struct cm_err err = { 0 };
	enum cm_result rc;
	enum cm_exit code;
	bool json;

	if (!cm_args_json(&a, OPT_JSON, &json))
		return CM_EXIT_USAGE;
	if (a.n != 1)
		return cm_cli_usage(ctx, &cm_command_charter_check, "it takes one file");
	rc = cm_charter_rules_load(a.operand[0], &c.file, &err);
	if (rc == CM_OK)
		rc = look(&c, &err);
	if (rc != CM_OK)
		code = cm_cli_error(ctx, a.operand[0], &err, NULL);
	else
		code = json ? cm_charter_check_json(&c) : cm_charter_check_text(&c);
	cm_charter_rules_release(&c.file);
	return cm_cli_finish(ctx, code == CM_EXIT_OK && !c.good ? CM_EXIT_FINDINGS : code);
}

const struct cm_command cm_command_charter_check = {
	.name = "charter check",
	.run = run,
	.line = "Proves what the rules of a charter could ever let out",
	.operands = "FILE",
	.options = options,
	.more = "FILE is a charter or bare rules.  Every answer is over all requests there can be, and has an\n"
		"example.  Exit 1: a question that every team wants to be answered with no is answered with yes,\n"
		"a rule never decides anything, or something is allowed at a marking and not below it.\n",
};
