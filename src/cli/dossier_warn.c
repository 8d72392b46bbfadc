#include <inttypes.h>

#include "cli/dossier_warn.h"

#define SHOWN 5 /* of the matches; the others are counted */

enum cm_result
cm_dossier_warn_init(struct cm_dossier_warn *w, const struct cm_dossier_wish *wish, struct cm_err *err)
{
	const char *bad = NULL;
	struct cm_err why = { 0 };
	enum cm_result rc;

	if (wish->warning == NULL)
		return CM_OK;
	rc = cm_warning_texts_build(wish->warning, &w->lists, &bad, &why);
	if (rc != CM_OK)
		return cm_err_set(err, rc, "%s%s%s", bad != NULL ? bad : "", bad != NULL ? ": " : "", why.text);
	w->gate = cm_gate_new(w->lists);
	return w->gate != NULL ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

void
cm_dossier_warn_fini(struct cm_dossier_warn *w)
{
	cm_gate_free(w->gate);
	cm_warnings_free(w->lists);
}

/* Does what is allowed oblige to let nothing of the kind out? */
static bool
is_forbidden(const struct cm_dossier_wish *wish)
{
	struct cm_bound b[CM_RULES_OBLIGATIONS_MAX];

	if (wish->governing == NULL)
		return false;
	cm_release_bounds(wish->governing->release, b);
	return b[CM_OBLIGES_WARNING_LISTS].set;
}

static void
say_hit(FILE *f, const struct cm_gate_hit *h)
{
	fputs("  ", f);
	cm_cli_text(f, cm_span_str(h->sentence));
	fprintf(f, "%s (%" PRIu64 " time%s; list: ", h->accused ? ": and it is accused" : "", h->times, h->times == 1 ? "" : "s");
	cm_cli_text(f, cm_span_str(h->list->name));
	fputs(")\n", f);
}

bool
cm_dossier_warn_say(const struct cm_dossier_warn *w, const struct cm_context *ctx, const struct cm_dossier_wish *wish)
{
	size_t n = w->gate == NULL ? 0 : cm_gate_n(w->gate), i;
	bool forbidden;

	if (n == 0)
		return true;
	forbidden = is_forbidden(wish);
	fprintf(ctx->err, "comity: it names %s that warning lists know:\n", n == 1 ? "an address" : "addresses");
	for (i = 0; i < n && i < SHOWN; i++)
		say_hit(ctx->err, cm_gate_at(w->gate, i));
	if (n > SHOWN)
		fprintf(ctx->err, "  and %zu more\n", n - SHOWN);
	if (forbidden)
		cm_cli_say(ctx, "the charter obliges to let none of them out: nothing was disclosed.  `--hide addresses' ties them");
	return !forbidden;
}
