/* node/http_watch.h -- hangs up on connections that take too long; for http_server.c only.
 *
 * libmicrohttpd bounds silence, not slowness: who sends a byte now and then is never silent.
 * So each connection has an hour by which its present phase must end, and one thread
 * shuts down the sockets of those that missed it; their own threads then end them. */
#ifndef CM_NODE_HTTP_WATCH_H
#define CM_NODE_HTTP_WATCH_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "node/http_server.h"

enum cm_http_phase {
	CM_HTTP_READING,
	CM_HTTP_HANDLING, /* takes what it takes */
	CM_HTTP_WRITING,
	CM_HTTP_IDLE
};

struct cm_http_conn {
	int fd; /* libmicrohttpd's */
	enum cm_http_phase phase;
	int64_t until_ms; /* of the monotonic clock */
	struct cm_http_conn *before, *behind;
};

struct cm_http_watch {
	struct cm_http_limits limits;
	pthread_mutex_t lock;
	pthread_cond_t change;
	pthread_t thread;
	struct cm_http_conn *conns;
	bool stopping, done;
};

/* CM_E_NOMEM: no thread to be had. */
CM_RESULT cm_http_watch_start(struct cm_http_watch *w, const struct cm_http_limits *l);

/* NULL: no memory, the connection must be refused. */
struct cm_http_conn *cm_http_watch_add(struct cm_http_watch *w, int fd);
/* Before the socket is closed. */
void cm_http_watch_remove(struct cm_http_watch *w, struct cm_http_conn *c);

/* Enters a phase.  A request that is being read already keeps its hour. */
void cm_http_watch_enter(struct cm_http_watch *w, struct cm_http_conn *c, enum cm_http_phase phase);

/* Shuts down idle connections now, and waits for the others, at most limits.stop_ms. */
void cm_http_watch_drain(struct cm_http_watch *w);
bool cm_http_watch_stopping(struct cm_http_watch *w);

/* Ends the thread; all connections are gone. */
void cm_http_watch_end(struct cm_http_watch *w);

#endif
