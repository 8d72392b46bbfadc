/* Whatever happens to machine and disk: a witness stands by what it told anybody. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lose.h"
#include "witness_life.h"

enum act { CREATE, OPEN, CLOSE, ADD, ASK, LIE };
struct deed {
	enum act act;
	unsigned log;
	uint64_t size;
};

/* Long enough that the journal is compacted on the way. */
static const struct deed story[] = { { CREATE, 0, 0 }, { OPEN, 0, 0 }, { ADD, 0, 0 }, { ASK, 0, 2 },
	{ ADD, 1, 0 }, { ASK, 1, 5 }, { ASK, 0, 2 }, { ASK, 0, 6 }, { LIE, 0, 6 }, { CLOSE, 0, 0 },
	{ OPEN, 0, 0 }, { ASK, 1, 8 }, { LIE, 1, 9 }, { ASK, 0, 9 }, { ASK, 0, 10 }, { ASK, 1, 10 },
	{ ASK, 0, 11 }, { ASK, 0, 12 }, { ASK, 1, 13 }, { CLOSE, 0, 0 } };
#define STORY (sizeof(story) / sizeof(*story))

static enum cm_result
do_deed(struct witness_life *f, const struct deed *d, struct cm_witness_files **w)
{
	switch (d->act) {
	case CREATE:
		return witness_life_create(f);
	case OPEN:
		return witness_life_open(f, w, NULL);
	case CLOSE:
		cm_witness_files_close(*w);
		*w = NULL;
		return CM_OK;
	case ADD:
		return witness_life_add(f, *w, d->log);
	case ASK:
		return witness_life_ask(f, *w, d->log, d->size, false);
	case LIE:
		return witness_life_ask(f, *w, d->log, d->size, true);
	}
	return CM_E_USAGE;
}

/* A failure to answer does not end it: others go on asking, and must be told nothing wrong. */
static void
live(struct witness_life *f, const struct deed *d, size_t n)
{
	struct cm_witness_files *w = NULL;
	enum cm_result r = CM_OK;

	for (size_t i = 0; i < n; i++)
		if (w != NULL || d[i].act == CREATE || (d[i].act == OPEN && (i == 0 || r == CM_OK)))
			r = do_deed(f, &d[i], &w);
	cm_witness_files_close(w);
}

static void
begin(struct witness_life *f, struct gen *g, struct lose *lose)
{
	*lose = (struct lose) { LOSE_AT_RANDOM, 0, 0, g };
	witness_life_begin(f, g);
	lose_by(f->sim, lose);
}

static bool
outcome(const struct witness_life *was, struct lose *lose)
{
	struct witness_life f = *was;
	bool ok;

	f.sim = sim_copy(was->sim);
	lose_by(f.sim, lose);
	sim_lose_power(f.sim);
	ok = witness_life_goes_on(&f);
	sim_free(f.sim);
	return ok;
}

#define EXHAUST_UP_TO 4u

/* All subsets where they are few, else none and all; and some with torn writes. */
static bool
outcomes(const struct witness_life *was, uint64_t some)
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

static bool
count_story(struct gen *g, uint64_t *changes, uint64_t *steps)
{
	struct witness_life f;
	struct lose lose;
	bool ok;

	begin(&f, g, &lose);
	live(&f, story, STORY);
	ok = !f.lied && f.told[0].size == 12 && f.told[1].size == 13;
	*changes = f.sim->changes;
	*steps = f.sim->steps;
	sim_free(f.sim);
	return ok || (!f.lied && gen_fail(g, "the story does not come to its end"));
}

#define CHANGES_OF_OPEN 8u

/* Ended before each operation in turn, without and with a loss of power, and once more while the
 * next process opens it. */
static bool
the_end_may_come_at_any_moment(struct gen *g)
{
	struct witness_life f, then;
	static const struct deed next[] = { { OPEN, 0, 0 }, { ASK, 0, 20 } };
	uint64_t changes, steps;
	struct lose lose, again;
	bool ok = count_story(g, &changes, &steps);

	for (uint64_t k = 1; ok && k <= changes + 1; k++) {
		begin(&f, g, &lose);
		f.sim->stop_at = k;
		live(&f, story, STORY);
		sim_leave(f.sim);
		ok = !f.lied && outcomes(&f, g->size);
		for (uint64_t j = 1 + gen_below(g, 3); ok && j <= CHANGES_OF_OPEN;
		     j += 1 + gen_below(g, 3)) {
			then = f;
			then.sim = sim_copy(f.sim);
			again = (struct lose) { LOSE_AT_RANDOM, 0, 0, g };
			lose_by(then.sim, &again);
			then.sim->stop_at = then.sim->changes + j;
			live(&then, next, 2);
			sim_leave(then.sim);
			ok = !then.lied && outcomes(&then, 1);
			sim_free(then.sim);
		}
		ok = ok && witness_life_goes_on(&f) && outcomes(&f, 1);
		sim_free(f.sim);
	}
	return ok;
}

static bool
every_operation_may_fail(struct gen *g)
{
	static const int errors[] = { EIO, ENOSPC };
	struct witness_life f;
	uint64_t changes, steps;
	struct lose lose;
	bool ok = count_story(g, &changes, &steps);

	for (uint64_t k = 1; ok && k <= steps; k++) {
		begin(&f, g, &lose);
		f.sim->fail_at = k;
		f.sim->fail_with = errors[gen_below(g, 2)];
		f.sim->fail_on = gen_one_in(g, 2);
		live(&f, story, STORY);
		sim_leave(f.sim);
		ok =
		    !f.lied && outcomes(&f, g->size) && witness_life_goes_on(&f) && outcomes(&f, 1);
		sim_free(f.sim);
	}
	return ok;
}

static struct deed
some_deed(struct gen *g, const struct witness_life *f)
{
	unsigned log = (unsigned)gen_below(g, WITNESS_LOGS);
	static const enum act acts[] = { ADD, ASK, ASK, ASK, ASK, LIE };

	return (struct deed) { acts[gen_below(g, 6)], log, f->told[log].size + gen_upto(g, 5) };
}

static bool
misfortunes_come_one_after_another(struct gen *g)
{
	struct witness_life f;
	struct lose lose;
	bool ok = true;

	begin(&f, g, &lose);
	for (uint64_t lives = 1 + gen_upto(g, 8); ok && lives > 0; lives--) {
		struct deed d[22] = { { f.created ? OPEN : CREATE, 0, 0 },
			{ f.created ? ADD : OPEN, 0, 0 } };
		size_t n = 2 + gen_upto(g, g->size < 20 ? g->size : 20);

		for (size_t i = 2; i < n; i++)
			d[i] = some_deed(g, &f);
		if (gen_one_in(g, 2))
			f.sim->stop_at = f.sim->changes + 1 + gen_upto(g, 40);
		else
			f.sim->fail_at = f.sim->steps + 1 + gen_upto(g, 60);
		f.sim->fail_with = gen_one_in(g, 2) ? EIO : ENOSPC;
		f.sim->fail_on = gen_one_in(g, 2);
		live(&f, d, n);
		sim_leave(f.sim);
		ok = !f.lied;
		if (gen_one_in(g, 2))
			sim_lose_power(f.sim);
		if (gen_one_in(g, 3))
			ok = ok && witness_life_goes_on(&f);
	}
	ok = ok && witness_life_goes_on(&f);
	sim_free(f.sim);
	return ok;
}

/* ---- many at once ---- */

struct client {
	struct witness_life mine;
	struct cm_witness_files *w;
	struct gen g;
	unsigned log;
};

/* Each asks for a log of its own, so each has a memory of its own, but for the time. */
static void *
ask_on(void *arg)
{
	struct client *c = arg;
	enum cm_result r = CM_OK;

	c->mine.g = &c->g;
	for (uint64_t i = 0; r == CM_OK && i < 30; i++)
		r = witness_life_ask(&c->mine, c->w, c->log,
		    c->mine.told[c->log].size + 1 + gen_upto(&c->g, 1), gen_one_in(&c->g, 4));
	return c->mine.lied ? NULL : arg;
}

static bool
many_may_ask_when_it_ends(struct gen *g)
{
	struct witness_life f;
	struct client c[WITNESS_LOGS];
	pthread_t thread[WITNESS_LOGS];
	struct cm_witness_files *w = NULL;
	struct lose lose;
	struct gen own = { .state = gen_u64(g) };
	bool ok;
	void *fine;

	begin(&f, g, &lose);
	lose.g = &own;
	ok = witness_life_create(&f) == CM_OK && witness_life_open(&f, &w, NULL) == CM_OK;
	for (unsigned i = 0; ok && i < WITNESS_LOGS; i++)
		ok = witness_life_add(&f, w, i) == CM_OK;
	if (gen_one_in(g, 2))
		f.sim->stop_at = f.sim->changes + 1 + gen_upto(g, 60);
	else
		f.sim->fail_at = f.sim->steps + 1 + gen_upto(g, 60);
	f.sim->fail_with = EIO;
	for (unsigned i = 0; i < WITNESS_LOGS; i++) {
		c[i] = (struct client) { f, w, { .state = gen_u64(g) }, i };
		if (pthread_create(&thread[i], NULL, ask_on, &c[i]) != 0)
			abort();
	}
	for (unsigned i = 0; i < WITNESS_LOGS; i++) {
		pthread_join(thread[i], &fine);
		if (fine == NULL)
			ok = gen_fail(g, "%s", c[i].g.why);
		f.told[i] = c[i].mine.told[i];
	}
	cm_witness_files_close(w);
	sim_leave(f.sim);
	ok = ok && outcomes(&f, 3) && witness_life_goes_on(&f);
	sim_free(f.sim);
	return ok;
}

/* ---- damage ---- */

#define JOURNAL WITNESS_FOLDER "/journal"

/* A bit of what was on disk turns, or the end is cut off: it refuses, or nothing is missing. */
static bool
damage_is_seen(struct gen *g)
{
	struct witness_life f;
	struct cm_disk_stat st;
	struct cm_witness_files *w = NULL;
	struct lose lose;
	bool ok = true;

	begin(&f, g, &lose);
	f.compact_at = 1000 + gen_upto(g, 3000);
	live(&f, story, STORY);
	if (f.sim->disk.ops->stat(f.sim, JOURNAL, &st) != 0)
		abort();
	sim_flip(f.sim, JOURNAL, gen_below(g, 8 * st.size));
	if (witness_life_open(&f, &w, NULL) == CM_OK)
		ok = witness_life_shows(&f, w);
	cm_witness_files_close(w);
	sim_free(f.sim);
	return ok;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "a witness stands by its word, whenever the end comes",
		    the_end_may_come_at_any_moment, 1, 4 },
		{ "a witness stands by its word, whatever operation fails",
		    every_operation_may_fail, 1, 2 },
		{ "a witness stands by its word, however misfortunes follow each other",
		    misfortunes_come_one_after_another, 150, 20 },
		{ "a witness stands by its word to many at once", many_may_ask_when_it_ends, 40,
		    10 },
		{ "a witness whose journal is damaged refuses", damage_is_seen, 300, 10 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(*laws));
}
