/* `comity version`: which program this is, so that two parties can see whether they
 * run the same one (docs/reproducible.md). */
#include "base/build.h"
#include "cli/commands.h"
#include "codec/json_write.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

static enum cm_exit
as_json(const struct cm_context *ctx)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	enum cm_exit code = CM_EXIT_OK;

	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "name", cm_build_name());
	cm_jsonw_kstr(&w, "version", cm_build_version());
	cm_jsonw_kstr(&w, "source", cm_build_source());
	cm_jsonw_object_end(&w);
	if (cm_buf_ok(&b)) {
		fwrite(b.ptr, 1, b.len, ctx->out);
		fputc('\n', ctx->out);
	} else {
		cm_cli_say(ctx, "out of memory");
		code = CM_EXIT_CANNOT;
	}
	cm_buf_release(&b);
	return code;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_version, argc, argv, ctx);
	bool json;

	if (!cm_args_json(&a, OPT_JSON, &json))
		return CM_EXIT_USAGE;
	if (a.n > 0)
		return cm_cli_usage(ctx, &cm_command_version, "it takes no file");
	if (json)
		return as_json(ctx);
	fprintf(ctx->out, "%s %s\nsource %s\n", cm_build_name(), cm_build_version(), cm_build_source());
	return CM_EXIT_OK;
}

const struct cm_command cm_command_version = {
	.name = "version",
	.run = run,
	.line = "Names this program, its version and the digest of its source",
	.options = options,
	.more = "The digest goes into every statement.  docs/reproducible.md says how to compute it\n"
		"from the source, and how to build the same program, byte for byte.",
};
