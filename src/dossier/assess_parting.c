/* Where two sides part: from the odds of the one to those of the other, part by part. */
#include <inttypes.h>
#include <stdlib.h>

#include "assess/fixed.h"
#include "dossier/assess_parts.h"
#include "dossier/html.h"

enum { WIDE = 300, HIGH = 14, PARTS = 20 };

struct scale {
	int64_t least, most;
};

static int
at(const struct scale *s, int64_t odds)
{
	int64_t unit = (s->most - s->least) / WIDE;

	return unit == 0 ? 0 : (int)((odds - s->least) / unit);
}

static void
stretch(struct scale *s, int64_t odds)
{
	s->least = odds < s->least ? odds : s->least;
	s->most = odds > s->most ? odds : s->most;
}

void
cm_assess_put_odds_of(struct cm_buf *out, const struct cm_assess_compared *c)
{
	cm_assess_put_name(out, c->hypothesis[c->odds_for].name);
	cm_buf_add_str(out, " against ");
	if (c->odds_against == CM_ASSESS_NONE)
		cm_buf_add_str(out, "all others that both have");
	else
		cm_assess_put_name(out, c->hypothesis[c->odds_against].name);
}

static void
put_end(struct cm_buf *out, const struct cm_assess_compared *c, const struct scale *s, int side)
{
	int x = at(s, side == 0 ? c->odds_a : c->odds_b);

	cm_buf_add_str(out, "<tr class=\"top\"><th scope=\"row\">");
	cm_assess_put_side(out, c, side);
	cm_buf_printf(out, "</th><td class=\"pic\"><svg viewBox=\"-2 0 %d %d\" aria-hidden=\"true\"><path class=\"zero\" d=\"M%d 0V%d\"/><rect class=\"middle\" "
			   "x=\"%d\" y=\"1\" width=\"4\" height=\"12\"/></svg></td><td class=\"num\">", WIDE + 4, HIGH, at(s, 0), HIGH, x - 2);
	cm_assess_put_tenths(out, side == 0 ? c->odds_a : c->odds_b);
	cm_buf_add_str(out, "</td><td></td></tr>\n");
}

static void
put_step(struct cm_buf *out, const struct scale *s, int64_t from, int64_t value)
{
	int x = at(s, from), y = at(s, from + value);

	cm_buf_printf(out, "</th><td class=\"pic\"><svg viewBox=\"-2 0 %d %d\" aria-hidden=\"true\"><path class=\"zero\" d=\"M%d 0V%d\"/><rect class=\"%s\" x=\"%d\" "
			   "y=\"2\" width=\"%d\" height=\"10\"/></svg></td><td class=\"num\">", WIDE + 4, HIGH, at(s, 0), HIGH, value < 0 ? "down" : "rise",
	    x < y ? x : y, x == y ? 1 : abs(y - x));
	cm_assess_put_tenths(out, value);
}

static void
put_part_name(struct cm_buf *out, const struct cm_assess_compared_part *p)
{
	if (p->what == CM_PART_GROUP) {
		cm_buf_add_str(out, "group <span class=\"nm\">");
		cm_html_text(out, p->name);
		cm_buf_add_str(out, "</span>");
	} else {
		cm_buf_add_str(out, p->what == CM_PART_PRIORS ? "priors" : "plantability");
	}
}

static int64_t
put_steps(struct cm_buf *out, const struct cm_assess_compared *c, const struct scale *s, size_t shown)
{
	int64_t now = c->odds_a;

	for (size_t i = 0; i < shown; i++) {
		const struct cm_assess_compared_part *p = &c->part[i];

		cm_buf_add_str(out, "<tr><th scope=\"row\">");
		put_part_name(out, p);
		put_step(out, s, now, p->value);
		if (p->error != 0) {
			cm_buf_add_str(out, " <small>\xc2\xb1\xc2\xa0");
			cm_assess_put_tenths(out, p->error);
			cm_buf_add_str(out, "</small>");
		}
		cm_buf_printf(out, "</td><td>%s</td></tr>\n", i == c->crux ? "<strong class=\"crux\">the crux</strong>" : "");
		now += p->value;
	}
	return now;
}

/* Largest first: those that are not nothing. */
static size_t
telling(const struct cm_assess_compared *c)
{
	size_t n = 0;

	while (n < c->n_parts && c->part[n].value != 0)
		n++;
	return n;
}

static void
put_chart(struct cm_buf *out, const struct cm_assess_compared *c)
{
	size_t n = telling(c), shown = n < PARTS ? n : PARTS;
	struct scale s = { 0, 0 };
	int64_t now = c->odds_a;

	stretch(&s, now);
	for (size_t i = 0; i < shown; i++)
		stretch(&s, now += c->part[i].value);
	stretch(&s, c->odds_b);
	cm_buf_add_str(out, "<figure><table class=\"tornado\"><thead><tr><th scope=\"col\">From one side to the other</th><th scope=\"col\"></th><th scope=\"col\">Decibans"
			    "</th><th scope=\"col\"></th></tr></thead><tbody>\n");
	put_end(out, c, &s, 0);
	now = put_steps(out, c, &s, shown);
	if (shown < n) {
		cm_buf_printf(out, "<tr><th scope=\"row\"><em>%zu more</em>", n - shown);
		put_step(out, &s, now, c->odds_b - now);
		cm_buf_add_str(out, "</td><td></td></tr>\n");
	}
	put_end(out, c, &s, 1);
	cm_buf_add_str(out, "</tbody></table>\n<figcaption>Odds of ");
	cm_assess_put_odds_of(out, c);
	cm_buf_add_str(out, ". Each step is a part's Shapley value: its share of the difference, averaged over all orders in which one side's numbers could be put in "
			    "place of the other's. The steps add up to the difference; the thin upright line is even odds.");
	if (n < c->n_parts)
		cm_buf_printf(out, " %zu part%s not matter.", c->n_parts - n, c->n_parts - n == 1 ? " does" : "s do");
	if (c->sampled)
		cm_buf_printf(out, " There are too many groups for all orders: %zu were drawn, from seed %" PRIu64 ".", c->permutations, c->in.seed);
	cm_buf_add_str(out, "</figcaption></figure>\n");
}

void
cm_assess_put_parting(const struct cm_assess_compared *c, struct cm_buf *out)
{
	cm_buf_add_str(out, "<h3>Where they part</h3>\n");
	if (c->crux == CM_ASSESS_NONE) {
		cm_buf_add_str(out, "<p>Nothing differs of what both speak of.</p>\n");
		return;
	}
	cm_buf_add_str(out, "<p>The crux: <strong>");
	put_part_name(out, &c->part[c->crux]);
	cm_buf_add_str(out, "</strong>, which alone accounts for ");
	cm_assess_put_tenths(out, c->part[c->crux].value);
	cm_buf_add_str(out, " of ");
	cm_assess_put_tenths(out, c->odds_b - c->odds_a);
	cm_buf_add_str(out, " decibans.</p>\n");
	put_chart(out, c);
}
