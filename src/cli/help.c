/* `comity help`: what there is, and what one command takes.  The options come from
 * the same table the parser reads, so that help can not promise what is not there. */
#include <string.h>

#include "cli/commands.h"
#include "codec/json_write.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print JSON: commands and their options" },
	{ 0 },
};

static void
print_options(const struct cm_command *c, FILE *f)
{
	const struct cm_option *o;
	char left[80];

	for (o = c->options; o != NULL && o->name != NULL; o++) {
		snprintf(left, sizeof(left), "%s%c%s--%s%s%s", o->id < CM_OPT ? "-" : "  ",
		    o->id < CM_OPT ? o->id : ' ', o->id < CM_OPT ? ", " : " ", o->name,
		    o->arg != NULL ? " " : "", o->arg != NULL ? o->arg : "");
		fprintf(f, "  %-28s %s\n", left, o->help);
	}
	if (c->flags & CM_COMMAND_CASE)
		fprintf(f, "  %-28s %s\n", "    --case FOLDER", "the case folder, or the one around it (default: COMITY_CASE, or found from here up)");
	fprintf(f, "  %-28s %s\n", "    --help", "print this");
}

static void
print_parts(const struct cm_command *c, FILE *f)
{
	const struct cm_command *const *part;

	for (part = c->parts; *part != NULL; part++)
		fprintf(f, "  %-22s %s\n", (*part)->name, (*part)->line);
}

static enum cm_exit
group(const struct cm_command *c, const struct cm_context *ctx)
{
	fprintf(ctx->out, "usage: %s %s PART [OPTION...]\n\n%s.\n\n", ctx->program, c->name, c->line);
	print_parts(c, ctx->out);
	if (c->more != NULL)
		fprintf(ctx->out, "\n%s", c->more);
	fprintf(ctx->out, "\n`%s help %s PART` says what one takes.  More: man %s-%s\n", ctx->program, c->name,
	    ctx->program, c->name);
	return CM_EXIT_OK;
}

static enum cm_exit
one(const struct cm_command *c, const struct cm_context *ctx)
{
	fprintf(ctx->out, "usage: %s %s [OPTION...]%s%s\n\n%s.%s\n\n", ctx->program, c->name,
	    c->operands != NULL ? " " : "", c->operands != NULL ? c->operands : "", c->line,
	    (c->flags & CM_COMMAND_CASE) != 0 ? "  Works on the case folder." : "");
	print_options(c, ctx->out);
	if (c->more != NULL)
		fprintf(ctx->out, "\n%s%s", c->more, c->more[strlen(c->more) - 1] == '\n' ? "" : "\n");
	fprintf(ctx->out, "\nMore: man %s-%.*s\n", ctx->program, (int)strcspn(c->name, " "), c->name);
	return CM_EXIT_OK;
}

static enum cm_exit
all(const struct cm_context *ctx)
{
	const struct cm_command *const *c;

	fprintf(ctx->out, "usage: %s COMMAND [OPTION...] [FILE...]\n\n"
	    "Turns captures of an attack into evidence that the other side can check.\n\n", ctx->program);
	for (c = cm_commands; *c != NULL; c++)
		fprintf(ctx->out, "  %-12s %s\n", (*c)->name, (*c)->line);
	fprintf(ctx->out, "\n`%s help COMMAND` says what one takes.\n"
	    "Exit: 0 nothing found or all holds, 1 found or refused, 2 wrong use, 3 cannot,\n"
	    "4 the input is malformed, 5 verify: all holds, not all could be redone.\n", ctx->program);
	return CM_EXIT_OK;
}

static void
json_options(struct cm_jsonw *w, const struct cm_command *c)
{
	const struct cm_option *o;
	char letter[2] = { 0 };

	cm_jsonw_key(w, "options");
	cm_jsonw_array(w);
	for (o = c->options; o != NULL && o->name != NULL; o++) {
		letter[0] = (char)(o->id < CM_OPT ? o->id : 0);
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", o->name);
		cm_jsonw_kstr(w, "letter", letter[0] != 0 ? letter : NULL);
		cm_jsonw_kstr(w, "argument", o->arg);
		cm_jsonw_kstr(w, "help", o->help);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
json_one(struct cm_jsonw *w, const struct cm_command *c)
{
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "name", c->name);
	cm_jsonw_kstr(w, "line", c->line);
	cm_jsonw_kstr(w, "operands", c->operands);
	cm_jsonw_kbool(w, "case", (c->flags & CM_COMMAND_CASE) != 0);
	json_options(w, c);
	cm_jsonw_object_end(w);
}

/* A command, or all parts of a group. */
static void
json_parts(struct cm_jsonw *w, const struct cm_command *c)
{
	const struct cm_command *const *part;

	if (c->parts == NULL)
		json_one(w, c);
	for (part = c->parts; part != NULL && *part != NULL; part++)
		json_one(w, *part);
}

/* All commands, or the one that was asked for. */
static enum cm_exit
as_json(const struct cm_command *only, const struct cm_context *ctx)
{
	const struct cm_command *const *c;
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	bool ok;

	cm_jsonw_array(&w);
	if (only != NULL)
		json_parts(&w, only);
	for (c = cm_commands; only == NULL && *c != NULL; c++)
		json_parts(&w, *c);
	cm_jsonw_array_end(&w);
	cm_buf_add_str(&b, "\n");
	ok = cm_buf_ok(&b);
	if (ok)
		fwrite(b.ptr, 1, b.len, ctx->out);
	else
		cm_cli_say(ctx, "out of memory");
	cm_buf_release(&b);
	return ok ? CM_EXIT_OK : CM_EXIT_CANNOT;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_help, argc, argv, ctx);
	const struct cm_command *c;
	bool json;

	if (!cm_args_json(&a, OPT_JSON, &json))
		return CM_EXIT_USAGE;
	if (a.n == 0)
		return json ? as_json(NULL, ctx) : all(ctx);
	c = cm_command_find(a.operand[0]);
	if (c == NULL)
		return cm_cli_usage(ctx, &cm_command_help, "there is no command %s", a.operand[0]);
	if (a.n > 2 || (a.n == 2 && c->parts == NULL))
		return cm_cli_usage(ctx, &cm_command_help, "one command at a time");
	if (a.n == 2 && cm_command_part(c, a.operand[1]) == NULL)
		return cm_cli_usage(ctx, &cm_command_help, "%s has no part %s", c->name, a.operand[1]);
	if (a.n == 2)
		c = cm_command_part(c, a.operand[1]);
	if (json)
		return as_json(c, ctx);
	return c->parts != NULL ? group(c, ctx) : one(c, ctx);
}

const struct cm_command cm_command_help = {
	.name = "help",
	.run = run,
	.line = "Lists the commands, or says what one of them takes",
	.operands = "[COMMAND [PART]]",
	.options = options,
};
