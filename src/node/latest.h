/* node/latest.h -- what the witnesses of a trust file hold of a log, against what the log has.
 *
 * For the guard against a restored backup (docs/design/0008): before a log signs, it asks them for
 * the newest checkpoint that they cosigned.  What they show counts only if the log's key and
 * theirs signed it.
 *
 * Some witnesses show nothing (tlog-witness leaves that open).  They are asked in another way: to
 * cosign once more what the log has published already, which tells them nothing new, and to
 * which one that knows more says 409 or 422. */
#ifndef CM_NODE_LATEST_H
#define CM_NODE_LATEST_H

#include "log/policy.h"
#include "merkle/proof.h"
#include "node/http_client.h"

enum cm_latest_how {
	CM_LATEST_NOT_ASKED, /* the trust file has no URL of it */
	CM_LATEST_BEHIND,    /* holds what the log was once, or is */
	CM_LATEST_NOTHING,   /* of this log, which it does not know or has not cosigned: 404 */
	CM_LATEST_AHEAD,     /* holds more than the log has */
	CM_LATEST_ELSEWHERE, /* holds another tree than the log had at this size: a fork */
	CM_LATEST_NONSENSE,  /* an answer that is none, or that the keys did not sign */
	CM_LATEST_LATE,
	CM_LATEST_UNREACHABLE
};
const char *cm_latest_word(enum cm_latest_how how);

struct cm_latest {
	uint16_t member; /* a place in policy->member */
	enum cm_latest_how how;
	uint64_t size, time; /* BEHIND, AHEAD, ELSEWHERE: that it holds, and when it cosigned it */
	struct cm_span note; /* the same, if it showed it: its bytes, in the arena, as evidence */
	char text[512];      /* a sentence for people, which names the witness */
};

struct cm_latest_ask {
	const struct cm_vkey *log;
	const struct cm_checkpoint *head; /* the newest that the log knows to be its own */
	const struct cm_hashes *hashes;   /* of its tree */
	const struct cm_policy *policy;
	unsigned limit_ms;   /* for each witness; twice that for one that shows nothing */
	struct cm_span note; /* the head as published; empty: who shows nothing holds nothing */
};

/* ${out} has room for policy->n_members; the witnesses among them, in the order of the trust file.
 * CM_E_NOMEM; CM_E_MALFORMED: the note; what ${hashes} say. */
CM_RESULT cm_latest_ask(struct cm_http_client *c, const struct cm_latest_ask *ask,
    struct cm_arena *arena, struct cm_latest *out, size_t *n, struct cm_err *err);

#endif
