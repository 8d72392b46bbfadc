/* `comity assess csv`: the numbers of an assessment for a spreadsheet, and back. */
#include "cli/assess_csv.h"

#include <inttypes.h>
#include <string.h>

#include "cli/commands.h"
#include "os/private.h"

enum { OPT_TAKE = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_TAKE, "take", "CSV", "change in FILE what differs in this table; all else stays" },
	{ 'o', "out", "OUT", "with --take: write there, and leave FILE as it is" },
	{ 0 },
};

const char *const cm_assess_csv_rows[CM_ASSESS_CSV_ROWS] = { "type", "group", "forge", "view", "source" };

void
cm_assess_csv_field(const struct cm_assess_item *item, enum cm_assess_csv_row row, struct cm_buf *out)
{
	switch (row) {
	case CM_CSV_TYPE:
		cm_buf_add_str(out, item->type);
		break;
	case CM_CSV_GROUP:
		cm_buf_add_str(out, item->group);
		break;
	case CM_CSV_FORGE:
		cm_buf_printf(out, "F%d", item->forge);
		break;
	case CM_CSV_VIEW:
		cm_buf_add_str(out, cm_assess_view_word(item->view));
		for (size_t i = 0; i < item->n_shown; i++)
			cm_buf_printf(out, "%s%s", i == 0 ? " " : ", ", item->shown[i]);
		break;
	case CM_CSV_SOURCE:
		if (item->letter != 0)
			cm_buf_printf(out, "%c%c", item->letter, item->digit);
		break;
	}
}

static void
put_number(int64_t p, struct cm_buf *out)
{
	char text[32];
	size_t len;

	snprintf(text, sizeof(text), "%" PRId64 ".%012" PRId64, p / CM_ASSESS_ONE, p % CM_ASSESS_ONE);
	len = strlen(text);
	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	cm_buf_add(out, text, len);
}

void
cm_assess_csv_range(struct cm_assess_range p, bool asked, struct cm_buf *out)
{
	if (p.hi == 0) {
		cm_buf_add_str(out, asked ? "?" : "");
		return;
	}
	put_number(p.lo, out);
	if (p.lo == p.hi)
		return;
	cm_buf_add_str(out, " to ");
	put_number(p.hi, out);
}

/* ---- writing ---- */

/* In quotes if it needs them; empties ${cell}. */
static void
put_cell(struct cm_buf *out, struct cm_buf *cell, bool last)
{
	bool quote = false;

	for (size_t i = 0; i < cell->len; i++)
		quote = quote || cell->ptr[i] == ',' || cell->ptr[i] == '"' || cell->ptr[i] == '\n' || cell->ptr[i] == '\r';
	cm_buf_add_str(out, quote ? "\"" : "");
	for (size_t i = 0; i < cell->len; i++) {
		cm_buf_add_str(out, cell->ptr[i] == '"' ? "\"" : "");
		cm_buf_add_u8(out, cell->ptr[i]);
	}
	cm_buf_add_str(out, quote ? "\"" : "");
	cm_buf_add_str(out, last ? "\r\n" : ",");
	out->failed = out->failed || !cm_buf_ok(cell);
	cm_buf_clear(cell);
}

static void
put_text(struct cm_buf *out, struct cm_buf *cell, const char *text, bool last)
{
	cm_buf_add_str(cell, text);
	put_cell(out, cell, last);
}

static void
put_table(const struct cm_assessment *a, struct cm_buf *out, struct cm_buf *cell)
{
	size_t i, k;

	put_text(out, cell, "layer", false);
	put_text(out, cell, "hypothesis", false);
	put_text(out, cell, "prior", a->n_items == 0);
	for (i = 0; i < a->n_items; i++)
		put_text(out, cell, a->item[i].name, i + 1 == a->n_items);
	for (k = 0; k < CM_ASSESS_CSV_ROWS; k++) {
		put_text(out, cell, "item", false);
		put_text(out, cell, cm_assess_csv_rows[k], false);
		put_text(out, cell, "", a->n_items == 0);
		for (i = 0; i < a->n_items; i++) {
			cm_assess_csv_field(&a->item[i], (enum cm_assess_csv_row)k, cell);
			put_cell(out, cell, i + 1 == a->n_items);
		}
	}
	for (k = 0; k < a->n_hypotheses; k++) {
		put_text(out, cell, cm_layer_word(a->hypothesis[k].layer), false);
		put_text(out, cell, a->hypothesis[k].name, false);
		put_number(a->hypothesis[k].prior, cell);
		put_cell(out, cell, a->n_items == 0);
		for (i = 0; i < a->n_items; i++) {
			cm_assess_csv_range(a->item[i].cell[k].p, a->item[i].cell[k].asked, cell);
			put_cell(out, cell, i + 1 == a->n_items);
		}
	}
}

struct job {
	struct cm_assess_file f;
	const char *take, *to;
	struct cm_buf csv;
	struct cm_buf text; /* of the assessment as changed */
	size_t changes;
};

static enum cm_result
print(const struct cm_context *ctx, const struct cm_assessment *a, struct cm_err *err)
{
	struct cm_buf out = { 0 }, cell = { 0 };
	enum cm_result rc = CM_OK;

	put_table(a, &out, &cell);
	if (cm_buf_ok(&out))
		fwrite(out.ptr, 1, out.len, ctx->out);
	else
		rc = cm_err_set(err, CM_E_NOMEM, "out of memory");
	cm_buf_release(&cell);
	cm_buf_release(&out);
	return rc;
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
	rc = cm_assess_csv_take(ctx, &j->f, cm_buf_span(&j->csv), &j->text, &j->changes, &err);
	return rc == CM_OK ? CM_EXIT_OK : cm_cli_error(ctx, j->take, &err, "nothing was changed");
}

static struct cm_span
answer(void *arg)
{
	const struct job *j = arg;

	return cm_buf_span(&j->text);
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
