/* Items of two sides: those on which they part, and those on which they do not. */
#include <inttypes.h>
#include <stdlib.h>

#include "assess/fixed.h"
#include "dossier/assess_parts.h"
#include "dossier/html.h"

enum { ITEMS = 20, AGREED = 40 };

static const struct cm_assess_item *
item_of(const struct cm_assess_compared *c, const struct cm_assess_compared_item *i)
{
	return i->a != CM_ASSESS_NONE ? &c->in.a->item[i->a] : &c->in.b->item[i->b];
}

static int64_t
size_of(int64_t x)
{
	return x < 0 ? -x : x;
}

static int
by_difference(const void *x, const void *y)
{
	const struct cm_assess_compared_item *a = *(const struct cm_assess_compared_item *const *)x, *b = *(const struct cm_assess_compared_item *const *)y;

	if (size_of(a->differs) != size_of(b->differs))
		return size_of(a->differs) > size_of(b->differs) ? -1 : 1;
	return a < b ? -1 : a > b;
}

static void
put_apart(const struct cm_assess_compared *c, const struct cm_assess_compared_item *i, struct cm_buf *out)
{
	const struct cm_assess_item *item = item_of(c, i);

	cm_buf_add_str(out, "<tr><th scope=\"row\">");
	cm_assess_put_name(out, item->name);
	cm_buf_add_str(out, " <small>");
	cm_html_text(out, item->text);
	cm_buf_add_str(out, "</small></th><td class=\"num\">");
	cm_assess_put_tenths(out, i->lr_a);
	cm_buf_add_str(out, "</td><td class=\"num\">");
	cm_assess_put_tenths(out, i->lr_b);
	cm_buf_add_str(out, "</td><td class=\"num\">");
	cm_assess_put_tenths(out, i->differs);
	cm_buf_printf(out, "</td><td>%s</td></tr>\n", cm_assess_compared_by_word(i->by));
}

static void
put_table(const struct cm_assess_compared *c, const struct cm_assess_compared_item **apart, size_t n, struct cm_buf *out)
{
	size_t shown = n < ITEMS ? n : ITEMS;

	cm_buf_add_str(out, "<figure><table class=\"apart\"><thead><tr><th scope=\"col\">Item</th><th scope=\"col\" class=\"num\">");
	cm_assess_put_side(out, c, 0);
	cm_buf_add_str(out, "</th><th scope=\"col\" class=\"num\">");
	cm_assess_put_side(out, c, 1);
	cm_buf_add_str(out, "</th><th scope=\"col\" class=\"num\">Apart</th><th scope=\"col\">Known as one by</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < shown; i++)
		put_apart(c, apart[i], out);
	cm_buf_add_str(out, "</tbody></table>\n<figcaption>Decibans of each item by itself, for ");
	cm_assess_put_name(out, c->hypothesis[c->odds_for].name);
	cm_buf_add_str(out, " against ");
	if (c->items_against == CM_ASSESS_NONE)
		cm_buf_add_str(out, "nothing");
	else
		cm_assess_put_name(out, c->hypothesis[c->items_against].name);
	cm_buf_add_str(out, ". Items less than half a unit of ln apart (2.2 decibans) are said to be agreed.");
	if (shown < n)
		cm_buf_printf(out, " %zu more are apart.", n - shown);
	cm_buf_add_str(out, "</figcaption></figure>\n");
}

static void
put_agreed(const struct cm_assess_compared *c, struct cm_buf *out)
{
	size_t n = 0;

	if (c->agreed == 0)
		return;
	cm_buf_add_str(out, "<p>Agreed: ");
	for (size_t i = 0; i < c->n_items && n < AGREED; i++)
		if (c->item[i].agreed) {
			cm_buf_add_str(out, n++ == 0 ? "" : ", ");
			cm_assess_put_name(out, item_of(c, &c->item[i])->name);
		}
	if (c->agreed > n)
		cm_buf_printf(out, " and %zu more", c->agreed - n);
	cm_buf_add_str(out, ".</p>\n");
}

void
cm_assess_put_pair_items(const struct cm_assess_compared *c, struct cm_buf *out)
{
	const struct cm_assess_compared_item **apart;
	struct cm_arena arena;
	size_t n = 0;

	cm_arena_init(&arena, 0);
	apart = cm_arena_array(&arena, c->n_items + 1, sizeof(*apart));
	cm_buf_add_str(out, "<h3>Item by item</h3>\n<p>Of what both speak of, ");
	cm_assess_put_many(out, c->agreed, "item is agreed", "items are agreed");
	cm_buf_printf(out, " and %zu %s not.", c->disagreed, c->disagreed == 1 ? "is" : "are");
	if (c->only_a + c->only_b > 0) {
		cm_buf_printf(out, " %zu stand%s only with ", c->only_a, c->only_a == 1 ? "s" : "");
		cm_assess_put_side(out, c, 0);
		cm_buf_printf(out, ", %zu only with ", c->only_b);
		cm_assess_put_side(out, c, 1);
		cm_buf_add_str(out, ".");
	}
	cm_buf_add_str(out, "</p>\n");
	for (size_t i = 0; apart != NULL && i < c->n_items; i++)
		if (c->item[i].speaks_a && c->item[i].speaks_b && !c->item[i].agreed)
			apart[n++] = &c->item[i];
	if (n > 0) {
		qsort(apart, n, sizeof(*apart), by_difference);
		put_table(c, apart, n, out);
	}
	put_agreed(c, out);
	out->failed = out->failed || apart == NULL;
	cm_arena_fini(&arena);
}
