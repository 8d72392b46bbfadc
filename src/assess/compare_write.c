/* The comparison as JSON. */
#include "assess/compare.h"

struct writing {
	const struct cm_assess_compared *c;
	struct cm_jsonw *w;
};

static void
put_name(const struct writing *s, const char *key, size_t hypothesis)
{
	cm_jsonw_kstr(s->w, key, hypothesis == CM_ASSESS_NONE ? NULL : s->c->hypothesis[hypothesis].name);
}

static void
put_side(const struct writing *s, const char *key, const struct cm_assessment *a, size_t top, size_t shared_top)
{
	cm_jsonw_key(s->w, key);
	cm_jsonw_object(s->w);
	cm_jsonw_kstr(s->w, "party", a->party);
	cm_jsonw_kstr(s->w, "title", a->title);
	put_name(s, "top", top);
	put_name(s, "shared_top", shared_top);
	cm_jsonw_object_end(s->w);
}

/* ---- hypotheses ---- */

static void
put_share(const struct writing *s, const char *key, bool has, struct cm_posterior share)
{
	cm_jsonw_key(s->w, key);
	if (!has) {
		cm_jsonw_null(s->w);
		return;
	}
	cm_jsonw_array(s->w);
	cm_jsonw_int(s->w, share.lo);
	cm_jsonw_int(s->w, share.mid);
	cm_jsonw_int(s->w, share.hi);
	cm_jsonw_array_end(s->w);
}

static void
put_hypotheses(const struct writing *s)
{
	cm_jsonw_key(s->w, "hypotheses");
	cm_jsonw_array(s->w);
	for (size_t i = 0; i < s->c->n_hypotheses; i++) {
		const struct cm_assess_compared_hypothesis *h = &s->c->hypothesis[i];

		cm_jsonw_object(s->w);
		cm_jsonw_kstr(s->w, "name", h->name);
		put_share(s, "a", h->a != CM_ASSESS_NONE, h->of_a);
		put_share(s, "b", h->b != CM_ASSESS_NONE, h->of_b);
		cm_jsonw_object_end(s->w);
	}
	cm_jsonw_array_end(s->w);
}

static void
put_lone(const struct writing *s, const char *key, bool of_a)
{
	cm_jsonw_key(s->w, key);
	cm_jsonw_array(s->w);
	for (size_t i = 0; i < s->c->n_hypotheses; i++)
		if ((of_a ? s->c->hypothesis[i].b : s->c->hypothesis[i].a) == CM_ASSESS_NONE)
			cm_jsonw_str(s->w, s->c->hypothesis[i].name);
	cm_jsonw_array_end(s->w);
}

/* ---- the difference ---- */

static void
put_odds(const struct writing *s)
{
	cm_jsonw_key(s->w, "odds");
	cm_jsonw_object(s->w);
	put_name(s, "for", s->c->odds_for);
	put_name(s, "against", s->c->odds_against);
	cm_jsonw_kint(s->w, "a", s->c->odds_a);
	cm_jsonw_kint(s->w, "b", s->c->odds_b);
	cm_jsonw_kint(s->w, "difference", s->c->odds_b - s->c->odds_a);
	cm_jsonw_object_end(s->w);
}

static void
put_part(const struct writing *s, const struct cm_assess_compared_part *p)
{
	cm_jsonw_object(s->w);
	cm_jsonw_kstr(s->w, "what", cm_assess_compared_what_word(p->what));
	if (p->name != NULL)
		cm_jsonw_kstr(s->w, "group", p->name);
	cm_jsonw_kint(s->w, "value", p->value);
	if (s->c->sampled)
		cm_jsonw_kint(s->w, "error", p->error);
	cm_jsonw_object_end(s->w);
}

static void
put_parts(const struct writing *s)
{
	cm_jsonw_key(s->w, "crux");
	if (s->c->crux == CM_ASSESS_NONE)
		cm_jsonw_null(s->w);
	else
		put_part(s, &s->c->part[s->c->crux]);
	cm_jsonw_key(s->w, "parts");
	cm_jsonw_array(s->w);
	for (size_t i = 0; i < s->c->n_parts; i++)
		put_part(s, &s->c->part[i]);
	cm_jsonw_array_end(s->w);
	cm_jsonw_key(s->w, "sample");
	if (!s->c->sampled) {
		cm_jsonw_null(s->w);
		return;
	}
	cm_jsonw_object(s->w);
	cm_jsonw_kuint(s->w, "seed", s->c->in.seed);
	cm_jsonw_kuint(s->w, "permutations", s->c->permutations);
	cm_jsonw_object_end(s->w);
}

/* ---- items ---- */

static void
put_item_name(const struct writing *s, const char *key, const struct cm_assessment *a, size_t item)
{
	cm_jsonw_kstr(s->w, key, item == CM_ASSESS_NONE ? NULL : a->item[item].name);
}

static void
put_number(const struct writing *s, const char *key, bool has, int64_t number)
{
	cm_jsonw_key(s->w, key);
	if (has)
		cm_jsonw_int(s->w, number);
	else
		cm_jsonw_null(s->w);
}

static void
put_item(const struct writing *s, const struct cm_assess_compared_item *x)
{
	bool both = x->speaks_a && x->speaks_b;

	cm_jsonw_object(s->w);
	put_item_name(s, "a", s->c->in.a, x->a);
	put_item_name(s, "b", s->c->in.b, x->b);
	cm_jsonw_kstr(s->w, "by", cm_assess_compared_by_word(x->by));
	cm_jsonw_kstr(s->w, "group", x->group);
	put_number(s, "lr_a", x->speaks_a, x->lr_a);
	put_number(s, "lr_b", x->speaks_b, x->lr_b);
	put_number(s, "differs", both, x->differs);
	cm_jsonw_kbool(s->w, "agreed", x->agreed);
	cm_jsonw_object_end(s->w);
}

static void
put_items(const struct writing *s)
{
	cm_jsonw_key(s->w, "items");
	cm_jsonw_object(s->w);
	put_name(s, "for", s->c->odds_for);
	put_name(s, "against", s->c->items_against);
	cm_jsonw_kuint(s->w, "agreed", s->c->agreed);
	cm_jsonw_kuint(s->w, "disagreed", s->c->disagreed);
	cm_jsonw_kuint(s->w, "only_a", s->c->only_a);
	cm_jsonw_kuint(s->w, "only_b", s->c->only_b);
	cm_jsonw_key(s->w, "list");
	cm_jsonw_array(s->w);
	for (size_t i = 0; i < s->c->n_items; i++)
		put_item(s, &s->c->item[i]);
	cm_jsonw_array_end(s->w);
	cm_jsonw_object_end(s->w);
}

/* ---- what would reconcile them ---- */

static void
put_swaps(const struct writing *s)
{
	static const char *const name[] = { "priors", "plantability", "both" };

	cm_jsonw_key(s->w, "swaps");
	cm_jsonw_object(s->w);
	for (int i = 0; i < 3; i++) {
		const struct cm_assess_compared_swap *x = &s->c->swap[i];

		cm_jsonw_key(s->w, name[i]);
		cm_jsonw_object(s->w);
		put_name(s, "a_comes_to", x->top_a);
		cm_jsonw_kbool(s->w, "a_reaches_b", x->reaches_a);
		put_name(s, "b_comes_to", x->top_b);
		cm_jsonw_kbool(s->w, "b_reaches_a", x->reaches_b);
		cm_jsonw_object_end(s->w);
	}
	cm_jsonw_object_end(s->w);
}

static void
put_witness(const struct writing *s)
{
	const struct cm_assess_compared_common *m = &s->c->common;
	char class[] = "F0";

	cm_jsonw_key(s->w, "witness");
	if (!m->found) {
		cm_jsonw_null(s->w);
		return;
	}
	cm_jsonw_object(s->w);
	put_name(s, "top", m->top);
	cm_jsonw_key(s->w, "priors");
	cm_jsonw_object(s->w);
	for (size_t i = 0; i < s->c->n_shared; i++)
		cm_jsonw_kint(s->w, s->c->hypothesis[s->c->shared[i]].name, m->prior[i]);
	cm_jsonw_object_end(s->w);
	cm_jsonw_key(s->w, "c");
	cm_jsonw_object(s->w);
	for (int f = 0; f < CM_FORGE_CLASSES; f++) {
		class[1] = (char)('0' + f);
		if (m->c[f] != 0)
			cm_jsonw_kint(s->w, class, m->c[f]);
	}
	cm_jsonw_object_end(s->w);
	cm_jsonw_object_end(s->w);
}

static void
put_common(const struct writing *s)
{
	const struct cm_assess_compared_common *m = &s->c->common;

	cm_jsonw_key(s->w, "common");
	cm_jsonw_object(s->w);
	cm_jsonw_kbool(s->w, "found", m->found);
	cm_jsonw_kuint(s->w, "points", m->points);
	cm_jsonw_kbool(s->w, "exact", m->exact);
	cm_jsonw_key(s->w, "tops");
	cm_jsonw_array(s->w);
	for (size_t i = 0; i < s->c->n_hypotheses; i++)
		if (m->agree[i])
			cm_jsonw_str(s->w, s->c->hypothesis[i].name);
	cm_jsonw_array_end(s->w);
	put_witness(s);
	cm_jsonw_object_end(s->w);
}

void
cm_assess_compare_write(const struct cm_assess_compared *c, struct cm_jsonw *w)
{
	struct writing s = { c, w };

	cm_jsonw_object(w);
	cm_jsonw_kint(w, "compare", CM_ASSESS_COMPARE_VERSION);
	cm_jsonw_kstr(w, "layer", cm_layer_word(c->in.layer));
	cm_jsonw_kstr(w, "view", cm_view_of_word(c->in.view));
	if (c->in.to != NULL)
		cm_jsonw_kstr(w, "to", c->in.to);
	put_side(&s, "a", c->in.a, c->top_a, c->shared_top_a);
	put_side(&s, "b", c->in.b, c->top_b, c->shared_top_b);
	put_hypotheses(&s);
	put_lone(&s, "only_a", true);
	put_lone(&s, "only_b", false);
	put_odds(&s);
	put_parts(&s);
	put_items(&s);
	put_swaps(&s);
	put_common(&s);
	cm_jsonw_object_end(w);
}
