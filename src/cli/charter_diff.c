/* `comity charter diff`: what a new version of rules changes. */
#include <string.h>

#include "charter/possible.h"
#include "cli/charter_rules.h"
#include "cli/commands.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

static const char *const change_word[CM_CHANGES] = { "newly allowed", "newly forbidden", "looser obligations",
	"stricter obligations" };
static const char *const change_name[CM_CHANGES] = { "allowed", "forbidden", "looser", "stricter" };

struct difference {
	const struct cm_context *ctx;
	struct cm_charter_rules old, new;
	const struct cm_vocabulary *v;
	const struct cm_rules *before, *after;
	const struct cm_condition *const *impossible;
	size_t n_impossible;
	struct cm_answer change[CM_CHANGES];
	const char *file; /* an error is in */
};

/* Members of both; who has another role in the new version may be either. */
static void
join_members(const struct difference *d, struct cm_section_member *all, size_t *n)
{
	for (size_t i = 0; i < d->old.n_members; i++)
		all[(*n)++] = d->old.members[i];
	for (size_t i = 0; i < d->new.n_members; i++) {
		size_t k = 0;

		while (k < *n && strcmp(all[k].name, d->new.members[i].name) != 0)
			k++;
		if (k == *n)
			all[(*n)++] = d->new.members[i];
		else if (all[k].role != NULL && (d->new.members[i].role == NULL || strcmp(all[k].role, d->new.members[i].role) != 0))
			all[k].role = NULL;
	}
}

static enum cm_result
find_impossible(struct difference *d, struct cm_err *err)
{
	struct cm_section_member *all = cm_arena_array(&d->old.arena, d->old.n_members + d->new.n_members, sizeof(*all));
	size_t n = 0;

	if (all == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the members");
	join_members(d, all, &n);
	return cm_charter_impossible(d->v, all, n, &d->old.arena, &d->impossible, &d->n_impossible, err);
}

static enum cm_result
load(struct difference *d, const char *old, const char *new, struct cm_err *err)
{
	enum cm_result rc;

	d->file = old;
	rc = cm_charter_rules_load(old, &d->old, err);
	if (rc != CM_OK)
		return rc;
	d->file = new;
	rc = cm_charter_rules_load(new, &d->new, err);
	if (rc != CM_OK)
		return rc;
	d->file = NULL;
	rc = cm_vocabulary_join(d->old.v, d->new.v, &d->old.arena, &d->v, err);
	if (rc == CM_OK)
		rc = cm_rules_read_joined(d->old.section, d->old.line, d->old.v, d->v, &d->old.arena, &d->before, err);
	if (rc == CM_OK)
		rc = cm_rules_read_joined(d->new.section, d->new.line, d->new.v, d->v, &d->old.arena, &d->after, err);
	if (rc == CM_OK)
		rc = find_impossible(d, err);
	return rc;
}

static enum cm_result
compare(struct difference *d, struct cm_err *err)
{
	struct cm_checks *c = NULL;
	enum cm_result rc = cm_checks_new(&(struct cm_checks_of) { .rules = d->before, .after = d->after,
		.impossible = d->impossible, .n_impossible = d->n_impossible }, &c, err);

	for (size_t i = 0; rc == CM_OK && i < CM_CHANGES; i++)
		rc = cm_checks_change(c, (enum cm_change)i, &d->change[i], err);
	cm_checks_free(c);
	return rc;
}

static enum cm_exit
print_text(struct difference *d)
{
	struct cm_buf b = { 0 };
	char count[CM_COUNT_TEXT];
	enum cm_exit code = CM_EXIT_OK;

	for (size_t i = 0; i < CM_CHANGES; i++) {
		cm_requests_text(d->change[i].requests, count);
		cm_buf_printf(&b, "%-20s  %s requests\n", change_word[i], count);
		if (!d->change[i].can)
			continue;
		cm_buf_add_str(&b, "                      for example: ");
		cm_example_say(&d->change[i].example, d->v, &b);
		cm_buf_add_str(&b, "\n");
	}
	if (cm_buf_cstr(&b) == NULL) {
		cm_cli_say(d->ctx, "out of memory");
		code = CM_EXIT_CANNOT;
	} else {
		fputs(cm_buf_cstr(&b), d->ctx->out);
	}
	cm_buf_release(&b);
	return code;
}

static enum cm_exit
print_json(struct difference *d)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	cm_jsonw_object(&w);
	for (size_t i = 0; i < CM_CHANGES; i++) {
		cm_jsonw_key(&w, change_name[i]);
		cm_jsonw_object(&w);
		cm_charter_json_answer(&w, &d->change[i], d->v);
		cm_jsonw_object_end(&w);
	}
	cm_jsonw_object_end(&w);
	return cm_cli_json(d->ctx, &b);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_charter_diff, argc, argv, ctx);
	struct difference d = { .ctx = ctx };
	struct cm_err err = { 0 };
	enum cm_result rc;
	enum cm_exit code;
	bool json, any = false;

	if (!cm_args_json(&a, OPT_JSON, &json))
		return CM_EXIT_USAGE;
	if (a.n != 2)
		return cm_cli_usage(ctx, &cm_command_charter_diff, "it takes two files, the old one and the new one");
	rc = load(&d, a.operand[0], a.operand[1], &err);
	if (rc == CM_OK)
		rc = compare(&d, &err);
	code = rc != CM_OK ? cm_cli_error(ctx, d.file, &err, NULL) : json ? print_json(&d) : print_text(&d);
	for (size_t i = 0; i < CM_CHANGES; i++)
		any = any || d.change[i].can;
	cm_charter_rules_release(&d.old);
	cm_charter_rules_release(&d.new);
	return cm_cli_finish(ctx, code == CM_EXIT_OK && any ? CM_EXIT_FINDINGS : code);
}

const struct cm_command cm_command_charter_diff = {
	.name = "charter diff",
	.run = run,
	.line = "What a new version of the rules allows and forbids that the old one did not",
	.operands = "OLD NEW",
	.options = options,
	.more = "Over all requests, not over the text: rules that say the same in other words are no difference.\n"
		"A member of one version only is no member in the other.  Exit 0: the same is decided everywhere,\n"
		"with the same obligations; 1: not.\n",
};
