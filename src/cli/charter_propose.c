/* `comity charter propose' and `comity charter sign': this party's signature on a version. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/charter_words.h"
#include "cli/commands.h"
#include "cli/publish.h"
#include "cli/team.h"
#include "crypto/sha256.h"
#include "os/clock.h"
#include "os/private.h"
#include "os/random.h"
#include "statement/charter_v1.h"

enum { OPT_JSON = CM_OPT, OPT_YES };

static const struct cm_option propose_options[] = {
	{ 'o', "out", "NAME", "write NAME.json and NAME.json.sigs (default: charter-N, N the version)" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};
static const struct cm_option sign_options[] = {
	{ 'o', "out", "NAME", "write NAME.json and NAME.json.sigs (default: the files that were read)" },
	{ OPT_YES, "yes", NULL, "sign without asking" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

struct signing {
	struct cm_cli_team t;
	const char *out;
	bool yes;
	struct cm_buf text, sigs; /* of the file that was named */
	uint8_t digest[32];
	struct cm_keyring keyring;
};

/* What others get: the charter and all signatures that are here. */
static enum cm_result
write_files(struct signing *s)
{
	const struct cm_team_charter *c;
	enum cm_result r = cm_cli_team_again(&s->t);

	if (r != CM_OK)
		return r;
	c = cm_team_find(&s->t.team, s->digest);
	if (c == NULL)
		return cm_err_set(&s->t.err, CM_E_NOTFOUND, "the charter is not here");
	if (s->out == NULL)
		s->out = cm_arena_printf(&s->t.arena, "charter-%u", c->version);
	if (s->out == NULL)
		return cm_err_set(&s->t.err, CM_E_NOMEM, "out of memory");
	r = cm_cli_write_out(s->out, ".json", c->file.json, &s->t.err);
	return r == CM_OK ? cm_cli_write_out(s->out, ".json.sigs", c->sigs_text, &s->t.err) : r;
}

static enum cm_exit
print(struct signing *s)
{
	const struct cm_team_charter *c = cm_team_find(&s->t.team, s->digest);
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	FILE *f = s->t.ctx->out;

	if (s->t.json) {
		cm_jsonw_object(&w);
		cm_charter_put(&w, &s->t, c);
		cm_jsonw_kstr(&w, "file", s->out);
		cm_jsonw_object_end(&w);
		return cm_cli_json(s->t.ctx, &b);
	}
	fprintf(f, "signed         charter, version %u, ", c->version);
	for (unsigned i = 0; i < 6; i++)
		fprintf(f, "%02x", c->file.digest[i]);
	fprintf(f, "...\n");
	if (c->state == CM_CHARTER_IN_FORCE)
		fprintf(f, "in force       all %zu have signed\n", c->file.head.n_signers);
	for (size_t i = 0; i < c->sigs.n_missing; i++) {
		fprintf(f, "%s", i == 0 ? "missing        " : ", ");
		cm_cli_text(f, cm_span_str(cm_cli_team_name(&s->t, c->sigs.missing[i].text)));
	}
	if (c->sigs.n_missing > 0)
		fputc('\n', f);
	fprintf(f, "\nGive %s.json and %s.json.sigs to the other members: %s.\n", s->out, s->out,
	    c->sigs.n_missing > 0 ? "`comity charter sign' for those who have not signed, `comity take' for all" :
				    "`comity take' brings in the signatures");
	return CM_EXIT_OK;
}

/* Two that are in one place: if all signed both, neither would bind. */
static void
warn_fork(struct signing *s)
{
	for (size_t i = 0; i < s->t.team.n_forks; i++) {
		const struct cm_team_fork *f = &s->t.team.fork[i];
		bool mine = memcmp(f->a->file.digest, s->digest, 32) == 0 || memcmp(f->b->file.digest, s->digest, 32) == 0;

		if (mine && cm_sigs_of(&f->a->sigs.sigs, cm_case_self(s->t.c)->fingerprint) != NULL &&
		    cm_sigs_of(&f->b->sigs.sigs, cm_case_self(s->t.c)->fingerprint) != NULL) {
			cm_cli_say(s->t.ctx, "you have signed another charter in this place: if all sign both, neither is in force");
			return;
		}
	}
}

/* Logged, written, said. */
static enum cm_exit
finish(struct signing *s)
{
	enum cm_exit logged = cm_cli_publish_usual(s->t.ctx, s->t.c, true), code;

	if (write_files(s) != CM_OK)
		return cm_cli_error(s->t.ctx, NULL, &s->t.err, "it is signed all the same; `comity charter show' says so");
	warn_fork(s);
	code = print(s);
	return code == CM_EXIT_OK ? logged : code;
}

/* Said, and no more: the members decide. */
static enum cm_result
warn_of_rules(struct signing *s, const struct cm_charter *says)
{
	struct cm_buf text = { 0 };
	enum cm_result r = cm_charter_warnings(says, &s->t.arena, &text, &s->t.err);

	if (r == CM_OK && text.len > 0) {
		cm_cli_say(s->t.ctx, "its rules allow what few teams want (`comity charter check' has all):");
		cm_cli_lines(s->t.ctx->err, cm_buf_span(&text));
	}
	cm_buf_release(&text);
	return r;
}

static enum cm_result
propose(struct signing *s)
{
	struct cm_case_charter_draft d = { .text = cm_buf_span(&s->text), .made = cm_clock_now() };
	struct cm_charter says;
	enum cm_result r = cm_cli_charter_read(d.text, &s->t.arena, &says, &s->t.err);

	if (r == CM_OK && !cm_charter_has_victim(&says))
		cm_cli_say(s->t.ctx, "no member is a victim: nobody can give consent under this charter");
	if (r == CM_OK)
		r = warn_of_rules(s, &says);
	if (r == CM_OK && cm_random(d.nonce, sizeof(d.nonce)) != CM_OK)
		r = cm_err_set(&s->t.err, CM_E_IO, "the system gives no randomness");
	if (r == CM_OK)
		r = cm_case_keyring(s->t.c, s->t.ctx->agent, &s->keyring, &s->t.err);
	return r == CM_OK ? cm_case_charter_propose(s->t.c, &s->keyring.signer, &d, s->digest, &s->t.err) : r;
}

static enum cm_exit
run_propose_in(struct signing *s, const char *path)
{
	enum cm_exit code = cm_cli_team_begin(&s->t);
	enum cm_result r;

	if (code != CM_EXIT_OK)
		return code;
	r = cm_cli_out_ok(s->out == NULL ? "x" : s->out, &s->t.err);
	if (r == CM_OK)
		r = cm_whole_read(path, CM_CHARTER_TEXT + 1, &s->text, &s->t.err);
	if (r == CM_OK)
		r = propose(s);
	return r == CM_OK ? finish(s) : cm_cli_error(s->t.ctx, path, &s->t.err, "nothing was signed");
}

/* Signing. */

static bool
ask(const struct cm_context *ctx)
{
	char line[16];

	fflush(ctx->out);
	fprintf(ctx->err, "Sign it?  (yes) ");
	fflush(ctx->err);
	return fgets(line, sizeof(line), stdin) != NULL && strcmp(line, "yes\n") == 0;
}

/* What it says, or what it changes, in words; then the answer of whoever signs. */
static enum cm_result
show_and_ask(struct signing *s, const struct cm_team_charter *c)
{
	struct cm_charter says;
	struct cm_buf words = { 0 };
	enum cm_result r = cm_cli_charter_read(c->file.text, &s->t.arena, &says, &s->t.err);

	if (r == CM_OK)
		r = cm_charter_in_words(c, &says, &s->t.arena, &words, &s->t.err);
	if (r == CM_OK && !s->t.json)
		cm_cli_lines(s->t.ctx->out, cm_buf_span(&words));
	cm_buf_release(&words);
	if (r != CM_OK || s->yes)
		return r;
	if (isatty(STDIN_FILENO) == 0)
		return cm_err_set(&s->t.err, CM_E_USAGE, "nobody is here to ask: --yes signs it without");
	return ask(s->t.ctx) ? CM_OK : cm_err_set(&s->t.err, CM_E_REFUSED, "it was not wanted");
}

static enum cm_result
read_named(struct signing *s, const char *path)
{
	struct cm_buf sigs = { 0 };
	enum cm_result r = cm_whole_read(path, CM_CLI_TEAM_FILE, &s->text, &s->t.err);

	cm_buf_add_str(&sigs, path);
	cm_buf_add_str(&sigs, ".sigs");
	if (r == CM_OK && cm_buf_cstr(&sigs) == NULL)
		r = cm_err_set(&s->t.err, CM_E_NOMEM, "out of memory");
	if (r == CM_OK)
		r = cm_whole_read(cm_buf_cstr(&sigs), CM_CLI_TEAM_FILE, &s->sigs, &s->t.err);
	cm_buf_release(&sigs);
	return r;
}

static enum cm_result
sign(struct signing *s)
{
	struct cm_key_print twice;
	enum cm_taken taken;
	const struct cm_team_charter *c;
	enum cm_result r = cm_case_charter_take(
		    s->t.c, cm_buf_span(&s->text), cm_buf_span(&s->sigs), cm_clock_now(), &taken, &twice, &s->t.err);
	if (r == CM_OK)
		r = cm_cli_team_again(&s->t);
	if (r != CM_OK)
		return r;
	cm_sha256(s->text.ptr, s->text.len, s->digest);
	c = cm_team_find(&s->t.team, s->digest);
	if (c == NULL)
		return cm_err_set(&s->t.err, CM_E_NOTFOUND, "the charter is not here");
	if (cm_sigs_of(&c->sigs.sigs, cm_case_self(s->t.c)->fingerprint) != NULL)
		return CM_OK;
	r = show_and_ask(s, c);
	if (r == CM_OK)
		r = cm_case_keyring(s->t.c, s->t.ctx->agent, &s->keyring, &s->t.err);
	return r == CM_OK ? cm_case_charter_sign(s->t.c, &s->keyring.signer, s->digest, cm_clock_now(), &s->t.err) : r;
}

static enum cm_exit
run_sign_in(struct signing *s, const char *path)
{
	size_t len = strlen(path);
	enum cm_exit code = cm_cli_team_begin(&s->t);

	if (code != CM_EXIT_OK)
		return code;
	if (s->out == NULL)
		s->out = cm_arena_printf(&s->t.arena, "%.*s", (int)(len - strlen(".json")), path);
	if (s->out == NULL || cm_cli_out_ok(s->out, &s->t.err) != CM_OK || read_named(s, path) != CM_OK)
		return cm_cli_error(s->t.ctx, path, &s->t.err, "nothing was signed");
	code = cm_cli_look(s->t.ctx, path, cm_buf_span(&s->text), cm_buf_span(&s->sigs), true);
	if (code != CM_EXIT_OK)
		return code;
	return sign(s) == CM_OK ? finish(s) : cm_cli_error(s->t.ctx, path, &s->t.err, "nothing was signed");
}

static enum cm_exit
run_either(const struct cm_command *command, int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(command, argc, argv, ctx);
	struct signing s = { .t = { .ctx = ctx } };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == 'o')
			s.out = a.value;
		else if (id == OPT_JSON)
			s.t.json = true;
		else if (id == OPT_YES)
			s.yes = true;
		else
			return CM_EXIT_USAGE;
	if (a.n != 1)
		return cm_cli_usage(ctx, command, "it takes one file");
	if (command == &cm_command_charter_sign &&
	    (strlen(a.operand[0]) <= 5 || strcmp(a.operand[0] + strlen(a.operand[0]) - 5, ".json") != 0))
		return cm_cli_usage(ctx, command, "it takes a NAME.json, with NAME.json.sigs beside it");
	code = command == &cm_command_charter_propose ? run_propose_in(&s, a.operand[0]) : run_sign_in(&s, a.operand[0]);
	cm_keyring_close(&s.keyring);
	cm_buf_release(&s.text);
	cm_buf_release(&s.sigs);
	cm_cli_team_end(&s.t);
	return code;
}

static enum cm_exit
run_propose(int argc, char **argv, const struct cm_context *ctx)
{
	return run_either(&cm_command_charter_propose, argc, argv, ctx);
}

static enum cm_exit
run_sign(int argc, char **argv, const struct cm_context *ctx)
{
	return run_either(&cm_command_charter_sign, argc, argv, ctx);
}

const struct cm_command cm_command_charter_propose = {
	.name = "charter propose",
	.run = run_propose,
	.flags = CM_COMMAND_CASE,
	.line = "Makes a version of a text, signs it, and writes it for the other members to sign",
	.operands = "FILE",
	.options = propose_options,
	.more = "The first one makes the case; a later one supersedes the version in force, and takes its\n"
		"place when all members of both versions have signed it.\n",
};

const struct cm_command cm_command_charter_sign = {
	.name = "charter sign",
	.run = run_sign,
	.flags = CM_COMMAND_CASE,
	.line = "Shows what a version says or changes, and adds this party's signature",
	.operands = "FILE",
	.options = sign_options,
	.more = "FILE is NAME.json, with NAME.json.sigs beside it, which gets the new signature.\n",
};
