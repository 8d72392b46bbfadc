/* How much one item can do for a rival.  Taking x away lowers the cost of a hypothesis by what x says of it, whole or light;
 * it may let a copy of x count, and another one of the group count whole, and, if that copy is stronger, the strongest
 * one light.  A deceiver's cost moves by no less than the smaller, and no more than the larger, of what its two sides
 * move by.  All of it is added up at its most; nothing is left out, so no set that flips is missed. */
#include "assess/flips.h"

struct move {
	int64_t lo, hi;
};

/* What an item adds to the cost of hypothesis ${h}: whole, light, or the difference of both. */
enum weighed { WHOLE, LIGHT, BOTH };

static int64_t
of_base(const struct cm_weigh *w, const struct cm_weigh_item *x, size_t base, enum weighed how)
{
	const size_t mid = CM_END_MID * w->n_bases;
	size_t k = mid + base;

	return how == WHOLE ? x->cost[k] : how == LIGHT ? x->light_cost[k] : x->cost[k] - x->light_cost[k];
}

static int64_t
of_planted(const struct cm_weigh *w, const struct cm_weigh_item *x, size_t base, enum weighed how)
{
	const int64_t *whole = x->planted + CM_END_MID * w->n_bases + base, *light = whole + CM_ENDS * w->n_bases;

	return how == WHOLE ? *whole : how == LIGHT ? *light : *whole - *light;
}

static struct move
moves(const struct cm_weigh *w, const struct cm_weigh_item *x, struct cm_flip_sides h, enum weighed how)
{
	bool planted = x->class == CM_CLASS_G && h.as != h.by;
	int64_t a = planted ? of_planted(w, x, h.as, how) : of_base(w, x, h.as, how);
	int64_t b = planted ? a : of_base(w, x, h.by, how);

	return (struct move) { a < b ? a : b, a < b ? b : a };
}

static int64_t
most(int64_t x, int64_t y)
{
	return x > y ? x : y;
}

/* At most so much nearer the rival comes when ${x} goes. */
static int64_t
going(const struct cm_flipping *f, size_t x, enum weighed how)
{
	const struct cm_weigh_item *item = &f->w->item[x];

	return most(0, moves(f->w, item, f->rival, how).hi - moves(f->w, item, f->first, how).lo);
}

/* ... when it comes. */
static int64_t
coming(const struct cm_flipping *f, size_t x, enum weighed how)
{
	const struct cm_weigh_item *item = &f->w->item[x];

	return most(0, moves(f->w, item, f->first, how).hi - moves(f->w, item, f->rival, how).lo);
}

/* Another one of the group may count whole: any that can come first when CM_FLIP_SIZE are gone. */
static int64_t
in_its_place(const struct cm_flipping *f, size_t g)
{
	const struct cm_weigh_group *group = &f->w->group[g];
	int64_t best = 0;

	for (size_t i = 0; i < group->n; i++) {
		size_t x = group->rank[i];

		if (!f->in[f->w->item[x].item])
			continue;
		if (!f->mixed[g] && f->place[x] > CM_FLIP_SIZE)
			break;
		best = most(best, coming(f, x, BOTH));
	}
	return best;
}

/* A copy may count, and be the strongest of its group. */
static int64_t
copy_instead(const struct cm_flipping *f, size_t y)
{
	size_t was = f->strongest[f->w->item[y].group];
	int64_t more = coming(f, y, LIGHT) + coming(f, y, BOTH);

	return was == CM_ASSESS_NONE ? more : more + going(f, was, BOTH);
}

static struct cm_flip_sides
sides_of(const struct cm_weigh *w, size_t place)
{
	size_t k;

	for (k = 0; k < w->n_deceivers; k++)
		if (w->deceiver[k].place == place)
			return (struct cm_flip_sides) { w->deceiver[k].as, w->deceiver[k].by, place, k };
	for (k = 0; w->base[k].place != place;)
		k++;
	return (struct cm_flip_sides) { k, k, place, CM_ASSESS_NONE };
}

/* Each once: what is put right twice is wrong. */
static void
list_few(struct cm_flipping *f)
{
	const size_t base[] = { f->first.as, f->first.by, f->rival.as, f->rival.by };

	f->n_few = 0;
	for (size_t i = 0; i < sizeof(base) / sizeof(base[0]); i++) {
		size_t k = 0;

		while (k < f->n_few && f->few[k] != base[i])
			k++;
		if (k == f->n_few)
			f->few[f->n_few++] = base[i];
	}
}

void
cm_flipping_rival(struct cm_flipping *f, size_t rival)
{
	f->first = sides_of(f->w, f->top);
	f->rival = sides_of(f->w, rival);
	list_few(f);
	for (size_t g = 0; g < f->w->n_groups; g++)
		f->in_place[g] = f->w->group[g].n > 1 ? in_its_place(f, g) : 0;
	/* of each item the most of all later copies */
	for (size_t i = f->w->n_items; i-- > 0;) {
		size_t y = f->next[i];

		f->instead[i] = y == CM_ASSESS_NONE ? 0 : most(copy_instead(f, y), f->instead[y]);
	}
}

int64_t
cm_flipping_bound(const struct cm_flipping *f, size_t x)
{
	const struct cm_weigh_item *item = &f->w->item[x];
	int64_t u = most(going(f, x, WHOLE), going(f, x, LIGHT)) + f->instead[x];

	/* where a copy comes into the group, anybody there may come to count whole */
	if (item->light < CM_ASSESS_MILLION && (f->mixed[item->group] || f->place[x] < CM_FLIP_SIZE))
		u += f->in_place[item->group];
	return u;
}
