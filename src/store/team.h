/* store/team.h -- what others sent: charters, signatures on them, and statements under them.
 *
 * What is taken in is checked first (charter/team.h) and kept for good; what is refused changes nothing.  The own
 * signature on a charter is also among the statements of the case (as number 0, for a charter is nobody's alone), so
 * it is logged like them: what stands behind it in the log was said by one bound by it.  Once a charter is in
 * force, every statement that is made names its case. */
#ifndef CM_STORE_TEAM_H
#define CM_STORE_TEAM_H

#include "charter/team.h"
#include "store/case.h"

/* All that is here, the own statements too; memory in the arena.  As cm_team_read; CM_E_IO. */
CM_RESULT cm_case_team(struct cm_case *c, struct cm_arena *arena, struct cm_team *out, struct cm_err *err);

/* The case's name and the charter in force, without reading all that.  CM_E_NOTFOUND: none is in force. */
CM_RESULT cm_case_governed(struct cm_case *c, uint8_t case_id[32], uint8_t charter[32], struct cm_err *err);

enum cm_taken {
	CM_TAKEN_NEW,
	CM_TAKEN_MORE, /* of a charter: signatures that were not here yet */
	CM_TAKEN_KNOWN
};

/* A charter and signatures on it.  CM_E_MALFORMED, CM_E_REFUSED: a signature is not of a member or over another text;
 * the party is no member; it supersedes what is not here or not in force yet; a first charter, and one is in force already.
 * ${twice} (or NULL): fingerprint of one whose other signature on it is here already, which stays; "": none. */
CM_RESULT cm_case_charter_take(struct cm_case *c, struct cm_span json, struct cm_span sigs, int64_t now,
    enum cm_taken *out, struct cm_key_print *twice, struct cm_err *err);

/* Makes the statement of ${text}: the first version, or the successor of the one in force.  Signs and keeps it.
 * CM_E_MALFORMED; CM_E_REFUSED: the party is in neither version. */
struct cm_case_charter_draft {
	struct cm_span text;
	uint8_t nonce[CM_STATEMENT_NONCE]; /* random */
	int64_t made;
};
CM_RESULT cm_case_charter_propose(struct cm_case *c, const struct cm_signer *signer,
    const struct cm_case_charter_draft *d, uint8_t digest[32], struct cm_err *err);

/* Signs one that was taken.  CM_E_NOTFOUND; CM_E_USAGE: signed already. */
CM_RESULT cm_case_charter_sign(struct cm_case *c, const struct cm_signer *signer, const uint8_t digest[32],
    int64_t now, struct cm_err *err);

/* A statement under the charter, and perhaps its receipt of the signer's log.  CM_E_REFUSED: cm_team_admits, or a receipt
 * for what this party never disclosed. */
CM_RESULT cm_case_said_take(struct cm_case *c, struct cm_span json, struct cm_span sig, struct cm_span receipt,
    int64_t now, enum cm_taken *out, struct cm_err *err);

/* The receipt of a log that came with what ${digest} names; empty if none did.  Appends. */
CM_RESULT cm_case_said_receipt(struct cm_case *c, const uint8_t digest[32], struct cm_buf *out, struct cm_err *err);

#endif
