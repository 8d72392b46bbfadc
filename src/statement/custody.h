/* statement/custody.h -- custody/v1: who handed which exhibits to whom, when, how (docs/formats.md 2.3).
 *
 * All of it is as claimed by the signer. */
#ifndef CM_STATEMENT_CUSTODY_H
#define CM_STATEMENT_CUSTODY_H

#include "statement/statement.h"

struct cm_custody {
	struct cm_digests seals; /* SHA-256 of the seal statements, as many as subjects */
	struct cm_claim_text from, to_whom, how;
	struct cm_claim_text at; /* shown: RFC 3339 as in `made` */
};

/* The members behind the common ones. */
void cm_custody_write(struct cm_jsonw *w, const struct cm_custody *c);

/* CM_E_MALFORMED with the member's name; CM_E_NOMEM. */
CM_RESULT cm_custody_read(const struct cm_statement_doc *d, struct cm_arena *arena,
    struct cm_custody *out, struct cm_err *err);

#endif
