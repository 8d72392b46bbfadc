/* age/keys.h -- to whom a file is encrypted, and who can read it (C2SP age).
 *
 *	recipient	"age1...", or "ssh-ed25519 AAAA..." as in a .pub file
 *	identity	"AGE-SECRET-KEY-1...", or the private key of OpenSSH of the second
 *
 * Pure: random bytes are handed in.  An identity is secret: cm_age_identity_wipe ends it. */
#ifndef CM_AGE_KEYS_H
#define CM_AGE_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

enum cm_age_kind { CM_AGE_X25519, CM_AGE_SSH_ED25519 };

#define CM_AGE_TAG 4
#define CM_AGE_SSH_BLOB 51	 /* bytes of an ssh-ed25519 key on the wire */
#define CM_AGE_RECIPIENT_TEXT 81 /* room for the longer one, and a NUL */
#define CM_AGE_IDENTITY_TEXT 75
#define CM_AGE_IDENTITIES 64u /* in one file */
#define CM_AGE_IDENTITIES_BYTES ((size_t)64 << 10)

struct cm_age_recipient {
	enum cm_age_kind kind;
	uint8_t point[32];		/* of X25519; of an SSH key the one that belongs to it */
	uint8_t blob[CM_AGE_SSH_BLOB];	/* of an SSH key: as it is on the wire; else zero */
	uint8_t tag[CM_AGE_TAG];	/* of an SSH key: what its stanzas show of it */
};

/* Reads either spelling; behind an SSH key there may be a comment.  CM_E_MALFORMED, CM_E_UNSUPPORTED:
 * another type of key; CM_E_REFUSED: a point to which nothing can be encrypted; CM_E_NOMEM. */
CM_RESULT cm_age_recipient_parse(struct cm_span text, struct cm_age_recipient *out, struct cm_err *err);

/* Of the 32 bytes of an Ed25519 key.  CM_E_REFUSED: no proper one.  CM_E_NOMEM. */
CM_RESULT cm_age_recipient_of_ssh(
    const uint8_t public_key[32], struct cm_age_recipient *out, struct cm_err *err);

/* The one spelling, without a comment. */
void cm_age_recipient_text(const struct cm_age_recipient *r, char out[CM_AGE_RECIPIENT_TEXT]);

/* "X25519", "ssh-ed25519": the type of its stanzas. */
const char *cm_age_kind_word(enum cm_age_kind kind);

struct cm_age_identity {
	struct cm_age_recipient to; /* what is encrypted to it */
	uint8_t secret[32];	    /* of X25519 */
};

/* Of 32 random bytes.  CM_E_NOMEM. */
CM_RESULT cm_age_identity_of_secret(const uint8_t secret[32], struct cm_age_identity *out);

/* Of the private key of Ed25519 (crypto/ed25519.h) that an SSH key has.  CM_E_NOMEM. */
CM_RESULT cm_age_identity_of_seed(const uint8_t seed[32], struct cm_age_identity *out);

/* "AGE-SECRET-KEY-1...", of kind X25519 only.  The text is secret. */
void cm_age_identity_text(const struct cm_age_identity *k, char out[CM_AGE_IDENTITY_TEXT]);

/* Reads a file as age-keygen writes it: an identity a line; lines that are empty or begin with `#' say
 * nothing.  At most ${cap} of them, at least one.  Lines end with LF or CRLF.  The error names the line and
 * does not repeat it.  CM_E_MALFORMED, CM_E_UNSUPPORTED: of a plugin or another type; CM_E_LIMIT. */
struct cm_age_identities {
	struct cm_age_identity item[CM_AGE_IDENTITIES];
	size_t n;
};
CM_RESULT cm_age_identities_parse(struct cm_span file, struct cm_age_identities *out, struct cm_err *err);

void cm_age_identity_wipe(struct cm_age_identity *k);
void cm_age_identities_wipe(struct cm_age_identities *all);

#endif
