#include <time.h>

#include "os/clock.h"

int64_t
cm_clock_now(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec;
}
