#include <stdlib.h>
#include <string.h>

#include "assess/rows_parts.h"

/* ---- items ---- */

static CM_RESULT
read_codes(struct cm_row_reading *r, struct cm_json v, struct cm_assess_item *i)
{
	const char *text, **form;
	size_t n;
	int code = 0;
	enum cm_result rc = cm_row_text_of(r, v, "forge", NULL, &text);

	if (rc == CM_OK)
		rc = cm_row_coded_of(r, text, 'F', '0', '4', &i->forge);
	if (rc == CM_OK)
		rc = cm_row_text_of(r, v, "cost", "D4", &text);
	if (rc == CM_OK)
		rc = cm_row_coded_of(r, text, 'D', '0', '4', &i->cost);
	if (rc == CM_OK)
		rc = cm_row_texts_of(r, v, "form", CM_CHECK_FORMS, &form, &n);
	for (size_t k = 0; rc == CM_OK && k < n; k++) {
		rc = cm_row_coded_of(r, form[k], 'C', '1', '8', &code);
		i->forms |= (uint8_t)(1u << code);
	}
	if (rc == CM_OK)
		rc = cm_row_text_of(r, v, "source", NULL, &text);
	if (rc != CM_OK || text == NULL)
		return rc;
	if (text[0] < 'A' || text[0] > 'G' || text[1] < '1' || text[1] > '6' || text[2] != 0)
		return cm_row_refuse(r, "`source' is not a grade like B2");
	i->letter = text[0];
	i->digit = text[1];
	return CM_OK;
}

static CM_RESULT
read_who(struct cm_row_reading *r, struct cm_json v, struct cm_assess_item *i)
{
	const char **shown;
	int view = CM_VIEW_OWN;
	enum cm_result rc = cm_row_text_of(r, v, "by", r->a->party, &i->by);

	if (rc == CM_OK)
		rc = cm_row_word_of(r, v, "view", cm_assess_view_find, &view);
	if (rc == CM_OK)
		rc = cm_row_texts_of(r, v, "shown", CM_ASSESS_SHOWN, &shown, &i->n_shown);
	i->view = (enum cm_assess_view)view;
	i->shown = rc == CM_OK ? shown : NULL;
	return rc;
}

static CM_RESULT
read_rests(struct cm_row_reading *r, struct cm_json v, struct cm_assess_item *i)
{
	struct cm_json list, pair;
	struct cm_err why = { 0 };
	struct cm_assess_rests *rests;
	const char *word = "";
	enum cm_result rc;

	if (!cm_json_has(v, "rests"))
		return CM_OK;
	rc = cm_row_in_row(r, cm_json_get_list(v, "rests", &list, &why), &why);
	if (rc != CM_OK)
		return rc;
	if (cm_json_len(list) == 0 || cm_json_len(list) > CM_ASSESS_RESTS)
		return cm_row_refuse(r, cm_json_len(list) == 0 ? "an item without a statement behind it" : "`rests' has too many items");
	rests = cm_arena_array(r->arena, cm_json_len(list) + 1, sizeof(*rests));
	if (rests == NULL)
		return cm_row_no_memory(r);
	for (size_t k = 0; rc == CM_OK && k < cm_json_len(list); k++) {
		pair = cm_json_at(list, k);
		if (cm_json_len(pair) != 2)
			return cm_row_refuse(r, "`rests' has an item that is no pair");
		rc = cm_json_str(cm_json_at(pair, 0), "rests", &word, &why);
		if (rc == CM_OK)
			rc = cm_json_hex(cm_json_at(pair, 1), "rests", rests[k].digest, 32, &why);
		rc = cm_row_in_row(r, rc, &why);
		if (rc == CM_OK && cm_rests_on_find(word) < 0)
			rc = cm_row_refuse(r, "`rests' names a kind of statement that there is not");
		if (rc == CM_OK)
			rests[k].what = (enum cm_rests_on)cm_rests_on_find(word);
	}
	i->rests = rests;
	i->n_rests = cm_json_len(list);
	return rc;
}

/* ["state", "A", lo, hi] with a reason behind it, or none */
static CM_RESULT
read_cell(struct cm_row_reading *r, struct cm_json v, struct cm_assess_cell *cells)
{
	struct cm_err why = { 0 };
	const char *layer = "", *name = "", *because = NULL;
	struct cm_assess_range p = { 0 };
	struct cm_assess_cell *cell;
	size_t n = cm_json_len(v), h;
	enum cm_result rc;

	if (n != 4 && n != 5)
		return cm_row_refuse(r, "a cell that is not layer, hypothesis and two numbers");
	rc = cm_json_str(cm_json_at(v, 0), "cells", &layer, &why);
	if (rc == CM_OK)
		rc = cm_json_str(cm_json_at(v, 1), "cells", &name, &why);
	if (rc == CM_OK)
		rc = cm_json_int(cm_json_at(v, 2), "cells", 1, CM_ASSESS_ONE, &p.lo, &why);
	if (rc == CM_OK)
		rc = cm_json_int(cm_json_at(v, 3), "cells", p.lo, CM_ASSESS_ONE, &p.hi, &why);
	if (rc == CM_OK && n == 5)
		rc = cm_json_str(cm_json_at(v, 4), "cells", &because, &why);
	if (rc != CM_OK)
		return cm_row_in_row(r, rc, &why);
	h = cm_layer_find(layer) < 0 ? CM_ASSESS_NONE : cm_assess_find_hypothesis(r->a, (enum cm_layer)cm_layer_find(layer), name);
	if (h == CM_ASSESS_NONE || cm_hypothesis_deceives(&r->a->hypothesis[h]))
		return cm_row_refuse(r, "a cell of a hypothesis that is not there, or deceives");
	cell = &cells[h];
	if (cell->p.hi != 0)
		return cm_row_refuse(r, "two cells of one hypothesis");
	cell->p = p;
	return because == NULL ? CM_OK : cm_row_keep(r, because, &cell->because);
}

static CM_RESULT
read_cells(struct cm_row_reading *r, struct cm_json v, struct cm_assess_item *i)
{
	struct cm_assess_cell *cells = cm_arena_array(r->arena, r->a->n_hypotheses + 1, sizeof(*cells));
	struct cm_err why = { 0 };
	struct cm_json list;
	enum cm_result rc = CM_OK;

	if (cells == NULL)
		return cm_row_no_memory(r);
	i->cell = cells;
	if (!cm_json_has(v, "cells"))
		return CM_OK;
	rc = cm_row_in_row(r, cm_json_get_list(v, "cells", &list, &why), &why);
	if (rc != CM_OK)
		return rc;
	for (size_t k = 0; rc == CM_OK && k < cm_json_len(list); k++)
		rc = read_cell(r, cm_json_at(list, k), cells);
	return rc;
}

/* Each item says the rho of its group by itself: a list of groups would tell of items that stay shut. */
static CM_RESULT
read_group(struct cm_row_reading *r, struct cm_json v, struct cm_assess_item *i)
{
	struct cm_assess_group *g;
	int64_t rho = 0;
	enum cm_result rc = cm_row_number_of(r, v, "rho", 0, CM_ASSESS_MILLION, &rho);

	if (rc != CM_OK)
		return rc;
	for (i->group_number = 0; i->group_number < r->a->n_groups; i->group_number++) {
		g = &r->a->group[i->group_number];
		if (strcmp(g->name, i->group) == 0)
			return g->rho == rho ? CM_OK : cm_row_refuse(r, "`rho' is not that of another item of its group");
	}
	if (r->a->n_groups == CM_ASSESS_GROUPS)
		return cm_err_set(r->err, CM_E_LIMIT, "the assessment has more than %u groups", CM_ASSESS_GROUPS);
	g = &r->a->group[r->a->n_groups++];
	*g = (struct cm_assess_group) { .name = i->group, .rho = rho };
	return cm_row_text_of(r, v, "rho_because", NULL, &g->because);
}

enum cm_result
cm_row_read_item(struct cm_row_reading *r, struct cm_json v)
{
	struct cm_assess_item *i = &r->a->item[r->a->n_items];
	struct cm_err why = { 0 };
	enum cm_result rc;

	*i = (struct cm_assess_item) { .repeats = CM_ASSESS_NONE };
	rc = cm_row_name_of(r, v, "name", &i->name);
	if (rc == CM_OK)
		rc = cm_row_text_of(r, v, "text", NULL, &i->text);
	if (rc == CM_OK)
		rc = cm_row_text_of(r, v, "because", NULL, &i->because);
	if (rc == CM_OK)
		rc = cm_row_text_of(r, v, "type", "", &i->type);
	if (rc == CM_OK)
		rc = cm_row_name_of(r, v, "group", &i->group);
	if (rc == CM_OK)
		rc = read_group(r, v, i);
	if (rc == CM_OK)
		rc = read_codes(r, v, i);
	if (rc == CM_OK)
		rc = read_who(r, v, i);
	if (rc == CM_OK && cm_json_has(v, "report"))
		rc = cm_row_in_row(r, cm_json_get_bool(v, "report", &i->report, &why), &why);
	if (rc == CM_OK && cm_json_has(v, "weightless"))
		rc = cm_row_in_row(r, cm_json_get_bool(v, "weightless", &i->no_upstream, &why), &why);
	if (rc == CM_OK && cm_json_has(v, "background"))
		rc = cm_row_number_of(r, v, "background", 1, CM_ASSESS_ONE, &i->background);
	if (rc == CM_OK)
		rc = read_rests(r, v, i);
	if (rc == CM_OK)
		rc = read_cells(r, v, i);
	r->item_row[r->a->n_items] = r->row;
	r->a->n_items += rc == CM_OK;
	return rc;
}

/* ---- names of items ---- */

static int
compare_names(const void *x, const void *y)
{
	const struct cm_assess_item *const *a = x, *const *b = y;
	int by_name = strcmp((*a)->name, (*b)->name);

	return by_name != 0 ? by_name : *a < *b ? -1 : *a > *b;
}

static CM_RESULT
sort_names(struct cm_row_reading *r)
{
	const struct cm_assess_item **list = cm_arena_array(r->arena, r->a->n_items + 1, sizeof(*list));

	r->by_name = cm_arena_array(r->arena, r->a->n_items + 1, sizeof(*r->by_name));
	if (list == NULL || r->by_name == NULL)
		return cm_row_no_memory(r);
	for (size_t i = 0; i < r->a->n_items; i++)
		list[i] = &r->a->item[i];
	qsort(list, r->a->n_items, sizeof(*list), compare_names);
	for (size_t i = 0; i < r->a->n_items; i++) {
		r->by_name[i] = (size_t)(list[i] - r->a->item);
		if (i > 0 && strcmp(list[i - 1]->name, list[i]->name) == 0)
			return cm_err_set(r->err, CM_E_MALFORMED, "the assessment has two items named %s", list[i]->name);
	}
	return CM_OK;
}

static size_t
find_item(const struct cm_row_reading *r, const char *name)
{
	size_t lo = 0, hi = r->a->n_items;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(r->a->item[r->by_name[mid]].name, name);

		if (c == 0)
			return r->by_name[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return CM_ASSESS_NONE;
}

/* A copy of something that stays shut is a copy of the first copy of it. */
struct orphan {
	const char *of;
	size_t item;
};

static int
compare_orphans(const void *x, const void *y)
{
	const struct orphan *a = x, *b = y;
	int by_name = strcmp(a->of, b->of);

	return by_name != 0 ? by_name : a->item < b->item ? -1 : a->item > b->item;
}

static CM_RESULT
link_copy(struct cm_row_reading *r, struct cm_json v, size_t number, struct orphan *orphan, size_t *n)
{
	const char *of;
	size_t original;
	enum cm_result rc = cm_row_text_of(r, v, "repeats", NULL, &of);

	if (rc != CM_OK || of == NULL)
		return rc;
	original = find_item(r, of);
	if (original == CM_ASSESS_NONE)
		orphan[(*n)++] = (struct orphan) { of, number };
	else
		r->a->item[number].repeats = original;
	return CM_OK;
}

/* Copies lead to an original. */
static CM_RESULT
check_copies(struct cm_row_reading *r)
{
	for (size_t i = 0; i < r->a->n_items; i++) {
		size_t at = i, steps = 0;

		while (at != CM_ASSESS_NONE && steps++ <= r->a->n_items)
			at = r->a->item[at].repeats;
		if (at != CM_ASSESS_NONE)
			return cm_err_set(r->err, CM_E_MALFORMED, "the assessment has copies that are copies of each other: %s", r->a->item[i].name);
	}
	return CM_OK;
}

static CM_RESULT
link_derived(struct cm_row_reading *r, struct cm_json v, struct cm_assess_item *item)
{
	const char **name;
	size_t n, *derived;
	enum cm_result rc = cm_row_texts_of(r, v, "derived", CM_ASSESS_DERIVED, &name, &n);

	if (rc != CM_OK || n == 0)
		return rc;
	derived = cm_arena_array(r->arena, n, sizeof(*derived));
	if (derived == NULL)
		return cm_row_no_memory(r);
	item->derived = derived;
	for (size_t i = 0; i < n; i++) {
		size_t found = find_item(r, name[i]);

		if (found != CM_ASSESS_NONE)
			derived[item->n_derived++] = found;
	}
	return CM_OK;
}

enum cm_result
cm_row_link_items(struct cm_row_reading *r)
{
	struct orphan *orphan = cm_arena_array(r->arena, r->a->n_items + 1, sizeof(*orphan));
	enum cm_result rc = sort_names(r);
	size_t n = 0;

	if (orphan == NULL)
		return cm_row_no_memory(r);
	for (size_t i = 0; rc == CM_OK && i < r->a->n_items; i++) {
		struct cm_json v = cm_json_at(r->rows, r->item_row[i]);

		r->row = r->item_row[i];
		rc = link_copy(r, v, i, orphan, &n);
		if (rc == CM_OK)
			rc = link_derived(r, v, &r->a->item[i]);
	}
	if (rc != CM_OK)
		return rc;
	qsort(orphan, n, sizeof(*orphan), compare_orphans);
	for (size_t i = 1, first = 0; i < n; i++) {
		if (strcmp(orphan[i].of, orphan[first].of) != 0)
			first = i;
		else
			r->a->item[orphan[i].item].repeats = orphan[first].item;
	}
	return check_copies(r);
}
