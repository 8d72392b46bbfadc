#include "assess/fixed.h"
#include "cli/assess_json.h"
#include "cli/assess_show.h"
#include "codec/json_write.h"

struct writing {
	struct cm_jsonw w;
	struct cm_assess_show *s;
	bool lost;
};

static const char *
name_of(const struct writing *j, size_t hypothesis)
{
	return j->s->f.a.hypothesis[hypothesis].name;
}

static void
put_hypothesis(struct cm_jsonw *w, const char *name, struct cm_posterior share)
{
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "name", name);
	cm_assess_json_range(w, share);
	cm_jsonw_object_end(w);
}

static void
put_views(struct writing *j, enum cm_layer layer)
{
	struct cm_jsonw *w = &j->w;

	cm_assess_json_array(w, "views");
	for (size_t i = 0; i < j->s->views.n; i++) {
		const struct cm_view_result *r = &j->s->views.result[i];

		if (r->layer != layer)
			continue;
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "view", cm_view_of_word(r->view));
		cm_jsonw_kstr(w, "to", r->to);
		cm_jsonw_kuint(w, "items", r->items);
		cm_jsonw_kstr(w, "top", name_of(j, r->hypothesis[r->top]));
		cm_assess_json_array(w, "hypotheses");
		for (size_t k = 0; k < r->n; k++)
			put_hypothesis(w, name_of(j, r->hypothesis[k]), r->share[k]);
		cm_jsonw_array_end(w);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_confidence(struct cm_jsonw *w, const struct cm_confidence *c)
{
	const char grade[] = { c->letter, c->digit, '\0' };

	cm_jsonw_key(w, "confidence");
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "level", cm_confidence_word(c->level));
	cm_jsonw_kuint(w, "groups", c->groups);
	cm_jsonw_kint(w, "checkable_milli", cm_confidence_share(c));
	cm_jsonw_kstr(w, "worst_grade", c->letter == 0 ? NULL : grade);
	cm_assess_json_array(w, "reasons");
	for (int i = 0; i < CM_CONFIDENCE_REASONS; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "allows", cm_confidence_word(c->allows[i]));
		cm_jsonw_kstr(w, "text", c->reason[i]);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_jsonw_object_end(w);
}

static void
put_left_out(struct writing *j, const struct cm_assess_shown *l)
{
	static const char *const what[] = { "item", "group", "party" };
	struct cm_jsonw *w = &j->w;

	cm_assess_json_array(w, "left_out");
	for (size_t i = 0; i < l->left.n; i++) {
		const struct cm_left *m = &l->left.left[i];

		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "what", what[m->what]);
		cm_jsonw_kstr(w, "name", m->name);
		cm_assess_json_share(w, "share", m->share);
		cm_jsonw_kint(w, "moves_millibans", cm_cost_millibans(m->moves));
		cm_jsonw_kstr(w, "top", name_of(j, l->hypothesis[m->top]));
		cm_jsonw_kbool(w, "flips", m->flips);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_set(struct writing *j, struct cm_assess_shown *l, const size_t *item, size_t n)
{
	size_t top = l->top;

	j->lost = cm_assess_without(j->s, l, item, n, &top) != CM_OK || j->lost;
	cm_jsonw_object(&j->w);
	cm_assess_json_array(&j->w, "items");
	for (size_t i = 0; i < n; i++)
		cm_jsonw_str(&j->w, j->s->f.a.item[item[i]].name);
	cm_jsonw_array_end(&j->w);
	cm_jsonw_kstr(&j->w, "top", name_of(j, l->hypothesis[top]));
	cm_jsonw_object_end(&j->w);
}

static void
put_flips(struct writing *j, struct cm_assess_shown *l)
{
	const struct cm_flips *f = &l->flips;

	cm_jsonw_key(&j->w, "flips");
	cm_jsonw_object(&j->w);
	cm_jsonw_kuint(&j->w, "size", f->size);
	cm_jsonw_kbool(&j->w, "exact", f->exact);
	cm_jsonw_kuint(&j->w, "none_up_to", f->below);
	cm_jsonw_kbool(&j->w, "more", f->more);
	cm_assess_json_array(&j->w, "sets");
	if (f->size > 0 && !f->exact && f->bound != NULL)
		put_set(j, l, f->bound, f->size);
	for (size_t i = 0; f->exact && i < f->n; i++)
		put_set(j, l, f->set[i].item, f->size);
	cm_jsonw_array_end(&j->w);
	cm_jsonw_object_end(&j->w);
}

static void
put_persuasion(struct writing *j, const struct cm_persuasion *p, const char *view, const char *to)
{
	struct cm_jsonw *w = &j->w;

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "view", view);
	cm_jsonw_kstr(w, "to", to);
	cm_jsonw_kstr(w, "hypothesis", name_of(j, p->hypothesis));
	cm_jsonw_kint(w, "gap_millibans", cm_cost_millibans(p->gap));
	cm_jsonw_kstr(w, "cheapest_half", p->best == CM_ASSESS_NONE ? NULL : j->s->f.a.item[p->more[p->best].item].name);
	cm_assess_json_array(w, "items");
	for (size_t i = 0; i < p->n; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", j->s->f.a.item[p->more[i].item].name);
		cm_jsonw_kint(w, "cost", j->s->f.a.item[p->more[i].item].cost);
		cm_jsonw_kint(w, "closes_millibans", cm_cost_millibans(p->more[i].closes));
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_jsonw_object_end(w);
}

static void
put_second(struct writing *j, const struct cm_assess_shown *l)
{
	struct cm_jsonw *w = &j->w;

	cm_assess_json_array(w, "inconsistency");
	for (size_t i = 0; i < l->n; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", name_of(j, l->hypothesis[i]));
		cm_jsonw_kint(w, "against_milli", l->ach.against[i]);
		cm_jsonw_key(w, "marks");
		cm_jsonw_object(w);
		for (size_t k = 0; k < l->ach.n_items; k++)
			cm_jsonw_kstr(w, j->s->f.a.item[l->ach.item[k]].name,
			    cm_ach_mark_word((enum cm_ach_mark)l->ach.mark[k * l->n + i]));
		cm_jsonw_object_end(w);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_layer(struct writing *j, struct cm_assess_shown *l)
{
	struct cm_jsonw *w = &j->w;

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "layer", cm_layer_word(l->layer));
	put_views(j, l->layer);
	cm_jsonw_key(w, "likelihood");
	put_hypothesis(w, name_of(j, l->hypothesis[l->top]), l->share[l->top]);
	put_confidence(w, &l->confidence);
	put_left_out(j, l);
	put_flips(j, l);
	cm_assess_json_array(w, "one_disclosure_more");
	put_persuasion(j, &l->persuade[0], "public", NULL);
	put_persuasion(j, &l->persuade[1], "shared", j->s->to);
	cm_jsonw_array_end(w);
	put_second(j, l);
	cm_assess_json_array(w, "look_for");
	for (size_t i = 0; i < l->n_look_for; i++)
		cm_jsonw_str(w, l->look_for[i]->id);
	cm_jsonw_array_end(w);
	if (l->tried) {
		cm_jsonw_kuint(w, "corners", l->corners);
		cm_jsonw_kbool(w, "corners_agree", l->same);
	}
	cm_jsonw_object_end(w);
}

static void
put_contradictions(struct writing *j)
{
	struct cm_jsonw *w = &j->w;

	cm_assess_json_array(w, "contradictions");
	for (size_t i = 0; i < j->s->n_contradictions; i++) {
		const struct cm_assess_contradiction *c = &j->s->contradiction[i];

		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "layer", cm_layer_word(j->s->f.a.hypothesis[c->hypothesis].layer));
		cm_jsonw_kstr(w, "hypothesis", name_of(j, c->hypothesis));
		cm_assess_json_share(w, "share", c->share);
		cm_jsonw_kstr(w, "needs_layer", cm_layer_word(j->s->f.a.hypothesis[c->needs].layer));
		cm_jsonw_kstr(w, "needs", name_of(j, c->needs));
		cm_assess_json_share(w, "needed", c->needed);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_again(struct writing *j)
{
	static const char *const word[] = { "same", "differs", "lacks" };
	struct cm_jsonw *w = &j->w;

	cm_assess_json_array(w, "claimed");
	for (size_t i = 0; i < j->s->n_again; i++) {
		const struct cm_assess_again *again = &j->s->again[i];

		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "layer", cm_layer_word(again->claimed->layer));
		cm_jsonw_kstr(w, "view", cm_view_of_word(again->claimed->view));
		cm_jsonw_kstr(w, "to", again->claimed->to);
		cm_jsonw_kuint(w, "items", again->claimed->items);
		cm_jsonw_kuint(w, "items_here", again->items);
		cm_jsonw_kstr(w, "is", word[again->is]);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

/* They are JSON already, a line each. */
static void
put_rows(struct writing *j)
{
	struct cm_assess_row_list list;
	struct cm_buf rows = { 0 };
	struct cm_span text;
	size_t last = 0;

	cm_assess_json_array(&j->w, "rows");
	j->lost = cm_assess_rows_write(&j->s->f.a, &j->s->views, &j->s->f.arena, &rows, &list) != CM_OK || j->lost;
	text = cm_buf_span(&rows);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '\n')
			continue;
		cm_buf_add_str(j->w.out, last == 0 ? "" : ", ");
		cm_buf_add_span(j->w.out, cm_span_part(text, last, i - last));
		last = i + 1;
	}
	cm_buf_release(&rows);
	cm_jsonw_array_end(&j->w);
}

enum cm_exit
cm_assess_show_json(const struct cm_context *ctx, struct cm_assess_show *s)
{
	struct cm_buf b = { 0 };
	struct writing j = { .w = cm_jsonw_of(&b, 0), .s = s };
	struct cm_jsonw *w = &j.w;

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "file", s->f.path);
	cm_jsonw_kstr(w, "title", s->f.a.title);
	cm_jsonw_kstr(w, "party", s->f.a.party);
	if (s->f.shown != NULL)
		cm_jsonw_kuint(w, "items_shut", s->f.shown->body->items - s->f.shown->items_open);
	cm_jsonw_kstr(w, "view", cm_view_of_word(s->view));
	cm_assess_json_array(w, "layers");
	for (size_t i = 0; i < s->n_shown; i++)
		if (s->shown[i].wanted)
			put_layer(&j, &s->shown[i]);
	cm_jsonw_array_end(w);
	put_contradictions(&j);
	if (s->f.is_rows)
		put_again(&j);
	cm_assess_json_array(w, "limits");
	for (size_t i = 0; cm_assess_limits[i] != NULL; i++)
		cm_jsonw_str(w, cm_assess_limits[i]);
	cm_jsonw_array_end(w);
	put_rows(&j);
	cm_jsonw_object_end(w);
	b.failed = b.failed || j.lost;
	return cm_cli_json(ctx, &b);
}
