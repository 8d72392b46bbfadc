/* `comity assess check`: what an assessment lacks, or says that can hardly be meant. */
#include <stdlib.h>
#include <string.h>

#include "assess/check.h"
#include "base/hex.h"
#include "cli/assess_load.h"
#include "cli/commands.h"
#include "codec/json_write.h"
#include "store/case.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

struct checking {
	struct cm_assess_file f;
	bool json;
	bool in_case; /* there is a case, whose statements are: */
	struct cm_case_statements statements;
	struct cm_arena arena;
	const struct cm_assess_remark **order;
	struct cm_assess_remarks remarks;
	size_t warnings, notes;
};

/* ---- the case, if there is one ---- */

/* None is fine, and so is one that can not be opened; a lack of memory is not, for then less would be said in silence. */
static bool
look_for_case(struct checking *c, const struct cm_context *ctx)
{
	struct cm_case *cs = NULL;
	struct cm_err err = { 0 };
	enum cm_result rc = cm_assess_case(ctx, &cs, &err);

	if (rc == CM_OK && cs != NULL)
		rc = cm_case_statements(cs, &c->arena, &c->statements, &err);
	c->in_case = rc == CM_OK && cs != NULL;
	cm_case_close(cs);
	if (rc == CM_OK)
		return true;
	(void)cm_cli_error(ctx, NULL, &err, NULL);
	return false;
}

static const struct cm_case_statement *
find(const struct checking *c, const uint8_t digest[32])
{
	for (size_t i = 0; i < c->statements.n; i++)
		if (memcmp(c->statements.item[i].digest, digest, 32) == 0)
			return &c->statements.item[i];
	return NULL;
}

/* "checked", or why not. */
static const char *
rests_word(const struct checking *c, const struct cm_assess_rests *r)
{
	const struct cm_case_statement *s = find(c, r->digest);

	if (r->what == CM_RESTS_REPORT)
		return "only claimed: a document, no statement";
	if (s == NULL)
		return "only claimed: not in this case";
	return strcmp(cm_predicate_word(s->type), cm_rests_on_word(r->what)) == 0 ? "checked" :
										     "in this case, but of another kind";
}

/* ---- remarks, by line ---- */

static int
compare(const void *x, const void *y)
{
	const struct cm_assess_remark *a = *(const struct cm_assess_remark *const *)x, *b = *(const struct cm_assess_remark *const *)y;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a < b ? -1 : a > b;
}

static CM_RESULT
look(struct checking *c, struct cm_err *err)
{
	const struct cm_assess_file *f = &c->f;
	enum cm_result rc = cm_assess_check(&f->a, f->is_rows ? NULL : &f->places, &f->registry, &c->f.arena, &c->remarks, err);

	if (rc != CM_OK)
		return rc;
	c->order = cm_arena_array(&c->f.arena, c->remarks.n + 1, sizeof(const struct cm_assess_remark *));
	if (c->order == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory for remarks");
	for (size_t i = 0; i < c->remarks.n; i++) {
		c->order[i] = &c->remarks.item[i];
		c->warnings += c->order[i]->severity == CM_REMARK_WARNING;
		c->notes += c->order[i]->severity == CM_REMARK_NOTE;
	}
	qsort(c->order, c->remarks.n, sizeof(const struct cm_assess_remark *), compare);
	return CM_OK;
}

/* ---- as text ---- */

static void
put_remark(const struct cm_context *ctx, const struct checking *c, const struct cm_assess_remark *r)
{
	struct cm_paint paint = cm_paint_of(ctx->out_colour);
	bool warning = r->severity == CM_REMARK_WARNING;

	cm_cli_text(ctx->out, cm_span_str(c->f.path));
	if (r->line > 0)
		fprintf(ctx->out, ": line %u", r->line);
	fprintf(ctx->out, ": %s%s%s: ", warning ? paint.yellow : paint.dim, cm_remark_severity_word(r->severity), paint.plain);
	cm_cli_text(ctx->out, cm_span_str(r->text));
	fputc('\n', ctx->out);
}

static CM_RESULT
put_rests(const struct cm_context *ctx, struct checking *c)
{
	static const char *const head[] = { "item", "rests on", "statement", "" };
	struct cm_table t = cm_table_of(&c->f.arena, 4);
	struct cm_paint paint = cm_paint_of(ctx->out_colour);
	enum cm_result rc = cm_table_row(&t, head);
	char hex[65] = { 0 };

	for (size_t i = 0; i < c->f.a.n_items; i++) {
		const struct cm_assess_item *item = &c->f.a.item[i];

		for (size_t k = 0; rc == CM_OK && k < item->n_rests; k++) {
			cm_hex_encode(cm_span_of(item->rests[k].digest, 32), hex);
			hex[16] = '\0';
			rc = cm_table_row(&t, (const char *const[]) { k == 0 ? item->name : "",
				cm_rests_on_word(item->rests[k].what), hex, rests_word(c, &item->rests[k]) });
		}
	}
	if (rc == CM_OK && c->f.a.n_items > 0) {
		fputc('\n', ctx->out);
		cm_table_print(&t, ctx->out, &paint);
	}
	return rc;
}

static const char *
plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static enum cm_exit
as_text(const struct cm_context *ctx, struct checking *c)
{
	const struct cm_assessment *a = &c->f.a;

	for (size_t i = 0; i < c->remarks.n; i++)
		put_remark(ctx, c, c->order[i]);
	cm_cli_text(ctx->out, cm_span_str(c->f.path));
	fprintf(ctx->out, ": %zu hypothes%s, %zu item%s, %zu warning%s, %zu note%s", a->n_hypotheses,
	    a->n_hypotheses == 1 ? "is" : "es", a->n_items, plural(a->n_items), c->warnings, plural(c->warnings), c->notes,
	    plural(c->notes));
	if (c->remarks.left_out > 0)
		fprintf(ctx->out, ", and %zu more remarks that are not listed", c->remarks.left_out);
	fputc('\n', ctx->out);
	if (c->in_case && put_rests(ctx, c) != CM_OK) {
		cm_cli_say(ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	return CM_EXIT_OK;
}

/* ---- as JSON ---- */

static void
json_rests(struct cm_jsonw *w, const struct checking *c)
{
	cm_jsonw_key(w, "rests");
	cm_jsonw_array(w);
	for (size_t i = 0; i < c->f.a.n_items; i++) {
		const struct cm_assess_item *item = &c->f.a.item[i];

		for (size_t k = 0; k < item->n_rests; k++) {
			const char *word = rests_word(c, &item->rests[k]);

			cm_jsonw_object(w);
			cm_jsonw_kstr(w, "item", item->name);
			cm_jsonw_kstr(w, "kind", cm_rests_on_word(item->rests[k].what));
			cm_jsonw_khex(w, "statement", cm_span_of(item->rests[k].digest, 32));
			cm_jsonw_kbool(w, "checked", strcmp(word, "checked") == 0);
			cm_jsonw_kstr(w, "says", word);
			cm_jsonw_object_end(w);
		}
	}
	cm_jsonw_array_end(w);
}

static enum cm_exit
as_json(const struct cm_context *ctx, const struct checking *c)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "file", c->f.path);
	cm_jsonw_kuint(&w, "hypotheses", c->f.a.n_hypotheses);
	cm_jsonw_kuint(&w, "items", c->f.a.n_items);
	cm_jsonw_kuint(&w, "warnings", c->warnings);
	cm_jsonw_kuint(&w, "notes", c->notes);
	cm_jsonw_kuint(&w, "left_out", c->remarks.left_out);
	cm_jsonw_key(&w, "remarks");
	cm_jsonw_array(&w);
	for (size_t i = 0; i < c->remarks.n; i++) {
		cm_jsonw_object(&w);
		cm_jsonw_key(&w, "line");
		if (c->order[i]->line > 0)
			cm_jsonw_uint(&w, c->order[i]->line);
		else
			cm_jsonw_null(&w);
		cm_jsonw_kstr(&w, "severity", cm_remark_severity_word(c->order[i]->severity));
		cm_jsonw_kstr(&w, "text", c->order[i]->text);
		cm_jsonw_object_end(&w);
	}
	cm_jsonw_array_end(&w);
	if (c->in_case)
		json_rests(&w, c);
	cm_jsonw_object_end(&w);
	return cm_cli_json(ctx, &b);
}

static enum cm_exit
check(void *arg, const struct cm_context *ctx)
{
	struct checking *c = arg;
	struct cm_err err = { 0 };
	enum cm_result rc = cm_assess_read(&c->f, &err);
	enum cm_exit code;

	if (rc == CM_OK)
		rc = look(c, &err);
	if (rc != CM_OK)
		return cm_cli_error(ctx, c->f.path, &err, NULL);
	code = c->json ? as_json(ctx, c) : as_text(ctx, c);
	return code == CM_EXIT_OK && c->warnings + c->remarks.left_out > 0 ? CM_EXIT_FINDINGS : code;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_assess_check, argc, argv, ctx);
	struct checking c = { 0 };
	struct cm_confined job = { .run = check, .arg = &c };
	enum cm_exit code;

	if (!cm_args_json(&a, OPT_JSON, &c.json))
		return CM_EXIT_USAGE;
	if (a.n != 1)
		return cm_cli_usage(ctx, &cm_command_assess_check, "it takes one file");
	cm_arena_init(&c.arena, 0);
	if (cm_assess_open(ctx, a.operand[0], &c.f, &code)) {
		job.file = c.f.path;
		code = look_for_case(&c, ctx) ? cm_cli_confined(ctx, &job) : CM_EXIT_CANNOT;
	}
	cm_assess_close(&c.f);
	cm_arena_fini(&c.arena);
	return code;
}

const struct cm_command cm_command_assess_check = {
	.name = "assess check",
	.run = run,
	.line = "Says what an assessment lacks, and what it says that can hardly be meant",
	.operands = "FILE",
	.options = options,
	.more = "Exit 0: nothing is missing.  Exit 1: there are warnings: numbers that are `?', deceivers nobody\n"
		"considered, likelihoods that no evidence of that type carries.  Notes are for thought and change\n"
		"no exit.  Exit 4: FILE is malformed; line and column are said.  In a case folder it also says of\n"
		"each item whether the statement behind it is in the case, or only claimed.\n",
};
