/* `comity charter show': who is in, which version binds and why, and what was said under it. */
#include <inttypes.h>
#include <string.h>

#include "cli/charter_words.h"
#include "cli/commands.h"
#include "cli/consents.h"

enum { OPT_JSON = CM_OPT, OPT_TEXT };

static const struct cm_option options[] = {
	{ OPT_TEXT, "text", NULL, "print the text of the charter in force, as it was signed" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

static void
put_hex(FILE *f, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%02x", p[i]);
}

static void
print_members(const struct cm_cli_team *t, FILE *f)
{
	const struct cm_members *m = &t->team.in_force->file.says.members;

	for (size_t i = 0; i < m->n; i++) {
		fprintf(f, "%s", i == 0 ? "members        " : "               ");
		cm_cli_text(f, cm_span_str(m->item[i].name));
		fprintf(f, ", %s, %s%s%s\n", cm_member_role_word(m->item[i].role), m->item[i].print.text,
		    m->item[i].recipient != NULL ? ", can be encrypted to" : "",
		    cm_team_is_gone(&t->team, m->item[i].print.text) ? ", has withdrawn" : "");
	}
}

static void
print_versions(const struct cm_cli_team *t, FILE *f)
{
	for (size_t i = 0; i < t->team.n_charters; i++) {
		const struct cm_team_charter *c = &t->team.charter[i];

		fprintf(f, "version %-6u ", c->version);
		put_hex(f, c->file.digest, 6);
		fprintf(f, "...  %s", cm_charter_state_word(c->state));
		for (size_t k = 0; k < c->sigs.n_missing; k++) {
			fprintf(f, "%s", k == 0 ? "; not signed by " : ", ");
			cm_cli_text(f, cm_span_str(cm_cli_team_name(t, c->sigs.missing[k].text)));
		}
		if (c->sigs.n_missing == 0)
			fprintf(f, "; signed by all %zu", c->file.head.n_signers);
		fputc('\n', f);
	}
}

static void
print_forks(const struct cm_cli_team *t, FILE *f)
{
	for (size_t i = 0; i < t->team.n_forks; i++) {
		const struct cm_team_fork *k = &t->team.fork[i];

		fprintf(f, "fork           ");
		cm_cli_text(f, cm_span_str(cm_cli_team_name(t, k->by)));
		fprintf(f, " signed ");
		put_hex(f, k->a->file.digest, 6);
		fprintf(f, "... and ");
		put_hex(f, k->b->file.digest, 6);
		fprintf(f, "..., which take the same place%s\n",
		    k->complete ? ", and so did all: neither counts until one has a successor that all signed" : "");
	}
}

static enum cm_exit
print_text(struct cm_cli_team *t)
{
	FILE *f = t->ctx->out;

	if (t->team.n_charters == 0) {
		fprintf(f, "No charter: `comity charter new' writes one to begin with.\n");
		return CM_EXIT_OK;
	}
	if (t->team.in_force == NULL) {
		fprintf(f, "in force       none\n");
	} else {
		fprintf(f, "case           ");
		put_hex(f, t->team.case_id, 32);
		fprintf(f, "\nin force       version %u: ", t->team.in_force->version);
		cm_cli_text(f, cm_span_str(t->team.in_force->file.says.title));
		fprintf(f, "\nphase          %s\n", cm_phase_word(t->team.phase));
		print_members(t, f);
	}
	print_versions(t, f);
	print_forks(t, f);
	cm_consents_print(t, f);
	return CM_EXIT_OK;
}

static void
put_members(const struct cm_cli_team *t, struct cm_jsonw *w)
{
	const struct cm_members *m = &t->team.in_force->file.says.members;

	cm_jsonw_key(w, "members");
	cm_jsonw_array(w);
	for (size_t i = 0; i < m->n; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", m->item[i].name);
		cm_jsonw_kstr(w, "role", cm_member_role_word(m->item[i].role));
		cm_jsonw_kstr(w, "fingerprint", m->item[i].print.text);
		cm_jsonw_kstr(w, "recipient", m->item[i].recipient);
		cm_jsonw_kbool(w, "withdrawn", cm_team_is_gone(&t->team, m->item[i].print.text));
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_forks(const struct cm_cli_team *t, struct cm_jsonw *w)
{
	cm_jsonw_key(w, "forks");
	cm_jsonw_array(w);
	for (size_t i = 0; i < t->team.n_forks; i++) {
		const struct cm_team_fork *k = &t->team.fork[i];

		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "by", cm_cli_team_name(t, k->by));
		cm_jsonw_khex(w, "a", cm_span_of(k->a->file.digest, 32));
		cm_jsonw_khex(w, "b", cm_span_of(k->b->file.digest, 32));
		cm_jsonw_kbool(w, "complete", k->complete);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static enum cm_exit
print_json(struct cm_cli_team *t)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	cm_jsonw_object(&w);
	if (t->team.in_force != NULL) {
		cm_jsonw_khex(&w, "case", cm_span_of(t->team.case_id, 32));
		cm_jsonw_khex(&w, "in_force", cm_span_of(t->team.in_force->file.digest, 32));
		cm_jsonw_kstr(&w, "phase", cm_phase_word(t->team.phase));
		put_members(t, &w);
	}
	cm_jsonw_key(&w, "versions");
	cm_jsonw_array(&w);
	for (size_t i = 0; i < t->team.n_charters; i++) {
		cm_jsonw_object(&w);
		cm_charter_put(&w, t, &t->team.charter[i]);
		cm_jsonw_object_end(&w);
	}
	cm_jsonw_array_end(&w);
	put_forks(t, &w);
	cm_consents_put(&w, t);
	cm_jsonw_object_end(&w);
	return cm_cli_json(t->ctx, &b);
}

static enum cm_exit
print_signed_text(struct cm_cli_team *t)
{
	if (t->team.in_force == NULL) {
		cm_cli_say(t->ctx, "no charter is in force in this case");
		return CM_EXIT_REFUSED;
	}
	fwrite(t->team.in_force->file.text.ptr, 1, t->team.in_force->file.text.len, t->ctx->out);
	return CM_EXIT_OK;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_charter_show, argc, argv, ctx);
	struct cm_cli_team t = { .ctx = ctx };
	enum cm_exit code;
	bool text = false;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == OPT_JSON)
			t.json = true;
		else if (id == OPT_TEXT)
			text = true;
		else
			return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, &cm_command_charter_show, "it takes no operand");
	code = cm_cli_team_begin(&t);
	if (code == CM_EXIT_OK)
		code = text ? print_signed_text(&t) : t.json ? print_json(&t) : print_text(&t);
	cm_cli_team_end(&t);
	return code;
}

const struct cm_command cm_command_charter_show = {
	.name = "charter show",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Members, versions and who signed them, which one binds and why, consents",
	.options = options,
};
