/* os/clock.h -- what time it is. */
#ifndef CM_OS_CLOCK_H
#define CM_OS_CLOCK_H

#include <stdint.h>

/* Unix time in whole seconds. */
int64_t cm_clock_now(void);

/* Milliseconds since some moment, on a clock that nobody sets: for time limits. */
int64_t cm_clock_ms(void);

#endif
