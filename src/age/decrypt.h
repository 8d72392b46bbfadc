/* age/decrypt.h -- reads a file that was encrypted to one of our keys (C2SP age v1, binary or armoured).
 *
 * What of age is read and what is refused: docs/formats.md.  Untrusted bytes: total, bounded in
 * memory (the header, or two chunks), whatever the file's length. */
#ifndef CM_AGE_DECRYPT_H
#define CM_AGE_DECRYPT_H

#include "age/keys.h"
#include "base/sink.h"
#include "base/source.h"

/* Does a file that begins with these bytes (64 are enough) claim to be age's, binary or armoured? */
bool cm_age_is(struct cm_span head);

struct cm_age_decrypt {
	struct cm_source in;
	const struct cm_age_identity *identity;
	size_t n;
	const struct cm_sink *out;
};

struct cm_age_decrypted {
	size_t which;   /* identity that could read it */
	uint64_t bytes; /* of the text */
};

/* CM_OK: the file is whole, up to its last chunk, and all of its text went to the sink.  Each chunk goes there
 * when its tag has been checked, but what went there before a failure is not the text: throw it away.
 *
 * CM_E_NOTFOUND: for nobody of whom there is an identity; the error says for how many of what type.
 * CM_E_MALFORMED: not as the format says.  CM_E_REFUSED: it was changed or cut; all three with an offset, in an
 * armoured file that of the bytes it stands for, but for faults of the armour.  CM_E_LIMIT, CM_E_UNSUPPORTED as
 * age/header.h says.  CM_E_NOMEM; what source and sink say. */
CM_RESULT cm_age_decrypt(
    const struct cm_age_decrypt *in, struct cm_age_decrypted *out, struct cm_err *err);

#endif
