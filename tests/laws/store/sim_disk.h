/* tests/laws/store/sim_disk.h -- a disk in memory that can lose power, fill up, fail and be left.
 *
 * Of each file and folder it keeps what lasts and what was done to it since: writes, cuts,
 * names made, moved and removed.  A sync makes all of that last.  When power is lost each of those
 * is decided on by itself: lost, kept, or, of a write, torn at any byte or sector, or
 * rubbish in its place.  Nothing is ordered against anything: POSIX promises no order.
 *
 * Operations that change or sync something are counted in `changes`, all of them in `steps`.
 * Safe for threads. */
#ifndef TESTS_SIM_DISK_H
#define TESTS_SIM_DISK_H

#include <pthread.h>

#include "os/disk.h"

struct sim_node;
struct sim_file;

struct sim_disk {
	struct cm_disk disk; /* to hand out */
	char machine[CM_DISK_MACHINE + 1];
	uint64_t changes, steps;

	/* When `changes` comes to this the machine stops: nothing is done any more, and each
	 * operation gives EIO; of a write some first bytes are still done.  0: never. */
	uint64_t stop_at;
	bool stopped;
	/* When `steps` comes to this, that one operation fails.  0: never. */
	uint64_t fail_at;
	int fail_with;
	bool fail_on; /* and after it, everything that writes or makes something */
	/* A sync that fails so loses what it was to keep, and no later one brings it. */

	uint64_t (*choose)(void *arg, uint64_t n); /* 0..n-1 */
	void *choose_arg;

	struct sim_node *node; /* 0: the root folder */
	size_t n_nodes;
	struct sim_file *open;
	size_t n_open;
	pthread_mutex_t mutex;
};

/* Is this thread within an operation, or else in what is only there to test?  So that memory can
 * be made to fail for all others. */
extern _Thread_local bool sim_inside;

struct sim_disk *sim_new(void);
struct sim_disk *sim_copy(struct sim_disk *s); /* without what is open */
void sim_free(struct sim_disk *s);

/* The process is gone, and another one comes: what is open is closed, nothing else is lost. */
void sim_leave(struct sim_disk *s);
/* Power is lost and comes back. */
void sim_lose_power(struct sim_disk *s);
/* Changes and names that are not synced. */
size_t sim_pending(const struct sim_disk *s);

/* Of a file that is there: a bit flipped, or the file without its last bytes; lasting. */
void sim_flip(struct sim_disk *s, const char *path, uint64_t bit);
void sim_cut(struct sim_disk *s, const char *path, uint64_t size);

#endif
