/* Laws of deciding, on rules made at random: the program says what the language's description says. */
#include <string.h>

#include "rules/checks.h"
#include "made.h"

/* The program's own reading; NULL: the law has failed. */
static const struct cm_rules *
reading(struct gen *g, const struct made *m, struct cm_arena *arena)
{
	const struct cm_rules *r = NULL;
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };

	made_text(m, &b);
	if (cm_rules_read(cm_buf_span(&b), 1, &small, arena, &r, &err) != CM_OK)
		gen_fail(g, "%s", err.text);
	cm_buf_release(&b);
	return r;
}

static bool
same_decision(struct gen *g, const struct made *m, const struct cm_decision *d, const struct cm_ask *q)
{
	int bound[SMALL_OBLIGES];
	bool allowed = made_decide(m, q, bound);

	if (d->allowed != allowed)
		return gen_fail(g, "allowed: %d, not %d", d->allowed, allowed);
	for (int i = 0; i < SMALL_OBLIGES; i++)
		if (d->oblige[i].set != (bound[i] >= 0) || (bound[i] >= 0 && d->oblige[i].bound != bound[i]))
			return gen_fail(g, "obligation %d: %lld, not %d", i, (long long)d->oblige[i].bound, bound[i]);
	for (int i = 0; i < m->n; i++) {
		int says = made_says(&m->rule[i], q);

		if ((d->unknown[0] >> i & 1) != (says == 2) || (d->allows[0] >> i & 1) != (says == 1 && m->rule[i].allow) ||
		    (d->denies[0] >> i & 1) != (says != 0 && !m->rule[i].allow))
			return gen_fail(g, "rule %d says %d", i, says);
	}
	return true;
}

static bool
it_decides_as_described(struct gen *g)
{
	const struct cm_rules *r;
	struct cm_arena arena;
	struct cm_decision d;
	struct made m;
	bool good;

	cm_arena_init(&arena, 0);
	made_rules(g, &m);
	r = reading(g, &m, &arena);
	good = r != NULL;
	for (int i = 0; good && i < 200; i++) {
		struct cm_ask q = made_ask(g);

		cm_rules_decide(r, &q, &d);
		good = same_decision(g, &m, &d, &q);
	}
	cm_arena_fini(&arena);
	return good;
}

static bool
the_canonical_form_means_the_same(struct gen *g)
{
	struct cm_buf text = { 0 }, form = { 0 }, again = { 0 };
	const struct cm_rules *r = NULL;
	struct cm_arena arena;
	struct cm_decision d;
	struct cm_err err = { 0 };
	struct made m;
	bool good;

	cm_arena_init(&arena, 0);
	made_rules(g, &m);
	made_text(&m, &text);
	good = cm_rules_format(cm_buf_span(&text), &small, &form, &err) == CM_OK &&
	       cm_rules_format(cm_buf_span(&form), &small, &again, &err) == CM_OK &&
	       cm_rules_read(cm_buf_span(&form), 1, &small, &arena, &r, &err) == CM_OK;
	if (!good)
		gen_fail(g, "%s", err.text);
	if (good && !cm_span_eq(cm_buf_span(&form), cm_buf_span(&again)))
		good = gen_fail(g, "formatting what was formatted changes it");
	for (int i = 0; good && i < m.n; i++)
		if (strcmp(cm_rules_because(r, (size_t)i), i % 2 ? "b" : "") != 0 || strchr(cm_rules_name(r, (size_t)i), '0' + i) == NULL)
			good = gen_fail(g, "name or reason of rule %d", i);
	for (int i = 0; good && i < 100; i++) {
		struct cm_ask q = made_ask(g);

		cm_rules_decide(r, &q, &d);
		good = same_decision(g, &m, &d, &q);
	}
	cm_buf_release(&text);
	cm_buf_release(&form);
	cm_buf_release(&again);
	cm_arena_fini(&arena);
	return good;
}

/* With one rule more: an allow forbids nothing, a deny allows nothing. */
static bool
a_rule_more_goes_one_way(struct gen *g)
{
	const struct cm_rules *before, *after;
	struct cm_decision was, is;
	struct cm_arena arena;
	struct made m;
	bool good;

	cm_arena_init(&arena, 0);
	made_rules(g, &m);
	m.n = m.n == (int)MADE_RULES ? m.n - 1 : m.n;
	before = reading(g, &m, &arena);
	made_rule(g, &m.rule[m.n++]);
	after = reading(g, &m, &arena);
	good = before != NULL && after != NULL;
	for (int i = 0; good && i < 200; i++) {
		struct cm_ask q = made_ask(g);

		cm_rules_decide(before, &q, &was);
		cm_rules_decide(after, &q, &is);
		if (m.rule[m.n - 1].allow ? was.allowed && !is.allowed : !was.allowed && is.allowed)
			good = gen_fail(g, "%s changed it the wrong way", m.rule[m.n - 1].allow ? "an allow" : "a deny");
	}
	cm_arena_fini(&arena);
	return good;
}

/* What is allowed while something is not known is allowed whatever it is: on this the safety questions rest. */
static bool
to_know_less_allows_no_more(struct gen *g)
{
	const struct cm_rules *r;
	struct cm_decision less, more;
	struct cm_arena arena;
	struct made m;
	bool good;

	cm_arena_init(&arena, 0);
	made_rules(g, &m);
	r = reading(g, &m, &arena);
	good = r != NULL;
	for (int i = 0; good && i < 200; i++) {
		struct cm_ask q = made_ask(g);

		cm_rules_decide(r, &q, &more);
		q.value[gen_below(g, SMALL_N)] = CM_RULES_UNKNOWN;
		cm_rules_decide(r, &q, &less);
		if (less.allowed && !more.allowed)
			good = gen_fail(g, "it is allowed only while it is not known");
	}
	cm_arena_fini(&arena);
	return good;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "it decides as described", it_decides_as_described, 2000, MADE_RULES },
		{ "the canonical form means the same", the_canonical_form_means_the_same, 1000, MADE_RULES },
		{ "a rule more goes one way", a_rule_more_goes_one_way, 1000, MADE_RULES },
		{ "to know less allows no more", to_know_less_allows_no_more, 1000, MADE_RULES },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
