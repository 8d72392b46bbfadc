#include "ledger/bar.h"

/* Of packets what tells something. */
static cm_columns
content(const struct cm_map_exhibit *x)
{
	cm_columns every = ~(cm_columns)0 >> (64 - x->n_columns);

	return x->kind == CM_KIND_CAPTURE ? every & ~cm_column_bit(CM_COL_MASK) : every;
}

static unsigned
count(cm_columns columns)
{
	unsigned n = 0;

	for (; columns != 0; columns &= columns - 1)
		n++;
	return n;
}

/* Rows [from, to): ${*range} is the first range that does not end before them. */
static enum cm_bar_level
level(const struct cm_map_exhibit *x, uint64_t from, uint64_t to, size_t *range)
{
	uint64_t open = 0, tied = 0, all = (to - from) * count(content(x));
	size_t i;

	while (*range < x->open.n && x->open.range[*range].to <= from)
		(*range)++;
	for (i = *range; i < x->open.n && x->open.range[i].from < to; i++) {
		const struct cm_plan_range *r = &x->open.range[i];
		uint64_t n = (r->to < to ? r->to : to) - (r->from > from ? r->from : from);

		open += n * count(r->open & ~r->tied & content(x));
		tied += n * count(r->tied);
	}
	if (open == 0)
		return tied == 0 ? CM_BAR_SHUT : CM_BAR_TIED;
	return open == all ? CM_BAR_ALL : open >= all - open ? CM_BAR_MOST : CM_BAR_SOME;
}

size_t
cm_bar(const struct cm_map_exhibit *x, enum cm_bar_level out[CM_BAR_STEPS])
{
	uint64_t n = x->rows < CM_BAR_STEPS ? x->rows : CM_BAR_STEPS, i;
	size_t range = 0;

	/* at most 2^40 rows: no product overflows */
	for (i = 0; i < n; i++)
		out[i] = level(x, i * x->rows / n, (i + 1) * x->rows / n, &range);
	return (size_t)n;
}
