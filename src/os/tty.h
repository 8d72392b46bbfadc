/* os/tty.h -- what kind of thing an open descriptor is, to a person. */
#ifndef CM_OS_TTY_H
#define CM_OS_TTY_H

#include <stdbool.h>

/* Is somebody sitting there? */
bool cm_tty_is(int fd);

/* Columns of the terminal; 80 if it is none or does not say. */
int cm_tty_width(int fd);

/* May ${fd} be written to in colour?  Only a terminal, never with NO_COLOR
 * (https://no-color.org) set to anything, never on TERM=dumb.  Both values come
 * from the caller, who reads the environment; NULL: not set. */
bool cm_tty_colour(int fd, const char *no_color, const char *term);

#endif
