/* Rules as sentences, and why something was decided. */
#include "rules/parts.h"

static void
say_words(const struct cm_vocabulary *v, const struct cm_slot_word *w, const char *last, struct cm_buf *out)
{
	for (bool first = true; w != NULL; w = w->next, first = false) {
		if (!first)
			cm_buf_add_str(out, w->next == NULL ? last : ", ");
		cm_attribute_write(&v->attribute[w->attribute], w->value, out);
	}
}

static void
say_slots(const struct cm_vocabulary *v, const struct cm_rule *r, struct cm_buf *out)
{
	static const char *const before[CM_SLOTS] = { [CM_SLOT_TYPES] = " evidence of type ", [CM_SLOT_AS] = " in the form ",
		[CM_SLOT_FROM] = " from ", [CM_SLOT_TO] = " to ", [CM_SLOT_FOR] = " for " };

	if (r->slot[CM_SLOT_ACTION] == NULL)
		cm_buf_add_str(out, "do anything");
	say_words(v, r->slot[CM_SLOT_ACTION], " or ", out);
	for (size_t slot = CM_SLOT_TYPES; slot < CM_SLOTS; slot++) {
		if (r->slot[slot] == NULL)
			continue;
		cm_buf_add_str(out, slot == CM_SLOT_TYPES && r->slot[CM_SLOT_ACTION] == NULL ? " with evidence of type " : before[slot]);
		say_words(v, r->slot[slot], " or ", out);
	}
}

static void
say_comparison(const struct cm_vocabulary *v, const struct cm_expr *e, struct cm_buf *out)
{
	static const char *const is[] = { "is", "is", "is not", "is below", "is at most", "is above", "is at least" };
	static const char *const day[] = { "is", "is", "is not", "is before", "is not after", "is after", "is not before" };
	const struct cm_attribute *a = &v->attribute[e->attribute];

	cm_buf_printf(out, "%s %s ", a->name, a->kind == CM_ATTRIBUTE_DATE ? day[e->op] : is[e->op]);
	for (size_t i = 0; i < e->n; i++) {
		cm_buf_add_str(out, i == 0 ? "" : i + 1 < e->n ? ", " : " or ");
		cm_attribute_write(a, e->value[i], out);
	}
}

static void
say_expr(const struct cm_vocabulary *v, const struct cm_expr *e, bool brackets, struct cm_buf *out)
{
	brackets = brackets && (e->kind == CM_EXPR_AND || e->kind == CM_EXPR_OR);
	if (e->kind == CM_EXPR_IS) {
		say_comparison(v, e, out);
		return;
	}
	cm_buf_add_str(out, e->kind == CM_EXPR_NOT ? "it is not so that " : brackets ? "(" : "");
	for (const struct cm_expr *part = e->first; part != NULL; part = part->next) {
		say_expr(v, part, true, out);
		if (part->next != NULL)
			cm_buf_add_str(out, e->kind == CM_EXPR_AND ? " and " : " or ");
	}
	cm_buf_add_str(out, brackets ? ")" : "");
}

static void
say_bounds(const struct cm_vocabulary *v, const struct cm_bound *b, struct cm_buf *out)
{
	bool first = true;

	for (size_t i = 0; i < v->n_obligations; i++) {
		if (!b[i].set)
			continue;
		cm_buf_add_str(out, first ? "" : "; ");
		cm_bound_say(v, i, &b[i], out);
		first = false;
	}
}

enum cm_result
cm_rules_say(const struct cm_rules *r, size_t rule, struct cm_buf *out)
{
	const struct cm_rule *one = r->rule[rule];

	cm_buf_printf(out, "%s: it is %s to ", one->name, one->allow ? "allowed" : "forbidden");
	say_slots(r->v, one, out);
	if (one->when != NULL) {
		cm_buf_add_str(out, ", when ");
		say_expr(r->v, one->when, false, out);
	}
	if (one->obliges) {
		cm_buf_add_str(out, ", under these obligations: ");
		say_bounds(r->v, one->oblige, out);
	}
	if (one->because != NULL)
		cm_buf_printf(out, ", because %s", one->because);
	cm_buf_add_str(out, ".");
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}

/* ---- why ---- */

static bool
has_bit(const uint64_t *bits, size_t i)
{
	return (bits[i / 64] >> (i % 64) & 1) != 0;
}

static void
say_missing(const struct cm_rules *r, uint32_t missing, struct cm_buf *out)
{
	bool first = true;

	for (size_t i = 0; i < r->v->n_attributes; i++) {
		if ((missing >> i & 1) == 0)
			continue;
		cm_buf_printf(out, "%s%s", first ? "" : ", ", r->v->attribute[i].name);
		first = false;
	}
}

static void
explain_rule(const struct cm_rules *r, size_t i, uint32_t missing, bool unknown, struct cm_buf *out)
{
	const struct cm_rule *rule = r->rule[i];

	cm_buf_printf(out, "%s %s (line %zu)", rule->name,
	    unknown ? (rule->allow ? "does not allow it" : "denies it") : rule->allow ? "allows it" : "denies it", rule->line);
	if (unknown) {
		cm_buf_add_str(out, ", since it must know ");
		say_missing(r, rule->names & missing, out);
	}
	if (rule->because != NULL)
		cm_buf_printf(out, ": %s", rule->because);
	cm_buf_add_str(out, ".\n");
}

enum cm_result
cm_rules_explain(const struct cm_rules *r, const struct cm_ask *q, const struct cm_decision *d, struct cm_buf *out)
{
	uint32_t missing = cm_ask_missing(q, r->v);
	bool any = false;

	cm_buf_add_str(out, d->allowed ? "Allowed.\n" : "Denied.\n");
	for (size_t i = 0; i < r->n; i++) {
		bool allows = has_bit(d->allows, i), denies = has_bit(d->denies, i), unknown = has_bit(d->unknown, i);

		if (allows || denies || unknown)
			explain_rule(r, i, missing, unknown, out);
		any = any || allows || denies;
	}
	if (!any)
		cm_buf_add_str(out, "No rule allows it, and what no rule allows is denied.\n");
	for (size_t i = 0; i < r->v->n_obligations; i++) {
		if (!d->oblige[i].set)
			continue;
		cm_buf_add_str(out, "Obliges: ");
		cm_bound_say(r->v, i, &d->oblige[i], out);
		cm_buf_add_str(out, " (");
		cm_bound_write(r->v, i, &d->oblige[i], out);
		cm_buf_add_str(out, ").\n");
	}
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}
