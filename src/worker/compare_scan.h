/* worker/compare_scan.h -- two captures, read side by side, to the comparison (vantage/compare.h).
 *
 * Each is read twice: first for its clock, then both together in order of time by the clock of
 * the first.  So only files will do, no pipes.  Runs in the confined process: everything it
 * touches is open already. */
#ifndef CM_WORKER_COMPARE_SCAN_H
#define CM_WORKER_COMPARE_SCAN_H

#include "os/bpf.h"
#include "os/file.h"
#include "vantage/compare.h"

struct cm_compare_scan {
	struct cm_file *file[2]; /* at A, at B; mapped */
	const struct cm_bpf *filter; /* NULL: every frame */
	size_t memory;
	uint64_t hash_seed;
	void (*progress)(void *arg, uint64_t bytes); /* of both files, of both times; may be NULL */
	void *progress_arg;
};

/* What became of one file. */
struct cm_compare_side {
	uint64_t bytes;	   /* read, unpacked */
	uint64_t frames, selected, packets; /* in the file; that the filter lets pass; IP datagrams of these */
	uint64_t headless; /* TCP, UDP or ICMP with the header cut short or broken */
	uint64_t no_link;  /* link types that are not understood */
	uint64_t snapped;  /* frames of which not all bytes were captured */
	uint64_t n_skipped, skipped_at; /* rows that should have been packets; offset of the first */
	const char *skipped; /* its reason; or NULL */
	enum cm_packing packing;
	struct cm_err refused; /* code != CM_OK: not read at all, or not to the end */
	struct cm_err damage;  /* code != CM_OK: a packed file that ends early */
};

/* ${side} is filled in any case.  ${*out}: finished; the caller frees it.  A file that can not be read at all
 * gives its code, and no comparison: what is missing in it would look like being kept back.
 * CM_E_NOMEM. */
CM_RESULT cm_compare_scan(const struct cm_compare_scan *scan, struct cm_compare_side side[2],
    struct cm_compare **out, struct cm_err *err);

#endif
