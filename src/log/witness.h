/* log/witness.h -- what a witness is asked, and what it answers (C2SP tlog-witness v1.0.0).
 *
 * Request: "old <size>\n", up to 63 base64 hashes (a consistency proof), "\n", a checkpoint.
 * The rules are a pure function of the request and of what the witness holds of this origin;
 * holding it durably, with one writer, is store/witness_files.h. */
#ifndef CM_LOG_WITNESS_H
#define CM_LOG_WITNESS_H

#include "log/checkpoint.h"
#include "merkle/proof.h"

#define CM_WITNESS_REQUEST_BYTES (CM_NOTE_BYTES + 8192u)
#define CM_WITNESS_SIZE_TYPE "text/x.tlog.size"

struct cm_witness_request {
	uint64_t old;
	struct cm_proof proof;
	struct cm_span note_bytes;
	struct cm_note note;
	struct cm_checkpoint checkpoint;
};

/* CM_E_MALFORMED (answer 400) with the offset; CM_E_LIMIT; CM_E_NOMEM. */
CM_RESULT cm_witness_request_parse(struct cm_span body, struct cm_arena *arena,
    struct cm_witness_request *out, struct cm_err *err);
void cm_witness_request_write(
    uint64_t old, const struct cm_proof *proof, struct cm_span note, struct cm_buf *out);

/* What the witness holds of one origin; size 0: nothing was cosigned. */
struct cm_witness_held {
	uint64_t size;
	uint8_t root[32];
};

struct cm_witness_ruling {
	int status;      /* 200, 400, 403, 404, 409, 422 */
	uint64_t stored; /* the size held; a 409 has "<stored>\n" of CM_WITNESS_SIZE_TYPE as body */
	/* The log signed this and what is held, of one size with two roots: keep both, they prove
	 * it.  A consistency proof that fails proves nothing: it may be the sender's fault. */
	bool fork;
	const char *reason; /* for people; static */
};

/* In this order: 404 another log; 403 no signature of the log, or one that does not hold; 400 old
 * beyond the size; 409 old is not the size held; 422 an empty tree with a root, the size held with
 * another root, a proof that does not hold; 200.  ${key}: of the log with this origin; NULL:
 * unknown.  CM_E_NOMEM. */
CM_RESULT cm_witness_rule(const struct cm_witness_request *r, const struct cm_vkey *key,
    const struct cm_witness_held *held, struct cm_witness_ruling *out, struct cm_err *err);

/* The client's side: what an answer means.  ${stored} of a 409.  CM_OK: 200, and ${line}s are
 * note lines to be checked; CM_E_REFUSED with the reason in ${err}. */
enum cm_witness_answer {
	CM_WITNESS_COSIGNED,
	CM_WITNESS_OTHER_SIZE, /* 409: try again from *stored, once */
	CM_WITNESS_UNKNOWN,    /* 404: it does not know the log */
	CM_WITNESS_PUSHBACK,   /* 429, 503: later */
	CM_WITNESS_REFUSED,    /* 400, 403, 422: says no */
	CM_WITNESS_NONSENSE    /* anything else, and bodies that do not parse */
};
enum cm_witness_answer cm_witness_answer_of(int status, struct cm_span body, uint64_t *stored);

#endif
