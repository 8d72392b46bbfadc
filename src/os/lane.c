#include <pthread.h>
#include <stdlib.h>

#include "os/lane.h"
#include "os/pool.h"

struct cm_lane {
	void (*run)(void *job);
	pthread_mutex_t lock;
	pthread_cond_t put;  /* a job waits, or the end has come */
	pthread_cond_t done; /* a job is over */
	void *job[CM_LANE_JOBS];
	unsigned first, n; /* a ring: the first one is being done */
	bool ending, threaded;
	pthread_t thread;
};

static void *
work(void *arg)
{
	struct cm_lane *l = arg;

	pthread_mutex_lock(&l->lock);
	for (;;) {
		void *job;

		while (l->n == 0 && !l->ending)
			pthread_cond_wait(&l->put, &l->lock);
		if (l->n == 0)
			break;
		job = l->job[l->first];
		pthread_mutex_unlock(&l->lock);
		l->run(job);
		pthread_mutex_lock(&l->lock);
		l->first = (l->first + 1) % CM_LANE_JOBS;
		l->n--;
		pthread_cond_signal(&l->done);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

CM_RESULT
cm_lane_new(void (*run)(void *job), bool alone, struct cm_lane **out)
{
	struct cm_lane *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return CM_E_NOMEM;
	l->run = run;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->put, NULL);
	pthread_cond_init(&l->done, NULL);
	l->threaded = alone && cm_processors() > 1 && pthread_create(&l->thread, NULL, work, l) == 0;
	*out = l;
	return CM_OK;
}

void
cm_lane_put(struct cm_lane *l, void *job)
{
	if (!l->threaded) {
		l->run(job);
		return;
	}
	pthread_mutex_lock(&l->lock);
	while (l->n == CM_LANE_JOBS)
		pthread_cond_wait(&l->done, &l->lock);
	l->job[(l->first + l->n) % CM_LANE_JOBS] = job;
	l->n++;
	pthread_cond_signal(&l->put);
	pthread_mutex_unlock(&l->lock);
}

void
cm_lane_wait(struct cm_lane *l)
{
	pthread_mutex_lock(&l->lock);
	while (l->n > 0)
		pthread_cond_wait(&l->done, &l->lock);
	pthread_mutex_unlock(&l->lock);
}

void
cm_lane_free(struct cm_lane *l)
{
	if (l == NULL)
		return;
	pthread_mutex_lock(&l->lock);
	l->ending = true;
	pthread_cond_signal(&l->put);
	pthread_mutex_unlock(&l->lock);
	if (l->threaded)
		pthread_join(l->thread, NULL);
	pthread_cond_destroy(&l->put);
	pthread_cond_destroy(&l->done);
	pthread_mutex_destroy(&l->lock);
	free(l);
}
