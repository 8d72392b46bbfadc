#include "assess/brief.h"

#include <string.h>

#include "assess/fixed.h"

__extension__ typedef unsigned __int128 u128;

#define LIKELY (CM_ASSESS_ONE / 100 * 55)
#define CEILING_MOST INT64_C(1000000000000)

static CM_RESULT
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "no memory for the brief");
}

/* ---- what people wrote ---- */

size_t
cm_brief_count(const struct cm_assessment *a, enum cm_brief_field field)
{
	size_t n = 0;

	for (size_t i = 0; i < a->brief.n; i++)
		n += a->brief.line[i].field == field;
	return n;
}

const char *
cm_brief_line(const struct cm_assessment *a, enum cm_brief_field field, size_t k)
{
	for (size_t i = 0; i < a->brief.n; i++)
		if (a->brief.line[i].field == field && k-- == 0)
			return a->brief.line[i].text;
	return NULL;
}

bool
cm_brief_answered(const char *text)
{
	const char *at = strstr(text, "answered");

	return at != NULL && (at == text || at[-1] == ' ' || at[-1] == ',' || at[-1] == ';') &&
	    !(at - text >= 4 && memcmp(at - 4, "not ", 4) == 0);
}

bool
cm_brief_dated(const char *text)
{
	static const char form[] = "dddd-dd-dd";

	for (size_t i = 0; form[i] != '\0'; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	return true;
}

/* ---- who is named ---- */

static bool
is_named(const struct cm_hypothesis *h, const char *name)
{
	return strcmp(h->name, CM_ASSESS_OTHER) != 0 &&
	    (strcmp(h->name, name) == 0 || (h->actor != NULL && strcmp(h->actor, name) == 0));
}

static CM_RESULT
name_entity(struct cm_brief *b, const char *text, struct cm_arena *arena, struct cm_err *err)
{
	struct cm_brief_entity *e = &b->entity[b->n_entities++];
	size_t len = strcspn(text, " ,;:(");

	e->text = text;
	e->name = cm_arena_printf(arena, "%.*s", (int)(len > 4096 ? 4096 : len), text);
	e->is = cm_arena_array(arena, b->a->n_hypotheses + 1, sizeof(*e->is));
	if (e->name == NULL || e->is == NULL)
		return no_memory(err);
	for (size_t i = 0; i < b->a->n_hypotheses; i++) {
		const struct cm_hypothesis *h = &b->a->hypothesis[i];

		e->is[i] = is_named(cm_hypothesis_deceives(h) ? &b->a->hypothesis[h->by] : h, e->name);
		e->reached = e->reached || (e->is[i] && h->layer >= CM_LAYER_ORGANISATION);
		e->below = e->below || (e->is[i] && h->layer < CM_LAYER_ORGANISATION);
	}
	return CM_OK;
}

static CM_RESULT
name_entities(struct cm_brief *b, struct cm_arena *arena, struct cm_err *err)
{
	size_t n = cm_brief_count(b->a, CM_BRIEF_ENTITY);
	enum cm_result rc = CM_OK;

	b->entity = cm_arena_array(arena, n + 1, sizeof(*b->entity));
	b->stand = cm_arena_array(arena, n * CM_LAYERS + 1, sizeof(*b->stand));
	if (b->entity == NULL || b->stand == NULL)
		return no_memory(err);
	for (size_t i = 0; rc == CM_OK && i < n; i++)
		rc = name_entity(b, cm_brief_line(b->a, CM_BRIEF_ENTITY, i), arena, err);
	return rc;
}

/* ---- how they stand ---- */

static void
add(struct cm_posterior *sum, struct cm_posterior s)
{
	sum->lo += s.lo;
	sum->mid += s.mid;
	sum->hi = sum->hi + s.hi > CM_ASSESS_ONE ? CM_ASSESS_ONE : sum->hi + s.hi;
}

/* Somebody's middle, together with those in which he poses as another. */
static int64_t
together(const struct cm_brief *b, const struct cm_brief_layer *l, size_t base)
{
	int64_t sum = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->hypothesis[i] == base || b->a->hypothesis[l->hypothesis[i]].by == base)
			sum += l->share[i].mid;
	return sum;
}

/* At one layer; if the entity is not named there, nothing is added. */
static void
stand_at(struct cm_brief *b, const struct cm_brief_entity *e, size_t layer)
{
	const struct cm_brief_layer *l = &b->layer[layer];
	struct cm_brief_stand *s = &b->stand[b->n_stands];
	bool named = false;

	*s = (struct cm_brief_stand) { .entity = e, .layer = layer, .leads = true };
	for (size_t i = 0; i < l->n; i++) {
		if (!e->is[l->hypothesis[i]])
			continue;
		named = true;
		add(&s->share, l->share[i]);
		add(&s->open, l->open[i]);
	}
	for (size_t i = 0; i < l->n; i++)
		if (!e->is[l->hypothesis[i]] && !cm_hypothesis_deceives(&b->a->hypothesis[l->hypothesis[i]]) &&
		    together(b, l, l->hypothesis[i]) > s->share.mid)
			s->leads = false;
	s->likely = s->share.lo >= LIKELY;
	b->n_stands += named;
}

/* The likeliest hypothesis of the first entity that is named at the layer. */
static size_t
about_whom(const struct cm_brief *b, const struct cm_brief_layer *l)
{
	size_t best = CM_ASSESS_NONE;

	for (size_t k = 0; best == CM_ASSESS_NONE && k < b->n_entities; k++)
		for (size_t i = 0; i < l->n; i++)
			if (b->entity[k].is[l->hypothesis[i]] && (best == CM_ASSESS_NONE || l->share[i].mid > l->share[best].mid))
				best = i;
	return best == CM_ASSESS_NONE ? l->top : best;
}

/* ---- items ---- */

static void
weigh_items(const struct cm_brief *b, struct cm_brief_layer *l)
{
	for (size_t x = 0; x < b->a->n_items; x++) {
		enum cm_counting how = cm_weigh_counting(l->w, b->in, x);
		int64_t most = -1, least = INT64_MAX;

		if (how != CM_COUNTS_LIGHT && how != CM_COUNTS_WHOLE)
			continue;
		for (size_t i = 0; i < l->n; i++) {
			int64_t cost = cm_weigh_cell(l->w, x, i);

			if (cost < 0)
				continue;
			most = cost > most ? cost : most;
			least = cost < least ? cost : least;
		}
		if (most >= 0)
			l->weight[x] = cm_cost_weighted(most - least, how == CM_COUNTS_WHOLE ? CM_ASSESS_MILLION :
			    CM_ASSESS_MILLION - b->a->group[b->a->item[x].group_number].rho);
		l->total += l->weight[x];
	}
}

/* What each item does, by what leaving it out undoes. */
static CM_RESULT
leave_items(const struct cm_brief *b, struct cm_brief_layer *l, struct cm_arena *arena, struct cm_err *err)
{
	int64_t *all = cm_arena_array(arena, l->n, sizeof(*all)), *less = cm_arena_array(arena, l->n, sizeof(*less));
	int64_t odds;

	if (all == NULL || less == NULL)
		return no_memory(err);
	cm_weigh_costs(l->w, b->in, all);
	odds = cm_leave_odds(all, l->n, l->about);
	for (size_t x = 0; x < b->a->n_items; x++) {
		if (!b->in[x])
			continue;
		b->in[x] = false;
		cm_weigh_costs(l->w, b->in, less);
		b->in[x] = true;
		l->speaks[x] = odds - cm_leave_odds(less, l->n, l->about);
		for (size_t i = 0; i < l->n; i++)
			l->against[x * l->n + i] = (all[i] - all[l->about]) - (less[i] - less[l->about]);
	}
	return CM_OK;
}

int64_t
cm_brief_share(const struct cm_brief_layer *l, size_t item)
{
	return l->total == 0 ? 0 : (int64_t)((u128)(uint64_t)l->weight[item] * 1000 / (uint64_t)l->total);
}

int64_t
cm_brief_ceiling(const struct cm_assessment *a, size_t hypothesis, unsigned *classes)
{
	const struct cm_hypothesis *h = &a->hypothesis[hypothesis];
	u128 odds = (u128)(uint64_t)a->hypothesis[h->as].prior * 1000;

	*classes = 0;
	for (unsigned f = 0; f < CM_FORGE_CLASSES; f++) {
		if (a->class[f].c <= CM_CONFIDENCE_HARD)
			continue;
		odds = odds * CM_ASSESS_MILLION / (uint64_t)a->class[f].c;
		*classes |= 1u << f;
	}
	odds /= (uint64_t)h->prior;
	return odds > CEILING_MOST ? CEILING_MOST : (int64_t)odds;
}

/* ---- a layer ---- */

static CM_RESULT
make_room(const struct cm_brief *b, struct cm_brief_layer *l, struct cm_arena *arena, struct cm_err *err)
{
	size_t items = b->a->n_items + 1, *hypothesis;

	l->n = cm_weigh_n(l->w);
	l->hypothesis = hypothesis = cm_arena_array(arena, l->n, sizeof(*hypothesis));
	l->share = cm_arena_array(arena, l->n, sizeof(*l->share));
	l->open = cm_arena_array(arena, l->n, sizeof(*l->open));
	l->weight = cm_arena_array(arena, items, sizeof(*l->weight));
	l->speaks = cm_arena_array(arena, items, sizeof(*l->speaks));
	l->against = cm_arena_array(arena, items * l->n, sizeof(*l->against));
	if (hypothesis == NULL || l->share == NULL || l->open == NULL || l->weight == NULL || l->speaks == NULL || l->against == NULL)
		return no_memory(err);
	for (size_t i = 0; i < l->n; i++)
		hypothesis[i] = cm_weigh_hypothesis(l->w, i);
	return CM_OK;
}

static size_t
likeliest(const struct cm_posterior *share, size_t n)
{
	size_t top = 0;

	for (size_t i = 1; i < n; i++)
		if (share[i].mid > share[top].mid)
			top = i;
	return top;
}

static CM_RESULT
look_at(struct cm_brief *b, enum cm_layer layer, struct cm_arena *arena, struct cm_err *err)
{
	struct cm_brief_layer *l = &b->layer[b->n_layers++];
	struct cm_weigh_in in = { .a = b->a, .layer = layer };
	struct cm_weigh *open;
	enum cm_result rc = cm_weigh_new(&in, arena, &open, err);

	l->layer = layer;
	in.panel = cm_view_is_panel(b->view);
	if (rc == CM_OK)
		rc = cm_weigh_new(&in, arena, &l->w, err);
	if (rc == CM_OK && (b->work += cm_weigh_work(open) + cm_weigh_work(l->w)) > CM_ASSESS_WORK)
		rc = cm_err_set(err, CM_E_LIMIT, "too many deceivers whose sides have ranges: fewer of either, or points instead of ranges, can be "
		    "computed");
	if (rc == CM_OK)
		rc = make_room(b, l, arena, err);
	if (rc != CM_OK)
		return rc;
	cm_weigh_ranges(open, b->open, l->open);
	cm_weigh_ranges(l->w, b->in, l->share);
	l->top = likeliest(l->share, l->n);
	l->open_top = likeliest(l->open, l->n);
	l->about = about_whom(b, l);
	weigh_items(b, l);
	rc = leave_items(b, l, arena, err);
	if (rc == CM_OK)
		rc = cm_leave_each(l->w, b->in, arena, &l->left, err);
	if (rc == CM_OK)
		rc = cm_leave_flips(l->w, b->in, CM_FLIP_SIZE, arena, &l->flips, err);
	return rc == CM_OK ? cm_confidence_of(l->w, b->in, &l->flips, arena, &l->confidence, err) : rc;
}

enum cm_result
cm_brief_compute(const struct cm_assessment *a, enum cm_assess_view_of view, const char *to, struct cm_arena *arena,
    struct cm_brief *out, struct cm_err *err)
{
	enum cm_result rc;

	*out = (struct cm_brief) { .a = a, .view = view, .to = to };
	out->in = cm_arena_array(arena, a->n_items + 1, sizeof(*out->in));
	out->open = cm_arena_array(arena, a->n_items + 1, sizeof(*out->open));
	if (out->in == NULL || out->open == NULL)
		return no_memory(err);
	out->n_in = cm_view_fill(a, view, to, out->in);
	out->n_open = cm_view_fill(a, CM_OF_PUBLIC, NULL, out->open);
	rc = name_entities(out, arena, err);
	for (int k = 0; rc == CM_OK && k < CM_LAYERS; k++)
		if (cm_assess_has_layer(a, (enum cm_layer)k))
			rc = look_at(out, (enum cm_layer)k, arena, err);
	for (size_t e = 0; rc == CM_OK && e < out->n_entities; e++)
		for (size_t k = 0; k < out->n_layers; k++)
			stand_at(out, &out->entity[e], k);
	return rc;
}
