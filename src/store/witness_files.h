/* store/witness_files.h -- what a witness has cosigned, so that no crash takes it back.
 *
 *	key, key.pub	the witness key
 *	vkey		the verifier key (type 0x04)
 *	logs		the logs it witnesses: a vkey a line
 *	journal		every state it took, appended and synced in groups; compacted when long
 *	forks/		pairs of signed checkpoints that do not agree
 *	lock		held by the one process that cosigns
 *	seat		where the witness lives (store/key_folder.h)
 *
 * Requests of many threads are ruled one after the other against the state in memory, which
 * runs ahead of the disk; whoever asked waits until the journal holds everything up to his
 * request (group commit), whatever his answer is.  A journal whose synced part does not read is
 * refused; a torn end, which nobody was told of, is cut off. */
#ifndef CM_STORE_WITNESS_FILES_H
#define CM_STORE_WITNESS_FILES_H

#include "base/buf.h"
#include "log/witness.h"
#include "os/disk.h"

struct cm_witness_files;

struct cm_witness_new {
	const char *folder;
	const char *name;    /* of the witness key: a URL without scheme, say */
	const uint8_t *seed; /* 32 random bytes */
	uint32_t check;      /* random */
};
/* All or nothing.  CM_E_USAGE: it exists, or a name that can not be. */
CM_RESULT cm_witness_files_create(
    const struct cm_disk *disk, const struct cm_witness_new *in, struct cm_err *err);

/* CM_E_USAGE: another process cosigns, after waiting some seconds.  CM_E_NOTFOUND: no witness there;
 * CM_E_REFUSED: see above, and what to do; CM_E_MALFORMED, CM_E_IO. */
CM_RESULT cm_witness_files_open(const struct cm_disk *disk, const char *folder,
    struct cm_witness_files **out, struct cm_err *err);
/* Only to be looked at (each), also while another process cosigns: takes no lock.  What it holds may
 * not be on disk yet; with it nothing can be signed: ask and latest say CM_E_USAGE. */
CM_RESULT cm_witness_files_look(const struct cm_disk *disk, const char *folder,
    struct cm_witness_files **out, struct cm_err *err);
void cm_witness_files_close(struct cm_witness_files *w); /* NULL is fine; no thread may be in it */

const struct cm_vkey *cm_witness_files_key(const struct cm_witness_files *w);

/* CM_E_USAGE: there is one of this origin with another key; CM_OK if it is there already. */
CM_RESULT cm_witness_files_add_log(
    struct cm_witness_files *w, const struct cm_vkey *log, struct cm_err *err);

/* What it says to add-checkpoint: rules, stores, syncs, cosigns at time ${now} (Unix seconds; never
 * less than the time given before, also by an earlier process).  From any number of threads.
 * CM_E_IO, CM_E_NOMEM: no answer (500), and nothing was told; after CM_E_IO the witness must be
 * closed and opened again, and says so to all until then. */
struct cm_witness_answer_out {
	int status;
	const char *type;   /* of the body; static */
	struct cm_buf body; /* the caller's to release */
};
CM_RESULT cm_witness_files_ask(struct cm_witness_files *w, struct cm_span request, uint64_t now,
    struct cm_witness_answer_out *out, struct cm_err *err);

/* The newest checkpoint of the log whose origin has this SHA-256, with the log's signature and
 * the own cosignature.  CM_E_NOTFOUND. */
CM_RESULT cm_witness_files_latest(struct cm_witness_files *w, const uint8_t origin_hash[32],
    struct cm_buf *note, struct cm_err *err);

/* For status: each log it knows and what it holds of it; time 0: nothing. */
CM_RESULT cm_witness_files_each(struct cm_witness_files *w,
    void (*one)(
	void *arg, const struct cm_vkey *log, const struct cm_witness_held *held, uint64_t time),
    void *arg, struct cm_err *err);

#endif
