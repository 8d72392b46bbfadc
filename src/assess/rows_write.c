#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"

#include "assess/rows.h"

const char *const cm_assess_columns[] = { "kind", "layer", "name", "text", "because", "value", "admits", "actor", "sort", "degree",
	"needs", "type", "group", "rho", "rho_because", "forge", "cost", "form", "source", "by", "view", "shown", "to", "repeats", "derived", "report", "weightless",
	"rests", "background", "cells", NULL };

struct writing {
	const struct cm_assessment *a;
	struct cm_jsonw w;
	struct cm_buf *out;
	struct cm_assess_row_of *of;
	size_t n;
};

static void
begin(struct writing *s, const char *kind)
{
	s->w = cm_jsonw_of(s->out, 0);
	cm_jsonw_object(&s->w);
	cm_jsonw_kstr(&s->w, "kind", kind);
}

static void
end(struct writing *s, enum cm_assess_row kind, size_t number)
{
	cm_jsonw_object_end(&s->w);
	cm_buf_add_u8(s->out, '\n');
	s->of[s->n++] = (struct cm_assess_row_of) { kind, number };
}

static void
put_text(struct writing *s, const char *name, const char *text)
{
	if (text != NULL)
		cm_jsonw_kstr(&s->w, name, text);
}

static void
put_range(struct writing *s, const char *name, struct cm_assess_range r)
{
	if (r.hi == 0)
		return;
	cm_jsonw_key(&s->w, name);
	cm_jsonw_array(&s->w);
	cm_jsonw_int(&s->w, r.lo);
	cm_jsonw_int(&s->w, r.hi);
	cm_jsonw_array_end(&s->w);
}

static void
put_pair(struct writing *s, const char *name, const char *first, const char *second)
{
	cm_jsonw_key(&s->w, name);
	cm_jsonw_array(&s->w);
	cm_jsonw_str(&s->w, first);
	cm_jsonw_str(&s->w, second);
	cm_jsonw_array_end(&s->w);
}

/* ---- the frame ---- */

static void
put_frame(struct writing *s)
{
	const struct cm_assessment *a = s->a;
	char name[3] = "F0";

	begin(s, "assessment");
	cm_jsonw_kstr(&s->w, "name", a->title);
	put_text(s, "text", a->about);
	put_text(s, "by", a->party);
	cm_jsonw_kint(&s->w, "value", CM_ASSESS_VERSION);
	end(s, CM_ASSESS_ROW_FRAME, 0);
	for (int f = 0; f < CM_FORGE_CLASSES; f++) {
		name[1] = (char)('0' + f);
		begin(s, "class");
		cm_jsonw_kstr(&s->w, "name", name);
		put_text(s, "because", a->class[f].because);
		cm_jsonw_kint(&s->w, "value", a->class[f].c);
		put_range(s, "admits", a->class[f].admits);
		end(s, CM_ASSESS_ROW_FRAME, 0);
	}
}

static void
put_hypothesis(struct writing *s, const struct cm_hypothesis *h)
{
	begin(s, "hypothesis");
	cm_jsonw_kstr(&s->w, "layer", cm_layer_word(h->layer));
	cm_jsonw_kstr(&s->w, "name", h->name);
	put_text(s, "text", h->text);
	put_text(s, "because", h->because);
	cm_jsonw_kint(&s->w, "value", h->prior);
	put_range(s, "admits", h->admits);
	put_text(s, "actor", h->actor);
	put_text(s, "sort", h->kind == CM_ASSESS_KIND_NONE ? NULL : cm_assess_kind_word(h->kind));
	put_text(s, "degree", h->degree < 0 ? NULL : cm_assess_degree_word(h->degree));
	if (h->needs != CM_ASSESS_NONE)
		put_pair(s, "needs", cm_layer_word(s->a->hypothesis[h->needs].layer), s->a->hypothesis[h->needs].name);
	end(s, CM_ASSESS_ROW_FRAME, 0);
}

static void
put_without(struct writing *s, const struct cm_assess_without *p)
{
	begin(s, "without");
	cm_jsonw_kstr(&s->w, "layer", cm_layer_word(p->layer));
	put_text(s, "because", p->because);
	put_pair(s, "cells", s->a->hypothesis[p->by].name, s->a->hypothesis[p->as].name);
	end(s, CM_ASSESS_ROW_FRAME, 0);
}

/* ---- items ---- */

static void
put_coded(struct writing *s, const char *name, char letter, int number)
{
	char text[3] = { letter, (char)('0' + number), 0 };

	cm_jsonw_kstr(&s->w, name, text);
}

static void
put_forms(struct writing *s, uint8_t forms)
{
	char text[3] = "C1";

	cm_jsonw_key(&s->w, "form");
	cm_jsonw_array(&s->w);
	for (int i = 0; i < CM_CHECK_FORMS; i++) {
		if ((forms >> i & 1) == 0)
			continue;
		text[1] = (char)('1' + i);
		cm_jsonw_str(&s->w, text);
	}
	cm_jsonw_array_end(&s->w);
}

static void
put_shown(struct writing *s, const struct cm_assess_item *item)
{
	cm_jsonw_kstr(&s->w, "view", cm_assess_view_word(item->view));
	if (item->n_shown == 0)
		return;
	cm_jsonw_key(&s->w, "shown");
	cm_jsonw_array(&s->w);
	for (size_t i = 0; i < item->n_shown; i++)
		cm_jsonw_str(&s->w, item->shown[i]);
	cm_jsonw_array_end(&s->w);
}

static void
put_links(struct writing *s, size_t number)
{
	const struct cm_assess_item *item = &s->a->item[number];

	if (item->repeats != CM_ASSESS_NONE)
		cm_jsonw_kstr(&s->w, "repeats", s->a->item[cm_assess_original(s->a, number)].name);
	if (item->n_derived > 0) {
		cm_jsonw_key(&s->w, "derived");
		cm_jsonw_array(&s->w);
		for (size_t i = 0; i < item->n_derived; i++)
			cm_jsonw_str(&s->w, s->a->item[item->derived[i]].name);
		cm_jsonw_array_end(&s->w);
	}
	if (item->report)
		cm_jsonw_kbool(&s->w, "report", true);
	if (item->no_upstream)
		cm_jsonw_kbool(&s->w, "weightless", true);
	if (item->n_rests == 0)
		return; /* of rows in which it was shut */
	cm_jsonw_key(&s->w, "rests");
	cm_jsonw_array(&s->w);
	for (size_t i = 0; i < item->n_rests; i++) {
		cm_jsonw_array(&s->w);
		cm_jsonw_str(&s->w, cm_rests_on_word(item->rests[i].what));
		cm_jsonw_hex(&s->w, cm_span_of(item->rests[i].digest, 32));
		cm_jsonw_array_end(&s->w);
	}
	cm_jsonw_array_end(&s->w);
}

static void
put_cells(struct writing *s, const struct cm_assess_item *item)
{
	cm_jsonw_key(&s->w, "cells");
	cm_jsonw_array(&s->w);
	for (size_t h = 0; h < s->a->n_hypotheses; h++) {
		if (item->cell[h].p.hi == 0)
			continue;
		cm_jsonw_array(&s->w);
		cm_jsonw_str(&s->w, cm_layer_word(s->a->hypothesis[h].layer));
		cm_jsonw_str(&s->w, s->a->hypothesis[h].name);
		cm_jsonw_int(&s->w, item->cell[h].p.lo);
		cm_jsonw_int(&s->w, item->cell[h].p.hi);
		if (item->cell[h].because != NULL)
			cm_jsonw_str(&s->w, item->cell[h].because);
		cm_jsonw_array_end(&s->w);
	}
	cm_jsonw_array_end(&s->w);
}

static void
put_item(struct writing *s, size_t number)
{
	const struct cm_assess_item *item = &s->a->item[number];
	char source[3] = { item->letter, item->digit, 0 };

	begin(s, "item");
	cm_jsonw_kstr(&s->w, "name", item->name);
	put_text(s, "text", item->text);
	put_text(s, "because", item->because);
	cm_jsonw_kstr(&s->w, "type", item->type);
	cm_jsonw_kstr(&s->w, "group", item->group);
	cm_jsonw_kint(&s->w, "rho", s->a->group[item->group_number].rho);
	put_text(s, "rho_because", s->a->group[item->group_number].because);
	put_coded(s, "forge", 'F', item->forge);
	put_coded(s, "cost", 'D', item->cost);
	put_forms(s, item->forms);
	put_text(s, "source", item->letter == 0 ? NULL : source);
	put_text(s, "by", item->by);
	put_shown(s, item);
	put_links(s, number);
	if (item->background != 0)
		cm_jsonw_kint(&s->w, "background", item->background);
	put_cells(s, item);
	end(s, CM_ASSESS_ROW_ITEM, number);
}

/* ---- results ---- */

static void
put_result(struct writing *s, const struct cm_view_result *r, size_t number)
{
	begin(s, "result");
	cm_jsonw_kstr(&s->w, "layer", cm_layer_word(r->layer));
	cm_jsonw_kuint(&s->w, "value", r->items);
	cm_jsonw_kstr(&s->w, "view", cm_view_of_word(r->view));
	if (r->to != NULL)
		cm_jsonw_kstr(&s->w, "to", r->to);
	cm_jsonw_key(&s->w, "cells");
	cm_jsonw_array(&s->w);
	for (size_t i = 0; i < r->n; i++) {
		cm_jsonw_array(&s->w);
		cm_jsonw_str(&s->w, s->a->hypothesis[r->hypothesis[i]].name);
		cm_jsonw_int(&s->w, r->share[i].lo);
		cm_jsonw_int(&s->w, r->share[i].mid);
		cm_jsonw_int(&s->w, r->share[i].hi);
		cm_jsonw_array_end(&s->w);
	}
	cm_jsonw_array_end(&s->w);
	end(s, CM_ASSESS_ROW_RESULT, number);
}

enum cm_result
cm_assess_rows_write(const struct cm_assessment *a, const struct cm_views *results, struct cm_arena *arena,
    struct cm_buf *out, struct cm_assess_row_list *list)
{
	struct writing s = { .a = a, .out = out };
	size_t i, rows = 1 + CM_FORGE_CLASSES + a->n_hypotheses + a->n_without + a->n_items + results->n;

	s.of = cm_arena_array(arena, rows, sizeof(*s.of));
	if (s.of == NULL)
		return CM_E_NOMEM;
	put_frame(&s);
	for (i = 0; i < a->n_hypotheses; i++)
		put_hypothesis(&s, &a->hypothesis[i]);
	for (i = 0; i < a->n_without; i++)
		put_without(&s, &a->without[i]);
	for (i = 0; i < a->n_items; i++)
		put_item(&s, i);
	for (i = 0; i < results->n; i++)
		put_result(&s, &results->result[i], i);
	*list = (struct cm_assess_row_list) { s.of, s.n };
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}
