/* `comity witness serve`: cosigns over HTTP. */
#include "cli/commands.h"
#include "cli/serve.h"
#include "cli/witness.h"
#include "node/witness_site.h"

static const struct cm_option options[] = {
	CM_SERVE_OPTIONS,
	{ 0 },
};

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_witness_serve, argc, argv, ctx);
	struct cm_cli_witness w = { .ctx = ctx };
	struct cm_witness_site witness = { .trouble = cm_serve_trouble(ctx) };
	struct cm_http_site site = { .prefix = "", .handle = cm_witness_site_handle, .arg = &witness };
	struct cm_serve s = { 0 };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!cm_serve_option(&a, id, &s))
			return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, a.command, "it takes no operand");
	code = cm_cli_witness_open(&w);
	witness.files = w.files;
	if (code == CM_EXIT_OK)
		code = cm_serve_run(ctx, &s, &site, CM_WITNESS_SITE_BODY);
	cm_cli_witness_close(&w);
	return code;
}

const struct cm_command cm_command_witness_serve = {
	.name = "witness serve",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Cosigns over HTTP, until it is told to stop",
	.options = options,
	.more = "Speaks C2SP tlog-witness: POST add-checkpoint, and GET of the newest checkpoint of each\n"
		"log.  Put a server that speaks TLS in front for others to reach it.  The first line\n"
		"of output is where it serves.\n",
};
