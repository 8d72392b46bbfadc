/* charter/consent.h -- what the victim's tokens say of one request, and who approved it (docs/formats.md 2.9, 2.11).
 *
 * A consent counts if a member with the role victim signed it, under the charter in force or a version before it; it
 * covers members only that the charter it names has, so that who joins later is not covered by what was
 * said before.  One that another consent of the same key supersedes counts no more.  Pure. */
#ifndef CM_CHARTER_CONSENT_H
#define CM_CHARTER_CONSENT_H

#include <stddef.h>

#include "charter/members.h"
#include "statement/under.h"

/* In the order of the words of CM_ASKS_CONSENT (charter/vocabulary.h). */
enum cm_consent { CM_CONSENT_NONE, CM_CONSENT_GIVEN, CM_CONSENT_REVOKED };
const char *cm_consent_word(enum cm_consent c); /* "none", ... */

/* A token whose signature was checked. */
struct cm_consent_token {
	uint8_t digest[32]; /* of its file */
	struct cm_key_print by;
	bool has_supersedes;
	uint8_t supersedes[32];
	struct cm_consent_v1 says;
	const struct cm_members *members; /* of the charter that it names; NULL: that is no version of this one */
};

/* The token of the same key that ended ${t}, by revoking or replacing it; NULL: none did. */
const struct cm_consent_token *cm_consent_ended(
    const struct cm_consent_token *t, const struct cm_consent_token *all, size_t n);

struct cm_consent_request {
	const char *type, *purpose, *to; /* to: the name of a member, or of somebody else */
	int64_t when;			 /* Unix time */
};

/* What all victims among ${members} (of the charter in force) say together: revoked if one revoked, none if one says
 * nothing, else given.  Without a victim: none.  ${used} (room for ${n}, or NULL): the places of the tokens that say
 * so, ascending. */
enum cm_consent cm_consent_find(const struct cm_members *members, const struct cm_consent_token *token, size_t n,
    const struct cm_consent_request *q, size_t *used, size_t *n_used);

/* In the order of the words of CM_ASKS_APPROVED. */
enum cm_approved { CM_APPROVED_NONE, CM_APPROVED_SOME, CM_APPROVED_ALL };

struct cm_approval_token {
	uint8_t digest[32];
	struct cm_key_print by;
	struct cm_approval_v1 says;
};
struct cm_approval_request {
	const uint8_t (*what)[32]; /* SHA-256 of all findings that would go out */
	size_t n_what;
	const char *recipient, *purpose;
	const char *from;	    /* fingerprint of the discloser, who approves by disclosing */
	const uint8_t *charter;	    /* 32 bytes: of the one in force; an approval under another does not count */
};

/* Which of ${members} approved: all of them, the recipient aside, some beside the discloser, or none.  An approval
 * holds for what it names and less.  ${gone}: fingerprints of members that withdrew, who are not asked. */
enum cm_approved cm_approval_find(const struct cm_members *members, const struct cm_key_print *gone, size_t n_gone,
    const struct cm_approval_token *token, size_t n, const struct cm_approval_request *q, size_t *used,
    size_t *n_used);

#endif
