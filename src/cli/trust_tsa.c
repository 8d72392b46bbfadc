/* `comity trust tsa`: who stamps the checkpoints of the own log, and which roots count. */
#include <string.h>

#include "cli/case.h"
#include "cli/commands.h"
#include "crypto/timestamp.h"
#include "os/private.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

/* Roots first: a URL without them would get stamps that nobody can check. */
static enum cm_result
keep(const struct cm_case *c, const char *url, struct cm_span roots, struct cm_err *err)
{
	struct cm_write_mode mode = { CM_WRITE_REPLACE, 0600 };
	struct cm_buf path = { 0 }, line = { 0 };
	enum cm_result r = CM_E_NOMEM;

	cm_buf_printf(&path, "%s/tsa.pem", cm_case_folder(c));
	cm_buf_printf(&line, "%s\n", url);
	if (cm_buf_cstr(&path) != NULL && cm_buf_ok(&line))
		r = cm_whole_write(cm_buf_cstr(&path), roots, mode, err);
	if (r == CM_OK) {
		path.len -= strlen(".pem");
		r = cm_whole_write(cm_buf_cstr(&path), cm_buf_span(&line), mode, err);
	}
	cm_buf_release(&path);
	cm_buf_release(&line);
	return r;
}

static enum cm_result
take(const struct cm_case *c, const char *url, const char *file, struct cm_err *err)
{
	struct cm_timestamp_ca *ca = NULL;
	struct cm_buf roots = { 0 };
	enum cm_result r = cm_whole_read(file, CM_TIMESTAMP_CA_BYTES, &roots, err);

	if (r == CM_OK && strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		r = cm_err_set(err, CM_E_USAGE, "%s: neither http:// nor https://", url);
	if (r == CM_OK)
		r = cm_timestamp_ca_new(cm_buf_span(&roots), &ca, err);
	if (r == CM_OK)
		r = keep(c, url, cm_buf_span(&roots), err);
	cm_timestamp_ca_free(ca);
	cm_buf_release(&roots);
	return r;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_trust_tsa, argc, argv, ctx);
	enum cm_exit code = CM_EXIT_OK;
	struct cm_case *c = NULL;
	struct cm_err err = { 0 };
	bool json;

	if (!cm_args_json(&a, OPT_JSON, &json))
		return CM_EXIT_USAGE;
	if (a.n != 2)
		return cm_cli_usage(ctx, a.command, "a URL and a file of root certificates are wanted");
	if (!cm_cli_case(ctx, &c, &code))
		return code;
	if (take(c, a.operand[0], a.operand[1], &err) == CM_OK)
		code = cm_cli_settled(ctx, "tsa", a.operand[0], json);
	else
		code = cm_cli_error(ctx, NULL, &err, "nothing was changed");
	cm_case_close(c);
	return code;
}

const struct cm_command cm_command_trust_tsa = {
	.name = "trust tsa",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Names an authority (RFC 3161) that stamps the checkpoints of the log",
	.operands = "URL ROOTS.pem",
	.options = options,
	.more = "Each new checkpoint of the log is stamped once, which covers every statement below it;\n"
		"the stamps go into the dossiers.  `comity verify' here counts stamps that lead to these\n"
		"roots.  To stop, remove `tsa' from the case folder.\n",
};
