#include <string.h>

#include "assess/rows_parts.h"

enum cm_result
cm_row_refuse(const struct cm_row_reading *r, const char *what)
{
	return cm_err_set(r->err, CM_E_MALFORMED, "row %zu of the assessment: %s", r->row + 1, what);
}

/* Says which row it is in, once. */
enum cm_result
cm_row_in_row(const struct cm_row_reading *r, enum cm_result rc, const struct cm_err *why)
{
	return rc == CM_OK ? CM_OK : cm_err_set(r->err, rc, "row %zu of the assessment: %s", r->row + 1, why->text);
}

enum cm_result
cm_row_no_memory(const struct cm_row_reading *r)
{
	return cm_err_set(r->err, CM_E_NOMEM, "no memory for the assessment");
}

enum cm_result
cm_row_keep(const struct cm_row_reading *r, const char *text, const char **out)
{
	*out = cm_arena_copy(r->arena, text, strlen(text) + 1);
	return *out == NULL ? cm_row_no_memory(r) : CM_OK;
}

/* A text; absent: ${otherwise}. */
enum cm_result
cm_row_text_of(const struct cm_row_reading *r, struct cm_json v, const char *name, const char *otherwise, const char **out)
{
	struct cm_err why = { 0 };
	const char *text = "";
	enum cm_result rc;

	*out = otherwise;
	if (!cm_json_has(v, name))
		return CM_OK;
	rc = cm_row_in_row(r, cm_json_get_str(v, name, &text, &why), &why);
	return rc == CM_OK ? cm_row_keep(r, text, out) : rc;
}

enum cm_result
cm_row_name_of(const struct cm_row_reading *r, struct cm_json v, const char *name, const char **out)
{
	enum cm_result rc = cm_row_text_of(r, v, name, NULL, out);

	if (rc == CM_OK && (*out == NULL || !cm_assess_name_ok(cm_span_str(*out))))
		rc = cm_err_set(r->err, CM_E_MALFORMED, "row %zu of the assessment: `%s' is not a name", r->row + 1, name);
	return rc;
}

/* A word of a list that ${find} knows; absent: -1, and left alone. */
enum cm_result
cm_row_word_of(const struct cm_row_reading *r, struct cm_json v, const char *name, int (*find)(const char *), int *out)
{
	struct cm_err why = { 0 };
	const char *text = "";
	enum cm_result rc;
	int n;

	if (!cm_json_has(v, name))
		return CM_OK;
	rc = cm_row_in_row(r, cm_json_get_str(v, name, &text, &why), &why);
	if (rc != CM_OK)
		return rc;
	n = find(text);
	if (n < 0)
		return cm_err_set(r->err, CM_E_MALFORMED, "row %zu of the assessment: `%s' is %.40s", r->row + 1, name, text);
	*out = n;
	return CM_OK;
}

enum cm_result
cm_row_number_of(const struct cm_row_reading *r, struct cm_json v, const char *name, int64_t min, int64_t max, int64_t *out)
{
	struct cm_err why = { 0 };

	return cm_row_in_row(r, cm_json_get_int(v, name, min, max, out, &why), &why);
}

/* [lo, hi] */
enum cm_result
cm_row_range_of(const struct cm_row_reading *r, struct cm_json v, const char *name, int64_t max, struct cm_assess_range *out)
{
	struct cm_json list;
	struct cm_err why = { 0 };
	enum cm_result rc;

	if (!cm_json_has(v, name))
		return CM_OK;
	rc = cm_json_get_list(v, name, &list, &why);
	if (rc == CM_OK && cm_json_len(list) != 2)
		return cm_row_refuse(r, "a range that has not two ends");
	if (rc == CM_OK)
		rc = cm_json_int(cm_json_at(list, 0), name, 1, max, &out->lo, &why);
	if (rc == CM_OK)
		rc = cm_json_int(cm_json_at(list, 1), name, out->lo, max, &out->hi, &why);
	return cm_row_in_row(r, rc, &why);
}

/* A list of texts.  ${max} at most. */
enum cm_result
cm_row_texts_of(const struct cm_row_reading *r, struct cm_json v, const char *name, size_t max, const char ***out, size_t *n)
{
	struct cm_json list;
	struct cm_err why = { 0 };
	const char *text = "";
	enum cm_result rc = CM_OK;

	*n = 0;
	*out = NULL;
	if (!cm_json_has(v, name))
		return CM_OK;
	rc = cm_row_in_row(r, cm_json_get_list(v, name, &list, &why), &why);
	if (rc != CM_OK)
		return rc;
	if (cm_json_len(list) > max)
		return cm_row_refuse(r, "a list that is too long");
	*out = cm_arena_array(r->arena, cm_json_len(list) + 1, sizeof(**out));
	if (*out == NULL)
		return cm_row_no_memory(r);
	for (size_t i = 0; rc == CM_OK && i < cm_json_len(list); i++) {
		rc = cm_row_in_row(r, cm_json_str(cm_json_at(list, i), name, &text, &why), &why);
		if (rc == CM_OK)
			rc = cm_row_keep(r, text, &(*out)[(*n)++]);
	}
	return rc;
}

/* "F2": the letter, and a digit from ${lo} to ${hi}. */
enum cm_result
cm_row_coded_of(const struct cm_row_reading *r, const char *text, char letter, char lo, char hi, int *out)
{
	if (text == NULL || text[0] != letter || text[1] < lo || text[1] > hi || text[2] != 0)
		return cm_row_refuse(r, "a forge class, cost or check form that there is not");
	*out = text[1] - lo;
	return CM_OK;
}

enum cm_result
cm_row_layer_of(const struct cm_row_reading *r, struct cm_json v, enum cm_layer *out)
{
	int layer = -1;
	enum cm_result rc = cm_row_word_of(r, v, "layer", cm_layer_find, &layer);

	if (rc == CM_OK && layer < 0)
		return cm_row_refuse(r, "`layer' is missing");
	*out = layer < 0 ? CM_LAYER_MACHINE : (enum cm_layer)layer;
	return rc;
}
