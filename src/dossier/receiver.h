/* dossier/receiver.h -- what a receiver knows by himself: which keys have ended, and when his own log
 * had which checkpoint.
 *
 * A key that ended (key/v1) speaks for what was logged before that, in the same log, and for
 * nothing else: times that a signer or a witness gives can not draw the line, since whoever
 * has the key, or ended it, may want it elsewhere.  A statement that names a checkpoint of the
 * receiver's own log can not be older than it, by the receiver's own clock; others' checkpoints
 * bound nothing, for cosignatures say only not later than when. */
#ifndef CM_DOSSIER_RECEIVER_H
#define CM_DOSSIER_RECEIVER_H

#include "charter/members.h"
#include "dossier/logged.h"

struct cm_own_head {
	const char *origin;
	uint64_t size;
	uint8_t root[32];
	int64_t made; /* Unix time */
};

/* A checkpoint of somebody's log that an earlier receipt showed. */
struct cm_seen_checkpoint {
	const char *origin;
	uint64_t size;
	uint8_t root[32];
	struct cm_span note;
};

struct cm_receiver {
	struct cm_ended_keys ended; /* of all roles */
	const struct cm_own_head *head;
	size_t n_heads;
	const struct cm_seen_checkpoint *seen;
	size_t n_seen;
	/* Of the charter that is in force for him: */
	const struct cm_members *members; /* whose keys he accepted with it; NULL: none is in force */
	const uint8_t *charter;		  /* 32 bytes: its digest */
	const uint8_t (*revoked)[32];	  /* consents that he knows to be revoked */
	size_t n_revoked;
};

/* Why a statement of this key counts no more; NULL: it does count. */
const char *cm_receiver_trouble(
    const struct cm_receiver *r, const char *fingerprint, const struct cm_logged *l);

/* The newest own checkpoint that the statement names; NULL: none. */
const struct cm_own_head *cm_receiver_head(
    const struct cm_receiver *r, const struct cm_statement *statement);

/* What the log of this receipt showed before, of the same size and with another root: both together prove
 * a fork.  NULL: nothing of the kind, or the log is not known. */
const struct cm_seen_checkpoint *cm_receiver_other(
    const struct cm_receiver *r, const struct cm_logged *l);

#endif
