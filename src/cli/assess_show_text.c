#include <inttypes.h>
#include <string.h>

#include "assess/fixed.h"
#include "assess/likely.h"
#include "cli/assess_show.h"
#include "cli/paragraph.h"

#define MOVES_SHOWN 20u
#define SETS_SHOWN 5u

struct printing {
	const struct cm_context *ctx;
	struct cm_assess_show *s;
	struct cm_paint paint;
	struct cm_paragraph p;
	struct cm_arena *arena;
	bool lost;
};

static const char *
kept(struct printing *p, const char *text)
{
	p->lost = p->lost || text == NULL;
	return text != NULL ? text : "";
}

static const char *
name_of(struct printing *p, size_t hypothesis)
{
	return kept(p, cm_assess_name_of(p->s, hypothesis));
}

static void
row(struct printing *p, struct cm_table *t, const char *const *cells)
{
	p->lost = cm_table_row(t, cells) != CM_OK || p->lost;
}

static void
heading(struct printing *p, const char *text)
{
	fprintf(p->ctx->out, "\n%s%s%s\n", p->paint.bold, text, p->paint.plain);
}

static void
sentence(struct printing *p)
{
	cm_paragraph_end(&p->p, 2, 4);
}

/* "+3.2", of a difference of ln odds in decibans */
static const char *
decibans(struct printing *p, int64_t cost)
{
	int64_t m = cm_cost_millibans(cost), t = ((m < 0 ? -m : m) + 50) / 100;

	return kept(p, cm_arena_printf(p->arena, "%s%" PRId64 ".%" PRId64, m < 0 ? "-" : "+", t / 10, t % 10));
}

/* ---- likelihood, side by side ---- */

static const char *
cell(struct printing *p, const struct cm_posterior *share, int line)
{
	char text[CM_LIKELY_TEXT], hi[CM_LIKELY_TEXT];

	if (line == 0)
		cm_likely_figure(share->mid, text);
	else if (line == 1)
		cm_likely_range(*share, text);
	else
		cm_likely_words(*share, text);
	cm_likely_figure(share->mid, hi);
	if (line == 1 && strcmp(text, hi) == 0)
		return "";
	return kept(p, cm_arena_copy(p->arena, text, strlen(text) + 1));
}

/* One of the lines of a hypothesis, if there is anything in it. */
static void
put_cells(struct printing *p, struct cm_table *t, const struct cm_assess_shown *l, size_t i, int line)
{
	const char *cells[CM_ASSESS_COLUMNS + 1] = { line == 0 ? p->s->f.a.hypothesis[l->hypothesis[i]].name : "" };
	bool any = false;

	for (size_t c = 0; c < l->n_columns; c++) {
		cells[c + 1] = cell(p, &l->column[c]->share[i], line);
		any = any || cells[c + 1][0] != '\0';
	}
	if (any)
		row(p, t, cells);
}

static void
put_views(struct printing *p, struct cm_assess_shown *l)
{
	unsigned columns = (unsigned)l->n_columns + 1;
	struct cm_table t = cm_table_of(p->arena, columns);
	const char *cells[CM_ASSESS_COLUMNS + 1] = { "" };

	for (size_t c = 0; c < l->n_columns; c++)
		cells[c + 1] = l->column_name[c];
	row(p, &t, cells);
	cells[0] = "items";
	for (size_t c = 0; c < l->n_columns; c++)
		cells[c + 1] = kept(p, cm_arena_printf(p->arena, "%zu", l->column[c]->items));
	row(p, &t, cells);
	for (size_t i = 0; i < l->n; i++)
		for (int line = 0; line < 3; line++)
			put_cells(p, &t, l, i, line);
	cm_table_print(&t, p->ctx->out, &p->paint);
	if (l->left_columns > 0) {
		cm_buf_printf(&p->p.text, "%zu more parties something is shared with: --for names one.", l->left_columns);
		sentence(p);
	}
}

static void
say_not_shared(struct printing *p, const struct cm_assess_shown *l)
{
	if (p->s->to == NULL || cm_views_find(&p->s->views, l->layer, CM_OF_SHARED, p->s->to) != NULL)
		return;
	cm_buf_printf(&p->p.text, "Nothing is shared with %s, who has what is public.", p->s->to);
	sentence(p);
}

/* Two lines, never one sentence. */
static void
put_answer(struct printing *p, const struct cm_assess_shown *l)
{
	const struct cm_hypothesis *h = &p->s->f.a.hypothesis[l->hypothesis[l->top]];
	char words[CM_LIKELY_TEXT], lo[CM_LIKELY_TEXT], hi[CM_LIKELY_TEXT];
	const struct cm_confidence *c = &l->confidence;

	cm_likely_words(l->share[l->top], words);
	cm_likely_percent(l->share[l->top].lo, lo);
	cm_likely_percent(l->share[l->top].hi, hi);
	fputc('\n', p->ctx->out);
	cm_buf_printf(&p->p.text, "Likelihood: %s: %s", name_of(p, l->hypothesis[l->top]), words);
	if (strcmp(lo, hi) == 0)
		cm_buf_printf(&p->p.text, " (%s)", lo);
	else
		cm_buf_printf(&p->p.text, " (%s to %s)", lo, hi);
	if (h->text != NULL && !cm_hypothesis_deceives(h))
		cm_buf_printf(&p->p.text, ".  That is: %s", h->text);
	cm_paragraph_end(&p->p, 0, 12);
	cm_buf_printf(&p->p.text, "Confidence: %s.", cm_confidence_word(c->level));
	cm_paragraph_end(&p->p, 0, 12);
	for (int i = 0; i < CM_CONFIDENCE_REASONS; i++) {
		cm_buf_printf(&p->p.text, "%s: %s", cm_confidence_word(c->allows[i]), c->reason[i]);
		cm_paragraph_end(&p->p, 2, 4);
	}
}

/* ---- what it hangs on ---- */

static void
put_left_out(struct printing *p, const struct cm_assess_shown *l)
{
	static const char *const head[] = { "left out", "", "then", "moves", "likeliest then" };
	static const char *const what[] = { "item", "group", "items of" };
	struct cm_table t = cm_table_of(p->arena, 5);
	char figure[CM_LIKELY_TEXT];

	heading(p, "What it hangs on");
	if (l->n_moves == 0) {
		cm_buf_add_str(&p->p.text, "Nothing that is left out alone moves it by more than a little.");
		sentence(p);
		return;
	}
	row(p, &t, head);
	for (size_t i = 0; i < l->n_moves && i < MOVES_SHOWN; i++) {
		const struct cm_left *m = l->moves[i];

		cm_likely_figure(m->share, figure);
		row(p, &t, (const char *const[]) { what[m->what], m->name, figure, decibans(p, m->moves),
			m->flips ? p->s->f.a.hypothesis[l->hypothesis[m->top]].name : "the same" });
	}
	cm_table_print(&t, p->ctx->out, &p->paint);
	cm_buf_printf(&p->p.text, "then: the probability of %s without it.  moves: its odds, in decibans; 10 are ten times.",
	    p->s->f.a.hypothesis[l->hypothesis[l->top]].name);
	if (l->n_moves > MOVES_SHOWN)
		cm_buf_printf(&p->p.text, "  %zu more move it less.", l->n_moves - MOVES_SHOWN);
	sentence(p);
}

static void
list_items(struct printing *p, const size_t *item, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cm_buf_printf(&p->p.text, "%s%s", i == 0 ? "" : i + 1 == n ? " and " : ", ", p->s->f.a.item[item[i]].name);
}

static void
put_flip(struct printing *p, struct cm_assess_shown *l, const size_t *item, size_t n)
{
	size_t top = l->top;

	p->lost = cm_assess_without(p->s, l, item, n, &top) != CM_OK || p->lost;
	cm_buf_add_str(&p->p.text, "Leaving out ");
	list_items(p, item, n);
	cm_buf_printf(&p->p.text, " %s makes %s likeliest.", n == 1 ? "alone" : "together", name_of(p, l->hypothesis[top]));
	sentence(p);
}

static void
put_flips(struct printing *p, struct cm_assess_shown *l)
{
	const struct cm_flips *f = &l->flips;

	if (f->size == 0) {
		cm_buf_add_str(&p->p.text, "No set of items was found without which another hypothesis leads.");
		sentence(p);
		return;
	}
	if (!f->exact) {
		cm_buf_printf(&p->p.text, "No %zu items or fewer decide it.  An upper bound, %zu items; there may be fewer that do:", f->below,
		    f->size);
		sentence(p);
		if (f->bound != NULL)
			put_flip(p, l, f->bound, f->size);
		return;
	}
	for (size_t i = 0; i < f->n && i < SETS_SHOWN; i++)
		put_flip(p, l, f->set[i].item, f->size);
	if (f->n > SETS_SHOWN || f->more) {
		cm_buf_printf(&p->p.text, "%s%zu more sets of %zu do so.", f->more ? "At least " : "",
		    f->n - (f->n < SETS_SHOWN ? f->n : SETS_SHOWN), f->size);
		sentence(p);
	}
}

/* ---- one disclosure more ---- */

static void
put_more(struct printing *p, const struct cm_persuasion *s, const struct cm_one_more *m)
{
	const struct cm_assess_item *item = &p->s->f.a.item[m->item];

	cm_buf_printf(&p->p.text, "showing %s (cost D%d: %s) closes ", item->name, item->cost,
	    p->s->f.registry.cost_text[item->cost]);
	if (m->closes >= s->gap)
		cm_buf_add_str(&p->p.text, "all of it");
	else
		cm_buf_printf(&p->p.text, "%" PRId64 " %% of it", m->closes / (s->gap / 100 + 1));
}

static void
put_persuasion(struct printing *p, const struct cm_persuasion *s, const char *view)
{
	if (s->gap <= 0 || s->n == 0) {
		cm_buf_printf(&p->p.text, "%s: nothing that is held back would speak more for %s.", view,
		    p->s->f.a.hypothesis[s->hypothesis].name);
		sentence(p);
		return;
	}
	cm_buf_printf(&p->p.text, "%s: %s decibans are missing to how likely all items make %s; ", view, decibans(p, s->gap) + 1,
	    p->s->f.a.hypothesis[s->hypothesis].name);
	if (s->more[0].closes <= 0)
		cm_buf_add_str(&p->p.text, "no single item closes any of it");
	else
		put_more(p, s, &s->more[0]);
	if (s->best != CM_ASSESS_NONE && s->best != 0) {
		cm_buf_add_str(&p->p.text, "; at the lowest cost that closes half, ");
		put_more(p, s, &s->more[s->best]);
	}
	cm_buf_add_str(&p->p.text, ".");
	sentence(p);
}

static bool
is_shared(const struct cm_assessment *a)
{
	for (size_t i = 0; i < a->n_items; i++)
		if (a->item[i].n_shown > 0)
			return true;
	return false;
}

static void
put_disclosures(struct printing *p, const struct cm_assess_shown *l)
{
	heading(p, "What one disclosure more would do");
	if (!is_shared(&p->s->f.a)) {
		put_persuasion(p, &l->persuade[0], "public, shared");
		return;
	}
	put_persuasion(p, &l->persuade[0], "public");
	put_persuasion(p, &l->persuade[1], kept(p, cm_assess_view_name(p->s, CM_OF_SHARED, p->s->to)));
}

/* ---- second opinion ---- */

static const char *
marks(struct printing *p, const struct cm_ach *ach, size_t place)
{
	size_t count[5] = { 0 };

	for (size_t i = 0; i < ach->n_items; i++)
		count[ach->mark[i * ach->n + place]]++;
	return kept(p, cm_arena_printf(p->arena, "%zu CC, %zu C, %zu NA, %zu I, %zu II", count[CM_ACH_CC], count[CM_ACH_C],
	    count[CM_ACH_NA], count[CM_ACH_I], count[CM_ACH_II]));
}

static void
put_second(struct printing *p, const struct cm_assess_shown *l)
{
	static const char *const head[] = { "", "against it", "items" };
	const struct cm_ach *ach = &l->ach;
	struct cm_table t = cm_table_of(p->arena, 3);

	heading(p, "A second opinion: what speaks against each (Heuer)");
	row(p, &t, head);
	for (size_t i = 0; i < l->n; i++)
		row(p, &t, (const char *const[]) { p->s->f.a.hypothesis[l->hypothesis[i]].name,
			kept(p, cm_arena_printf(p->arena, "%" PRId64 ".%03" PRId64, ach->against[i] / 1000, ach->against[i] % 1000)),
			marks(p, ach, i) });
	cm_table_print(&t, p->ctx->out, &p->paint);
	cm_buf_printf(&p->p.text, "Least contradicted: ");
	for (size_t i = 0, n = 0; i < l->n; i++)
		if (ach->against[i] == ach->against[ach->least])
			cm_buf_printf(&p->p.text, "%s%s", n++ == 0 ? "" : ", ", p->s->f.a.hypothesis[l->hypothesis[i]].name);
	cm_buf_printf(&p->p.text, ".  %s", ach->against[l->top] != ach->against[ach->least] ?
	    "That is not what is likeliest above: the count knows neither priors nor how strongly an item speaks; look why." :
	    ach->n_least == 1 ? "That is what is likeliest above." : "What is likeliest above is one of them.");
	sentence(p);
}

/* ---- what to look for ---- */

static void
put_look_for(struct printing *p, const struct cm_assess_shown *l)
{
	heading(p, "What might change the mind (a suggestion by type, no forecast)");
	if (l->n_look_for == 0) {
		cm_buf_add_str(&p->p.text, "The registry has no further type that is hard to forge and speaks at this layer; "
				      "what speaks at weaker ones may (`needs').");
		sentence(p);
	}
	for (size_t i = 0; i < l->n_look_for; i++) {
		const struct cm_evidence_type *t = l->look_for[i];
		char forge[CM_EVIDENCE_RANGE];

		cm_evidence_forge_word(t, forge);
		cm_buf_printf(&p->p.text, "%s %s (%s): supports %s", t->id, t->name, forge, t->supports);
		sentence(p);
	}
}

static void
put_layer(struct printing *p, struct cm_assess_shown *l)
{
	fprintf(p->ctx->out, "\n%sLayer %s%s: ", p->paint.bold, cm_layer_word(l->layer), p->paint.plain);
	cm_cli_text(p->ctx->out, cm_span_str(p->s->f.registry.layer_text[l->layer]));
	fputs("\n\n", p->ctx->out);
	put_views(p, l);
	say_not_shared(p, l);
	put_answer(p, l);
	if (l->tried) {
		cm_buf_printf(&p->p.text, "Ranges: all %" PRIu64 " corners were tried, and give %s.", l->corners,
		    l->same ? "the same ends" : "OTHER ends: please report that");
		cm_paragraph_end(&p->p, 0, 12);
	}
	put_left_out(p, l);
	put_flips(p, l);
	put_disclosures(p, l);
	put_second(p, l);
	put_look_for(p, l);
}

/* ---- what is about all layers ---- */

static void
put_head(struct printing *p)
{
	const struct cm_assessment *a = &p->s->f.a;

	fputs(p->paint.bold, p->ctx->out);
	cm_cli_text(p->ctx->out, cm_span_str(a->title != NULL ? a->title : p->s->f.path));
	fprintf(p->ctx->out, "%s\n", p->paint.plain);
	if (a->about != NULL) {
		cm_buf_add_str(&p->p.text, a->about);
		cm_paragraph_end(&p->p, 0, 0);
	}
	if (a->party != NULL)
		cm_buf_printf(&p->p.text, "An assessment of %s.  ", a->party);
	if (p->s->f.shown != NULL && p->s->f.shown->items_open < p->s->f.shown->body->items)
		cm_buf_printf(&p->p.text, "%" PRIu64 " of its %" PRIu64 " items stay shut in this dossier: everything below is of those that are "
		    "open, whatever the view.  ", p->s->f.shown->body->items - p->s->f.shown->items_open, p->s->f.shown->body->items);
	cm_buf_printf(&p->p.text, "What it hangs on is said of the view: %s.",
	    kept(p, cm_assess_view_name(p->s, p->s->view, p->s->view == CM_OF_SHARED ? p->s->to : NULL)));
	cm_paragraph_end(&p->p, 0, 0);
}

static void
put_again(struct printing *p)
{
	static const char *const word[] = { "the same, to the last digit", "NOT what follows from the rows",
		"not all that it rests on is here" };
	static const char *const head[] = { "layer", "view", "items claimed", "here", "computed again" };
	struct cm_table t = cm_table_of(p->arena, 5);

	if (p->s->n_again == 0)
		return;
	heading(p, "Results that the rows claim");
	row(p, &t, head);
	for (size_t i = 0; i < p->s->n_again; i++) {
		const struct cm_assess_again *again = &p->s->again[i];

		row(p, &t, (const char *const[]) { cm_layer_word(again->claimed->layer),
			kept(p, cm_assess_view_name(p->s, again->claimed->view, again->claimed->to)),
			kept(p, cm_arena_printf(p->arena, "%" PRIu64, again->claimed->items)),
			kept(p, cm_arena_printf(p->arena, "%zu", again->items)), word[again->is] });
	}
	cm_table_print(&t, p->ctx->out, &p->paint);
}

static void
put_contradictions(struct printing *p)
{
	if (p->s->n_contradictions == 0)
		return;
	heading(p, "Layers that contradict each other");
	for (size_t i = 0; i < p->s->n_contradictions; i++) {
		const struct cm_assess_contradiction *c = &p->s->contradiction[i];
		const struct cm_hypothesis *h = &p->s->f.a.hypothesis[c->hypothesis], *n = &p->s->f.a.hypothesis[c->needs];
		char share[CM_LIKELY_TEXT], needed[CM_LIKELY_TEXT];

		cm_likely_percent(c->share, share);
		cm_likely_percent(c->needed, needed);
		cm_buf_printf(&p->p.text, "%s %s (%s) needs %s %s, which is less likely (%s): one of the two has to be wrong.",
		    cm_layer_word(h->layer), h->name, share, cm_layer_word(n->layer), n->name, needed);
		sentence(p);
	}
}

enum cm_result
cm_assess_show_text(const struct cm_context *ctx, struct cm_assess_show *s, struct cm_err *err)
{
	struct printing p = { .ctx = ctx, .s = s, .paint = cm_paint_of(ctx->out_colour), .arena = &s->f.arena };

	p.p = cm_paragraph_of(ctx->out, ctx->width);
	put_head(&p);
	for (size_t i = 0; i < s->n_shown; i++)
		if (s->shown[i].wanted)
			put_layer(&p, &s->shown[i]);
	put_contradictions(&p);
	put_again(&p);
	heading(&p, "What this is not");
	for (size_t i = 0; cm_assess_limits[i] != NULL; i++) {
		cm_buf_add_str(&p.p.text, cm_assess_limits[i]);
		sentence(&p);
	}
	p.lost = p.lost || p.p.lost;
	cm_paragraph_fini(&p.p);
	return p.lost ? cm_err_set(err, CM_E_NOMEM, "out of memory; what was printed is not all") : CM_OK;
}
