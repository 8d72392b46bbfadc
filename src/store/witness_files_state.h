/* store/witness_files_state.h -- the inside of a struct cm_witness_files, for its own files only. */
#ifndef CM_STORE_WITNESS_FILES_STATE_H
#define CM_STORE_WITNESS_FILES_STATE_H

#include <pthread.h>

#include "store/key_folder.h"
#include "store/witness_files.h"

/* Pairs of notes that are kept of a log: one proves it, and more would only fill the disk. */
#define CM_WITNESS_FORKS 16u

/* A log it witnesses, and what it holds of it. */
struct cm_witnessed_log {
	uint8_t origin_hash[32];
	struct cm_vkey key;
	struct cm_witness_held held;
	uint64_t time;      /* of the last cosignature; 0: there is none */
	uint64_t ruling;    /* the one that made it so */
	struct cm_buf note; /* text, empty line, the log's own line */
	size_t text_len;
	uint64_t fork[CM_WITNESS_FORKS]; /* pairs that were kept since it was opened */
	unsigned n_forks;
};

/* Rulings are numbered; those up to `lasting` are on disk.  `mutex` guards all but ${f}, which does
 * not change, and what the one thread uses that is `busy` writing: fd, id, end, out. */
struct cm_witness_files {
	struct cm_key_folder f;
	pthread_mutex_t mutex;
	pthread_cond_t moved;          /* `lasting`, `busy` or `broken` changed */
	struct cm_witnessed_log **log; /* by origin_hash */
	size_t n_logs;
	uint64_t time; /* the latest that was given */
	uint64_t ruled, lasting;
	struct cm_buf waiting; /* states not yet written: u32 length, bytes */
	bool busy;
	enum cm_result broken; /* CM_OK: it is not */

	int fd; /* of the journal; -1: none */
	uint64_t id, end;
	uint64_t compact_at; /* bytes */
	struct cm_buf out;
};

/* Appends the state of a log as the journal has it: u64 time, note. */
void cm_witness_state(const struct cm_witnessed_log *l, struct cm_buf *out);

struct cm_witnessed_log *cm_witness_find(
    const struct cm_witness_files *w, const uint8_t origin_hash[32]);
struct cm_witnessed_log *cm_witness_find_origin(
    const struct cm_witness_files *w, const char *origin);
/* Takes it in.  CM_E_NOMEM. */
CM_RESULT cm_witness_insert(struct cm_witness_files *w, const struct cm_vkey *key);
void cm_witness_log_free(struct cm_witnessed_log *l);

/* Puts a note of this checkpoint there, which is text, empty line and the log's line.  Takes ${note}
 * over. */
void cm_witness_hold(struct cm_witnessed_log *l, const struct cm_checkpoint *c, uint64_t time,
    struct cm_buf *note, size_t text_len);

/* The text of ${n}, an empty line, and what ${key} signed of it. */
void cm_witness_note(const struct cm_note *n, const struct cm_vkey *key, struct cm_buf *out);

/* With the mutex held: returns when ruling ${n} is on disk.  CM_E_IO, CM_E_NOMEM: it will never be. */
CM_RESULT cm_witness_wait(struct cm_witness_files *w, uint64_t n, struct cm_err *err);
/* A journal of all that is held, in place of the one there is.  Nobody else is at work, or the
 * caller is `busy`.  With the mutex held. */
CM_RESULT cm_witness_compact(struct cm_witness_files *w, struct cm_err *err);

/* Keeps two notes that do not agree. */
CM_RESULT cm_witness_keep_fork(struct cm_witness_files *w, const char *origin, struct cm_span held,
    struct cm_span other, struct cm_err *err);

#define CM_WITNESS_COMPACT ((uint64_t)4 << 20)

#endif
