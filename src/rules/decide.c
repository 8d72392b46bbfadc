#include <string.h>

#include "rules/parts.h"

struct cm_ask
cm_ask_unknown(void)
{
	struct cm_ask q;

	for (size_t i = 0; i < CM_RULES_ATTRIBUTES_MAX; i++)
		q.value[i] = CM_RULES_UNKNOWN;
	return q;
}

uint32_t
cm_ask_missing(const struct cm_ask *q, const struct cm_vocabulary *v)
{
	uint32_t missing = 0;

	for (size_t i = 0; i < v->n_attributes; i++)
		if (q->value[i] < 0 || q->value[i] > cm_attribute_max(&v->attribute[i]))
			missing |= UINT32_C(1) << i;
	return missing;
}

bool
cm_test_run(const struct cm_test *test, uint32_t entry, const struct cm_ask *q)
{
	while (entry < CM_TEST_FALSE) {
		const struct cm_test *t = &test[entry];
		int64_t value = q->value[t->attribute];
		bool yes = t->range ? value >= t->is.between.low && value <= t->is.between.high :
				      (t->is.word[value / 64] >> (value % 64) & 1) != 0;

		entry = yes ? t->yes : t->no;
	}
	return entry == CM_TEST_TRUE;
}

void
cm_bounds_add(const struct cm_vocabulary *v, struct cm_bound to[CM_RULES_OBLIGATIONS_MAX],
    const struct cm_bound more[CM_RULES_OBLIGATIONS_MAX])
{
	for (size_t i = 0; i < v->n_obligations; i++) {
		bool least = v->obligation[i].kind == CM_OBLIGATION_WORD_AT_LEAST;

		if (!more[i].set)
			continue;
		if (!to[i].set || (least ? more[i].bound > to[i].bound : more[i].bound < to[i].bound))
			to[i] = more[i];
	}
}

void
cm_bounds_meet(const struct cm_vocabulary *v, struct cm_bound to[CM_RULES_OBLIGATIONS_MAX],
    const struct cm_bound other[CM_RULES_OBLIGATIONS_MAX])
{
	for (size_t i = 0; i < v->n_obligations; i++) {
		bool least = v->obligation[i].kind == CM_OBLIGATION_WORD_AT_LEAST;

		if (!other[i].set || (to[i].set && (least ? other[i].bound < to[i].bound : other[i].bound > to[i].bound)))
			to[i] = other[i].set && to[i].set ? other[i] : (struct cm_bound) { 0 };
	}
}

static void
set_bit(uint64_t *bits, size_t i)
{
	bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool
any_bit(const uint64_t bits[CM_RULES_MAX / 64])
{
	uint64_t any = 0;

	for (size_t i = 0; i < CM_RULES_MAX / 64; i++)
		any |= bits[i];
	return any != 0;
}

void
cm_rules_decide(const struct cm_rules *r, const struct cm_ask *q, struct cm_decision *out)
{
	uint32_t missing = cm_ask_missing(q, r->v);

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < r->n; i++) {
		const struct cm_rule *rule = r->rule[i];
		bool unknown = (rule->names & missing) != 0;

		if (unknown)
			set_bit(out->unknown, i);
		else if (!cm_test_run(r->test, rule->entry, q))
			continue;
		if (!rule->allow)
			set_bit(out->denies, i);
		else if (!unknown)
			set_bit(out->allows, i);
	}
	out->allowed = any_bit(out->allows) && !any_bit(out->denies);
	for (size_t i = 0; out->allowed && i < r->n; i++)
		if ((out->allows[i / 64] >> (i % 64) & 1) != 0 && r->rule[i]->obliges)
			cm_bounds_add(r->v, out->oblige, r->rule[i]->oblige);
}

enum cm_rule_says
cm_condition_holds(const struct cm_condition *c, const struct cm_ask *q)
{
	if ((c->names & cm_ask_missing(q, c->v)) != 0)
		return CM_RULE_UNKNOWN;
	return cm_test_run(c->test, c->entry, q) ? CM_RULE_TRUE : CM_RULE_FALSE;
}

const struct cm_vocabulary *
cm_rules_vocabulary(const struct cm_rules *r)
{
	return r->v;
}

size_t
cm_rules_count(const struct cm_rules *r)
{
	return r->n;
}

const char *
cm_rules_name(const struct cm_rules *r, size_t rule)
{
	return r->rule[rule]->name;
}

const char *
cm_rules_because(const struct cm_rules *r, size_t rule)
{
	return r->rule[rule]->because != NULL ? r->rule[rule]->because : "";
}

bool
cm_rules_is_allow(const struct cm_rules *r, size_t rule)
{
	return r->rule[rule]->allow;
}

size_t
cm_rules_line(const struct cm_rules *r, size_t rule)
{
	return r->rule[rule]->line;
}

const struct cm_bound *
cm_rules_oblige(const struct cm_rules *r, size_t rule)
{
	return r->rule[rule]->oblige;
}
