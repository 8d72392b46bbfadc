/* Compares assessments, a line of JSON each, for test_assess_compare.py.
 *
 *	{"a": [rows], "b": [rows], "layer": "state", "view": "all", "seed": 1, "permutations": 0}
 *
 * gives what cm_assess_compare_write writes; a refusal is {"error": text}. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assess/compare.h"
#include "assess/rows.h"
#include "lines.h"

static enum cm_result
read_side(struct cm_json question, const char *side, struct cm_arena *arena, struct cm_assess_read *out, struct cm_err *err)
{
	struct cm_json list;
	enum cm_result rc = cm_json_get_list(question, side, &list, err);

	return rc == CM_OK ? cm_assess_rows_read(list, arena, out, err) : rc;
}

static enum cm_result
read_question(struct cm_json question, struct cm_assess_compare_in *in, struct cm_err *err)
{
	const char *layer = "state", *view = "all";
	uint64_t permutations = 0;
	enum cm_result rc = CM_OK;

	if (cm_json_has(question, "layer"))
		rc = cm_json_get_str(question, "layer", &layer, err);
	if (rc == CM_OK && cm_json_has(question, "view"))
		rc = cm_json_get_str(question, "view", &view, err);
	if (rc == CM_OK && cm_json_has(question, "seed"))
		rc = cm_json_get_u64(question, "seed", INT64_MAX, &in->seed, err);
	if (rc == CM_OK && cm_json_has(question, "permutations"))
		rc = cm_json_get_u64(question, "permutations", CM_ASSESS_COMPARE_PERMUTATIONS, &permutations, err);
	if (rc != CM_OK)
		return rc;
	if (strncmp(view, "shared ", 7) == 0) {
		in->to = view + 7;
		view = "shared";
	}
	if (cm_layer_find(layer) < 0 || cm_view_of_find(view) < 0)
		return cm_err_set(err, CM_E_USAGE, "what layer, what view?");
	in->layer = (enum cm_layer)cm_layer_find(layer);
	in->view = (enum cm_assess_view_of)cm_view_of_find(view);
	in->permutations = (size_t)permutations;
	return CM_OK;
}

static enum cm_result
answer(struct cm_json question, struct cm_arena *arena, struct cm_jsonw *out, struct cm_err *err)
{
	struct cm_assess_read a, b;
	struct cm_assess_compare_in in = { .a = &a.a, .b = &b.a };
	struct cm_assess_compared c;
	enum cm_result rc = read_side(question, "a", arena, &a, err);

	if (rc == CM_OK)
		rc = read_side(question, "b", arena, &b, err);
	if (rc == CM_OK)
		rc = read_question(question, &in, err);
	if (rc == CM_OK)
		rc = cm_assess_compare(&in, arena, &c, err);
	if (rc == CM_OK)
		cm_assess_compare_write(&c, out);
	return rc;
}

static void
one(struct cm_span line)
{
	struct cm_json_doc doc = { 0 };
	struct cm_buf text = { 0 };
	struct cm_jsonw out = cm_jsonw_of(&text, 0);
	struct cm_arena arena;
	struct cm_err err;
	enum cm_result rc;

	cm_arena_init(&arena, 0);
	rc = cm_json_parse(line, &doc, &err);
	if (rc == CM_OK)
		rc = answer(cm_json_root(&doc), &arena, &out, &err);
	if (rc != CM_OK) {
		cm_jsonw_object(&out);
		cm_jsonw_kstr(&out, "error", err.text);
		cm_jsonw_object_end(&out);
	}
	puts(cm_buf_cstr(&text));
	cm_buf_release(&text);
	cm_json_release(&doc);
	cm_arena_fini(&arena);
}

int
main(void)
{
	answer_lines(one);
	return 0;
}
