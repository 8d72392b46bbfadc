/* `comity log serve`: shows the log to others over HTTP. */
#include "cli/commands.h"
#include "cli/log.h"
#include "cli/serve.h"
#include "node/log_site.h"

static const struct cm_option options[] = {
	CM_SERVE_OPTIONS,
	{ 0 },
};

static enum cm_exit
serve(struct cm_cli_log *l, const struct cm_serve *s)
{
	struct cm_log_site_new fresh = { cm_disk_here(), l->folder, cm_serve_trouble(l->ctx) };
	struct cm_http_site site = { .prefix = "", .handle = cm_log_site_handle };
	struct cm_log_site *log = NULL;
	enum cm_exit code;

	if (cm_log_site_new(&fresh, &log, &l->err) != CM_OK)
		return cm_cli_log_error(l);
	site.arg = log;
	code = cm_serve_run(l->ctx, s, &site, 1);
	cm_log_site_free(log);
	return code;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_log_serve, argc, argv, ctx);
	struct cm_cli_log l = { .ctx = ctx };
	struct cm_serve s = { 0 };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!cm_serve_option(&a, id, &s))
			return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, a.command, "it takes no operand");
	code = cm_cli_log_case(&l);
	if (code == CM_EXIT_OK)
		code = serve(&l, &s);
	cm_cli_log_close(&l);
	return code;
}

const struct cm_command cm_command_log_serve = {
	.name = "log serve",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Shows the log to others over HTTP, until it is told to stop",
	.options = options,
	.more = "What it serves is public by design: sizes, hashes and digests, never a statement.\n"
		"Any web server can do the same with `checkpoint' and `tile' of the log's folder.  Put\n"
		"one that speaks TLS in front for others to reach it.  The first line of output is\n"
		"where it serves.  The log can grow meanwhile.\n",
};
