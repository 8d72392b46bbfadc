/* charter/signed.h -- whose signatures a version of a charter has, and whose it needs (docs/formats.md 2.8).
 *
 * The first version needs all its members'.  One that supersedes another needs those of all members of both, but for
 * the members of the old one that withdrew from it: else nobody who is left could agree on anything.  `by` lists
 * all that are needed.  Pure. */
#ifndef CM_CHARTER_SIGNED_H
#define CM_CHARTER_SIGNED_H

#include "charter/charter.h"
#include "statement/sigs.h"
#include "statement/statement.h"

/* A charter's file, read: the statement, and the members in its text. */
struct cm_charter_file {
	uint8_t digest[32]; /* how others name it; of the first version the case's name */
	struct cm_statement head; /* signers, made, supersedes */
	struct cm_span json, text; /* json is borrowed */
	struct cm_charter says; /* title and members; its rules are not read */
};

/* CM_E_MALFORMED: it is none; of a first version also, `by` is not its members; of another, a member is not in
 * `by`.  CM_E_LIMIT, CM_E_NOMEM.  ${json} must live as long as ${out}. */
CM_RESULT cm_charter_file_read(
    struct cm_span json, struct cm_arena *arena, struct cm_charter_file *out, struct cm_err *err);

struct cm_charter_withdrawn {
	const struct cm_key_print *item; /* keys of members that withdrew from the version before */
	size_t n;
};

struct cm_charter_signed {
	struct cm_sigs sigs;
	const struct cm_key_print *missing; /* who has not signed yet; ascending */
	size_t n_missing;
};

/* ${before}: what ${c} supersedes; NULL only for a first version.  CM_E_REFUSED: a signature of a key that is
 * not in `by`, or not over these bytes; `by` lacks a member of ${before} that is still in, or has somebody who is in
 * neither; ${before} is not what it supersedes.  CM_E_MALFORMED: of ${sigs}.  CM_E_NOMEM. */
CM_RESULT cm_charter_check_signed(const struct cm_charter_file *c, struct cm_span sigs,
    const struct cm_charter_file *before, struct cm_charter_withdrawn gone, struct cm_arena *arena,
    struct cm_charter_signed *out, struct cm_err *err);

/* Who has to sign a new version of text ${says} after ${before} (or NULL): ascending, for the head of the statement.
 * CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_charter_signers(const struct cm_charter *says, const struct cm_charter_file *before,
    struct cm_charter_withdrawn gone, struct cm_arena *arena, const struct cm_key_print **out, size_t *n,
    struct cm_err *err);

/* Of a key: the member's name in ${c}, or in ${before} (may be NULL), in quotes, with the fingerprint behind it; else the
 * fingerprint alone.  In the arena; NULL: no memory. */
const char *cm_charter_who(const struct cm_charter_file *c, const struct cm_charter_file *before,
    const char *fingerprint, struct cm_arena *arena);

#endif
