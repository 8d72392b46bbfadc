/* age/header.h -- the header of an encrypted file, as text (C2SP age, "Header").
 *
 *	age-encryption.org/v1
 *	-> TYPE ARGUMENT...		stanzas, each the file key for one recipient
 *	BASE64				lines of 64 characters, and a shorter one
 *	--- BASE64			HMAC of all before it
 *
 * The reader is total and allocates nothing: it borrows.  Base64 has no padding and one spelling.
 * Stanzas of X25519 and ssh-ed25519 must have their arguments and a body of 32 bytes, also those for others;
 * what other types mean is nobody's business here, as long as they are well formed. */
#ifndef CM_AGE_HEADER_H
#define CM_AGE_HEADER_H

#include <stddef.h>
#include <stdint.h>

#include "age/keys.h"
#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

#define CM_AGE_HEADER_BYTES ((size_t)64 << 10)
#define CM_AGE_STANZAS 512u
#define CM_AGE_FILE_KEY 16
#define CM_AGE_BODY 32 /* a file key in its box */

enum cm_age_type { CM_AGE_TYPE_X25519, CM_AGE_TYPE_SSH_ED25519, CM_AGE_TYPE_OTHER };
#define CM_AGE_TYPES 3

struct cm_age_stanza {
	enum cm_age_type type;
	size_t at; /* in the file */
	uint8_t tag[CM_AGE_TAG];    /* of ssh-ed25519: whose key it is for, a little of its hash */
	uint8_t share[32];	    /* of the first two types */
	uint8_t body[CM_AGE_BODY];
};

struct cm_age_header {
	struct cm_span text; /* up to and with "---": what the MAC is over */
	uint8_t mac[32];
	size_t len;	     /* of the whole header */
	unsigned n[CM_AGE_TYPES]; /* stanzas of each type */
};

/* Does a file that begins with these bytes (64 are enough) claim to be age's, in its binary form? */
bool cm_age_header_is(struct cm_span head);

/* Reads the header at the front of ${file}, which has all of it, or its first CM_AGE_HEADER_BYTES.
 * CM_E_MALFORMED; CM_E_LIMIT: longer than CM_AGE_HEADER_BYTES, or more than CM_AGE_STANZAS;
 * CM_E_UNSUPPORTED: another version, or with a passphrase. */
CM_RESULT cm_age_header_read(struct cm_span file, struct cm_age_header *out, struct cm_err *err);

/* The stanza behind ${*at} (0: the first), which is moved on; false: there is none any more. */
bool cm_age_header_next(const struct cm_age_header *h, size_t *at, struct cm_age_stanza *out);

/* For whom it is, in words: "2 recipients (1 X25519, 1 ssh-ed25519)". */
void cm_age_header_whom(const struct cm_age_header *h, struct cm_buf *out);

/* Writing: the first line, a stanza for a recipient, "---"; then the MAC over all of that. */
void cm_age_header_begin(struct cm_buf *out);
void cm_age_header_stanza(
    const struct cm_age_recipient *to, const struct cm_age_stanza *s, struct cm_buf *out);
void cm_age_header_end(struct cm_buf *out);
void cm_age_header_mac(const uint8_t mac[32], struct cm_buf *out);

#endif
