#include <errno.h>
#include <stdint.h>
#include <sys/random.h>

#include "os/random.h"

enum cm_result
cm_random(void *out, size_t len)
{
	uint8_t *p = out;

	while (len > 0) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return CM_E_IO;
		p += n;
		len -= (size_t)n;
	}
	return CM_OK;
}
