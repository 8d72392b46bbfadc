/* os/pool.h -- jobs, run by as many threads as there are; whoever hands them in is one of them.
 *
 * For one thread that reads in order and makes work which needs none: it puts jobs,
 * and helps with them where it would have to wait.  With one thread every job runs
 * where it is put, so that a program is the same with any number.  Nothing is said
 * of the order of jobs; whoever needs one numbers results.
 *
 * Only the thread that made a pool may call what stands here.  May be made in a confined
 * child: clone(2) for a thread is among what it may still do. */
#ifndef CM_OS_POOL_H
#define CM_OS_POOL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/result.h"
#include "base/together.h"

#define CM_POOL_THREADS_MAX 64u
#define CM_POOL_JOBS_MAX 256u /* that wait; one more runs where it is put */

struct cm_pool;

/* A job.  ${thread} is the number of the thread it runs on, 0 being the maker of the pool:
 * for scratch of its own. */
typedef void cm_pool_fn(void *job, unsigned thread);

/* Processors that this process may run on; at least 1. */
unsigned cm_processors(void);

/* A pool of ${threads} threads, the caller included; 0: as many as there are processors.
 * Where the system gives fewer, there are fewer.  CM_E_NOMEM. */
CM_RESULT cm_pool_new(unsigned threads, struct cm_pool **out);
unsigned cm_pool_threads(const struct cm_pool *p);

void cm_pool_put(struct cm_pool *p, cm_pool_fn *run, void *job);

/* Helps, or sleeps where there is nothing to help with, until ${*flag} is true; some job
 * must set it. */
void cm_pool_wait(struct cm_pool *p, const atomic_bool *flag);

/* Two pieces of work of rooms that know of no threads, by this pool. */
struct cm_together cm_pool_together(struct cm_pool *p);

/* Ends the threads, after all jobs that wait. */
void cm_pool_free(struct cm_pool *p); /* NULL is fine */

#endif
