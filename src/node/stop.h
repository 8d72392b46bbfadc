/* node/stop.h -- waits until the process is told to stop: SIGTERM or SIGINT.
 *
 * They are held back from the start, before there is any thread, so that the thread that waits
 * gets them and nobody is broken off in the middle of a write. */
#ifndef CM_NODE_STOP_H
#define CM_NODE_STOP_H

#include <signal.h>

struct cm_stop {
	sigset_t signals, before;
};

/* Before any thread is made. */
void cm_stop_hold(struct cm_stop *s);

/* Returns the signal that came. */
int cm_stop_wait(const struct cm_stop *s);

/* From now on they end the process at once again: for who stops too slowly. */
void cm_stop_let_go(const struct cm_stop *s);

#endif
