#include <pthread.h>
#include <signal.h>

#include "os/stop.h"

static void
fill(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
}

enum cm_result
cm_stop_begin(void)
{
	sigset_t set;

	fill(&set);
	return pthread_sigmask(SIG_BLOCK, &set, NULL) == 0 ? CM_OK : CM_E_IO;
}

void
cm_stop_wait(void)
{
	sigset_t set;
	int got;

	fill(&set);
	while (sigwait(&set, &got) != 0)
		;
}
