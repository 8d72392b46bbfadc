/* statement/key_v1.h -- key/v1: a statement key ends, with or without one that follows (docs/formats.md 2.5).
 *
 * `subject` has one item: name and digest "comity-key" are the SHA-256 of the key's SSH blob.
 * What the key had signed and logged before this was logged stands; the rest does not count for
 * who knows of it. */
#ifndef CM_STATEMENT_KEY_V1_H
#define CM_STATEMENT_KEY_V1_H

#include "statement/statement.h"

struct cm_key_v1 {
	struct cm_ssh_public key; /* that ends */
	bool has_successor;	  /* "succeeded"; else "revoked" */
	struct cm_ssh_public successor;
	struct cm_claim_text reason; /* or none */
};

/* The subject of a statement about ${key}. */
struct cm_subject cm_key_v1_subject(const struct cm_ssh_public *key);

/* The members behind the common ones. */
void cm_key_v1_write(struct cm_jsonw *w, const struct cm_key_v1 *k);

/* CM_E_MALFORMED with the member's name; CM_E_NOMEM. */
CM_RESULT cm_key_v1_read(const struct cm_statement_doc *d, struct cm_arena *arena,
    struct cm_key_v1 *out, struct cm_err *err);

#endif
