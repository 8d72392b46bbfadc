/* How long an assessment takes, and how much memory.  By hand:
 *
 *	bench_assess [RUNS]		(5 unless said otherwise)
 *	bench_assess RUNS rows SHAPE	the rows of one, for other programs to read
 *
 * Assessments at random (tests/laws/assess/made.h), of points and of ranges, clear and near ties, and the worst that we could
 * think of.  Each question in a process of its own, on one core, as often as asked.  A line each: shape, items, hypotheses,
 * question, seconds (the middle, least, most), KiB at its peak, what came out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../laws/assess/made.h"
#include "assess/leave.h"
#include "assess/rows.h"
#include "assess/views.h"
#include "bench.h"

#define RUNS_MAX 101u

struct asked {
	const struct cm_assessment *a;
	struct cm_arena arena;
	struct cm_weigh *w;
	bool *in; /* all */
	struct cm_err err;
	char found[80];
};

struct shape {
	const char *name;
	uint64_t seed;
	bool scale; /* only what scales is asked */
	struct made_shape made;
};

/* 25 and 25, 40 groups: what the target is about */
#define FULL .items = 1000, .plain = 25, .deceivers = 25, .groups = 40, .copies = 20, .class = -1, .rho = -1
#define OF(n, p, d) .items = n, .plain = p, .deceivers = d, .groups = 40, .ranges = 3, .copies = 20, .letters = 5, .class = -1, .rho = -1

static const struct shape shapes[] = {
	{ "points, clear", 1, false, { FULL } },
	{ "points, near ties", 2, false, { FULL, .likely = 4 } },
	{ "ranges, clear", 3, false, { FULL, .ranges = 3, .letters = 5 } },
	{ "ranges, near ties", 4, false, { FULL, .ranges = 3, .letters = 5, .likely = 4 } },
	{ "near ties, one group", 5, false, { .items = 1000, .plain = 25, .deceivers = 25, .groups = 1, .likely = 2, .class = -1, .rho = 800000 } },
	{ "near ties, families", 6, false, { .items = 1000, .plain = 25, .deceivers = 25, .groups = 40, .copies = 1, .likely = 4, .class = -1, .rho = 800000 } },
	{ "near ties, 4 copies of each", 7, false, { .items = 1000, .plain = 25, .deceivers = 25, .groups = 200, .copies = 2, .likely = 3, .class = -1, .rho = 800000 } },
	{ "near ties, all independent", 8, false, { .items = 1000, .plain = 25, .deceivers = 25, .groups = 1000, .likely = 2, .class = -1, .rho = 0 } },
	{ "ranges, mostly deceivers", 9, false, { .items = 1000, .plain = 8, .deceivers = 42, .groups = 40, .ranges = 1, .class = -1, .rho = -1 } },
	{ "near ties, all that may be", 17, false, { .items = 1000, .plain = 17, .deceivers = 239, .groups = 1, .likely = 2, .class = -1, .rho = 800000 } },
	{ "ranges, all that may be", 10, false, { .items = 1000, .plain = 17, .deceivers = 239, .groups = 40, .ranges = 1, .class = -1, .rho = -1 } },
	{ "scale", 11, true, { OF(100, 5, 5) } },
	{ "scale", 12, true, { OF(1000, 5, 5) } },
	{ "scale", 13, true, { OF(4000, 5, 5) } },
	{ "scale", 14, true, { OF(100, 25, 25) } },
	{ "scale", 15, true, { OF(1000, 25, 25) } },
	{ "scale", 16, true, { OF(4000, 25, 25) } },
};

/* ---- questions ---- */

static void
one_view(struct asked *q)
{
	struct cm_posterior share[CM_ASSESS_HYPOTHESES];

	bench_must(cm_weigh_new(&(struct cm_weigh_in) { q->a, MADE_LAYER, true }, &q->arena, &q->w, &q->err), &q->err);
	cm_weigh_ranges(q->w, q->in, share);
	snprintf(q->found, sizeof(q->found), "-");
}

static void
middles(struct asked *q)
{
	struct cm_posterior share[CM_ASSESS_HYPOTHESES];

	bench_must(cm_weigh_new(&(struct cm_weigh_in) { q->a, MADE_LAYER, true }, &q->arena, &q->w, &q->err), &q->err);
	cm_weigh_middle(q->w, q->in, share);
	snprintf(q->found, sizeof(q->found), "-");
}

static void
views(struct asked *q)
{
	struct cm_views v;
	enum cm_result rc = cm_views_compute(q->a, &q->arena, &v, &q->err);

	if (rc == CM_E_LIMIT) {
		snprintf(q->found, sizeof(q->found), "refused");
		return;
	}
	bench_must(rc, &q->err);
	snprintf(q->found, sizeof(q->found), "%zu views", v.n);
}

static void
prepare(struct asked *q)
{
	bench_must(cm_weigh_new(&(struct cm_weigh_in) { q->a, MADE_LAYER, true }, &q->arena, &q->w, &q->err), &q->err);
}

static void
leave(struct asked *q)
{
	struct cm_left_out l;

	prepare(q);
	bench_must(cm_leave_each(q->w, q->in, &q->arena, &l, &q->err), &q->err);
	snprintf(q->found, sizeof(q->found), "%zu left out", l.n);
}

static void
flips_to(struct asked *q, size_t most)
{
	struct cm_flips f;

	prepare(q);
	bench_must(cm_leave_flips(q->w, q->in, most, &q->arena, &f, &q->err), &q->err);
	if (f.exact)
		snprintf(q->found, sizeof(q->found), "%zu%s sets of %zu", f.n, f.more ? "+" : "", f.size);
	else
		snprintf(q->found, sizeof(q->found), "none to %zu, one of %zu", f.below, f.size);
}

static void
flips_two(struct asked *q)
{
	flips_to(q, 2);
}

static void
flips_three(struct asked *q)
{
	flips_to(q, 3);
}

static void
persuade(struct asked *q)
{
	struct cm_persuasion p;

	bench_must(cm_views_persuade(q->a, MADE_LAYER, CM_OF_PUBLIC, NULL, &q->arena, &p, &q->err), &q->err);
	snprintf(q->found, sizeof(q->found), "%zu items", p.n);
}

static void
target(struct asked *q)
{
	bool refused;

	views(q);
	refused = strcmp(q->found, "refused") == 0;
	leave(q);
	flips_two(q);
	snprintf(q->found, sizeof(q->found), refused ? "refused" : "-");
}

static const struct question {
	const char *says;
	void (*ask)(struct asked *q);
	bool scales;
} questions[] = {
	{ "one view, middles", middles, false },
	{ "one view", one_view, true },
	{ "all views", views, true },
	{ "leave one out", leave, true },
	{ "flips to 2", flips_two, true },
	{ "flips to 3", flips_three, false },
	{ "persuasion", persuade, false },
	{ "views, leave one out, flips to 2", target, true },
};

/* ---- measured ---- */

static void
make(const struct shape *s, struct cm_arena *room, struct asked *q)
{
	struct gen g = { .state = s->seed, .size = 1 };

	cm_arena_init(room, 0);
	q->a = made_assessment(&g, &s->made, room);
	q->in = cm_arena_array(room, s->made.items, sizeof(*q->in));
	if (q->a == NULL || q->in == NULL)
		exit(1);
	memset(q->in, 1, s->made.items * sizeof(*q->in));
}

static void
measure(const struct shape *s, const struct question *of, size_t runs)
{
	struct asked q = { .w = NULL };
	struct cm_arena room;
	double took[RUNS_MAX], begun;

	make(s, &room, &q);
	for (size_t i = 0; i < runs; i++) {
		cm_arena_init(&q.arena, 0);
		begun = bench_processor();
		of->ask(&q);
		took[i] = bench_processor() - begun;
		cm_arena_fini(&q.arena);
	}
	printf("%s\t%zu\t%zu\t%s\t%.6f\t%.6f\t%.6f\t", s->name, s->made.items, q.a->n_hypotheses, of->says,
	    bench_hundredth(took, runs, 50), took[0], took[runs - 1]);
	printf("%s", q.found);
	fflush(stdout);
	cm_arena_fini(&room);
}

static void
measure_alone(const struct shape *s, const struct question *of, size_t runs)
{
	struct rusage used;
	int status;
	pid_t child = fork();

	if (child == 0) {
		measure(s, of, runs);
		_exit(0);
	}
	if (child < 0 || wait4(child, &status, 0, &used) < 0 || status != 0)
		exit(1);
	printf("\t%ld\n", used.ru_maxrss);
	fflush(stdout);
}

/* ---- for other programs ---- */

static int
print_rows(const char *name)
{
	struct asked q = { .w = NULL };
	struct cm_arena room;
	struct cm_buf text = { 0 };
	struct cm_assess_row_list list;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		if (strcmp(shapes[i].name, name) != 0)
			continue;
		make(&shapes[i], &room, &q);
		bench_must(cm_assess_rows_write(q.a, &(struct cm_views) { NULL, 0 }, &room, &text, &list), &q.err);
		fputs(cm_buf_cstr(&text), stdout);
		cm_buf_release(&text);
		cm_arena_fini(&room);
		return 0;
	}
	fprintf(stderr, "no shape `%s'\n", name);
	return 1;
}

int
main(int argc, char **argv)
{
	size_t runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 5;

	if (runs < 1 || runs > RUNS_MAX) {
		fprintf(stderr, "usage: bench_assess [RUNS, 1 to %u]\n", RUNS_MAX);
		return 2;
	}
	if (argc == 4 && strcmp(argv[2], "rows") == 0)
		return print_rows(argv[3]);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		for (size_t k = 0; k < sizeof(questions) / sizeof(questions[0]); k++)
			if (questions[k].scales || !shapes[i].scale)
				measure_alone(&shapes[i], &questions[k], runs);
	return 0;
}
