/* A dossier that was made, or would be, as JSON. */
#include "cli/dossier.h"
#include "codec/json_write.h"

static bool
print(const struct cm_context *ctx, struct cm_buf *text)
{
	bool ok;

	cm_buf_add_str(text, "\n");
	ok = cm_buf_ok(text);
	if (ok)
		fwrite(text->ptr, 1, text->len, ctx->out);
	else
		cm_cli_say(ctx, "it can not be printed: out of memory");
	cm_buf_release(text);
	return ok;
}

static void
put_columns(struct cm_jsonw *w, const struct cm_shown_exhibit *shown, const struct cm_select_sum *s)
{
	size_t c;

	cm_jsonw_key(w, "columns");
	cm_jsonw_array(w);
	for (c = 0; c < shown->schema->n; c++) {
		cm_jsonw_object(w);
		cm_jsonw_key(w, "name");
		cm_jsonw_span(w, shown->schema->column[c].name);
		cm_jsonw_kuint(w, "open", s->cells[c]);
		cm_jsonw_kuint(w, "tied", s->tied[c]);
		cm_jsonw_kuint(w, "bytes", s->bytes[c]);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_places(struct cm_jsonw *w, const struct cm_dossier_wish *wish, const struct cm_leaks *leaks)
{
	const struct cm_leak *l;
	size_t i;

	cm_jsonw_kuint(w, "leaks", leaks->n);
	cm_jsonw_key(w, "places");
	cm_jsonw_array(w);
	for (i = 0; i < leaks->n_list; i++) {
		l = &leaks->list[i];
		cm_jsonw_object(w);
		cm_jsonw_kuint(w, "exhibit", wish->exhibits[l->seal].id);
		cm_jsonw_kuint(w, "row", l->row);
		cm_jsonw_kstr(w, "column", l->column);
		cm_jsonw_kuint(w, "offset", l->offset);
		cm_jsonw_kstr(w, "form", l->form);
		if (l->hidden_column != NULL) {
			cm_jsonw_kstr(w, "hidden_column", l->hidden_column);
			cm_jsonw_kuint(w, "hidden_row", l->hidden_row);
		}
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_terms(struct cm_jsonw *w, const struct cm_context *ctx, const struct cm_dossier_wish *wish)
{
	struct cm_dossier_told told = { .ctx = ctx, .exhibits = wish->exhibits, .n_exhibits = wish->n_exhibits };

	if (wish->governing == NULL)
		return;
	told.governed = &wish->governing->governed;
	told.title = wish->governing->title;
	cm_dossier_put_terms(w, &told);
}

bool
cm_dossier_json_plan(const struct cm_context *ctx, const struct cm_dossier_wish *wish,
    const struct cm_pack_out *out, const struct cm_completes *completes)
{
	struct cm_buf text = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&text, 0);
	size_t k;

	cm_jsonw_object(&w);
	cm_jsonw_key(&w, "exhibits");
	cm_jsonw_array(&w);
	for (k = 0; k < wish->n_exhibits; k++) {
		cm_jsonw_object(&w);
		cm_jsonw_kuint(&w, "no", wish->exhibits[k].id);
		cm_jsonw_kstr(&w, "kind", wish->exhibits[k].kind);
		cm_jsonw_kuint(&w, "rows", out->sum[k].rows);
		cm_jsonw_kuint(&w, "open_rows", out->sum[k].open_rows);
		put_columns(&w, &out->exhibits[k], &out->sum[k]);
		cm_jsonw_object_end(&w);
	}
	cm_jsonw_array_end(&w);
	cm_jsonw_kuint(&w, "findings", wish->n_findings);
	if (wish->n_traffic + wish->n_chains != 0) {
		cm_jsonw_kuint(&w, "traffic", wish->n_traffic);
		cm_jsonw_kuint(&w, "chains", wish->n_chains);
	}
	if (wish->n_assessments != 0)
		cm_jsonw_kuint(&w, "assessments", wish->n_assessments);
	put_places(&w, wish, &out->leaks);
	put_terms(&w, ctx, wish);
	cm_completes_put(&w, completes);
	cm_jsonw_object_end(&w);
	return print(ctx, &text);
}

bool
cm_dossier_json_made(const struct cm_context *ctx, const struct cm_dossier_made *made)
{
	struct cm_buf text = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&text, 0);

	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "dossier", made->path);
	cm_jsonw_kuint(&w, "bytes", made->bytes);
	cm_jsonw_khex(&w, "sha256", cm_span_of(made->sha256, 32));
	cm_jsonw_khex(&w, "statement", cm_span_of(made->stated.digest, 32));
	cm_jsonw_kuint(&w, "number", made->stated.number);
	cm_jsonw_kuint(&w, "leaks_accepted", made->leaks_accepted);
	cm_completes_put(&w, made->completes);
	cm_jsonw_object_end(&w);
	return print(ctx, &text);
}
