/* `comity assess brief': what those who decide on sanctions need, each point answered from the assessment or OPEN. */
#include "cli/assess_brief.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "cli/commands.h"
#include "crypto/sha256.h"
#include "os/private.h"

enum { OPT_JSON = CM_OPT, OPT_VIEW, OPT_FOR, OPT_TO };

static const struct cm_option options[] = {
	{ OPT_FOR, "for", "WHAT", "what it is for: sanctions" },
	{ OPT_VIEW, "view", "VIEW", "of which items: public, shared, panel or all (default)" },
	{ OPT_TO, "to", "NAME", "the party that the view `shared' is for" },
	{ 'o', "out", "FILE", "write it there, to a file that is not there yet" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

bool
cm_brief_looks(const struct cm_brief *b, const struct cm_brief_layer *l)
{
	return l->layer >= CM_LAYER_ORGANISATION || b->layer[b->n_layers - 1].layer < CM_LAYER_ORGANISATION;
}

static bool
carried(const struct cm_brief *b)
{
	bool yes = b->n_entities > 0;

	for (size_t i = 0; i < b->n_entities; i++)
		yes = yes && b->entity[i].reached;
	for (size_t i = 0; i < b->n_stands; i++)
		if (b->layer[b->stand[i].layer].layer >= CM_LAYER_ORGANISATION)
			yes = yes && b->stand[i].leads && b->stand[i].likely;
	return yes;
}

static CM_RESULT
compute(struct cm_assess_brief_job *job, struct cm_err *err)
{
	struct cm_span text = cm_buf_span(&job->f.text);
	uint8_t digest[CM_SHA256_LEN];
	enum cm_result rc;

	cm_sha256(text.ptr, text.len, digest);
	cm_hex_encode(cm_span_of(digest, sizeof(digest)), job->digest);
	job->digest[64] = '\0';
	rc = cm_assess_read(&job->f, err);
	if (rc == CM_OK)
		rc = cm_brief_compute(&job->f.a, job->view, job->to, &job->f.arena, &job->brief, err);
	if (rc == CM_OK)
		rc = cm_brief_ask(job, err);
	if (rc == CM_OK)
		job->carried = carried(&job->brief);
	return rc;
}

/* Ends a text in memory; false: there was not enough for all of it. */
static bool
closed(FILE *f)
{
	bool whole = ferror(f) == 0;

	return fclose(f) == 0 && whole;
}

static enum cm_exit
work(void *arg, const struct cm_context *ctx)
{
	struct cm_assess_brief_job *job = arg;
	struct cm_err err = { 0 };
	enum cm_result rc = compute(job, &err);
	FILE *f = job->out == NULL ? ctx->out : open_memstream(&job->text, &job->len);

	if (rc == CM_OK && f == NULL)
		rc = cm_err_set(&err, CM_E_NOMEM, "no memory for the brief");
	if (rc == CM_OK)
		rc = job->json ? cm_brief_json(job, f, &err) : cm_brief_markdown(job, f, &err);
	if (f != NULL && job->out != NULL && !closed(f) && rc == CM_OK)
		rc = cm_err_set(&err, CM_E_NOMEM, "no memory for the brief");
	if (rc == CM_OK)
		return job->n_open == 0 && job->carried ? CM_EXIT_OK : CM_EXIT_REFUSED;
	job->len = 0;
	return cm_cli_error(ctx, job->f.path, &err, NULL);
}

static struct cm_span
answer(void *arg)
{
	struct cm_assess_brief_job *job = arg;

	return cm_span_of(job->text, job->len);
}

static enum cm_exit
make(const struct cm_context *ctx, struct cm_assess_brief_job *job)
{
	struct cm_buf result = { .max = CM_ASSESS_MEMORY };
	struct cm_confined confined = { .file = job->f.path, .run = work, .arg = job };
	struct cm_err err = { 0 };
	enum cm_exit code;

	if (job->out != NULL) {
		confined.result = &result;
		confined.answer = answer;
	}
	code = cm_cli_confined(ctx, &confined);
	if (job->out != NULL && result.len > 0) {
		if (cm_whole_write(job->out, cm_buf_span(&result), (struct cm_write_mode) { CM_WRITE_NEW, 0644 }, &err) != CM_OK) {
			code = cm_cli_error(ctx, job->out, &err, NULL);
		} else {
			cm_cli_text(ctx->out, cm_span_str(job->out));
			fputs(": written\n", ctx->out);
		}
	}
	cm_buf_release(&result);
	return code;
}

static bool
take_option(struct cm_assess_brief_job *job, const struct cm_args *a, int id, const char **what)
{
	int view;

	switch (id) {
	case OPT_JSON:
		job->json = true;
		return true;
	case OPT_FOR:
		*what = a->value;
		return true;
	case OPT_TO:
		job->to = a->value;
		return true;
	case 'o':
		job->out = a->value;
		return true;
	case OPT_VIEW:
		view = cm_view_of_find(a->value);
		if (view < 0) {
			(void)cm_cli_usage(a->ctx, a->command, "--view is public, shared, panel or all");
			return false;
		}
		job->view = (enum cm_assess_view_of)view;
		return true;
	default:
		return false;
	}
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_assess_brief, argc, argv, ctx);
	struct cm_assess_brief_job job = { .view = CM_OF_ALL };
	const char *what = NULL, *slash;
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(&job, &a, id, &what))
			return CM_EXIT_USAGE;
	if (a.n != 1)
		return cm_cli_usage(ctx, &cm_command_assess_brief, "it takes one file");
	if (what == NULL || strcmp(what, "sanctions") != 0)
		return cm_cli_usage(ctx, &cm_command_assess_brief, "say what it is for: --for sanctions");
	if (job.to != NULL && job.view != CM_OF_SHARED)
		return cm_cli_usage(ctx, &cm_command_assess_brief, "--to goes with --view shared");
	slash = strrchr(a.operand[0], '/');
	job.name = slash == NULL ? a.operand[0] : slash + 1;
	if (cm_assess_open(ctx, a.operand[0], &job.f, &code))
		code = make(ctx, &job);
	cm_assess_close(&job.f);
	return code;
}

const struct cm_command cm_command_assess_brief = {
	.name = "assess brief",
	.run = run,
	.line = "Writes a file for those who decide on sanctions, each point answered or OPEN",
	.operands = "FILE",
	.options = options,
	.more = "Markdown: who, what, on which evidence, which rivals lose and why, what stays shut, the right of\n"
		"reply, what would lift the measure, and the questions that a court asks.  What only people can\n"
		"say they write into FILE, below `brief sanctions' (docs/assessments.md).\n"
		"Exit 0: every point is answered, and whom it names leads and is at least likely; 1: not so.\n",
};
