#include "dossier/assessed.h"

#include <string.h>

static void
put_member(struct cm_span name, struct cm_span value, bool *any, struct cm_buf *out)
{
	cm_buf_add_str(out, *any ? ",\"" : "\"");
	cm_buf_add_span(out, name);
	cm_buf_add_str(out, "\":");
	cm_buf_add_span(out, value);
	*any = true;
}

/* A row of which a part is open: its members, so far as they are.  A member that is not there has a cell all the same:
 * an item of which that of `rests' is open, and empty, has nothing behind it, and is to be refused. */
static void
put_row(const struct cm_schema *schema, const struct cm_shown_cells *row, bool is_item, struct cm_buf *out)
{
	const struct cm_span rests = cm_span_str("rests"), nothing = cm_span_str("[]");
	size_t c, at = 0;
	bool any = false;

	cm_buf_add_str(out, "{");
	for (c = 0; c + 1 < schema->n; c++) {
		if ((row->open >> c & 1) == 0)
			continue;
		if (row->value[at].len > 0)
			put_member(schema->column[c].name, row->value[at], &any, out);
		else if (is_item && cm_span_eq(schema->column[c].name, rests))
			put_member(rests, nothing, &any, out);
		at++;
	}
	cm_buf_add_str(out, "}");
}

/* What nothing is computed from: it may stay shut in a row that counts. */
static bool
is_aside(const char *column)
{
	static const char *const aside[] = { "text", "because", "admits", "actor", "sort", "degree", "needs", "cost", "by", "derived", "rho_because",
		"rests" };

	for (size_t i = 0; i < sizeof(aside) / sizeof(aside[0]); i++)
		if (strcmp(aside[i], column) == 0)
			return true;
	return false;
}

/* A row of which anything is shut that sums need counts as shut: its author's sums had it. */
static bool
is_usable(const struct cm_shown_cells *row)
{
	for (size_t c = 0; cm_assess_columns[c] != NULL; c++)
		if ((row->open >> c & 1) == 0 && !is_aside(cm_assess_columns[c]))
			return false;
	return true;
}

/* The columns of an assessment's rows, and no others. */
static bool
has_columns(const struct cm_schema *schema)
{
	size_t c = 0;

	while (cm_assess_columns[c] != NULL && c < schema->n && cm_span_eq(schema->column[c].name, cm_span_str(cm_assess_columns[c])))
		c++;
	return cm_assess_columns[c] == NULL && schema->n == c + 1;
}

/* By its number: the statement says how many of each kind there are. */
static bool
is_item(const struct cm_shown_assessment *a, uint64_t row)
{
	return row >= a->body->frame && row < a->body->frame + a->body->items;
}

enum cm_result
cm_assessed_rows(const struct cm_dossier *d, size_t i, struct cm_buf *out)
{
	const struct cm_shown_exhibit *x = &d->exhibits[d->assessments[i].exhibit];
	const struct cm_shown_assessment *a = &d->assessments[i];
	bool any = false;

	cm_buf_add_str(out, "[");
	for (size_t k = 0; k < x->n_cells; k++) {
		if (!is_usable(&x->cells[k]))
			continue;
		cm_buf_add_str(out, any ? ",\n" : "");
		put_row(x->schema, &x->cells[k], is_item(a, x->cells[k].row), out);
		any = true;
	}
	cm_buf_add_str(out, "]");
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}

static void
count_rows(const struct cm_shown_exhibit *x, struct cm_shown_assessment *a)
{
	for (size_t k = 0; k < x->n_cells; k++) {
		uint64_t row = x->cells[k].row;

		if (!is_usable(&x->cells[k]))
			continue;
		a->frame_open += row < a->body->frame;
		a->items_open += is_item(a, row);
		a->results_open += row >= a->body->frame + a->body->items;
	}
}

static CM_RESULT
keep_trouble(struct cm_loaded *l, struct cm_shown_assessment *a, const char *why)
{
	a->read = NULL;
	a->trouble = cm_arena_printf(l->arena, "%s", why);
	return a->trouble != NULL ? CM_OK : CM_E_NOMEM;
}

static CM_RESULT
read_rows(struct cm_loaded *l, struct cm_span text, struct cm_shown_assessment *a)
{
	struct cm_assess_read *read = cm_arena_alloc(l->arena, sizeof(*read));
	struct cm_json_doc doc = { 0 };
	struct cm_err why = { 0 };
	enum cm_result rc;

	if (read == NULL)
		return CM_E_NOMEM;
	rc = cm_json_parse(text, &doc, &why);
	if (rc == CM_OK)
		rc = cm_assess_rows_read(cm_json_root(&doc), l->arena, read, &why);
	cm_json_release(&doc);
	if (rc == CM_E_NOMEM)
		return rc;
	a->read = read;
	return rc == CM_OK ? CM_OK : keep_trouble(l, a, why.text);
}

/* The frame, then items, then results: as many as the statement counts.  The frame is all open. */
static bool
are_in_order(const struct cm_shown_assessment *a)
{
	const struct cm_assess_read *read = a->read;
	size_t n = read->a.n_items;

	if (n != a->items_open || read->n_claimed != a->results_open)
		return false;
	return n == 0 || (read->item_row[0] == a->body->frame && read->item_row[n - 1] == a->body->frame + n - 1);
}

static CM_RESULT
fill(struct cm_loaded *l, struct cm_shown_assessment *a, size_t i)
{
	const struct cm_shown_exhibit *x = &l->dossier.exhibits[a->exhibit];
	struct cm_buf text = { 0 };
	enum cm_result rc;

	a->read = NULL;
	a->trouble = NULL;
	a->frame_open = a->items_open = a->results_open = 0;
	if (!has_columns(x->schema))
		return keep_trouble(l, a, "its seal has other columns than the rows of an assessment");
	count_rows(x, a);
	if (a->body->frame + a->body->items + a->body->results != x->table_rows)
		return keep_trouble(l, a, "the statement counts other rows than its seal has");
	if (a->frame_open < a->body->frame)
		return keep_trouble(l, a, "its frame (hypotheses, priors, classes) is not all open");
	rc = cm_assessed_rows(&l->dossier, i, &text);
	if (rc == CM_OK)
		rc = read_rows(l, cm_buf_span(&text), a);
	cm_buf_release(&text);
	if (rc == CM_OK && a->read != NULL && !are_in_order(a))
		return keep_trouble(l, a, "its rows are of other kinds than the statement counts");
	return rc;
}

enum cm_result
cm_assessed_fill(struct cm_loaded *l, struct cm_err *err)
{
	enum cm_result rc = CM_OK;

	for (size_t i = 0; rc == CM_OK && i < l->dossier.n_assessments; i++)
		rc = fill(l, &l->shown_assessment[i], i);
	return rc == CM_OK ? CM_OK : cm_err_set(err, CM_E_NOMEM, "no memory to read the assessments");
}
