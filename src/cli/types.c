/* `comity types`: the registry of evidence types, as a table, or one of them in full. */
#include <string.h>

#include "cli/commands.h"
#include "cli/paragraph.h"
#include "codec/json_write.h"
#include "registry/registry.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ 0 },
};

/* "0.70", "0.40 to 0.70", "-" */
static const char *
plantable(const struct cm_registry *r, const struct cm_evidence_type *t, struct cm_arena *a)
{
	unsigned lo = 0, hi = 0;

	if (!cm_evidence_plantable(r, t, &lo, &hi))
		return "-";
	return lo == hi ? cm_arena_printf(a, "0.%03u", lo) : cm_arena_printf(a, "0.%03u to 0.%03u", lo, hi);
}

/* "C1,C2,C6" */
static const char *
forms(const struct cm_evidence_type *t, struct cm_arena *a)
{
	const char *list = "";

	for (unsigned k = 0; k < CM_CHECK_FORMS && list != NULL; k++)
		if (t->forms & 1u << k)
			list = cm_arena_printf(a, "%s%sC%u", list, list[0] == '\0' ? "" : ",", k + 1);
	return list;
}

static CM_RESULT
table(const struct cm_context *ctx, const struct cm_registry *r, struct cm_arena *a)
{
	static const char *const head[] = { "id", "forge", "plantable", "cost", "forms", "group", "", "type" };
	struct cm_table t = cm_table_of(a, 8);
	struct cm_paint paint = cm_paint_of(ctx->out_colour);
	char forge[CM_EVIDENCE_RANGE], cost[CM_EVIDENCE_RANGE];
	enum cm_result rc = cm_table_row(&t, head);

	for (size_t i = 0; rc == CM_OK && i < r->n_types; i++) {
		const struct cm_evidence_type *x = &r->type[i];
		const char letter[] = { cm_mictic_letter(x->mictic), '\0' };
		const char *c = plantable(r, x, a), *list = forms(x, a);

		if (c == NULL || list == NULL)
			return CM_E_NOMEM;
		cm_evidence_forge_word(x, forge);
		cm_evidence_cost_word(x, cost);
		rc = cm_table_row(&t, (const char *const[]) { x->id, forge, c, cost, list, x->group, letter, x->name });
	}
	if (rc == CM_OK)
		cm_table_print(&t, ctx->out, &paint);
	return rc;
}

static void
line(struct cm_paragraph *p, const char *name, const char *text)
{
	cm_buf_printf(&p->text, "%-11s %s", name, text);
	cm_paragraph_end(p, 2, 14);
}

/* The classes or costs from ${lo} to ${hi}, and what they mean. */
static void
meanings(struct cm_paragraph *p, const char *name, char letter, const char *const *text, int lo, int hi)
{
	for (int k = lo; k <= hi; k++) {
		cm_buf_printf(&p->text, "%-11s %c%d: %s", k == lo ? name : "", letter, k, text[k]);
		cm_paragraph_end(p, 2, 14);
	}
}

static void
put_forge(struct cm_paragraph *p, const struct cm_registry *r, const struct cm_evidence_type *t)
{
	unsigned lo = 0, hi = 0;

	if (!cm_evidence_plantable(r, t, &lo, &hi)) {
		line(p, "forge", "graded: somebody's word, whose source is graded; no class");
		return;
	}
	meanings(p, "forge", 'F', r->class_text, t->forge_lo, t->forge_hi);
	cm_buf_printf(&p->text, "%-11s ", "plantable");
	if (lo != hi)
		cm_buf_printf(&p->text, "0.%03u to ", lo);
	cm_buf_printf(&p->text, "0.%03u: never raises the odds against somebody who poses as the accused by more than %u.%u",
	    hi, 10000 / hi / 10, 10000 / hi % 10);
	if (lo != hi)
		cm_buf_printf(&p->text, " to %u.%u", 10000 / lo / 10, 10000 / lo % 10);
	cm_paragraph_end(p, 2, 14);
}

static void
put_lists(struct cm_paragraph *p, const struct cm_registry *r, const struct cm_evidence_type *t)
{
	bool any = false;

	for (unsigned k = 0; k < CM_LAYERS; k++) {
		if ((t->layers & 1u << k) == 0)
			continue;
		cm_buf_printf(&p->text, "%-11s %s: %s", any ? "" : "layers", cm_layer_word((enum cm_layer)k), r->layer_text[k]);
		cm_paragraph_end(p, 2, 14);
		any = true;
	}
	line(p, "checked by", t->forms_text);
	for (unsigned k = 0; k < CM_CHECK_FORMS; k++) {
		if ((t->forms & 1u << k) == 0)
			continue;
		cm_buf_printf(&p->text, "%-11s C%u: %s", "", k + 1, r->form_text[k]);
		cm_paragraph_end(p, 2, 14);
	}
}

static CM_RESULT
in_full(const struct cm_context *ctx, const struct cm_registry *r, const struct cm_evidence_type *t)
{
	struct cm_paragraph p = cm_paragraph_of(ctx->out, ctx->width);
	bool lost;

	cm_buf_printf(&p.text, "%s: %s", t->id, t->name);
	cm_paragraph_end(&p, 0, 2);
	line(&p, "supports", t->supports);
	put_forge(&p, r, t);
	meanings(&p, "cost", 'D', r->cost_text, t->cost_lo, t->cost_hi);
	line(&p, "because", t->why);
	put_lists(&p, r, t);
	cm_buf_printf(&p.text, "%-11s %s: %s", "group", t->group, cm_registry_group_text(r, t->group));
	cm_paragraph_end(&p, 2, 14);
	cm_buf_printf(&p.text, "%-11s %c, %s", "MICTIC", cm_mictic_letter(t->mictic), cm_mictic_word(t->mictic));
	cm_paragraph_end(&p, 2, 14);
	line(&p, "STIX", t->stix);
	line(&p, "values", t->values);
	line(&p, "after", t->after);
	if (t->note != NULL)
		line(&p, "note", t->note);
	lost = p.lost;
	cm_paragraph_fini(&p);
	return lost ? CM_E_NOMEM : CM_OK;
}

static void
put_range(struct cm_jsonw *w, const char *name, char letter, int lo, int hi)
{
	char word[3] = { letter, '0', '\0' };

	cm_jsonw_key(w, name);
	cm_jsonw_array(w);
	word[1] = (char)('0' + lo);
	cm_jsonw_str(w, word);
	word[1] = (char)('0' + hi);
	cm_jsonw_str(w, word);
	cm_jsonw_array_end(w);
}

static void
put_type(struct cm_jsonw *w, const struct cm_registry *r, const struct cm_evidence_type *t)
{
	const char letter[] = { cm_mictic_letter(t->mictic), '\0' };
	unsigned lo = 0, hi = 0;

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "id", t->id);
	cm_jsonw_kstr(w, "name", t->name);
	cm_jsonw_kstr(w, "supports", t->supports);
	cm_jsonw_key(w, "layers");
	cm_jsonw_array(w);
	for (unsigned k = 0; k < CM_LAYERS; k++)
		if (t->layers & 1u << k)
			cm_jsonw_str(w, cm_layer_word((enum cm_layer)k));
	cm_jsonw_array_end(w);
	cm_jsonw_kbool(w, "graded", !cm_evidence_plantable(r, t, &lo, &hi));
	if (t->forge_lo != CM_FORGE_GRADED) {
		put_range(w, "forge", 'F', t->forge_lo, t->forge_hi);
		cm_jsonw_key(w, "plantable_milli");
		cm_jsonw_array(w);
		cm_jsonw_uint(w, lo);
		cm_jsonw_uint(w, hi);
		cm_jsonw_array_end(w);
	}
	put_range(w, "cost", 'D', t->cost_lo, t->cost_hi);
	cm_jsonw_kstr(w, "forms", t->forms_text);
	cm_jsonw_kstr(w, "group", t->group);
	cm_jsonw_kstr(w, "mictic", cm_mictic_word(t->mictic));
	cm_jsonw_kstr(w, "letter", letter);
	cm_jsonw_kstr(w, "stix", t->stix);
	cm_jsonw_kstr(w, "because", t->why);
	cm_jsonw_kstr(w, "values", t->values);
	cm_jsonw_kbool(w, "own_judgement", strcmp(t->values, CM_REGISTRY_OWN) == 0);
	cm_jsonw_kstr(w, "after", t->after);
	if (t->note != NULL)
		cm_jsonw_kstr(w, "note", t->note);
	cm_jsonw_object_end(w);
}

static void
put_texts(struct cm_jsonw *w, const char *name, const char *const *text, unsigned n)
{
	cm_jsonw_key(w, name);
	cm_jsonw_array(w);
	for (unsigned k = 0; k < n; k++)
		cm_jsonw_str(w, text[k]);
	cm_jsonw_array_end(w);
}

static void
put_names(struct cm_jsonw *w, const char *name, const struct cm_registry_name *list, size_t n)
{
	cm_jsonw_key(w, name);
	cm_jsonw_object(w);
	for (size_t i = 0; i < n; i++)
		cm_jsonw_kstr(w, list[i].name, list[i].text);
	cm_jsonw_object_end(w);
}

/* One type, or the whole registry. */
static enum cm_exit
as_json(const struct cm_context *ctx, const struct cm_registry *r, const struct cm_evidence_type *only)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	if (only != NULL) {
		put_type(&w, r, only);
		return cm_cli_json(ctx, &b);
	}
	cm_jsonw_object(&w);
	cm_jsonw_kuint(&w, "version", r->version);
	cm_jsonw_key(&w, "plantable_milli");
	cm_jsonw_array(&w);
	for (unsigned k = 0; k < CM_FORGE_CLASSES; k++)
		cm_jsonw_uint(&w, r->plantable[k]);
	cm_jsonw_array_end(&w);
	put_texts(&w, "classes", r->class_text, CM_FORGE_CLASSES);
	put_texts(&w, "costs", r->cost_text, CM_COST_CLASSES);
	put_texts(&w, "forms", r->form_text, CM_CHECK_FORMS);
	put_names(&w, "groups", r->group, r->n_groups);
	put_names(&w, "works", r->work, r->n_works);
	cm_jsonw_key(&w, "types");
	cm_jsonw_array(&w);
	for (size_t i = 0; i < r->n_types; i++)
		put_type(&w, r, &r->type[i]);
	cm_jsonw_array_end(&w);
	cm_jsonw_object_end(&w);
	return cm_cli_json(ctx, &b);
}

static enum cm_exit
print(const struct cm_context *ctx, const char *id, bool json, struct cm_arena *a)
{
	const struct cm_evidence_type *only = NULL;
	struct cm_registry r;
	struct cm_err err = { 0 };
	enum cm_result rc = cm_registry_builtin(a, &r, &err);

	if (rc == CM_OK && id != NULL) {
		only = cm_registry_find(&r, id);
		if (only == NULL)
			rc = cm_err_set(&err, CM_E_NOTFOUND, "there is no evidence type %.40s; `comity types` lists them", id);
	}
	if (rc == CM_OK && json)
		return as_json(ctx, &r, only);
	if (rc == CM_OK)
		rc = only != NULL ? in_full(ctx, &r, only) : table(ctx, &r, a);
	return rc == CM_OK ? CM_EXIT_OK : cm_cli_error(ctx, NULL, &err, NULL);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_types, argc, argv, ctx);
	struct cm_arena arena;
	enum cm_exit code;
	bool json;

	if (!cm_args_json(&a, OPT_JSON, &json))
		return CM_EXIT_USAGE;
	if (a.n > 1)
		return cm_cli_usage(ctx, &cm_command_types, "it takes one type, or none");
	cm_arena_init(&arena, 0);
	code = print(ctx, a.n == 1 ? a.operand[0] : NULL, json, &arena);
	cm_arena_fini(&arena);
	return code;
}

const struct cm_command cm_command_types = {
	.name = "types",
	.run = run,
	.flags = CM_COMMAND_MORE,
	.line = "Lists the types of evidence: how easily each is planted, what showing it costs",
	.operands = "[ID]",
	.options = options,
	.more = "With an ID, as N1: that type in full.  The values are Comity's own judgement; a charter\n"
		"may set others.  Which finding is of which type, and why: docs/evidence-types.md",
};
