/* os/stop.h -- waits until somebody wants the program to stop: SIGINT or SIGTERM.
 *
 * Begin before any thread is made, so that all of them leave these signals alone. */
#ifndef CM_OS_STOP_H
#define CM_OS_STOP_H

#include "base/result.h"

CM_RESULT cm_stop_begin(void); /* CM_E_IO */
void cm_stop_wait(void);

#endif
