#include "cli/assess_load.h"

#include <string.h>

#include "cli/case_registry.h"
#include "os/private.h"

/* In a case evidence is weighed as its charter has it, as `assess sign' does.  No case is no error. */
static void
look_for_case(const struct cm_context *ctx, struct cm_assess_file *f)
{
	struct cm_case *c = NULL;

	if (cm_assess_case(ctx, &c, NULL) == CM_OK && c != NULL)
		f->weighed = cm_case_registry(c, &f->arena, &f->registry, NULL) == CM_OK;
	cm_case_close(c);
}

bool
cm_assess_open(const struct cm_context *ctx, const char *path, struct cm_assess_file *out, enum cm_exit *code)
{
	struct cm_err err = { 0 };

	*out = (struct cm_assess_file) { .path = path };
	cm_arena_init(&out->arena, CM_ASSESS_MEMORY);
	look_for_case(ctx, out);
	if (cm_whole_read(path, CM_ASSESS_FILE, &out->text, &err) == CM_OK)
		return true;
	*code = cm_cli_error(ctx, NULL, &err, NULL);
	return false;
}

/* What a dossier shows of its assessment, of several of the first that can be computed. */
static CM_RESULT
read_dossier(struct cm_assess_file *f, struct cm_err *err)
{
	struct cm_zip zip;
	const struct cm_dossier *d = &f->held.dossier;
	enum cm_result rc;

	f->held = (struct cm_loaded) { .arena = &f->arena };
	rc = cm_zip_read(cm_buf_span(&f->text), &f->arena, &zip, err);
	if (rc == CM_OK)
		rc = cm_load_disclosure(&f->held, &zip, err);
	if (rc == CM_OK)
		rc = cm_load(&f->held, &zip, err);
	for (size_t i = 0; rc == CM_OK && f->shown == NULL && i < d->n_assessments; i++)
		f->shown = d->assessments[i].read != NULL ? &d->assessments[i] : NULL;
	if (rc != CM_OK)
		return rc;
	if (f->shown == NULL)
		return cm_err_set(err, CM_E_NOTFOUND, "%s", d->n_assessments == 0 ? "the dossier has no assessment" : d->assessments[0].trouble);
	f->rows = *f->shown->read;
	f->a = f->rows.a;
	f->is_rows = true;
	return CM_OK;
}

enum cm_result
cm_assess_read(struct cm_assess_file *f, struct cm_err *err)
{
	struct cm_span text = cm_buf_span(&f->text);
	enum cm_result rc = f->weighed ? CM_OK : cm_registry_builtin(&f->arena, &f->registry, err);

	if (rc != CM_OK)
		return rc;
	if (text.len > 4 && memcmp(text.ptr, "PK\3\4", 4) == 0)
		return read_dossier(f, err);
	f->is_rows = text.len > 0 && text.ptr[0] == '{';
	if (text.len > (f->is_rows ? CM_ASSESS_ROWS : CM_ASSESS_TEXT))
		return cm_err_set(err, CM_E_LIMIT, "it has %zu bytes, and %s at most %zu", text.len,
		    f->is_rows ? "rows have" : "the text of an assessment has", f->is_rows ? CM_ASSESS_ROWS : CM_ASSESS_TEXT);
	if (!f->is_rows)
		return cm_assess_text_read(text, &f->registry, &f->arena, &f->a, &f->places, err);
	rc = cm_assess_rows_parse(text, &f->arena, &f->rows, err);
	f->a = f->rows.a;
	return rc;
}

void
cm_assess_close(struct cm_assess_file *f)
{
	cm_loaded_release(&f->held);
	cm_buf_release(&f->text);
	cm_arena_fini(&f->arena);
}

enum cm_result
cm_assess_case(const struct cm_context *ctx, struct cm_case **out, struct cm_err *err)
{
	struct cm_buf folder = { 0 };
	enum cm_result rc = cm_case_find(ctx->case_folder, ".", &folder, err);

	*out = NULL;
	if (rc == CM_OK)
		rc = cm_buf_cstr(&folder) != NULL ? cm_case_open(cm_buf_cstr(&folder), out, err) :
						    cm_err_set(err, CM_E_NOMEM, "out of memory");
	cm_buf_release(&folder);
	return rc == CM_E_NOMEM ? rc : CM_OK;
}

bool
cm_assess_layer_option(const struct cm_args *a, enum cm_layer *out)
{
	int layer = cm_layer_find(a->value);

	if (layer < 0) {
		(void)cm_cli_usage(a->ctx, a->command,
		    "--layer is machine, operator, organisation, state or beneficiary");
		return false;
	}
	*out = (enum cm_layer)layer;
	return true;
}
