/* os/stream.h -- a source over bytes that come once: a pipe, an unpacker.
 *
 * A sliding window of CM_STREAM_BYTES: what lies before the offset asked for
 * last is forgotten, so memory does not grow with the stream.  Not stable. */
#ifndef CM_OS_STREAM_H
#define CM_OS_STREAM_H

#include "base/source.h"

#define CM_STREAM_BYTES (4 * CM_SOURCE_WANT_MAX)

/* Puts at most ${room} > 0 further bytes to ${to}; ${*got} = 0 is the end. */
typedef enum cm_result cm_stream_more(void *arg, uint8_t *to, size_t room, size_t *got,
    struct cm_err *err);

struct cm_stream {
	cm_stream_more *more;
	void *arg;
	uint8_t *buf;	   /* CM_STREAM_BYTES of them */
	size_t from, to;   /* what it holds */
	uint64_t from_at;  /* offset in the stream of buf[from] */
	bool ended;
};

/* CM_E_NOMEM. */
CM_RESULT cm_stream_init(struct cm_stream *s, cm_stream_more *more, void *arg);
void cm_stream_fini(struct cm_stream *s);

struct cm_source cm_stream_source(struct cm_stream *s);

#endif
