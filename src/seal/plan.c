#include <stdlib.h>
#include <string.h>

#include "seal/plan.h"

static bool
same_cells(const struct cm_plan_range *a, const struct cm_plan_range *b)
{
	return a->open == b->open && a->tied == b->tied && a->by_row == b->by_row;
}

enum cm_result
cm_plan_add(struct cm_plan *p, struct cm_plan_range range)
{
	struct cm_plan_range *last = p->n == 0 ? NULL : &p->range[p->n - 1], *grown;
	size_t cap;

	if (range.from >= range.to || range.to > CM_ROWS_MAX || (range.tied & ~range.open) != 0 ||
	    (last != NULL && range.from < last->to))
		return CM_E_USAGE;
	if (range.open == 0)
		return CM_OK;
	if (last != NULL && last->to == range.from && same_cells(last, &range)) {
		last->to = range.to;
		return CM_OK;
	}
	if (p->n == p->cap) {
		cap = p->cap == 0 ? 16 : p->cap + p->cap / 2;
		grown = realloc(p->range, cap * sizeof(*grown));
		if (grown == NULL)
			return CM_E_NOMEM;
		p->range = grown;
		p->cap = cap;
	}
	p->range[p->n++] = range;
	return CM_OK;
}

/* ${a} cut to the rows [from, to), which lie inside it. */
static struct cm_plan_range
part(struct cm_plan_range a, uint64_t from, uint64_t to)
{
	a.from = from;
	a.to = to;
	return a;
}

static struct cm_plan_range
both(const struct cm_plan_range *a, const struct cm_plan_range *b, uint64_t from, uint64_t to)
{
	cm_columns named = (a->open & ~a->tied) | (b->open & ~b->tied);
	cm_columns open = a->open | b->open;

	return (struct cm_plan_range) { from, to, open, open & ~named, a->by_row || b->by_row };
}

static uint64_t
larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t
smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Appends ${old}, with what of ${range} lies before or on it laid over; moves
 * range->from behind what it has appended. */
static enum cm_result
lay_over(struct cm_plan *out, const struct cm_plan_range *old, struct cm_plan_range *range)
{
	uint64_t from = larger(old->from, range->from), to = smaller(old->to, range->to);
	enum cm_result rc = CM_OK;

	if (range->from < range->to && range->from < old->from) {
		from = smaller(range->to, old->from);
		rc = cm_plan_add(out, part(*range, range->from, from));
		range->from = from;
		return rc != CM_OK ? rc : lay_over(out, old, range);
	}
	if (from >= to)
		return cm_plan_add(out, *old);
	if (old->from < from)
		rc = cm_plan_add(out, part(*old, old->from, from));
	if (rc == CM_OK)
		rc = cm_plan_add(out, both(old, range, from, to));
	if (rc == CM_OK && to < old->to)
		rc = cm_plan_add(out, part(*old, to, old->to));
	range->from = to;
	return rc;
}

static enum cm_result
merge(const struct cm_plan *p, struct cm_plan_range range, struct cm_plan *out)
{
	enum cm_result rc;
	size_t i;

	for (i = 0; i < p->n; i++) {
		rc = lay_over(out, &p->range[i], &range);
		if (rc != CM_OK)
			return rc;
	}
	return range.from < range.to ? cm_plan_add(out, range) : CM_OK;
}

enum cm_result
cm_plan_merge(struct cm_plan *p, struct cm_plan_range range)
{
	struct cm_plan out = { 0 };
	enum cm_result rc;

	if (range.from >= range.to || range.to > CM_ROWS_MAX || (range.tied & ~range.open) != 0)
		return CM_E_USAGE;
	if (p->n == 0 || range.from >= p->range[p->n - 1].to)
		return cm_plan_add(p, range);
	rc = merge(p, range, &out);
	if (rc != CM_OK) {
		cm_plan_release(&out);
		return rc;
	}
	cm_plan_release(p);
	*p = out;
	return CM_OK;
}

const struct cm_plan_range *
cm_plan_find(const struct cm_plan *p, uint64_t row)
{
	size_t low = 0, high = p->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (p->range[mid].to <= row)
			low = mid + 1;
		else
			high = mid;
	}
	return low < p->n && p->range[low].from <= row ? &p->range[low] : NULL;
}

enum cm_cell_state
cm_plan_state(const struct cm_plan_range *r, const struct cm_schema *s, size_t column)
{
	if (r == NULL || !(r->open & cm_column_bit(column)))
		return CM_CELL_SHUT;
	if (s->column[column].link == CM_LINK_PLAIN)
		return CM_CELL_OPEN;
	return r->tied & cm_column_bit(column) ? CM_CELL_TIED : CM_CELL_NAMED;
}

void
cm_plan_release(struct cm_plan *p)
{
	free(p->range);
	memset(p, 0, sizeof(*p));
}
