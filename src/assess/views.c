#include "assess/views.h"

#include <stdlib.h>
#include <string.h>

#include "assess/leave.h"

static const char *const words[] = { "public", "shared", "panel", "all" };

const char *
cm_view_of_word(enum cm_assess_view_of v)
{
	return words[v];
}

int
cm_view_of_find(const char *word)
{
	for (int v = 0; v < CM_VIEWS_OF; v++)
		if (strcmp(words[v], word) == 0)
			return v;
	return -1;
}

static bool
is_shown(const struct cm_assess_item *item, const char *to)
{
	for (size_t i = 0; i < item->n_shown; i++)
		if (to == NULL || strcmp(item->shown[i], to) == 0)
			return true;
	return false;
}

bool
cm_view_has(const struct cm_assess_item *item, enum cm_assess_view_of v, const char *to)
{
	switch (v) {
	case CM_OF_PUBLIC:
		return item->view == CM_VIEW_PUBLIC;
	case CM_OF_SHARED:
		return item->view == CM_VIEW_PUBLIC || (item->view == CM_VIEW_SHARED && is_shown(item, to));
	case CM_OF_PANEL:
		return item->view != CM_VIEW_OWN;
	default:
		return true;
	}
}

size_t
cm_view_fill(const struct cm_assessment *a, enum cm_assess_view_of v, const char *to, bool *in)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n_items; i++) {
		in[i] = cm_view_has(&a->item[i], v, to);
		n += in[i];
	}
	return n;
}

/* ---- all views of all layers ---- */

struct viewing {
	const struct cm_assessment *a;
	struct cm_arena *arena;
	struct cm_err *err;
	bool *in;
	const char **party; /* that something is shared with */
	size_t n_parties;
	struct cm_view_result *result;
	size_t n;
	uint64_t work;
};

static CM_RESULT
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "no memory for the views");
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static CM_RESULT
list_parties(struct viewing *v)
{
	size_t i, k, n = 0;

	for (i = 0; i < v->a->n_items; i++)
		n += v->a->item[i].n_shown;
	v->party = cm_arena_array(v->arena, n + 1, sizeof(*v->party));
	if (v->party == NULL)
		return no_memory(v->err);
	for (i = 0; i < v->a->n_items; i++)
		for (k = 0; k < v->a->item[i].n_shown; k++)
			v->party[v->n_parties++] = v->a->item[i].shown[k];
	qsort(v->party, v->n_parties, sizeof(*v->party), compare);
	for (i = k = 0; i < v->n_parties; i++)
		if (i == 0 || strcmp(v->party[i], v->party[k - 1]) != 0)
			v->party[k++] = v->party[i];
	v->n_parties = k;
	return k <= CM_ASSESS_PARTIES ? CM_OK :
	    cm_err_set(v->err, CM_E_LIMIT, "items are shown to %zu parties; at most %u are computed for", k, CM_ASSESS_PARTIES);
}

static CM_RESULT
add_result(struct viewing *v, struct cm_weigh *w, enum cm_assess_view_of view, const char *to)
{
	struct cm_view_result *r = &v->result[v->n];
	size_t n = cm_weigh_n(w), *hypothesis = cm_arena_array(v->arena, n, sizeof(*hypothesis));
	struct cm_posterior *share = cm_arena_array(v->arena, n, sizeof(*share));

	if (hypothesis == NULL || share == NULL)
		return no_memory(v->err);
	*r = (struct cm_view_result) { .view = view, .to = to, .n = n, .hypothesis = hypothesis, .share = share };
	r->items = cm_view_fill(v->a, view, to, v->in);
	cm_weigh_ranges(w, v->in, share);
	for (size_t i = 0; i < n; i++) {
		hypothesis[i] = cm_weigh_hypothesis(w, i);
		if (share[i].mid > share[r->top].mid)
			r->top = i;
	}
	r->layer = v->a->hypothesis[hypothesis[0]].layer;
	v->n++;
	return CM_OK;
}

static CM_RESULT
add_layer(struct viewing *v, enum cm_layer layer)
{
	struct cm_weigh_in in = { .a = v->a, .layer = layer };
	struct cm_weigh *bare, *panel;
	enum cm_result rc = cm_weigh_new(&in, v->arena, &bare, v->err);

	in.panel = true;
	if (rc == CM_OK)
		rc = cm_weigh_new(&in, v->arena, &panel, v->err);
	if (rc == CM_OK) {
		v->work += cm_weigh_work(bare) * (v->n_parties + 2) + 2 * cm_weigh_work(panel);
		if (v->work > CM_ASSESS_WORK)
			rc = cm_err_set(v->err, CM_E_LIMIT, "too many deceivers whose sides have ranges, and too many views: fewer of either, or points "
			    "instead of ranges, can be computed");
	}
	if (rc == CM_OK)
		rc = add_result(v, bare, CM_OF_PUBLIC, NULL);
	if (rc == CM_OK && v->n_parties == 0)
		rc = add_result(v, bare, CM_OF_SHARED, NULL);
	for (size_t i = 0; rc == CM_OK && i < v->n_parties; i++)
		rc = add_result(v, bare, CM_OF_SHARED, v->party[i]);
	if (rc == CM_OK)
		rc = add_result(v, panel, CM_OF_PANEL, NULL);
	return rc == CM_OK ? add_result(v, panel, CM_OF_ALL, NULL) : rc;
}

enum cm_result
cm_views_compute(const struct cm_assessment *a, struct cm_arena *arena, struct cm_views *out, struct cm_err *err)
{
	struct viewing v = { .a = a, .arena = arena, .err = err };
	enum cm_result rc = list_parties(&v);

	if (rc != CM_OK)
		return rc;
	if (v.n_parties > CM_ASSESS_RESULTS / CM_LAYERS - 4)
		return cm_err_set(err, CM_E_LIMIT, "items are shared with more than %zu parties", (size_t)(CM_ASSESS_RESULTS / CM_LAYERS - 4));
	v.in = cm_arena_array(arena, a->n_items + 1, sizeof(*v.in));
	v.result = cm_arena_array(arena, CM_LAYERS * (v.n_parties + 4), sizeof(*v.result));
	if (v.in == NULL || v.result == NULL)
		return no_memory(err);
	for (int layer = 0; rc == CM_OK && layer < CM_LAYERS; layer++)
		if (cm_assess_has_layer(a, (enum cm_layer)layer))
			rc = add_layer(&v, (enum cm_layer)layer);
	*out = (struct cm_views) { v.result, v.n };
	return rc;
}

const struct cm_view_result *
cm_views_find(const struct cm_views *v, enum cm_layer layer, enum cm_assess_view_of view, const char *to)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct cm_view_result *r = &v->result[i];

		if (r->layer == layer && r->view == view &&
		    (to == NULL || view != CM_OF_SHARED || (r->to != NULL && strcmp(r->to, to) == 0)))
			return r;
	}
	return NULL;
}

/* ---- one disclosure more ---- */


struct persuading {
	const struct cm_assessment *a;
	struct cm_weigh *view;
	bool *in;
	int64_t *cost;
	size_t top;
};

static int
compare_more(const void *x, const void *y)
{
	const struct cm_one_more *a = x, *b = y;

	if (a->closes != b->closes)
		return a->closes > b->closes ? -1 : 1;
	return a->item < b->item ? -1 : 1;
}

static int64_t
odds_in_view(struct persuading *p)
{
	cm_weigh_costs(p->view, p->in, p->cost);
	return cm_leave_odds(p->cost, cm_weigh_n(p->view), p->top);
}

static size_t
try_items(struct persuading *p, int64_t before, struct cm_one_more *more)
{
	size_t n = 0;

	for (size_t i = 0; i < p->a->n_items; i++) {
		if (p->in[i])
			continue;
		p->in[i] = true;
		more[n++] = (struct cm_one_more) { i, odds_in_view(p) - before };
		p->in[i] = false;
	}
	qsort(more, n, sizeof(*more), compare_more);
	return n;
}

static void
find_best(const struct cm_assessment *a, struct cm_persuasion *out)
{
	out->best = CM_ASSESS_NONE;
	for (size_t i = 0; i < out->n; i++) {
		if (out->gap <= 0 || out->more[i].closes < out->gap - out->more[i].closes)
			return;
		if (out->best == CM_ASSESS_NONE || a->item[out->more[i].item].cost < a->item[out->more[out->best].item].cost)
			out->best = i;
	}
}

enum cm_result
cm_views_persuade(const struct cm_assessment *a, enum cm_layer layer, enum cm_assess_view_of view, const char *to,
    struct cm_arena *arena, struct cm_persuasion *out, struct cm_err *err)
{
	struct cm_weigh_in in = { .a = a, .layer = layer, .panel = true };
	struct persuading p = { .a = a };
	struct cm_one_more *more = cm_arena_array(arena, a->n_items + 1, sizeof(*more));
	struct cm_weigh *all;
	enum cm_result rc = cm_weigh_new(&in, arena, &all, err);
	int64_t before;

	in.panel = cm_view_is_panel(view);
	if (rc == CM_OK)
		rc = cm_weigh_new(&in, arena, &p.view, err);
	if (rc != CM_OK)
		return rc;
	p.in = cm_arena_array(arena, a->n_items + 1, sizeof(*p.in));
	p.cost = cm_arena_array(arena, cm_weigh_n(all), sizeof(*p.cost));
	if (p.in == NULL || p.cost == NULL || more == NULL)
		return no_memory(err);
	(void)cm_view_fill(a, CM_OF_ALL, NULL, p.in);
	cm_weigh_costs(all, p.in, p.cost);
	p.top = cm_weigh_top(p.cost, cm_weigh_n(all));
	*out = (struct cm_persuasion) { .hypothesis = cm_weigh_hypothesis(all, p.top), .gap = cm_leave_odds(p.cost, cm_weigh_n(all), p.top) };
	(void)cm_view_fill(a, view, to, p.in);
	before = odds_in_view(&p);
	out->gap -= before;
	out->n = try_items(&p, before, more);
	out->more = more;
	find_best(a, out);
	return CM_OK;
}
