/* os/confine_linux.h -- the two Linux means that os/confine uses, and nothing else. */
#ifndef CM_OS_CONFINE_LINUX_H
#define CM_OS_CONFINE_LINUX_H

#include <stdbool.h>

/* Closes every descriptor from ${low} on. */
void cm_linux_close_from(unsigned int low);

/* Denies the calling process every path and TCP port; false: the kernel can't. */
bool cm_linux_landlock(void);
int cm_linux_landlock_abi(void); /* 0: none */

/* Lets the calling process make only the system calls that reading and computing
 * need; others kill it, openers of paths and sockets are refused with EACCES. */
bool cm_linux_seccomp(void);
bool cm_linux_has_seccomp(void);

/* True in a build with sanitizers: then the two above do nothing. */
bool cm_linux_sanitized(void);

#endif
