/* A text of rules: read or refused with line and column; what is read is written, and that reads to the same. */
#include <string.h>

#include "../../unit/rules/small.h"
#include "fuzz.h"
#include "rules/checks.h"

/* Some requests of many sorts. */
static struct cm_ask
some_ask(unsigned n)
{
	struct cm_ask q = cm_ask_unknown();

	for (size_t i = 0; i < SMALL_N; i++, n = n * 31 + 7)
		q.value[i] = (int64_t)(n / 3 % 5) - 1;
	return q;
}

static void
same(const struct cm_rules *a, const struct cm_rules *b)
{
	struct cm_decision x, y;

	must(cm_rules_count(a) == cm_rules_count(b));
	for (unsigned i = 0; i < 8; i++) {
		struct cm_ask q = some_ask(i * 977 + 1);

		cm_rules_decide(a, &q, &x);
		cm_rules_decide(b, &q, &y);
		must(memcmp(&x.allows, &y.allows, sizeof(x.allows)) == 0 && memcmp(&x.denies, &y.denies, sizeof(x.denies)) == 0);
		must(x.allowed == y.allowed);
		for (size_t o = 0; o < SMALL_OBLIGES; o++)
			must(x.oblige[o].set == y.oblige[o].set && x.oblige[o].bound == y.oblige[o].bound);
	}
}

static void
proofs(const struct cm_rules *r)
{
	struct cm_checks *c;
	struct cm_err err = { 0 };
	struct cm_answer a;
	struct cm_life life;
	cm_count all;

	if (cm_checks_new(&(struct cm_checks_of) { .rules = r, .after = r, .nodes = 4096 }, &c, &err) != CM_OK) {
		must(err.text[0] != 0);
		return;
	}
	if (cm_checks_allowed(c, &all, &a, &err) == CM_OK && a.can) {
		struct cm_decision d;

		cm_rules_decide(r, &a.example.ask, &d);
		must(d.allowed && a.requests <= all);
	}
	if (cm_checks_change(c, CM_CHANGE_ALLOWED, &a, &err) == CM_OK)
		must(!a.can);
	for (size_t i = 0; i < cm_rules_count(r) && i < 4; i++)
		must(cm_checks_life(c, i, &life, &err) != CM_OK || life.is <= CM_RULE_GUARDS);
	cm_checks_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct cm_rules *r, *again;
	struct cm_buf form = { 0 }, twice = { 0 };
	struct cm_arena arena;
	struct cm_err err = { 0 };

	cm_arena_init(&arena, 0);
	if (cm_rules_read(cm_span_of(data, size), 1, &small, &arena, &r, &err) != CM_OK) {
		must(strstr(err.text, "line ") != NULL || err.code == CM_E_LIMIT);
	} else if (cm_rules_format(cm_span_of(data, size), &small, &form, &err) == CM_OK) {
		err = (struct cm_err) { 0 };
		if (cm_rules_read(cm_buf_span(&form), 1, &small, &arena, &again, &err) == CM_OK)
			same(r, again);
		else
			must(false);
		if (cm_rules_format(cm_buf_span(&form), &small, &twice, &err) == CM_OK)
			must(cm_span_eq(cm_buf_span(&form), cm_buf_span(&twice)));
		for (size_t i = 0; i < cm_rules_count(r); i++)
			if (cm_rules_say(r, i, &twice) != CM_OK)
				break;
		proofs(r);
	} else {
		must(false);
	}
	cm_buf_release(&form);
	cm_buf_release(&twice);
	cm_arena_fini(&arena);
	return 0;
}
