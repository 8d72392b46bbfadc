#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "os/tty.h"

bool
cm_tty_is(int fd)
{
	return isatty(fd) == 1;
}

int
cm_tty_width(int fd)
{
	struct winsize ws = { 0 };

	if (ioctl(fd, TIOCGWINSZ, &ws) != 0 || ws.ws_col < 20)
		return 80;
	return ws.ws_col;
}

bool
cm_tty_colour(int fd, const char *no_color, const char *term)
{
	if (no_color != NULL && no_color[0] != 0)
		return false;
	if (term == NULL || strcmp(term, "dumb") == 0)
		return false;
	return cm_tty_is(fd);
}
