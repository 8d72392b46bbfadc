#include "made.h"

struct making {
	struct gen *g;
	const struct made_shape *shape;
	struct cm_arena *arena;
	struct cm_assessment *a;
};

static bool
is_there(const struct making *m, size_t n, const struct cm_hypothesis *h)
{
	for (size_t i = 0; i < n; i++)
		if (m->a->hypothesis[i].by == h->by && m->a->hypothesis[i].as == h->as)
			return true;
	return false;
}

/* One that is not there yet; nobody blames `other', nor itself. */
static void
make_deceiver(struct making *m, size_t i)
{
	struct cm_hypothesis *h = &m->a->hypothesis[i];

	do {
		h->as = gen_below(m->g, m->shape->plain - 1);
		h->by = (h->as + 1 + gen_below(m->g, m->shape->plain - 1)) % m->shape->plain;
	} while (is_there(m, i, h));
	h->name = cm_arena_printf(m->arena, "%s>%s", m->a->hypothesis[h->by].name, m->a->hypothesis[h->as].name);
}

static void
make_hypotheses(struct making *m)
{
	const struct made_shape *s = m->shape;
	int64_t each = CM_ASSESS_ONE / (int64_t)(m->a->n_hypotheses + 20);

	for (size_t i = 0; i < m->a->n_hypotheses; i++) {
		struct cm_hypothesis *h = &m->a->hypothesis[i];

		*h = (struct cm_hypothesis) { .layer = MADE_LAYER, .degree = -1, .by = CM_ASSESS_NONE, .as = CM_ASSESS_NONE,
			.needs = CM_ASSESS_NONE, .prior = each };
		if (i >= s->plain)
			make_deceiver(m, i);
		else
			h->name = i + 1 == s->plain ? CM_ASSESS_OTHER : cm_arena_printf(m->arena, "h%zu", i);
	}
	if (s->lead > 0)
		m->a->hypothesis[gen_below(m->g, s->plain)].prior = each + (int64_t)gen_below(m->g, s->lead * (uint64_t)each);
}

static void
make_groups(struct making *m)
{
	static const int64_t rho[] = { 0, 800000, 800000, CM_ASSESS_MILLION };

	for (size_t i = 0; i < m->a->n_groups; i++) {
		uint64_t which = gen_below(m->g, 5);

		m->a->group[i] = (struct cm_assess_group) { .name = cm_arena_printf(m->arena, "g%zu", i) };
		m->a->group[i].rho = m->shape->rho >= 0 ? m->shape->rho :
		    which < 4 ? rho[which] : (int64_t)gen_below(m->g, CM_ASSESS_MILLION + 1);
	}
}

static int64_t
likelihood(struct making *m)
{
	uint64_t steps = m->shape->likely;

	if (steps > 0) /* half, and a few hundredths more */
		return CM_ASSESS_ONE / 2 + (int64_t)gen_below(m->g, steps) * CM_ASSESS_ONE / 25;
	if (gen_one_in(m->g, 12))
		return 1 + (int64_t)gen_below(m->g, 1000000);
	return 1 + (int64_t)gen_below(m->g, CM_ASSESS_ONE);
}

static struct cm_assess_range
range(struct making *m)
{
	int64_t p = likelihood(m), q = p;

	if (m->shape->ranges > 0 && gen_one_in(m->g, m->shape->ranges))
		q = likelihood(m);
	return p < q ? (struct cm_assess_range) { p, q } : (struct cm_assess_range) { q, p };
}

static bool
maybe(struct making *m, uint64_t one_in)
{
	return one_in > 0 && gen_one_in(m->g, one_in);
}

static bool
make_item(struct making *m, size_t i)
{
	static const enum cm_assess_view views[] = { CM_VIEW_PUBLIC, CM_VIEW_SHARED, CM_VIEW_PANEL, CM_VIEW_OWN };
	static const char *const shown[] = { "B", "C" }, *const by[] = { "A", "B", "C" };
	struct cm_assess_item *x = &m->a->item[i];
	struct cm_assess_cell *cell = cm_arena_array(m->arena, m->a->n_hypotheses, sizeof(*cell));

	if (cell == NULL)
		return false;
	*x = (struct cm_assess_item) { .name = cm_arena_printf(m->arena, "i%zu", i), .type = maybe(m, m->shape->claims) ? "P1" : "N1",
		.group_number = gen_below(m->g, m->a->n_groups), .cost = (int)gen_below(m->g, 5), .forms = 2, .by = by[gen_below(m->g, 3)],
		.view = views[gen_below(m->g, 4)], .shown = shown, .repeats = CM_ASSESS_NONE, .cell = cell };
	x->group = m->a->group[x->group_number].name;
	x->forge = m->shape->class >= 0 ? m->shape->class : (int)gen_below(m->g, CM_FORGE_CLASSES);
	x->n_shown = x->view == CM_VIEW_SHARED ? 1 + gen_below(m->g, 2) : 0;
	if (i > 0 && maybe(m, m->shape->copies))
		x->repeats = gen_below(m->g, i);
	if (maybe(m, m->shape->letters)) {
		x->letter = "ABCDEFFGGG"[gen_below(m->g, 10)];
		x->digit = '3';
	}
	if (gen_one_in(m->g, 8))
		x->background = likelihood(m);
	for (size_t h = 0; h < m->shape->plain; h++)
		cell[h].p = range(m);
	return true;
}

struct cm_assessment *
made_assessment(struct gen *g, const struct made_shape *shape, struct cm_arena *arena)
{
	static const int64_t plantable[CM_FORGE_CLASSES] = { 900000, 700000, 400000, 150000, 30000 };
	struct cm_assessment *a = cm_arena_alloc(arena, sizeof(*a));
	struct making m = { g, shape, arena, a };
	size_t pairs = (shape->plain - 1) * (shape->plain - 1);

	if (a == NULL)
		return NULL;
	*a = (struct cm_assessment) { .title = "who?", .party = "A", .n_hypotheses = shape->plain + (shape->deceivers < pairs ? shape->deceivers : pairs),
		.n_items = shape->items, .n_groups = shape->groups };
	for (int f = 0; f < CM_FORGE_CLASSES; f++)
		a->class[f].c = plantable[f];
	a->hypothesis = cm_arena_array(arena, a->n_hypotheses, sizeof(*a->hypothesis));
	a->group = cm_arena_array(arena, a->n_groups, sizeof(*a->group));
	a->item = cm_arena_array(arena, a->n_items + 1, sizeof(*a->item));
	if (a->hypothesis == NULL || a->group == NULL || a->item == NULL)
		return NULL;
	make_hypotheses(&m);
	make_groups(&m);
	for (size_t i = 0; i < a->n_items; i++)
		if (!make_item(&m, i))
			return NULL;
	return a;
}
