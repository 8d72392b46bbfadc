#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "log/entry.h"
#include "os/private.h"
#include "statement/sshsig.h"

enum cm_exit
cm_cli_log_case(struct cm_cli_log *l)
{
	struct cm_buf folder = { 0 };
	enum cm_exit code = CM_EXIT_OK;

	cm_arena_init(&l->arena, 0);
	if (!cm_cli_case(l->ctx, &l->c, &code))
		return code;
	cm_buf_printf(&folder, "%s/log", cm_case_folder(l->c));
	if (cm_buf_cstr(&folder) != NULL)
		l->folder = strdup(cm_buf_cstr(&folder));
	cm_buf_release(&folder);
	if (l->folder != NULL)
		return CM_EXIT_OK;
	cm_cli_say(l->ctx, "out of memory");
	return CM_EXIT_CANNOT;
}

enum cm_exit
cm_cli_log_error(const struct cm_cli_log *l)
{
	return cm_cli_error(l->ctx, NULL, &l->err,
	    l->err.code == CM_E_NOTFOUND && !cm_path_exists(l->folder) ? "`comity log init' makes a log" : NULL);
}

enum cm_exit
cm_cli_log_open(struct cm_cli_log *l, enum cm_log_open how)
{
	enum cm_exit code = cm_cli_log_case(l);

	if (code != CM_EXIT_OK)
		return code;
	if (cm_log_files_open(cm_disk_here(), l->folder, how, &l->files, &l->err) == CM_OK)
		return CM_EXIT_OK;
	return cm_cli_log_error(l);
}

void
cm_cli_log_close(struct cm_cli_log *l)
{
	cm_log_files_close(l->files);
	cm_case_close(l->c);
	free(l->folder);
	cm_arena_fini(&l->arena);
}

enum cm_result
cm_cli_entry(struct cm_span json, struct cm_span sig, struct cm_buf *out, struct cm_err *err)
{
	struct cm_sshsig s;
	struct cm_entry e;
	enum cm_result r = cm_sshsig_parse(sig, &s, err);

	if (r != CM_OK)
		return r;
	cm_entry_digest(json, sig, e.digest);
	cm_ssh_fingerprint(&s.key, e.key);
	cm_entry_write(&e, out);
	return cm_buf_ok(out) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}
