/* Laws of the proofs, on rules made at random: every answer is what going through all requests gives. */
#include <string.h>

#include "rules/checks.h"
#include "made.h"

struct world {
	struct cm_arena arena;
	struct made m, after;
	const struct cm_rules *rules, *rules_after;
	struct cm_checks *checks;
	const struct cm_condition *condition, *impossible;
	bool within; /* some requests are said to be impossible */
};

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
world_begin(struct gen *g, struct world *w)
{
	struct cm_err err = { 0 };

	memset(w, 0, sizeof(*w));
	cm_arena_init(&w->arena, 0);
	w->within = gen_one_in(g, 2);
	made_rules(g, &w->m);
	w->after = w->m;
	for (int i = 0; i < w->after.n; i++)
		if (gen_one_in(g, 3))
			made_rule(g, &w->after.rule[i]);
	w->rules = reading(g, &w->m, &w->arena);
	w->rules_after = reading(g, &w->after, &w->arena);
	if (w->rules == NULL || w->rules_after == NULL)
		return false;
	if (cm_condition_read(cm_span_str("consent = none and (type = M6 or tlp >= amber+strict) and size < 2d"), &small,
		&w->arena, &w->condition, &err) != CM_OK ||
	    cm_condition_read(cm_span_str("to = public and to-member != other"), &small, &w->arena, &w->impossible, &err) != CM_OK ||
	    cm_checks_new(&(struct cm_checks_of) { .rules = w->rules, .after = w->rules_after, .condition = &w->condition,
		.n_conditions = 1, .impossible = &w->impossible, .n_impossible = w->within }, &w->checks, &err) != CM_OK)
		return gen_fail(g, "%s", err.text);
	return true;
}

static void
world_end(struct world *w)
{
	cm_checks_free(w->checks);
	cm_arena_fini(&w->arena);
}

static bool
condition_holds(const struct cm_ask *q)
{
	return q->value[CONSENT] == 0 && q->value[TYPE] >= 0 && q->value[TLP] >= 0 && q->value[SIZE] >= 0 &&
	       (q->value[TYPE] == 2 || q->value[TLP] >= 2) && q->value[SIZE] < 2;
}

static bool
possible(const struct world *w, const struct cm_ask *q)
{
	return !w->within || q->value[TO] != 2 || q->value[WHO] < 0 || q->value[WHO] == 2;
}

/* What of the after differs from the before, for one request. */
static bool
changed(const struct world *w, enum cm_change change, const struct cm_ask *q)
{
	int was_bound[SMALL_OBLIGES], is_bound[SMALL_OBLIGES];
	bool was = made_decide(&w->m, q, was_bound), is = made_decide(&w->after, q, is_bound);

	if (change == CM_CHANGE_ALLOWED)
		return is && !was;
	if (change == CM_CHANGE_FORBIDDEN)
		return was && !is;
	for (int i = 0; was && is && i < SMALL_OBLIGES; i++) {
		int strict = change == CM_CHANGE_LOOSER ? was_bound[i] : is_bound[i];
		int loose = change == CM_CHANGE_LOOSER ? is_bound[i] : was_bound[i];

		if (strict >= 0 && (loose < 0 || (i == MARK ? strict > loose : strict < loose)))
			return true;
	}
	return false;
}

/* Attributes that the example leaves open are tried with some value. */
static struct cm_ask
filled(struct gen *g, const struct world *w, const struct cm_example *e)
{
	struct cm_ask q;

	do {
		q = made_ask(g);
		for (size_t i = 0; i < SMALL_N; i++)
			if (e->matters >> i & 1)
				q.value[i] = e->ask.value[i];
	} while (!possible(w, &q) && !((e->matters >> TO & 1) && (e->matters >> WHO & 1)));
	return q;
}

typedef bool holds_fn(const struct world *w, int which, const struct cm_ask *q);

static bool
is_change(const struct world *w, int which, const struct cm_ask *q)
{
	return changed(w, (enum cm_change)which, q);
}

static bool
is_allowed(const struct world *w, int which, const struct cm_ask *q)
{
	int bound[SMALL_OBLIGES];

	return made_decide(&w->m, q, bound) && (which == 0 || condition_holds(q));
}

static bool
agrees(struct gen *g, const struct world *w, const struct cm_answer *a, holds_fn *holds, int which, const char *what)
{
	cm_count n = 0, weight;

	for (unsigned i = 0; i < MADE_ASKS; i++) {
		struct cm_ask q = made_nth(i, &weight);

		if (possible(w, &q) && holds(w, which, &q))
			n += weight;
	}
	if (a->can != (n > 0) || (a->can && a->requests != n))
		return gen_fail(g, "%s %d: %.0f requests, not %.0f", what, which, (double)a->requests, (double)n);
	for (int i = 0; a->can && i < 50; i++) {
		struct cm_ask q = filled(g, w, &a->example);

		if (!possible(w, &q) || !holds(w, which, &q))
			return gen_fail(g, "%s %d: the example is none", what, which);
	}
	return true;
}

static bool
all_requests_are_counted(struct gen *g)
{
	struct cm_err err = { 0 };
	struct cm_answer a;
	struct world w;
	cm_count all, weight, sum = 0;
	bool good = world_begin(g, &w);

	if (good && cm_checks_allowed(w.checks, &all, &a, &err) != CM_OK)
		good = gen_fail(g, "%s", err.text);
	for (unsigned i = 0; i < MADE_ASKS; i++) {
		struct cm_ask q = made_nth(i, &weight);

		sum += possible(&w, &q) ? weight : 0;
	}
	if (good && all != sum)
		good = gen_fail(g, "%.0f requests in all, not %.0f", (double)all, (double)sum);
	good = good && agrees(g, &w, &a, is_allowed, 0, "allowed");
	if (good && cm_checks_can(w.checks, 0, &a, &err) != CM_OK)
		good = gen_fail(g, "%s", err.text);
	good = good && agrees(g, &w, &a, is_allowed, 1, "allowed in the condition");
	world_end(&w);
	return good;
}

static bool
changes_are_all_found(struct gen *g)
{
	struct cm_err err = { 0 };
	struct cm_answer a;
	struct world w;
	bool good = world_begin(g, &w);

	for (int i = 0; good && i < CM_CHANGES; i++) {
		if (cm_checks_change(w.checks, (enum cm_change)i, &a, &err) != CM_OK)
			good = gen_fail(g, "%s", err.text);
		good = good && agrees(g, &w, &a, is_change, i, "change");
	}
	world_end(&w);
	return good;
}

static bool
same_without(const struct made *m, int rule, const struct cm_ask *q)
{
	int with[SMALL_OBLIGES], without[SMALL_OBLIGES];
	struct made less = *m;
	bool was = made_decide(m, q, with), is;

	less.rule[rule] = less.rule[--less.n];
	is = made_decide(&less, q, without);
	return was == is && memcmp(with, without, sizeof(with)) == 0;
}

static bool
life_agrees(struct gen *g, const struct world *w, int rule)
{
	struct cm_err err = { 0 };
	struct cm_life life;
	bool decides = false, is_true = false;
	cm_count weight;

	if (cm_checks_life(w->checks, (size_t)rule, &life, &err) != CM_OK)
		return gen_fail(g, "%s", err.text);
	for (unsigned i = 0; i < MADE_ASKS; i++) {
		struct cm_ask q = made_nth(i, &weight);

		if (!possible(w, &q))
			continue;
		is_true = is_true || made_says(&w->m.rule[rule], &q) == 1;
		decides = decides || !same_without(&w->m, rule, &q);
	}
	if ((life.is == CM_RULE_NEVER) == is_true)
		return gen_fail(g, "rule %d is true of something: %d", rule, is_true);
	if (life.is != CM_RULE_NEVER && (life.is == CM_RULE_DECIDES) != decides)
		return gen_fail(g, "rule %d decides: %d", rule, decides);
	for (int i = 0; life.is == CM_RULE_DECIDES && i < 20; i++) {
		struct cm_ask q = filled(g, w, &life.example);

		if (same_without(&w->m, rule, &q))
			return gen_fail(g, "rule %d does not decide its example", rule);
	}
	return true;
}

static bool
dead_rules_are_dead(struct gen *g)
{
	struct world w;
	bool good = world_begin(g, &w);

	for (int i = 0; good && i < w.m.n && i < 3; i++)
		good = life_agrees(g, &w, i);
	world_end(&w);
	return good;
}

static bool
monotone_is_what_it_says(struct gen *g)
{
	struct cm_err err = { 0 };
	struct cm_monotone mono;
	struct world w;
	cm_count weight;
	int bound[SMALL_OBLIGES];
	bool good = world_begin(g, &w), holds = true;

	if (good && cm_checks_monotone(w.checks, TLP, &mono, &err) != CM_OK)
		good = gen_fail(g, "%s", err.text);
	for (unsigned i = 0; good && i < MADE_ASKS; i++) {
		struct cm_ask q = made_nth(i, &weight);
		bool here = made_decide(&w.m, &q, bound);

		if (q.value[TLP] <= 0 || !possible(&w, &q))
			continue;
		q.value[TLP]--;
		holds = holds && (!here || made_decide(&w.m, &q, bound));
	}
	if (good && mono.holds != holds)
		good = gen_fail(g, "monotone: %d, not %d", mono.holds, holds);
	for (int i = 0; good && !mono.holds && i < 20; i++) {
		struct cm_ask q = filled(g, &w, &mono.example);
		bool here = made_decide(&w.m, &q, bound);

		q.value[TLP] = mono.lower;
		if (!here || made_decide(&w.m, &q, bound))
			good = gen_fail(g, "the example is monotone");
	}
	world_end(&w);
	return good;
}

static bool
conflicts_are_found(struct gen *g)
{
	struct cm_err err = { 0 };
	struct cm_answer a;
	struct world w;
	cm_count weight;
	bool good = world_begin(g, &w), both = false;

	if (good && w.m.n >= 2) {
		if (cm_checks_both(w.checks, 0, 1, &a, &err) != CM_OK)
			good = gen_fail(g, "%s", err.text);
		for (unsigned i = 0; i < MADE_ASKS; i++) {
			struct cm_ask q = made_nth(i, &weight);

			both = both || (possible(&w, &q) && made_says(&w.m.rule[0], &q) == 1 && made_says(&w.m.rule[1], &q) == 1);
		}
		if (good && a.can != both)
			good = gen_fail(g, "both rules are true of something: %d", both);
	}
	world_end(&w);
	return good;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "all requests are counted", all_requests_are_counted, 60, MADE_RULES },
		{ "changes are all found", changes_are_all_found, 25, MADE_RULES },
		{ "dead rules are dead", dead_rules_are_dead, 25, MADE_RULES },
		{ "monotone is what it says", monotone_is_what_it_says, 60, MADE_RULES },
		{ "conflicts are found", conflicts_are_found, 60, MADE_RULES },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
