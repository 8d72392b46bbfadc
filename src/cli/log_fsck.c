/* `comity log fsck`: looks at every file of the log. */
#include <inttypes.h>

#include "cli/commands.h"
#include "cli/log.h"
#include "os/progress.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

static void
step(void *arg, uint64_t done, uint64_t all)
{
	struct cm_progress *p = arg;

	p->total = all;
	cm_progress_at(p, done);
}

static enum cm_exit
print_json(const struct cm_cli_log *l, const struct cm_log_fsck *f)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	size_t i;

	cm_jsonw_object(&w);
	cm_jsonw_kbool(&w, "clean", f->bad == 0);
	cm_jsonw_kuint(&w, "size", f->size);
	cm_jsonw_kuint(&w, "tiles", f->tiles);
	cm_jsonw_kuint(&w, "entries", f->entries);
	cm_jsonw_kuint(&w, "faults", f->bad);
	cm_jsonw_key(&w, "found");
	cm_jsonw_array(&w);
	for (i = 0; i < f->n_found; i++)
		cm_jsonw_str(&w, f->found[i]);
	cm_jsonw_array_end(&w);
	cm_jsonw_object_end(&w);
	return cm_cli_json(l->ctx, &b);
}

static enum cm_exit
print_text(const struct cm_cli_log *l, const struct cm_log_fsck *f)
{
	FILE *out = l->ctx->out;
	size_t i;

	for (i = 0; i < f->n_found; i++) {
		cm_cli_text(out, cm_span_str(f->found[i]));
		fputc('\n', out);
	}
	fprintf(out, "%s: a log of %" PRIu64 ", %" PRIu64 " tiles and %" PRIu64 " entries read, %" PRIu64
		     " fault%s\n", f->bad == 0 ? "clean" : "DAMAGED", f->size, f->tiles, f->entries,
	    (uint64_t)f->bad, f->bad == 1 ? "" : "s");
	return CM_EXIT_OK;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_log_fsck, argc, argv, ctx);
	struct cm_progress progress = { 0 };
	struct cm_cli_log l = { .ctx = ctx };
	struct cm_log_fsck found = { 0 };
	enum cm_exit code;
	bool json;

	if (!cm_args_json(&a, OPT_JSON, &json))
		return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, a.command, "it takes no operand");
	code = cm_cli_log_case(&l);
	if (code == CM_EXIT_OK) {
		progress = cm_progress_of(fileno(ctx->err), "checking the log", 0);
		if (cm_log_files_fsck(cm_disk_here(), l.folder, &l.arena, step, &progress, &found, &l.err) != CM_OK)
			code = cm_cli_log_error(&l);
		cm_progress_end(&progress);
	}
	if (code == CM_EXIT_OK)
		code = json ? print_json(&l, &found) : print_text(&l, &found);
	if (code == CM_EXIT_OK && found.bad > 0)
		code = CM_EXIT_REFUSED;
	cm_cli_log_close(&l);
	return code;
}

const struct cm_command cm_command_log_fsck = {
	.name = "log fsck",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Reads all of the log: does every tile bear out the signed checkpoint?",
	.options = options,
	.more = "Exits 0 if the log is clean (what a crash left beyond its checkpoint is named, and\n"
		"harms nobody), 1 if it is damaged, 3 if it could not be read.\n",
};
