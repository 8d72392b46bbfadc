/* worker/seal_scan.h -- captures and logs sealed while they are scanned.
 *
 * The other half of worker/scan for `investigate`: as cm_scan_row and cm_scan_line it is given
 * every row that the scan reads, and so learns which frame (or line) is which row, too. */
#ifndef CM_WORKER_SEAL_SCAN_H
#define CM_WORKER_SEAL_SCAN_H

#include "seal/places.h"
#include "worker/row_map.h"
#include "worker/scan.h"
#include "worker/sealing.h"

struct cm_seal_scan_file {
	const struct cm_seal_secret *secret; /* set by the caller, */
	const struct cm_sink *index;         /* as for cm_sealing_job */
	bool yes; /* it is sealed: it is a capture or a log, as far as the reader can tell */
	enum cm_kind kind; /* CM_KIND_CAPTURE or CM_KIND_LINES */
	struct cm_sealed sealed;
	struct cm_row_map map;
	struct cm_places places;
};

/* Zero-initialise, set file, n_files, pool and file_digest; ends with cm_seal_scan_fini. */
struct cm_seal_scan {
	struct cm_seal_scan_file *file; /* as many as the scan has, in its order */
	size_t n_files;
	struct cm_pool *pool;
	bool file_digest, no_pairs; /* as in cm_sealing_job */
	const struct cm_scan *scan;
	struct cm_schema capture, lines;
	struct cm_sealing *sealing; /* of the file that is being read */
	size_t at;                  /* its number */
	uint64_t row;               /* of the next one */
	struct cm_err err;          /* why it ended, for whoever ran the scan */
};

/* Makes ${scan} hand its rows to ${s}; both must stay where they are. */
void cm_seal_scan_watch(struct cm_seal_scan *s, struct cm_scan *scan);

/* After the scan, whose ${summary} says which files it could not read to the end.
 * CM_E_IO: a file is not the size it was.  CM_E_NOMEM, and what an index says. */
CM_RESULT cm_seal_scan_end(struct cm_seal_scan *s, const struct cm_scan_summary *summary);

/* Rows of frames ${frame}[0..n), ascending, of file ${i}; UINT64_MAX where there is none.
 * Reads the file again if it was made so that the map could not hold it.
 * CM_E_IO, CM_E_NOMEM. */
CM_RESULT cm_seal_scan_rows(
    struct cm_seal_scan *s, size_t i, const uint64_t *frame, size_t n, uint64_t *row);

void cm_seal_scan_fini(struct cm_seal_scan *s); /* waits for threads */

#endif
