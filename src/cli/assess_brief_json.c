#include <string.h>

#include "assess/fixed.h"
#include "base/build.h"
#include "base/hex.h"
#include "cli/assess_brief.h"
#include "cli/assess_json.h"
#include "cli/assess_show.h"
#include "codec/json_write.h"

struct writing {
	struct cm_jsonw w;
	const struct cm_assess_brief_job *job;
	const struct cm_brief *b;
	const struct cm_assessment *a;
};

static void
put_share(struct cm_jsonw *w, const char *name, struct cm_posterior s)
{
	cm_jsonw_key(w, name);
	cm_jsonw_object(w);
	cm_assess_json_range(w, s);
	cm_jsonw_object_end(w);
}

static void
put_lines(struct writing *j, enum cm_brief_field field)
{
	cm_assess_json_array(&j->w, cm_brief_field_word(field));
	for (size_t i = 0, n = cm_brief_count(j->a, field); i < n; i++)
		cm_jsonw_str(&j->w, cm_brief_line(j->a, field, i));
	cm_jsonw_array_end(&j->w);
}

static void
put_entities(struct writing *j)
{
	struct cm_jsonw *w = &j->w;

	cm_assess_json_array(w, "who");
	for (size_t i = 0; i < j->b->n_entities; i++) {
		const struct cm_brief_entity *e = &j->b->entity[i];

		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", e->name);
		cm_jsonw_kbool(w, "reached", e->reached);
		cm_assess_json_array(w, "layers");
		for (size_t k = 0; k < j->b->n_stands; k++) {
			const struct cm_brief_stand *s = &j->b->stand[k];

			if (s->entity != e)
				continue;
			cm_jsonw_object(w);
			cm_jsonw_kstr(w, "layer", cm_layer_word(j->b->layer[s->layer].layer));
			put_share(w, "share", s->share);
			put_share(w, "public_share", s->open);
			cm_jsonw_kbool(w, "leads", s->leads);
			cm_jsonw_kbool(w, "at_least_likely", s->likely);
			cm_jsonw_object_end(w);
		}
		cm_jsonw_array_end(w);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_hypothesis(struct writing *j, const struct cm_brief_layer *l, size_t i)
{
	const struct cm_hypothesis *h = &j->a->hypothesis[l->hypothesis[i]];
	struct cm_jsonw *w = &j->w;
	unsigned classes;

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "name", h->name);
	cm_jsonw_kstr(w, "text", h->text);
	cm_jsonw_kstr(w, "degree", h->degree < 0 ? NULL : cm_assess_degree_word(h->degree));
	put_share(w, "share", l->share[i]);
	put_share(w, "public_share", l->open[i]);
	if (cm_hypothesis_deceives(h))
		cm_jsonw_kint(w, "cheap_ceiling_milli", cm_brief_ceiling(j->a, l->hypothesis[i], &classes));
	cm_jsonw_key(w, "against_millibans");
	cm_jsonw_object(w);
	for (size_t x = 0; x < j->a->n_items; x++)
		if (j->b->in[x] && l->against[x * l->n + i] != 0)
			cm_jsonw_kint(w, j->a->item[x].name, cm_cost_millibans(l->against[x * l->n + i]));
	cm_jsonw_object_end(w);
	cm_jsonw_object_end(w);
}

static void
put_set(struct writing *j, const size_t *item, size_t n)
{
	cm_jsonw_array(&j->w);
	for (size_t i = 0; i < n; i++)
		cm_jsonw_str(&j->w, j->a->item[item[i]].name);
	cm_jsonw_array_end(&j->w);
}

static void
put_carriers(struct writing *j, const struct cm_brief_layer *l)
{
	struct cm_jsonw *w = &j->w;

	cm_assess_json_array(w, "decide_alone");
	for (size_t i = 0; i < l->left.n; i++) {
		const struct cm_left *m = &l->left.left[i];

		if (!m->flips || m->what == CM_LEFT_GROUP)
			continue;
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "what", m->what == CM_LEFT_ITEM ? "item" : "party");
		cm_jsonw_kstr(w, "name", m->name);
		cm_jsonw_kstr(w, "leads_then", j->a->hypothesis[l->hypothesis[m->top]].name);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_jsonw_kbool(w, "flips_exact", l->flips.exact);
	cm_assess_json_array(w, "flips");
	if (!l->flips.exact && l->flips.size > 0 && l->flips.bound != NULL)
		put_set(j, l->flips.bound, l->flips.size);
	for (size_t i = 0; l->flips.exact && i < l->flips.n; i++)
		put_set(j, l->flips.set[i].item, l->flips.size);
	cm_jsonw_array_end(w);
}

static void
put_layers(struct writing *j)
{
	struct cm_jsonw *w = &j->w;

	cm_assess_json_array(w, "layers");
	for (size_t k = 0; k < j->b->n_layers; k++) {
		const struct cm_brief_layer *l = &j->b->layer[k];

		if (!cm_brief_looks(j->b, l))
			continue;
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "layer", cm_layer_word(l->layer));
		cm_jsonw_kstr(w, "leads", j->a->hypothesis[l->hypothesis[l->top]].name);
		cm_jsonw_kstr(w, "leads_public", j->a->hypothesis[l->hypothesis[l->open_top]].name);
		cm_jsonw_kstr(w, "about", j->a->hypothesis[l->hypothesis[l->about]].name);
		cm_jsonw_kstr(w, "confidence", cm_confidence_word(l->confidence.level));
		cm_assess_json_array(w, "hypotheses");
		for (size_t i = 0; i < l->n; i++)
			put_hypothesis(j, l, i);
		cm_jsonw_array_end(w);
		put_carriers(j, l);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_rests(struct cm_jsonw *w, const struct cm_assess_item *x)
{
	cm_assess_json_array(w, "rests");
	for (size_t i = 0; i < x->n_rests; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "what", cm_rests_on_word(x->rests[i].what));
		cm_jsonw_khex(w, "digest", cm_span_of(x->rests[i].digest, 32));
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_item(struct writing *j, size_t i)
{
	const struct cm_assess_item *x = &j->a->item[i];
	const char grade[] = { x->letter, x->digit, '\0' };
	struct cm_jsonw *w = &j->w;

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "name", x->name);
	cm_jsonw_kstr(w, "text", x->text);
	cm_jsonw_kstr(w, "type", x->type);
	cm_jsonw_kint(w, "forge", x->forge);
	cm_jsonw_kint(w, "plantability_millionths", j->a->class[x->forge].c);
	cm_assess_json_array(w, "forms");
	for (int k = 0; k < CM_CHECK_FORMS; k++)
		if (x->forms >> k & 1)
			cm_jsonw_int(w, k + 1);
	cm_jsonw_array_end(w);
	cm_jsonw_kstr(w, "grade", x->letter == 0 ? NULL : grade);
	cm_jsonw_kstr(w, "by", x->by);
	cm_jsonw_kstr(w, "view", cm_assess_view_word(x->view));
	cm_jsonw_kint(w, "cost", x->cost);
	put_rests(w, x);
	cm_jsonw_key(w, "weight_milli");
	cm_jsonw_object(w);
	for (size_t k = 0; k < j->b->n_layers; k++)
		if (cm_weigh_counting(j->b->layer[k].w, j->b->in, i) != CM_COUNTS_NOT)
			cm_jsonw_kint(w, cm_layer_word(j->b->layer[k].layer), cm_brief_share(&j->b->layer[k], i));
	cm_jsonw_object_end(w);
	cm_jsonw_object_end(w);
}

static void
put_points(struct writing *j)
{
	struct cm_jsonw *w = &j->w;

	cm_assess_json_array(w, "questions");
	for (size_t i = 0; i < j->job->n_points; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "question", j->job->point[i].question);
		cm_jsonw_kbool(w, "open", j->job->point[i].open);
		cm_jsonw_kstr(w, "answer", j->job->point[i].answer);
		cm_jsonw_kstr(w, "sections", j->job->point[i].see);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_all(struct writing *j)
{
	struct cm_jsonw *w = &j->w;

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "for", "sanctions");
	cm_jsonw_kstr(w, "file", j->job->name);
	cm_jsonw_kstr(w, "sha256", j->job->digest);
	cm_jsonw_kstr(w, "version", cm_build_version());
	cm_jsonw_kstr(w, "title", j->a->title);
	cm_jsonw_kstr(w, "party", j->a->party);
	cm_jsonw_kstr(w, "view", cm_view_of_word(j->b->view));
	cm_jsonw_kstr(w, "to", j->b->to);
	cm_jsonw_kuint(w, "items", j->b->n_in);
	cm_jsonw_kuint(w, "left_out", j->a->n_items - j->b->n_in);
	cm_jsonw_kbool(w, "carried", j->job->carried);
	cm_jsonw_kuint(w, "open", j->job->n_open);
	put_entities(j);
	for (int k = 0; k < CM_BRIEF_FIELDS; k++)
		put_lines(j, (enum cm_brief_field)k);
	put_layers(j);
	cm_assess_json_array(w, "evidence");
	for (size_t i = 0; i < j->a->n_items; i++)
		if (j->b->in[i])
			put_item(j, i);
	cm_jsonw_array_end(w);
	put_points(j);
	cm_assess_json_array(w, "limits");
	for (size_t i = 0; cm_assess_limits[i] != NULL; i++)
		cm_jsonw_str(w, cm_assess_limits[i]);
	cm_jsonw_array_end(w);
	cm_jsonw_object_end(w);
}

enum cm_result
cm_brief_json(struct cm_assess_brief_job *job, FILE *f, struct cm_err *err)
{
	struct cm_buf b = { 0 };
	struct writing j = { .w = cm_jsonw_of(&b, 0), .job = job, .b = &job->brief, .a = &job->f.a };
	bool ok;

	put_all(&j);
	cm_buf_add_str(&b, "\n");
	ok = cm_buf_ok(&b);
	if (ok)
		fwrite(b.ptr, 1, b.len, f);
	cm_buf_release(&b);
	return ok ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}
