#include "cli/case.h"

bool
cm_cli_case(const struct cm_context *ctx, struct cm_case **out, enum cm_exit *code)
{
	struct cm_err err = { 0 };
	struct cm_buf folder = { 0 };
	enum cm_result r = cm_case_find(ctx->case_folder, ".", &folder, &err);

	if (r == CM_OK)
		r = cm_buf_cstr(&folder) != NULL ? cm_case_open(cm_buf_cstr(&folder), out, &err)
						 : cm_err_set(&err, CM_E_NOMEM, "out of memory");
	cm_buf_release(&folder);
	if (r != CM_OK)
		*code = cm_cli_error(ctx, NULL, &err, NULL);
	return r == CM_OK;
}

void
cm_cli_case_place(const struct cm_context *ctx, struct cm_buf *out)
{
	cm_buf_add_str(out, ctx->case_folder != NULL ? ctx->case_folder : CM_CASE_FOLDER);
}
