/* `comity init`: a case folder with the keys of its three roles, and what a person must know
 * of them. */
#include <string.h>

#include "cli/case.h"
#include "cli/commands.h"
#include "cli/keys.h"
#include "cli/log.h"
#include "os/clock.h"
#include "os/random.h"

enum { OPT_NAME = CM_OPT, OPT_ROLE, OPT_ORIGIN, OPT_WITNESS, OPT_LOG_URL, OPT_WITNESS_URL, OPT_JSON };

static const struct cm_option options[] = {
	{ OPT_NAME, "name", "NAME", "the party, as others will see it next to its statements" },
	{ OPT_ROLE, "role", "ROLE", CM_CASE_ROLES },
	{ OPT_ORIGIN, "origin", "NAME", "the log's name, for ever; %h in it is its key's SHA-256 (default: random)" },
	{ OPT_WITNESS, "witness-name", "NAME", "the witness's name, in the same way" },
	{ OPT_LOG_URL, "log-url", "URL", "where others will reach the log, for their lines" },
	{ OPT_WITNESS_URL, "witness-url", "URL", "where others will reach the witness" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

struct init {
	const struct cm_context *ctx;
	const char *name, *role;
	struct cm_cli_roles roles;
	struct cm_cli_lines urls;
	bool json;
	struct cm_case *c;
	struct cm_buf folder;
	struct cm_buf signers; /* the line for allowed signers */
	struct cm_buf lines;   /* all lines for other parties */
	struct cm_err err;
};

static enum cm_exit
print_json(struct init *in)
{
	const struct cm_case_self *self = cm_case_self(in->c);
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "case", cm_case_folder(in->c));
	cm_jsonw_kstr(&w, "name", self->name);
	cm_jsonw_kstr(&w, "role", self->role[0] == '\0' ? NULL : self->role);
	cm_jsonw_kstr(&w, "key", self->key_path);
	cm_jsonw_kstr(&w, "fingerprint", self->fingerprint);
	cm_jsonw_kbuf(&w, "allowed_signers", &in->signers);
	cm_jsonw_kbuf(&w, "lines", &in->lines);
	cm_jsonw_object_end(&w);
	return cm_cli_json(in->ctx, &b);
}

static void
print_head(const struct init *in, const struct cm_paint *p)
{
	const struct cm_case_self *self = cm_case_self(in->c);
	FILE *f = in->ctx->out;

	fprintf(f, "%scase%s         %s\n", p->bold, p->plain, cm_case_folder(in->c));
	fprintf(f, "%sparty%s        %s%s%s%s\n", p->bold, p->plain, self->name,
	    self->role[0] == '\0' ? "" : " (", self->role, self->role[0] == '\0' ? "" : ")");
	fprintf(f, "%skey%s          %s\n", p->bold, p->plain, self->key_path);
	fprintf(f, "%sfingerprint%s  %s\n\n", p->bold, p->plain, self->fingerprint);
}

static enum cm_exit
print_text(struct init *in)
{
	struct cm_paint p = cm_paint_of(in->ctx->out_colour);
	FILE *f = in->ctx->out;

	print_head(in, &p);
	fprintf(f,
	    "Give these lines (log, witness, statement key) to the parties who are to trust your\n"
	    "statements, by a way on which nobody can change them; they call `comity trust add':\n\n%s\n",
	    cm_buf_cstr(&in->lines));
	fprintf(f, "%sBack up%s %s, and keep the copy as secret as it:\n", p.bold, p.plain,
	    cm_case_folder(in->c));
	fprintf(f,
	    "  key      Lost: you can state nothing more under this fingerprint; what was stated\n"
	    "           stays valid.  Stolen: others can state in your name.  It has no passphrase;\n"
	    "           `ssh-keygen -p -f %s` and `ssh-add` give it one.\n"
	    "  case.db  The secret of each exhibit, after each seal.  Lost: nothing that you sealed\n"
	    "           can be opened or shown any more.  Stolen: what you left shut can be guessed.\n"
	    "  log      What you stated, for everybody to check.  Never put an older copy back:\n"
	    "           it would sign a second history, and witnesses would show it.\n"
	    "The captures stay where they are: back them up too, unchanged.\n",
	    cm_case_self(in->c)->key_path);
	return CM_EXIT_OK;
}

static enum cm_result
create(struct init *in)
{
	struct cm_case_new fresh = { .name = in->name, .role = in->role, .now = cm_clock_now() };
	uint8_t seed[32];
	enum cm_result r;

	cm_cli_case_place(in->ctx, &in->folder);
	fresh.folder = cm_buf_cstr(&in->folder);
	fresh.seed = seed;
	if (fresh.folder == NULL)
		return cm_err_set(&in->err, CM_E_NOMEM, "out of memory");
	r = cm_random(seed, sizeof(seed));
	if (r == CM_OK)
		r = cm_random(&fresh.check, sizeof(fresh.check));
	if (r != CM_OK)
		return cm_err_set(&in->err, r, "the system gives no random bytes");
	r = cm_case_create(&fresh, &in->err);
	explicit_bzero(seed, sizeof(seed));
	return r;
}

/* Log and witness, and the lines. */
static enum cm_result
furnish(struct init *in)
{
	enum cm_result r = cm_case_open(cm_buf_cstr(&in->folder), &in->c, &in->err);

	if (r == CM_OK)
		r = cm_cli_roles_make(in->c, &in->roles, &in->err);
	if (r == CM_OK)
		r = cm_case_signers_line(in->c, &in->signers, &in->err);
	if (r == CM_OK)
		r = cm_cli_own_lines(in->c, &in->urls, &in->lines, &in->err);
	if (r == CM_OK && (cm_buf_cstr(&in->signers) == NULL || cm_buf_cstr(&in->lines) == NULL))
		r = cm_err_set(&in->err, CM_E_NOMEM, "out of memory");
	return r;
}

static enum cm_exit
init(struct init *in)
{
	if (create(in) != CM_OK)
		return cm_cli_error(in->ctx, NULL, &in->err, NULL);
	if (furnish(in) != CM_OK)
		return cm_cli_error(in->ctx, NULL, &in->err,
		    "the case is there, but not all of its log and witness: `comity log init', `comity witness init'");
	return in->json ? print_json(in) : print_text(in);
}

static bool
take_option(struct init *in, const struct cm_args *a, int id)
{
	switch (id) {
	case OPT_NAME:
		in->name = a->value;
		return true;
	case OPT_ROLE:
		in->role = a->value;
		return true;
	case OPT_ORIGIN:
		in->roles.origin = a->value;
		return true;
	case OPT_WITNESS:
		in->roles.witness = a->value;
		return true;
	case OPT_LOG_URL:
		in->urls.log_url = a->value;
		return true;
	case OPT_WITNESS_URL:
		in->urls.witness_url = a->value;
		return true;
	case OPT_JSON:
		in->json = true;
		return true;
	default:
		return false;
	}
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_init, argc, argv, ctx);
	struct init in = { .ctx = ctx };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(&in, &a, id))
			return CM_EXIT_USAGE;
	if (a.n > 0)
		return cm_cli_usage(ctx, &cm_command_init, "it takes no file");
	if (in.name == NULL)
		return cm_cli_usage(ctx, &cm_command_init, "whose case is it?  --name NAME");
	code = init(&in);
	cm_case_close(in.c);
	cm_buf_release(&in.folder);
	cm_buf_release(&in.signers);
	cm_buf_release(&in.lines);
	return code;
}

const struct cm_command cm_command_init = {
	.name = "init",
	.run = run,
	.line = "Makes a case folder, with keys for statements, log and witness",
	.options = options,
	.more =
	    "The folder is .comity here, or what COMITY_CASE names.  Other commands find it from any\n"
	    "folder below, as git finds its own.  In it: the statement key, a database with the\n"
	    "secrets of all exhibits, copies of all statements, the party's own log of them, and\n"
	    "its witness, which cosigns the logs of others.  It is for its owner only, and refused\n"
	    "if others can read it.\n"
	    "\n"
	    "A statement key with a passphrase is used through ssh-agent: call ssh-add with its\n"
	    "path before.\n",
};
