#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "os/confine.h"

struct inside {
	const struct cm_confined *job;
	const struct cm_context *ctx;
};

static bool
write_all(int fd, struct cm_span bytes)
{
	ssize_t n;

	while (bytes.len > 0) {
		n = write(fd, bytes.ptr, bytes.len);
		if (n <= 0)
			return false;
		bytes = cm_span_part(bytes, (size_t)n, bytes.len);
	}
	return true;
}

/* In the child: its stdout is the parent's, so it has to see to its own output. */
static int
run(void *arg, int out)
{
	const struct inside *in = arg;
	enum cm_exit code = cm_cli_finish(in->ctx, in->job->run(in->job->arg, in->ctx));

	if (in->job->answer != NULL && !write_all(out, in->job->answer(in->job->arg))) {
		cm_cli_say(in->ctx, "the confined reader's answer did not arrive");
		code = CM_EXIT_CANNOT;
	}
	return (int)code;
}

enum cm_exit
cm_cli_confined(const struct cm_context *ctx, const struct cm_confined *job)
{
	struct inside in = { job, ctx };
	struct cm_confine_job work = { .run = run, .arg = &in, .what = job->file, .keep = job->fds,
		.n_keep = job->n_fds, .unconfined = job->unconfined, .result = job->result };
	struct cm_err err = { 0 };
	int status = CM_EXIT_CANNOT;

	/* What stands in the buffers would be written twice. */
	fflush(ctx->out);
	fflush(ctx->err);
	if (cm_confine_run(&work, &status, &err) != CM_OK)
		return cm_cli_error(ctx, NULL, &err, NULL);
	return (enum cm_exit)status;
}
