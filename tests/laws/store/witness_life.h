/* tests/laws/store/witness_life.h -- what a witness has told, and whether it stands by it.
 *
 * Three logs, each with a second history that forks off, ask one witness, whose process may end
 * at any moment and with a loss of power.  Whatever it cosigned, it must stand by later: never
 * cosign the other history, never hold less, never give an earlier time. */
#ifndef TESTS_WITNESS_LIFE_H
#define TESTS_WITNESS_LIFE_H

#include "../gen.h"
#include "../../bench/asker.h"
#include "sim_disk.h"
#include "store/witness_files.h"

#define WITNESS_FOLDER "/w"
#define WITNESS_LOGS 3u
#define WITNESS_FORK 3u /* the leaf from which on the histories differ */

struct told {
	bool added;     /* it said that it knows the log */
	uint64_t size;  /* the largest that it cosigned, or said it holds */
	bool branched;  /* it cosigned beyond the fork: */
	bool other;     /* this history */
	uint64_t guess; /* what the log thinks is held */
};

struct witness_life {
	struct sim_disk *sim;
	struct gen *g;
	bool created;
	struct asker log[WITNESS_LOGS];
	struct told told[WITNESS_LOGS];
	uint64_t time; /* the latest it gave */
	uint64_t compact_at;
	bool lied; /* see g->why */
};

void witness_life_begin(struct witness_life *f, struct gen *g);

enum cm_result witness_life_create(struct witness_life *f);
enum cm_result witness_life_open(
    struct witness_life *f, struct cm_witness_files **w, struct cm_err *err);
enum cm_result witness_life_add(struct witness_life *f, struct cm_witness_files *w, unsigned log);
/* The log asks for ${size} (and again, if it is told another old size). */
enum cm_result witness_life_ask(
    struct witness_life *f, struct cm_witness_files *w, unsigned log, uint64_t size, bool other);
/* What the next process says of each log; CM_E_NOTFOUND is fine where nothing was told. */
bool witness_life_shows(struct witness_life *f, struct cm_witness_files *w);

/* Opens the witness, which must succeed, and stand by what it told. */
bool witness_life_goes_on(struct witness_life *f);

#endif
