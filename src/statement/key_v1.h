/* statement/key_v1.h -- key/v1: a key ends, with or without one that follows (docs/formats.md 2.5).
 *
 * `subject` has one item: name and digest "comity-key" are the SHA-256 of the key's SSH blob.
 * What the key had signed and logged before this was logged stands; the rest does not count for
 * who knows of it.  So do a log's and a witness's keys end, by a statement of their party's
 * statement key; that who has the ended key agrees shows its log, which has the statement, or for a
 * witness a signature of it. */
#ifndef CM_STATEMENT_KEY_V1_H
#define CM_STATEMENT_KEY_V1_H

#include "crypto/ed25519.h"
#include "log/note.h"
#include "statement/statement.h"

enum cm_key_role { CM_KEY_STATEMENT, CM_KEY_LOG, CM_KEY_WITNESS };

struct cm_key_v1 {
	enum cm_key_role role;
	struct cm_ssh_public key; /* that ends */
	bool has_successor;	  /* "succeeded"; else "revoked" */
	struct cm_ssh_public successor;
	/* Of a log or witness only: the names in their verifier keys, and the witness's consent. */
	const char *name, *successor_name; /* the second one NULL: no successor */
	uint8_t agreed[CM_ED25519_SIGNATURE];
	struct cm_claim_text reason; /* or none */
};

/* The subject of a statement about ${key}. */
struct cm_subject cm_key_v1_subject(const struct cm_ssh_public *key);

/* The members behind the common ones. */
void cm_key_v1_write(struct cm_jsonw *w, const struct cm_key_v1 *k);

/* What a witness key signs when it ends by a statement of the key ${by}: no cosignature and no note
 * can have this text. */
void cm_key_v1_consent(const struct cm_ssh_public *key, const char *by, struct cm_buf *out);

/* The verifier key of the log or witness that ends, or of its successor.  CM_E_REFUSED, CM_E_USAGE:
 * none can be of it. */
CM_RESULT cm_key_v1_vkey(
    const struct cm_key_v1 *k, bool successor, struct cm_vkey *out, struct cm_err *err);

/* CM_E_MALFORMED with the member's name; CM_E_REFUSED: the witness did not agree; CM_E_NOMEM. */
CM_RESULT cm_key_v1_read(const struct cm_statement_doc *d, struct cm_arena *arena,
    struct cm_key_v1 *out, struct cm_err *err);

#endif
