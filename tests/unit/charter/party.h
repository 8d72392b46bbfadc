/* Parties with keys of their own, who make charters and say things under them. */
#ifndef CM_TESTS_CHARTER_PARTY_H
#define CM_TESTS_CHARTER_PARTY_H

#include "charter/team.h"
#include "statement/charter_v1.h"
#include "statement/key.h"

enum { PARTY_A, PARTY_B, PARTY_U, PARTY_V, PARTY_X, PARTIES }; /* government twice, academic, victim, a stranger */
#define PARTY_ALL 0xfu					       /* A, B, U and V, as a mask */

struct cm_key *party_key(unsigned who);
const char *party_print(unsigned who); /* its fingerprint */

/* The text of a charter whose members are those of the mask ${members}; ${says} stands in its prose. */
void party_text(unsigned members, const char *says, struct cm_buf *out);

struct party_charter {
	struct cm_buf json, sigs;
	uint8_t digest[32];
};
/* A charter of that text, signed by those of the mask ${signers}; all of `by` are the members and, of ${before}, the
 * members ${old}. */
struct party_charter party_charter(
    unsigned members, const char *says, const struct party_charter *before, unsigned old, unsigned signers);
void party_sign(struct party_charter *c, unsigned who);
struct cm_team_charter_text party_charter_text(const struct party_charter *c);
void party_charter_end(struct party_charter *c);

struct party_said {
	struct cm_buf json, sig;
	uint8_t digest[32];
};
/* ${by} says it; ${head} gives type, made, supersedes and case. */
struct party_said party_say(
    unsigned by, const struct cm_statement *head, const uint8_t charter[32], void (*body)(void *, struct cm_jsonw *), void *arg);
struct cm_team_said_text party_said_text(const struct party_said *s);
void party_said_end(struct party_said *s);

#endif
