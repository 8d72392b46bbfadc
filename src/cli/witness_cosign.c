/* `comity witness cosign`: what `serve' does over HTTP, with files: for a witness that no
 * network reaches. */
#include <unistd.h>

#include "cli/commands.h"
#include "cli/witness.h"
#include "os/clock.h"
#include "os/kept.h"

static const struct cm_option options[] = {
	{ 0 },
};

static enum cm_exit
answer(const struct cm_cli_witness *w, struct cm_witness_answer_out *out)
{
	struct cm_span reason = cm_buf_span(&out->body);
	enum cm_exit code = CM_EXIT_OK;

	if (out->status == 200 || out->status == 409)
		fwrite(out->body.ptr, 1, out->body.len, w->ctx->out);
	if (out->status != 200) {
		while (reason.len > 0 && reason.ptr[reason.len - 1] == '\n')
			reason.len--;
		fprintf(w->ctx->err, "comity: not cosigned: %d ", out->status);
		cm_cli_text(w->ctx->err, reason);
		fputc('\n', w->ctx->err);
		code = out->status == 400 ? CM_EXIT_MALFORMED : CM_EXIT_REFUSED;
	}
	cm_buf_release(&out->body);
	return code;
}

static enum cm_exit
cosign(struct cm_cli_witness *w)
{
	struct cm_witness_answer_out out = { 0 };
	struct cm_kept request = { 0 };
	enum cm_result r = cm_kept_take(&request, STDIN_FILENO, CM_WITNESS_REQUEST_BYTES, NULL, &w->err);

	if (r == CM_OK)
		r = cm_witness_files_ask(
		    w->files, cm_kept_bytes(&request), (uint64_t)cm_clock_now(), &out, &w->err);
	cm_kept_fini(&request);
	return r == CM_OK ? answer(w, &out) : cm_cli_error(w->ctx, "standard input", &w->err, "nothing was cosigned");
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_witness_cosign, argc, argv, ctx);
	struct cm_cli_witness w = { .ctx = ctx };
	enum cm_exit code;

	if (cm_args_next(&a) != CM_ARGS_END)
		return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, a.command, "the request comes on standard input");
	code = cm_cli_witness_open(&w);
	if (code == CM_EXIT_OK)
		code = cosign(&w);
	cm_cli_witness_close(&w);
	return code;
}

const struct cm_command cm_command_witness_cosign = {
	.name = "witness cosign",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Answers one request from standard input, as the server would",
	.operands = "<REQUEST >ANSWER",
	.options = options,
	.more = "REQUEST is what `comity log prove --from SIZE' writes, ANSWER goes into `comity log\n"
		"checkpoint --answer ANSWER'.  Exits 0 if it cosigned, 1 if it said no (if the size was\n"
		"another, ANSWER is the size to prove from), 4 if the request is malformed.\n",
};
