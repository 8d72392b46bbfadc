/* age/encrypt.h -- makes a file that only its recipients read (C2SP age v1, binary).
 *
 * Any implementation of age reads it.  What everybody sees of it: how long it is, how many stanzas of
 * which type it has, and of those for SSH keys four bytes of the key's hash.  Memory: the header and two chunks. */
#ifndef CM_AGE_ENCRYPT_H
#define CM_AGE_ENCRYPT_H

#include "age/header.h"
#include "age/keys.h"
#include "base/sink.h"
#include "base/source.h"

/* Random bytes that a file for ${n} recipients takes. */
#define CM_AGE_RANDOM(n) (32 + 32 * (size_t)(n))

struct cm_age_encrypt {
	const struct cm_age_recipient *to; /* 1 to CM_AGE_STANZAS of them */
	size_t n;
	uint8_t *random; /* CM_AGE_RANDOM(n) unguessable bytes, for this file only: wiped, whatever comes of it */
	struct cm_source in;
	const struct cm_sink *out;
};

/* CM_E_USAGE: no recipient; CM_E_LIMIT: too many; CM_E_REFUSED: one of small order; CM_E_NOMEM; what source
 * and sink say. */
CM_RESULT cm_age_encrypt(const struct cm_age_encrypt *in, struct cm_err *err);

/* Bytes of the file that ${text} bytes become, behind its header. */
uint64_t cm_age_payload_len(uint64_t text);

#endif
