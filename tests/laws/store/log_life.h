/* tests/laws/store/log_life.h -- what others have seen of a log, and whether it still is so.
 *
 * A log is used in lives, each of one process, which may end at any moment and with a loss of
 * power.  Outside, somebody remembers all that was ever returned or published, and nothing of
 * it may be missing or different later. */
#ifndef TESTS_LOG_LIFE_H
#define TESTS_LOG_LIFE_H

#include "../gen.h"
#include "sim_disk.h"
#include "store/log_files.h"

#define LIFE_FOLDER "/log"
#define LIFE_ENTRIES 8192u
#define LIFE_SHOWN 256u

struct life {
	struct sim_disk *sim;
	struct gen *g;
	uint8_t epoch; /* so that entries that are logged again differ */

	bool created;
	uint64_t size;            /* entries known to be in the log ... */
	uint8_t of[LIFE_ENTRIES]; /* ... and the epoch of each */
	struct {
		uint64_t size;
		uint8_t root[32];
	} shown[LIFE_SHOWN];
	unsigned n_shown;
	uint64_t cosigned; /* the size that was last cosigned, and said to be so; 0: none */
};

/* These say what of the log's functions; what was seen is noted. */
enum cm_result life_create(struct life *f);
enum cm_result life_open(struct life *f, struct cm_log_files **l, struct cm_err *err);
enum cm_result life_append(struct life *f, struct cm_log_files *l, size_t n);
enum cm_result life_cosign(struct life *f, struct cm_log_files *l);

/* Anybody looks at what is published.  False (and why): it can not be read though the log was
 * there. */
bool life_look(struct life *f);

/* fsck finds no fault.  False, and why. */
bool life_is_sound(struct life *f);

/* Opens the log as the next process would, which must succeed; all that was seen must be
 * there; it can be appended to; and fsck finds no fault. */
bool life_goes_on(struct life *f);

#endif
