/* Each allocation of a log's and of a witness's story fails once: nothing crashes, nothing is
 * lost that was told, and the next process goes on. */
#include <stdlib.h>
#include <string.h>

#include "../../starve.h"
#include "log_life.h"
#include "lose.h"
#include "witness_life.h"

#define EACH_UP_TO 300u

/* Allocations until one fails; 0: none does.  Those of the disk in memory do not count. */
static unsigned long countdown;
static bool starved;

bool
allocation_fails(void)
{
	if (sim_inside || countdown == 0 || --countdown > 0)
		return false;
	starved = true;
	return true;
}

static void
live_as_log(struct life *f)
{
	static const size_t batch[] = { 1, 3, 260, 5, 300 };
	struct cm_log_files *l = NULL;
	enum cm_result r = life_create(f);

	for (size_t i = 0; r == CM_OK && i < sizeof(batch) / sizeof(*batch); i++) {
		r = l == NULL ? life_open(f, &l, NULL) : CM_OK;
		if (r == CM_OK)
			r = life_append(f, l, batch[i]);
		if (r == CM_OK && i == 3) {
			cm_log_files_close(l);
			l = NULL;
		}
	}
	cm_log_files_close(l);
}

/* Also what is only read meets it. */
static bool
log_in_need(struct gen *g, unsigned long n)
{
	static struct life f;
	struct lose lose = { LOSE_AT_RANDOM, 0, 0, g };
	bool ok;

	memset(&f, 0, sizeof(f));
	f.g = g;
	f.sim = sim_new();
	lose_by(f.sim, &lose);
	countdown = n;
	live_as_log(&f);
	ok = life_look(&f) || starved;
	ok = life_is_sound(&f) || starved;
	countdown = 0;
	sim_leave(f.sim);
	if (gen_one_in(g, 2))
		sim_lose_power(f.sim);
	ok = ok && life_goes_on(&f);
	sim_free(f.sim);
	return ok;
}

static void
live_as_witness(struct witness_life *f)
{
	struct cm_witness_files *w = NULL;
	enum cm_result r = witness_life_create(f);

	for (uint64_t i = 0; i < 8; i++) {
		if (w == NULL)
			r = witness_life_open(f, &w, NULL);
		if (r != CM_OK)
			break;
		r = i < 2 ? witness_life_add(f, w, (unsigned)i)
			  : witness_life_ask(f, w, i % 2, 2 * i, i == 5);
		if (i != 4)
			continue;
		cm_witness_files_close(w);
		w = NULL;
	}
	if (w != NULL)
		(void)witness_life_shows(f, w);
	cm_witness_files_close(w);
}

static bool
witness_in_need(struct gen *g, unsigned long n)
{
	struct witness_life f;
	struct lose lose = { LOSE_AT_RANDOM, 0, 0, g };
	bool ok;

	witness_life_begin(&f, g);
	f.compact_at = 900;
	lose_by(f.sim, &lose);
	countdown = n;
	live_as_witness(&f);
	countdown = 0;
	sim_leave(f.sim);
	if (gen_one_in(g, 2))
		sim_lose_power(f.sim);
	ok = !f.lied && witness_life_goes_on(&f);
	sim_free(f.sim);
	return ok;
}

static bool
any_may_fail(struct gen *g, bool (*in_need)(struct gen *g, unsigned long n))
{
	for (unsigned long n = 1;; n += n < EACH_UP_TO ? 1 : n / 32) {
		starved = false;
		if (!in_need(g, n))
			return false;
		if (!starved)
			return n > 100 || gen_fail(g, "only %lu allocations?", n);
	}
}

static bool
log_without_memory(struct gen *g)
{
	return any_may_fail(g, log_in_need);
}

static bool
witness_without_memory(struct gen *g)
{
	return any_may_fail(g, witness_in_need);
}

int
main(void)
{
	static const struct law laws[] = {
		{ "a log lasts, whichever allocation fails", log_without_memory, 1, 1 },
		{ "a witness stands by its word, whichever allocation fails",
		    witness_without_memory, 1, 1 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(*laws));
}
