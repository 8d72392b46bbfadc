/* Conditions as a flat table, made from the end to the beginning: each part knows already where to go on. */
#include "rules/parts.h"

static uint32_t
add(struct cm_test *test, size_t *n, uint32_t yes, uint32_t no, size_t attribute, uint32_t *names)
{
	struct cm_test *t = &test[*n];

	*t = (struct cm_test) { .yes = yes, .no = no, .attribute = (uint8_t)attribute };
	*names |= UINT32_C(1) << attribute;
	return (uint32_t)(*n)++;
}

static void
set_words(struct cm_test *t, int64_t from, int64_t to)
{
	for (int64_t i = from; i <= to; i++)
		t->is.word[i / 64] |= UINT64_C(1) << (i % 64);
}

/* The values that a comparison is true of, both ends in it; of != those it is false of. */
static void
range_of(const struct cm_expr *e, int64_t value, int64_t max, int64_t *low, int64_t *high)
{
	*low = e->op == CM_OP_BELOW || e->op == CM_OP_UPTO ? 0 : e->op == CM_OP_ABOVE ? value + 1 : value;
	*high = e->op == CM_OP_ABOVE || e->op == CM_OP_FROM ? max : e->op == CM_OP_BELOW ? value - 1 : value;
}

static uint32_t
table_is(struct cm_test *test, size_t *n, const struct cm_expr *e, uint32_t yes, uint32_t no, uint32_t *names)
{
	const struct cm_attribute *a = &e->of->attribute[e->attribute];
	int64_t low, high;
	uint32_t at = no;

	if (e->op == CM_OP_IS_NOT) {
		uint32_t other = yes;

		yes = no;
		no = other;
		at = no;
	}
	if (a->n_words > 0)
		at = add(test, n, yes, no, e->attribute, names);
	for (size_t i = 0; i < e->n; i++) {
		range_of(e, e->value[i], cm_attribute_max(a), &low, &high);
		if (a->n_words > 0) {
			set_words(&test[at], low, high);
			continue;
		}
		at = add(test, n, yes, at, e->attribute, names);
		test[at].range = true;
		test[at].is.between.low = low;
		test[at].is.between.high = high;
	}
	return at;
}

uint32_t
cm_table_expr(struct cm_test *test, size_t *n, const struct cm_expr *e, uint32_t yes, uint32_t no, uint32_t *names)
{
	uint32_t at = e->kind == CM_EXPR_AND ? yes : no;

	switch (e->kind) {
	case CM_EXPR_IS:
		return table_is(test, n, e, yes, no, names);
	case CM_EXPR_NOT:
		return cm_table_expr(test, n, e->first, no, yes, names);
	case CM_EXPR_AND:
		for (const struct cm_expr *part = e->last; part != NULL; part = part->prev)
			at = cm_table_expr(test, n, part, at, no, names);
		break;
	case CM_EXPR_OR:
		for (const struct cm_expr *part = e->last; part != NULL; part = part->prev)
			at = cm_table_expr(test, n, part, yes, at, names);
		break;
	}
	return at;
}

/* Any of the words in a slot, which may be of two attributes. */
static uint32_t
table_slot(struct cm_test *test, size_t *n, const struct cm_slot_word *first, uint32_t yes, uint32_t no, uint32_t *names)
{
	uint32_t at = no;
	uint32_t done = 0;

	for (const struct cm_slot_word *w = first; w != NULL; w = w->next) {
		if (done >> w->attribute & 1)
			continue;
		done |= UINT32_C(1) << w->attribute;
		at = add(test, n, yes, at, w->attribute, names);
		for (const struct cm_slot_word *o = w; o != NULL; o = o->next)
			if (o->attribute == w->attribute)
				set_words(&test[at], o->value, o->value);
	}
	return at;
}

uint32_t
cm_table_rule(struct cm_test *test, size_t *n, const struct cm_rule *r, uint32_t *names)
{
	uint32_t at = CM_TEST_TRUE;

	if (r->when != NULL)
		at = cm_table_expr(test, n, r->when, at, CM_TEST_FALSE, names);
	for (size_t slot = CM_SLOTS; slot-- > 0;)
		if (r->slot[slot] != NULL)
			at = table_slot(test, n, r->slot[slot], at, CM_TEST_FALSE, names);
	return at;
}
