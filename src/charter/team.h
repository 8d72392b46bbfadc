/* charter/team.h -- the case as its members' files show it: which charter is in force, and what was said under it.
 *
 * Goes in: charters with the signatures that are there, and statements under them (statement/under.h, receipts), in any
 * order.  Comes out the same for whoever has the same files, in the case folder as in a dossier.  Pure.
 *
 * In force is the end of the chain: the first version, once all its members signed, then each that supersedes it and that
 * all who have to (charter/signed.h) signed.  Two complete successors of one version are a fork: neither takes its
 * place, unless exactly one of them has a complete successor, which settles it.  So a fork, which takes all
 * signatures twice, changes nothing until all agreed again. */
#ifndef CM_CHARTER_TEAM_H
#define CM_CHARTER_TEAM_H

#include "charter/consent.h"
#include "charter/signed.h"
#include "statement/receipt_v1.h"
#include "statement/under.h"

#define CM_TEAM_CHARTERS 256u
#define CM_TEAM_SAID 8192u

struct cm_team_charter_text {
	struct cm_span json, sigs;
};
struct cm_team_said_text {
	struct cm_span json, sig;
};

/* All of it is borrowed by what comes out. */
struct cm_team_texts {
	const struct cm_team_charter_text *charter;
	size_t n_charters;
	const struct cm_team_said_text *said;
	size_t n_said;
};

enum cm_charter_state {
	CM_CHARTER_PROPOSED,  /* somebody has not signed yet */
	CM_CHARTER_IN_FORCE,
	CM_CHARTER_REPLACED,  /* was in force: a version behind it is */
	CM_CHARTER_RIVAL,     /* complete, and so is another that supersedes the same one */
	CM_CHARTER_OVERTAKEN, /* of what it supersedes, another successor is in force or was */
	CM_CHARTER_LOOSE      /* what it supersedes is not here, or not complete */
};
const char *cm_charter_state_word(enum cm_charter_state s); /* "proposed", "in force", ... */

struct cm_team_charter {
	struct cm_charter_file file;
	struct cm_span sigs_text;
	struct cm_charter_signed sigs;
	const struct cm_team_charter *before; /* NULL: a first version, or not here */
	unsigned version;		      /* 1, 2, ...; 0: what it supersedes is not here */
	enum cm_charter_state state;
};

/* A statement under a charter, its signature checked. */
struct cm_said {
	uint8_t digest[32];
	struct cm_statement head;
	struct cm_span json, sig;
	union {
		struct cm_consent_v1 consent;
		struct cm_withdrawal_v1 withdrawal;
		struct cm_approval_v1 approval;
		struct cm_close_v1 close;
		struct cm_receipt_v1 receipt;
	} as; /* by head.type */
};

/* Two versions that supersede the same, or two first ones, of which somebody signed both. */
struct cm_team_fork {
	const struct cm_team_charter *a, *b;
	const char *by;	  /* fingerprint of one who did */
	bool complete;	  /* both are: neither is in force */
};

/* In the order of the words of CM_ASKS_PHASE. */
enum cm_phase { CM_PHASE_OPEN, CM_PHASE_CLOSING, CM_PHASE_CLOSED };
const char *cm_phase_word(enum cm_phase p);

struct cm_team {
	const struct cm_team_charter *charter; /* by version, then digest */
	size_t n_charters;
	const struct cm_team_charter *in_force; /* NULL: none */
	uint8_t case_id[32];			/* if one is */
	const struct cm_team_fork *fork;
	size_t n_forks;
	const struct cm_said *said; /* in the order of the texts */
	size_t n_said;
	/* Of the charter in force: */
	struct cm_charter_withdrawn gone; /* members that left; ascending */
	enum cm_phase phase;		  /* closing: somebody closed; closed: all who are left did */
	const struct cm_consent_token *consent;
	size_t n_consents;
	const struct cm_approval_token *approval;
	size_t n_approvals;
};

/* CM_E_MALFORMED, CM_E_REFUSED: with the digest of what can not be read or whose signature is wrong: none of it should
 * have come here unchecked.  CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_team_read(
    const struct cm_team_texts *in, struct cm_arena *arena, struct cm_team *out, struct cm_err *err);

/* Reads one statement and checks its signature, by the key that `by` names.  Whether that key has a say here,
 * cm_team_admits asks.  CM_E_MALFORMED, CM_E_REFUSED, CM_E_NOMEM. */
CM_RESULT cm_said_read(
    struct cm_team_said_text text, struct cm_arena *arena, struct cm_said *out, struct cm_err *err);

/* May this be taken in: of this case, under a version of its charter, by a member of it, and of a consent by the
 * victim?  CM_E_REFUSED: no, and why in one line. */
CM_RESULT cm_team_admits(
    const struct cm_team *t, const struct cm_said *s, struct cm_arena *arena, struct cm_err *err);

/* By digest; NULL: not here. */
const struct cm_team_charter *cm_team_find(const struct cm_team *t, const uint8_t digest[32]);
/* A version of the chain that ends with the one in force. */
bool cm_team_in_chain(const struct cm_team *t, const uint8_t charter[32]);
/* Has this member of the charter in force withdrawn from it? */
bool cm_team_is_gone(const struct cm_team *t, const char *fingerprint);
/* Has this one closed the case, under the charter in force? */
bool cm_team_has_closed(const struct cm_team *t, const char *fingerprint);

#endif
