/* dossier/ended.h -- keys that have ended, and what of theirs still counts (docs/formats.md 2.5).
 *
 * The end of a log's key stands in that log: entries at smaller places count, by checkpoints of any
 * size.  The end of a witness's key stands in some log: its cosignatures of checkpoints of that log
 * count which are not larger than that place; of other logs' checkpoints none does, since only times
 * could tell which were made before, and whoever has the key chooses them.  An end that is not
 * logged yet, which only the own case can have of these, draws no line. */
#ifndef CM_DOSSIER_ENDED_H
#define CM_DOSSIER_ENDED_H

#include "log/policy.h"

struct cm_ended_key {
	const char *fingerprint;
	bool logged; /* the statement that ended it has a place: */
	const char *origin;
	uint64_t place;
};
struct cm_ended_keys {
	const struct cm_ended_key *key;
	size_t n;
};

/* Does a receipt of entry ${index} of this log count no more? */
bool cm_ended_log(const struct cm_ended_keys *e, const struct cm_vkey *log, uint64_t index);

/* Marks the witnesses whose cosignatures of ${c} count no more, one bool a member of ${p}. */
void cm_ended_witnesses(const struct cm_ended_keys *e, const struct cm_policy *p,
    const struct cm_checkpoint *c, bool *out);

#endif
