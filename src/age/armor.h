/* age/armor.h -- an encrypted file as text (C2SP age, "ASCII armor"; RFC 7468, figure 3), read.
 *
 *	-----BEGIN AGE ENCRYPTED FILE-----
 *	base64, 64 characters a line, padded
 *	-----END AGE ENCRYPTED FILE-----
 *
 * Nothing stands before, between or behind; lines end with LF or CRLF, the last one need not.  One file has
 * so one spelling, but for the ends of its lines.  A sliding window: memory does not grow with the file. */
#ifndef CM_AGE_ARMOR_H
#define CM_AGE_ARMOR_H

#include "base/buf.h"
#include "base/source.h"

/* Does a file that begins with these bytes (64 are enough) claim to be such text? */
bool cm_age_armor_is(struct cm_span head);

/* Ends with cm_age_armor_fini. */
struct cm_age_armor {
	struct cm_source in; /* the text */
	uint64_t in_at;      /* of the next line */
	struct cm_buf plain; /* what is decoded, */
	uint64_t plain_at;   /* from there on */
	bool begun, last, ended; /* `last': no line of base64 may follow */
};
void cm_age_armor_init(struct cm_age_armor *a, struct cm_source in);
void cm_age_armor_fini(struct cm_age_armor *a);

/* The bytes it stands for; not stable.  Its errors have offsets in the text.  CM_E_MALFORMED. */
struct cm_source cm_age_armor_source(struct cm_age_armor *a);

#endif
