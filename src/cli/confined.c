#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "os/confine.h"

struct inside {
	const struct cm_confined *job;
	const struct cm_context *ctx;
};

/* In the child: its stdout is the parent's, so it has to see to its own output. */
static int
run(void *arg, int out)
{
	const struct inside *in = arg;

	(void)out;
	return (int)cm_cli_finish(in->ctx, in->job->run(in->job->arg, in->ctx));
}

enum cm_exit
cm_cli_confined(const struct cm_context *ctx, const struct cm_confined *job)
{
	struct inside in = { job, ctx };
	struct cm_confine_job work = { .run = run, .arg = &in, .what = job->file, .keep = job->fds,
		.n_keep = job->n_fds, .unconfined = job->unconfined };
	struct cm_err err = { 0 };
	int status = CM_EXIT_CANNOT;

	/* What stands in the buffers would be written twice. */
	fflush(ctx->out);
	fflush(ctx->err);
	if (cm_confine_run(&work, &status, &err) != CM_OK)
		return cm_cli_error(ctx, NULL, &err, NULL);
	return (enum cm_exit)status;
}
