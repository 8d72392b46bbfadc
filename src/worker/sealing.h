/* worker/sealing.h -- seals an exhibit while somebody reads it.
 *
 * Whoever reads a file in order (a scan for forged packets, or a reader that does
 * nothing else) gives each row here as it passes.  The threads of a pool cut and
 * hash the rows, some tiles (256 rows) at a time, where the reader's window holds
 * them, and hash the file as a whole if that is asked for; the nodes are joined in
 * order.  So the file is read once, and the seal is the same for any number of
 * threads.
 *
 * Memory: CM_SEALING_BATCHES and two a thread, of some 150 KB, and the panes that
 * they hold, CM_SEALING_PANES at most each, of some 256 KB; for each thread what
 * hashing a tile needs; and what seal/pairs.h says of a book.  A reader that is too quick helps to hash. */
#ifndef CM_WORKER_SEALING_H
#define CM_WORKER_SEALING_H

#include "base/sink.h"
#include "os/pool.h"
#include "os/window.h"
#include "seal/cut.h"
#include "seal/pairs.h"
#include "seal/table.h"

#define CM_SEALING_BATCHES 8u
#define CM_SEALING_PANES 8u

struct cm_sealing_job {
	const struct cm_schema *schema;      /* must outlive the sealing, */
	const struct cm_seal_secret *secret; /* as must these */
	const struct cm_sink *index;         /* seal/table.h; or NULL */
	struct cm_pool *pool;
	bool file_digest; /* also commit to the SHA-256 of the whole file */
	bool no_pairs;	  /* of a capture: no table of pairs (seal/pairs.h) */

	/* What the rows are read through; NULL: their bytes stay until the end. */
	const struct cm_window *window;
};

struct cm_sealed {
	struct cm_seal seal; /* as of cm_table_commit; with `file` if that was asked for */
	uint64_t bytes;      /* of the file, as they were sealed */
	uint8_t sha256[CM_HASH_LEN]; /* if seal.has_file */
	bool crowded; /* a table of pairs was wanted, and there were too many for one */
};

struct cm_sealing;

/* CM_E_NOMEM.  Ends with cm_sealing_free. */
CM_RESULT cm_sealing_new(
    const struct cm_sealing_job *job, struct cm_sealing **out, struct cm_err *err);

/* The next row, in order; its bytes lie in the pane that the window is at.  Its record is not
 * needed after the call.
 * CM_E_USAGE: it does not lie behind the one before.  CM_E_LIMIT: more rows than 2^40.
 * CM_E_NOMEM, perhaps of rows that came earlier; what the index says. */
CM_RESULT cm_sealing_row(struct cm_sealing *s, const struct cm_row *row, struct cm_err *err);

/* After the last row.  The same errors. */
CM_RESULT cm_sealing_end(struct cm_sealing *s, struct cm_sealed *out, struct cm_err *err);

/* What the case keeps of the pairs; behind the end, and behind all else of the index.  Writes nothing if
 * the seal has none.  What the sink says; CM_E_NOMEM. */
CM_RESULT cm_sealing_pairs(const struct cm_sealing *s, const struct cm_sink *index);

void cm_sealing_free(struct cm_sealing *s); /* NULL is fine; waits for what still runs */

#endif
