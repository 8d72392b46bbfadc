#include <inttypes.h>
#include <string.h>

#include "assess/rows_parts.h"

/* ---- the frame ---- */

static CM_RESULT
read_head(struct cm_row_reading *r, struct cm_json v)
{
	int64_t version;
	enum cm_result rc = cm_row_number_of(r, v, "value", 1, CM_JSON_INT_MAX, &version);

	if (rc == CM_OK && version != CM_ASSESS_VERSION)
		return cm_err_set(r->err, CM_E_UNSUPPORTED, "the assessment is of version %" PRId64 ", known here is %d", version, CM_ASSESS_VERSION);
	if (rc == CM_OK && r->a->title != NULL)
		return cm_row_refuse(r, "a second one of kind assessment");
	if (rc == CM_OK)
		rc = cm_row_text_of(r, v, "name", "", &r->a->title);
	if (rc == CM_OK)
		rc = cm_row_text_of(r, v, "text", NULL, &r->a->about);
	return rc == CM_OK ? cm_row_text_of(r, v, "by", NULL, &r->a->party) : rc;
}

static CM_RESULT
read_class(struct cm_row_reading *r, struct cm_json v)
{
	struct cm_assess_class *c;
	const char *name;
	int f = 0;
	enum cm_result rc = cm_row_text_of(r, v, "name", NULL, &name);

	if (rc == CM_OK)
		rc = cm_row_coded_of(r, name, 'F', '0', '4', &f);
	if (rc != CM_OK)
		return rc;
	if ((r->classes >> f & 1) != 0)
		return cm_row_refuse(r, "the same class a second time");
	c = &r->a->class[f];
	r->classes |= 1u << f;
	rc = cm_row_number_of(r, v, "value", 1, CM_ASSESS_MILLION - 1, &c->c);
	if (rc == CM_OK)
		rc = cm_row_range_of(r, v, "admits", CM_ASSESS_MILLION - 1, &c->admits);
	return rc == CM_OK ? cm_row_text_of(r, v, "because", NULL, &c->because) : rc;
}

/* "B>A" stands behind both of them. */
static CM_RESULT
find_sides(const struct cm_row_reading *r, struct cm_hypothesis *h)
{
	const char *mark = strchr(h->name, '>');
	char by[CM_ASSESS_NAME + 1];
	size_t len;

	h->by = h->as = CM_ASSESS_NONE;
	if (mark == NULL)
		return cm_assess_name_ok(cm_span_str(h->name)) ? CM_OK : cm_row_refuse(r, "`name' is not a name");
	len = (size_t)(mark - h->name);
	if (len > CM_ASSESS_NAME)
		return cm_row_refuse(r, "`name' is not a name");
	memcpy(by, h->name, len);
	by[len] = 0;
	h->by = cm_assess_find_hypothesis(r->a, h->layer, by);
	h->as = cm_assess_find_hypothesis(r->a, h->layer, mark + 1);
	if (h->by == CM_ASSESS_NONE || h->as == CM_ASSESS_NONE || h->by == h->as || cm_hypothesis_deceives(&r->a->hypothesis[h->by]) ||
	    cm_hypothesis_deceives(&r->a->hypothesis[h->as]) || strcmp(mark + 1, CM_ASSESS_OTHER) == 0)
		return cm_row_refuse(r, "a deceiver of which the two sides do not stand before it");
	return CM_OK;
}

static CM_RESULT
read_hypothesis(struct cm_row_reading *r, struct cm_json v)
{
	struct cm_hypothesis *h = &r->a->hypothesis[r->a->n_hypotheses];
	int kind = CM_ASSESS_KIND_NONE;
	enum cm_result rc;

	if (r->a->n_hypotheses == CM_ASSESS_HYPOTHESES)
		return cm_err_set(r->err, CM_E_LIMIT, "the assessment has more than %u hypotheses", CM_ASSESS_HYPOTHESES);
	*h = (struct cm_hypothesis) { .degree = -1, .needs = CM_ASSESS_NONE };
	rc = cm_row_layer_of(r, v, &h->layer);
	if (rc == CM_OK)
		rc = cm_row_text_of(r, v, "name", "", &h->name);
	if (rc == CM_OK && cm_assess_find_hypothesis(r->a, h->layer, h->name) != CM_ASSESS_NONE)
		rc = cm_row_refuse(r, "the same hypothesis a second time");
	if (rc == CM_OK)
		rc = find_sides(r, h);
	if (rc == CM_OK)
		rc = cm_row_text_of(r, v, "text", NULL, &h->text);
	if (rc == CM_OK)
		rc = cm_row_text_of(r, v, "because", NULL, &h->because);
	if (rc == CM_OK)
		rc = cm_row_text_of(r, v, "actor", NULL, &h->actor);
	if (rc == CM_OK)
		rc = cm_row_number_of(r, v, "value", 1, CM_ASSESS_ONE, &h->prior);
	if (rc == CM_OK)
		rc = cm_row_range_of(r, v, "admits", CM_ASSESS_ONE, &h->admits);
	if (rc == CM_OK)
		rc = cm_row_word_of(r, v, "sort", cm_assess_kind_find, &kind);
	if (rc == CM_OK)
		rc = cm_row_word_of(r, v, "degree", cm_assess_degree_find, &h->degree);
	h->kind = (enum cm_assess_kind)kind;
	r->a->n_hypotheses += rc == CM_OK;
	return rc;
}

static CM_RESULT
read_needs(struct cm_row_reading *r, struct cm_json v, struct cm_hypothesis *h)
{
	const char **pair;
	size_t n;
	enum cm_result rc = cm_row_texts_of(r, v, "needs", 2, &pair, &n);
	int layer;

	if (rc != CM_OK || n == 0)
		return rc;
	layer = n == 2 ? cm_layer_find(pair[0]) : -1;
	if (layer < 0 || (enum cm_layer)layer >= h->layer)
		return cm_row_refuse(r, "`needs' is not a hypothesis of a weaker layer");
	h->needs = cm_assess_find_hypothesis(r->a, (enum cm_layer)layer, pair[1]);
	return h->needs == CM_ASSESS_NONE ? cm_row_refuse(r, "`needs' names a hypothesis that is not there") : CM_OK;
}

static CM_RESULT
read_without(struct cm_row_reading *r, struct cm_json v)
{
	struct cm_assess_without *p = &r->a->without[r->a->n_without];
	const char **pair;
	size_t n;
	enum cm_result rc = cm_row_layer_of(r, v, &p->layer);

	if (rc == CM_OK)
		rc = cm_row_texts_of(r, v, "cells", 2, &pair, &n);
	if (rc == CM_OK)
		rc = cm_row_text_of(r, v, "because", NULL, &p->because);
	if (rc != CM_OK)
		return rc;
	p->by = n == 2 ? cm_assess_find_hypothesis(r->a, p->layer, pair[0]) : CM_ASSESS_NONE;
	p->as = n == 2 ? cm_assess_find_hypothesis(r->a, p->layer, pair[1]) : CM_ASSESS_NONE;
	if (p->by == CM_ASSESS_NONE || p->as == CM_ASSESS_NONE)
		return cm_row_refuse(r, "a pair of hypotheses that are not there");
	r->a->n_without++;
	return CM_OK;
}

/* ---- results ---- */

static CM_RESULT
read_share(struct cm_row_reading *r, struct cm_json v, const char **name, struct cm_posterior *share)
{
	struct cm_err why = { 0 };
	const char *text = "";
	enum cm_result rc;

	if (cm_json_len(v) != 4)
		return cm_row_refuse(r, "a result that is not a name and three numbers");
	rc = cm_json_str(cm_json_at(v, 0), "cells", &text, &why);
	if (rc == CM_OK)
		rc = cm_json_int(cm_json_at(v, 1), "cells", 0, CM_ASSESS_ONE, &share->lo, &why);
	if (rc == CM_OK)
		rc = cm_json_int(cm_json_at(v, 2), "cells", 0, CM_ASSESS_ONE, &share->mid, &why);
	if (rc == CM_OK)
		rc = cm_json_int(cm_json_at(v, 3), "cells", 0, CM_ASSESS_ONE, &share->hi, &why);
	return rc == CM_OK ? cm_row_keep(r, text, name) : cm_row_in_row(r, rc, &why);
}

static bool
is_of_same(const struct cm_assess_claimed *x, const struct cm_assess_claimed *y)
{
	if (x->layer != y->layer || x->view != y->view || (x->to == NULL) != (y->to == NULL))
		return false;
	return x->to == NULL || strcmp(x->to, y->to) == 0;
}

static CM_RESULT
read_result(struct cm_row_reading *r, struct cm_json v)
{
	struct cm_assess_claimed *c = &r->claimed[r->out->n_claimed];
	struct cm_err why = { 0 };
	struct cm_posterior *share;
	struct cm_json list;
	const char **name;
	int view = -1;
	int64_t items = 0;
	enum cm_result rc = cm_row_layer_of(r, v, &c->layer);

	if (rc == CM_OK)
		rc = cm_row_word_of(r, v, "view", cm_view_of_find, &view);
	if (rc == CM_OK && view < 0)
		rc = cm_row_refuse(r, "`view' is missing");
	if (rc == CM_OK)
		rc = cm_row_text_of(r, v, "to", NULL, &c->to);
	if (rc == CM_OK)
		rc = cm_row_number_of(r, v, "value", 0, CM_ASSESS_ITEMS, &items);
	if (rc == CM_OK)
		rc = cm_row_in_row(r, cm_json_get_list(v, "cells", &list, &why), &why);
	if (rc != CM_OK)
		return rc;
	if (cm_json_len(list) > CM_ASSESS_HYPOTHESES)
		return cm_row_refuse(r, "a result with too many hypotheses");
	c->view = (enum cm_assess_view_of)view;
	c->items = (uint64_t)items;
	c->name = name = cm_arena_array(r->arena, cm_json_len(list) + 1, sizeof(*name));
	c->share = share = cm_arena_array(r->arena, cm_json_len(list) + 1, sizeof(*share));
	if (name == NULL || share == NULL)
		return cm_row_no_memory(r);
	for (; rc == CM_OK && c->n < cm_json_len(list); c->n++)
		rc = read_share(r, cm_json_at(list, c->n), &name[c->n], &share[c->n]);
	for (size_t i = 0; rc == CM_OK && i < r->out->n_claimed; i++)
		if (is_of_same(c, &r->claimed[i]))
			rc = cm_row_refuse(r, "the same result a second time");
	r->out->n_claimed += rc == CM_OK;
	return rc;
}

/* ---- all rows ---- */

static CM_RESULT
read_row(struct cm_row_reading *r, struct cm_json v)
{
	static const struct {
		const char *kind;
		enum cm_result (*read)(struct cm_row_reading *r, struct cm_json v);
	} of[] = { { "assessment", read_head }, { "class", read_class }, { "hypothesis", read_hypothesis },
		{ "without", read_without }, { "item", cm_row_read_item }, { "result", read_result } };
	struct cm_err why = { 0 };
	const char *kind = "";
	enum cm_result rc;

	if (cm_json_type(v) != CM_JSON_OBJECT)
		return cm_row_refuse(r, "not an object");
	rc = cm_row_in_row(r, cm_json_get_str(v, "kind", &kind, &why), &why);
	for (size_t i = 0; rc == CM_OK && i < sizeof(of) / sizeof(of[0]); i++)
		if (strcmp(kind, of[i].kind) == 0)
			return of[i].read(r, v);
	return rc != CM_OK ? rc : cm_row_refuse(r, "`kind' is none that is known");
}

static size_t
count_kind(struct cm_json rows, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < cm_json_len(rows); i++) {
		const char *text;

		n += cm_json_type(cm_json_at(rows, i)) == CM_JSON_OBJECT && cm_json_get_str(cm_json_at(rows, i), "kind", &text, NULL) == CM_OK &&
		    strcmp(text, kind) == 0;
	}
	return n;
}

static CM_RESULT
make_room(struct cm_row_reading *r)
{
	size_t items = count_kind(r->rows, "item"), hypotheses = count_kind(r->rows, "hypothesis");

	if (items > CM_ASSESS_ITEMS)
		return cm_err_set(r->err, CM_E_LIMIT, "the assessment has more than %u items", CM_ASSESS_ITEMS);
	if (items * hypotheses > CM_ASSESS_CELLS)
		return cm_err_set(r->err, CM_E_LIMIT, "the assessment has more than %u numbers", CM_ASSESS_CELLS);
	if (count_kind(r->rows, "result") > CM_ASSESS_RESULTS)
		return cm_err_set(r->err, CM_E_LIMIT, "the assessment has more than %u results", CM_ASSESS_RESULTS);
	r->a->item = cm_arena_array(r->arena, items + 1, sizeof(*r->a->item));
	r->item_row = cm_arena_array(r->arena, items + 1, sizeof(*r->item_row));
	r->a->hypothesis = cm_arena_array(r->arena, CM_ASSESS_HYPOTHESES, sizeof(*r->a->hypothesis));
	r->a->group = cm_arena_array(r->arena, CM_ASSESS_GROUPS, sizeof(*r->a->group));
	r->a->without = cm_arena_array(r->arena, count_kind(r->rows, "without") + 1, sizeof(*r->a->without));
	r->claimed = cm_arena_array(r->arena, count_kind(r->rows, "result") + 1, sizeof(*r->claimed));
	return r->a->item != NULL && r->item_row != NULL && r->a->hypothesis != NULL && r->a->group != NULL &&
	    r->a->without != NULL && r->claimed != NULL ? CM_OK : cm_row_no_memory(r);
}

static CM_RESULT
check_layers(const struct cm_row_reading *r)
{
	for (size_t i = 0; i < r->a->n_hypotheses; i++) {
		enum cm_layer layer = r->a->hypothesis[i].layer;

		if (cm_assess_find_hypothesis(r->a, layer, CM_ASSESS_OTHER) == CM_ASSESS_NONE)
			return cm_err_set(r->err, CM_E_MALFORMED, "the assessment has no hypothesis `%s' at the layer %s", CM_ASSESS_OTHER,
			    cm_layer_word(layer));
		if (!cm_assess_is_prior_sum(cm_assess_prior_sum(r->a, layer)))
			return cm_err_set(r->err, CM_E_MALFORMED, "the priors of the layer %s do not sum to 1", cm_layer_word(layer));
	}
	return CM_OK;
}

/* What a hypothesis needs may stand behind it. */
static CM_RESULT
link_needs(struct cm_row_reading *r)
{
	size_t h = 0;
	enum cm_result rc = CM_OK;
	const char *kind;

	for (r->row = 0; rc == CM_OK && r->row < cm_json_len(r->rows); r->row++) {
		struct cm_json v = cm_json_at(r->rows, r->row);

		if (cm_json_get_str(v, "kind", &kind, NULL) == CM_OK && strcmp(kind, "hypothesis") == 0)
			rc = read_needs(r, v, &r->a->hypothesis[h++]);
	}
	return rc;
}

enum cm_result
cm_assess_rows_read(struct cm_json rows, struct cm_arena *arena, struct cm_assess_read *out, struct cm_err *err)
{
	struct cm_row_reading r = { .rows = rows, .arena = arena, .err = err, .out = out, .a = &out->a };
	enum cm_result rc;

	*out = (struct cm_assess_read) { 0 };
	rc = make_room(&r);
	for (; rc == CM_OK && r.row < cm_json_len(rows); r.row++)
		rc = read_row(&r, cm_json_at(rows, r.row));
	if (rc == CM_OK && (r.a->title == NULL || r.classes != (1u << CM_FORGE_CLASSES) - 1 || r.a->n_hypotheses == 0))
		rc = cm_err_set(err, CM_E_MALFORMED, "the assessment lacks its frame: title, five classes, hypotheses");
	if (rc == CM_OK)
		rc = check_layers(&r);
	if (rc == CM_OK)
		rc = link_needs(&r);
	if (rc == CM_OK)
		rc = cm_row_link_items(&r);
	out->claimed = r.claimed;
	out->item_row = r.item_row;
	return rc;
}

/* Lines become one list, so that there is one reader. */
enum cm_result
cm_assess_rows_parse(struct cm_span text, struct cm_arena *arena, struct cm_assess_read *out, struct cm_err *err)
{
	struct cm_json_doc doc = { 0 };
	struct cm_buf list = { 0 };
	enum cm_result rc;

	cm_buf_add_str(&list, "[");
	/* the last line need not end */
	for (size_t i = 0, last = 0; i <= text.len; i++) {
		if (i < text.len ? text.ptr[i] != '\n' : last == text.len)
			continue;
		cm_buf_add_str(&list, last == 0 ? "" : ",");
		cm_buf_add_span(&list, cm_span_part(text, last, i - last));
		last = i + 1;
	}
	cm_buf_add_str(&list, "]");
	rc = cm_buf_ok(&list) ? cm_json_parse(cm_buf_span(&list), &doc, err) : cm_err_set(err, CM_E_NOMEM, "no memory for the assessment");
	if (rc == CM_OK)
		rc = cm_assess_rows_read(cm_json_root(&doc), arena, out, err);
	cm_json_release(&doc);
	cm_buf_release(&list);
	return rc;
}
