#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "node/http_watch.h"
#include "os/clock.h"

#define TICK_MS 100 /* how late a hang-up may come */

static struct timespec
at_ms(int64_t ms)
{
	return (struct timespec) { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
}

static int64_t
until(const struct cm_http_watch *w, enum cm_http_phase phase)
{
	switch (phase) {
	case CM_HTTP_READING:
		return cm_clock_ms() + w->limits.read_ms;
	case CM_HTTP_WRITING:
		return cm_clock_ms() + w->limits.write_ms;
	case CM_HTTP_IDLE:
		return w->stopping ? 0 : cm_clock_ms() + w->limits.idle_ms;
	case CM_HTTP_HANDLING:
		break;
	}
	return INT64_MAX;
}

static void
hang_up_late(struct cm_http_watch *w)
{
	int64_t now = cm_clock_ms();

	for (struct cm_http_conn *c = w->conns; c != NULL; c = c->behind)
		if (c->until_ms <= now) {
			shutdown(c->fd, SHUT_RDWR);
			c->until_ms = INT64_MAX;
		}
}

static void *
watch(void *arg)
{
	struct cm_http_watch *w = arg;

	pthread_mutex_lock(&w->lock);
	while (!w->done) {
		if (w->conns == NULL) {
			pthread_cond_wait(&w->change, &w->lock);
		} else {
			struct timespec t = at_ms(cm_clock_ms() + TICK_MS);

			pthread_cond_timedwait(&w->change, &w->lock, &t);
		}
		hang_up_late(w);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

CM_RESULT
cm_http_watch_start(struct cm_http_watch *w, const struct cm_http_limits *l)
{
	pthread_condattr_t a;

	w->limits = *l;
	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	pthread_cond_init(&w->change, &a);
	pthread_condattr_destroy(&a);
	pthread_mutex_init(&w->lock, NULL);
	if (pthread_create(&w->thread, NULL, watch, w) == 0)
		return CM_OK;
	pthread_cond_destroy(&w->change);
	pthread_mutex_destroy(&w->lock);
	return CM_E_NOMEM;
}

struct cm_http_conn *
cm_http_watch_add(struct cm_http_watch *w, int fd)
{
	struct cm_http_conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->fd = fd;
	pthread_mutex_lock(&w->lock);
	c->until_ms = until(w, CM_HTTP_READING);
	c->behind = w->conns;
	if (c->behind != NULL)
		c->behind->before = c;
	else
		pthread_cond_broadcast(&w->change); /* the watch slept without an hour */
	w->conns = c;
	pthread_mutex_unlock(&w->lock);
	return c;
}

void
cm_http_watch_remove(struct cm_http_watch *w, struct cm_http_conn *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	if (c->behind != NULL)
		c->behind->before = c->before;
	if (c->before != NULL)
		c->before->behind = c->behind;
	else
		w->conns = c->behind;
	if (w->conns == NULL)
		pthread_cond_broadcast(&w->change); /* somebody may wait for the last one to go */
	pthread_mutex_unlock(&w->lock);
	free(c);
}

void
cm_http_watch_enter(struct cm_http_watch *w, struct cm_http_conn *c, enum cm_http_phase phase)
{
	pthread_mutex_lock(&w->lock);
	if (phase != c->phase) {
		c->phase = phase;
		c->until_ms = until(w, phase);
	}
	pthread_mutex_unlock(&w->lock);
}

void
cm_http_watch_drain(struct cm_http_watch *w)
{
	struct timespec end = at_ms(cm_clock_ms() + w->limits.stop_ms);

	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	for (struct cm_http_conn *c = w->conns; c != NULL; c = c->behind)
		if (c->phase == CM_HTTP_IDLE)
			c->until_ms = 0;
	hang_up_late(w);
	while (w->conns != NULL && pthread_cond_timedwait(&w->change, &w->lock, &end) == 0)
		;
	pthread_mutex_unlock(&w->lock);
}

bool
cm_http_watch_stopping(struct cm_http_watch *w)
{
	bool yes;

	pthread_mutex_lock(&w->lock);
	yes = w->stopping;
	pthread_mutex_unlock(&w->lock);
	return yes;
}

void
cm_http_watch_end(struct cm_http_watch *w)
{
	pthread_mutex_lock(&w->lock);
	w->done = true;
	pthread_cond_broadcast(&w->change);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->change);
	pthread_mutex_destroy(&w->lock);
}
