#include "node/stop.h"

void
cm_stop_hold(struct cm_stop *s)
{
	sigemptyset(&s->signals);
	sigaddset(&s->signals, SIGTERM);
	sigaddset(&s->signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &s->signals, &s->before);
}

int
cm_stop_wait(const struct cm_stop *s)
{
	int signal = 0;

	while (sigwait(&s->signals, &signal) != 0)
		;
	return signal;
}

void
cm_stop_let_go(const struct cm_stop *s)
{
	pthread_sigmask(SIG_SETMASK, &s->before, NULL);
}
