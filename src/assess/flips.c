/* The fewest items without which the answer is another one. */
#include <stdlib.h>
#include <string.h>

#include "assess/flips.h"

/* So many sets are tried; what is not finished then is said to be an upper bound. */
#define TRIES 1000000u
#define STEPS 64000000u /* tries times hypotheses */
#define RIVALS 16u

struct candidate {
	int64_t most; /* that it can do for the rival */
	size_t item;  /* of the layer */
};

struct searching {
	struct cm_flipping *f;
	struct cm_arena *arena;
	struct candidate *c; /* for one rival, the most first */
	size_t rival, size;
	int64_t need;
	size_t tries;
	bool tired;
	struct cm_flips *out;
	struct cm_flip_set *set;
};

static int
compare(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;

	if (a->most != b->most)
		return a->most > b->most ? -1 : 1;
	return a->item < b->item ? -1 : 1;
}

static void
list_candidates(struct searching *s, size_t rival)
{
	struct cm_flipping *f = s->f;

	s->rival = rival;
	s->need = f->cost[rival] - f->cost[f->top] - CM_FLIP_SLACK;
	cm_flipping_rival(f, rival);
	for (size_t i = 0; i < f->n_in; i++)
		s->c[i] = (struct candidate) { cm_flipping_bound(f, f->of[i]), f->of[i] };
	qsort(s->c, f->n_in, sizeof(*s->c), compare);
}

static int
compare_numbers(const void *x, const void *y)
{
	size_t a = *(const size_t *)x, b = *(const size_t *)y;

	return a < b ? -1 : a > b;
}

static void
keep(struct searching *s, const size_t *drop)
{
	struct cm_flip_set *set = &s->set[s->out->n];

	if (s->out->n == CM_FLIPS_MAX) {
		s->out->more = true;
		return;
	}
	for (size_t i = 0; i < s->size; i++)
		set->item[i] = s->f->w->item[drop[i]].item;
	qsort(set->item, s->size, sizeof(set->item[0]), compare_numbers);
	s->out->n++;
}

/* A set belongs to the rival that comes out on top, so that none is found twice. */
static void
try_set(struct searching *s, const size_t *drop)
{
	if (++s->tries > TRIES || s->tries * s->f->w->n > STEPS)
		s->tired = true;
	else if (cm_flipping_wins(s->f, drop, s->size))
		keep(s, drop);
}

/* Can ${left} more, from the candidate ${from} on, bring what is still needed? */
static bool
can(const struct searching *s, size_t from, size_t left, int64_t need)
{
	for (size_t i = from; left > 0 && i < s->f->n_in; i++, left--)
		need -= s->c[i].most;
	return left == 0 && need <= 0;
}

static void
extend(struct searching *s, size_t *drop, size_t n, size_t from, int64_t need)
{
	if (n == s->size) {
		try_set(s, drop);
		return;
	}
	for (size_t i = from; !s->tired && can(s, i, s->size - n, need); i++) {
		drop[n] = s->c[i].item;
		extend(s, drop, n + 1, i + 1, need - s->c[i].most);
	}
}

static void
search_size(struct searching *s, size_t size)
{
	size_t drop[CM_FLIP_SIZE];

	s->size = size;
	for (size_t k = 0; k < s->f->w->n && !s->tired; k++) {
		if (k == s->f->top)
			continue;
		list_candidates(s, k);
		extend(s, drop, 0, 0, s->need);
	}
}

static int
compare_sets(const void *x, const void *y)
{
	const struct cm_flip_set *a = x, *b = y;

	for (size_t i = 0; i < CM_FLIP_SIZE; i++)
		if (a->item[i] != b->item[i])
			return a->item[i] < b->item[i] ? -1 : 1;
	return 0;
}

/* ---- an upper bound ---- */

struct bounding {
	struct searching *s;
	bool *in;
	int64_t *cost;
	size_t *drop;
	size_t n, best;
	size_t *best_drop;
};

static bool
flips(struct bounding *b)
{
	cm_weigh_costs(b->s->f->w, b->in, b->cost);
	return cm_weigh_top(b->cost, b->s->f->w->n) != b->s->f->top;
}

/* Puts back what is not needed, the least promising first. */
static void
shrink(struct bounding *b)
{
	size_t kept = 0;

	for (size_t i = b->n; i-- > 0;) {
		b->in[b->drop[i]] = true;
		if (!flips(b))
			b->in[b->drop[i]] = false;
		else
			b->drop[i] = CM_ASSESS_NONE;
	}
	for (size_t i = 0; i < b->n; i++)
		if (b->drop[i] != CM_ASSESS_NONE)
			b->drop[kept++] = b->drop[i];
	b->n = kept;
}

static void
bound_by(struct bounding *b, size_t rival)
{
	struct cm_flipping *f = b->s->f;

	list_candidates(b->s, rival);
	memcpy(b->in, f->in, f->w->a->n_items * sizeof(*b->in));
	for (b->n = 0; b->n < f->n_in && b->s->c[b->n].most > 0 && (b->best == 0 || b->n < 2 * b->best);) {
		size_t item = f->w->item[b->s->c[b->n].item].item;

		b->in[item] = false;
		b->drop[b->n++] = item;
		if (!flips(b))
			continue;
		shrink(b);
		if (b->best == 0 || b->n < b->best) {
			b->best = b->n;
			memcpy(b->best_drop, b->drop, b->n * sizeof(*b->drop));
		}
		return;
	}
}

/* The rivals in the order of their costs. */
static size_t
nearest(const struct cm_flipping *f, const bool *done)
{
	size_t best = CM_ASSESS_NONE;

	for (size_t k = 0; k < f->w->n; k++)
		if (k != f->top && !done[k] && (best == CM_ASSESS_NONE || f->cost[k] < f->cost[best]))
			best = k;
	return best;
}

static CM_RESULT
find_bound(struct searching *s, struct cm_err *err)
{
	const struct cm_weigh *w = s->f->w;
	struct bounding b = { .s = s };
	bool *done = cm_arena_array(s->arena, w->n, sizeof(*done));

	b.in = cm_arena_array(s->arena, w->a->n_items + 1, sizeof(*b.in));
	b.cost = cm_arena_array(s->arena, w->n, sizeof(*b.cost));
	b.drop = cm_arena_array(s->arena, w->n_items + 1, sizeof(*b.drop));
	b.best_drop = cm_arena_array(s->arena, w->n_items + 1, sizeof(*b.best_drop));
	if (done == NULL || b.in == NULL || b.cost == NULL || b.drop == NULL || b.best_drop == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory to leave items out");
	for (size_t tried = 0; tried < RIVALS; tried++) {
		size_t rival = nearest(s->f, done);

		if (rival == CM_ASSESS_NONE)
			break;
		done[rival] = true;
		bound_by(&b, rival);
	}
	qsort(b.best_drop, b.best, sizeof(*b.best_drop), compare_numbers);
	s->out->size = b.best;
	s->out->bound = b.best_drop;
	return CM_OK;
}

enum cm_result
cm_leave_flips(
    struct cm_weigh *w, const bool *in, size_t most, struct cm_arena *arena, struct cm_flips *out, struct cm_err *err)
{
	struct cm_flipping f;
	struct searching s = { .f = &f, .arena = arena, .out = out };
	enum cm_result rc = cm_flipping_new(w, in, arena, &f, err);

	if (rc != CM_OK)
		return rc;
	*out = (struct cm_flips) { .exact = true };
	s.c = cm_arena_array(arena, f.n_in + 1, sizeof(*s.c));
	out->set = s.set = cm_arena_array(arena, CM_FLIPS_MAX, sizeof(*s.set));
	if (s.c == NULL || s.set == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory to leave items out");
	for (size_t size = 1; size <= most && out->n == 0 && !s.tired; size++) {
		search_size(&s, size);
		if (!s.tired)
			out->below = out->n == 0 ? size : size - 1;
	}
	if (out->n > 0 && !s.tired) {
		out->size = s.size;
		qsort(s.set, out->n, sizeof(*s.set), compare_sets);
		return CM_OK;
	}
	out->exact = false;
	out->n = 0;
	return find_bound(&s, err);
}
