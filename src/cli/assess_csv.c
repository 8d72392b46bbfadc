/* `comity assess csv`: the numbers of an assessment for a spreadsheet, and back. */
#include <string.h>

#include "assess/sheet.h"
#include "cli/assess_load.h"
#include "cli/commands.h"
#include "os/private.h"

enum { OPT_TAKE = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_TAKE, "take", "CSV", "change in FILE what differs in this table; all else stays" },
	{ 'o', "out", "OUT", "with --take: write there, and leave FILE as it is" },
	{ 0 },
};

struct job {
	struct cm_assess_file f;
	const char *take, *to;
	struct cm_buf csv;
	struct cm_sheet_taken taken;
};

static enum cm_result
print(const struct cm_context *ctx, const struct cm_assessment *a, struct cm_err *err)
{
	struct cm_buf out = { 0 };
	enum cm_result rc = CM_OK;

	cm_sheet_write(a, &out);
	if (cm_buf_ok(&out))
		fwrite(out.ptr, 1, out.len, ctx->out);
	else
		rc = cm_err_set(err, CM_E_NOMEM, "out of memory");
	cm_buf_release(&out);
	return rc;
}

/* Says what differs. */
static enum cm_result
lay_over(const struct cm_context *ctx, struct job *j, struct cm_err *err)
{
	struct cm_sheet_over over = { cm_buf_span(&j->f.text), &j->f.registry, &j->f.a, &j->f.places };
	enum cm_result rc = cm_sheet_take(&over, cm_buf_span(&j->csv), &j->f.arena, &j->taken, err);

	if (rc != CM_OK)
		return rc;
	if (j->taken.changes == 0)
		fputs("nothing differs\n", ctx->out);
	fwrite(j->taken.said.ptr, 1, j->taken.said.len, ctx->out);
	return CM_OK;
}

static enum cm_exit
work(void *arg, const struct cm_context *ctx)
{
	struct job *j = arg;
	struct cm_err err = { 0 };
	enum cm_result rc = cm_assess_read(&j->f, &err);

	if (rc != CM_OK || j->take == NULL) {
		rc = rc == CM_OK ? print(ctx, &j->f.a, &err) : rc;
		return rc == CM_OK ? CM_EXIT_OK : cm_cli_error(ctx, j->f.path, &err, NULL);
	}
	if (j->f.is_rows) {
		(void)cm_err_set(&err, CM_E_USAGE, "rows that were sealed are not changed; their text is");
		return cm_cli_error(ctx, j->f.path, &err, NULL);
	}
	rc = lay_over(ctx, j, &err);
	return rc == CM_OK ? CM_EXIT_OK : cm_cli_error(ctx, j->take, &err, "nothing was changed");
}

static struct cm_span
answer(void *arg)
{
	const struct job *j = arg;

	return cm_buf_span(&j->taken.text);
}

/* In the parent; an empty answer: nothing differs. */
static enum cm_exit
write_down(const struct cm_context *ctx, const struct job *j, struct cm_span text)
{
	const char *path = j->to != NULL ? j->to : j->f.path;
	struct cm_write_mode mode = { j->to != NULL ? CM_WRITE_NEW : CM_WRITE_REPLACE, 0644 };
	struct cm_err err = { 0 };

	if (text.len == 0 && j->to == NULL)
		return CM_EXIT_OK;
	if (cm_whole_write(path, text.len == 0 ? cm_buf_span(&j->f.text) : text, mode, &err) != CM_OK)
		return cm_cli_error(ctx, path, &err, NULL);
	cm_cli_text(ctx->out, cm_span_str(path));
	fputs(": written\n", ctx->out);
	return CM_EXIT_OK;
}

static enum cm_exit
take(const struct cm_context *ctx, struct job *j)
{
	struct cm_buf result = { .max = 2 * CM_ASSESS_TEXT };
	struct cm_confined job = { .file = j->f.path, .run = work, .arg = j };
	struct cm_err err = { 0 };
	enum cm_exit code;

	if (j->take != NULL) {
		if (cm_whole_read(j->take, CM_ASSESS_ROWS, &j->csv, &err) != CM_OK)
			return cm_cli_error(ctx, j->take, &err, NULL);
		job.result = &result;
		job.answer = answer;
	}
	code = cm_cli_confined(ctx, &job);
	if (code == CM_EXIT_OK && j->take != NULL)
		code = write_down(ctx, j, cm_buf_span(&result));
	cm_buf_release(&result);
	return code;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_assess_csv, argc, argv, ctx);
	struct job j = { 0 };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END) {
		if (id == OPT_TAKE)
			j.take = a.value;
		else if (id == 'o')
			j.to = a.value;
		else
			return CM_EXIT_USAGE;
	}
	if (a.n != 1)
		return cm_cli_usage(ctx, &cm_command_assess_csv, "it takes one file");
	if (j.to != NULL && j.take == NULL)
		return cm_cli_usage(ctx, &cm_command_assess_csv, "--out goes with --take; without it the table is printed");
	if (cm_assess_open(ctx, a.operand[0], &j.f, &code))
		code = take(ctx, &j);
	cm_buf_release(&j.csv);
	cm_sheet_release(&j.taken);
	cm_assess_close(&j.f);
	return code;
}

const struct cm_command cm_command_assess_csv = {
	.name = "assess csv",
	.run = run,
	.line = "Prints the numbers of an assessment for a spreadsheet, or takes them back",
	.operands = "FILE",
	.options = options,
	.more = "A row for each hypothesis, a column for each item.  With --take only what differs is changed in\n"
		"FILE; comments and all else stay as they are.  Tables with ; and decimal commas are read, too.\n",
};
