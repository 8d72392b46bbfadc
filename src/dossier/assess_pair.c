/* Two assessments of one case on one page.  Nothing is merged. */
#include <inttypes.h>

#include "assess/likely.h"
#include "dossier/assess_parts.h"
#include "dossier/html.h"

enum { WIDE = 400, HIGH = 26 };

void
cm_assess_put_side(struct cm_buf *out, const struct cm_assess_compared *c, int side)
{
	const char *party = side == 0 ? c->in.a->party : c->in.b->party;

	if (party == NULL) {
		cm_buf_add_str(out, side == 0 ? "the first side" : "the second side");
		return;
	}
	cm_buf_add_str(out, "<span class=\"nm\">");
	cm_html_text(out, party);
	cm_buf_add_str(out, "</span>");
}

/* ---- the answers ---- */

static int
at(int64_t p)
{
	return (int)((p * WIDE + CM_ASSESS_ONE / 2) / CM_ASSESS_ONE);
}

/* The first side above, with a whole mark; the second below, with an open one. */
static void
put_both(struct cm_buf *out, const struct cm_assess_compared_hypothesis *h)
{
	cm_buf_printf(out, "<svg viewBox=\"-4 0 %d %d\" aria-hidden=\"true\"><path class=\"grid\" d=\"M0 13H%d", WIDE + 8, HIGH, WIDE);
	for (int q = 0; q <= 4; q++)
		cm_buf_printf(out, "M%d 5V21", q * WIDE / 4);
	cm_buf_add_str(out, "\"/>");
	if (h->a != CM_ASSESS_NONE)
		cm_buf_printf(out, "<rect class=\"band\" x=\"%d\" y=\"5\" width=\"%d\" height=\"6\"/><circle class=\"dot\" cx=\"%d\" cy=\"8\" r=\"4\"/>", at(h->of_a.lo),
		    at(h->of_a.hi) - at(h->of_a.lo), at(h->of_a.mid));
	if (h->b != CM_ASSESS_NONE)
		cm_buf_printf(out, "<rect class=\"band\" x=\"%d\" y=\"15\" width=\"%d\" height=\"6\"/><rect class=\"prior\" x=\"%d\" y=\"14\" width=\"8\" height=\"8\"/>",
		    at(h->of_b.lo), at(h->of_b.hi) - at(h->of_b.lo), at(h->of_b.mid) - 4);
	cm_buf_add_str(out, "</svg>");
}

static void
put_share(struct cm_buf *out, bool has, const struct cm_posterior *s, bool top)
{
	char words[CM_LIKELY_TEXT];

	cm_buf_add_str(out, top ? "</td><td class=\"num lead1\">" : "</td><td class=\"num\">");
	if (!has) {
		cm_buf_add_str(out, "no room for it");
		return;
	}
	cm_assess_put_percent(out, s->mid);
	cm_likely_words(*s, words);
	cm_buf_printf(out, "<small>%s</small>", words);
}

static void
put_answers(const struct cm_assess_compared *c, struct cm_buf *out)
{
	size_t shown = c->n_hypotheses < CM_SHOWN_ROWS ? c->n_hypotheses : CM_SHOWN_ROWS;

	cm_buf_add_str(out, "<figure><table class=\"answer pair\"><thead><tr><th scope=\"col\">Hypothesis</th><th scope=\"col\"><div class=\"scale\"><span>0</span><span>25</span>"
			    "<span>50</span><span>75</span><span>100\xc2\xa0%</span></div></th><th scope=\"col\">\xe2\x97\x8f ");
	cm_assess_put_side(out, c, 0);
	cm_buf_add_str(out, "</th><th scope=\"col\">\xe2\x96\xa1 ");
	cm_assess_put_side(out, c, 1);
	cm_buf_add_str(out, "</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < shown; i++) {
		const struct cm_assess_compared_hypothesis *h = &c->hypothesis[i];
		const struct cm_assessment *a = h->a != CM_ASSESS_NONE ? c->in.a : c->in.b;

		cm_buf_printf(out, "<tr%s><th scope=\"row\">", i == c->top_a || i == c->top_b ? " class=\"top\"" : "");
		cm_assess_put_name(out, h->name);
		cm_buf_add_str(out, " <small>");
		cm_assess_put_meaning(out, a, &a->hypothesis[h->a != CM_ASSESS_NONE ? h->a : h->b]);
		cm_buf_add_str(out, "</small></th><td class=\"pic\">");
		put_both(out, h);
		put_share(out, h->a != CM_ASSESS_NONE, &h->of_a, i == c->top_a);
		put_share(out, h->b != CM_ASSESS_NONE, &h->of_b, i == c->top_b);
		cm_buf_add_str(out, "</td></tr>\n");
	}
	cm_buf_add_str(out, "</tbody></table>\n<figcaption>Disc: ");
	cm_assess_put_side(out, c, 0);
	cm_buf_add_str(out, "; square: ");
	cm_assess_put_side(out, c, 1);
	cm_buf_add_str(out, "; bands are the ranges. The likeliest of each side is bold. Words are those of ICD 203.");
	if (shown < c->n_hypotheses)
		cm_buf_printf(out, " %zu more hypotheses are left out.", c->n_hypotheses - shown);
	cm_buf_add_str(out, "</figcaption></figure>\n");
}

static void
put_lead(const struct cm_assess_compared *c, struct cm_buf *out)
{
	cm_buf_add_str(out, "<p class=\"lead\">");
	if (c->top_a == c->top_b) {
		cm_buf_add_str(out, "Both come to ");
		cm_assess_put_name(out, c->hypothesis[c->top_a].name);
		cm_buf_add_str(out, " as the likeliest");
	} else {
		cm_assess_put_side(out, c, 0);
		cm_buf_add_str(out, " comes to ");
		cm_assess_put_name(out, c->hypothesis[c->top_a].name);
		cm_buf_add_str(out, " as the likeliest, ");
		cm_assess_put_side(out, c, 1);
		cm_buf_add_str(out, " to ");
		cm_assess_put_name(out, c->hypothesis[c->top_b].name);
	}
	cm_buf_add_str(out, ".</p>\n");
}

/* ---- what reconciles ---- */

static void
put_swap_side(const struct cm_assess_compared *c, const struct cm_assess_compared_swap *s, int side, struct cm_buf *out)
{
	bool reaches = side == 0 ? s->reaches_a : s->reaches_b;

	cm_assess_put_side(out, c, side);
	cm_buf_add_str(out, reaches ? " would come to the other's answer, " : " would come to ");
	cm_assess_put_name(out, c->hypothesis[side == 0 ? s->top_a : s->top_b].name);
}

static void
put_swap(const struct cm_assess_compared *c, const struct cm_assess_compared_swap *s, struct cm_buf *out)
{
	cm_buf_printf(out, "<li>With the other side's %s%s%s: ", s->priors ? "priors" : "", s->priors && s->plantability ? " and " : "",
	    s->plantability ? "plantabilities" : "");
	put_swap_side(c, s, 0, out);
	cm_buf_add_str(out, "; ");
	put_swap_side(c, s, 1, out);
	cm_buf_add_str(out, ".</li>\n");
}

static bool
changes(const struct cm_assess_compared *c, const struct cm_assess_compared_swap *s)
{
	return s->top_a != c->shared_top_a || s->top_b != c->shared_top_b;
}

static void
put_witness(const struct cm_assess_compared *c, struct cm_buf *out)
{
	const struct cm_assess_compared_common *m = &c->common;
	size_t n = 0;

	cm_buf_add_str(out, "<p><strong>There are values that both admit, with which both come to ");
	cm_assess_put_name(out, c->hypothesis[m->top].name);
	cm_buf_add_str(out, ".</strong> For instance with priors ");
	for (size_t i = 0; m->prior != NULL && i < c->n_shared && i < CM_SHOWN_LEFT; i++) {
		cm_buf_add_str(out, i == 0 ? "" : ", ");
		cm_assess_put_name(out, c->hypothesis[c->shared[i]].name);
		cm_buf_add_str(out, " ");
		cm_assess_put_decimal(out, m->prior[i], 12);
	}
	for (int f = 0; f < CM_FORGE_CLASSES; f++) {
		if (m->c[f] == 0)
			continue;
		cm_buf_printf(out, "%sF%d ", n++ == 0 ? "; and plantabilities " : ", ", f);
		cm_assess_put_decimal(out, m->c[f], 6);
	}
	cm_buf_add_str(out, ". That is not an answer: it says that the difference is no larger than what both leave open.</p>\n");
}

void
cm_assess_put_reconciling(const struct cm_assess_compared *c, struct cm_buf *out)
{
	if (c->top_a == c->top_b)
		return;
	cm_buf_add_str(out, "<h3>What would reconcile them</h3>\n");
	if (changes(c, &c->swap[0]) || changes(c, &c->swap[1]) || changes(c, &c->swap[2])) {
		cm_buf_add_str(out, "<ul>\n");
		for (size_t i = 0; i < 3; i++)
			put_swap(c, &c->swap[i], out);
		cm_buf_add_str(out, "</ul>\n");
	} else {
		cm_buf_add_str(out, "<p>Taking the other side's priors, its plantabilities, or both changes neither side's answer.</p>\n");
	}
	if (c->common.found)
		put_witness(c, out);
	else
		cm_buf_printf(out, "<p>%s</p>\n", c->common.exact ? "There are no values that both admit with which they agree." :
		    "No values that both admit were found with which they agree; plantabilities were looked at on a grid, so some may lie between its points.");
}

/* ---- sections and page ---- */

enum cm_result
cm_assess_pair_section(const struct cm_assess_compared *c, struct cm_buf *out)
{
	cm_buf_printf(out, "<section class=\"assessment\" id=\"pair-%s\">\n<h2>%s</h2>\n", cm_layer_word(c->in.layer), cm_assess_layer_head(c->in.layer));
	put_lead(c, out);
	put_answers(c, out);
	cm_assess_put_parting(c, out);
	cm_assess_put_pair_items(c, out);
	cm_assess_put_reconciling(c, out);
	cm_buf_add_str(out, "</section>\n");
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}

enum cm_result
cm_assess_pair_page(const struct cm_assess_compared *layer, size_t n_layers, struct cm_buf *out)
{
	enum cm_result r = CM_OK;

	if (n_layers == 0)
		return CM_E_USAGE;
	cm_assess_put_head(out, false, layer[0].in.a->title);
	cm_buf_add_str(out, "<p class=\"mark\">Two assessments: ");
	cm_assess_put_side(out, &layer[0], 0);
	cm_buf_add_str(out, " and ");
	cm_assess_put_side(out, &layer[0], 1);
	cm_buf_add_str(out, "</p>\n<h1>");
	cm_html_text(out, layer[0].in.a->title);
	cm_buf_add_str(out, "</h1>\n<p class=\"own\"><strong>Disagreement is kept: nothing here is merged.</strong> Each side's numbers stay its own.</p>\n");
	cm_assess_limits_put(out);
	for (size_t i = 0; r == CM_OK && i < n_layers; i++)
		r = cm_assess_pair_section(&layer[i], out);
	cm_buf_add_str(out, "</main>\n</body>\n</html>\n");
	return r == CM_OK && cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}
