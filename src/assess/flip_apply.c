#include <string.h>

#include "assess/flips.h"

static CM_RESULT
make_room(struct cm_flipping *f, struct cm_arena *arena, struct cm_err *err)
{
	struct cm_weigh *w = f->w;

	f->of = cm_arena_array(arena, w->n_items + 1, sizeof(*f->of));
	f->counts = cm_arena_array(arena, w->n_items + 1, sizeof(*f->counts));
	f->strongest = cm_arena_array(arena, w->n_groups + 1, sizeof(*f->strongest));
	f->full.s = cm_arena_array(arena, w->n_bases, sizeof(*f->full.s));
	f->full.planted = cm_arena_array(arena, w->n_bases, sizeof(int64_t));
	f->now.s = cm_arena_array(arena, w->n_bases, sizeof(*f->now.s));
	f->now.planted = cm_arena_array(arena, w->n_bases, sizeof(int64_t));
	f->cost = cm_arena_array(arena, w->n, sizeof(*f->cost));
	f->after = cm_arena_array(arena, w->n, sizeof(*f->after));
	f->factor = cm_arena_array(arena, w->n_deceivers + 1, sizeof(*f->factor));
	f->next = cm_arena_array(arena, w->n_items + 1, sizeof(*f->next));
	f->has_copies = cm_arena_array(arena, w->n_families + 1, sizeof(*f->has_copies));
	f->mixed = cm_arena_array(arena, w->n_groups + 1, sizeof(*f->mixed));
	f->place = cm_arena_array(arena, w->n_items + 1, sizeof(*f->place));
	f->in_place = cm_arena_array(arena, w->n_groups + 1, sizeof(*f->in_place));
	f->instead = cm_arena_array(arena, w->n_items + 1, sizeof(*f->instead));
	f->every = cm_arena_array(arena, w->n_bases, sizeof(*f->every));
	return f->every != NULL && f->in_place != NULL && f->instead != NULL && f->of != NULL && f->counts != NULL &&
	    f->strongest != NULL && f->full.s != NULL && f->full.planted != NULL &&
	    f->now.s != NULL && f->now.planted != NULL && f->cost != NULL && f->after != NULL && f->factor != NULL &&
	    f->next != NULL && f->has_copies != NULL && f->mixed != NULL && f->place != NULL ? CM_OK :
	    cm_err_set(err, CM_E_NOMEM, "no memory to leave items out");
}

static void
copy_sums(const struct cm_weigh *w, const struct cm_weigh_sums *from, struct cm_weigh_sums *to)
{
	memcpy(to->s, from->s, w->n_bases * sizeof(*to->s));
	memcpy(to->planted, from->planted, w->n_bases * sizeof(*to->planted));
	to->g = from->g;
}

/* Families from the last item to the first, so that each knows the next of its own. */
static CM_RESULT
link_families(struct cm_flipping *f, struct cm_arena *arena, struct cm_err *err)
{
	const struct cm_weigh *w = f->w;
	size_t *last = cm_arena_array(arena, w->n_families + 1, sizeof(*last));

	if (last == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory to leave items out");
	for (size_t i = w->n_items; i-- > 0;) {
		const struct cm_weigh_item *x = &w->item[i];

		f->next[i] = CM_ASSESS_NONE;
		if (!f->in[x->item])
			continue;
		if (last[x->family] != 0) {
			f->next[i] = last[x->family] - 1;
			f->has_copies[x->family] = true;
		}
		last[x->family] = i + 1;
	}
	for (size_t i = 0; i < w->n_items; i++) {
		f->mixed[w->item[i].group] |= f->in[w->item[i].item] && f->has_copies[w->item[i].family];
		if (f->in[w->item[i].item])
			f->of[f->n_in++] = i;
	}
	return CM_OK;
}

static void
find_places(struct cm_flipping *f)
{
	for (size_t g = 0; g < f->w->n_groups; g++) {
		const struct cm_weigh_group *group = &f->w->group[g];
		size_t place = 0;

		for (size_t k = 0; k < group->n; k++) {
			f->place[group->rank[k]] = place;
			place += f->counts[group->rank[k]];
		}
	}
}

enum cm_result
cm_flipping_new(struct cm_weigh *w, const bool *in, struct cm_arena *arena, struct cm_flipping *out, struct cm_err *err)
{
	struct cm_flipping f = { .w = w, .in = in };
	enum cm_result rc = make_room(&f, arena, err);

	if (rc == CM_OK)
		rc = link_families(&f, arena, err);
	if (rc != CM_OK)
		return rc;
	cm_weigh_costs(w, in, f.cost);
	f.top = cm_weigh_top(f.cost, w->n);
	memcpy(f.counts, w->counts, w->n_items * sizeof(*f.counts));
	memcpy(f.strongest, w->strongest, w->n_groups * sizeof(*f.strongest));
	copy_sums(w, &w->sums[CM_END_MID], &f.full);
	for (size_t d = 0; d < w->n_deceivers; d++)
		for (unsigned c = 0; c < CM_FORGE_CLASSES; c++)
			f.factor[d][c] = cm_weigh_factor(w, c, f.full.s[w->deceiver[d].as][c], f.full.s[w->deceiver[d].by][c]);
	find_places(&f);
	for (size_t k = 0; k < w->n_bases; k++)
		f.every[k] = k;
	*out = f;
	return CM_OK;
}

/* ---- taking away ---- */

struct dropping {
	struct cm_flipping *f;
	const size_t *drop;
	size_t n;
	size_t promoted[CM_FLIP_SIZE];
	size_t n_promoted;
	size_t group[2 * CM_FLIP_SIZE]; /* that changed */
	size_t n_groups;
};

/* Puts an item in or takes it out, whole or light. */
static void
put(struct cm_flipping *f, size_t i, bool whole, int sign)
{
	const struct cm_weigh *w = f->w;
	const struct cm_weigh_item *x = &w->item[i];
	const int64_t *cost = (whole ? x->cost : x->light_cost) + CM_END_MID * w->n_bases;
	size_t k;

	if (x->class != CM_CLASS_G) {
		f->touched |= 1u << x->class;
		for (k = 0; k < f->n_at; k++)
			f->now.s[f->at[k]][x->class] += sign * cost[f->at[k]];
		return;
	}
	f->now.g += sign * cost[0];
	cost = x->planted + (whole ? 0 : CM_ENDS * w->n_bases) + CM_END_MID * w->n_bases;
	for (k = 0; k < f->n_at; k++)
		f->now.planted[f->at[k]] += sign * cost[f->at[k]];
}

static bool
has(const size_t *list, size_t n, size_t x)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == x)
			return true;
	return false;
}

static void
note_group(struct dropping *d, size_t i)
{
	size_t g = d->f->w->item[i].group;

	if (!has(d->group, d->n_groups, g))
		d->group[d->n_groups++] = g;
}

static void
drop(struct dropping *d, size_t i)
{
	struct cm_flipping *f = d->f;

	if (!f->counts[i])
		return;
	put(f, i, f->strongest[f->w->item[i].group] == i, -1);
	note_group(d, i);
	do
		i = f->next[i];
	while (i != CM_ASSESS_NONE && has(d->drop, d->n, i));
	if (i == CM_ASSESS_NONE)
		return;
	put(f, i, false, 1);
	d->promoted[d->n_promoted++] = i;
	note_group(d, i);
}

static bool
is_active(const struct dropping *d, size_t i)
{
	return d->f->counts[i] ? !has(d->drop, d->n, i) : has(d->promoted, d->n_promoted, i);
}

/* Somebody else may be the strongest now. */
static void
settle(struct dropping *d, size_t g)
{
	struct cm_flipping *f = d->f;
	const struct cm_weigh_group *group = &f->w->group[g];
	size_t was = f->strongest[g], k = 0;

	while (k < group->n && !is_active(d, group->rank[k]))
		k++;
	if (k == group->n || group->rank[k] == was)
		return;
	put(f, group->rank[k], false, -1);
	put(f, group->rank[k], true, 1);
	if (was != CM_ASSESS_NONE && !has(d->drop, d->n, was)) {
		put(f, was, true, -1);
		put(f, was, false, 1);
	}
}

static int64_t
deceiver_cost(const struct cm_flipping *f, size_t k)
{
	const struct cm_weigh *w = f->w;
	const struct cm_weigh_deceiver *d = &w->deceiver[k];
	int64_t cost = w->prior[d->place] + f->now.planted[d->as];

	for (unsigned c = 0; c < CM_FORGE_CLASSES; c++)
		cost += (f->touched >> c & 1) == 0 ? f->factor[k][c] :
		    cm_weigh_factor(w, c, f->now.s[d->as][c], f->now.s[d->by][c]);
	return cost;
}

static int64_t
cost_of(const struct cm_flipping *f, struct cm_flip_sides h)
{
	if (h.deceiver != CM_ASSESS_NONE)
		return deceiver_cost(f, h.deceiver);
	return cm_weigh_base_cost(f->w, h.as, f->now.s[h.as], f->now.g);
}

static void
sum_up(struct cm_flipping *f)
{
	const struct cm_weigh *w = f->w;
	size_t k;

	for (k = 0; k < w->n_bases; k++)
		f->after[w->base[k].place] = cm_weigh_base_cost(w, k, f->now.s[k], f->now.g);
	for (k = 0; k < w->n_deceivers; k++)
		f->after[w->deceiver[k].place] = deceiver_cost(f, k);
}

/* Sums of these bases only. */
static void
take_away(struct cm_flipping *f, const size_t *base, size_t n_bases, const size_t *list, size_t n)
{
	struct dropping d = { .f = f, .drop = list, .n = n };
	size_t i;

	f->at = base;
	f->n_at = n_bases;
	for (i = 0; i < n_bases; i++) {
		memcpy(f->now.s[base[i]], f->full.s[base[i]], sizeof(f->now.s[0]));
		f->now.planted[base[i]] = f->full.planted[base[i]];
	}
	f->now.g = f->full.g;
	f->touched = 0;
	for (i = 0; i < n; i++)
		drop(&d, list[i]);
	for (i = 0; i < d.n_groups; i++)
		settle(&d, d.group[i]);
}

static size_t
top_without(struct cm_flipping *f, const size_t *list, size_t n)
{
	take_away(f, f->every, f->w->n_bases, list, n);
	sum_up(f);
	return cm_weigh_top(f->after, f->w->n);
}

bool
cm_flipping_wins(struct cm_flipping *f, const size_t *list, size_t n)
{
	int64_t first, rival;

	take_away(f, f->few, f->n_few, list, n);
	first = cost_of(f, f->first);
	rival = cost_of(f, f->rival);
	if (rival > first || (rival == first && f->first.place < f->rival.place))
		return false;
	return top_without(f, list, n) == f->rival.place;
}
