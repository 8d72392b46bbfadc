/* `comity witness status`: which logs it knows, and what it cosigned last of each. */
#include <inttypes.h>

#include "cli/commands.h"
#include "cli/keys.h"
#include "cli/witness.h"
#include "codec/rfc3339.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

struct status {
	struct cm_cli_witness w;
	bool json;
	size_t n;
	struct cm_buf b;
	struct cm_jsonw out;
};

static void
one(void *arg, const struct cm_vkey *log, const struct cm_witness_held *held, uint64_t time)
{
	struct status *s = arg;
	char when[CM_RFC3339_LEN + 1];

	s->n++;
	cm_rfc3339_format((int64_t)time, when);
	if (s->json) {
		cm_jsonw_object(&s->out);
		cm_jsonw_kstr(&s->out, "origin", log->name);
		cm_jsonw_kuint(&s->out, "size", held->size);
		cm_jsonw_khex(&s->out, "root", cm_span_of(held->root, 32));
		if (time != 0)
			cm_jsonw_kuint(&s->out, "cosigned", time);
		cm_jsonw_object_end(&s->out);
		return;
	}
	fprintf(s->w.ctx->out, "%-20s  size %-10" PRIu64 "  ", time != 0 ? when : "nothing cosigned yet", held->size);
	cm_cli_text(s->w.ctx->out, cm_span_str(log->name));
	fputc('\n', s->w.ctx->out);
}

static enum cm_exit
show(struct status *s)
{
	const struct cm_vkey *key = cm_witness_files_key(s->w.files);
	enum cm_result r;

	s->out = cm_jsonw_of(&s->b, 0);
	cm_jsonw_object(&s->out);
	cm_jsonw_kstr(&s->out, "name", key->name);
	cm_jsonw_key(&s->out, "logs");
	cm_jsonw_array(&s->out);
	if (!s->json) {
		fprintf(s->w.ctx->out, "witness ");
		cm_cli_text(s->w.ctx->out, cm_span_str(key->name));
		fputs("\n\n", s->w.ctx->out);
	}
	r = cm_witness_files_each(s->w.files, one, s, &s->w.err);
	cm_jsonw_array_end(&s->out);
	cm_jsonw_object_end(&s->out);
	if (r != CM_OK)
		return cm_cli_error(s->w.ctx, NULL, &s->w.err, NULL);
	if (s->json)
		return cm_cli_json(s->w.ctx, &s->b);
	if (s->n == 0)
		fprintf(s->w.ctx->out, "It knows no log: `comity witness add-log VKEY'.\n");
	return CM_EXIT_OK;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_witness_status, argc, argv, ctx);
	struct status s = { .w = { .ctx = ctx } };
	enum cm_exit code;

	if (!cm_args_json(&a, OPT_JSON, &s.json))
		return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, a.command, "it takes no operand");
	code = cm_cli_witness_look(&s.w);
	if (code == CM_EXIT_OK)
		code = show(&s);
	cm_buf_release(&s.b);
	cm_cli_witness_close(&s.w);
	return code;
}

const struct cm_command cm_command_witness_status = {
	.name = "witness status",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Lists the logs it knows, and what it cosigned of each",
	.options = options,
};
