/* The items as a list: what each is, of whom, how easily planted, what it rests on. */
#include <inttypes.h>

#include "dossier/assess_parts.h"
#include "dossier/html.h"

enum { RESTS = 3, NAMES = 8 };

static const char *const marks[] = { NULL, "redone here, with the same outcome", "the statement is in this dossier, and was not redone here",
	"stays shut: the statement is not in this dossier", "claimed only: nothing here bears it out" };

static void
put_rests(struct cm_buf *out, const struct cm_assess_item *i)
{
	cm_buf_add_str(out, "; rests on ");
	for (size_t k = 0; k < i->n_rests && k < RESTS; k++) {
		cm_buf_printf(out, "%s%s <code class=\"key\">", k == 0 ? "" : ", ", cm_rests_on_word(i->rests[k].what));
		cm_buf_add_hex(out, cm_span_of(i->rests[k].digest, 8));
		cm_buf_add_str(out, "</code>");
	}
	if (i->n_rests > RESTS)
		cm_buf_printf(out, " and %zu more", i->n_rests - RESTS);
	if (i->n_rests == 0)
		cm_buf_add_str(out, "nothing that is open here");
}

static void
put_named(struct cm_buf *out, const char *before, const char *name)
{
	cm_buf_add_str(out, before);
	cm_buf_add_str(out, "<span class=\"nm\">");
	cm_html_text(out, name);
	cm_buf_add_str(out, "</span>");
}

static void
put_upstream(struct cm_buf *out, const struct cm_assessment *a, const struct cm_assess_item *i)
{
	if (i->repeats != CM_ASSESS_NONE)
		put_named(out, "; a copy of ", a->item[i->repeats].name);
	for (size_t k = 0; k < i->n_derived && k < NAMES; k++)
		put_named(out, k == 0 ? "; derived from " : ", ", a->item[i->derived[k]].name);
	if (i->n_derived > NAMES)
		cm_buf_printf(out, " and %zu more", i->n_derived - NAMES);
	if (i->no_upstream)
		cm_buf_add_str(out, "; <strong>names nothing that it rests on: no weight</strong>");
}

static void
put_view(struct cm_buf *out, const struct cm_assess_item *i)
{
	cm_buf_printf(out, "%s", cm_assess_view_word(i->view));
	for (size_t k = 0; k < i->n_shown && k < NAMES; k++)
		put_named(out, k == 0 ? " with " : ", ", i->shown[k]);
	if (i->n_shown > NAMES)
		cm_buf_printf(out, " and %zu more", i->n_shown - NAMES);
}

static void
put_type(const struct cm_assess_picture *s, const struct cm_assess_item *i, struct cm_buf *out)
{
	const struct cm_evidence_type *t = s->registry == NULL ? NULL : cm_registry_find(s->registry, i->type);

	cm_html_text(out, i->type);
	if (t != NULL) {
		cm_buf_add_str(out, ", ");
		cm_html_text(out, t->name);
	}
	put_named(out, "; group ", i->group);
}

static void
put_item(const struct cm_assess_picture *s, size_t number, struct cm_buf *out)
{
	const struct cm_assess_item *i = &s->a->item[number];

	cm_buf_printf(out, "<tr id=\"a%zu-item-%zu\"><th scope=\"row\">", s->number, number + 1);
	cm_assess_put_name(out, i->name);
	cm_buf_add_str(out, "<small>");
	if (i->by != NULL)
		put_named(out, "of ", i->by);
	cm_buf_add_str(out, "</small></th><td>");
	cm_html_text(out, i->text);
	cm_buf_add_str(out, "<small>");
	put_type(s, i, out);
	put_rests(out, i);
	put_upstream(out, s->a, i);
	if (i->because != NULL) {
		cm_buf_add_str(out, ". Why these numbers: ");
		cm_html_text(out, i->because);
	}
	cm_buf_add_str(out, "</small>");
	if (s->mark != NULL && s->mark[number] != CM_MARK_NONE)
		cm_buf_printf(out, "<small class=\"k%d\">%s</small>", (int)s->mark[number], marks[s->mark[number]]);
	cm_buf_printf(out, "</td><td class=\"num\">F%d, c\xc2\xa0", i->forge);
	cm_assess_put_decimal(out, s->a->class[i->forge].c, 6);
	cm_buf_add_str(out, "</td><td class=\"num\">");
	if (i->letter != 0)
		cm_buf_printf(out, "%c%c", i->letter, i->digit);
	else
		cm_buf_add_str(out, "own");
	cm_buf_add_str(out, "</td><td>");
	put_view(out, i);
	cm_buf_printf(out, "</td><td class=\"num\">D%d</td></tr>\n", i->cost);
}

/* What F1 and D2 mean, once. */
static void
put_classes(const struct cm_assess_picture *s, struct cm_buf *out)
{
	const struct cm_registry *r = s->registry;

	cm_buf_add_str(out, "<p class=\"note\"><em>Planted</em>: forge class, and c, how often it is judged that a capable deceiver could and would leave such "
			    "evidence");
	for (int f = 0; r != NULL && f < CM_FORGE_CLASSES; f++) {
		cm_buf_printf(out, "%sF%d, ", f == 0 ? ": " : "; ", f);
		cm_html_text(out, r->class_text[f]);
	}
	cm_buf_add_str(out, ". <em>Source</em>: Admiralty grade, or the author's own observation. <em>Cost</em>: what showing it costs its owner");
	for (int d = 0; r != NULL && d < CM_COST_CLASSES; d++) {
		cm_buf_printf(out, "%sD%d, ", d == 0 ? ": " : "; ", d);
		cm_html_text(out, r->cost_text[d]);
	}
	cm_buf_add_str(out, ".</p>\n");
}

void
cm_assess_put_items(const struct cm_assess_picture *s, const bool *listed, struct cm_buf *out)
{
	size_t shown = 0;

	if (s->a->n_items == 0) {
		cm_buf_add_str(out, "<p>There are no items that are open here.</p>\n");
		return;
	}
	cm_buf_add_str(out, "<table class=\"evidence\"><thead><tr><th scope=\"col\">Item</th><th scope=\"col\">What it is</th><th scope=\"col\">Planted</th>"
			    "<th scope=\"col\">Source</th><th scope=\"col\">View</th><th scope=\"col\">Cost</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < s->a->n_items; i++) {
		if (!listed[i] && i >= CM_SHOWN_LIST)
			continue;
		put_item(s, i, out);
		shown++;
	}
	cm_buf_add_str(out, "</tbody></table>\n");
	put_classes(s, out);
	if (shown < s->a->n_items)
		cm_buf_printf(out, "<p class=\"note\">%zu more items are in the rows of this page, but not in this list.</p>\n", s->a->n_items - shown);
}
