#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "os/pool.h"

struct job {
	cm_pool_fn *run;
	void *arg;
};

struct worker {
	struct cm_pool *pool;
	pthread_t thread;
	unsigned number; /* from 1 */
};

struct cm_pool {
	pthread_mutex_t lock;
	pthread_cond_t put;  /* a job waits, or the end has come */
	pthread_cond_t done; /* some job is over */
	struct job job[CM_POOL_JOBS_MAX];
	unsigned first, n; /* of those that wait: a ring */
	bool ending;
	unsigned threads; /* the maker included */
	struct worker worker[CM_POOL_THREADS_MAX];
};

unsigned
cm_processors(void)
{
	cpu_set_t set;
	int n;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	n = CPU_COUNT(&set);
	return n < 1 ? 1 : (unsigned)n > CM_POOL_THREADS_MAX ? CM_POOL_THREADS_MAX : (unsigned)n;
}

/* With the lock held: the job that waits longest, run without it. */
static void
run_first(struct cm_pool *p, unsigned thread)
{
	struct job j = p->job[p->first];

	p->first = (p->first + 1) % CM_POOL_JOBS_MAX;
	p->n--;
	pthread_mutex_unlock(&p->lock);
	j.run(j.arg, thread);
	pthread_mutex_lock(&p->lock);
	pthread_cond_broadcast(&p->done);
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct cm_pool *p = w->pool;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (p->n == 0 && !p->ending)
			pthread_cond_wait(&p->put, &p->lock);
		if (p->n == 0)
			break;
		run_first(p, w->number);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

CM_RESULT
cm_pool_new(unsigned threads, struct cm_pool **out)
{
	struct cm_pool *p = calloc(1, sizeof(*p));
	unsigned want = threads == 0 ? cm_processors() : threads;

	if (p == NULL)
		return CM_E_NOMEM;
	if (want > CM_POOL_THREADS_MAX)
		want = CM_POOL_THREADS_MAX;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->put, NULL);
	pthread_cond_init(&p->done, NULL);
	for (p->threads = 1; p->threads < want; p->threads++) {
		struct worker *w = &p->worker[p->threads];

		*w = (struct worker) { .pool = p, .number = p->threads };
		if (pthread_create(&w->thread, NULL, work, w) != 0)
			break;
	}
	*out = p;
	return CM_OK;
}

unsigned
cm_pool_threads(const struct cm_pool *p)
{
	return p->threads;
}

void
cm_pool_put(struct cm_pool *p, cm_pool_fn *run, void *job)
{
	bool taken = false;

	if (p->threads > 1) {
		pthread_mutex_lock(&p->lock);
		taken = p->n < CM_POOL_JOBS_MAX;
		if (taken) {
			p->job[(p->first + p->n++) % CM_POOL_JOBS_MAX] = (struct job) { run, job };
			pthread_cond_signal(&p->put);
		}
		pthread_mutex_unlock(&p->lock);
	}
	if (!taken)
		run(job, 0);
}

void
cm_pool_wait(struct cm_pool *p, const atomic_bool *flag)
{
	pthread_mutex_lock(&p->lock);
	while (!atomic_load(flag)) {
		if (p->n > 0)
			run_first(p, 0);
		else
			pthread_cond_wait(&p->done, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
}

struct piece {
	cm_work *work;
	void *arg;
	atomic_bool done;
};

static void
do_piece(void *arg, unsigned thread)
{
	struct piece *p = arg;

	(void)thread;
	p->work(p->arg);
	atomic_store(&p->done, true);
}

static void
both(void *self, cm_work *one, void *one_arg, cm_work *other, void *other_arg)
{
	struct cm_pool *pool = self;
	struct piece apart = { .work = one, .arg = one_arg };

	cm_pool_put(pool, do_piece, &apart);
	other(other_arg);
	cm_pool_wait(pool, &apart.done);
}

struct cm_together
cm_pool_together(struct cm_pool *p)
{
	return (struct cm_together) { both, p };
}

void
cm_pool_free(struct cm_pool *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->ending = true;
	pthread_cond_broadcast(&p->put);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 1; i < p->threads; i++)
		pthread_join(p->worker[i].thread, NULL);
	pthread_cond_destroy(&p->done);
	pthread_cond_destroy(&p->put);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
