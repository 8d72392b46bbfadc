/* worker/scan.h -- files in, through reader, filter, decoder and fragments, to whoever looks.
 *
 * Captures give packets, texts that read as a web server's log give requests.  Files are read
 * in the order given, frames numbered in each (cm_packet_id_of(file, frame)), and lines from 1 as
 * if they were frames.  Which files belong together is for whoever looks to say
 * (worker/survey.h).  Runs in the confined process: everything it touches is open already. */
#ifndef CM_WORKER_SCAN_H
#define CM_WORKER_SCAN_H

#include "capture/fragment.h"
#include "capture/request.h"
#include "detect/engine.h"
#include "os/bpf.h"
#include "os/file.h"
#include "weblog/weblog.h"

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

/* The same with the rows of a text. */
struct cm_row;
typedef enum cm_result cm_scan_line(void *arg, size_t file, uint64_t number, const struct cm_row *row);

/* Who looks.  Anything but CM_OK ends the scan. */
struct cm_scan_sink {
	void *arg;
	/* A file begins, a capture if ${form} is CM_WEBLOG_NONE: with its first frame's time if it
	 * has one. */
	enum cm_result (*begin)(void *arg, size_t file, enum cm_weblog_form form, bool has_time, int64_t t_ns);
	/* These come next. */
	void (*expect)(void *arg, struct cm_packet *p, size_t n);
	enum cm_result (*packet)(void *arg, const struct cm_packet *p, bool stable);
	enum cm_result (*request)(void *arg, const struct cm_request *r);
};

struct cm_scan {
	struct cm_file *const *files; /* stay open until the engine is freed: it borrows payloads */
	size_t n_files;
	const bool *skip; /* of each file: not to be read; NULL: all are */
	const struct cm_bpf *filter; /* NULL: every frame */
	bool has_from, has_to;
	int64_t from_ns; /* frames before this are left out, */
	int64_t to_ns;	 /* and those from here on */
	cm_scan_progress *progress; /* may be NULL */
	void *progress_arg;
	cm_scan_row *row; /* may be NULL, */
	cm_scan_line *line; /* this too */
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
	enum cm_weblog_form log; /* CM_WEBLOG_NONE: it was read as a capture */
	uint64_t lines, bad_lines; /* of a log; bad ones are no requests of its form, */
	uint64_t bad_at;	   /* the first one's offset, */
	struct cm_err bad;	   /* and why */
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

/* Hands everything to ${sink}.  ${summary} is filled in any case, to end with
 * cm_scan_summary_fini.  A file that is neither capture nor log is left out and said so in its
 * `refused`; the others are read.  CM_E_NOMEM: also when the sink has no more memory; ${err} says so. */
CM_RESULT cm_scan_run(const struct cm_scan *scan, const struct cm_scan_sink *sink,
    struct cm_scan_summary *summary, struct cm_err *err);

/* All packets to one engine, and no requests. */
struct cm_scan_sink cm_scan_sink_of_engine(struct cm_engine *engine);

/* Has the engine, which borrows payloads of ${scan}'s files, give back their pages while it judges; ${scan}
 * and its files must last as long as the engine. */
void cm_scan_serve(const struct cm_scan *scan, struct cm_engine *engine);

void cm_scan_summary_fini(struct cm_scan_summary *summary);

/* Something selected has this time. */
void cm_scan_note_time(struct cm_scan_summary *s, int64_t t_ns);

/* What the files say of the worst: CM_OK; CM_E_MALFORMED: something was damaged, or no
 * capture; CM_E_UNSUPPORTED, CM_E_IO, CM_E_NOMEM: a file could not be read. */
enum cm_result cm_scan_state(const struct cm_scan_summary *summary);

/* The link types whose packets are understood, for cm_bpf_new. */
extern const uint16_t cm_scan_linktypes[];
extern const size_t cm_scan_n_linktypes;

#endif
