#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "os/clock.h"
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

bool
cm_stop_wait_for(int64_t ms)
{
	int64_t until = cm_clock_ms() + ms;
	struct timespec left;
	sigset_t set;
	int got;

	fill(&set);
	do {
		ms = until - cm_clock_ms();
		ms = ms < 0 ? 0 : ms;
		left = (struct timespec) { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
		got = sigtimedwait(&set, NULL, &left);
	} while (got < 0 && errno == EINTR);
	return got > 0;
}
