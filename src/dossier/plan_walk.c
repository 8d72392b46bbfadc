#include <inttypes.h>
#include <stdlib.h>

#include "dossier/plan_walk.h"

bool
cm_walk_is_packet(const struct cm_cells *c)
{
	return c->cell[CM_COL_HEADERS].len > 0 && c->cell[CM_COL_HEADERS].ptr[0] != 0;
}

enum cm_result
cm_walk_no_memory(struct cm_walk *w)
{
	return cm_err_set(w->err, CM_E_NOMEM, "no memory to choose what to open");
}

/* Every row, until the exhibit ends. */
enum cm_result
cm_walk_rows(struct cm_walk *w, cm_visit_fn *visit)
{
	struct cm_cell_source src = cm_cut_rows_source(w->x->rows);
	struct cm_cells cells;
	enum cm_result rc = cm_cut_rows_to(w->x->rows, 0, w->err);
	uint64_t row;

	for (row = 0; rc == CM_OK; row++) {
		rc = src.next(src.arg, &cells, w->err);
		if (rc == CM_E_NOTFOUND)
			return CM_OK;
		if (rc == CM_OK)
			rc = visit(w, row, &cells);
	}
	return rc;
}

enum cm_result
cm_walk_row(struct cm_walk *w, uint64_t row, cm_visit_fn *visit)
{
	struct cm_cell_source src = cm_cut_rows_source(w->x->rows);
	struct cm_cells cells;
	enum cm_result rc = cm_cut_rows_to(w->x->rows, row, w->err);

	if (rc == CM_OK)
		rc = src.next(src.arg, &cells, w->err);
	if (rc == CM_E_NOTFOUND)
		return cm_err_set(w->err, CM_E_REFUSED,
		    "the exhibit is not what was sealed: row %" PRIu64 " is missing", row);
	return rc == CM_OK ? visit(w, row, &cells) : rc;
}

/* The rows of a list that the table has. */
static CM_RESULT
each_of(struct cm_walk *w, const uint64_t *row, size_t n, cm_visit_fn *visit)
{
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < n && row[i] < w->x->table_rows; i++)
		rc = cm_walk_row(w, row[i], visit);
	return rc;
}

/* If so: of which datagram? */
bool
cm_walk_is_fragment(const struct cm_walk *w, const struct cm_cells *cells, uint64_t *key)
{
	const struct cm_row *row = cm_cut_rows_last(w->x->rows);
	struct cm_layers l;

	if (row == NULL || row->record == NULL)
		return false;
	cm_layers_walk(cm_record_data(row->record), row->record->linktype, &l);
	if (l.fragment)
		*key = cm_datagram_key(&l, cells->cell[CM_COL_SRC], cells->cell[CM_COL_DST]);
	return l.fragment;
}

static size_t
first_of(const struct cm_ids *set, uint32_t seal)
{
	size_t low = 0, high = set->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (cm_packet_file(set->id[mid]) < seal)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The numbers of one exhibit in a set. */
static struct cm_ids
part_of(const struct cm_ids *set, uint32_t seal)
{
	size_t from = first_of(set, seal), to = first_of(set, seal + 1);

	return (struct cm_ids) { set->id + from, to - from };
}

static enum cm_result
take_frame(struct cm_walk *w, uint64_t row, const struct cm_cells *cells)
{
	const struct cm_row *last = cm_cut_rows_last(w->x->rows);

	(void)cells;
	if (last->record != NULL && last->record->frame != 0 &&
	    cm_ids_has(w->s->in->rows, cm_packet_id_of(w->x->seal, last->record->frame)))
		w->asked[w->n_asked++] = row;
	return CM_OK;
}

/* Frames by the index; where it does not say, by all rows. */
static CM_RESULT
find_frames(struct cm_walk *w, const struct cm_ids *frames)
{
	enum cm_result rc;
	uint64_t number, row;
	size_t i;

	for (i = 0; i < frames->n; i++) {
		number = cm_packet_frame(frames->id[i]);
		rc = cm_cut_rows_frame(w->x->rows, number, &row);
		if (rc == CM_E_UNSUPPORTED)
			return cm_walk_rows(w, take_frame);
		if (rc != CM_OK || row >= w->x->table_rows)
			continue;
		rc = cm_walk_row(w, row, take_frame);
		if (rc != CM_OK)
			return rc;
	}
	return CM_OK;
}

/* Which rows were asked for by number. */
enum cm_result
cm_walk_find_asked(struct cm_walk *w)
{
	const struct cm_select_in *in = w->s->in;
	struct cm_ids of;
	size_t i;

	if (in->rows == NULL)
		return CM_OK;
	of = part_of(in->rows, w->x->seal);
	w->asked = calloc(of.n + 1, sizeof(w->asked[0]));
	if (w->asked == NULL)
		return cm_walk_no_memory(w);
	if (in->frames)
		return w->x->schema->kind == CM_KIND_CAPTURE ? find_frames(w, &of) : CM_OK;
	for (i = 0; i < of.n; i++)
		w->asked[w->n_asked++] = cm_packet_frame(of.id[i]);
	return CM_OK;
}

static int
by_row(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The set of rows with this number, of findings and then of what is counted; NULL: that was all. */
static const struct cm_ids *
cited_set(const struct cm_select_in *in, size_t i)
{
	if (i < in->n_findings)
		return &in->findings[i]->support;
	return i - in->n_findings < in->n_sets ? in->sets[i - in->n_findings].rows : NULL;
}

/* Rows asked for, and those that statements cite: ascending, each once. */
static CM_RESULT
find_wanted(struct cm_walk *w, uint64_t **out, size_t *n)
{
	const struct cm_select_in *in = w->s->in;
	const struct cm_ids *set;
	struct cm_ids of;
	uint64_t *row;
	size_t all = w->n_asked, i, k;

	for (i = 0; (set = cited_set(in, i)) != NULL; i++)
		all += part_of(set, w->x->seal).n;
	*out = row = calloc(all + 1, sizeof(*row));
	if (row == NULL)
		return cm_walk_no_memory(w);
	for (all = 0; all < w->n_asked; all++)
		row[all] = w->asked[all];
	for (i = 0; (set = cited_set(in, i)) != NULL; i++) {
		of = part_of(set, w->x->seal);
		for (k = 0; k < of.n; k++)
			row[all++] = cm_packet_frame(of.id[k]);
	}
	*n = cm_numbers_sort(row, all);
	return CM_OK;
}

enum cm_result
cm_walk_wanted(struct cm_walk *w, cm_visit_fn *visit)
{
	uint64_t *row = NULL;
	size_t n = 0;
	enum cm_result rc = find_wanted(w, &row, &n);

	if (rc == CM_OK)
		rc = each_of(w, row, n, visit);
	free(row);
	return rc;
}

/* All rows of the exhibit are asked for. */
bool
cm_walk_is_whole(const struct cm_walk *w)
{
	return w->s->in->all && w->s->in->all_seal == w->x->seal;
}

bool
cm_walk_asked_for(const struct cm_walk *w, uint64_t row)
{
	if (cm_walk_is_whole(w))
		return true;
	return w->n_asked > 0 &&
	       bsearch(&row, w->asked, w->n_asked, sizeof(row), by_row) != NULL;
}

/* The range of the plan in which the row lies, rows being asked for in order; NULL: none. */
const struct cm_plan_range *
cm_walk_range(struct cm_walk *w, uint64_t row)
{
	const struct cm_plan_range *r;

	while (w->range < w->done->n && w->done->range[w->range].to <= row)
		w->range++;
	r = w->range < w->done->n ? &w->done->range[w->range] : NULL;
	return r != NULL && r->from <= row ? r : NULL;
}

enum cm_result
cm_walk_add(struct cm_walk *w, uint64_t row, const struct cm_want *want)
{
	struct cm_plan_range r = { row, row + 1, want->open | want->tied, want->tied, want->by_row };

	return (r.open == 0) ? CM_OK : cm_plan_add(w->plan, r);
}
