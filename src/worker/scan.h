/* worker/scan.h -- captures in, through reader, filter, decoder and fragments, to the engine.
 *
 * Several files are one capture that was rotated: read in the order given, as if
 * they were one, frames numbered in each (cm_packet_id_of(file, frame)).  Runs in
 * the confined process: everything it touches is open already. */
#ifndef CM_WORKER_SCAN_H
#define CM_WORKER_SCAN_H

#include "capture/fragment.h"
#include "detect/engine.h"
#include "os/bpf.h"
#include "os/file.h"

#define CM_SCAN_SKIPPED_MAX 100 /* places listed; all are counted */
#define CM_SCAN_LINKS_MAX 16

/* Called now and then with the bytes read so far of file number ${file}. */
typedef void cm_scan_progress(void *arg, size_t file, uint64_t bytes);

/* Called with every row of every file, in order, also those that no filter lets pass:
 * for whoever seals what is scanned.  Not called for files that come packed or through
 * a pipe, whose bytes do not stay.  ${reader} has just given the row.  Anything but
 * CM_OK ends the scan. */
struct cm_reader;
typedef enum cm_result cm_scan_row(void *arg, size_t file, const struct cm_reader *reader,
    const struct cm_record *row);

struct cm_scan {
	struct cm_file *const *files; /* stay open until the engine is freed: it borrows payloads */
	size_t n_files;
	const struct cm_bpf *filter; /* NULL: every frame */
	bool has_from, has_to;
	int64_t from_ns; /* frames before this are left out, */
	int64_t to_ns;	 /* and those from here on */
	cm_scan_progress *progress; /* may be NULL */
	void *progress_arg;
	cm_scan_row *row; /* may be NULL */
	void *row_arg;
};

/* A run of rows that should have been packets. */
struct cm_scan_skipped {
	uint32_t file;
	uint64_t offset; /* in the file, unpacked */
	uint64_t bytes;
	const char *reason;
};

struct cm_scan_link {
	uint16_t linktype;
	uint64_t frames;
};

/* What became of one file. */
struct cm_scan_file {
	uint64_t bytes;	     /* read, unpacked */
	uint64_t frames;     /* in the file */
	enum cm_packing packing;
	struct cm_err refused; /* code != CM_OK: not read at all, or not to the end */
	struct cm_err damage;  /* code != CM_OK: a packed file that ends early */
};

struct cm_scan_summary {
	struct cm_scan_file *file; /* n_files of them */
	size_t n_files;
	uint64_t bytes, frames;
	uint64_t selected;     /* frames that filter and time window let pass */
	uint64_t packets;      /* of these, IP datagrams handed to the engine */
	uint64_t no_ip;	       /* ARP and the like */
	uint64_t headless;     /* TCP, UDP or ICMP with the header cut short or broken */
	uint64_t snapped;      /* frames of which not all bytes were captured */
	uint64_t payload, payload_captured;
	struct cm_fragment_stats fragments;
	bool has_time;
	int64_t first_ns, last_ns; /* of the selected frames */
	struct cm_scan_link link[CM_SCAN_LINKS_MAX]; /* link types that are not understood */
	size_t n_links;
	uint64_t no_link; /* frames of these */
	struct cm_scan_skipped skipped[CM_SCAN_SKIPPED_MAX];
	uint64_t n_skipped; /* runs in all */
	uint64_t skipped_bytes;
};

/* Hands every packet to ${engine} (cm_engine_finish is the caller's; ${scan} and its
 * files must last that long, since judging gives their pages back).  ${summary} is
 * filled in any case, to end with cm_scan_summary_fini.  A file that is no capture is
 * left out and said so in its `refused`; the others are read.
 * CM_E_NOMEM: also when the engine has no more memory; ${err} says so. */
CM_RESULT cm_scan_run(const struct cm_scan *scan, struct cm_engine *engine,
    struct cm_scan_summary *summary, struct cm_err *err);
void cm_scan_summary_fini(struct cm_scan_summary *summary);

/* What the files say of the worst: CM_OK; CM_E_MALFORMED: something was damaged, or no
 * capture; CM_E_UNSUPPORTED, CM_E_IO, CM_E_NOMEM: a file could not be read. */
enum cm_result cm_scan_state(const struct cm_scan_summary *summary);

/* The link types whose packets are understood, for cm_bpf_new. */
extern const uint16_t cm_scan_linktypes[];
extern const size_t cm_scan_n_linktypes;

#endif
