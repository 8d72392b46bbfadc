/* statement/sshsig.h -- SSHSIG (OpenSSH PROTOCOL.sshsig) over statement files.
 *
 * Namespace `statement@comity`, hash sha512 or sha256, keys of statement/sshkey.h.
 * The armour is canonical: lines of 70 characters, one newline each, nothing else,
 * and a blob without a spare byte.  One signature has one spelling; any other is
 * refused, so that every byte of a dossier is bound. */
#ifndef CM_STATEMENT_SSHSIG_H
#define CM_STATEMENT_SSHSIG_H

#include <stdint.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"
#include "statement/sshkey.h"

#define CM_SSHSIG_NAMESPACE "statement@comity"

enum cm_sshsig_hash { CM_SSHSIG_SHA512, CM_SSHSIG_SHA256 };

struct cm_sshsig {
	struct cm_ssh_public key;
	enum cm_sshsig_hash hash;
	uint8_t signature[64];
	uint8_t flags;    /* of a hardware key: 0x01 touched, 0x04 verified */
	uint32_t counter; /* of a hardware key */
};

/* CM_E_MALFORMED: not the armour of a signature, or not its one spelling, or of another
 * namespace.  CM_E_UNSUPPORTED, CM_E_REFUSED: the key (cm_ssh_public_parse).  CM_E_NOMEM. */
CM_RESULT cm_sshsig_parse(struct cm_span armour, struct cm_sshsig *out, struct cm_err *err);

/* Appends the armour. */
void cm_sshsig_write(const struct cm_sshsig *s, struct cm_buf *out);

/* Is it a signature of s->key over ${message}?  CM_E_REFUSED: no.  CM_E_NOMEM. */
CM_RESULT cm_sshsig_verify(const struct cm_sshsig *s, struct cm_span message, struct cm_err *err);

/* Appends the bytes that a key signs in order to sign ${message}.  CM_E_NOMEM. */
CM_RESULT cm_sshsig_preimage(enum cm_sshsig_hash hash, struct cm_span message, struct cm_buf *out);

/* Reads the signature blob that a key or an agent made (string type, string bytes, and
 * for hardware keys u8 flags, u32 counter) into ${s}, whose key is set.  CM_E_MALFORMED. */
CM_RESULT cm_sshsig_take(struct cm_sshsig *s, struct cm_span blob, struct cm_err *err);

/* Whoever signs: a key file's seed, or an agent.  `sign` appends to ${out} the
 * signature blob of `key` over ${data}. */
struct cm_signer {
	struct cm_ssh_public key;
	enum cm_result (*sign)(
	    void *arg, struct cm_span data, struct cm_buf *out, struct cm_err *err);
	void *arg;
};

/* Signs ${message} with sha512 and appends the armour, after checking that the
 * signature verifies.  What the signer says; CM_E_REFUSED if it signed something else. */
CM_RESULT cm_sshsig_sign(const struct cm_signer *signer, struct cm_span message,
    struct cm_buf *armour, struct cm_err *err);

#endif
