/* node/gather.h -- asks the witnesses of a trust file to cosign a checkpoint, all at once.
 *
 * Each witness is asked to go on from the size that it is known to hold; one that holds another
 * answers 409 with that size, and is asked once more.  Nobody waits for another, and none is waited
 * for beyond the limit.  A cosignature counts only when it holds, by the witness's key, over
 * this checkpoint.
 *
 * A witness that holds more than the log has, or another tree, means that the log was set back (a
 * restored backup) or forked: it is an outcome of its own, since nothing may be signed then. */
#ifndef CM_NODE_GATHER_H
#define CM_NODE_GATHER_H

#include "log/policy.h"
#include "merkle/proof.h"
#include "node/http_client.h"

enum cm_gather_how {
	CM_GATHER_NOT_ASKED, /* the trust file has no URL of it */
	CM_GATHER_COSIGNED,
	CM_GATHER_AHEAD,     /* holds more than this checkpoint */
	CM_GATHER_ELSEWHERE, /* holds another tree: 422 */
	CM_GATHER_UNKNOWN,   /* does not witness this log: 404 */
	CM_GATHER_PUSHBACK,  /* 429, 503: later */
	CM_GATHER_REFUSED,   /* 400, 403 */
	CM_GATHER_NOT_GOOD,  /* a cosignature that does not hold, or none by its key */
	CM_GATHER_NONSENSE,  /* 500 and whatever else */
	CM_GATHER_LATE,
	CM_GATHER_UNREACHABLE
};
const char *cm_gather_word(enum cm_gather_how how); /* "cosigned", "ahead", "late", ... */

struct cm_gathered {
	uint16_t member; /* a place in policy->member */
	enum cm_gather_how how;
	int status;     /* of the last answer; 0: there was none */
	uint64_t size;  /* that the witness said it holds, in a 409 */
	uint64_t time;  /* of its cosignature, Unix seconds */
	char text[512]; /* a sentence for people, which names the witness */
};

struct cm_gather_ask {
	struct cm_span note;            /* the checkpoint, signed by the log */
	const struct cm_hashes *hashes; /* of its tree, for proofs */
	const struct cm_policy *policy;
	uint64_t *known;   /* a size for each policy->member; 0: nothing; brought up to date */
	unsigned limit_ms; /* for each witness, in all */
};

/* ${out} has room for policy->n_members; the witnesses among them come in the order of the trust
 * file.  ${lines}: the cosignature lines that hold, in that order, one a witness.  That a witness
 * fails is no error.  CM_E_MALFORMED: the checkpoint; CM_E_NOMEM; what ${hashes} say. */
CM_RESULT cm_gather(struct cm_http_client *c, const struct cm_gather_ask *ask,
    struct cm_gathered *out, size_t *n, struct cm_buf *lines, struct cm_err *err);

#endif
