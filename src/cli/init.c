/* `comity init`: a case folder and a statement key, and what a person must know of them. */
#include <string.h>

#include "cli/case.h"
#include "cli/commands.h"
#include "os/clock.h"
#include "os/random.h"

enum { OPT_NAME = CM_OPT, OPT_ROLE, OPT_JSON };

static const struct cm_option options[] = {
	{ OPT_NAME, "name", "NAME", "the party, as others will see it next to its statements" },
	{ OPT_ROLE, "role", "ROLE", CM_CASE_ROLES },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

static void
print_json(const struct cm_context *ctx, const struct cm_case *c, const char *line)
{
	const struct cm_case_self *self = cm_case_self(c);
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "case", cm_case_folder(c));
	cm_jsonw_kstr(&w, "name", self->name);
	cm_jsonw_kstr(&w, "role", self->role[0] == '\0' ? NULL : self->role);
	cm_jsonw_kstr(&w, "key", self->key_path);
	cm_jsonw_kstr(&w, "fingerprint", self->fingerprint);
	cm_jsonw_kstr(&w, "allowed_signers", line);
	cm_jsonw_object_end(&w);
	fprintf(ctx->out, "%s\n", cm_buf_cstr(&b) != NULL ? cm_buf_cstr(&b) : "");
	cm_buf_release(&b);
}

static void
print_text(const struct cm_context *ctx, const struct cm_case *c, const char *line)
{
	const struct cm_case_self *self = cm_case_self(c);
	struct cm_paint p = cm_paint_of(ctx->out_colour);
	FILE *f = ctx->out;

	fprintf(f, "%scase%s         %s\n", p.bold, p.plain, cm_case_folder(c));
	fprintf(f, "%sparty%s        %s%s%s%s\n", p.bold, p.plain, self->name,
	    self->role[0] == '\0' ? "" : " (", self->role, self->role[0] == '\0' ? "" : ")");
	fprintf(f, "%skey%s          %s\n", p.bold, p.plain, self->key_path);
	fprintf(f, "%sfingerprint%s  %s\n\n", p.bold, p.plain, self->fingerprint);
	fprintf(f,
	    "Give this line to those who are to trust your statements, by a way on which nobody\n"
	    "can change it; it goes into their file of allowed signers:\n\n%s\n",
	    line);
	fprintf(f, "%sBack up%s %s, and keep the copy as secret as it:\n", p.bold, p.plain,
	    cm_case_folder(c));
	fprintf(f,
	    "  key      Lost: you can state nothing more under this fingerprint; what was stated\n"
	    "           stays valid.  Stolen: others can state in your name.  It has no "
	    "passphrase;\n"
	    "           `ssh-keygen -p -f %s` and `ssh-add` give it one.\n"
	    "  case.db  The secret of each exhibit, after each seal.  Lost: nothing that you "
	    "sealed\n"
	    "           can be opened or shown any more.  Stolen: what you left shut can be "
	    "guessed.\n"
	    "The captures stay where they are: back them up too, unchanged.\n",
	    self->key_path);
}

static enum cm_result
create(const struct cm_context *ctx, const char *name, const char *role, struct cm_buf *folder,
    struct cm_err *err)
{
	struct cm_case_new fresh = { .name = name, .role = role, .now = cm_clock_now() };
	uint8_t seed[32];
	enum cm_result r;

	cm_cli_case_place(ctx, folder);
	fresh.folder = cm_buf_cstr(folder);
	fresh.seed = seed;
	if (fresh.folder == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	r = cm_random(seed, sizeof(seed));
	if (r == CM_OK)
		r = cm_random(&fresh.check, sizeof(fresh.check));
	if (r != CM_OK)
		return cm_err_set(err, r, "the system gives no random bytes");
	r = cm_case_create(&fresh, err);
	explicit_bzero(seed, sizeof(seed));
	return r;
}

static enum cm_result
report(const struct cm_context *ctx, const char *folder, bool json, struct cm_err *err)
{
	struct cm_buf line = { 0 };
	struct cm_case *c = NULL;
	enum cm_result r = cm_case_open(folder, &c, err);

	if (r != CM_OK)
		return r;
	r = cm_case_signers_line(c, &line, err);
	if (r == CM_OK && cm_buf_cstr(&line) == NULL)
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (r == CM_OK && json)
		print_json(ctx, c, cm_buf_cstr(&line));
	else if (r == CM_OK)
		print_text(ctx, c, cm_buf_cstr(&line));
	cm_case_close(c);
	cm_buf_release(&line);
	return r;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_init, argc, argv, ctx);
	const char *name = NULL, *role = NULL;
	struct cm_buf folder = { 0 };
	struct cm_err err = { 0 };
	bool json = false;
	enum cm_result r;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END) {
		switch (id) {
		case OPT_NAME:
			name = a.value;
			break;
		case OPT_ROLE:
			role = a.value;
			break;
		case OPT_JSON:
			json = true;
			break;
		default:
			return CM_EXIT_USAGE;
		}
	}
	if (a.n > 0)
		return cm_cli_usage(ctx, &cm_command_init, "it takes no file");
	if (name == NULL)
		return cm_cli_usage(ctx, &cm_command_init, "whose case is it?  --name NAME");
	r = create(ctx, name, role, &folder, &err);
	if (r == CM_OK)
		r = report(ctx, cm_buf_cstr(&folder), json, &err);
	cm_buf_release(&folder);
	return r == CM_OK ? CM_EXIT_OK : cm_cli_error(ctx, NULL, &err, NULL);
}

const struct cm_command cm_command_init = {
	.name = "init",
	.run = run,
	.line = "Makes a case folder and a statement key",
	.options = options,
	.more =
	    "The folder is .comity here, or what COMITY_CASE names.  Other commands find it from "
	    "any\n"
	    "folder below, as git finds its own.  In it: the statement key, a database with the\n"
	    "secrets of all exhibits, and copies of all statements.  It is for its owner only, "
	    "and\n"
	    "refused if others can read it.\n"
	    "\n"
	    "A key with a passphrase is used through ssh-agent: call ssh-add with its path before.",
};
