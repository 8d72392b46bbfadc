/* `comity assess sign`: seals the rows of an assessment, and states whose it is. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "assess/rows.h"
#include "assess/text.h"
#include "cli/case.h"
#include "cli/case_registry.h"
#include "cli/commands.h"
#include "cli/publish.h"
#include "cli/seal_file.h"
#include "cli/verify.h"
#include "os/private.h"
#include "statement/assessment_v1.h"
#include "statement/evidence.h"
#include "store/marks.h"

enum { OPT_JSON = CM_OPT, OPT_SUPERSEDES, OPT_NO_CONFINE };

static const struct cm_option options[] = {
	{ OPT_SUPERSEDES, "supersedes", "N", "it takes the place of this assessment of the case" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ OPT_NO_CONFINE, "no-confine", NULL, "read without confining the reader (for debugging)" },
	{ 0 },
};

struct signing {
	const struct cm_context *ctx;
	const char *path;
	bool json;
	uint64_t supersedes; /* 0: none */
	uint8_t superseded[32];
	struct cm_registry registry; /* as the charter has it */
	struct cm_case_statements known; /* of the case */
	uint64_t behind; /* items that rest on one of them */
	struct cm_buf text, answer; /* the file; its rows, behind a line of JSON that counts them */
	struct cm_span rows;
	struct cm_assessment_v1 v;
	char *title;
	struct cm_bring bring;
	struct cm_seal_wish wish;
	struct cm_schema schema;
	struct cm_brought of;
	struct cm_sealed sealed;
	struct cm_case_exhibit exhibit;
	struct cm_case_stated stated;
	struct cm_keyring keyring;
	struct cm_arena arena;
	struct cm_err err;
	/* in the child */
	struct cm_buf out;
};

/* ---- in the child ---- */

static bool
is_known(const struct signing *s, const uint8_t digest[32])
{
	for (size_t i = 0; i < s->known.n; i++)
		if (memcmp(s->known.item[i].digest, digest, 32) == 0)
			return true;
	return false;
}

static uint64_t
count_behind(const struct signing *s, const struct cm_assessment *a)
{
	uint64_t n = 0;

	for (size_t i = 0; i < a->n_items; i++) {
		bool known = false;

		for (size_t k = 0; k < a->item[i].n_rests; k++)
			known = known || is_known(s, a->item[i].rests[k].digest);
		n += known;
	}
	return n;
}

static void
put_counts(struct signing *s, const struct cm_assessment *a, const struct cm_views *v, size_t rows)
{
	struct cm_jsonw w = cm_jsonw_of(&s->out, 0);

	cm_jsonw_object(&w);
	cm_jsonw_kuint(&w, "frame", rows - a->n_items - v->n);
	cm_jsonw_kuint(&w, "items", a->n_items);
	cm_jsonw_kuint(&w, "results", v->n);
	cm_jsonw_kuint(&w, "behind", count_behind(s, a));
	cm_jsonw_kstr(&w, "title", a->title);
	cm_jsonw_object_end(&w);
	cm_buf_add_u8(&s->out, '\n');
}

static CM_RESULT
make_rows(struct signing *s, struct cm_arena *arena)
{
	struct cm_assessment a;
	struct cm_views views;
	struct cm_assess_row_list list;
	struct cm_buf rows = { 0 };
	enum cm_result rc = cm_assess_text_read(cm_buf_span(&s->text), &s->registry, arena, &a, NULL, &s->err);

	if (rc == CM_OK)
		rc = cm_views_compute(&a, arena, &views, &s->err);
	if (rc == CM_OK)
		rc = cm_assess_rows_write(&a, &views, arena, &rows, &list);
	if (rc == CM_OK) {
		put_counts(s, &a, &views, list.n);
		cm_buf_add_span(&s->out, cm_buf_span(&rows));
		rc = cm_buf_ok(&s->out) ? CM_OK : CM_E_NOMEM;
	}
	cm_buf_release(&rows);
	return rc;
}

static enum cm_exit
read_run(void *arg, const struct cm_context *ctx)
{
	struct signing *s = arg;
	struct cm_arena arena;
	enum cm_result rc;

	cm_arena_init(&arena, 0);
	rc = make_rows(s, &arena);
	cm_arena_fini(&arena);
	if (rc == CM_OK)
		return CM_EXIT_OK;
	(void)cm_err_set(&s->err, rc, "it could not be computed: %s", cm_result_word(rc));
	return cm_cli_error(ctx, s->path, &s->err, "nothing was stated");
}

static struct cm_span
read_answer(void *arg)
{
	return cm_buf_span(&((struct signing *)arg)->out);
}

/* ---- in the parent ---- */

static CM_RESULT
read_counts(struct signing *s)
{
	struct cm_span all = cm_buf_span(&s->answer);
	const uint8_t *end = all.len > 0 ? memchr(all.ptr, '\n', all.len) : NULL;
	struct cm_json_doc doc = { 0 };
	const char *title = "";
	enum cm_result rc;

	if (end == NULL)
		return cm_err_set(&s->err, CM_E_MALFORMED, "the confined reader's answer makes no sense");
	rc = cm_json_parse(cm_span_part(all, 0, (size_t)(end - all.ptr)), &doc, &s->err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(cm_json_root(&doc), "frame", CM_ASSESSMENT_ROWS, &s->v.frame, &s->err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(cm_json_root(&doc), "items", CM_ASSESSMENT_ROWS, &s->v.items, &s->err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(cm_json_root(&doc), "results", CM_ASSESSMENT_ROWS, &s->v.results, &s->err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(cm_json_root(&doc), "behind", CM_ASSESSMENT_ROWS, &s->behind, &s->err);
	if (rc == CM_OK)
		rc = cm_json_get_str(cm_json_root(&doc), "title", &title, &s->err);
	if (rc == CM_OK)
		s->title = cm_arena_printf(&s->arena, "%s", title);
	s->rows = cm_span_of(end + 1, all.len - (size_t)(end + 1 - all.ptr));
	cm_json_release(&doc);
	return rc;
}

static enum cm_exit
read_text(struct signing *s)
{
	struct cm_confined job = { .file = s->path, .run = read_run, .arg = s, .unconfined = s->bring.no_confine,
		.result = &s->answer, .answer = read_answer };
	enum cm_exit code;

	if (cm_whole_read(s->path, CM_ASSESS_TEXT, &s->text, &s->err) != CM_OK)
		return cm_cli_error(s->ctx, NULL, &s->err, NULL);
	code = cm_cli_confined(s->ctx, &job);
	if (code == CM_EXIT_OK && read_counts(s) != CM_OK)
		code = cm_cli_error(s->ctx, s->path, &s->err, NULL);
	return code;
}

static CM_RESULT
find_schema(struct signing *s)
{
	struct cm_span name[CM_COLUMNS_MAX];
	size_t n = 0;

	for (; cm_assess_columns[n] != NULL; n++)
		name[n] = cm_span_str(cm_assess_columns[n]);
	return cm_schema_records(name, n, &s->schema, &s->err);
}

/* The N-th assessment of the case. */
static CM_RESULT
find_superseded(struct signing *s)
{
	struct cm_case_statements all;
	uint64_t number = 0;
	enum cm_result rc = cm_case_statements(s->bring.c, &s->arena, &all, &s->err);

	for (size_t i = 0; rc == CM_OK && i < all.n; i++) {
		if (all.item[i].type != CM_PREDICATE_ASSESSMENT || ++number != s->supersedes)
			continue;
		memcpy(s->superseded, all.item[i].digest, 32);
		return CM_OK;
	}
	return rc != CM_OK ? rc : cm_err_set(&s->err, CM_E_NOTFOUND, "there is no assessment %" PRIu64 " in this case; `comity show' "
	    "lists them", s->supersedes);
}

static enum cm_exit
seal(struct signing *s)
{
	const struct cm_seal_file job = { &s->bring, &s->wish, 1, &s->of, &s->schema };
	enum cm_exit code;

	if (find_schema(s) != CM_OK)
		return cm_cli_error(s->ctx, NULL, &s->err, NULL);
	code = cm_bring_made(&s->bring, s->path, s->rows, &s->of);
	if (code == CM_EXIT_OK)
		code = cm_bring_index(&s->bring, &s->of);
	return code == CM_EXIT_OK ? cm_seal_file(&job, &s->sealed) : code;
}

static void
write_body(void *arg, struct cm_jsonw *w)
{
	cm_assessment_v1_write(w, &((struct signing *)arg)->v);
}

/* The number that the case gave the exhibit, and of which type it is, for the rules of a charter. */
static CM_RESULT
mark(struct signing *s)
{
	struct cm_case_exhibits all;
	char line[64];
	enum cm_result rc = cm_case_exhibits(s->bring.c, &s->arena, &all, &s->err);

	for (size_t i = 0; rc == CM_OK && i < all.n; i++)
		if (memcmp(all.item[i].x, s->exhibit.x, 32) == 0)
			s->exhibit.id = all.item[i].id;
	snprintf(line, sizeof(line), "exhibit %" PRIu64 " type %s", s->exhibit.id, cm_evidence_of_assessment());
	return rc == CM_OK ? cm_case_marks_add(cm_case_folder(s->bring.c), line, &s->err) : rc;
}

static CM_RESULT
state(struct signing *s)
{
	struct cm_stating stating = { .c = s->bring.c, .signer = &s->keyring.signer, .wish = &s->wish };
	struct cm_subject subject;
	struct cm_case_draft d = { .type = CM_PREDICATE_ASSESSMENT, .subject = &subject, .n_subject = 1, .body = write_body, .arg = s,
		.supersedes = s->supersedes > 0 ? s->superseded : NULL };
	enum cm_result rc = cm_cli_source(stating.source);

	if (rc == CM_OK)
		rc = cm_state_seal(&stating, &s->of, &s->sealed, &s->exhibit, &s->err);
	if (rc != CM_OK)
		return rc;
	memcpy(subject.exhibit, s->exhibit.x, 32);
	memcpy(subject.root, s->exhibit.root, 32);
	memcpy(s->v.seal, s->exhibit.statement, 32);
	memcpy(s->v.source, stating.source, 32);
	s->v.engine = CM_ASSESSMENT_NAME;
	s->v.version = CM_ASSESS_VERSION;
	s->v.evidence = cm_evidence_of_assessment();
	rc = cm_state(&stating, &d, &s->stated, &s->err);
	return rc == CM_OK ? mark(s) : rc;
}

static CM_RESULT
keep(struct signing *s)
{
	enum cm_result rc = cm_case_begin(s->bring.c, &s->err);

	if (rc == CM_OK)
		rc = state(s);
	if (rc == CM_OK)
		rc = cm_case_commit(s->bring.c, &s->err);
	else
		cm_case_rollback(s->bring.c);
	s->of.stated = rc == CM_OK;
	return rc;
}

static enum cm_exit
print(struct signing *s)
{
	struct cm_buf text = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&text, 0);
	FILE *out = s->ctx->out;

	if (s->json) {
		cm_jsonw_object(&w);
		cm_jsonw_khex(&w, "assessment", cm_span_of(s->stated.digest, 32));
		cm_jsonw_khex(&w, "seal", cm_span_of(s->exhibit.statement, 32));
		cm_jsonw_kuint(&w, "exhibit", s->exhibit.id);
		cm_jsonw_kuint(&w, "items", s->v.items);
		cm_jsonw_kuint(&w, "results", s->v.results);
		cm_jsonw_kuint(&w, "checked", s->behind);
		cm_jsonw_object_end(&w);
		return cm_cli_json(s->ctx, &text);
	}
	cm_buf_add_hex(&text, cm_span_of(s->stated.digest, 32));
	fputs("Assessment: ", out);
	cm_cli_text(out, cm_span_str(s->title));
	fprintf(out, "\n  statement  %s\n  rows       %" PRIu64 " of the frame, %" PRIu64 " items, %" PRIu64 " results, sealed as exhibit %" PRIu64 "\n"
		     "  rests on   statements of this case: %" PRIu64 " items; only claimed: %" PRIu64 "\n",
	    cm_buf_cstr(&text) != NULL ? cm_buf_cstr(&text) : "", s->v.frame, s->v.items, s->v.results, s->exhibit.id, s->behind,
	    s->v.items - s->behind);
	cm_buf_release(&text);
	return CM_EXIT_OK;
}

static enum cm_exit
prepare(struct signing *s)
{
	enum cm_exit code = CM_EXIT_OK;

	if (!cm_cli_case(s->ctx, &s->bring.c, &code))
		return code;
	if (cm_case_keyring(s->bring.c, s->ctx->agent, &s->keyring, &s->err) != CM_OK ||
	    cm_case_statements(s->bring.c, &s->arena, &s->known, &s->err) != CM_OK ||
	    cm_case_registry(s->bring.c, &s->arena, &s->registry, &s->err) != CM_OK ||
	    (s->supersedes > 0 && find_superseded(s) != CM_OK)) {
		(void)cm_cli_error(s->ctx, NULL, &s->err, "nothing was stated");
		return CM_EXIT_CANNOT;
	}
	return CM_EXIT_OK;
}

static enum cm_exit
sign(struct signing *s)
{
	enum cm_exit code = prepare(s);

	if (code == CM_EXIT_OK)
		code = read_text(s);
	if (code == CM_EXIT_OK)
		code = seal(s);
	if (code != CM_EXIT_OK)
		return code;
	if (keep(s) != CM_OK) {
		(void)cm_cli_error(s->ctx, NULL, &s->err, "nothing was stated");
		return CM_EXIT_CANNOT;
	}
	code = print(s);
	if (cm_cli_publish_usual(s->ctx, s->bring.c, s->json) != CM_EXIT_OK)
		return CM_EXIT_CANNOT;
	return code;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_assess_sign, argc, argv, ctx);
	struct signing s = { .ctx = ctx, .bring = { .ctx = ctx, .ending = ".jsonl" }, .of = { .index_fd = -1 } };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == OPT_JSON)
			s.json = true;
		else if (id == OPT_NO_CONFINE)
			s.bring.no_confine = true;
		else if (id != OPT_SUPERSEDES || !cm_args_number(&a, "supersedes", INT64_MAX, &s.supersedes))
			return CM_EXIT_USAGE;
	if (a.n != 1)
		return cm_cli_usage(ctx, &cm_command_assess_sign, "which assessment?");
	s.path = a.operand[0];
	cm_arena_init(&s.arena, 0);
	code = sign(&s);
	cm_bring_end(&s.bring, &s.of);
	cm_keyring_close(&s.keyring);
	cm_case_close(s.bring.c);
	cm_buf_release(&s.text);
	cm_buf_release(&s.answer);
	cm_buf_release(&s.out);
	cm_arena_fini(&s.arena);
	return cm_cli_finish(ctx, code);
}

const struct cm_command cm_command_assess_sign = {
	.name = "assess sign",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Seals and signs an assessment, so that parts of it can be shown and computed again",
	.operands = "FILE",
	.options = options,
	.more = "FILE is the text of docs/assessments.md.  Its comments stay in it; everything else is settled,\n"
		"computed for all views, and sealed as rows in the case.  `comity disclose --assessment' shows them.\n",
};
