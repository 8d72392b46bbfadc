/* Laws of the evidence types: a section that is made up of values sets exactly these, in whatever layout it is
 * written, and no more evidence is plantable less often than a class with a lower number says. */
#include <stdio.h>
#include <string.h>

#include "../gen.h"
#include "base/buf.h"
#include "registry/override.h"

#define TYPES 64

struct wish {
	bool set_forge, set_cost;
	unsigned forge_lo, forge_hi, cost_lo, cost_hi;
};

static void
blank(struct gen *g, struct cm_buf *b)
{
	static const char *const any[] = { " ", "  ", "\n  ", "\t", " \n\n " };

	cm_buf_add_str(b, any[gen_below(g, 5)]);
}

static void
put_range(struct gen *g, struct cm_buf *b, const char *word, char letter, unsigned lo, unsigned hi)
{
	cm_buf_add_str(b, word);
	blank(g, b);
	cm_buf_printf(b, "%c%u", letter, lo);
	if (lo != hi) {
		blank(g, b);
		cm_buf_add_str(b, "to");
		blank(g, b);
		cm_buf_printf(b, "%c%u", letter, hi);
	}
	cm_buf_add_str(b, ",");
	blank(g, b);
}

static void
put_item(struct gen *g, struct cm_buf *b, const char *id, const struct wish *w)
{
	bool cost_first = gen_one_in(g, 2);

	cm_buf_printf(b, "- %s:", id);
	blank(g, b);
	if (w->set_cost && cost_first)
		put_range(g, b, "cost", 'D', w->cost_lo, w->cost_hi);
	if (w->set_forge)
		put_range(g, b, "forge", 'F', w->forge_lo, w->forge_hi);
	if (w->set_cost && !cost_first)
		put_range(g, b, "cost", 'D', w->cost_lo, w->cost_hi);
	cm_buf_add_str(b, "because");
	blank(g, b);
	cm_buf_printf(b, "\"reason of %s\"%s\n", id, gen_one_in(g, 2) ? "." : "");
}

static struct wish
made_wish(struct gen *g, const struct cm_evidence_type *t)
{
	struct wish w = { .set_cost = gen_one_in(g, 3) };

	w.set_forge = t->forge_lo != CM_FORGE_GRADED && gen_one_in(g, 3);
	w.forge_lo = (unsigned)gen_below(g, CM_FORGE_CLASSES);
	w.forge_hi = w.forge_lo + (unsigned)gen_below(g, CM_FORGE_CLASSES - w.forge_lo);
	w.cost_lo = (unsigned)gen_below(g, CM_COST_CLASSES);
	w.cost_hi = w.cost_lo + (unsigned)gen_below(g, CM_COST_CLASSES - w.cost_lo);
	return w;
}

/* Is the type what it was, but for what was wished? */
static bool
as_wished(const struct cm_evidence_type *was, const struct cm_evidence_type *now, const struct wish *w)
{
	struct cm_evidence_type want = *was;

	if (w->set_forge) {
		want.forge_lo = (int8_t)w->forge_lo;
		want.forge_hi = (int8_t)w->forge_hi;
	}
	if (w->set_cost) {
		want.cost_lo = (uint8_t)w->cost_lo;
		want.cost_hi = (uint8_t)w->cost_hi;
	}
	return want.id == now->id && want.group == now->group && want.why == now->why && want.forms == now->forms &&
	       want.forge_lo == now->forge_lo && want.forge_hi == now->forge_hi && want.cost_lo == now->cost_lo &&
	       want.cost_hi == now->cost_hi;
}

static bool
check(struct gen *g, const struct cm_registry *base, struct cm_arena *arena, struct cm_buf *b)
{
	struct wish wish[TYPES];
	struct cm_registry_changes changes;
	struct cm_registry r;
	struct cm_err err = { 0 };
	size_t i, want = 0;

	for (i = 0; i < base->n_types && i < TYPES; i++) {
		wish[i] = made_wish(g, &base->type[i]);
		want += (size_t)wish[i].set_cost + wish[i].set_forge;
		if (wish[i].set_cost || wish[i].set_forge)
			put_item(g, b, base->type[i].id, &wish[i]);
	}
	if (cm_registry_override(base, cm_buf_span(b), 1, arena, &r, &changes, &err) != CM_OK)
		return gen_fail(g, "%s", err.text);
	if (changes.n != want)
		return gen_fail(g, "%zu values were set, %zu are said", want, changes.n);
	for (i = 0; i < changes.n; i++)
		if (strlen(changes.item[i].why) != strlen("reason of ") + strlen(changes.item[i].id) ||
		    strstr(changes.item[i].why, changes.item[i].id) == NULL)
			return gen_fail(g, "the reason of %s is %s", changes.item[i].id, changes.item[i].why);
	for (i = 0; i < base->n_types && i < TYPES; i++)
		if (!as_wished(&base->type[i], &r.type[i], &wish[i]))
			return gen_fail(g, "%s is not as wished", base->type[i].id);
	return true;
}

static bool
what_a_section_sets_is_set_and_nothing_else(struct gen *g)
{
	struct cm_registry base;
	struct cm_arena arena;
	struct cm_buf b = { 0 };
	bool ok;

	cm_arena_init(&arena, 0);
	ok = cm_registry_builtin(&arena, &base, NULL) == CM_OK && check(g, &base, &arena, &b);
	cm_buf_release(&b);
	cm_arena_fini(&arena);
	return ok;
}

static bool
plantable_values_are_taken_exactly_if_they_descend(struct gen *g)
{
	unsigned c[CM_FORGE_CLASSES];
	struct cm_registry_changes changes;
	struct cm_registry base, r;
	struct cm_arena arena;
	struct cm_buf b = { 0 };
	bool descends = true, taken;

	cm_arena_init(&arena, 0);
	if (cm_registry_builtin(&arena, &base, NULL) != CM_OK)
		return gen_fail(g, "no registry");
	for (unsigned k = 0; k < CM_FORGE_CLASSES; k++) {
		c[k] = gen_one_in(g, 3) ? base.plantable[k] : 1 + (unsigned)gen_below(g, 999);
		if (c[k] != base.plantable[k])
			cm_buf_printf(&b, "- F%u: plantable %u, because \"x\"\n", k, c[k]);
		descends = descends && (k == 0 || c[k] < c[k - 1]);
	}
	taken = cm_registry_override(&base, cm_buf_span(&b), 1, &arena, &r, &changes, NULL) == CM_OK;
	for (unsigned k = 0; taken && k < CM_FORGE_CLASSES; k++)
		if (r.plantable[k] != c[k])
			return gen_fail(g, "F%u has %u, not %u", k, r.plantable[k], c[k]);
	cm_buf_release(&b);
	cm_arena_fini(&arena);
	return taken == descends ? true : gen_fail(g, "taken: %d, descends: %d", taken, descends);
}

int
main(void)
{
	static const struct law laws[] = {
		{ "what a section sets is set, and nothing else", what_a_section_sets_is_set_and_nothing_else, 300, 40 },
		{ "plantable values are taken exactly if they descend", plantable_values_are_taken_exactly_if_they_descend, 2000, 40 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
