/* worker/seal_exhibit.h -- seals one exhibit: cuts it into rows and commits to them.
 *
 * Runs in the confined process, for every kind of exhibit.  Touches the file it is
 * given, and the index, and nothing else; what it finds is in what it returns. */
#ifndef CM_WORKER_SEAL_EXHIBIT_H
#define CM_WORKER_SEAL_EXHIBIT_H

#include "base/sink.h"
#include "os/file.h"
#include "worker/sealing.h"

struct cm_seal_exhibit {
	struct cm_file *file; /* read as it lies there, from its first byte */
	const char *name;     /* for messages */
	const struct cm_schema *schema;
	const struct cm_seal_secret *secret;
	int index_fd;	  /* the index (seal/table.h) is written there */
	bool file_digest; /* the whole file's SHA-256, too */
	bool no_pairs;	  /* of a capture: no table of pairs */
	struct cm_pool *pool;
};

/* CM_E_MALFORMED, CM_E_UNSUPPORTED: a capture was wanted, and it is none that is read here
 * (${err} says why).  CM_E_IO: the file could not be read, or the index not be written.
 * CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_seal_exhibit(
    const struct cm_seal_exhibit *in, struct cm_sealed *out, struct cm_err *err);

/* A sink that writes to a descriptor. */
struct cm_fd_sink {
	int fd;
	int why; /* errno of what failed; 0: nothing did */
};
struct cm_sink cm_sink_of_fd(struct cm_fd_sink *out);

#endif
