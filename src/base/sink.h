/* base/sink.h -- where bytes go, without knowing what takes them.
 *
 * A room that opens no files writes through a sink its caller made: a file, a
 * buffer, a hash.  `write` takes all bytes or fails; what was written before a
 * failure is worthless and the caller throws it away. */
#ifndef CM_BASE_SINK_H
#define CM_BASE_SINK_H

#include <stddef.h>

#include "base/result.h"

struct cm_sink {
	enum cm_result (*write)(void *arg, const void *ptr, size_t len);
	void *arg;
};

static inline CM_RESULT
cm_sink_write(const struct cm_sink *s, const void *ptr, size_t len)
{
	return len == 0 ? CM_OK : s->write(s->arg, ptr, len);
}

#endif
