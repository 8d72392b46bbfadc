/* Whatever happens to machine and disk while a log is made and grows: it opens again, what was
 * acknowledged is in it, what was shown is its beginning, and fsck finds no fault. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log_life.h"
#include "lose.h"

/* What a process does with a log; ends at the first failure, as ours do. */
enum act { CREATE, OPEN, CLOSE, COSIGN, APPEND };
struct deed {
	enum act act;
	size_t n;
};

/* Over the ends of tiles of entries, in steps that end at one, before it, behind it. */
static const struct deed story[] = { { CREATE, 0 }, { OPEN, 0 }, { APPEND, 1 }, { APPEND, 3 },
	{ COSIGN, 0 }, { APPEND, 250 }, { APPEND, 5 }, { CLOSE, 0 }, { OPEN, 0 }, { APPEND, 253 },
	{ COSIGN, 0 }, { APPEND, 300 }, { APPEND, 0 }, { CLOSE, 0 } };
#define STORY (sizeof(story) / sizeof(*story))

static enum cm_result
do_deed(struct life *f, const struct deed *d, struct cm_log_files **l)
{
	switch (d->act) {
	case CREATE:
		return life_create(f);
	case OPEN:
		return life_open(f, l, NULL);
	case CLOSE:
		cm_log_files_close(*l);
		*l = NULL;
		return CM_OK;
	case COSIGN:
		return life_cosign(f, *l);
	case APPEND:
		return life_append(f, *l, d->n);
	}
	return CM_E_USAGE;
}

/* False (and why): a log whose append failed takes another one. */
static bool
live(struct life *f, const struct deed *d, size_t n)
{
	struct cm_log_files *l = NULL;
	enum cm_result r = CM_OK;
	bool ok = true;
	size_t i;

	for (i = 0; r == CM_OK && i < n; i++)
		r = do_deed(f, &d[i], &l);
	if (r != CM_OK && d[i - 1].act == APPEND && life_append(f, l, 1) == CM_OK)
		ok = gen_fail(f->g, "an append failed, and the next one did not");
	cm_log_files_close(l);
	return ok;
}

static void
begin(struct life *f, struct gen *g, struct lose *lose)
{
	*lose = (struct lose) { LOSE_AT_RANDOM, 0, 0, g };
	memset(f, 0, sizeof(*f));
	f->g = g;
	f->sim = sim_new();
	lose_by(f->sim, lose);
}

static uint64_t
changes_of_story(struct gen *g, uint64_t *steps)
{
	static struct life f;
	struct lose lose;
	uint64_t n;

	begin(&f, g, &lose);
	if (!live(&f, story, STORY))
		abort();
	n = f.sim->changes;
	*steps = f.sim->steps;
	sim_free(f.sim);
	return n;
}

/* One outcome of the loss of power at the end of ${was}. */
static bool
outcome(const struct life *was, struct lose *lose)
{
	static struct life f;
	bool ok;

	f = *was;
	f.sim = sim_copy(was->sim);
	lose_by(f.sim, lose);
	sim_lose_power(f.sim);
	ok = life_look(&f) && life_goes_on(&f);
	sim_free(f.sim);
	return ok;
}

#define EXHAUST_UP_TO 4u

/* All subsets where they are few, else none, all, and some torn ones. */
static bool
outcomes(const struct life *was, uint64_t some)
{
	size_t pending = sim_pending(was->sim);
	uint64_t masks = pending <= EXHAUST_UP_TO ? (uint64_t)1 << pending : 2;
	struct lose lose = { LOSE_BY_MASK, 0, 0, was->g };

	for (uint64_t i = 0; i < masks; i++) {
		lose.at = 0;
		lose.mask = masks == 2 ? 0 - i : i;
		if (!outcome(was, &lose))
			return false;
	}
	lose.how = LOSE_AT_RANDOM;
	for (uint64_t i = 0; i < some; i++)
		if (!outcome(was, &lose))
			return false;
	return true;
}

/* Ended before each operation in turn: without a loss of power, and with one. */
static bool
the_end_may_come_at_any_moment(struct gen *g)
{
	static struct life f;
	uint64_t steps, n = changes_of_story(g, &steps);
	struct lose lose;
	bool ok = true;

	for (uint64_t k = 1; ok && k <= n + 1; k++) {
		begin(&f, g, &lose);
		f.sim->stop_at = k;
		ok = live(&f, story, STORY);
		sim_leave(f.sim);
		ok = ok && life_look(&f) && outcomes(&f, g->size);
		ok = ok && life_goes_on(&f) && outcomes(&f, 1);
		sim_free(f.sim);
		if (!ok) {
			char why[300];

			memcpy(why, g->why, sizeof(why));
			why[299] = '\0';
			return gen_fail(
			    g, "stopped at change %llu: %s", (unsigned long long)k, why);
		}
	}
	return ok;
}

#define CHANGES_OF_OPEN 12u

/* Ended before each operation in turn, and again while the next process opens the log. */
static bool
the_end_may_come_twice(struct gen *g)
{
	static const struct deed next[] = { { OPEN, 0 } };
	static struct life f, then;
	uint64_t steps, n = changes_of_story(g, &steps);
	struct lose lose, again;
	bool ok = true;

	for (uint64_t k = 1 + gen_below(g, 8); ok && k <= n; k += 1 + gen_below(g, g->size)) {
		begin(&f, g, &lose);
		f.sim->stop_at = k;
		ok = live(&f, story, STORY);
		sim_leave(f.sim);
		for (uint64_t j = 1; ok && j <= CHANGES_OF_OPEN; j++) {
			then = f;
			then.sim = sim_copy(f.sim);
			again = (struct lose) { LOSE_AT_RANDOM, 0, 0, g };
			lose_by(then.sim, &again);
			then.sim->stop_at = then.sim->changes + j;
			ok = live(&then, next, 1);
			sim_leave(then.sim);
			ok = ok && life_look(&then) && outcomes(&then, 1);
			sim_free(then.sim);
		}
		sim_free(f.sim);
	}
	return ok;
}

/* Each operation fails in turn; a write has written some of its bytes, a sync has lost some. */
static bool
every_operation_may_fail(struct gen *g)
{
	static const int errors[] = { EIO, ENOSPC };
	static struct life f;
	uint64_t steps;
	struct lose lose;
	bool ok = true;

	changes_of_story(g, &steps);
	for (uint64_t k = 1; ok && k <= steps; k++) {
		begin(&f, g, &lose);
		f.sim->fail_at = k;
		f.sim->fail_with = errors[gen_below(g, 2)];
		f.sim->fail_on = gen_one_in(g, 2);
		ok = live(&f, story, STORY) && (life_look(&f) || f.sim->fail_on);
		sim_leave(f.sim);
		ok = ok && life_look(&f) && outcomes(&f, g->size);
		ok = ok && life_goes_on(&f) && outcomes(&f, 1);
		sim_free(f.sim);
	}
	return ok;
}

/* Several lives, each with a story and an end of its own. */
static bool
misfortunes_come_one_after_another(struct gen *g)
{
	static struct life f;
	struct lose lose;
	bool ok = true;

	begin(&f, g, &lose);
	for (uint64_t lives = 1 + gen_upto(g, 6); ok && lives > 0; lives--) {
		struct deed d[6] = { { f.created ? OPEN : CREATE, 0 },
			{ f.created ? APPEND : OPEN, 1 } };

		for (size_t i = 2; i < 6; i++)
			d[i] = (struct deed) { gen_one_in(g, 5) ? COSIGN : APPEND,
				(size_t)gen_upto(g, gen_one_in(g, 2) ? 3 : g->size) };
		f.epoch++;
		if (gen_one_in(g, 2))
			f.sim->stop_at = f.sim->changes + 1 + gen_upto(g, 90);
		else
			f.sim->fail_at = f.sim->steps + 1 + gen_upto(g, 150);
		f.sim->fail_with = gen_one_in(g, 2) ? EIO : ENOSPC;
		f.sim->fail_on = gen_one_in(g, 2);
		ok = live(&f, d, 6);
		sim_leave(f.sim);
		ok = ok && life_look(&f);
		if (gen_one_in(g, 2))
			sim_lose_power(f.sim);
		if (gen_one_in(g, 3))
			ok = ok && life_goes_on(&f);
	}
	ok = ok && life_goes_on(&f);
	sim_free(f.sim);
	return ok;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "a log lasts, whenever the end comes", the_end_may_come_at_any_moment, 1, 2 },
		{ "a log lasts, when the end comes again while it is opened",
		    the_end_may_come_twice, 1, 4 },
		{ "a log lasts, whatever operation fails", every_operation_may_fail, 1, 1 },
		{ "a log lasts, however misfortunes follow each other",
		    misfortunes_come_one_after_another, 100, 300 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(*laws));
}
