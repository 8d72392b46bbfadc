/* statement/under.h -- what members state under a charter (docs/formats.md 2.9 to 2.12).
 *
 * consent/v1 (the victim), withdrawal/v1 (who leaves), approval/v1 (of one release), close/v1 (for this member the
 * case is over).  All have `case`, `charter` (the SHA-256 of the charter's file that is meant) and a `subject`
 * that is the same, twice.  Whose word counts, src/charter decides. */
#ifndef CM_STATEMENT_UNDER_H
#define CM_STATEMENT_UNDER_H

#include "statement/statement.h"

#define CM_WORDS_MAX 256u
#define CM_WORD_BYTES 64u

/* A list of words or names, ascending, each once; none: the member is absent, which means any. */
struct cm_words {
	const char *const *word;
	size_t n;
};
bool cm_words_has(const struct cm_words *w, const char *word); /* one of them; or there are none */

struct cm_subject cm_under_subject(const uint8_t charter[32]);

struct cm_consent_v1 {
	uint8_t charter[32];
	bool revoked; /* then `supersedes` names the consent that ends, and the rest is absent */
	struct cm_words types, purposes, to; /* evidence types, purposes, names of members */
	bool has_until;
	int64_t until; /* Unix time: the last second in which it holds */
};

struct cm_withdrawal_v1 {
	uint8_t charter[32];
	struct cm_claim_text reason; /* or none */
};

struct cm_approval_v1 {
	uint8_t charter[32];
	struct cm_digests what; /* SHA-256 of the finding statements that may go out together; ascending */
	const char *recipient;	/* name of a member, or of somebody else */
	const char *purpose;
};

struct cm_close_v1 {
	uint8_t charter[32];
};

/* The members behind the common ones. */
void cm_consent_v1_write(struct cm_jsonw *w, const struct cm_consent_v1 *c);
void cm_withdrawal_v1_write(struct cm_jsonw *w, const struct cm_withdrawal_v1 *c);
void cm_approval_v1_write(struct cm_jsonw *w, const struct cm_approval_v1 *a);
void cm_close_v1_write(struct cm_jsonw *w, const struct cm_close_v1 *c);

/* CM_E_MALFORMED with the member's name; CM_E_NOMEM. */
CM_RESULT cm_consent_v1_read(
    const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_consent_v1 *out, struct cm_err *err);
CM_RESULT cm_withdrawal_v1_read(
    const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_withdrawal_v1 *out, struct cm_err *err);
CM_RESULT cm_approval_v1_read(
    const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_approval_v1 *out, struct cm_err *err);
CM_RESULT cm_close_v1_read(
    const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_close_v1 *out, struct cm_err *err);

#endif
