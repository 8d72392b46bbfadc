/* base/source.h -- where the bytes of an exhibit come from.
 *
 * A reader pulls: it asks for a window of the file at an offset and looks at it
 * in place.  The same reader so reads memory, a mapped file, a pipe and an
 * unpacking stream (os/file, os/unpack), and never copies. */
#ifndef CM_BASE_SOURCE_H
#define CM_BASE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

/* More than this nobody needs at once; a source may refuse it. */
#define CM_SOURCE_WANT_MAX ((size_t)1 << 20)

struct cm_source {
	void *arg;

	/* Gives ${*out}, bytes of the file from ${offset} on: at least ${want} of
	 * them, or all there are up to the end; none at or behind the end.  It may
	 * give more, never NULL bytes with a length.  Unless `stable`, offsets must
	 * not go down from call to call, and a call ends the life of earlier spans.
	 * CM_E_IO, CM_E_NOMEM; CM_E_LIMIT: ${want} > CM_SOURCE_WANT_MAX. */
	enum cm_result (*fill)(void *arg, uint64_t offset, size_t want, struct cm_span *out,
	    struct cm_err *err);

	/* Spans live as long as the source, and any offset may be asked for. */
	bool stable;

	/* NULL, or where to look once the end has been reached: a code other than
	 * CM_OK says that the file ends early there, and why (a truncated .gz). */
	const struct cm_err *damage;
};

/* A source over ${*bytes}, which must outlive it.  Stable. */
struct cm_source cm_source_of_memory(const struct cm_span *bytes);

#endif
