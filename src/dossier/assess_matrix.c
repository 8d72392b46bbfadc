/* Items against hypotheses: how much each moves the odds against `other', as a table that is shaded. */
#include <inttypes.h>
#include <stdlib.h>

#include "assess/fixed.h"
#include "dossier/assess_parts.h"
#include "dossier/html.h"

/* An item that speaks at the layer. */
struct column {
	size_t item;
	enum cm_counting how;
	int64_t weight; /* in millionths */
	int64_t telling; /* between the hypotheses that it helps most and least */
};

struct matrix {
	const struct cm_assess_layer *l;
	struct column *c;
	size_t n, shown, silent;
	size_t *place_of; /* of a hypothesis of the assessment */
	int64_t *prior;	  /* cost of each place */
};

static bool
counts(enum cm_counting how)
{
	return how == CM_COUNTS_WHOLE || how == CM_COUNTS_LIGHT;
}

/* The weighted cost of the item, taken alone, of a hypothesis. */
static int64_t
cell_cost(const struct matrix *m, const struct column *c, size_t place)
{
	const struct cm_assess_layer *l = m->l;
	const struct cm_hypothesis *h = cm_assess_at(l, place);
	const struct cm_assess_item *item = &l->s->a->item[c->item];
	int64_t plant = l->s->a->class[item->forge].c, a, b;

	if (!cm_hypothesis_deceives(h))
		return cm_cost_weighted(cm_weigh_cell(l->w, c->item, place), c->weight);
	a = cm_cost_weighted(cm_weigh_cell(l->w, c->item, m->place_of[h->as]), c->weight);
	b = cm_cost_weighted(cm_weigh_cell(l->w, c->item, m->place_of[h->by]), c->weight);
	if (a == b || item->letter == 'G')
		return a;
	return cm_cost_either(cm_cost(plant * 100000000) + a, cm_cost((CM_ASSESS_MILLION - plant) * 100000000) + b);
}

/* Against `other': above 0, the item speaks for the hypothesis. */
static int64_t
cell(const struct matrix *m, const struct column *c, size_t place)
{
	return cell_cost(m, c, m->l->other) - cell_cost(m, c, place);
}

static int
by_telling(const void *x, const void *y)
{
	const struct column *a = x, *b = y;

	if (counts(a->how) != counts(b->how))
		return counts(a->how) ? -1 : 1;
	if (a->telling != b->telling)
		return a->telling > b->telling ? -1 : 1;
	return a->item < b->item ? -1 : 1;
}

static void
weigh_column(const struct matrix *m, struct column *c)
{
	const struct cm_assessment *a = m->l->s->a;
	int64_t most = INT64_MIN, least = INT64_MAX;

	c->how = cm_weigh_counting(m->l->w, m->l->in, c->item);
	c->weight = c->how == CM_COUNTS_LIGHT ? CM_ASSESS_MILLION - a->group[a->item[c->item].group_number].rho : CM_ASSESS_MILLION;
	for (size_t p = 0; p < m->l->n; p++) {
		int64_t d;

		if (cm_hypothesis_deceives(cm_assess_at(m->l, p)))
			continue;
		d = cell(m, c, p);
		most = d > most ? d : most;
		least = d < least ? d : least;
	}
	c->telling = most - least;
}

static bool
prepare(struct matrix *m)
{
	const struct cm_assess_layer *l = m->l;
	const struct cm_assessment *a = l->s->a;

	m->c = cm_arena_array(l->arena, a->n_items + 1, sizeof(*m->c));
	m->place_of = cm_arena_array(l->arena, a->n_hypotheses + 1, sizeof(*m->place_of));
	m->prior = cm_arena_array(l->arena, l->n + 1, sizeof(*m->prior));
	if (m->c == NULL || m->place_of == NULL || m->prior == NULL)
		return false;
	for (size_t p = 0; p < l->n; p++) {
		m->place_of[l->all->hypothesis[p]] = p;
		m->prior[p] = cm_cost(cm_assess_at(l, p)->prior * 100);
	}
	for (size_t i = 0; i < a->n_items; i++) {
		if (!cm_assess_item_speaks(a, i, l->layer)) {
			m->silent++;
			continue;
		}
		m->c[m->n].item = i;
		weigh_column(m, &m->c[m->n++]);
	}
	qsort(m->c, m->n, sizeof(*m->c), by_telling);
	m->shown = m->n < CM_SHOWN_ITEMS ? m->n : CM_SHOWN_ITEMS;
	for (size_t i = 0; i < m->shown; i++)
		l->listed[m->c[i].item] = true;
	return true;
}

/* ---- writing ---- */

static const char *
shade(int64_t cost)
{
	static const char *const plus[] = { "z", "p1", "p2", "p3", "p4" }, *const minus[] = { "z", "m1", "m2", "m3", "m4" };
	int64_t d = cm_assess_bans(cost), size = d < 0 ? -d : d;

	return (d < 0 ? minus : plus)[size == 0 ? 0 : size < 3 ? 1 : size < 6 ? 2 : size < 10 ? 3 : 4];
}

static void
put_cell(const struct matrix *m, const struct column *c, size_t place)
{
	struct cm_buf *out = m->l->out;

	if (!counts(c->how)) {
		cm_buf_add_str(out, "<td class=\"no\">\xc2\xb7</td>");
		return;
	}
	cm_buf_printf(out, "<td class=\"%s\">", shade(cell(m, c, place)));
	cm_assess_put_bans(out, cell(m, c, place));
	cm_buf_add_str(out, "</td>");
}

static void
put_how(struct cm_buf *out, const struct column *c)
{
	cm_buf_add_str(out, counts(c->how) ? "<td>" : "<td class=\"no\">");
	if (c->how == CM_COUNTS_LIGHT)
		cm_assess_put_decimal(out, c->weight, 6);
	else
		cm_buf_add_str(out, c->how == CM_COUNTS_WHOLE ? "1" : c->how == CM_COUNTS_COPY ? "copy" : "none");
	cm_buf_add_str(out, "</td>");
}

static void
put_heads(const struct matrix *m, size_t from, size_t to, bool last)
{
	const struct cm_assess_picture *s = m->l->s;
	struct cm_buf *out = m->l->out;

	cm_buf_add_str(out, "<thead><tr><th scope=\"col\"></th>");
	if (from == 0)
		cm_buf_add_str(out, "<th scope=\"col\" class=\"up sum\"><span>before any item</span></th>");
	for (size_t i = from; i < to; i++) {
		cm_buf_printf(out, "<th scope=\"col\" class=\"up\"><a href=\"#a%zu-item-%zu\">", s->number, m->c[i].item + 1);
		cm_html_text(out, s->a->item[m->c[i].item].name);
		cm_buf_add_str(out, "</a></th>");
	}
	if (last && m->shown < m->n)
		cm_buf_printf(out, "<th scope=\"col\" class=\"up sum\"><span>%zu left out</span></th>", m->n - m->shown);
	if (last)
		cm_buf_add_str(out, "<th scope=\"col\" class=\"up sum\"><span>together</span></th>");
	cm_buf_add_str(out, "</tr>\n<tr class=\"how\"><th scope=\"row\">weight</th>");
	if (from == 0)
		cm_buf_add_str(out, "<td></td>");
	for (size_t i = from; i < to; i++)
		put_how(out, &m->c[i]);
	if (last)
		cm_buf_add_str(out, m->shown < m->n ? "<td></td><td></td>" : "<td></td>");
	cm_buf_add_str(out, "</tr></thead>\n");
}

/* What is not in the columns: so that what has no deceiver adds up. */
static int64_t
rest_of(const struct matrix *m, size_t place)
{
	int64_t sum = 0;

	for (size_t i = m->shown; i < m->n; i++)
		if (counts(m->c[i].how))
			sum += cell(m, &m->c[i], place);
	return sum;
}

static void
put_sum(struct cm_buf *out, int64_t cost)
{
	cm_buf_add_str(out, "<td class=\"sum\">");
	cm_assess_put_bans(out, cost);
	cm_buf_add_str(out, "</td>");
}

static void
put_row(const struct matrix *m, size_t place, size_t from, size_t to, bool last)
{
	const struct cm_assess_layer *l = m->l;
	const struct cm_hypothesis *h = cm_assess_at(l, place);
	bool deceives = cm_hypothesis_deceives(h);
	struct cm_buf *out = l->out;

	cm_buf_printf(out, "<tr%s><th scope=\"row\">", deceives ? " class=\"deceiver\"" : "");
	cm_assess_put_name(out, h->name);
	cm_buf_add_str(out, "</th>");
	if (from == 0)
		put_sum(out, m->prior[l->other] - m->prior[place]);
	for (size_t i = from; i < to; i++)
		put_cell(m, &m->c[i], place);
	if (last && m->shown < m->n && deceives)
		cm_buf_add_str(out, "<td class=\"sum\"></td>");
	else if (last && m->shown < m->n)
		put_sum(out, rest_of(m, place));
	if (last)
		put_sum(out, l->cost[l->other] - l->cost[place]);
	cm_buf_add_str(out, "</tr>\n");
}

/* At most CM_SHOWN_ACROSS columns side by side, as evenly as can be. */
static void
put_tables(const struct matrix *m)
{
	size_t parts = (m->shown + CM_SHOWN_ACROSS - 1) / CM_SHOWN_ACROSS, rows = m->l->n < CM_SHOWN_ROWS ? m->l->n : CM_SHOWN_ROWS;
	struct cm_buf *out = m->l->out;

	for (size_t k = 0; k < parts; k++) {
		size_t from = k * m->shown / parts, to = (k + 1) * m->shown / parts;

		cm_buf_printf(out, "<table class=\"heat%s\">", to - from <= 8 ? " few" : "");
		put_heads(m, from, to, k + 1 == parts);
		cm_buf_add_str(out, "<tbody>\n");
		for (size_t i = 0; i < rows; i++)
			if (m->l->order[i] != m->l->other)
				put_row(m, m->l->order[i], from, to, k + 1 == parts);
		cm_buf_add_str(out, "</tbody></table>\n");
	}
}

static void
put_caption(const struct matrix *m)
{
	const struct cm_assess_layer *l = m->l;
	struct cm_buf *out = l->out;
	bool deceivers = false;

	for (size_t p = 0; p < l->n; p++)
		deceivers = deceivers || cm_hypothesis_deceives(cm_assess_at(l, p));
	cm_buf_add_str(out, "<figcaption>Decibans against <b>other</b>: 3 double the odds, 10 make them tenfold, and a minus speaks against. "
			    "<span class=\"keys\"><i class=\"m4\">\xe2\x88\x92" "10</i><i class=\"m3\">\xe2\x88\x92" "6</i><i class=\"m2\">\xe2\x88\x92" "3</i>"
			    "<i class=\"m1\">\xe2\x88\x92" "1</i><i class=\"z\">0</i><i class=\"p1\">+1</i><i class=\"p2\">+3</i><i class=\"p3\">+6</i>"
			    "<i class=\"p4\">+10</i></span> What tells most stands left. Grades of sources, caps and weights are in these numbers, so a row adds "
			    "up: before any item, each item, together (give or take rounding). <em>Weight</em>: 1 whole; less, a stronger item of its "
			    "group is there; <em>copy</em>, of an item that counts; <em>none</em>, it names nothing that it rests on.");
	if (deceivers)
		cm_buf_add_str(out, " A deceiver (in italics) has no numbers of its own: its cells say what it would get from the item alone, from how "
				    "easily that is planted. Evidence of one class is planted as a whole, so these rows do not add up.");
	if (m->shown < m->n)
		cm_buf_printf(out, " The %zu most telling items of %zu are shown; %zu are left out.", m->shown, m->n, m->n - m->shown);
	if (l->n > CM_SHOWN_ROWS)
		cm_buf_printf(out, " %zu less likely hypotheses are left out.", l->n - CM_SHOWN_ROWS);
	if (m->silent > 0)
		cm_buf_printf(out, " %zu item%s nothing at this layer.", m->silent, m->silent == 1 ? " says" : "s say");
	cm_buf_add_str(out, "</figcaption>");
}

void
cm_assess_put_matrix(const struct cm_assess_layer *l)
{
	struct matrix m = { .l = l };

	if (!prepare(&m)) {
		l->out->failed = true;
		return;
	}
	cm_buf_add_str(l->out, "<h3>What speaks for whom</h3>\n");
	if (m.n == 0) {
		cm_buf_add_str(l->out, "<p>No item speaks at this layer: what comes out is what was thought before.</p>\n");
		return;
	}
	cm_buf_add_str(l->out, "<figure class=\"matrix\">");
	put_tables(&m);
	put_caption(&m);
	cm_buf_add_str(l->out, "</figure>\n");
}
