/* How many requests rules decide in a second, and how long it takes to prove something of them.  By hand:
 *
 *	bench_rules [RULES]		(50 unless said otherwise; at most 256)
 *
 * One thread; the processor's time.  Rules of the shapes that charters have, every fifth a deny, over the vocabulary of
 * charters; requests made at random from a fixed seed, one value in fifty not known.  Says: rules, millions of
 * requests a second, nanoseconds a request, how many in a thousand were allowed;
 * then the diagram of what they allow: nodes made on the way, milliseconds. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "charter/vocabulary.h"
#include "rules/checks.h"

enum { ASKS = 4096, ROUNDS = 200 };

static uint64_t state = 20261127;

static unsigned
below(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state % n);
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
write_rules(struct cm_buf *b, unsigned n)
{
	static const char *const to[] = { "government", "academic", "private", "\"A\", \"B\"" };
	static const char *const why[] = { "attribution", "corroboration", "defence, warning", "research" };

	for (unsigned i = 0; i < n; i++) {
		if (i % 5 == 0)
			cm_buf_printf(b, "deny D%u: release, publish when %s and cost >= D%u.\n", i,
			    i % 2 ? "victim-data = yes and consent != given" : "exploit = yes and form = C1", i % 4);
		else
			cm_buf_printf(b, "allow R%u: release types N%u, M%u, H%u as C%u, C%u to %s for %s when tlp <= amber+strict and "
				"(personal-data = no or approved = all) and date < 2027-%02u-01 oblige retain <= %ud, onward = none, receipt.\n",
			    i, 1 + i % 8, 1 + i % 6, 1 + i % 5, 1 + i % 4, 5 + i % 4, to[i % 4], why[i / 4 % 4], 1 + i % 12, 30 + i);
	}
}

int
main(int argc, char **argv)
{
	static const char *const types[] = { "N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "M1", "M2", "M3", "M4", "M5", "M6", "H1",
		"H2", "H3", "H4", "H5" };
	static const char *const members[] = { "A", "B", "V" };
	static struct cm_ask ask[ASKS];
	unsigned n = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 50, allowed = 0;
	const struct cm_vocabulary *v;
	const struct cm_rules *rules;
	struct cm_checks *checks;
	struct cm_answer answer;
	struct cm_decision d;
	struct cm_arena arena;
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };
	cm_count all;
	double begun, took;

	cm_arena_init(&arena, 0);
	write_rules(&b, n);
	if (cm_charter_vocabulary(types, 19, members, 3, &arena, &v, &err) != CM_OK ||
	    cm_rules_read(cm_buf_span(&b), 1, v, &arena, &rules, &err) != CM_OK)
		return fprintf(stderr, "%s\n", err.text), 1;
	for (unsigned i = 0; i < ASKS; i++)
		for (size_t a = 0; a < v->n_attributes; a++)
			ask[i].value[a] = below(50) == 0 ? CM_RULES_UNKNOWN :
				    v->attribute[a].n_words > 0 ? (int64_t)below((unsigned)v->attribute[a].n_words) :
				    20700 + (int64_t)below(500);
	begun = seconds();
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (unsigned i = 0; i < ASKS; i++) {
			cm_rules_decide(rules, &ask[i], &d);
			allowed += d.allowed;
		}
	}
	took = seconds() - begun;
	printf("%u rules  %.2f million requests/s  %.0f ns  %u in 1000 allowed\n", n, ASKS * ROUNDS / took / 1e6, took * 1e9 / (ASKS * ROUNDS),
	    (unsigned)(allowed * 1000ull / (ASKS * ROUNDS)));
	begun = seconds();
	if (cm_checks_new(&(struct cm_checks_of) { .rules = rules }, &checks, &err) != CM_OK || cm_checks_allowed(checks, &all, &answer, &err) != CM_OK)
		return fprintf(stderr, "%s\n", err.text), 1;
	printf("diagram: %zu nodes made, %.1f ms\n", cm_checks_nodes(checks), (seconds() - begun) * 1e3);
	cm_checks_free(checks);
	cm_buf_release(&b);
	cm_arena_fini(&arena);
	return 0;
}
