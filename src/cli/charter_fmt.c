/* `comity charter fmt`: the rules of a file in their canonical form. */
#include "cli/charter_rules.h"
#include "cli/commands.h"
#include "os/private.h"

enum { OPT_CHECK = CM_OPT, OPT_JSON };

static const struct cm_option options[] = {
	{ OPT_CHECK, "check", NULL, "write nothing; exit with 1 if the file is not in that form" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

/* The whole file with its rules in the canonical form. */
static enum cm_result
format_file(const struct cm_charter_rules *r, struct cm_buf *out, struct cm_err *err)
{
	const uint8_t *text = r->text.ptr;
	size_t from = r->bare ? 0 : (size_t)(r->section.ptr - text);
	size_t to = from + r->section.len;
	enum cm_result rc;

	cm_buf_add(out, text, from);
	if (!r->bare)
		cm_buf_add_str(out, "\n");
	rc = cm_rules_format(r->section, r->v, out, err);
	if (to < r->text.len)
		cm_buf_add_str(out, "\n");
	cm_buf_add_span(out, cm_span_part(cm_buf_span(&r->text), to, r->text.len));
	return rc != CM_OK || cm_buf_ok(out) ? rc : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

static enum cm_exit
say(const struct cm_context *ctx, const char *path, bool changed, bool check, bool json)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	if (json) {
		cm_jsonw_object(&w);
		cm_jsonw_kstr(&w, "file", path);
		cm_jsonw_kbool(&w, "canonical", !changed);
		cm_jsonw_kbool(&w, "written", changed && !check);
		cm_jsonw_object_end(&w);
		return cm_cli_json(ctx, &b);
	}
	cm_cli_text(ctx->out, cm_span_str(path));
	fprintf(ctx->out, ": %s\n", !changed ? "in canonical form" : check ? "not in canonical form" : "written in canonical form");
	return CM_EXIT_OK;
}

static enum cm_exit
format(const struct cm_context *ctx, const char *path, bool check, bool json)
{
	struct cm_charter_rules r = { 0 };
	struct cm_buf form = { 0 };
	struct cm_err err = { 0 };
	enum cm_result rc = cm_charter_rules_load(path, &r, &err);
	bool changed = false;
	enum cm_exit code;

	if (rc == CM_OK)
		rc = format_file(&r, &form, &err);
	if (rc == CM_OK)
		changed = !cm_span_eq(cm_buf_span(&form), cm_buf_span(&r.text));
	if (rc == CM_OK && changed && !check)
		rc = cm_whole_write(path, cm_buf_span(&form), (struct cm_write_mode) { CM_WRITE_REPLACE, 0644 }, &err);
	code = rc == CM_OK ? say(ctx, path, changed, check, json) : cm_cli_error(ctx, path, &err, NULL);
	if (code == CM_EXIT_OK && changed && check)
		code = CM_EXIT_REFUSED;
	cm_buf_release(&form);
	cm_charter_rules_release(&r);
	return cm_cli_finish(ctx, code);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_charter_fmt, argc, argv, ctx);
	bool check = false, json = false;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END) {
		if (id == OPT_CHECK)
			check = true;
		else if (id == OPT_JSON)
			json = true;
		else
			return CM_EXIT_USAGE;
	}
	if (a.n != 1)
		return cm_cli_usage(ctx, &cm_command_charter_fmt, "it takes one file");
	return format(ctx, a.operand[0], check, json);
}

const struct cm_command cm_command_charter_fmt = {
	.name = "charter fmt",
	.run = run,
	.line = "Writes the rules of a file in their canonical form",
	.operands = "FILE",
	.options = options,
	.more = "FILE is a charter or bare rules.  Comments stay; all else outside of the rules does, too.\n"
		"A charter that has been signed is not to be touched: its signatures are over its bytes.\n",
};
