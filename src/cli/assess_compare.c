/* `comity assess compare': two assessments of one case side by side.  Nothing is merged. */
#include <string.h>

#include "cli/assess_compare.h"
#include "cli/assess_page.h"
#include "cli/assess_show.h"
#include "cli/assess_state.h"
#include "cli/commands.h"

enum { OPT_JSON = CM_OPT, OPT_VIEW, OPT_FOR, OPT_LAYER, OPT_STATE, OPT_HTML };

static const struct cm_option options[] = {
	{ OPT_VIEW, "view", "VIEW", "compare what public, shared, panel or all (default) of each side have" },
	{ OPT_FOR, "for", "NAME", "the party that the view `shared' is for" },
	{ OPT_LAYER, "layer", "LAYER", "only machine, operator, organisation, state or beneficiary" },
	{ OPT_HTML, "html", "OUT", "write a page with pictures, which loads nothing from anywhere" },
	{ OPT_STATE, "state", NULL, "sign what came out, as a statement about both (of dossiers only)" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

/* ---- in the child ---- */

static CM_RESULT
compare_layer(struct cm_assess_beside *b, enum cm_layer layer, struct cm_err *err)
{
	const struct cm_assess_compare_in in = { .a = &b->f[0].a, .b = &b->f[1].a, .layer = layer, .view = b->view, .to = b->to, .seed = 1 };
	bool has_a = cm_assess_has_layer(in.a, layer), has_b = cm_assess_has_layer(in.b, layer);
	enum cm_result rc;

	if (!has_a && !has_b)
		return CM_OK;
	if (!has_a || !has_b) {
		b->alone[b->n_alone++] = cm_layer_word(layer);
		return CM_OK;
	}
	rc = cm_assess_compare(&in, &b->f[0].arena, &b->at[b->n], err);
	b->n += rc == CM_OK;
	return rc;
}

static void
write_result(struct cm_assess_beside *b)
{
	struct cm_jsonw w = cm_jsonw_of(&b->result, 0);
	size_t i;

	cm_jsonw_object(&w);
	cm_jsonw_kuint(&w, "version", CM_ASSESS_COMPARE_VERSION);
	cm_jsonw_key(&w, "layers");
	cm_jsonw_array(&w);
	for (i = 0; i < b->n; i++)
		cm_assess_compare_write(&b->at[i], &w);
	cm_jsonw_array_end(&w);
	cm_jsonw_key(&w, "one_side_only");
	cm_jsonw_array(&w);
	for (i = 0; i < b->n_alone; i++)
		cm_jsonw_str(&w, b->alone[i]);
	cm_jsonw_array_end(&w);
	cm_jsonw_key(&w, "limits");
	cm_jsonw_array(&w);
	for (i = 0; cm_assess_limits[i] != NULL; i++)
		cm_jsonw_str(&w, cm_assess_limits[i]);
	cm_jsonw_array_end(&w);
	cm_jsonw_object_end(&w);
}

static CM_RESULT
compute(struct cm_assess_beside *b, struct cm_err *err)
{
	enum cm_result rc = CM_OK;

	for (int layer = 0; rc == CM_OK && layer < CM_LAYERS; layer++)
		if (!b->one_layer || (enum cm_layer)layer == b->layer)
			rc = compare_layer(b, (enum cm_layer)layer, err);
	if (rc == CM_OK && b->n == 0)
		rc = cm_err_set(err, CM_E_NOTFOUND, "there is no layer that both speak of");
	if (rc == CM_OK) {
		write_result(b);
		rc = cm_buf_ok(&b->result) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
	}
	return rc;
}

static enum cm_exit
read_both(struct cm_assess_beside *b, const struct cm_context *ctx)
{
	for (int i = 0; i < 2; i++) {
		struct cm_err err = { 0 };

		if (cm_assess_read(&b->f[i], &err) != CM_OK)
			return cm_cli_error(ctx, b->f[i].path, &err, NULL);
		if (b->state && b->f[i].shown == NULL) {
			cm_cli_say(ctx, "%s: --state is about signed assessments: give dossiers (of your own: `comity disclose --assessment N --view all')",
			    b->f[i].path);
			return CM_EXIT_USAGE;
		}
	}
	return CM_EXIT_OK;
}

static bool
agree(const struct cm_assess_beside *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->at[i].top_a != b->at[i].top_b)
			return false;
	return true;
}

static enum cm_exit
compare(void *arg, const struct cm_context *ctx)
{
	struct cm_assess_beside *b = arg;
	struct cm_err err = { 0 };
	enum cm_exit code = read_both(b, ctx);
	enum cm_result rc;

	if (code != CM_EXIT_OK)
		return code;
	rc = compute(b, &err);
	if (rc == CM_OK && b->html != NULL)
		rc = cm_assess_beside_page(b, &err);
	else if (rc == CM_OK && b->json)
		rc = fwrite(b->result.ptr, 1, b->result.len, ctx->out) == b->result.len && fputc('\n', ctx->out) != EOF ? CM_OK : CM_E_IO;
	else if (rc == CM_OK)
		rc = cm_assess_beside_text(b);
	if (rc != CM_OK) {
		(void)cm_err_set(&err, rc, "it could not be compared: %s", cm_result_word(rc));
		return cm_cli_error(ctx, NULL, &err, NULL);
	}
	return agree(b) ? CM_EXIT_OK : CM_EXIT_FINDINGS;
}

/* For the parent: the page; or, to be signed, both digests and then the result. */
static struct cm_span
answer(void *arg)
{
	struct cm_assess_beside *b = arg;
	struct cm_buf *out = &b->f[0].text; /* has been read, and is not needed any more */

	if (b->html != NULL)
		return cm_buf_span(&b->page);
	if (!b->state || b->n == 0)
		return cm_span_of(NULL, 0);
	cm_buf_clear(out);
	cm_buf_add(out, b->f[0].shown->statement, 32);
	cm_buf_add(out, b->f[1].shown->statement, 32);
	cm_buf_add_span(out, cm_buf_span(&b->result));
	return cm_buf_ok(out) ? cm_buf_span(out) : cm_span_of(NULL, 0);
}

/* ---- in the parent ---- */

static bool
take_option(struct cm_assess_beside *b, const struct cm_args *a, int id)
{
	switch (id) {
	case OPT_JSON:
		b->json = true;
		return true;
	case OPT_STATE:
		b->state = true;
		return true;
	case OPT_HTML:
		b->html = a->value;
		return true;
	case OPT_FOR:
		b->to = a->value;
		return true;
	case OPT_LAYER:
		b->one_layer = true;
		return cm_assess_layer_option(a, &b->layer);
	case OPT_VIEW:
		if (cm_view_of_find(a->value) >= 0) {
			b->view = (enum cm_assess_view_of)cm_view_of_find(a->value);
			return true;
		}
		(void)cm_cli_usage(a->ctx, a->command, "--view is public, shared, panel or all");
		return false;
	default:
		return false;
	}
}

static enum cm_exit
lay(struct cm_assess_beside *b, struct cm_buf *said)
{
	struct cm_confined job = { .file = b->f[0].path, .run = compare, .arg = b, .result = said, .answer = answer };
	enum cm_exit code = cm_cli_confined(b->ctx, &job);

	if (b->html != NULL && said->len > 0 && !cm_assess_page_write(b->ctx, b->html, cm_buf_span(said)))
		code = CM_EXIT_CANNOT;
	if ((code == CM_EXIT_OK || code == CM_EXIT_FINDINGS) && b->state) {
		enum cm_exit stated = cm_assess_state(b->ctx, cm_buf_span(said), b->json);

		code = stated == CM_EXIT_OK ? code : stated;
	}
	return code;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_assess_compare, argc, argv, ctx);
	struct cm_assess_beside side = { .ctx = ctx, .view = CM_OF_ALL }, *b = &side;
	struct cm_buf said = { 0 };
	enum cm_exit code = CM_EXIT_OK;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(b, &a, id))
			return CM_EXIT_USAGE;
	if (b->html != NULL && b->state)
		return cm_cli_usage(ctx, &cm_command_assess_compare, "--html writes a page, --state signs: one at a time");
	if (a.n != 2)
		return cm_cli_usage(ctx, &cm_command_assess_compare, "it takes two files");
	if (cm_assess_open(ctx, a.operand[0], &b->f[0], &code) && cm_assess_open(ctx, a.operand[1], &b->f[1], &code))
		code = lay(b, &said);
	cm_assess_close(&b->f[0]);
	cm_assess_close(&b->f[1]);
	cm_buf_release(&b->page);
	cm_buf_release(&b->result);
	cm_buf_release(&said);
	return code;
}

const struct cm_command cm_command_assess_compare = {
	.name = "assess compare",
	.run = run,
	.line = "Lays two assessments side by side: where they part, and what would reconcile them",
	.operands = "FILE FILE",
	.options = options,
	.more = "Each FILE is a text, rows, or a dossier that shows an assessment.  Nothing is merged, and nobody\n"
		"is said to be right.  Exit 1: at some layer another hypothesis leads.\n",
};
