/* `comity witness`: cosigns the logs of others, so that they can not fork them. */
#include "cli/commands.h"
#include "cli/witness.h"

static const struct cm_command *const parts[] = { &cm_command_witness_init,
	&cm_command_witness_add_log, &cm_command_witness_serve, &cm_command_witness_cosign,
	&cm_command_witness_status, NULL };

static enum cm_exit
open_by(struct cm_cli_witness *w,
    enum cm_result (*open)(const struct cm_disk *, const char *, struct cm_witness_files **, struct cm_err *))
{
	struct cm_buf folder = { 0 };
	enum cm_exit code = CM_EXIT_OK;
	enum cm_result r = CM_E_NOMEM;

	if (!cm_cli_case(w->ctx, &w->c, &code))
		return code;
	cm_buf_printf(&folder, "%s/witness", cm_case_folder(w->c));
	if (cm_buf_cstr(&folder) != NULL)
		r = open(cm_disk_here(), cm_buf_cstr(&folder), &w->files, &w->err);
	cm_buf_release(&folder);
	if (r == CM_OK)
		return CM_EXIT_OK;
	(void)cm_err_set(&w->err, r, "out of memory");
	return cm_cli_error(w->ctx, NULL, &w->err, r == CM_E_NOTFOUND ? "`comity witness init' makes one" : NULL);
}

enum cm_exit
cm_cli_witness_open(struct cm_cli_witness *w)
{
	return open_by(w, cm_witness_files_open);
}

enum cm_exit
cm_cli_witness_look(struct cm_cli_witness *w)
{
	return open_by(w, cm_witness_files_look);
}

void
cm_cli_witness_close(struct cm_cli_witness *w)
{
	cm_witness_files_close(w->files);
	cm_case_close(w->c);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	return cm_cli_group(&cm_command_witness, argc, argv, ctx);
}

const struct cm_command cm_command_witness = {
	.name = "witness",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Cosigns the logs of other parties, so that none can show two histories",
	.operands = "PART",
	.more = "A witness signs only what continues what it signed before (C2SP tlog-witness).  Its\n"
		"time is its own clock's.  It sees sizes and hashes, never a statement.\n",
	.parts = parts,
};
