/* What hangs on what: the answer without an item, a group, a party; and the fewest items without which it is another. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "assess/fixed.h"
#include "dossier/assess_parts.h"
#include "dossier/html.h"

enum { WIDE = 300, HIGH = 14 };

static int64_t
size_of(int64_t moves)
{
	return moves < 0 ? -moves : moves;
}

static int
by_moves(const void *x, const void *y)
{
	const struct cm_left *a = *(const struct cm_left *const *)x, *b = *(const struct cm_left *const *)y;

	if (size_of(a->moves) != size_of(b->moves))
		return size_of(a->moves) > size_of(b->moves) ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* A group or party of which one item speaks here is that item. */
static bool
is_said_already(const struct cm_assess_layer *l, const struct cm_left *x)
{
	const struct cm_assessment *a = l->s->a;
	size_t n = 0;

	if (x->what == CM_LEFT_ITEM)
		return false;
	for (size_t i = 0; i < a->n_items && n < 2; i++) {
		const char *by = a->item[i].by == NULL ? a->party : a->item[i].by;
		bool belongs = x->what == CM_LEFT_GROUP ? a->item[i].group_number == x->number : by != NULL && strcmp(by, x->name) == 0;

		n += belongs && cm_weigh_counting(l->w, l->in, i) != CM_COUNTS_NOT;
	}
	return n < 2;
}

struct bars {
	const struct cm_left **left;
	size_t n, nothing; /* that move nothing */
	int64_t least, most;
};

static bool
sort(const struct cm_assess_layer *l, const struct cm_left_out *o, struct bars *b)
{
	b->left = cm_arena_array(l->arena, o->n + 1, sizeof(*b->left));
	if (b->left == NULL)
		return false;
	for (size_t i = 0; i < o->n; i++) {
		const struct cm_left *x = &o->left[i];

		if (is_said_already(l, x))
			continue;
		if (cm_cost_millibans(size_of(x->moves)) < 100 && !x->flips) {
			b->nothing++;
			continue;
		}
		b->left[b->n++] = x;
		b->least = x->moves < b->least ? x->moves : b->least;
		b->most = x->moves > b->most ? x->moves : b->most;
	}
	if (b->n > 0)
		qsort(b->left, b->n, sizeof(*b->left), by_moves);
	return true;
}

/* Less than ten decibans are not blown up to the whole width. */
static void
make_room(struct bars *b)
{
	int64_t least = CM_COST_ONE * 23 / 10;

	if (b->most - b->least >= least)
		return;
	if (b->most > -b->least)
		b->most = b->least + least;
	else
		b->least = b->most - least;
}

static int
at(const struct bars *b, int64_t moves)
{
	int64_t all = (b->most - b->least) / WIDE;

	return all == 0 ? 0 : (int)((moves - b->least) / all);
}

static void
put_bar(const struct cm_assess_layer *l, const struct bars *b, const struct cm_left *x, int64_t before)
{
	static const char *const what[] = { "", "<small>group </small>", "<small>all of </small>" };
	int zero = at(b, 0), end = at(b, x->moves);
	struct cm_buf *out = l->out;

	cm_buf_printf(out, "<tr><th scope=\"row\">%s<span class=\"nm\">", what[x->what]);
	cm_html_text(out, x->name);
	cm_buf_printf(out, "</span></th><td class=\"pic\"><svg viewBox=\"-2 0 %d %d\" aria-hidden=\"true\"><rect class=\"%s\" x=\"%d\" y=\"2\" width=\"%d\" "
			   "height=\"10\"/><path class=\"zero\" d=\"M%d 0V%d\"/></svg></td><td class=\"num\">",
	    WIDE + 4, HIGH, x->moves < 0 ? "down" : "rise", end < zero ? end : zero, end < zero ? zero - end : end - zero, zero, HIGH);
	cm_assess_put_tenths(out, x->moves);
	cm_buf_add_str(out, "</td><td class=\"num\">");
	cm_assess_put_percent(out, before);
	cm_buf_add_str(out, " \xe2\x86\x92 ");
	cm_assess_put_percent(out, x->share);
	cm_buf_add_str(out, "</td><td>");
	if (x->flips) {
		cm_buf_add_str(out, "<strong class=\"flip\">turns:</strong> ");
		cm_assess_put_name(out, cm_assess_at(l, x->top)->name);
		cm_buf_add_str(out, " leads");
	}
	cm_buf_add_str(out, "</td></tr>\n");
}

void
cm_assess_put_left(const struct cm_assess_layer *l)
{
	const struct cm_left_out *o = l->s->left[l->layer];
	struct bars b = { 0 };
	size_t shown;
	struct cm_buf *out = l->out;

	if (o == NULL)
		return;
	if (!sort(l, o, &b)) {
		out->failed = true;
		return;
	}
	cm_buf_add_str(out, "<h3>What hangs on what</h3>\n");
	if (b.n == 0) {
		cm_buf_add_str(out, "<p>Nothing that could be left out alone moves the answer.</p>\n");
		return;
	}
	make_room(&b);
	shown = b.n < CM_SHOWN_LEFT ? b.n : CM_SHOWN_LEFT;
	cm_buf_add_str(out, "<figure><table class=\"tornado\"><thead><tr><th scope=\"col\">Without</th><th scope=\"col\"></th><th scope=\"col\">Decibans</th>"
			    "<th scope=\"col\" class=\"nm\">");
	cm_html_text(out, cm_assess_at(l, o->top)->name);
	cm_buf_add_str(out, "</th><th scope=\"col\">Answer</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < shown; i++)
		put_bar(l, &b, b.left[i], o->share);
	cm_buf_add_str(out, "</tbody></table>\n<figcaption>By how much the odds of ");
	cm_assess_put_name(out, cm_assess_at(l, o->top)->name);
	cm_buf_add_str(out, " against all others move if one item, one group, or all items of one party were not there. To the left: what is left out "
			    "spoke for it.");
	if (shown < b.n)
		cm_buf_printf(out, " %zu that move less are left out.", b.n - shown);
	if (b.nothing > 0)
		cm_buf_printf(out, " %zu move%s nothing.", b.nothing, b.nothing == 1 ? "s" : "");
	cm_buf_add_str(out, "</figcaption></figure>\n");
}

/* ---- sets ---- */

static void
put_names(const struct cm_assess_layer *l, const size_t *item, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		cm_buf_add_str(l->out, i == 0 ? "" : i + 1 == n ? " and " : ", ");
		cm_assess_put_name(l->out, l->s->a->item[item[i]].name);
	}
}

/* What is likeliest without them. */
static void
put_set(const struct cm_assess_layer *l, const size_t *item, size_t n, int64_t *cost)
{
	for (size_t i = 0; i < n; i++)
		l->in[item[i]] = false;
	cm_weigh_costs(l->w, l->in, cost);
	for (size_t i = 0; i < n; i++)
		l->in[item[i]] = true;
	cm_buf_add_str(l->out, "<li>without ");
	put_names(l, item, n < CM_SHOWN_SETS ? n : CM_SHOWN_SETS);
	if (n > CM_SHOWN_SETS)
		cm_buf_printf(l->out, " and %zu more", n - CM_SHOWN_SETS);
	cm_buf_add_str(l->out, ", ");
	cm_assess_put_name(l->out, cm_assess_at(l, cm_weigh_top(cost, l->n))->name);
	cm_buf_add_str(l->out, " leads</li>\n");
}

static void
put_bound(const struct cm_assess_layer *l, const struct cm_flips *f, int64_t *cost)
{
	cm_buf_printf(l->out, "<p>No set of up to %zu items turns the answer. Without these %zu it is another; whether fewer would do was not found "
			      "out.</p>\n<ul>\n", f->below, f->size);
	put_set(l, f->bound, f->size, cost);
	cm_buf_add_str(l->out, "</ul>\n");
}

void
cm_assess_put_flips(const struct cm_assess_layer *l)
{
	const struct cm_flips *f = l->s->flips[l->layer];
	int64_t *cost = cm_arena_array(l->arena, l->n + 1, sizeof(*cost));
	struct cm_buf *out = l->out;
	size_t shown;

	if (f == NULL)
		return;
	if (cost == NULL) {
		out->failed = true;
		return;
	}
	cm_buf_add_str(out, "<h3>What would turn the answer</h3>\n");
	if (f->size == 0) {
		cm_buf_add_str(out, "<p>No set of items was found without which the answer is another.</p>\n");
		return;
	}
	if (!f->exact) {
		put_bound(l, f, cost);
		return;
	}
	shown = f->n < CM_SHOWN_SETS ? f->n : CM_SHOWN_SETS;
	if (f->size == 1 && f->n == 1)
		cm_buf_add_str(out, "<p>One item less is enough:</p>\n<ul>\n");
	else if (f->size == 1)
		cm_buf_printf(out, "<p>One item less is enough; each of these %zu%s would do:</p>\n<ul>\n", f->n, f->more ? " and more" : "");
	else
		cm_buf_printf(out, "<p>It takes %zu items less, not fewer; %zu%s such set%s:</p>\n<ul>\n", f->size, f->n, f->more ? " and more" : "",
		    f->n == 1 ? "" : "s");
	for (size_t i = 0; i < shown; i++)
		put_set(l, f->set[i].item, f->size, cost);
	if (shown < f->n)
		cm_buf_printf(out, "<li>and %zu more</li>\n", f->n - shown);
	cm_buf_add_str(out, "</ul>\n");
}
