#include "assess/ach.h"

#include "assess/weigh_parts.h"

#define LN3 INT64_C(19326991772931)
#define LN10 INT64_C(40507505339050)
#define SLACK 4 /* of two costs and a sum */

const char *
cm_ach_mark_word(enum cm_ach_mark mark)
{
	static const char *const words[] = { "NA", "CC", "C", "I", "II" };

	return words[mark];
}

/* The costs of one item for all hypotheses of the layer. */
static void
fill(const struct cm_weigh *w, const struct cm_weigh_item *x, int64_t *cost)
{
	const int64_t *own = x->cost + CM_END_MID * w->n_bases;

	for (size_t k = 0; k < w->n_bases; k++)
		cost[w->base[k].place] = own[k];
	for (size_t k = 0; k < w->n_deceivers; k++) {
		const struct cm_weigh_deceiver *d = &w->deceiver[k];

		/* what a deceiver says is equal for all */
		cost[d->place] = x->class == CM_CLASS_G ? own[0] : cm_weigh_factor(w, (unsigned)x->class, own[d->as], own[d->by]);
	}
}

static enum cm_ach_mark
mark_of(int64_t cost, int64_t most, int64_t least)
{
	if (most == least)
		return CM_ACH_NA;
	if (cost - least >= LN10 - SLACK)
		return CM_ACH_II;
	if (cost - least >= LN3 - SLACK)
		return CM_ACH_I;
	return cost == least && most - least >= LN3 - SLACK ? CM_ACH_CC : CM_ACH_C;
}

static void
mark_item(struct cm_weigh *w, size_t i, int64_t *against, uint8_t *mark)
{
	const struct cm_weigh_item *x = &w->item[i];
	int64_t most, least, weight = w->strongest[x->group] == i ? CM_ASSESS_MILLION : x->light;

	fill(w, x, w->costs);
	most = least = w->costs[0];
	for (size_t k = 1; k < w->n; k++) {
		most = w->costs[k] > most ? w->costs[k] : most;
		least = w->costs[k] < least ? w->costs[k] : least;
	}
	for (size_t k = 0; k < w->n; k++) {
		mark[k] = (uint8_t)mark_of(w->costs[k], most, least);
		against[k] += mark[k] == CM_ACH_II ? 2 * weight : mark[k] == CM_ACH_I ? weight : 0;
	}
}

enum cm_result
cm_ach_count(struct cm_weigh *w, const bool *in, struct cm_arena *arena, struct cm_ach *out, struct cm_err *err)
{
	int64_t *against = cm_arena_array(arena, w->n, sizeof(*against));
	size_t *item = cm_arena_array(arena, w->n_items + 1, sizeof(*item));
	uint8_t *mark = cm_arena_array(arena, w->n_items + 1, w->n);

	if (against == NULL || item == NULL || mark == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory to count what speaks against");
	*out = (struct cm_ach) { .n = w->n, .against = against, .item = item, .mark = mark };
	cm_weigh_count(w, in);
	for (size_t i = 0; i < w->n_items; i++) {
		if (!w->counts[i])
			continue;
		mark_item(w, i, against, mark + out->n_items * w->n);
		item[out->n_items++] = w->item[i].item;
	}
	for (size_t k = 0; k < w->n; k++)
		against[k] = (against[k] + 500) / 1000;
	for (size_t k = 0; k < w->n; k++)
		if (against[k] < against[out->least])
			out->least = k;
	for (size_t k = 0; k < w->n; k++)
		out->n_least += against[k] == against[out->least];
	return CM_OK;
}
