/* os/stop.h -- waits until somebody wants the program to stop: SIGINT or SIGTERM.
 *
 * Begin before any thread is made, so that all of them leave these signals alone. */
#ifndef CM_OS_STOP_H
#define CM_OS_STOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"

CM_RESULT cm_stop_begin(void); /* CM_E_IO */
void cm_stop_wait(void);
/* Waits for ${ms} at most, by a clock that nobody sets; 0: only looks.  Says whether somebody wants it,
 * once for each time. */
bool cm_stop_wait_for(int64_t ms);

#endif
