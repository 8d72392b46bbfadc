/* os/random.h -- unguessable bytes from the system. */
#ifndef CM_OS_RANDOM_H
#define CM_OS_RANDOM_H

#include <stddef.h>

#include "base/result.h"

/* Fills ${out}.  CM_E_IO: the system has none to give; then nothing secret may be made. */
CM_RESULT cm_random(void *out, size_t len);

#endif
