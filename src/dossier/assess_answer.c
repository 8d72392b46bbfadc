/* The answer of a layer as ranges, and what it looks like from each view. */
#include <inttypes.h>
#include <string.h>

#include "assess/confidence.h"
#include "assess/likely.h"
#include "dossier/assess_parts.h"
#include "dossier/html.h"

enum { WIDE = 400, HIGH = 22, SMALL_WIDE = 120, SMALL_HIGH = 12 };

static int
at(int64_t p, int wide)
{
	return (int)((p * wide + CM_ASSESS_ONE / 2) / CM_ASSESS_ONE);
}

/* A scale of quarters, what was thought before, the range, and the middle. */
static void
put_range(struct cm_buf *out, const struct cm_posterior *s, int64_t prior)
{
	int lo = at(s->lo, WIDE), mid = at(s->mid, WIDE), hi = at(s->hi, WIDE);

	cm_buf_printf(out, "<svg viewBox=\"-4 0 %d %d\" aria-hidden=\"true\"><path class=\"grid\" d=\"M0 11H%d", WIDE + 8, HIGH, WIDE);
	for (int q = 0; q <= 4; q++)
		cm_buf_printf(out, "M%d 4V18", q * WIDE / 4);
	cm_buf_printf(out, "\"/><rect class=\"band\" x=\"%d\" y=\"6\" width=\"%d\" height=\"10\"/><rect class=\"middle\" x=\"%d\" y=\"2\" width=\"4\" "
			   "height=\"18\"/><circle class=\"prior\" cx=\"%d\" cy=\"11\" r=\"3\"/></svg>",
	    lo, hi - lo < 2 ? 2 : hi - lo, mid - 2, at(prior, WIDE));
}

static void
put_numbers(struct cm_buf *out, const struct cm_posterior *s)
{
	char lo[CM_LIKELY_TEXT], hi[CM_LIKELY_TEXT];

	cm_assess_put_percent(out, s->mid);
	cm_likely_percent(s->lo, lo);
	cm_likely_percent(s->hi, hi);
	if (strcmp(lo, hi) != 0)
		cm_buf_printf(out, "<small>%s to %s</small>", lo, hi);
}

static void
put_row(const struct cm_assess_layer *l, size_t place, int64_t priors)
{
	const struct cm_hypothesis *h = cm_assess_at(l, place);
	const struct cm_posterior *s = &l->all->share[place];
	char words[CM_LIKELY_TEXT];
	struct cm_buf *out = l->out;

	cm_buf_printf(out, "<tr%s><th scope=\"row\">", place == l->all->top ? " class=\"top\"" : "");
	cm_assess_put_name(out, h->name);
	cm_buf_add_str(out, " <small>");
	cm_assess_put_meaning(out, l->s->a, h);
	cm_buf_add_str(out, "</small></th><td class=\"pic\">");
	put_range(out, s, priors < 1000000 ? 0 : h->prior * 1000000 / (priors / 1000000));
	cm_buf_add_str(out, "</td><td class=\"num\">");
	put_numbers(out, s);
	cm_likely_words(*s, words);
	cm_buf_printf(out, "</td><td class=\"word\">%s</td></tr>\n", words);
}

static void
put_lead(const struct cm_assess_layer *l)
{
	const struct cm_posterior *s = &l->all->share[l->all->top];
	const struct cm_hypothesis *h = cm_assess_at(l, l->all->top);
	char words[CM_LIKELY_TEXT];
	struct cm_buf *out = l->out;

	cm_buf_add_str(out, "<p class=\"lead\">Of ");
	cm_assess_put_many(out, l->n, "hypothesis", "hypotheses");
	cm_buf_add_str(out, ", the likeliest by these numbers is ");
	cm_assess_put_name(out, h->name);
	if (h->text != NULL || cm_hypothesis_deceives(h)) {
		cm_buf_add_str(out, " (");
		cm_assess_put_meaning(out, l->s->a, h);
		cm_buf_add_str(out, ")");
	}
	cm_likely_words(*s, words);
	cm_buf_printf(out, ": %s, ", words);
	cm_assess_put_percent(out, s->mid);
	cm_buf_add_str(out, ".</p>\n");
}

void
cm_assess_put_answer(const struct cm_assess_layer *l)
{
	size_t shown = l->n < CM_SHOWN_ROWS ? l->n : CM_SHOWN_ROWS;
	int64_t priors = 0;
	struct cm_buf *out = l->out;

	for (size_t i = 0; i < l->n; i++)
		priors += cm_assess_at(l, i)->prior;
	put_lead(l);
	cm_buf_add_str(out, "<figure><table class=\"answer\"><thead><tr><th scope=\"col\">Hypothesis</th><th scope=\"col\"><div class=\"scale\"><span>0</span>"
			    "<span>25</span><span>50</span><span>75</span><span>100\xc2\xa0%</span></div></th><th scope=\"col\">Probability</th><th scope=\"col\">"
			    "In words</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < shown; i++)
		put_row(l, l->order[i], priors);
	cm_buf_add_str(out, "</tbody></table>\n<figcaption>");
	cm_buf_printf(out, "View <em>all</em>: %zu item%s%s. The upright mark is the middle, the band what the ranges of the items allow, the ring "
			   "what was thought before any item. Words are those of ICD 203.", l->all->items, l->all->items == 1 ? "" : "s",
	    l->s->shut > 0 ? " that are open here" : "");
	if (shown < l->n)
		cm_buf_printf(out, " %zu less likely hypotheses are left out of this picture.", l->n - shown);
	cm_buf_add_str(out, "</figcaption></figure>\n");
}

/* About the evidence, and in no sentence with a likelihood. */
void
cm_assess_put_confidence(const struct cm_assess_layer *l)
{
	const struct cm_flips *flips = l->s->flips[l->layer];
	struct cm_confidence c;

	if (flips == NULL)
		return;
	if (cm_confidence_of(l->w, l->in, flips, l->arena, &c, NULL) != CM_OK) {
		l->out->failed = true;
		return;
	}
	cm_buf_printf(l->out, "<p>How far this rests on what is hard to plant and can be checked: confidence is <strong>%s</strong>.</p>\n<ul class=\"reasons\">\n",
	    cm_confidence_word(c.level));
	for (size_t i = 0; i < CM_CONFIDENCE_REASONS; i++) {
		cm_buf_add_str(l->out, "<li>");
		cm_html_text(l->out, c.reason[i]);
		cm_buf_printf(l->out, " <small>(allows %s)</small></li>\n", cm_confidence_word(c.allows[i]));
	}
	cm_buf_add_str(l->out, "</ul>\n");
}

/* ---- views side by side ---- */

struct beside {
	const struct cm_view_result *v[CM_SHOWN_VIEWS];
	const struct cm_view_result *also[CM_SHOWN_VIEWS][CM_SHOWN_VIEWS]; /* that see the same as that one */
	size_t n_also[CM_SHOWN_VIEWS];
	size_t n, left; /* left out */
	bool differ;	/* not all of them have the same items */
};

/* All have the public items, a panel all that is shared: as many are the same ones. */
static bool
sees_the_same(const struct cm_view_result *x, const struct cm_view_result *y)
{
	if (x->items != y->items || (x->view != CM_OF_PUBLIC && y->view == CM_OF_SHARED))
		return false;
	return memcmp(x->share, y->share, x->n * sizeof(*x->share)) == 0;
}

static bool
joins(struct beside *b, const struct cm_view_result *r)
{
	for (size_t i = 0; i < b->n; i++)
		if (sees_the_same(b->v[i], r) && b->n_also[i] < CM_SHOWN_VIEWS) {
			b->also[i][b->n_also[i]++] = r;
			return true;
		}
	return false;
}

static void
choose_views(const struct cm_assess_layer *l, struct beside *b)
{
	const struct cm_views *v = l->s->views;
	size_t shared = 0;

	*b = (struct beside) { 0 };
	for (size_t i = 0; i < v->n; i++) {
		const struct cm_view_result *r = &v->result[i];

		if (r->layer != l->layer)
			continue;
		b->differ = b->differ || r->items != l->all->items;
		if (joins(b, r))
			continue;
		if ((r->view == CM_OF_SHARED && ++shared > CM_SHOWN_VIEWS - 3) || b->n == CM_SHOWN_VIEWS)
			b->left++;
		else
			b->v[b->n++] = r;
	}
}

static void
put_view_name(struct cm_buf *out, const struct cm_view_result *v)
{
	cm_buf_add_str(out, cm_view_of_word(v->view));
	if (v->to != NULL) {
		cm_buf_add_str(out, " with <span class=\"nm\">");
		cm_html_text(out, v->to);
		cm_buf_add_str(out, "</span>");
	}
}

static void
put_view_names(struct cm_buf *out, const struct beside *b, size_t k)
{
	put_view_name(out, b->v[k]);
	for (size_t i = 0; i < b->n_also[k]; i++) {
		cm_buf_add_str(out, ", ");
		put_view_name(out, b->also[k][i]);
	}
}

static void
put_view_row(const struct cm_assess_layer *l, const struct beside *b, size_t place)
{
	struct cm_buf *out = l->out;

	cm_buf_add_str(out, "<tr><th scope=\"row\">");
	cm_assess_put_name(out, cm_assess_at(l, place)->name);
	cm_buf_add_str(out, "</th>");
	for (size_t i = 0; i < b->n; i++) {
		const struct cm_posterior *s = &b->v[i]->share[place];
		bool top = b->v[i]->top == place;
		int lo = at(s->lo, SMALL_WIDE), hi = at(s->hi, SMALL_WIDE);

		cm_buf_printf(out, "<td%s>", top ? " class=\"top\"" : "");
		cm_assess_put_percent(out, s->mid);
		cm_buf_printf(out, "<svg viewBox=\"0 0 %d %d\" aria-hidden=\"true\"><rect class=\"room\" x=\"0\" y=\"3\" width=\"%d\" height=\"6\"/><rect class=\"part\" "
				   "x=\"0\" y=\"3\" width=\"%d\" height=\"6\"/><path class=\"span\" d=\"M%d 6H%dM%d 2V10M%d 2V10\"/></svg></td>",
		    SMALL_WIDE + 2, SMALL_HIGH, SMALL_WIDE, at(s->mid, SMALL_WIDE), lo, hi, lo, hi);
	}
	cm_buf_add_str(out, "</tr>\n");
}

/* How much is missing for who sees less, and what would help. */
static void
put_gap(const struct cm_assess_layer *l, const struct beside *b, size_t k)
{
	const struct cm_view_result *v = b->v[k];
	struct cm_persuasion p;
	struct cm_buf *out = l->out;

	if (cm_views_persuade(l->s->a, l->layer, v->view, v->to, l->arena, &p, NULL) != CM_OK) {
		out->failed = true;
		return;
	}
	cm_buf_add_str(out, "<li><em>");
	put_view_names(out, b, k);
	cm_buf_add_str(out, "</em>: ");
	cm_buf_add_str(out, v->hypothesis[v->top] == p.hypothesis ? "the same answer; the odds of " : "the likeliest is ");
	if (v->hypothesis[v->top] != p.hypothesis) {
		cm_assess_put_name(out, l->s->a->hypothesis[v->hypothesis[v->top]].name);
		cm_buf_add_str(out, "; the odds of ");
	}
	cm_assess_put_name(out, cm_assess_at(l, l->all->top)->name);
	cm_buf_printf(out, " are %" PRId64 " decibans %s than with all items.", cm_assess_bans(p.gap < 0 ? -p.gap : p.gap),
	    p.gap < 0 ? "higher" : "lower");
	if (p.best != CM_ASSESS_NONE) {
		const struct cm_assess_item *i = &l->s->a->item[p.more[p.best].item];

		cm_buf_add_str(out, " The cheapest single item that closes half of that: ");
		cm_assess_put_name(out, i->name);
		cm_buf_printf(out, " (cost D%d).", i->cost);
	} else if (p.gap > 0 && p.n > 0) {
		cm_buf_add_str(out, " No single item more closes half of that.");
	}
	cm_buf_add_str(out, "</li>\n");
}

static void
put_view_heads(const struct cm_assess_layer *l, const struct beside *b)
{
	struct cm_buf *out = l->out;

	cm_buf_add_str(out, "<figure><table class=\"views\"><thead><tr><th scope=\"col\"></th>");
	for (size_t i = 0; i < b->n; i++) {
		cm_buf_add_str(out, "<th scope=\"col\">");
		put_view_names(out, b, i);
		cm_buf_add_str(out, "<small>");
		cm_assess_put_many(out, b->v[i]->items, "item", "items");
		cm_buf_add_str(out, "</small></th>");
	}
	cm_buf_add_str(out, "</tr></thead><tbody>\n");
}

void
cm_assess_put_views(const struct cm_assess_layer *l)
{
	size_t shown = l->n < CM_SHOWN_LEFT ? l->n : CM_SHOWN_LEFT;
	struct beside b;
	struct cm_buf *out = l->out;

	choose_views(l, &b);
	cm_buf_add_str(out, "<h3>Who sees what</h3>\n");
	if (!b.differ) {
		cm_buf_printf(out, "<p>%s: every view is the same.</p>\n",
		    l->all->items == 0 ? "There are no items" : "All items are public");
		return;
	}
	put_view_heads(l, &b);
	for (size_t i = 0; i < shown; i++)
		put_view_row(l, &b, l->order[i]);
	cm_buf_add_str(out, "</tbody></table>\n<figcaption>Bars are the middle, from 0 to 100\xc2\xa0%, thin lines the range; the likeliest of each view is bold.");
	if (b.left > 0)
		cm_buf_printf(out, " %zu more views are in the rows, but not here.", b.left);
	if (shown < l->n)
		cm_buf_printf(out, " %zu less likely hypotheses are left out.", l->n - shown);
	cm_buf_add_str(out, "</figcaption></figure>\n<ul class=\"gaps\">\n");
	for (size_t i = 0; i < b.n; i++)
		if (b.v[i]->view != CM_OF_ALL)
			put_gap(l, &b, i);
	cm_buf_add_str(out, "</ul>\n");
}
