#include "assess/brute.h"

#include <string.h>

#include "assess/weigh_parts.h"

struct corner_cell {
	size_t item, base;
};

struct brute {
	struct cm_weigh *w;
	struct corner_cell cell[CM_BRUTE_CELLS];
	size_t n;
	struct cm_weigh_sums sums; /* of what is at the same place in every corner */
};

/* The costs of one item, as it counts; of letter G those that are planted. */
static const int64_t *
costs_of(const struct cm_weigh *w, size_t i)
{
	const struct cm_weigh_item *x = &w->item[i];
	bool whole = w->strongest[x->group] == i;

	if (x->class == CM_CLASS_G)
		return x->planted + (whole ? 0 : CM_ENDS * w->n_bases);
	return whole ? x->cost : x->light_cost;
}

static int64_t *
sum_of(struct brute *b, size_t i, size_t base)
{
	int class = b->w->item[i].class;

	return class == CM_CLASS_G ? &b->sums.planted[base] : &b->sums.s[base][class];
}

/* Of an item, its ranges; what is none goes into the sums for good. */
static CM_RESULT
list_item(struct brute *b, size_t i, struct cm_err *err)
{
	const struct cm_weigh *w = b->w;
	const int64_t *cost = costs_of(w, i);

	for (size_t k = 0; k < w->n_bases; k++) {
		if (cost[k] == cost[CM_END_HI * w->n_bases + k]) {
			*sum_of(b, i, k) += cost[k];
			continue;
		}
		if (b->n == CM_BRUTE_CELLS)
			return cm_err_set(err, CM_E_LIMIT, "more than %u ranges: too many corners to try them all", CM_BRUTE_CELLS);
		b->cell[b->n++] = (struct corner_cell) { i, k };
	}
	return CM_OK;
}

static CM_RESULT
list_cells(struct brute *b, struct cm_err *err)
{
	const struct cm_weigh *w = b->w;
	enum cm_result rc = CM_OK;

	for (size_t i = 0; i < w->n_items && rc == CM_OK; i++) {
		const struct cm_weigh_item *x = &w->item[i];

		if (!w->counts[i])
			continue;
		if (x->class == CM_CLASS_G)
			b->sums.g += (w->strongest[x->group] == i ? x->cost : x->light_cost)[0];
		rc = list_item(b, i, err);
	}
	return rc;
}

/* Adds what stands at the corner, or takes it away again. */
static void
apply(struct brute *b, uint64_t corner, int64_t sign)
{
	for (size_t c = 0; c < b->n; c++) {
		size_t end = (corner >> c & 1) != 0 ? CM_END_HI : CM_END_LO;

		*sum_of(b, b->cell[c].item, b->cell[c].base) +=
		    sign * costs_of(b->w, b->cell[c].item)[end * b->w->n_bases + b->cell[c].base];
	}
}

enum cm_result
cm_brute_ranges(struct cm_weigh *w, const bool *in, struct cm_arena *arena, struct cm_posterior *out, uint64_t *corners,
    struct cm_err *err)
{
	struct brute b = { .w = w };
	enum cm_result rc;

	b.sums.s = cm_arena_array(arena, w->n_bases, sizeof(*b.sums.s));
	b.sums.planted = cm_arena_array(arena, w->n_bases, sizeof(*b.sums.planted));
	if (b.sums.s == NULL || b.sums.planted == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory to try all corners");
	cm_weigh_middle(w, in, out);
	rc = list_cells(&b, err);
	if (rc != CM_OK)
		return rc;
	*corners = UINT64_C(1) << b.n;
	for (uint64_t corner = 0; corner < *corners; corner++) {
		apply(&b, corner, 1);
		cm_weigh_sum_up(w, &b.sums, w->costs);
		apply(&b, corner, -1);
		for (size_t i = 0; i < w->n; i++) {
			int64_t share = cm_weigh_share_of(w->costs, w->n, i);

			out[i].lo = corner == 0 || share < out[i].lo ? share : out[i].lo;
			out[i].hi = corner == 0 || share > out[i].hi ? share : out[i].hi;
		}
	}
	return CM_OK;
}
