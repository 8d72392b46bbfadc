/* Two assessments side by side, in words. */
#include <inttypes.h>
#include <string.h>

#include "assess/fixed.h"
#include "assess/likely.h"
#include "cli/assess_compare.h"
#include "cli/assess_show.h"
#include "cli/paragraph.h"

#define PARTS_SHOWN 12u
#define ITEMS_SHOWN 15u

struct printing {
	struct cm_assess_beside *b;
	const struct cm_assess_compared *c; /* the layer that is looked at */
	FILE *out;
	struct cm_paint paint;
	struct cm_paragraph p;
	struct cm_arena *arena;
	const char *side[2]; /* "A", or the party's name */
	bool lost;
};

static const char *
kept(struct printing *p, const char *text)
{
	p->lost = p->lost || text == NULL;
	return text != NULL ? text : "";
}

static void
row(struct printing *p, struct cm_table *t, const char *const *cells)
{
	p->lost = cm_table_row(t, cells) != CM_OK || p->lost;
}

static void
heading(struct printing *p, const char *text)
{
	fprintf(p->out, "\n%s%s%s\n", p->paint.bold, text, p->paint.plain);
}

static void
sentence(struct printing *p)
{
	cm_paragraph_end(&p->p, 2, 4);
}

static const char *
name_of(const struct printing *p, size_t hypothesis)
{
	return hypothesis == CM_ASSESS_NONE ? "all others" : p->c->hypothesis[hypothesis].name;
}

/* "+3.2": a difference of ln odds in decibans. */
static const char *
decibans(struct printing *p, int64_t cost)
{
	int64_t m = cm_cost_millibans(cost), t = ((m < 0 ? -m : m) + 50) / 100;

	return kept(p, cm_arena_printf(p->arena, "%s%" PRId64 ".%" PRId64, m < 0 ? "-" : "+", t / 10, t % 10));
}

/* ---- what each side comes to ---- */

static const char *
share(struct printing *p, bool there, struct cm_posterior s)
{
	char figure[CM_LIKELY_TEXT], words[CM_LIKELY_TEXT];

	if (!there)
		return "not considered";
	cm_likely_range(s, figure);
	cm_likely_words(s, words);
	return kept(p, cm_arena_printf(p->arena, "%s, %s", figure, words));
}

static void
put_hypotheses(struct printing *p)
{
	struct cm_table t = cm_table_of(p->arena, 3);

	row(p, &t, (const char *const[]) { "", p->side[0], p->side[1] });
	for (size_t i = 0; i < p->c->n_hypotheses; i++) {
		const struct cm_assess_compared_hypothesis *h = &p->c->hypothesis[i];

		row(p, &t, (const char *const[]) { h->name, share(p, h->a != CM_ASSESS_NONE, h->of_a), share(p, h->b != CM_ASSESS_NONE, h->of_b) });
	}
	cm_table_print(&t, p->out, &p->paint);
	for (size_t i = 0; i < p->c->n_hypotheses; i++) {
		const struct cm_assess_compared_hypothesis *h = &p->c->hypothesis[i];
		size_t lone = h->a == CM_ASSESS_NONE ? 0 : 1;

		if (h->a != CM_ASSESS_NONE && h->b != CM_ASSESS_NONE)
			continue;
		cm_buf_printf(&p->p.text, "%s gives %s no room: no evidence whatever can convince that side of it.", p->side[lone], h->name);
		sentence(p);
	}
}

/* ---- where they part ---- */

static const char *
part_name(struct printing *p, const struct cm_assess_compared_part *part)
{
	return part->what == CM_PART_GROUP ? kept(p, cm_arena_printf(p->arena, "group %s", part->name)) :
	    cm_assess_compared_what_word(part->what);
}

static void
put_parts(struct printing *p)
{
	struct cm_table t = cm_table_of(p->arena, 4);
	size_t n = p->c->n_parts < PARTS_SHOWN ? p->c->n_parts : PARTS_SHOWN;

	row(p, &t, (const char *const[]) { "comes from", "decibans", p->c->sampled ? "give or take" : "", "" });
	for (size_t i = 0; i < n && p->c->part[i].value != 0; i++) {
		const struct cm_assess_compared_part *part = &p->c->part[i];

		row(p, &t, (const char *const[]) { part_name(p, part), decibans(p, part->value), p->c->sampled ? decibans(p, part->error) + 1 : "",
			i == p->c->crux ? "the crux" : "" });
	}
	cm_table_print(&t, p->out, &p->paint);
	if (p->c->sampled)
		cm_buf_printf(&p->p.text, "More than %u groups differ: a sample of %zu orders, seed %" PRIu64 "; the third column is one standard error.  ",
		    CM_ASSESS_COMPARE_EXACT, p->c->permutations, p->c->in.seed);
	else
		cm_buf_add_str(&p->p.text, "Shapley values, exact.  ");
	cm_buf_add_str(&p->p.text, "They add up to the difference; 10 decibans are odds ten times as high.");
	sentence(p);
}

static void
put_difference(struct printing *p)
{
	const struct cm_assess_compared *c = p->c;

	cm_buf_printf(&p->p.text, "Odds of %s against %s: %s decibans for %s, %s for %s; they are %s apart.", name_of(p, c->odds_for),
	    name_of(p, c->odds_against), decibans(p, c->odds_a), p->side[0], decibans(p, c->odds_b), p->side[1],
	    decibans(p, c->odds_b - c->odds_a) + 1);
	sentence(p);
	if (c->crux == CM_ASSESS_NONE) {
		cm_buf_add_str(&p->p.text, "Nothing differs.");
		sentence(p);
		return;
	}
	put_parts(p);
}

/* ---- items ---- */

static const char *
item_name(const struct printing *p, const struct cm_assess_compared_item *i)
{
	return i->a != CM_ASSESS_NONE ? p->b->f[0].a.item[i->a].name : p->b->f[1].a.item[i->b].name;
}

static void
put_item(struct printing *p, struct cm_table *t, const struct cm_assess_compared_item *i)
{
	const char *known = i->by == CM_ONE_SIDE_ONLY ? (i->a != CM_ASSESS_NONE ? "only on the left" : "only on the right") :
	    i->by == CM_SAME_NAME_ONLY ? "by name only" : "same statement";

	row(p, t, (const char *const[]) { item_name(p, i), i->speaks_a ? decibans(p, i->lr_a) : "", i->speaks_b ? decibans(p, i->lr_b) : "",
		i->speaks_a && i->speaks_b ? decibans(p, i->differs) : "", known });
}

static void
put_items(struct printing *p)
{
	const struct cm_assess_compared *c = p->c;
	struct cm_table t = cm_table_of(p->arena, 5);
	size_t n = 0;

	cm_buf_printf(&p->p.text, "%zu items are agreed (odds differ by less than 2.2 decibans), %zu are not, %zu stand on the left only, %zu on the right only.",
	    c->agreed, c->disagreed, c->only_a, c->only_b);
	sentence(p);
	row(p, &t, (const char *const[]) { "not agreed", p->side[0], p->side[1], "apart", "known to be the same by" });
	for (size_t i = 0; i < c->n_items && n < ITEMS_SHOWN; i++) {
		if (c->item[i].agreed || (!c->item[i].speaks_a && !c->item[i].speaks_b))
			continue;
		put_item(p, &t, &c->item[i]);
		n++;
	}
	if (n > 0)
		cm_table_print(&t, p->out, &p->paint);
	cm_buf_printf(&p->p.text, "Decibans that each item by itself moves %s against %s.", name_of(p, c->odds_for), name_of(p, c->items_against));
	sentence(p);
}

/* ---- what would reconcile them ---- */

static void
put_swaps(struct printing *p)
{
	static const char *const what[] = { "priors", "plantabilities", "priors and plantabilities" };

	for (int i = 0; i < 3; i++) {
		const struct cm_assess_compared_swap *s = &p->c->swap[i];

		cm_buf_printf(&p->p.text, "With the other's %s and nothing else %s comes to %s, %s to %s%s.", what[i], p->side[0], name_of(p, s->top_a), p->side[1],
		    name_of(p, s->top_b), s->reaches_a || s->reaches_b ? ": that alone explains the quarrel" : "");
		sentence(p);
	}
}

static void
put_common(struct printing *p)
{
	const struct cm_assess_compared_common *k = &p->c->common;
	char c[CM_LIKELY_TEXT];

	if (!k->found) {
		cm_buf_printf(&p->p.text, "No priors and plantabilities between theirs, and within what they admit, make both agree%s%zu point%s of plantabilities "
		    "were looked at%s.", k->exact ? ": " : ", as far as was looked: ", k->points, k->points == 1 ? "" : "s", k->exact ? ", which are all that matter" : ", no proof");
		sentence(p);
		return;
	}
	cm_buf_printf(&p->p.text, "Both can agree on %s with values between theirs, or that they admit; one such set:", name_of(p, k->top));
	for (size_t i = 0; i < p->c->n_shared; i++) {
		cm_likely_figure(k->prior[i], c);
		cm_buf_printf(&p->p.text, "%s prior of %s %s", i > 0 ? "," : "", p->c->hypothesis[p->c->shared[i]].name, c);
	}
	for (int f = 0; f < CM_FORGE_CLASSES; f++)
		if (k->c[f] > 0)
			cm_buf_printf(&p->p.text, ", plantability of F%d 0.%06" PRId64, f, k->c[f]);
	cm_buf_add_str(&p->p.text, ".");
	sentence(p);
}

static void
put_layer(struct printing *p)
{
	const char *title = cm_arena_printf(p->arena, "Layer %s", cm_layer_word(p->c->in.layer));

	heading(p, kept(p, title));
	put_hypotheses(p);
	heading(p, "Where they part");
	put_difference(p);
	put_items(p);
	heading(p, "What would reconcile them");
	if (p->c->top_a == p->c->top_b) {
		cm_buf_printf(&p->p.text, "Both find %s likeliest: about that there is no quarrel.", name_of(p, p->c->top_a));
		sentence(p);
		return;
	}
	put_swaps(p);
	put_common(p);
}

/* Two parties of one name are told apart. */
static void
name_sides(struct printing *p)
{
	for (int i = 0; i < 2; i++)
		p->side[i] = p->b->f[i].a.party != NULL ? p->b->f[i].a.party : i == 0 ? "left" : "right";
	if (strcmp(p->side[0], p->side[1]) != 0)
		return;
	for (int i = 0; i < 2; i++)
		p->side[i] = kept(p, cm_arena_printf(p->arena, "%s (%s)", p->side[i], i == 0 ? "left" : "right"));
}

static void
put_shut(struct printing *p)
{
	for (int i = 0; i < 2; i++) {
		const struct cm_shown_assessment *s = p->b->f[i].shown;

		if (s == NULL || s->items_open == s->body->items)
			continue;
		cm_buf_printf(&p->p.text, "Of %s %" PRIu64 " of %" PRIu64 " items stay shut: this is a comparison with what that side shows.", p->side[i],
		    s->body->items - s->items_open, s->body->items);
		sentence(p);
	}
}

static void
put_end(struct printing *p)
{
	for (size_t i = 0; i < p->b->n_alone; i++) {
		cm_buf_printf(&p->p.text, "Of the layer %s only one of them speaks.", p->b->alone[i]);
		sentence(p);
	}
	cm_buf_add_str(&p->p.text, "Disagreement is kept: nothing here is merged, and nobody is said to be right.");
	sentence(p);
	heading(p, "What this is not");
	for (size_t i = 0; cm_assess_limits[i] != NULL; i++) {
		cm_buf_add_str(&p->p.text, cm_assess_limits[i]);
		sentence(p);
	}
}

enum cm_result
cm_assess_beside_text(struct cm_assess_beside *b)
{
	struct printing p = { .b = b, .out = b->ctx->out, .paint = cm_paint_of(b->ctx->out_colour), .p = cm_paragraph_of(b->ctx->out, b->ctx->width),
		.arena = &b->f[0].arena };

	name_sides(&p);
	cm_buf_printf(&p.p.text, "%s beside %s: ", p.side[0], p.side[1]);
	cm_buf_add_str(&p.p.text, b->f[0].a.title != NULL ? b->f[0].a.title : "");
	cm_paragraph_end(&p.p, 0, 0);
	put_shut(&p);
	for (size_t i = 0; i < b->n; i++) {
		p.c = &b->at[i];
		put_layer(&p);
	}
	put_end(&p);
	p.lost = p.lost || p.p.lost;
	cm_paragraph_fini(&p.p);
	return p.lost ? CM_E_NOMEM : CM_OK;
}
