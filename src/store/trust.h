/* store/trust.h -- whom the party of a case trusts: two files in its folder.
 *
 *	trust	C2SP tlog-policy: whose logs count, which witnesses are asked, and how many are enough
 *	signers	OpenSSH allowed_signers: whose statements count
 *
 * Both can be written by hand and are read strictly.  Adding a line keeps what is there; the
 * group "witnesses" and the quorum are kept up to date as long as that group has all witnesses,
 * there is no other one, and the quorum is it, or none: one of two witnesses, two of more, since
 * the log's owner may be among them; whoever chose another number, or none of several, keeps it.
 * The keys of a witness that one after the other ended count as one.
 * One key, one role: whoever has a key twice, or under two names, or one of the own keys, is
 * refused. */
#ifndef CM_STORE_TRUST_H
#define CM_STORE_TRUST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/result.h"
#include "log/policy.h"
#include "statement/signers.h"

#define CM_TRUST_FILE "trust"
#define CM_TRUST_SIGNERS "signers"
#define CM_TRUST_GROUP "witnesses"

/* What the two files say.  Absent files trust nobody.  Ends with the arena. */
struct cm_trust {
	struct cm_policy policy;
	struct cm_signers signers;
};
/* CM_E_MALFORMED, CM_E_REFUSED, CM_E_LIMIT with the file's name and line; CM_E_IO, CM_E_NOMEM. */
CM_RESULT cm_trust_read(
    const char *folder, struct cm_arena *arena, struct cm_trust *out, struct cm_err *err);

/* Every key that the files or the folder (own keys) have, by role. */
enum cm_trust_role { CM_TRUST_STATEMENT, CM_TRUST_LOG, CM_TRUST_WITNESS };
struct cm_trust_key {
	enum cm_trust_role role;
	const char *name; /* principals, origin, name of the witness's key */
	bool own;
	uint8_t point[32];
};
const char *cm_trust_role_word(enum cm_trust_role role);

/* The keys of ${t}.  No key twice: CM_E_REFUSED, which says where.  ${own} keys come first. */
struct cm_trust_keys {
	const struct cm_trust_key *key;
	size_t n;
};
CM_RESULT cm_trust_keys(const struct cm_trust *t, const struct cm_trust_key *own, size_t n_own,
    struct cm_arena *arena, struct cm_trust_keys *out, struct cm_err *err);

/* Adds lines: `log VKEY [URL]', `witness NAME VKEY [URL]', or those of allowed_signers; one that
 * is there already adds nothing, nor do empty ones and comments; with another URL it gets that.  Nothing is written unless all of
 * it holds, before and afterwards.  CM_E_MALFORMED: it is none of these; CM_E_UNSUPPORTED: a key of a
 * type that signs nothing here; CM_E_REFUSED: a key in two roles, or by two names. */
CM_RESULT cm_trust_add(const char *folder, struct cm_span lines, const struct cm_trust_key *own,
    size_t n_own, struct cm_err *err);

/* The key ${next} follows ${old}, which ended.  Of a log: its line is added; the old one stays, for
 * receipts that were made before.  Of a witness NAME: ${next} becomes NAME-2, and the group NAME-keys,
 * any of the two, stands where NAME stood in groups and quorum, so that both count once; the address
 * moves to the new line.  What is there already changes nothing.  CM_E_NOTFOUND: there is no such
 * witness; CM_E_REFUSED as above. */
CM_RESULT cm_trust_succeed(const char *folder, const struct cm_vkey *old, const struct cm_vkey *next,
    struct cm_err *err);

/* How many of the witnesses are enough: a number, "all", or "none" (of their cosignatures is
 * needed).  CM_E_USAGE: there are not so many; CM_E_REFUSED: the file has a quorum of its own
 * making. */
CM_RESULT cm_trust_quorum(const char *folder, const char *many, struct cm_err *err);

#endif
