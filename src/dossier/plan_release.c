/* What a charter takes out of a plan: by its rules, and then what shows what they hide. */
#include "dossier/plan_walk.h"

static struct cm_released_row
row_of(const struct cm_walk *w, uint64_t row, const struct cm_cells *cells)
{
	return (struct cm_released_row) { w->x->seal, row, w->x->schema, cells,
		w->x->schema->kind == CM_KIND_CAPTURE && cm_walk_is_packet(cells) };
}

/* What the rules took away from a row. */
static CM_RESULT
note_denied(struct cm_walk *w, const struct cm_want *before, const struct cm_want *now, const struct cm_cells *cells)
{
	cm_columns left = now->open | now->tied, denied = (before->open & ~now->open) | (before->tied & ~left);
	enum cm_result rc = CM_OK;
	size_t c;

	for (c = CM_COL_SRC; rc == CM_OK && c <= CM_COL_DST; c++)
		if (denied & cm_column_bit(c))
			rc = cm_leaks_hide(&w->s->hidden, cells->cell[c]);
	return rc;
}

/* Checksums need the rest of their row, and of a fragment the rest of its datagram, which rules may shut. */
static CM_RESULT
drop_mask(struct cm_walk *w, const struct cm_released_row *r, struct cm_want *want)
{
	uint64_t key;

	if (!(want->open & COL(MASK)) ||
	    ((want->open & ALL_CAPTURE) == ALL_CAPTURE && !cm_walk_is_fragment(w, r->cells, &key)))
		return CM_OK;
	want->open &= ~COL(MASK);
	return cm_released_cover(w->s->in->released, r, CM_COL_MASK);
}

enum cm_result
cm_plan_release_row(struct cm_walk *w, uint64_t row, const struct cm_cells *cells, struct cm_want *want)
{
	struct cm_released_row r = row_of(w, row, cells);
	struct cm_want before = *want;
	enum cm_result rc;

	if (w->s->in->released == NULL || (want->open | want->tied) == 0)
		return CM_OK;
	rc = cm_released_cells(w->s->in->released, &r, &want->open, &want->tied);
	if (rc != CM_OK || w->x->schema->kind != CM_KIND_CAPTURE)
		return rc;
	if (r.is_packet)
		rc = drop_mask(w, &r, want);
	else if (want->open != before.open)
		*want = (struct cm_want) { 0 };
	return rc == CM_OK ? note_denied(w, &before, want, cells) : rc;
}

/* Does this opened cell show what stays hidden? */
static CM_RESULT
shows_hidden(struct cm_walk *w, size_t column, const struct cm_cells *cells, bool *out)
{
	const struct cm_leak where = { 0 };
	struct cm_leaks *hidden = &w->s->hidden;
	struct cm_span value = cells->cell[column];
	uint64_t before = hidden->n;
	enum cm_result rc;

	if (w->x->schema->kind == CM_KIND_CAPTURE && column == CM_COL_HEADERS)
		rc = cm_leaks_search_headers(hidden, value, cells->cell[CM_COL_SRC], cells->cell[CM_COL_DST], where);
	else
		rc = cm_leaks_search(hidden, value, where);
	if (rc == CM_OK && w->s->echoes.n != 0)
		rc = cm_echoes_search(&w->s->echoes, value, where, hidden);
	*out = hidden->n != before;
	return rc;
}

static void
uncount(struct cm_walk *w, size_t column, const struct cm_cells *cells)
{
	w->sum->cells[column]--;
	w->sum->bytes[column] -= cells->cell[column].len;
}

static enum cm_result
shut_row(struct cm_walk *w, uint64_t row, const struct cm_cells *cells)
{
	const struct cm_plan_range *r = cm_walk_range(w, row);
	struct cm_want want = { r->open & ~r->tied, r->tied, r->by_row };
	struct cm_released_row of = row_of(w, row, cells);
	bool shows = false;
	enum cm_result rc = CM_OK;
	size_t c;

	for (c = 0; rc == CM_OK && c < w->x->schema->n; c++) {
		if (!(want.open & cm_column_bit(c)) || w->x->schema->column[c].link != CM_LINK_PLAIN)
			continue;
		rc = shows_hidden(w, c, cells, &shows);
		if (rc != CM_OK || !shows)
			continue;
		rc = cm_released_echo(w->s->in->released, &of, c);
		want.open &= ~cm_column_bit(c);
		uncount(w, c, cells);
	}
	if (rc == CM_OK && of.is_packet && (want.open & COL(MASK)) && (want.open & ALL_CAPTURE) != ALL_CAPTURE) {
		want.open &= ~COL(MASK);
		uncount(w, CM_COL_MASK, cells);
		rc = cm_released_cover(w->s->in->released, &of, CM_COL_MASK);
	}
	w->sum->open_rows -= (want.open | want.tied) == 0;
	return rc == CM_OK ? cm_walk_add(w, row, &want) : rc;
}

bool
cm_select_shuts(const struct cm_select *s)
{
	return s->in->released != NULL && (s->hidden.n_host != 0 || s->echoes.n != 0);
}

CM_RESULT
cm_select_shut(struct cm_select *s, const struct cm_select_exhibit *x, struct cm_plan *plan,
    struct cm_select_sum *sum, struct cm_err *err)
{
	struct cm_plan now = { 0 };
	struct cm_walk w = { .s = s, .x = x, .done = plan, .plan = &now, .sum = sum, .err = err };
	enum cm_result rc = s->ready ? CM_OK : cm_echoes_ready(&s->echoes);
	uint64_t row;
	size_t i;

	s->ready = true;
	for (i = 0; rc == CM_OK && i < plan->n; i++)
		for (row = plan->range[i].from; rc == CM_OK && row < plan->range[i].to; row++)
			rc = cm_walk_row(&w, row, shut_row);
	if (rc == CM_OK) {
		cm_plan_release(plan);
		*plan = now;
	} else {
		cm_plan_release(&now);
	}
	return rc;
}
