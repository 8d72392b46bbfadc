/* Laws of the text of an assessment: neither the order of what is defined nor its layout changes what it says; a number
 * that is put where a place says is the number that is read there, and the only one that changed; and a table laid over
 * a text changes what differs, and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gen.h"
#include "assess/sheet.h"
#include "assess/text.h"

#define DEFINITIONS 64
#define LINES 24
#define LINE 200

struct definition {
	char line[LINES][LINE];
	size_t n;
};

struct made {
	struct cm_arena arena;
	struct cm_registry registry;
	struct definition *def;
	size_t n, hypotheses, items;
	struct cm_buf plain, laid;
};

static char *
line(struct definition *d)
{
	return d->line[d->n++];
}

/* ---- a made-up assessment, line by line ---- */

static void
decimal(struct gen *g, char out[LINE])
{
	unsigned digits = 1 + (unsigned)gen_below(g, 12);
	uint64_t most = 1, n;

	for (unsigned i = 0; i < digits; i++)
		most *= 10;
	n = 1 + gen_below(g, most - 1);
	snprintf(out, LINE, "0.%0*llu", (int)digits, (unsigned long long)n);
}

static void
make_hypotheses(struct made *m)
{
	size_t all = m->hypotheses + 2; /* and `other', and one who deceives */
	struct definition *d;

	for (size_t i = 0; i < all; i++) {
		d = &m->def[m->n++];
		if (i + 2 < all)
			snprintf(line(d), LINE, "hypothesis state h%zu", i);
		else
			snprintf(line(d), LINE, "hypothesis state %s", i + 2 == all ? "other" : "other>h0");
		snprintf(line(d), LINE, "prior %.12f because \"one of %zu\"", 1.0 / (double)all, all);
		snprintf(line(d), LINE, "text what is said of number %zu", i);
	}
}

static void
make_cells(struct gen *g, struct made *m, struct definition *d)
{
	char number[LINE];

	for (size_t i = 0; i <= m->hypotheses; i++) {
		char name[LINE] = "other";

		if (gen_one_in(g, 5))
			continue;
		if (i < m->hypotheses)
			snprintf(name, sizeof(name), "h%zu", i);
		decimal(g, number);
		if (gen_one_in(g, 3))
			snprintf(line(d), LINE, "state %.20s %.20s to 1", name, number);
		else
			snprintf(line(d), LINE, "state %.20s %.20s because \"a reason\"", name, gen_one_in(g, 4) ? "?" : number);
	}
}

static void
make_item(struct gen *g, struct made *m, size_t number)
{
	static const char *const types[] = { "N4", "L3", "P1", "G1" };
	struct definition *d = &m->def[m->n++];

	snprintf(line(d), LINE, "item i%zu", number);
	snprintf(line(d), LINE, "type %s", types[gen_below(g, 4)]);
	snprintf(line(d), LINE, "rests seal %064zx", number);
	snprintf(line(d), LINE, "text the item of that number, %zu", number);
	if (number > 0 && gen_one_in(g, 3))
		snprintf(line(d), LINE, "repeats i%zu", (size_t)gen_below(g, number));
	if (number > 1 && gen_one_in(g, 3))
		snprintf(line(d), LINE, "derived i%zu, i%zu", number - 1, (size_t)gen_below(g, number - 1));
	if (gen_one_in(g, 3))
		snprintf(line(d), LINE, "view shared B, C");
	make_cells(g, m, d);
}

static void
make_all(struct gen *g, struct made *m)
{
	struct definition *d = &m->def[m->n++];

	m->hypotheses = 1 + gen_upto(g, g->size < 10 ? g->size : 10);
	m->items = gen_upto(g, g->size < 40 ? g->size : 40);
	snprintf(line(d), LINE, "title Who did it?");
	d = &m->def[m->n++];
	snprintf(line(d), LINE, "rho pdns 0.%06u because \"one history\"", (unsigned)gen_below(g, 1000000));
	make_hypotheses(m);
	for (size_t i = 0; i < m->items; i++)
		make_item(g, m, i);
}

/* ---- written down ---- */

static void
write_plain(struct made *m)
{
	cm_buf_add_str(&m->plain, "assessment 1\n");
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; k < m->def[i].n; k++)
			cm_buf_printf(&m->plain, "%s%s\n", k > 0 ? "  " : "", m->def[i].line[k]);
}

/* What may stand where a space stands. */
static void
space(struct gen *g, struct cm_buf *b)
{
	static const char *const any[] = { "\n    ", "\n\t", " \n# a \"comment\n      ", "\n\n   \n\t  " };

	cm_buf_add_str(b, gen_one_in(g, 6) ? any[gen_below(g, 4)] : " ");
}

static void
nothing(struct gen *g, struct cm_buf *b)
{
	static const char *const any[] = { "\n", "# item x\n", "    # a comment\n", "\t\n", " #\n" };

	while (gen_one_in(g, 4))
		cm_buf_add_str(b, any[gen_below(g, 5)]);
}

static void
write_line(struct gen *g, struct cm_buf *b, const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == ' ')
			space(g, b);
		else
			cm_buf_add_u8(b, (uint8_t)*text);
	cm_buf_add_str(b, gen_one_in(g, 5) ? " \t\n" : "\n");
	nothing(g, b);
}

static void
shuffle(struct gen *g, size_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = n; i > 1; i--) {
		size_t k = gen_below(g, i), other = order[k];

		order[k] = order[i - 1];
		order[i - 1] = other;
	}
}

static void
write_laid(struct gen *g, struct made *m)
{
	size_t order[DEFINITIONS], field[LINES];

	nothing(g, &m->laid);
	cm_buf_add_str(&m->laid, "assessment 1\n");
	shuffle(g, order, m->n);
	for (size_t i = 0; i < m->n; i++) {
		const struct definition *d = &m->def[order[i]];

		write_line(g, &m->laid, d->line[0]);
		shuffle(g, field, d->n - 1);
		for (size_t k = 0; k + 1 < d->n; k++) {
			cm_buf_add_str(&m->laid, "  ");
			write_line(g, &m->laid, d->line[1 + field[k]]);
		}
	}
}

/* ---- compared ---- */

static size_t
hypothesis_in(const struct cm_assessment *a, const struct cm_hypothesis *h)
{
	return cm_assess_find_hypothesis(a, h->layer, h->name);
}

static bool
same_hypothesis(const struct cm_hypothesis *x, const struct cm_hypothesis *y)
{
	return x->prior == y->prior && strcmp(x->text, y->text) == 0 && strcmp(x->because, y->because) == 0 &&
	       cm_hypothesis_deceives(x) == cm_hypothesis_deceives(y);
}

static bool
same_name(const struct cm_assessment *x, size_t in_x, const struct cm_assessment *y, size_t in_y)
{
	if (in_x == CM_ASSESS_NONE || in_y == CM_ASSESS_NONE)
		return in_x == in_y;
	return strcmp(x->item[in_x].name, y->item[in_y].name) == 0;
}

static bool
same_item(const struct cm_assessment *a, const struct cm_assess_item *x, const struct cm_assessment *b,
    const struct cm_assess_item *y)
{
	bool same = strcmp(x->text, y->text) == 0 && strcmp(x->type, y->type) == 0 && strcmp(x->group, y->group) == 0 &&
		    a->group[x->group_number].rho == b->group[y->group_number].rho && x->report == y->report &&
		    x->view == y->view && x->n_shown == y->n_shown &&
		    x->n_derived == y->n_derived && same_name(a, x->repeats, b, y->repeats);

	for (size_t i = 0; same && i < x->n_derived; i++)
		same = same_name(a, x->derived[i], b, y->derived[i]);
	for (size_t i = 0; same && i < a->n_hypotheses; i++) {
		const struct cm_assess_cell *p = &x->cell[i], *q = &y->cell[hypothesis_in(b, &a->hypothesis[i])];

		same = p->p.lo == q->p.lo && p->p.hi == q->p.hi && p->asked == q->asked &&
		       (p->because == NULL) == (q->because == NULL);
	}
	return same;
}

static bool
same(struct gen *g, const struct cm_assessment *a, const struct cm_assessment *b)
{
	if (a->n_hypotheses != b->n_hypotheses || a->n_items != b->n_items || a->n_groups != b->n_groups)
		return gen_fail(g, "not as many");
	for (size_t i = 0; i < a->n_hypotheses; i++) {
		size_t k = hypothesis_in(b, &a->hypothesis[i]);

		if (k == CM_ASSESS_NONE || !same_hypothesis(&a->hypothesis[i], &b->hypothesis[k]))
			return gen_fail(g, "%s is another", a->hypothesis[i].name);
	}
	for (size_t i = 0; i < a->n_items; i++) {
		size_t k = cm_assess_find_item(b, a->item[i].name);

		if (k == CM_ASSESS_NONE || !same_item(a, &a->item[i], b, &b->item[k]))
			return gen_fail(g, "%s is another", a->item[i].name);
	}
	return true;
}

/* That a report names nothing it rests on counts once it has a number: with other numbers, other items are weightless. */
static bool
same_weightless(struct gen *g, const struct cm_assessment *a, const struct cm_assessment *b)
{
	for (size_t i = 0; i < a->n_items; i++)
		if (a->item[i].no_upstream != b->item[cm_assess_find_item(b, a->item[i].name)].no_upstream)
			return gen_fail(g, "%s is weightless in one", a->item[i].name);
	return true;
}

static bool
read_it(struct gen *g, struct made *m, struct cm_span text, struct cm_assessment *a, struct cm_assess_places *p)
{
	struct cm_err err = { 0 };

	return cm_assess_text_read(text, &m->registry, &m->arena, a, p, &err) == CM_OK ? true : gen_fail(g, "%s", err.text);
}

static bool
begin(struct gen *g, struct made *m)
{
	*m = (struct made) { 0 };
	cm_arena_init(&m->arena, 0);
	m->def = cm_arena_array(&m->arena, DEFINITIONS, sizeof(*m->def));
	if (m->def == NULL || cm_registry_builtin(&m->arena, &m->registry, NULL) != CM_OK)
		return gen_fail(g, "no memory");
	make_all(g, m);
	write_plain(m);
	write_laid(g, m);
	return true;
}

static bool
end(struct made *m, bool ok)
{
	cm_buf_release(&m->plain);
	cm_buf_release(&m->laid);
	cm_arena_fini(&m->arena);
	return ok;
}

static bool
order_and_layout_say_nothing(struct gen *g)
{
	struct cm_assessment a, b;
	struct made m;
	bool ok = begin(g, &m) && read_it(g, &m, cm_buf_span(&m.plain), &a, NULL) &&
		  read_it(g, &m, cm_buf_span(&m.laid), &b, NULL) && same(g, &a, &b) && same_weightless(g, &a, &b);

	return end(&m, ok);
}

/* One likelihood of the text as laid out becomes another. */
static bool
change_one(struct gen *g, struct made *m, struct cm_assessment *a, const struct cm_assess_places *p)
{
	size_t i = gen_below(g, a->n_items), k = gen_below(g, a->n_hypotheses);
	struct cm_assess_at at = p->item[i].cell[k];
	struct cm_assess_cell *cell = (struct cm_assess_cell *)(uintptr_t)&a->item[i].cell[k];
	struct cm_assess_change change = { at.at, at.len, cm_span_str("0.123456789012 to 0.2") };
	struct cm_assessment now;
	struct cm_buf b = { 0 };
	bool ok;

	if (at.len == 0)
		return true;
	cell->p = (struct cm_assess_range) { 123456789012, 200000000000 };
	cell->asked = false;
	ok = cm_assess_text_set(cm_buf_span(&m->laid), &change, 1, &b, NULL) == CM_OK &&
	     b.len == m->laid.len - at.len + change.now.len && read_it(g, m, cm_buf_span(&b), &now, NULL) && same(g, a, &now);
	cm_buf_release(&b);
	return ok;
}

static bool
a_number_that_is_put_in_its_place_is_read_there(struct gen *g)
{
	struct cm_assess_places p;
	struct cm_assessment a;
	struct made m;
	bool ok = begin(g, &m) && read_it(g, &m, cm_buf_span(&m.laid), &a, &p);

	if (ok && a.n_items > 0)
		ok = change_one(g, &m, &a, &p);
	return end(&m, ok);
}

/* ---- as a table ---- */

/* To `?', or to a number or range; or only one end of what there was. */
static void
change_cell(struct gen *g, struct cm_assess_cell *cell)
{
	bool keep = cell->p.lo > 0 && gen_one_in(g, 3);

	cell->asked = !keep && gen_one_in(g, 4);
	if (!keep)
		cell->p.lo = cell->asked ? 0 : 1 + (int64_t)gen_below(g, CM_ASSESS_ONE - 1);
	cell->p.hi = cell->asked || gen_one_in(g, 2) ? cell->p.lo : CM_ASSESS_ONE;
}

/* Some likelihoods and forge classes become others; where there was none, there still is none. */
static size_t
change_some(struct gen *g, struct cm_assessment *a)
{
	size_t changes = 0;

	for (size_t i = 0; i < a->n_items; i++) {
		struct cm_assess_item *item = (struct cm_assess_item *)(uintptr_t)&a->item[i];
		int forge = gen_one_in(g, 4) ? (int)gen_below(g, CM_FORGE_CLASSES) : item->forge;

		changes += forge != item->forge;
		item->forge = forge;
		for (size_t k = 0; k < a->n_hypotheses; k++) {
			struct cm_assess_cell *cell = (struct cm_assess_cell *)(uintptr_t)&item->cell[k];
			struct cm_assess_cell was = *cell;

			if ((cell->p.lo == 0 && !cell->asked) || !gen_one_in(g, 3))
				continue;
			change_cell(g, cell);
			changes += was.asked != cell->asked || was.p.lo != cell->p.lo || was.p.hi != cell->p.hi;
		}
	}
	return changes;
}

static bool
same_forge(struct gen *g, const struct cm_assessment *a, const struct cm_assessment *b)
{
	for (size_t i = 0; i < a->n_items; i++)
		if (a->item[i].forge != b->item[i].forge)
			return gen_fail(g, "%s is of another class", a->item[i].name);
	return true;
}

static bool
lay_over(struct gen *g, struct made *m, const struct cm_sheet_over *over, const struct cm_assessment *want, size_t changes)
{
	struct cm_buf csv = { 0 };
	struct cm_sheet_taken taken;
	struct cm_assessment now;
	struct cm_err err = { 0 };
	bool ok;

	cm_sheet_write(want, &csv);
	ok = cm_sheet_take(over, cm_buf_span(&csv), &m->arena, &taken, &err) == CM_OK || gen_fail(g, "%s", err.text);
	if (ok && taken.changes != changes)
		ok = gen_fail(g, "%zu changes, not %zu", taken.changes, changes);
	if (ok && changes > 0)
		ok = read_it(g, m, cm_buf_span(&taken.text), &now, NULL) && same(g, want, &now) && same_forge(g, want, &now);
	cm_sheet_release(&taken);
	cm_buf_release(&csv);
	return ok;
}

static bool
a_table_changes_what_differs(struct gen *g)
{
	struct cm_assess_places p;
	struct cm_assessment a, other;
	struct made m;
	bool ok = begin(g, &m) && read_it(g, &m, cm_buf_span(&m.laid), &a, &p) && read_it(g, &m, cm_buf_span(&m.laid), &other, NULL);

	if (ok) {
		struct cm_sheet_over over = { cm_buf_span(&m.laid), &m.registry, &a, &p };

		ok = lay_over(g, &m, &over, &other, 0) && lay_over(g, &m, &over, &other, change_some(g, &other));
	}
	return end(&m, ok);
}

int
main(void)
{
	static const struct law laws[] = {
		{ "order and layout say nothing", order_and_layout_say_nothing, 400, 40 },
		{ "a number that is put in its place is read there", a_number_that_is_put_in_its_place_is_read_there, 400, 40 },
		{ "a table laid over a text changes what differs", a_table_changes_what_differs, 400, 40 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
